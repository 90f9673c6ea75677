"""
Negotiation, against the suites of jshttp, hapi, WebOb, Werkzeug and python-mimeparse.

Where a vector's codes say that the standards leave the answer open, and the suite answers otherwise
than we do, our answer is held against `plain_negotiation`: the same rules written down as slowly
and plainly as they can be.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from httpheaders.accept_fields import (
    parse_accept,
    parse_accept_charset,
    parse_accept_encoding,
    parse_accept_language,
)
from httpheaders.content_negotiation import (
    Negotiation,
    negotiate_charset,
    negotiate_encoding,
    negotiate_language,
    negotiate_type,
)
from httpheaders.errors import PolicyError

from .disagreements import DISAGREEMENTS, OPEN_QUESTIONS
from .plain_negotiation import plain_ranking
from .vectors import load

NEGOTIATE = {
    "type": negotiate_type,
    "charset": negotiate_charset,
    "encoding": negotiate_encoding,
    "language": negotiate_language,
}
PARSE = {
    "type": parse_accept,
    "charset": parse_accept_charset,
    "encoding": parse_accept_encoding,
    "language": parse_accept_language,
}
UNUSABLE_OFFERS = {"offer-not-a-type", "extension-names", "not-a-language-tag"}


def dimension_of(vector: dict[str, Any]) -> str:
    return vector["op"].rpartition(".")[2]


def is_open(vector: dict[str, Any]) -> bool:
    return bool(vector.get("ambiguous")) and set(vector["why"]) <= OPEN_QUESTIONS.keys()


def options_of(vector: dict[str, Any]) -> dict[str, Any]:
    """A vector without a scheme is one of basic filtering, RFC 9110 section 12.5.4."""
    given = vector["input"]
    default = given.get("default_tag", given.get("default"))
    options = {} if default is None else {"default": default}
    if dimension_of(vector) == "language":
        options["match"] = "lookup" if given.get("scheme") == "lookup" else "filter"
        options["default_range"] = given.get("default_range")
    return options


def offers_of(vector: dict[str, Any]) -> list[str]:
    """What is preferred stands first: ties go by the server's order."""
    preferred = vector["input"].get("preferred", [])
    available = vector["input"].get("available", [])
    return [*preferred, *(offer for offer in available if offer not in preferred)]


def negotiate(vector: dict[str, Any]) -> Negotiation[str]:
    negotiate_dimension = NEGOTIATE[dimension_of(vector)]
    return negotiate_dimension(vector["input"]["accept"], offers_of(vector), **options_of(vector))


def agrees(answer: Negotiation[str], expected: dict[str, Any]) -> bool:
    found = {
        "best": answer.selected,
        "ranked": [ranked.offer for ranked in answer.ranked],
        "weights": [[ranked.offer, ranked.quality] for ranked in answer.ranked],
    }
    return all(found.get(name) == value for name, value in expected.items())


@pytest.mark.parametrize("vector", load("negotiation/negotiate_*.jsonl"))
def test_negotiate(vector):
    if is_open(vector) and vector["id"] not in DISAGREEMENTS and not is_as_the_suite_has_it(vector):
        assert_ours(vector)
    else:
        assert is_as_the_suite_has_it(vector)


@pytest.mark.parametrize("vector", load("negotiation/negotiate_*.jsonl", only=is_open))
def test_open_questions_are_answered_by_our_rules(vector):
    assert_ours(vector)


def is_as_the_suite_has_it(vector: dict[str, Any]) -> bool:
    try:
        return agrees(negotiate(vector), vector["expected"])
    except PolicyError:
        return False


def assert_ours(vector: dict[str, Any]) -> None:
    if set(vector["why"]) & UNUSABLE_OFFERS:
        with pytest.raises(PolicyError):
            negotiate(vector)
        return
    answer, options = negotiate(vector), options_of(vector)
    ranking = plain_ranking(
        dimension_of(vector), vector["input"]["accept"], offers_of(vector), options.get("match")
    )
    assert [(ranked.offer, ranked.quality) for ranked in answer.ranked] == ranking
    if ranking:
        assert answer.selected == ranking[0][0]
    elif options.get("match") != "lookup":
        assert answer.selected == options.get("default")
    expected = vector["expected"]
    if "weights" in expected and "weights" not in vector["ambiguous_in"]:
        assert dict(ranking) == dict(map(tuple, expected["weights"]))


@pytest.mark.parametrize("vector", load("negotiation/accept_quality.jsonl"))
def test_quality(vector):
    dimension, given = dimension_of(vector), vector["input"]
    options = {"match": "filter"} if dimension == "language" else {}
    answer = NEGOTIATE[dimension](given["accept"], [given["offer"]], **options)
    quality = answer.quality or 0
    if quality != vector["expected"] and vector["id"] not in DISAGREEMENTS and is_open(vector):
        ranking = plain_ranking(dimension, given["accept"], [given["offer"]], options.get("match"))
        assert quality == (ranking[0][1] if ranking else 0)
    else:
        assert quality == vector["expected"]


