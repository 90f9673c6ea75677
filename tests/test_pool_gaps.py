"""One pass for every timeout or cap, held against a run of each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from httpheaders.pool_gaps import DropCurve, FifoCurve, GapCurve, starts
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_simulation import simulate
from httpheaders.pool_trace import Faults, checked_chunks
from tests.pool_strategies import timeouts, traces

TIMEOUTS = [0.25, 0.5, 1, 2, 3, 5.25, 9]
CAPS = [1, 2, 3, 4, 7]


def chunks(rows):
    return checked_chunks(rows, Faults())


def created(rows, **parameters):
    return simulate(rows, PoolParameters(**parameters), per_connection=True, notes=False).created


@settings(max_examples=150, deadline=None)
@given(traces())
def test_lifo_every_timeout(rows):
    curve = GapCurve(TIMEOUTS)
    curve.feed(chunks(rows))
    assert curve.created() == [created(rows, idle_timeout=timeout) for timeout in TIMEOUTS]


@settings(max_examples=150, deadline=None)
@given(traces())
def test_lifo_idle_seconds(rows):
    rows = [(t - 50, host, duration) for t, host, duration in rows]
    curve = GapCurve(TIMEOUTS)
    curve.feed(chunks(rows))
    run = [
        simulate(rows, PoolParameters(idle_timeout=timeout), per_connection=True).idle_seconds
        for timeout in TIMEOUTS
    ]
    assert curve.idle_seconds() == pytest.approx(run)


@settings(max_examples=150, deadline=None)
@given(traces(hosts=1), timeouts)
def test_lifo_every_cap_that_closes_the_oldest(rows, timeout):
    curve = DropCurve(float("inf") if timeout is None else timeout)
    curve.feed(chunks(rows))
    run = [created(rows, max_idle_total=cap, idle_timeout=timeout) for cap in CAPS]
    assert curve.created(CAPS) == run


@settings(max_examples=150, deadline=None)
@given(traces(), st.sampled_from(["lifo", "fifo", "created", "slot"]))
def test_without_a_timeout_neither_order_nor_victim_matters(rows, order):
    curve = DropCurve()
    curve.feed(chunks(rows))
    run = [created(rows, max_idle_per_host=cap, order=order) for cap in CAPS]
    assert curve.created(CAPS) == run


@settings(max_examples=150, deadline=None)
@given(traces())
def test_fifo_every_timeout(rows):
    curve = FifoCurve(TIMEOUTS)
    curve.feed(chunks(rows))
    run = [created(rows, idle_timeout=timeout, order="fifo") for timeout in TIMEOUTS]
    assert curve.created() == run


@settings(max_examples=100, deadline=None)
@given(traces(), st.sampled_from(TIMEOUTS))
def test_other_orders_lie_between(rows, timeout):
    low = created(rows, idle_timeout=timeout, order="fifo")
    high = created(rows, idle_timeout=timeout, order="lifo")
    assert low <= created(rows, idle_timeout=timeout, order="created") <= high


@settings(max_examples=100, deadline=None)
@given(traces(), st.integers(1, 4), st.sampled_from(TIMEOUTS), st.sampled_from(["lifo", "fifo"]))
def test_starts_do_not_depend_on_the_timeout(rows, cap, timeout, order):
    begun = [row for chunk in starts(chunks(rows), cap) for row in zip(*chunk, strict=True)]
    capped = created(rows, max_per_host=cap, idle_timeout=timeout, order=order)
    by_host = {}
    for row in begun:
        by_host.setdefault(row[1], []).append(row)
    alone = sum(
        created(mine, max_per_host=cap, idle_timeout=timeout, order=order)
        for mine in by_host.values()
    )
    assert capped == alone


@settings(max_examples=100, deadline=None)
@given(traces(), st.integers(1, 3), timeouts)
def test_what_is_reused_under_a_cap_over_hosts_is_reused_under_a_larger_one(rows, cap, timeout):
    small = created(rows, max_idle_total=cap, idle_timeout=timeout)
    assert created(rows, max_idle_total=cap + 1, idle_timeout=timeout) <= small
