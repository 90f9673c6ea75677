"""
Members of the lists that carry weights, other than media ranges: languages, codings, charsets.

Source: RFC 9110 sections 10.1.4, 12.4.2 and 12.5.2 to 12.5.4, RFC 4647 section 2.1.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import parse_parameters, parse_weight
from httpheaders.syntax.grammar import LANGUAGE_TAG, OWS, OWS_CHARACTERS, TOKEN
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "WeightedRange",
    "parse_coding_range",
    "parse_language_range",
    "parse_only_weight",
    "parse_transfer_coding_range",
]

_language_range = lazy_pattern(rf"\*|{LANGUAGE_TAG}")
# codings = content-coding / "identity" / "*"                           RFC 9110 section 12.5.3
_coding = lazy_pattern(TOKEN)
# weight = OWS ";" OWS "q=" qvalue                                      RFC 9110 section 12.4.2
_only_weight = lazy_pattern(rf"{OWS};{OWS}[qQ]=([^;]*+)")
_EXPECTED_NAME = "a name such as 'gzip' or 'utf-8'"


class WeightedRange(NamedTuple):
    """A range as sent with its weight; other parameters in order, names in lower case."""

    range: str
    quality: float
    parameters: tuple[tuple[str, str], ...] = ()


def parse_language_range(member: str) -> WeightedRange:
    """
    Read one member of Accept-Language.

    Raises:
        FieldSyntaxError: not a language range, or its weight is none.

    Source: RFC 9110 section 12.5.4, RFC 4647 section 2.1.

    >>> parse_language_range("en-GB;q=0.8")
    WeightedRange(range='en-GB', quality=0.8, parameters=())
    """
    return _parse(member, _language_range, "a language range such as 'en-GB'")


def parse_coding_range(member: str) -> WeightedRange:
    """
    Read one member of Accept-Encoding or Accept-Charset.

    Raises:
        FieldSyntaxError: not a token, or its weight is none.

    Source: RFC 9110 sections 12.5.2 and 12.5.3.

    >>> parse_coding_range("br;q=0")
    WeightedRange(range='br', quality=0.0, parameters=())
    """
    return _parse(member, _coding, _EXPECTED_NAME)


def parse_transfer_coding_range(member: str) -> WeightedRange:
    """
    Read one member of TE, which may have parameters beside its weight.

    Raises:
        FieldSyntaxError: not a token, or its weight is none.

    Source: RFC 9110 section 10.1.4.

    >>> parse_transfer_coding_range("trailers").quality
    1.0
    """
    name = _name(member, _coding, _EXPECTED_NAME)
    parameters = parse_parameters(member, len(name))
    weights = [value for name, value in parameters if name == "q"]
    others = tuple(parameter for parameter in parameters if parameter[0] != "q")
    return WeightedRange(name, parse_weight(weights[0]) if weights else 1.0, others)


def parse_only_weight(member: str, position: int) -> float:
    """
    Read what follows the name in a member that takes a weight and nothing else.

    Raises:
        FieldSyntaxError: there is something else, a second weight too, or the weight is none.

    Source: RFC 9110 section 12.4.2.

    >>> parse_only_weight("gzip ; Q=0.5", 4)
    0.5
    """
    if not member[position:].strip(OWS_CHARACTERS):
        return 1.0
    match = _only_weight.fullmatch(member, position)
    if match is None:
        raise FieldSyntaxError(
            "only one weight may follow, such as ';q=0.5'", reference="RFC 9110 section 12.4.2"
        )
    return parse_weight(match[1].rstrip(OWS_CHARACTERS))


def _parse(member: str, pattern: re.Pattern[str], expected: str) -> WeightedRange:
    name = _name(member, pattern, expected)
    return WeightedRange(name, parse_only_weight(member, len(name)))


def _name(member: str, pattern: re.Pattern[str], expected: str) -> str:
    name = member.partition(";")[0].rstrip(OWS_CHARACTERS)
    if pattern.fullmatch(name) is None:
        raise FieldSyntaxError(f"expected {expected}")
    return name
