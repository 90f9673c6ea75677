"""Traffic as it comes: every fault told in its place, nothing lost."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from httpheaders.errors import InputError
from httpheaders.messages.har import read_har
from httpheaders.pool_trace import (
    Faults,
    checked_chunks,
    in_order,
    request_of_entry,
)

GOOD = (1.0, "a", 0.5)


def usable(rows, faults):
    return [row for chunk in checked_chunks(rows, faults) for row in zip(*chunk, strict=True)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param((2, "a", -0.5), "duration -0.5 is negative", id="negative"),
        pytest.param((2, "a", None), "it has no duration", id="missing"),
        pytest.param((2, "a", float("nan")), "duration nan is not a count of seconds", id="nan"),
        pytest.param((2, "a", float("inf")), "duration inf is not a count", id="infinite"),
        pytest.param((2, "a", "1"), "duration '1' is not a count", id="text"),
        pytest.param((None, "a", 1), "t (missing) is not a time", id="no time"),
        pytest.param((float("nan"), "a", 1), "t nan is not a time", id="nan time"),
        pytest.param((2, None, 1), "host (missing) is not text", id="no host"),
        pytest.param((2, ["a"], 1), "host ['a'] is not text", id="a list of hosts"),
        pytest.param((2, "a"), "expected t, host and duration", id="too short"),
        pytest.param(None, "expected t, host and duration", id="nothing"),
        pytest.param((10**400, "a", 1), "is not a time", id="a number beyond all floats"),
    ],
)
def test_what_cannot_be_used(row, message):
    faults = Faults()
    assert usable([GOOD, row, (3.0, "a", 1)], faults) == [GOOD, (3.0, "a", 1)]
    assert faults.skipped == 1
    (problem,) = faults.problems()
    assert problem.where == "request 2"
    assert message in problem.message


def test_time_that_runs_back_is_the_latest():
    faults = Faults()
    assert usable([(5, "a", 1), (3, "a", 1)], faults) == [(5, "a", 1), (5, "a", 1)]
    assert faults.skipped == 0
    assert faults.problems()[0].message == "time runs back from 5 to 3: taken as 5"


def test_faults_are_counted_beyond_those_described():
    faults = Faults()
    assert usable([(0, "a", -1)] * 1000, faults) == []
    assert (faults.skipped, len(faults.problems())) == (1000, 21)
    assert faults.problems()[-1].message == "negative duration: 980 more, not shown"


def test_a_strict_reader_stops():
    with pytest.raises(InputError, match="request 1: left out: duration -1 is negative"):
        usable([(0, "a", -1)], Faults(strict=True))


anything = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3)
rows = st.tuples(anything, anything, anything) | st.tuples(
    st.floats(0, 100), st.sampled_from(["a", "b"]), st.floats(0, 5)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(rows, max_size=30))
def test_garbage_is_told_and_nothing_is_lost(given_rows):
    faults = Faults()
    kept = usable(given_rows, faults)
    assert len(kept) + faults.skipped == len(given_rows)
    assert all(before[0] <= after[0] for before, after in pairwise(kept))


def test_requests_nearly_in_order_are_put_in_order():
    dice = random.Random(4)
    rows = [(n / 10, "a", 1.0) for n in range(5000)]
    ends = sorted(rows, key=lambda row: row[0] + dice.random())
    faults = Faults()
    assert list(in_order(ends, faults, window=100)) == rows
    assert "time runs back" in faults.problems()[0].message
    assert list(in_order(rows, Faults(), window=100)) == rows


def har(**changes):
    entry = {
        "startedDateTime": "2026-11-22T12:00:00.250Z",
        "request": {"method": "GET", "url": "http://User@A.example:8080/x?y#z", "headers": [],
                    "httpVersion": "HTTP/1.1"},
        "response": {"status": 200, "headers": [], "httpVersion": "HTTP/1.1"},
        "timings": {"blocked": 100, "dns": 5, "connect": 20, "send": 1, "wait": 30, "receive": 4},
    }  # fmt: skip
    entry.update(changes)
    (read,) = read_har({"log": {"entries": [entry]}})
    return read


def test_a_har_entry_holds_its_connection_for_send_wait_and_receive():
    request = request_of_entry(har(), "entry 1", Faults())
    assert request.host == "http://a.example:8080"
    assert request.duration == pytest.approx(0.035)
    assert request.t == pytest.approx(1795348800.35)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example/", "https://a.example"),
        ("https://a.example:443/", "https://a.example"),
        ("HTTPS://a.example:/?x", "https://a.example"),
        ("http://a.example:80?x", "http://a.example"),
        ("http://a.example:443/", "http://a.example:443"),
        ("https://a.example:80/", "https://a.example:80"),
        ("https://a.example:4443/", "https://a.example:4443"),
        ("http://[::80]/", "http://[::80]"),
        ("http://[::1]:80/", "http://[::1]"),
        ("wss://a.example:443/", "wss://a.example:443"),
    ],
)
def test_origins_that_are_one(url, host):
    """RFC 9110 section 4.2.3: case of the host and the default port make no difference."""
    entry = har(request={"method": "GET", "url": url, "headers": []})
    assert request_of_entry(entry, "entry 1", Faults()).host == host


def test_what_does_not_apply_takes_no_time():
    timings = {"blocked": -1, "send": 0, "wait": 10, "receive": 0}
    request = request_of_entry(har(timings=timings), "entry 1", Faults())
    assert request.t == pytest.approx(1795348800.25)


@pytest.mark.parametrize(
    ("changes", "message", "skipped"),
    [
        ({"_fromCache": "disk"}, "needed no connection", 0),
        ({"request": {"method": "GET", "url": "data:,x", "headers": []}}, "needed no", 0),
        ({"response": {"status": 200, "headers": [], "httpVersion": "h2"}}, "share", 0),
        ({"startedDateTime": "yesterday"}, "no startedDateTime", 1),
        ({"timings": {"wait": 10, "receive": 1}}, "timings send, wait and receive", 1),
        ({"timings": {"send": -1, "wait": 10, "receive": 1}}, "timings send, wait", 1),
    ],
)
def test_har_entries_that_are_left_out(changes, message, skipped):
    faults = Faults()
    assert request_of_entry(har(**changes), "entry 1", faults) is None
    assert message in faults.problems()[0].message
    assert faults.skipped == skipped
