"""Vary: which request belongs to which stored response, RFC 9111 section 4.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.messages.headers import Headers
from httpheaders.vary import parse_vary, selects, vary_key, vary_problems

NAMES = [
    pytest.param([], (), id="absent"),
    pytest.param([""], (), id="empty"),
    pytest.param(["Accept, ORIGIN"], ("accept", "origin"), id="lower-case"),
    pytest.param(["a", "b"], ("a", "b"), id="two-lines"),
    pytest.param(["a, A"], ("a",), id="doubled"),
    pytest.param(["*"], None, id="star"),
    pytest.param(["a, *"], None, id="star-among-others"),
    pytest.param(["", "*"], None, id="star-on-the-second-line"),
    pytest.param(["a b"], None, id="no-field-name"),
    pytest.param(["Coo\u212aie"], None, id="kelvin-sign"),
]


@pytest.mark.parametrize(("lines", "names"), NAMES)
def test_names(lines, names):
    assert parse_vary(Headers(("Vary", line) for line in lines)) == names


# "adding or removing whitespace", "combining multiple header field lines", "normalizing"
MATCHES = [
    pytest.param("foo", ["1"], ["1"], True, id="same"),
    pytest.param("foo", ["1"], ["2"], False, id="different"),
    pytest.param("foo", [], [], True, id="both-absent"),
    pytest.param("foo", ["1"], [], False, id="absent-now"),
    pytest.param("foo", [], [""], False, id="absent-is-not-empty"),
    pytest.param("foo", ["1, 2"], ["1", "2"], True, id="lines-joined"),
    pytest.param("foo", ["1,2"], [" 1 ,  2 "], True, id="blanks"),
    pytest.param("foo", ["1,2"], ["2,1"], False, id="order-of-an-unknown-field"),
    pytest.param("foo", ["A"], ["a"], False, id="case-of-an-unknown-field"),
    pytest.param("foo", ['"a, b"'], ['"a,b"'], False, id="blank-inside-quotes"),
    pytest.param("accept-language", ["en, de"], ["de, en"], True, id="order"),
    pytest.param("accept-language", ["EN"], ["en"], True, id="case"),
    pytest.param("accept-language", ["en;q=1.0"], ["en"], True, id="weight-of-one"),
    pytest.param("accept-language", ["en;q=0.50"], ["en ; q=0.5"], True, id="weight-spelt"),
    pytest.param("accept-language", ["en;q=0.5"], ["en"], False, id="weight-differs"),
    pytest.param("accept", ["text/html;Charset=utf-8"], ['TEXT/html; charset="utf-8"'], True,
                 id="parameter-spelt"),
    pytest.param("accept", ["a/b;c=X"], ["a/b;c=x"], False, id="case-of-a-parameter-value"),
    pytest.param("accept-encoding", ["x-gzip, br"], ["br,gzip"], True, id="x-gzip"),
    pytest.param("accept-encoding", ["x-compress"], ["compress"], True, id="x-compress"),
    pytest.param("accept-encoding", ["x-lzma"], ["lzma"], False, id="no-alias-x-lzma"),
    pytest.param("accept-encoding", ["x-br"], ["br"], False, id="no-alias-x-br"),
    pytest.param("accept-encoding", ["gzip"], ["gzip;q=0"], False, id="excluded"),
]  # fmt: skip


def fields(name, lines):
    return Headers((name, line) for line in lines)


@pytest.mark.parametrize(("name", "stored", "presented", "match"), MATCHES)
def test_requests_match(name, stored, presented, match):
    key = vary_key((name,), fields(name, stored))
    assert selects(key, fields(name, presented), Headers()) is match
    again = selects(key, fields(name, presented), Headers(), stored_headers=fields(name, stored))
    assert again is match


# "that mechanism MAY be used to choose a preferred response"
PREFERRED = [
    pytest.param("fr;q=0.5, de", True, id="ranked-first"),
    pytest.param("de", True, id="alone"),
    pytest.param("de, fr", False, id="a-rival"),
    pytest.param("fr, de;q=0.5", False, id="ranked-second"),
    pytest.param("de;q=0", False, id="excluded"),
    pytest.param("de-AT", False, id="another-tag"),
]


@pytest.mark.parametrize(("value", "match"), PREFERRED)
def test_language_that_is_ranked_first(value, match):
    key = vary_key(("accept-language",), Headers([("Accept-Language", "en, de")]))
    response = Headers([("Content-Language", "de")])
    assert selects(key, Headers([("Accept-Language", value)]), response) is match


@given(st.text(max_size=60), st.sampled_from(["accept", "accept-language", "accept-encoding", "x"]))
def test_every_request_selects_its_own_response(value, name):
    headers = Headers([(name, value)])
    assert selects(vary_key((name,), headers), headers, Headers())


@given(st.lists(st.sampled_from(["en", "de;q=0.5", "fr;q=0.1", "*;q=0"]), unique=True).flatmap(
    lambda members: st.tuples(st.just(members), st.permutations(members))))  # fmt: skip
def test_order_of_languages_means_nothing(pair):
    first, second = (Headers([("Accept-Language", ", ".join(members))]) for members in pair)
    assert selects(vary_key(("accept-language",), first), second, Headers())


TOLD = [
    pytest.param("*", "never matches", id="star"),
    pytest.param("User-Agent", "kills the hit rate", id="user-agent"),
    pytest.param("Cookie", "kills the hit rate", id="cookie"),
    pytest.param("Accept, accept", "listed twice", id="doubled"),
    pytest.param("a b", "no field name", id="no-field-name"),
]


@pytest.mark.parametrize(("value", "words"), TOLD)
def test_member_that_keeps_a_cache_from_being_hit_is_told(value, words):
    (problem,) = vary_problems(Headers([("Vary", value)]))
    assert words in problem.message


def test_sound_vary_has_no_problem():
    assert vary_problems(Headers([("Vary", "Accept-Encoding, Origin")])) == []
