"""
What each layer of a WSGI stack does to a response, and how long it takes.

A recorder stands on both sides of every layer; what one layer did is the difference between the two
beside it. Time is counted while a layer, or anything inside it, runs: in the call, in each step of
the iteration, and in close().

Source: none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from httpheaders.errors import WsgiError
from httpheaders.messages.headers import Headers, decode_field_text
from httpheaders.named_tuples import NamedTuple
from httpheaders.wsgi_call import describe

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["LayerTrace", "Trace", "stacked"]

Middleware = Callable[["WsgiApp"], "WsgiApp"]


class LayerTrace(NamedTuple):
    """
    What one layer did.

    Attributes:
        layer: its name; the last one is the application.
        status_before, headers_before: of what came from inside; None where nothing did.
        status_after, headers_after: of what went out.
        seconds: spent in the layer itself, without what is inside it.
        octets: of content that went out.
    """

    layer: str
    status_before: int | None
    headers_before: Headers | None
    status_after: int | None
    headers_after: Headers | None
    seconds: float
    octets: int


class Trace:
    """
    Records the layers of one stack, over one request.

    Args:
        clock: gives seconds that only go up.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._recorders: list[_Recorder] = []

    def recorded(self, app: WsgiApp, name: str) -> WsgiApp:
        """Give the layer with a recorder around it; the innermost comes first."""
        recorder = _Recorder(app, name, self._clock)
        self._recorders.append(recorder)
        return recorder

    def layers(self) -> list[LayerTrace]:
        """Give what was recorded, the outermost layer first."""
        found = []
        inner: _Recorder | None = None
        for recorder in self._recorders:
            called = inner is not None and inner.was_called
            found.append(
                LayerTrace(
                    recorder.name,
                    inner.status if inner is not None and called else None,
                    inner.headers if inner is not None and called else None,
                    recorder.status,
                    recorder.headers,
                    max(0.0, recorder.seconds - (inner.seconds if inner is not None else 0.0)),
                    recorder.octets,
                )
            )
            inner = recorder
        return found[::-1]


class _Recorder:
    """Stands around one layer."""

    def __init__(self, app: WsgiApp, name: str, clock: Callable[[], float]) -> None:
        self._app = app
        self._clock = clock
        self.name = name
        self.was_called = False
        self.status: int | None = None
        self.headers: Headers | None = None
        self.seconds = 0.0
        self.octets = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.was_called = True

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            self.status = int(status[:3]) if status[:3].isdigit() else None
            self.headers = Headers(
                (name, decode_field_text(value.encode("latin-1", "replace")))
                for name, value in headers
            )
            write = start_response(status, headers, *exc_info)

            def counted(data: bytes) -> object:
                self.octets += len(data)
                return write(data)

            return counted

        body = self.timed(self._app, environ, start)
        if type(body) in (list, tuple):
            # Stays a list, by which a middleware knows that all the content is there.
            self.octets += sum(map(len, body))
            return body  # type: ignore[no-any-return]
        return _RecordedBody(body, self)

    def timed(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call, and count the time that it takes."""
        started = self._clock()
        try:
            return function(*arguments)
        finally:
            self.seconds += self._clock() - started


class _RecordedBody:
    """Content that is timed and counted as it passes."""

    def __init__(self, body: Any, recorder: _Recorder) -> None:
        self._body = body
        self._recorder = recorder
        self._chunks: Iterator[bytes] | None = None

    def __iter__(self) -> _RecordedBody:
        return self

    def __next__(self) -> bytes:
        if self._chunks is None:
            self._chunks = self._recorder.timed(iter, self._body)
        chunk: bytes = self._recorder.timed(next, self._chunks)
        self._recorder.octets += len(chunk)
        return chunk

    def close(self) -> None:
        if hasattr(self._body, "close"):
            self._recorder.timed(self._body.close)


def stacked(
    app: WsgiApp,
    layers: Sequence[tuple[str, Middleware]],
    *,
    around: Sequence[Callable[[WsgiApp, str], WsgiApp]] = (),
    name: str = "app",
) -> WsgiApp:
    """
    Put middleware around an application, the first outermost.

    Args:
        app: the application.
        layers: each middleware with its name.
        around: what to put around each layer and the application, given it and its name, such as
            `Trace.recorded`.
        name: of the application.

    Raises:
        WsgiError: a middleware raised, or gave no application.
    """
    for watch in around:
        app = watch(app, name)
    for layer, middleware in reversed(layers):
        app = _put_around(app, layer, middleware)
        for watch in around:
            app = watch(app, layer)
    return app


def _put_around(app: WsgiApp, name: str, middleware: Middleware) -> WsgiApp:
    try:
        made = middleware(app)
    except (Exception, SystemExit) as error:
        raise WsgiError(f"middleware '{name}' raised {describe(error)}") from error
    if not callable(made):
        raise WsgiError(f"middleware '{name}' gave {type(made).__name__}, which cannot be called")
    return made
