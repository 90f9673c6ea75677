"""
Lists, parameters, weights and names of codings: the constructions that fields share.

One splitter serves every list field: a comma inside quotes (or inside `<…>` where the caller says
the field has those) never splits, and an unclosed quote swallows the rest rather than inventing
members.

Source: RFC 9110 sections 5.6.1, 5.6.6, 8.4.1 and 12.4.2.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.grammar import OWS, OWS_CHARACTERS, QUOTED_STRING, QVALUE, TOKEN, unquote
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "canonical_coding",
    "parse_parameters",
    "parse_weight",
    "split_list",
    "split_semicolons",
]

_quoted = r'"(?:[^"\\]++|\\.?)*+"?'
_between_commas = lazy_pattern(rf"(?:[^,\"]++|{_quoted})*+", re.DOTALL)
_between_commas_and_angles = lazy_pattern(rf"(?:[^,\"<]++|{_quoted}|<[^>]*+>?)*+", re.DOTALL)
_between_semicolons = lazy_pattern(rf"(?:[^;\"]++|{_quoted})*+", re.DOTALL)
# parameters = *( OWS ";" OWS [ parameter ] )                           RFC 9110 section 5.6.6
# parameter  = parameter-name "=" parameter-value
_parameter = lazy_pattern(rf"{OWS};{OWS}(?:({TOKEN})=({TOKEN}|{QUOTED_STRING}))?")
_weight = lazy_pattern(QVALUE)
# "SHOULD consider "x-gzip" to be equivalent to "gzip"", likewise compress: RFC 9110 section 8.4.1
_EQUIVALENT_CODINGS = {"x-gzip": "gzip", "x-compress": "compress"}


def split_list(value: str, *, angles: bool = False) -> list[str]:
    """
    Split a list at its commas; members come without outer blanks, empty ones left out.

    Args:
        value: one field value, or several joined with commas.
        angles: whether `<…>` protects commas too, as in Link.

    Source: RFC 9110 section 5.6.1.2 ("a recipient MUST parse and ignore a reasonable number of
    empty list elements").

    >>> split_list('a, "b, c" ,,d')
    ['a', '"b, c"', 'd']
    """
    if "," not in value or ('"' not in value and not (angles and "<" in value)):
        return [member for part in value.split(",") if (member := part.strip(OWS_CHARACTERS))]
    return _split(value, _between_commas_and_angles if angles else _between_commas)


def split_semicolons(value: str) -> list[str]:
    """
    Split at semicolons outside quotes; parts come without outer blanks, empty ones left out.

    >>> split_semicolons('a; b="c;d";')
    ['a', 'b="c;d"']
    """
    if '"' not in value or ";" not in value:
        return [part for text in value.split(";") if (part := text.strip(OWS_CHARACTERS))]
    return _split(value, _between_semicolons)


def _split(value: str, member_pattern: re.Pattern[str]) -> list[str]:
    # Where a separator stands the pattern matches nothing, and the search goes on behind it.
    found = member_pattern.findall(value)
    return [member for text in found if (member := text.strip(OWS_CHARACTERS))]


def parse_parameters(text: str, position: int = 0) -> list[tuple[str, str]]:
    """
    Read `;name=value` parameters up to the end of the text.

    Args:
        text: the member of the list, or the whole value.
        position: where the parameters begin.

    Returns:
        Names in lower case with their values, quotes removed, in order; duplicates are kept.

    Raises:
        FieldSyntaxError: with the offset at which the grammar stopped.

    Source: RFC 9110 section 5.6.6.

    >>> parse_parameters('text/html; Charset="utf-8";', 9)
    [('charset', 'utf-8')]
    """
    parameters: list[tuple[str, str]] = []
    end = len(text)
    while position < end:
        match = _parameter.match(text, position)
        if match is None or match.end() == position:
            if not text[position:].strip(OWS_CHARACTERS):
                break
            raise FieldSyntaxError(
                "expected ';name=value'", position=position, reference="RFC 9110 section 5.6.6"
            )
        name, value = match.groups()
        if name is not None:
            parameters.append((name.lower(), unquote(value)))
        position = match.end()
    return parameters


def parse_weight(text: str) -> float:
    """
    Read a qvalue: 0 to 1 with at most three decimals.

    Raises:
        FieldSyntaxError: anything else, `1.5`, `.5` and `0.1234` included.

    Source: RFC 9110 section 12.4.2.
    """
    if _weight.fullmatch(text) is None:
        raise FieldSyntaxError(
            f"weight '{text[:40]}' is not a number from 0 to 1 with at most three decimals",
            reference="RFC 9110 section 12.4.2",
        )
    return float(text)


def canonical_coding(name: str) -> str:
    """
    Give the name a content coding is registered under, in lower case.

    Source: RFC 9110 sections 8.4.1, 8.4.1.1 and 8.4.1.3.

    >>> canonical_coding("X-GZip"), canonical_coding("x-br")
    ('gzip', 'x-br')
    """
    lowered = name.lower()
    return _EQUIVALENT_CODINGS.get(lowered, lowered)
