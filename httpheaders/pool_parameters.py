"""
What a keep-alive pool is told: caps, timeouts, order. One set covers every client that we know of.

None always means that there is no limit.

Source: none; the parameters are those that the clients of `pool_presets` have.
"""

from __future__ import annotations

from math import inf

from httpheaders.errors import PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_decisions import IDLE_TIMEOUT, SERVER_TIMEOUT

__all__ = [
    "CHOICES",
    "LARGEST_COUNT",
    "DerivedRules",
    "PoolParameters",
    "check_parameters",
    "derived_rules",
]

# More than any count of connections means; keeps arithmetic small and sums exact.
LARGEST_COUNT = 10**9

CHOICES: dict[str, tuple[str | None, ...]] = {
    "limit_scope": ("open", "busy"),
    "idle_total_policy": ("oldest", "sweep"),
    "order": ("lifo", "fifo", "created", "slot"),
    "on_full": ("wait", "discard", "error"),
    "full_evicts": (None, "oldest", "created"),
}
_COUNTS = {
    "max_per_host": 1,
    "max_total": 1,
    "max_idle_per_host": 0,
    "max_idle_total": 0,
    "max_requests": 1,
    "max_hosts": 1,
}
_DURATIONS = (
    "idle_timeout",
    "server_timeout",
    "max_lifetime",
    "wait_timeout",
    "connect_time",
)
_FLAGS = ("dead_slots", "late_binding")


class PoolParameters(NamedTuple):
    """
    The rules of one pool; durations in seconds.

    Attributes:
        max_per_host, max_total: caps on connections.
        limit_scope: what counts toward the caps: "open" (busy and idle) or "busy". With "busy" an
            arriving request takes an idle connection even at the cap.
        max_idle_per_host: a connection released beyond it is closed.
        max_idle_total: cap on idle connections over all hosts; `idle_total_policy` says how:
            "oldest" closes the one idle longest, "sweep" closes idle ones, oldest connection first,
            while the pool holds more than that, busy ones included.
        idle_timeout: not reused after more than this idle.
        server_timeout: the server hangs up after this idle.
        max_requests: the server closes after this many on one connection.
        max_lifetime: not reused when older.
        order: which idle connection is taken: "lifo" and "fifo" by time of release, "created" the
            one opened first, "slot" the first free place, whether its connection lives or not.
        on_full: "wait", "discard" (open one more and close it on return), "error".
        wait_timeout: a longer wait is an error.
        full_evicts: at a cap an idle connection is closed to make room: None, "oldest" (idle
            longest), "created" (opened first).
        max_hosts: pools are kept for so many hosts, the least recently used is forgotten.
        dead_slots: a connection that the server closed keeps its place among the idle ones.
        late_binding: a request that opens a connection takes whichever comes free first.
        connect_time: what opening takes.
    """

    max_per_host: int | None = None
    max_total: int | None = None
    limit_scope: str = "open"
    max_idle_per_host: int | None = None
    max_idle_total: int | None = None
    idle_total_policy: str = "oldest"
    idle_timeout: float | None = None
    server_timeout: float | None = None
    max_requests: int | None = None
    max_lifetime: float | None = None
    order: str = "lifo"
    on_full: str = "wait"
    wait_timeout: float | None = None
    full_evicts: str | None = None
    max_hosts: int | None = None
    dead_slots: bool = False
    late_binding: bool = False
    connect_time: float = 0.0


def check_parameters(parameters: PoolParameters) -> PoolParameters:
    """
    Give the parameters back if a pool can follow them.

    Raises:
        PolicyError: a number out of range or a choice that there is not, with what is expected.

    >>> check_parameters(PoolParameters(on_full="queue"))
    Traceback (most recent call last):
    httpheaders.errors.PolicyError: on_full 'queue' is not known: expected wait, discard or error
    """
    for name, choices in CHOICES.items():
        if getattr(parameters, name) not in choices:
            raise PolicyError(_unknown_choice(name, getattr(parameters, name), choices))
    for name, least in _COUNTS.items():
        _check_count(name, getattr(parameters, name), least)
    for name in _DURATIONS:
        _check_duration(name, getattr(parameters, name))
    for name in _FLAGS:
        if not isinstance(getattr(parameters, name), bool):
            raise PolicyError(f"{name} {getattr(parameters, name)!r} is neither true nor false")
    return parameters


def _unknown_choice(name: str, value: object, choices: tuple[str | None, ...]) -> str:
    known = [choice for choice in choices if choice is not None]
    expected = f"{', '.join(known[:-1])} or {known[-1]}"
    return f"{name} {value!r} is not known: expected {expected}"


def _check_count(name: str, value: object, least: int) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST_COUNT:
        raise PolicyError(
            f"{name} {value!r} is not a count: expected a whole number from {least}, or none"
        )


def _check_duration(name: str, value: object) -> None:
    if value is None and name != "connect_time":
        return
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e12:
        raise PolicyError(f"{name} {value!r} is not a duration: expected seconds, 0 or more")


class DerivedRules(NamedTuple):
    """
    What follows from the parameters of a pool, whatever happens to it.

    Attributes:
        timeout: seconds idle after which a connection is gone; infinite where nothing says.
        timeout_reason: who ends it then.
        sweeps: whether it looks through idle connections as httpcore does.
        binds_late: whether who opens a connection takes whichever comes free first.
        keeps_place: whether a connection that the server closed keeps its place.
        loses: httpcore: what is given to a waiting request counts as idle until that request runs.
        idle_cap, idle_total_cap: idle connections above which one is closed on its return.
    """

    timeout: float
    timeout_reason: str
    sweeps: bool
    binds_late: bool
    keeps_place: bool
    loses: bool
    idle_cap: int | None
    idle_total_cap: int | None


def derived_rules(parameters: PoolParameters) -> DerivedRules:
    """
    Give what follows from parameters that a pool can follow.

    >>> derived_rules(PoolParameters(idle_timeout=5, server_timeout=3)).timeout_reason
    'server timeout'
    """
    idle = inf if parameters.idle_timeout is None else parameters.idle_timeout
    server = inf if parameters.server_timeout is None else parameters.server_timeout
    sweeps = parameters.idle_total_policy == "sweep" and parameters.max_idle_total is not None
    binds_late = parameters.late_binding and parameters.connect_time > 0
    keeps_place = parameters.dead_slots or parameters.order == "slot"
    # A connection beyond a cap that discards must be closed on return, so the cap counts idle.
    discards = parameters.on_full == "discard"
    idle_cap, total_cap = parameters.max_idle_per_host, parameters.max_idle_total
    if discards and idle_cap is None:
        idle_cap = parameters.max_per_host
    if discards and total_cap is None:
        total_cap = parameters.max_total
    return DerivedRules(
        timeout=min(idle, server),
        timeout_reason=SERVER_TIMEOUT if server < idle else IDLE_TIMEOUT,
        sweeps=sweeps,
        binds_late=binds_late,
        # No client does both: who binds late has no place for what is being opened.
        keeps_place=keeps_place and not binds_late,
        loses=_loses(parameters),
        idle_cap=idle_cap,
        idle_total_cap=None if sweeps else total_cap,
    )


def _loses(parameters: PoolParameters) -> bool:
    return (
        parameters.order == "created"
        and parameters.full_evicts == "created"
        and parameters.max_per_host is None
        and parameters.limit_scope == "open"
        and not parameters.late_binding
        and not parameters.dead_slots
    )
