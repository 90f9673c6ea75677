"""Runs the installed program as a shell would, with full control over its streams."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
# Taken before a process that runs as root may read and write whatever it likes.
ORDINARY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
PROGRAM = str(BIN / "httpheaders")
# Far longer than any run takes: only a program that waits for ever meets it.
PATIENCE = 60


def environment(**changes: str) -> dict[str, str]:
    """Give the environment of the tests with the program on the PATH."""
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **changes}


def run(
    *arguments: str, stdin: bytes | None = b"", **options: object
) -> subprocess.CompletedProcess[bytes]:
    """Run the program to its end; the input is bytes, and so is all output."""
    return subprocess.run(
        [PROGRAM, *arguments],
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        env=environment(),
        check=False,
        **options,  # type: ignore[call-overload]
    )


def as_ordinary_user(*command: str) -> list[str]:
    """Give a command that meets permissions as everybody does, or skip the test."""
    if os.geteuid() != 0:
        return list(command)
    if shutil.which(ORDINARY[0]) is None or subprocess.run([*ORDINARY, "true"]).returncode:
        pytest.skip("root reads and writes everything, and setpriv cannot change that here")
    return [*ORDINARY, *command]


def interruptible() -> None:
    """Let a child be interrupted and hung up, as what runs in the background or by nohup is not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def shell(command: str, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line as bash would, for what only a shell can say: `>&-`, `| head -1`."""
    return subprocess.run(
        ["bash", "-c", command],
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        env=environment(**changes),
        check=False,
    )


def has_gnu_parallel() -> bool:
    """Say whether `parallel` is the one of GNU: another program has that name too."""
    if shutil.which("parallel") is None:
        return False
    done = subprocess.run(["parallel", "--version"], capture_output=True, check=False)
    return done.stdout.startswith(b"GNU parallel")


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """Start the program with a pipe for each stream, so that it can be interrupted."""
    return subprocess.Popen(
        [PROGRAM, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=interruptible,
    )
