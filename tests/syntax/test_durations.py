"""Durations and sizes as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import InputError
from httpheaders.syntax.durations import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("1.5", 1.5),
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("7d", 604800),
        ("2w", 1209600),
        ("1y", 31536000),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("1h30m", 5400),
        ("1d2h", 93600),
        ("  10M  ", 600),
    ],
)
def test_duration(text, seconds):
    assert parse_duration(text) == seconds


def test_whole_durations_are_integers():
    assert isinstance(parse_duration("1.5h"), int)
    assert isinstance(parse_duration("0.5"), float)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "1x", "s", "1 s", "1h30", ".5s", "5.", "1e3", "inf", "nan", "٣s", "1" * 41],
)
def test_no_duration(text):
    with pytest.raises(InputError, match="is not a duration: expected 90s"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("0", 0),
        ("512", 512),
        ("512b", 512),
        ("2k", 2000),
        ("2KB", 2000),
        ("2KiB", 2048),
        ("2ki", 2048),
        ("1.5 KiB", 1536),
        ("10MB", 10_000_000),
        ("1GiB", 2**30),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_size(text, octets):
    assert parse_size(text) == octets


@pytest.mark.parametrize(
    "text", ["", "-1", "1TB", "KB", "1  KB", "1.KB", "0x10", "1e3", "2\u212a", "1" * 41]
)
def test_no_size(text):
    with pytest.raises(InputError, match="is not a size: expected 512"):
        parse_size(text)


@given(st.integers(0, 999), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_parts_of_a_duration_add_up(days, hours, minutes, seconds):
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    assert parse_duration(f"{days}d{hours}h{minutes}m{seconds}s") == total
    assert parse_duration(str(total)) == total


@given(st.integers(0, 10**15), st.sampled_from([("", 1), ("kB", 1000), ("KiB", 1024)]))
def test_sizes_are_exact(number, unit):
    assert parse_size(f"{number}{unit[0]}") == number * unit[1]


@given(
    st.sampled_from([parse_duration, parse_size]), st.text() | st.text("0123456789.kKiBmMshdwy ")
)
def test_any_text_gives_a_number_or_our_error(parse, text):
    try:
        number = parse(text)
    except InputError:
        return
    assert number >= 0
