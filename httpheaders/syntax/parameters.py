"""
A value with parameters, read so that one bad parameter costs only itself.

`field_values.parse_parameters` is the strict reader for callers who must refuse; this one is for
showing what a field holds and telling what is wrong with it.

Source: RFC 9110 section 5.6.6, RFC 8187 section 3.2.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import split_semicolons
from httpheaders.syntax.grammar import OWS, QUOTED_STRING, TOKEN, unquote
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "Parameter",
    "Parameterised",
    "decode_extended_value",
    "parse_parameter",
    "split_parameters",
]

# A name alone, or with a value: a quoted-string, a token, or what is neither.
_name_and_value = lazy_pattern(
    rf"({TOKEN})(?:({OWS})=({OWS})(?:({QUOTED_STRING})|({TOKEN})|(.*)))?", re.DOTALL
)
# ext-value   = charset "'" [ language ] "'" value-chars                RFC 8187 section 3.2.1
# value-chars = *( pct-encoded / attr-char )
_extended_value = lazy_pattern(
    r"([A-Za-z0-9!#$%&+\-^_`{}~]++)'([A-Za-z0-9-]*+)'"
    r"((?!.*%(?![0-9A-Fa-f]{2}))[%A-Za-z0-9!#$&+\-.^_`|~]*+)"
)


class Parameter(NamedTuple):
    """
    One `name=value`, or a bare `name`.

    Attributes:
        name: in lower case; None when the text does not begin with a token.
        value: quotes removed; None when there is no "=".
        flaw: what every grammar objects to, or None.
        spaced: whether blanks stand beside the "=", which some grammars allow.
    """

    name: str | None
    value: str | None = None
    flaw: str | None = None
    spaced: bool = False


class Parameterised(NamedTuple):
    """What stands before the first semicolon, and the parameters after it."""

    head: str
    parameters: tuple[Parameter, ...] = ()


def parse_parameter(text: str) -> Parameter:
    r"""
    Read one parameter, blanks around it removed.

    Source: RFC 9110 section 5.6.6.

    >>> parse_parameter('Charset="utf-8"').value, parse_parameter("a=b c").flaw
    ('utf-8', 'the value is neither a token nor a quoted-string')
    """
    match = _name_and_value.fullmatch(text)
    if match is None:
        return Parameter(None, None, "expected name=value")
    name, before, after, quoted, token, other = match.groups()
    if before is None:
        return Parameter(name.lower())
    spaced = bool(before or after)
    if quoted is not None:
        return Parameter(name.lower(), unquote(quoted), None, spaced)
    if token is not None:
        return Parameter(name.lower(), token, None, spaced)
    flaw = "the value is neither a token nor a quoted-string"
    return Parameter(name.lower(), other, flaw, spaced)


def split_parameters(text: str) -> Parameterised:
    """
    Read `head; name=value; …`; empty parameters are left out.

    Source: RFC 9110 section 5.6.6.

    >>> split_parameters('text/html; charset="utf-8"').parameters[0].value
    'utf-8'
    """
    head, semicolon, rest = text.partition(";")
    if '"' in head:  # the semicolon may stand inside quotes
        pieces = split_semicolons(text)
        head, rest_pieces = (pieces[0], pieces[1:]) if pieces else ("", [])
    else:
        rest_pieces = split_semicolons(rest) if semicolon else []
    return Parameterised(head.strip(" \t"), tuple(map(parse_parameter, rest_pieces)))


def decode_extended_value(text: str) -> str:
    """
    Decode the value of a parameter whose name ends in `*`.

    Raises:
        FieldSyntaxError: not an ext-value, an unknown charset, or octets that are not in it.

    Source: RFC 8187 section 3.2.

    >>> decode_extended_value("UTF-8'en'%e2%82%ac%20rates")
    '€ rates'
    """
    match = _extended_value.fullmatch(text)
    if match is None:
        raise FieldSyntaxError(
            "expected charset'language'percent-encoded", reference="RFC 8187 section 3.2.1"
        )
    charset = match[1].lower()
    if charset not in ("utf-8", "iso-8859-1"):
        raise FieldSyntaxError(
            "the charset is neither UTF-8 nor ISO-8859-1", reference="RFC 8187 section 3.2.1"
        )
    try:
        return _percent_decoded(match[3]).decode(charset)
    except UnicodeDecodeError:
        raise FieldSyntaxError(
            "the octets are not in the charset named", reference="RFC 8187 section 3.2.1"
        ) from None


def _percent_decoded(text: str) -> bytes:
    first, *rest = text.split("%")
    octets = [first.encode("ascii")]
    octets += [bytes((int(part[:2], 16),)) + part[2:].encode("ascii") for part in rest]
    return b"".join(octets)
