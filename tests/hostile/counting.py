"""How much work Python does on something, counted rather than timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["lines_run"]


def lines_run(work: Callable[[], object], most: int | None = None) -> int:
    """
    Count the lines of Python that some work takes, each turn of a loop anew.

    Raises:
        TooMuch: it takes more than `most`.
    """
    return _counted(work, most) if sys.version_info < (3, 12) else _monitored(work, most)


class TooMuch(BaseException):
    """More lines than were allowed; no `except Exception` on the way catches it."""


def _counted(work: Callable[[], object], most: int | None) -> int:
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        del frame, argument
        if event == "line":
            count += 1
            if most is not None and count > most:
                raise TooMuch
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(former)
    return count


def _monitored(work: Callable[[], object], most: int | None) -> int:
    monitoring = sys.monitoring  # type: ignore[attr-defined]
    tool = next(number for number in range(6) if monitoring.get_tool(number) is None)
    count = 0
    is_over = False

    def line(code: object, number: int) -> None:
        nonlocal count, is_over
        count += 1
        if most is not None and count > most and not is_over:
            is_over = True  # the lines that clear up after it are let through
            raise TooMuch

    monitoring.use_tool_id(tool, "httpheaders growth")
    events = monitoring.events
    monitoring.register_callback(tool, events.LINE, line)
    # A loop on one line tells its turns by the jump back.
    monitoring.register_callback(tool, events.JUMP, lambda code, at, to: line(code, 0))
    monitoring.set_events(tool, events.LINE | events.JUMP)
    try:
        work()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    return count
