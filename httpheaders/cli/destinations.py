"""
Where output goes: standard output, or a file that appears whole or not at all.

A file named with `--output` is written beside its place and renamed at the end: whoever reads it
sees the old one whole, or the new one whole, and of two who write it at once, one whole.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from httpheaders.errors import InputError

__all__ = [
    "Destination",
    "FileDestination",
    "StandardOutput",
    "destination_at",
    "is_standard_output",
    "remove_unfinished",
]

# What is collected before it is sent on even if nobody has asked.
_MOST_COLLECTED = 1 << 16
# A pipe takes this much whole or not at all, and no interruption tears it (PIPE_BUF).
_NEVER_TORN = 4096
# What an option may call standard output; a process that had it closed has no /dev/stdout.
_STANDARD_OUTPUT = {None, "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}


class Destination:
    """
    Where output goes; also a binary stream for commands that pass octets through.

    Errors of writing carry the name of what was written to. As a context it is completed at the
    end, or left as it was on an error.
    """

    name: str

    def __init__(self, name: str, stream: Any) -> None:
        self.name = name
        self._stream = stream
        self._collected: list[bytes] = []
        self._size = 0

    def __enter__(self) -> Destination:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()

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

    def _send(self) -> None:
        octets = b"".join(self._collected)
        self._collected.clear()
        self._size = 0
        if self._stream is None:
            raise InputError(f"{self.name} is closed: nothing can be written")
        with self._named_errors():
            if len(octets) <= _NEVER_TORN:
                self._send_all(octets)
                return
            with _interrupted_afterwards():
                self._send_all(octets)

    def _send_all(self, octets: bytes) -> None:
        """Write it all, however little of it is taken at a time."""
        rest = memoryview(octets)
        while rest:
            taken: int | None = self._stream.write(rest)
            if taken is None:  # it does not block: another process wants it so
                _wait_for_room(self._stream)
            else:
                rest = rest[taken:]

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            error.filename = self.name
            raise

    def commit(self) -> None:
        """Say that the output is complete."""
        self.flush()

    def discard(self) -> None:
        """Say that the output is not to be kept, where that is possible."""

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads it."""
        return False


def _wait_for_room(stream: Any) -> None:
    from select import select

    select([], [stream], [])


@contextmanager
def _interrupted_afterwards() -> Iterator[None]:
    """
    Put Ctrl-C off until what is being written is out, so that no line is left torn.

    Where nobody takes it, a second one ends it at once.
    """
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    is_interrupted = False

    def note(number: int, frame: object) -> None:
        nonlocal is_interrupted
        is_interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if is_interrupted:
        raise KeyboardInterrupt


class StandardOutput(Destination):
    """The process's standard output."""

    def __init__(self) -> None:
        # None when the process was started with it closed.
        buffered = getattr(sys.stdout, "buffer", None)
        super().__init__("<stdout>", getattr(buffered, "raw", buffered))

    @property
    def is_terminal(self) -> bool:
        return self._stream is not None and bool(self._stream.isatty())


def is_standard_output(path: str | None) -> bool:
    """Say whether an option that has this value, or none, names standard output."""
    return path in _STANDARD_OUTPUT


def destination_at(path: str | None, *, private: bool = False) -> Destination:
    """
    Give the place of a name, which is standard output for None and `-`.

    Args:
        path: as an option has it.
        private: whether a file is for its owner alone, even where an old one was not.

    Raises:
        OSError: it cannot be written there.
    """
    if path is None or is_standard_output(path):
        return StandardOutput()
    return FileDestination(path, new_mode=0o600 if private else 0o666, keeps_mode=not private)


class FileDestination(Destination):
    """
    A file that appears whole, by a rename, or not at all.

    A link stays a link: what it points to is replaced, and keeps its permissions and, as far as the
    process may, its owner. What is no file, a FIFO or a device, has no place to rename to and is
    written as it is; so is an open descriptor, `/dev/fd/3`, which others may be writing too.

    Args:
        path: of the file.
        new_mode: the permissions of one that was not there, less the process's mask.
        keeps_mode: whether one that was there keeps its own.
    """

    def __init__(self, path: str, *, new_mode: int = 0o666, keeps_mode: bool = True) -> None:
        super().__init__(path, None)
        self._temporary: str | None = None
        with self._named_errors():
            old = _status(path)
            descriptor = _descriptor(path)
            if descriptor is not None:
                self._stream = open(os.dup(descriptor), "wb", buffering=0)  # noqa: SIM115
            elif old is not None and not stat.S_ISREG(old.st_mode):
                self._stream = open(path, "wb", buffering=0)  # noqa: SIM115 - closed at the end
            else:
                self._target = os.path.realpath(path)
                try:
                    self._stream = self._beside(old, new_mode, keeps_mode)
                except BaseException:
                    self.discard()
                    raise

    def _beside(self, old: os.stat_result | None, new_mode: int, keeps_mode: bool) -> Any:
        folder, name = os.path.split(self._target)
        # Hidden, so that no pattern finds it half written; cut, so that its own name fits.
        begun = f".{os.fsdecode(os.fsencode(name)[:200])}.{os.urandom(6).hex()}.part"
        self._temporary = os.path.join(folder, begun)
        _unfinished.add(self._temporary)
        _remove_unfinished_when_terminated()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        if old is None or not keeps_mode:
            descriptor = os.open(self._temporary, flags, new_mode)
        else:
            descriptor = os.open(self._temporary, flags, 0o600)
            _give(descriptor, old)
            # Whoever rewrites a file that ran with its owner's rights takes those away.
            os.chmod(descriptor, old.st_mode & 0o777)
        return open(descriptor, "wb", buffering=0)

    def commit(self) -> None:
        try:
            self.flush()
            with self._named_errors():
                self._stream.close()
                if self._temporary is not None:
                    os.replace(self._temporary, self._target)
                    _unfinished.discard(self._temporary)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        # What cannot be removed or closed is no worse for it: why is known already.
        if self._temporary is not None:
            with suppress(OSError):
                os.unlink(self._temporary)
            _unfinished.discard(self._temporary)
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        if os.path.basename(path):
            return None
        raise  # nothing at all, or a directory that is not there


def _descriptor(path: str) -> int | None:
    """Give the open descriptor that a path names."""
    if path == "/dev/stderr":
        return 2
    folder, _, name = path.rpartition("/")
    is_one = folder in ("/dev/fd", "/proc/self/fd") and name.isascii() and name.isdigit()
    return int(name) if is_one and len(name) < 10 else None


def _give(descriptor: int, old: os.stat_result) -> None:
    """Give a new file to the owner and group of the old one, or to its group alone."""
    if (old.st_uid, old.st_gid) == (os.geteuid(), os.getegid()):
        return
    for owner in (old.st_uid, -1):
        try:
            os.chown(descriptor, owner, old.st_gid)
        except OSError:
            continue
        return


# --- termination --------------------------------------------------------------------------------

_unfinished: set[str] = set()


def remove_unfinished() -> None:
    """Remove what is half written, wherever an interruption came in between."""
    for path in _unfinished:
        with suppress(OSError):
            os.unlink(path)


def _remove_unfinished_when_terminated() -> None:
    """See to it that a process that is asked to end leaves nothing half written behind."""
    import signal

    owner = os.getpid()

    def leave(number: int, frame: object) -> None:
        if os.getpid() == owner:  # and not a child that an application started
            remove_unfinished()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, leave)
