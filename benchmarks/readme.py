"""The table of the README: a line for each piece of work that a measurement names a headline."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence

from benchmarks.rows import Result, Row
from benchmarks.values import shown, verdict

__all__ = ["BEGIN", "END", "headlines", "markdown", "rewritten"]

BEGIN = "<!-- measured -->\n"
END = "<!-- /measured -->\n"


def rewritten(text: str, results: Mapping[str, Sequence[Result]]) -> str:
    """
    Put the table where the text has its place for it.

    Raises:
        ValueError: the text has no such place, or a headline was not measured.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected {BEGIN.strip()} and {END.strip()}, each on a line of its own")
    return f"{before}{begin}{markdown(results)}{end}{after}"


def markdown(results: Mapping[str, Sequence[Result]]) -> str:
    """
    Give the table: each headline against the fastest of its peers.

    Raises:
        ValueError: a headline was not measured.
    """
    lines = ["| | ours | the fastest peer | | peer / ours | goal |", "|---|--:|---|--:|--:|---|"]
    for name, rows in results.items():
        lines += [_line(name, _fastest(what, rows)) for what in headlines(name)]
    return "\n".join(lines) + "\n"


def headlines(name: str) -> tuple[str, ...]:
    """Name the work that a measurement shows in the README."""
    found: tuple[str, ...] = getattr(importlib.import_module(f"benchmarks.{name}"), "HEADLINES", ())
    return found


def _fastest(what: str, rows: Sequence[Result]) -> Row:
    found = [row for row in rows if isinstance(row, Row) and row.what == what]
    if not found:
        raise ValueError(f"'{what}' was not measured")
    # A peer with a goal is one to be held against, rather than there for the scale.
    return min([row for row in found if row.goal is not None] or found, key=lambda row: row.ratio)


def _line(name: str, row: Row) -> str:
    cells = (
        f"{name.replace('_', '-')}: {row.what}",
        shown(row.ours, row.unit),
        row.peer_name,
        shown(row.peer, row.unit),
        f"{row.ratio:.2f}",
        verdict(row),
    )
    return f"| {' | '.join(cells)} |"
