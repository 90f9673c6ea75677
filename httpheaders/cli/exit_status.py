"""What the process ends with, as grep, diff and cmp have it."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitStatus"]


class ExitStatus(IntEnum):
    """Every status this program can end with; over many answers the highest of theirs."""

    YES = 0
    NO = 1
    UNUSABLE = 2
    BUG = 70
    INTERRUPTED = 130
    READER_GONE = 141
