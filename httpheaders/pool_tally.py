"""
Counts what a pool decides: in total, by host, and how long requests waited.

Source: none; it counts.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from math import ceil, exp, log

from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_decisions import (
    DISCARDING,
    EVICTING,
    HOST_FORGOTTEN,
    INSTANT,
    Assigned,
    Closed,
    Decision,
    Dialing,
    Opened,
    Queued,
    Refused,
)

__all__ = ["Counts", "HostTally", "Tally", "WaitTimes", "Waits"]


class Waits(NamedTuple):
    """How many requests waited, and how long in seconds; mean and p95 are over all requests."""

    waited: int
    total: float
    mean: float
    p95: float
    max: float


class WaitTimes:
    """
    Waiting times in bounded memory: exact up to 65,536 of them, then in classes 0.1 % wide.

    `mean` and `p95` are over all requests, those that did not wait included.

    Attributes:
        count, total, longest: how many waited, and for how many seconds together and at most.
    """

    _EXACT = 65_536
    _WIDTH = log(1.001)

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.longest = 0.0
        self._exact = array("d")
        self._classes: dict[int, int] = {}

    def add(self, seconds: float) -> None:
        """Take note of a request that waited."""
        self.count += 1
        self.total += seconds
        self.longest = max(self.longest, seconds)
        self._exact.append(seconds)
        if len(self._exact) > self._EXACT:
            self._fold()

    def _fold(self) -> None:
        classes = self._classes
        for seconds in self._exact:
            number = ceil(log(seconds) / self._WIDTH)
            classes[number] = classes.get(number, 0) + 1
        del self._exact[:]

    def summary(self, requests: int) -> Waits:
        """Give the figures over so many requests."""
        mean = self.total / requests if requests else 0.0
        return Waits(self.count, self.total, mean, self._p95(requests), self.longest)

    def _p95(self, requests: int) -> float:
        rank = ceil(0.95 * requests) - (requests - self.count)
        if rank <= 0:
            return 0.0
        if not self._classes:
            return sorted(self._exact)[rank - 1]
        self._fold()
        for number in sorted(self._classes):
            rank -= self._classes[number]
            if rank <= 0:
                return min(exp(number * self._WIDTH), self.longest)
        return self.longest


class Counts(NamedTuple):
    """What happened to the requests and connections of one host; `host` names it."""

    host: str
    requests: int
    created: int
    reused: int
    reuse_rate: float
    unused: int
    discarded: int
    evicted: int
    errors: int
    waited: int
    peak_open: int
    peak_busy: int


class HostTally:
    """Counts for one host, or for all together."""

    __slots__ = (
        "busy",
        "created",
        "discarded",
        "errors",
        "evicted",
        "open",
        "peak_busy",
        "peak_open",
        "requests",
        "reused",
        "unused",
        "waited",
    )

    def __init__(self) -> None:
        self.requests = self.created = self.reused = self.unused = 0
        self.discarded = self.evicted = self.errors = self.waited = 0
        self.open = self.busy = self.peak_open = self.peak_busy = 0

    def counts(self, host: str) -> Counts:
        """Give the counts as they stand."""
        return Counts(
            host,
            self.requests,
            self.created,
            self.reused,
            self.reused / self.requests if self.requests else 0.0,
            self.unused,
            self.discarded,
            self.evicted,
            self.errors,
            self.waited,
            self.peak_open,
            self.peak_busy,
        )


class Tally:
    """
    Count decisions as they are made.

    Args:
        stale_from: seconds idle from which on a reused connection may be closed already.
        per_connection: whether to keep the number of requests of every connection.
        dial_time: whether opening takes time.
    """

    def __init__(
        self,
        *,
        stale_from: float | None = None,
        per_connection: bool = False,
        dial_time: bool = False,
    ) -> None:
        self.total = HostTally()
        self.hosts: dict[str, HostTally] = {}
        self.waits = WaitTimes()
        self.idle_seconds = 0.0
        self.stale_reuses = 0
        self.forgotten = 0
        self.carried: dict[int, int] | None = {} if per_connection else None
        self._stale_from = stale_from
        self._dial_time = dial_time
        self._counters: dict[type, Callable[..., None]] = {
            Opened: self._opened,
            Dialing: self._dialing,
            Assigned: self._assigned,
            Refused: self._refused,
            Closed: self._closed,
            Queued: self._queued,
        }

    @property
    def counts_stale(self) -> bool:
        """Whether it was told from when on a reuse is stale."""
        return self._stale_from is not None

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self._counters[type(decision)](decision)

    def arrived(self, host: str) -> None:
        """Count a request."""
        self.total.requests += 1
        known = self.hosts.get(host)
        if known is None:
            known = self.hosts[host] = HostTally()
        known.requests += 1

    def ended(self, host: str) -> None:
        """Count the end of a request."""
        self.total.busy -= 1
        self.hosts[host].busy -= 1

    def _opened(self, opened: Opened) -> None:
        if self.carried is not None:
            self.carried[opened.connection] = 0
        for tally in (self.total, self.hosts[opened.host]):
            tally.created += 1
            tally.unused += 1
        if not self._dial_time:
            self._one_more(opened.host)

    def _dialing(self, dialing: Dialing) -> None:
        self._one_more(dialing.host)

    def _one_more(self, host: str) -> None:
        for tally in (self.total, self.hosts[host]):
            tally.open += 1
            if tally.open > tally.peak_open:
                tally.peak_open = tally.open

    def _assigned(self, assigned: Assigned) -> None:
        if self.carried is not None:
            self.carried[assigned.connection] += 1
        for tally in (self.total, self.hosts[assigned.host]):
            tally.busy += 1
            if tally.busy > tally.peak_busy:
                tally.peak_busy = tally.busy
            tally.reused += assigned.reused
            tally.unused -= not assigned.reused
            tally.waited += assigned.waited > INSTANT
        if assigned.reused and self._stale_from is not None:
            self.stale_reuses += assigned.idle > self._stale_from + INSTANT
        self.idle_seconds += assigned.idle
        if assigned.waited > INSTANT:
            self.waits.add(assigned.waited)

    def _refused(self, refused: Refused) -> None:
        self.total.errors += 1
        self.hosts[refused.host].errors += 1

    def _closed(self, closed: Closed) -> None:
        self.idle_seconds += closed.idle
        for tally in (self.total, self.hosts[closed.host]):
            tally.open -= 1
            # What never carried a request was never given back: it is counted as unused alone.
            if closed.requests:
                tally.discarded += closed.reason in DISCARDING
                tally.evicted += closed.reason in EVICTING
        self.forgotten += closed.reason == HOST_FORGOTTEN

    def _queued(self, queued: Queued) -> None:
        """Waiting requests are counted when their wait ends."""
