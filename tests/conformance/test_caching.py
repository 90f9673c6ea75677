"""
Caching and conditional requests, against cache-tests.fyi and the suites of thirteen libraries.

The sequences of requests are played by the program that came with them; all else is one operation
with one expectation, read in `caching_ops`.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from .caching_driver import Driver
from .caching_ops import OPS
from .vectors import DIRECTORY, load, read

SEQUENCES = "caching/*.sequence.jsonl"
OPERATIONS = sorted(
    {vector["op"] for vector in read("caching/*.jsonl") if not vector["op"].endswith(".sequence")}
)


@pytest.mark.parametrize("vector", load("caching/*.jsonl", only=lambda v: v["op"] not in OPS))
def test_every_operation_is_known(vector):
    assert vector["op"].endswith(".sequence")


@pytest.mark.parametrize(
    "vector", [row for op in OPERATIONS for row in load(f"caching/{op}.jsonl")]
)
def test_operation(vector):
    assert OPS[vector["op"]](vector["input"], vector["expected"])


@cache
def checker() -> ModuleType:
    path = DIRECTORY / "caching" / "sequence_check.py"
    spec = importlib.util.spec_from_file_location("sequence_check", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def verdicts(mode: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Play all sequences in one mode: what came of each, and that with its dependencies."""
    return checker().run(list(read(SEQUENCES)), Driver(), mode)


def applies(vector: dict[str, Any], mode: str) -> bool:
    return bool(checker().applies(vector, mode))


def sequences(mode: str, *, graded: bool) -> list[Any]:
    """The sequences that the suite puts to a cache of this mode; those with a grade, or others."""
    grades = ("required", "optimal")
    return load(
        SEQUENCES,
        only=lambda vector: (vector["kind"] in grades) is graded and applies(vector, mode),
    )


@pytest.mark.parametrize("vector", sequences("shared", graded=True))
def test_a_shared_cache_passes(vector):
    check_pass(vector, "shared")


@pytest.mark.parametrize("vector", sequences("private", graded=True))
def test_a_private_cache_passes(vector):
    check_pass(vector, "private")


def check_pass(vector: dict[str, Any], mode: str) -> None:
    raw, final = verdicts(mode)
    assert (final[vector["id"]], raw[vector["id"]]) == ("pass", ("pass", ""))


# What caches may do either way. The answer that RFC 9111 leans to is ours, and noted here.
OTHERWISE = {
    "freshness-max-age-two-stale-fresh-sepline": "the first of repeated numbers counts: 4.2.1",
    "freshness-max-age-space-before-equals": "a blank beside '=' is read over: 5.2",
    "freshness-max-age-space-after-equals": "a blank beside '=' is read over: 5.2",
    "freshness-max-age-decimal-zero": "what is no whole number is stale: 4.2.1",
    "freshness-max-age-a100": "what is no whole number is stale: 4.2.1",
    "freshness-max-age-100a": "what is no whole number is stale: 4.2.1",
    "age-parse-parameter": "an Age that is no number is ignored: 5.1",
    "stale-503": "a 503 is passed on without stale-if-error: 4.3.3",
    "stale-warning-stored": "Warning is obsolete: 5.5",
    "stale-warning-become": "Warning is obsolete: 5.5",
    "heuristic-delta-10": "a tenth of 10 s is over after the 3 s of the test: 4.2.2",
    "heuristic-delta-30": "a tenth of 30 s is over after the 3 s of the test: 4.2.2",
    "pragma-response-no-cache-heuristic": "nothing is guessed against the sender's wish: 4.2.2",
    "head-200-retain": "the origin's own answer to HEAD is passed on: 4.3.5",
    "head-410-update": "only a 200 to HEAD updates what is stored: 4.3.5",
}


@pytest.mark.parametrize("vector", sequences("shared", graded=False))
def test_behaviour_that_is_left_open_in_a_shared_cache(vector):
    check_open_behaviour(vector, "shared")


@pytest.mark.parametrize("vector", sequences("private", graded=False))
def test_behaviour_that_is_left_open_in_a_private_cache(vector):
    check_open_behaviour(vector, "private")


def check_open_behaviour(vector: dict[str, Any], mode: str) -> None:
    _, final = verdicts(mode)
    name = vector["id"].removeprefix("cache-tests/")
    assert (final[vector["id"]] == "pass") is (name not in OTHERWISE)
