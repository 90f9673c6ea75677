"""
How a middleware that changes content stands between server and application.

How this works. The application's head is held back until it is known what becomes of the content.
Where all of it is at hand (a list, or a short body whose length the head declares) the middleware
gets it whole, so that lengths and tags come out right. Otherwise it streams: the head is sent, and
each piece goes out as it comes in. A head with `exc_info` replaces one that is still held back.

PEP 3333 asks that middleware "must not block iteration waiting for multiple values"; a body whose
declared length is at most `whole_up_to` is waited for all the same, as nothing may be sent before
the head, and the head depends on the content.

Source: PEP 3333 sections "Buffering and Streaming" and "Error Handling".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from httpheaders.errors import WsgiError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import parse_octet_count
from httpheaders.wsgi_middleware.closing_body import ClosingBody

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = [
    "WHOLE_UP_TO",
    "ContentFilter",
    "ContentStream",
    "DroppedContent",
    "Head",
    "filtered",
    "no_head",
    "phrase_of",
    "status_line",
    "typed",
]

# Octets of declared content that are gathered before they are passed on.
WHOLE_UP_TO = 1 << 20

Pairs = list[tuple[str, str]]


def no_head() -> WsgiError:
    """Give the error for content that comes, or ends, without a head."""
    return WsgiError("the application's content began or ended before start_response")


class Head(NamedTuple):
    """The first half of a response, as WSGI has it."""

    status: str
    headers: Pairs

    @property
    def code(self) -> int:
        """The status code."""
        return int(self.status[:3])

    def get(self, name: str) -> str | None:
        """Give the first line of a field; `name` is in lower case."""
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None


class ContentStream(Protocol):
    """Content on its way through a middleware."""

    def feed(self, chunk: bytes, /) -> bytes:
        """Take a piece and give what may go out now."""

    def finish(self) -> bytes:
        """Give what is left once the application has given everything."""


class ContentFilter(Protocol):
    """What a middleware does with one response."""

    def whole(self, head: Head, body: bytes, /) -> tuple[Head, bytes]:
        """Give the response for one whose content is all at hand."""

    def begin(self, head: Head, /) -> tuple[Head, ContentStream | None]:
        """Give the head for content that streams, and what it streams through, if anything."""


def filtered(
    app: WsgiApp,
    environ: Environ,
    start_response: StartResponse,
    content_filter: ContentFilter,
    *,
    whole_up_to: int = WHOLE_UP_TO,
) -> Iterable[bytes]:
    """
    Call the application and pass its response through a filter.

    Args:
        app, environ, start_response: as in PEP 3333.
        content_filter: what to do with the response.
        whole_up_to: octets of declared content to wait for; negative: nothing is known of the
            content, even where none comes.
    """
    call = _FilteredCall(start_response, content_filter, whole_up_to)
    body = app(environ, call.start_response)
    if type(body) in (list, tuple) and call.head is not None and not call.is_sent:
        return call.send_whole(body[0] if len(body) == 1 else b"".join(body))  # type: ignore[index,arg-type]
    return ClosingBody(body, call.chunks(body))


class _FilteredCall:
    """The state of one call: the head held back, then the stream."""

    __slots__ = (
        "_exc_info",
        "_filter",
        "_outer",
        "_outer_write",
        "_stream",
        "_whole_up_to",
        "head",
        "is_sent",
    )

    def __init__(
        self, start_response: StartResponse, content_filter: ContentFilter, whole_up_to: int
    ) -> None:
        self._outer = start_response
        self._filter = content_filter
        self._whole_up_to = whole_up_to
        self._exc_info: Any = None
        self._outer_write: Callable[[bytes], object] | None = None
        self._stream: ContentStream | None = None
        self.head: Head | None = None
        self.is_sent = False

    def start_response(
        self, status: str, headers: Pairs, exc_info: Any = None
    ) -> Callable[[bytes], object]:
        if self.is_sent:
            if exc_info is None:
                raise WsgiError("start_response was called a second time without exc_info")
            # The server raises it again if anything went out; if not, the head is replaced.
            self._send(Head(status, headers), exc_info)
            return self._write
        if self.head is not None and exc_info is None:
            raise WsgiError("start_response was called a second time without exc_info")
        self.head, self._exc_info = Head(status, list(headers)), exc_info
        return self._write

    def _write(self, data: bytes) -> None:
        if not self.is_sent:
            self.begin_stream()
        chunk = self.fed(data)
        if chunk and self._outer_write is not None:
            self._outer_write(chunk)

    def _send(self, head: Head, exc_info: Any) -> None:
        """Decide anew for a head that comes once another was sent on."""
        head, self._stream = self._filter.begin(head)
        self._outer_write = self._outer(head.status, head.headers, exc_info)

    def _pass_head(self, head: Head) -> None:
        self.is_sent = True
        exc_info, self._exc_info = self._exc_info, None
        if exc_info is None:
            self._outer_write = self._outer(head.status, head.headers)
        else:
            self._outer_write = self._outer(head.status, head.headers, exc_info)

    def begin_stream(self) -> None:
        """Send the head on, for content that comes piece by piece."""
        if self.head is None:
            raise no_head()
        head, self._stream = self._filter.begin(self.head)
        self._pass_head(head)

    def send_whole(self, body: bytes) -> list[bytes]:
        """Send on a response whose content is all there."""
        assert self.head is not None
        head, content = self._filter.whole(self.head, body)
        self._pass_head(head)
        return [content]

    def fed(self, chunk: bytes) -> bytes:
        return chunk if self._stream is None else self._stream.feed(chunk)

    def finished(self) -> bytes:
        return b"" if self._stream is None else self._stream.finish()

    def whole_length(self) -> int | None:
        """Give the declared length of content that is short enough to wait for."""
        if self.head is None or self.is_sent:
            return None
        length = parse_octet_count(self.head.get("content-length") or "")
        return None if length is None or length > self._whole_up_to else length

    def _is_empty(self) -> bool:
        """Say whether content that gave no piece is known to be none."""
        return self.head is not None and not self.is_sent and self._whole_up_to >= 0

    def chunks(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """Give the content as it is to go out."""
        chunks = iter(body)
        if not self.is_sent:
            # The head may come as late as the first piece.
            first = next(chunks, None)
            if self.whole_length() is not None:
                pieces = [] if first is None else [first, *chunks]
                yield from self.send_whole(b"".join(pieces))
                return
            if first is None and self._is_empty():
                yield from self.send_whole(b"")
                return
            if not self.is_sent:
                self.begin_stream()
            if first is not None:
                yield self.fed(first)
        for chunk in chunks:
            yield self.fed(chunk)
        last = self.finished()
        if last:
            yield last


class DroppedContent:
    """A stream for content in place of which nothing is sent."""

    def feed(self, chunk: bytes) -> bytes:
        """Take a piece and give nothing."""
        return b""

    def finish(self) -> bytes:
        """Give nothing."""
        return b""


def typed(head: Head) -> Head:
    """Give a type to what stands, empty, in place of an answer: some servers insist on one."""
    pairs = [pair for pair in head.headers if pair[0].lower() != "content-type"]
    return Head(head.status, [*pairs, ("Content-Type", "text/plain")])


_PHRASES = {
    200: "OK", 204: "No Content", 206: "Partial Content", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 411: "Length Required",
    412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
    415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
}  # fmt: skip


def phrase_of(status: int) -> str:
    """
    Give the reason phrase of a status that this package sends.

    Source: RFC 9110 section 15.
    """
    return _PHRASES.get(status, "Unknown")


def status_line(status: int, previous: str = "") -> str:
    """
    Give status and phrase as `start_response` takes them; a status that stays keeps its phrase.

    >>> status_line(304, "200 OK"), status_line(200, "200 Fine")
    ('304 Not Modified', '200 Fine')
    """
    if previous[:3] == str(status) and len(previous) > 4:
        return previous
    return f"{status} {phrase_of(status)}"
