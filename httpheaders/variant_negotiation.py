"""
Which of several representations, that differ in type, language, coding or charset, to send.

Source: RFC 9110 sections 12.1 and 12.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from httpheaders.accept_fields import QUALITY_STEP, Range, Ranges, Weighted, read_field
from httpheaders.answer import Problem, Step
from httpheaders.errors import PolicyError
from httpheaders.language_lookup import explain_lookup, look_up_offers
from httpheaders.named_tuples import NamedTuple
from httpheaders.offer_keys import Offers, checked_keys, known_offers
from httpheaders.offer_matching import (
    DIMENSIONS,
    LANGUAGE,
    Dimension,
    Negotiation,
    Ranked,
    acceptable,
    explain_offers,
)

__all__ = ["Variant", "negotiate_variants"]


class Variant(NamedTuple):
    """
    One representation, described in up to four dimensions; None: not in this dimension.

    `quality` is the server's own estimate from 0 to 1, by which the client's is multiplied.
    """

    type: str | None = None
    language: str | None = None
    encoding: str | None = None
    charset: str | None = None
    quality: float = 1.0


def negotiate_variants(
    variants: Sequence[Variant],
    *,
    accept: str | None = None,
    accept_language: str | None = None,
    accept_encoding: str | None = None,
    accept_charset: str | None = None,
    match: Literal["lookup", "filter"] = "lookup",
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[Variant]:
    """
    Choose among representations that differ in type, language, encoding or charset.

    A variant's quality is the product of its own and of that in each dimension; the highest wins,
    then the more specific type, language, encoding and charset, then the earlier variant. Where a
    variant says nothing of a dimension, it suits every client, but no encoding means identity.
    `vary` names the fields of the dimensions in which some variant is described.

    Raises:
        PolicyError: a variant's member is not what its name says, or its quality is not 0 to 1.

    Source: RFC 9110 sections 12.1 and 12.5.

    >>> answer = negotiate_variants(
    ...     [Variant("text/html", "en"), Variant("text/html", "fr")],
    ...     accept="text/*", accept_language="fr, en;q=0.5")
    >>> answer.selected.language, answer.vary
    ('fr', ('Accept', 'Accept-Language'))
    """
    _check_variants(variants, match)
    judged = [_Judged(variant, variant.quality, {}, ()) for variant in variants if variant.quality]
    problems: list[Problem] = []
    steps: list[Step] = []
    vary: list[str] = []
    reason = "every variant has quality 0"
    # Languages come last: the one tag that lookup finds for a range must not fall to another field.
    fields = (accept, accept_encoding, accept_charset, accept_language)
    for (name, dimension), value in zip(DIMENSIONS.items(), fields, strict=True):
        if all(getattr(variant, name) is None for variant in variants):
            continue
        field = dimension.field
        ranges, found = read_field(value, field, wildcard=wildcard)
        offers = known_offers(dimension.keys_of, _described(name, judged))
        is_lookup = dimension is LANGUAGE and match == "lookup"
        if judged:
            judged = _judge(name, judged, _matches_by_offer(ranges, offers, dimension, is_lookup))
            reason = f"no variant is acceptable to {field.name} '{(value or '')[:200]}'"
        if explain:
            steps += (
                explain_lookup(ranges, offers)
                if is_lookup
                else explain_offers(ranges, offers, dimension)
            )
        problems += found
        vary.append(field.name)
    judged.sort(key=_worth, reverse=True)
    return _variant_answer(judged, reason, tuple(problems), tuple(steps), tuple(vary))


# The order in which ties are broken among dimensions.
_TIE_BREAKERS = ("type", "language", "encoding", "charset")


class _Judged(NamedTuple):
    """A variant still acceptable, with what each dimension so far made of it."""

    variant: Variant
    quality: float
    specificities: dict[str, int]
    ranges: tuple[str, ...]


def _check_variants(variants: Sequence[Variant], match: str) -> None:
    if match not in ("lookup", "filter"):
        raise PolicyError(f"unknown matching scheme '{match}': expected 'lookup' or 'filter'")
    for variant in variants:
        if not 0 <= variant.quality <= 1:
            raise PolicyError(f"quality {variant.quality!r} of a variant is not from 0 to 1")
        for name, dimension in DIMENSIONS.items():
            described = getattr(variant, name)
            if described is not None:
                checked_keys(dimension.keys_of, described)


def _described(name: str, judged: Sequence[_Judged]) -> list[str]:
    """What the variants offer in one dimension, each once."""
    offers = (_offer_in(name, one.variant) for one in judged)
    return list(dict.fromkeys(offer for offer in offers if offer is not None))


def _offer_in(name: str, variant: Variant) -> str | None:
    offer: str | None = getattr(variant, name)
    return "identity" if offer is None and name == "encoding" else offer


def _matches_by_offer(
    ranges: Ranges, offers: Offers, dimension: Dimension, is_lookup: bool
) -> dict[str, Weighted]:
    """What each offer was matched by, with how specific that is in place of the rank."""
    if is_lookup:
        found = look_up_offers(ranges, offers)
        # Lookup has found the best first.
        return {offer: (-place, *one[1:]) for place, (_, offer, one) in enumerate(found)}
    matches = acceptable(ranges, offers, dimension)
    return {offer: (rank % QUALITY_STEP, *one[1:]) for rank, offer, one in matches}


def _judge(name: str, judged: Sequence[_Judged], matches: Mapping[str, Weighted]) -> list[_Judged]:
    """Keep the variants that are acceptable in one dimension too."""
    kept = []
    for one in judged:
        offer = _offer_in(name, one.variant)
        # "If no Content-Language is specified, the default is that the content is intended for
        # all language audiences": RFC 9110 section 8.5; the same is fair for the others.
        match = _UNDESCRIBED if offer is None else matches.get(offer)
        if match is not None:
            specificity, quality, found = match
            specificities = one.specificities | {name: specificity}
            ranges = one.ranges if found.text is None else (*one.ranges, found.text)
            kept.append(_Judged(one.variant, one.quality * quality, specificities, ranges))
    return kept


_UNDESCRIBED: Weighted = (0, 1.0, Range(None, None, 0))


def _worth(judged: _Judged) -> tuple[float, ...]:
    # Rounded, so that the order in which factors were multiplied decides nothing.
    specificities = (judged.specificities.get(name, 0) for name in _TIE_BREAKERS)
    return (round(judged.quality, 9), *specificities)


def _variant_answer(
    judged: Sequence[_Judged],
    reason: str,
    problems: tuple[Problem, ...],
    steps: tuple[Step, ...],
    vary: tuple[str, ...],
) -> Negotiation[Variant]:
    reference = "RFC 9110 section 12.5"
    if not judged:
        return Negotiation(False, reason, reference, problems, steps, None, None, (), 406, vary)
    ranked = tuple(
        Ranked(one.variant, round(one.quality, 9), ", ".join(one.ranges) or None) for one in judged
    )
    best = ranked[0]
    by = f" by the ranges '{best.range[:200]}'" if best.range else ""
    reason = f"{_name(best.offer)} is the best variant: quality {best.quality:.4g}{by}"
    return Negotiation(
        True, reason, reference, problems, steps, best.offer, best.quality, ranked, 200, vary
    )


def _name(variant: Variant) -> str:
    return "'" + " ".join(described for described in variant[:4] if described is not None) + "'"
