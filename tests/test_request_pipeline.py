"""Phases in order, up to the first that answers."""

from __future__ import annotations

import pytest

from httpheaders import RequestPipeline


def pipeline(**answers):
    made = RequestPipeline()
    for name, answer in answers.items():
        made.add_phase(name, lambda request, answer=answer: answer)
    return made


@pytest.mark.parametrize(
    ("answers", "result", "executed"),
    [
        pytest.param({"a": None, "b": 1, "c": 2}, ("b", 1), ["a", "b"], id="stops-in-the-middle"),
        pytest.param({"a": 0, "b": 1}, ("a", 0), ["a"], id="a-false-answer-is-an-answer"),
        pytest.param({"a": None, "b": 1}, ("completed", 1), ["a", "b"], id="the-last-completes"),
        pytest.param({"a": None}, ("completed", None), ["a"], id="nobody-answers"),
        pytest.param({}, ("completed", None), [], id="no-phases"),
    ],
)
def test_phases(answers, result, executed):
    made = pipeline(**answers)
    assert made.process({}) == {"phase": result[0], "response": result[1]}
    assert made.executed == executed


def test_executed_grows_until_it_is_cleared():
    made = pipeline(a=None, b=1)
    made.process({})
    made.process({})
    assert made.executed == ["a", "b", "a", "b"]
    made.executed.clear()
    made.process({})
    assert made.executed == ["a", "b"]


def test_executed_may_be_a_new_list():
    made = pipeline(a=1)
    made.executed = []
    made.process({})
    assert made.executed == ["a"]


def test_a_phase_that_raises_has_been_executed():
    made = RequestPipeline()
    made.add_phase("fails", lambda request: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        made.process({})
    assert made.executed == ["fails"]


def test_the_phases_share_the_request():
    made = RequestPipeline()
    made.add_phase("mark", lambda request: request.update(user="ada"))
    made.add_phase("read", lambda request: request["user"])
    assert made.process({})["response"] == "ada"
