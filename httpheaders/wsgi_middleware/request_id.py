"""
X-Request-ID: one name for a request in all logs, from the client where that is sane.

Source: none; the field is a custom of servers and proxies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["is_sane_request_id", "request_id_middleware"]

# Long enough for a UUID or a trace identifier; nothing that could break a log line or a shell.
_sane = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9._~:/+=@-]{0,127}+")


def is_sane_request_id(text: str) -> bool:
    """
    Say whether an identifier may go into logs and fields as it is.

    >>> is_sane_request_id("7b9c-01"), is_sane_request_id("a b"), is_sane_request_id("")
    (True, False, False)
    """
    return _sane.fullmatch(text) is not None


def _random_id() -> str:
    return os.urandom(16).hex()  # as secrets.token_hex does, without what else that imports


def request_id_middleware(
    app: WsgiApp,
    *,
    make_id: Callable[[], str] = _random_id,
    accept_incoming: bool = True,
) -> WsgiApp:
    """
    Give every request an identifier: in its environ, for the application, and in its response.

    Args:
        app: the application; it finds the identifier as `HTTP_X_REQUEST_ID`.
        make_id: gives a new identifier; 128 random bits in hexadecimal, unless said otherwise.
        accept_incoming: whether to keep the client's own, if it is one that logs can take.

    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> app = request_id_middleware(simple_wsgi_app, make_id=lambda: "c0ffee")
    >>> app({"PATH_INFO": "/"}, lambda status, headers: print(headers[-1]))
    ('X-Request-ID', 'c0ffee')
    [b'Hello, WSGI!']
    """

    def identified(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        incoming = environ.get("HTTP_X_REQUEST_ID") if accept_incoming else None
        request_id = incoming if incoming and is_sane_request_id(incoming) else make_id()
        environ["HTTP_X_REQUEST_ID"] = request_id

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            pairs = [pair for pair in headers if pair[0].lower() != "x-request-id"]
            pairs.append(("X-Request-ID", request_id))
            return start_response(status, pairs, *exc_info)

        return app(environ, start)

    return identified
