"""HTTP dates and ISO 8601, over the whole range of four-digit years."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.dates import (
    LARGEST_TIME,
    format_http_date,
    format_iso_date,
    parse_http_date,
    parse_iso_date,
    read_http_date,
)

SMALLEST_TIME = -62135596800
TIMES = st.integers(SMALLEST_TIME, LARGEST_TIME)
IN_2026 = 1795366800  # 2026-11-22T17:00:00Z


# RFC 9110 section 5.6.7
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("Sun, 06 Nov 1994 08:49:37 GMT", 784111777, id="imf-fixdate"),
        pytest.param("Sunday, 06-Nov-94 08:49:37 GMT", 784111777, id="rfc850"),
        pytest.param("Sun Nov  6 08:49:37 1994", 784111777, id="asctime"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", 0, id="epoch"),
        pytest.param("Tue, 29 Feb 2000 00:00:00 GMT", 951782400, id="leap-day"),
        pytest.param("Sat, 31 Dec 2016 23:59:60 GMT", 1483228800, id="leap-second"),
        pytest.param("Mon, 06 Nov 1994 08:49:37 GMT", 784111777, id="wrong-day-of-week"),
        pytest.param("sun, 06 nov 1994 08:49:37 gmt", 784111777, id="lower-case"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", LARGEST_TIME, id="last-second"),
        pytest.param("Sun, 6 Nov 1994 08:49:37 GMT", None, id="one-digit-day"),
        pytest.param("Sun, 06 Nov 94 08:49:37 GMT", None, id="two-digit-year"),
        pytest.param("Sun, 06 Nov 1994 08:49:37 UTC", None, id="utc"),
        pytest.param("Sun, 06 Nov 1994 08:49:37 +0000", None, id="numeric-zone"),
        pytest.param("Sun, 06 Nov 1994 08:49 GMT", None, id="no-seconds"),
        pytest.param("Sun, 06 Nov 1994 24:00:00 GMT", None, id="hour-24"),
        pytest.param("Sun, 06 Nov 1994 08:60:00 GMT", None, id="minute-60"),
        pytest.param("Sun, 06 Nov 1994 08:00:61 GMT", None, id="second-61"),
        pytest.param("Thu, 31 Nov 1994 08:49:37 GMT", None, id="november-31"),
        pytest.param("Mon, 29 Feb 1900 00:00:00 GMT", None, id="1900-is-no-leap-year"),
        pytest.param("Sun, 00 Nov 1994 08:49:37 GMT", None, id="day-0"),
        pytest.param("Sun, 06 Nov 0000 08:49:37 GMT", None, id="year-0"),
        pytest.param("06 Nov 1994 08:49:37 GMT", None, id="no-day-of-week"),
        pytest.param(" Sun, 06 Nov 1994 08:49:37 GMT", None, id="outer-blank"),
        pytest.param("Sun, 06 Nov 1994 08:49:37 GMT\n", None, id="line-end"),
        pytest.param("Sun, ٠6 Nov 1994 08:49:37 GMT", None, id="other-digits"),
        pytest.param("0", None, id="zero"),
        pytest.param("", None, id="empty"),
    ],
)
def test_http_date(text, seconds):
    assert parse_http_date(text, now=IN_2026) == seconds


# RFC 9110 section 5.6.7: more than 50 years in the future means the past
@pytest.mark.parametrize(
    ("two_digits", "year"), [("26", 2026), ("70", 2070), ("76", 2076), ("77", 1977), ("99", 1999)]
)
def test_two_digit_year(two_digits, year):
    seconds = parse_http_date(f"Sunday, 06-Nov-{two_digits} 08:49:37 GMT", now=IN_2026)
    assert format_iso_date(seconds) == f"{year}-11-06T08:49:37Z"


@given(TIMES)
def test_http_dates_survive_the_round_trip(seconds):
    assert parse_http_date(format_http_date(seconds), now=0) == seconds


@given(TIMES)
def test_iso_dates_survive_the_round_trip(seconds):
    assert parse_iso_date(format_iso_date(seconds)) == seconds


@given(TIMES)
def test_dates_are_those_of_the_calendar(seconds):
    # The standard library's calendar is another one; strftime would follow the locale.
    day = date.fromordinal(719163 + seconds // 86400)
    text = format_http_date(seconds)
    assert text[:3] == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    assert format_iso_date(seconds)[:10] == day.isoformat()
    assert int(text[5:7]) == day.day


@given(TIMES.filter(lambda seconds: seconds >= -30610224000))
def test_asctime_is_read(seconds):
    weekday, day, month, year, clock, _ = format_http_date(seconds).split()
    text = f"{weekday[:3]} {month} {int(day):2} {clock} {year}"
    assert parse_http_date(text, now=0) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        pytest.param(784111777.9, "Sun, 06 Nov 1994 08:49:37 GMT", id="fraction-is-cut"),
        pytest.param(1e18, "Fri, 31 Dec 9999 23:59:59 GMT", id="too-late"),
        pytest.param(-1e18, "Mon, 01 Jan 0001 00:00:00 GMT", id="too-early"),
        pytest.param(float("inf"), "Fri, 31 Dec 9999 23:59:59 GMT", id="for-ever"),
    ],
)
def test_times_that_do_not_fit_are_written_as_the_nearest(seconds, text):
    assert format_http_date(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("1994-11-06", 784080000, id="date"),
        pytest.param("1994-11-06T08:49:37Z", 784111777, id="utc"),
        pytest.param("1994-11-06 08:49:37", 784111777, id="blank-and-no-zone"),
        pytest.param("1994-11-06t08:49:37.999z", 784111777, id="lower-case-and-fraction"),
        pytest.param("1994-11-06T08:49", 784111740, id="no-seconds"),
        pytest.param("1994-11-06T09:49:37+01:00", 784111777, id="east"),
        pytest.param("1994-11-06T00:49:37-0800", 784111777, id="west-without-colon"),
        pytest.param("1994-11-06T09:49:37+24:00", None, id="zone-hour-24"),
        pytest.param("1994-11-06T09:49:37+01:60", None, id="zone-minute-60"),
        pytest.param("1994-13-06", None, id="month-13"),
        pytest.param("1994-02-29", None, id="no-leap-year"),
        pytest.param("19941106", None, id="basic-format"),
        pytest.param("1994-11-06T", None, id="half"),
        pytest.param("now", None, id="word"),
    ],
)
def test_iso_date(text, seconds):
    assert parse_iso_date(text) == seconds


@given(st.text() | st.text("0123456789-:TZ+., GMTSunov"))
def test_any_text_is_a_date_or_none(text):
    for seconds in (parse_http_date(text, now=IN_2026), parse_iso_date(text)):
        assert seconds is None or isinstance(seconds, int)


# Section 5.6.7: a recipient places the years of the obsolete form around the present
@pytest.mark.parametrize(
    ("value", "now", "seconds"),
    [
        (None, 0, None),
        (" Sun, 06 Nov 1994 08:49:37 GMT\t", 0, 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777.5, 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 4102444800, 3939871777),
        ("Sun, 06 Nov 1994 08:49:37 GMT" + " " * 100, 0, 784111777),
        ("yesterday", 0, None),
    ],
)
def test_values_of_date_fields(value, now, seconds):
    assert read_http_date(value, now=now) == seconds
    assert read_http_date(value, now=now) == seconds
