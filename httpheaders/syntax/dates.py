"""
HTTP dates in their three forms, and ISO 8601 for people and JSON.

Times are seconds since 1970-01-01T00:00:00Z, without leap seconds. No calendar module is imported:
the arithmetic below is a few lines, and dates are read on the way of almost every command.

Source: RFC 9110 section 5.6.7.
"""

from __future__ import annotations

import re
from functools import lru_cache

from httpheaders.syntax.grammar import OWS_CHARACTERS
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "LARGEST_TIME",
    "format_http_date",
    "format_iso_date",
    "parse_http_date",
    "parse_iso_date",
    "read_http_date",
]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(_MONTHS, 1)}
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
# The columns of IMF-fixdate in which the day's name and the month stand, as nearly all write them.
_DAY_COLUMN = frozenset(f"{name}, " for name in _DAYS)
_MONTH_COLUMN = {f" {name} ": number for number, name in enumerate(_MONTHS, 1)}

_DAY = 86400
# Longer than any date: what is longer is read each time rather than kept.
_LONGEST_REMEMBERED = 64

# 9999-12-31T23:59:59Z: the last second that four digits of a year can say.
LARGEST_TIME = 253402300799
_SMALLEST_TIME = -62135596800

_month = "|".join(_MONTHS)
_short_day = "|".join(_DAYS)
_long_day = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_time = r"([0-9]{2}):([0-9]{2}):([0-9]{2})"
# IMF-fixdate  = day-name "," SP date1 SP time-of-day SP GMT
# rfc850-date  = day-name-l "," SP date2 SP time-of-day SP GMT
# asctime-date = day-name SP date3 SP time-of-day SP year
_http_date = lazy_pattern(
    rf"(?:{_short_day}), ([0-9]{{2}}) ({_month}) ([0-9]{{4}}) {_time} GMT"
    rf"|(?:{_long_day}), ([0-9]{{2}})-({_month})-([0-9]{{2}}) {_time} GMT"
    rf"|(?:{_short_day}) ({_month}) ((?: |[0-9])[0-9]) {_time} ([0-9]{{4}})",
    # The grammar is case-sensitive, but no date in use becomes another one by ignoring case.
    re.IGNORECASE | re.ASCII,
)
_iso_date = lazy_pattern(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.][0-9]{1,9})?)?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?)?",
    re.ASCII,
)


def parse_http_date(text: str, *, now: float) -> int | None:
    """
    Read a date in any of the three forms of the grammar, and in no other.

    Args:
        text: the field value without outer blanks.
        now: only used to place the two-digit year of the obsolete second form.

    Returns:
        Seconds since 1970, or None: the text is not an HTTP-date.

    Source: RFC 9110 section 5.6.7.

    >>> parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now=0)
    784111777
    """
    if len(text) == 29 and (fields := _fixed_fields(text)) is not None:
        return time_of(*fields)
    match = _http_date.fullmatch(text)
    if match is None:
        return None
    part = match.groups()
    if part[0] is not None:
        day, month, year, clock = part[0], part[1], int(part[2]), part[3:6]
    elif part[6] is not None:
        day, month, clock = part[6], part[7], part[9:12]
        year = _four_digit_year(int(part[8]), now)
    else:
        month, day, clock, year = part[12], part[13], part[14:17], int(part[17])
    hour, minute, second = (int(number) for number in clock)
    return time_of(year, _MONTH_NUMBERS[month.lower()], int(day), hour, minute, second)


