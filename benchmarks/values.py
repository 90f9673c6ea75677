"""Measured values as people read them."""

from __future__ import annotations

from benchmarks.rows import Row

__all__ = ["shown", "verdict"]

SCALES = {
    "s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "octets": ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")),
}


def shown(value: float, unit: str) -> str:
    """Write a value with a scale that fits it."""
    for factor, name in SCALES.get(unit, ((1, unit),)):
        if value >= factor:
            return f"{value / factor:.3g} {name}"
    return f"{value:.3g} {unit}"


def verdict(row: Row) -> str:
    """Say which ratio was to be reached, and whether it was; nothing where none was set."""
    if row.goal is None:
        return ""
    return f"{row.goal:.2f} {'reached' if row.ratio >= row.goal else 'missed'}"
