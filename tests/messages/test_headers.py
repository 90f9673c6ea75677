"""Ordered fields, found without regard to case, and field text to octets and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import (
    Headers,
    Latin1Text,
    checked_field,
    decode_field_text,
    encode_field_text,
    parse_field_line,
)

PAIRS = [("Vary", "Accept"), ("X-Dup", "1"), ("vary", "Origin"), ("X-Dup", "2")]


# RFC 9110 section 5.5
@pytest.mark.parametrize(
    ("octets", "text", "is_latin1"),
    [
        pytest.param(b"plain", "plain", False, id="ascii"),
        pytest.param("caf\xe9".encode(), "caf\xe9", False, id="utf-8"),
        pytest.param(b"caf\xe9", "caf\xe9", True, id="iso-8859-1"),
        pytest.param(b"\xc3\xa9\xe9", "\xc3\xa9\xe9", True, id="mixed-is-iso-8859-1"),
        pytest.param(b"\xed\xa0\x80", "\xed\xa0\x80", True, id="surrogate-is-not-utf-8"),
    ],
)
def test_octets_to_text(octets, text, is_latin1):
    decoded = decode_field_text(octets)
    assert decoded == text
    assert isinstance(decoded, Latin1Text) is is_latin1


@given(st.binary())
def test_octets_survive_the_round_trip(octets):
    assert encode_field_text(decode_field_text(octets)) == octets


@given(st.text(st.characters(codec=None)))
def test_any_text_has_octets(text):
    assert isinstance(encode_field_text(text), bytes)


# RFC 9110 section 5.1: what is no token is the name of no field
def test_a_name_beyond_ascii_is_no_other_name():
    headers = Headers([("Coo\u212aie", "a=1"), ("\xc9", "x")])
    assert "Cookie" not in headers
    assert (headers.get("cookie"), headers.get_all("Cookie")) == (None, [])
    assert headers.to_dict() == {"coo\u212aie": ["a=1"], "\xc9": ["x"]}
    assert headers.without("Cookie", "Host").pairs == headers.pairs
    assert headers.replaced("Cookie", "b=2").pairs == [*headers.pairs, ("Cookie", "b=2")]


# RFC 9110 sections 5.1 and 5.5
@pytest.mark.parametrize(
    ("name", "value", "reference"),
    [
        pytest.param("Bad Name", "x", "RFC 9110 section 5.1", id="blank-in-name"),
        pytest.param("", "x", "RFC 9110 section 5.1", id="empty-name"),
        pytest.param("X\r\nY", "x", "RFC 9110 section 5.1", id="line-end-in-name"),
        pytest.param("X:", "x", "RFC 9110 section 5.1", id="colon-in-name"),
        pytest.param("X", "a\r\nSet-Cookie: b", "RFC 9110 section 5.5", id="injected-field"),
        pytest.param("X", "a\rb", "RFC 9110 section 5.5", id="bare-cr"),
        pytest.param("X", "a\nb", "RFC 9110 section 5.5", id="bare-lf"),
        pytest.param("X", "a\0b", "RFC 9110 section 5.5", id="nul"),
        pytest.param("X", "a\x7fb", "RFC 9110 section 5.5", id="delete"),
        pytest.param("X", "a\n", "RFC 9110 section 5.5", id="line-end-at-the-end"),
    ],
)
def test_unsafe_field_is_refused_wherever_fields_are_built(name, value, reference):
    builders = [checked_field, Headers().added, Headers(PAIRS).replaced]
    for build in builders:
        with pytest.raises(FieldSyntaxError) as caught:
            build(name, value)
        assert caught.value.reference == reference


def test_checked_field_trims_blanks_and_keeps_tabs_inside():
    assert checked_field("X", " \ta\tb \t") == ("X", "a\tb")


def test_look_up_ignores_case_and_keeps_order():
    headers = Headers(PAIRS)
    assert headers.pairs == PAIRS == list(headers)
    assert headers.get_all("VARY") == ["Accept", "Origin"]
    assert headers.get("x-dup") == "1"
    assert headers.joined("Vary") == "Accept, Origin"
    assert headers.to_dict() == {"vary": ["Accept", "Origin"], "x-dup": ["1", "2"]}
    assert "VARY" in headers
    assert 5 not in headers


def test_absent_field():
    headers = Headers(PAIRS)
    assert headers.get_all("a") == []
    assert headers.get("a") is None
    assert headers.get("a", "b") == "b"
    assert headers.joined("a") is None


def test_empty_value_is_not_absent():
    headers = Headers([("X", "")])
    assert (headers.get("x", "b"), headers.joined("x")) == ("", "")


def test_replacing_keeps_the_place_of_the_first_line():
    replaced = Headers(PAIRS).replaced("VARY", "*")
    assert replaced.pairs == [("VARY", "*"), ("X-Dup", "1"), ("X-Dup", "2")]
    assert Headers(PAIRS).replaced("New", "1", "2").pairs == [*PAIRS, ("New", "1"), ("New", "2")]
    assert Headers(PAIRS).replaced("vary").pairs == [("X-Dup", "1"), ("X-Dup", "2")]


def test_changes_are_copies():
    headers = Headers(PAIRS)
    headers.added("A", "1"), headers.replaced("vary", "b"), headers.without("x-dup")
    headers.pairs.clear()
    headers.get_all("vary").clear()
    headers.to_dict()["vary"].clear()
    assert headers == Headers(PAIRS)
    assert headers.get_all("vary") == ["Accept", "Origin"]


@pytest.mark.parametrize(
    "pair", [("A", "a\r\nX: y"), ("A", "a\nb"), ("A", "a\0"), ("A\r\nX", "y"), ("A B", "y")]
)
def test_what_is_built_holds_one_field_a_line(pair):
    with pytest.raises(FieldSyntaxError):
        Headers.built([("B", "b"), pair])


def test_without_takes_every_line():
    assert Headers(PAIRS).without("Vary", "x-dup", "absent").pairs == []


def test_headers_of_plain_mappings():
    assert Headers.of(None).pairs == []
    assert Headers.of({"A": "1", "B": ["2", "3"]}).pairs == [("A", "1"), ("B", "2"), ("B", "3")]
    headers = Headers(PAIRS)
    assert Headers.of(headers) is headers


@given(st.lists(st.tuples(st.sampled_from(["a", "A", "b", "c"]), st.text(max_size=5))))
def test_dictionary_holds_every_value_in_order(pairs):
    table = Headers(pairs).to_dict()
    assert sum(map(len, table.values())) == len(pairs)
    for name, values in table.items():
        assert values == [value for other, value in pairs if other.lower() == name]


# RFC 9110 section 12.5.5
@pytest.mark.parametrize(
    ("names", "value"),
    [
        pytest.param(["Origin", "accept"], "Accept, Origin", id="none-twice"),
        pytest.param(["*"], "*", id="a-star-stands-alone"),
        pytest.param(["Origin", "*"], "*", id="a-star-among-others"),
    ],
)
def test_vary_grows(names, value):
    assert Headers([("Vary", "Accept")]).varying_by(*names).joined("vary") == value
    assert Headers([("Vary", "*")]).varying_by(*names).joined("vary") == "*"


# RFC 9112 section 5
@pytest.mark.parametrize(
    ("line", "field"),
    [
        pytest.param("Accept: text/html", ("Accept", "text/html"), id="as-curl-has-it"),
        pytest.param("A:b:c", ("A", "b:c"), id="a-colon-in-the-value"),
        pytest.param("A:\t b \t", ("A", "b"), id="blanks-around-the-value"),
        pytest.param("A:", ("A", ""), id="no-value"),
        pytest.param(" A : b", (" A ", "b"), id="blanks-of-the-name-are-kept"),
    ],
)
def test_field_lines_are_read(line, field):
    assert parse_field_line(line) == field


def test_field_lines_keep_their_octets():
    _, value = parse_field_line(Latin1Text("A: caf\xe9"))
    assert encode_field_text(value) == b"caf\xe9"


def test_a_line_without_a_colon_is_no_field_and_is_not_shown():
    with pytest.raises(FieldSyntaxError, match="expected 'Name: value'") as caught:
        parse_field_line("Authorization Bearer secret")
    assert "secret" not in str(caught.value)
