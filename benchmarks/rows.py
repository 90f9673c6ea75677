"""One comparison of a measurement: ours against a named peer's, side by side in one run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["Row", "Table", "cpu_seconds"]


class Row(NamedTuple):
    """
    One comparison.

    Attributes:
        what: the work that both do.
        ours, peer: what it costs each, in `unit`; less is better.
        ratio: the peer's cost over ours: above 1, we are the faster.
        goal: the ratio to reach, where one was set.
    """

    what: str
    ours: float
    peer_name: str
    peer: float
    ratio: float
    unit: str = "s"
    goal: float | None = None


# The rows of one module: of `Row`, or of a named tuple of its own with a `table` for them.
Table = Sequence[Any]


def cpu_seconds(command: Sequence[str], stdin: bytes = b"", output: str = os.devnull) -> float:
    """Give the processor time of a whole process: other load on the machine hardly changes it."""
    with open(output, "wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None
        with process.stdin as pipe:
            pipe.write(stdin)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return used.ru_utime + used.ru_stime
