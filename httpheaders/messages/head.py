"""
The head of a message: its start line and its field lines, from octets.

Lines end with LF or CRLF and with nothing else: a form feed, a NEL or a lone CR is data. One bad
line costs only itself. Every fault is told with its line, its reason and its section.

Source: RFC 9112 sections 2.2, 3, 4 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from httpheaders.answer import Problem
from httpheaders.messages.framing import check_controls, check_field, check_framing
from httpheaders.messages.headers import Headers, decode_field_text
from httpheaders.messages.message import Request, Response, short_version
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import TOKEN, ascii_lower, is_field_value, is_token
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "START_LINE",
    "Line",
    "MessageHead",
    "message_of_pseudo_fields",
    "parse_head",
    "parse_header_block",
    "split_lines",
]

_version = r"HTTP/[0-9](?:\.[0-9])?"
# Longer than any method that is registered, so that a token is not looked through for nothing.
_method = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}+"
# A line that begins a message wherever it stands: no field line can look like one, for a field
# name has neither blank nor slash.
START_LINE = lazy_pattern(
    rf"(?:{_version} ++[0-9]{{3}}(?![0-9])"
    rf"|{_method} [^ \r\n]++ {_version}(?=\r?(?:\n|\Z)))".encode()
)
# status-line = HTTP-version SP status-code SP [ reason-phrase ]              RFC 9112 section 4
# The last SP goes missing when a server or an editor trims the line; nothing is in doubt then.
_status_line = lazy_pattern(
    rb"HTTP/([0-9](?:\.[0-9])?) ([1-9][0-9]{2})(?: (.*))?",
    re.DOTALL,
)
# request-line = method SP request-target SP HTTP-version                     RFC 9112 section 3
_request_line = lazy_pattern(rf"({TOKEN}) (.+) HTTP/([0-9](?:\.[0-9])?)".encode(), re.DOTALL)
_pseudo_field = lazy_pattern(rb":(method|path|authority|scheme|status):[ \t]*+(.*)", re.DOTALL)

# Without a start line the first field that only one kind of message has tells which kind it is.
_OF_REQUESTS = """
    accept accept-charset accept-encoding accept-language access-control-request-headers
    access-control-request-method authorization cookie expect from host if-match if-modified-since
    if-none-match if-range if-unmodified-since max-forwards origin proxy-authorization range
    referer sec-fetch-dest sec-fetch-mode sec-fetch-site te upgrade-insecure-requests user-agent
    x-forwarded-for x-forwarded-host x-forwarded-proto
"""
_OF_RESPONSES = """
    accept-ranges access-control-allow-credentials access-control-allow-headers
    access-control-allow-methods access-control-allow-origin access-control-expose-headers
    access-control-max-age age allow authentication-info content-security-policy etag expires
    last-modified location proxy-authenticate retry-after server set-cookie
    strict-transport-security vary www-authenticate
