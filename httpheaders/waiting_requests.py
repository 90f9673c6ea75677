"""
The requests that wait in a connection pool: in order of arrival, by host, and until when.

Requests that wait for a connection to be opened stand by host, and the hosts that have any in a
heap by the first of them; deadlines stand in a heap of their own. So an event costs O(log k).

Source: none; the order is that of the clients that `pool_presets` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from httpheaders.pool_hosts import Host, Waiter

__all__ = ["WaitingRequests"]


class WaitingRequests:
    """
    Who waits, and whose turn is next.

    Args:
        wait_timeout: seconds after which a request gives up; None: never.
    """

    __slots__ = ("_heads", "_last", "_wait_timeout", "deadlines", "requests")

    def __init__(self, wait_timeout: float | None) -> None:
        self._wait_timeout = wait_timeout
        self._last = 0
        # By number, in order of arrival.
        self.requests: dict[int, Waiter] = {}
        self.deadlines: list[tuple[float, int, Waiter]] = []
        # Hosts whose requests want a connection opened, by the number of the first.
        self._heads: list[tuple[int, Host]] = []

    def new(self, request: object, host: Host, now: float) -> Waiter:
        """Number a request that has arrived; it does not wait yet."""
        self._last += 1
        return Waiter(self._last, request, host, now)

    def add(self, waiter: Waiter, now: float) -> None:
        """Let a request wait for whatever comes free."""
        self.requests[waiter.number] = waiter
        waiter.host.waiting.append(waiter)
        if self._wait_timeout is not None:
            heappush(self.deadlines, (now + self._wait_timeout, waiter.number, waiter))

    def ask_to_open(self, waiter: Waiter) -> None:
        """Let a request that waits have a connection opened as soon as there is room."""
        waiter.host.to_dial.append(waiter)
        self.note_head(waiter.host)

    def remove(self, waiter: Waiter) -> None:
        """End the wait of a request."""
        waiter.done = True
        del self.requests[waiter.number]
        host = waiter.host
        if host.first_waiting() is None:
            host.restarts.clear()

    # -- deadlines

    def next_deadline(self) -> float | None:
        """Give the time at which the next request may give up."""
        deadlines = self.deadlines
        while deadlines and deadlines[0][2].done:
            heappop(deadlines)
        return deadlines[0][0] if deadlines else None

    def timed_out(self, before: float) -> Iterator[Waiter]:
        """End the wait of every request whose deadline is before a time, and give it."""
        deadlines = self.deadlines
        while deadlines and deadlines[0][0] < before:
            _, number, waiter = heappop(deadlines)
            if waiter.done:
                continue
            deadline = self._wait_start(waiter) + (self._wait_timeout or 0.0)
            if deadline >= before:
                heappush(deadlines, (deadline, number, waiter))
                continue
            self.remove(waiter)
            yield waiter

    def _wait_start(self, waiter: Waiter) -> float:
        for limit, moment in reversed(waiter.host.restarts):
            if waiter.number < limit:
                return moment
        return waiter.since

    def begin_afresh(self, host: Host, *, before: int | None, now: float) -> None:
        """Let the wait of a host's requests up to a number begin again; None: of all."""
        if self._wait_timeout is None or host.first_waiting() is None:
            return
        limit = self._last + 1 if before is None else before
        restarts = host.restarts
        while restarts and restarts[-1][0] <= limit:
            restarts.pop()
        restarts.append((limit, now))

    # -- whose turn it is

    def note_head(self, host: Host) -> None:
        """Put a host in its place among those whose requests want a connection opened."""
        waiter = host.first_to_dial()
        if waiter is not None and host.noted != waiter.number:
            host.noted = waiter.number
            heappush(self._heads, (waiter.number, host))

    def first_host(self) -> Host | None:
        """Give the host of the request that has waited longest of those that may be served."""
        heads = self._heads
        while heads:
            number, host = heads[0]
            waiter = host.first_to_dial()
            if waiter is not None and waiter.number == number:
                return host
            self.drop_head()
            self.note_head(host)
        return None

    def first_host_but(self, host: Host) -> Host | None:
        """Give the first host that is another than this."""
        first = self.first_host()
        if first is not host:
            return first
        head = heappop(self._heads)
        other = self.first_host()
        heappush(self._heads, head)
        return other

    def drop_head(self) -> None:
        """Pass over the first host until it is noted again."""
        number, host = heappop(self._heads)
        if host.noted == number:
            host.noted = 0
