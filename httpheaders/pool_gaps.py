"""
One pass through a trace that says for every request which idle timeouts, or idle caps, let it
reuse a connection.

How it works. Let a pool that never times out take the connection released last. Its idle
connections are a stack, and each arrival is matched with the release on top, like brackets. The
time between the two is the gap: with a timeout T the request reuses a connection exactly when its
gap is T at most, because the stack with a timeout is always the part of this one that was released
within the last T. Let the drop of a match be the most connections that ever lay above it: with a
cap K that closes the one idle longest, or with no timeout any one, the request reuses a connection
exactly when its drop is below K.

For the order first in, first out the threshold of a request follows from the ages of the newest
releases: as the timeout grows the idle sets are nested, each a set of the newest releases.

All this holds by host, without a cap over hosts, and while the connections' own histories (age,
requests carried) do not matter. With a cap on connections at which requests wait, their starts do
not depend on the timeout: `starts` computes them, and the rest holds for those.

Source: none; the reasoning above, held against whole runs by the tests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush, heapreplace
from itertools import accumulate
from math import inf
from typing import TypeVar

from httpheaders.pool_decisions import INSTANT
from httpheaders.pool_trace import Chunk

__all__ = ["DropCurve", "FifoCurve", "GapCurve", "starts"]

_Host = TypeVar("_Host")


def starts(chunks: Iterable[Chunk], cap: int) -> Iterator[Chunk]:
    """
    Give the requests by the times at which they start under a cap a host with waiting.

    They start as in a queue with `cap` servers, first come first served; and starts of different
    hosts need not be in order.
    """
    servers: dict[str, list[float]] = {}
    for chunk in chunks:
        begun = []
        for t, host, duration in zip(*chunk, strict=True):
            free_at = servers.setdefault(host, [])
            if len(free_at) < cap:
                begun.append(t)
                heappush(free_at, t + duration)
            else:
                start = max(t, free_at[0])
                begun.append(start)
                heapreplace(free_at, start + duration)
        yield Chunk(begun, chunk.hosts, chunk.durations)


def _arrivals(
    chunks: Iterable[Chunk], hosts: dict[str, _Host], new_host: Callable[[], _Host]
) -> Iterator[tuple[_Host, float, float]]:
    """Give the host, the arrival and the duration of each request."""
    for chunk in chunks:
        for t, name, duration in zip(*chunk, strict=True):
            host = hosts.get(name)
            if host is None:
                host = hosts[name] = new_host()
            yield host, t, duration


def _opened(requests: int, counts: list[int]) -> list[int]:
    """Give the connections opened for each timeout, from the reuses that each adds."""
    return [requests - reused for reused in accumulate(counts[:-1])]


class _Stack:
    """One host: ends that are to come, and the releases that lie idle, the newest on top."""

    __slots__ = ("ends", "releases")

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.releases: list[float] = []


class GapCurve:
    """
    Connections opened and idle seconds for many timeouts at once; the order is lifo.

    Args:
        timeouts: in rising order.
    """

    def __init__(self, timeouts: list[float]) -> None:
        self._timeouts = timeouts
        # Of the gaps up to each timeout and above the one before it: how many, and their sum.
        self._counts = [0] * (len(timeouts) + 1)
        self._sums = [0.0] * (len(timeouts) + 1)
        self._stacks: dict[str, _Stack] = {}
        self.requests = 0
        self.end = -inf

    def feed(self, chunks: Iterable[Chunk]) -> None:
        """Run chunks of the trace, in order by host."""
        for chunk in chunks:
            self.requests += len(chunk.times)
            self._feed(chunk)

    def _feed(self, chunk: Chunk) -> None:
        # One loop on local names, as quick as one run of the pool.
        stacks, counts, sums, timeouts = self._stacks, self._counts, self._sums, self._timeouts
        last = self.end
        for t, name, duration in zip(*chunk, strict=True):
            try:
                stack = stacks[name]
            except KeyError:
                stack = stacks[name] = _Stack()
            ends, releases = stack.ends, stack.releases
            while ends and ends[0] <= t + INSTANT:
                releases.append(heappop(ends))
            if releases:
                gap = t - releases.pop()
                place = bisect_left(timeouts, gap - INSTANT)
                counts[place] += 1
                sums[place] += gap
            end = t + duration
            if end > last:
                last = end
            heappush(ends, end)
        self.end = last

    def created(self) -> list[int]:
        """Give the connections opened for each timeout."""
        return _opened(self.requests, self._counts)

    def idle_seconds(self) -> list[float]:
        """Give the idle seconds of all connections for each timeout, up to the last end."""
        rest = sorted(self._rests())
        matched = sum(self._counts)
        curve, below, sum_below = [], 0, 0.0
        place, sum_rest = 0, 0.0
        for number, timeout in enumerate(self._timeouts):
            below += self._counts[number]
            sum_below += self._sums[number]
            while place < len(rest) and rest[place] <= timeout:
                sum_rest += rest[place]
                place += 1
            longer = matched - below + len(rest) - place
            curve.append(sum_below + sum_rest + (longer * timeout if longer else 0.0))
        return curve

    def connections(self) -> list[int]:
        """Give how many connections each host needs when none is ever closed."""
        return [len(stack.releases) + len(stack.ends) for stack in self._stacks.values()]

    def _rests(self) -> Iterator[float]:
        """Give how long each connection that is never taken again lies idle."""
        for stack in self._stacks.values():
            for released in (*stack.releases, *stack.ends):
                yield self.end - released


class DropCurve:
    """
    Connections opened for every cap on the idle connections of one host; lifo, or no timeout.

    Args:
        timeout: the idle timeout that holds besides.
    """

    def __init__(self, timeout: float = inf) -> None:
        self._timeout = timeout
        self._drops: dict[int, int] = {}
        self._stacks: dict[str, _DropStack] = {}
        self.requests = 0

    def feed(self, chunks: Iterable[Chunk]) -> None:
        """Run chunks of the trace, in order by host."""
        for stack, t, duration in _arrivals(chunks, self._stacks, _DropStack):
            self.requests += 1
            match = stack.arrive(t, duration)
            if match is not None and match[0] <= self._timeout + INSTANT:
                self._drops[match[1]] = self._drops.get(match[1], 0) + 1

    def created(self, caps: Iterable[float]) -> list[int]:
        """Give the connections opened for each cap."""
        return [
            self.requests - sum(count for drop, count in self._drops.items() if drop < cap)
            for cap in caps
        ]


class _DropStack:
    """A stack that knows for each release the most that ever lay above it."""

    __slots__ = ("ends", "most_above", "releases")

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.releases: list[float] = []
        self.most_above: list[int] = []

    def arrive(self, t: float, duration: float) -> tuple[float, int] | None:
        """Give the gap and the drop of an arrival; None when there is no match."""
        while self.ends and self.ends[0] <= t + INSTANT:
            self.releases.append(heappop(self.ends))
            self.most_above.append(0)
        heappush(self.ends, t + duration)
        if not self.releases:
            return None
        drop = self.most_above.pop()
        # What lay above this one lay above the one below it too, and so did this one.
        if self.most_above:
            self.most_above[-1] = max(self.most_above[-1], drop + 1)
        return t - self.releases.pop(), drop


class FifoCurve:
    """
    Connections opened for many timeouts at once; the order is fifo.

    A request costs as much as there are idle connections, so give a limit of work.

    Args:
        timeouts: in rising order.
        most_idle: give up when more connections than this lie idle; `gave_up` says so.
    """

    def __init__(self, timeouts: list[float], *, most_idle: float = inf) -> None:
        self._timeouts = timeouts
        self._counts = [0] * (len(timeouts) + 1)
        self._queues: dict[str, _FifoQueue] = {}
        self._most_idle = most_idle
        self.gave_up = False
        self.requests = 0

    def feed(self, chunks: Iterable[Chunk]) -> None:
        """Run chunks of the trace, in order by host."""
        for queue, t, duration in _arrivals(chunks, self._queues, _FifoQueue):
            self.requests += 1
            threshold = queue.arrive(t, duration)
            if threshold is not None:
                self._counts[bisect_left(self._timeouts, threshold - INSTANT)] += 1
            if len(queue.thresholds) > self._most_idle:
                self.gave_up = True
                return

    def created(self) -> list[int]:
        """Give the connections opened for each timeout."""
        return _opened(self.requests, self._counts)

    def connections(self) -> list[int]:
        """Give how many connections each host needs when none is ever closed."""
        return [len(queue.thresholds) + len(queue.ends) for queue in self._queues.values()]


class _FifoQueue:
    """
    One host: for each k the least timeout with which k connections or more lie idle.

    That is never less than the age of the k-th newest release.
    """

    __slots__ = ("ends", "newest", "thresholds")

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.newest: deque[float] = deque()
        self.thresholds: deque[float] = deque()

    def arrive(self, t: float, duration: float) -> float | None:
        """Give the least timeout with which this arrival reuses a connection, if there is one."""
        while self.ends and self.ends[0] <= t + INSTANT:
            self.newest.appendleft(heappop(self.ends))
            self.thresholds.appendleft(0.0)
        heappush(self.ends, t + duration)
        if not self.thresholds:
            return None
        raised = deque(map(max, self.thresholds, [t - released for released in self.newest]))
        threshold = raised.popleft()
        self.thresholds = raised
        while len(self.newest) > len(raised):
            self.newest.pop()
        return threshold
