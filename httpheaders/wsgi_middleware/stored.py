"""
A cache in front of an application, as RFC 9111 has it.

What may be stored is gathered as it passes, up to a bound; everything else streams through.
A revalidation that nobody waits for (`stale-while-revalidate`) runs once the stale answer is out.

Source: RFC 9111, RFC 5861 sections 3 and 4.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any

from httpheaders.cache import ERRORS, Cache, CacheAnswer, Lookup
from httpheaders.cache_policy import assess_storing
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import CONDITIONAL_FIELDS, Request, Response
from httpheaders.wsgi import environ_key, request_of
from httpheaders.wsgi_middleware.closing_body import ClosingBody
from httpheaders.wsgi_middleware.error_catching import report_to_server
from httpheaders.wsgi_middleware.layers import Head, no_head, status_line

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["cache_middleware"]


def cache_middleware(
    cache: Cache | None = None,
    *,
    clock: Callable[[], float] = time.time,
    max_stored: int = 1 << 20,
) -> Callable[[WsgiApp], WsgiApp]:
    """
    Give the middleware that answers from a cache where it may.

    Args:
        cache: the cache; one for shared use, in memory, if None. Several threads may share it.
        clock: gives the seconds since 1970.
        max_stored: octets of content beyond which a response is not stored.

    Source: RFC 9111 sections 3 and 4, RFC 5861.
    """
    held = _Held(Cache(name="httpheaders") if cache is None else cache, clock, max_stored)

    def middleware(app: WsgiApp) -> WsgiApp:
        def cached(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            return held.answer(app, environ, start_response)

        return cached

    return middleware


class _Held:
    """A cache that several threads may use, with its clock."""

    def __init__(self, cache: Cache, clock: Callable[[], float], max_stored: int) -> None:
        self._cache = cache
        self._lock = Lock()
        self._renewing: set[tuple[str, object]] = set()
        self.clock = clock
        self.max_stored = max_stored

    def look_up(self, request: Request) -> Lookup:
        with self._lock:
            return self._cache.look_up(request, now=self.clock())

    def receive(
        self, lookup: Lookup, response: Response, request_time: float, *, keep: bool = True
    ) -> CacheAnswer:
        with self._lock:
            return self._cache.receive(
                lookup, response, request_time=request_time, now=self.clock(), keep=keep
            )

    def settled(
        self,
        lookup: Lookup,
        response: Response,
        request_time: float,
        app: WsgiApp,
        environ: Environ,
    ) -> Response:
        """Give the answer to a whole response, asking the application again where it must be."""
        answer = self.receive(lookup, response, request_time)
        if answer.again is None:
            return answer.response or response
        # What the application said of the stored response was of no use: ask without it.
        plain = gathered(app, environ_for(environ, answer.again))
        answer = self.receive(lookup.once_more(answer.again), plain, request_time)
        return answer.response or plain

    def may_store(self, lookup: Lookup, head: Head) -> bool:
        request = lookup.forward or lookup.request
        response = Response(head.code, Headers(head.headers))
        return assess_storing(request, response, settings=self._cache.settings).ok

    def answer(
        self, app: WsgiApp, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        lookup = self.look_up(request_of(environ))
        if lookup.response is None:
            call = _ForwardedCall(self, app, environ, start_response, lookup)
            return call.run()
        # The environ of the answer is the application's to change; the later call gets a copy.
        later = dict(environ) if lookup.forward is not None else None
        head, body = _sent(lookup.response, environ)
        start_response(head.status, head.headers)
        if later is None:
            return [body]
        return _StaleBody(body, lambda: self.renew(app, later))

    def renew(self, app: WsgiApp, environ: Environ) -> None:
        """Ask the application again, for the cache alone, unless that is done or being done."""
        lookup = self.look_up(request_of(environ))
        if lookup.chosen is None or lookup.response is None or lookup.forward is None:
            return
        renewed = (lookup.chosen.uri, lookup.chosen.key)
        with self._lock:
            if renewed in self._renewing:
                return
            self._renewing.add(renewed)
        try:
            started = self.clock()
            response = gathered(app, environ_for(environ, lookup.forward))
            self.settled(lookup.in_background(), response, started, app, environ)
        except Exception as error:
            # The client has had its answer: that it could not be renewed is not its affair.
            report_to_server(environ, error)
        finally:
            with self._lock:
                self._renewing.discard(renewed)


def environ_for(environ: Environ, forward: Request) -> Environ:
    """Give the environ with the preconditions of the request that the cache forwards."""
    changed = dict(environ)
    for name in CONDITIONAL_FIELDS:
        key = environ_key(name)
        value = forward.headers.joined(name)
        if value is None:
            changed.pop(key, None)
        else:
            changed[key] = value
    return changed


def gathered(app: WsgiApp, environ: Environ) -> Response:
    """
    Call an application and give its whole response.

    Raises:
        WsgiError: it never called `start_response`.
    """
    pieces: list[bytes] = []
    heads: list[Head] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        heads.append(Head(status, headers))
        return pieces.append

    body = app(environ, start)
    try:
        pieces.extend(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    if not heads:
        raise no_head()
    return Response(heads[-1].code, Headers(heads[-1].headers), b"".join(pieces))


def _sent(response: Response, environ: Environ) -> tuple[Head, bytes]:
    body = response.body or b""
    status = response.status or 200
    is_head = environ.get("REQUEST_METHOD") == "HEAD"
    return Head(status_line(status), response.headers.pairs), b"" if is_head else body


class _ForwardedCall:
    """One call of the application, on behalf of the cache."""

    def __init__(
        self,
        held: _Held,
        app: WsgiApp,
        environ: Environ,
        start_response: StartResponse,
        lookup: Lookup,
    ) -> None:
        assert lookup.forward is not None
        self._held = held
        self._app = app
        self._environ = environ
        self._outer = start_response
        self._lookup = lookup
        self._forward = lookup.forward
        self._started = held.clock()
        self._head: Head | None = None
        self._exc_info: Any = None
        self._write: Callable[[bytes], object] | None = None
        self._pieces: list[bytes] | None = None
        self._size = 0

    def run(self) -> Iterable[bytes]:
        try:
            body = self._app(environ_for(self._environ, self._forward), self._start)
        except Exception as error:
            return [self._instead_of(error)]
        return ClosingBody(body, self.chunks(body))

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        if self._write is not None:
            self._write = self._outer(status, headers, *([exc_info] if exc_info else []))
            self._pieces = None
            return self._passed
        self._head, self._exc_info = Head(status, list(headers)), exc_info
        return self._passed

    def _passed(self, data: bytes) -> None:
        """`write()` of the application: what it writes streams."""
        if self._write is None:
            self._send_head(gather=True)
        self.keep(data)
        assert self._write is not None
        self._write(data)

    def _send_head(self, *, gather: bool) -> None:
        head = self._head
        assert head is not None
        extra = () if self._exc_info is None else (self._exc_info,)
        self._exc_info = None
        self._write = self._outer(head.status, head.headers, *extra)
        if gather and self._held.may_store(self._lookup, head):
            self._pieces = []

    def _is_for_the_cache(self) -> bool:
        """Say whether the cache may answer with something else than what the application gave."""
        assert self._head is not None
        lookup = self._lookup
        code = self._head.code
        return code == 304 or code in ERRORS or lookup.completing is not None

    def keep(self, chunk: bytes) -> None:
        if self._pieces is None:
            return
        self._size += len(chunk)
        if self._size > self._held.max_stored:
            self._pieces = None
        else:
            self._pieces.append(chunk)

    def chunks(self, body: Iterable[bytes]) -> Iterator[bytes]:
        chunks = iter(body)
        try:
            first = next(chunks, None)
            if self._head is None:
                raise no_head()
            whole: bytes | None = None
            if self._write is None and self._is_for_the_cache():
                whole = b"".join([] if first is None else [first, *chunks])
        except Exception as error:
            yield self._instead_of(error)
            return
        if whole is not None:
            yield self._answer_of_cache(whole)
            return
        if self._write is None:
            self._send_head(gather=True)
        if first is not None:
            self.keep(first)
            yield first
        for chunk in chunks:
            self.keep(chunk)
            yield chunk
        self._finish()

    def _answer_of_cache(self, whole: bytes) -> bytes:
        assert self._head is not None
        response = Response(self._head.code, Headers(self._head.headers), whole)
        final = self._held.settled(self._lookup, response, self._started, self._app, self._environ)
        self._head, body = _sent(final, self._environ)
        self._send_head(gather=False)
        return body

    def _instead_of(self, error: Exception) -> bytes:
        """Give what stands in for the application that failed, or raise its error."""
        # "any situation which would result in a 500": RFC 5861 section 4
        failed = Response(500, Headers(), b"")
        if self._write is None:
            answer = self._held.receive(self._lookup, failed, self._started)
            if answer.outcome == "stale" and answer.response is not None:
                report_to_server(self._environ, error)
                self._head, body = _sent(answer.response, self._environ)
                self._exc_info = None
                self._send_head(gather=False)
                return body
        raise error

    def _finish(self) -> None:
        """Tell the cache what passed: to store it, or to forget what it makes invalid."""
        assert self._head is not None
        body = None if self._pieces is None else b"".join(self._pieces)
        response = Response(self._head.code, Headers(self._head.headers), body)
        self._held.receive(self._lookup, response, self._started, keep=body is not None)


class _StaleBody:
    """A stale answer; what makes it fresh again runs when it is closed."""

    def __init__(self, body: bytes, then: Callable[[], object]) -> None:
        self._chunks = iter([body])
        self._then: Callable[[], object] | None = then

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
