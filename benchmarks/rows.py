"""
What a measurement gives: comparisons with a named peer, or a table with columns of its own.

Contestants take turns, so that all have the same luck with the machine, and the median of their
rounds counts, in the processor's time: other load changes it little.
"""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from time import process_time
from typing import NamedTuple

__all__ = ["Result", "Row", "Table", "compare", "cpu_seconds", "take_turns"]


class Row(NamedTuple):
    """
    One comparison.

    Attributes:
        what: the work that both do.
        ours, peer: what it costs each, in `unit`; less is better.
        ratio: the peer's cost over ours: above 1, we are the faster.
        goal: the ratio to reach, where one was set.
    """

    what: str
    ours: float
    peer_name: str
    peer: float
    ratio: float
    unit: str = "s"
    goal: float | None = None


class Table(NamedTuple):
    """
    Measurements that are no comparison with a peer.

    Attributes:
        headings: one for each column.
        lines: cells as they are printed, as many in each line as there are headings.
    """

    headings: Sequence[str]
    lines: Sequence[Sequence[str]]


Result = Row | Table


def compare(
    what: str,
    work: Mapping[str, Callable[[], object]],
    *,
    each: int = 1,
    rounds: int = 5,
    goal: float | None = None,
) -> Iterator[Row]:
    """
    Time contestants side by side.

    Args:
        what: the work that all do.
        work: the contestants; the first one is ours, the others are named as they are shown.
        each: how many answers one call gives.
        rounds: how often each has its turn.
        goal: the ratio to reach against each peer.

    Yields:
        For each peer a row, in seconds an answer.
    """
    (_, ours), *peers = take_turns(work, rounds=rounds).items()
    for name, peer in peers:
        yield Row(what, ours / each, name, peer / each, peer / ours, goal=goal)


def take_turns(work: Mapping[str, Callable[[], object]], *, rounds: int = 5) -> dict[str, float]:
    """Give the median processor time of one call of each, after one that does not count."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 1):
        for name, run in work.items():
            # What the others left behind is not to be collected in the middle of this one.
            gc.collect()
            begun = process_time()
            run()
            if number:
                times[name].append(process_time() - begun)
    return {name: median(taken) for name, taken in times.items()}


def cpu_seconds(command: Sequence[str], stdin: bytes = b"", output: str = os.devnull) -> float:
    """Give the processor time of a whole process: other load on the machine hardly changes it."""
    with open(output, "wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None
        with process.stdin as pipe:
            pipe.write(stdin)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return used.ru_utime + used.ru_stime
