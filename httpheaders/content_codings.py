"""
Content codings put on and taken off, piece by piece: gzip, and br and zstd where installed.

The same input gives the same bytes, however it arrives in pieces: what is to be coded is gathered
into blocks of one size first, for some deflate engines let the seams of their input show. Nothing
here holds more than one block, one piece of output and the engine's own window.

Source: RFC 9110 section 8.4.1; the formats' own RFCs stand with their engines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from httpheaders.answer import Problem
from httpheaders.coding_engines import form_of
from httpheaders.errors import InputError, PolicyError
from httpheaders.syntax.field_values import canonical_coding

if TYPE_CHECKING:
    from httpheaders.coding_engines import Coder, Reader

__all__ = [
    "Compressor",
    "Decompressor",
    "compress",
    "decompress",
    "shown_octets",
]

# What goes into the engine at a time, and what comes out of a reader at most.
BLOCK_SIZE = 65536
PIECE_SIZE = 262144
# Input is read in slices: the rest behind a member's end is copied, and members may be tiny.
_SLICE_SIZE = 16384

# --- making -----------------------------------------------------------------------------------


class Compressor:
    """
    Code one stream: `compress` what comes, `flush` where the reader must not wait, `finish`.

    Args:
        coding: "gzip", "br" or "zstd".
        level: 1, the fastest, to 9, the smallest.
        engine: for gzip one of `ENGINES`; None takes the fastest that is installed.

    Raises:
        PolicyError: no such coding or level, or the package that it needs is not installed.

    Source: RFC 9110 section 8.4.1.

    >>> stream = Compressor("gzip")
    >>> octets = stream.compress(b"Hello, ") + stream.flush() + stream.compress(b"World!")
    >>> decompress(octets + stream.finish())
    b'Hello, World!'
    """

    def __init__(self, coding: str = "gzip", *, level: int = 6, engine: str | None = None) -> None:
        if not 1 <= level <= 9:
            raise PolicyError(f"compression level {level} is not from 1 to 9")
        self.coding = canonical_coding(coding)
        self._coder: Coder = form_of(self.coding).make_coder(level, engine)
        self._waiting = bytearray()

    def compress(self, data: bytes) -> bytes:
        """Take more content; give the coded octets that are ready, often none."""
        if not self._waiting and len(data) == BLOCK_SIZE:
            return self._coder.compress(data)
        self._waiting += data
        whole = len(self._waiting) - len(self._waiting) % BLOCK_SIZE
        if not whole:
            return b""
        coded = [self._coder.compress(block) for block in _blocks(self._waiting, whole)]
        del self._waiting[:whole]
        return b"".join(coded)

    def flush(self) -> bytes:
        """Give every octet that a reader needs for what was taken so far."""
        return self._drain() + self._coder.flush()

    def finish(self) -> bytes:
        """Give the rest; the stream is complete then and takes no more."""
        return self._drain() + self._coder.finish()

    def _drain(self) -> bytes:
        if not self._waiting:
            return b""
        block = bytes(self._waiting)
        self._waiting.clear()
        return self._coder.compress(block)


def _blocks(waiting: bytearray, end: int) -> Iterator[bytes]:
    for start in range(0, end, BLOCK_SIZE):
        yield bytes(waiting[start : start + BLOCK_SIZE])


def compress(
    data: bytes, coding: str = "gzip", *, level: int = 6, engine: str | None = None
) -> bytes:
    """
    Code a whole content; the same bytes as a `Compressor` makes of it.

    Raises:
        PolicyError: as for `Compressor`.

    >>> compress(b"")[:10].hex()
    '1f8b08000000000000ff'
    """
    stream = Compressor(coding, level=level, engine=engine)
    return stream.compress(data) + stream.finish()


# --- reading ----------------------------------------------------------------------------------


class Decompressor:
    """
    Read one coded stream: `decompress` what comes, then `finish`.

    Several gzip members or zstd frames in a row are one content, as gzip(1) has it; zeros after
    the last are padding. Other octets behind the end are told in `problems` and left out.

    Args:
        coding: "gzip", "br", "zstd" or "deflate".
        max_size: octets of content after which to refuse; None for no bound.

    Raises:
        PolicyError: no such coding, or the package that it needs is not installed.

    Source: RFC 1952 section 2.2, RFC 8878 section 3.1, RFC 7932 section 9, RFC 1950.

    >>> stream = Decompressor("gzip")
    >>> b"".join(stream.decompress(compress(b"one, ") + compress(b"two") + b"junk"))
    b'one, two'
    >>> stream.finish()
    >>> stream.problems[0].message
    '4 octets behind the end of the gzip data were left out'
    """

    def __init__(self, coding: str = "gzip", *, max_size: int | None = None) -> None:
        self.coding = canonical_coding(coding)
        self.size = 0
        self.members = 0
        self._form = form_of(self.coding)
        self._max_size = max_size
        self._reader: Reader | None = None
        self._between = b""  # what may be the beginning of another member
        self._garbage = 0
        self._fed = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was odd so far."""
        if not self._garbage:
            return ()
        message = f"{shown_octets(self._garbage)} behind the end of the {self.coding} data"
        verb = "was" if self._garbage == 1 else "were"
        return (Problem("body", f"{message} {verb} left out", self._form.reference),)

    def decompress(self, data: bytes) -> Iterator[bytes]:
        """
        Take more coded octets; give the content in pieces of bounded size.

        Raises:
            InputError: the data are damaged, or the content exceeds `max_size`.
        """
        for start in range(0, len(data), _SLICE_SIZE):
            piece = data[start : start + _SLICE_SIZE]
            self._fed += len(piece)
            yield from self._read(piece)

    def finish(self) -> None:
        """
        Say that no more octets come.

        Raises:
            InputError: the content is not complete.
        """
        if self._reader is None and self.members:
            self._garbage += len(self._between)
            self._between = b""
            return
        if self._fed == 0:
            raise InputError(f"no {self.coding} data: the content is empty")
        raise InputError(
            f"the {self.coding} data end too early: truncated after {self._fed} octets",
            reference=self._form.reference,
        )

    def _read(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._reader is None:
                data = self._begin(data)
            if self._reader is None:
                return
            yield from self._pieces(self._reader, data)
            if not self._reader.ended:
                return
            data = self._reader.unused
            self._reader = None
            self.members += 1

    def _pieces(self, reader: Reader, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) >= PIECE_SIZE:
            try:
                piece, data = reader.read(data, PIECE_SIZE)
            except self._form.errors() as error:
                raise InputError(
                    f"the {self.coding} data are damaged: {_told(error)}",
                    reference=self._form.reference,
                ) from None
            if piece:
                self._count(len(piece))
                yield piece
            if reader.ended:
                return

    def _count(self, size: int) -> None:
        self.size += size
        if self._max_size is not None and self.size > self._max_size:
            raise InputError(f"the content is larger than {self._max_size} octets")

    def _begin(self, data: bytes) -> bytes:
        """Start on a member if one begins here; give what is to be read from it."""
        if self.members == 0:
            self._reader = self._form.make_reader()
            return data
        if self._garbage:
            self._garbage += len(data)
            return b""
        data = self._between + data
        if self._form.magic == b"\x1f\x8b" and not self._between:
            data = data.lstrip(b"\0")  # gzip(1): zeros behind a member pad a tape's block
        self._between = b""
        if self._form.magic and data.startswith(self._form.magic):
            self._reader = self._form.make_reader()
            return data
        if self._form.magic and self._form.magic.startswith(data):
            self._between = data
        else:
            self._garbage += len(data)
        return b""


def _told(error: Exception) -> str:
    # zlib says "Error -3 while decompressing data: incorrect data check".
    return str(error).rpartition(": ")[2].rstrip(".") or "not readable"


def decompress(data: bytes, coding: str = "gzip", *, max_size: int | None = None) -> bytes:
    """
    Read a whole content; octets behind its end are left out.

    Raises:
        InputError: damaged, truncated, or larger than `max_size`.
        PolicyError: as for `Decompressor`.

    >>> decompress(compress(b"abc"))
    b'abc'
    """
    stream = Decompressor(coding, max_size=max_size)
    content = b"".join(stream.decompress(data))
    stream.finish()
    return content


def shown_octets(size: int) -> str:
    """
    Write a size as reasons have it.

    >>> shown_octets(1)
    '1 octet'
    """
    return "1 octet" if size == 1 else f"{size} octets"
