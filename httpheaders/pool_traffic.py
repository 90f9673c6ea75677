"""
Made traffic: threads that ask again and again, or independent arrivals by chance.

Both are deterministic: threads take no chances, and arrivals take theirs from a seed.

Source: none; arrivals are a Poisson process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from httpheaders.errors import PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_trace import LARGEST_DURATION, PoolRequest

if TYPE_CHECKING:
    from random import Random

__all__ = ["ThreadTraffic", "poisson_traffic"]

MOST_THREADS = 1_000_000
MOST_REQUESTS = 1_000_000_000


class ThreadTraffic(NamedTuple):
    """
    A number of threads, each of which asks, waits for its answer, and asks again.

    Threads that wait for a connection ask later, so the traffic follows from the pool.

    Attributes:
        threads: how many ask at once, from time 0.
        latency: seconds from having a connection to giving it back.
        requests: how many are asked in all.
        think: seconds between an answer and the thread's next request.
        host: whom they ask.
    """

    threads: int
    latency: float
    requests: int
    think: float = 0.0
    host: str = "example.com"

    def checked(self) -> ThreadTraffic:
        """
        Give it back if it can be made.

        Raises:
            PolicyError: a count or a duration that there cannot be.
        """
        if not 1 <= self.threads <= MOST_THREADS:
            raise PolicyError(f"threads must be 1 to {MOST_THREADS}")
        if not 1 <= self.requests <= MOST_REQUESTS:
            raise PolicyError(f"requests must be 1 to {MOST_REQUESTS}")
        _check_duration("latency", self.latency)
        _check_duration("think", self.think)
        return self


def poisson_traffic(
    *,
    rate: float,
    latency: float,
    requests: int,
    seed: int = 0,
    exponential: bool = True,
    host: str = "example.com",
) -> Iterator[PoolRequest]:
    """
    Make independent arrivals at a mean rate.

    Args:
        rate: mean arrivals a second.
        latency: mean seconds in service.
        requests: how many.
        seed: the same seed gives the same traffic.
        exponential: whether durations are exponential too, or all alike.

    Raises:
        PolicyError: a count, rate or duration that there cannot be.

    >>> [request.host for request in poisson_traffic(rate=5, latency=1, requests=2)]
    ['example.com', 'example.com']
    """
    if not 1 <= requests <= MOST_REQUESTS:
        raise PolicyError(f"requests must be 1 to {MOST_REQUESTS}")
    if not 1 / LARGEST_DURATION < rate < LARGEST_DURATION:
        raise PolicyError(f"rate {rate!r} is not a count a second")
    _check_duration("latency", latency)
    from random import Random  # late: threads take no chances

    return _arrivals(Random(seed), rate, latency, requests, exponential, host)


def _arrivals(
    chance: Random, rate: float, latency: float, requests: int, exponential: bool, host: str
) -> Iterator[PoolRequest]:
    t = 0.0
    for _ in range(requests):
        t += chance.expovariate(rate)
        duration = chance.expovariate(1 / latency) if exponential and latency else latency
        yield PoolRequest(t, host, duration)


def _check_duration(name: str, value: float) -> None:
    if not 0 <= value < LARGEST_DURATION:
        raise PolicyError(f"{name} {value!r} is not a duration: expected seconds, 0 or more")
