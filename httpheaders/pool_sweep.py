"""
What if a pool's setting were another: the whole curve, and the smallest that is good enough.

Where one pass through the trace gives every setting exactly (`pool_gaps`) it is taken, and the
answer says so; otherwise each setting is run. Nothing is found by bisection: with some clients a
longer timeout opens more connections.

Source: none; the rules are those of `connection_pool`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from httpheaders.answer import Problem, Step
from httpheaders.errors import InputError, PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_decisions import INSTANT
from httpheaders.pool_gaps import DropCurve, FifoCurve, GapCurve, starts
from httpheaders.pool_parameters import CHOICES, PoolParameters, derived_rules
from httpheaders.pool_presets import Knob, Preset, find_knob, our_value, with_changes
from httpheaders.pool_simulation import Rows, Simulation, simulate, stale_from, told_stale
from httpheaders.pool_trace import Chunk, Faults, checked_chunks
from httpheaders.pool_traffic import ThreadTraffic
from httpheaders.syntax.durations import parse_duration
from httpheaders.syntax.seconds import shown_seconds

__all__ = ["Costs", "Sweep", "SweepPoint", "parse_sweep", "sweep"]

MOST_VALUES = 10_000
# More than any price means; keeps sums of costs finite.
LARGEST_PRICE = 1e12
# A setting is good enough when it is within this share of the best.
GOOD_ENOUGH = 0.01

_DURATIONS = ("idle_timeout", "server_timeout", "max_lifetime", "wait_timeout", "connect_time")


class Costs(NamedTuple):
    """What a connection, a second of an idle one and a second of waiting cost, in any one unit."""

    connection: float = 0.0
    idle_second: float = 0.0
    waited_second: float = 0.0

    def checked(self) -> Costs:
        """
        Give them back if they are prices.

        Raises:
            PolicyError: one is negative, too large or no number.
        """
        things = ("a connection", "an idle second", "a second of waiting")
        for thing, price in zip(things, self, strict=True):
            if not 0 <= price < LARGEST_PRICE:
                raise PolicyError(f"{price!r} is no price of {thing}: expected 0 to below 1e12")
        return self

    def of(
        self, connections: int, idle_seconds: float | None, waited_seconds: float | None
    ) -> float | None:
        """
        Add up what has a price; None where the amount of it is not known.

        >>> Costs(connection=1, idle_second=5).of(3, 2.0, None)
        13.0
        """
        cost = 0.0
        for price, amount in zip(self, (connections, idle_seconds, waited_seconds), strict=True):
            if price and amount is None:
                return None
            cost += price * (amount or 0)
        return cost


class SweepPoint(NamedTuple):
    """
    What one setting comes to; None where one pass for all settings does not say.

    Attributes:
        value: None for no limit.
        cost: None without prices.
        races: whether it lets reuses come when the server may have closed the connection already;
            None without a round trip or a server timeout.
    """

    value: float | None
    created: int
    reused: int
    reuse_rate: float
    discarded: int | None
    errors: int
    waited: int | None
    mean_wait: float | None
    idle_seconds: float | None
    cost: float | None = None
    races: bool | None = None


class Sweep(NamedTuple):
    """
    The curve over one parameter.

    Attributes:
        ok: with the advised setting nothing is refused, and no reuse is stale.
        parameter, client_parameter: what was varied, under our name and the client's.
        curve: a point for every value, in the order given.
        best: the value with the least errors, of those without a race where there are any; then
            the least cost, or without prices the least waiting, then connections.
        advised: the smallest value within 1 % of the best.
        exact: whether one pass gave all values; `method` says by which rule.
        monotone: whether no larger value opens more connections than a smaller one.
        setting: the advised value as it is written, in the client's unit if the name is its own.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    parameter: str
    client_parameter: str | None
    curve: tuple[SweepPoint, ...]
    best: float | None
    advised: float | None
    exact: bool
    method: str
    monotone: bool
    setting: str


