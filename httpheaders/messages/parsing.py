"""
What one exchange holds, with all that is odd about it: the question of `parse`.

Source: RFC 9110 section 5, RFC 9112 sections 2 to 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from httpheaders.answer import Problem, Step
from httpheaders.messages.fields import parse_fields
from httpheaders.messages.framing import check_message
from httpheaders.messages.message import Exchange
from httpheaders.named_tuples import NamedTuple

__all__ = ["ParsedExchange", "parse_exchange"]


class ParsedExchange(NamedTuple):
    """
    What an exchange holds.

    Attributes:
        request_fields, response_fields: the known fields as values, by lower-case name.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    request_fields: dict[str, Any]
    response_fields: dict[str, Any]


def parse_exchange(
    exchange: Exchange, found: Sequence[Problem] | None = None, *, now: float
) -> ParsedExchange:
    """
    Give the values of all known fields, and everything that is odd.

    Args:
        exchange: the messages.
        found: what reading a dump has shown to be odd, with its lines; None when it is not known.
        now: places the two-digit years of obsolete dates.

    Returns:
        ok is true when nothing is odd.

    Source: RFC 9110 section 5.
    """
    problems = list(found or ())
    values: list[dict[str, Any]] = []
    for message, role in zip(exchange, _roles(exchange), strict=True):
        fields: dict[str, Any] = {}
        if message is not None:
            fields, odd = parse_fields(message.headers, now=now)
            told = odd if found is not None else [*check_message(message), *odd]
            problems.extend(problem._replace(where=role + problem.where) for problem in told)
        values.append(fields)
    return ParsedExchange(
        ok=not problems,
        reason=_reason(problems),
        reference=problems[0].reference if problems else "RFC 9110 section 5",
        problems=tuple(problems),
        steps=(),
        request_fields=values[0],
        response_fields=values[1],
    )


def _roles(exchange: Exchange) -> tuple[str, str]:
    """What tells places in the two messages apart, where there are two."""
    return ("", "") if None in exchange else ("request ", "response ")


def _reason(problems: Sequence[Problem]) -> str:
    if not problems:
        return "everything is well formed"
    first = f"{problems[0].where}: {problems[0].message}"
    return first if len(problems) == 1 else f"{first}; {len(problems) - 1} more"
