"""
Header dumps: what curl, wget and HTTPie print about the messages they saw.

How this works. The first line tells the layout: `curl -v` (prefixed lines), `wget -S` (indented
lines), `wget -d` (marked blocks), or the plain messages of `curl -i`, HTTPie and everything else.
Words of the programs' own, or the command itself, may stand before it.
Each layout is one function that cuts the dump into blocks: the lines of a head, and the octets of
the body that follows. The blocks are then read alike and requests are paired with their responses.

A body ends where the next message begins, but a body may itself look like a message, so it is
believed in this order: exactly Content-Length octets with a message or nothing after them; nothing
at all where a message begins at once (`-I`, `-D`, the redirects of `-L`); for requests, redirects
and 401 or 407, all before the next line that begins a message; otherwise all the rest.

Source: RFC 9112 section 2 for the messages; the layouts are those that the programs print.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from httpheaders.answer import Problem
from httpheaders.errors import InputError
from httpheaders.messages.framing import declared_length
from httpheaders.messages.head import START_LINE, Line, MessageHead, parse_head, split_lines
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import TOKEN, is_field_value, is_token
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["Received", "parse_dump"]


class Received(NamedTuple):
    """
    One exchange out of a dump.

    Attributes:
        exchange: the request, the response, or both.
        problems: what was odd, each with its line.
        line: the line on which the exchange begins, counted from 1.
    """

    exchange: Exchange
    problems: tuple[Problem, ...]
    line: int


class _Block(NamedTuple):
    head: MessageHead
    line: int
    body: bytes


def parse_dump(octets: bytes) -> list[Received]:
    r"""
    Read the messages of a header dump, in order.

    A request and the response after it make one exchange. Interim (1xx) responses stand alone,
    before the exchange of the final one, so that the request is not told twice. Lines without a
    start line make one message; its kind is that of the first field that only one kind has.

    Args:
        octets: what `curl -i`, `-I`, `-D -`, `-v` or `-L`, `wget -S` or `-d`, or HTTPie wrote, or
            a head in a file, or bare `Name: value` lines; LF or CRLF.

    Returns:
        One item an exchange; none when the dump is empty or blank.

    Raises:
        InputError: there is neither a start line nor a field in it, or without a start line the
            lines that are no fields prevail: it is something else.

    Source: RFC 9112 sections 2 to 6.

    >>> hop, last = parse_dump(b"HTTP/1.1 302 Found\nLocation: /b\n\nHTTP/2 200\nage: 1\n\nhi\n")
    >>> hop.exchange.response.status, last.exchange.response.body, last.line
    (302, b'hi\n', 4)
    """
    received = list(_read_blocks(_cut(octets)))
    if received and not any(_says_something(item.exchange) for item in received):
        raise InputError("no start line and no header field found", where="line 1")
    if len(received) == 1 and not _is_legible(received[0]):
        raise InputError("no start line, and fewer header fields than other lines", where="line 1")
    return received


def _says_something(exchange: Exchange) -> bool:
    request, response = exchange
    if request is not None:
        return True
    return response is not None and response != Response(body=response.body)


# A bare list of fields may hold this many bad lines, however few good ones there are.
_FORGIVEN = 3


def _is_legible(item: Received) -> bool:
    request, response = item.exchange
    start = request[:2] if request is not None else response and (response.status,)
    if start and any(start):
        return True
    headers = (request or response or Response()).headers
    sound = sum(is_token(name) and is_field_value(value) for name, value in headers)
    faulty = len({problem.where for problem in item.problems})
    return faulty <= max(sound, _FORGIVEN)


# --- which layout ---------------------------------------------------------------------------------

_Cutter = Callable[[bytes], Iterator[_Block]]
_line_ends = lazy_pattern(rb"[\r\n]*+")
_bare_cr = lazy_pattern(rb"\r(?!\n)")
# So many octets of empty lines may stand between a body whose length is known and the next message.
_LARGEST_GAP = 200
_verbose_start = lazy_pattern(
    rb"\* |[{}] \[[0-9]++ bytes data\]|[<>] (?:" + START_LINE.pattern + rb")"
)
_wget_start = lazy_pattern(
    rb"--[0-9]{4}-[0-9]{2}-[0-9]{2} |(?:  | {1,3}[0-9]{1,3} )HTTP/[0-9]"
    rb"|URL transformed to |HTTP request sent, awaiting"
)
_wget_debug_start = lazy_pattern(rb"DEBUG output created by Wget|Setting --|---request begin---")
# curl's progress meter: a row begins with CR and may share its line with what stands around it.
_meter_titles = lazy_pattern(rb"  % Total [^\n]*\n +Dload [^\n]*\n")
_meter = lazy_pattern(
    rb"\r[ 0-9.kMGTP]{42,50}(?: [-:0-9dh ]{8}){3} [ 0-9.kMGTP]{5}(?:\r?\n)?",
)
# What may stand before the first line: "$ curl -v …", "Spider mode enabled. …", curl's notes and
# warnings; neither a start line nor a field.
_no_foreword = START_LINE.pattern + rb"|" + TOKEN.encode() + rb"[ \t]*+:"
_foreword = lazy_pattern(rb"(?:(?:Note|Warning): (?![0-9])|(?!" + _no_foreword + rb"))[^\n]*+\n")
_LONGEST_FOREWORD = 20  # lines


# --- plain messages -------------------------------------------------------------------------------

_next_start = lazy_pattern(rb"(?m)^(?:" + START_LINE.pattern + rb")")
# Responses after which a client asks again by itself; -L leaves their bodies out, mostly.
_FOLLOWED = frozenset({301, 302, 303, 307, 308, 401, 407})


def _cut_plain(octets: bytes) -> Iterator[_Block]:
    number = 1
    if titles := _meter_titles.match(octets):
        cleaned = _meter.sub(b"", octets[titles.end() :])
        number += octets.count(b"\n") - cleaned.count(b"\n")
        octets = cleaned
    ends = _MessageEnds(octets)
    position = 0
    while True:
        start = _after_blank_lines(octets, position)
        number += octets.count(b"\n", position, start)
        if start == len(octets):
            return
        lines, body_start = _head_at(octets, start, number)
        head = parse_head(lines)
        position = _body_end(octets, body_start, head.message, ends)
        yield _Block(head, number, octets[body_start:position])
        number += octets.count(b"\n", start, position)


def _after_blank_lines(octets: bytes, position: int, most: int | None = None) -> int:
    """Give where the empty lines end; the last line of all may end with CR alone."""
    if octets[position : position + 1] not in (b"\r", b"\n"):
        return position
    limit = len(octets) if most is None else position + most
    end: int = _line_ends.match(octets, position, limit).end()  # type: ignore[union-attr]
    if octets.count(b"\r", position, end) == octets.count(b"\r\n", position, end):
        return end
    bare = _bare_cr.search(octets, position, end)
    return end if bare is None or bare.end() == len(octets) else bare.start()


def _head_at(octets: bytes, position: int, number: int) -> tuple[list[Line], int]:
    """Give the lines up to an empty line, which is passed over, or up to the next start line."""
    lines: list[Line] = []
    while position < len(octets):
        end = octets.find(b"\n", position) + 1 or len(octets)
        line = _without_line_end(octets[position:end])
        if not line:
            return lines, end
        if lines and START_LINE.match(line):
            break
        lines.append(Line(number, line))
        number += 1
        position = end
    return lines, position


def _without_line_end(line: bytes) -> bytes:
    return line.removesuffix(b"\n").removesuffix(b"\r")


def _body_end(octets: bytes, start: int, message: Request | Response, ends: _MessageEnds) -> int:
    length = declared_length(message.headers)
    if length is not None and start + length in ends:
        return start + length
    if START_LINE.match(octets, _after_blank_lines(octets, start)):
        return start
    if isinstance(message, Request) or message.status in _FOLLOWED:
        found = _next_start.search(octets, start)
        return found.start() if found else len(octets)
    return len(octets)


class _MessageEnds:
    """
    The places with a message or nothing behind them.

    The lengths of many messages may point to the same place, or to places in the same empty lines:
    each place is looked at once, and not far.
    """

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._known: dict[int, bool] = {}
        end = len(octets.rstrip(b"\r\n"))
        self._end = end if _after_blank_lines(octets, end) == len(octets) else len(octets)

    def __contains__(self, position: int) -> bool:
        if position >= self._end:
            return position <= len(self._octets)
        known = self._known.get(position)
        if known is None:
            start = _after_blank_lines(self._octets, position, _LARGEST_GAP)
            known = self._known[position] = START_LINE.match(self._octets, start) is not None
        return known


# --- curl -v --------------------------------------------------------------------------------------

# What stands on the line of a body that did not end with LF, and behind the pieces of a long one.
_behind_body = lazy_pattern(
    rb"(?:[{}] \[[0-9]++ bytes data\]|\* Connection #[0-9]++ to host [!-~]++ left intact"
    rb"|\* (?:[Cc]losing|[Ss]hutting down) connection(?: #?-?[0-9]+)?)\r?\n?\Z"
)
_SHORTEST_NARRATION, _LONGEST_NARRATION = len("{ [1 bytes data]"), 400
# Lines of curl's own that come after a body has begun; any other "* " may be a list in the body.
_narration = lazy_pattern(
    rb"\* (?:Issue another request|Found bundle|Can not multiplex|Re-?using existing|Ignoring the"
    rb"|Mark bundle|We are completely uploaded|upload completely|Request completely sent|Excess"
    rb"|Added cookie|Replaced cookie|TLSv1|Connection state changed|old SSL|Please rewind"
    rb"|  Trying |Connected to |Hostname |Host |Could not|Couldn't|Failed to|Switch|Server auth"
    rb"|Proxy auth|Authentication|transfer closed|Operation timed out|Recv failure|Send failure"
    rb"|HTTP error before|Illegal or missing|[Uu]sing HTTP|\[HTTP/|h2h3 |h2 \[|Using Stream"
    rb"|Established connection|ALPN|SSL |Maximum|processing: |CONNECT |IPv[46]: |OpenSSL |LibreSSL "
    rb"|schannel|HTTP/2 stream )|curl: \([0-9]"
)
_interim_start = lazy_pattern(rb"< HTTP/[0-9.]++ ++1(?!01)[0-9]{2}(?![0-9])")
_like_request_line = lazy_pattern(TOKEN.encode() + rb" .* HTTP/[0-9](?:\.[0-9])?[ \t\r]*\n?\Z")


class _VerboseCutter:
    """The state between the lines of `curl -v`."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.echo: deque[bytes] = deque()  # with -i a response's head is printed plain as well
        self._begin(b"")

    def _begin(self, line: bytes) -> None:
        self.mark = line[:1]
        self.is_interim = _interim_start.match(line) is not None
        self.head: list[Line] = []
        self.is_head_open = bool(line)
        self.body: list[bytes] = []
        self.size = 0  # of the body
        self.pauses: set[int] = set()  # the sizes it had when curl spoke
        self.doubtful: list[bytes] = []
        self.after_narration = False

    def take(self, number: int, line: bytes) -> None:
        if self._begins_head(line):
            self._end_interim(line)
            self.end_block()
            self._begin(line)
            self._take_head_line(number, line)
        elif self.is_head_open and self._is_of_head(line):
            self._take_head_line(number, line)
        elif self.echo and line == self.echo[0]:
            self.echo.popleft()
        else:
            self._take_body_line(line)
        self.after_narration = line.startswith(b"* ") or _behind(line) is not None

    def _is_of_head(self, line: bytes) -> bool:
        return line[:1] == self.mark and line[1:2] in (b" ", b"\r", b"\n")

    def _begins_head(self, line: bytes) -> bool:
        if not line.startswith((b"< ", b"> ")):
            return False
        is_response = line.startswith(b"<")
        if self.is_interim and line.startswith(b"< HTTP/"):
            return True
        is_start = START_LINE.match(line, 2) is not None
        if self.is_head_open and self._is_of_head(line):
            return is_start
        if self.mark != b"<":
            # There is no body yet that could quote such a line: however odd, it is curl's own.
            return not line[2:].isspace()
        # A body may quote such lines. curl's own come before any body, or after words of its own.
        if is_start and line.startswith(b"HTTP/", 2) == is_response and not self.body:
            return True
        follows = not is_response and self.after_narration
        return follows and _like_request_line.match(line, 2) is not None

    def _end_interim(self, line: bytes) -> None:
        # Before curl 8, -v does not show the empty line after an interim head, but -i prints it.
        if self.is_interim and self.is_head_open and not self.body:
            self.echo.append(line[len(line.rstrip(b"\r\n")) :])

    def _take_head_line(self, number: int, line: bytes) -> None:
        content = _without_line_end(line[2:] if line[1:2] == b" " else line[1:])
        if self.mark == b"<":
            self.echo.append(line[2:])
        if content.strip(b"\r"):
            self.head.append(Line(number, content))
        else:
            self.is_head_open = False

    def _take_body_line(self, line: bytes) -> None:
        if self.mark != b"<":
            return
        if _narration.match(line):
            self.pauses.add(self.size)
            return
        behind = _behind(line)
        piece = line[: behind.start()] if behind else line
        is_doubtful = not self.body and piece.startswith(b"* ")
        if is_doubtful:
            self.doubtful.append(piece)
        elif piece:
            self.body.append(piece)
            self.size += len(piece)
        if behind and behind[0].startswith(b"* "):
            self.pauses.add(self.size)

    def end_block(self) -> None:
        if not self.head:
            return
        head = parse_head(self.head)
        body = self._whole_body(head.message.headers)
        self.blocks.append(_Block(head, self.head[0].number, body))

    def _whole_body(self, headers: Headers) -> bytes:
        body = b"".join(self.body)
        length = declared_length(headers)
        if self.doubtful:
            # Either words of curl's that the table lacks, or a list at the beginning of the body.
            whole = b"".join(self.doubtful) + body
            body = whole if length == len(whole) else body
        if length is None or "content-encoding" in headers:  # --compressed makes it longer
            return body
        # Words that the table lacks, or what --write-out wrote.
        is_over = length in self.pauses or body.startswith(b"* ", length)
        return body[:length] if is_over else body


