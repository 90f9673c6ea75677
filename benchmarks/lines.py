"""
Lines per second through the program, against a bare loop over the standard json module.

The bare loop reads each line, does json.loads of it, and writes json.dumps of the very answer that
the program gave for it; the answers lie ready in memory, and only the loop is timed. The program is
timed as a whole process, its start included. Times are the processor's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.negotiation import BROWSERS, OFFERS, different_headers
from benchmarks.rows import Row, cpu_seconds

LINES = 50_000
ROUNDS = 3

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


def measure() -> list[Row]:
    """Time both on distinct fields and on what browsers send."""
    mixes = {
        "distinct fields": different_headers(LINES),
        "a browser mix": [BROWSERS[i % len(BROWSERS)] for i in range(LINES)],
    }
    return [row for name, accepts in mixes.items() for row in _measure_mix(name, accepts)]


def _measure_mix(name: str, accepts: list[str]) -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        lines, answers = Path(folder, "lines"), Path(folder, "answers")
        lines.write_text(
            "".join(json.dumps({"accept": a, "available": OFFERS}) + "\n" for a in accepts)
        )
        for what, python in _interpreters():
            program = [*python, "negotiate", "--input", str(lines)]
            cpu_seconds(program, output=str(answers))
            ours, bare = [], []
            for _ in range(ROUNDS):
                ours.append(cpu_seconds(program))
                loop = [sys.executable, "-c", BARE_LOOP, str(lines), str(answers)]
                bare.append(float(subprocess.run(loop, capture_output=True, check=True).stdout))
            mine, theirs = median(ours) / LINES, median(bare) / LINES
            work = f"a line of {name}{what}"
            rows.append(Row(work, mine, "a bare json loop", theirs, theirs / mine, goal=1 / 1.6))
    return rows


def _interpreters() -> list[tuple[str, list[str]]]:
    """With orjson, where it is installed, and as if it were not."""
    found = [(", standard json", [sys.executable, "-c", WITHOUT_ORJSON])]
    try:
        import orjson  # noqa: F401
    except ImportError:
        return found
    return [*found, (", with orjson", [sys.executable, "-m", "httpheaders"])]
