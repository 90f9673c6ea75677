"""
The connection pool for a quick script, over the pool that decides: ids out, ids back.

Source: none; RFC 9112 section 9.4 leaves to the client how many connections it keeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from httpheaders.connection_pool import Pool
from httpheaders.errors import PoolError
from httpheaders.pool_decisions import DISCARDING, EVICTING, Assigned, Closed, Decision
from httpheaders.pool_parameters import PoolParameters

__all__ = ["ConnectionPool"]


class ConnectionPool:
    """
    Hand out connection ids by host and reuse those given back: the pool for a quick script.

    At most `max_per_host` idle connections a host are kept, the one given back last is taken first,
    and getting one never waits: beyond the cap a connection is opened and discarded on its return.

    Args:
        max_per_host: how many are kept a host.
        idle_timeout_s: seconds after which an idle connection is not reused.
        clock: gives the time in seconds.

    >>> pool = ConnectionPool(max_per_host=2, idle_timeout_s=30)
    >>> first = pool.get_connection("example.com")
    >>> pool.release_connection("example.com", first)
    >>> pool.get_connection("example.com") == first
    True
    >>> pool.created, pool.reused, pool.reuse_rate
    (1, 1, 0.5)
    """

    def __init__(
        self,
        max_per_host: int = 5,
        idle_timeout_s: float = 30,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from threading import Lock

        rules = PoolParameters(
            max_per_host=max_per_host,
            max_idle_per_host=max_per_host,
            limit_scope="busy",
            on_full="discard",
            idle_timeout=idle_timeout_s,
        )
        self._pool = Pool(rules)
        self._clock = clock
        self._lock = Lock()
        self._in_use: dict[str, tuple[int, str]] = {}
        self._created = 0
        self._reused = 0
        self._discarded = 0
        self._evicted = 0

    def get_connection(self, host: str) -> str:
        """Give the id of a connection to the host: an idle one, or else a new one."""
        with self._lock:
            decisions = self._counted(self._pool.request(None, host, now=self._clock()))
            given = decisions[-1]
            assert isinstance(given, Assigned)
            self._created += not given.reused
            self._reused += given.reused
            connection_id = _connection_id(host, given.connection)
            self._in_use[connection_id] = (given.connection, host)
            return connection_id

    def release_connection(self, host: str, conn_id: str) -> None:
        """
        Give a connection back.

        Raises:
            PoolError: the id is not of a connection to this host that is in use.
        """
        with self._lock:
            connection, its_host = self._in_use.get(conn_id, (0, None))
            if its_host != host:
                raise PoolError(f"connection {conn_id!r} to '{host}' is not in use")
            decisions = self._pool.release(connection, now=self._clock())
            del self._in_use[conn_id]
            self._counted(decisions)

    def evict_idle(self) -> list[str]:
        """Close what has been idle too long; gives the ids, the one idle longest first."""
        with self._lock:
            decisions = self._counted(self._pool.advance(now=self._clock()))
            closings = [made for made in decisions if isinstance(made, Closed)]
            return [_connection_id(closing.host, closing.connection) for closing in closings]

    def _counted(self, decisions: list[Decision]) -> list[Decision]:
        for made in decisions:
            if isinstance(made, Closed):
                self._discarded += made.reason in DISCARDING
                self._evicted += made.reason in EVICTING
        return decisions

    @property
    def created(self) -> int:
        """How many connections were opened."""
        return self._created

    @property
    def reused(self) -> int:
        """How often an idle connection was handed out again."""
        return self._reused

    @property
    def reuse_rate(self) -> float:
        """The share of requests that needed no new connection; 0 before the first."""
        total = self._created + self._reused
        return self._reused / total if total else 0.0

    @property
    def discarded(self) -> int:
        """How many were closed on their return, because enough were kept already."""
        return self._discarded

    @property
    def evicted(self) -> int:
        """How many were closed because they had been idle too long."""
        return self._evicted

    @property
    def active(self) -> int:
        """How many are in use."""
        return len(self._in_use)

    @property
    def idle(self) -> int:
        """How many wait to be reused; what has expired counts until it is next looked at."""
        return self._pool.idle_count


def _connection_id(host: str, connection: int) -> str:
    return f"{host}#{connection}"
