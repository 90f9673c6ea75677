"""Content codings behind a server: RFC 9110 sections 8.4 and 12.5.3."""

from __future__ import annotations

import gzip
import zlib

import pytest

from httpheaders.compression import CompressionPolicy
from httpheaders.wsgi_middleware.compression import compression_middleware
from tests.wsgi_apps import TEXT, fields, generated, listed
from tests.wsgi_client import call


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0", None),
        ("*", "gzip"),
        ("identity;q=1, *;q=0", None),
        ("br", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("app", [listed, generated])
def test_the_client_decides(app, accept_encoding, coding):
    headers = {} if accept_encoding is None else {"Accept-Encoding": accept_encoding}
    answer = call(app, compression_middleware, headers=headers)
    assert answer["content-encoding"] == coding
    assert answer["vary"] == "Accept-Encoding"
    assert (gzip.decompress(answer.body) if coding else answer.body) == TEXT


def answering(body, *headers, status="200 OK"):
    def app(environ, start_response):
        start_response(status, [*fields(len(body)), *headers])
        return [body]

    return app


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(answering(b"short"), id="too-small"),
        pytest.param(answering(TEXT, ("Content-Encoding", "br")), id="coded-already"),
        pytest.param(answering(TEXT, ("Cache-Control", "no-transform")), id="no-transform"),
        pytest.param(answering(TEXT[:1000], ("Content-Range", "bytes 0-999/1500")), id="a-part"),
    ],
)
def test_what_is_left_alone(app):
    for _ in range(2):  # the second decision may be a remembered one
        answer = call(app, compression_middleware, headers={"Accept-Encoding": "gzip"})
        assert answer["content-encoding"] in (None, "br")
        assert answer.body in (b"short", TEXT, TEXT[:1000])


def test_a_remembered_decision_keeps_the_vary_of_each_response():
    middleware = compression_middleware(answering(b"short", ("Vary", "Origin")))
    plain = compression_middleware(answering(b"short"))
    for _ in range(3):
        headers = {"Accept-Encoding": "gzip"}
        assert call(middleware, headers=headers)["vary"] == "Origin, Accept-Encoding"
        assert call(plain, headers=headers)["vary"] == "Accept-Encoding"


def test_small_images_vary_whatever_came_before():
    def image(environ, start_response):
        start_response("200 OK", [("Content-Type", "image/png")])
        return [b"x"]

    middleware = compression_middleware(image)
    for _ in range(3):
        answer = call(middleware, headers={"Accept-Encoding": "gzip"}, strict=False)
        assert (answer["content-encoding"], answer["vary"]) == (None, "Accept-Encoding")
    refused = call(middleware, headers={"Accept-Encoding": "*;q=0"}, strict=False)
    assert (refused.status, refused["vary"]) == (406, "Accept-Encoding")


def test_the_length_is_right_and_the_tag_weak():
    app = answering(TEXT, ("ETag", '"v1"'))
    answer = call(app, compression_middleware, headers={"Accept-Encoding": "gzip"}, strict=False)
    assert int(answer["content-length"]) == len(answer.body)
    assert answer["etag"] == 'W/"v1"'


def test_each_piece_can_be_read_when_it_leaves():
    pieces = [b"first piece, ", b"second piece, ", b"third"]

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield from pieces

    reader = zlib.decompressobj(31)
    body = compression_middleware(app)(
        {"HTTP_ACCEPT_ENCODING": "gzip"}, lambda *head: lambda data: None
    )
    read = [reader.decompress(piece) for piece in body]
    assert [piece for piece in read if piece] == pieces


def test_event_streams_are_left_alone():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        yield b"data: x\n\n"

    answer = call(app, compression_middleware, headers={"Accept-Encoding": "gzip"})
    assert (answer["content-encoding"], answer.body) == (None, b"data: x\n\n")


def test_a_client_that_refuses_both_gets_406():
    headers = {"Accept-Encoding": "identity;q=0, gzip;q=0"}
    for app in (listed, generated):
        answer = call(app, compression_middleware, headers=headers)
        assert (answer.status, answer.body) == (406, b"")


def test_the_policy_counts():
    policy = CompressionPolicy(min_size=10**9)
    answer = call(
        listed,
        lambda app: compression_middleware(app, policy=policy),
        headers={"Accept-Encoding": "gzip"},
        strict=False,
    )
    assert answer["content-encoding"] is None
