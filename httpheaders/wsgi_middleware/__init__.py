"""
WSGI middleware, one module each; each streams, closes once, and works in any order.

    error_catching   500 in place of an exception
    request_id       X-Request-ID, taken from the client or made
    timing           X-Response-Time
    cross_origin     CORS: preflights answered, fields added
    conditional      ETag, 304, 412, and ranges
    compression      gzip, br and zstd where the client takes them
    caching_fields   Cache-Control by strategy
    session          who asks, from a signed token
    stored           a cache in front of the application

`layers` holds how a middleware stands between server and application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpheaders.wsgi_middleware.error_catching import error_catching_middleware
    from httpheaders.wsgi_middleware.request_id import request_id_middleware
    from httpheaders.wsgi_middleware.timing import timing_middleware

__all__ = ["error_catching_middleware", "request_id_middleware", "timing_middleware"]

_DOORS = {
    "error_catching_middleware": "error_catching",
    "request_id_middleware": "request_id",
    "timing_middleware": "timing",
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'httpheaders.wsgi_middleware' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"httpheaders.wsgi_middleware.{_DOORS[name]}"), name)
