"""JSON is read strictly and written so that nothing can break it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import InputError
from httpheaders.syntax.strict_json import (
    fast_json_writer,
    read_json,
    write_json,
    write_pretty_json,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        pytest.param(b'{"a": 1, "a": 2}', 'the key "a" stands twice', id="a duplicate key"),
        pytest.param(b'{"a": {"b": 1, "b": 1}}', 'the key "b" stands twice', id="an inner one"),
        pytest.param(b'{"a": NaN}', "NaN is not a JSON value", id="NaN"),
        pytest.param(b'{"a": -Infinity}', "-Infinity is not a JSON value", id="Infinity"),
        pytest.param(b'{"a": 1e999}', "too large", id="a float beyond all bounds"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "too many digits", id="5000 digits"),
        pytest.param(b"[" * 5000, "nested too deeply", id="5000 brackets"),
        pytest.param(b'{"a":' * 5000, "nested too deeply", id="5000 braces"),
        pytest.param(b'{"a": "\xff"}', "not UTF-8 at byte 8", id="not UTF-8"),
        pytest.param(b'{"a": 1,}', "column", id="a trailing comma"),
        pytest.param(b"{'a': 1}", "column 2", id="single quotes"),
        pytest.param(b'{"a": 1} {}', "extra data at column 10", id="two values"),
        pytest.param(b'{\n"a"\n1}', "line 3 column 1", id="a later line"),
        pytest.param(b"", "expecting value", id="nothing"),
        pytest.param(b'{"a": "\x01"}', "control character", id="a raw control character"),
        pytest.param(b"{'password'", "column 2", id="no text of the input in the message"),
    ],
)
def test_what_is_not_strict_json_is_refused(octets, told):
    with pytest.raises(InputError, match="^invalid JSON: ") as caught:
        read_json(octets)
    assert told in str(caught.value)
    assert "password" not in str(caught.value)


@given(VALUES)
def test_what_is_written_is_read_again(value):
    assert read_json(write_json(value)) == value


@given(VALUES)
def test_the_fast_writer_writes_the_same_value_in_ascii(value):
    octets = fast_json_writer()(value)
    assert octets.isascii()
    assert read_json(octets) == read_json(write_json(value))


@pytest.mark.parametrize("text", ["\x7f", "é", "\ud800", "\u2028", "💥", "</script>", '"\\'])
@pytest.mark.parametrize("write", [write_json, fast_json_writer()])
def test_odd_characters_are_written_alike(write, text):
    assert write({"a": text}) == json.dumps({"a": text}, separators=(",", ":")).encode()


@given(st.binary())
def test_only_our_own_error_comes_out(octets):
    try:
        read_json(octets)
    except InputError as error:
        assert str(error).startswith("invalid JSON: ")


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":[', "]}]")])
def test_depth_has_a_bound_of_its_own_and_what_is_read_can_be_written(opening, closing):
    levels = opening.count("[") + opening.count("{")
    times = 500 // levels
    inner = json.dumps("[{" * 600 + '"\\')  # in a text they are text
    document = f"{opening * times}{inner}{closing * times}"
    value = read_json(document.encode())
    assert read_json(write_json(value)) == value
    assert read_json(fast_json_writer()(value)) == value
    assert read_json(write_pretty_json(value)) == value
    with pytest.raises(InputError, match="nested too deeply"):
        read_json(f"{opening * (times + 1)}{inner}{closing * (times + 1)}".encode())


def test_many_are_not_deep():
    assert len(read_json(b"[" + b"[],{}," * 1000 + b"0]")) == 2001
