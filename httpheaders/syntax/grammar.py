"""
The small productions that every field is made of, as patterns to build others from.

Possessive quantifiers keep all of them linear: none ever gives back what it has matched. They
stand around groups only where no turn of the group can fail half-way: Python 3.11 before 3.11.5
keeps what such a turn had matched (python/cpython issue 106052).
Characters above 0x7F stand for obs-text, whether they came from UTF-8 or from ISO-8859-1.

Source: RFC 9110 sections 5.6.1 to 5.6.4 and 12.4.2; RFC 9111 section 1.2.2; RFC 4647 section 2.1.
"""

from __future__ import annotations

import re

from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "CTL",
    "DEFAULT_PORTS",
    "LANGUAGE_TAG",
    "OWS",
    "OWS_CHARACTERS",
    "QUOTED_STRING",
    "QVALUE",
    "TOKEN",
    "ascii_lower",
    "is_field_value",
    "is_token",
    "parse_delta_seconds",
    "parse_octet_count",
    "quote",
    "quoted_string",
    "unquote",
]

# token = 1*tchar                                                       RFC 9110 section 5.6.2
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
# OWS = *( SP / HTAB )                                                  RFC 9110 section 5.6.3
OWS = r"[ \t]*+"
OWS_CHARACTERS = " \t"
# quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE               RFC 9110 section 5.6.4
QUOTED_STRING = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*+"'
# qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )          RFC 9110 section 12.4.2
QVALUE = r"(?:0(?:\.[0-9]{0,3}+)?|1(?:\.0{0,3}+)?)"
# language-range = ( 1*8ALPHA *( "-" 1*8alphanum ) ) / "*"             RFC 4647 section 2.1
LANGUAGE_TAG = r"[A-Za-z]{1,8}+(?:-[A-Za-z0-9]{1,8}+)*"
# What an authority leaves out                                          RFC 9110 section 4.2
DEFAULT_PORTS = {"http": 80, "https": 443}
# CTL without HTAB: what no field value may hold                        RFC 9110 section 5.5
CTL = r"[\x00-\x08\x0a-\x1f\x7f]"

_token = lazy_pattern(TOKEN)
_control = lazy_pattern(CTL)
_quoted_pair = lazy_pattern(r"\\(.)", re.DOTALL)

# RFC 9111 section 1.2.2: a recipient that cannot hold the number takes 2**31 or larger.
LARGEST_DELTA_SECONDS = 2**31
# RFC 9110 section 14.1.2: "recipients MUST anticipate potentially large decimal numerals"; beyond
# the size of any representation they all mean the same.
LARGEST_LENGTH = 10**18


def is_token(text: str) -> bool:
    """
    Say whether the text is a token.

    Source: RFC 9110 section 5.6.2.
    """
    return _token.fullmatch(text) is not None


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def ascii_lower(text: str) -> str:
    """
    Give the text with the letters of ASCII in lower case, and no others.

    `str.lower` makes k of the Kelvin sign, so that what is no token would read like one.

    Source: RFC 9110 section 5.1 ("case-insensitive", of a token).

    >>> ascii_lower("Cookie"), ascii_lower("Coo\u212aie")
    ('cookie', 'coo\u212aie')
    """
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)


def is_field_value(text: str) -> bool:
    """
    Say whether the text may stand in a field value: no control characters but the tab.

    Source: RFC 9110 section 5.5.
    """
    return _control.search(text) is None


def unquote(text: str) -> str:
    r"""
    Take the quotes and backslashes off a quoted-string; other text comes back as it is.

    Source: RFC 9110 section 5.6.4.

    >>> unquote(r'"a \"b\""')
    'a "b"'
    """
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return _quoted_pair.sub(r"\1", inner) if "\\" in inner else inner


def quote(text: str) -> str:
    r"""
    Write text as a token where it is one, as a quoted-string where not.

    Source: RFC 9110 section 5.6.4.

    >>> quote('utf-8'), quote('a "b"')
    ('utf-8', '"a \\"b\\""')
    """
    return text if is_token(text) else quoted_string(text)


def quoted_string(text: str) -> str:
    r"""
    Write text as a quoted-string; control characters are left for `checked_field` to refuse.

    Source: RFC 9110 section 5.6.4.

    >>> quoted_string('utf-8'), quoted_string('a "b"')
    ('"utf-8"', '"a \"b\""')
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_delta_seconds(text: str) -> int | None:
    """
    Read a count of seconds; None when it is not one.

    Numbers too large to mean anything count as 2**31, as the section asks.

    Source: RFC 9111 section 1.2.2.

    >>> parse_delta_seconds("60"), parse_delta_seconds("-1"), parse_delta_seconds("9" * 40)
    (60, None, 2147483648)
    """
    return _number(text, LARGEST_DELTA_SECONDS)


def parse_octet_count(text: str) -> int | None:
    """
    Read a count of octets; None when it is not one.

    Numbers larger than any content count as 10**18.

    Source: RFC 9110 sections 8.6 and 14.1.2.

    >>> parse_octet_count("12"), parse_octet_count("1, 2"), parse_octet_count("9" * 40)
    (12, None, 1000000000000000000)
    """
    return _number(text, LARGEST_LENGTH)


def _number(text: str, largest: int) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) > 10:
        text = text.lstrip("0") or "0"
        if len(text) > 19:  # also before int, which refuses very many digits
            return largest
    return min(int(text), largest)
