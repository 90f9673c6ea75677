"""Looking at the beginning of an input, and giving it again."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cli.beginnings import _MOST_BLANKS, Beginning


class Slow(io.BytesIO):
    """A pipe that never gives more than three octets at once."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(3)


@given(
    octets=st.binary(max_size=60),
    looks=st.lists(st.sampled_from((1, 2, 10, 100)), max_size=3),
    sizes=st.lists(st.integers(1, 20), max_size=5),
    slow=st.booleans(),
)
def test_what_was_looked_at_is_read_all_the_same(octets, looks, sizes, slow):
    beginning = Beginning(Slow(octets) if slow else io.BytesIO(octets))
    for size in looks:
        assert octets.startswith(beginning.look(size))
        assert len(beginning.look(size)) >= min(size, len(octets))
    beginning.first_line(10)
    beginning.text()
    parts = [beginning.read(size) for size in sizes]
    assert all(len(part) <= size for part, size in zip(parts, sizes, strict=True))
    assert b"".join(parts) + beginning.read() == octets


@pytest.mark.parametrize(
    ("octets", "limit", "line"),
    [
        pytest.param(b"ab\ncd", 10, b"ab", id="a line"),
        pytest.param(b"ab", 10, b"ab", id="no end"),
        pytest.param(b"\nab", 10, b"", id="empty"),
        pytest.param(b"abcdefgh\n", 2, b"abc", id="longer than the limit"),
        pytest.param(b"", 10, b"", id="nothing"),
    ],
)
def test_first_line(octets, limit, line):
    assert Beginning(Slow(octets)).first_line(limit) == line


@pytest.mark.parametrize("slow", [False, True])
def test_text_begins_behind_mark_and_blanks(slow):
    octets = b"\xef\xbb\xbf \n\t{}"
    beginning = Beginning(Slow(octets) if slow else io.BytesIO(octets))
    assert beginning.text()[:1] == b"{"
    assert beginning.read() == octets


def test_nothing_but_blanks_says_nothing():
    assert Beginning(io.BytesIO(b" \n" * 100)).text() == b""


def test_very_many_blanks_are_not_waited_out():
    class Endless:
        given = 0

        def read1(self, size: int, /) -> bytes:
            self.given += 1
            assert self.given < 1000
            return b" " * 1000

    assert Beginning(Endless()).text().isspace()
    stream = io.BytesIO(b"\n" * (_MOST_BLANKS * 10) + b"{}")
    assert not Beginning(stream).is_json()