"""
_TELLING: dict[str, type[Request] | type[Response]] = {
    **dict.fromkeys(_OF_REQUESTS.split(), Request),
    **dict.fromkeys(_OF_RESPONSES.split(), Response),
}


class Line(NamedTuple):
    """One line without its end, and its number in the input, counted from 1."""

    number: int
    octets: bytes


class MessageHead(NamedTuple):
    """
    A message without its body.

    Attributes:
        message: what the lines say; a Response without status when nothing tells the kind.
        problems: the faults, each with its line.
    """

    message: Request | Response
    problems: tuple[Problem, ...]


class _Field(NamedTuple):
    number: int
    name: bytes
    value_parts: list[bytes]


def split_lines(octets: bytes, *, first_number: int = 1) -> list[Line]:
    r"""
    Cut octets into lines at LF or CRLF; only one CR belongs to a line's end.

    >>> split_lines(b"a: 1\r\nb:\x0b2\n")
    [Line(number=1, octets=b'a: 1'), Line(number=2, octets=b'b:\x0b2')]
    """
    pieces = octets.split(b"\n")
    if not pieces[-1]:
        pieces.pop()
    return [Line(n, piece.removesuffix(b"\r")) for n, piece in enumerate(pieces, first_number)]


def parse_header_block(octets: bytes) -> tuple[Headers, tuple[Problem, ...]]:
    r"""
    Read field lines without a start line, up to the first empty line or the end.

    >>> headers, problems = parse_header_block(b"Vary: Accept\r\nno colon\nX-Empty:\n")
    >>> headers.pairs, problems[0].message
    ([('Vary', 'Accept'), ('X-Empty', '')], "no colon in 'no colon'")
    """
    lines = split_lines(octets)
    end = next((at for at, line in enumerate(lines) if not line.octets), len(lines))
    headers, problems = _read_fields(lines[:end])
    return headers, (*problems, *check_framing(headers, where="headers"))


def parse_head(lines: Sequence[Line]) -> MessageHead:
    r"""
    Read a head: a start line if the first line is one, then field lines.

    Args:
        lines: at least one line, none of them empty.

    Returns:
        The message as far as it could be read. Without a start line the first field that only
        requests or only responses have tells the kind; a response when none does.

    Source: RFC 9112 sections 3 to 5.

    >>> head = parse_head(split_lines(b"HTTP/2 404\r\ncontent-type: text/html\r\n"))
    >>> head.message.status, head.message.version, head.message.headers.pairs, head.problems
    (404, '2', [('content-type', 'text/html')], ())
    """
    start, problems = _read_start_line(lines[0])
    if start is None:
        start, rest = _read_pseudo_fields(lines)
    else:
        rest = list(lines[1:])
    headers, field_problems = _read_fields(rest)
    message = _of_kind(headers) if start is None else start._replace(headers=headers)
    where = f"line {lines[0].number}"
    framing = check_framing(headers, version=message.version, where=where)
    return MessageHead(message, (*problems, *field_problems, *framing))


def _of_kind(headers: Headers) -> Request | Response:
    for name, _ in headers:
        if kind := _TELLING.get(ascii_lower(name)):
            return kind(headers=headers)
    return Response(headers=headers)


def _read_start_line(line: Line) -> tuple[Request | Response | None, list[Problem]]:
    if line.octets.startswith(b"HTTP/"):
        return _read_status_line(line)
    if match := _request_line.fullmatch(line.octets):
        return _read_request_line(line, match)
    return None, []


def _read_status_line(line: Line) -> tuple[Response, list[Problem]]:
    match = _status_line.fullmatch(line.octets)
    if match is None:
        message = f"{_shown(line.octets)} is not a status line: expected 'HTTP/1.1 200 OK'"
        match = re.match(
            rb"HTTP/([0-9](?:\.[0-9])?)[ \t]++([1-9][0-9]{2})(?![0-9])[ \t]*+(.*)", line.octets
        )
        problem = Problem(f"line {line.number}", message, "RFC 9112 section 4")
        return (_response(match) if match else Response()), [problem]
    text = decode_field_text(line.octets)
    return _response(match), check_controls(text, what="status line", where=f"line {line.number}")


def _response(match: re.Match[bytes]) -> Response:
    version, status, phrase = match.groups()
    text = None if phrase is None else decode_field_text(phrase)
    short = short_version(version.decode())
    if not text and short in ("2", "3"):
        text = None  # curl ends the line with a blank, but these versions have no phrase
    return Response(int(status), version=short, phrase=text)


def _read_request_line(line: Line, match: re.Match[bytes]) -> tuple[Request, list[Problem]]:
    method, target, version = match.groups()
    request = Request(
        method.decode(),
        decode_field_text(target.strip(b" \t")),
        version=short_version(version.decode()),
    )
    where = f"line {line.number}"
    text = decode_field_text(line.octets)
    problems = check_controls(text, what="request line", where=where)
    if b" " in target or b"\t" in target:
        message = "the request target holds a blank"
        problems.append(Problem(where, message, "RFC 9112 section 3.2"))
    return request, problems


def _read_pseudo_fields(
    lines: Sequence[Line],
) -> tuple[Request | Response | None, list[Line]]:
    """Take the lines out that HTTP/2 tools print in the place of a start line."""
    found: dict[bytes, str] = {}
    rest = []
    for line in lines:
        match = _pseudo_field.fullmatch(line.octets) if line.octets[:1] == b":" else None
        if match is None:
            rest.append(line)
        else:
            found.setdefault(match[1], decode_field_text(match[2].rstrip(b" \t")))
    return message_of_pseudo_fields({name.decode(): value for name, value in found.items()}), rest


def message_of_pseudo_fields(fields: dict[str, str]) -> Request | Response | None:
    """
    Give the message that HTTP/2 pseudo-header fields begin, or None when there are none.

    Args:
        fields: names without their colon, "method", with their values.

    Source: RFC 9113 section 8.3.

    >>> pseudo = {"method": "GET", "scheme": "https", "authority": "a.example", "path": "/x"}
    >>> message_of_pseudo_fields(pseudo).url
    'https://a.example/x'
    """
    if not fields:
        return None
    if "status" in fields:
        status = fields["status"]
        known = status.isascii() and status.isdigit() and len(status) == 3 and status[0] != "0"
        return Response(int(status) if known else None)
    url = fields.get("path")
    if "authority" in fields:
        url = f"{fields.get('scheme', 'https')}://{fields['authority']}{url or '/'}"
    return Request(fields.get("method"), url)


def _read_fields(lines: Sequence[Line]) -> tuple[Headers, list[Problem]]:
    problems: list[Problem] = []
    fields: list[_Field] = []
    folds_into: _Field | None = None
    for line in lines:
        if line.octets[:1] not in (b" ", b"\t"):
            folds_into = _read_field_line(line, problems)
            if folds_into is not None:
                fields.append(folds_into)
        elif folds_into is not None:
            folds_into.value_parts.append(line.octets.strip(b" \t"))
            message = "the line is folded onto the one before it; a blank was put between them"
            problems.append(Problem(f"line {line.number}", message, "RFC 9112 section 5.2"))
        else:
            message = f"{_shown(line.octets)} begins with a blank, but no field stands before it"
            problems.append(Problem(f"line {line.number}", message, "RFC 9112 section 2.2"))
    headers = Headers([_checked_pair(field, problems) for field in fields])
    problems.sort(key=lambda problem: int(problem.where.removeprefix("line ")))
    return headers, problems


def _read_field_line(line: Line, problems: list[Problem]) -> _Field | None:
    name, colon, value = line.octets.partition(b":")
    if not colon:
        message = f"no colon in {_shown(line.octets)}"
        problems.append(Problem(f"line {line.number}", message, "RFC 9112 section 5"))
        return None
    trimmed = name.rstrip(b" \t")
    if trimmed != name:
        message = f"blank between field name {_shown(trimmed)} and the colon"
        problems.append(Problem(f"line {line.number}", message, "RFC 9112 section 5.1"))
    return _Field(line.number, trimmed, [value.strip(b" \t")])


def _checked_pair(field: _Field, problems: list[Problem]) -> tuple[str, str]:
    parts = field.value_parts
    name = decode_field_text(field.name)
    value = decode_field_text(parts[0] if len(parts) == 1 else b" ".join(filter(None, parts)))
    if not (is_token(name) and is_field_value(value)):
        problems += check_field(name, value, where=f"line {field.number}")
    return name, value


def _shown(octets: bytes) -> str:
    return ascii(decode_field_text(octets[:80]))
