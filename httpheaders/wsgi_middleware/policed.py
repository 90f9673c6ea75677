"""
A policy as a middleware: what `httpheaders pipeline` says offline is what this does.

Source: none; the sections are those of the phases.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from httpheaders.messages.message import Response
from httpheaders.policy_finish import call_finished, finished_app
from httpheaders.policy_passage import Passage
from httpheaders.policy_phases import GUARDS
from httpheaders.request_pipeline import run_phases
from httpheaders.wsgi import request_of
from httpheaders.wsgi_middleware.layers import status_line
from httpheaders.wsgi_middleware.session import SESSION_KEY

if TYPE_CHECKING:
    from httpheaders.policy import Policy
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["policy_middleware"]


def policy_middleware(
    policy: Policy, *, clock: Callable[[], float] = time.time
) -> Callable[[WsgiApp], WsgiApp]:
    """
    Give the middleware that holds every request against a policy.

    Args:
        policy: from `policy_file.load_policy`, or made in Python.
        clock: gives the seconds since 1970.

    The claims of a genuine token stand in the environ under `httpheaders.session`, for the
    application; None stands for nobody.

    >>> from httpheaders.policy import Policy, Route
    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> app = policy_middleware(Policy((Route("/", ("GET",)),)))(simple_wsgi_app)
    >>> environ = {"PATH_INFO": "/", "REQUEST_METHOD": "POST"}
    >>> app(environ, lambda status, headers: print(status, headers[0]))
    405 Method Not Allowed ('Allow', 'GET, HEAD, OPTIONS')
    [b'405 Method Not Allowed\\n']
    """

    def middleware(app: WsgiApp) -> WsgiApp:
        apps = {route: finished_app(app, route, clock=clock) for route in policy.routes}

        def policed(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            passage = Passage(
                request_of(environ),
                policy,
                now=clock(),
                handler=_nobody,
                reader=partial(_content_of, environ),
            )
            response = run_phases(GUARDS, passage).response
            if response is not None:
                start_response(status_line(response.status or 500), response.headers.pairs)
                return [response.body or b""]
            environ[SESSION_KEY] = passage.user
            assert passage.route is not None
            return call_finished(apps[passage.route], passage, environ, start_response)

        return policed

    return middleware


def _nobody(passage: Passage) -> Response | None:
    return None


def _content_of(environ: Environ, most: int) -> bytes | None:
    """
    Read content that comes in chunks, up to so many octets, and leave it to be read again.

    Without Content-Length nothing but reading tells how much it is; the server has said with
    `wsgi.input_terminated` that reading comes to an end.
    """
    # "May be empty or absent": PEP 3333 section "environ Variables".
    if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
        return None
    if "HTTP_TRANSFER_ENCODING" not in environ:
        return None
    stream = environ["wsgi.input"]
    pieces = []
    while most > 0 and (piece := stream.read(most)):
        pieces.append(piece)
        most -= len(piece)
    octets = b"".join(pieces)
    environ["wsgi.input"] = _Rest(octets, stream)
    return octets


class _Rest:
    """A stream that begins with what was read of it already."""

    def __init__(self, octets: bytes, stream: Any) -> None:
        self._begun = BytesIO(octets)
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        octets = self._begun.read(size)
        if octets and size >= 0:
            return octets
        rest: bytes = self._stream.read(size)
        return octets + rest

    def readline(self, size: int = -1) -> bytes:
        line = self._begun.readline(size)
        if line.endswith(b"\n") or (line and size >= 0):
            return line
        rest: bytes = self._stream.readline(size)
        return line + rest

    def readlines(self, hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line
