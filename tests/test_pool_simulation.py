"""The simulation: identities on every trace, queueing theory on long ones, the presets' ways."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from httpheaders.errors import InputError, PolicyError
from httpheaders.plain_pool_run import is_plain
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_presets import PRESETS, find_preset, with_changes
from httpheaders.pool_simulation import simulate
from httpheaders.pool_tally import WaitTimes
from httpheaders.pool_trace import Faults
from httpheaders.pool_traffic import ThreadTraffic, poisson_traffic
from tests.pool_strategies import plain_rules, rules, traces


def busiest(rows):
    """The peak of requests in service when none waits; ends come before arrivals."""
    steps = sorted(
        [(t + duration, 0, -1) for t, _, duration in rows] + [(t, 1, 1) for t, _, _ in rows]
    )
    # A request that takes no time ends after it came.
    steps.sort(key=lambda step: (step[0], step[1]))
    level = peak = 0
    for _, _, change in steps:
        level += change
        peak = max(peak, level)
    return peak


@settings(max_examples=200, deadline=None)
@given(rules, traces())
def test_identities(parameters, rows):
    answer = simulate(rows, parameters, per_connection=True, notes=False)
    assert answer.created + answer.reused + answer.errors == answer.requests + answer.unused
    assert answer.reused == sum(max(count - 1, 0) for count in answer.connections)
    assert answer.created == len(answer.connections)
    assert answer.unused == answer.connections.count(0)
    assert answer.requests == len(rows) == sum(host.requests for host in answer.hosts)
    assert answer.peak_busy <= answer.peak_open
    assert answer.idle_seconds >= 0
    for name in ("created", "reused", "unused", "discarded", "evicted", "errors"):
        assert getattr(answer, name) == sum(getattr(host, name) for host in answer.hosts)


@settings(max_examples=100, deadline=None)
@given(rules, traces())
def test_the_same_traffic_gives_the_same_answer(parameters, rows):
    assert simulate(rows, parameters) == simulate(iter(rows), parameters)._replace(
        notes=simulate(rows, parameters).notes
    )


@settings(max_examples=300, deadline=None)
@given(plain_rules, traces())
def test_the_quick_way_gives_what_the_pool_decides(parameters, rows):
    assert is_plain(parameters)
    quick = simulate(rows, parameters)
    slow = simulate(rows, parameters, per_connection=True)._replace(connections=None)
    assert quick.idle_seconds == pytest.approx(slow.idle_seconds)
    assert quick._replace(idle_seconds=0) == slow._replace(idle_seconds=0)


@settings(max_examples=100, deadline=None)
@given(traces())
def test_without_limits_as_many_are_opened_as_are_busy_at_once(rows):
    rows = [(t, "a", duration + 0.25) for t, _, duration in rows]
    assert simulate(rows, PoolParameters()).created == busiest(rows)


@settings(max_examples=100, deadline=None)
@given(traces())
def test_without_keeping_every_request_opens_one(rows):
    answer = simulate(rows, PoolParameters(max_idle_per_host=0))
    assert (answer.created, answer.discarded) == (len(rows), len(rows))


@settings(max_examples=100, deadline=None)
@given(traces())
def test_busy_time_is_the_sum_of_durations(rows):
    answer = simulate(rows, PoolParameters(max_per_host=2, idle_timeout=1))
    assert answer.busy_seconds == pytest.approx(sum(duration for _, _, duration in rows))
    if answer.duration:
        assert answer.mean_busy == pytest.approx(answer.busy_seconds / answer.duration)


# -- queueing theory: arrivals by chance at 5 a second, one second in service on average

RATE, MEAN, COUNT = 5.0, 1.0, 40_000
LOAD = RATE * MEAN


@pytest.fixture(scope="module")
def chance():
    return list(poisson_traffic(rate=RATE, latency=MEAN, requests=COUNT, seed=7))


def poisson(b):
    return math.exp(-LOAD) * LOAD**b / math.factorial(b)


def near(value, expected, spread=0.012):
    """Within a few standard errors: consecutive requests are not independent."""
    return value == pytest.approx(expected, abs=spread)


def erlang_b(servers):
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = LOAD * blocked / (count + LOAD * blocked)
    return blocked


def erlang_c(servers):
    blocked = erlang_b(servers)
    return servers * blocked / (servers - LOAD * (1 - blocked))


def opened_with_idle_cap(cap):
    """The share of requests that open a connection: B falls below b - cap before it is b + 1."""
    share = 0.0
    for b in range(60):
        low = b - cap
        if low < 0:
            continue
        products = [1.0]
        for y in range(low + 1, b + 1):
            products.append(products[-1] * y / LOAD)
        share += poisson(b) * products[-1] / sum(products)
    return share


def opened_with_timeout(timeout, levels=40, steps=4000):
    """The share of gaps above the timeout: the first passage of B from b to b + 1."""
    share = 0.0
    step = timeout / steps
    # alive[b][j]: the chance not to have passed b + 1 yet, from j; Euler steps backwards in time
    for b in range(levels // 2):
        alive = [1.0] * (b + 1)
        for _ in range(steps // 10):
            fresh = []
            for j in range(b + 1):
                up = alive[j + 1] if j < b else 0.0
                down = alive[j - 1] if j else 0.0
                change = RATE * (up - alive[j]) + j / MEAN * (down - alive[j])
                fresh.append(alive[j] + change * step * 10)
            alive = fresh
        share += poisson(b) * alive[b]
    return share


def test_mean_busy_is_rate_times_duration(chance):
    assert simulate(chance, PoolParameters()).mean_busy == pytest.approx(LOAD, rel=0.03)


def test_waiting_is_erlang_c(chance):
    waits = simulate(chance, PoolParameters(max_per_host=8)).waits
    assert near(waits.waited / COUNT, erlang_c(8))
    assert near(waits.mean, erlang_c(8) / (8 / MEAN - RATE))


def test_refused_is_erlang_b(chance):
    answer = simulate(chance, PoolParameters(max_per_host=8, on_full="error"))
    assert near(answer.errors / COUNT, erlang_b(8))
    assert not answer.ok
    assert "refused" in answer.reason


@pytest.mark.parametrize("cap", [1, 2, 4])
@pytest.mark.parametrize("order", ["lifo", "fifo", "created"])
def test_opened_with_an_idle_cap(chance, cap, order):
    answer = simulate(chance, PoolParameters(max_idle_per_host=cap, order=order))
    assert near(answer.created / COUNT, opened_with_idle_cap(cap))


@pytest.mark.parametrize("timeout", [0.2, 0.5, 1])
def test_opened_with_a_timeout(chance, timeout):
    answer = simulate(chance, PoolParameters(idle_timeout=timeout))
    assert near(answer.created / COUNT, opened_with_timeout(timeout))


def test_one_request_at_a_time_reuses_within_the_timeout():
    rows = list(poisson_traffic(rate=1, latency=0, requests=20_000, seed=3))
    answer = simulate(rows, PoolParameters(idle_timeout=1.5))
    assert near(answer.created / 20_000, math.exp(-1.5))


# -- threads


@pytest.mark.parametrize(
    ("preset", "changes", "created", "discarded"),
    [
        pytest.param("requests", {}, 130, 120, id="ten of twenty are discarded, every time"),
        pytest.param("requests", {"max_per_host": 20}, 20, 0, id="a pool of twenty keeps all"),
        pytest.param("requests", {"on_full": "wait"}, 10, 0, id="or ten, and the others wait"),
        pytest.param("urllib3", {}, 229, 228, id="urllib3 keeps one"),
        pytest.param("node-agent", {}, 240, 240, id="no keep-alive at all"),
        pytest.param("go", {}, 218, 216, id="Go keeps two"),
        pytest.param("httpx", {}, 20, 0, id="httpx keeps twenty"),
    ],
)
def test_threads_that_ask_at_once(preset, changes, created, discarded):
    found = find_preset(preset)
    traffic = ThreadTraffic(threads=20, latency=0.08, requests=240)
    answer = simulate(traffic, with_changes(found, changes), preset=found)
    assert (answer.created, answer.discarded) == (created, discarded)
    assert (answer.requests, answer.peak_busy <= 20) == (240, True)


def test_threads_that_wait_ask_later():
    answer = simulate(ThreadTraffic(4, 1, 12, think=0.5), PoolParameters(max_per_host=1))
    assert answer.duration == 12
    assert answer.created == 1
    assert answer.waits.waited == 11


# -- what the answer says


@pytest.mark.parametrize(
    ("hosts", "told"),
    [
        pytest.param("aab", True, id="an idle connection of another host is in the way"),
        pytest.param("aba", False, id="only busy ones are in the way"),
    ],
)
@pytest.mark.parametrize("idle_timeout", [5, None], ids=["it waits", "it is refused in the end"])
def test_idle_connections_are_blamed_where_they_are_to_blame(hosts, told, idle_timeout):
    rows = [(t, host, 1) for t, host in zip((0, 0, 0.5), hosts, strict=True)]
    rules = PoolParameters(max_total=2, idle_timeout=idle_timeout)
    notes = simulate(rows, rules).notes
    assert [note.startswith("idle connections of one host") for note in notes] == [True] * told


@pytest.mark.parametrize(
    ("cap", "connect_time", "told"),
    [
        pytest.param(1, 0.0, True, id="the cap is in the way"),
        pytest.param(1, 0.25, True, id="for longer than a connect"),
        pytest.param(2, 0.25, False, id="a connect alone is waited for"),
        pytest.param(9, 0.25, False, id="the cap is never reached"),
    ],
)
def test_idle_connections_are_blamed_in_streams_that_run_once(cap, connect_time, told):
    rows = [(0, "a", 1), (5, "b", 1)]
    rules = PoolParameters(max_total=cap, idle_timeout=9, connect_time=connect_time)
    notes = simulate(iter(rows), rules).notes
    assert [note.startswith("idle connections of one host") for note in notes] == [True] * told


def test_an_anomaly_that_costs_refusals_alone_is_told_by_them():
    rows = [(1, "b", 1), (1.5, "a", 2), (1.5, "a", 0.5)]
    found = find_preset("browser")
    rules = with_changes(found, {"max_total": 2, "wait_timeout": 1, "connect_time": 0.5})
    assert simulate(rows, rules, preset=found).notes[0] == (
        "a request dials and waits at once, and the loser's connection is left over: requests "
        "refused: 1, where a pool that binds a request to its own connection refuses 0"
    )


def test_an_anomaly_that_saved_a_connection_is_not_told():
    rows = [(3, "a", 3), (5, "a", 3), (10, "a", 2), (11, "a", 2), (16, "a", 3)]
    found = find_preset("undici")
    assert simulate(rows, found.parameters, preset=found).notes == found.cautions


def test_who_is_refused_after_a_wait_is_counted_as_refused_alone():
    """As with urllib3, whose pool then raises."""
    rows = [(0, "a", 100), (1, "a", 1), (2, "a", 1)]
    answer = simulate(rows, PoolParameters(max_per_host=1, wait_timeout=5))
    assert (answer.errors, answer.waits.waited, answer.hosts[0].waited) == (2, 0, 0)


def test_the_time_that_is_told_is_that_of_those_that_waited():
    rows = [(0, "a", 0.5), (0, "a", 1), (9, "a", 1), (19, "a", 1)]
    answer = simulate(rows, PoolParameters(max_per_host=1))
    assert answer.reason.endswith("; 1 waited, on average 0.5 s each, 0.5 s at most")
    assert answer.waits.mean == 0.125


def test_anomalies_are_compared():
    rows = [(n * 0.1, "a", 3.0) for n in range(200)]
    notes = simulate(rows, preset=find_preset("httpx")).notes
    assert "counts busy ones too" in notes[0]
    assert "connections were opened where a cap that counts idle connections needs" in notes[0]


def test_forgotten_hosts_are_told():
    rows = [(n, f"h{n % 13}", 0.1) for n in range(120)]
    answer = simulate(rows, preset=find_preset("requests"))
    assert answer.created == 120
    assert "a pool for every host needs 13" in answer.notes[0]


def test_a_limit_on_busy_ones_is_told():
    rows = [(n * 2, f"h{n}", 1) for n in range(5)]
    found = find_preset("aiohttp")
    notes = simulate(rows, with_changes(found, {"max_total": 2}), preset=found).notes
    assert notes[0] == "the limit of 2 counts busy connections only: 5 were open at once"


def test_stale_reuses_are_gaps_near_the_servers_timeout():
    rows = [(0, "a", 1), (5.95, "a", 1), (8, "a", 1), (14.5, "a", 1)]
    answer = simulate(rows, PoolParameters(server_timeout=5), round_trip=0.1)
    assert (answer.stale_reuses, answer.created, answer.ok) == (1, 2, False)
    assert "may have closed the connection already" in answer.reason


def test_a_gap_of_exactly_the_timeout_less_the_round_trip_is_not_stale():
    rows = [(6.8, "a", 1.9), (10, "a", 1)]
    assert simulate(rows, PoolParameters(server_timeout=1.8), round_trip=0.5).stale_reuses == 0


@pytest.mark.parametrize("rules", [{}, {"max_total": 5}], ids=["the quick way", "the pool's"])
def test_times_may_be_negative(rules):
    rows = [(-10, "a", 1), (-5, "a", 1)]
    answer = simulate(rows, PoolParameters(idle_timeout=2, **rules))
    assert (answer.duration, answer.idle_seconds, answer.evicted) == (6, 2, 1)


def test_what_expired_was_closed_then_and_not_when_it_was_found():
    rows = [(0, "a", 1), (0, "b", 5), (2.5, "b", 4)]
    assert simulate(rows, PoolParameters(idle_timeout=1)).peak_open == 2
    assert simulate(rows, PoolParameters(idle_timeout=2)).peak_open == 3


def test_the_clients_own_words():
    answer = simulate([(0, "a", 1)], preset=find_preset("node"))
    assert answer.client == "Node.js 20.20.2"
    assert answer.client_parameters["timeout"] == 5000
    assert answer.client_parameters["maxSockets"] == "Infinity"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_runs(name):
    rows = [(n * 0.3, f"h{n % 3}", 1.0) for n in range(60)]
    answer = simulate(rows, preset=find_preset(name), explain=True)
    assert answer.preset == name
    assert answer.created >= 3
    assert answer.steps


def test_who_waits_for_ever_is_refused():
    answer = simulate([(0, "a", 1), (1, "b", 1)], PoolParameters(max_total=1))
    assert (answer.errors, answer.created, answer.ok) == (1, 1, False)


def test_times_of_a_clock_are_counted_from_the_first():
    rows = [(1.7e9 + 0.1, "a", 0.2), (1.7e9 + 0.3, "a", 0.2)]
    answer = simulate(rows, PoolParameters())
    assert (answer.created, answer.duration) == (1, 0.4)


@pytest.mark.parametrize("rows", [[], [(0, "a", -1)], [(None, None, None)]])
def test_nothing_to_run(rows):
    with pytest.raises(InputError):
        simulate(rows, PoolParameters())


def test_a_round_trip_must_be_one():
    with pytest.raises(PolicyError, match="round_trip"):
        simulate([(0, "a", 1)], PoolParameters(), round_trip=-1)


def test_faults_do_not_stop_the_rest():
    faults = Faults()
    rows = [(0.5, "a", 1), (1, "a", float("nan")), (0, "a", 1), (9, "a", 1)]
    answer = simulate(rows, PoolParameters(), faults=faults)
    assert (answer.requests, answer.skipped, answer.ok) == (3, 1, False)
    assert [problem.where for problem in answer.problems] == ["request 2", "request 3"]


def test_waiting_times_in_classes_are_near_the_exact_ones():
    few, many = WaitTimes(), WaitTimes()
    many._EXACT = 10
    for number in range(1, 1001):
        few.add(number / 100)
        many.add(number / 100)
    exact, classed = few.summary(1000), many.summary(1000)
    assert exact.p95 == 9.5
    assert classed.p95 == pytest.approx(exact.p95, rel=0.0015)
    assert classed[:3] == exact[:3]
    assert few.summary(100_000).p95 == 0
