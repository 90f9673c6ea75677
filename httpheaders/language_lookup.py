"""
Language by lookup: for each range the longest tag that is no longer than it.

Source: RFC 9110 section 12.5.4; RFC 4647 section 3.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from httpheaders.accept_fields import Ranges, Weighted, language_fault, read_field
from httpheaders.answer import Step
from httpheaders.offer_keys import Offers, known_offers
from httpheaders.offer_matching import (
    LANGUAGE,
    Match,
    Negotiation,
    acceptable,
    answer_of,
    deciding_range,
    with_default,
)

__all__ = ["explain_lookup", "look_up_default", "look_up_offers", "negotiate_by_lookup"]


_LOOKUP_REFERENCE = "RFC 4647 section 3.4"


def negotiate_by_lookup(
    value: str | None,
    offers: Collection[str],
    default: str | None,
    default_range: str | None,
    wildcard: bool,
    explain: bool,
) -> Negotiation[str]:
    """
    Choose a language by lookup.

    Args:
        value: the Accept-Language field, its lines joined; None when there is none.
        offers, default, default_range, wildcard, explain: as in
            `content_negotiation.negotiate_language`.

    Raises:
        PolicyError: an offer is no language tag.
    """
    ranges, problems = read_field(value, LANGUAGE.field, wildcard=wildcard)
    known = known_offers(LANGUAGE.keys_of, offers)
    has_default = default is not None or bool(default_range)
    matches = look_up_offers(ranges, known, any_tag=not has_default)
    steps = explain_lookup(ranges, known) if explain else ()
    answer = answer_of(LANGUAGE.field, value, matches, problems, steps, _LOOKUP_REFERENCE)
    if answer.ok:
        return answer
    answer = answer._replace(reason=answer.reason + _filtering_hint(ranges, known))
    last = look_up_default(offers, default_range) or default
    return with_default(answer, last, ranges, LANGUAGE)


def look_up_offers(ranges: Ranges, offers: Offers, *, any_tag: bool = True) -> list[Match]:
    """Find the tag of each range in order of priority; with `any_tag`, "*" finds the others."""
    tags = _by_tag(offers)
    excluded = _excluded(ranges, offers)
    reached: dict[str, Weighted] = {}
    for key, weighted in _by_priority(ranges):
        tag = _find_tag(key, tags, excluded)
        if tag is not None:
            reached.setdefault(tag, weighted)
    anything = ranges.get("*")
    matches = [(one[0], offer, one) for tag, one in reached.items() for offer in tags[tag]]
    if any_tag and anything and anything[1]:
        settled = reached.keys() | excluded
        left = (offer for offer, _ in offers if offer.lower() not in settled)
        matches += [(anything[0], offer, anything) for offer in left]
    return matches


def _find_tag(key: str, tags: Collection[str], excluded: Collection[str]) -> str | None:
    return next((tag for tag in _truncations(key) if tag in tags and tag not in excluded), None)


def _by_tag(offers: Offers) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for offer, _ in offers:
        tags.setdefault(offer.lower(), []).append(offer)
    return tags


def _by_priority(ranges: Ranges) -> list[tuple[str, Weighted]]:
    """The ranges to look up; "*" "does not convey enough information by itself"."""
    wanted = [(str(key), one) for key, one in ranges.items() if one[1] and key != "*"]
    wanted.sort(key=lambda pair: pair[1][1], reverse=True)
    return wanted


def _excluded(ranges: Ranges, offers: Offers) -> set[str]:
    """The tags whose most specific range, other than "*", has weight 0."""
    if all(quality for _, quality, _ in ranges.values()):
        return set()
    named = {key: one for key, one in ranges.items() if key != "*"}
    deciding = ((offer, deciding_range(named, keys)) for offer, keys in offers)
    return {offer.lower() for offer, weighted in deciding if weighted and not weighted[1]}


@lru_cache(maxsize=1024)
def _truncations(tag: str) -> tuple[str, ...]:
    """The tag and what is left of it when subtags go one by one; a single one never ends it."""
    subtags = tag.split("-")
    found = []
    while subtags:
        found.append("-".join(subtags))
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:
            subtags.pop()
    return tuple(found)


def look_up_default(offers: Collection[str], default_range: str | None) -> str | None:
    """Find the offer for the range that is looked up last; None when there is none."""
    if default_range is None or language_fault(default_range):
        return None
    tags = {offer.lower(): offer for offer in reversed(tuple(offers))}
    return next((tags[tag] for tag in _truncations(default_range.lower()) if tag in tags), None)


def _filtering_hint(ranges: Ranges, offers: Offers) -> str:
    named = {key: one for key, one in ranges.items() if key != "*"}
    matches = acceptable(named, offers, LANGUAGE)
    return f" by lookup; filtering would select '{matches[0][1]}'" if matches else ""


def explain_lookup(ranges: Ranges, offers: Offers) -> tuple[Step, ...]:
    """Tell what each range finds, in order of priority, and what is never found."""
    return (*_explain_ranges(ranges, offers), *_explain_exclusions(ranges, offers))


def _explain_ranges(ranges: Ranges, offers: Offers) -> Iterator[Step]:
    tags = _by_tag(offers)
    excluded = _excluded(ranges, offers)
    for key, (_, _, found) in _by_priority(ranges):
        tag = _find_tag(key, tags, excluded)
        outcome = "finds nothing" if tag is None else f"finds '{tags[tag][0]}'"
        rule = f"the longest tag for '{found.text}': {', '.join(_truncations(key))}"
        yield Step(rule, outcome, _LOOKUP_REFERENCE)
    anything = ranges.get("*")
    if anything and anything[1]:
        outcome = "asks for the default, or else any tag left, in the server's order"
        yield Step("any language", outcome, _LOOKUP_REFERENCE)


def _explain_exclusions(ranges: Ranges, offers: Offers) -> Iterator[Step]:
    excluded = _excluded(ranges, offers)
    for offer, _ in offers:
        if offer.lower() in excluded:
            outcome = "its most specific range has weight 0"
            yield Step(f"'{offer}' is never found", outcome, "RFC 9110 section 12.4.2")
