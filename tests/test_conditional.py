"""What a conditional or range request gets, RFC 9110 sections 13, 14 and 15."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import httpheaders
from httpheaders.conditional import answer_conditional, handle_conditional_get
from httpheaders.errors import InputError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

NOW = 1_700_000_000
CONTENT = bytes(range(256)) * 8
FIELDS = Headers(
    [
        ("Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("Content-Type", "text/plain"),
        ("Content-Length", str(len(CONTENT))),
        ("Content-Location", "/x"),
        ("ETag", '"v7"'),
        ("Last-Modified", "Mon, 13 Nov 2023 22:13:20 GMT"),
        ("Cache-Control", "max-age=60"),
        ("Expires", "Wed, 15 Nov 2023 22:13:20 GMT"),
        ("Vary", "Accept"),
        ("Set-Cookie", "a=1"),
    ]
)


def ask(fields, *, method="GET", response=None, **options):
    request = Request(method, "/x", Headers(fields.items()))
    response = response or Response(200, FIELDS, CONTENT)
    return answer_conditional(request, response, now=NOW, **options)


def test_plain_request_gets_the_response_as_it_is():
    answer = ask({})
    assert (answer.ok, answer.status, answer.headers, answer.body) == (True, 200, FIELDS, CONTENT)
    assert answer.etag == '"v7"'


# 15.4.5
def test_304_carries_what_it_must_and_no_representation_metadata():
    answer = ask({"If-None-Match": '"v7"'})
    assert (answer.status, answer.body) == (304, None)
    kept = {name.lower() for name, _ in answer.headers}
    required = {"date", "content-location", "etag", "vary", "cache-control", "expires"}
    assert kept == required | {"set-cookie"}


def test_304_keeps_last_modified_where_there_is_no_etag():
    response = Response(200, FIELDS.without("ETag"), CONTENT)
    since = {"If-Modified-Since": "Mon, 13 Nov 2023 22:13:20 GMT"}
    assert "Last-Modified" in ask(since, response=response).headers


# 15.3.7
RANGES = [
    pytest.param("bytes=0-9", 206, CONTENT[:10], "bytes 0-9/2048", id="first"),
    pytest.param("bytes=-10", 206, CONTENT[-10:], "bytes 2038-2047/2048", id="suffix"),
    pytest.param("bytes=2040-", 206, CONTENT[2040:], "bytes 2040-2047/2048", id="to-the-end"),
    pytest.param("bytes=0-9, 20-29", 206, CONTENT[:30], "bytes 0-29/2048", id="gap-too-small"),
    pytest.param("bytes=0-99, 50-199", 206, CONTENT[:200], "bytes 0-199/2048", id="overlapping"),
    pytest.param("bytes=0-1000, 1100-2047", 200, CONTENT, None, id="parts-longer-than-the-whole"),
    pytest.param("lines=0-9", 200, CONTENT, None, id="another-unit"),
    pytest.param("bytes=9-0", 200, CONTENT, None, id="invalid"),
    pytest.param("bytes=2048-", 416, None, "bytes */2048", id="unsatisfiable"),
]


@pytest.mark.parametrize(("value", "status", "body", "content_range"), RANGES)
def test_range(value, status, body, content_range):
    answer = ask({"Range": value}, explain=True)
    assert (answer.status, answer.body) == (status, body)
    assert answer.headers.get("Content-Range") == content_range
    assert answer.ok is (status != 416)
    assert answer.steps[-1].rule == "Range"
    if status == 206:
        assert answer.headers.get("Content-Length") == str(len(body))


def test_several_ranges_are_sent_in_parts():
    answer = ask({"Range": "bytes=1000-1009, 0-9"})
    assert answer.status == 206
    assert "Content-Range" not in answer.headers
    kind = answer.headers.get("Content-Type")
    assert kind == f"multipart/byteranges; boundary={answer.boundary}"
    assert answer.headers.get("Content-Length") == str(len(answer.body))
    from email import message_from_bytes

    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + answer.body)
    parts = message.get_payload()
    assert [part["Content-Range"] for part in parts] == ["bytes 1000-1009/2048", "bytes 0-9/2048"]
    assert [part["Content-Type"] for part in parts] == ["text/plain"] * 2
    assert [part.get_payload(decode=True) for part in parts] == [CONTENT[1000:1010], CONTENT[:10]]


def test_parts_of_content_that_is_not_at_hand_are_only_named():
    answer = ask({"Range": "bytes=0-9, 1000-1009"}, response=Response(200, FIELDS), size=2048)
    assert (answer.status, answer.body, len(answer.ranges)) == (206, None, 2)
    whole = ask({"Range": "bytes=0-9, 1000-1009"})
    assert answer.headers == whole.headers


def test_if_range_spares_what_the_client_has_already():
    answer = ask({"Range": "bytes=0-9", "If-Range": '"v7"'})
    assert answer.status == 206
    assert "Content-Type" not in answer.headers
    assert {"Date", "ETag", "Cache-Control", "Expires", "Content-Location", "Vary"} <= {
        name for name, _ in answer.headers
    }
    assert ask({"Range": "bytes=0-9", "If-Range": '"v6"'}).status == 200


# 14.2
@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        pytest.param({"method": "HEAD"}, 200, "for GET alone, not for HEAD", id="head"),
        pytest.param({"method": "POST"}, 200, "for GET alone, not for POST", id="post"),
        pytest.param({"method": "OPTIONS"}, 200, "for GET alone, not for OPTIONS", id="options"),
        pytest.param({"response": Response(204)}, 204, "not for 204", id="no-content"),
        pytest.param({"response": Response(200, FIELDS)}, 200, "length", id="length-unknown"),
    ],
)
def test_a_range_that_is_ignored_is_told(options, status, told):
    answer = ask({"Range": "bytes=0-9"}, explain=True, **options)
    assert (answer.status, answer.ranges, answer.ok) == (status, (), True)
    (problem,) = answer.problems
    assert (problem.where, problem.reference) == ("Range", "RFC 9110 section 14.2")
    assert problem.message.startswith("ignored: ")
    assert told in problem.message
    assert answer.steps[-1] == ("Range", problem.message, problem.reference)


def test_head_gets_no_part_and_no_content():
    assert ask({"Range": "bytes=0-9"}, method="HEAD").body is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"If-Range": '"v6"'}, 200, id="the-reason-tells-of-if-range"),
        pytest.param({"If-None-Match": '"v7"'}, 304, id="not-modified"),
        pytest.param({}, 206, id="a-part-already"),
    ],
)
def test_a_range_that_counted_is_no_problem(fields, status):
    response = Response(206 if status == 206 else 200, FIELDS, CONTENT)
    answer = ask({"Range": "bytes=0-9", **fields}, response=response)
    assert (answer.status, answer.problems) == (status, ())


def test_precondition_goes_before_range():
    assert ask({"Range": "bytes=5000-", "If-None-Match": '"v7"'}).status == 304
    assert ask({"Range": "bytes=0-9", "If-Match": '"v6"'}).status == 412


# 13.2.1: only where the answer would be 2xx or 412
@pytest.mark.parametrize("status", [301, 404, 500])
def test_other_answers_stand_whatever_the_preconditions_say(status):
    response = Response(status, FIELDS, CONTENT)
    fields = {"If-None-Match": '"v7"', "Range": "bytes=0-9"}
    assert ask(fields, response=response).status == status


@given(st.text(max_size=40), st.binary(max_size=300))
def test_any_range_of_any_content_is_answered(value, content):
    answer = ask({"Range": f"bytes={value}"}, response=Response(200, Headers(), content))
    assert answer.status in (200, 206, 416)
    if answer.status == 206 and len(answer.ranges) == 1:
        (part,) = answer.ranges
        assert answer.body == content[part.first : part.last + 1]


# The plain door
def test_door_tags_the_json_with_sorted_keys():
    data = {"b": [1, 2], "a": "é"}
    status, headers, body = httpheaders.handle_conditional_get(data, {})
    text = json.dumps(data, sort_keys=True)
    assert (status, json.loads(body)) == (200, data)
    assert headers["ETag"] == f'"{hashlib.md5(text.encode()).hexdigest()}"'


DOOR = [
    pytest.param({}, 200, id="nothing"),
    pytest.param({"If-None-Match": "{tag}"}, 304, id="same-tag"),
    pytest.param({"if-none-match": "W/{tag}"}, 304, id="weak-tag-in-lower-case-field"),
    pytest.param({"If-None-Match": '"x", {tag}'}, 304, id="in-a-list"),
    pytest.param({"If-None-Match": "*"}, 304, id="star"),
    pytest.param({"If-None-Match": '"x"'}, 200, id="another-tag"),
    pytest.param({"If-Match": '"x"'}, 412, id="if-match"),
    pytest.param({"Range": "bytes=0-0"}, 206, id="range"),
]


@pytest.mark.parametrize(("fields", "status"), DOOR)
def test_door(fields, status):
    tag = handle_conditional_get({"id": 1}, {})[1]["ETag"]
    given = {name: value.replace("{tag}", tag) for name, value in fields.items()}
    found, headers, body = handle_conditional_get({"id": 1}, given)
    assert found == status
    assert headers["ETag"] == tag
    assert (body is None) is (status in (304, 412))


def test_door_refuses_what_is_not_json():
    with pytest.raises(InputError):
        handle_conditional_get(object(), {})
