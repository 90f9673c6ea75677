"""
Measure, side by side with the peers, and print tables.

    python -m benchmarks [--quick] [--json FILE] [--readme FILE] [NAME ...]

A measurement is a module of this package with a function `measure`. `QUICK` in it are arguments
that make it short, and `HEADLINES` the work whose rows the README shows.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import sys
from itertools import groupby
from pathlib import Path

import benchmarks
from benchmarks.readme import rewritten
from benchmarks.rows import Result, Row, Table
from benchmarks.values import shown, verdict

# Modules of this package that measure nothing themselves.
PARTS = {"__main__", "readme", "rows", "values"}


def main() -> None:
    """Run the measurements that were named, or all."""
    known = measurements()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--quick", action="store_true", help="a rough answer, in much less time")
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON to FILE")
    parser.add_argument("--readme", metavar="FILE", help="put the headlines into this Markdown")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(known)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    results: dict[str, list[Result]] = {}
    for name in arguments.names or known:
        print(f"\n{name}", flush=True)
        try:
            module = importlib.import_module(f"benchmarks.{name}")
            brief = getattr(module, "QUICK", {}) if arguments.quick else {}
            results[name] = list(module.measure(**brief))
        except ImportError as error:
            print(f"  not measured: {error}; pip install '.[bench]'")
            continue
        for table in tables(results[name]):
            print(laid_out(table), flush=True)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(as_json(results), indent=2) + "\n")
    if arguments.readme:
        path = Path(arguments.readme)
        path.write_text(rewritten(path.read_text(), results))


def measurements() -> list[str]:
    """Name all modules that measure something."""
    found = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)}
    return sorted(found - PARTS)


def as_json(results: dict[str, list[Result]]) -> dict[str, object]:
    """Give everything that was measured."""
    return {
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "rows": {
            name: [row._asdict() for row in measured if isinstance(row, Row)]
            for name, measured in results.items()
        },
        "tables": {
            name: [table._asdict() for table in measured if isinstance(table, Table)]
            for name, measured in results.items()
        },
    }


def tables(results: list[Result]) -> list[Table]:
    """Give what was measured as tables: rows that follow each other make one."""
    found: list[Table] = []
    for kind, group in groupby(results, key=type):
        members = list(group)
        found += [_compared(members)] if kind is Row else members
    return found


def _compared(rows: list[Row]) -> Table:
    headings = ("", "ours", "peer", "", "peer / ours", "goal")
    lines = [
        (
            row.what,
            shown(row.ours, row.unit),
            row.peer_name,
            shown(row.peer, row.unit),
            f"{row.ratio:.2f}",
            verdict(row),
        )
        for row in rows
    ]
    return Table(headings, lines)


def laid_out(table: Table) -> str:
    """Lay a table out in columns."""
    lines = [table.headings, *table.lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


if __name__ == "__main__":
    main()
