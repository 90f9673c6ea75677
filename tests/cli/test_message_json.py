"""Messages as JSON: five shapes of headers in, one out; every error names its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cli.message_json import (
    read_exchange,
    read_headers,
    read_request,
    read_response,
    write_body,
    write_exchange,
    write_response,
)
from httpheaders.errors import InputError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response

PAIRS = [("Vary", "Origin"), ("X-Dup", "1"), ("Vary", "Accept")]


@pytest.mark.parametrize(
    ("shape", "pairs"),
    [
        pytest.param({"Vary": "Origin"}, PAIRS[:1], id="name to value"),
        pytest.param({"Vary": ["Origin", "Accept"]}, [PAIRS[0], PAIRS[2]], id="name to lines"),
        pytest.param([list(pair) for pair in PAIRS], PAIRS, id="pairs"),
        pytest.param([{"name": n, "value": v} for n, v in PAIRS], PAIRS, id="HAR"),
        pytest.param("Vary: Origin\r\nX-Dup: 1\r\nVary: Accept\r\n", PAIRS, id="a block"),
        pytest.param("Vary: Origin\nX-Dup: 1\nVary: Accept", PAIRS, id="a block with LF"),
        pytest.param(None, [], id="null"),
        pytest.param({}, [], id="none"),
        pytest.param({"Vary": []}, [], id="no lines"),
    ],
)
def test_headers_are_read_in_every_shape(shape, pairs):
    assert read_headers(shape).pairs == pairs


@pytest.mark.parametrize(
    ("read", "value", "place"),
    [
        (read_headers, 7, "$.headers"),
        (read_headers, {"Age": 5}, "$.headers.Age"),
        (read_headers, {"Age": ["5", None]}, "$.headers.Age[1]"),
        (read_headers, [["Age"]], "$.headers[0]"),
        (read_headers, [["Age", "5"], ["Age", 5]], "$.headers[1]"),
        (read_headers, [{"name": "Age"}], "$.headers[0]"),
        (read_headers, "Age 5", "$.headers"),
        (read_request, [], "$"),
        (read_request, {"method": 1}, "$.method"),
        (read_request, {"url": {}}, "$.url"),
        (read_request, {"body": "a", "body_base64": "YQ=="}, "$"),
        (read_request, {"body_base64": "not base64!"}, "$.body_base64"),
        (read_request, {"body": {"a": 1}}, "$.body"),
        (read_response, {"status": "200"}, "$.status"),
        (read_response, {"status": True}, "$.status"),
        (read_response, {"status": 99}, "$.status"),
        (read_response, {"status": 200.0}, "$.status"),
        (read_exchange, {"request": 1}, "$.request"),
        (read_exchange, {"response": {"headers": {"A": 1}}}, "$.response.headers.A"),
    ],
)
def test_a_wrong_type_is_an_error_that_names_the_place(read, value, place):
    with pytest.raises(InputError) as caught:
        read(value)
    assert caught.value.where == place
    assert str(caught.value).endswith(place)


def test_keys_that_a_message_does_not_define_are_left_alone():
    assert read_response({"status": 200, "time": 4}) == Response(200)


def test_headers_leave_in_one_shape():
    written = write_response(Response(200, Headers(PAIRS)))
    assert written["headers"] == {"vary": ["Origin", "Accept"], "x-dup": ["1"]}


@given(st.binary() | st.none())
def test_bodies_survive_both_ways(body):
    exchange = Exchange(Request("PUT", "/", Headers(PAIRS), body), Response(200, body=body))
    again = read_exchange(write_exchange(exchange))
    assert again.request is not None
    assert again.response is not None
    assert (again.request.body, again.response.body) == (body, body)


def test_a_body_that_is_no_text_is_base64():
    assert write_body(b"\xff") == {"body_base64": "/w=="}
