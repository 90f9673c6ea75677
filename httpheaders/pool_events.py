"""
A recorded history of a pool, get by get and release by release, run through the pool that decides.

An event is `get` (a request wants a connection to `host`), `release` (it gives it back) or `evict`
(an idle connection was closed, or with no `conn`, all that have expired). `conn` is the recorder's
own name for a connection from its get to its release; which connection the request really has, the
pool decides. Without `conn` a release gives back what the host's earliest get without one got. A
request that still waits at its release is held for as long from when it has a connection, and an
evict of what the pool has closed already is nothing new.

Source: none; the rules are those of `connection_pool`.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_decisions import (
    DROPPED,
    Assigned,
    Closed,
    Decision,
    Refused,
)
from httpheaders.pool_parameters import PoolParameters, check_parameters
from httpheaders.pool_presets import Preset
from httpheaders.pool_simulation import Outcome, PoolRun, Simulation, simulation_of, stale_from
from httpheaders.pool_trace import LARGEST_DURATION, Faults, counted_from, origin_of
from httpheaders.syntax.seconds import shown_seconds

__all__ = ["PoolEvent", "replay"]

# An evict of one of so many connections that the pool closed last is no fault of the history.
_CLOSED_KEPT = 1000


class PoolEvent(NamedTuple):
    """One event: "get", "release" or "evict"; seconds on any clock; `where` names its place."""

    op: str
    t: float
    host: str | None = None
    conn: str | None = None
    where: str | None = None


class _Get:
    """
    A get that was not released yet: it waits, has a connection, or was refused.

    Attributes:
        since: when it came, and once it has a connection, from when.
        held: how long it keeps that, where it was released while it waited.
    """

    __slots__ = ("connection", "held", "host", "refused", "since")

    def __init__(self, host: str, since: float) -> None:
        self.host = host
        self.since = since
        self.connection: int | None = None
        self.refused = False
        self.held: float | None = None


class _IdleNames:
    """The recorder's names of the connections that lie idle, each under its last one."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._connections: dict[str, int] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()

    def add(self, name: str, connection: int) -> None:
        """Name a connection that is given back."""
        self._names[connection] = name
        self._connections[name] = connection

    def remove(self, connection: int) -> str | None:
        """Take a connection out that is in use again or closed, and give its name."""
        name = self._names.pop(connection, None)
        if name is not None:
            del self._connections[name]
        return name

    def close(self, connection: int) -> None:
        """Take a connection out that the pool closed, which its recorder may do later."""
        name = self.remove(connection)
        if name is None:
            return
        self._closed[name] = None
        if len(self._closed) > _CLOSED_KEPT:
            self._closed.popitem(last=False)

    def forget(self, name: str) -> None:
        """Make the name free for another connection."""
        self._closed.pop(name, None)
        connection = self._connections.pop(name, None)
        if connection is not None:
            del self._names[connection]

    def find(self, name: str) -> int | None:
        """Give the idle connection of this name."""
        return self._connections.get(name)

    def was_closed(self, name: str) -> bool:
        """Say, once, whether the pool closed the connection of this name itself."""
        closed = name in self._closed
        self._closed.pop(name, None)
        return closed


