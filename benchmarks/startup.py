"""
Start-up of the whole program, from the shell's point of view.

Everything is installed, not editable, in one fresh virtual environment: this project, and an empty
click program with one command. The contestants take turns, and medians of the processor's time
are compared.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.rows import Row, cpu_seconds

__all__ = ["measure"]

ROOT = Path(__file__).parent.parent
DUMP = ROOT / "tests" / "data" / "dumps" / "curl_i.txt"
TURNS = 21

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


def measure(turns: int = TURNS) -> list[Row]:
    """Time the program against the empty one, the bare interpreter, jc and httplint."""
    with tempfile.TemporaryDirectory() as folder:
        binaries = _installed(Path(folder))
        python, program = str(binaries / "python"), str(binaries / "httpheaders")
        ours = {name: [program, *arguments] for name, arguments in OURS.items()}
        peers = {
            "an empty click program": [str(binaries / "emptyclick"), "hello"],
            "python -c pass": [python, "-c", "pass"],
            "jc --http-headers": [str(binaries / "jc"), "--http-headers"],
            "httplint": [str(binaries / "httplint")],
        }
        times = _take_turns({**ours, **peers}, turns)
    return [
        Row(name, times[name], peer, times[peer], times[peer] / times[name], goal=_goal(peer))
        for name in ours
        for peer in peers
    ]


def _goal(peer: str) -> float | None:
    return 1 / 1.15 if peer == "an empty click program" else None


def _installed(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    empty = folder / "empty"
    empty.mkdir()
    for name, text in EMPTY_PROGRAM.items():
        (empty / name).write_text(text)
    binaries = folder / "venv" / "bin"
    install = [binaries / "pip", "install", "--quiet", str(ROOT), str(empty), "jc", "httplint"]
    subprocess.run(install, check=True)
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
