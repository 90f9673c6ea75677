"""
Streaming gzip through the core, against gzip(1), at the same level, and the memory it takes.

Both read the same file and write to the null device, each as a process of its own, in turn; a round
of ours starts a fresh interpreter, whose start counts. With SIZE_MIB=4096 in the environment 4 GiB
go through; the routine run takes less, since speed does not depend on length.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.rows import Row, cpu_seconds

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"size": 8 << 20, "levels": (6,), "rounds": 1}
HEADLINES = ("gzip at level 6, zlib",)


MEMORY_BOUND = 64 << 20

# What a process of ours does: a file through a compressor in constant memory.
_STREAM = """
import sys
from httpheaders.content_codings import Compressor
stream = Compressor("gzip", level=int(sys.argv[2]), engine=sys.argv[3])
with open(sys.argv[1], "rb", buffering=0) as source, open("/dev/null", "wb", buffering=0) as target:
    while chunk := source.read(65536):
        if coded := stream.compress(chunk):
            target.write(coded)
    target.write(stream.finish())
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def sample(size: int, *, seed: int = 1) -> Iterator[bytes]:
    """Make that many octets of something like JSON, in pieces."""
    dice = random.Random(seed)
    words = [bytes(dice.choices(b"etaoinshrdlu", k=dice.randint(3, 9))) for _ in range(2000)]
    block = b"".join(
        b'{"id":%d,"name":"%s","text":"%s %s","price":%.2f}\n'
        % (n, *dice.choices(words, k=3), dice.random() * 1000)
        for n in range(40_000)
    )
    while size > 0:
        yield block[:size]
        size -= len(block)


def measure(
    size: int = int(os.environ.get("SIZE_MIB", "32")) << 20,
    levels: tuple[int, ...] = (1, 6, 9),
    rounds: int = 3,
) -> list[Row]:
    """
    Time both side by side, with each deflate engine that is installed.

    Args:
        size: octets to send through.
        levels: compression levels.
        rounds: how often each is timed; the median round counts.

    Returns:
        For each level and engine the seconds, and the octets made; at the end the largest resident
        memory of any round of ours in octets (as Linux tells it), against its bound.
    """
    from httpheaders.coding_engines import ENGINES, deflate_engine

    engines = ENGINES if deflate_engine() == ENGINES[0] else ENGINES[1:]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "sample")
        with source.open("wb") as file:
            file.writelines(sample(size))
        memory = 0
        for level in levels:
            for engine in engines:
                ours, peer, peak = _against_gzip(source, level, engine, rounds)
                memory = max(memory, peak)
                what = f"gzip at level {level}, {engine}"
                rows.append(Row(what, ours, "gzip(1)", peer, peer / ours, goal=1.0))
                rows.append(_sizes(source, level, engine))
    ratio = MEMORY_BOUND / memory
    rows.append(Row("peak memory", memory, "the bound", MEMORY_BOUND, ratio, "octets", 1.0))
    return rows


def _against_gzip(source: Path, level: int, engine: str, rounds: int) -> tuple[float, float, int]:
    """Give the processor time of ours and of gzip's process, and the largest memory of ours."""
    gzip = shutil.which("gzip") or "gzip"
    ours, peer, peak = [], [], 0
    with tempfile.NamedTemporaryFile() as told:
        for _ in range(rounds):
            command = [sys.executable, "-c", _STREAM, str(source), str(level), engine]
            ours.append(cpu_seconds(command, output=told.name))
            peak = max(peak, int(told.read()) * 1024)
            told.seek(0)
            peer.append(cpu_seconds([gzip, f"-{level}", "-c", str(source)]))
    return median(ours), median(peer), peak


def _sizes(source: Path, level: int, engine: str) -> Row:
    from httpheaders.content_codings import Compressor

    gzip = shutil.which("gzip") or "gzip"
    beginning = _read(source, 16 << 20)
    stream = Compressor("gzip", level=level, engine=engine)
    ours = len(stream.compress(beginning)) + len(stream.finish())
    peer = len(subprocess.run([gzip, f"-{level}"], input=beginning, capture_output=True).stdout)
    what = f"{len(beginning) >> 20} MiB at level {level}, {engine}, made"
    return Row(what, ours, "gzip(1)", peer, peer / ours, "octets")


def _read(source: Path, size: int) -> bytes:
    with source.open("rb") as file:
        return file.read(size)
