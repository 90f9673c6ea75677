"""
Files that are read at once, so that one named by mistake is not read whole: keys among them.

Source: none; a key lacks the end of its line, as what reads a secret from a file usually has it.
"""

from __future__ import annotations

from httpheaders.errors import InputError

__all__ = ["LARGEST_KEY", "read_at_most", "read_key_file"]

# More than any key has.
LARGEST_KEY = 1 << 16


def read_at_most(size: int, path: str) -> bytes | None:
    """
    Read a file; None when it has more octets than this, as a device without an end has.

    Raises:
        OSError: it cannot be read.
        ValueError: no file can have this name.
    """
    try:
        with open(path, "rb") as file:
            octets = file.read(size + 1)
    except OSError as error:
        error.filename = path  # reading, unlike opening, leaves it out
        raise
    return octets if len(octets) <= size else None


def read_key_file(path: str) -> bytes:
    """
    Read a key: what a file holds, without the end of its last line.

    Raises:
        InputError: it is empty or far too long; no octet of it is shown.
        OSError: it cannot be read.
        ValueError: no file can have this name.
    """
    octets = read_at_most(LARGEST_KEY, path)
    if octets is None:
        raise InputError(f"{path}: expected a key of at most {LARGEST_KEY} octets")
    # Editors and `keygen` end the line; the end is no part of the key.
    key = octets.removesuffix(b"\n").removesuffix(b"\r")
    if not key:
        raise InputError(f"{path}: the key is empty")
    return key
