"""Recorded histories: gets, releases and evictions."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings

from httpheaders.errors import InputError, PolicyError
from httpheaders.pool_events import PoolEvent, _Replay, replay
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_presets import find_preset
from httpheaders.pool_simulation import simulate
from httpheaders.pool_trace import Faults
from tests.pool_strategies import rules, traces


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


@pytest.mark.parametrize("name", ["y", None])
@pytest.mark.parametrize("rules", [{"max_per_host": 1}, {"max_per_host": 1, "connect_time": 0.5}])
def test_what_is_released_while_it_waits_is_held_for_as_long_later(name, rules):
    history = [get(0, "x"), get(1, name), release(2, name), release(4, "x"), get(4.5, "z"),
               release(9, "z")]  # fmt: skip
    answer = play(*history, **rules)
    waits = f"{name!r} still" if name else "a connection to 'a' still"
    assert answer.problems[0].message == (
        f"{waits} waits for a connection: it is held for 1 s from when it has one"
    )
    assert (answer.created, answer.reused, answer.errors, answer.ok) == (1, 2, 0, True)
    assert answer.busy_seconds == (4 - rules.get("connect_time", 0)) + 1 + 4
    assert answer.waits.total == 3 + 0.5 + rules.get("connect_time", 0)


def test_what_is_released_while_it_waits_cannot_be_released_again():
    answer = play(get(0, "x"), get(1, "y"), release(2, "y"), release(3, "y"), max_per_host=1)
    assert answer.skipped == 1
    assert any("'y', which was not got" in problem.message for problem in answer.problems)


@settings(max_examples=100, deadline=None)
@given(traces(), rules)
def test_a_history_of_requests_that_do_not_wait_is_that_of_the_requests(rows, parameters):
    parameters = parameters._replace(on_full="discard", connect_time=0.0)
    ends = [(t + held, 0, number, release(t + held, str(number), host))
            for number, (t, host, held) in enumerate(rows) if held]  # fmt: skip
    starts = [(t, 1, number, get(t, str(number), host))
              for number, (t, host, held) in enumerate(rows) if held]  # fmt: skip
    history = [PoolEvent(*event[-1]) for event in sorted(ends + starts)]
    lines = [row for row in rows if row[2]]
    assume(lines and lines[0] == rows[0])
    told = replay(history, parameters)
    assert told == simulate(lines, parameters, notes=False)


@pytest.mark.parametrize(
    ("rules", "errors"),
    [
        pytest.param({"max_per_host": 1, "on_full": "error"}, 1, id="every one is in use"),
        pytest.param({"max_per_host": 1, "wait_timeout": 1}, 1, id="it waited too long"),
    ],
)
@pytest.mark.parametrize("name", ["y", None])
def test_the_release_of_one_that_was_refused_is_no_fault(rules, errors, name):
    answer = play(get(0, "x"), get(1, name), release(3, name), release(4, "x"), **rules)
    assert (answer.errors, answer.skipped, answer.problems) == (errors, 0, ())


def test_who_was_refused_may_ask_again_by_the_same_name():
    answer = play(get(0, "x"), get(1, "y"), release(2, "x"), get(3, "y"), release(4, "y"),
                  max_per_host=1, on_full="error")  # fmt: skip
    assert (answer.errors, answer.reused, answer.problems) == (1, 1, ())


def test_an_evict_of_what_has_timed_out_is_no_fault():
    history = [get(0, "x"), release(1, "x"), ("evict", 10, None, "x"), get(11, "y"),
               release(12, "y")]  # fmt: skip
    without = [event for event in history if event[0] != "evict"]
    answers = [play(*events, idle_timeout=5) for events in (history, without)]
    for answer in answers:
        assert (answer.evicted, answer.peak_open, answer.idle_seconds) == (1, 1, 5)
        assert (answer.created, answer.skipped, answer.ok) == (2, 0, True)


@pytest.mark.parametrize(
    "evicted",
    [
        pytest.param([get(1, "x"), ("evict", 2, None, "x")], id="its name is in use again"),
        pytest.param([get(1, "y"), release(2, "y"), ("evict", 3, None, "x")], id="another's now"),
        pytest.param([("evict", 1, None, "x"), ("evict", 2, None, "x")], id="twice"),
    ],
)
def test_an_evict_of_what_is_not_idle_is_told(evicted):
    answer = play(get(0, "x"), release(0.5, "x"), *evicted)
    assert answer.skipped == 1
    assert "evict of 'x', which is not idle" in answer.problems[0].message


def test_a_connection_has_one_name():
    state = _Replay(PoolParameters(idle_timeout=5), Faults(), per_connection=False, stale=None)
    for number in range(5000):
        for event in (get(number, f"c{number}"), release(number + 0.5, f"c{number}")):
            state.play(PoolEvent(*event), "")
    assert len(state._idle._names) == len(state._idle._connections) == 1


def test_times_of_a_clock_are_counted_to_the_microsecond():
    history = [get(1700000000.064, "x"), release(1700000000.314, "x"), get(1700000004.614, "y"),
               release(1700000005, "y")]  # fmt: skip
    assert play(*history, idle_timeout=4.3).created == 1


def test_times_may_be_negative():
    history = [get(-10, "x"), release(-9, "x"), get(-5, "y"), release(-4, "y")]
    answer = play(*history, idle_timeout=2)
    assert (answer.duration, answer.idle_seconds) == (6, 2)


def test_reuses_near_the_servers_timeout_are_stale():
    history = [PoolEvent(*event) for event in (get(0, "x"), release(1, "x"), get(5.95, "y"),
               release(7, "y"))]  # fmt: skip
    answer = replay(history, PoolParameters(server_timeout=5), round_trip=0.1)
    assert (answer.stale_reuses, answer.ok) == (1, False)
    with pytest.raises(PolicyError, match="round_trip"):
        replay(history, round_trip=-1)


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
