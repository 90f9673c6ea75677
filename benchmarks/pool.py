"""
The pool simulation against simpy on the same trace, and against itself.

The trace is of independent arrivals to four hosts, through Node's pool, whose rules are plain. The
rows on a curve and on memory compare with one run of ours.
"""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.rows import Row, compare, take_turns
from httpheaders.pool_gaps import GapCurve
from httpheaders.pool_presets import PRESETS
from httpheaders.pool_simulation import simulate
from httpheaders.pool_trace import Faults, checked_chunks

__all__ = ["HEADLINES", "QUICK", "arrivals", "measure"]

QUICK = {"count": 50_000, "long": 1_000_000}
HEADLINES = ("a request, Node's pool",)
NODE = PRESETS["node"]
Requests = list[tuple[float, str, float]]


def measure(count: int = 500_000, long: int = 10_000_000, rounds: int = 3) -> list[Row]:
    """
    Time everyone side by side.

    Args:
        count: how many requests the trace has; simpy gets a tenth of them.
        long: how many the long trace has, which is streamed.
        rounds: how often each is timed; the median round counts.
    """
    requests = list(arrivals(count))
    ours = take_turns({"ours": lambda: _run(requests)}, rounds=rounds)["ours"] / count
    return [
        Row("a request a core, plain preset", ours, "1,000,000/s", 1e-6, 1e-6 / ours, goal=1.0),
        *_against_simpy(requests[: count // 10], rounds),
        _curve(requests, rounds),
        *_memory(long),
    ]


def _run(requests: Requests) -> int:
    return simulate(requests, preset=NODE, notes=False).created


def arrivals(count: int, *, seed: int = 1) -> Iterator[tuple[float, str, float]]:
    """Make independent arrivals at four hosts."""
    dice = random.Random(seed)
    t = 0.0
    for _ in range(count):
        t += dice.expovariate(50)
        yield t, f"h{dice.randrange(4)}.example", dice.expovariate(5)


def _against_simpy(requests: Requests, rounds: int) -> Iterator[Row]:
    assert _simpy_pool(requests) == _run(requests), "both must open as many"
    work = {"ours": lambda: _run(requests), "simpy": lambda: _simpy_pool(requests)}
    what = "a request, Node's pool"
    return compare(what, work, each=len(requests), rounds=rounds, goal=20.0)


def _simpy_pool(requests: Requests) -> int:
    """Model Node's pool with simpy: a process a request, a store of idle connections a host."""
    import simpy

    environment = simpy.Environment()
    stores: dict[str, simpy.PriorityStore] = {}
    created = 0
    timeout = NODE.parameters.idle_timeout
    assert timeout is not None

    def request(host: str, duration: float) -> Iterator[object]:
        nonlocal created
        store = stores.get(host)
        if store is None:
            store = stores[host] = simpy.PriorityStore(environment)
        released = -math.inf
        if store.items:
            # Items sort by the time of release, negated: the newest is taken first.
            released = -(yield store.get())
        if environment.now - released > timeout:
            store.items.clear()
            created += 1
        yield environment.timeout(duration)
        yield store.put(-environment.now)

    def arrivals() -> Iterator[object]:
        for t, host, duration in requests:
            yield environment.timeout(t - environment.now)
            environment.process(request(host, duration))

    environment.process(arrivals())
    environment.run()
    return created


def _curve(requests: Requests, rounds: int) -> Row:
    timeouts = [float(number) for number in range(1, 121)]

    def curve() -> None:
        gaps = GapCurve(timeouts)
        gaps.feed(checked_chunks(requests, Faults()))
        gaps.created()
        gaps.idle_seconds()

    times = take_turns({"curve": curve, "run": lambda: _run(requests)}, rounds=rounds)
    what, two = "a timeout curve of 120 values", 2 * times["run"]
    return Row(what, times["curve"], "two runs of one value", two, two / times["curve"], goal=1.0)


# A process of its own: what the other measurements hold would hide what this takes.
MEMORY = """
import resource, sys
from benchmarks.pool import NODE, arrivals
from httpheaders.pool_simulation import simulate
simulate(arrivals(int(sys.argv[1])), preset=NODE)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def _memory(count: int) -> Iterator[Row]:
    few, many = (_peak(number) for number in (count // 100, count))
    what = f"peak memory after {count:,} streamed requests"
    name = f"after {count // 100:,}"
    # A twentieth more is the allocator's own.
    yield Row(what, many, name, few, few / many, unit="octets", goal=0.95)


def _peak(count: int) -> int:
    command = [sys.executable, "-c", MEMORY, str(count)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)