class _Replay:
    """The state of one replay."""

    def __init__(
        self, parameters: PoolParameters, faults: Faults, per_connection: bool, stale: float | None
    ) -> None:
        self.run = PoolRun(
            parameters, stale_from=stale, per_connection=per_connection, record=self._record
        )
        self.faults = faults
        self.first: float | None = None
        self.now = 0.0
        self._where = ""
        self._latest = 0.0
        self._origin = 0.0
        self._gets: dict[object, _Get] = {}
        self._idle = _IdleNames()
        self._unnamed: dict[str, deque[object]] = {}
        self._last_unnamed = 0

    def _record(self, decision: Decision, now: float) -> None:
        if isinstance(decision, Assigned):
            self._idle.remove(decision.connection)
            get: _Get = decision.request.request  # type: ignore[attr-defined]
            get.connection, get.since = decision.connection, now
            if get.held is not None:
                self.run.hold(decision, get.held, now)
        elif isinstance(decision, Refused):
            decision.request.request.refused = True  # type: ignore[attr-defined]
        elif isinstance(decision, Closed):
            if decision.reason == DROPPED:
                self._idle.remove(decision.connection)
            else:
                self._idle.close(decision.connection)

    def play(self, event: PoolEvent, where: str) -> None:
        """Run one event, or tell why it cannot be."""
        fault = _fault(event)
        if fault is not None:
            self.faults.tell(where, *fault, skipped=True)
            return
        t = float(event.t)
        if self.first is None:
            self._origin, self._latest = origin_of(t), t
            self.first = counted_from(self._origin, t)
        if t < self._latest:
            message = f"time runs back from {self._latest!r} to {t!r}: taken as {self._latest!r}"
            self.faults.tell(where, "time runs back", message, skipped=False)
        self._latest = max(self._latest, t)
        self.now = counted_from(self._origin, self._latest)
        while self.run.step(before=self.now):
            pass
        self._where = where
        refusal = _PLAYS[event.op](self, event)
        if refusal is not None:
            self.faults.tell(where, f"impossible {event.op}", refusal, skipped=True)

    def get(self, event: PoolEvent) -> str | None:
        """Ask for a connection."""
        assert event.host is not None
        key: object = event.conn
        if event.conn is None:
            self._last_unnamed += 1
            key = self._last_unnamed
            self._unnamed.setdefault(event.host, deque()).append(key)
        elif (known := self._gets.get(event.conn)) is not None and not known.refused:
            return f"left out: '{event.conn}' was got before and not released"
        else:
            self._idle.forget(event.conn)
        get = self._gets[key] = _Get(event.host, self.now)
        self.run.arrive(self.now, event.host, None, get)
        return None

    def release(self, event: PoolEvent) -> str | None:
        """Give a connection back."""
        key = event.conn if event.conn is not None else self._earliest(event.host)
        get = self._gets.get(key)
        if get is None:
            return f"left out: release of {_named(event)}, which was not got"
        if event.host is not None and event.host != get.host:
            return f"left out: '{key}' was got for '{get.host}', not for '{event.host}'"
        del self._gets[key]
        if get.refused:
            return None
        held = self.now - get.since
        if get.connection is None:
            get.held = held
            self._tell_of_wait(event, held)
            return None
        self.run.busy_seconds += held
        if event.conn is not None:
            self._idle.add(event.conn, get.connection)
        self.run.end_request(self.now, get.host, get.connection, get)
        return None

    def _tell_of_wait(self, event: PoolEvent, held: float) -> None:
        message = (
            f"{_named(event)} still waits for a connection: "
            f"it is held for {shown_seconds(round(held, 6))} s from when it has one"
        )
        self.faults.tell(self._where, "released while it waits", message, skipped=False)

    def evict(self, event: PoolEvent) -> str | None:
        """Take note of a connection that was closed while idle; without a name, of time."""
        self.run.expire(self.now)
        if event.conn is None or self._idle.was_closed(event.conn):
            return None
        connection = self._idle.find(event.conn)
        if connection is None:
            return f"left out: evict of '{event.conn}', which is not idle"
        self.run.drop(connection, self.now)
        return None

    def _earliest(self, host: str | None) -> object:
        keys = self._unnamed.get(host or "")
        return keys.popleft() if keys else None

    def finish(self) -> None:
        """Tell what was never released."""
        held = [get for get in self._gets.values() if get.connection is not None]
        waiting = sum(get.connection is None and not get.refused for get in self._gets.values())
        if held or waiting:
            message = f"{len(held)} connections were never released, {waiting} requests still wait"
            self.faults.tell("trace", "never released", message, skipped=False)
        self.run.end = max(self.run.end, self.now)
        self.run.finish()
        self.run.busy_seconds += sum(self.run.end - get.since for get in held)


_PLAYS: dict[str, Callable[[_Replay, PoolEvent], str | None]] = {
    "get": _Replay.get,
    "release": _Replay.release,
    "evict": _Replay.evict,
}


def _fault(event: PoolEvent) -> tuple[str, str] | None:
    if event.op not in _PLAYS:
        return "unknown event", f"left out: op {event.op!r} is not get, release or evict"[:120]
    if isinstance(event.t, bool) or not isinstance(event.t, (int, float)):
        return "no time", "left out: t is not a time in seconds"
    if not -LARGEST_DURATION < event.t < LARGEST_DURATION:
        return "no time", f"left out: t {event.t!r} is not a time in seconds"
    if event.op == "get" and not isinstance(event.host, str):
        return "no host", "left out: a get needs a host"
    if event.op == "release" and event.conn is None and event.host is None:
        return "no connection", "left out: a release needs a conn or a host"
    return None


def _named(event: PoolEvent) -> str:
    return f"'{event.conn}'" if event.conn is not None else f"a connection to '{event.host}'"


def replay(
    events: Iterable[PoolEvent],
    parameters: PoolParameters | None = None,
    *,
    preset: Preset | None = None,
    round_trip: float | None = None,
    per_connection: bool = False,
    faults: Faults | None = None,
    explain: bool = False,
) -> Simulation:
    """
    Run a recorded history through a pool.

    Args:
        events: in order of time.
        parameters: the rules; the preset's own where left out.
        preset: whose pool it is.
        round_trip: with a server timeout, reuses within this time of it are counted as stale.
        per_connection: whether to count the requests of every connection.
        faults: collects events that cannot be: a release of what was never got, time running back.
        explain: whether to give the steps.

    Raises:
        PolicyError: parameters that no pool can follow.
        InputError: no event could be used.

    Source: RFC 9112 sections 9.3 to 9.5.

    >>> history = [("get", 0, "a", "x"), ("release", 1, "a", "x"), ("get", 2, "a", "y")]
    >>> answer = replay(PoolEvent(*event) for event in [*history, ("release", 3, "a", "z")])
    >>> answer.created, answer.reused, answer.problems[0].message
    (1, 1, "left out: release of 'z', which was not got")
    """
    if parameters is None:
        parameters = preset.parameters if preset else PoolParameters()
    check_parameters(parameters)
    faults = Faults() if faults is None else faults
    state = _Replay(parameters, faults, per_connection, stale_from(parameters, round_trip))
    for number, event in enumerate(events, 1):
        faults.seen += 1
        state.play(event, event.where or f"event {number}")
    if state.first is not None:
        state.finish()
    run = state.run
    outcome = Outcome(run.tally, run.busy_seconds, state.first or 0.0, run.end)
    notes = preset.cautions if preset else ()
    return simulation_of(outcome, parameters, preset, faults, notes=notes, explain=explain)
