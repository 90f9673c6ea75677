"""
What jq is to JSON, httpheaders is to HTTP headers.

The public doors stand here, each loaded on first use, so that nobody pays for what they do not
call. Behind each is the full function of its command, in the module named beside it.
"""

from __future__ import annotations

from typing import Any

from httpheaders.version import __version__

_DOORS = {
    "SessionManager": "sessions",
    "compress_response": "compression",
    "build_cache_headers": "cache_strategies",
    "handle_conditional_get": "conditional",
    "check_cors": "cors",
    "ConnectionPool": "plain_connection_pool",
    "negotiate_content_type": "content_negotiation",
    "RequestPipeline": "request_pipeline",
    "error_catching_middleware": "wsgi_middleware.error_catching",
    "request_id_middleware": "wsgi_middleware.request_id",
    "simple_wsgi_app": "wsgi",
    "timing_middleware": "wsgi_middleware.timing",
    "parse_cookie_header": "cookies",
    "build_set_cookie": "cookie_building",
}

__all__ = ["__version__", *_DOORS]  # noqa: PLE0604 - the names are strings


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'httpheaders' has no attribute {name!r}")
    from importlib import import_module

    door = getattr(import_module(f"httpheaders.{_DOORS[name]}"), name)
    globals()[name] = door
    return door


def __dir__() -> list[str]:
    return sorted({*globals(), *_DOORS})
