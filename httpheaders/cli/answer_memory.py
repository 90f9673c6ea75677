"""
What was answered to lines that come again, as most lines of a log do.

A line is known by its octets; an `"id"` that it begins with is left out of them, and put into the
answer where it stands there. Answers that depend on the time hold for the second they were given
in: the clock of a stream of lines ticks in seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from httpheaders.cli.reading import Document

__all__ = ["AnswerMemory"]

# How many answers are kept, and how long a line and its answer may be together.
MOST_REMEMBERED = 4096
LONGEST_REMEMBERED = 4096

# What was written, and whether the answer was yes.
_Answered = tuple[bytes, bool]

# An id that stands first and is written in an answer just as it was read: the member after it must
# follow at once, and what is between quotes needs no escape.
_LEADING_ID = re.compile(rb'\{"id": ?((?:0|[1-9][0-9]{0,14})|"[ !#-\[\]-}~]{0,64}"), ?(?=")')


class AnswerMemory:
    """
    The answers of one stream of lines, as far as they may come again.

    Args:
        clock: gives the time, in seconds since 1970.
        names_ids: whether answers begin with the id of their line, as JSON on one line does.
    """

    def __init__(self, clock: Callable[[], float], *, names_ids: bool) -> None:
        self.is_of_use = True
        self._clock = clock
        self._names_ids = names_ids
        self._second = 0
        self._was_asked = False
        self._answers: dict[bytes, _Answered] = {}
        self._answers_of_second: dict[bytes, _Answered] = {}
        self._found = 0

    def clock(self) -> float:
        """Give the time in whole seconds, and note that somebody asked."""
        self._was_asked = True
        self._keep_time()
        return self._second

    def recall(self, line: bytes) -> _Answered | None:
        """Give what to write for this line; None where it must be answered."""
        if not self.is_of_use:
            return None
        leading = _leading_id(line)
        known = self._find(line if leading is None else _without_id(line, leading))
        if known is None:
            return None
        self._found += 1
        if leading is None or not self._names_ids:
            return known
        return b'{"id":%b,%b' % (leading[1], known[0][1:]), known[1]

    def keep(self, document: Document, octets: bytes, *, ok: bool) -> None:
        """Keep what was written for a document that is a line."""
        line: bytes = getattr(document, "octets", b"")
        answers = self._answers_of_second if self._was_asked else self._answers
        self._was_asked = False
        if not line or len(line) + len(octets) > LONGEST_REMEMBERED:
            return
        if len(answers) >= MOST_REMEMBERED:
            # What forgets more than it finds again costs more than it saves.
            self.is_of_use = self._found >= MOST_REMEMBERED // 4
            self._found = 0
            answers.clear()
        leading = _leading_id(line)
        if leading is not None:
            line = _without_id(line, leading)
            if self._names_ids:
                octets = b"{" + octets[len(leading[1]) + len(b'{"id":,') :]
        answers[line] = octets, ok

    def _find(self, key: bytes) -> _Answered | None:
        known = self._answers.get(key)
        if known is None and self._answers_of_second:
            self._keep_time()
            known = self._answers_of_second.get(key)
        return known

    def _keep_time(self) -> None:
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._answers_of_second.clear()


def _leading_id(line: bytes) -> re.Match[bytes] | None:
    """Find the id that JSON begins with: a line that does not end as an object is plain text."""
    return _LEADING_ID.match(line) if line.endswith(b"}") else None


def _without_id(line: bytes, leading: re.Match[bytes]) -> bytes:
    """Give what no whole line is: one without the id may hold another, and be told so."""
    return b"\n" + line[leading.end() :]
