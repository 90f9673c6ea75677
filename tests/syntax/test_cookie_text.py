from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.cookie_text import (
    split_cookie_pairs,
    split_cookie_pieces,
    split_joined_set_cookies,
    split_set_cookie,
    unquote_cookie_value,
)

TOKENS = st.text(alphabet="abcXYZ09!#$%&'*+-.^_`|~", min_size=1, max_size=12)
VALUES = st.text(alphabet="abc09!#$%&'()*+-./:<=>?@[]^_`{|}~", max_size=12)


# RFC 6265bis sections 4.2.1 and 5.6
@pytest.mark.parametrize(
    ("header", "pairs"),
    [
        pytest.param("a=1; b=2", [("a", "1"), ("b", "2")], id="two cookies"),
        pytest.param("a=1;b=2", [("a", "1"), ("b", "2")], id="no blank after the semicolon"),
        pytest.param(" a\t=  1 ;", [("a", "1")], id="blanks and an empty end"),
        pytest.param("a=b=c", [("a", "b=c")], id="an equals sign in the value"),
        pytest.param('a="x; y"', [("a", '"x'), ("", 'y"')], id="quotes protect nothing"),
        pytest.param("lone", [("", "lone")], id="no equals sign"),
        pytest.param("=x", [("", "x")], id="an empty name"),
        pytest.param("=", [("", "")], id="an equals sign alone"),
        pytest.param("a", [("", "a")], id="one letter"),
        pytest.param("a=", [("a", "")], id="an empty value"),
        pytest.param(";; ;\t;", [], id="nothing but semicolons"),
        pytest.param("", [], id="nothing"),
        pytest.param("a=1; my key=2", [("a", "1"), ("my key", "2")], id="a blank in the name"),
        pytest.param(
            "a=1\x0b; b=2", [("a", "1\x0b"), ("b", "2")], id="only SP and HTAB are blanks"
        ),
        pytest.param("a=%3B", [("a", "%3B")], id="percent signs are text"),
    ],
)
def test_cookie_pieces(header, pairs):
    assert split_cookie_pairs(header) == pairs
    assert len(split_cookie_pieces(header)) == len(pairs)


# RFC 6265bis section 5.6
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("a=1", ("a", "1", ()), id="a pair alone"),
        pytest.param("lone; Secure", ("", "lone", (("Secure", None),)), id="no equals sign"),
        pytest.param(" a = 1 ;Path = / ", ("a", "1", (("Path", "/"),)), id="blanks"),
        pytest.param("a=1; x=y=z", ("a", "1", (("x", "y=z"),)), id="the first equals sign divides"),
        pytest.param("a=1;;; Secure;", ("a", "1", (("Secure", None),)), id="empty attributes"),
        pytest.param("a=1; =x", ("a", "1", (("", "x"),)), id="an attribute without name"),
        pytest.param(
            "a=1; Path=/x=y; path=/z",
            ("a", "1", (("Path", "/x=y"), ("path", "/z"))),
            id="repeats are kept",
        ),
        pytest.param("", ("", "", ()), id="nothing"),
    ],
)
def test_set_cookie_pieces(line, expected):
    name, value, attributes = split_set_cookie(line)
    assert (name, value, tuple(map(tuple, attributes))) == expected


# RFC 6265bis section 3: "Set-Cookie header fields … MUST NOT combine"
@pytest.mark.parametrize(
    ("joined", "lines"),
    [
        pytest.param("a=1", ["a=1"], id="one line"),
        pytest.param("a=1, b=2", ["a=1", "b=2"], id="two lines"),
        pytest.param("a=1,b=2;Path=/,c=3", ["a=1", "b=2;Path=/", "c=3"], id="no blanks"),
        pytest.param(
            "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, b=2; expires=Thu, 22-Oct-26 1:2:3",
            [
                "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/",
                "b=2; expires=Thu, 22-Oct-26 1:2:3",
            ],
            id="the comma of a date",
        ),
        pytest.param("a=1,2; Path=/", ["a=1,2; Path=/"], id="a comma in a value"),
        pytest.param("a=1, 2, b=3", ["a=1, 2", "b=3"], id="a comma in a value, then a joint"),
        pytest.param('a={"x":1,"y":2}, b=2', ['a={"x":1,"y":2}', "b=2"], id="JSON in a value"),
        pytest.param("a=1,,, b=2", ["a=1,,", "b=2"], id="commas in a row"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_joined_lines_are_taken_apart(joined, lines):
    assert split_joined_set_cookies(joined) == lines


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param('"a"', "a", id="quotes"),
        pytest.param('""', "", id="quotes around nothing"),
        pytest.param('"', '"', id="one quote"),
        pytest.param("a", "a", id="no quotes"),
        pytest.param('a"b"', 'a"b"', id="quotes inside"),
        pytest.param(r'"a\"b\\c"', r'a"b\c', id="quoted pairs"),
        pytest.param(r'"a\054b\073c"', "a,b;c", id="octal escapes"),
        pytest.param(r'"\303\251\303\251"', "éé", id="octets of UTF-8"),
        pytest.param(r'"\377"', "\ufffd", id="an octet that is no UTF-8"),
        pytest.param(r'"\08"', "08", id="no octal escape"),
        pytest.param('"a\\"', "a\\", id="a backslash at the end"),
    ],
)
def test_unquoting(value, expected):
    assert unquote_cookie_value(value) == expected


@given(st.lists(st.tuples(TOKENS, VALUES), max_size=8))
def test_pairs_round_trip(pairs):
    header = "; ".join(f"{name}={value}" for name, value in pairs)
    assert split_cookie_pairs(header) == pairs


@given(st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=6))
def test_joining_and_splitting_gives_the_same_lines(pairs):
    lines = [f"{name}={value}; Path=/" for name, value in pairs]
    assert split_joined_set_cookies(", ".join(lines)) == lines


@given(st.text(max_size=300))
def test_pieces_lose_nothing_but_blanks_and_semicolons(text):
    pieces = split_cookie_pieces(text)
    assert "".join(pieces) == "".join(piece.strip(" \t") for piece in text.split(";"))
    assert len(pieces) == len(split_cookie_pairs(text))
    split_set_cookie(text)
    split_joined_set_cookies(text)
    unquote_cookie_value(f'"{text}"')
