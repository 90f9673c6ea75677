"""
Traffic for a pool, checked: what cannot be used is told, what is out of order put right.

A request arrives at `t` for `host` and holds a connection for `duration` seconds from the moment at
which it has one. Requests come in order of arrival.

Source: HAR 1.2, "timings", for recorded traffic.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from httpheaders.answer import Problem
from httpheaders.errors import InputError
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.messages.har import HarEntry

__all__ = [
    "Chunk",
    "Faults",
    "PoolRequest",
    "checked_chunks",
    "counted_from",
    "in_order",
    "is_usable",
    "origin_of",
    "request_of_entry",
]

# Some thirty thousand years: longer than any trace, short enough to be added up exactly.
LARGEST_DURATION = 1e12
# From here on times are taken as seconds since 1970, and counted from the first request.
_CLOCK_TIME = 1e6

_CHUNK = 4096
_PROBLEMS_SHOWN = 20


class PoolRequest(NamedTuple):
    """One request: arrival in seconds on any clock, host or origin, seconds in service."""

    t: float
    host: str
    duration: float


class Chunk(NamedTuple):
    """Columns of consecutive requests, all of them usable and in order."""

    times: Sequence[float]
    hosts: Sequence[str]
    durations: Sequence[float]


class Faults:
    """
    The problems of one trace: every one counted, the first few of each kind described.

    Args:
        strict: raise at the first line that cannot be used.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self.skipped = 0
        self.seen = 0
        self._counts: dict[str, int] = {}
        self._described: list[Problem] = []

    def tell(self, where: str, kind: str, message: str, *, skipped: bool) -> None:
        """
        Take note of one problem.

        Raises:
            InputError: the line is left out, and that is not wanted.
        """
        if skipped and self._strict:
            raise InputError(f"{where}: {message}")
        self.skipped += skipped
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= _PROBLEMS_SHOWN:
            self._described.append(Problem(where, message))

    def shortfall(self) -> str:
        """Say how many lines could not be used."""
        lines = "1 line" if self.skipped == 1 else f"{self.skipped} lines"
        return f"{lines} of the trace could not be used"

    def problems(self) -> tuple[Problem, ...]:
        """Give the problems, with a last one for each kind that had too many to describe."""
        more = [
            Problem("trace", f"{kind}: {count - _PROBLEMS_SHOWN} more, not shown")
            for kind, count in self._counts.items()
            if count > _PROBLEMS_SHOWN
        ]
        return (*self._described, *more)


def checked_chunks(requests: Iterable[tuple[float, str, float]], faults: Faults) -> Iterator[Chunk]:
    """
    Read requests a few thousand at a time, leaving out what cannot be used.

    Times of a real clock are counted from the first request, to the microsecond. A time that runs
    back is taken as the latest before it.

    Args:
        requests: (arrival, host, duration) each.
        faults: takes every problem.
    """
    rows = iter(requests)
    last, origin = -math.inf, None
    while chunk := list(islice(rows, _CHUNK)):
        columns = _columns(chunk)
        if columns is None or columns.times[0] < last:
            columns = _usable(chunk, last, faults)
        faults.seen += len(chunk)
        if not columns.times:
            continue
        last = columns.times[-1]
        if origin is None:
            origin = origin_of(columns.times[0])
        if origin:
            columns = columns._replace(times=[counted_from(origin, t) for t in columns.times])
        yield columns


def origin_of(first: float) -> float:
    """Give what times are counted from: the first of a real clock, or else 0."""
    return first if abs(first) >= _CLOCK_TIME else 0.0


def counted_from(origin: float, t: float) -> float:
    """Give a time from the origin on; a real clock's to the microsecond, which it has exactly."""
    return round(t - origin, 6) if origin else t


def _columns(chunk: list[tuple[float, str, float]]) -> Chunk | None:
    """Give the columns of a chunk in which everything is well; None when anything is not."""
    try:
        # Three comprehensions are several times as quick as zip(*chunk).
        times = [t for t, _, _ in chunk]
        hosts = [host for _, host, _ in chunk]
        durations = [duration for _, _, duration in chunk]
        well = (
            sorted(times) == times
            and math.isfinite(sum(times))
            and min(durations) >= 0
            and sum(durations) < LARGEST_DURATION
            and set(map(type, hosts)) == {str}
        )
    except (TypeError, ValueError, OverflowError):
        return None
    return Chunk(times, hosts, durations) if well else None


def _usable(chunk: list[tuple[float, str, float]], last: float, faults: Faults) -> Chunk:
    times, hosts, durations = [], [], []
    for offset, row in enumerate(chunk, faults.seen + 1):
        where = f"request {offset}"
        if not is_usable(row, where, faults):
            continue
        t, host, duration = row
        if t < last:
            message = f"time runs back from {last!r} to {t!r}: taken as {last!r}"
            faults.tell(where, "time runs back", message, skipped=False)
            t = last
        last = t
        times.append(t)
        hosts.append(host)
        durations.append(duration)
    return Chunk(times, hosts, durations)


