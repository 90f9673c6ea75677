"""Sweeps: the whole curve, held against a run of each setting, and the advice."""

from __future__ import annotations

import re

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
NO_LIMIT = [[], [None]]


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
    st.sampled_from(NO_LIMIT),
    st.sampled_from(NO_LIMIT),
)  # fmt: skip
def test_a_sweep_that_says_it_is_exact_is(rows, parameters, name, before, after):
    values = [*before, *(TIMEOUTS if "timeout" in name else CAPS), *after]
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


@pytest.mark.parametrize(
    ("rules", "name", "values", "costs", "exact"),
    [
        pytest.param({}, "max_idle_per_host", range(9), Costs(1, 5), False, id="caps: idling"),
        pytest.param({}, "max_idle_per_host", range(9), Costs(1), True, id="caps: opening"),
        pytest.param({"order": "fifo"}, "idle_timeout", range(1, 9), Costs(0, 5), False, id="fifo"),
        pytest.param({}, "idle_timeout", range(1, 9), Costs(1, 5, 5), True, id="lifo"),
        pytest.param({"max_per_host": 3}, "idle_timeout", [1, 4], Costs(1, 0, 5), False, id="wait"),
        pytest.param({"max_total": 4, "wait_timeout": 0.5}, "max_per_host", [2, 3], Costs(1, 1, 5),
                     False, id="refusals"),
    ],
)  # fmt: skip
def test_every_price_that_is_asked_for_counts(rules, name, values, costs, exact):
    rows = list(poisson_traffic(rate=5, latency=1, requests=300))
    parameters = PoolParameters(**rules)
    answer = sweep(rows, parameters, name, list(values), costs=costs)
    assert answer.exact == exact
    for point in answer.curve:
        run = simulate(rows, parameters._replace(**{name: point.value}), per_connection=True)
        cost = costs.of(run.created, run.idle_seconds, run.waits.total)
        assert point.cost == pytest.approx(cost)


@pytest.mark.parametrize("price", [-1, float("nan"), float("inf"), 1e12])
def test_what_is_no_price(price):
    with pytest.raises(PolicyError, match="is no price of an idle second"):
        sweep([(0, "a", 1)], PoolParameters(), "idle_timeout", [1], costs=Costs(1, price))


@pytest.mark.parametrize(
    ("most", "advised", "words"),
    [
        pytest.param(20, 11, "max_per_host 11 is the smallest of 20 settings", id="none is needed"),
        pytest.param(3, 3, "refuses requests: 3 refuses the fewest, 106$", id="all refuse"),
    ],
)
def test_no_price_is_worth_a_refusal(most, advised, words):
    rows = list(poisson_traffic(rate=5, latency=1, requests=200))
    rules = PoolParameters(on_full="error")
    answer = sweep(rows, rules, "max_per_host", list(range(1, most + 1)), costs=Costs(1))
    assert answer.advised == advised
    assert re.search(words, answer.reason)


def test_within_one_per_cent_of_the_fewest_refusals():
    """Of 201 requests at once a pool of one refuses 200, a pool of two 199."""
    rows = [(0, "a", 1)] * 201
    answer = sweep(rows, PoolParameters(on_full="error"), "max_per_host", [1, 2])
    assert (answer.ok, answer.advised, answer.best) == (False, 1, 2)
    assert "1 refuses 200, within 1 % of the fewest, 199" in answer.reason


STALE = [(0, "a", 1), (5.95, "a", 1), (12, "a", 1)]


