"""
What is this one header, or this part of it: the question of `get`.

Source: RFC 9110 sections 5.2 and 5.3; for each field the section in `fields.KNOWN_FIELDS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from httpheaders.errors import InputError
from httpheaders.messages.findings import find, number_of
from httpheaders.messages.headers import escape_octets, unescape_octets
from httpheaders.messages.paths import Path
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.answer import Problem, Step
    from httpheaders.messages.message import Exchange

__all__ = ["Lookup", "Place", "choose_hops", "look_up"]

# Fields whose whole value is a reference to be resolved; of links it is the part `href`.
_REFERENCES = frozenset(("location", "content-location", "referer"))


class Place(NamedTuple):
    """One thing that was found: in which message, counted from 1, its value and its text."""

    hop: int
    value: Any
    text: str


class Lookup(NamedTuple):
    """
    The answer of `look_up`.

    Attributes:
        found: all that was found, in order; of the default, nothing.
        text: what to print, one value a line; None when nothing is there.
    """

    ok: bool
    reason: str
    reference: str
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    found: tuple[Place, ...]
    text: str | None


def choose_hops(count: int, hop: int | None, *, every: bool = False) -> range:
    """
    Say which of so many messages are meant, counted from 0.

    Args:
        count: how many there are.
        hop: one of them, counted from 1, or from the end with -1; None for the last.
        every: all of them, where none is named.

    Raises:
        InputError: hop is 0.

    >>> choose_hops(3, None), choose_hops(3, 1), choose_hops(3, 4), choose_hops(3, None, every=True)
    (range(2, 3), range(0, 1), range(0, 0), range(0, 3))
    """
    if hop is None:
        return range(count) if every else range(count)[-1:]
    if hop == 0:
        raise InputError("there is no message 0: they count from 1, or from the end with -1")
    at = hop - 1 if hop > 0 else count + hop
    return range(at, at + 1) if 0 <= at < count else range(0)


def look_up(
    path: Path,
    hops: Sequence[Exchange],
    *,
    now: float,
    hop: int | None = None,
    every: bool = False,
    default: str | None = None,
    base: str | None = None,
    at_most: float | None = None,
    counts_from_now: bool = False,
    only_text: bool = False,
    explain: bool = False,
) -> Lookup:
    """
    Look up what a path leads to.

    Args:
        path: where to look.
        hops: the messages in order; the last is meant unless `hop` or `every` says otherwise.
        now: the present, in seconds since 1970.
        hop: which message, counted from 1, or from the end with -1.
        every: everything that the path leads to, in all messages unless `hop` names one. The lines
            of a list field are one value there, too; those of Set-Cookie are several.
        default: the text where nothing is there; the answer is yes then.
        base: an absolute URL that links and locations are resolved against.
        at_most: a number above it counts as it.
        counts_from_now: whether `.seconds` counts from `now` even where the message has a Date.
        only_text: spares the reading of what only the values need.
        explain: whether to give the steps.

    Returns:
        ok is true when something is there and no part of it is false.

    Raises:
        InputError: there is no such message 0, a base for what is no link, a bound for what is no
            number.

    Source: RFC 9110 section 5.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Exchange, Response
    >>> from httpheaders.messages.paths import parse_path
    >>> hops = [Exchange(None, Response(301, Headers([("Location", "/new")])))]
    >>> look_up(parse_path("location"), hops, now=0, base="https://example.com/old").text
    'https://example.com/new'
    """
    found: list[Place] = []
    problems: list[Problem] = []
    steps: list[Step] = []
    reason, reference = f"there is no message {hop}", "RFC 9110 section 6"
    for number in choose_hops(len(hops), hop, every=every):
        finding = find(
            path,
            hops[number],
            now=now,
            every=every,
            counts_from_now=counts_from_now,
            only_text=only_text,
        )
        reason, reference = finding.reason, finding.reference
        problems += finding.problems
        for value, text in zip(finding.values, finding.texts, strict=True):
            if text is not None:
                found.append(_place(path, number + 1, value, text, base, at_most))
        if explain:
            steps += _told(path, number + 1, len(hops), finding)
    if found:
        reason = f"'{path.text}' is {'there' if all(map(_is_yes, found)) else 'false'}"
    elif default is not None:
        reason += ": the default stands for it"
    return Lookup(
        ok=all(map(_is_yes, found)) if found else default is not None,
        reason=reason,
        reference=reference,
        problems=tuple(problems),
        steps=tuple(steps),
        found=tuple(found),
        text="\n".join(place.text for place in found) if found else default,
    )


def _is_yes(place: Place) -> bool:
    return place.value is not False


def _place(
    path: Path, hop: int, value: Any, text: str, base: str | None, at_most: float | None
) -> Place:
    if base is not None:
        value = text = _absolute(path, text, base)
    if at_most is not None:
        value = _bounded(path, text, at_most)
        text = str(value)
    return Place(hop, value, text)


def _absolute(path: Path, text: str, base: str) -> str:
    if path.steps:
        is_reference = path.name == "link" and (path.steps[-1][0] == "[]" or _part(path) == "href")
    else:
        is_reference = path.name in _REFERENCES
    if not is_reference:
        raise InputError(f"a base is for links and locations: '{path.text}' is neither")
    from urllib.parse import urljoin

    try:
        return unescape_octets(urljoin(base, escape_octets(text)))
    except ValueError as error:
        raise InputError(f"'{text[:60]}' cannot be resolved: {error}") from None


def _part(path: Path) -> str:
    return str(path.steps[-1][1]).lower()


def _bounded(path: Path, text: str, at_most: float) -> float:
    number = number_of(text)
    if number is None:
        hint = f": ask for '{path.text}.seconds'" if path.name == "retry-after" else ""
        raise InputError(f"a bound is for numbers, and '{path.text}' is none{hint}")
    bounded = min(number, at_most)
    return int(bounded) if bounded == int(bounded) else bounded


def _told(path: Path, hop: int, count: int, finding: Any) -> list[Step]:
    from httpheaders.answer import Step

    there = sum(text is not None for text in finding.texts)
    return [
        Step(f"look at message {hop} of {count}", f"for '{path.name}'", "RFC 9110 section 6"),
        Step(f"follow '{path.text}'", f"it leads to {there} value(s)", finding.reference),
    ]
