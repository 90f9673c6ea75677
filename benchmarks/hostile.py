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
from itertools import pairwise
from time import process_time
from typing import NamedTuple

from fuzzing.target import Target
from fuzzing.targets import TARGETS
from fuzzing.worst import WORST, Blown, worst_of

__all__ = ["HostileRow", "measure", "table"]

SIZES = 10_000, 100_000, 1_000_000
# Twice what a cost in proportion to the length grows by.
SUSPECT = 20.0
# Below this, what is measured is the clock.
LEAST = 2e-4


class HostileRow(NamedTuple):
    """
    One input of one target.

    Attributes:
        target: its name.
        input: what is repeated.
        seconds: for each of the sizes.
        growth: from each size to the next.
        memory: octets held at most per octet of input.
        linear: whether it grows in proportion from 100 kB to 1 MB.
    """

    target: str
    input: str
    seconds: tuple[float, ...]
    growth: tuple[float, ...]
    memory: float
    linear: bool


def measure() -> list[HostileRow]:
    """Find the worst input of each target, and measure it."""
    rows: list[HostileRow] = []
    heads = "".join(f"{size // 1000:>7} kB" for size in SIZES)
    print(f"  {'target':56} {'repeated':40} {heads} {'growth':>17} {'memory':>9}", flush=True)
    for target in TARGETS.values():
        rows.append(_row(target, _worst(target)))
        print(_line(rows[-1]), flush=True)
    return rows


def table(rows: list[HostileRow]) -> str:
    """Sum the rows up; each was printed when it was measured, as all of them take minutes."""
    slow = [row.target for row in rows if not row.linear]
    dearest = max(rows, key=lambda row: row.seconds[-1])
    hungriest = max(rows, key=lambda row: row.memory)
    return (
        f"  {len(rows)} targets; not in proportion: {', '.join(slow) or 'none'}\n"
        f"  most time for 1 MB: {dearest.seconds[-1]:.2f} s, {dearest.target}\n"
        f"  most memory for an octet: {hungriest.memory:.0f} octets, {hungriest.target}"
    )


def _line(row: HostileRow) -> str:
    times = "".join(f"{1000 * one:10.2f}" for one in row.seconds)
    growth = "".join(f"{one:7.1f}" for one in row.growth)
    mark = "" if row.linear else "  not in proportion"
    return f"  {row.target[:56]:56} {row.input:40} {times} ms {growth} x {row.memory:7.1f} B{mark}"


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


def _row(target: Target, blown: Blown) -> HostileRow:
    seconds = tuple(
        _cost(target, blown, size, rounds) for size, rounds in zip(SIZES, (5, 3, 1), strict=True)
    )
    growth = tuple(after / max(before, LEAST) for before, after in pairwise(seconds))
    memory = _memory(target, blown)
    return HostileRow(
        target.name, str(blown), seconds, growth, memory, linear=growth[-1] <= SUSPECT
    )


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
