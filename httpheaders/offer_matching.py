"""
Which offers are acceptable by one field, which is best, and the answer that says so.

Source: RFC 9110 sections 12.4, 12.5 and 15.5.7; RFC 4647 section 3.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter
from typing import Generic, TypeVar

from httpheaders.accept_fields import (
    CHARSET_FIELD,
    ENCODING_FIELD,
    LANGUAGE_FIELD,
    TYPE_FIELD,
    AcceptField,
    Ranges,
    Weighted,
    read_field,
    show_match,
)
from httpheaders.answer import Problem, Step
from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.offer_keys import (
    Keys,
    Offers,
    ParameterisedKeys,
    charset_keys,
    coding_keys,
    known_offers,
    language_keys,
    type_keys,
)

__all__ = [
    "CHARSET",
    "DIMENSIONS",
    "ENCODING",
    "LANGUAGE",
    "TYPE",
    "Dimension",
    "Match",
    "Negotiation",
    "Ranked",
    "acceptable",
    "answer_of",
    "deciding_range",
    "explain_offers",
    "negotiate_dimension",
    "with_default",
]

Offer = TypeVar("Offer")


class Ranked(NamedTuple, Generic[Offer]):
    """An acceptable offer, its quality, and the range that gave it; None: no range was needed."""

    offer: Offer
    quality: float
    range: str | None


class Negotiation(NamedTuple, Generic[Offer]):
    """
    What to send: `selected`, or None with status 406.

    `ranked` holds every acceptable offer, best first. `quality` is None where nothing in the field
    gave one: nothing was selected, or a default was. `vary` names the request fields that a
    response must list in Vary, whatever was selected.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    selected: Offer | None
    quality: float | None
    ranked: tuple[Ranked[Offer], ...]
    status: int
    vary: tuple[str, ...]


class Dimension(NamedTuple):
    """
    What offers can differ in.

    Attributes:
        field: what a client says of it with.
        keys_of: gives the keys of an offer.
        exact_first: whether a range that is the whole offer comes before one that begins it.
    """

    field: AcceptField
    keys_of: Callable[[str], Keys]
    exact_first: bool = False


TYPE = Dimension(TYPE_FIELD, type_keys)
ENCODING = Dimension(ENCODING_FIELD, coding_keys)
CHARSET = Dimension(CHARSET_FIELD, charset_keys)
LANGUAGE = Dimension(LANGUAGE_FIELD, language_keys, exact_first=True)
DIMENSIONS = {"type": TYPE, "encoding": ENCODING, "charset": CHARSET, "language": LANGUAGE}

# An acceptable offer and what made it so, its rank first.
Match = tuple[int, str, Weighted]
_by_rank = itemgetter(0)
# What NamedTuple's own constructor does, without the call in between: answers are made by the line.
_new = tuple.__new__


def negotiate_dimension(
    dimension: Dimension,
    value: str | None,
    offers: Collection[str],
    default: str | None,
    wildcard: bool,
    explain: bool,
) -> Negotiation[str]:
    """
    Choose by one field.

    Args:
        dimension: what the offers are.
        value: the field, its lines joined; None when the request has none.
        offers, default, wildcard, explain: as in `content_negotiation.negotiate_type`.

    Raises:
        PolicyError: an offer is not what it should be.
    """
    ranges, problems = read_field(value, dimension.field, wildcard=wildcard)
    known = known_offers(dimension.keys_of, offers)
    matches = acceptable(ranges, known, dimension)
    steps = explain_offers(ranges, known, dimension) if explain else ()
    answer = answer_of(dimension.field, value, matches, problems, steps)
    return answer if answer.ok else with_default(answer, default, ranges, dimension)


def acceptable(ranges: Ranges, offers: Offers, dimension: Dimension) -> list[Match]:
    """Find for each offer the most specific range; keep what is not excluded, best first."""
    matches = []
    for offer, keys in offers:
        if isinstance(keys, ParameterisedKeys):
            weighted = deciding_range(ranges, keys)
            if weighted is not None and weighted[0]:
                matches.append((weighted[0], offer, weighted))
            continue
        for key in keys:
            if key in ranges:
                weighted = ranges[key]
                if weighted[0]:
                    matches.append((weighted[0], offer, weighted))
                break
    if dimension.exact_first:
        matches = [
            (rank + (one[2].key == offer.lower()), offer, one) for rank, offer, one in matches
        ]
    # The sort is stable in reverse too, so equals keep the server's order.
    if len(matches) > 1:
        matches.sort(key=_by_rank, reverse=True)
    return matches


