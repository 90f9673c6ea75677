"""
Cache-Control by strategy as a middleware, where the application says nothing of caching.

Source: RFC 9111 section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from httpheaders.cache_strategies import cache_headers
from httpheaders.messages.headers import Headers
from httpheaders.syntax.field_values import split_list

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["caching_fields_middleware", "with_caching_fields"]


def caching_fields_middleware(strategy: str = "no-cache") -> Callable[[WsgiApp], WsgiApp]:
    """
    Give the middleware that expresses a caching strategy.

    Successes of GET and HEAD get its fields, and 304; what the application says itself of caching
    stays, and errors stay as they are.

    Args:
        strategy: a name out of `cache_strategies.STRATEGIES`.

    Raises:
        PolicyError: no such strategy.

    Source: RFC 9111 section 5.2.2.

    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> app = caching_fields_middleware("private-short")(simple_wsgi_app)
    >>> app({"PATH_INFO": "/"}, lambda status, headers: print(headers[1:]))
    [('Cache-Control', 'private, max-age=300')]
    [b'Hello, WSGI!']
    """
    fields = cache_headers(strategy).headers

    def middleware(app: WsgiApp) -> WsgiApp:
        def marked(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            if environ.get("REQUEST_METHOD", "GET") not in ("GET", "HEAD"):
                return app(environ, start_response)

            def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
                if status[:1] == "2" or status[:3] == "304":
                    headers = with_caching_fields(Headers(headers), fields).pairs
                return start_response(status, headers, *exc_info)

            return app(environ, start)

        return marked

    return middleware


def with_caching_fields(headers: Headers, fields: Headers) -> Headers:
    """
    Add the fields of a strategy, unless the response has a Cache-Control of its own.

    >>> fields = cache_headers("api-public").headers
    >>> with_caching_fields(Headers([("Vary", "Origin")]), fields).joined("Vary")
    'Origin, Accept'
    """
    if "cache-control" in headers:
        return headers
    added = [(name, value) for name, value in fields if name != "Vary"]
    names = split_list(fields.joined("vary") or "")
    return Headers([*headers, *added]).varying_by(*names)
