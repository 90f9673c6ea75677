"""
The quick way through a trace for pools with plain rules, which most are.

How it works. Without waiting a request ends at arrival plus duration, whatever the pool does. So
there are no decisions to report: ends wait in one heap, and the idle connections of a host are a
deque of the times at which they came free. What has timed out is at its old end, and is dropped
when it is next in the way: when the host is touched, when a cap is reached, or when the number of
open connections would pass its peak. Then a heap of hosts, by a lower bound of their oldest
release, leads to all that has timed out anywhere.

Source: none; it counts what `connection_pool` would decide.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf
from operator import add

from httpheaders.pool_decisions import INSTANT
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_tally import HostTally
from httpheaders.pool_trace import Chunk

__all__ = ["PlainRun", "is_plain", "without_idle_rules"]


def is_plain(parameters: PoolParameters) -> bool:
    """Say whether the quick way gives what the pool would decide."""
    return (
        parameters.order in ("lifo", "fifo")
        and (parameters.max_per_host is None or parameters.on_full == "discard")
        and parameters.max_total is None
        and parameters.max_idle_total is None
        and parameters.max_requests is None
        and parameters.max_lifetime is None
        and parameters.max_hosts is None
        and not (parameters.dead_slots and _something_dies(parameters))
        and not parameters.connect_time
    )


def without_idle_rules(parameters: PoolParameters, hosts: int) -> PoolParameters:
    """
    Leave out the rules that traffic to so few hosts can never touch.

    >>> without_idle_rules(PoolParameters(max_hosts=10), 3).max_hosts is None
    True
    """
    per_host, total = parameters.max_idle_per_host, parameters.max_idle_total
    if (
        per_host is not None
        and total is not None
        and hosts * per_host <= total
        and parameters.idle_total_policy == "oldest"
    ):
        parameters = parameters._replace(max_idle_total=None)
    if parameters.max_hosts is not None and hosts <= parameters.max_hosts:
        parameters = parameters._replace(max_hosts=None)
    return parameters


def _something_dies(parameters: PoolParameters) -> bool:
    return parameters.idle_timeout is not None or parameters.server_timeout is not None


class _PlainHost(deque[float]):
    """When the idle connections of a host came free, oldest first; and its counts."""

    __slots__ = ("created", "discarded", "evicted", "listed", "open", "peak")

    def __init__(self) -> None:
        super().__init__()
        self.created = self.open = self.peak = self.discarded = self.evicted = 0
        self.listed = False

    def __lt__(self, other: object) -> bool:
        # Ends at one instant may come in either order.
        return False

    __hash__ = object.__hash__  # type: ignore[assignment]


class PlainRun:
    """
    Run chunks of a trace through a pool with plain rules.

    Args:
        parameters: rules for which `is_plain` holds.
    """

    def __init__(self, parameters: PoolParameters) -> None:
        self._parameters = parameters
        idle_timeout = inf if parameters.idle_timeout is None else parameters.idle_timeout
        server = inf if parameters.server_timeout is None else parameters.server_timeout
        self._timeout = min(idle_timeout, server)
        # What the server closes was not evicted by the client.
        self._client_evicts = not server < idle_timeout
        cap = parameters.max_idle_per_host
        if cap is None and parameters.on_full == "discard":
            cap = parameters.max_per_host
        self._idle_cap = inf if cap is None else cap
        self._hosts: dict[str, _PlainHost] = {}
        self._requests: Counter[str] = Counter()
        # The last entry is no request: it keeps the heap from running empty.
        self._ends: list[tuple[float, _PlainHost]] = [(inf, _PlainHost())]
        # Hosts with open connections, by a time that is no later than their oldest idle release.
        self._by_oldest: list[tuple[float, _PlainHost]] = []
        self._open = 0
        self._peak_open = 0
        self._peak_busy = 0
        self.idle_seconds = 0.0
        self.busy_seconds = 0.0
        self.end = 0.0

    def feed(self, chunks: Iterable[Chunk]) -> None:
        """Run them, in order."""
        for chunk in chunks:
            self.busy_seconds += sum(chunk.durations)
            self._requests.update(chunk.hosts)
            self._feed(chunk)

    def _feed(self, chunk: Chunk) -> None:
        # One long loop on local names: this is where a million requests a second are decided.
        hosts, ends, cap = self._hosts, self._ends, self._idle_cap
        newest = self._parameters.order == "lifo"
        limit = self._timeout + INSTANT
        due = ends[0][0] - INSTANT
        peak_busy = self._peak_busy
        idle_seconds = 0.0
        pop, push = heappop, heappush
        for t, name, end in zip(
            chunk.times, chunk.hosts, map(add, chunk.times, chunk.durations), strict=True
        ):
            if due <= t:
                if len(ends) > peak_busy:
                    peak_busy = len(ends)
                while due <= t:
                    ended, host = pop(ends)
                    if len(host) < cap or self._makes_place(host, ended):
                        host.append(ended)
                    due = ends[0][0] - INSTANT
            try:
                host = hosts[name]
            except KeyError:
                host = hosts[name] = _PlainHost()
            if host and (released := host[-1]) >= t - limit:
                if newest:
                    host.pop()
                else:
                    self._drop_expired(host, t)
                    released = host.popleft()
                idle_seconds += t - released
            else:
                self._open_one(host, t)
            push(ends, (end, host))
            if end < due:
                due = end - INSTANT
        self._peak_busy = max(peak_busy, len(ends))
        self.idle_seconds += idle_seconds

    def _makes_place(self, host: _PlainHost, now: float) -> bool:
        """Say whether what timed out leaves room; close the released connection where not."""
        self._drop_expired(host, now)
        if len(host) < self._idle_cap:
            return True
        host.discarded += 1
        host.open -= 1
        self._open -= 1
        return False

    def _drop_expired(self, host: _PlainHost, now: float) -> None:
        before = now - self._timeout - INSTANT
        while host and host[0] < before:
            host.popleft()
            self._close_idle(host, self._timeout, evicted=self._client_evicts)

    def _close_idle(self, host: _PlainHost, seconds: float, *, evicted: bool) -> None:
        host.evicted += evicted
        host.open -= 1
        self._open -= 1
        self.idle_seconds += seconds

    def _open_one(self, host: _PlainHost, now: float) -> None:
        self._drop_expired(host, now)
        host.open += 1
        host.created += 1
        if host.open > host.peak:
            host.peak = host.open
        self._open += 1
        if not host.listed:
            host.listed = True
            heappush(self._by_oldest, (now, host))
        if self._open > self._peak_open:
            self._drop_all_expired(now)
            self._peak_open = max(self._peak_open, self._open)

    def _drop_all_expired(self, now: float) -> None:
        hosts, before = self._by_oldest, now - self._timeout - INSTANT
        while hosts and hosts[0][0] < before:
            host = heappop(hosts)[1]
            self._drop_expired(host, now)
            self._list_again(host, now)

    def _list_again(self, host: _PlainHost, now: float) -> None:
        host.listed = host.open > 0
        if host.listed:
            heappush(self._by_oldest, (host[0] if host else now, host))

    def finish(self) -> None:
        """Run to the end of the last request."""
        ends = self._ends
        while len(ends) > 1:
            self.end, host = heappop(ends)
            if len(host) < self._idle_cap or self._makes_place(host, self.end):
                host.append(self.end)
        last = self.end
        for host in self._hosts.values():
            self._drop_expired(host, last)
            self.idle_seconds += sum(last - released for released in host)

    def tallies(self) -> tuple[HostTally, dict[str, HostTally]]:
        """Give the counts in total and by host."""
        total = HostTally()
        hosts = {name: _tally(host, self._requests[name]) for name, host in self._hosts.items()}
        for tally in hosts.values():
            total.requests += tally.requests
            total.created += tally.created
            total.reused += tally.reused
            total.discarded += tally.discarded
            total.evicted += tally.evicted
        total.peak_open = self._peak_open
        total.peak_busy = max(self._peak_busy - 1, 0)
        return total, hosts


def _tally(host: _PlainHost, requests: int) -> HostTally:
    tally = HostTally()
    tally.requests = requests
    tally.created = host.created
    tally.reused = requests - host.created
    tally.discarded = host.discarded
    tally.evicted = host.evicted
    # A host opens a connection only when all that it has are busy, so both peaks are one.
    tally.peak_open = tally.peak_busy = host.peak
    return tally
