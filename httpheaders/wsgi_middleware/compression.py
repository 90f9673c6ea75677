"""
Content codings as a middleware: gzip, and br and zstd where they are offered and installed.

Content that is all at hand goes out coded only where that made it smaller, with its length. Content
that streams is coded piece by piece; each piece is flushed, so that the client can read it when the
application gave it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from httpheaders.compression import CompressionPolicy, Decision, compress_message, decide
from httpheaders.content_codings import Compressor
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.wsgi_middleware.layers import (
    WHOLE_UP_TO,
    ContentStream,
    Head,
    filtered,
    status_line,
)

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["DEFAULT_COMPRESSION", "compression_middleware"]

# Below this, a packet carries the content either way.
DEFAULT_COMPRESSION = CompressionPolicy(min_size=500, encode_unasked=False)


def compression_middleware(
    app: WsgiApp,
    *,
    policy: CompressionPolicy = DEFAULT_COMPRESSION,
    whole_up_to: int = WHOLE_UP_TO,
) -> WsgiApp:
    """
    Compress what an application answers, where the client takes it and it is worth it.

    Args:
        app: the application.
        policy: what is offered, and when. Streamed content is flushed piece by piece; event
            streams are left alone unless the policy says that they are flushed.
        whole_up_to: octets of declared content to wait for, so that the length comes out right.

    Source: RFC 9110 sections 8.4 and 12.5.3.

    >>> environ = {"PATH_INFO": "/", "HTTP_ACCEPT_ENCODING": "gzip"}
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [("Content-Type", "text/plain")])
    ...     return [b"a" * 1000]
    >>> body = compression_middleware(app)(environ, lambda status, headers: print(headers[1:]))
    [('Vary', 'Accept-Encoding'), ('Content-Encoding', 'gzip'), ('Content-Length', '29')]
    """

    def compressed(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        coding_filter = _Coding(_request(environ), policy)
        return filtered(app, environ, start_response, coding_filter, whole_up_to=whole_up_to)

    return compressed


def _request(environ: Environ) -> Request:
    fields = []
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    if accepted is not None:
        fields.append(("Accept-Encoding", accepted))
    if "HTTP_CACHE_CONTROL" in environ:
        fields.append(("Cache-Control", environ["HTTP_CACHE_CONTROL"]))
    return Request(environ.get("REQUEST_METHOD"), None, Headers(fields))


class _Coding:
    """The codings that one request takes, applied to whatever the application answers."""

    def __init__(self, request: Request, policy: CompressionPolicy) -> None:
        self._request = request
        self._policy = policy

    def whole(self, head: Head, body: bytes) -> tuple[Head, bytes]:
        response = Response(head.code, Headers(head.headers), body)
        if self._request.method == "HEAD" and not body:
            decision = decide(self._request, response, policy=self._policy)
            return _head_of(decision, head), body
        result = compress_message(self._request, response, policy=self._policy)
        sent = result.response
        status = status_line(sent.status or 200, head.status)
        return Head(status, sent.headers.pairs), sent.body or b""

    def begin(self, head: Head) -> tuple[Head, ContentStream | None]:
        response = Response(head.code, Headers(head.headers))
        decision = decide(self._request, response, policy=self._policy)
        if decision.status == 406:
            return _head_of(decision, head), _Dropped()
        stream = None
        if decision.coding is not None:
            stream = _Coded(decision.coding, self._policy)
        return _head_of(decision, head), stream


def _head_of(decision: Decision, head: Head) -> Head:
    return Head(status_line(decision.status or 200, head.status), decision.headers.pairs)


class _Coded:
    """Content that is coded as it passes, each piece flushed."""

    def __init__(self, coding: str, policy: CompressionPolicy) -> None:
        self._stream = Compressor(coding, level=policy.level, engine=policy.engine)

    def feed(self, chunk: bytes) -> bytes:
        if not chunk:
            return b""
        coded = self._stream.compress(chunk)
        return coded + self._stream.flush()

    def finish(self) -> bytes:
        return self._stream.finish()


class _Dropped:
    """Content in place of which 406 is sent."""

    def feed(self, chunk: bytes) -> bytes:
        return b""

    def finish(self) -> bytes:
        return b""
