"""
Foretell what a keep-alive pool does with traffic: drive the pool that decides with a trace.

Requests, ends of requests and of connects are run in order of time: at one instant ends come before
arrivals, arrivals in their order, and timeouts last. Memory is that of the connections in use and
of the hosts, however long the trace is. Pools with plain rules take a quicker way to the same
counts (`plain_pool_run`).

Source: RFC 9112 sections 9.3 to 9.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from math import inf

from httpheaders.answer import Problem, Step
from httpheaders.connection_pool import Pool
from httpheaders.errors import InputError, PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.plain_pool_run import PlainRun, is_plain, without_idle_rules
from httpheaders.pool_decisions import INSTANT, Assigned, Decision, Dialing, Refused
from httpheaders.pool_notes import anomalies
from httpheaders.pool_parameters import PoolParameters, check_parameters
from httpheaders.pool_presets import Preset, client_parameters
from httpheaders.pool_tally import Counts, Tally, Waits
from httpheaders.pool_trace import Faults, checked_chunks
from httpheaders.pool_traffic import ThreadTraffic
from httpheaders.syntax.seconds import shown_seconds

__all__ = [
    "Outcome",
    "PoolRun",
    "Simulation",
    "simulate",
    "simulation_of",
    "stale_from",
    "told_stale",
]

PERSISTENCE = "RFC 9112 section 9.3"
CONCURRENCY = "RFC 9112 section 9.4"
TIMEOUTS = "RFC 9112 section 9.5"

Rows = Iterable[tuple[float, str, float]]


class Simulation(NamedTuple):
    """
    What a pool does with a trace, up to the end of its last request.

    Attributes:
        ok: no request was refused, none went out on a connection that may be closed already, and
            every line of the trace could be used.
        requests: how many were run; `created + reused + errors == requests + unused`.
        created: connections opened; `unused` of them never carried a request.
        reused: requests on a connection that had carried one before; `reuse_rate` is their share.
        discarded: closed on their return, because the pool was full.
        evicted: closed by the client while they were idle.
        errors: requests refused.
        waits: how many waited before they had a connection, and how long; a connect counts.
        peak_open, peak_busy: most at once; what is being opened counts as open.
        stale_reuses: reused so late that the server may have closed the connection already.
        idle_seconds, busy_seconds: summed over the connections.
        mean_busy: busy connections on average: arrival rate times mean duration (Little's law).
        duration: from the first arrival to the end of the last request.
        skipped: lines of the trace that could not be used; `problems` says why.
        hosts: counts by host, in order of first appearance.
        connections: requests on each connection in order of opening; None unless asked for.
        preset, client, client_parameters: whose pool it was, in its own words.
        parameters: the rules.
        notes: what the rules' known anomalies meant for this traffic.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    requests: int
    created: int
    reused: int
    reuse_rate: float
    unused: int
    discarded: int
    evicted: int
    errors: int
    waits: Waits
    peak_open: int
    peak_busy: int
    stale_reuses: int | None
    idle_seconds: float
    busy_seconds: float
    mean_busy: float
    duration: float
    skipped: int
    hosts: tuple[Counts, ...]
    connections: tuple[int, ...] | None
    preset: str | None
    client: str | None
    client_parameters: dict[str, object] | None
    parameters: PoolParameters
    notes: tuple[str, ...]


class PoolRun:
    """
    One pool on its way through a trace.

    Args:
        parameters: the rules.
        stale_from: seconds idle from which on a reuse is stale.
        per_connection: whether to count the requests of every connection.
        on_end: told (request, time) when a request has ended or been refused.
        record: told every decision, with its time.
    """

    def __init__(
        self,
        parameters: PoolParameters,
        *,
        stale_from: float | None = None,
        per_connection: bool = False,
        on_end: Callable[[object, float], None] | None = None,
        record: Callable[[Decision, float], None] | None = None,
    ) -> None:
        self.pool = Pool(parameters)
        self.tally = Tally(
            stale_from=stale_from,
            per_connection=per_connection,
            dial_time=parameters.connect_time > 0,
        )
        self.busy_seconds = 0.0
        self.end = -inf
        self._connect_time = parameters.connect_time
        self._on_end = on_end
        self._record = record
        # Ends of requests and of connects: (time, number, connection, request or None).
        self._ends: list[tuple[float, int, int, _Token | None]] = []
        self._last_end = 0
        self._unfinished = 0

    def arrive(self, t: float, host: str, duration: float | None, request: object = None) -> None:
        """Run everything up to a request's arrival, and the arrival; None: its end will be told."""
        while self.step(before=t):
            pass
        self.tally.arrived(host)
        self._unfinished += 1
        token = _Token(host, duration, request)
        self._act(self.pool.request(token, host, now=t), t)

    def end_request(self, t: float, host: str, connection: int, request: object) -> None:
        """Run everything up to the end of a request whose end was not known, and that end."""
        while self.step(before=t):
            pass
        self.tally.ended(host)
        self._finished(_Token(host, None, request), t)
        self._act(self.pool.release(connection, now=t), t)

    def hold(self, assigned: Assigned, duration: float, now: float) -> None:
        """Let a request that has its connection from now on keep it for so long."""
        assert isinstance(assigned.request, _Token)
        self.busy_seconds += duration
        self._push(now + duration, assigned.connection, assigned.request)

    def expire(self, t: float) -> None:
        """Close what has expired before this moment."""
        self._act(self.pool.expired(now=t), t)

    def drop(self, connection: int, t: float) -> None:
        """Take note that an idle connection was closed."""
        self._act(self.pool.dropped(connection, now=t), t)

    def finish(self) -> None:
        """Run to the end of the last request."""
        while self._unfinished and self.step(before=inf):
            pass
        if self.pool.waiting_count:
            last = max(self.end, self.pool.now)
            self._act(self.pool.abandon(now=last), last)
        self._count_rest()

    def step(self, *, before: float) -> bool:
        """Run the next end at or before a time, or the next timer before it; say if there was."""
        timer = self.pool.next_timer
        moment = self._ends[0][0] if self._ends else inf
        if timer is not None and timer < before - INSTANT and timer < moment - INSTANT:
            self._act(self.pool.advance(now=timer), timer)
            return True
        if moment > before + INSTANT or not self._ends:
            return False
        _, _, connection, token = heappop(self._ends)
        if token is None:
            self._act(self.pool.connected(connection, now=moment), moment)
        else:
            self.tally.ended(token.host)
            self._finished(token, moment)
            self._act(self.pool.release(connection, now=moment), moment)
        return True

    def _finished(self, token: _Token, now: float) -> None:
        self._unfinished -= 1
        self.end = max(self.end, now)
        if self._on_end is not None:
            self._on_end(token.request, now)

    def _act(self, decisions: list[Decision], now: float) -> None:
        for decision in decisions:
            self.tally.add(decision)
            if self._record is not None:
                self._record(decision, now)
            if isinstance(decision, Assigned):
                token = decision.request
                assert isinstance(token, _Token)
                if token.duration is not None:
                    self.hold(decision, token.duration, now)
            elif isinstance(decision, Dialing):
                self._push(now + self._connect_time, decision.connection, None)
            elif isinstance(decision, Refused):
                assert isinstance(decision.request, _Token)
                self._finished(decision.request, now)

    def _push(self, moment: float, connection: int, token: _Token | None) -> None:
        self._last_end += 1
        heappush(self._ends, (moment, self._last_end, connection, token))

    def _count_rest(self) -> None:
        """Count what expired before the end, and the idle time of what is still open."""
        if not self.tally.total.requests:
            return
        self._act(self.pool.expired(now=max(self.end, self.pool.now)), self.end)
        self.tally.idle_seconds += self.pool.idle_seconds()


class _Token(NamedTuple):
    """What a decision about a request carries."""

    host: str
    duration: float | None
    request: object


def simulate(
    traffic: Rows | ThreadTraffic,
    parameters: PoolParameters | None = None,
    *,
    preset: Preset | None = None,
    round_trip: float | None = None,
    per_connection: bool = False,
    faults: Faults | None = None,
    notes: bool = True,
    explain: bool = False,
) -> Simulation:
    """
    Foretell what a pool does with traffic.

    Args:
        traffic: (arrival, host, duration) each, in order of arrival; seconds. Or threads.
        parameters: the rules; the preset's own where left out.
        preset: whose pool it is, for its names and version.
        round_trip: seconds from client to server and back: with a server timeout, reuses within
            this time of it are counted as stale.
        per_connection: whether to count the requests of every connection, in memory that grows.
        faults: collects what is wrong with the traffic; pass one to have its own added.
        notes: whether to run the pool's known anomalies against a pool without them.
        explain: whether to give the steps.

    Returns:
        The counts, with a sentence on what they come to.

    Raises:
        PolicyError: parameters that no pool can follow.
        InputError: nothing in the traffic could be used.

    Source: RFC 9112 sections 9.3 to 9.5.

    >>> rows = [(0, "a.example", 0.5), (0.2, "a.example", 0.5), (1, "a.example", 0.5)]
    >>> answer = simulate(rows, PoolParameters(idle_timeout=5))
    >>> answer.created, answer.reused, answer.peak_open
    (2, 1, 2)
    """
    if parameters is None:
        parameters = preset.parameters if preset else PoolParameters()
    check_parameters(parameters)
    faults = Faults() if faults is None else faults
    options = _Options(stale_from(parameters, round_trip), per_connection)
    outcome = _outcome(traffic, parameters, faults, options)
    found: tuple[str, ...] = ()
    if notes:
        again = _rerun(traffic) if isinstance(traffic, (Sequence, ThreadTraffic)) else None
        found = anomalies(parameters, outcome.tally, again)
    if preset is not None:
        found += preset.cautions
    return simulation_of(outcome, parameters, preset, faults, notes=found, explain=explain)


class _Options(NamedTuple):
    """What a run should look at besides."""

    stale_from: float | None = None
    per_connection: bool = False


def stale_from(parameters: PoolParameters, round_trip: float | None) -> float | None:
    """
    Give the seconds idle from which on a reuse is stale; None where nothing says.

    Raises:
        PolicyError: a round trip that there cannot be.
    """
    if round_trip is not None and not 0 <= round_trip < inf:
        raise PolicyError(f"round_trip {round_trip!r} is not a duration")
    if round_trip is None or parameters.server_timeout is None:
        return None
    return max(parameters.server_timeout - round_trip, 0.0)


class Outcome(NamedTuple):
    """What a run leaves behind."""

    tally: Tally
    busy_seconds: float
    first: float
    end: float


def _outcome(
    traffic: Rows | ThreadTraffic, parameters: PoolParameters, faults: Faults, options: _Options
) -> Outcome:
    if isinstance(traffic, ThreadTraffic):
        return _run_threads(traffic.checked(), parameters, options)
    if options.stale_from is None and not options.per_connection:
        touched = _touched(traffic, parameters)
        if is_plain(touched):
            return _run_plain(traffic, touched, faults)
    return _run(traffic, parameters, faults, options)


def _touched(rows: Rows, parameters: PoolParameters) -> PoolParameters:
    """Leave out the rules that this traffic never touches, where it can be looked through."""
    if not isinstance(rows, Sequence) or is_plain(parameters):
        return parameters
    try:
        hosts = len({host for _, host, _ in rows})
    except (TypeError, ValueError):
        return parameters
    return without_idle_rules(parameters, hosts)


def _rerun(traffic: Rows | ThreadTraffic) -> Callable[[PoolParameters], Tally]:
    """Give what runs the same traffic through another pool."""
    return lambda parameters: _outcome(traffic, parameters, Faults(), _Options()).tally


def _run_plain(rows: Rows, parameters: PoolParameters, faults: Faults) -> Outcome:
    run = PlainRun(parameters)
    first = 0.0
    chunks = checked_chunks(rows, faults)
    for chunk in chunks:
        first = chunk.times[0]
        run.feed([chunk])
        break
    run.feed(chunks)
    run.finish()
    tally = Tally()
    tally.total, tally.hosts = run.tallies()
    tally.idle_seconds = run.idle_seconds
    return Outcome(tally, run.busy_seconds, first, run.end)


def _run(rows: Rows, parameters: PoolParameters, faults: Faults, options: _Options) -> Outcome:
    run = _new_run(parameters, options)
    first = None
    for chunk in checked_chunks(rows, faults):
        first = chunk.times[0] if first is None else first
        for t, host, duration in zip(*chunk, strict=True):
            run.arrive(t, host, duration)
    run.finish()
    return Outcome(run.tally, run.busy_seconds, first or 0.0, run.end)


def _new_run(
    parameters: PoolParameters,
    options: _Options,
    on_end: Callable[[object, float], None] | None = None,
) -> PoolRun:
    return PoolRun(
        parameters,
        stale_from=options.stale_from,
        per_connection=options.per_connection,
        on_end=on_end,
    )


def _run_threads(traffic: ThreadTraffic, parameters: PoolParameters, options: _Options) -> Outcome:
    # When each thread asks next: (time, number).
    asking = [(0.0, number) for number in range(min(traffic.threads, traffic.requests))]
    left = traffic.requests

    def ask_again(thread: object, now: float) -> None:
        assert isinstance(thread, int)
        heappush(asking, (now + traffic.think, thread))

    run = _new_run(parameters, options, ask_again)
    while left:
        if run.step(before=asking[0][0] if asking else inf):
            continue
        if not asking:
            break
        t, thread = heappop(asking)
        run.arrive(t, traffic.host, traffic.latency, thread)
        left -= 1
    run.finish()
    return Outcome(run.tally, run.busy_seconds, 0.0, run.end)


def simulation_of(
    outcome: Outcome,
    parameters: PoolParameters,
    preset: Preset | None,
    faults: Faults,
    *,
    notes: tuple[str, ...] = (),
    explain: bool = False,
) -> Simulation:
    """
    Put what a run left behind in words.

    Raises:
        InputError: there was no request in it.
    """
    tally = outcome.tally
    total = tally.total.counts("")
    if not total.requests:
        raise InputError(_nothing_usable(faults))
    stale = tally.stale_reuses if tally.counts_stale else None
    duration = max(outcome.end - outcome.first, 0.0)
    waits = tally.waits.summary(total.requests)
    reason, reference = _reason(total, waits, stale, faults)
    return Simulation(
        ok=not total.errors and not stale and not faults.skipped,
        reason=reason,
        reference=reference,
        problems=faults.problems(),
        steps=_steps(outcome, parameters) if explain else (),
        **{name: getattr(total, name) for name in _SHARED},
        waits=waits,
        stale_reuses=stale,
        idle_seconds=tally.idle_seconds,
        busy_seconds=outcome.busy_seconds,
        mean_busy=outcome.busy_seconds / duration if duration else 0.0,
        duration=duration,
        skipped=faults.skipped,
        hosts=tuple(host.counts(name) for name, host in tally.hosts.items()),
        connections=None if tally.carried is None else tuple(tally.carried.values()),
        preset=preset.name if preset else None,
        client=preset.version if preset else None,
        client_parameters=client_parameters(preset, parameters) if preset else None,
        parameters=parameters,
        notes=notes,
    )


_SHARED = (
    "requests",
    "created",
    "reused",
    "reuse_rate",
    "unused",
    "discarded",
    "evicted",
    "errors",
    "peak_open",
    "peak_busy",
)


def _nothing_usable(faults: Faults) -> str:
    problems = faults.problems()
    if not problems:
        return "the trace is empty: expected requests with t, host and duration"
    first = problems[0]
    return f"no request of the trace can be used: {first.where}: {first.message}"


def _reason(total: Counts, waits: Waits, stale: int | None, faults: Faults) -> tuple[str, str]:
    if faults.skipped:
        return f"{faults.shortfall()}, so the counts lack them", PERSISTENCE
    if total.errors:
        return (
            f"{total.errors} of {total.requests} requests were refused a connection: "
            "raise the cap or the time to wait",
            CONCURRENCY,
        )
    if stale:
        advice = "let the client's idle timeout be shorter than the server's"
        return f"{told_stale(stale, total.reused)}: {advice}", TIMEOUTS
    opened = "1 connection was" if total.created == 1 else f"{total.created} connections were"
    text = f"{opened} opened for {total.requests} requests, {total.reuse_rate:.1%} were reuses"
    if waits.waited:
        mean = shown_seconds(waits.total / waits.waited, digits=3)
        most = shown_seconds(waits.max, digits=3)
        text += f"; {waits.waited} waited, on average {mean} s each, {most} s at most"
    if total.discarded:
        text += f"; {total.discarded} were discarded because the pool was full"
    return text, PERSISTENCE


def told_stale(stale: int, reused: int) -> str:
    """Say that reuses came too late, as a clause."""
    return f"{stale} of {reused} reuses came when the server may have closed the connection already"


def _steps(outcome: Outcome, parameters: PoolParameters) -> tuple[Step, ...]:
    """Say which rules were in force and how often each decided."""
    total = outcome.tally.total
    in_force = {
        name: value
        for name, value in parameters._asdict().items()
        if value != PoolParameters._field_defaults[name]
    }
    waited = f"{total.waited} requests"
    return (
        Step("rules that differ from no limits, lifo, wait", f"{in_force or 'none'}", PERSISTENCE),
        Step("take an idle connection", f"{total.reused} times", PERSISTENCE),
        Step("open one", f"{total.created} times, {total.unused} never used", CONCURRENCY),
        Step("wait for one", waited, CONCURRENCY),
        Step("refuse", f"{total.errors} requests", CONCURRENCY),
        Step("close on return", f"{total.discarded} connections", PERSISTENCE),
        Step("close while idle", f"{total.evicted} connections", TIMEOUTS),
    )
