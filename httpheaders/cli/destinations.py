"""
Where output goes: standard output, or a file that appears whole or not at all.

A file named with `--output` is written beside its place and renamed at the end: whoever reads it
sees the old one whole, or the new one whole.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from httpheaders.errors import InputError

__all__ = ["Destination", "FileDestination", "StandardOutput"]


class _named:  # noqa: N801 - reads as a verb; a plain class, for it stands around every write
    """Give the errors of writing the name of what was written to."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and error.filename is None:
            error.filename = self._name


class Destination:
    """Where output goes; also a binary stream for commands that pass octets through."""

    name: str

    def write(self, octets: bytes) -> None:
        """Take octets; they may wait for `flush`."""
        raise NotImplementedError

    def flush(self) -> None:
        """Send on what has been written."""
        raise NotImplementedError

    def commit(self) -> None:
        """Say that the output is complete."""
        self.flush()

    def discard(self) -> None:
        """Say that the output is not to be kept, where that is possible."""

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads it."""
        return False


class StandardOutput(Destination):
    """The process's standard output."""

    name = "<stdout>"

    def __init__(self) -> None:
        # None when the process was started with it closed.
        self._stream: BinaryIO | None = getattr(sys.stdout, "buffer", None)

    def write(self, octets: bytes) -> None:
        if self._stream is None:
            raise InputError("standard output is closed: nothing can be written")
        with _named(self.name):
            self._stream.write(octets)

    def flush(self) -> None:
        if self._stream is not None:
            with _named(self.name):
                self._stream.flush()

    @property
    def is_terminal(self) -> bool:
        return self._stream is not None and self._stream.isatty()


class FileDestination(Destination):
    """A file that appears whole, by a rename, or not at all."""

    def __init__(self, path: str) -> None:
        self.name = path
        if os.path.exists(path) and not os.path.isfile(path):
            # A FIFO or a device has no place to rename to.
            self._temporary = None
            self._stream = open(path, "wb")  # noqa: SIM115 - closed by commit or discard
            return
        # A link stays a link: what it points to is replaced.
        self._path = os.path.realpath(path)
        self._temporary = f"{self._path}.{os.getpid()}.part"
        mode = os.stat(self._path).st_mode & 0o7777 if os.path.exists(self._path) else 0o666
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._stream = os.fdopen(os.open(self._temporary, flags, mode), "wb")

    def write(self, octets: bytes) -> None:
        with _named(self.name):
            self._stream.write(octets)

    def flush(self) -> None:
        with _named(self.name):
            self._stream.flush()

    def commit(self) -> None:
        with _named(self.name):
            self._stream.close()
        if self._temporary is not None:
            os.replace(self._temporary, self._path)

    def discard(self) -> None:
        if self._temporary is not None:
            os.unlink(self._temporary)
            self._temporary = None
        self._stream.close()
