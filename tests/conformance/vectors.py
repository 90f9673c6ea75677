"""
Load test vectors that stand beside the checkout, one JSON object a line.

They are looked for where HTTPHEADERS_VECTORS says, else in ../shared/vectors beside the checkout;
where they are absent the tests are skipped and say so. A vector listed in `disagreements` must
fail: it runs as a strict expected failure.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .disagreements import DISAGREEMENTS

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "vectors"
DIRECTORY = Path(os.environ.get("HTTPHEADERS_VECTORS") or BESIDE_THE_CHECKOUT)


def load(pattern: str, *, only: Callable[[dict[str, Any]], bool] | None = None) -> list[Any]:
    """
    Give the vectors of the matching files as parameters, each under its own id.

    With `only`, those of which it is true, and none of them expected to fail.
    """
    vectors = list(read(pattern))
    if not vectors:
        reason = f"no vectors match {DIRECTORY / pattern}: set HTTPHEADERS_VECTORS"
        return [pytest.param({}, id="absent", marks=pytest.mark.skip(reason=reason))]
    if only is None:
        return [_parameter(vector) for vector in vectors]
    return [pytest.param(vector, id=vector["id"]) for vector in vectors if only(vector)]


def read(pattern: str) -> Iterator[dict[str, Any]]:
    """Read the vectors of the matching files."""
    for path in sorted(DIRECTORY.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _parameter(vector: dict[str, Any]) -> Any:
    if vector["id"] not in DISAGREEMENTS:
        return pytest.param(vector, id=vector["id"])
    reason, section = DISAGREEMENTS[vector["id"]]
    mark = pytest.mark.xfail(reason=f"{reason} ({section})", strict=True)
    return pytest.param(vector, id=vector["id"], marks=mark)
