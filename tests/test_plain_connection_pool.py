"""The connection pool for a quick script."""

from __future__ import annotations

import pytest

from httpheaders import ConnectionPool
from httpheaders.errors import HttpHeadersError, PoolError


class Clock:
    """A clock that stands still until it is moved."""

    now = 1000.0

    def __call__(self):
        return self.now


def test_a_quick_script():
    pool = ConnectionPool(max_per_host=2, idle_timeout_s=30)
    first = pool.get_connection("example.com")
    second = pool.get_connection("example.com")
    assert first != second
    pool.release_connection("example.com", first)
    assert pool.get_connection("example.com") == first
    assert (pool._created, pool._reused) == (2, 1)
    assert (pool.created, pool.reused, pool.active, pool.idle) == (2, 1, 2, 0)
    assert pool.reuse_rate == pytest.approx(1 / 3)


def test_hosts_do_not_share():
    pool = ConnectionPool()
    connection = pool.get_connection("a.example")
    pool.release_connection("a.example", connection)
    assert pool.get_connection("b.example") != connection
    assert pool.reuse_rate == 0


def test_beyond_the_cap_connections_are_discarded():
    pool = ConnectionPool(max_per_host=1)
    got = [pool.get_connection("a") for _ in range(3)]
    for connection in got:
        pool.release_connection("a", connection)
    assert (pool.created, pool.idle, pool.discarded) == (3, 1, 2)


def test_idle_connections_time_out():
    clock = Clock()
    pool = ConnectionPool(idle_timeout_s=30, clock=clock)
    first = pool.get_connection("a")
    pool.release_connection("a", first)
    clock.now += 30
    assert pool.evict_idle() == []
    clock.now += 0.1
    assert pool.evict_idle() == [first]
    assert pool.get_connection("a") != first
    assert (pool.evicted, pool.created) == (1, 2)


@pytest.mark.parametrize("host", ["a", "b"])
def test_only_what_was_got_can_be_released(host):
    pool = ConnectionPool()
    connection = pool.get_connection("a")
    if host == "a":
        pool.release_connection("a", connection)
    with pytest.raises(PoolError, match="is not in use"):
        pool.release_connection(host, connection)


def test_a_clock_that_runs_back_loses_no_connection():
    clock = Clock()
    pool = ConnectionPool(clock=clock)
    connection = pool.get_connection("a")
    clock.now -= 1
    with pytest.raises(PoolError, match="time runs back"):
        pool.release_connection("a", connection)
    clock.now += 1
    pool.release_connection("a", connection)
    assert (pool.active, pool.idle, pool.get_connection("a")) == (0, 1, connection)


def test_its_errors_are_value_errors():
    with pytest.raises(ValueError, match="max_per_host"):
        ConnectionPool(max_per_host=0)
    assert issubclass(PoolError, HttpHeadersError)


def test_threads_may_share_it():
    from concurrent.futures import ThreadPoolExecutor

    pool = ConnectionPool(max_per_host=8)

    def use(_):
        pool.release_connection("a", pool.get_connection("a"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(800)))
    assert pool.created + pool.reused == 800
    assert pool.active == 0
