"""
X-Response-Time: how long the application took until its head was there.

Source: none; the field is a custom of servers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["timing_middleware"]


def timing_middleware(
    app: WsgiApp, *, clock: Callable[[], float] = time.perf_counter, field: str = "X-Response-Time"
) -> WsgiApp:
    """
    Add the milliseconds from the call until the head was there, "1.234ms".

    Args:
        app: the application; its content is not touched, so streams go through as they are.
        clock: gives seconds that only go up.
        field: the name of the field.

    Source: PEP 3333 section "Middleware: Components that Play Both Sides".

    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> ticks = iter([1.0, 1.0025])
    >>> app = timing_middleware(simple_wsgi_app, clock=lambda: next(ticks))
    >>> app({"PATH_INFO": "/"}, lambda status, headers: print(headers[-1]))
    ('X-Response-Time', '2.500ms')
    [b'Hello, WSGI!']
    """
    unwanted = field.lower()

    def timed(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = clock()

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            pairs = [pair for pair in headers if pair[0].lower() != unwanted]
            pairs.append((field, f"{(clock() - started) * 1000:.3f}ms"))
            return start_response(status, pairs, *exc_info)

        return app(environ, start)

    return timed
