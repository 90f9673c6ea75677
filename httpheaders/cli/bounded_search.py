"""
Searching for a regular expression that somebody else wrote, in bounded time.

A pattern such as `(a+)+$` can take longer than the age of the universe. The time that the process
itself spends is what counts, so that a busy machine changes no answer.
"""

from __future__ import annotations

import re
import signal
from types import FrameType
from typing import NoReturn

from httpheaders.errors import InputError

__all__ = ["bounded_search"]

# Seconds of computing; a pattern that is not of that sort needs a thousandth of it.
MOST_SECONDS = 1.0


class _TimeIsUp(Exception):
    """The timer went off."""


def bounded_search(pattern: re.Pattern[str], text: str) -> bool:
    """
    Say whether the pattern is found in the text.

    The expression engine looks at signals while it works, in the main thread. Where the system has
    no such timer, the search is not bounded.

    Raises:
        InputError: it takes too long to say.
    """
    if not hasattr(signal, "setitimer"):
        return pattern.search(text) is not None
    former = signal.signal(signal.SIGVTALRM, _end)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
        return pattern.search(text) is not None
    except _TimeIsUp:
        raise InputError(
            f"the pattern '{pattern.pattern[:80]}' takes too long: do its repeats overlap?"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise _TimeIsUp
