"""
The worst inputs known for each parser and each command's standard input: what they cost by length.

For each target of the fuzzers the inputs of `fuzzing.worst` are tried, and the one that costs and
grows most is measured at 10 kB, 100 kB and 1 MB. Times are the processor's, the least of several;
memory is the most that Python held for 100 kB, per octet of input. A cost in proportion to the
length grows tenfold from one size to the next; more up to the second where a short input is
answered from what is remembered.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from time import process_time

from benchmarks.rows import Table
from benchmarks.values import shown
from fuzzing.target import Target
from fuzzing.targets import TARGETS
from fuzzing.worst import WORST, Blown, worst_of

__all__ = ["measure"]

SIZES = 10_000, 100_000, 1_000_000
# Twice what a cost in proportion to the length grows by.
SUSPECT = 20.0
# Below this, what is measured is the clock.
LEAST = 2e-4


def measure() -> Iterator[Table]:
    """Find the worst input of each target, and measure it."""
    headings = ("target", "repeated", *_shown_sizes(), "growth", "memory for an octet", "")
    rows = [_row(target, _worst(target)) for target in TARGETS.values()]
    yield Table(headings, rows)


def _shown_sizes() -> list[str]:
    return [f"{size // 1000} kB" for size in SIZES]


def _worst(target: Target) -> Blown:
    """Give what grows most, of what is known and of what costs most when short."""
    known = WORST.get(target.name, ())
    general = sorted(
        worst_of(target)[len(known) :], key=lambda one: -_run(target, one.of_size(SIZES[0]))
    )
    found = []
    for blown in (*known, *general[:3]):
        small, large = (_cost(target, blown, size) for size in SIZES[:2])
        found.append((large * max(large / max(small, LEAST), 1.0), blown))
    return max(found, key=lambda item: item[0])[1]


def _row(target: Target, blown: Blown) -> list[str]:
    seconds = tuple(
        _cost(target, blown, size, rounds) for size, rounds in zip(SIZES, (5, 3, 1), strict=True)
    )
    growth = [after / max(before, LEAST) for before, after in pairwise(seconds)]
    return [
        target.name[:56],
        str(blown),
        *(shown(one, "s") for one in seconds),
        " ".join(f"{one:.1f} x" for one in growth),
        f"{_memory(target, blown):.1f} B",
        "" if growth[-1] <= SUSPECT else "not in proportion",
    ]


def _cost(target: Target, blown: Blown, size: int, rounds: int = 1) -> float:
    """Give the least of some runs; of two lengths, one unit apart, the dearer counts."""
    # Whether quotes are balanced makes a difference, but for the longest one length must do.
    longer = size + len(blown.unit) + len(blown.second)
    inputs = [blown.of_size(length) for length in {size, longer if rounds > 1 else size}]
    return max(min(_run(target, octets) for _ in range(rounds)) for octets in inputs)


def _run(target: Target, octets: bytes) -> float:
    began = process_time()
    target.tried(octets)
    return process_time() - began


def _memory(target: Target, blown: Blown) -> float:
    octets = blown.of_size(SIZES[1])
    gc.collect()
    tracemalloc.start()
    try:
        target.tried(octets)
        return tracemalloc.get_traced_memory()[1] / len(octets)
    finally:
        tracemalloc.stop()
