"""
What a server offers, and the keys of all ranges that could match it, the most specific first.

With these, finding the range that decides about an offer is one look-up after another, and no offer
is ever held against every range.

Source: RFC 9110 sections 8.3.1, 8.4.1 and 12.5.1 to 12.5.4; RFC 4647 sections 2.1 and 3.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from itertools import chain, combinations

from httpheaders.accept_fields import (
    UNNAMED_IDENTITY,
    Key,
    comparable_parameters,
    language_fault,
)
from httpheaders.errors import FieldSyntaxError, PolicyError
from httpheaders.syntax.field_values import canonical_coding
from httpheaders.syntax.grammar import OWS_CHARACTERS, is_token
from httpheaders.syntax.media_types import parse_media_type

__all__ = [
    "Keys",
    "Offers",
    "ParameterisedKeys",
    "charset_keys",
    "checked_keys",
    "coding_keys",
    "known_offers",
    "language_keys",
    "type_keys",
]


_LONGEST_OFFER = 1000
_MOST_PARAMETERS = 8


class ParameterisedKeys:
    """The keys of an offer with parameters, made when they are needed: they are many."""

    __slots__ = ("levels", "parameters")

    def __init__(self, levels: tuple[str, ...], parameters: frozenset[tuple[str, str]]) -> None:
        self.levels = levels
        self.parameters = sorted(parameters)

    def __iter__(self) -> Iterator[Key]:
        return chain.from_iterable(self.by_specificity())

    def by_specificity(self) -> Iterator[list[Key]]:
        """Give the keys of equally specific ranges together, the most specific first."""
        for level in self.levels:
            for size in range(len(self.parameters), 0, -1):
                yield [(level, frozenset(some)) for some in combinations(self.parameters, size)]
            yield [level]


Keys = tuple[Key, ...] | ParameterisedKeys


def type_keys(offer: str) -> Keys:
    """Give the ranges that match a media type, RFC 9110 section 12.5.1."""
    media_type = parse_media_type(offer.strip(OWS_CHARACTERS))
    levels = (media_type.essence, f"{media_type.type}/*", "*/*")
    if not media_type.parameters:
        return levels
    parameters = comparable_parameters(media_type.parameters)
    if any(name == "q" for name, _ in parameters):
        raise FieldSyntaxError("an offer has no weight; a variant may have a quality")
    if len(parameters) > _MOST_PARAMETERS:
        raise FieldSyntaxError(f"more than {_MOST_PARAMETERS} parameters")
    keys = ParameterisedKeys(levels, parameters)
    # With one parameter, no two ranges are equally specific.
    return tuple(keys) if len(parameters) == 1 else keys


def language_keys(offer: str) -> Keys:
    """Give the ranges that match a tag by basic filtering, RFC 4647 section 3.3.1."""
    fault = language_fault(offer, noun="tag")
    if fault is not None:
        hint = f", did you mean '{offer.replace('_', '-')}'" if "_" in offer else ""
        raise FieldSyntaxError(f"{fault}{hint}", reference="RFC 4647 section 2.1")
    subtags = offer.lower().split("-")
    return (*("-".join(subtags[:length]) for length in range(len(subtags), 0, -1)), "*")


def charset_keys(offer: str) -> Keys:
    """Give the ranges that match a charset, RFC 9110 section 12.5.2."""
    return _checked_token(offer), "*"


def coding_keys(offer: str) -> Keys:
    """Give the ranges that match a content coding, RFC 9110 section 12.5.3."""
    name = _checked_token(offer)
    if name == "identity":
        return name, "*", UNNAMED_IDENTITY
    return canonical_coding(name), "*"


def _checked_token(offer: str) -> str:
    if not is_token(offer) or offer == "*":
        raise FieldSyntaxError("expected a name", reference="RFC 9110 section 5.6.2")
    return offer.lower()


Offers = tuple[tuple[str, Keys], ...]


def _read_offers(keys_of: Callable[[str], Keys], offers: tuple[str, ...]) -> Offers:
    """Give each offer its keys; an offer that cannot be read makes the question unusable."""
    return tuple((offer, checked_keys(keys_of, offer)) for offer in offers)


def checked_keys(keys_of: Callable[[str], Keys], offer: str) -> Keys:
    """
    Give the keys of one offer.

    Raises:
        PolicyError: the offer is not what it should be, or too long.
    """
    if len(offer) > _LONGEST_OFFER:
        raise PolicyError(f"cannot offer '{offer[:60]}…': longer than {_LONGEST_OFFER} characters")
    try:
        return keys_of(offer)
    except FieldSyntaxError as error:
        raise PolicyError(
            f"cannot offer '{offer[:100]}': {error.message}", reference=error.reference
        ) from None


_remembered_offers = lru_cache(maxsize=256)(_read_offers)
# Servers offer a handful; what is longer is read each time rather than kept.
_MOST_REMEMBERED_OFFERS = 64


def known_offers(keys_of: Callable[[str], Keys], offers: Collection[str]) -> Offers:
    """
    Give the keys of offers, which servers repeat with every request.

    Raises:
        PolicyError: as `checked_keys`.
    """
    read = _remembered_offers if len(offers) <= _MOST_REMEMBERED_OFFERS else _read_offers
    return read(keys_of, tuple(offers))
