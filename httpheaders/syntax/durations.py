"""
Durations and sizes as people type them: `90s`, `10m`, `1h30m`, `7d`, `250ms`, `2KiB`, `10MB`.

A bare number is seconds, or bytes.

Source: IEC 80000-13 for the units of sizes; the notation is that of other programs.
"""

from __future__ import annotations

import re

from httpheaders.errors import InputError
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["parse_duration", "parse_size"]

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_duration = lazy_pattern(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|[smhdwy]))+", re.ASCII)
_duration_part = lazy_pattern(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhdwy])", re.ASCII)
_number = lazy_pattern(r"[0-9]++(?:\.[0-9]++)?", re.ASCII)

_BYTES = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "ki": 1024, "mi": 1024**2, "gi": 1024**3}
_size = lazy_pattern(r"([0-9]++(?:\.[0-9]++)?) ?((?:[kmg]i?)?)b?", re.ASCII | re.IGNORECASE)

# More digits than any time or size needs, few enough to convert at once.
_LONGEST = 40


def parse_duration(text: str) -> float:
    """
    Read a duration; whole numbers come back as int.

    Raises:
        InputError: not a duration.

    >>> parse_duration("1h30m"), parse_duration("90"), parse_duration("250ms")
    (5400, 90, 0.25)
    """
    lowered = text.strip().lower()
    if len(lowered) <= _LONGEST:
        if _number.fullmatch(lowered):
            return _whole(float(lowered))
        if _duration.fullmatch(lowered):
            parts = _duration_part.findall(lowered)
            return _whole(sum(float(number) * _SECONDS[unit] for number, unit in parts))
    raise InputError(f"'{text[:_LONGEST]}' is not a duration: expected 90s, 10m, 1h30m, 7d")


def parse_size(text: str) -> int:
    """
    Read a size in bytes; K, M, G count in thousands, Ki, Mi, Gi in 1024.

    Raises:
        InputError: not a size.

    >>> parse_size("2KiB"), parse_size("10MB"), parse_size("512")
    (2048, 10000000, 512)
    """
    stripped = text.strip()
    match = _size.fullmatch(stripped) if len(stripped) <= _LONGEST else None
    if match is None:
        raise InputError(f"'{text[:_LONGEST]}' is not a size: expected 512, 2KiB, 10MB")
    number = float(match[1]) if "." in match[1] else int(match[1])
    return int(number * _BYTES[match[2].lower()])


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