def parse_sweep(text: str, preset: Preset | None = None) -> tuple[Knob, list[float | None]]:
    """
    Read a sweep as written on a command line.

    Args:
        text: `NAME=FIRST:LAST`, `NAME=FIRST:LAST:STEP` or `NAME=A,B,C`; the name is ours or the
            client's, durations may be `500ms` or `2m`.
        preset: the client.

    Returns:
        The knob, and the values in our unit; None where the client's number means no limit.

    Raises:
        PolicyError: an unknown name, or values that are none.

    >>> parse_sweep("max-per-host=1:4")[1]
    [1, 2, 3, 4]
    """
    name, equals, values = text.partition("=")
    knob = find_knob(preset, name.strip())
    if knob.parameter in CHOICES or knob.parameter in ("dead_slots", "late_binding"):
        raise PolicyError(f"'{name}' is not a number: a sweep needs one")
    if not equals or not values:
        raise PolicyError(f"a sweep is written NAME=FIRST:LAST, as {name}=1:120")
    read = _read_duration if knob.parameter in _DURATIONS and knob.unit == 1 else _read_number
    if "," in values or ":" not in values:
        numbers = [read(part) for part in values.split(",")]
    else:
        numbers = _range([read(part) for part in values.split(":")], values)
    if len(numbers) > MOST_VALUES:
        raise PolicyError(f"a sweep over {len(numbers)} values: at most {MOST_VALUES} are run")
    return knob, [our_value(knob, number) for number in numbers]


def _read_duration(text: str) -> float:
    try:
        return parse_duration(text)
    except InputError as error:
        raise PolicyError(error.message) from None


def _read_number(text: str) -> float:
    try:
        number = float(text) if len(text) <= 40 else inf
    except ValueError:
        number = inf
    if not abs(number) < inf:
        raise PolicyError(f"'{text[:40]}' is not a number")
    return int(number) if number == int(number) else number


def _range(parts: list[float], text: str) -> list[float]:
    first, last, step = (*parts, 1)[:3]
    if len(parts) > 3 or step <= 0 or last < first:
        raise PolicyError(f"'{text}' is not a range: expected FIRST:LAST or FIRST:LAST:STEP")
    count = (last - first) / step
    if count >= MOST_VALUES:
        raise PolicyError(f"'{text}' has more than {MOST_VALUES} values")
    return [first + number * step for number in range(int(count + 1e-9) + 1)]


def sweep(
    traffic: Rows | ThreadTraffic,
    parameters: PoolParameters,
    name: str,
    values: Sequence[float | None],
    *,
    preset: Preset | None = None,
    costs: Costs | None = None,
    round_trip: float | None = None,
    faults: Faults | None = None,
    workers: int = 1,
    explain: bool = False,
) -> Sweep:
    """
    Foretell what a pool does for each value of one of its parameters.

    Args:
        traffic: (arrival, host, duration) each, in order of arrival; held in memory. Or threads.
        parameters: the rules that stay.
        name: which of them is varied, under our name or the preset's.
        values: ours, in any order; None for no limit.
        preset: whose pool it is; what is one knob for the client moves as one.
        costs: of what refuses least choose by these, instead of by waiting and connections in turn.
        round_trip: seconds from client to server and back: with a server timeout, prefer what does
            not reuse within this time of it.
        faults: collects what is wrong with the traffic.
        workers: processes to run settings in, where each has to be run.
        explain: whether to give the steps.

    Raises:
        PolicyError: values that the parameter cannot take, or none.
        InputError: nothing in the traffic could be used.

    Source: RFC 9112 section 9.5 leaves the timeout to the client.

    >>> rows = [(0, "a", 1), (3, "a", 1), (9, "a", 1)]
    >>> answer = sweep(rows, PoolParameters(), "idle_timeout", [1, 2, 5, 8])
    >>> [point.created for point in answer.curve], answer.advised, answer.exact
    ([3, 2, 1, 1], 5, True)
    """
    knob = find_knob(preset, name)
    if not values:
        raise PolicyError("a sweep needs at least one value")
    costs = None if costs is None else costs.checked()
    settings = [_setting(parameters, preset, knob.parameter, value) for value in values]
    races = [_races(rules, round_trip) for rules in settings]
    faults = Faults() if faults is None else faults
    if not isinstance(traffic, ThreadTraffic):
        traffic = list(traffic)
    points, method = _points(traffic, settings, knob.parameter, values, costs, faults, workers)
    points = [point._replace(races=race) for point, race in zip(points, races, strict=True)]
    advised = min(_good_enough(points), key=_size)
    rules = settings[points.index(advised)]
    stale = _stale_reuses(traffic, rules, round_trip) if advised.races else 0
    return _sweep(points, advised, stale, method, knob, preset, faults, explain=explain)


