"""What kind of input it is, and its parts, one after the other."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cli import reading
from httpheaders.cli.reading import Message, Record, TextLine, Unreadable, read_documents
from httpheaders.errors import InputError


class Trickle(io.BytesIO):
    """A stream that gives a few octets at a time, as a slow pipe does."""

    def read1(self, size: int | None = -1, /) -> bytes:
        del size
        return self.read(7)


def documents(octets: bytes, *, lines: bool = False, slow: bool = False) -> list[object]:
    stream = Trickle(octets) if slow else io.BytesIO(octets)
    return list(read_documents(stream, lines=lines).documents)


def kinds(found: list[object]) -> list[str]:
    return [type(document).__name__ for document in found]


HAR = {
    "log": {
        "entries": [
            {"request": {"method": "GET", "url": "/"}, "response": {"status": 200}},
            {"request": {"method": 5}},
        ]
    }
}


@pytest.mark.parametrize("slow", [False, True], ids=["at once", "in pieces"])
@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(b'{"a":1}', ["Record"], id="one line"),
        pytest.param(b'{"a":1}\n{"a":2}\r\n', ["Record", "Record"], id="JSON Lines"),
        pytest.param(b'\xef\xbb\xbf{"a":1}\n', ["Record"], id="a byte order mark"),
        pytest.param(b'\n\n  {"a":1}\n{"b":1}', ["Record", "Record"], id="blank lines before"),
        pytest.param(b'{"a":1}\n\n\n', ["Record"], id="blank lines behind"),
        pytest.param(b'{"a":1}\n\n{"b":1}\n', ["Record", "Unreadable", "Record"], id="between"),
        pytest.param(b'{"a":1}\n{bad\n[1]\n', ["Record", "Unreadable", "Unreadable"], id="bad"),
        pytest.param(b'{bad}\n{"a":1}\n', ["Unreadable", "Record"], id="a bad first line"),
        pytest.param(b'{\n "a": 1\n}\n', ["Record"], id="one document"),
        pytest.param(b'{"a": {\n}}\n', ["Record"], id="a document begun on the first line"),
        pytest.param(json.dumps(HAR).encode(), ["Message", "Unreadable"], id="a HAR on one line"),
        pytest.param(json.dumps(HAR, indent=1).encode(), ["Message", "Unreadable"], id="a HAR"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", ["Message"], id="a dump"),
        pytest.param(b"\nHTTP/1.1 200 OK\n\nHTTP/2 204\n", ["Message", "Message"], id="two hops"),
        pytest.param(b"Vary: Origin\n", ["Message"], id="a bare line"),
    ],
)
def test_input_is_recognised_by_how_it_begins(octets, expected, slow):
    assert kinds(documents(octets, slow=slow)) == expected


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n \r\n",
        b" " * 200_000,
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b'{"a":1',
        b"\xff\xfe{\0",
        b'{"log":{"entries":[]}}',
    ],
    ids=[
        "nothing",
        "blanks",
        "many blanks",
        "list",
        "null",
        "string",
        "cut",
        "cut later",
        "UTF-16",
        "empty HAR",
    ],
)
def test_input_that_asks_nothing_is_an_error(octets):
    with pytest.raises(InputError):
        documents(octets)


def test_lines_are_numbered_as_an_editor_does():
    found = documents(b'{"a":1}\n\n{"b":1}\n{bad\n')
    assert [document.line for document in found] == [1, 2, 3, 4]


@pytest.mark.parametrize("slow", [False, True], ids=["at once", "in pieces"])
@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(b'\n\n{"a":1}\n{"b":1}\n', [3, 4], id="blank lines"),
        pytest.param(b'\xef\xbb\xbf\r\n  {bad}\n{"a":1}\n', [2, 3], id="a bad first line"),
        pytest.param(
            b"\n" * 200_000 + b'{"a":1}\n\n{"b":1}', [200_001, 200_002, 200_003], id="many"
        ),
        pytest.param(b" " * 200_000 + b'\n{"a":1}\n{"b":1}', [2, 3], id="many blanks"),
    ],
)
def test_lines_before_json_are_counted(octets, expected, slow):
    assert [document.line for document in documents(octets, slow=slow)] == expected


@pytest.mark.parametrize(
    ("octets", "place"),
    [
        pytest.param(b"\n\n  {bad\n", "at line 3 column 4", id="first line"),
        pytest.param(b'\n\n  {"a":\nbad}', "at line 4 column 1", id="later line"),
        pytest.param(b"  {bad\n", "at column 4", id="no line before"),
    ],
)
def test_place_of_a_fault_is_that_in_the_whole_input(octets, place):
    with pytest.raises(InputError, match=f"{place}$"):
        documents(octets)


def test_any_line_is_a_question_when_lines_are_asked_for():
    found = documents(b'text/html;q=0\n{"accept":"*/*"}\n{"bad"}\n\n{a\xe9', lines=True)
    assert found == [
        TextLine(1, "text/html;q=0", b"text/html;q=0"),
        Record(2, {"accept": "*/*"}, b'{"accept":"*/*"}'),
        found[2],
        TextLine(4, ""),
        TextLine(5, "{aé", b"{a\xe9"),
    ]
    assert isinstance(found[2], Unreadable)


def test_a_line_beyond_the_bound_costs_only_itself(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_PART", 100)
    found = documents(b'{"a":1}\n{"a":"' + b"x" * 200_000 + b'"}\n{"b":1}\n')
    assert kinds(found) == ["Record", "Unreadable", "Record"]
    assert "longer than" in found[1].message


def test_a_dump_beyond_the_bound_is_an_error(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_PART", 100)
    with pytest.raises(InputError, match="larger than"):
        documents(b"X: " + b"x" * 200_000)


def test_all_answers_are_sent_before_more_is_awaited():
    events = []

    class Pipe(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            events.append("wait")
            return super().readline()

    parts = read_documents(Pipe(b'{"a":1}\n{"a":2}\n'), before_wait=lambda: events.append("flush"))
    for document in parts.documents:
        events.append(document.line)
    assert events == ["flush", "wait", 1, "flush", "wait", 2, "flush", "wait"]


@given(st.binary(max_size=300), st.booleans())
def test_only_our_own_error_comes_out(octets, lines):
    try:
        found = documents(octets, lines=lines)
    except InputError:
        return
    assert all(isinstance(d, Record | TextLine | Message | Unreadable) for d in found)


@given(st.lists(st.dictionaries(st.text(), st.text()), min_size=1))
def test_as_many_answers_leave_as_lines_came_in(values):
    octets = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    assert [document.value for document in documents(octets, slow=True)] == values
