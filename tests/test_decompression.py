"""Taking codings off."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.compression import compress_message
from httpheaders.content_codings import compress
from httpheaders.decompression import decompress_message
from httpheaders.errors import InputError, PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

TEXT = b"The quick brown fox jumps over the lazy dog. " * 40


@given(st.binary(max_size=2000))
def test_decompressing_undoes_compressing(body):
    request = Request("GET", "/", Headers([("Accept-Encoding", "gzip, *;q=0")]))
    sent = compress_message(request, Response(200, Headers(), body)).response
    answer = decompress_message(sent)
    assert (answer.response.body, answer.codings) == (body, ("gzip",))
    assert "content-encoding" not in answer.response.headers
    assert answer.response.headers.get("content-length") == str(len(body))


def test_several_codings_are_taken_off_the_outermost_first():
    headers = Headers([("Content-Encoding", "gzip, deflate"), ("Content-Encoding", "x-gzip")])
    body = compress(zlib.compress(compress(TEXT)))
    answer = decompress_message(Response(200, headers.added("ETag", '"v1"'), body))
    assert answer.response.body == TEXT
    assert answer.codings == ("gzip", "deflate", "gzip")
    assert answer.response.headers.get("etag") == 'W/"v1"'


def test_content_tells_its_coding_by_itself():
    assert decompress_message(Response(200, Headers(), compress(TEXT))).codings == ("gzip",)
    plain = decompress_message(Response(200, Headers(), TEXT))
    assert (plain.ok, plain.codings, plain.response.body) == (True, (), TEXT)
    assert decompress_message(Response(204)).reason == "there is no content"


def test_a_tower_of_codings_is_refused():
    with pytest.raises(InputError, match="more than 5"):
        decompress_message(Response(200, Headers([("Content-Encoding", "gzip," * 100)]), b"x"))


def test_an_unknown_coding_is_refused():
    with pytest.raises(PolicyError, match="unknown content coding 'rot13'"):
        decompress_message(Response(200, Headers([("Content-Encoding", "rot13")]), b"x"))


def test_a_bomb_is_refused():
    bomb = compress(compress(bytes(10_000_000)))
    headers = Headers([("Content-Encoding", "gzip, gzip")])
    with pytest.raises(InputError, match="larger than 1000000"):
        decompress_message(Response(200, headers, bomb), max_size=1_000_000)
