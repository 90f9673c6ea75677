"""
The bytes of content codings, made and read piece by piece: gzip, and br and zstd where installed.

The same input gives the same bytes, however it arrives in pieces: what is to be coded is gathered
into blocks of one size first, for some deflate engines let the seams of their input show. A gzip
member says nothing of time, name or system. Nothing here holds more than one block, one piece of
output and the engine's own window.

Two deflate engines serve gzip: the standard library's, and zlib-ng where that is installed, which
takes half the time for the same size. Their bytes differ, and gzip(1) reads both.

Source: RFC 9110 section 8.4.1, RFC 1952, RFC 7932, RFC 8878.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem
from httpheaders.errors import InputError, PolicyError

if TYPE_CHECKING:
    from typing import Protocol

    class _Coder(Protocol):
        """One engine at work on one stream."""

        def compress(self, block: bytes) -> bytes: ...
        def flush(self) -> bytes: ...
        def finish(self) -> bytes: ...

    class _Reader(Protocol):
        """One engine at work on one member; `read` gives a piece and the input it left."""

        @property
        def ended(self) -> bool: ...
        @property
        def unused(self) -> bytes: ...
        def read(self, data: bytes, limit: int) -> tuple[bytes, bytes]: ...


__all__ = [
    "CODINGS",
    "ENGINES",
    "Compressor",
    "Decompressor",
    "canonical_coding",
    "compress",
    "decompress",
    "deflate_engine",
    "detect_coding",
    "is_available",
]

# What goes into the engine at a time, and what comes out of a reader at most.
BLOCK_SIZE = 65536
PIECE_SIZE = 262144
# Input is read in slices: the rest behind a member's end is copied, and members may be tiny.
_SLICE_SIZE = 16384

# RFC 9110 section 8.4.1.3: "A recipient SHOULD consider "x-gzip" to be equivalent to "gzip"."
_ALIASES = {"x-gzip": "gzip", "x-compress": "compress"}


def canonical_coding(name: str) -> str:
    """
    Give the name a coding is registered under, in lower case.

    Source: RFC 9110 sections 8.4.1 and 8.4.1.3.

    >>> canonical_coding("X-GZip")
    'gzip'
    """
    lowered = name.lower()
    return _ALIASES.get(lowered, lowered)


# --- making -----------------------------------------------------------------------------------


class _GzipCoder:
    # member = ID1 ID2 CM FLG MTIME XFL OS, deflated blocks, CRC32 ISIZE     RFC 1952 section 2.3

    def __init__(self, level: int, engine: str | None) -> None:
        module = _engine_module(engine or deflate_engine())
        # zlib-ng's level 1 makes 30 % more than anyone else's; its level 2 is as fast as theirs.
        engine_level = 2 if level == 1 and module.__name__ != "zlib" else level
        self._deflate = module.compressobj(engine_level, module.DEFLATED, -15)
        self._crc32: Callable[[bytes, int], int] = module.crc32
        self._sync_flush: int = module.Z_SYNC_FLUSH
        self._head = _gzip_head(level)
        self._checksum = 0
        self._size = 0

    def compress(self, block: bytes) -> bytes:
        self._checksum = self._crc32(block, self._checksum)
        self._size += len(block)
        return self._after_head(self._deflate.compress(block))

    def flush(self) -> bytes:
        return self._after_head(self._deflate.flush(self._sync_flush))

    def finish(self) -> bytes:
        tail = self._checksum.to_bytes(4, "little") + (self._size % 2**32).to_bytes(4, "little")
        return self._after_head(self._deflate.flush() + tail)

    def _after_head(self, octets: bytes) -> bytes:
        if not self._head:
            return octets
        head, self._head = self._head, b""
        return head + octets


def _gzip_head(level: int) -> bytes:
    # MTIME 0 is "no time stamp is available", OS 255 "unknown"; XFL tells the extreme levels.
    effort = {1: 4, 9: 2}.get(level, 0)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + bytes((effort, 255))


class _BrotliCoder:
    def __init__(self, level: int, engine: str | None) -> None:
        self._brotli = _package("br").Compressor(quality=level)

    def compress(self, block: bytes) -> bytes:
        return _octets(self._brotli.process(block))

    def flush(self) -> bytes:
        return _octets(self._brotli.flush())

    def finish(self) -> bytes:
        return _octets(self._brotli.finish())


class _ZstdCoder:
    def __init__(self, level: int, engine: str | None) -> None:
        module = _package("zstd")
        parameter = module.CompressionParameter
        self._zstd = module.ZstdCompressor(
            options={
                parameter.compression_level: level,
                parameter.checksum_flag: 1,
            }
        )

    def compress(self, block: bytes) -> bytes:
        return _octets(self._zstd.compress(block, self._zstd.CONTINUE))

    def flush(self) -> bytes:
        return _octets(self._zstd.flush(self._zstd.FLUSH_BLOCK))

    def finish(self) -> bytes:
        return _octets(self._zstd.flush(self._zstd.FLUSH_FRAME))


# RFC 9659 section 3: no decoder needs a window above 8 MB; levels 1 to 9 make smaller ones.
_ZSTD_WINDOW_LOG = 23


def _octets(result: Any) -> bytes:
    return result if isinstance(result, bytes) else bytes(result)


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
        self._coder: _Coder = _available(self.coding).make_coder(level, engine)
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


class _InflateReader:
    def __init__(self, window_bits: int) -> None:
        self._inflate = _engine_module(deflate_engine()).decompressobj(window_bits)

    @property
    def ended(self) -> bool:
        return bool(self._inflate.eof)

    @property
    def unused(self) -> bytes:
        return _octets(self._inflate.unused_data)

    def read(self, data: bytes, limit: int) -> tuple[bytes, bytes]:
        return self._inflate.decompress(data, limit), self._inflate.unconsumed_tail


class _GzipReader(_InflateReader):
    def __init__(self) -> None:
        super().__init__(31)


class _DeflateReader(_InflateReader):
    def __init__(self) -> None:
        super().__init__(15)
        self._begun = False

    def read(self, data: bytes, limit: int) -> tuple[bytes, bytes]:
        if data and not self._begun:
            self._begun = True
            # RFC 9110 section 8.4.1.2: some send "deflate" without the zlib wrapper.
            if data[0] & 0x0F != 8:
                super().__init__(-15)
                self._begun = True
        return super().read(data, limit)


class _BrotliReader:
    unused = b""  # the engine takes what follows for damage

    def __init__(self) -> None:
        self._brotli = _package("br").Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._brotli.is_finished())

    def read(self, data: bytes, limit: int) -> tuple[bytes, bytes]:
        return self._brotli.process(data, output_buffer_limit=limit), b""


class _ZstdReader:
    def __init__(self) -> None:
        module = _package("zstd")
        limit = {module.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
        self._zstd = module.ZstdDecompressor(options=limit)

    @property
    def ended(self) -> bool:
        return bool(self._zstd.eof)

    @property
    def unused(self) -> bytes:
        return _octets(self._zstd.unused_data)

    def read(self, data: bytes, limit: int) -> tuple[bytes, bytes]:
        return self._zstd.decompress(data, limit), b""


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
        self._form = _available(self.coding)
        self._max_size = max_size
        self._reader: _Reader | None = None
        self._between = b""  # what may be the beginning of another member
        self._garbage = 0
        self._fed = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was odd so far."""
        if not self._garbage:
            return ()
        octets = "octet" if self._garbage == 1 else "octets"
        message = f"{self._garbage} {octets} behind the end of the {self.coding} data"
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

    def _pieces(self, reader: _Reader, data: bytes) -> Iterator[bytes]:
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


