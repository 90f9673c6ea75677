"""
Phases in order, up to the first that answers.

Source: none; the usual way of a server: read the head, find out who asks, whether they may, whether
what they send is acceptable, and only then handle it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypedDict, TypeVar

from httpheaders.named_tuples import NamedTuple

__all__ = ["COMPLETED", "PipelineResult", "RequestPipeline", "Run", "run_phases"]

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

COMPLETED = "completed"


class Run(NamedTuple, Generic[ResponseT]):
    """
    How far a request got.

    Attributes:
        phase: where it was answered, or `COMPLETED`.
        response: the answer, None when no phase gave one.
        executed: the names of the phases that ran, in order.
    """

    phase: str
    response: ResponseT | None
    executed: tuple[str, ...]


def run_phases(
    phases: Sequence[tuple[str, Callable[[RequestT], ResponseT | None]]],
    request: RequestT,
    *,
    told: Callable[[str], object] | None = None,
) -> Run[ResponseT]:
    """
    Run the phases until one answers; an answer of the last phase is completion, not a stop.

    Args:
        phases: each with its name; one gives None to go on.
        request: what each of them is given.
        told: hears the name of each phase before it runs.

    >>> run_phases([("first", lambda request: None), ("last", lambda request: "done")], {})
    Run(phase='completed', response='done', executed=('first', 'last'))
    """
    executed: list[str] = []
    for number, (name, phase) in enumerate(phases, 1):
        executed.append(name)
        if told is not None:
            told(name)
        response = phase(request)
        if response is not None:
            stopped = name if number < len(phases) else COMPLETED
            return Run(stopped, response, tuple(executed))
    return Run(COMPLETED, None, tuple(executed))


class PipelineResult(TypedDict, Generic[ResponseT]):
    """What `RequestPipeline.process` gives."""

    phase: str
    response: ResponseT | None


class RequestPipeline(Generic[RequestT, ResponseT]):
    """
    Named phases that a request goes through in order.

    Attributes:
        executed: the names of the phases that ran, over all requests until it is cleared.

    >>> pipeline = RequestPipeline()
    >>> pipeline.add_phase("authenticate", lambda request: None if "user" in request else 401)
    >>> pipeline.add_phase("handle", lambda request: 200)
    >>> pipeline.process({})
    {'phase': 'authenticate', 'response': 401}
    >>> pipeline.process({"user": "ada"}), pipeline.executed
    ({'phase': 'completed', 'response': 200}, ['authenticate', 'authenticate', 'handle'])
    """

    def __init__(self) -> None:
        self._phases: list[tuple[str, Callable[[RequestT], ResponseT | None]]] = []
        self.executed: list[str] = []

    def add_phase(self, name: str, fn: Callable[[RequestT], ResponseT | None]) -> None:
        """
        Put a phase at the end.

        Args:
            name: to be found by in `executed` and in results.
            fn: takes the request; gives None to go on, or the answer.
        """
        self._phases.append((name, fn))

    def process(self, request: RequestT) -> PipelineResult[ResponseT]:
        """
        Send a request through the phases, up to the first that answers.

        Returns:
            `phase`: where it was answered, "completed" after the last phase or without an answer;
            `response`: the answer, or None.
        """
        run = run_phases(self._phases, request, told=self.executed.append)
        return {"phase": run.phase, "response": run.response}
