"""
A million lines through `httpheaders negotiate`: one process, and the engines that people have.

The time is that of the clock on the wall, the engine's start included, for it is what more cores
are bought for: on a machine with other work to do it tells little. Where an engine is missing, that
is said, and the others are measured.
"""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter

from benchmarks.rows import Row
from tests.cli.program import environment, has_gnu_parallel
from tests.local_spark import spark_command, spark_environment, why_not
from tests.many_lines import COUNT, OFFERS, questions

__all__ = ["measure"]

JOBS = 2
NEGOTIATE = shlex.join(["httpheaders", "negotiate", *OFFERS, "--lines"])


def measure(count: int = COUNT) -> list[Row]:
    """Time every engine that is installed, on two cores, against one process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open(folder / "lines", "w", encoding="utf-8") as lines:
            lines.writelines(f"{line}\n" for line in questions(count))
        alone = _seconds(["sh", "-c", f"{NEGOTIATE} < lines > one"], folder, environment())
        rows = []
        for engine, command, variables, answers in _engines(folder):
            taken = _seconds(command, folder, variables)
            if _answered(folder, answers) != count:
                raise RuntimeError(f"{engine} did not answer every line")
            what = f"a line of {count}, {engine}"
            rows.append(Row(what, taken / count, "one process", alone / count, alone / taken))
    return rows


def _engines(folder: Path) -> Iterator[tuple[str, list[str], Mapping[str, str], str]]:
    if has_gnu_parallel():
        split = f"parallel --pipe --keep-order --jobs {JOBS} --block 5M"
        command = ["sh", "-c", f"{split} {NEGOTIATE} < lines > parallel"]
        yield f"GNU parallel, {JOBS} jobs", command, environment(), "parallel"
    else:
        print("  not measured: GNU parallel is not installed")
    if missing := why_not():
        print(f"  not measured: {missing}")
        return
    for how, engine in (("pipe", "rdd.pipe"), ("library", "mapPartitions")):
        command = spark_command(folder / "scratch", how, "lines", how)
        yield f"Spark {engine}, local[2]", command, spark_environment(), f"{how}/part-*"


def _seconds(command: list[str], folder: Path, variables: Mapping[str, str]) -> float:
    began = perf_counter()
    # Bad lines are among them, so a status of 2 is right; that all were answered is seen below.
    subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False)
    return perf_counter() - began


def _answered(folder: Path, pattern: str) -> int:
    return sum(part.read_bytes().count(b"\n") for part in folder.glob(pattern))