def _setting(
    parameters: PoolParameters, preset: Preset | None, name: str, value: float | None
) -> PoolParameters:
    """Give the parameters with one of them changed, and what moves with it."""
    if preset is None:
        return with_changes(None, {**parameters._asdict(), name: value})
    return with_changes(preset._replace(parameters=parameters), {name: value})


def _races(rules: PoolParameters, round_trip: float | None) -> bool | None:
    """Say whether a reuse may come within a round trip of the server's timeout."""
    safe = stale_from(rules, round_trip)
    if safe is None:
        return None
    return rules.idle_timeout is None or rules.idle_timeout > safe + INSTANT


def _stale_reuses(
    traffic: Rows | ThreadTraffic, rules: PoolParameters, round_trip: float | None
) -> int:
    run = simulate(traffic, rules, round_trip=round_trip, faults=Faults(), notes=False)
    return run.stale_reuses or 0


def _points(
    traffic: Rows | ThreadTraffic,
    settings: list[PoolParameters],
    name: str,
    values: Sequence[float | None],
    costs: Costs | None,
    faults: Faults,
    workers: int,
) -> tuple[list[SweepPoint], str | None]:
    """Give the points, and the rule by which one pass gave them; None when each was run."""
    if isinstance(traffic, ThreadTraffic):
        return _run_each(traffic, settings, values, costs, faults, workers), None
    chunks = list(checked_chunks(traffic, faults))
    if not chunks:
        simulate(traffic, settings[0], faults=faults)  # raises, saying what is wrong
    one_pass = _one_pass(chunks, settings, name, values)
    if one_pass is not None:
        points, method = one_pass
        if costs is None:
            return points, method
        priced = [
            point._replace(cost=costs.of(point.created, point.idle_seconds, point.mean_wait))
            for point in points
        ]
        # What one pass does not count can have a price: then each setting is run after all.
        if all(point.cost is not None for point in priced):
            return priced, method
    usable = [row for chunk in chunks for row in zip(*chunk, strict=True)]
    return _run_each(usable, settings, values, costs, Faults(), workers), None


# -- one pass


def _one_pass(
    chunks: list[Chunk], settings: list[PoolParameters], name: str, values: Sequence[float | None]
) -> tuple[list[SweepPoint], str] | None:
    rules = settings[0]
    if rules.connect_time or rules.order not in ("lifo", "fifo"):
        return None
    if any(map(_has_history, settings)):
        return None
    if name in ("idle_timeout", "server_timeout"):
        return _over_timeouts(chunks, settings, values)
    if name == "max_idle_per_host" or (name == "max_per_host" and _is_stack(settings)):
        return _over_idle_caps(chunks, settings, values)
    if name == "max_idle_total":
        return _over_oldest_caps(chunks, settings, values)
    return None


def _has_history(rules: PoolParameters) -> bool:
    """Say whether what a connection has gone through before decides about it."""
    return (
        rules.max_requests is not None or rules.max_lifetime is not None or rules.dead_slots
    ) and not (rules.dead_slots and _never_dies(rules))


def _never_dies(rules: PoolParameters) -> bool:
    return (
        rules.idle_timeout is None
        and rules.server_timeout is None
        and rules.max_requests is None
        and rules.max_lifetime is None
    )


