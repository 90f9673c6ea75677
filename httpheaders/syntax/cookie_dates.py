"""
Dates as cookies have them: whatever a browser can make a day, a month, a year and a time out of.

The same text need not be an HTTP-date, and zones are not looked at.

Source: RFC 6265bis section 5.1.1.
"""

from __future__ import annotations

import re

from httpheaders.syntax.dates import time_of
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["parse_cookie_date"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
_EARLIEST_YEAR = 1601

# delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E; a token is what stands between
_date_token = lazy_pattern(r"[^\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]++")
# time         = time-field ":" time-field ":" time-field [ non-digit *OCTET ]
# day-of-month = 1*2DIGIT [ non-digit *OCTET ]
# month        = ( "jan" / "feb" / … ) *OCTET
# year         = 2*4DIGIT [ non-digit *OCTET ]
_time = lazy_pattern(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])")
_day_of_month = lazy_pattern(r"([0-9]{1,2})(?![0-9])")
_month = lazy_pattern(rf"({'|'.join(_MONTHS)})", re.IGNORECASE | re.ASCII)
_year = lazy_pattern(r"([0-9]{2,4})(?![0-9])")
# The order in which a token is tried; each production is found once.
_PRODUCTIONS = (("time", _time), ("day", _day_of_month), ("month", _month), ("year", _year))


def parse_cookie_date(text: str) -> int | None:
    """
    Read the value of an Expires attribute as browsers read it.

    Returns:
        Seconds since 1970, or None: there is no such date in it, and the attribute is ignored.

    Source: RFC 6265bis section 5.1.1.

    >>> parse_cookie_date("Wed, 09 Jun 2021 10:18:14 GMT") == parse_cookie_date("9 jun 21 10:18:14")
    True
    """
    found = _find_productions(text)
    if len(found) < len(_PRODUCTIONS):
        return None
    hour, minute, second = (int(field) for field in found["time"].groups())
    year = _four_digit_year(int(found["year"][1]))
    # Step 5 fails seconds over 59: leap seconds cannot be said in this syntax.
    if year < _EARLIEST_YEAR or second > 59:
        return None
    month = _MONTH_NUMBERS[found["month"][1].lower()]
    return time_of(year, month, int(found["day"][1]), hour, minute, second)


def _find_productions(text: str) -> dict[str, re.Match[str]]:
    found: dict[str, re.Match[str]] = {}
    for token in _date_token.finditer(text):
        for name, production in _PRODUCTIONS:
            if name in found:
                continue
            match = production.match(token.group())
            if match is not None:
                found[name] = match
                break
    return found


def _four_digit_year(year: int) -> int:
    if 70 <= year <= 99:
        return year + 1900
    return year + 2000 if year <= 69 else year
