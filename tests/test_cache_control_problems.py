"""What is told about a Cache-Control value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_control import parse_cache_control
from httpheaders.cache_control_problems import contradictions, directive_problems

# RFC 9111 sections 4.2.1 and 5.2
ODD = [
    pytest.param("maxage=60", "did you mean 'max-age'", id="misspelt"),
    pytest.param("no_store", "did you mean 'no-store'", id="underscore"),
    pytest.param("pre-check=0", "never standard", id="pre-check"),
    pytest.param("foo", "unknown directive 'foo' is ignored", id="unknown"),
    pytest.param("max-age=1, max-age=2", "'max-age' is repeated", id="repeated"),
    pytest.param("max-age=abc", "needs a whole number of seconds, not 'abc'", id="no-number"),
    pytest.param("max-age", "needs a whole number of seconds, not nothing", id="number-missing"),
    pytest.param('max-age="1"', "must not be quoted", id="quoted-number"),
    pytest.param("max-age =1", "malformed", id="blank-before-equals"),
    pytest.param("no-store=1", "'no-store' takes no argument", id="argument"),
    pytest.param("private=a", "stand in double quotes", id="field-without-quotes"),
    pytest.param("max-stale", "means nothing in a response", id="of-requests"),
    pytest.param("a b", "malformed", id="no-comma"),
]


@pytest.mark.parametrize(("value", "words"), ODD)
def test_odd_directive_is_told(value, words):
    (problem,) = directive_problems(value)
    assert words in problem.message
    assert problem.reference.startswith("RFC 9111 section ")


def test_directive_of_responses_is_told_in_a_request():
    (problem,) = directive_problems("public", message="request")
    assert "it is a response directive" in problem.message


@pytest.mark.parametrize(
    "value", ["", "public, max-age=60, immutable", 'no-cache="a"', "max-age=0"]
)
def test_sound_value_has_no_problem(value):
    assert directive_problems(value) == []


# RFC 9111 sections 4.2.1, 4.2.4 and 5.2.2, RFC 5861, RFC 8246
CONTRADICTORY = [
    pytest.param("no-store, max-age=60", "delete 'max-age=60' or 'no-store'", id="no-store"),
    pytest.param("no-store, public, immutable", "'public', 'immutable'", id="all-that-is-dead"),
    pytest.param("public, private, max-age=1", "'public' and 'private'", id="public-private"),
    pytest.param("private, s-maxage=1", "delete 's-maxage'", id="s-maxage-in-private"),
    pytest.param("private, max-age=1, proxy-revalidate", "'proxy-revalidate'", id="private-proxy"),
    pytest.param("no-cache, max-age=60", "'max-age=60' never applies", id="no-cache"),
    pytest.param("no-cache, stale-if-error=9, max-age=0", "'stale-if-error'", id="no-cache-stale"),
    pytest.param(
        "max-age=1, must-revalidate, stale-while-revalidate=9",
        "'must-revalidate' forbids",
        id="must-revalidate-stale",
    ),
    pytest.param("s-maxage=1, stale-if-error=9", "only for browsers", id="s-maxage-stale"),
    pytest.param(
        "max-age=1, proxy-revalidate, stale-if-error=9",
        "keeps shared caches",
        id="proxy-revalidate-stale",
    ),
    pytest.param(
        "max-age=1, must-revalidate, proxy-revalidate",
        "delete 'proxy-revalidate'",
        id="both-revalidate",
    ),
    pytest.param("immutable", "give it a 'max-age'", id="immutable-alone"),
    pytest.param("stale-if-error=9", "give a 'max-age'", id="stale-from-when"),
    pytest.param("must-understand, max-age=1", "'no-store' for caches", id="must-understand-alone"),
]


@pytest.mark.parametrize(("value", "words"), CONTRADICTORY)
def test_contradiction_is_told_with_the_words_to_delete(value, words):
    (problem,) = contradictions(parse_cache_control(value))
    assert words in problem.message
    assert "section" in problem.reference


SOUND = [
    "no-cache, must-revalidate",
    "no-store",
    "no-store, no-cache, must-revalidate, private",
    "public, max-age=31536000, immutable",
    "private, max-age=300",
    "no-store, must-understand, max-age=60",
    "max-age=60, stale-while-revalidate=30, stale-if-error=300",
    "no-cache, max-age=0",
]


@pytest.mark.parametrize("value", SOUND)
def test_sound_combination_is_left_alone(value):
    assert contradictions(parse_cache_control(value)) == []


@given(st.text(max_size=100))
def test_every_problem_has_its_rule(value):
    for problem in [*directive_problems(value), *contradictions(parse_cache_control(value))]:
        assert problem.message
        assert "section" in problem.reference
