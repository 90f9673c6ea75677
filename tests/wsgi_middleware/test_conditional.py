"""Entity tags, conditions and ranges behind a server: RFC 9110 sections 8.8.3, 13 and 14."""

from __future__ import annotations

import pytest

from httpheaders.wsgi_middleware.conditional import conditional_middleware
from tests.wsgi_apps import TEXT, fields, generated, generated_with_length, listed
from tests.wsgi_client import call


def tag_of(app):
    return call(app, conditional_middleware)["etag"]


def tagged_stream(environ, start_response):
    start_response("200 OK", [*fields(len(TEXT)), ("ETag", '"own"')])
    for start in range(0, len(TEXT), 64):
        yield TEXT[start : start + 64]


small = {"whole_up_to": 10}


@pytest.mark.parametrize("app", [listed, generated_with_length])
def test_whole_content_gets_a_tag(app):
    assert tag_of(app).startswith('"')
    assert tag_of(app) == tag_of(listed)


def test_a_stream_of_unknown_length_gets_none():
    assert tag_of(generated) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"If-None-Match": "TAG"}, 304, id="current-tag"),
        pytest.param({"If-None-Match": "W/TAG"}, 304, id="weakly-the-same"),
        pytest.param({"If-None-Match": '"other"'}, 200, id="other-tag"),
        pytest.param({"If-None-Match": "*"}, 304, id="any-tag"),
        pytest.param({"If-Match": "TAG"}, 200, id="match"),
        pytest.param({"If-Match": '"other"'}, 412, id="no-match"),
        pytest.param({"Range": "bytes=0-3"}, 206, id="range"),
        pytest.param({"Range": "bytes=99999-"}, 416, id="beyond-the-end"),
        pytest.param({"Range": "bytes=0-3", "If-Range": '"other"'}, 200, id="range-of-another"),
    ],
)
def test_conditions(headers, status):
    tag = tag_of(listed)
    sent = {name: value.replace("TAG", tag) for name, value in headers.items()}
    answer = call(listed, conditional_middleware, headers=sent)
    assert answer.status == status
    expected = {200: TEXT, 206: TEXT[:4]}.get(status, b"")
    assert answer.body == expected


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        pytest.param({"If-None-Match": '"own"'}, 304, b"", id="current-tag"),
        pytest.param({"Range": "bytes=60-69"}, 206, TEXT[60:70], id="range-over-two-pieces"),
        pytest.param({"Range": "bytes=-5"}, 206, TEXT[-5:], id="the-end"),
        pytest.param({"Range": "bytes=0-0,900-900"}, 200, TEXT, id="several-are-ignored"),
        pytest.param({"If-Match": '"other"'}, 412, b"", id="no-match"),
    ],
)
def test_conditions_on_streams(headers, status, body):
    answer = call(tagged_stream, lambda app: conditional_middleware(app, **small), headers=headers)
    assert (answer.status, answer.body) == (status, body)
    if answer["content-length"] is not None:
        assert int(answer["content-length"]) == len(body)


def modified(environ, start_response):
    pairs = [*fields(len(TEXT)), ("Last-Modified", "Wed, 01 Jul 2020 00:00:00 GMT")]
    start_response("200 OK", pairs)
    yield TEXT


# RFC 9110 section 5.6.7: "Recipients of a timestamp value in rfc850-date format, which uses a
# two-digit year, MUST interpret a timestamp that appears to be more than 50 years in the future …"
@pytest.mark.parametrize("options", [{}, small], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("name", "year", "status"),
    [
        pytest.param("If-Unmodified-Since", "21", 200, id="unmodified"),
        pytest.param("If-Unmodified-Since", "19", 412, id="modified-after"),
        pytest.param("If-Modified-Since", "21", 304, id="not-modified"),
        pytest.param("If-Modified-Since", "19", 200, id="modified-since"),
    ],
)
def test_two_digit_years_are_placed_by_the_clock(name, year, status, options):
    day = {"21": "Thursday", "19": "Monday"}[year]
    answer = call(
        modified,
        lambda app: conditional_middleware(app, clock=lambda: 1_700_000_000.0, **options),
        headers={name: f"{day}, 01-Jul-{year} 00:00:00 GMT"},
    )
    assert answer.status == status


def test_other_methods_are_left_alone():
    headers = {"If-None-Match": "*"}
    answer = call(listed, conditional_middleware, method="POST", headers=headers, body=b"x")
    assert (answer.status, answer["etag"]) == (200, None)


def test_a_tag_of_the_application_stays():
    assert tag_of(tagged_stream) == '"own"'


def test_errors_are_left_alone():
    def app(environ, start_response):
        start_response("404 Not Found", fields())
        return [b"gone"]

    answer = call(app, conditional_middleware, headers={"If-None-Match": "*"})
    assert (answer.status, answer.body, answer["etag"]) == (404, b"gone", None)


def test_head_of_an_application_that_sends_none_is_answered_by_its_own_validators():
    def app(environ, start_response):
        start_response("200 OK", [*fields(900), ("ETag", '"own"')])
        return []

    headers = {"If-None-Match": '"own"'}
    assert call(app, conditional_middleware, method="HEAD", headers=headers).status == 304
