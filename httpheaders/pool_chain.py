"""
The keep-alive race along a chain of hops: who closes an idle connection first?

Between two hops the one nearer to the client must give up first. If the farther one closes first,
a request can be on its way just as the connection is closed: the client sees a reset, and may not
send again what is not idempotent.

Source: RFC 9112 sections 9.3.1 and 9.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf, nextafter
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem, Step
from httpheaders.errors import InputError, PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.durations import parse_duration
from httpheaders.syntax.seconds import shown_seconds

if TYPE_CHECKING:
    from httpheaders.answer import Answer

__all__ = ["Chain", "Hop", "Race", "check_chain", "parse_chain", "with_chain"]

# Clocks, scheduling and the round trip: what a timeout should be longer by, at the least.
DEFAULT_MARGIN = 5.0
# Equal timeouts race, and what is nearer is not told apart where settings are written.
LEAST_MARGIN = 0.001
_REFERENCE = "RFC 9112 section 9.5"


class Hop(NamedTuple):
    """One program on the way, and after how many idle seconds it closes a connection."""

    name: str
    timeout: float


class Race(NamedTuple):
    """
    A hop that closes connections which the hop before it still uses.

    Attributes:
        client, server: the two hops; `server` is the one that resets.
        client_timeout, server_timeout: theirs, in seconds.
        set_to: a timeout of the server's that is longer than the client's.
        or_client_to: or else a timeout of the client's that is shorter, by the margin or, where the
            server's leaves no room for it, half of that; None when the server waits for nothing.
    """

    client: str
    server: str
    client_timeout: float
    server_timeout: float
    set_to: float
    or_client_to: float | None


class Chain(NamedTuple):
    """
    What came of the check.

    Attributes:
        ok: every hop closes before the next one does.
        hops: as given, from the client to the server.
        races: the pairs that can race, in that order.
        resets: the hops that reset, by name.
        settings: timeouts for the whole chain, none of them shorter than it is, without a race.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    hops: tuple[Hop, ...]
    races: tuple[Race, ...]
    resets: tuple[str, ...]
    settings: tuple[Hop, ...]


def parse_chain(text: str) -> list[Hop]:
    """
    Read a chain as written on a command line, from the client to the server.

    Raises:
        PolicyError: not `NAME=DURATION,NAME=DURATION`.

    >>> parse_chain("client=90s,server=5s")
    [Hop(name='client', timeout=90), Hop(name='server', timeout=5)]
    """
    return [_parse_hop(part) for part in text.split(",")]


def _parse_hop(text: str) -> Hop:
    name, equals, timeout = text.partition("=")
    if not name.strip() or not equals:
        raise PolicyError(f"'{text[:60]}' is not a hop: expected NAME=DURATION, as lb=60s")
    try:
        return Hop(name.strip(), parse_duration(timeout))
    except InputError as error:
        raise PolicyError(f"{name.strip()[:60]}: {error.message}") from None


def check_chain(
    hops: Sequence[Hop], *, margin: float = DEFAULT_MARGIN, explain: bool = False
) -> Chain:
    """
    Find the hops that close idle connections too early.

    Args:
        hops: at least two, from the client to the server.
        margin: by how many seconds a hop should outlast the one before it; a millisecond or more.
        explain: whether to give the steps.

    Raises:
        PolicyError: fewer than two hops, a name twice, or a margin that is none.

    Source: RFC 9112 section 9.5.

    >>> chain = check_chain(parse_chain("client=90s,lb=60s,server=5s"))
    >>> chain.resets, [(hop.name, hop.timeout) for hop in chain.settings]
    (('lb', 'server'), [('client', 90), ('lb', 95.0), ('server', 100.0)])
    """
    if len(hops) < 2:
        raise PolicyError("a chain needs two hops or more: client=90s,server=5s")
    if len({hop.name for hop in hops}) < len(hops):
        raise PolicyError("a chain names each hop once")
    if not LEAST_MARGIN <= margin < 1e12:
        raise PolicyError(
            f"margin {margin!r} keeps no hops apart: expected seconds, {LEAST_MARGIN} or more"
        )
    pairs = list(pairwise(hops))
    races = tuple(_race(near, far, margin) for near, far in pairs if not near.timeout < far.timeout)
    settings = _settings(hops, margin)
    return Chain(
        ok=not races,
        reason=_reason(races),
        reference=_REFERENCE,
        problems=tuple(_close_calls(pairs, margin)),
        steps=tuple(_step(near, far) for near, far in pairs) if explain else (),
        hops=tuple(hops),
        races=races,
        resets=tuple(race.server for race in races),
        settings=settings,
    )


def _race(near: Hop, far: Hop, margin: float) -> Race:
    return Race(
        near.name,
        far.name,
        near.timeout,
        far.timeout,
        _longer(near.timeout, margin),
        max(far.timeout - margin, far.timeout / 2) or None,
    )


def _settings(hops: Sequence[Hop], margin: float) -> tuple[Hop, ...]:
    settings = [hops[0]]
    for hop in hops[1:]:
        before = settings[-1].timeout
        enough = hop.timeout > before
        settings.append(hop if enough else Hop(hop.name, _longer(before, margin)))
    return tuple(settings)


def _longer(timeout: float, margin: float) -> float:
    # To a very large number a margin adds nothing.
    return max(timeout + margin, nextafter(timeout, inf))


def _reason(races: tuple[Race, ...]) -> str:
    if not races:
        return "every hop closes its idle connections before the next one does"
    return "; ".join(
        f"{race.server} closes idle connections after {shown_seconds(race.server_timeout)} s while "
        f"{race.client} uses them for {shown_seconds(race.client_timeout)} s: set {race.server} "
        f"above {shown_seconds(race.client_timeout)} s, as {shown_seconds(race.set_to)} s"
        for race in races
    )


def _close_calls(pairs: list[tuple[Hop, Hop]], margin: float) -> list[Problem]:
    return [
        Problem(
            far.name,
            f"outlasts {near.name} by {shown_seconds(far.timeout - near.timeout)} s only: a round "
            "trip or a late timer can take longer",
            _REFERENCE,
        )
        for near, far in pairs
        if 0 < far.timeout - near.timeout < min(margin, 1.0)
    ]


def _step(near: Hop, far: Hop) -> Step:
    outcome = "no race" if near.timeout < far.timeout else f"{far.name} resets"
    first, then = shown_seconds(near.timeout), shown_seconds(far.timeout)
    rule = f"{near.name} ({first} s) closes before {far.name} ({then} s)"
    return Step(rule, outcome, _REFERENCE)


def with_chain(answer: Answer, chain: Chain) -> Answer:
    """
    Add what is said of a chain to an answer about its pool: a race makes the whole a no.

    >>> from httpheaders.pool_simulation import simulate
    >>> answer = simulate([(0, "a.example", 1)])
    >>> with_chain(answer, check_chain(parse_chain("client=90s,server=5s"))).ok
    False
    """
    worse: Any = chain if answer.ok and not chain.ok else answer
    other = answer if worse is chain else chain
    problems = (*worse.problems, *other.problems)
    joined: Answer = worse._replace(problems=problems, steps=(*answer.steps, *chain.steps))
    return joined
