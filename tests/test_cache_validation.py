"""Validation, RFC 9111 sections 3.1, 3.2, 4.3 and 4.4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_control import CacheControl
from httpheaders.cache_policy import stored_response
from httpheaders.cache_settings import PRIVATE_CACHE
from httpheaders.cache_validation import (
    freshened,
    head_confirms,
    identified_for_update,
    invalidated_uris,
    storable_headers,
    updated_headers,
    validation_request,
)
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

NOW = 1_700_000_000
MODIFIED = "Mon, 13 Nov 2023 22:13:20 GMT"
EARLIER = "Sun, 12 Nov 2023 22:13:20 GMT"
GET = Request("GET", "http://a.example/")


def stored(fields, *, status=200, asked=GET, time=NOW):
    held = Response(status, Headers(dict(fields).items()), b"")
    return stored_response(asked, held, request_time=time, response_time=time)


# Section 3.1, RFC 9110 section 7.6.1
DROPPED = [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Transfer-Encoding",
    "Upgrade",
    "Proxy-Authenticate",
    "Proxy-Authentication-Info",
    "Proxy-Authorization",
]


@pytest.mark.parametrize("name", DROPPED)
def test_field_that_is_not_stored(name):
    fields = Headers([("X-Any", "1"), (name.upper(), "x"), ("Set-Cookie", "a=1")])
    kept = storable_headers(fields, CacheControl())
    assert kept.pairs == [("X-Any", "1"), ("Set-Cookie", "a=1")]


def test_fields_named_in_connection_are_not_stored():
    fields = Headers([("Connection", "a, B"), ("A", "1"), ("b", "2"), ("c", "3")])
    assert storable_headers(fields, CacheControl()).pairs == [("c", "3")]


def test_fields_named_by_directives():
    fields = Headers([("A", "1"), ("B", "2"), ("C", "3")])
    directives = CacheControl(no_cache_fields=("a",), private_fields=("b",))
    assert storable_headers(fields, directives).pairs == [("C", "3")]
    private = storable_headers(fields, directives, PRIVATE_CACHE)
    assert private.pairs == [("B", "2"), ("C", "3")]


# Section 3.2
def test_every_field_is_updated_but_those_that_describe_what_is_stored():
    old = Headers(
        [
            ("A", "1"),
            ("Content-Length", "5"),
            ("Content-Type", "a/b"),
            ("Age", "9"),
            ("Set-Cookie", "a"),
            ("Set-Cookie", "b"),
            ("D", "4"),
        ]
    )
    new = Headers(
        [
            ("a", "2"),
            ("Content-Length", "0"),
            ("Content-Type", "c/d"),
            ("X", "new"),
            ("Set-Cookie", "c"),
            ("Connection", "Y"),
            ("Y", "1"),
        ]
    )
    assert updated_headers(old, new).pairs == [
        ("a", "2"),
        ("Content-Length", "5"),
        ("Content-Type", "c/d"),
        ("Set-Cookie", "c"),
        ("D", "4"),
        ("X", "new"),
    ]


def test_content_range_of_a_stored_part_stays():
    old, new = Headers([("Content-Range", "bytes 0-1/5")]), Headers([("Content-Range", "x")])
    assert updated_headers(old, new, partial=True) == old
    assert updated_headers(old, new).get("Content-Range") == "x"


@given(
    st.lists(st.tuples(st.sampled_from("ABCabc"), st.text("xyz", max_size=2)), max_size=6),
    st.lists(st.tuples(st.sampled_from("ABCabc"), st.text("xyz", max_size=2)), max_size=6),
)
def test_update_holds_the_new_lines_and_the_rest_of_the_old(old, new):
    merged = updated_headers(Headers(old), Headers(new))
    for name in "abc":
        expected = Headers(new).get_all(name) or Headers(old).get_all(name)
        assert merged.get_all(name) == expected


# Section 4.3.1
REQUESTS = [
    pytest.param({"ETag": '"v7"', "Last-Modified": MODIFIED}, {}, '"v7"', MODIFIED, id="both"),
    pytest.param({"ETag": 'W/"v7"'}, {}, 'W/"v7"', None, id="weak-tag"),
    pytest.param({"ETag": "v7"}, {}, "v7", None, id="tag-as-received"),
    pytest.param({"Last-Modified": MODIFIED}, {}, None, MODIFIED, id="date"),
    pytest.param({}, {}, None, None, id="no-validator"),
    pytest.param({"ETag": '"v7"'}, {"If-None-Match": '"v6", "v7"'}, '"v6", "v7"', None, id="union"),
    pytest.param(
        {"ETag": '"v7"'}, {"If-None-Match": '"a,b"'}, '"a,b", "v7"', None, id="comma-inside"
    ),
    pytest.param({"ETag": '"v7"'}, {"If-None-Match": "*"}, "*", None, id="star"),
    pytest.param({}, {"If-Modified-Since": EARLIER}, None, EARLIER, id="of-the-client"),
]


@pytest.mark.parametrize(("held", "fields", "tags", "date"), REQUESTS)
def test_validation_request(held, fields, tags, date):
    asked = GET._replace(headers=Headers([*fields.items(), ("Connection", "x"), ("Accept", "a")]))
    sent = validation_request(asked, [stored(held)]).headers
    assert (sent.joined("If-None-Match"), sent.joined("If-Modified-Since")) == (tags, date)
    assert "Accept" in sent
    assert "Connection" not in sent


def test_own_validation_leaves_out_the_conditions_of_the_client():
    fields = {"If-None-Match": '"v6"', "Range": "bytes=0-1", "Accept": "a"}
    asked = GET._replace(headers=Headers(fields.items()))
    sent = validation_request(asked, [stored({"ETag": '"v7"'})], own=True).headers
    assert sent.pairs == [("Accept", "a"), ("If-None-Match", '"v7"')]


# Section 4.3.4
IDENTIFIED = [
    pytest.param([{"ETag": '"1"'}, {"ETag": '"2"'}], {"ETag": '"2"'}, [1], id="same-strong-tag"),
    pytest.param([{"ETag": '"1"'}], {"ETag": '"2"'}, [], id="another-strong-tag"),
    pytest.param([{"ETag": 'W/"1"'}], {"ETag": '"1"'}, [], id="strong-against-weak"),
    pytest.param(
        [{"ETag": 'W/"1"', "Date": EARLIER}, {"ETag": 'W/"1"', "Date": MODIFIED}],
        {"ETag": 'W/"1"'},
        [1],
        id="newest-of-weak-matches",
    ),
    pytest.param([{"Last-Modified": MODIFIED}], {"Last-Modified": MODIFIED}, [0], id="same-date"),
    pytest.param([{"Last-Modified": MODIFIED}], {"Last-Modified": EARLIER}, [], id="another-date"),
    pytest.param(
        [{"Last-Modified": MODIFIED}],
        {"ETag": 'W/"1"', "Last-Modified": MODIFIED},
        [0],
        id="weak-tag-is-new",
    ),
    pytest.param([{"ETag": '"1"'}], {}, [0], id="without-validators-the-only-one"),
    pytest.param([{"ETag": '"1"'}, {"ETag": '"2"'}], {}, [], id="without-validators-one-of-two"),
]


@pytest.mark.parametrize(("held", "fields", "numbers"), IDENTIFIED)
def test_which_stored_response_a_304_is_about(held, fields, numbers):
    candidates = [stored(one) for one in held]
    found = identified_for_update(candidates, Headers(fields.items()), now=NOW)
    assert found == [candidates[number] for number in numbers]


def test_freshened_response_is_as_young_as_the_304():
    old = stored({"Cache-Control": "max-age=60", "Age": "50", "Date": MODIFIED})
    new = Response(304, Headers([("Cache-Control", "max-age=90")]))
    fresh = freshened(old, new, request_time=NOW + 100, response_time=NOW + 101)
    assert (fresh.lifetime.seconds, fresh.age(NOW + 101)) == (90, 1)
    assert "Age" not in fresh.response.headers


# Section 4.3.5
HEADS = [
    pytest.param({}, True, id="says-nothing"),
    pytest.param(
        {"ETag": '"v7"', "Last-Modified": MODIFIED, "Content-Length": "5"}, True, id="same"
    ),
    pytest.param({"ETag": '"v8"'}, False, id="another-tag"),
    pytest.param({"Last-Modified": EARLIER}, False, id="another-date"),
    pytest.param({"Content-Length": "6"}, False, id="another-length"),
]


@pytest.mark.parametrize(("fields", "same"), HEADS)
def test_head(fields, same):
    held = stored({"ETag": '"v7"', "Last-Modified": MODIFIED, "Content-Length": "5"})
    assert head_confirms(held, Response(200, Headers(fields.items())), now=NOW) is same


# Section 4.4
@pytest.mark.parametrize(
    ("method", "status", "count"),
    [
        pytest.param("POST", 200, 3, id="unsafe"),
        pytest.param("DELETE", 301, 3, id="redirection"),
        pytest.param("M-SEARCH", 200, 3, id="unknown"),
        pytest.param("POST", 500, 0, id="error"),
        pytest.param("POST", 404, 0, id="client-error"),
        pytest.param("GET", 200, 0, id="safe"),
        pytest.param("OPTIONS", 200, 0, id="safe-too"),
    ],
)
def test_invalidation(method, status, count):
    headers = Headers([("Location", "/y"), ("Content-Location", "http://a.example/z")])
    asked = Request(method, "http://a.example/x")
    assert len(invalidated_uris(asked, Response(status, headers))) == count


@pytest.mark.parametrize(
    "location", ["http://b.example/", "https://a.example/", "http://a.example:8080/", "http://["]
)
def test_other_origins_are_left_alone(location):
    asked = Request("POST", "http://a.example/x")
    found = invalidated_uris(asked, Response(200, Headers([("Location", location)])))
    assert found == ["http://a.example/x"]
