"""
Content codings as a middleware: gzip, and br and zstd where they are offered and installed.

Content that is all at hand goes out coded only where that made it smaller, with its length. Content
that streams is coded piece by piece; each piece is flushed, so that the client can read it when the
application gave it.

Source: RFC 9110 sections 8.4 and 12.5.3.
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
    DroppedContent,
    Head,
    filtered,
    status_line,
    typed,
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
    >>> body = compression_middleware(app)(environ, lambda status, headers: print(headers[1:3]))
    [('Vary', 'Accept-Encoding'), ('Content-Encoding', 'gzip')]
    """

    left_alone: set[_PlainKey | None] = set()
    filters: dict[tuple[str | None, ...], _Coding] = {}

    def compressed(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = (
            environ.get("REQUEST_METHOD"),
            environ.get("HTTP_ACCEPT_ENCODING"),
            environ.get("HTTP_CACHE_CONTROL"),
        )
        coding_filter = filters.get(key)
        if coding_filter is None:
            coding_filter = _Coding(_request(environ), policy, left_alone)
            length = sum(len(value) for value in key if value)
            if len(filters) < _MOST_REMEMBERED and length <= _LONGEST_REMEMBERED:
                filters[key] = coding_filter
        return filtered(app, environ, start_response, coding_filter, whole_up_to=whole_up_to)

    return compressed


_PlainKey = tuple[int, str, str | None, bool]
# Fields of a response that have a say in whether it may be coded.
_DECIDING = frozenset({"cache-control", "content-encoding", "content-range", "transfer-encoding"})
_MOST_REMEMBERED = 1024
_LONGEST_REMEMBERED = 512


def _varying(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    for name, _ in headers:
        if name.lower() == "vary":
            return Headers(headers).varying_by("Accept-Encoding").pairs
    return [*headers, ("Vary", "Accept-Encoding")]


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

    def __init__(
        self, request: Request, policy: CompressionPolicy, left_alone: set[_PlainKey | None]
    ) -> None:
        self._request = request
        self._policy = policy
        self._left_alone = left_alone

    def _plain_key(self, head: Head, size: int) -> _PlainKey | None:
        """Give all that decides about a small response without odd fields; None for others."""
        if size >= self._policy.min_size or self._request.method != "GET":
            return None
        content_type = ""
        for name, value in head.headers:
            lowered = name.lower()
            if lowered in _DECIDING:
                return None
            if lowered == "content-type":
                content_type = value
        request = self._request.headers
        if len(request) > 1:
            return None
        return head.code, content_type, request.get("Accept-Encoding"), "Cache-Control" in request

    def whole(self, head: Head, body: bytes) -> tuple[Head, bytes]:
        key = self._plain_key(head, len(body))
        if key in self._left_alone:
            # Decided before for responses that do not differ in what counts.
            return Head(head.status, _varying(head.headers)), body
        response = Response(head.code, Headers(head.headers), body)
        if self._request.method == "HEAD" and not body:
            decision = decide(self._request, response, policy=self._policy)
            return _head_of(decision, head), body
        result = compress_message(self._request, response, policy=self._policy)
        sent = result.response
        if key is not None and result.coding is None and sent.status == head.code:
            varies = head.get("vary") is None and "vary" in sent.headers
            if varies and len(self._left_alone) < _MOST_REMEMBERED:
                self._left_alone.add(key)
        result_head = Head(status_line(sent.status or 200, head.status), sent.headers.pairs)
        if sent.status == 406 and head.code != 406:
            result_head = typed(result_head)
        return result_head, sent.body or b""

    def begin(self, head: Head) -> tuple[Head, ContentStream | None]:
        response = Response(head.code, Headers(head.headers))
        decision = decide(self._request, response, policy=self._policy)
        if decision.status == 406:
            return typed(_head_of(decision, head)), DroppedContent()
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
