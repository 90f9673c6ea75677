"""
What a cache would have answered to recorded traffic, exchange by exchange.

The recorded responses play the origin: to a request that the cache makes conditional it answers 304
where the recorded validators say so. Contents are counted, not kept, so that a trace of any length
takes the memory of the entries alone.

Source: RFC 9111.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from httpheaders.answer import Problem, Step
from httpheaders.cache import Cache
from httpheaders.cache_settings import SHARED_CACHE, CacheSettings
from httpheaders.cache_store import CacheStore, content_length
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.patterns import lazy_pattern
from httpheaders.target_uri import origin_of, target_uri

if TYPE_CHECKING:
    from httpheaders.messages.message import Request, Response

__all__ = ["OUTCOMES", "CacheSimulation", "SimulatedAnswer", "SimulationSummary", "Tally"]

OUTCOMES = ("hit", "miss", "revalidated", "stale", "refreshed", "bypass")
_numbers = lazy_pattern(r"-?[0-9]++(?:[.][0-9]++)?(?:e[+-]?[0-9]++)?(?: s\b)?", re.ASCII)
# Hosts and reasons beyond so many are counted together.
_MOST_GROUPS = 10_000
_OTHERS = "(others)"


class SimulatedAnswer(NamedTuple):
    """
    What the cache would have done with one request.

    Attributes:
        outcome: one of OUTCOMES.
        status: of the answer to the client.
        size: octets of content that the client got.
        fetched: octets of content that came from the origin.
        saved: octets of content that would have come from the origin without the cache, less those
            that did.
        stored: whether a new response was stored.
        time: of the request.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    outcome: str
    status: int | None
    size: int
    fetched: int
    saved: int
    stored: bool
    time: float


class Tally:
    """Counts of a group of requests."""

    __slots__ = ("outcomes", "requests", "saved", "sent", "without")

    def __init__(self) -> None:
        self.requests = 0
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self.sent = self.without = self.saved = 0

    def add(self, answer: SimulatedAnswer) -> None:
        """Count one answer."""
        self.requests += 1
        self.outcomes[answer.outcome] += 1
        self.sent += answer.size
        self.without += answer.fetched + answer.saved
        self.saved += answer.saved

    @property
    def hit_rate(self) -> float:
        """The share of requests answered without waiting for the origin."""
        return self._share(self.outcomes["hit"] + self.outcomes["stale"], self.requests)

    @property
    def byte_hit_rate(self) -> float:
        """The share of content octets that did not come from the origin."""
        return self._share(self.saved, self.without)

    @staticmethod
    def _share(part: int, whole: int) -> float:
        return round(part / whole, 6) if whole else 0.0


