"""Applications that answer in every way that PEP 3333 allows, and some that fail."""

from __future__ import annotations

import sys
from typing import Any

TEXT = b"It is text that repeats. " * 60
HEADERS = [("Content-Type", "text/plain")]


def fields(length: int | None = None) -> list[tuple[str, str]]:
    return [*HEADERS, *([] if length is None else [("Content-Length", str(length))])]


def listed(environ, start_response):
    start_response("200 OK", fields(len(TEXT)))
    return [TEXT]


def without_length(environ, start_response):
    start_response("200 OK", fields())
    return [TEXT[:100], TEXT[100:]]


def generated(environ, start_response):
    start_response("200 OK", fields())
    for start in range(0, len(TEXT), 100):
        yield TEXT[start : start + 100]


def generated_with_length(environ, start_response):
    start_response("200 OK", fields(len(TEXT)))
    yield b""
    yield TEXT[:7]
    yield TEXT[7:]


def written(environ, start_response):
    write = start_response("200 OK", fields())
    write(TEXT[:300])
    write(TEXT[300:])
    return []


def replaced_head(environ, start_response):
    start_response("202 Accepted", [*fields(), ("X-First", "1")])
    try:
        raise LookupError("changed its mind")
    except LookupError:
        start_response("200 OK", fields(len(TEXT)), sys.exc_info())
    return [TEXT]


class Closing:
    """An iterable with a close() that counts."""

    def __init__(self, pieces: Any) -> None:
        self.pieces = iter(pieces)
        self.closed = 0

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.pieces)

    def close(self) -> None:
        self.closed += 1


WHOLE = {
    app.__name__: app
    for app in (listed, without_length, generated, generated_with_length, written, replaced_head)
}


def raises_before(environ, start_response):
    raise LookupError("before")


def raises_after(environ, start_response):
    start_response("200 OK", fields())
    raise LookupError("after")


def raises_during(environ, start_response):
    # The server refuses the head, so the application is inside start_response when it fails.
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Bad", "a\nb")])
    return [b"never"]


def raises_at_first_piece(environ, start_response):
    start_response("200 OK", fields())
    if environ:
        raise LookupError("first piece")
    yield b"never"


def raises_at_second_piece(environ, start_response):
    start_response("200 OK", fields())
    yield b"begun"
    raise LookupError("second piece")
