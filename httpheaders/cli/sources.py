"""
Where input comes from: standard input, or a file that was named.

What cannot be read is named in the error, whoever reads it. Nothing is buffered here: whoever reads
on is another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cli.reading import Input

__all__ = ["opened_file", "read_file", "standard_input"]

# A file smaller than this is read before a progress bar could be looked at.
_LARGE_FILE = 1 << 26
# How much is asked for at once: as much as a pipe holds; no more than a disk is quick with.
_CHUNK = 1 << 16
_LARGEST_CHUNK = 1 << 20


class _Source:
    """An unbuffered stream that waits for what is to come, and names itself in its errors."""

    def __init__(self, name: str, stream: Any, told: Callable[[int], None] | None = None) -> None:
        self._name = name
        self._stream = stream
        self._told = told

    def read1(self, size: int, /) -> bytes:
        try:
            octets: bytes | None = self._stream.read(size)
            while octets is None:  # it does not block: another process wants it so
                _wait_for_input(self._stream)
                octets = self._stream.read(size)
        except OSError as error:
            error.filename = self._name
            raise
        if self._told is not None:
            self._told(len(octets))
        return octets

    def read(self, size: int = -1, /) -> bytes:
        parts = []
        while size:
            part = self.read1(_CHUNK if size < 0 else min(size, _LARGEST_CHUNK))
            if not part:
                break
            parts.append(part)
            size -= len(part) if size > 0 else 0
        return b"".join(parts)


def _wait_for_input(stream: Any) -> None:
    from select import select

    select([stream], [], [])


def standard_input(missing: str | None, *, is_asked_for: bool) -> Input:
    """
    Give the process's standard input.

    Args:
        missing: what the question lacks, to say when there is nothing to read it from.
        is_asked_for: whether `-` asked for it, so that a terminal will do.

    Raises:
        InputError: there is none: a terminal nobody asked for, or a closed stream.
    """
    buffered = getattr(sys.stdin, "buffer", None)
    needed = missing or "the input"
    if buffered is None:
        raise InputError(f"missing {needed}, and standard input is closed")
    if not is_asked_for and buffered.isatty():
        raise InputError(f"missing {needed}: give it as an option, or pipe it in")
    return _Source("<stdin>", getattr(buffered, "raw", buffered))


@contextmanager
def opened_file(path: str) -> Iterator[Input]:
    """
    Open the file of a name; a person who waits for a big one is shown a bar.

    Raises:
        OSError: it cannot be read; also later, from the stream.
    """
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size < _LARGE_FILE or sys.stderr is None or not sys.stderr.isatty():
            yield _Source(path, file)
            return
        import click

        with click.progressbar(length=size, label="reading", file=sys.stderr) as bar:
            yield _Source(path, file, bar.update)


def read_file(path: str, *, limit: int) -> bytes:
    """
    Read a file that an option names, at once.

    Raises:
        InputError: it is longer than it can sensibly be, in octets; so is a device without an end.
        OSError: it cannot be read.
    """
    from httpheaders.small_files import read_at_most  # late: few options name files

    octets = read_at_most(limit, path)
    if octets is None:
        raise InputError(f"{path}: expected at most {limit} octets")
    return octets
