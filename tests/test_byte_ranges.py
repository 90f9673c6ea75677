"""Byte ranges, RFC 9110 section 14."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.byte_ranges import (
    ByteRange,
    choose_boundary,
    coalesce,
    content_range,
    multipart,
    multipart_length,
    read_content_range,
    requested_ranges,
)

# Sections 14.1.1, 14.1.2 and 14.2
ASKED = [
    pytest.param("bytes=0-499", "ranges", [(0, 499)], id="first-500"),
    pytest.param("bytes=500-999", "ranges", [(500, 999)], id="second-500"),
    pytest.param("bytes=-500", "ranges", [(9500, 9999)], id="last-500"),
    pytest.param("bytes=9500-", "ranges", [(9500, 9999)], id="to-the-end"),
    pytest.param("bytes=0-0,-1", "ranges", [(0, 0), (9999, 9999)], id="first-and-last"),
    pytest.param(
        "bytes= 0-999, 4500-5499, -1000",
        "ranges",
        [(0, 999), (4500, 5499), (9000, 9999)],
        id="three",
    ),
    pytest.param("BYTES=0-1", "ranges", [(0, 1)], id="unit-in-any-case"),
    pytest.param("bytes=0-99999999999999999999", "ranges", [(0, 9999)], id="beyond-the-end"),
    pytest.param("bytes=-99999999999999999999", "ranges", [(0, 9999)], id="suffix-beyond"),
    pytest.param("bytes=0-1,10000-", "ranges", [(0, 1)], id="one-of-them-satisfiable"),
    pytest.param("bytes=10000-", "unsatisfiable", [], id="begins-beyond-the-end"),
    pytest.param("bytes=-0", "unsatisfiable", [], id="empty-suffix"),
    pytest.param("bytes=5-4", "ignored", [], id="ends-before-it-begins"),
    pytest.param("bytes=0-1,5-4", "ignored", [], id="one-of-them-invalid"),
    pytest.param("bytes=a-b", "ignored", [], id="no-numbers"),
    pytest.param("bytes=", "ignored", [], id="no-range"),
    pytest.param("bytes 0-1", "ignored", [], id="no-equals-sign"),
    pytest.param("lines=0-1", "ignored", [], id="another-unit"),
    pytest.param("", "ignored", [], id="empty"),
    pytest.param("bytes=" + ",".join(["0-0"] * 101), "ignored", [], id="too-many"),
]


@pytest.mark.parametrize(("value", "outcome", "ranges"), ASKED)
def test_range_of_ten_thousand_octets(value, outcome, ranges):
    asked = requested_ranges(value, 10_000)
    assert (asked.outcome, [tuple(one) for one in asked.ranges]) == (outcome, ranges)
    assert asked.reason
    assert asked.reference.startswith("RFC 9110 section ")


@pytest.mark.parametrize("value", ["bytes=0-", "bytes=-5"])
def test_range_of_nothing_is_ignored(value):
    assert requested_ranges(value, 0).outcome == "ignored"


@given(st.text(max_size=60), st.integers(0, 100))
def test_any_range_lies_within_the_representation(value, size):
    for one in requested_ranges(f"bytes={value}", size).ranges:
        assert 0 <= one.first <= one.last < size


some_ranges = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 20)).map(lambda t: ByteRange(t[0], t[0] + t[1])),
    max_size=6,
)


def octets_of(ranges):
    return {at for one in ranges for at in range(one.first, one.last + 1)}


@given(some_ranges)
def test_joined_ranges_hold_the_same_octets_and_do_not_touch(ranges):
    joined = coalesce(ranges)
    assert octets_of(joined) == octets_of(ranges)
    for one, other in zip(sorted(joined), sorted(joined)[1:], strict=False):
        assert one.last + 1 < other.first


@given(some_ranges, st.integers(0, 30))
def test_ranges_that_are_near_are_joined(ranges, gap):
    joined = coalesce(ranges, gap=gap)
    assert octets_of(joined) >= octets_of(ranges)
    for one, other in zip(sorted(joined), sorted(joined)[1:], strict=False):
        assert other.first - one.last - 1 > gap


def test_joined_ranges_stand_where_the_first_part_stood():
    ranges = [ByteRange(149, 149), ByteRange(20, 100), ByteRange(0, 1), ByteRange(101, 120)]
    assert coalesce(ranges) == (ByteRange(149, 149), ByteRange(20, 120), ByteRange(0, 1))


# Section 14.4
SOUND = [
    pytest.param("bytes 0-499/1234", (0, 499, 1234), id="plain"),
    pytest.param("bytes 42-1233/*", (42, 1233, None), id="size-unknown"),
    pytest.param("bytes */1234", None, id="unsatisfied"),
    pytest.param("bytes 5-4/10", None, id="reversed"),
    pytest.param("bytes 0-10/10", None, id="last-beyond-the-size"),
    pytest.param("lines 0-1/2", None, id="another-unit"),
    pytest.param("0-1/2", None, id="no-unit"),
    pytest.param(None, None, id="absent"),
]


@pytest.mark.parametrize(("value", "numbers"), SOUND)
def test_content_range_is_read(value, numbers):
    found = read_content_range(value)
    assert (found and (found.first, found.last, found.size)) == numbers
    if found:
        assert content_range(ByteRange(found.first, found.last), found.size) == value


def test_multipart_as_the_section_writes_it():
    parts = [(ByteRange(1, 2), b"el"), (ByteRange(4, 4), b"o")]
    written = b"".join(multipart(parts, size=5, boundary="X", content_type="text/plain"))
    assert written == (
        b"--X\r\nContent-Type: text/plain\r\nContent-Range: bytes 1-2/5\r\n\r\nel\r\n"
        b"--X\r\nContent-Type: text/plain\r\nContent-Range: bytes 4-4/5\r\n\r\no\r\n--X--\r\n"
    )


@given(some_ranges, st.sampled_from([None, "text/plain", "a/b; c=\u00e9"]))
def test_length_of_multipart_is_known_beforehand(ranges, content_type):
    given = {"size": 100, "boundary": "b" * 24, "content_type": content_type}
    written = b"".join(multipart(((one, b"x" * one.length) for one in ranges), **given))
    assert multipart_length(ranges, **given) == len(written)


def test_boundary_does_not_occur_in_the_content():
    first = choose_boundary("seed")
    assert choose_boundary("seed") == first
    other = choose_boundary("seed", b"..." + first.encode())
    assert other != first