@pytest.mark.parametrize(
    ("rules", "name", "values", "advised", "ok"),
    [
        pytest.param({"server_timeout": 5}, "idle_timeout", range(1, 9), 1, True, id="some race"),
        pytest.param({"server_timeout": 5}, "idle_timeout", [4.9, 6], 4.9, True, id="the last"),
        pytest.param({"server_timeout": 5}, "idle_timeout", [None, 6], 6, False, id="all race"),
        pytest.param({"idle_timeout": 5}, "server_timeout", [5, 6, None], 6, True, id="servers"),
        pytest.param({"server_timeout": 5}, "max_per_host", [1, 2], 1, False, id="another knob"),
        pytest.param({"server_timeout": 9}, "idle_timeout", [None, 12], 12, True, id="none met"),
    ],
)
def test_with_a_round_trip_no_race_is_advised_where_there_is_another(
    rules, name, values, advised, ok
):
    answer = sweep(STALE, PoolParameters(**rules), name, list(values), round_trip=0.1)
    assert (answer.advised, answer.ok) == (advised, ok)
    assert ("may have closed" in answer.reason) == (not ok)
    run = simulate(STALE, PoolParameters(**rules)._replace(**{name: advised}), round_trip=0.1)
    assert run.ok == ok


def test_settings_without_a_race_are_counted_as_such():
    rules = PoolParameters(server_timeout=5)
    answer = sweep(STALE, rules, "idle_timeout", list(range(1, 9)), round_trip=0.1)
    assert answer.reason.startswith("of 4 settings without a race, idle_timeout 1 is the smallest")
    assert [point.races for point in answer.curve] == [False] * 4 + [True] * 4
    with pytest.raises(PolicyError, match="round_trip"):
        sweep(STALE, rules, "idle_timeout", [1], round_trip=-1)


def test_what_dies_in_one_setting_keeps_a_place_in_it():
    rules = PoolParameters(dead_slots=True, max_idle_per_host=1)
    rows = [(0, "a", 1), (0, "a", 1), (9, "a", 1), (9, "a", 1)]
    answer = sweep(rows, rules._replace(idle_timeout=5), "idle_timeout", [None, 5])
    assert not answer.exact


def test_no_cap_on_idle_ones_leaves_that_of_a_pool_that_discards():
    rules = PoolParameters(max_per_host=1, on_full="discard")
    rows = [(0, "a", 1), (0, "a", 1), (2, "a", 1), (2, "a", 1)]
    answer = sweep(rows, rules, "max_idle_per_host", [None, 0, 1, 2])
    assert answer.exact
    assert [point.created for point in answer.curve] == [3, 4, 3, 2]


def test_what_lies_idle_until_somebody_looks_has_its_price():
    rules = PoolParameters(max_idle_total=10, idle_total_policy="sweep")
    rows = [(0, "a", 1), (9, "a", 1)]
    free = sweep(rows, rules, "idle_timeout", [1])
    assert (free.exact, free.curve[0].idle_seconds) == (True, None)
    priced = sweep(rows, rules, "idle_timeout", [1], costs=Costs(0, 1))
    run = simulate(rows, rules._replace(idle_timeout=1))
    assert (priced.exact, priced.curve[0].cost) == (False, run.idle_seconds)


def test_no_limit_is_the_largest_setting():
    rows = [(0, "a", 1), (0, "a", 1), (200, "a", 1)]
    found = find_preset("aiohttp")
    knob, values = parse_sweep("limit=0:3", found)
    answer = sweep(rows, found.parameters, knob.name, values, preset=found)
    assert [(point.value, point.created) for point in answer.curve] == [
        (None, 3), (1, 2), (2, 3), (3, 3)
    ]  # fmt: skip
    assert (answer.advised, answer.setting) == (2, "2")
    rules = PoolParameters(on_full="discard")
    caps = sweep(rows, rules, "max_idle_per_host", [None, 1, 0])
    assert (caps.exact, [point.created for point in caps.curve]) == (True, [2, 2, 3])


def test_a_cap_that_moves_with_the_one_swept_binds():
    """In requests one number is both caps: without a discard each setting must be run."""
    found = find_preset("requests")
    waiting = found.parameters._replace(on_full="wait")
    rows = list(poisson_traffic(rate=5, latency=1, requests=100))
    answer = sweep(rows, waiting, "max_idle_per_host", [None, 1], preset=found)
    assert not answer.exact
    assert answer.curve[1].created == 1


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
        ("timeout=0,1000", [None, 1]),
        ("maxFreeSockets=-1,1", [0, 1]),
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
