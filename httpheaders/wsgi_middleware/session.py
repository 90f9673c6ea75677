"""
Signed sessions as a middleware: the application is told who asks, or nobody gets through.

Source: RFC 9110 section 11.6.1, RFC 6750 section 3.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from httpheaders.messages.headers import Headers, checked_field
from httpheaders.messages.message import Request, Response
from httpheaders.session_answers import SessionAnswer, check_session
from httpheaders.syntax.grammar import quoted_string
from httpheaders.token_source import find_token
from httpheaders.wsgi_middleware.layers import status_line

if TYPE_CHECKING:
    from httpheaders.session_answers import TokenFormat
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["SESSION_KEY", "bearer_challenge", "session_middleware", "unauthorized"]

# Where the application finds the claims of a genuine token; None without one.
SESSION_KEY = "httpheaders.session"


def session_middleware(
    form: TokenFormat,
    *,
    cookie: str | None = None,
    required: bool = False,
    realm: str = "session",
    clock: Callable[[], float] = time.time,
) -> Callable[[WsgiApp], WsgiApp]:
    """
    Give the middleware that looks for a signed token and verifies it.

    The claims stand in the environ under `httpheaders.session`; None stands for nobody, whether
    there was no token or one that must not be trusted.

    Args:
        form: the format with its keys.
        cookie: the cookie that holds the token; None: it is a bearer token.
        required: whether to answer 401 where there is no token to be trusted.
        realm: what to call the protected space in WWW-Authenticate.
        clock: gives the seconds since 1970.

    Raises:
        FieldSyntaxError: the realm holds a control character.

    Source: RFC 6750 section 3, RFC 9110 section 11.6.1.
    """
    bearer_challenge(realm)  # refused here, where it is written, rather than at a request

    def middleware(app: WsgiApp) -> WsgiApp:
        def recognised(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            answer = _session(environ)
            environ[SESSION_KEY] = answer.user if answer is not None and answer.ok else None
            if required and environ[SESSION_KEY] is None:
                response = unauthorized(answer, realm=realm, is_cookie=cookie is not None)
                start_response(status_line(401), response.headers.pairs)
                return [response.body or b""]
            return app(environ, start_response)

        return recognised

    def _session(environ: Environ) -> SessionAnswer | None:
        fields = [
            (name, environ[key])
            for key, name in (("HTTP_AUTHORIZATION", "Authorization"), ("HTTP_COOKIE", "Cookie"))
            if key in environ
        ]
        if not fields:
            return None
        token = find_token(Request(headers=Headers(fields)), cookie=cookie).token
        return None if token is None else check_session(form, token, now=clock())

    return middleware


def unauthorized(answer: SessionAnswer | None, *, realm: str, is_cookie: bool = False) -> Response:
    """
    Give the 401 for a request without a token to be trusted.

    Args:
        answer: what became of the token; None: there was none.
        realm: of the challenge.
        is_cookie: whether the token is looked for in a cookie, for which there is no error code.

    Source: RFC 6750 sections 3 and 3.1, RFC 9110 section 15.5.2.

    >>> unauthorized(None, realm="api").headers.get("WWW-Authenticate")
    'Bearer realm="api"'
    """
    error = {}
    told = "Unauthorized"
    if answer is not None:
        told = f"Unauthorized: {answer.reason}"
        if not is_cookie:
            # "If the request lacks any authentication information … the resource server SHOULD NOT
            # include an error code": so it stands here alone.
            error = {"error": "invalid_token", "error_description": answer.reason}
    body = told.encode()
    return Response(
        401,
        Headers.built(
            [
                bearer_challenge(realm, **error),
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
            ]
        ),
        body,
    )


def bearer_challenge(realm: str, **parameters: str) -> tuple[str, str]:
    """
    Give the field that asks for a bearer token.

    Raises:
        FieldSyntaxError: the realm holds a control character.

    Source: RFC 6750 section 3, RFC 9110 section 11.5.

    >>> bearer_challenge("api", error="insufficient_scope")
    ('WWW-Authenticate', 'Bearer realm="api", error="insufficient_scope"')
    """
    # Of realm "a sender MUST only generate the quoted-string syntax".
    written = (
        f"{name}={quoted_string(value)}" for name, value in (("realm", realm), *parameters.items())
    )
    return checked_field("WWW-Authenticate", f"Bearer {', '.join(written)}")
