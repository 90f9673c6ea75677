"""May a cache store this, and may it use it? RFC 9111 sections 3 and 4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_policy import (
    assess_reuse,
    assess_storing,
    may_serve_stale,
    request_directives,
    stale_if_error_allows,
    stored_response,
)
from httpheaders.cache_settings import PRIVATE_CACHE, SHARED_CACHE, CacheSettings
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.dates import format_http_date

NOW = 1_700_000_000
URL = "http://a.example/x"


def request(fields=(), *, method="GET", url=URL):
    return Request(method, url, Headers(dict(fields).items()))


def response(value=None, *, status=200, **fields):
    named = {name.replace("_", "-"): line for name, line in fields.items()}
    if value is not None:
        named["Cache-Control"] = value
    return Response(status, Headers(named.items()), b"")


# Section 3, one row for each clause
STORING = [
    pytest.param({}, response("max-age=60"), True, True, id="max-age"),
    pytest.param({}, response("s-maxage=60", status=201), True, False, id="s-maxage-for-shared"),
    pytest.param({}, response(Expires="0", status=201), True, True, id="expires"),
    pytest.param({}, response("public", status=201), True, True, id="public"),
    pytest.param({}, response("private", status=201), False, True, id="private"),
    pytest.param({}, response('private="a", max-age=1'), True, True, id="private-with-fields"),
    pytest.param({}, response(), True, True, id="heuristically-cacheable-status"),
    pytest.param({}, response(status=201), False, False, id="nothing-makes-it-cacheable"),
    pytest.param({}, response("max-age=60", status=299), True, True, id="unknown-status"),
    pytest.param({}, response("max-age=60", status=599), True, True, id="unknown-error"),
    pytest.param({}, response("max-age=60", status=103), False, False, id="interim"),
    pytest.param({}, response("max-age=60", status=304), False, False, id="not-modified"),
    pytest.param(
        {},
        response("max-age=60", status=206, Content_Range="bytes 0-1/5"),
        True,
        True,
        id="partial",
    ),
    pytest.param({}, response("max-age=60", status=206), False, False, id="partial-of-what"),
    pytest.param({}, response("no-store, max-age=60"), False, False, id="no-store"),
    pytest.param(
        {"Cache-Control": "no-store"},
        response("max-age=60"),
        False,
        False,
        id="no-store-of-the-request",
    ),
    pytest.param(
        {}, response("no-store, must-understand, max-age=1"), True, True, id="must-understand"
    ),
    pytest.param(
        {},
        response("no-store, must-understand, max-age=1", status=599),
        False,
        False,
        id="must-understand-what-we-do-not",
    ),
    pytest.param({"Authorization": "x"}, response("max-age=60"), False, True, id="authorised"),
    pytest.param({"Authorization": "x"}, response("public"), True, True, id="authorised-public"),
    pytest.param(
        {"Authorization": "x"},
        response("max-age=1, must-revalidate"),
        True,
        True,
        id="authorised-must-revalidate",
    ),
    pytest.param(
        {"Authorization": "x"}, response("s-maxage=1"), True, True, id="authorised-s-maxage"
    ),
    pytest.param({}, response("max-age=60", Set_Cookie="a=1"), True, True, id="set-cookie"),
]


@pytest.mark.parametrize(("fields", "offered", "shared", "private"), STORING)
def test_storing(fields, offered, shared, private):
    for settings, expected in ((SHARED_CACHE, shared), (PRIVATE_CACHE, private)):
        found = assess_storing(request(fields), offered, settings=settings, explain=True)
        assert found.ok is expected
        assert found.reason
        assert found.reference
        assert found.steps[-1].outcome == ("holds" if expected else found.reason)


# RFC 9110 section 9.3.3
POSTS = [
    pytest.param(response("max-age=60", Content_Location="/x"), True, id="same-uri"),
    pytest.param(response("max-age=60", Content_Location="/y"), False, id="another-uri"),
    pytest.param(response("max-age=60"), False, id="no-content-location"),
    pytest.param(response(Content_Location="/x"), False, id="no-explicit-freshness"),
]


@pytest.mark.parametrize(("offered", "ok"), POSTS)
def test_post(offered, ok):
    assert assess_storing(request(method="POST"), offered).ok is ok


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "M-SEARCH", "get"])
def test_other_methods_are_not_stored(method):
    assert not assess_storing(request(method=method), response("max-age=60")).ok


# RFC 9213 section 2.2
def test_targeted_field_replaces_cache_control_and_expires():
    cdn = CacheSettings(targets=("CDN-Cache-Control",))
    both = response("no-store", CDN_Cache_Control="max-age=60")
    assert assess_storing(request(), both, settings=cdn).ok
    assert not assess_storing(request(), both).ok
    expires = response(status=201, CDN_Cache_Control="none", Expires="x")
    assert not assess_storing(request(), expires, settings=cdn).ok


def stored(held, *, asked=None, settings=SHARED_CACHE):
    return stored_response(
        asked or request(), held, request_time=NOW, response_time=NOW, settings=settings
    )


# Section 4, at 100 s of age unless said otherwise
USING = [
    pytest.param("max-age=101", {}, "fresh", id="fresh"),
    pytest.param("max-age=100", {}, "validate", id="lifetime-equals-age"),
    pytest.param("max-age=999, no-cache", {}, "validate", id="no-cache"),
    pytest.param('max-age=999, no-cache="a"', {}, "fresh", id="no-cache-of-one-field"),
    pytest.param("max-age=999, must-revalidate", {}, "fresh", id="must-revalidate-while-fresh"),
    pytest.param("max-age=999", {"Cache-Control": "no-cache"}, "validate", id="request-no-cache"),
    pytest.param("max-age=999", {"Pragma": "no-cache"}, "validate", id="pragma"),
    pytest.param(
        "max-age=999",
        {"Pragma": "no-cache", "Cache-Control": "x"},
        "fresh",
        id="pragma-beside-cache-control",
    ),
    pytest.param("max-age=999", {"Cache-Control": "no-store"}, "fresh", id="request-no-store"),
    pytest.param("max-age=999", {"Cache-Control": "max-age=100"}, "fresh", id="request-max-age"),
    pytest.param(
        "max-age=999", {"Cache-Control": "max-age=99"}, "validate", id="request-max-age-less"
    ),
    pytest.param("max-age=999", {"Cache-Control": "max-age=0"}, "validate", id="reload"),
    pytest.param(
        "max-age=999, immutable",
        {"Cache-Control": "max-age=0"},
        "fresh",
        id="reload-of-what-is-immutable",
    ),
    pytest.param(
        "max-age=9, immutable",
        {"Cache-Control": "max-age=0"},
        "validate",
        id="immutable-means-nothing-once-stale",
    ),
    pytest.param("max-age=200", {"Cache-Control": "min-fresh=100"}, "fresh", id="min-fresh"),
    pytest.param(
        "max-age=200", {"Cache-Control": "min-fresh=101"}, "validate", id="min-fresh-more"
    ),
    pytest.param("max-age=90", {"Cache-Control": "max-stale"}, "stale", id="max-stale-any"),
    pytest.param("max-age=90", {"Cache-Control": "max-stale=10"}, "stale", id="max-stale"),
    pytest.param("max-age=90", {"Cache-Control": "max-stale=9"}, "validate", id="max-stale-less"),
    pytest.param(
        "max-age=90, must-revalidate",
        {"Cache-Control": "max-stale"},
        "validate",
        id="must-revalidate",
    ),
    pytest.param("s-maxage=90", {"Cache-Control": "max-stale"}, "validate", id="s-maxage"),
    pytest.param(
        "max-age=90, proxy-revalidate",
        {"Cache-Control": "max-stale"},
        "validate",
        id="proxy-revalidate",
    ),
    pytest.param("max-age=90, stale-while-revalidate=10", {}, "stale-while-revalidate", id="swr"),
    pytest.param("max-age=90, stale-while-revalidate=9", {}, "validate", id="swr-over"),
    pytest.param(
        "max-age=90, stale-while-revalidate=10, must-revalidate", {}, "validate", id="swr-forbidden"
    ),
    pytest.param(
        "max-age=90, stale-while-revalidate=10",
        {"Cache-Control": "max-age=9"},
        "validate",
        id="swr-refused-by-the-client",
    ),
    pytest.param("max-age=x", {}, "validate", id="unreadable"),
]


@pytest.mark.parametrize(("value", "fields", "verdict"), USING)
def test_use_at_100_seconds(value, fields, verdict):
    reuse = assess_reuse(stored(response(value)), request(fields), now=NOW + 100, explain=True)
    assert reuse.verdict == verdict
    assert reuse.ok is (verdict in ("fresh", "stale", "stale-while-revalidate"))
    assert reuse.steps[-1].outcome == reuse.reason
    assert reuse.age == 100


@pytest.mark.parametrize("value", ["max-age=90, proxy-revalidate", "max-age=90, s-maxage=9"])
def test_private_cache_leaves_alone_what_is_for_shared_ones(value):
    held = stored(response(value), settings=PRIVATE_CACHE)
    asked = request({"Cache-Control": "max-stale"})
    assert assess_reuse(held, asked, now=NOW + 100, settings=PRIVATE_CACHE).verdict == "stale"


MISMATCHES = [
    pytest.param(request(url="http://a.example/y"), "another URI", id="uri"),
    pytest.param(request(url="http://a.example/x?"), "another URI", id="empty-query"),
    pytest.param(request(method="POST"), "does not answer a POST", id="method"),
    pytest.param(request({"Accept": "b"}), "differs in a field", id="vary"),
]


@pytest.mark.parametrize(("asked", "words"), MISMATCHES)
def test_response_of_another_request(asked, words):
    held = stored(response("max-age=60", Vary="Accept"), asked=request({"Accept": "a"}))
    reuse = assess_reuse(held, asked, now=NOW)
    assert reuse.verdict == "mismatch"
    assert words in reuse.reason


def test_get_answers_head_but_head_does_not_answer_get():
    got, headed = (
        stored(response("max-age=60")),
        stored(response("max-age=60"), asked=request(method="HEAD")),
    )
    assert assess_reuse(got, request(method="HEAD"), now=NOW).ok
    assert not assess_reuse(headed, request(), now=NOW).ok
    assert assess_reuse(headed, request(method="HEAD"), now=NOW).ok


def test_vary_star_never_matches():
    assert not assess_reuse(stored(response("max-age=60", Vary="*")), request(), now=NOW).ok


# Section 4.2.4
STALE = [
    pytest.param("max-age=9", {}, True, id="allowed"),
    pytest.param("max-age=9, no-cache", {}, False, id="no-cache"),
    pytest.param("max-age=9, must-revalidate", {}, False, id="must-revalidate"),
    pytest.param("s-maxage=9", {}, False, id="s-maxage"),
    pytest.param("max-age=9", {"Cache-Control": "no-cache"}, False, id="client-wants-validation"),
    pytest.param("max-age=9", {"Cache-Control": "max-age=9"}, False, id="client-wants-it-young"),
    pytest.param("max-age=9", {"Cache-Control": "max-stale"}, True, id="client-does-not-mind"),
]


@pytest.mark.parametrize(("value", "fields", "allowed"), STALE)
def test_stale_use_when_the_origin_is_away(value, fields, allowed):
    assert may_serve_stale(stored(response(value)), request(fields)) is allowed


# RFC 5861 section 4
ON_ERROR = [
    pytest.param("max-age=90, stale-if-error=10", {}, True, id="response"),
    pytest.param("max-age=90, stale-if-error=9", {}, False, id="over"),
    pytest.param("max-age=90", {"Cache-Control": "stale-if-error=10"}, True, id="request"),
    pytest.param("max-age=90, stale-if-error=99, must-revalidate", {}, False, id="forbidden"),
    pytest.param("max-age=90", {}, False, id="not-said"),
]


@pytest.mark.parametrize(("value", "fields", "allowed"), ON_ERROR)
def test_stale_if_error(value, fields, allowed):
    held = stored(response(value))
    assert stale_if_error_allows(held, request(fields), now=NOW + 100) is allowed


def test_pragma_stands_for_cache_control_where_there_is_none():
    assert request_directives(Headers([("Pragma", "no-cache")])).no_cache
    assert not request_directives(Headers([("Pragma", "x")])).no_cache


values = st.sampled_from(
    [
        "max-age=60",
        "max-age=0",
        "s-maxage=30",
        "no-cache",
        "max-age=60, must-revalidate",
        "max-age=10, stale-while-revalidate=20",
        "public",
        "x",
    ]
)
wishes = st.sampled_from(["", "no-cache", "max-age=5", "max-stale", "max-stale=9", "min-fresh=3"])
modified = st.none() | st.integers(0, 10_000).map(lambda s: format_http_date(NOW - s))
ORDER = {"fresh": 0, "stale": 1, "stale-while-revalidate": 1, "validate": 2, "mismatch": 3}


@given(values, wishes, modified, st.booleans(), st.integers(0, 200), st.integers(0, 200))
def test_time_never_makes_fresher(value, wish, last_modified, shared, first, more):
    """More elapsed time never turns a no into a yes: RFC 9111 section 4.2."""
    fields = {} if last_modified is None else {"Last_Modified": last_modified}
    settings = CacheSettings(shared=shared)
    held = stored(response(value, **fields), settings=settings)
    asked = request({"Cache-Control": wish} if wish else {})
    earlier = assess_reuse(held, asked, now=NOW + first, settings=settings)
    later = assess_reuse(held, asked, now=NOW + first + more, settings=settings)
    assert later.age == earlier.age + more
    assert later.ttl == earlier.ttl - more
    assert ORDER[later.verdict] >= ORDER[earlier.verdict]


@given(values, st.integers(0, 100), st.integers(0, 100))
def test_age_on_arrival_never_makes_fresher(value, age, more):
    young = stored(response(value, Age=str(age)))
    old = stored(response(value, Age=str(age + more)))
    assert old.is_fresh(NOW) <= young.is_fresh(NOW)


@given(values, wishes)
def test_shared_cache_never_stores_what_a_private_one_may_not(value, wish):
    asked = request({"Cache-Control": wish} if wish else {})
    held = response(f"{value}, max-age=1")
    if assess_storing(asked, held, settings=SHARED_CACHE).ok:
        assert assess_storing(asked, held, settings=PRIVATE_CACHE).ok


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.integers(100, 999))
def test_no_message_is_too_odd(value, vary, wish, status):
    asked = request({"Cache-Control": wish})
    held = response(value, Vary=vary, status=status)
    assess_storing(asked, held, explain=True)
    assess_reuse(stored(held, asked=asked), asked, now=NOW, explain=True)
