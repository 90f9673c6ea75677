"""Values with parameters, and RFC 8187's extended values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.parameters import (
    Parameter,
    decode_extended_value,
    parse_parameter,
    split_parameters,
)


# RFC 9110 section 5.6.6
@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        pytest.param("a=b", Parameter("a", "b"), id="token"),
        pytest.param("A=B", Parameter("a", "B"), id="only-the-name-ignores-case"),
        pytest.param('a=""', Parameter("a", ""), id="empty-quoted-string"),
        pytest.param(r'a="x \"y\" \\"', Parameter("a", 'x "y" \\'), id="quoted-pairs"),
        pytest.param('a="é"', Parameter("a", "é"), id="obs-text"),
        pytest.param("a", Parameter("a"), id="bare-name"),
        pytest.param("title*=x", Parameter("title*", "x"), id="star-belongs-to-the-name"),
        pytest.param('a = "b"', Parameter("a", "b", None, True), id="blanks-beside-equals"),
    ],
)
def test_parameter(text, parameter):
    assert parse_parameter(text) == parameter


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param("a=b/c", "a", "b/c", id="slash-without-quotes"),
        pytest.param("a=", "a", "", id="no-value"),
        pytest.param('a="b', "a", '"b', id="unclosed-quote"),
        pytest.param('a="b"c', "a", '"b"c', id="text-behind-the-quotes"),
        pytest.param("a b", None, None, id="two-words"),
        pytest.param("=b", None, None, id="no-name"),
    ],
)
def test_flawed_parameter_is_read_and_told(text, name, value):
    parameter = parse_parameter(text)
    assert parameter[:2] == (name, value)
    assert parameter.flaw


def test_semicolons_in_quotes_do_not_split():
    head, parameters = split_parameters('text/html ;; a="x;y" ; b=1;')
    assert head == "text/html"
    assert [(p.name, p.value) for p in parameters] == [("a", "x;y"), ("b", "1")]


def test_a_head_may_hold_quotes_and_semicolons():
    head, parameters = split_parameters('h3="a;b"; ma=1')
    assert head == 'h3="a;b"'
    assert parameters == (Parameter("ma", "1"),)


# RFC 8187 sections 3.2.2 and 3.2.3
@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("iso-8859-1'en'%A3%20rates", "£ rates", id="latin-1"),
        pytest.param("UTF-8''%c2%a3%20and%20%e2%82%ac", "£ and €", id="utf-8"),
        pytest.param("utf-8''plain", "plain", id="nothing-encoded"),
        pytest.param("utf-8''", "", id="empty"),
    ],
)
def test_extended_value(text, value):
    assert decode_extended_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("plain", id="no-charset"),
        pytest.param("utf-16''%00a", id="another-charset"),
        pytest.param("utf-8''%ff", id="not-utf-8"),
        pytest.param("utf-8''%e", id="half-an-octet"),
        pytest.param("utf-8''a b", id="blank"),
        pytest.param("utf-8''é", id="not-ascii"),
    ],
)
def test_malformed_extended_value_is_refused(text):
    with pytest.raises(FieldSyntaxError) as caught:
        decode_extended_value(text)
    assert caught.value.reference == "RFC 8187 section 3.2.1"


@given(st.text(max_size=40))
def test_percent_encoded_text_comes_back(text):
    octets = text.encode("utf-8", "replace")
    encoded = "".join(f"%{octet:02X}" for octet in octets)
    assert decode_extended_value(f"UTF-8''{encoded}") == octets.decode()