def deciding_range(ranges: Ranges, keys: Keys) -> Weighted | None:
    """Give the range that decides about the offer with these keys; None when none matches."""
    return next(_matching_ranges(ranges, keys), None)


def _matching_ranges(ranges: Ranges, keys: Keys) -> Iterator[Weighted]:
    """Give the ranges that match, the deciding one first: of equally specific, the best liked."""
    if not isinstance(keys, ParameterisedKeys):
        yield from (ranges[key] for key in keys if key in ranges)
        return
    for same in keys.by_specificity():
        found = [ranges[key] for key in same if key in ranges]
        found.sort(key=_by_rank, reverse=True)
        yield from found


def answer_of(
    field: AcceptField,
    value: str | None,
    matches: Sequence[Match],
    problems: tuple[Problem, ...],
    steps: tuple[Step, ...],
    reference: str | None = None,
) -> Negotiation[str]:
    """Say which match is the best, or that there is none; the reference is the field's own."""
    reference = reference or field.reference
    vary = (field.name,)
    if not matches:
        reason = f"no offer is acceptable to {field.name} '{(value or '')[:200]}'"
        return _new(
            Negotiation, (False, reason, reference, problems, steps, None, None, (), 406, vary)
        )
    _, selected, best = matches[0]
    reason = f"'{selected}' is the best offer: {show_match(best)}"
    ranked = tuple(
        [_new(Ranked, (offer, quality, found.text)) for _, offer, (_, quality, found) in matches]
    )
    return _new(
        Negotiation,
        (True, reason, reference, problems, steps, selected, best[1], ranked, 200, vary),
    )


def with_default(
    answer: Negotiation[str], default: str | None, ranges: Ranges, dimension: Dimension
) -> Negotiation[str]:
    """Select the default: a server may disregard a field that accepts nothing it has."""
    if default is None:
        return answer
    problems = answer.problems
    range_ = _excluding_range(default, ranges, dimension)
    if range_ is not None:
        message = f"the default '{default}' is given although '{range_}' excludes it"
        field = dimension.field.name
        problems = (*problems, Problem(field, message, "RFC 9110 section 12.4.2"))
    return answer._replace(
        ok=True,
        problems=problems,
        reason=f"'{default}' is the default: {answer.reason}",
        reference="RFC 9110 section 12.4.1",
        selected=default,
        status=200,
    )


def _excluding_range(offer: str, ranges: Ranges, dimension: Dimension) -> str | None:
    """Give the range of weight 0 that decides about an offer, which may be anything."""
    try:
        deciding = deciding_range(ranges, dimension.keys_of(offer))
    except FieldSyntaxError:
        return None
    return None if deciding is None or deciding[1] else f"{deciding[2].text};q=0"


def explain_offers(ranges: Ranges, offers: Offers, dimension: Dimension) -> tuple[Step, ...]:
    """Tell for each offer which range decided, and the order that this makes."""
    reference = dimension.field.reference
    steps = [_explain_offer(ranges, offer, keys, reference) for offer, keys in offers]
    order = ", ".join(offer for _, offer, _ in acceptable(ranges, offers, dimension))
    rule = "highest quality, then most specific range, then the server's order"
    return (*steps, Step(rule, order or "nothing is acceptable", reference))


def _explain_offer(ranges: Ranges, offer: str, keys: Keys, reference: str) -> Step:
    rule = f"the most specific range that matches '{offer}'"
    matching = list(_matching_ranges(ranges, keys))
    if not matching:
        return Step(rule, "none matches: not acceptable", reference)
    first, *others = matching
    outcome = show_match(first) if first[1] else f"{show_match(first)}: excluded"
    if others:
        outcome += "; overridden: " + ", ".join(map(show_match, others))
    return Step(rule, outcome, reference)
