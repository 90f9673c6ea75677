"""
A recorded history of a pool, get by get and release by release, run through the pool that decides.

An event is `get` (a request wants a connection to `host`), `release` (it gives it back) or `evict`
(an idle connection was closed, or with no `conn`, all that have expired). `conn` is the recorder's
own name for a connection from its get to its release; which connection the request really has, the
pool decides. Without `conn` a release gives back what the host's earliest get without one got.

Source: none; the rules are those of `connection_pool`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_decisions import Assigned, Decision, Refused
from httpheaders.pool_parameters import PoolParameters, check_parameters
from httpheaders.pool_presets import Preset
from httpheaders.pool_simulation import Outcome, PoolRun, Simulation, simulation_of
from httpheaders.pool_trace import LARGEST_DURATION, Faults

__all__ = ["PoolEvent", "replay"]


class PoolEvent(NamedTuple):
    """One event: "get", "release" or "evict"; seconds on any clock; `where` names its place."""

    op: str
    t: float
    host: str | None = None
    conn: str | None = None
    where: str | None = None


class _Lease(NamedTuple):
    """What a get without an end has, from when."""

    host: str
    connection: int
    since: float


class _Replay:
    """The state of one replay."""

    def __init__(self, parameters: PoolParameters, faults: Faults, per_connection: bool) -> None:
        self.run = PoolRun(parameters, per_connection=per_connection, record=self._record)
        self.faults = faults
        self.first: float | None = None
        self.last = 0.0
        self.busy_seconds = 0.0
        self._leases: dict[object, _Lease] = {}
        self._waiting: set[object] = set()
        self._idle: dict[object, int] = {}
        self._unnamed: dict[str, deque[object]] = {}
        self._gets = 0

    def _record(self, decision: Decision, now: float) -> None:
        if isinstance(decision, Assigned):
            name = decision.request.request  # type: ignore[attr-defined]
            self._waiting.discard(name)
            self._leases[name] = _Lease(decision.host, decision.connection, now)
        elif isinstance(decision, Refused):
            self._waiting.discard(decision.request.request)  # type: ignore[attr-defined]

    def play(self, event: PoolEvent, where: str) -> None:
        """Run one event, or tell why it cannot be."""
        fault = _fault(event)
        if fault is not None:
            self.faults.tell(where, *fault, skipped=True)
            return
        t = float(event.t)
        if self.first is None:
            self.first = self.last = t
        if t < self.last:
            message = f"time runs back from {self.last!r} to {t!r}: taken as {self.last!r}"
            self.faults.tell(where, "time runs back", message, skipped=False)
            t = self.last
        self.last = t
        refusal = _PLAYS[event.op](self, event, t - self.first)
        if refusal is not None:
            self.faults.tell(where, f"impossible {event.op}", refusal, skipped=True)

    def get(self, event: PoolEvent, t: float) -> str | None:
        """Ask for a connection."""
        name = event.conn
        assert event.host is not None
        if name is not None and (name in self._leases or name in self._waiting):
            return f"left out: '{name}' was got before and not released"
        key: object = name
        if name is None:
            self._gets += 1
            key = self._gets
            self._unnamed.setdefault(event.host, deque()).append(key)
        self._waiting.add(key)
        self.run.arrive(t, event.host, None, key)
        return None

    def release(self, event: PoolEvent, t: float) -> str | None:
        """Give a connection back."""
        while self.run.step(before=t):
            pass
        key = event.conn if event.conn is not None else self._earliest(event.host)
        if key in self._waiting:
            return f"left out: '{key}' still waits for a connection"
        lease = self._leases.get(key) if key is not None else None
        if lease is None:
            return f"left out: release of {_named(event)}, which was not got"
        if event.host is not None and event.host != lease.host:
            return f"left out: '{key}' was got for '{lease.host}', not for '{event.host}'"
        del self._leases[key]
        self.busy_seconds += t - lease.since
        self.run.end_request(t, lease.host, lease.connection, key)
        if event.conn is not None:
            self._remember_idle(event.conn, lease.connection)
        return None

    def _remember_idle(self, name: str, connection: int) -> None:
        self._idle[name] = connection
        if len(self._idle) > 2 * self.run.pool.idle_count + 1000:
            idle = set(self.run.pool.idle_connections())
            self._idle = {old: number for old, number in self._idle.items() if number in idle}

    def evict(self, event: PoolEvent, t: float) -> str | None:
        """Take note of a connection that was closed while idle; without a name, of time."""
        while self.run.step(before=t):
            pass
        if event.conn is None:
            self.run.expire(t)
            return None
        connection = self._idle.get(event.conn)
        if connection is None or not self.run.drop(connection, t):
            return f"left out: evict of '{event.conn}', which is not idle"
        return None

    def _earliest(self, host: str | None) -> object:
        keys = self._unnamed.get(host or "")
        while keys:
            key = keys[0]
            if key in self._waiting:
                return key
            keys.popleft()
            if key in self._leases:
                return key
        return None

    def finish(self) -> None:
        """Tell what was never released."""
        if self._leases or self._waiting:
            held, waiting = len(self._leases), len(self._waiting)
            message = f"{held} connections were never released, {waiting} requests still wait"
            self.faults.tell("trace", "never released", message, skipped=False)
        assert self.first is not None
        self.busy_seconds += sum(
            self.last - self.first - lease.since for lease in self._leases.values()
        )
        self.run.end = max(self.run.end, self.last - self.first)
        self.run.finish()


_PLAYS: dict[str, Callable[[_Replay, PoolEvent, float], str | None]] = {
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
    state = _Replay(parameters, faults, per_connection)
    for number, event in enumerate(events, 1):
        faults.seen += 1
        state.play(event, event.where or f"event {number}")
    if state.first is not None:
        state.finish()
    outcome = Outcome(state.run.tally, state.busy_seconds, 0.0, state.run.end)
    notes = preset.cautions if preset else ()
    return simulation_of(outcome, parameters, preset, faults, notes=notes, explain=explain)