def detect_coding(beginning: bytes) -> str | None:
    """
    Tell the coding from the first four octets; br has no mark to know it by.

    >>> detect_coding(compress(b"")), detect_coding(b"<html>")
    ('gzip', None)
    """
    return next(
        (name for name, form in _FORMS.items() if form.magic and beginning.startswith(form.magic)),
        None,
    )


# --- what is there ----------------------------------------------------------------------------


class _Form:
    """What is known of a coding: how it is made and read, and what it may need."""

    __slots__ = ("errors", "extra", "magic", "make_coder", "make_reader", "reference")

    def __init__(
        self,
        make_coder: Callable[[int, str | None], _Coder],
        make_reader: Callable[[], _Reader],
        errors: Callable[[], tuple[type[Exception], ...]],
        magic: bytes,
        reference: str,
        extra: str | None = None,
    ) -> None:
        self.make_coder = make_coder
        self.make_reader = make_reader
        self.errors = errors
        self.magic = magic
        self.reference = reference
        self.extra = extra


def _deflate_errors() -> tuple[type[Exception], ...]:
    return (_engine_module(deflate_engine()).error,)


def _no_coder(level: int, engine: str | None) -> _Coder:
    raise PolicyError("deflate is read, not written: no client that takes it lacks gzip")


_FORMS = {
    "gzip": _Form(_GzipCoder, _GzipReader, _deflate_errors, b"\x1f\x8b", "RFC 1952 section 2.2"),
    "br": _Form(
        _BrotliCoder,
        _BrotliReader,
        lambda: (_package("br").error,),
        b"",
        "RFC 7932 section 9",
        "br",
    ),
    "zstd": _Form(
        _ZstdCoder,
        _ZstdReader,
        lambda: (_package("zstd").ZstdError, EOFError),
        b"\x28\xb5\x2f\xfd",
        "RFC 8878 section 3.1",
        "zstd",
    ),
    "deflate": _Form(_no_coder, _DeflateReader, _deflate_errors, b"", "RFC 1950 section 2.2"),
}
CODINGS = ("gzip", "br", "zstd")