def read_http_date(value: str | None, *, now: float) -> int | None:
    """
    Read the value of a date field, None where it is absent; values come again and are remembered.

    Args:
        value: with or without outer blanks.
        now: only used to place a two-digit year, to the day.

    Source: RFC 9110 section 5.6.7.

    >>> read_http_date(" Sun, 06 Nov 1994 08:49:37 GMT", now=0), read_http_date(None, now=0)
    (784111777, None)
    """
    if value is None:
        return None
    day = int(now // _DAY)
    return _remembered(value, day) if len(value) <= _LONGEST_REMEMBERED else _read(value, day)


def _read(value: str, day: int) -> int | None:
    return parse_http_date(value.strip(OWS_CHARACTERS), now=day * _DAY)


_remembered = lru_cache(maxsize=1024)(_read)


def _fixed_fields(text: str) -> tuple[int, int, int, int, int, int] | None:
    """Read IMF-fixdate by its columns: nearly every date has it, and the pattern has a price."""
    month = _MONTH_COLUMN.get(text[7:12])
    if (
        month is None
        or text[:5] not in _DAY_COLUMN
        or text[16:23:3] != " ::"
        or text[25:] != " GMT"
    ):
        return None
    day, year = text[5:7], text[12:16]
    hour, minute, second = text[17:19], text[20:22], text[23:25]
    digits = day + year + hour + minute + second
    if not (digits.isascii() and digits.isdigit()):  # int would take "+1" and more
        return None
    return int(year), month, int(day), int(hour), int(minute), int(second)


def _four_digit_year(two_digits: int, now: float) -> int:
    # "a timestamp that appears to be more than 50 years in the future" is in the past: 5.6.7
    this_year = civil_date(int(now) // 86400)[0]
    year = this_year - this_year % 100 + two_digits
    return year - 100 if year > this_year + 50 else year


def parse_iso_date(text: str) -> int | None:
    """
    Read an ISO 8601 date or date and time; without a zone it is UTC. None when it is neither.

    >>> parse_iso_date("1994-11-06T08:49:37Z"), parse_iso_date("1994-11-06")
    (784111777, 784080000)
    """
    match = _iso_date.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    seconds = time_of(year, month, day, hour, minute, second)
    sign, zone_hours, zone_minutes = match.groups()[6:]
    if seconds is None or sign is None:
        return seconds
    if int(zone_hours) > 23 or int(zone_minutes) > 59:
        return None
    offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
    return seconds - offset if sign == "+" else seconds + offset


def time_of(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    """Give the seconds since 1970 of a UTC date and time, or None when there is no such time."""
    if not (1 <= month <= 12 and hour <= 23 and minute <= 59 and second <= 60 and year >= 1):
        return None
    if not 1 <= day <= _DAYS_IN_MONTH[month - 1] + (month == 2 and _is_leap(year)):
        return None
    # A leap second has no number of its own; it is the first second of the next minute.
    return _day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _day_number(year: int, month: int, day: int) -> int:
    """Count the days since 1970-01-01."""
    # The leap days so far: that of this year only from March on.
    past = year - (month < 3)
    leap_days = past // 4 - past // 100 + past // 400
    return year * 365 + leap_days + _DAYS_BEFORE_MONTH[month - 1] + day - 719528


def civil_date(day_number: int) -> tuple[int, int, int]:
    """Give year, month and day of a count of days since 1970-01-01."""
    era, day_of_era = divmod(day_number + 719468, 146097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    return era * 400 + year_of_era + (month <= 2), month, day


def format_http_date(seconds: float) -> str:
    """
    Write a time as IMF-fixdate, the only form a sender may generate.

    Times outside the years 1 to 9999 are written as the nearest time that has four digits.

    Source: RFC 9110 section 5.6.7.

    >>> format_http_date(784111777)
    'Sun, 06 Nov 1994 08:49:37 GMT'
    """
    days, rest = divmod(_representable(seconds), 86400)
    year, month, day = civil_date(days)
    weekday = _DAYS[(days + 3) % 7]
    return f"{weekday}, {day:02} {_MONTHS[month - 1]} {year:04} {_clock(rest)} GMT"


def format_iso_date(seconds: float) -> str:
    """
    Write a time as ISO 8601 in UTC, to the second.

    >>> format_iso_date(784111777)
    '1994-11-06T08:49:37Z'
    """
    days, rest = divmod(_representable(seconds), 86400)
    year, month, day = civil_date(days)
    return f"{year:04}-{month:02}-{day:02}T{_clock(rest)}Z"


def _representable(seconds: float) -> int:
    return int(max(_SMALLEST_TIME, min(seconds, LARGEST_TIME)))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
