"""Run the fuzzers and print a table: `python -m fuzzing --help`."""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import fuzzing
from fuzzing.targets import TARGETS
from fuzzing.tokens import dictionary

# An input that takes longer, or an amount of memory beyond this, is a finding too.
MOST_SECONDS = 20
MOST_MEBIBYTES = 2048
LONGEST = 4000


class Outcome(NamedTuple):
    """
    What came of fuzzing one target.

    Attributes:
        executions: how many inputs were run.
        coverage: how many branches were reached.
        findings: for each, what came out, and the input.
    """

    name: str
    executions: int
    coverage: int
    findings: list[tuple[str, bytes]]


def main() -> int:
    """Fuzz the targets that were named, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzzing",
        description=fuzzing.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="a name, or a pattern with *")
    parser.add_argument("--seconds", type=int, default=10, help="for each target; 10")
    parser.add_argument("--runs", type=int, help="inputs for each target, in place of seconds")
    parser.add_argument("--seed", type=int, help="begin with this chance, the same in every run")
    parser.add_argument("--corpus", metavar="DIR", help="keep what was found to be of use in DIR")
    parser.add_argument("--list", action="store_true", help="print the names of all targets")
    arguments = parser.parse_args()
    names = [n for n in TARGETS if any(fnmatch(n, p) for p in arguments.targets or ["*"])]
    if not names:
        parser.error(f"no such target; known are {', '.join(TARGETS)}")
    if arguments.list:
        print("\n".join(names))
        return 0
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is missing: pip install '.[fuzz]'")
    limit = f"-runs={arguments.runs}" if arguments.runs else f"-max_total_time={arguments.seconds}"
    limits = [limit] if arguments.seed is None else [limit, f"-seed={arguments.seed}"]
    width = max(map(len, names))
    print(f"{'target':{width}}  executions  coverage  findings")
    found = 0
    for outcome in fuzz(names, limits, Path(arguments.corpus) if arguments.corpus else None):
        found += len(outcome.findings)
        counts = f"{outcome.executions:10}  {outcome.coverage:8}  {len(outcome.findings):8}"
        print(f"{outcome.name:{width}}  {counts}", flush=True)
        for message, octets in outcome.findings:
            print(f"    {octets[:400]!r}\n    {message}", flush=True)
    return 1 if found else 0


def fuzz(
    names: Sequence[str], limits: Sequence[str], corpora: Path | None = None
) -> Iterator[Outcome]:
    """
    Fuzz targets, one after the other, and give what came of each.

    Args:
        names: of the targets.
        limits: libFuzzer's flags for when to stop, and by which chance.
        corpora: where inputs that reach something new are kept from one time to the next.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tokens").write_text(dictionary())
        for number, name in enumerate(names):
            _lay_out(Path(folder, str(number)), name, corpora)
        flags = [
            *(*limits, f"-timeout={MOST_SECONDS}", f"-rss_limit_mb={MOST_MEBIBYTES}"),
            *(f"-max_len={LONGEST}", f"-dict={folder}/tokens", "-print_final_stats=1"),
        ]
        session = [sys.executable, "-m", "fuzzing.session", folder, *flags, "--", *names]
        with open(Path(folder, "log"), "w+b") as log:
            running = subprocess.Popen(
                session, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
            with running:
                assert running.stdout is not None
                for line in running.stdout:
                    number, status = map(int, line.split())
                    yield _outcome(names[number], Path(folder, str(number)), status)
            if running.returncode:
                log.seek(0)
                raise SystemExit(log.read()[-2000:].decode("utf-8", "replace"))


def _lay_out(place: Path, name: str, corpora: Path | None) -> None:
    for directory in ("seeds", "finds"):
        (place / directory).mkdir(parents=True)
    if corpora is None:
        (place / "corpus").mkdir()
    else:
        kept = (corpora / re.sub(r"[^\w.-]+", "_", name)).resolve()
        kept.mkdir(parents=True, exist_ok=True)
        (place / "corpus").symlink_to(kept)
    for number, seed in enumerate(TARGETS[name].seeds):
        (place / "seeds" / str(number)).write_bytes(seed)


def _outcome(name: str, place: Path, status: int) -> Outcome:
    told = (place / "log").read_text("utf-8", "replace")
    findings = [
        (kept.with_suffix(".txt").read_text("utf-8"), kept.read_bytes())
        for kept in sorted((place / "finds").glob("*.input"))
    ]
    findings += [
        (kept.name.partition("-")[0], kept.read_bytes())  # "timeout", "oom", "crash"
        for kept in sorted((place / "finds").glob("*-*"))
    ]
    if status and not findings:
        findings = [(f"the fuzzer ended with {status}: {told[-600:]}", b"")]
    executions = re.search(r"stat::number_of_executed_units: ([0-9]+)", told)
    coverage = re.findall(r"cov: ([0-9]+)", told)
    return Outcome(
        name,
        int(executions[1]) if executions else 0,
        int(coverage[-1]) if coverage else 0,
        findings,
    )


if __name__ == "__main__":
    sys.exit(main())
