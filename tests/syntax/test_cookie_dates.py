from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.cookie_dates import parse_cookie_date
from httpheaders.syntax.dates import format_http_date, format_iso_date, parse_http_date


# RFC 6265bis section 5.1.1
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", id="IMF-fixdate"),
        pytest.param("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z", id="rfc850-date"),
        pytest.param("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z", id="asctime-date"),
        pytest.param("6 NOVEMBER 94 8:9:7", "1994-11-06T08:09:07Z", id="single digits"),
        pytest.param("08:49:37 1994 nov 6", "1994-11-06T08:49:37Z", id="any order"),
        pytest.param("08:49:37 94 nov 6", None, id="the first number of two digits is the day"),
        pytest.param("1 Jan 70 0:0:0", "1970-01-01T00:00:00Z", id="70 is 1970"),
        pytest.param("1 Jan 69 0:0:0", "2069-01-01T00:00:00Z", id="69 is 2069"),
        pytest.param("1 Jan 99 0:0:0", "1999-01-01T00:00:00Z", id="99 is 1999"),
        pytest.param("1 Jan 1601 0:0:0", "1601-01-01T00:00:00Z", id="the first year"),
        pytest.param("1 Jan 1600 0:0:0", None, id="before the first year"),
        pytest.param("31 Dec 9999 23:59:59", "9999-12-31T23:59:59Z", id="the last year"),
        pytest.param("1 Jan 10000 0:0:0", None, id="five digits are no year"),
        pytest.param("1 Jan 123 0:0:0", None, id="three digits are a year before 1601"),
        pytest.param("1st Jan 2026 0:0:0", "2026-01-01T00:00:00Z", id="letters behind the day"),
        pytest.param("1 Jan 2026AD 0:0:0", "2026-01-01T00:00:00Z", id="letters behind the year"),
        pytest.param("1 Jan 2026 1:2:3Z", "2026-01-01T01:02:03Z", id="letters behind the time"),
        pytest.param("1 Jan 2026 1:2:3 +0500", "2026-01-01T01:02:03Z", id="zones are not read"),
        pytest.param("1 Jan 2026 24:0:0", None, id="hour 24"),
        pytest.param("1 Jan 2026 0:60:0", None, id="minute 60"),
        pytest.param("1 Jan 2026 0:0:60", None, id="second 60: no leap seconds"),
        pytest.param("1 Jan 2026 0:0", None, id="no seconds"),
        pytest.param("29 Feb 2024 0:0:0", "2024-02-29T00:00:00Z", id="leap day"),
        pytest.param("29 Feb 2023 0:0:0", None, id="no leap day"),
        pytest.param("31 Apr 2024 0:0:0", None, id="no such day"),
        pytest.param("0 Jan 2024 0:0:0", None, id="day 0"),
        pytest.param("32 Jan 2024 0:0:0", None, id="day 32"),
        pytest.param("1 Jan 0:0:0", None, id="no year"),
        pytest.param("1 2026 0:0:0", None, id="no month"),
        pytest.param("Jan 2026 0:0:0", None, id="no day"),
        pytest.param("1 Jan 2026", None, id="no time"),
        pytest.param("1\x80Jan 2026 0:0:0", None, id="octets above 0x7F do not divide"),
        pytest.param("1\x7fJan 2026 0:0:0", None, id="DEL does not divide"),
        pytest.param("1;Jan,2026/0:0:0", "2026-01-01T00:00:00Z", id="marks divide"),
        pytest.param("١ Jan 2026 0:0:0", None, id="digits of another script"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_cookie_dates_are_read_as_browsers_do(text, expected):
    found = parse_cookie_date(text)
    assert (None if found is None else format_iso_date(found)) == expected


@given(st.integers(min_value=-11_644_473_600, max_value=253_402_300_799))
def test_what_we_write_is_read_back(seconds):
    text = format_http_date(seconds)
    assert parse_cookie_date(text) == parse_http_date(text, now=0) == seconds


@given(st.text(alphabet="0123456789:,;- janfebGMT\x00\xff", max_size=200) | st.text(max_size=200))
def test_no_text_raises(text):
    assert parse_cookie_date(text) is None or isinstance(parse_cookie_date(text), int)