def _behind(line: bytes) -> re.Match[bytes] | None:
    if len(line) < _SHORTEST_NARRATION:
        return None
    return _behind_body.search(line, max(0, len(line) - _LONGEST_NARRATION))


def _cut_verbose(octets: bytes) -> Iterator[_Block]:
    cutter = _VerboseCutter()
    titles = _meter_titles.match(octets)
    for number, line in _numbered_lines(octets, titles.end() if titles else 0):
        shown = line if line.find(b"\r", 0, -2) < 0 else _meter.sub(b"", line)
        if shown:
            cutter.take(number, shown)
    cutter.end_block()
    return iter(cutter.blocks)


def _numbered_lines(octets: bytes, position: int = 0) -> Iterator[tuple[int, bytes]]:
    """Give the lines from there on, ends included, with their numbers in the whole."""
    number = 1 + octets.count(b"\n", 0, position)
    while position < len(octets):
        end = octets.find(b"\n", position) + 1 or len(octets)
        yield number, octets[position:end]
        number += 1
        position = end


# --- wget -----------------------------------------------------------------------------------------

_wget_head = lazy_pattern(rb"(?:  | {1,3}[0-9]{1,3} )(?=HTTP/[0-9])")
_wget_indent = lazy_pattern(rb"  | {1,3}[0-9]{1,3} ")
# wget speaks many languages. The same in all of them: the line that begins a request, STDOUT in
# quotation marks, the progress dots, and the time on the line that says how it ended.
_wget_request = lazy_pattern(rb"--[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}--")
_wget_words = lazy_pattern(rb"\n?(?:Length: |Location: |Saving to: |Output to: )")
_to_stdout = lazy_pattern(rb"[`'\"\x80-\xff] ?STDOUT ?['\"\x80-\xff][^\n]*+\n?")
_wget_end = lazy_pattern(
    rb"(?m)^(?:\n? +0K[ .]|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [(UE])"
)
_debug_block = lazy_pattern(rb"(?m)^---(request|response) begin---\r?\n")


