"""Preconditions, in the order of RFC 9110 section 13.2.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.messages.headers import Headers
from httpheaders.preconditions import Validators, evaluate_preconditions, validators_of
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.entity_tags import EntityTag

NOW = 1_700_000_000
MODIFIED = NOW - 86400
AT = format_http_date(MODIFIED)
BEFORE, AFTER = format_http_date(MODIFIED - 1), format_http_date(MODIFIED + 1)
STRONG = Validators(EntityTag("v7"), MODIFIED, NOW)
WEAK = Validators(EntityTag("v7", weak=True), MODIFIED, NOW)
NONE = Validators(exists=False)

ROWS = [
    # 13.1.1: strong comparison
    pytest.param("PUT", {"If-Match": '"v7"'}, STRONG, 200, id="if-match"),
    pytest.param("PUT", {"If-Match": '"v6"'}, STRONG, 412, id="if-match-another"),
    pytest.param("PUT", {"If-Match": '"v6", "v7"'}, STRONG, 200, id="if-match-list"),
    pytest.param("PUT", {"If-Match": '"v7"'}, WEAK, 412, id="if-match-current-is-weak"),
    pytest.param("PUT", {"If-Match": 'W/"v7"'}, STRONG, 412, id="if-match-weak"),
    pytest.param("PUT", {"If-Match": "*"}, STRONG, 200, id="if-match-star"),
    pytest.param("PUT", {"If-Match": "*"}, NONE, 412, id="if-match-star-and-nothing-there"),
    pytest.param("PUT", {"If-Match": "*"}, Validators(), 200, id="if-match-star-without-tag"),
    pytest.param("PUT", {"If-Match": '"v7"'}, Validators(), 412, id="if-match-without-tag"),
    pytest.param(
        "GET", {"If-Match": '"a,b"'}, Validators(EntityTag("a,b")), 200, id="comma-inside"
    ),
    # 13.1.4
    pytest.param("PUT", {"If-Unmodified-Since": AT}, STRONG, 200, id="unmodified"),
    pytest.param("PUT", {"If-Unmodified-Since": BEFORE}, STRONG, 412, id="modified-since"),
    pytest.param("PUT", {"If-Unmodified-Since": "x"}, STRONG, 200, id="unmodified-no-date"),
    pytest.param(
        "PUT",
        {"If-Unmodified-Since": BEFORE},
        Validators(EntityTag("v7")),
        200,
        id="unmodified-without-last-modified",
    ),
    pytest.param(
        "PUT",
        {"If-Match": '"v7"', "If-Unmodified-Since": BEFORE},
        STRONG,
        200,
        id="if-match-goes-before-if-unmodified-since",
    ),
    # 13.1.2: weak comparison
    pytest.param("GET", {"If-None-Match": '"v7"'}, STRONG, 304, id="if-none-match"),
    pytest.param("HEAD", {"If-None-Match": '"v7"'}, STRONG, 304, id="if-none-match-head"),
    pytest.param("PUT", {"If-None-Match": '"v7"'}, STRONG, 412, id="if-none-match-put"),
    pytest.param("GET", {"If-None-Match": 'W/"v7"'}, STRONG, 304, id="if-none-match-weak"),
    pytest.param("GET", {"If-None-Match": '"v7"'}, WEAK, 304, id="if-none-match-current-is-weak"),
    pytest.param("GET", {"If-None-Match": '"v6", "v5"'}, STRONG, 200, id="if-none-match-others"),
    pytest.param("GET", {"If-None-Match": "*"}, STRONG, 304, id="if-none-match-star"),
    pytest.param("PUT", {"If-None-Match": "*"}, NONE, 200, id="create-only"),
    pytest.param("PUT", {"If-None-Match": "*"}, STRONG, 412, id="create-only-and-it-is-there"),
    pytest.param("GET", {"If-None-Match": '*, "v6"'}, STRONG, 200, id="star-is-no-member"),
    pytest.param("GET", {"If-None-Match": "v7"}, STRONG, 304, id="unquoted"),
    # 13.1.3
    pytest.param("GET", {"If-Modified-Since": AT}, STRONG, 304, id="not-modified"),
    pytest.param("GET", {"If-Modified-Since": AFTER}, STRONG, 304, id="not-modified-later-date"),
    pytest.param("GET", {"If-Modified-Since": BEFORE}, STRONG, 200, id="modified"),
    pytest.param("POST", {"If-Modified-Since": AT}, STRONG, 200, id="only-get-and-head"),
    pytest.param("GET", {"If-Modified-Since": "x"}, STRONG, 200, id="no-date"),
    pytest.param(
        "GET",
        {"If-Modified-Since": AT},
        Validators(EntityTag("v7")),
        200,
        id="without-last-modified",
    ),
    pytest.param(
        "GET",
        {"If-None-Match": '"v6"', "If-Modified-Since": AT},
        STRONG,
        200,
        id="if-none-match-goes-before-if-modified-since",
    ),
    pytest.param(
        "GET",
        {"If-Match": '"v6"', "If-None-Match": '"v7"'},
        STRONG,
        412,
        id="lost-update-goes-first",
    ),
    # 13.2.1
    pytest.param("OPTIONS", {"If-Match": '"v6"'}, STRONG, 200, id="no-representation-involved"),
    pytest.param("GET", {}, STRONG, 200, id="nothing-to-evaluate"),
]


@pytest.mark.parametrize(("method", "fields", "validators", "status"), ROWS)
def test_status(method, fields, validators, status):
    headers = Headers(fields.items())
    verdict = evaluate_preconditions(method, headers, validators, now=NOW, explain=True)
    assert verdict.status == status
    assert verdict.ok is (status != 412)
    assert verdict.reference.startswith("RFC 9110 section 13.")


# 13.1.5: strong comparison, exact date
IF_RANGE = [
    pytest.param('"v7"', STRONG, True, id="tag"),
    pytest.param('"v6"', STRONG, False, id="another-tag"),
    pytest.param('W/"v7"', STRONG, False, id="weak-tag"),
    pytest.param('"v7"', WEAK, False, id="current-is-weak"),
    pytest.param('"v7", "v6"', STRONG, False, id="a-list"),
    pytest.param("v7", STRONG, False, id="unquoted"),
    pytest.param(AT, STRONG, True, id="date"),
    pytest.param(AFTER, STRONG, False, id="later-date"),
    pytest.param(AT, STRONG._replace(date=MODIFIED), False, id="date-is-a-weak-validator"),
    pytest.param(AT, STRONG._replace(date=None), True, id="strength-of-the-date-unknown"),
    pytest.param("x", STRONG, False, id="neither"),
]


@pytest.mark.parametrize(("value", "validators", "holds"), IF_RANGE)
def test_if_range_decides_about_range_alone(value, validators, holds):
    headers = Headers([("If-Range", value), ("Range", "bytes=0-0")])
    verdict = evaluate_preconditions("GET", headers, validators, now=NOW)
    assert (verdict.status, verdict.use_range) == (200, holds)


def test_if_range_without_range_is_ignored():
    headers = Headers([("If-Range", '"v6"')])
    verdict = evaluate_preconditions("GET", headers, STRONG, now=NOW, explain=True)
    assert verdict.status == 200
    assert "ignored" in verdict.steps[0].outcome


def test_cache_leaves_alone_what_is_for_the_origin():
    headers = Headers([("If-Match", '"v6"'), ("If-Unmodified-Since", BEFORE)])
    assert evaluate_preconditions("GET", headers, STRONG, now=NOW, by_cache=True).status == 200


# RFC 9111 section 4.3.2
def test_cache_has_a_stand_in_for_last_modified():
    headers = Headers([("If-Modified-Since", AT)])
    validators = Validators(modified_by=MODIFIED)
    assert evaluate_preconditions("GET", headers, validators, now=NOW).status == 304


@pytest.mark.parametrize(
    ("name", "section"), [("If-Unmodified-Since", "13.1.4"), ("If-Modified-Since", "13.1.3")]
)
def test_a_date_that_is_none_is_told_by_the_section_of_its_field(name, section):
    (problem,) = evaluate_preconditions("GET", Headers([(name, "x")]), STRONG, now=NOW).problems
    assert (problem.where, problem.reference) == (name, f"RFC 9110 section {section}")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_star_says_nothing_of_a_tag_that_the_client_has(method):
    headers = Headers([("If-None-Match", "*")])
    reason = evaluate_preconditions(method, headers, STRONG, now=NOW).reason
    assert reason == "If-None-Match is *, and there is a current representation"


def test_unquoted_tag_is_told():
    headers = Headers([("If-None-Match", "v7")])
    (problem,) = evaluate_preconditions("GET", headers, STRONG, now=NOW).problems
    assert (problem.where, "double quotes" in problem.message) == ("If-None-Match", True)


def test_validators_of_a_response_are_read_and_told():
    validators, problems = validators_of(
        Headers([("ETag", "v7"), ("Last-Modified", "x"), ("Date", AT)]), now=NOW
    )
    assert validators == Validators(EntityTag("v7"), None, MODIFIED)
    assert [problem.where for problem in problems] == ["ETag", "Last-Modified"]
    assert 'send "v7"' in problems[0].message


FIELDS = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"]


@given(
    st.sampled_from(["GET", "HEAD", "PUT", "OPTIONS"]),
    st.dictionaries(
        st.sampled_from([*FIELDS, "Range"]),
        st.sampled_from(["*", '"v7"', 'W/"v7"', AT, "", '"']) | st.text(max_size=30),
    ),
    st.sampled_from([STRONG, WEAK, NONE, Validators()]),
)
def test_every_request_gets_one_of_three_answers(method, fields, validators):
    headers = Headers(fields.items())
    verdict = evaluate_preconditions(method, headers, validators, now=NOW)
    assert verdict.status in (200, 304, 412)
    assert verdict.status != 304 or method in ("GET", "HEAD")
