"""Recorded histories: gets, releases and evictions."""

from __future__ import annotations

import pytest

from httpheaders.errors import InputError
from httpheaders.pool_events import PoolEvent, replay
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_presets import find_preset
from httpheaders.pool_trace import Faults


def play(*events, **parameters):
    return replay([PoolEvent(*event) for event in events], PoolParameters(**parameters))


def get(t, conn, host="a"):
    return ("get", t, host, conn)


def release(t, conn, host="a"):
    return ("release", t, host, conn)


def test_a_history_is_run_with_its_own_ends():
    answer = play(get(0, "x"), get(1, "y"), release(2, "x"), get(3, "z"), release(4, "y"),
                  release(5, "z"))  # fmt: skip
    assert (answer.created, answer.reused, answer.peak_busy, answer.ok) == (2, 1, 2, True)
    assert (answer.busy_seconds, answer.duration) == (2 + 3 + 2, 5)
    assert answer.problems == ()


def test_names_may_be_left_out():
    answer = play(get(0, None), get(1, None), release(2, None), get(3, None))
    assert (answer.created, answer.reused) == (2, 1)


def test_a_request_may_wait():
    answer = play(get(0, "x"), get(1, "y"), release(3, "x"), release(4, "y"), max_per_host=1)
    assert (answer.created, answer.reused, answer.waits.total) == (1, 1, 2)


def test_a_wait_may_time_out():
    answer = play(get(0, "x"), get(1, "y"), release(9, "x"), max_per_host=1, wait_timeout=2)
    assert answer.errors == 1


def test_opening_may_take_time():
    answer = play(get(0, "x"), release(3, "x"), connect_time=1)
    assert (answer.created, answer.waits.total) == (1, 1)


def test_evictions_close():
    closed = play(get(0, "x"), release(1, "x"), ("evict", 2, None, "x"), get(3, "y"),
                  release(4, "y"))  # fmt: skip
    assert closed.created == 2
    timed_out = play(get(0, "x"), release(1, "x"), ("evict", 9), get(9, "y"), release(10, "y"),
                     idle_timeout=5)  # fmt: skip
    assert (timed_out.created, timed_out.evicted) == (2, 1)


@pytest.mark.parametrize(
    ("events", "message"),
    [
        pytest.param([release(1, "z")], "release of 'z', which was not got", id="never got"),
        pytest.param(
            [release(1, "x"), release(2, "x")], "release of 'x', which was not got", id="twice"
        ),
        pytest.param([release(1, "x", "b")], "'x' was got for 'a', not for 'b'", id="another host"),
        pytest.param([get(1, "x")], "'x' was got before and not released", id="got twice"),
        pytest.param([("evict", 1, None, "x")], "evict of 'x', which is not idle", id="in use"),
        pytest.param([("put", 1, "a", "x")], "op 'put' is not get, release or evict", id="no op"),
        pytest.param([("get", None, "a", "y")], "t is not a time", id="no time"),
        pytest.param([("get", float("nan"), "a", "y")], "is not a time", id="nan"),
        pytest.param([("get", 1, None, "y")], "a get needs a host", id="no host"),
        pytest.param([("release", 1)], "a release needs a conn or a host", id="no name"),
        pytest.param([("release", 1, "b")], "release of a connection to 'b'", id="of another host"),
    ],
)
def test_events_that_cannot_be_are_told(events, message):
    faults = Faults()
    history = [PoolEvent(*event) for event in [get(0, "x"), *events]]
    answer = replay(history, PoolParameters(), faults=faults)
    assert any(message in problem.message for problem in answer.problems)
    assert (answer.skipped, answer.ok) == (1, False)


def test_a_release_of_one_that_waits():
    answer = play(get(0, "x"), get(1, "y"), release(2, "y"), max_per_host=1)
    assert "'y' still waits for a connection" in answer.problems[0].message


def test_time_that_runs_back_is_the_latest():
    answer = play(get(5, "x"), release(3, "x"))
    assert answer.problems[0].message == "time runs back from 5.0 to 3.0: taken as 5.0"
    assert answer.ok


def test_what_was_never_released_is_told():
    answer = play(get(0, "x"), get(0, "y"), release(4, "y"))
    assert answer.problems[0].message == (
        "1 connections were never released, 0 requests still wait"
    )
    assert (answer.busy_seconds, answer.created) == (8, 2)


def test_a_clients_pool():
    history = [PoolEvent(*get(0, "x")), PoolEvent(*release(1, "x"))]
    answer = replay(history, preset=find_preset("go"), explain=True)
    assert (answer.preset, answer.client) == ("go", "Go 1.27.3")
    assert answer.steps


@pytest.mark.parametrize("events", [[], [("put", 0)]])
def test_no_event_at_all(events):
    with pytest.raises(InputError):
        play(*events)
