"""
Where output goes: standard output, or a file that appears whole or not at all.

A file named with `--output` is written beside its place and renamed at the end: whoever reads it
sees the old one whole, or the new one whole.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import BinaryIO

from httpheaders.errors import InputError

__all__ = ["Destination", "FileDestination", "StandardOutput"]


# What is collected before it is sent on even if nobody has asked.
_MOST_COLLECTED = 1 << 16


class Destination:
    """
    Where output goes; also a binary stream for commands that pass octets through.

    Errors of writing carry the name of what was written to.
    """

    name: str

    def __init__(self, name: str, stream: BinaryIO | None) -> None:
        self.name = name
        self._stream = stream
        self._collected: list[bytes] = []
        self._size = 0

    def write(self, octets: bytes) -> None:
        """Take octets; they may wait for `flush`."""
        self._collected.append(octets)
        self._size += len(octets)
        if self._size > _MOST_COLLECTED:
            self._send()

    def flush(self) -> None:
        """Send on what has been written."""
        if self._size:
            self._send()
        try:
            if self._stream is not None:
                self._stream.flush()
        except OSError as error:
            raise self._named(error) from None

    def _send(self) -> None:
        octets = b"".join(self._collected)
        self._collected.clear()
        self._size = 0
        if self._stream is None:
            raise InputError(f"{self.name} is closed: nothing can be written")
        try:
            self._stream.write(octets)
        except OSError as error:
            raise self._named(error) from None

    def _named(self, error: OSError) -> OSError:
        error.filename = self.name
        return error

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

    def __init__(self) -> None:
        # None when the process was started with it closed.
        super().__init__("<stdout>", getattr(sys.stdout, "buffer", None))

    @property
    def is_terminal(self) -> bool:
        return self._stream is not None and self._stream.isatty()


class FileDestination(Destination):
    """A file that appears whole, by a rename, or not at all."""

    def __init__(self, path: str, *, new_mode: int = 0o666) -> None:
        self._temporary: str | None = None
        if os.path.exists(path) and not os.path.isfile(path):
            # A FIFO or a device has no place to rename to.
            self._file: BinaryIO = open(path, "wb")  # noqa: SIM115 - closed at the end
        else:
            # A link stays a link: what it points to is replaced.
            self._path = os.path.realpath(path)
            self._temporary = f"{self._path}.{os.getpid()}.part"
            mode = os.stat(self._path).st_mode & 0o7777 if os.path.exists(self._path) else new_mode
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._file = os.fdopen(os.open(self._temporary, flags, mode), "wb")
        super().__init__(path, self._file)

    def commit(self) -> None:
        self.flush()
        self._file.close()
        if self._temporary is not None:
            os.replace(self._temporary, self._path)

    def discard(self) -> None:
        if self._temporary is not None:
            os.unlink(self._temporary)
        # What is still buffered goes nowhere; that it cannot be written is known already.
        with suppress(OSError):
            self._file.close()
