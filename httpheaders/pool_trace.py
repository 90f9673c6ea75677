"""
Traffic for a pool, checked: what cannot be used is told, what is out of order put right.

A request arrives at `t` for `host` and holds a connection for `duration` seconds from the moment at
which it has one. Requests come in order of arrival.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from operator import le
from typing import NamedTuple

from httpheaders.answer import Problem
from httpheaders.errors import InputError

__all__ = ["Chunk", "Faults", "PoolRequest", "checked_chunks", "in_order"]

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
    """The problems of one trace: every one counted, the first few of each kind described."""

    def __init__(self) -> None:
        self.skipped = 0
        self.seen = 0
        self._counts: dict[str, int] = {}
        self._described: list[Problem] = []

    def tell(self, where: str, kind: str, message: str, *, skipped: bool) -> None:
        """Take note of one problem."""
        self.skipped += skipped
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= _PROBLEMS_SHOWN:
            self._described.append(Problem(where, message))

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
            origin = columns.times[0] if abs(columns.times[0]) >= _CLOCK_TIME else 0.0
        if origin:
            shifted = [round(t - origin, 6) for t in columns.times]
            columns = columns._replace(times=shifted)
        yield columns


def _columns(chunk: list[tuple[float, str, float]]) -> Chunk | None:
    """Give the columns of a chunk in which everything is well; None when anything is not."""
    try:
        times, hosts, durations = zip(*chunk, strict=True)
        well = (
            all(map(le, times, times[1:]))
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
        fault = _fault(row)
        if fault is not None:
            faults.tell(where, *fault, skipped=True)
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
        message = f"{moved} requests came before one that had arrived earlier: put in order"
        faults.tell("trace", "out of order", message, skipped=False)


def _arrival(row: tuple[float, str, float]) -> float:
    t = row[0] if row else None
    return t if _is_number(t) else -math.inf


def _count_out_of_order(rows: list[tuple[float, str, float]]) -> int:
    times = [_arrival(row) for row in rows]
    return sum(later < earlier for earlier, later in pairwise(times))


def requests_of_har(document: object, faults: Faults) -> Iterator[PoolRequest]:
    """
    Read the requests of a HAR document that needed a connection of their own.

    A request arrives when its page asked for it (`startedDateTime` plus `timings.blocked`) and
    holds the connection for `send`, `wait` and `receive`. What came from a cache, and HTTP/2 and
    HTTP/3, which share connections, are left out and told.

    Raises:
        InputError: not a HAR document.
    """
    for number, entry in enumerate(_har_entries(document), 1):
        where = f"entry {number}"
        request = _har_request(entry, where, faults)
        if request is not None:
            yield request


def har_connections(document: object) -> int | None:
    """Count the connections that a HAR document itself names; None when it names none."""
    named = {
        (_har_origin(entry), str(entry["connection"]))
        for entry in _har_entries(document)
        if isinstance(entry, dict) and entry.get("connection") not in (None, "", "0", 0)
    }
    return len(named) or None


def _har_entries(document: object) -> list[object]:
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise InputError("not a HAR document: expected a list", where="$.log.entries")
    return entries


def _har_request(entry: object, where: str, faults: Faults) -> PoolRequest | None:
    timings = entry.get("timings") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(timings, dict):
        faults.tell(where, "no timings", "left out: it has no timings", skipped=True)
        return None
    if _shares_connections(entry):
        faults.tell(
            where,
            "HTTP/2 or 3",
            "left out: HTTP/2 and HTTP/3 requests share a connection",
            skipped=False,
        )
        return None
    if _came_from_cache(entry):
        faults.tell(where, "cached", "left out: it needed no connection", skipped=False)
        return None
    started, origin = parse_har_time(entry.get("startedDateTime")), _har_origin(entry)
    if started is None or origin is None:
        faults.tell(where, "no time or URL", "left out: no startedDateTime or URL", skipped=True)
        return None
    phases = [_milliseconds(timings.get(name)) for name in ("send", "wait", "receive")]
    if None in phases or any(phase is not None and phase < 0 for phase in phases):
        message = "left out: send, wait and receive must be milliseconds, 0 or more"
        faults.tell(where, "no duration", message, skipped=True)
        return None
    blocked = _milliseconds(timings.get("blocked")) or 0.0
    duration = sum(phase or 0.0 for phase in phases) / 1000
    return PoolRequest(started + max(blocked, 0.0) / 1000, origin, duration)


def _milliseconds(value: object) -> float | None:
    return value if _is_number(value) else None  # type: ignore[return-value]


def _shares_connections(entry: dict[str, object]) -> bool:
    versions = [
        str(message.get("httpVersion", "")).lower()
        for message in (entry.get("request"), entry.get("response"))
        if isinstance(message, dict)
    ]
    return any(version.startswith(("h2", "h3", "http/2", "http/3")) for version in versions)


def _came_from_cache(entry: dict[str, object]) -> bool:
    if any(entry.get(name) for name in ("_fromCache", "_servedFromCache", "_fromDiskCache")):
        return True
    origin = _har_origin(entry)
    return origin is not None and not origin.startswith(("http://", "https://", "ws"))


def _har_origin(entry: object) -> str | None:
    request = entry.get("request") if isinstance(entry, dict) else None
    url = request.get("url") if isinstance(request, dict) else None
    if not isinstance(url, str):
        return None
    scheme, colon, rest = url.partition("://")
    if not colon:
        return url.partition(":")[0] + ":"
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    return f"{scheme}://{authority.rpartition('@')[2]}".lower()


def parse_har_time(value: object) -> float | None:
    """
    Read `startedDateTime`, with its fraction of a second; None when it is no time.

    >>> parse_har_time("1994-11-06T08:49:37.250Z")
    784111777.25
    """
    from httpheaders.syntax.dates import parse_iso_date

    if not isinstance(value, str):
        return None
    seconds = parse_iso_date(value)
    if seconds is None:
        return None
    digits = value.partition(".")[2]
    count = next((i for i, char in enumerate(digits) if not char.isdigit()), len(digits))
    return seconds + (float(f"0.{digits[:count]}") if count else 0.0)
