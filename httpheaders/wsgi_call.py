"""
Calling a WSGI application in this process, as a server does.

How this works. `ServerSide` is the server's half of the protocol: it takes the status and the
headers, holds them back until there is content, and refuses what no server could send. `call_app`
runs an application against it and gathers the response.

Source: PEP 3333 section "The Server/Gateway Side".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem, Step
from httpheaders.errors import WsgiError
from httpheaders.messages.framing import declared_length
from httpheaders.messages.headers import Headers, decode_field_text
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import is_field_value, is_token
from httpheaders.wsgi import environ_of

if TYPE_CHECKING:
    from typing import IO

    from httpheaders.wsgi import Environ, WsgiApp

__all__ = ["WsgiAnswer", "answer_wsgi", "call_app"]

# Statuses whose responses never have content: RFC 9110 sections 15.2, 15.3.5 and 15.4.5
_WITHOUT_CONTENT = frozenset({204, 304})


class WsgiAnswer(NamedTuple):
    """
    What an application answered.

    Attributes:
        ok: whether the status is below 400.
        request: as the application got it.
        response: as a server would have sent it.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    request: Request
    response: Response


class ServerSide:
    """The half of PEP 3333 that servers have: `start_response`, `write`, and what was sent."""

    def __init__(self, take: Callable[[bytes], bool]) -> None:
        self._take = take
        self._started = False
        self.has_sent = False
        self.goes_on = True
        self.status = ""
        self.pairs: list[tuple[str, str]] = []
        self.steps: list[Step] = []

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        """Take the head; a second one counts only with `exc_info`, and before any content."""
        if exc_info is not None:
            try:
                if self.has_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # "avoid a dangling circular reference"
            self._note("start_response with exc_info", "the head is replaced", "Error Handling")
        elif self._started:
            raise WsgiError(
                "start_response was called a second time without exc_info",
                reference='PEP 3333 section "The start_response() Callable"',
            )
        _check_head(status, headers)
        self._started = True
        self.status, self.pairs = status, list(headers)
        self._note("start_response", status, "The start_response() Callable")
        return self.write

    def write(self, chunk: bytes) -> None:
        """Send content; the first that is not empty takes the head along."""
        if not isinstance(chunk, bytes):
            raise WsgiError(
                f"the application gave {type(chunk).__name__} as content where bytes are expected",
                reference='PEP 3333 section "Unicode Issues"',
            )
        if not self._started:
            raise WsgiError(
                "the application gave content before it called start_response",
                reference='PEP 3333 section "The start_response() Callable"',
            )
        if chunk and self.goes_on:
            self.has_sent = True
            self.goes_on = self._take(chunk)

    def finish(self) -> None:
        """Say that no more content comes."""
        if not self._started:
            raise WsgiError(
                "the application never called start_response",
                reference='PEP 3333 section "The start_response() Callable"',
            )

    def _note(self, rule: str, outcome: str, section: str) -> None:
        self.steps.append(Step(rule, outcome, f'PEP 3333 section "{section}"'))


def _check_head(status: object, headers: object) -> None:
    reference = 'PEP 3333 section "The start_response() Callable"'
    if not _is_status(status):
        shown = ascii(status)[:60]
        raise WsgiError(f"status {shown} is not like '200 OK'", reference=reference)
    if not isinstance(headers, list):
        raise WsgiError("the response headers are not a list", reference=reference)
    for field in headers:
        if not is_wsgi_field(field):
            shown = ascii(field[0] if isinstance(field, tuple) and field else field)[:60]
            raise WsgiError(f"the response field {shown} cannot be sent", reference=reference)


def _is_status(status: object) -> bool:
    """Say whether it is three digits that begin with 1 to 9, and maybe a phrase."""
    if not isinstance(status, str) or not is_field_value(status) or not is_latin1(status):
        return False
    code = status[:3]
    return code.isascii() and code.isdigit() and code >= "100" and status[3:4] in ("", " ")


def is_wsgi_field(field: object) -> bool:
    """Say whether it is a pair of native strings that may stand in a head."""
    if not (isinstance(field, tuple) and len(field) == 2):
        return False
    name, value = field
    if not (isinstance(name, str) and isinstance(value, str)):
        return False
    return is_token(name) and is_field_value(value) and is_latin1(value)


