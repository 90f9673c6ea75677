"""Sweeps: the whole curve, held against a run of each setting, and the advice."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from httpheaders.errors import InputError, PolicyError
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_presets import find_preset
from httpheaders.pool_simulation import simulate
from httpheaders.pool_sweep import Costs, parse_sweep, sweep
from httpheaders.pool_traffic import ThreadTraffic, poisson_traffic
from tests.pool_strategies import caps, idle_caps, parameters_of, timeouts, traces

TIMEOUTS = [0.25, 0.5, 1, 2, 3, 5.25, 9]
CAPS = [1, 2, 3, 4, 7]


settings_of_a_sweep = parameters_of(
    max_per_host=caps,
    max_total=st.none() | st.integers(1, 30),
    limit_scope=st.sampled_from(["open", "busy"]),
    max_idle_per_host=st.none() | idle_caps | st.integers(5, 30),
    max_idle_total=st.none() | st.integers(0, 30),
    idle_total_policy=st.sampled_from(["oldest", "sweep"]),
    idle_timeout=timeouts,
    server_timeout=timeouts,
    order=st.sampled_from(["lifo", "lifo", "fifo", "created"]),
    on_full=st.sampled_from(["wait", "discard", "error"]),
    full_evicts=st.sampled_from([None, "oldest"]),
    max_hosts=st.none() | st.integers(1, 4),
    dead_slots=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(
    traces(),
    settings_of_a_sweep,
    st.sampled_from(["idle_timeout", "server_timeout", "max_idle_per_host", "max_idle_total",
                     "max_per_host"]),
)  # fmt: skip
def test_a_sweep_that_says_it_is_exact_is(rows, parameters, name):
    values = TIMEOUTS if "timeout" in name else CAPS
    answer = sweep(rows, parameters, name, values)
    assume(answer.exact)
    for point in answer.curve:
        run = simulate(rows, parameters._replace(**{name: point.value}), per_connection=True)
        assert (point.created, point.reused, point.errors) == (run.created, run.reused, run.errors)
        assert point.idle_seconds in (None, pytest.approx(run.idle_seconds))
        assert point.waited in (None, run.waits.waited)


@pytest.mark.parametrize(
    ("preset", "name", "exact"),
    [
        pytest.param("node", "timeout", True, id="Node's timeout: lifo"),
        pytest.param("aiohttp", "keepalive_timeout", True, id="aiohttp's: fifo"),
        pytest.param("go", "IdleConnTimeout", False, id="Go's: its cap drops the newcomer"),
        pytest.param("requests", "pool_maxsize", True, id="requests' size: nothing times out"),
        pytest.param("httpx", "keepalive_expiry", False, id="httpx's: the order is by age"),
        pytest.param("undici", "keepAliveTimeout", False, id="undici's: dead slots"),
    ],
)
def test_which_sweeps_take_one_pass(preset, name, exact):
    rows = list(poisson_traffic(rate=5, latency=1, requests=300))
    found = find_preset(preset)
    values = [1, 2, 5, 20]
    answer = sweep(rows, found.parameters, name, values, preset=found)
    assert answer.exact == exact
    for point in answer.curve:
        run = sweep(rows, found.parameters, name, [point.value], preset=found)
        assert run.curve[0].created == point.created


def test_longer_may_be_worse():
    """A cap that drops the newcomer: Go and Node do just that."""
    rows = [(0, "a", 1), (0, "a", 9), (12, "a", 1)]
    answer = sweep(rows, PoolParameters(max_idle_per_host=1), "idle_timeout", [10, 5])
    assert [(point.value, point.created) for point in answer.curve] == [(10, 3), (5, 2)]
    assert (answer.monotone, answer.best, answer.advised, answer.exact) == (False, 5, 5, False)


def test_advice_looks_at_refusals_then_waiting_then_connections():
    traffic = ThreadTraffic(20, 0.08, 240)
    found = find_preset("requests")
    values = list(range(1, 41))
    assert sweep(traffic, found.parameters, "pool_maxsize", values, preset=found).advised == 20
    waiting = found.parameters._replace(on_full="wait")
    answer = sweep(traffic, waiting, "pool_maxsize", values, preset=found)
    assert answer.advised == 20
    assert answer.curve[0].mean_wait > 0
    assert answer.client_parameter == "pool_maxsize"


def test_the_smallest_within_one_per_cent():
    rows = list(poisson_traffic(rate=5, latency=1, requests=3000, seed=2))
    answer = sweep(rows, PoolParameters(), "idle_timeout", list(range(1, 121)))
    best = min(point.created for point in answer.curve)
    good = [point.value for point in answer.curve if point.created <= best * 1.01]
    assert answer.advised == min(good)


def test_costs_weigh_opening_against_idling():
    rows = list(poisson_traffic(rate=5, latency=1, requests=500, seed=2))
    cheap = sweep(rows, PoolParameters(), "idle_timeout", TIMEOUTS, costs=Costs(1, 0.01))
    dear = sweep(rows, PoolParameters(), "idle_timeout", TIMEOUTS, costs=Costs(1, 100))
    assert cheap.advised > dear.advised
    assert all(point.cost is not None for point in dear.curve)


def test_processes_give_the_same(monkeypatch):
    from httpheaders import pool_sweep

    rows = list(poisson_traffic(rate=5, latency=1, requests=300))
    rules = find_preset("httpx").parameters
    alone = sweep(rows, rules, "max_total", [3, 5, 8])
    monkeypatch.setattr(pool_sweep, "_WORTH_PROCESSES", 0)
    assert sweep(rows, rules, "max_total", [3, 5, 8], workers=2) == alone


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("idle-timeout=1:4", [1, 2, 3, 4]),
        ("idle_timeout=500ms", [0.5]),
        ("idle-timeout=1s:2s:500ms", [1, 1.5, 2]),
        ("max-per-host=1,5,20", [1, 5, 20]),
        ("timeout=500,1000", [0.5, 1]),
    ],
)
def test_sweeps_as_written(text, values):
    assert parse_sweep(text, find_preset("node"))[1] == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("idle-timout=1:4", "did you mean 'idle_timeout'"),
        ("idle-timeout", "is written NAME=FIRST:LAST"),
        ("idle-timeout=4:1", "is not a range"),
        ("idle-timeout=1:2:0", "is not a range"),
        ("idle-timeout=1:2:3:4", "is not a range"),
        ("idle-timeout=1:1000000", "more than 10000 values"),
        ("idle-timeout=x", "not a duration"),
        ("max-total=nan", "'nan' is not a number"),
        ("order=lifo,fifo", "'order' is not a number"),
    ],
)
def test_sweeps_that_are_none(text, message):
    with pytest.raises(PolicyError, match=message):
        parse_sweep(text)


def test_values_that_the_parameter_cannot_take():
    with pytest.raises(PolicyError, match="max_per_host 0 is not a count"):
        sweep([(0, "a", 1)], PoolParameters(), "max_per_host", [0])
    with pytest.raises(PolicyError, match="at least one value"):
        sweep([(0, "a", 1)], PoolParameters(), "max_per_host", [])
    with pytest.raises(InputError, match="the trace is empty"):
        sweep([], PoolParameters(), "max_per_host", [1])


def test_bad_lines_are_told_once():
    answer = sweep([(0, "a", 1), (1, "a", -1)], PoolParameters(), "idle_timeout", [1, 2])
    assert len(answer.problems) == 1
    assert not answer.ok
    assert answer.reason.startswith("1 line of the trace could not be used; for the rest, ")
