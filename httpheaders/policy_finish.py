"""
What a policy's route says of its answers, put around the application by the usual middleware.

Source: PEP 3333; the rules are those of each middleware.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from httpheaders.messages.headers import Headers
from httpheaders.wsgi_middleware.layers import WHOLE_UP_TO

if TYPE_CHECKING:
    from httpheaders.policy import Route
    from httpheaders.policy_passage import Passage
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["call_finished", "finished_app"]


def finished_app(
    app: WsgiApp, route: Route, *, clock: Callable[[], float], whole_up_to: int = WHOLE_UP_TO
) -> WsgiApp:
    """
    Put around an application what a route says of its answers.

    From inside: Vary for what is negotiated, the caching strategy, the entity tag and conditions,
    and compression.

    Args:
        app: what handles the requests.
        route: that they match.
        clock: gives the seconds since 1970.
        whole_up_to: octets of declared content to wait for.
    """
    if len(route.offers) > 0:
        app = _varying(app, "Accept")
    if route.cache is not None:
        from httpheaders.wsgi_middleware.caching_fields import caching_fields_middleware

        app = caching_fields_middleware(route.cache)(app)
    if route.etag:
        from httpheaders.wsgi_middleware.conditional import conditional_middleware

        app = conditional_middleware(app, whole_up_to=whole_up_to, clock=clock)
    if route.gzip:
        from httpheaders.wsgi_middleware.compression import compression_middleware

        app = compression_middleware(app, whole_up_to=whole_up_to)
    return app


def call_finished(
    app: WsgiApp, passage: Passage, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Call an application for a request that every phase let through, and add its CORS fields."""
    if passage.cors is None:
        return app(environ, start_response)
    from httpheaders.wsgi_middleware.cross_origin import shared_call

    return shared_call(app, passage.cors, environ, start_response)


def _varying(app: WsgiApp, name: str) -> WsgiApp:
    def varied(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, Headers(headers).varying_by(name).pairs, *exc_info)

        return app(environ, start)

    return varied
