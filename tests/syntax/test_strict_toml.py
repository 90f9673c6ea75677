"""TOML with bounds."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import InputError
from httpheaders.syntax.strict_toml import read_toml


@pytest.mark.parametrize(
    ("octets", "message", "where"),
    [
        pytest.param(b"a = 1\nb", "expected '='", "line 2", id="no value"),
        pytest.param(b"a = 1\nb = [1,\n", "invalid value", "line 3", id="the end"),
        pytest.param(b"\n\na = \xff", "this is not UTF-8", "line 3", id="octets"),
        pytest.param(b"a = " + b"9" * 5000, "too many digits", "line 1", id="digits"),
        pytest.param(b"a = " + b"[" * 50_000, "nested too deeply", "line 1", id="depth"),
        pytest.param(b"\n" + b"a." * 200 + b"b = 1", "than 100 parts", "line 2", id="bare parts"),
        pytest.param(
            b'a={"b". ' + b"'c' ." * 200 + b"d=1}", "100 parts", "line 1", id="quoted parts"
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(octets, message, where):
    with pytest.raises(InputError, match=message) as caught:
        read_toml(octets)
    assert caught.value.where == where


@pytest.mark.parametrize(
    "text",
    [
        "a.b.c = 1",
        'paths = ["' + '", "'.join("/a" for _ in range(500)) + '"]',
        'origin = "https://' + "a." * 90 + 'example"',
        "# " + ". " * 500,
        "[a.b]\nc.d = 1.5",
        "a = 1979-05-27T07:32:00Z",
    ],
)
def test_the_rest_is_read_as_tomllib_reads_it(text):
    assert read_toml(text.encode()) == tomllib.loads(text)


@given(st.text("ab.[]{}=\"'\\\n #1,", max_size=40))
def test_only_our_error_comes_out(text):
    try:
        assert read_toml(text.encode()) == tomllib.loads(text)
    except InputError as error:
        assert error.where is not None
        with pytest.raises(ValueError):  # noqa: PT011 - tomllib's own
            tomllib.loads(text)
