"""What script may set and read freely, with permission, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cors_safelists import (
    is_forbidden_method,
    is_forbidden_request_header,
    is_forbidden_response_header,
    is_no_cors_safelisted,
    is_safelisted_method,
    is_safelisted_request_header,
    is_safelisted_response_header,
    list_of_tokens,
    normalize_method,
    unsafe_request_header_names,
)
from httpheaders.messages.headers import Headers

PLAIN = "application/x-www-form-urlencoded"

# Fetch section "Headers", CORS-safelisted request-header
SAFELISTED = [
    pytest.param("Accept", "text/html, */*;q=0.8", True, id="accept"),
    pytest.param("accept", "", True, id="empty"),
    pytest.param("Accept", "a\tb", True, id="tab inside"),
    pytest.param("Accept", "é" * 128, True, id="128 bytes of one each"),
    pytest.param("Accept", "é" * 129, False, id="129 bytes of one each"),
    pytest.param("Accept", "\u20ac" * 43, False, id="129 bytes of three each"),
    pytest.param("Accept", " " * 9 + "x" * 128 + "\t", True, id="outer blanks do not count"),
    *(
        pytest.param("Accept", f"a{c}b", False, id=f"unsafe {c!r}")
        for c in '"():<>?@[\\]{}\x7f\0\x1f'
    ),
    pytest.param("Accept-Language", "de-CH, en;q=0.5, *", True, id="language"),
    pytest.param("Content-Language", "en_US", False, id="underscore in a language"),
    pytest.param("Content-Language", "é", False, id="language not ASCII"),
    pytest.param("Content-Type", PLAIN, True, id="form"),
    pytest.param("Content-Type", "TEXT/Plain ; charset=utf-8", True, id="type in other case"),
    pytest.param("Content-Type", "multipart/form-data;boundary=x", True, id="multipart"),
    pytest.param("Content-Type", 'text/plain;charset="x"', False, id="quotes"),
    pytest.param("Content-Type", "application/json", False, id="json"),
    pytest.param("Content-Type", "application/json, text/plain", False, id="two types"),
    pytest.param("Content-Type", "text/plain, application/json", False, id="safe type first"),
    pytest.param("Content-Type", "text/", False, id="no subtype"),
    pytest.param("Content-Type", "", False, id="no type"),
    pytest.param("Range", "bytes=0-", True, id="open range"),
    pytest.param("Range", "bytes=5-5", True, id="range of one"),
    pytest.param("Range", "bytes=6-5", False, id="range backwards"),
    pytest.param("Range", "bytes=-5", False, id="suffix range"),
    pytest.param("Range", "bytes=0-1,3-4", False, id="two ranges"),
    pytest.param("Range", "bytes= 0-1", False, id="blank in a range"),
    pytest.param("Range", "Bytes=0-1", False, id="unit in other case"),
    pytest.param("X-Token", "1", False, id="any other name"),
    pytest.param("User-Agent", "x", False, id="user agent"),
    pytest.param("Save-Data", "on", False, id="client hint"),
]


@pytest.mark.parametrize(("name", "value", "expected"), SAFELISTED)
def test_request_headers_are_safelisted_by_value(name, value, expected):
    assert is_safelisted_request_header(name, value) is expected
    assert is_safelisted_request_header(name.swapcase(), value) is expected


# Fetch section "Headers", CORS-unsafe request-header names
@pytest.mark.parametrize(
    ("pairs", "names"),
    [
        pytest.param([("Accept", "x")], [], id="all safe"),
        pytest.param([("X-B", "1"), ("x-a", ""), ("X-b", "2")], ["x-a", "x-b"], id="sorted, once"),
        pytest.param([("Accept", "x" * 128)] * 8, [], id="1024 bytes together"),
        pytest.param(
            [("Accept", "x" * 128)] * 8 + [("Range", "bytes=0-")], ["accept", "range"], id="more"
        ),
        pytest.param([("Accept", "x"), ("accept", "(")], ["accept"], id="one of two is unsafe"),
        pytest.param(
            [("Content-Type", "application/json"), ("Content-Type", "text/plain")],
            ["content-type"],
            id="the standard's own trap",
        ),
    ],
)
def test_unsafe_names_are_listed(pairs, names):
    assert unsafe_request_header_names(Headers(pairs)) == names


# Fetch section "Headers", forbidden request-header
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *((name, "x", True) for name in ("Cookie", "HOST", "origin", "Sec-X", "proxy-x", "Via")),
        *((name, "x", False) for name in ("User-Agent", "Sec", "Proxy", "Authorization", "X-Via")),
        ("X-HTTP-Method", "trace", True),
        ("x-http-method-override", "GET, TRACK", True),
        ("X-Method-Override", '"GET, TRACE"', False),
        ("X-Method-Override", "TRACER", False),
        ("Coo\u212aie", "x", False),
    ],
)
def test_forbidden_request_headers(name, value, expected):
    assert is_forbidden_request_header(name, value) is expected


# Fetch section "Methods"
@pytest.mark.parametrize(
    ("method", "normalized", "safelisted", "forbidden"),
    [
        ("get", "GET", False, False),
        ("POST", "POST", True, False),
        ("Options", "OPTIONS", False, False),
        ("patch", "patch", False, False),
        ("CHICKEN", "CHICKEN", False, False),
        ("Trace", "Trace", False, True),
        ("connect", "connect", False, True),
        ("ſ", "ſ", False, False),
    ],
)
def test_methods(method, normalized, safelisted, forbidden):
    assert normalize_method(method) == normalized
    assert is_safelisted_method(method) is safelisted
    assert is_forbidden_method(method) is forbidden


def test_response_headers():
    assert is_safelisted_response_header("CONTENT-type")
    assert not is_safelisted_response_header("ETag")
    assert is_safelisted_response_header("ETag", {"etag"})
    assert not is_safelisted_response_header("Set-Cookie", {"set-cookie"})
    assert is_forbidden_response_header("set-COOKIE2")


def test_mode_no_cors_takes_four_names():
    assert is_no_cors_safelisted("Accept", "x")
    assert not is_no_cors_safelisted("Range", "bytes=0-")


@pytest.mark.parametrize(
    ("lines", "elements"),
    [
        ([], []),
        ([""], []),
        ([",, a ,\tb,"], ["a", "b"]),
        (["a", "b, c"], ["a", "b", "c"]),
        (["a b"], None),
        (['"a"'], None),
        (["a", "(b)"], None),
        (["a\x0b"], None),
    ],
)
def test_lists_are_all_tokens_or_nothing(lines, elements):
    assert list_of_tokens(lines) == elements


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_has_an_answer(name, value):
    is_safelisted_request_header(name, value)
    is_forbidden_request_header(name, value)
    unsafe_request_header_names(Headers([(name, value), ("Content-Type", value), ("Range", value)]))
