"""Calls WSGI applications as the strictest server would: inside wsgiref.validate on every side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from wsgiref.validate import validator

from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.wsgi import environ_of
from httpheaders.wsgi_call import call_app


class Answer(NamedTuple):
    """A response, with the pieces of its content as they came."""

    status: int
    headers: Headers
    pieces: list[bytes]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def __getitem__(self, name: str) -> str | None:
        return self.headers.joined(name)


def call(
    app: Any,
    middleware: Callable[[Any], Any] | None = None,
    *,
    method: str = "GET",
    url: str = "/",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    strict: bool = True,
    environ: dict[str, Any] | None = None,
) -> Answer:
    """Call an application behind a middleware; `strict` puts a validator around each of them."""
    if strict:
        app = validator(app)
    if middleware is not None:
        app = middleware(app)
        if strict:
            app = validator(app)
    pieces: list[bytes] = []

    def take(chunk: bytes) -> bool:
        pieces.append(chunk)
        return True

    request = Request(method, url, Headers.of(headers or {}), body)
    full = environ_of(request).environ | (environ or {})
    response, _ = call_app(app, full, take=take)
    assert response.status is not None
    return Answer(response.status, response.headers, pieces)
