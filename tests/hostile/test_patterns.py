"""No regular expression of the package can take more than linear time."""

from __future__ import annotations

import re

import pytest

from tests.hostile.backtracking import faults_of
from tests.hostile.patterns import compiled_elsewhere, uses_of_patterns

USES = uses_of_patterns()

# Expressions that would be slow on a long text, and why theirs is short.
SHORT_TEXTS = {
    "httpheaders.syntax.durations._duration_part": "at most 40 characters are looked at",
}
# What is compiled without standing there: each bounds its time otherwise.
ELSEWHERE = {
    # Written by the user for `assert`; cli.bounded_search ends it.
    "httpheaders.messages.checks:re.compile(operand, re.IGNORECASE if caseless else 0)",
    # What stands in `lazy_pattern(…)`, all of which are in USES.
    "httpheaders.syntax.patterns:re.compile(self.pattern, self.flags)",
}


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.where} {'/'.join(use.methods)}")
def test_expression_is_linear(use):
    faults = faults_of(use.pattern, use.flags, searches=use.searches, whole=use.whole)
    assert bool(faults) is (use.where in SHORT_TEXTS), faults


def test_every_expression_is_looked_at():
    assert set(compiled_elsewhere()) == ELSEWHERE
    assert len(USES) > 100
    assert {use.where for use in USES} >= SHORT_TEXTS.keys()


EXPONENTIAL = [r"(a+)+$", r"(a|a)*b", r"(a*)*b", r"(?:[a-z]+(?:[a-z]+)?)+!", r"(?:0|[0-9]+)*x"]
QUADRATIC = [r"a*a*b", r"[ \t]*([a \t]+?)[ \t]*=", r"(.*),(.*),x", r"(?:a*b|a)*+c", r"x*(?=.*y)x*z"]
LINEAR = [
    r'"(?:[^"\\]|\\.)*+"',
    r'(?:[^,"]|"(?:[^"\\]|\\.?)*+"?)*+',
    r"(\w+\.)*\w+@",
    r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*",
    r"(?:a*+)*b",
    r"(?:[0-9]+(?:ms|s))+",
    r"[^@/]*(?=[/?])[^?]*\?",
]


@pytest.mark.parametrize("expression", EXPONENTIAL)
def test_exponential_expressions_are_told(expression):
    assert any("exponential" in fault for fault in faults_of(expression, searches=False))


@pytest.mark.parametrize("expression", QUADRATIC)
def test_quadratic_expressions_are_told(expression):
    faults = faults_of(expression, searches=False)
    assert any("quadratic" in fault for fault in faults)
    assert not any("exponential" in fault for fault in faults)


@pytest.mark.parametrize("expression", LINEAR)
def test_linear_expressions_pass(expression):
    assert faults_of(expression, searches=False) == []


@pytest.mark.parametrize(
    ("expression", "flags", "is_slow"),
    [
        (r"\s+$", 0, True),
        (r"[a-z]+=", 0, True),
        (r'"(?:[^"\\]|\\.)*+"', 0, True),
        (r"[a-z]+", 0, False),
        (r'"(?:[^"\\]|\\.)*+"?', 0, False),
        (r",[ \t]*+(?=[a-z]++[ \t]*+=)", 0, False),
        (r"\A[a-z]+=", 0, False),
        (r"^[a-z]+=", re.MULTILINE, False),
        (r"^[a-z\n]+=", re.MULTILINE, True),
    ],
)
def test_what_a_search_costs_is_told(expression, flags, is_slow):
    assert bool(faults_of(expression, flags, searches=True, whole=False)) is is_slow
