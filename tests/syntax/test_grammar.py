"""Tokens, quoted strings and delta-seconds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.grammar import (
    QUOTED_STRING,
    QVALUE,
    ascii_lower,
    is_field_value,
    is_token,
    parse_delta_seconds,
    parse_octet_count,
    quote,
    unquote,
)

TEXT = st.text(
    st.characters(min_codepoint=0x20, exclude_characters="\x7f", exclude_categories=["Cs"])
)


# RFC 9110 section 5.1
@given(st.text())
def test_only_letters_of_ascii_get_lower(text):
    lowered = ascii_lower(text)
    assert lowered.encode("utf-8", "surrogatepass") == text.encode("utf-8", "surrogatepass").lower()


# RFC 9110 section 5.6.2
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("text", True, id="letters"),
        pytest.param("!#$%&'*+-.^_`|~09", True, id="every-special"),
        pytest.param("", False, id="empty"),
        pytest.param("a b", False, id="blank"),
        pytest.param("a\n", False, id="line-end-at-the-end"),
        pytest.param("a/b", False, id="slash"),
        pytest.param('"a"', False, id="quotes"),
        pytest.param("caf\xe9", False, id="above-ascii"),
        pytest.param("a\0", False, id="nul"),
    ],
)
def test_token(text, expected):
    assert is_token(text) is expected


@pytest.mark.parametrize("delimiter", '"(),/:;<=>?@[\\]{}')
def test_delimiters_are_not_in_tokens(delimiter):
    assert not is_token(delimiter)


# RFC 9110 section 5.5
@pytest.mark.parametrize("code", [*range(0x09), *range(0x0A, 0x20), 0x7F])
def test_controls_are_in_no_field_value(code):
    assert not is_field_value(f"a{chr(code)}b")


@given(TEXT)
def test_other_characters_may_be_in_field_values(text):
    assert is_field_value(text + "\t")


# RFC 9110 section 5.6.4
@pytest.mark.parametrize(
    ("quoted", "text"),
    [
        pytest.param('""', "", id="empty"),
        pytest.param('"a b"', "a b", id="blank"),
        pytest.param(r'"a\"b"', 'a"b', id="quote"),
        pytest.param(r'"a\\b"', r"a\b", id="backslash"),
        pytest.param('"a, b; c"', "a, b; c", id="separators"),
        pytest.param('"caf\xe9"', "caf\xe9", id="above-ascii"),
    ],
)
def test_quoted_string(quoted, text):
    assert re.fullmatch(QUOTED_STRING, quoted)
    assert unquote(quoted) == text
    assert quote(text) == quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(r'"\a\b"', "ab", id="needless-backslashes"),
        pytest.param("token", "token", id="no-quotes"),
        pytest.param('"', '"', id="one-quote"),
        pytest.param('"a', '"a', id="unclosed"),
        pytest.param('a"b"', 'a"b"', id="quotes-inside"),
    ],
)
def test_unquote_of_other_text(text, expected):
    assert unquote(text) == expected


@pytest.mark.parametrize("text", ['"a', 'a"', '"a"b"', '"a\\"', '"a\nb"', '"\\\n"', '"\0"'])
def test_malformed_quoted_strings(text):
    assert re.fullmatch(QUOTED_STRING, text) is None


@given(TEXT)
def test_quoting_survives_the_round_trip(text):
    written = quote(text)
    assert unquote(written) == text
    assert is_token(written) or re.fullmatch(QUOTED_STRING, written)


@given(st.text())
def test_unquote_takes_any_text(text):
    assert len(unquote(text)) <= len(text)


# RFC 9110 section 12.4.2
@pytest.mark.parametrize("text", ["0", "1", "0.", "1.", "0.5", "0.123", "1.0", "1.000"])
def test_qvalue(text):
    assert re.fullmatch(QVALUE, text)


@pytest.mark.parametrize(
    "text", ["", ".5", "1.001", "0.1234", "2", "-0", "+1", "1e0", "00", "0,5", "٠"]
)
def test_no_qvalue(text):
    assert re.fullmatch(QVALUE, text) is None


# RFC 9111 section 1.2.2
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("0", 0, id="zero"),
        pytest.param("0060", 60, id="leading-zeros"),
        pytest.param("0" * 10_000 + "7", 7, id="more-zeros-than-int-takes"),
        pytest.param("0" * 10_000, 0, id="zeros-only"),
        pytest.param("2147483647", 2**31 - 1, id="largest-in-31-bits"),
        pytest.param("2147483648", 2**31, id="limit"),
        pytest.param("2147483649", 2**31, id="above-the-limit"),
        pytest.param("9" * 10_000, 2**31, id="more-digits-than-int-takes"),
        pytest.param("", None, id="empty"),
        pytest.param("-1", None, id="sign"),
        pytest.param("1.5", None, id="fraction"),
        pytest.param(" 1", None, id="blank"),
        pytest.param("1_0", None, id="underscore"),
        pytest.param("٣", None, id="other-digits"),
        pytest.param("²", None, id="superscript"),
    ],
)
def test_delta_seconds(text, seconds):
    assert parse_delta_seconds(text) == seconds


# RFC 9110 section 8.6
@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("0", 0),
        ("12", 12),
        ("0" * 5000 + "12", 12),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, 10**18),
        ("9" * 5000, 10**18),
        ("1, 1", None),
        ("+1", None),
        ("٣", None),
        ("", None),
    ],
)
def test_octet_counts(text, octets):
    assert parse_octet_count(text) == octets


@given(st.text())
def test_delta_seconds_of_any_text(text):
    seconds = parse_delta_seconds(text)
    assert seconds is None or 0 <= seconds <= 2**31


@given(st.integers(0, 2**31), st.integers(0, 30))
def test_delta_seconds_of_any_number(number, zeros):
    assert parse_delta_seconds("0" * zeros + str(number)) == number
