"""Made traffic."""

from __future__ import annotations

from itertools import pairwise

import pytest

from httpheaders.errors import PolicyError
from httpheaders.pool_traffic import ThreadTraffic, poisson_traffic


def test_the_same_seed_gives_the_same_traffic():
    first = list(poisson_traffic(rate=5, latency=1, requests=50, seed=3))
    assert first == list(poisson_traffic(rate=5, latency=1, requests=50, seed=3))
    assert first != list(poisson_traffic(rate=5, latency=1, requests=50, seed=4))
    assert all(a.t <= b.t for a, b in pairwise(first))


def test_durations_may_be_all_alike():
    rows = poisson_traffic(rate=5, latency=1, requests=9, exponential=False, host="h")
    assert {(row.host, row.duration) for row in rows} == {("h", 1)}


@pytest.mark.parametrize(
    "made",
    [
        lambda: poisson_traffic(rate=0, latency=1, requests=1),
        lambda: poisson_traffic(rate=float("nan"), latency=1, requests=1),
        lambda: poisson_traffic(rate=1, latency=-1, requests=1),
        lambda: poisson_traffic(rate=1, latency=1, requests=0),
        lambda: ThreadTraffic(0, 1, 1).checked(),
        lambda: ThreadTraffic(1, -1, 1).checked(),
        lambda: ThreadTraffic(1, 1, 1, think=float("inf")).checked(),
    ],
)
def test_traffic_that_cannot_be_made(made):
    with pytest.raises(PolicyError):
        made()
