"""
The engines of content codings: what makes and reads gzip, br, zstd and deflate here.

Two deflate engines serve gzip: the standard library's, and zlib-ng where that is installed, which
takes half the time for the same size. Their bytes differ, and gzip(1) reads both. A gzip member
says nothing of time, name or system.

Source: RFC 9110 section 8.4.1, RFC 1950, RFC 1952, RFC 7932, RFC 8878, RFC 9659.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from httpheaders.errors import PolicyError
from httpheaders.syntax.field_values import canonical_coding

if TYPE_CHECKING:
    from typing import Protocol

    class Coder(Protocol):
        """One engine at work on one stream."""

        def compress(self, block: bytes) -> bytes: ...
        def flush(self) -> bytes: ...
        def finish(self) -> bytes: ...

    class Reader(Protocol):
        """One engine at work on one member; `read` gives a piece and the input it left."""

        @property
        def ended(self) -> bool: ...
        @property
        def unused(self) -> bytes: ...
        def read(self, data: bytes, limit: int) -> tuple[bytes, bytes]: ...


__all__ = [
    "CODINGS",
    "ENGINES",
    "deflate_engine",
    "detect_coding",
    "form_of",
    "is_available",
]

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


# --- reading ----------------------------------------------------------------------------------


def _inflater(window_bits: int) -> Any:
    return _engine_module(deflate_engine()).decompressobj(window_bits)


class _InflateReader:
    def __init__(self, window_bits: int) -> None:
        self._inflate = _inflater(window_bits)

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
                self._inflate = _inflater(-15)
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


# --- what is there ----------------------------------------------------------------------------


class Form:
    """What is known of a coding: how it is made and read, and what it may need."""

    __slots__ = ("errors", "extra", "magic", "make_coder", "make_reader", "reference")

    def __init__(
        self,
        make_coder: Callable[[int, str | None], Coder],
        make_reader: Callable[[], Reader],
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


def _no_coder(level: int, engine: str | None) -> Coder:
    raise PolicyError("deflate is read, not written: no client that takes it lacks gzip")


_FORMS = {
    "gzip": Form(_GzipCoder, _GzipReader, _deflate_errors, b"\x1f\x8b", "RFC 1952 section 2.2"),
    "br": Form(
        _BrotliCoder,
        _BrotliReader,
        lambda: (_package("br").error,),
        b"",
        "RFC 7932 section 9",
        "br",
    ),
    "zstd": Form(
        _ZstdCoder,
        _ZstdReader,
        lambda: (_package("zstd").ZstdError, EOFError),
        b"\x28\xb5\x2f\xfd",
        "RFC 8878 section 3.1",
        "zstd",
    ),
    "deflate": Form(_no_coder, _DeflateReader, _deflate_errors, b"", "RFC 1950 section 2.2"),
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


def form_of(coding: str) -> Form:
    """Give what is known of a coding that can be read or made here, or say what is missing."""
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


def detect_coding(beginning: bytes) -> str | None:
    """
    Tell the coding from the first four octets; br has no mark to know it by.

    >>> detect_coding(b"\\x1f\\x8b\\x08\\0"), detect_coding(b"<html>")
    ('gzip', None)
    """
    return next(
        (name for name, form in _FORMS.items() if form.magic and beginning.startswith(form.magic)),
        None,
    )
