"""Freshness lifetimes and ages, RFC 9111 section 4.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_settings import PRIVATE_CACHE, SHARED_CACHE, CacheSettings
from httpheaders.freshness import (
    HEURISTICALLY_CACHEABLE,
    age_value,
    freshness_lifetime,
    initial_age,
)
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Response
from httpheaders.syntax.dates import format_http_date
from httpheaders.targeted_cache_control import governing_directives

NOW = 1_700_000_000


def at(seconds: float) -> str:
    return format_http_date(NOW + seconds)


def lifetime(fields, *, status=200, settings=SHARED_CACHE):
    response = Response(status, Headers(fields))
    governing = governing_directives(response.headers, settings)
    return freshness_lifetime(response, governing, settings, response_time=NOW)


# Section 4.2.1: "using the first match"
LIFETIMES = [
    pytest.param([("Cache-Control", "max-age=60, s-maxage=600")], 600, "s-maxage", id="s-maxage"),
    pytest.param(
        [("Cache-Control", "max-age=60"), ("Expires", at(9))], 60, "max-age", id="max-age"
    ),
    pytest.param([("Expires", at(600)), ("Date", at(-60))], 660, "Expires", id="expires-less-date"),
    pytest.param([("Expires", at(600))], 600, "Expires", id="expires-less-receipt"),
    pytest.param([("Expires", at(600)), ("Date", "x")], 600, "Expires", id="date-unreadable"),
    pytest.param([("Expires", at(-600)), ("Date", at(0))], 0, "Expires", id="expired"),
    pytest.param([("Expires", "0")], 0, "Expires", id="expires-zero"),
    pytest.param([("Expires", at(9)), ("Expires", at(9))], 0, "Expires", id="expires-twice"),
    pytest.param(
        [("Cache-Control", "max-age=x"), ("Expires", at(9))], 0, "max-age", id="max-age-unreadable"
    ),
    pytest.param([("Last-Modified", at(-1000)), ("Date", at(0))], 100, "heuristic", id="heuristic"),
    pytest.param([("Last-Modified", at(1000))], 0, "heuristic", id="modified-in-the-future"),
    pytest.param([("Last-Modified", "x")], 0, "none", id="last-modified-unreadable"),
    pytest.param(
        [("Last-Modified", at(-1000)), ("Pragma", "no-cache")],
        0,
        "none",
        id="nothing-guessed-against-pragma",
    ),
    pytest.param(
        [("Last-Modified", at(-1000)), ("Date", at(0)), ("Pragma", 'a="no-cache", no-cachet')],
        100,
        "heuristic",
        id="pragma-of-other-words",
    ),
    pytest.param([], 0, "none", id="nothing"),
]


@pytest.mark.parametrize(("fields", "seconds", "source"), LIFETIMES)
def test_lifetime(fields, seconds, source):
    found = lifetime(fields)
    assert (found.seconds, found.source) == (seconds, source)


def test_private_cache_leaves_s_maxage_alone():
    fields = [("Cache-Control", "s-maxage=600, max-age=60")]
    assert lifetime(fields, settings=PRIVATE_CACHE).seconds == 60


# RFC 9110 section 5.6.7: three forms, and no other
DATES = [
    pytest.param("Thu, 18 Aug 2050 02:01:18 GMT", True, id="imf-fixdate"),
    pytest.param("Thursday, 18-Aug-50 02:01:18 GMT", True, id="rfc-850"),
    pytest.param("Thu Aug  8 02:01:18 2050", True, id="asctime"),
    pytest.param("thu, 18 aug 2050 02:01:18 gmt", True, id="case"),
    pytest.param("Thu, 18 Aug 2050 02:01:18 UTC", False, id="utc"),
    pytest.param("Thu 18 Aug 2050 02:01:18 GMT", False, id="comma-missing"),
    pytest.param("Thu, 18  Aug  2050 02:01:18 GMT", False, id="doubled-blanks"),
    pytest.param("Thu, 18-Aug-2050 02:01:18 GMT", False, id="dashes"),
    pytest.param("Thu, 18 Aug 2050 2:01:18 GMT", False, id="one-digit-hour"),
    pytest.param("Thu, 18 Aug 2050 02:01:18 +0000", False, id="offset"),
    pytest.param("4294967295", False, id="number"),
]


@pytest.mark.parametrize(("value", "is_date"), DATES)
def test_expires_takes_three_forms(value, is_date):
    assert (lifetime([("Expires", value)]).seconds > 0) is is_date


@pytest.mark.parametrize("status", [200, 204, 301, 302, 404, 410, 500, 503, 599])
def test_guess_only_for_statuses_that_allow_it(status):
    fields = [("Last-Modified", at(-1000))]
    assert (lifetime(fields, status=status).seconds > 0) is (status in HEURISTICALLY_CACHEABLE)
    public = [*fields, ("Cache-Control", "public")]
    assert lifetime(public, status=status).seconds > 0


def test_heuristic_is_configurable():
    settings = CacheSettings(heuristic_fraction=0.5, heuristic_limit=300)
    assert lifetime([("Last-Modified", at(-1000))], settings=settings).seconds == 300


# Section 5.1
AGES = [
    pytest.param([], 0, id="absent"),
    pytest.param(["30"], 30, id="number"),
    pytest.param([" 30 "], 30, id="blanks"),
    pytest.param(["30, 20"], 30, id="first-of-a-list"),
    pytest.param(["30", "20"], 30, id="first-line"),
    pytest.param(["x, 20"], 0, id="first-is-none"),
    pytest.param(["-30"], 0, id="negative"),
    pytest.param(["30.5"], 0, id="fraction"),
    pytest.param(["30;a=b"], 0, id="parameter"),
    pytest.param(["9" * 40], 2**31, id="too-large-to-hold"),
]


@pytest.mark.parametrize(("lines", "value"), AGES)
def test_age_field(lines, value):
    assert age_value(Headers(("Age", line) for line in lines)) == value


# Section 4.2.3
INITIAL = [
    pytest.param({}, 0, 0, id="nothing-known"),
    pytest.param({"Date": at(-9)}, 0, 9, id="apparent-age"),
    pytest.param({"Date": at(9)}, 0, 0, id="date-in-the-future"),
    pytest.param({"Age": "5"}, 0, 5, id="age"),
    pytest.param({"Age": "5"}, 3, 8, id="response-delay"),
    pytest.param({"Age": "5", "Date": at(-60)}, 3, 60, id="the-larger-one"),
    pytest.param({"Date": "x", "Age": "x"}, 3, 3, id="nothing-readable"),
]


@pytest.mark.parametrize(("fields", "delay", "age"), INITIAL)
def test_initial_age(fields, delay, age):
    headers = Headers(fields.items())
    assert initial_age(headers, request_time=NOW - delay, response_time=NOW) == age


@given(st.text(max_size=40), st.sampled_from(["Expires", "Date", "Last-Modified", "Age"]))
def test_no_field_is_too_odd(value, name):
    found = lifetime([(name, value)])
    assert found.seconds >= 0
    headers = Headers([(name, value)])
    assert initial_age(headers, request_time=NOW, response_time=NOW) >= 0
