"""
The middleware by the names that a command line and a configuration know it by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from httpheaders.errors import InputError, PolicyError

if TYPE_CHECKING:
    from httpheaders.policy import Policy
    from httpheaders.wsgi import WsgiApp

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


_MAKERS = {
    "errors": _errors,
    "request-id": _request_id,
    "timing": _timing,
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
