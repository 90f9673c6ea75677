"""Paths: their grammar."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.paths import parse_path


@pytest.mark.parametrize(
    ("text", "role", "name", "steps"),
    [
        pytest.param("ETag", None, "etag", (), id="a name, in any case"),
        pytest.param("vary[0]", None, "vary", (("[]", 0),), id="an index"),
        pytest.param("vary[-1]", None, "vary", (("[]", -1),), id="an index from the end"),
        pytest.param('x["0"]', None, "x", (("[]", "0"),), id="a key of digits, quoted"),
        pytest.param("a[ b c ]", None, "a", (("[]", "b c"),), id="a key with blanks around it"),
        pytest.param("a[text/html;q=1]", None, "a", (("[]", "text/html;q=1"),), id="a bare key"),
        pytest.param(r'a["\"]\\"]', None, "a", (("[]", '"]\\'),), id="a quoted key"),
        pytest.param("a.b.c", None, "a", ((".", "b"), (".", "c")), id="parts"),
        pytest.param('a."b.c"', None, "a", ((".", "b.c"),), id="a quoted part"),
        pytest.param('"x.y"', None, "x.y", (), id="a quoted name"),
        pytest.param(":Status", None, ":status", (), id="control data"),
        pytest.param("request:etag", "request", "etag", (), id="of the request"),
        pytest.param("response::version", "response", ":version", (), id="of the response"),
        pytest.param("request", None, "request", (), id="a field called request"),
        pytest.param("a[1234567890]", None, "a", (("[]", "1234567890"),), id="too many digits"),
    ],
)
def test_paths_are_read(text, role, name, steps):
    path = parse_path(text)
    assert (path.text, path.role, path.name, path.steps) == (text, role, name, steps)


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        pytest.param("", 0, "a field name", id="nothing"),
        pytest.param("etag.", 5, "the name of a part", id="nothing after the dot"),
        pytest.param("etag..x", 5, "the name of a part", id="two dots"),
        pytest.param("a b", 1, "'.', '['", id="a blank"),
        pytest.param(" a", 0, "a field name", id="a blank before"),
        pytest.param("a[", 2, "a number or a key", id="an open bracket"),
        pytest.param("a[]", 2, "a number or a key", id="empty brackets"),
        pytest.param("a[  ]", 4, "a number or a key", id="blank brackets"),
        pytest.param("a[b", 3, "']'", id="no closing bracket"),
        pytest.param("a[b[c]]", 3, "']'", id="a bracket in a bare key"),
        pytest.param('a["b]', 5, "a closing quote", id="no closing quote"),
        pytest.param('a["b\\', 5, "a closing quote", id="a backslash at the end"),
        pytest.param('a[""]', 3, "something between the quotes", id="an empty key"),
        pytest.param("a]", 1, "'.', '['", id="a bracket too many"),
        pytest.param(":stat", 1, "one of :status", id="unknown control data"),
        pytest.param(":", 1, "one of :status", id="a colon alone"),
        pytest.param("response:", 9, "a field name", id="a role alone"),
        pytest.param("caf\xe9", 3, "'.', '['", id="not a token"),
        pytest.param("a\nb", 1, "'.', '['", id="a line feed"),
        pytest.param("a==b", 1, "'.', '['", id="a check"),
    ],
)
def test_a_path_that_cannot_be_understood_shows_where(text, position, expected):
    with pytest.raises(FieldSyntaxError, match=re.escape(expected)) as raised:
        parse_path(text)
    assert raised.value.position == position
    assert f"at offset {position}" in str(raised.value)


def test_a_response_has_no_method():
    with pytest.raises(FieldSyntaxError, match="a response has no ':method'"):
        parse_path("response::method")


@given(st.text())
def test_only_our_error_comes_out(text):
    position: int | None = 0
    try:
        path = parse_path(text)
    except FieldSyntaxError as error:
        position = error.position
    else:
        assert path.text == text
    assert position is None or 0 <= position <= len(text)


PIECES = st.sampled_from(
    [
        ".",
        "[",
        "]",
        '"',
        "\\",
        ":",
        "a",
        "etag",
        "set-cookie",
        "0",
        "-1",
        "sid",
        " ",
        "==",
        "request:",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_pieces_of_paths_are_read_or_refused(text):
    with suppress(FieldSyntaxError):
        parse_path(text)


def test_a_path_has_few_steps():
    assert len(parse_path("a" + ".b" * 20).steps) == 20
    with pytest.raises(FieldSyntaxError, match="at most 20 steps"):
        parse_path("a" + ".b" * 21)