def is_latin1(text: str) -> bool:
    """Say whether a string is native as PEP 3333 means it: each character stands for an octet."""
    if text.isascii():
        return True
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def call_app(
    app: WsgiApp,
    environ: Environ,
    *,
    take: Callable[[bytes], bool],
    name: str = "the application",
) -> tuple[Response, list[Step]]:
    """
    Call an application once and give the response's head; the content goes to `take`.

    The iterable is closed exactly once, whatever happens. The answer to HEAD, and one with a
    status that has no content, is read to its end but not passed on.

    Args:
        app: the callable.
        environ: complete; the application may change it.
        take: gets each piece of content, and says whether more is wanted.
        name: what to call the application in errors.

    Raises:
        WsgiError: the application raised, or gave what cannot be sent; where it raised after the
            head was sent, the response would have been cut off.

    Source: PEP 3333 section "The Server/Gateway Side".
    """
    server = ServerSide(take)
    body: Iterable[bytes] | None = None
    is_answered = False
    try:
        body = app(environ, server.start_response)
        for chunk in _iterable(body):
            server.write(chunk)
            if not server.goes_on:
                break
        server.finish()
        is_answered = True
    except WsgiError:
        raise
    except (Exception, SystemExit) as error:
        begun = " after its answer had begun" if server.has_sent else ""
        raise WsgiError(f"{name} raised {describe(error)}{begun}") from error
    finally:
        _close(body, name, is_answered=is_answered)
    code, _, phrase = server.status.partition(" ")
    headers = Headers(
        (key, decode_field_text(text.encode("latin-1"))) for key, text in server.pairs
    )
    return Response(int(code), headers, None, "1.1", phrase), server.steps


def _iterable(body: Any) -> Iterator[bytes]:
    if not isinstance(body, (bytes, str)):
        try:
            return iter(body)
        except TypeError:
            pass
    kind = "None" if body is None else type(body).__name__
    raise WsgiError(
        f"the application returned {kind} where an iterable of bytes is expected",
        reference='PEP 3333 section "The Application/Framework Side"',
    )


def _close(body: object, name: str, *, is_answered: bool) -> None:
    try:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    except (Exception, SystemExit) as error:
        # Where there is no answer, what prevented it is on its way: that is what matters.
        if is_answered:
            raise WsgiError(f"close() of {name} raised {describe(error)}") from error


def describe(error: BaseException) -> str:
    """
    Name an exception with its first line and the place where it was raised.

    >>> describe(KeyError("user"))
    "KeyError: 'user'"
    """
    lines = str(error).strip().splitlines()
    told = f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
    trace = error.__traceback__
    if trace is None:
        return told
    while trace.tb_next is not None:
        trace = trace.tb_next
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"{told} ({file}:{trace.tb_lineno})"


def answer_wsgi(
    app: WsgiApp,
    request: Request,
    *,
    errors: IO[str] | None = None,
    max_body: int | None = None,
    name: str = "the application",
    problems: list[Problem] | None = None,
    explain: bool = False,
) -> WsgiAnswer:
    """
    Say what an application answers to a request.

    Args:
        app: the application, with whatever middleware stands around it.
        request: GET and / unless it says otherwise.
        errors: the stream for `wsgi.errors`.
        max_body: octets of content after which reading stops, which is told.
        name: what to call the application in errors.
        problems: the list that checks around the application write to (`checked_app`).
        explain: whether to give the calls of the protocol as steps.

    Raises:
        InputError: the request could not be sent.
        WsgiError: the application raised, or gave what cannot be sent.

    >>> from httpheaders.wsgi import simple_wsgi_app
    >>> answer_wsgi(simple_wsgi_app, Request("GET", "/")).response.body
    b'Hello, WSGI!'
    """
    environ, found = environ_of(request, errors=errors)
    content = _Content(max_body)
    response, steps = call_app(app, environ, take=content.take, name=name)
    told = [*found, *(problems or ()), *content.problems]
    body = b"" if _is_without_content(request, response) else b"".join(content.pieces)
    told += _length_problems(request, response, content)
    status = response.status or 0
    return WsgiAnswer(
        status < 400,
        f"{name} answered {status} {response.phrase}".rstrip(),
        "RFC 9110 section 15",
        tuple(told),
        tuple(steps) if explain else (),
        request._replace(method=request.method or "GET", url=request.url or "/"),
        response._replace(body=body),
    )


class _Content:
    """Gathers content up to a bound."""

    def __init__(self, bound: int | None) -> None:
        self._bound = bound
        self.pieces: list[bytes] = []
        self.size = 0
        self.problems: list[Problem] = []

    def take(self, chunk: bytes) -> bool:
        self.size += len(chunk)
        if self._bound is None or self.size <= self._bound:
            self.pieces.append(chunk)
            return True
        self.pieces.append(chunk[: len(chunk) - (self.size - self._bound)])
        message = f"reading stopped after {self._bound} octets: the application had more"
        self.problems.append(Problem("response.body", message))
        return False


def _is_without_content(request: Request, response: Response) -> bool:
    status = response.status or 0
    return request.method == "HEAD" or status in _WITHOUT_CONTENT or status < 200


def _length_problems(request: Request, response: Response, content: _Content) -> list[Problem]:
    said = declared_length(response.headers)
    is_short = said is not None and said != content.size and not content.problems
    if not is_short or _is_without_content(request, response):
        return []
    message = f"Content-Length says {said}, the content has {content.size} octets"
    return [Problem("response", message, "RFC 9110 section 8.6")]