def _is_stack(settings: list[PoolParameters]) -> bool:
    """Say whether the cap on connections is one on idle ones, as in urllib3."""
    return all(
        rules.on_full == "discard" and rules.max_idle_per_host == rules.max_per_host
        for rules in settings
    )


def _timeout(rules: PoolParameters) -> float:
    limits = (rules.idle_timeout, rules.server_timeout)
    return min((limit for limit in limits if limit is not None), default=inf)


def _over_timeouts(
    chunks: list[Chunk], settings: list[PoolParameters], values: Sequence[float | None]
) -> tuple[list[SweepPoint], str] | None:
    rules = settings[0]
    timeouts = sorted({_timeout(rules) for rules in settings})
    curve, method = _timeout_curve(chunks, timeouts, rules)
    if curve is None:
        return None
    if not _caps_never_bind(rules, curve.connections()):
        if not _only_waits(rules) or rules.max_per_host is None:
            return None
        started = list(starts(chunks, rules.max_per_host))
        curve, method = _timeout_curve(started, timeouts, rules)
        without_cap = rules._replace(max_per_host=None)
        if curve is None or not _caps_never_bind(without_cap, curve.connections()):
            return None
        method += "; a cap with waiting fixes the starts, whatever the timeout"
    created = dict(zip(timeouts, curve.created(), strict=True))
    waited = _waits_of_starts(rules, curve)
    idle: dict[float, float] = {}
    # As httpcore does it, what has expired lies idle until somebody looks.
    if isinstance(curve, GapCurve) and not derived_rules(rules).sweeps:
        idle = dict(zip(timeouts, curve.idle_seconds(), strict=True))
    points = [
        _exact_point(value, created[timeout], curve.requests, idle.get(timeout), waited)
        for value, rules in zip(values, settings, strict=True)
        for timeout in [_timeout(rules)]
    ]
    return points, method


def _waits_of_starts(rules: PoolParameters, curve: GapCurve | FifoCurve) -> int | None:
    """No request waits unless a cap on connections binds; then this pass does not count them."""
    limit = rules.max_per_host
    binds = limit is not None and max(curve.connections()) >= limit and rules.on_full == "wait"
    return None if binds else 0


def _timeout_curve(
    chunks: list[Chunk], timeouts: list[float], rules: PoolParameters
) -> tuple[GapCurve | FifoCurve | None, str]:
    if rules.order == "lifo":
        gaps = GapCurve(timeouts)
        gaps.feed(chunks)
        return gaps, "one pass: with lifo a request reuses exactly when its gap is within it"
    queue = FifoCurve(timeouts, most_idle=4 * len(timeouts) + 64)
    queue.feed(chunks)
    method = "one pass: with fifo each request has a least timeout with which it reuses"
    return (None if queue.gave_up else queue), method


def _caps_never_bind(rules: PoolParameters, connections: list[int]) -> bool:
    """Say whether no cap is reached even by a pool that never closes a connection."""
    most, total = max(connections), sum(connections)
    caps_per_host = [rules.max_idle_per_host]
    if rules.on_full != "discard" or rules.max_idle_per_host is None:
        caps_per_host.append(rules.max_per_host)
    return (
        all(cap is None or most <= cap for cap in caps_per_host)
        and (rules.max_idle_total is None or total <= rules.max_idle_total)
        and (rules.max_total is None or total <= rules.max_total)
        and (rules.max_hosts is None or len(connections) <= rules.max_hosts)
    )


def _only_waits(rules: PoolParameters) -> bool:
    return (
        rules.on_full == "wait"
        and rules.limit_scope == "open"
        and rules.wait_timeout is None
        and rules.full_evicts is None
    )


def _over_idle_caps(
    chunks: list[Chunk], settings: list[PoolParameters], values: Sequence[float | None]
) -> tuple[list[SweepPoint], str] | None:
    rules = settings[0]
    free = (rules.max_total, rules.max_idle_total)
    if not _never_dies(rules) or any(cap is not None for cap in free):
        return None
    if rules.on_full != "discard" and any(one.max_per_host is not None for one in settings):
        return None
    if rules.max_hosts is not None and _count_hosts(chunks) > rules.max_hosts:
        return None
    caps = [_cap(derived_rules(setting).idle_cap) for setting in settings]
    method = "one pass: without a timeout neither the order nor whom a cap closes matters"
    return _over_drops(chunks, inf, caps, values), method


