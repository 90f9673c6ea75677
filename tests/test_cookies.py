from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cookies import (
    format_cookie_header,
    parse_cookie_header,
    read_cookie_header,
)
from httpheaders.messages.headers import decode_field_text, encode_field_text
from httpheaders.public_suffixes import PublicSuffixes

SUFFIXES = PublicSuffixes()


# The cases in which http.cookies gives {}: one odd cookie costs all the others.
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            "a=1; my key=2; c=3", {"a": "1", "my key": "2", "c": "3"}, id="a blank in a name"
        ),
        pytest.param(
            'a=1; b={"x":"y"}; c=3', {"a": "1", "b": '{"x":"y"}', "c": "3"}, id="a JSON value"
        ),
        pytest.param("a=1; [b]=2; c=3", {"a": "1", "[b]": "2", "c": "3"}, id="brackets"),
        pytest.param("a=1; b=x y; c=3", {"a": "1", "b": "x y", "c": "3"}, id="a blank in a value"),
        pytest.param("a=1; lone; c=3", {"a": "1", "": "lone", "c": "3"}, id="no equals sign"),
        pytest.param("a=1; =x; c=3", {"a": "1", "": "x", "c": "3"}, id="no name"),
        pytest.param("a=1; é=2; c=3", {"a": "1", "é": "2", "c": "3"}, id="a name outside ASCII"),
        pytest.param('a=1; b="x; c=3', {"a": "1", "b": '"x', "c": "3"}, id="an unclosed quote"),
        pytest.param("a=1; b=\x01; c=3", {"a": "1", "b": "\x01", "c": "3"}, id="a control"),
        pytest.param("a=1,b=2; c=3", {"a": "1,b=2", "c": "3"}, id="a comma"),
        pytest.param("$Version=1; a=1", {"$Version": "1", "a": "1"}, id="RFC 2965"),
    ],
)
def test_one_odd_cookie_never_costs_another(header, expected):
    assert parse_cookie_header(header) == expected
    answer = read_cookie_header(header)
    assert [(cookie.name, cookie.value) for cookie in answer.cookies] == list(expected.items())


def test_the_first_of_a_name_wins_in_the_dictionary():
    assert parse_cookie_header("a=1; b=2; a=3") == {"a": "1", "b": "2"}


def test_every_repeat_comes_out_of_the_whole_answer():
    answer = read_cookie_header("a=1; a=2")
    assert [cookie.value for cookie in answer.cookies] == ["1", "2"]
    assert "more than once" in answer.problems[0].message


def test_raw_is_the_piece_as_sent():
    answer = read_cookie_header('  a =\t"1" ;b=2')
    assert [cookie.raw for cookie in answer.cookies] == ['a =\t"1"', "b=2"]


def test_several_lines_are_one_field():
    answer = read_cookie_header(["a=1; b=2", "c=3"])
    assert [cookie.name for cookie in answer.cookies] == ["a", "b", "c"]


def test_octets_that_are_no_utf_8_are_kept():
    answer = read_cookie_header(["a=é", decode_field_text(b"b=\xe9")])
    assert [encode_field_text(cookie.value) for cookie in answer.cookies] == [b"\xc3\xa9", b"\xe9"]


def test_quotes_go_only_when_asked():
    assert read_cookie_header(r'a="x\054y"').cookies[0].value == r'"x\054y"'
    assert read_cookie_header(r'a="x\054y"', unquote=True).cookies[0].value == "x,y"


# RFC 6265bis section 4.2.1
@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param("my key=1", "not a token", id="a blank in the name"),
        pytest.param("lone", "no '='", id="no equals sign"),
        pytest.param("=1", "empty", id="no name"),
        pytest.param("a=1 2", "a space at offset 1", id="a blank in the value"),
        pytest.param("a=1,2", "a comma at offset 1", id="a comma"),
        pytest.param('a={"x":1}', "a double quote at offset 1", id="a JSON value"),
        pytest.param('a="x"y"', "a double quote at offset 2", id="a quote inside quotes"),
        pytest.param("a=\\", "a backslash", id="a backslash"),
        pytest.param("a=é", "outside ASCII", id="a letter outside ASCII"),
        pytest.param("a=\x01", "control", id="a control character"),
        pytest.param("a=x\ty", "a tab", id="a tab"),
        pytest.param('a="', "a double quote", id="a quote alone"),
    ],
)
def test_oddities_are_told(header, words):
    answer = read_cookie_header(header)
    assert not answer.ok
    assert words in answer.problems[0].message
    assert answer.reference == answer.problems[0].reference


def test_nothing_odd_is_yes():
    answer = read_cookie_header('a=1; b="2"; c=')
    assert answer.ok
    assert answer.problems == ()
    assert answer.reason == "3 cookies read, nothing odd"


def test_no_cookie_is_no():
    answer = read_cookie_header(" ; ")
    assert not answer.ok
    assert answer.reason == "the field holds no cookie"


def test_problems_and_reasons_show_no_value():
    answer = read_cookie_header("sid=top secret; sid=top secret", explain=True)
    told = (answer.reason, answer.problems, answer.steps)
    assert "secret" not in str(told)


def test_steps_come_only_when_asked_for():
    assert read_cookie_header("a=1").steps == ()
    assert len(read_cookie_header("a=1; b", explain=True).steps) == 2


NAMES = st.text(alphabet="abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=20)
VALUES = st.text(alphabet="abc019!#$%&'()*+-./:<=>?@[]^_`{|}~", max_size=30)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_cookie_fields_round_trip(pairs):
    header = format_cookie_header(pairs)
    read = read_cookie_header(header).cookies
    assert [(cookie.name, cookie.value) for cookie in read] == pairs


@given(st.text(max_size=200))
def test_any_header_is_read(header):
    answer = read_cookie_header(header, unquote=True, explain=True)
    assert answer.ok is (bool(answer.cookies) and not answer.problems)
    plain = parse_cookie_header(header)
    assert set(plain) == {cookie.name for cookie in answer.cookies}


def test_a_hundred_thousand_cookies_are_read():
    header = "; ".join(f"name{number}=value{number}" for number in range(100_000))
    assert len(parse_cookie_header(header)) == 100_000
    answer = read_cookie_header(header)
    assert answer.ok
    assert answer.cookies[-1] == ("name99999", "value99999", "name99999=value99999")
