"""
TOML read with bounds, for the policies that stand in files.

Source: TOML 1.0.
"""

from __future__ import annotations

import re
from typing import Any

from httpheaders.errors import InputError
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["read_toml"]

# A part of a key, bare or in quotes, and the dot behind it.
_key_part = lazy_pattern(r"(?:[A-Za-z0-9_\-]++|\"[^\"\n]*+\"?|'[^'\n]*+'?)([ \t]*+\.[ \t]*+)?")
_MOST_KEY_PARTS = 100
_at = lazy_pattern(r"(.*) \(at line ([0-9]+), column [0-9]+\)", re.DOTALL)


def read_toml(octets: bytes) -> dict[str, Any]:
    """
    Read a TOML document.

    Raises:
        InputError: what is wrong; `where` is "line 3".

    >>> read_toml(b"[limits]\\nmax_body = 10")
    {'limits': {'max_body': 10}}
    """
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise _wrong("this is not UTF-8", line) from None
    _check_keys(text)
    import tomllib  # late: few policies are files

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _told(str(error), text) from None
    except ValueError:  # Python's bound on the digits of a number
        raise _wrong("a number has too many digits", 1) from None
    except RecursionError:
        raise _wrong("this is nested too deeply", 1) from None


def _check_keys(text: str) -> None:
    """Refuse keys of very many parts: on one, tomllib spends the square of their number."""
    end = parts = 0
    for found in _key_part.finditer(text):
        parts = parts + 1 if found.start() == end else 1
        end = found.end() if found[1] else -1
        if parts > _MOST_KEY_PARTS:
            line = text.count("\n", 0, end) + 1
            raise _wrong(f"a key has more than {_MOST_KEY_PARTS} parts", line)


def _told(message: str, text: str) -> InputError:
    found = _at.fullmatch(message)
    if found is None:
        # tomllib says "(at end of document)".
        return _wrong(message.partition(" (at")[0], text.count("\n") + 1)
    return _wrong(found[1], int(found[2]))


def _wrong(message: str, line: int) -> InputError:
    return InputError(f"{message[:1].lower()}{message[1:]}", where=f"line {line}")
