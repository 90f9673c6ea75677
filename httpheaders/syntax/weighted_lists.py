"""
Members of the lists that carry weights, other than media ranges: languages, codings, charsets.

Source: RFC 9110 sections 10.1.4, 12.4.2 and 12.5.2 to 12.5.4, RFC 4647 section 2.1.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import parse_parameters, parse_weight
from httpheaders.syntax.grammar import OWS_CHARACTERS, TOKEN
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["WeightedRange", "parse_coding_range", "parse_language_range"]

# language-range = ( 1*8ALPHA *( "-" 1*8alphanum ) ) / "*"              RFC 4647 section 2.1
_language_range = lazy_pattern(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
# codings = content-coding / "identity" / "*"                           RFC 9110 section 12.5.3
_coding = lazy_pattern(TOKEN)


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
    Read one member of Accept-Encoding, Accept-Charset or TE.

    Raises:
        FieldSyntaxError: not a token, or its weight is none.

    Source: RFC 9110 sections 10.1.4, 12.5.2 and 12.5.3.

    >>> parse_coding_range("br;q=0")
    WeightedRange(range='br', quality=0.0, parameters=())
    """
    return _parse(member, _coding, "a name such as 'gzip' or 'utf-8'")


def _parse(member: str, pattern: re.Pattern[str], expected: str) -> WeightedRange:
    head, _, _ = member.partition(";")
    if pattern.fullmatch(head.rstrip(OWS_CHARACTERS)) is None:
        raise FieldSyntaxError(f"expected {expected}")
    parameters = parse_parameters(member, len(head.rstrip(OWS_CHARACTERS)))
    weights = [value for name, value in parameters if name == "q"]
    others = tuple(parameter for parameter in parameters if parameter[0] != "q")
    quality = parse_weight(weights[0]) if weights else 1.0
    return WeightedRange(head.rstrip(OWS_CHARACTERS), quality, others)