@pytest.mark.parametrize("vector", load("negotiation/accept_rank.jsonl"))
def test_rank_of_the_field_alone(vector):
    read = PARSE[dimension_of(vector)](vector["input"]["accept"] or "")
    named = sorted(read.ranges, key=lambda range_: -range_.quality)
    # All but parameters' values is compared without regard to case, as the names are.
    ranked = [range_.range.lower() for range_ in named if range_.quality]
    expected = vector["expected"]
    suite = [offer.lower() for offer in expected.get("ranked", [])]
    best = (expected.get("best") or "").lower()
    same = not expected.get("error") and (
        ranked[:1] == [best][: bool(best)] and ("ranked" not in expected or suite == ranked)
    )
    if vector["id"] in DISAGREEMENTS or not is_open(vector):
        assert same or (expected.get("error") and read.problems)
    elif not same:
        assert_open_rank(vector, ranked, suite, bool(read.problems))


def assert_open_rank(
    vector: dict[str, Any], ranked: list[str], suite: list[str], has_problems: bool
) -> None:
    """What differs is only what the codes name."""
    why = set(vector["why"])
    if "malformed" in why:
        assert has_problems
    elif why & {"absent-header", "empty-header"}:
        assert ranked == []
    elif "identity-unlisted" in why:
        assert suite == [*ranked, "identity"]
    elif "tie" in why:
        assert sorted(ranked) == sorted(suite or ranked)
    else:
        pytest.fail(f"no rule of ours explains {ranked}")


@pytest.mark.parametrize("vector", load("negotiation/accept_parse.jsonl"))
def test_parse(vector):
    read = PARSE[dimension_of(vector)](vector["input"]["accept"])
    why = set(vector.get("why", ()))
    expected = vector["expected"]
    if vector["id"] in DISAGREEMENTS or not is_open(vector):
        if expected.get("error"):
            assert read.problems
        else:
            assert as_vector(read.ranges, expected["ranges"]) == expected["ranges"]
    elif why & {"empty-parameter", "outer-whitespace", "empty-header"}:
        # Allowed: the suites hold RFC 7231 to it, or count what surrounds the value.
        assert read.problems == ()
    elif "params-after-q" in why:
        for range_, theirs in zip(read.ranges, expected["ranges"], strict=True):
            both = [*theirs["params"], *theirs.get("ext", [])]
            assert [list(parameter) for parameter in range_.parameters] == both
    else:
        assert why == {"malformed"}
        assert read.problems


def as_vector(ranges, expected):
    members = [
        {
            "range": range_.range,
            "q": range_.quality,
            "params": [list(parameter) for parameter in range_.parameters],
            "ext": [],
        }
        for range_ in ranges
    ]
    return [
        {name: member[name] for name in theirs}
        for member, theirs in zip(members, expected, strict=True)
    ]


def weighted(names):
    weights = st.sampled_from(["", ";q=0", ";q=0.5", "; q=0.5", ";Q=1", ";q=0.333", ";q=2", ";x=1"])
    members = st.builds("{}{}".format, st.sampled_from(names), weights)
    return st.none() | st.lists(members, max_size=6).map(", ".join)


def offers(names):
    return st.lists(st.sampled_from(names), max_size=5)


TYPES = ["a/b", "a/c", "A/B;x=1", "a/b;x=1;y=2", "a/b;y=2", 'a/b;x="1"', "d/e", "a/b;charset=UTF-8"]
TYPE_RANGES = [*TYPES, "a/*", "a/*;y=2", "*/*", "*/*;x=1", "*/b", "a/b;charset=utf-8", "a", ""]
TAGS = ["en", "EN", "en-GB", "en-GB-oed", "de-AT", "de", "zh-Hant-TW", "zh-x-a", "zh"]
TAG_RANGES = [*TAGS, "*", "en-US", "de-AT-1996", "zh-x-a-b", "en_GB", ""]
NAMES = ["gzip", "x-gzip", "GZIP", "br", "identity", "x-compress", "compress"]

QUESTIONS = st.one_of(
    st.tuples(st.just("type"), weighted(TYPE_RANGES), offers(TYPES), st.none()),
    st.tuples(st.just("charset"), weighted([*NAMES, "*", "a b"]), offers(NAMES), st.none()),
    st.tuples(st.just("encoding"), weighted([*NAMES, "*", "a b"]), offers(NAMES), st.none()),
    st.tuples(
        st.just("language"),
        weighted(TAG_RANGES),
        offers(TAGS),
        st.sampled_from(["filter", "lookup"]),
    ),
)


@settings(max_examples=500, deadline=None)
@given(QUESTIONS)
def test_the_fast_way_and_the_plain_way_agree(question):
    dimension, field, available, match = question
    options = {"match": match} if match else {}
    if match == "lookup":
        available = list(dict.fromkeys(available))
    answer = NEGOTIATE[dimension](field, available, **options)
    ranking = plain_ranking(dimension, field, available, match)
    assert [(ranked.offer, ranked.quality) for ranked in answer.ranked] == ranking