def is_usable(row: object, where: str, faults: Faults) -> bool:
    """Say whether a request can be run; tell what is wrong with it where not."""
    fault = _fault(row)
    if fault is not None:
        faults.tell(where, *fault, skipped=True)
    return fault is None


def _fault(row: object) -> tuple[str, str] | None:
    """Name what is wrong with a row: the kind, and a sentence."""
    if not isinstance(row, (tuple, list)) or len(row) != 3:
        return "not a request", "left out: expected t, host and duration"
    t, host, duration = row
    if not _is_number(t):
        return "no time", f"left out: t {_shown(t)} is not a time in seconds"
    if not isinstance(host, str):
        return "no host", f"left out: host {_shown(host)} is not text"
    if duration is None:
        return "no duration", "left out: it has no duration"
    if not _is_number(duration):
        return "no duration", f"left out: duration {_shown(duration)} is not a count of seconds"
    if duration < 0:
        return "negative duration", f"left out: duration {duration!r} is negative"
    return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return -LARGEST_DURATION < value < LARGEST_DURATION


def _shown(value: object) -> str:
    return repr(value)[:40] if value is not None else "(missing)"


def in_order(
    requests: Iterable[tuple[float, str, float]], faults: Faults, *, window: int = 20_000
) -> Iterator[tuple[float, str, float]]:
    """
    Put requests in order of arrival that are nearly so, as in a log written at each request's end.

    Args:
        requests: in any order; what has no usable time is passed on where it stands.
        faults: is told once how many were out of order.
        window: no request stands more than half as many places away from its own.
    """
    rows = iter(requests)
    held: list[tuple[float, str, float]] = []
    moved = 0
    while True:
        fresh = list(islice(rows, window // 2))
        moved += _count_out_of_order(held[-1:] + fresh)
        held += fresh
        held.sort(key=_arrival)
        if not fresh:
            break
        ready = max(len(held) - window // 2, 0)
        yield from held[:ready]
        del held[:ready]
    yield from held
    if moved:
        message = f"time runs back {moved} times: the requests were put in order of arrival"
        faults.tell("trace", "out of order", message, skipped=False)


def _arrival(row: tuple[float, str, float]) -> float:
    t = row[0] if row else None
    return t if _is_number(t) else -math.inf


def _count_out_of_order(rows: list[tuple[float, str, float]]) -> int:
    times = [_arrival(row) for row in rows]
    return sum(later < earlier for earlier, later in pairwise(times))


def request_of_entry(entry: HarEntry, where: str, faults: Faults) -> PoolRequest | None:
    """
    Give the request of a HAR entry, if it needed a connection of its own.

    It arrives when its page asked for it (`startedDateTime` plus `timings.blocked`) and holds the
    connection for `send`, `wait` and `receive`. What came from a cache is left out and told, and so
    are HTTP/2 and HTTP/3, in which requests share a connection.

    Args:
        entry: as `read_har` gives it.
        where: names the entry.
        faults: is told what is left out.

    Source: HAR 1.2, "timings".
    """
    url = entry.exchange.request.url if entry.exchange.request else None
    origin = _origin(url)
    if entry.from_cache or (url is not None and url.startswith(_WITHOUT_CONNECTION)):
        faults.tell(where, "cached", "left out: it needed no connection", skipped=False)
        return None
    if _version(entry) in ("2", "3"):
        message = "left out: HTTP/2 and HTTP/3 requests share a connection"
        faults.tell(where, "HTTP/2 or 3", message, skipped=False)
        return None
    if entry.started is None or origin is None:
        message = "left out: it has no startedDateTime or no URL"
        faults.tell(where, "no time or URL", message, skipped=True)
        return None
    if not all(phase in entry.timings for phase in ("send", "wait", "receive")):
        message = "left out: timings send, wait and receive must be milliseconds, 0 or more"
        faults.tell(where, "no duration", message, skipped=True)
        return None
    timings = entry.timings
    duration = timings["send"] + timings["wait"] + timings["receive"]
    return PoolRequest(entry.started + timings.get("blocked", 0.0), origin, duration)


# URLs that no connection is opened for.
_WITHOUT_CONNECTION = ("data:", "blob:", "about:", "file:", "chrome:", "chrome-extension:")


def _version(entry: HarEntry) -> str | None:
    request, response = entry.exchange
    # A browser says in the response what was spoken.
    return (response.version if response else None) or (request.version if request else None)


def _origin(url: str | None) -> str | None:
    """
    Give scheme, host and any port that is not the scheme's own; None when it has none.

    Source: RFC 9110 section 4.2.3.
    """
    scheme, separator, rest = (url or "").lower().partition("://")
    if not separator:
        return None
    authority = rest.replace("?", "/").replace("#", "/").partition("/")[0].rpartition("@")[2]
    from httpheaders.syntax.grammar import DEFAULT_PORTS  # late: for HAR files alone

    authority = authority.removesuffix(f":{DEFAULT_PORTS.get(scheme)}").removesuffix(":")
    return f"{scheme}://{authority}"
