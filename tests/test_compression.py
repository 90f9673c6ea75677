"""Whether to compress, and what that does to the headers."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.coding_engines import is_available
from httpheaders.compression import CompressionPolicy, compress_message, compress_response, decide
from httpheaders.content_codings import compress, decompress
from httpheaders.errors import HttpHeadersError, PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

TEXT = b"The quick brown fox jumps over the lazy dog. " * 40


def exchange(accept="gzip", *, method="GET", status=200, asked=None, body=TEXT, **fields):
    """A request and its response; `content_type="a/b"` becomes Content-Type."""
    request = Headers.of(asked or {})
    if accept is not None:
        request = request.added("Accept-Encoding", accept)
    given_fields = {"content_type": "text/html", **fields}
    headers = Headers(
        (name.replace("_", "-"), value) for name, value in given_fields.items() if value is not None
    )
    return Request(method, "/", request), Response(status, headers, body)


def row(accept, coding, identifier, *, varies=True, policy=None, **members):
    return pytest.param(
        exchange(accept, **members), policy or {}, coding, varies, id=identifier.replace(" ", "-")
    )


NO, NOT_ACCEPTABLE = None, 406

ACCEPT_ENCODING = [  # RFC 9110 section 12.5.3
    row("gzip", "gzip", "asked for by name"),
    row("GZIP", "gzip", "codings are case-insensitive"),
    row("x-gzip", "gzip", "x-gzip is gzip (8.4.1.3)"),
    row("deflate, x-gzip;q=0.5", "gzip", "x-gzip with a weight"),
    row("x-gzip;q=0, gzip;q=1", NO, "the first of two names for one coding holds"),
    row("*", "gzip", "the asterisk matches it"),
    row("*;q=0.1", "gzip", "the asterisk with a weight"),
    row("gzip;q=0", NO, "a weight of 0 is no"),
    row("gzip;q=0.0", NO, "a weight of 0.0 is no"),
    row("gzip;q=0.000", NO, "a weight of 0.000 is no"),
    row("gzip ; q=0", NO, "blanks around the semicolon"),
    row("gzip;Q=0", NO, "the weight's name in capitals"),
    row("gzip;q=0, *", NO, "a name goes before the asterisk"),
    row("*;q=0, gzip", "gzip", "the asterisk excludes all but the named"),
    row("gzip;q=0.001", "gzip", "the smallest weight is a yes"),
    row("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip", "another coding is liked better"),
    row("notgzip", NO, "a name that ends in gzip"),
    row("gzipped", NO, "a name that begins with gzip"),
    row("br, deflate", NO, "only other codings"),
    row("identity", NO, "identity alone"),
    row("", NO, "an empty field wants no coding"),
    row(" , ,", NO, "a field of empty members"),
    row(None, "gzip", "an absent field takes any coding"),
    row(None, NO, "an absent field, nothing unasked", policy={"encode_unasked": False}),
    row("identity;q=1, *;q=0", NO, "what a browser asks for audio"),
    row("identity;q=1, gzip;q=0.5", NO, "identity is liked better"),
    row("gzip;q=0.5, identity;q=0.5", "gzip", "liked as much: the server chooses"),
    row("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip", "the section's own example"),
    row("compress, gzip", "gzip", "the section's first example"),
    row("compress;q=0.5, gzip;q=1.0", "gzip", "the section's fourth example"),
    row("gzip;q=2", NO, "a malformed weight is skipped"),
    row("gzip;q=0;q=1", NO, "two weights"),
    row("gzip;level=9", NO, "a parameter that the grammar lacks"),
    row('"gzip"', NO, "a quoted coding is none"),
    row("gzip gzip", NO, "two names without a comma"),
    row("identity;q=0", NOT_ACCEPTABLE, "nothing is left but identity"),
    row("*;q=0", NOT_ACCEPTABLE, "everything is refused"),
    row("identity;q=0, br", NOT_ACCEPTABLE, "only what the server lacks"),
    row("gzip;q=0, identity;q=0", NOT_ACCEPTABLE, "both are refused"),
    row("gzip, identity;q=0", "gzip", "identity is refused and gzip taken"),
    row("gzip, *;q=0", "gzip", "all but gzip is refused"),
    row("*;q=0", NO, "an error keeps its status", status=500),
    row("*;q=0", NO, "so does a redirect", status=302),
]

STATUS_AND_METHOD = [
    row("gzip", "gzip", "created", status=201),
    row("gzip", "gzip", "an error page (15.5)", status=404),
    row("gzip", "gzip", "an unknown status", status=None),
    row("gzip", NO, "continue (15.2)", status=100, varies=False, body=None),
    row("gzip", NO, "switching protocols (15.2.2)", status=101, varies=False, body=None),
    row("gzip", NO, "no content (15.3.5)", status=204, varies=False, body=None),
    row("gzip", NO, "reset content (15.3.6)", status=205, varies=False, body=None),
    row("gzip", NO, "partial content (15.3.7)", status=206, content_range="bytes 0-9/100"),
    row("gzip", NO, "a range that cannot be (14.4)", status=416, content_range="bytes */100"),
    row("gzip", NO, "not modified (15.4.5)", status=304, body=None),
    row("gzip", NO, "HEAD (9.3.2)", method="HEAD", body=None),
    row("gzip", NO, "a tunnel (9.3.6)", method="CONNECT", varies=False, body=None),
    row("gzip", "gzip", "an answer to POST (9.3.3)", method="POST"),
]

CACHE_CONTROL = [  # RFC 9111 sections 5.2.1.6 and 5.2.2.6
    row("gzip", NO, "no-transform", cache_control="no-transform", varies=False),
    row("gzip", NO, "in capitals", cache_control="No-Transform", varies=False),
    row("gzip", NO, "among others", cache_control="max-age=5, no-transform", varies=False),
    row("gzip", NO, "with an argument", cache_control="no-transform=1", varies=False),
    row("gzip", "gzip", "inside quotes", cache_control='private="x, no-transform, y"'),
    row("gzip", NO, "behind an open quote", cache_control='x="a, no-transform', varies=False),
    row("gzip", "gzip", "part of a longer name", cache_control="x-no-transform"),
    row("gzip", "gzip", "no-store is another matter", cache_control="no-store"),
    row("gzip", NO, "asked in the request", asked={"Cache-Control": "no-transform"}, varies=False),
    row("gzip, *;q=0", NO, "stronger than the client", cache_control="no-transform", varies=False),
]

CONTENT_ENCODING = [  # RFC 9110 section 8.4
    row("gzip", NO, "coded already", content_encoding="br", varies=False),
    row("gzip", NO, "gzipped already", content_encoding="gzip", varies=False),
    row("gzip", NO, "in another name", content_encoding="X-GZip", varies=False),
    row("gzip", "gzip", "identity is no coding", content_encoding="identity"),
    row("gzip", "gzip", "an empty field", content_encoding=""),
]

CONTENT_TYPE = [  # RFC 9110 section 8.3
    row("gzip", "gzip", "parameters do not matter", content_type="text/css; charset=utf-8"),
    row("gzip", "gzip", "a type in capitals", content_type="TEXT/HTML"),
    row("gzip", "gzip", "json", content_type="application/json"),
    row("gzip", "gzip", "a json suffix", content_type="application/problem+json"),
    row("gzip", "gzip", "an xml suffix", content_type="image/svg+xml"),
    row("gzip", "gzip", "wasm", content_type="application/wasm"),
    row("gzip", "gzip", "no type at all", content_type=None),
    row("gzip", NO, "an image", content_type="image/png"),
    row("gzip", NO, "a video", content_type="video/mp4"),
    row("gzip", NO, "a compressed font", content_type="font/woff2"),
    row("gzip", NO, "an archive", content_type="application/zip"),
    row("gzip", NO, "octets", content_type="application/octet-stream"),
    row("gzip", NO, "an event stream", content_type="text/event-stream"),
    row(
        "gzip",
        "gzip",
        "an event stream that is flushed",
        content_type="text/event-stream",
        policy={"flushes": True},
    ),
    row(
        "gzip",
        "gzip",
        "a type that is named",
        content_type="application/x-foo",
        policy={"types": ("application/X-Foo",)},
    ),
    row(
        "gzip",
        "gzip",
        "a range of types that is named",
        content_type="image/tiff",
        policy={"types": ("image/*",)},
    ),
    row("gzip, *;q=0", "gzip", "not worth it, but required", content_type="image/png"),
    row("*;q=0", NOT_ACCEPTABLE, "not worth it and refused", content_type="image/png"),
]

SIZE = [
    row("gzip", NO, "below the least size", policy={"min_size": 10000}),
    row("gzip", "gzip", "at the least size", policy={"min_size": len(TEXT)}),
    row("gzip, *;q=0", "gzip", "below it, but required", policy={"min_size": 10000}),
    row("gzip", NO, "it came out larger", body=b"tiny"),
    row("gzip", NO, "nothing to compress", body=b""),
    row("gzip, *;q=0", "gzip", "larger, but required", body=b"tiny"),
]

TABLE = ACCEPT_ENCODING + STATUS_AND_METHOD + CACHE_CONTROL + CONTENT_ENCODING + CONTENT_TYPE + SIZE


@pytest.mark.parametrize(("messages", "policy", "coding", "varies"), TABLE)
def test_the_decision(messages, policy, coding, varies):
    request, response = messages
    answer = compress_message(request, response, policy=CompressionPolicy(**policy))
    sent = answer.response
    if coding == NOT_ACCEPTABLE:
        assert (answer.ok, sent.status, sent.body) == (False, 406, b"")
    else:
        assert (answer.ok, answer.coding, sent.status) == (True, coding, response.status)
    if coding == "gzip":
        assert gzip.decompress(sent.body) == response.body
        assert sent.headers.get_all("content-encoding") == ["gzip"]
        assert sent.headers.get_all("content-length") == [str(len(sent.body))]
    assert (sent.headers.get("vary") == "Accept-Encoding") is varies
    assert answer.reason
    explained = compress_message(
        request, response, policy=CompressionPolicy(**policy), explain=True
    )
    assert explained._replace(steps=()) == answer
    assert explained.steps


@pytest.mark.parametrize(("messages", "policy", "coding", "varies"), TABLE)
def test_the_headers_alone_lead_to_the_same_decision(messages, policy, coding, varies):
    request, response = messages
    decision = decide(
        request, response, policy=CompressionPolicy(**policy), size=len(response.body or b"")
    )
    shrank = response.body is not None and len(compress(response.body)) < len(response.body)
    if decision.coding == "gzip" and not (shrank or decision.required):
        assert coding is None
        assert decision.plain_headers.get("content-encoding") is None
    else:
        assert decision.coding == (None if coding == NOT_ACCEPTABLE else coding)
    assert decision.varies is varies


def test_the_table_has_enough_rows():
    assert len(TABLE) >= 60


# RFC 9110 sections 8.8.3.3 and 12.5.5, RFC 9530
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param("Vary", None, "Accept-Encoding", id="vary-is-added"),
        pytest.param("Vary", "Origin", "Origin, Accept-Encoding", id="vary-is-extended"),
        pytest.param("Vary", "accept-encoding", "accept-encoding", id="vary-is-not-doubled"),
        pytest.param("Vary", "*", "*", id="vary-on-everything"),
        pytest.param("Vary", "", "Accept-Encoding", id="vary-was-empty"),
        pytest.param("Vary", "X-Accept-Encoding", "X-Accept-Encoding, Accept-Encoding", id="like"),
        pytest.param("ETag", '"v1"', 'W/"v1"', id="a-strong-tag-becomes-weak"),
        pytest.param("ETag", 'W/"v1"', 'W/"v1"', id="a-weak-tag-stays"),
        pytest.param("ETag", "v1", "v1", id="a-malformed-tag-stays"),
        pytest.param("Accept-Ranges", "bytes", None, id="no-ranges-of-what-is-made-anew"),
        pytest.param("Content-Digest", "sha-256=:AAAA:", None, id="content-digest"),
        pytest.param("Repr-Digest", "sha-256=:AAAA:", None, id="repr-digest"),
        pytest.param("Content-MD5", "AAAA", None, id="content-md5"),
        pytest.param("Last-Modified", "Tue", "Tue", id="last-modified-stays"),
        pytest.param("Content-Encoding", "identity", "gzip", id="identity-is-replaced"),
    ],
)
def test_what_coding_does_to_a_field(name, before, after):
    headers = Headers() if before is None else Headers([(name, before)])
    request, _ = exchange()
    answer = compress_message(request, Response(200, headers, TEXT))
    assert answer.coding == "gzip"
    assert answer.response.headers.get(name) == after
    # Nothing is taken out in silence.
    told = [problem.where for problem in answer.problems]
    assert (f"response.headers.{name.lower()}" in told) is (after is None or before == "v1")


def test_fields_stay_when_the_content_does():
    headers = Headers([("ETag", '"v1"'), ("Accept-Ranges", "bytes"), ("Content-Length", "4")])
    answer = compress_message(exchange()[0], Response(200, headers, b"tiny"))
    assert answer.problems == ()
    assert answer.response.headers == headers.added("Vary", "Accept-Encoding")
    assert answer.response.body == b"tiny"


def test_content_length_is_replaced():
    request, response = exchange(content_length="9999")
    answer = compress_message(request, response)
    assert answer.response.headers.get_all("Content-Length") == [str(answer.size)]
    assert answer.original_size == len(TEXT)


# RFC 9112 section 6.2
def test_content_length_never_stands_beside_transfer_encoding():
    request, response = exchange(transfer_encoding="chunked")
    assert "content-length" not in compress_message(request, response).response.headers


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 304)], ids=["head", "not-modified"]
)
def test_what_has_no_content_speaks_as_if_it_had(method, status):
    request, response = exchange(
        method=method, status=status, body=None, etag='"v1"', content_length="1800"
    )
    answer = compress_message(request, response)
    assert answer.coding is None
    assert answer.response.body is None
    assert answer.response.headers.get("etag") == 'W/"v1"'
    assert "content-length" not in answer.response.headers
    # RFC 9110 section 15.4.5: no other representation metadata in a 304
    assert ("content-encoding" in answer.response.headers) is (status == 200)


@pytest.mark.parametrize("accept", ["gzip", "gzip;q=0", "gzip, identity;q=0"])
@pytest.mark.parametrize(
    ("method", "status", "reference"),
    [
        pytest.param("HEAD", 200, "RFC 9110 section 9.3.2", id="head"),
        pytest.param("GET", 304, "RFC 9110 section 15.4.5", id="not-modified"),
    ],
)
def test_content_where_none_may_be_is_left_out_and_told(accept, method, status, reference):
    request, response = exchange(accept, method=method, status=status)
    answer = compress_message(request, response)
    assert (answer.response.body, answer.original_size, answer.size) == (None, len(TEXT), None)
    assert [(one.where, one.reference) for one in answer.problems] == [("response.body", reference)]
    bodiless = compress_message(request, response._replace(body=None))
    assert answer.response == bodiless.response


def test_the_declared_length_tells_the_size():
    request, response = exchange(content_length="10", body=None)
    policy = CompressionPolicy(min_size=100)
    assert decide(request, response, policy=policy).coding is None
    assert decide(request, response, policy=policy, size=1000).coding == "gzip"


@pytest.mark.parametrize("length", ["abc", "-5", "9" * 50, "", "\u0665"])
def test_a_malformed_length_tells_nothing(length):
    request, response = exchange(content_length=length, body=None)
    assert decide(request, response, policy=CompressionPolicy(min_size=100)).coding == "gzip"


def test_coded_content_without_vary_is_told():
    request, response = exchange(content_encoding="br")
    assert "Vary" in decide(request, response).problems[0].message
    request, response = exchange(content_encoding="br", vary="accept-encoding")
    assert decide(request, response).problems == ()


def test_not_acceptable_says_nothing_of_the_representation():
    request, response = exchange(
        "*;q=0", etag='"v1"', content_language="en", date="now", vary="Origin"
    )
    answer = compress_message(request, response)
    assert answer.response.headers.to_dict() == {
        "date": ["now"],
        "vary": ["Origin, Accept-Encoding"],
        "content-length": ["0"],
    }


def test_malformed_members_are_told():
    request, response = exchange("gzip;q=9, identity")
    assert compress_message(request, response).problems[0].where == "Accept-Encoding"


def test_several_codings_are_chosen_by_the_client_then_the_server():
    if not (is_available("br") and is_available("zstd")):
        pytest.skip("needs the packages for br and zstd")
    policy = CompressionPolicy(codings=("zstd", "br", "gzip"))
    for accept, coding in [
        ("gzip, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip, br;q=0.9", "gzip"),
        ("gzip, deflate", "gzip"),
    ]:
        request, response = exchange(accept)
        answer = compress_message(request, response, policy=policy)
        assert answer.coding == coding
        assert decompress(answer.response.body, coding) == TEXT


def test_a_coding_that_cannot_be_made_is_refused():
    request, response = exchange()
    with pytest.raises(PolicyError):
        compress_message(request, response, policy=CompressionPolicy(codings=("lzma",)))


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=80), st.binary(max_size=200))
def test_only_our_errors_come_out(accept, content_type, etag, body):
    request = Request("GET", "/", Headers([("Accept-Encoding", accept)]))
    headers = Headers([("Content-Type", content_type), ("ETag", etag), ("Vary", accept)])
    try:
        answer = compress_message(request, Response(200, headers, body), explain=True)
    except HttpHeadersError:
        return
    assert answer.ok or answer.response.status == 406


# The plain door.


@pytest.mark.parametrize(
    ("accept", "is_compressed"),
    [
        pytest.param({"Accept-Encoding": "gzip, deflate"}, True, id="asked"),
        pytest.param({"accept-encoding": "gzip"}, True, id="in-lower-case"),
        pytest.param({"Accept-Encoding": "*"}, True, id="asterisk"),
        pytest.param({"Accept-Encoding": "gzip;q=0"}, False, id="refused"),
        pytest.param({"Accept-Encoding": "identity"}, False, id="identity"),
        pytest.param({"Accept-Encoding": ""}, False, id="empty"),
        pytest.param({}, False, id="absent"),
        pytest.param({"Accept-Encoding": "*;q=0"}, False, id="everything-refused"),
    ],
)
@pytest.mark.parametrize("text", ["", "short", "Grüße " * 100])
def test_compress_response(accept, is_compressed, text):
    body, headers = compress_response(text, accept)
    if is_compressed:
        assert headers == {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        assert gzip.decompress(body).decode() == text
    else:
        assert (body, headers) == (text.encode(), {})


def test_compress_response_gives_the_same_bytes_again():
    asked = {"Accept-Encoding": "gzip"}
    assert compress_response("Hello", asked) == compress_response("Hello", asked)
