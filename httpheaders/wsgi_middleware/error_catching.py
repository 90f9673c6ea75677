"""
500 Internal Server Error in place of an exception, as long as nothing has been sent.

Source: PEP 3333 section "Error Handling".
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from httpheaders.wsgi_middleware.closing_body import ClosingBody

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["error_catching_middleware", "report_to_server"]

_STATUS = "500 Internal Server Error"
_BODY = b'{"error": "Internal Server Error"}'
_HEADERS = [
    ("Content-Type", "application/json"),
    ("Content-Length", str(len(_BODY))),
    ("Cache-Control", "no-store"),
]


def error_catching_middleware(
    app: WsgiApp, *, report: Callable[[Environ, BaseException], object] | None = None
) -> WsgiApp:
    """
    Answer 500 where the application raises, in its call or while its content is read.

    Nothing of the exception goes to the client. Where content was sent already, the exception goes
    on to the server, which cuts the response off: the client must see that it is not whole.

    Args:
        app: the application.
        report: told of each exception; by default the traceback goes to `wsgi.errors`.

    Source: PEP 3333 section "Error Handling".

    >>> def app(environ, start_response):
    ...     raise KeyError("user")
    >>> error_catching_middleware(app)({}, lambda status, headers: print(status))
    500 Internal Server Error
    [b'{"error": "Internal Server Error"}']
    """
    tell = report or report_to_server

    def guarded(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = _GuardedCall(environ, start_response, tell)
        try:
            body = app(environ, call.start_response)
        except Exception:
            return call.answer_error()
        if type(body) in (list, tuple):
            return body
        return ClosingBody(body, _guarded_chunks(body, call))

    return guarded


class _GuardedCall:
    """One call: whether a head was given, so that a second one needs `exc_info`."""

    def __init__(
        self,
        environ: Environ,
        start_response: StartResponse,
        tell: Callable[[Environ, BaseException], object],
    ) -> None:
        self._environ = environ
        self._outer = start_response
        self._tell = tell
        self._started = False

    def start_response(
        self, status: str, headers: list[tuple[str, str]], *exc_info: Any
    ) -> Callable[[bytes], object]:
        write: Callable[[bytes], object] = self._outer(status, headers, *exc_info)
        self._started = True
        return write

    def answer_error(self) -> list[bytes]:
        """Give the answer in place of the exception that is being handled, or raise it again."""
        exc_info = sys.exc_info()
        assert exc_info[1] is not None
        self._tell(self._environ, exc_info[1])
        # A first head needs no exc_info; the start_response of a quick script may not take one.
        arguments = (exc_info,) if self._started else ()
        self._outer(_STATUS, list(_HEADERS), *arguments)
        del exc_info, arguments
        return [b"" if self._environ.get("REQUEST_METHOD") == "HEAD" else _BODY]


def _guarded_chunks(body: Iterable[bytes], call: _GuardedCall) -> Iterator[bytes]:
    """Give the content, or the answer in place of an exception that its reading raises."""
    try:
        yield from body
    except Exception:
        yield from call.answer_error()


def report_to_server(environ: Environ, error: BaseException) -> None:
    """Write the traceback to `wsgi.errors`: PEP 3333 section "environ Variables"."""
    stream = environ.get("wsgi.errors")
    if stream is None:
        return
    import traceback  # late: nobody needs it until something has gone wrong

    for line in traceback.format_exception(error):
        stream.write(line)
    stream.flush()
