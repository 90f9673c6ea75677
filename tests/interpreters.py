"""
The Pythons of this machine that the package promises to run on.

`python -m tests.interpreters` prints those other than itself, one path a line; a missing one is
named on standard error.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
_ASKED = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"


@functools.cache
def interpreter(version: str) -> str | None:
    """Give the path of an interpreter that can make environments, "3.12"; None: there is none."""
    return next((path for path in _candidates(version) if _is(path, version)), None)


def _candidates(version: str) -> Iterator[str]:
    if version == THIS:
        yield sys.executable
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for found in sorted(pyenv.glob(f"versions/{version}*/bin/python{version}"), reverse=True):
        yield str(found)


def _is(path: str, version: str) -> bool:
    # What stands on the PATH may be a shim for an interpreter that is not there.
    done = subprocess.run([path, "-c", _ASKED], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == version


if __name__ == "__main__":
    for supported in SUPPORTED:
        if supported == THIS:
            continue
        place = interpreter(supported)
        if place is None:
            print(f"there is no Python {supported} here", file=sys.stderr)
        else:
            print(place)
