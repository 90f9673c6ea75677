"""
Seconds as a sentence shows them.

Source: RFC 9111 section 1.2.2, whose seconds are whole and may be many.
"""

from __future__ import annotations

__all__ = ["shown_seconds"]


def shown_seconds(seconds: float, *, digits: int | None = None) -> str:
    """
    Write a number of seconds in full, to the microsecond.

    Args:
        seconds: how many.
        digits: how many of its digits matter; None: all.

    >>> shown_seconds(31536000.0), shown_seconds(0.25), shown_seconds(-0.0)
    ('31536000', '0.25', '0')
    >>> shown_seconds(1234.5, digits=3)
    '1230'
    """
    if type(seconds) is int:
        return str(seconds)
    if digits is not None:
        seconds = float(f"{seconds:.{digits}g}")
    return f"{seconds + 0.0:.6f}".rstrip("0").rstrip(".")
