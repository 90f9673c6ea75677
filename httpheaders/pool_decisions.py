"""
What a connection pool that decides answers: what the caller should now do, and why.

Source: none; the words are those of the clients that `pool_presets` names.
"""

from __future__ import annotations

from httpheaders.named_tuples import NamedTuple

__all__ = [
    "DISCARDING",
    "EVICTING",
    "INSTANT",
    "Assigned",
    "Closed",
    "Decision",
    "Dialing",
    "Opened",
    "Queued",
    "Refused",
]

# Decimal fractions do not add up in binary: 0.1 + 0.2 and 0.3 are one instant.
INSTANT = 1e-9

IDLE_LIMIT = "idle limit"
IDLE_TOTAL_LIMIT = "idle limit over all hosts"
IDLE_TIMEOUT = "idle timeout"
SERVER_TIMEOUT = "server timeout"
REQUEST_LIMIT = "request limit"
LIFETIME = "lifetime"
LIFETIME_IN_USE = "lifetime passed in use"
MADE_ROOM = "made room"
HOST_FORGOTTEN = "host forgotten"
DROPPED = "dropped"

# The connection was closed at the moment at which it was given back, because the pool was full.
DISCARDING = frozenset({IDLE_LIMIT, LIFETIME_IN_USE})
# The client closed it while it was idle.
EVICTING = frozenset({IDLE_TOTAL_LIMIT, IDLE_TIMEOUT, LIFETIME, MADE_ROOM, HOST_FORGOTTEN})


class Opened(NamedTuple):
    """A connection exists from now on; without a connect time the caller opens it now."""

    connection: int
    host: str
    at: float


class Dialing(NamedTuple):
    """The caller should begin to open this connection and say `connected` when it is there."""

    connection: int
    host: str
    request: object


class Assigned(NamedTuple):
    """The request goes on this connection, now; `idle` and `waited` are in seconds."""

    request: object
    connection: int
    host: str
    reused: bool
    idle: float
    waited: float


class Queued(NamedTuple):
    """The request waits: for room, for a connection to come free, or for one to be opened."""

    request: object
    host: str


class Refused(NamedTuple):
    """The request fails without a connection."""

    request: object
    host: str
    reason: str


class Closed(NamedTuple):
    """The connection is closed, by the client or, where the reason says so, by the server."""

    connection: int
    host: str
    reason: str
    at: float
    requests: int
    idle: float


Decision = Opened | Dialing | Assigned | Queued | Refused | Closed
