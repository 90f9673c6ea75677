"""The fuzzers themselves: a short run over every target, and that they find what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fuzzing.targets import TARGETS

pytest.importorskip("atheris", reason="coverage-guided fuzzing needs atheris: '.[fuzz]'")

ROOT = Path(__file__).parent.parent.parent
RUNS = 50


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fuzzing", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.mark.once
def test_a_short_run_finds_nothing():
    done = fuzz("--runs", str(RUNS), "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [re.split(r" {2,}", line.strip()) for line in done.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == list(TARGETS)
    for name, executions, coverage, findings in rows:
        assert int(executions) >= RUNS, name
        assert int(coverage) > 0, name
        assert findings == "0", name


BROKEN = """
import sys
from fuzzing import target, targets

def broken(octets):
    if octets[:3] == b'{"}':
        raise KeyError('found')

targets.TARGETS['broken'] = target.Target('broken', broken, ())
from fuzzing.session import main
main()
"""


def test_what_is_wrong_is_kept_with_its_place(tmp_path):
    place = tmp_path / "0"
    for folder in ("corpus", "seeds", "finds"):
        (place / folder).mkdir(parents=True)
    for number, seed in enumerate((b'{"} and more', b'{"}', b"{}")):
        (place / "seeds" / str(number)).write_bytes(seed)
    subprocess.run(
        [sys.executable, "-c", BROKEN, str(tmp_path), "-runs=1", "--", "broken"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=300,
    )
    (found,) = (place / "finds").glob("*.input")
    assert found.read_bytes() == b'{"}'
    assert "KeyError: 'found'" in found.with_suffix(".txt").read_text()


def test_targets_are_chosen_by_pattern():
    done = fuzz("--list", "syntax.dates.*")
    assert done.stdout.split() == [
        "syntax.dates.parse_http_date",
        "syntax.dates.read_http_date",
        "syntax.dates.parse_iso_date",
    ]
    assert fuzz("no-such-target").returncode == 2
