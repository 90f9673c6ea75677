"""
Key files: the octets of a key, the same for whoever reads the file.

Source: none; the end of the line is left out, as what reads a secret from a file usually does.
"""

from __future__ import annotations

from httpheaders.errors import InputError

__all__ = ["LARGEST_KEY", "read_key_file"]

# More than any key has; a file named by mistake is not read whole.
LARGEST_KEY = 1 << 16


def read_key_file(path: str) -> bytes:
    """
    Read a key: what a file holds, without the end of its last line.

    Raises:
        InputError: it is empty or far too long; no octet of it is shown.
        OSError: it cannot be read.
        ValueError: no file can have this name.
    """
    try:
        with open(path, "rb") as file:
            octets = file.read(LARGEST_KEY + 1)
    except OSError as error:
        error.filename = path  # reading, unlike opening, leaves it out
        raise
    if len(octets) > LARGEST_KEY:
        raise InputError(f"{path}: expected a key of at most {LARGEST_KEY} octets")
    # Editors and `keygen` end the line; the end is no part of the key.
    key = octets.removesuffix(b"\n").removesuffix(b"\r")
    if not key:
        raise InputError(f"{path}: the key is empty")
    return key
