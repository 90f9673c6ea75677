"""
Whether a message's fields are legal, and whether they agree about where the message ends.

The same faults are told for messages from dumps, from HAR and from JSON.

Source: RFC 9110 sections 5.1, 5.5 and 8.6, RFC 9112 sections 2.2, 6.1 and 6.3.
"""

from __future__ import annotations

from httpheaders.answer import Problem
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import is_field_value, is_token, parse_octet_count

__all__ = ["check_controls", "check_field", "check_framing", "check_message", "declared_length"]


def check_field(name: str, value: str, *, where: str) -> list[Problem]:
    r"""
    List what is illegal in one field, whoever sent it.

    Args:
        name: the field name as received.
        value: the field value as received, outer blanks removed.
        where: the place to name in the problems, "line 3" or "response.headers[2]".

    Source: RFC 9110 sections 5.1 and 5.5, RFC 9112 section 2.2.

    >>> [problem.message for problem in check_field("Bad Header", "a\rb", where="line 3")]
    ["field name 'Bad Header' is not a token", "value of 'Bad Header' holds a bare CR"]
    """
    problems = []
    if not is_token(name):
        message = f"field name {_shown(name)} is not a token" if name else "field name is empty"
        problems.append(Problem(where, message, "RFC 9110 section 5.1"))
    return problems + check_controls(value, what=f"value of {_shown(name)}", where=where)


def check_controls(text: str, *, what: str, where: str) -> list[Problem]:
    r"""
    List the control characters that may not stand in a line of a head; the tab may.

    Source: RFC 9110 section 5.5, RFC 9112 section 2.2.

    >>> check_controls("a\0b", what="status line", where="line 1")[0].message
    'status line holds a NUL octet'
    """
    if is_field_value(text):
        return []
    problems = []
    if "\r" in text:
        problems.append(Problem(where, f"{what} holds a bare CR", "RFC 9112 section 2.2"))
    if "\0" in text:
        problems.append(Problem(where, f"{what} holds a NUL octet", "RFC 9110 section 5.5"))
    if not is_field_value(text.replace("\r", "").replace("\0", "")):
        message = f"{what} holds a control character"
        problems.append(Problem(where, message, "RFC 9110 section 5.5"))
    return problems


def _shown(name: str) -> str:
    return ascii(name[:60])


def check_framing(headers: Headers, *, version: str | None = None, where: str) -> list[Problem]:
    """
    List what makes the end of the message doubtful, so that two readers may see two messages.

    Args:
        headers: the fields of one message.
        version: "1.0", "1.1", "2", "3", or None when unknown.
        where: the place to name in the problems, "line 1" or "response".

    Source: RFC 9110 section 8.6, RFC 9112 sections 6.1 and 6.3.

    >>> lengths = Headers([("Content-Length", "3"), ("Content-Length", "4")])
    >>> check_framing(lengths, where="response")[0].message
    "Content-Length lines differ: '3', '4'"
    """
    problems = []
    lengths = split_list(", ".join(headers.get_all("content-length")))
    if "content-length" in headers and (fault := _length_fault(lengths)):
        message, reference = fault
        problems.append(Problem(where, message, reference))
    if "transfer-encoding" not in headers:
        return problems
    if "content-length" in headers:
        message = "Content-Length stands beside Transfer-Encoding, which overrides it"
        problems.append(Problem(where, message, "RFC 9112 section 6.3"))
    if version == "1.0":
        message = "Transfer-Encoding in an HTTP/1.0 message makes its framing faulty"
        problems.append(Problem(where, message, "RFC 9112 section 6.1"))
    return problems


def _length_fault(lengths: list[str]) -> tuple[str, str] | None:
    distinct = list(dict.fromkeys(lengths))
    wrong = [length for length in distinct if not (length.isascii() and length.isdigit())]
    if wrong or not distinct:
        shown = ascii(wrong[0][:40]) if wrong else "''"
        return f"Content-Length {shown} is not a number of octets", "RFC 9110 section 8.6"
    if len(distinct) > 1:
        shown = ", ".join(ascii(length[:40]) for length in distinct[:4])
        return f"Content-Length lines differ: {shown}", "RFC 9112 section 6.3"
    if len(lengths) > 1:
        return f"Content-Length is given {len(lengths)} times", "RFC 9110 section 8.6"
    return None


def declared_length(headers: Headers) -> int | None:
    """
    Give the body's length in octets by Content-Length; None when it is absent, void or doubtful.

    Source: RFC 9112 section 6.3.

    >>> declared_length(Headers([("Content-Length", "12")]))
    12
    """
    if "content-length" not in headers or "transfer-encoding" in headers:
        return None
    lengths = set(split_list(", ".join(headers.get_all("content-length"))))
    text = lengths.pop() if len(lengths) == 1 else ""
    return parse_octet_count(text)


def check_message(message: Request | Response) -> list[Problem]:
    """
    List the illegal fields and the doubtful framing of a message that was not read from octets.

    The problems name their place as "headers[2]", counting fields from 0, or "headers".

    >>> check_message(Response(200, Headers([("Bad Header", "x")])))[0].where
    'headers[0]'
    """
    problems: list[Problem] = []
    for index, (name, value) in enumerate(message.headers):
        if not (is_token(name) and is_field_value(value)):
            problems += check_field(name, value, where=f"headers[{index}]")
    return problems + check_framing(message.headers, version=message.version, where="headers")
