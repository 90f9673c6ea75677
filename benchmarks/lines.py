"""
Lines through the program, against a bare loop over the standard json module.

The bare loop reads each line, does json.loads of it, and writes json.dumps of the very answer that
the program gave for it; the answers lie ready in memory, and only the loop is timed. The program is
timed as a whole process, its start included. Times are the processor's.

Lines that come again, as most lines of a log do, are answered from memory; where each differs from
all others in what is asked, every answer is worked out.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.negotiation import BROWSERS, OFFERS, different_headers
from benchmarks.rows import Row, cpu_seconds

__all__ = ["HEADLINES", "QUICK", "measure"]

LINES = 100_000
ROUNDS = 3
QUICK = {"count": 50_000, "rounds": 1}
HEADLINES = ("negotiate, requests of browsers", "negotiate, each line another Accept")

# Reading, deciding and writing are to take no longer than the json module for reading and writing
# alone; without orjson 1.4 times that.
FAST_GOAL, PLAIN_GOAL = 1.0, 1 / 1.4

BARE_LOOP = """
import json, sys, time
with open(sys.argv[2]) as file:
    answers = [json.loads(line) for line in file]
with open(sys.argv[1]) as lines, open("/dev/null", "w") as out:
    began = time.process_time()
    for line, answer in zip(lines, answers):
        json.loads(line)
        out.write(json.dumps(answer) + "\\n")
    out.flush()
    print(time.process_time() - began)
"""

WITHOUT_ORJSON = """
import sys
sys.modules["orjson"] = None
from httpheaders.cli.start import run
run()
"""


class Stream(NamedTuple):
    """Lines of one kind and the command that answers them."""

    what: str
    command: tuple[str, ...]
    lines: list[dict[str, Any]]


def measure(count: int = LINES, rounds: int = ROUNDS) -> Iterator[Row]:
    """Time each stream with orjson, where it is installed, and as if it were not."""
    for stream in streams(count):
        yield from _measure_stream(stream, rounds)


def streams(count: int) -> list[Stream]:
    """Make that many questions for `negotiate`, a fifth of that for others; always the same."""
    dice = random.Random(1)
    fewer = range(count // 5)
    browsers = [
        {"accept": BROWSERS[number % len(BROWSERS)], "available": OFFERS} for number in range(count)
    ]
    numbered = [{"id": number, **line} for number, line in enumerate(browsers)]
    distinct = [{"accept": field, "available": OFFERS} for field in different_headers(count)]
    cookies = [{"cookie": f"sid={dice.getrandbits(64):x}; theme=dark"} for _ in fewer]
    origins = [{"origin": f"https://a{number}.example.com"} for number in fewer]
    responses = [_response(number, dice) for number in fewer]
    allow = ("--allow-origin", "https://*.example.com")
    return [
        Stream("negotiate, requests of browsers", ("negotiate",), browsers),
        Stream("negotiate, the same with an id each", ("negotiate",), numbered),
        Stream("negotiate, each line another Accept", ("negotiate",), distinct),
        Stream("cookie parse, each line another", ("cookie", "parse"), cookies),
        Stream("cors-check, each line another", ("cors-check", *allow), origins),
        Stream("get, each line another", ("get", "cache-control.max-age", "--json"), responses),
        Stream("cache-check, each line another", ("cache-check",), responses),
        Stream("parse, each line another", ("parse",), responses),
    ]


def _response(number: int, dice: random.Random) -> dict[str, Any]:
    fields = {
        "date": f"Sun, 22 Nov 2026 12:{number // 60 % 60:02}:{number % 60:02} GMT",
        "content-type": "text/html; charset=utf-8",
        "cache-control": f"public, max-age={dice.randrange(100_000)}",
        "etag": f'"{dice.getrandbits(48):x}"',
        "vary": "Accept-Encoding, Origin",
        "content-length": str(dice.randrange(100_000)),
    }
    return {"status": 200, "headers": {name: [value] for name, value in fields.items()}}


def _measure_stream(stream: Stream, rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        lines, answers = Path(folder, "lines"), Path(folder, "answers")
        lines.write_text("".join(json.dumps(line) + "\n" for line in stream.lines))
        for how, python, goal in _interpreters():
            program = [*python, *stream.command, "--input", str(lines)]
            cpu_seconds(program, output=str(answers))
            ours, bare = [], []
            for _ in range(rounds):
                ours.append(cpu_seconds(program))
                loop = [sys.executable, "-c", BARE_LOOP, str(lines), str(answers)]
                bare.append(float(subprocess.run(loop, capture_output=True, check=True).stdout))
            count = len(stream.lines)
            mine, theirs = median(ours) / count, median(bare) / count
            what = f"{stream.what}{how}"
            yield Row(what, mine, "json.loads and json.dumps", theirs, theirs / mine, goal=goal)


def _interpreters() -> Iterator[tuple[str, list[str], float]]:
    """With orjson, where it is installed, and as if it were not."""
    yield ", without orjson", [sys.executable, "-c", WITHOUT_ORJSON], PLAIN_GOAL
    try:
        import orjson  # noqa: F401
    except ImportError:
        return
    yield "", [sys.executable, "-m", "httpheaders"], FAST_GOAL
