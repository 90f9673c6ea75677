"""
What an input begins with, for commands that take more than messages: octets, or a bare token.

The beginning is looked at and then given again, so that whoever reads on misses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httpheaders.errors import InputError
from httpheaders.syntax.strict_json import read_json

if TYPE_CHECKING:
    from httpheaders.cli.reading import Input

__all__ = ["Beginning"]

_CHUNK = 1 << 16

# An input that begins with more blanks than this says something with them.
_MOST_BLANKS = 1 << 16

_BLANKS = b" \t\r\n"
_UTF8_MARK = b"\xef\xbb\xbf"


class Beginning:
    """An input whose beginning can be looked at before it is read."""

    def __init__(self, stream: Input) -> None:
        self._stream = stream
        self._head = bytearray()
        self._ended = False

    def look(self, size: int = 1) -> bytes:
        """Give the beginning: this many octets, or more if more are there, or all there are."""
        while len(self._head) < size and not self._ended:
            self._more()
        return bytes(self._head)

    def first_line(self, limit: int) -> bytes:
        """Give the first line without its end; more than `limit` octets where it is longer."""
        end, seen = -1, 0
        while (end := self._head.find(b"\n", seen)) < 0 and len(self._head) <= limit:
            seen = len(self._head)
            if self._ended:
                break
            self._more()
        return bytes(self._head if end < 0 else self._head[:end])

    def text(self) -> bytes:
        """
        Give the first octets that say something; none in an input of nothing.

        Very many blanks are given as they are: they are not waited out.
        """
        while True:
            text = self._head.removeprefix(_UTF8_MARK).lstrip(_BLANKS)
            if text or self._ended:
                return bytes(text)
            if len(self._head) > _MOST_BLANKS:
                return bytes(self._head)
            self._more()

    def whole_within(self, limit: int) -> bytes | None:
        """Give the whole input; None where it is longer than this."""
        head = self.look(limit + 1)
        return head if self._ended and len(head) <= limit else None

    def object_within(self, limit: int) -> dict[str, Any] | None:
        """Give the JSON object that the first line is, or the whole input; None: neither is."""
        value = _object(self.first_line(limit))
        if value is not None:
            return value
        whole = self.whole_within(limit)
        return None if whole is None else _object(whole)

    def is_json(self, limit: int = 1 << 16) -> bool:
        """Say whether JSON of any kind begins here."""
        if self.text()[:1] in (b"{", b"[", b'"'):
            return True
        whole = self.whole_within(limit)
        return whole is not None and _is_value(whole)

    def read1(self, size: int, /) -> bytes:
        """Give at most this many octets, at least one; none at the end."""
        if self._head:
            return self._taken(size)
        return b"" if self._ended else self._stream.read1(size)

    def read(self, size: int = -1, /) -> bytes:
        """Give this many octets, or all, waiting for them."""
        if size < 0:
            return self._taken(len(self._head)) + self._stream.read()
        octets = self._taken(size)
        return octets + self._stream.read(size - len(octets)) if len(octets) < size else octets

    def _taken(self, size: int) -> bytes:
        octets = bytes(self._head[:size])
        del self._head[:size]
        return octets

    def _more(self) -> None:
        chunk = self._stream.read1(_CHUNK)
        self._ended = not chunk
        self._head += chunk


def _object(octets: bytes) -> dict[str, Any] | None:
    octets = octets.removeprefix(_UTF8_MARK).strip(_BLANKS)
    if octets[:1] != b"{" or octets[-1:] != b"}":
        return None
    try:
        value = read_json(octets)
    except InputError:
        return None
    return value if isinstance(value, dict) else None


def _is_value(octets: bytes) -> bool:
    try:
        read_json(octets.removeprefix(_UTF8_MARK).strip(_BLANKS))
    except InputError:
        return False
    return True
