"""
Start-up of the whole program, from the shell's point of view.

Everything is installed, not editable, in one fresh virtual environment: this project, and an empty
click program with one command. The contestants take turns, and medians of the processor's time
are compared.

Then every command, with its sample of use: what it imports beyond the empty program, how long that
takes by `-X importtime`, and, where valgrind is, how many instructions the whole run takes against
those of the empty program, which no other load on the machine changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.rows import Result, Row, Table, cpu_seconds
from tests.cli.samples import SAMPLES

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"turns": 5, "instructions": False}
HEADLINES = ("httpheaders negotiate",)

ROOT = Path(__file__).parent.parent
DUMP = ROOT / "tests" / "data" / "dumps" / "curl_i.txt"
TURNS = 21
IMPORT_TURNS = 5
EMPTY = "an empty click program"
# What a command may take, of what the empty program takes: for the whole run, and for importing
# what that one does not.
MOST = 1.15
MOST_IMPORTING = 0.35

EMPTY_PROGRAM = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n'
    'build-backend = "setuptools.build_meta"\n',
    "setup.cfg": "[metadata]\nname = emptyclick\nversion = 0\n[options]\npy_modules = emptyclick\n"
    "[options.entry_points]\nconsole_scripts =\n    emptyclick = emptyclick:cli\n",
    "emptyclick.py": "import click\n\n\n@click.group()\ndef cli():\n    pass\n\n\n"
    '@cli.command()\ndef hello():\n    click.echo("hello")\n',
}
OURS = {
    "httpheaders --version": ["--version"],
    "httpheaders negotiate": ["negotiate", "text/html", "text/plain", "--accept", "text/*;q=0.5"],
    "httpheaders get PATH FILE": ["get", "content-type", str(DUMP)],
    "httpheaders parse FILE": ["parse", str(DUMP)],
}


def measure(turns: int = TURNS, instructions: bool = True) -> list[Result]:
    """
    Time the program against the empty one, the bare interpreter, jc and httplint.

    Args:
        turns: how often each has its turn; the first does not count.
        instructions: whether they are counted, which takes a minute or two.
    """
    with tempfile.TemporaryDirectory() as folder:
        binaries = _installed(Path(folder))
        python, program = str(binaries / "python"), str(binaries / "httpheaders")
        ours = {name: [program, *arguments] for name, arguments in OURS.items()}
        empty = [str(binaries / "emptyclick"), "hello"]
        peers = {
            EMPTY: empty,
            "python -c pass": [python, "-c", "pass"],
            "jc --http-headers": [str(binaries / "jc"), "--http-headers"],
            "httplint": [str(binaries / "httplint")],
        }
        times = _take_turns({**ours, **peers}, turns)
        rows = [
            Row(name, times[name], peer, times[peer], times[peer] / times[name], goal=_goal(peer))
            for name in ours
            for peer in peers
        ]
        return [*rows, _every_command(python, program, empty, counts=instructions)]


def _every_command(python: str, program: str, empty: list[str], *, counts: bool) -> Table:
    """Tell what each command's sample imports and takes, against the empty program."""
    bare = _imports([python, *empty], b"")
    base = _instructions(empty, b"") if counts else None
    lines = []
    for sample in SAMPLES:
        for arguments, stdin in ((sample.alone, b""), (sample.piped, sample.question)):
            if arguments is None:
                continue
            command = [program, *sample.command.split(), *arguments]
            found = _imports([python, *command], stdin)
            beyond = {name: taken for name, taken in found.items() if name not in bare}
            ours = sum(name.startswith("httpheaders") for name in beyond)
            share = sum(beyond.values()) / sum(bare.values())
            taken = _instructions(command, stdin) if base else None
            lines.append(
                (
                    f"{sample.command}{' < input' if arguments is sample.piped else ''}",
                    str(ours),
                    str(len(beyond) - ours),
                    f"{sum(beyond.values()) / 1000:.1f} ms",
                    *_within(share, MOST_IMPORTING),
                    *_within(taken / base if taken and base else None, MOST),
                )
            )
    headings = (
        "", "our modules", "others", "importing", "/ empty program", f"at most {MOST_IMPORTING}",
        "instructions / empty program", f"at most {MOST}",
    )  # fmt: skip
    return Table(headings, lines)


def _within(share: float | None, most: float) -> tuple[str, str]:
    if share is None:
        return "", ""
    return f"{share:.2f}", "reached" if share <= most else "missed"


def _imports(command: list[str], stdin: bytes) -> dict[str, float]:
    """Give each module that a run imports, with the microseconds that it took by itself."""
    runs = [_importtime(command, stdin) for _ in range(IMPORT_TURNS)]
    return {name: median(run.get(name, 0.0) for run in runs) for name in runs[0]}


def _importtime(command: list[str], stdin: bytes) -> dict[str, float]:
    python, *rest = command
    done = subprocess.run(
        [python, "-X", "importtime", *rest], input=stdin, capture_output=True, check=True, cwd=ROOT
    )
    lines = [line for line in done.stderr.decode().splitlines() if line.startswith("import time:")]
    cells = [line.removeprefix("import time:").split("|") for line in lines[1:]]
    return {name.strip(): float(taken) for taken, _, name in cells}


def _instructions(command: list[str], stdin: bytes) -> int | None:
    """Count the instructions of a run; None without valgrind."""
    if shutil.which("valgrind") is None:
        return None
    with tempfile.NamedTemporaryFile() as log:
        counting = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        subprocess.run(
            [*counting, f"--log-file={log.name}", *command],
            input=stdin, stdout=subprocess.DEVNULL, check=True, cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        found = re.search(rb"Collected : ([0-9]+)", log.read())
    return int(found[1]) if found else None


def _goal(peer: str) -> float | None:
    return 1 / MOST if peer == EMPTY else None


def _installed(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    empty = folder / "empty"
    empty.mkdir()
    for name, text in EMPTY_PROGRAM.items():
        (empty / name).write_text(text)
    binaries = folder / "venv" / "bin"
    install = [binaries / "pip", "install", "--quiet", str(ROOT), str(empty), "jc", "httplint"]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    return binaries


def _take_turns(commands: dict[str, list[str]], turns: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in commands}
    dump = DUMP.read_bytes()
    for turn in range(turns + 1):
        for name, command in commands.items():
            taken = cpu_seconds(command, dump)
            if turn:  # the first one warms the disk's cache
                times[name].append(taken)
    return {name: median(all_taken) for name, all_taken in times.items()}
