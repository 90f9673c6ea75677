"""
Connections, and the idle ones: those of a host as a pool takes them, and those of all hosts.

`add`, `take` and `remove` cost O(1) by time of release and O(log k) by place.

Source: none; the orders are those of the clients that `pool_presets` names.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import Any, Protocol

__all__ = [
    "BUSY",
    "CLOSED",
    "DEAD",
    "DIALING",
    "IDLE",
    "Ages",
    "ByPlace",
    "ByRelease",
    "Connection",
    "IdleConnections",
    "IdleOrder",
]

# What a connection is doing. A dead one is closed but still has its place among the idle ones.
DIALING, BUSY, IDLE, DEAD, CLOSED = range(5)


class Connection:
    """
    One connection of a pool.

    Attributes:
        serial: its number in order of being asked for.
        place: its slot, or its serial.
        host: the pool of its host.
        opened_at, released_at: when it was opened and last given back.
        requests: how many it has carried or carries.
        state: what it is doing.
        retired: it is closed when it is given back.
        asked_by: the request that it is being opened for.
    """

    __slots__ = (
        "asked_by",
        "host",
        "opened_at",
        "place",
        "released_at",
        "requests",
        "retired",
        "serial",
        "state",
    )

    def __init__(self, serial: int, place: int, host: Any, now: float) -> None:
        self.serial = serial
        self.place = place
        self.host = host
        self.opened_at = now
        self.released_at = now
        self.requests = 0
        self.state = BUSY
        self.retired = False
        self.asked_by: Any = None


class IdleOrder(Protocol):
    """What a pool asks of the idle connections of a host."""

    def add(self, connection: Connection) -> None:
        """Put a released connection among them."""

    def take(self) -> Connection | None:
        """Take the next one out; None when there is none."""

    def remove(self, connection: Connection) -> None:
        """Take this one out."""

    def __len__(self) -> int: ...


class ByRelease:
    """By time of release, the newest or the oldest first."""

    __slots__ = ("_connections", "_newest_first")

    def __init__(self, *, newest_first: bool) -> None:
        self._connections: deque[Connection] = deque()
        self._newest_first = newest_first

    def add(self, connection: Connection) -> None:
        """Put a released connection among them."""
        self._connections.append(connection)

    def take(self) -> Connection | None:
        """Take the next one out; None when there is none."""
        if not self._connections:
            return None
        return self._connections.pop() if self._newest_first else self._connections.popleft()

    def remove(self, connection: Connection) -> None:
        """Take this one out; nearly always it is the one idle longest or the newest."""
        if self._connections[0] is connection:
            self._connections.popleft()
        elif self._connections[-1] is connection:
            self._connections.pop()
        else:
            self._connections.remove(connection)

    def __len__(self) -> int:
        return len(self._connections)


class ByPlace:
    """By a number that each connection keeps, the lowest first: its slot, or its serial."""

    __slots__ = ("_heap", "_idle", "_in_heap", "_number")

    def __init__(self, number: Callable[[Connection], int]) -> None:
        self._heap: list[int] = []
        self._in_heap: set[int] = set()
        self._idle: dict[int, Connection] = {}
        self._number = number

    def add(self, connection: Connection) -> None:
        """Put a released connection among them."""
        number = self._number(connection)
        self._idle[number] = connection
        # A number that `remove` left in the heap is valid again.
        if number not in self._in_heap:
            self._in_heap.add(number)
            heappush(self._heap, number)

    def first(self) -> Connection | None:
        """Give the next one without taking it."""
        heap = self._heap
        while heap and heap[0] not in self._idle:
            self._in_heap.discard(heappop(heap))
        return self._idle[heap[0]] if heap else None

    def take(self) -> Connection | None:
        """Take the next one out; None when there is none."""
        connection = self.first()
        if connection is not None:
            self.remove(connection)
        return connection

    def remove(self, connection: Connection) -> None:
        """Take this one out; its number leaves the heap when it comes up, or in bulk."""
        del self._idle[self._number(connection)]
        if len(self._heap) > 2 * len(self._idle) + 64:
            self._heap = list(self._idle)
            heapify(self._heap)
            self._in_heap = set(self._heap)

    def __len__(self) -> int:
        return len(self._idle)


class Ages:
    """
    The connections of a host in order of opening, so that those too old in use are found at once.

    What is idle when it is too old is never in use again, and is not kept.
    """

    __slots__ = ("_opened", "_too_old")

    def __init__(self) -> None:
        self._opened: deque[Connection] = deque()
        # Those in use, by place.
        self._too_old: list[tuple[int, int, Connection]] = []

    def add(self, connection: Connection) -> None:
        """Put a connection that has just been opened among them; the host counts it as open."""
        self._opened.append(connection)
        if len(self._opened) + len(self._too_old) > 2 * connection.host.open + 64:
            self._opened = deque(one for one in self._opened if one.state in (BUSY, IDLE))
            self._too_old = [entry for entry in self._too_old if entry[2].state == BUSY]
            heapify(self._too_old)

    def take_too_old(
        self, is_too_old: Callable[[Connection], bool], *, below: float
    ) -> Iterator[Connection]:
        """Take out those in use that are too old and have a place below this one."""
        opened, too_old = self._opened, self._too_old
        while opened and is_too_old(opened[0]):
            connection = opened.popleft()
            if connection.state == BUSY:
                heappush(too_old, (connection.place, connection.serial, connection))
        while too_old and too_old[0][0] < below:
            connection = heappop(too_old)[2]
            if connection.state == BUSY:
                yield connection


class IdleConnections:
    """
    The idle connections of all hosts, by time of release.

    Args:
        by_age: whether to keep them by the order in which they were opened too.
    """

    __slots__ = ("_by_age", "connections")

    def __init__(self, *, by_age: bool) -> None:
        # By serial, the one idle longest first.
        self.connections: OrderedDict[int, Connection] = OrderedDict()
        self._by_age = ByPlace(attrgetter("serial")) if by_age else None

    def __len__(self) -> int:
        return len(self.connections)

    def add(self, connection: Connection) -> None:
        """Put a connection that has just been released among them."""
        self.connections[connection.serial] = connection
        if self._by_age is not None:
            self._by_age.add(connection)

    def remove(self, connection: Connection) -> None:
        """Take this one out."""
        del self.connections[connection.serial]
        if self._by_age is not None:
            self._by_age.remove(connection)

    def oldest(self) -> Connection | None:
        """Give the one idle longest."""
        return next(iter(self.connections.values()), None)

    def first_opened(self) -> Connection | None:
        """Give the one opened first; they have to be kept by age."""
        assert self._by_age is not None
        return self._by_age.first()