def _over_oldest_caps(
    chunks: list[Chunk], settings: list[PoolParameters], values: Sequence[float | None]
) -> tuple[list[SweepPoint], str] | None:
    rules = settings[0]
    others = (rules.max_per_host, rules.max_total, rules.max_idle_per_host, rules.max_hosts)
    if any(cap is not None for cap in others) or rules.idle_total_policy != "oldest":
        return None
    if _count_hosts(chunks) > 1 or (rules.order == "fifo" and not _never_dies(rules)):
        return None
    caps = [_cap(setting.max_idle_total) for setting in settings]
    method = "one pass: with lifo a cap that closes the one idle longest keeps the top of the stack"
    return _over_drops(chunks, _timeout(rules), caps, values), method


def _cap(cap: int | None) -> float:
    return inf if cap is None else cap


def _count_hosts(chunks: list[Chunk]) -> int:
    return len({host for chunk in chunks for host in chunk.hosts})


def _over_drops(
    chunks: list[Chunk], timeout: float, caps: list[float], values: Sequence[float | None]
) -> list[SweepPoint]:
    curve = DropCurve(timeout)
    curve.feed(chunks)
    return [
        _exact_point(value, created, curve.requests, None, 0)
        for value, created in zip(values, curve.created(caps), strict=True)
    ]


def _exact_point(
    value: float | None,
    created: int,
    requests: int,
    idle_seconds: float | None,
    waited: int | None,
) -> SweepPoint:
    reused = requests - created
    rate = reused / requests if requests else 0.0
    mean_wait = 0.0 if waited == 0 else None
    return SweepPoint(value, created, reused, rate, None, 0, waited, mean_wait, idle_seconds)


# -- one run a value


def _run_each(
    traffic: Rows | ThreadTraffic,
    settings: list[PoolParameters],
    values: Sequence[float | None],
    costs: Costs | None,
    faults: Faults,
    workers: int,
) -> list[SweepPoint]:
    if workers > 1 and _is_much(traffic, settings):
        answers = _run_in_processes(traffic, settings, min(workers, len(settings)))
    else:
        answers = [simulate(traffic, rules, faults=faults, notes=False) for rules in settings]
    return [
        SweepPoint(
            value,
            answer.created,
            answer.reused,
            answer.reuse_rate,
            answer.discarded,
            answer.errors,
            answer.waits.waited,
            answer.waits.mean,
            answer.idle_seconds,
            None
            if costs is None
            else costs.of(answer.created, answer.idle_seconds, answer.waits.total),
        )
        for value, answer in zip(values, answers, strict=True)
    ]


def _is_much(traffic: Rows | ThreadTraffic, settings: list[PoolParameters]) -> bool:
    """Say whether the work is worth starting processes."""
    if isinstance(traffic, ThreadTraffic):
        requests = traffic.requests
    else:
        requests = len(traffic) if isinstance(traffic, Sequence) else 0
    return len(settings) > 1 and requests * len(settings) >= _WORTH_PROCESSES


_WORTH_PROCESSES = 200_000

_traffic: Rows | ThreadTraffic = ()


def _keep_traffic(traffic: Rows | ThreadTraffic) -> None:
    # Sent once to each process, not with every setting.
    global _traffic
    _traffic = traffic


def _run_kept(rules: PoolParameters) -> Simulation:
    return simulate(_traffic, rules, faults=Faults(), notes=False)


def _run_in_processes(
    traffic: Rows | ThreadTraffic, settings: list[PoolParameters], workers: int
) -> list[Simulation]:
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers, initializer=_keep_traffic, initargs=(traffic,)) as pool:
        return list(pool.map(_run_kept, settings))