def _cut_wget(octets: bytes) -> Iterator[_Block]:
    lines: list[Line] = []
    head_end = position = 0
    previous = b""
    is_narrated = is_requested = False
    for number, line in _numbered_lines(octets):
        # A body may quote such a line; wget's own follows another head or words of its own.
        begins = _wget_head.match(line) is not None and (
            not lines or position == head_end or is_requested or _awaits_head(previous)
        )
        if begins:
            if lines:
                yield _wget_block(lines, octets[head_end:position], is_narrated=is_narrated)
            lines = []
            head_end = position
            is_requested = False
        indent = _wget_indent.match(line)
        if indent and position == head_end and (begins or lines):
            lines.append(Line(number, _without_line_end(line[indent.end() :])))
            head_end += len(line)
        elif _wget_request.match(line):
            is_narrated = is_requested = True
        position += len(line)
        previous = line
    if lines:
        yield _wget_block(lines, octets[head_end:], is_narrated=is_narrated)


def _awaits_head(line: bytes) -> bool:
    """Say whether it is "HTTP request sent, awaiting response... " in any language."""
    words = line.rstrip(b"\r\n")
    return words.startswith(b"HTTP request sent") or words.endswith((b"... ", b"\xe2\x80\xa6 "))


def _wget_block(lines: list[Line], rest: bytes, *, is_narrated: bool) -> _Block:
    head = parse_head([line for line in lines if line.octets] or lines)
    body = _wget_body(rest, head.message, is_narrated=is_narrated)
    return _Block(head, lines[0].number, body)


