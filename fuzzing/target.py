"""What a target is, and how octets become the text, the messages and the JSON that one takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from httpheaders.errors import FieldSyntaxError, HttpHeadersError, InputError
from httpheaders.messages.head import parse_header_block
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.strict_json import read_json

__all__ = ["NOW", "SEPARATOR", "Target", "document_of", "messages_of", "of_text", "parts_of"]

# 2025-01-01: every target has its clock from here.
NOW = 1735689600.0
# Divides the parts of an input where a target takes several.
SEPARATOR = b"\x1f"


class Target(NamedTuple):
    """
    One way in for text from outside.

    Attributes:
        name: the function below `httpheaders`, "syntax.dates.parse_http_date"; "field " and a kind;
            or "command " and its words.
        run: takes any octets; raises `HttpHeadersError` where they are refused, AssertionError
            where what came out breaks a promise, and nothing else.
        seeds: inputs to begin with; most are good ones.
    """

    name: str
    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]

    def tried(self, octets: bytes) -> BaseException | None:
        """Run on one input; give what came out that should not have."""
        try:
            self.run(octets)
        except HttpHeadersError:
            return None
        except Exception as error:
            return error
        return None


def of_text(function: Callable[[str], object]) -> Callable[[bytes], object]:
    """
    Let a function of text take octets: as UTF-8, lone surrogates included, or as ISO-8859-1.

    JSON may hold lone surrogates, `"\\ud800"`, so that they come to every parser.
    """

    def run(octets: bytes) -> object:
        try:
            text = octets.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            text = octets.decode("latin-1")
        return function(text)

    return run


def parts_of(octets: bytes, count: int) -> list[str]:
    """Cut an input into as many texts; those that it lacks are empty."""
    pieces = octets.split(SEPARATOR, count - 1)
    texts = [piece.decode("utf-8", "replace") for piece in pieces]
    return texts + [""] * (count - len(texts))


def messages_of(octets: bytes) -> tuple[Request, Response, str]:
    """
    Read `METHOD URL`, fields and body, then `STATUS`, fields and body, then whatever follows.

    The parts stand between separators; within one a blank line ends the fields.
    """
    asked, answered, rest = [*octets.split(SEPARATOR, 2), b"", b""][:3]
    start, headers, body = _head_of(asked)
    method, _, url = start.partition(" ")
    request = Request(method or None, url or None, headers, body)
    start, headers, body = _head_of(answered)
    status = int(start[:3]) if start[:3].isascii() and start[:3].isdigit() else 200
    response = Response(status if 100 <= status <= 999 else 200, headers, body)
    return request, response, rest.decode("utf-8", "replace")


def _head_of(octets: bytes) -> tuple[str, Any, bytes | None]:
    start, _, block = octets.partition(b"\n")
    head, blank, body = block.partition(b"\n\n")
    headers, _ = parse_header_block(head)
    return start.decode("utf-8", "replace").strip(), headers, body if blank else None


def document_of(octets: bytes) -> dict[str, Any]:
    """
    Read a JSON object.

    Raises:
        InputError: it is none.
    """
    value = read_json(octets)
    if not isinstance(value, dict):
        raise InputError("expected an object")
    return value


def refuses(function: Callable[[], object]) -> bool:
    """Say whether the function refuses what it is given."""
    try:
        function()
    except (FieldSyntaxError, InputError):
        return True
    return False
