"""What real clients did with a trace, counted at the server, and what the simulation says."""

from __future__ import annotations

import pytest

from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_simulation import simulate
from tests.conformance.vectors import load


def rows_of(vector):
    return [(row["t"], row["host"], row["duration"]) for row in vector["input"]["trace"]]


def counted(answer):
    return {
        **{name: getattr(answer, name) for name in answer._fields},
        "reuse_rate": round(answer.reuse_rate, 6),
        "waited": answer.waits.waited,
        "wait_total": round(answer.waits.total, 3),
        "requests_per_connection": list(answer.connections or ()),
    }


@pytest.mark.parametrize("vector", load("pool/*.jsonl"))
def test_pool_sim(vector):
    rules = PoolParameters(**vector["input"]["parameters"])
    got = counted(simulate(rows_of(vector), rules, per_connection=True))
    # null: the client closes only when it is next asked, so the moment cannot be seen
    expected = {name: value for name, value in vector["expected"].items() if value is not None}
    assert {name: got[name] for name in expected} == expected


@pytest.mark.parametrize("vector", load("pool/*.jsonl"))
def test_pool_sim_without_counting_by_connection(vector):
    """Without that, plain rules take the quick way."""
    rules = PoolParameters(**vector["input"]["parameters"])
    got = counted(simulate(rows_of(vector), rules))
    expected = {name: value for name, value in vector["expected"].items() if value is not None}
    del expected["requests_per_connection"]
    assert {name: got[name] for name in expected} == expected
