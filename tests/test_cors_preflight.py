"""Preflights: what they announce, and the cache by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from httpheaders.cors_preflight import (
    DEFAULT_MAX_AGE,
    PreflightCache,
    PreflightKey,
    Wanted,
    announced_request,
    preflight_max_age,
)
from httpheaders.cors_rules import Trail
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request

KEY = PreflightKey("", "https://a.example", "https://b.example/")


def wanted(method="GET", *names, credentials="omit"):
    return Wanted(method, names, frozenset(names), KEY.origin, credentials)


def cache_with(*fields, credentials="omit", limit=None):
    cache = PreflightCache(limit=limit)
    cache.store(KEY, Headers(fields), wanted(credentials=credentials), Trail(False), now=0)
    return cache


# Fetch section "CORS-preflight fetch"
@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        pytest.param([], DEFAULT_MAX_AGE, id="missing"),
        pytest.param([""], DEFAULT_MAX_AGE, id="empty"),
        pytest.param(["abc"], DEFAULT_MAX_AGE, id="no number"),
        pytest.param(["-1"], DEFAULT_MAX_AGE, id="negative"),
        pytest.param(["1.5"], DEFAULT_MAX_AGE, id="fraction"),
        pytest.param(["60", "60"], DEFAULT_MAX_AGE, id="twice"),
        pytest.param(["60, 60"], DEFAULT_MAX_AGE, id="list"),
        pytest.param([" 60\t"], 60, id="outer blanks"),
        pytest.param(["0"], 0, id="zero"),
        pytest.param(["9" * 50], 2**31, id="very large"),
    ],
)
def test_max_age(values, seconds):
    headers = Headers([("Access-Control-Max-Age", value) for value in values])
    trail = Trail(False)
    assert preflight_max_age(headers, trail) == seconds
    assert preflight_max_age(headers, Trail(False), limit=30) == min(seconds, 30)
    assert bool(trail.problems) is (seconds == DEFAULT_MAX_AGE and bool(values))


METHODS = ("Access-Control-Allow-Methods", "PUT, DELETE")
NAMES = ("Access-Control-Allow-Headers", "X-A, x-b")
ANY = (("Access-Control-Allow-Methods", "*"), ("Access-Control-Allow-Headers", "*"))


# Fetch section "CORS-preflight cache"
@pytest.mark.parametrize(
    ("fields", "method", "names", "covered"),
    [
        pytest.param([METHODS], "PUT", (), True, id="method"),
        pytest.param([METHODS], "put", (), False, id="method case"),
        pytest.param([METHODS], "PATCH", (), False, id="other method"),
        pytest.param([METHODS, NAMES], "DELETE", ("x-a", "x-b"), True, id="each by itself"),
        pytest.param([METHODS, NAMES], "PUT", ("x-a", "x-c"), False, id="one name more"),
        pytest.param([NAMES], "GET", ("x-a",), True, id="safelisted method"),
        pytest.param(ANY, "PURGE", ("x-z",), True, id="stars"),
        pytest.param(ANY, "GET", ("authorization",), False, id="star and authorization"),
        pytest.param([], "GET", (), True, id="nothing to ask"),
    ],
)
def test_what_earlier_preflights_cover(fields, method, names, covered):
    asked = wanted(method, *names)
    assert cache_with(*fields).covers(KEY, asked, Trail(False), now=1) is covered


@pytest.mark.parametrize(
    ("stored", "asked", "covered"),
    [
        ("omit", "same-origin", True),
        ("omit", "include", False),
        ("include", "include", True),
        ("include", "omit", True),
    ],
)
def test_credentials_are_told_apart(stored, asked, covered):
    cache = cache_with(METHODS, credentials=stored)
    question = wanted("PUT", credentials=asked)
    assert cache.covers(KEY, question, Trail(False), now=1) is covered


@pytest.mark.parametrize("change", ["partition", "origin", "url"])
def test_every_part_of_the_key_counts(change):
    other = KEY._replace(**{change: "other"})
    assert not cache_with(METHODS).covers(other, wanted("PUT"), Trail(False), now=1)


def test_entries_end_with_their_time_and_with_a_failure():
    cache = cache_with(METHODS, ("Access-Control-Max-Age", "60"), limit=10)
    assert cache.covers(KEY, wanted("PUT"), Trail(False), now=9.9)
    assert not cache.covers(KEY, wanted("PUT"), Trail(False), now=10)
    cache.clear(KEY)
    assert not cache.covers(KEY, wanted("PUT"), Trail(False), now=1)


@settings(deadline=None)
@given(st.integers(0, 5))
def test_expired_keys_do_not_pile_up(spare):
    cache = PreflightCache()
    for number in range(3000 + spare):
        key = KEY._replace(url=f"https://b.example/{number}")
        cache.store(key, Headers([METHODS]), wanted(), Trail(False), now=number)
    assert len(cache._entries) <= 1000


# Fetch section "CORS-preflight fetch"
@pytest.mark.parametrize(
    ("method", "fields", "announced"),
    [
        pytest.param("OPTIONS", {"method": "PUT"}, ("PUT", []), id="a-method"),
        pytest.param("OPTIONS", {"method": "GET", "headers": "x-a, x-b,"}, ("GET", ["x-a", "x-b"]),
                     id="names"),
        pytest.param("OPTIONS", {}, None, id="plain-options"),
        pytest.param("GET", {"method": "PUT"}, None, id="another-method"),
    ],
)  # fmt: skip
def test_what_a_preflight_announces(method, fields, announced):
    asking = Headers((f"Access-Control-Request-{name}", value) for name, value in fields.items())
    request = announced_request(Request(method, "/x", asking))
    assert (request and (request.method, [name for name, _ in request.headers])) == announced