class SimulationSummary(NamedTuple):
    """
    The whole trace.

    Attributes:
        total: all requests.
        by_host: tallies by origin.
        by_reason: counts by outcome and reason, numbers left out, most frequent first.
        entries: responses in the cache at the end.
        evicted: responses that had to make room.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    total: Tally
    by_host: dict[str, Tally]
    by_reason: list[tuple[str, str, int]]
    entries: int
    evicted: int


class CacheSimulation:
    """
    A cache in front of recorded traffic.

    Args:
        settings: the kind of cache.
        max_entries: how many responses it keeps; None for no limit.
        max_bytes: how many octets it keeps; None for no limit.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Request, Response
    >>> simulation = CacheSimulation()
    >>> page = Response(200, Headers([("Cache-Control", "max-age=60")]), b"hello")
    >>> [simulation.step(Request("GET", "/"), page, now=t).outcome for t in (0, 59, 61)]
    ['miss', 'hit', 'refreshed']
    """

    def __init__(
        self,
        settings: CacheSettings = SHARED_CACHE,
        *,
        max_entries: int | None = None,
        max_bytes: int | None = None,
    ) -> None:
        entries = 2**63 if max_entries is None else max_entries
        self._store = CacheStore(max_entries=entries, max_bytes=max_bytes)
        self._cache = Cache(settings, self._store)
        self._now = float("-inf")
        self._total = Tally()
        self._by_host: dict[str, Tally] = {}
        self._by_reason: dict[tuple[str, str], int] = {}

    def step(
        self, request: Request, response: Response, *, now: float, explain: bool = False
    ) -> SimulatedAnswer:
        """
        Put one request to the cache.

        Args:
            request: as recorded.
            response: that the origin would give to it.
            now: when; a time before that of the last request is told, and taken as that one.
            explain: list every rule tried.
        """
        problems = (_ran_back(self._now - now),) if now < self._now else ()
        self._now = time = max(now, self._now)
        size = content_length(response)
        recorded = response._replace(body=None)
        if response.body is not None and "Content-Length" not in response.headers:
            headers = response.headers.replaced("Content-Length", str(size))
            recorded = recorded._replace(headers=headers)
        origin = _Origin(recorded, time)
        answer = self._cache.handle(
            request._replace(body=None), origin.send, lambda: time, explain=explain
        )
        given = answer.response
        given_size = 0 if given is None or request.method == "HEAD" else _content(given)
        without = 0 if request.method == "HEAD" else _content(origin.answer(request))
        result = SimulatedAnswer(
            ok=True,
            reason=answer.reason,
            reference=answer.reference,
            problems=problems,
            steps=answer.steps,
            outcome=answer.outcome,
            status=None if given is None else given.status,
            size=given_size,
            fetched=origin.fetched,
            saved=0 if answer.outcome in ("miss", "bypass") else without - origin.fetched,
            stored=answer.stored,
            time=now,
        )
        self._count(request, result)
        return result

    def _count(self, request: Request, result: SimulatedAnswer) -> None:
        self._total.add(result)
        host = origin_of(target_uri(request))
        if host not in self._by_host and len(self._by_host) >= _MOST_GROUPS:
            host = _OTHERS
        self._by_host.setdefault(host, Tally()).add(result)
        group = (result.outcome, _numbers.sub("N", result.reason))
        if group not in self._by_reason and len(self._by_reason) >= _MOST_GROUPS:
            group = (result.outcome, _OTHERS)
        self._by_reason[group] = self._by_reason.get(group, 0) + 1

    def summary(self) -> SimulationSummary:
        """Give what the whole trace came to."""
        total = self._total
        ranked = sorted(self._by_reason.items(), key=lambda item: (-item[1], item[0]))
        return SimulationSummary(
            ok=True,
            reason=(
                f"{total.hit_rate:.1%} of {total.requests} requests were answered without waiting "
                f"for the origin, which saved {total.byte_hit_rate:.1%} of the octets"
            ),
            reference="RFC 9111 section 4",
            problems=(),
            steps=(),
            total=total,
            by_host=dict(self._by_host),
            by_reason=[(outcome, reason, count) for (outcome, reason), count in ranked],
            entries=len(self._store),
            evicted=self._store.evicted,
        )


def _ran_back(seconds: float) -> Problem:
    from httpheaders.syntax.seconds import shown_seconds  # late: times seldom run back

    message = f"{shown_seconds(seconds)} s before the last request: taken as at the same time"
    return Problem("t", message, "RFC 9111 section 4.2.3")


def _content(response: Response) -> int:
    if response.status in (304, 204) or (response.status or 200) < 200:
        return 0
    return content_length(response)


class _Origin:
    """Answers as the recorded response says, and counts what it sends."""

    def __init__(self, recorded: Response, now: float) -> None:
        self._recorded = recorded
        self._now = now
        self.fetched = 0

    def send(self, request: Request) -> Response:
        answer = self.answer(request)
        if request.method != "HEAD":
            self.fetched += _content(answer)
        return answer

    def answer(self, request: Request) -> Response:
        if not ("If-None-Match" in request.headers or "If-Modified-Since" in request.headers):
            return self._recorded
        from httpheaders.conditional import answer_conditional  # late: not every trace has one

        conditional = answer_conditional(request, self._recorded, now=self._now)
        if conditional.status != 304:
            return self._recorded
        return self._recorded._replace(status=304, headers=conditional.headers)
