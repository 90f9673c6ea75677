"""
The readers behind `messages.fields`: lines of a field in, JSON-able value out.

A reader takes `(lines, reading)`: the lines without outer blanks, at least one of them, and the
`Reading` that it tells problems to. It may raise FieldSyntaxError when nothing can be read.
"""
