"""The text of Cookie and Set-Cookie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.cookie_text import (
    CookieText,
    parse_cookie_date,
    parse_set_cookie_text,
    split_cookie_pairs,
)


# RFC 6265bis sections 4.2.1 and 5.6
@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        pytest.param("a=1; b=2", [("a", "1"), ("b", "2")], id="two"),
        pytest.param("a=1;b=2;;", [("a", "1"), ("b", "2")], id="no-blanks-and-empty-parts"),
        pytest.param("a=b=c", [("a", "b=c")], id="second-equals-is-value"),
        pytest.param('a="x;y"', [("a", '"x'), ("", 'y"')], id="quotes-protect-nothing"),
        pytest.param("a=1, b=2", [("a", "1, b=2")], id="comma-is-value"),
        pytest.param("lone; =x", [("", "lone"), ("", "x")], id="no-name"),
        pytest.param("\ta =\t1 ", [("a", "1")], id="blanks"),
        pytest.param("", [], id="empty"),
    ],
)
def test_cookie_pairs(value, pairs):
    assert split_cookie_pairs(value) == pairs


# RFC 6265bis section 5.6
@pytest.mark.parametrize(
    ("line", "cookie"),
    [
        pytest.param(
            "SID=31d4d96e407aad42; PATH=/; Domain=example.com",
            CookieText("SID", "31d4d96e407aad42", (("path", "/"), ("domain", "example.com"))),
            id="attributes",
        ),
        pytest.param(
            "a=b;;Secure ; = x; Max-Age = 5",
            CookieText("a", "b", (("secure", ""), ("max-age", "5"))),
            id="empty-and-nameless-attributes",
        ),
        pytest.param(
            "a=b; Path=/x=y; path=/z",
            CookieText("a", "b", (("path", "/x=y"), ("path", "/z"))),
            id="repeats-are-kept",
        ),
        pytest.param("novalue", CookieText("", "novalue"), id="no-equals"),
        pytest.param('a="b"', CookieText("a", '"b"'), id="quotes-stay"),
    ],
)
def test_set_cookie_text(line, cookie):
    assert parse_set_cookie_text(line) == cookie


# RFC 6265bis section 5.1.1
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", 1445412480, id="imf-fixdate"),
        pytest.param("Wednesday, 21-Oct-15 07:28:00 GMT", 1445412480, id="two-digit-year"),
        pytest.param("21 october 2015 7:28:0", 1445412480, id="short-clock-long-month"),
        pytest.param("2015 Oct 21 07:28:00", 1445412480, id="year-first"),
        pytest.param("Thu, 01-Jan-70 00:00:00 GMT", 0, id="year-70"),
        pytest.param("01 Jan 69 00:00:00", 3124224000, id="year-69"),
        pytest.param("21 Oct 2015", None, id="no-clock"),
        pytest.param("31 Feb 2015 00:00:00", None, id="no-such-day"),
        pytest.param("01 Jan 1600 00:00:00", None, id="before-1601"),
        pytest.param("01 Jan 2015 24:00:00", None, id="hour-24"),
        pytest.param("01 Jan 2015 00:00:60", None, id="second-60"),
        pytest.param("", None, id="empty"),
    ],
)
def test_cookie_date(text, seconds):
    assert parse_cookie_date(text) == seconds


_octets = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=";="))


@given(st.lists(st.tuples(_octets.filter(bool), _octets), max_size=6))
def test_written_pairs_come_back(pairs):
    assert split_cookie_pairs("; ".join(f"{name}={value}" for name, value in pairs)) == pairs


@given(st.text())
def test_any_date_text_gives_a_time_or_none(text):
    assert isinstance(parse_cookie_date(text), int | None)
