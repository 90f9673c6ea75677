"""
Measure, side by side with the peers, and print a table; with `--json FILE` write it as JSON too.

    python -m benchmarks [--json FILE] [NAME ...]
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks
from benchmarks.rows import Row, Table

SCALES = {"s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))}


def main() -> None:
    """Run the measurements that were named, or all."""
    known = sorted(
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name not in {"__main__", "rows"}
    )
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON to FILE")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(known)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    results: dict[str, Table] = {}
    for name in arguments.names or known:
        print(f"\n{name}", flush=True)
        try:
            module = importlib.import_module(f"benchmarks.{name}")
            results[name] = module.measure()
        except ImportError as error:
            print(f"  not measured: {error}; pip install '.[bench]'")
            continue
        # What compares nothing has rows and a table of its own.
        print(getattr(module, "table", table)(results[name]))
    if arguments.json:
        document = {
            "python": sys.version.split()[0],
            "machine": platform.machine(),
            "rows": {name: [row._asdict() for row in rows] for name, rows in results.items()},
        }
        Path(arguments.json).write_text(json.dumps(document, indent=2) + "\n")


def table(rows: list[Row]) -> str:
    """Lay rows out in columns."""
    lines = [("", "ours", "peer", "", "peer / ours", "goal")]
    for row in rows:
        goal = "" if row.goal is None else f"{row.goal:.2f} {_verdict(row)}"
        lines.append(
            (
                row.what,
                shown(row.ours, row.unit),
                row.peer_name,
                shown(row.peer, row.unit),
                f"{row.ratio:.2f}",
                goal,
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def _verdict(row: Row) -> str:
    assert row.goal is not None
    return "reached" if row.ratio >= row.goal else "missed"


def shown(value: float, unit: str) -> str:
    """Write a value with a scale that fits it."""
    for factor, name in SCALES.get(unit, ((1, unit),)):
        if value >= factor:
            return f"{value / factor:.3g} {name}"
    return f"{value:.3g} {unit}"


if __name__ == "__main__":
    main()
