"""Structured fields as plain values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.structured import parse_structured


def item(value, kind, /, **parameters):
    return {"value": value, "type": kind, "parameters": parameters}


# RFC 9651 sections 3.3.1 to 3.3.8
@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("-42", item(-42, "integer"), id="integer"),
        pytest.param("999999999999999", item(999999999999999, "integer"), id="above-2-to-31"),
        pytest.param("4.5", item(4.5, "decimal"), id="decimal"),
        pytest.param(r'"a \"b\", \\"', item('a "b", \\', "string"), id="string"),
        pytest.param("foo123/456", item("foo123/456", "token"), id="token"),
        pytest.param(":cHJldGVuZA==:", item({"base64": "cHJldGVuZA=="}, "bytes"), id="bytes"),
        pytest.param("?0", item(False, "boolean"), id="boolean"),
        pytest.param(
            "@1659578233",
            item({"iso": "2022-08-04T01:57:13Z", "epoch": 1659578233}, "date"),
            id="date",
        ),
        pytest.param(
            "@-1", item({"iso": "1969-12-31T23:59:59Z", "epoch": -1}, "date"), id="before"
        ),
        pytest.param('%"f%c3%bc"', item("fü", "display-string"), id="display-string"),
        pytest.param(
            'a;b;c=?0;d=:AA==:;e="x"',
            item("a", "token", b=True, c=False, d={"base64": "AA=="}, e="x"),
            id="parameters",
        ),
    ],
)
def test_item(text, value):
    assert parse_structured(text, kind="item") == value


# RFC 9651 sections 3.1 and 3.2
def test_list_and_inner_list():
    inner = {"value": [item("a", "string"), item("b", "token", q=1)], "type": "inner-list"}
    assert parse_structured('("a" b;q=1);x, c', kind="list") == [
        {**inner, "parameters": {"x": True}},
        item("c", "token"),
    ]
    assert parse_structured("", kind="list") == []


def test_lines_are_one_dictionary_and_the_last_of_a_key_counts():
    assert parse_structured(["a=1, b", "a=2"], kind="dictionary") == {
        "a": item(2, "integer"),
        "b": item(True, "boolean"),
    }


@pytest.mark.parametrize(
    ("text", "kind", "reference"),
    [
        pytest.param("", "item", "RFC 9651 section 3.3", id="no-item"),
        pytest.param("a b", "item", "RFC 9651 section 3.3", id="text-behind"),
        pytest.param("a,", "list", "RFC 9651 section 3.1", id="trailing-comma"),
        pytest.param("A=1", "dictionary", "RFC 9651 section 3.2", id="upper-case-key"),
        pytest.param("é", "item", "RFC 9651 section 3.3", id="not-ascii"),
        pytest.param("\ud800", "item", "RFC 9651 section 3.3", id="lone-surrogate"),
        pytest.param("1" * 16, "item", "RFC 9651 section 3.3", id="sixteen-digits"),
        pytest.param("@999999999999999", "item", "RFC 9651 section 3.3", id="date-without-a-year"),
    ],
)
def test_malformed_field_is_refused(text, kind, reference):
    with pytest.raises(FieldSyntaxError) as caught:
        parse_structured(text, kind=kind)
    assert caught.value.reference == reference
    assert isinstance(caught.value.position, int)


_pieces = st.sampled_from([*'",;=() \t:?@%*-.1aZ\xe9', "\\", "ab", '"x"', "@1", ":AA:", "1.5"])


@given(st.lists(_pieces, max_size=15).map("".join), st.sampled_from(["item", "list", "dictionary"]))
def test_any_text_is_json_or_refused(text, kind):
    try:
        value = parse_structured(text, kind=kind)
    except FieldSyntaxError:
        return
    json.dumps(value, allow_nan=False)
