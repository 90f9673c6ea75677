"""
What a reader of a field value knows besides the lines, and where it tells what is wrong.

Source: RFC 9110 sections 5.3 and 5.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem
from httpheaders.errors import FieldSyntaxError

if TYPE_CHECKING:  # most fields have no parameters
    from httpheaders.syntax.parameters import Parameter

__all__ = ["MOST_PROBLEMS", "Reading", "shown"]

# A value of a megabyte of commas and rubbish deserves one answer, not a million complaints.
MOST_PROBLEMS = 20


def shown(text: str) -> str:
    """Quote a part of a value for a message, shortened."""
    return f"'{text}'" if len(text) <= 40 else f"'{text[:40]}…'"


class Reading:
    """
    One field being read.

    Attributes:
        field: the name in lower case.
        reference: the section that defines the field.
        now: seconds since 1970; places two-digit years.
    """

    __slots__ = ("_problems", "_untold", "field", "now", "reference")

    def __init__(self, field: str, reference: str, now: float) -> None:
        self.field = field
        self.reference = reference
        self.now = now
        self._problems: list[Problem] = []
        self._untold = 0

    def tell(self, message: str, reference: str | None = None) -> None:
        """Tell a problem; the field's own section is the reference unless another is given."""
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(Problem(self.field, message, reference or self.reference))
        else:
            self._untold += 1

    def tell_error(self, error: FieldSyntaxError, text: str | None = None) -> None:
        """Tell what a parser refused, with the offset, and with the text where it may be shown."""
        offset = "" if error.position is None else f" at offset {error.position}"
        subject = "" if text is None else f"{shown(text)}: "
        self.tell(f"{subject}{error.message}{offset}", error.reference)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything told, and a count of what was too much to tell."""
        if not self._untold:
            return tuple(self._problems)
        rest = Problem(self.field, f"{self._untold} more problems of this field", self.reference)
        return (*self._problems, rest)

    def only(self, lines: Sequence[str]) -> str:
        """Give the one line of a field that is not a list; the first, if there are several."""
        if len(lines) > 1:
            self.tell(
                f"the field stands {len(lines)} times but is not a list: the first one counts",
                "RFC 9110 section 5.3",
            )
        return lines[0]

    def members(self, lines: Sequence[str], split: Callable[[str], Iterable[str]]) -> list[str]:
        """Split each line, so that an unclosed quote in one costs the others nothing."""
        return [member for line in lines for member in split(line)]

    def mapping(self, parameters: Iterable[Parameter], *, loose: bool = False) -> dict[str, Any]:
        """
        Give parameters as an object: the first of a name counts, "" stands for no value.

        What the grammar objects to is read all the same where it has a name, and told.

        Args:
            parameters: in order.
            loose: whether the field's grammar has bare names, and blanks beside "=".
        """
        values: dict[str, Any] = {}
        for parameter in parameters:
            flaw = parameter.flaw or (None if loose else _strict_flaw(parameter))
            name = parameter.name
            if flaw is not None:
                self.tell(f"parameter {shown(name)}: {flaw}" if name else f"a parameter: {flaw}")
            if name is None:
                continue
            if name in values:
                self.tell(f"parameter {shown(name)} stands twice: the first one counts")
            else:
                values[name] = "" if parameter.value is None else parameter.value
        return values


def _strict_flaw(parameter: Parameter) -> str | None:
    if parameter.value is None:
        return "expected name=value"
    return "no blank may stand beside '='" if parameter.spaced else None
