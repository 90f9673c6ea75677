"""
Entity tags, conditional requests and ranges as a middleware: 304, 412, 206 and 416.

Content that is all at hand gets an entity tag where it has none. Content that streams keeps the
validators that the application gave it, and goes out as it comes: one range is cut out on the way.

Source: RFC 9110 sections 13.2 and 14.2.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from httpheaders.conditional import ConditionalAnswer, answer_conditional
from httpheaders.entity_tag_values import entity_tag_of
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import CONDITIONAL_FIELDS, Request, Response
from httpheaders.syntax.grammar import parse_octet_count
from httpheaders.wsgi import environ_key
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
    from httpheaders.byte_ranges import ByteRange
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["conditional_middleware", "with_entity_tag"]

_CONDITIONS = {environ_key(name): name for name in CONDITIONAL_FIELDS}


def conditional_middleware(
    app: WsgiApp,
    *,
    algorithm: str = "blake2b",
    weak: bool = False,
    whole_up_to: int = WHOLE_UP_TO,
    clock: Callable[[], float] = time.time,
) -> WsgiApp:
    """
    Tag what an application answers to GET and HEAD, and answer conditional requests.

    The application has already run when the conditions are looked at, as the tag is made of what it
    answers: a 412 therefore is given to GET and HEAD alone. Other methods must look themselves.

    Args:
        app: the application.
        algorithm: of the entity tags, as in `entity_tag_of`.
        weak: whether the tags are weak.
        whole_up_to: octets of declared content to wait for, so that a tag can be made.
        clock: gives the seconds since 1970; only to place two-digit years.

    Source: RFC 9110 sections 8.8.3, 13 and 14.

    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET", "HTTP_IF_NONE_MATCH": "*"}
    >>> conditional_middleware(simple_wsgi_app)(environ, lambda status, headers: print(status))
    304 Not Modified
    [b'']
    """

    # Most requests have no conditions; what is done with them keeps nothing of them.
    unconditional = {
        method: _Conditions(Request(method, None, Headers()), clock, algorithm, weak)
        for method in ("GET", "HEAD")
    }

    def conditioned(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ.get("REQUEST_METHOD", "GET")
        if method not in ("GET", "HEAD"):
            return app(environ, start_response)
        if _CONDITIONS.keys().isdisjoint(environ):
            content_filter = unconditional[method]
        else:
            fields = [(name, environ[key]) for key, name in _CONDITIONS.items() if key in environ]
            request = Request(method, None, Headers(fields))
            content_filter = _Conditions(request, clock, algorithm, weak)
        return filtered(app, environ, start_response, content_filter, whole_up_to=whole_up_to)

    return conditioned


def with_entity_tag(response: Response, *, algorithm: str, weak: bool = False) -> Response:
    """
    Give a 200 response an entity tag made of its content, unless it has one.

    >>> with_entity_tag(Response(200, body=b""), algorithm="md5").headers.get("ETag")
    '"d41d8cd98f00b204e9800998ecf8427e"'
    """
    if response.status != 200 or response.body is None or "etag" in response.headers:
        return response
    tag = str(entity_tag_of(response.body, algorithm=algorithm, weak=weak))
    return response._replace(headers=Headers([*response.headers, ("ETag", tag)]))


class _Conditions:
    """The conditions of one request, applied to whatever the application answers."""

    def __init__(
        self, request: Request, clock: Callable[[], float], algorithm: str, weak: bool
    ) -> None:
        self._request = request
        self._clock = clock
        self._algorithm = algorithm
        self._weak = weak

    def whole(self, head: Head, body: bytes) -> tuple[Head, bytes]:
        code = head.code
        if code != 200 or (self._request.method == "HEAD" and not body):
            return self._without_content(head), body
        if not self._request.headers:
            if head.get("etag") is not None:
                return head, body
            tag = str(entity_tag_of(body, algorithm=self._algorithm, weak=self._weak))
            return Head(head.status, [*head.headers, ("ETag", tag)]), body
        response = Response(code, Headers(head.headers), body)
        response = with_entity_tag(response, algorithm=self._algorithm, weak=self._weak)
        answer = answer_conditional(self._request, response, now=self._clock())
        return _head_of(answer, head), answer.body or b""

    def _without_content(self, head: Head) -> Head:
        """Look at the validators alone, where the application itself sent no content."""
        return self.begin(head)[0] if head.code == 200 else head

    def begin(self, head: Head) -> tuple[Head, ContentStream | None]:
        if head.code != 200 or not self._request.headers:
            return head, None
        size = _declared(head)
        request = self._request
        if size is None:
            request = request._replace(headers=request.headers.without("Range", "If-Range"))
        answer = self._streamed_answer(request, head, size)
        if answer.status in (304, 412, 416):
            return _head_of(answer, head), DroppedContent()
        if answer.status == 206:
            return _head_of(answer, head), _Cut(answer.ranges[0])
        return _head_of(answer, head), None

    def _streamed_answer(self, request: Request, head: Head, size: int | None) -> ConditionalAnswer:
        response, now = Response(head.code, Headers(head.headers)), self._clock()
        answer = answer_conditional(request, response, now=now, size=size)
        if len(answer.ranges) > 1:
            # "A server MAY ignore the Range header field": several would have to be kept.
            plain = request._replace(headers=request.headers.without("Range", "If-Range"))
            return answer_conditional(plain, response, now=now)
        return answer


def _declared(head: Head) -> int | None:
    return parse_octet_count(head.get("content-length") or "")


def _head_of(answer: ConditionalAnswer, head: Head) -> Head:
    headers = answer.headers
    if answer.status in (412, 416):
        headers = headers.replaced("Content-Length", "0")
        return typed(Head(status_line(answer.status), headers.pairs))
    return Head(status_line(answer.status, head.status), headers.pairs)


class _Cut:
    """One range, cut out of content that passes."""

    def __init__(self, part: ByteRange) -> None:
        self._first = part.first
        self._end = part.last + 1
        self._at = 0

    def feed(self, chunk: bytes) -> bytes:
        start, self._at = self._at, self._at + len(chunk)
        return chunk[max(0, self._first - start) : max(0, self._end - start)]

    def finish(self) -> bytes:
        return b""
