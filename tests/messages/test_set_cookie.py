"""Set-Cookie lines as user agents read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.messages.headers import Latin1Text, decode_field_text, encode_field_text
from httpheaders.messages.set_cookie import octet_length, read_set_cookie


# RFC 6265bis sections 5.6.1 to 5.6.7 and 5.7: the last attribute of a name counts
@pytest.mark.parametrize(
    ("attributes", "member", "expected"),
    [
        pytest.param("Expires=1 Jan 1970 0:0:9", "expires", 9, id="expires"),
        pytest.param("Expires=1 Jan 1970 0:0:9; Expires=x", "expires", 9, id="expires, then none"),
        pytest.param("Expires=x", "expires", None, id="expires is no date"),
        pytest.param("Expires", "expires", None, id="expires without a value"),
        pytest.param("Max-Age=5", "max_age", 5, id="max-age"),
        pytest.param("Max-Age=-5", "max_age", -5, id="max-age below zero"),
        pytest.param("Max-Age=" + "9" * 900, "max_age", 2**53 - 1, id="a huge max-age"),
        pytest.param("Max-Age=-" + "9" * 900, "max_age", 1 - 2**53, id="a huge one below zero"),
        pytest.param("Max-Age=1; MAX-AGE=2", "max_age", 2, id="two of them"),
        pytest.param("Max-Age=٣", "max_age", None, id="digits of another script"),
        pytest.param("Domain=.A.Example", "domain", "a.example", id="domain"),
        pytest.param("Domain=..a", "domain", ".a", id="one dot alone is taken off"),
        pytest.param("Domain=", "domain", "", id="domain empty"),
        pytest.param("Domain=a; Domain=", "domain", "", id="the last domain, though empty"),
        pytest.param(f"Domain=a; Domain={'b' * 1025}", "domain", "a", id="the last that fits"),
        pytest.param("Secure", "domain", None, id="no domain"),
        pytest.param("Path=/a", "path", "/a", id="path"),
        pytest.param("Path=a", "path", "", id="path without slash"),
        pytest.param("Path=/a; Path", "path", "", id="the last path, though empty"),
        pytest.param("Path=/%20 b", "path", "/%20 b", id="nothing is decoded"),
        pytest.param("Secure", "secure", True, id="secure"),
        pytest.param("sEcUrE=no", "secure", True, id="secure, whatever its value"),
        pytest.param("Secured", "secure", False, id="another word"),
        pytest.param("httponly", "http_only", True, id="http-only"),
        pytest.param("Partitioned", "partitioned", True, id="partitioned"),
        pytest.param("SameSite=STRICT", "same_site", "Strict", id="same-site"),
        pytest.param("SameSite=None; SameSite=x", "same_site", "Default", id="the last is unknown"),
        pytest.param("Path=/", "same_site", "Default", id="no same-site"),
    ],
)
def test_attributes(attributes, member, expected):
    assert getattr(read_set_cookie(f"a=1; {attributes}"), member) == expected


def test_attributes_come_out_as_sent():
    cookie = read_set_cookie("a=1; PATH=/; Foo; Secure")
    assert [tuple(attribute) for attribute in cookie.attributes] == [
        ("PATH", "/"),
        ("Foo", None),
        ("Secure", None),
    ]


def test_octets_are_counted_as_they_were_sent():
    assert octet_length("é") == 2
    assert octet_length("é", latin1=True) == 1
    path = decode_field_text(b"a=1; Path=/" + b"\xe9" * 1023)
    assert read_set_cookie(path).path is not None
    assert read_set_cookie(str(path)).path is None


def test_octets_that_are_no_utf_8_are_kept():
    cookie = read_set_cookie(decode_field_text(b"a=\xe9"))
    assert isinstance(cookie.value, Latin1Text)
    assert encode_field_text(cookie.value) == b"\xe9"


def test_problems_show_no_value():
    cookie = read_set_cookie("a=secret; Expires=secret; Max-Age=secret; SameSite=secret; x=secret")
    assert len(cookie.problems) == 3
    assert [problem.where for problem in cookie.unknown] == ["set-cookie[a].x"]
    assert "secret" not in str(cookie.problems + cookie.unknown)


def test_many_problems_of_a_long_name_stay_few_and_short():
    cookie = read_set_cookie("n" * 100_000 + "=1" + "; Secure=x; y" * 10_000)
    for told in (cookie.problems, cookie.unknown):
        assert len(told) == 101
        assert all(len(problem.where) < 500 for problem in told)
        assert "not told one by one" in told[-1].message


@given(st.text(max_size=200))
def test_any_line_is_read(line):
    cookie = read_set_cookie(line)
    assert cookie.name == cookie.name.strip(" \t")
    assert cookie.value == cookie.value.strip(" \t")
    assert ";" not in cookie.name + cookie.value