def _wget_body(rest: bytes, message: Request | Response, *, is_narrated: bool) -> bytes:
    """Find the body among wget's own words: with `-O -` it comes after a line that says so."""
    if is_narrated or _wget_words.match(rest):
        begin = _to_stdout.search(rest)
        rest = rest[begin.end() :] if begin else b""
    length = declared_length(message.headers)
    if length is not None and length <= len(rest):
        return rest[:length]
    end = _wget_end.search(rest)
    return rest[: end.start()] if end else rest


def _cut_wget_debug(octets: bytes) -> Iterator[_Block]:
    position, number = 0, 1
    while begin := _debug_block.search(octets, position):
        number += octets.count(b"\n", position, begin.end())
        end = octets.find(b"\n---" + begin[1] + b" end---", begin.end() - 1)
        position = len(octets) if end < 0 else end
        lines = split_lines(octets[begin.end() : position], first_number=number)
        number += octets.count(b"\n", begin.end(), position)
        if lines := [line for line in lines if line.octets]:
            yield _Block(parse_head(lines), lines[0].number, b"")


# --- blocks to exchanges --------------------------------------------------------------------------

_LAYOUTS: tuple[tuple[re.Pattern[bytes], _Cutter], ...] = (
    (_verbose_start, _cut_verbose),
    (_wget_debug_start, _cut_wget_debug),
    (_wget_start, _cut_wget),
)


