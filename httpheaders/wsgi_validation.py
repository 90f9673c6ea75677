"""
Watching both sides of WSGI for breaches of the protocol, without getting in their way.

How this works. `checked_app` stands between an application and whatever calls it. What the
application does wrong is noted as a problem and, where that can be, put right, so that the answer
is still to be seen: text is encoded, a head that came late is waited for, a field that cannot be
sent is left out.

Source: PEP 3333.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem
from httpheaders.messages.framing import declared_length
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import HOP_BY_HOP
from httpheaders.syntax.grammar import is_field_value, is_token
from httpheaders.wsgi_call import is_latin1, is_wsgi_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["checked_app"]

# What is said of one connection is the server's to say; PEP 3333 means the list of RFC 2616
# section 13.5.1, which has more than that of RFC 9110.
_HOP_BY_HOP = frozenset(
    (
        *map(str.lower, HOP_BY_HOP),
        *("proxy-authenticate", "proxy-authorization", "trailer", "trailers"),
    )
)
_NO_CONTENT = frozenset({"204", "304"})
# Faults are told once each, at most so many: an endless answer must not fill the memory.
_MOST_FAULTS = 50
_START = "The start_response() Callable"
_BUFFERING = "Buffering and Streaming"
_UNICODE = "Unicode Issues"


def checked_app(app: WsgiApp, name: str, problems: list[Problem]) -> WsgiApp:
    """
    Stand between an application and its caller, and note each breach of PEP 3333 once.

    Args:
        app: the application or middleware that is watched.
        name: the place to give in the problems.
        problems: the list that they are added to.

    Source: PEP 3333.

    >>> problems = []
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [("Connection", "close")])
    ...     return ["text"]
    >>> list(checked_app(app, "app", problems)({}, lambda status, headers: None))
    [b'text']
    >>> [problem.message for problem in problems]
    ["'Connection' is hop-by-hop: it is the server's to send", 'content is str, not bytes']
    """

    def watched(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        watch = _Watch(name, problems, start_response)
        return watch.call(app, environ)

    return watched


class _Watch:
    """One call under observation."""

    def __init__(self, name: str, problems: list[Problem], start_response: StartResponse) -> None:
        self._name = name
        self._problems = problems
        self._outer = start_response
        self._write: Callable[[bytes], object] | None = None
        self.has_head = False
        self._code = ""
        self._length: int | None = None
        self._is_head = False
        self._size = 0

    def fault(self, message: str, section: str) -> None:
        problem = Problem(self._name, message, f'PEP 3333 section "{section}"')
        if problem not in self._problems and len(self._problems) < _MOST_FAULTS:
            self._problems.append(problem)

    # --- the call -----------------------------------------------------------------------------

    def call(self, app: WsgiApp, environ: Environ) -> Iterable[bytes]:
        self._is_head = environ.get("REQUEST_METHOD") == "HEAD"
        if "wsgi.input" in environ:
            environ["wsgi.input"] = _WatchedInput(environ["wsgi.input"], self)
        if "wsgi.errors" in environ:
            environ["wsgi.errors"] = _WatchedErrors(environ["wsgi.errors"], self)
        body: Any = app(environ, self.start_response)
        self._check_environ(environ)
        if body is None or not hasattr(body, "__iter__"):
            kind = "None" if body is None else type(body).__name__
            self.fault(f"{kind} is returned, not an iterable", "The Application/Framework Side")
            body = ()
        elif isinstance(body, (bytes, str)):
            kind = type(body).__name__
            self.fault(
                f"{kind} is returned, not an iterable of bytes: write [body]",
                "The Application/Framework Side",
            )
            body = [body]
        if type(body) in (list, tuple) and self.has_head:
            # Stays a list, by which a middleware knows that all the content is there.
            pieces = [self.content(data) for data in body]
            self.ended()
            return pieces
        return _WatchedBody(body, self)

    def _check_environ(self, environ: Environ) -> None:
        for key, value in environ.items():
            if key[:1].isupper() and "." not in key and not isinstance(value, str):
                kind = type(value).__name__
                self.fault(f"{key} in the environ became {kind}, not str", "environ Variables")
        for key in ("wsgi.input", "wsgi.errors"):
            if environ.get(key, self) is None:
                self.fault(f"{key} in the environ became None", "environ Variables")

    # --- the head -----------------------------------------------------------------------------

    def start_response(self, *arguments: Any, **named: Any) -> Callable[[bytes], object]:
        if named or not 2 <= len(arguments) <= 3:
            self.fault("start_response takes two or three positional arguments", _START)
            named = dict(zip(("status", "headers", "exc_info"), arguments, strict=False)) | {
                {"response_headers": "headers"}.get(key, key): value for key, value in named.items()
            }
            arguments = (named.get("status", "200 OK"), named.get("headers", []))
            if named.get("exc_info"):
                arguments = (*arguments, named["exc_info"])
        status, fields, *exc_info = arguments
        if exc_info and exc_info[0] is not None:
            if not (isinstance(exc_info[0], tuple) and len(exc_info[0]) == 3):
                self.fault("exc_info is not what sys.exc_info() gives", "Error Handling")
                exc_info = []
        elif self.has_head:
            self.fault("start_response is called a second time without exc_info", _START)
            return self.write
        status = self._checked_status(status)
        pairs = self._checked_fields(fields)
        self.has_head = True
        self._code = status[:3]
        self._length = declared_length(Headers(pairs))
        self._write = self._outer(status, pairs, *exc_info)
        return self.write

    def _checked_status(self, status: Any) -> str:
        if isinstance(status, bytes):
            self.fault("the status is bytes, not a native string", _UNICODE)
            status = status.decode("latin-1")
        elif not isinstance(status, str):
            kind = type(status).__name__
            self.fault(f"the status is {kind}, not a string like '200 OK'", _START)
            status = str(status)
        text: str = status
        code, _, phrase = text.partition(" ")
        is_code = len(code) == 3 and code.isascii() and code.isdigit() and code >= "100"
        if not is_code or not phrase or status != status.strip() or not is_field_value(status):
            self.fault(f"status {ascii(status)[:60]} is not like '200 OK'", _START)
        if not is_code:
            return "500 Internal Server Error"
        return text.strip() if is_field_value(text) and is_latin1(text) else code

    def _checked_fields(self, fields: Any) -> list[tuple[str, str]]:
        if not isinstance(fields, list):
            kind = type(fields).__name__
            self.fault(f"the headers are {kind}, not a list of pairs", _START)
            fields = list(fields.items() if hasattr(fields, "items") else fields or ())
        repaired = (self._checked_field(field) for field in fields)
        return [pair for pair in repaired if pair is not None]

    def _checked_field(self, field: Any) -> tuple[str, str] | None:
        if not (isinstance(field, (tuple, list)) and len(field) == 2):
            self.fault(f"header {ascii(field)[:60]} is not a pair", _START)
            return None
        if isinstance(field, list):
            self.fault(f"header {ascii(field[0])[:60]} is a list, not a tuple", _START)
        name, value = (self._native(part, ascii(field[0])[:60]) for part in field)
        shown = ascii(name[:60])
        if not is_token(name):
            self.fault(f"header name {shown} is not a token", _START)
        elif name.lower() == "status":
            self.fault("'Status' is no header: the status is an argument of its own", _START)
        elif name.lower() in _HOP_BY_HOP:
            self.fault(f"{shown} is hop-by-hop: it is the server's to send", "Other HTTP Features")
        if not is_field_value(value):
            self.fault(f"the value of {shown} holds control characters", _START)
        elif value != value.strip(" \t"):
            self.fault(f"the value of {shown} begins or ends with blanks", _START)
        if not is_latin1(value):
            self.fault(f"the value of {shown} has characters beyond ISO-8859-1", _UNICODE)
        return (name, value) if is_wsgi_field((name, value)) else None

    def _native(self, part: Any, shown: str) -> str:
        if isinstance(part, str):
            return part
        kind = type(part).__name__
        self.fault(f"header {shown} holds {kind}, not native strings", _UNICODE)
        return part.decode("latin-1") if isinstance(part, bytes) else str(part)

    # --- the content --------------------------------------------------------------------------

    def write(self, data: Any) -> None:
        chunk = self.content(data)
        if self._write is not None and chunk:
            self._write(chunk)

    def content(self, data: Any) -> bytes:
        """Give a piece of content as bytes, and note what is wrong with it."""
        if not isinstance(data, bytes):
            self.fault(f"content is {type(data).__name__}, not bytes", _UNICODE)
            data = _octets(data)
        chunk: bytes = data
        self._size += len(data)
        if self._length is not None and self._size > self._length and not self._is_head:
            length = self._length
            self.fault(
                f"the content is longer than its Content-Length, {length}",
                "Handling the Content-Length Header",
            )
        if data and (self._code in _NO_CONTENT or self._code[:1] == "1"):
            self.fault(f"a {self._code} response has content", "Other HTTP Features")
        return chunk

    def late(self) -> bool:
        """Say whether there is no head yet, where there must be one."""
        if self.has_head:
            return False
        self.fault("content is given before start_response is called", _START)
        return True

    def ended(self) -> None:
        """Look at what is known once all content was given."""
        if not self.has_head:
            self.fault("start_response is never called", _START)
            self.has_head = True
            self._outer("500 Internal Server Error", [])
        elif self._is_short():
            self.fault(
                f"the content has {self._size} octets, Content-Length says {self._length}",
                "Handling the Content-Length Header",
            )

    def _is_short(self) -> bool:
        if self._is_head or self._code in _NO_CONTENT or self._length is None:
            return False
        return self._size < self._length


def _octets(data: Any) -> bytes:
    try:
        return bytes(data) if isinstance(data, (bytearray, memoryview)) else str(data).encode()
    except Exception:
        return b""


class _WatchedBody:
    """Passes on content, and notes whether whoever iterates also closes."""

    def __init__(self, body: Any, watch: _Watch) -> None:
        self._body = body
        self._watch = watch
        self._chunks: Iterator[Any] | None = None
        self._closed = False

    def __iter__(self) -> _WatchedBody:
        return self

    def __next__(self) -> bytes:
        if self._closed:
            self._watch.fault("the iterable is read after close()", _BUFFERING)
            raise StopIteration
        if self._chunks is None:
            self._chunks = iter(self._body)
        try:
            data = next(self._chunks)
        except StopIteration:
            self._watch.ended()
            raise
        return self._watch.content(self._joined_until_head(data))

    def _joined_until_head(self, data: Any) -> Any:
        """Where content came too early, take more of it until the head has come."""
        assert self._chunks is not None
        if not self._watch.late():
            return data
        pieces = [data]
        while not self._watch.has_head:
            try:
                pieces.append(next(self._chunks))
            except StopIteration:
                self._watch.ended()
        return b"".join(p if isinstance(p, bytes) else _octets(p) for p in pieces)

    def close(self) -> None:
        if self._closed:
            self._watch.fault("close() is called more than once", _BUFFERING)
            return
        self._closed = True
        if hasattr(self._body, "close"):
            self._body.close()

    def __del__(self) -> None:
        if not self._closed and hasattr(self._body, "close"):
            self._watch.fault("close() of its iterable is never called", _BUFFERING)
            self._closed = True


class _WatchedInput:
    """`wsgi.input`, which an application may read but not close."""

    def __init__(self, stream: Any, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def read(self, *size: int) -> bytes:
        octets: bytes = self._stream.read(*size)
        return octets

    def readline(self, *size: int) -> bytes:
        octets: bytes = self._stream.readline(*size)
        return octets

    def readlines(self, *hint: int) -> list[bytes]:
        lines: list[bytes] = self._stream.readlines(*hint)
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        self._watch.fault("wsgi.input is closed: that is the server's to do", _STREAMS)

    def __getattr__(self, name: str) -> Any:
        self._watch.fault(f"wsgi.input.{name} is used, which servers need not have", _STREAMS)
        return getattr(self._stream, name)


_STREAMS = "Input and Error Streams"


class _WatchedErrors:
    """`wsgi.errors`, which takes text and is not closed."""

    def __init__(self, stream: Any, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def write(self, text: Any) -> None:
        if not isinstance(text, str):
            self._watch.fault(f"wsgi.errors is given {type(text).__name__}, not str", _STREAMS)
            text = ascii(text)
        self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._watch.fault("wsgi.errors is closed: that is the server's to do", _STREAMS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