# -- advice


def _sweep(
    points: list[SweepPoint],
    advised: SweepPoint,
    stale: int,
    method: str | None,
    knob: Knob,
    preset: Preset | None,
    faults: Faults,
    *,
    explain: bool,
) -> Sweep:
    best = min(points, key=_merit)
    monotone = all(
        after.created <= before.created for before, after in pairwise(sorted(points, key=_size))
    )
    way = method or f"{len(points)} runs, one a value"
    advice = _advice(points, advised, best, knob)
    if stale:
        advice += f"; {told_stale(stale, advised.reused)}"
    return Sweep(
        ok=not advised.errors and not stale and not faults.skipped,
        reason=f"{faults.shortfall()}; for the rest, {advice}" if faults.skipped else advice,
        reference="RFC 9112 section 9.5",
        problems=faults.problems(),
        steps=(Step("vary one parameter", way, None),) if explain else (),
        parameter=knob.parameter,
        client_parameter=_client_name(preset, knob),
        curve=tuple(points),
        best=best.value,
        advised=advised.value,
        exact=method is not None,
        method=way,
        monotone=monotone,
        setting=_written(advised.value, knob),
    )


def _criteria(point: SweepPoint) -> tuple[str, ...]:
    """Name what settings are compared by, the first first."""
    by = ("mean_wait", "created") if point.cost is None else ("cost",)
    return ("errors", "races", *by)


def _worth(point: SweepPoint, criterion: str) -> float:
    return getattr(point, criterion) or 0.0


def _merit(point: SweepPoint) -> tuple[float, ...]:
    return (*(_worth(point, criterion) for criterion in _criteria(point)), _size(point))


def _size(point: SweepPoint) -> float:
    return inf if point.value is None else point.value


def _good_enough(points: list[SweepPoint]) -> list[SweepPoint]:
    """Keep what is within 1 % of the best, by one criterion after the other."""
    for criterion in _criteria(points[0]):
        points = _near_best(points, criterion)
    return points


def _near_best(points: list[SweepPoint], criterion: str) -> list[SweepPoint]:
    least = min(_worth(point, criterion) for point in points)
    limit = least + least * GOOD_ENOUGH + 1e-12
    return [point for point in points if _worth(point, criterion) <= limit]


def _advice(points: list[SweepPoint], advised: SweepPoint, best: SweepPoint, knob: Knob) -> str:
    written = _written(advised.value, knob)
    if advised.errors:
        # Only where none refuses nothing is one advised that refuses.
        refuses = f"refuses the fewest, {advised.errors}"
        if advised.errors > best.errors:
            refuses = f"refuses {advised.errors}, within 1 % of the fewest, {best.errors}"
        return f"every setting of {knob.name} refuses requests: {written} {refuses}"
    what = f"opens {advised.created} connections"
    if advised.mean_wait:
        wait = shown_seconds(advised.mean_wait, digits=3)
        what += f" and lets requests wait {wait} s on average"
    smallest, settings = f"{knob.name} {written} is the smallest", f" of {len(points)} settings"
    if advised.races is False and any(point.races for point in points):
        safe = sum(not point.races for point in points)
        smallest = f"of {safe} settings without a race, {smallest}"
        settings = ""
    best_written = _written(best.value, knob)
    return f"{smallest}{settings} within 1 % of the best ({best_written}): it {what}"


def _written(value: float | None, knob: Knob) -> str:
    """Write a value as the client does, in its unit, if the knob is its own."""
    if value is None:
        return "none" if knob.unlimited is None else str(knob.unlimited)
    if value == 0 and knob.zero is not None:
        return str(knob.zero)
    return shown_seconds(value * knob.unit)


def _client_name(preset: Preset | None, knob: Knob) -> str | None:
    if preset is None:
        return None
    names = {known.parameter: known.name for known in preset.knobs}
    follows = {link.changed: link.follows for link in preset.links if not link.at_most}
    return names.get(knob.parameter) or names.get(follows.get(knob.parameter, ""))
