"""
CORS as a middleware: preflights answered in place of the application, fields for others.

Source: Fetch section "CORS protocol".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from httpheaders.cors_server import CorsAnswer, answer_cors, with_cors_headers
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.wsgi_middleware.layers import status_line

if TYPE_CHECKING:
    from httpheaders.cors_policy import CorsPolicy
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["cors_middleware", "preflight_fields", "shared_call"]

_FIELDS = (
    ("HTTP_ORIGIN", "Origin"),
    ("HTTP_ACCESS_CONTROL_REQUEST_METHOD", "Access-Control-Request-Method"),
    ("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "Access-Control-Request-Headers"),
)
# Answers to so many origins are remembered; after that they are decided anew.
_MOST_ORIGINS = 256


def cors_middleware(policy: CorsPolicy) -> Callable[[WsgiApp], WsgiApp]:
    """
    Give the middleware that applies a CORS policy.

    A preflight never reaches the application. Other requests always do, for a server cannot keep
    a browser from sending them; what is refused is reading the answer.

    Args:
        policy: what is allowed, for every URL below this middleware.

    Source: Fetch section "CORS protocol".

    >>> from httpheaders.cors_policy import CorsPolicy
    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> app = cors_middleware(CorsPolicy(["https://a.example"]))(simple_wsgi_app)
    >>> environ = {"PATH_INFO": "/", "HTTP_ORIGIN": "https://a.example"}
    >>> app(environ, lambda status, headers: print(headers[1:]))
    [('Access-Control-Allow-Origin', 'https://a.example'), ('Vary', 'Origin')]
    [b'Hello, WSGI!']
    """

    def middleware(app: WsgiApp) -> WsgiApp:
        remembered: dict[str | None, CorsAnswer] = {}

        def shared(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            answer = _answer(environ, policy, remembered)
            if not answer.calls_application:
                start_response(status_line(answer.status or 204), preflight_fields(answer))
                return []

            return shared_call(app, answer, environ, start_response)

        return shared

    return middleware


def shared_call(
    app: WsgiApp, answer: CorsAnswer, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Call the application, and put the CORS fields that were decided on its answer."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        return start_response(status, _merged(headers, answer), *exc_info)

    return app(environ, start)


def _answer(
    environ: Environ, policy: CorsPolicy, remembered: dict[str | None, CorsAnswer]
) -> CorsAnswer:
    origin = environ.get("HTTP_ORIGIN")
    is_usual = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in environ
    answer = remembered.get(origin) if is_usual else None
    if answer is not None:
        return answer
    fields = [(name, environ[key]) for key, name in _FIELDS if key in environ]
    answer = answer_cors(Request(environ.get("REQUEST_METHOD"), None, Headers(fields)), policy)
    # Without Access-Control-Request-Method nothing but the origin decides.
    if is_usual and len(remembered) < _MOST_ORIGINS:
        remembered[origin] = answer
    return answer


def preflight_fields(answer: CorsAnswer) -> list[tuple[str, str]]:
    """Give the head of the answer to a preflight."""
    # "A server MUST NOT send a Content-Length … in any response with a status code of … 204"
    if answer.status == 204:
        return answer.headers.pairs
    return [*answer.headers.pairs, ("Content-Length", "0"), ("Content-Type", "text/plain")]


def _merged(headers: list[tuple[str, str]], answer: CorsAnswer) -> list[tuple[str, str]]:
    for name, _ in headers:
        lowered = name.lower()
        if lowered == "vary" or lowered.startswith("access-control-"):
            return _merged_slowly(headers, answer)
    return [*headers, *answer.headers]


def _merged_slowly(headers: list[tuple[str, str]], answer: CorsAnswer) -> list[tuple[str, str]]:
    """Merge with a head that has fields of this kind; what fields come to is remembered."""
    own: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for pair in headers:
        (own if pair[0].lower().startswith(_OURS) else others).append(pair)
    key = (tuple(own), tuple(answer.headers))
    merged = _remembered.get(key)
    if merged is None:
        merged = tuple(with_cors_headers(Headers(own), answer))
        if len(_remembered) < _MOST_ORIGINS:
            _remembered[key] = merged
    return [*others, *merged]


_OURS = ("vary", "access-control-")
_Pairs = tuple[tuple[str, str], ...]
_remembered: dict[tuple[_Pairs, _Pairs], _Pairs] = {}
