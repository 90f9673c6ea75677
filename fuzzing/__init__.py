"""
Attack every parser and every command's standard input.

    python -m fuzzing [--seconds N] [--runs N] [--corpus DIR] [TARGET ...]

`targets.TARGETS` is the one table of what is attacked: each target takes any octets, and nothing
may come out of it but our own errors, or an AssertionError where a promise is broken. The same
table is driven in three ways: by coverage-guided fuzzing here (atheris, `pip install '.[fuzz]'`),
by Hypothesis in tests/hostile, and with the worst inputs found, ten times as long each time, in
`python -m benchmarks hostile`.

Whoever adds a function that reads text, or a command, adds a target: tests/hostile fails until
there is one. What fuzzing finds is fixed, and goes into `finds.FINDS` with what was wrong; an input
that costs more than its length goes into `worst.WORST`.
"""
