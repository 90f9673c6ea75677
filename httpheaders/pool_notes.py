"""
What the known anomalies of clients mean for the traffic at hand.

Each anomaly is a rule that a better pool would not have. Where the rule is in force and touched
this traffic, the same traffic is run through the pool without it, and the two are compared.

Source: none; the anomalies were measured on the clients that `pool_presets` names.
"""

from __future__ import annotations

from collections.abc import Callable

from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_decisions import INSTANT
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_tally import Tally

__all__ = ["anomalies"]

Rerun = Callable[[PoolParameters], Tally]


class _Anomaly(NamedTuple):
    """A rule, whether it is in force and mattered, what stands in its place, and its name."""

    matters: Callable[[PoolParameters, Tally], bool]
    without: dict[str, object]
    rule: str
    better: str


_ANOMALIES = (
    _Anomaly(
        lambda rules, tally: (
            rules.idle_total_policy == "sweep"
            and rules.max_idle_total is not None
            and tally.total.peak_open > rules.max_idle_total
        ),
        {"idle_total_policy": "oldest"},
        "the cap on idle connections counts busy ones too, so under load every release closes",
        "a cap that counts idle connections",
    ),
    _Anomaly(
        lambda rules, tally: (
            rules.order == "created"
            and rules.full_evicts == "created"
            and tally.waits.count > 0
            and len(tally.hosts) > 1
        ),
        {"order": "lifo", "full_evicts": "oldest", "idle_total_policy": "oldest"},
        "a freed connection that is given to a waiting request may be closed for another host",
        "a pool that marks it busy at once",
    ),
    _Anomaly(
        lambda rules, tally: rules.max_hosts is not None and len(tally.hosts) > rules.max_hosts,
        {"max_hosts": None},
        "pools are kept for so many hosts only, and whole pools are forgotten",
        "a pool for every host",
    ),
    _Anomaly(
        lambda rules, tally: (
            rules.dead_slots
            and (rules.server_timeout is not None or rules.max_requests is not None)
        ),
        {"dead_slots": False},
        "connections that the server closed stay on top of live ones",
        "a pool that drops them",
    ),
    _Anomaly(
        lambda rules, tally: rules.late_binding and rules.connect_time > 0,
        {"late_binding": False},
        "a request dials and waits at once, and the loser's connection is left over",
        "a pool that binds a request to its own connection",
    ),
    _Anomaly(
        lambda rules, tally: rules.order == "slot" and tally.total.evicted > 0,
        {"order": "lifo"},
        "the first free slot is taken even when its connection is dead and a later one is alive",
        "the connection released last",
    ),
)


def anomalies(parameters: PoolParameters, tally: Tally, rerun: Rerun | None) -> tuple[str, ...]:
    """
    Describe the anomalies that touched this traffic.

    Args:
        parameters: the rules.
        tally: what came of them.
        rerun: runs the same traffic through other rules; None when it cannot be run again.
    """
    notes = [
        note
        for anomaly in _ANOMALIES
        if anomaly.matters(parameters, tally)
        and (note := _compare(anomaly, parameters, tally, rerun)) is not None
    ]
    if _passes_its_limit(parameters, tally):
        notes.append(
            f"the limit of {parameters.max_total} counts busy connections only: "
            f"{tally.total.peak_open} were open at once"
        )
    if _idle_blocks_others(parameters, tally, rerun):
        notes.append(
            "idle connections of one host keep another host waiting until they time out, because "
            "the cap over all hosts closes none to make room"
        )
    return tuple(notes)


def _compare(
    anomaly: _Anomaly, parameters: PoolParameters, tally: Tally, rerun: Rerun | None
) -> str | None:
    if rerun is None:
        return anomaly.rule
    total = tally.total
    other = rerun(parameters._replace(**anomaly.without)).total  # type: ignore[arg-type]
    if other.created < total.created:
        told = f"{total.created} connections were opened where {anomaly.better} needs"
        return f"{anomaly.rule}: {told} {other.created}"
    if other.errors < total.errors:
        told = f"requests refused: {total.errors}, where {anomaly.better} refuses"
        return f"{anomaly.rule}: {told} {other.errors}"
    return None


def _passes_its_limit(parameters: PoolParameters, tally: Tally) -> bool:
    limit = parameters.max_total
    return parameters.limit_scope == "busy" and limit is not None and tally.total.peak_open > limit


def _idle_blocks_others(parameters: PoolParameters, tally: Tally, rerun: Rerun | None) -> bool:
    # A wait that is no longer than a connect was for nothing else.
    queued = tally.waits.longest > parameters.connect_time + INSTANT or tally.total.errors > 0
    may_block = (
        parameters.limit_scope == "open"
        and parameters.full_evicts is None
        and parameters.on_full == "wait"
        and len(tally.hosts) > 1
        and parameters.max_total is not None
        and tally.total.peak_open >= parameters.max_total
        and queued
    )
    if not may_block or rerun is None:
        return may_block
    other = rerun(parameters._replace(full_evicts="oldest"))
    if other.total.errors != tally.total.errors:
        return other.total.errors < tally.total.errors
    return other.waits.total < tally.waits.total - INSTANT