def is_available(coding: str) -> bool:
    """
    Say whether this coding can be made here; br and zstd need their packages.

    >>> is_available("gzip"), is_available("compress")
    (True, False)
    """
    name = canonical_coding(coding)
    if name not in CODINGS:
        return False
    return name == "gzip" or _package_or_none(name) is not None


def _available(coding: str) -> _Form:
    form = _FORMS.get(coding)
    if form is None:
        raise PolicyError(f"unknown content coding '{coding[:40]}': known are {', '.join(_FORMS)}")
    if form.extra is not None:
        _package(coding)
    return form


_loaded: dict[str, Any] = {}


def _package_or_none(coding: str) -> Any:
    if coding not in _loaded:
        try:
            _loaded[coding] = _import_brotli() if coding == "br" else _import_zstd()
        except ImportError:
            _loaded[coding] = None
    return _loaded[coding]


def _package(coding: str) -> Any:
    module = _package_or_none(coding)
    if module is None:
        raise PolicyError(
            f"content coding '{coding}' needs a package:"
            f" pip install 'httpheaders-cli[{_FORMS[coding].extra}]'"
        )
    return module


def _import_brotli() -> Any:
    brotli = import_module("brotli")
    # Before 1.2 nothing bounded what one call may give: a small body could fill the memory.
    if not hasattr(brotli.Decompressor, "can_accept_more_data"):
        raise ImportError("brotli 1.2 or later is needed")
    return brotli


def _import_zstd() -> Any:
    try:
        return import_module("compression.zstd")  # the standard library's, from Python 3.14
    except ImportError:
        return import_module("backports.zstd")


ENGINES = ("zlib-ng", "zlib")


def deflate_engine() -> str:
    """Name the deflate engine that gzip uses when none is asked for."""
    if "engine" not in _loaded:
        try:
            import_module("zlib_ng.zlib_ng")
        except ImportError:
            _loaded["engine"] = "zlib"
        else:
            _loaded["engine"] = "zlib-ng"
    return str(_loaded["engine"])


def _engine_module(engine: str) -> Any:
    if engine == "zlib":
        import zlib

        return zlib
    if engine != "zlib-ng":
        raise PolicyError(f"unknown deflate engine '{engine[:40]}': known are {', '.join(ENGINES)}")
    try:
        return import_module("zlib_ng.zlib_ng")
    except ImportError:
        raise PolicyError(
            "deflate engine 'zlib-ng' needs a package: pip install 'httpheaders-cli[fast]'"
        ) from None
