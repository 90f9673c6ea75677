"""
Cookie and Set-Cookie as text: pieces between semicolons, and what stands around their "=".

Nothing is judged here, nothing is decoded and nothing is left out: percent-signs, quotes and odd
characters are part of the value. One splitter serves each field.

Source: RFC 6265bis sections 4.2.1 and 5.6.
"""

from __future__ import annotations

import re

from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "CookieAttribute",
    "SetCookieText",
    "split_cookie_pairs",
    "split_cookie_pieces",
    "split_joined_set_cookies",
    "split_set_cookie",
    "unquote_cookie_value",
]

# WSP, the only blanks that are taken off names and values              RFC 6265bis section 5.6
_BLANKS = " \t"

# A comma that begins another cookie: a name follows it, and a "=" before any other mark. The day of
# an Expires date has blanks inside, so the comma before it never looks like this.
_joining_comma = lazy_pattern(r",[ \t]*+(?=[!#$%&'*+\-.^_`|~0-9A-Za-z]++[ \t]*+=)")

# What other programs write inside quotes: \ooo for an octet, \x for a character.
_escape = lazy_pattern(r"(?:\\[0-3][0-7][0-7])+|\\.", re.DOTALL)


class CookieAttribute(NamedTuple):
    """One attribute of a Set-Cookie line as it was sent; value None when it had no "="."""

    name: str
    value: str | None


class SetCookieText(NamedTuple):
    """A Set-Cookie line in pieces: the cookie, and every attribute in order."""

    name: str
    value: str
    attributes: tuple[CookieAttribute, ...]


def split_cookie_pairs(header: str) -> list[tuple[str, str]]:
    """
    Split a Cookie field into names and values in the order sent; empty pieces are left out.

    A piece without "=" is a nameless cookie: browsers send one as its bare value.

    Source: RFC 6265bis sections 4.2.1 and 5.8.3.

    >>> split_cookie_pairs('a=1; my key=2;; c; d="x y"')
    [('a', '1'), ('my key', '2'), ('', 'c'), ('d', '"x y"')]
    """
    pairs = []
    for piece in header.split(";"):
        name, equals, value = piece.partition("=")
        if equals:
            pairs.append((name.strip(_BLANKS), value.strip(_BLANKS)))
        elif value := name.strip(_BLANKS):
            pairs.append(("", value))
    return pairs


def split_cookie_pieces(header: str) -> list[str]:
    """
    Give the pieces behind `split_cookie_pairs` as they were sent, outer blanks removed.

    >>> split_cookie_pieces("a = 1;; c")
    ['a = 1', 'c']
    """
    return [raw for piece in header.split(";") if (raw := piece.strip(_BLANKS))]


def split_set_cookie(line: str) -> SetCookieText:
    """
    Split a Set-Cookie line into cookie and attributes; an empty attribute is left out.

    Source: RFC 6265bis section 5.6.

    >>> split_set_cookie("sid=1; Path=/; Secure")[:2]
    ('sid', '1')
    """
    pair, *pieces = line.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", name
    attributes = tuple(
        CookieAttribute(*_split_attribute(piece)) for piece in pieces if piece.strip(_BLANKS)
    )
    return SetCookieText(name.strip(_BLANKS), value.strip(_BLANKS), attributes)


def _split_attribute(piece: str) -> tuple[str, str | None]:
    name, equals, value = piece.partition("=")
    return name.strip(_BLANKS), value.strip(_BLANKS) if equals else None


def split_joined_set_cookies(text: str) -> list[str]:
    """
    Take apart the Set-Cookie lines that a library joined with commas.

    A comma counts as a joint where a cookie name and "=" follow. That is a guess, though the best
    there is: "a=b;path=/c,d=e" may be one cookie or two.

    Source: RFC 6265bis section 3.

    >>> split_joined_set_cookies("a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2; Path=/")
    ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2; Path=/']
    """
    lines = (line.strip(_BLANKS) for line in _joining_comma.split(text))
    return [line for line in lines if line]


def unquote_cookie_value(value: str) -> str:
    r"""
    Take off the quotes and escapes that a server program put around its value.

    Octal escapes stand for octets of UTF-8, as http.cookies and werkzeug write them. A value that
    is not quoted from end to end comes back as it is.

    >>> unquote_cookie_value('"a\\054 \\"b\\" \\303\\251"') == 'a, "b" \xe9'
    True
    """
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    inner = value[1:-1]
    return _escape.sub(_unescaped, inner) if "\\" in inner else inner


def _unescaped(match: re.Match[str]) -> str:
    text = match.group()
    if len(text) == 2:
        return text[1]
    octets = bytes(int(text[start : start + 3], 8) for start in range(1, len(text), 4))
    return octets.decode("utf-8", "replace")
