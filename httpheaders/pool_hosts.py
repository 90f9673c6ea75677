"""
What a connection pool knows of each host, and the requests that wait there.

Source: none; it is book-keeping.
"""

from __future__ import annotations

from collections import deque

from httpheaders.idle_connections import Ages, IdleOrder

__all__ = ["Host", "Waiter"]


class Waiter:
    """A request that waits; `number` is its place in the order of arrival."""

    __slots__ = ("done", "host", "number", "request", "since")

    def __init__(self, number: int, request: object, host: Host, now: float) -> None:
        self.number = number
        self.request = request
        self.host = host
        self.since = now
        self.done = False


class Host:
    """What a pool knows of one host."""

    __slots__ = (
        "ages",
        "busy",
        "forgotten",
        "idle",
        "name",
        "next_place",
        "noted",
        "open",
        "restarts",
        "to_dial",
        "waiting",
    )

    def __init__(self, name: str, idle: IdleOrder) -> None:
        self.name = name
        self.idle = idle
        self.open = 0
        self.busy = 0
        self.next_place = 0
        # The waiting request under which the host stands in the heap of hosts, 0 when it does not.
        self.noted = 0
        self.forgotten = False
        self.waiting: deque[Waiter] = deque()
        self.to_dial: deque[Waiter] = deque()
        self.ages: Ages | None = None
        self.restarts: list[tuple[int, float]] = []

    def first_waiting(self) -> Waiter | None:
        """Give the request that has waited longest for whatever comes free."""
        return _first(self.waiting)

    def first_to_dial(self) -> Waiter | None:
        """Give the request that has waited longest for a connection to be opened."""
        return _first(self.to_dial)


def _first(waiters: deque[Waiter]) -> Waiter | None:
    while waiters and waiters[0].done:
        waiters.popleft()
    return waiters[0] if waiters else None