def _cut(octets: bytes) -> Iterator[_Block]:
    if octets.startswith(b"HTTP/"):  # most dumps: no need to try what they are not
        return _cut_plain(octets)
    start = _after_blank_lines(octets, 0)
    for _ in range(_LONGEST_FOREWORD):
        start = _after_meter(octets, start)
        for pattern, cutter in _LAYOUTS:
            if pattern.match(octets, start):
                return cutter(octets)
        line = _foreword.match(octets, start)
        if line is None:
            break
        start = line.end()
    return _cut_plain(octets)


def _after_meter(octets: bytes, start: int) -> int:
    if titles := _meter_titles.match(octets, start):
        start = titles.end()
        while row := _meter.match(octets, start):
            start = row.end()
    return start


def _read_blocks(blocks: Iterable[_Block]) -> Iterator[Received]:
    """Pair every request with the final response after it."""
    waiting: Received | None = None
    cut = list(blocks)
    for block, following in zip(cut, [*cut[1:], None], strict=False):
        request = waiting.exchange.request if waiting else None
        message, problems = _with_body(block, request)
        if isinstance(message, Request):
            if waiting:
                yield waiting
            waiting = Received(Exchange(request=message), problems, block.line)
        elif waiting is None or _is_interim(message) or _is_switch(message, following):
            yield Received(Exchange(response=message), problems, block.line)
        else:
            exchange = Exchange(request, message)
            yield Received(exchange, (*waiting.problems, *problems), waiting.line)
            waiting = None
    if waiting:
        yield waiting


def _is_interim(response: Response) -> bool:
    # After 101 octets of another protocol may follow, as after no other (RFC 9110 section 15.2.2).
    return response.status is not None and response.status < 200 and response.status != 101


def _is_switch(response: Response, following: _Block | None) -> bool:
    """
    Say whether it is 101, and the response to the same request follows in the new protocol.

    Source: RFC 9110 section 7.8.
    """
    is_answered = following is not None and isinstance(following.head.message, Response)
    return response.status == 101 and is_answered


def _with_body(
    block: _Block, request: Request | None
) -> tuple[Request | Response, tuple[Problem, ...]]:
    message, problems, body = block.head.message, block.head.problems, block.body
    length = declared_length(message.headers)
    if len(body) != length and (isinstance(message, Request) or not body.strip(b"\r\n")):
        body = body.rstrip(b"\r\n")  # the empty lines that stand between two messages
    if body and not _may_have_body(message, request):
        text = "octets follow a response that cannot have a body; they were kept as its body"
        problems = (*problems, Problem(f"line {block.line}", text, "RFC 9112 section 6.3"))
    return message._replace(body=body or (b"" if length == 0 else None)), problems


def _may_have_body(message: Request | Response, request: Request | None) -> bool:
    if isinstance(message, Request) or message.status is None:
        return True
    is_to_head = request is not None and request.method == "HEAD"
    return not (is_to_head or _is_interim(message) or message.status in (204, 304))
