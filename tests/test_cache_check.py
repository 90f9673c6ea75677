"""Why is this (not) cached? One response, one kind of cache, one moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_check import caching_problems, check_caching
from httpheaders.cache_settings import PRIVATE_CACHE, SHARED_CACHE
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.dates import format_http_date

NOW = 1_700_000_000


def response(fields, status=200):
    return Response(status, Headers(dict(fields).items()))


def check(fields, *, request=None, **options):
    return check_caching(request, response(fields), now=options.pop("now", NOW), **options)


def test_everything_that_is_asked():
    answer = check(
        {
            "Cache-Control": "max-age=60, stale-while-revalidate=30, stale-if-error=300",
            "Age": "70",
            "ETag": '"v7"',
            "Vary": "Accept",
        },
        request=Request("GET", "http://a.example/", Headers([("Accept", "a")])),
        explain=True,
    )
    assert (answer.ok, answer.storable, answer.fresh, answer.reusable) == (True, True, False, False)
    assert (answer.freshness_lifetime, answer.age, answer.ttl) == (60, 70, -10)
    assert (answer.stale_while_revalidate, answer.stale_if_error) == (20, 290)
    assert answer.must_revalidate is False
    assert answer.vary_key == (("accept", "a"),)
    assert answer.revalidation.get("If-None-Match") == '"v7"'
    assert {step.rule for step in answer.steps} >= {"freshness lifetime", "current age"}
    assert (answer.validated, answer.headers) == (None, None)


def test_answer_for_a_new_request():
    stored = {"Cache-Control": "max-age=60", "Vary": "Accept"}
    same = check(stored, new_request=Request())
    assert (same.ok, same.reusable) == (True, True)
    other = check(stored, new_request=Request(headers=Headers([("Accept", "b")])))
    assert (other.ok, "Vary" in other.reason) == (False, True)
    refused = check({"Cache-Control": "no-store"}, new_request=Request())
    assert (refused.ok, refused.reason) == (False, "Cache-Control says 'no-store'")


def test_age_and_time_of_arrival():
    fields = {"Cache-Control": "max-age=60", "Date": format_http_date(NOW - 50)}
    assert check(fields).age == 50
    assert check(fields, age=7, received=NOW - 3).age == 10


def test_private_cache():
    fields = {"Cache-Control": "private, max-age=60"}
    assert not check(fields).ok
    assert check(fields, settings=PRIVATE_CACHE).ok


# Sections 4.3.3 to 4.3.5
VALIDATIONS = [
    pytest.param("GET", response({"ETag": '"1"', "X": "new"}, 304), True, id="not-modified"),
    pytest.param("GET", response({"ETag": '"2"'}, 304), False, id="about-another"),
    pytest.param("HEAD", response({"ETag": '"1"'}, 200), True, id="head"),
    pytest.param("HEAD", response({"ETag": '"2"'}, 200), False, id="head-of-another"),
    pytest.param("GET", response({"ETag": '"1"'}, 200), False, id="content-left-out"),
    pytest.param("GET", Response(200, Headers([("ETag", '"1"')]), b"x"), False, id="full-response"),
    pytest.param("GET", response({}, 503), False, id="error"),
]


@pytest.mark.parametrize(("method", "validation", "holds"), VALIDATIONS)
def test_validation(method, validation, holds):
    stored = {"ETag": '"1"', "X": "old", "Y": "kept"}
    answer = check(
        stored,
        request=Request("GET", "/"),
        new_request=Request(method),
        validation_response=validation,
    )
    assert (answer.ok, answer.validated) == (holds, holds)
    assert answer.headers.get("Y") == "kept"
    if "X" in validation.headers:
        assert answer.headers.get("X") == "new"


# Section 3.3
PARTS = [
    pytest.param(None, True, id="the-same-again"),
    pytest.param("bytes=0-3", True, id="all-of-it"),
    pytest.param("bytes=1-2", True, id="within"),
    pytest.param("", False, id="the-whole"),
    pytest.param("bytes=0-7", False, id="beyond"),
    pytest.param("bytes=-2", False, id="another-end"),
]


@pytest.mark.parametrize(("asked", "reusable"), PARTS)
def test_a_part_answers_for_what_it_holds(asked, reusable):
    fields = {"Content-Range": "bytes 0-3/10", "Cache-Control": "max-age=60"}
    new = None if asked is None else Request(headers=Headers([("Range", asked)] if asked else []))
    answer = check_caching(None, response(fields, 206), now=NOW, new_request=new, explain=True)
    assert (answer.reusable, answer.storable) == (reusable, True)
    assert answer.steps[-1].reference == "RFC 9111 section 3.3"
    if not reusable:
        assert "only a part of it" in answer.reason


# Sections 5.2.2.4 and 5.2.2.7
@pytest.mark.parametrize(
    ("value", "settings", "left_out"),
    [
        ('max-age=60, no-cache="Foo, Bar"', SHARED_CACHE, "; without Foo"),
        ('max-age=60, private="foo"', SHARED_CACHE, "; without Foo"),
        ('max-age=60, private="foo"', PRIVATE_CACHE, ""),
        ('max-age=60, no-cache="Bar"', SHARED_CACHE, ""),
    ],
)
def test_fields_that_may_not_be_used_again_are_named(value, settings, left_out):
    answer = check({"Cache-Control": value, "Foo": "1"}, settings=settings, explain=True)
    assert answer.reason.endswith(f"max-age gives 60 s{left_out}")
    assert ("without Foo" in [step.outcome for step in answer.steps]) == bool(left_out)


def test_a_cookie_that_is_kept_out_is_no_problem():
    fields = {"Cache-Control": 'max-age=60, no-cache="Set-Cookie"', "Set-Cookie": "a=1"}
    assert check(fields).problems == ()


def test_times_are_told_to_the_microsecond():
    answer = check({"Cache-Control": "max-age=31536000"}, age=0.1, received=NOW - 0.2)
    assert (answer.age, answer.ttl) == (0.3, 31535999.7)
    assert "fresh for 31535999.7 s more" in answer.reason


TOLD = [
    pytest.param({"Cache-Control": "maxage=60"}, "Cache-Control", "max-age", id="misspelt"),
    pytest.param(
        {"Cache-Control": "public, private"}, "Cache-Control", "delete one", id="contrary"
    ),
    pytest.param({"Pragma": "a, No-Cache"}, "Pragma", "Cache-Control", id="pragma-in-capitals"),
    pytest.param({"Pragma": "no-cache"}, "Pragma", "Cache-Control: no-cache", id="pragma"),
    pytest.param({"Expires": "0"}, "Expires", "already expired", id="expires"),
    pytest.param({"Date": "yesterday"}, "Date", "three forms", id="date"),
    pytest.param({"Age": "1.5"}, "Age", "ignored", id="age"),
    pytest.param({"Warning": "110 - x"}, "Warning", "obsolete", id="warning"),
    pytest.param({"ETag": "v7"}, "ETag", 'send "v7"', id="etag"),
    pytest.param({"Vary": "Cookie"}, "Vary", "kills the hit rate", id="vary"),
    pytest.param({"CDN-Cache-Control": "&"}, "CDN-Cache-Control", "ignore", id="targeted"),
    pytest.param({"CDN-Cache-Control": "max-age=x"}, "CDN-Cache-Control", "integer", id="type"),
    pytest.param(
        {"Cache-Control": "max-age=1", "Set-Cookie": "a=1"},
        "Set-Cookie",
        "private",
        id="set-cookie",
    ),
]


@pytest.mark.parametrize(("fields", "where", "words"), TOLD)
def test_what_is_odd_is_told(fields, where, words):
    problems = [problem for problem in check(fields).problems if problem.where == where]
    assert words in problems[0].message


def test_authorised_response_that_sharing_is_allowed_for_is_told():
    request = Request("GET", "/", Headers([("Authorization", "x")]))
    answer = check({"Cache-Control": "max-age=0, must-revalidate"}, request=request)
    assert answer.storable
    assert any("authorised" in problem.message for problem in answer.problems)


def test_sound_response_has_no_problem():
    fields = {
        "Date": format_http_date(NOW),
        "Cache-Control": "public, max-age=3600",
        "ETag": '"v7"',
        "Vary": "Accept-Encoding",
    }
    assert caching_problems(Request("GET", "/"), response(fields), now=NOW) == []


names = st.sampled_from(
    ["Cache-Control", "CDN-Cache-Control", "Age", "Date", "Expires", "ETag", "Vary", "Pragma"]
)


@given(st.dictionaries(names, st.text(max_size=30), max_size=4), st.booleans())
def test_no_response_is_too_odd(fields, explain):
    answer = check(fields, explain=explain, new_request=Request("GET", "/"))
    assert answer.reason
    assert all("section" in problem.reference for problem in answer.problems)
