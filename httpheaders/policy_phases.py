"""
The five phases of a request under a policy: parse_headers, authenticate, authorize, validate_body,
handle.

How this works. A `Passage` carries one request through the phases; each gives None to go on, or the
response. The last phase does what the route says around whatever handles the request, by the same
middleware that serves it behind a server: so what is said offline is what a server does.

The phases stand in `policy_head`, `policy_sender` and `policy_content`, and what a route says of
its answers in `policy_finish`.

Source: the sections that each phase names; RFC 9110 section 15 for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem, Step
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.policy import Policy
from httpheaders.policy_content import validate_body
from httpheaders.policy_finish import call_finished, finished_app
from httpheaders.policy_head import parse_headers
from httpheaders.policy_passage import Passage
from httpheaders.policy_sender import authenticate, authorize
from httpheaders.request_pipeline import COMPLETED, run_phases
from httpheaders.wsgi import environ_of
from httpheaders.wsgi_middleware.layers import WHOLE_UP_TO, phrase_of, status_line

if TYPE_CHECKING:
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = ["GUARDS", "PHASES", "PipelineAnswer", "run_policy"]


class PipelineAnswer(NamedTuple):
    """
    How far a request gets.

    Attributes:
        phase: where it stopped, or "completed".
        executed: the phases that ran, in order.
        response: what is sent.
        user: the claims of a genuine token, or None.
        route: the path of the route that counted, or None.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    phase: str
    executed: tuple[str, ...]
    response: Response
    user: dict[str, Any] | None
    route: str | None


def handle(passage: Passage) -> Response | None:
    """Let the application answer."""
    return passage.handler(passage)


GUARDS: tuple[tuple[str, Callable[[Passage], Response | None]], ...] = (
    ("parse_headers", parse_headers),
    ("authenticate", authenticate),
    ("authorize", authorize),
    ("validate_body", validate_body),
)
PHASES = (*GUARDS, ("handle", handle))


def run_policy(
    request: Request,
    policy: Policy,
    *,
    response: Response | None = None,
    now: float,
    explain: bool = False,
) -> PipelineAnswer:
    """
    Say how far a request gets under a policy, and what is sent.

    Args:
        request: as received.
        policy: what it is held against.
        response: what the application would answer; 200 without known content, if None.
        now: seconds since 1970, for sessions and to place two-digit years.
        explain: whether to give the steps.

    Source: the sections that each phase names.

    >>> from httpheaders.policy import Route
    >>> answer = run_policy(Request("DELETE", "/x"), Policy((Route("/x", ("GET",)),)), now=0)
    >>> answer.phase, answer.response.status, answer.response.headers.get("Allow")
    ('parse_headers', 405, 'GET, HEAD, OPTIONS')
    """
    supposed = Response(200) if response is None else response

    def handler(passage: Passage) -> Response:
        return _handled(passage, supposed)

    passage = Passage(request, policy, now=now, handler=handler, explain=explain)
    run = run_phases(PHASES, passage)
    assert run.response is not None
    completed = run.phase == COMPLETED
    if completed:
        passage.because(*_completion(run.response, supposed))
    return PipelineAnswer(
        completed,
        passage.reason,
        passage.reference,
        tuple(passage.problems),
        passage.steps,
        run.phase,
        run.executed,
        run.response,
        passage.user,
        None if passage.route is None else passage.route.path,
    )


def _completion(response: Response, supposed: Response) -> tuple[str, str]:
    status = response.status or 200
    if status != supposed.status:
        told = f"every phase let it through, and the application's answer becomes {status}"
    else:
        told = f"every phase let it through, and the answer is {status}"
    return f"{told} {phrase_of(status)}", "RFC 9110 section 15"


def _handled(passage: Passage, supposed: Response) -> Response:
    """Send a known response through what the route says of its answers."""
    from httpheaders.wsgi_call import call_app

    pieces: list[bytes] = []

    def take(chunk: bytes) -> bool:
        pieces.append(chunk)
        return True

    known = supposed.body is not None
    assert passage.route is not None
    app = finished_app(
        _given(supposed),
        passage.route,
        clock=lambda: passage.now,
        whole_up_to=WHOLE_UP_TO if known else -1,
    )

    def finished(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return call_finished(app, passage, environ, start_response)

    environ = environ_of(passage.request).environ
    response, _ = call_app(finished, environ, take=take)
    passage.note("the application answers", str(response.status), "RFC 9110 section 15")
    has_content = known and passage.method != "HEAD" and response.status not in (204, 304)
    return response._replace(body=b"".join(pieces) if has_content else None, version=None)


def _given(supposed: Response) -> WsgiApp:
    """An application that gives a response that is known already."""

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status = supposed.status or 200
        previous = f"{status} {supposed.phrase}" if supposed.phrase else ""
        pairs = [
            (name, value.encode("latin-1", "replace").decode("latin-1"))
            for name, value in supposed.headers
        ]
        start_response(status_line(status, previous), pairs)
        if supposed.body is None:
            return _nothing()
        return [supposed.body]

    return app


def _nothing() -> Iterator[bytes]:
    """Content of which nothing is known."""
    yield from ()
