"""
What every question is answered with, whatever the system.

Each system returns its own immutable result with these five members and its own beside them. A "no"
is such a value; an exception is kept for questions that cannot be understood.

Source: none; the five members are those that every answer of the program has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from httpheaders.named_tuples import NamedTuple

__all__ = ["Answer", "Problem", "Step"]


class Problem(NamedTuple):
    """Something odd, malformed, or about to be refused by others; never a reason to lose data."""

    where: str
    message: str
    reference: str | None = None


class Step(NamedTuple):
    """One rule that was tried, what came of it, and where the rule stands."""

    rule: str
    outcome: str
    reference: str | None = None


class Answer(Protocol):
    """The members that every result has."""

    @property
    def ok(self) -> bool:
        """Whether the answer is yes."""

    @property
    def reason(self) -> str:
        """One sentence that a person can act on."""

    @property
    def reference(self) -> str | None:
        """The rule that decided, "RFC 9110 section 12.5.1"."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What was odd on the way."""

    @property
    def steps(self) -> Sequence[Step]:
        """Every rule tried, in order; empty unless the caller asked to explain."""
