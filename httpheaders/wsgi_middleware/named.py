"""
The middleware by the names that a command line and a configuration know it by.

Source: none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from httpheaders.errors import InputError, PolicyError

if TYPE_CHECKING:
    from httpheaders.policy import Policy
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

    Middleware = Callable[[WsgiApp], WsgiApp]
    Clock = Callable[[], float]

__all__ = ["DEFAULT_STACK", "NAMES", "default_stack", "middleware_named"]

# Outermost first: an error page is still timed, named and readable by scripts; tags are made of the
# content itself, so before it is coded.
DEFAULT_STACK = ("request-id", "timing", "cors", "errors", "gzip", "etag")


def _errors(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.error_catching import error_catching_middleware

    return error_catching_middleware


def _request_id(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.request_id import request_id_middleware

    return request_id_middleware


def _timing(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.timing import timing_middleware

    return timing_middleware


def _cors(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.cross_origin import cors_middleware

    if policy is None or policy.cors is None:
        raise _needs("cors", "a policy with a [cors] section")
    return cors_middleware(policy.cors)


def _etag(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.conditional import conditional_middleware

    return partial(conditional_middleware, clock=clock)


def _gzip(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.compression import compression_middleware

    return compression_middleware


def _cache_headers(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.caching_fields import caching_fields_middleware

    if policy is None:
        return caching_fields_middleware()
    return _by_route(policy)


def _by_route(policy: Policy) -> Middleware:
    """Give the middleware that takes each route's own strategy."""
    from httpheaders.policy import route_of
    from httpheaders.wsgi import decoded_path_of
    from httpheaders.wsgi_middleware.caching_fields import caching_fields_middleware

    def middleware(app: WsgiApp) -> WsgiApp:
        apps = {
            strategy: caching_fields_middleware(strategy)(app)
            for strategy in {route.cache for route in policy.routes}
            if strategy is not None
        }

        def marked(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            route = route_of(policy, decoded_path_of(environ))
            strategy = None if route is None else route.cache
            return (app if strategy is None else apps[strategy])(environ, start_response)

        return marked

    return middleware


def _session(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.session import session_middleware

    if policy is None or policy.session is None:
        raise _needs("session", "a policy with a [session] section")
    rule = policy.session
    return session_middleware(rule.form, cookie=rule.cookie, realm=rule.realm, clock=clock)


def _cache(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.stored import cache_middleware

    return cache_middleware(clock=clock)


def _policy(policy: Policy | None, clock: Clock) -> Middleware:
    from httpheaders.wsgi_middleware.policed import policy_middleware

    if policy is None:
        raise _needs("policy", "a policy")
    return policy_middleware(policy, clock=clock)


def _needs(name: str, what: str) -> PolicyError:
    return PolicyError(f"middleware '{name}' needs {what}: give it with --policy FILE")


_MAKERS = {
    "errors": _errors,
    "request-id": _request_id,
    "timing": _timing,
    "cors": _cors,
    "etag": _etag,
    "gzip": _gzip,
    "cache-headers": _cache_headers,
    "session": _session,
    "cache": _cache,
    "policy": _policy,
}
NAMES = tuple(_MAKERS)


def middleware_named(name: str, policy: Policy | None = None, *, clock: Clock) -> Middleware:
    """
    Give the middleware of a name.

    Raises:
        InputError: there is none of that name.
        PolicyError: it needs what the policy does not hold.
    """
    if name not in _MAKERS:
        known = ", ".join(NAMES)
        raise InputError(f"unknown middleware '{name[:60]}': expected {known} or MODULE:CALLABLE")
    return _MAKERS[name](policy, clock)


def default_stack(
    app: WsgiApp, policy: Policy | None = None, *, clock: Clock = time.time
) -> WsgiApp:
    """
    Put the usual middleware around an application: request-id, timing, cors, errors, gzip, etag.

    Args:
        app: the application.
        policy: what `cors` allows; without, that one is left out.
        clock: gives the seconds since 1970.

    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> app = default_stack(simple_wsgi_app)
    >>> environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET"}
    >>> app(environ, lambda status, headers: print([name for name, value in headers]))
    ['Content-Type', 'ETag', 'Vary', 'X-Response-Time', 'X-Request-ID']
    [b'Hello, WSGI!']
    """
    for name in reversed(DEFAULT_STACK):
        if name != "cors" or (policy is not None and policy.cors is not None):
            app = middleware_named(name, policy, clock=clock)(app)
    return app
