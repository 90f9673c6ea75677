"""
The text of Cookie and Set-Cookie, as browsers read it; nothing here stores or judges a cookie.

Quotes protect nothing in these fields: a semicolon always ends a part.

Source: RFC 6265bis sections 4.2.1, 5.1.1 and 5.6.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from httpheaders.syntax.dates import time_of
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["CookieText", "parse_cookie_date", "parse_set_cookie_text", "split_cookie_pairs"]

_WHITE = " \t"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E              RFC 6265bis section 5.1.1
_date_token = lazy_pattern(r"[^\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]++")
_clock = lazy_pattern(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])", re.ASCII)
_day = lazy_pattern(r"([0-9]{1,2})(?![0-9])", re.ASCII)
_year = lazy_pattern(r"([0-9]{2,4})(?![0-9])", re.ASCII)


class CookieText(NamedTuple):
    """
    A Set-Cookie line taken apart.

    Attributes:
        name: "" when there is no "=" in the first part.
        value: as sent, quotes kept: they belong to the value.
        attributes: names in lower case with their values in order; "" where there is none.
    """

    name: str
    value: str
    attributes: tuple[tuple[str, str], ...] = ()


def split_cookie_pairs(value: str) -> list[tuple[str, str]]:
    """
    Split a Cookie value into names and values in order; repeats are kept, empty parts left out.

    A part without "=" is a value without name, as browsers send it.

    Source: RFC 6265bis sections 4.2.1 and 5.6.

    >>> split_cookie_pairs('a=1; b="x y"; lone')
    [('a', '1'), ('b', '"x y"'), ('', 'lone')]
    """
    return [_pair(part) for part in value.split(";") if part.strip(_WHITE)]


def parse_set_cookie_text(line: str) -> CookieText:
    """
    Take a Set-Cookie line apart as a browser does.

    Source: RFC 6265bis section 5.6.

    >>> parse_set_cookie_text("sid=a=b; Path=/; Secure")
    CookieText(name='sid', value='a=b', attributes=(('path', '/'), ('secure', '')))
    """
    first, *rest = line.split(";")
    attributes = []
    for part in rest:
        name, _, value = part.partition("=")
        if name := name.strip(_WHITE).lower():
            attributes.append((name, value.strip(_WHITE)))
    return CookieText(*_pair(first), tuple(attributes))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        return "", text.strip(_WHITE)
    return name.strip(_WHITE), value.strip(_WHITE)


def parse_cookie_date(text: str) -> int | None:
    """
    Read the date of an Expires attribute by the browsers' lenient algorithm.

    Returns:
        Seconds since 1970, or None: there is no date in the text.

    Source: RFC 6265bis section 5.1.1.

    >>> parse_cookie_date("Wed, 21-Oct-15 07:28:00 GMT")
    1445412480
    """
    clock = day = month = year = None
    for token in _date_token.findall(text):
        if clock is None and (match := _clock.match(token)):
            clock = tuple(map(int, match.groups()))
        elif day is None and (match := _day.match(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (match := _year.match(token)):
            year = _full_year(int(match[1]))
    if clock is None or day is None or month is None or year is None:
        return None
    hour, minute, second = clock
    if year < 1601 or second > 59:
        return None
    return time_of(year, month, day, hour, minute, second)


def _full_year(number: int) -> int:
    if 70 <= number <= 99:
        return number + 1900
    return number + 2000 if number <= 69 else number
