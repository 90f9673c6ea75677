"""
Targets under atheris, one after the other, each in a process forked for it.

    python -m fuzzing.session FOLDER FLAG ... -- TARGET ...

libFuzzer never gives a process back; loading and instrumenting the package is done but once. For
each target FOLDER/NUMBER has `corpus` and `seeds`, and gets `log` and `finds`, a file for each
place that raised what it should not; then its number is printed.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import sys
import traceback
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["httpheaders", "http_sf"]):
    import http_sf  # noqa: F401

    import httpheaders

    # What commands import late must be instrumented as well.
    for module in pkgutil.walk_packages(httpheaders.__path__, "httpheaders."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

from fuzzing.target import Target
from fuzzing.targets import TARGETS


def main() -> None:
    """Fuzz each target until the flags say that it is enough."""
    folder, *rest = sys.argv[1:]
    separator = rest.index("--")
    for number, name in enumerate(rest[separator + 1 :]):
        child = os.fork()
        if child == 0:
            _fuzz(TARGETS[name], Path(folder, str(number)), rest[:separator])
        _, status = os.waitpid(child, 0)
        print(number, os.waitstatus_to_exitcode(status), flush=True)


def _fuzz(target: Target, place: Path, flags: list[str]) -> None:
    log = os.open(place / "log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    finds = place / "finds"

    def run(octets: bytes) -> None:
        error = target.tried(octets)
        if error is not None:
            _keep(finds, octets, error)

    folders = [f"-artifact_prefix={finds}/", str(place / "corpus"), str(place / "seeds")]
    atheris.Setup([sys.argv[0], *flags, *folders], run)
    atheris.Fuzz()


def _keep(folder: Path, octets: bytes, error: BaseException) -> None:
    """Keep the shortest input for each place that raised."""
    frames = traceback.extract_tb(error.__traceback__)
    told = re.findall(r"[a-z_]+[.]py:[0-9]+", str(error))  # where the program says that it failed
    place = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno} {told}"
    stem = sha256(place.encode("utf-8", "replace")).hexdigest()[:16]
    kept = folder / f"{stem}.input"
    if not kept.exists() or len(kept.read_bytes()) > len(octets):
        kept.write_bytes(octets)
        text = "".join(traceback.format_exception(error))
        (folder / f"{stem}.txt").write_text(text, encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
