"""
One request on its way through the phases of a policy: what is known of it, and how it is stopped.

Source: RFC 9110 section 15 for what the statuses mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem, Step
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.policy import Policy, Route
from httpheaders.wsgi_middleware.layers import phrase_of

if TYPE_CHECKING:
    from httpheaders.cors_server import CorsAnswer
    from httpheaders.session_answers import SessionAnswer

__all__ = ["RULES", "Passage"]


class Passage:
    """
    One request on its way through the phases.

    Args:
        request: as received.
        policy: what it is held against.
        now: seconds since 1970.
        handler: what answers in the last phase.
        reader: reads content that is not in the request, up to so many octets; None of content
            whose length the request says.
        explain: whether to keep the steps.
    """

    def __init__(
        self,
        request: Request,
        policy: Policy,
        *,
        now: float,
        handler: Callable[[Passage], Response | None],
        reader: Callable[[int], bytes | None] | None = None,
        explain: bool = False,
    ) -> None:
        self.request = request
        self.policy = policy
        self.now = now
        self.handler = handler
        self._reader = reader
        self.method = request.method or "GET"
        self.route: Route | None = None
        self.session: SessionAnswer | None = None
        self.cors: CorsAnswer | None = None
        self.reason = ""
        self.reference: str | None = None
        self.problems: list[Problem] = []
        self._steps: list[Step] | None = [] if explain else None

    def read_content(self, most: int) -> None:
        """Read content of which nothing else tells how much it is, up to so many octets."""
        octets = None if self._reader is None else self._reader(most)
        if octets is not None:
            self.request = self.request._replace(body=octets)

    @property
    def user(self) -> dict[str, Any] | None:
        """The claims of a genuine token."""
        return None if self.session is None else self.session.user

    @property
    def wants_steps(self) -> bool:
        """Whether anyone asked for the steps."""
        return self._steps is not None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every rule tried so far."""
        return tuple(self._steps or ())

    def note(self, rule: str, outcome: str, reference: str | None) -> None:
        """Keep a step, if anyone wants them."""
        if self._steps is not None:
            self._steps.append(Step(rule, outcome, reference))

    def because(self, reason: str, reference: str | None) -> None:
        """Say what decided."""
        self.reason, self.reference = reason, reference

    def stop(self, status: int, reason: str, reference: str, *fields: tuple[str, str]) -> Response:
        """Give the response that ends it here."""
        self.because(reason, reference)
        self.note(RULES.get(status, phrase_of(status)), f"{status}: {reason}", reference)
        body = f"{status} {phrase_of(status)}\n".encode()
        headers = [
            *fields,
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            # Some of these statuses are stored unless told not to be: RFC 9110 section 15.1
            ("Cache-Control", "no-store"),
        ]
        content = b"" if self.method == "HEAD" else body
        return Response(status, self.with_cors(headers), content, phrase=phrase_of(status))

    def empty(self, status: int, reason: str, reference: str, headers: Headers) -> Response:
        """Give a response without content, in place of the application's."""
        self.because(reason, reference)
        self.note("the request is answered here", f"{status}: {reason}", reference)
        return Response(status, headers, b"", phrase=phrase_of(status))

    def with_cors(self, headers: list[tuple[str, str]]) -> Headers:
        """Let scripts that may read the answer read this one too."""
        if self.cors is None:
            return Headers.built(headers)
        from httpheaders.cors_server import with_cors_headers

        return with_cors_headers(Headers.built(headers), self.cors)


RULES = {
    400: "the head can be understood in one way only",
    401: "the sender is known",
    403: "the sender may",
    404: "there is a route",
    405: "the route takes the method",
    406: "the route offers what is wanted",
    413: "the content is not too large",
    414: "the target is not too long",
    415: "the route takes the type of content",
    431: "the fields are not too large",
}
