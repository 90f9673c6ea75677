"""What a Cache-Control value tells a cache, and how it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_control import (
    DIRECTIVE_NAMES,
    NO_DIRECTIVES,
    CacheControl,
    format_cache_control,
    parse_cache_control,
)
from httpheaders.syntax.cache_directives import FIELD_LISTS, FLAGS, SECONDS


def test_what_is_known_is_written_in_order_and_has_one_kind():
    kinds = (SECONDS, FIELD_LISTS, FLAGS)
    assert sorted(DIRECTIVE_NAMES) == sorted(name for kind in kinds for name in kind)


# RFC 9111 sections 1.2.2, 4.2.1 and 5.2, RFC 8246 section 2
READ = [
    pytest.param(None, CacheControl(), id="absent"),
    pytest.param("", CacheControl(), id="empty"),
    pytest.param(",, ,", CacheControl(), id="nothing-but-commas"),
    pytest.param("Public, MAX-AGE=60", CacheControl(public=True, max_age=60), id="any-case"),
    pytest.param('max-age="60"', CacheControl(max_age=60), id="quoted-number"),
    pytest.param("max-age =60", CacheControl(max_age=60), id="blank-before-equals"),
    pytest.param("max-age= 60", CacheControl(max_age=60), id="blank-after-equals"),
    pytest.param("max-age=1, max-age=9", CacheControl(max_age=1), id="first-of-repeated"),
    pytest.param("max-age=99999999999", CacheControl(max_age=2**31), id="too-large-to-hold"),
    pytest.param("max-age", CacheControl(unreadable=("max-age",)), id="number-missing"),
    pytest.param("max-age=-1", CacheControl(unreadable=("max-age",)), id="negative"),
    pytest.param("max-age=1.5", CacheControl(unreadable=("max-age",)), id="fraction"),
    pytest.param("max-age='60'", CacheControl(unreadable=("max-age",)), id="single-quotes"),
    pytest.param("max-age=\u0666", CacheControl(unreadable=("max-age",)), id="other-digits"),
    pytest.param(
        "max-age=x, max-age=60", CacheControl(unreadable=("max-age",)), id="first-is-unreadable"
    ),
    pytest.param("max-stale", CacheControl(max_stale=2**31), id="any-staleness"),
    pytest.param("max-stale=0", CacheControl(max_stale=0), id="no-staleness"),
    pytest.param(
        'x="max-age=60", no-cache',
        CacheControl(no_cache=True, extensions=(("x", "max-age=60"),)),
        id="directive-inside-quotes",
    ),
    pytest.param(
        'no-cache="A, b"', CacheControl(no_cache_fields=("a", "b")), id="fields-of-no-cache"
    ),
    pytest.param("private=a", CacheControl(private_fields=("a",)), id="field-without-quotes"),
    pytest.param(
        'private="a", private="b"', CacheControl(private_fields=("a", "b")), id="fields-of-both"
    ),
    pytest.param(
        'private="a", private', CacheControl(private=True), id="the-form-without-fields-wins"
    ),
    pytest.param('private=""', CacheControl(private=True), id="no-field-at-all"),
    pytest.param('no-cache="a b"', CacheControl(no_cache=True), id="no-field-names"),
    pytest.param("no-cache=", CacheControl(no_cache=True), id="argument-missing"),
    pytest.param('no-cache="a" x', CacheControl(no_cache_fields=("a",)), id="junk-behind-quotes"),
    pytest.param("no-store=1", CacheControl(no_store=True), id="restricting-flag-with-argument"),
    pytest.param("public=1", CacheControl(), id="permitting-flag-with-argument"),
    pytest.param("immutable=1", CacheControl(immutable=True), id="immutable-ignores-arguments"),
    pytest.param(
        'x="a, no-store, max-age=60',
        CacheControl(no_store=True, extensions=(("x", '"a, no-store, max-age=60'),)),
        id="unclosed-quote-still-restricts",
    ),
    pytest.param(
        "only-if-cached, min-fresh=5",
        CacheControl(only_if_cached=True, min_fresh=5),
        id="of-requests",
    ),
    pytest.param("no-store\u00a0", CacheControl(), id="not-a-token"),
]


@pytest.mark.parametrize(("value", "directives"), READ)
def test_value_is_read(value, directives):
    assert parse_cache_control(value) == directives


WRITTEN = [
    pytest.param(CacheControl(), "", id="nothing"),
    pytest.param(
        CacheControl(no_cache=True, must_revalidate=True), "no-cache, must-revalidate", id="flags"
    ),
    pytest.param(CacheControl(private=True, max_age=300), "private, max-age=300", id="number"),
    pytest.param(CacheControl(no_cache_fields=("a", "b")), 'no-cache="a, b"', id="fields"),
    pytest.param(CacheControl(max_stale=2**31), "max-stale", id="any-staleness"),
    pytest.param(CacheControl(extensions=(("x", None), ("y", "a b"))), 'x, y="a b"', id="unknown"),
]


@pytest.mark.parametrize(("directives", "value"), WRITTEN)
def test_directives_are_written_and_read_back(directives, value):
    assert format_cache_control(directives) == value
    assert parse_cache_control(value) == directives


numbers = st.none() | st.integers(0, 2**31)
names = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True), max_size=3, unique=True)


@st.composite
def cache_controls(draw):
    members = {
        name: draw(st.booleans())
        for name, value in NO_DIRECTIVES._asdict().items()
        if value is False
    }
    for name, value in NO_DIRECTIVES._asdict().items():
        if value is None:
            members[name] = draw(numbers)
    for name in ("no_cache", "private"):
        fields = tuple(draw(names))
        members[f"{name}_fields"] = () if members[name] else fields
    return NO_DIRECTIVES._replace(**members)


@given(cache_controls())
def test_what_is_written_is_read_back(directives):
    assert parse_cache_control(format_cache_control(directives)) == directives


@given(st.text(max_size=200))
def test_no_value_is_too_odd_to_read(value):
    parse_cache_control(value)


@given(
    st.lists(st.sampled_from(["no-store", "private", "max-age=60", 'x="', "a", '"']), max_size=6)
)
def test_no_store_is_never_overlooked(members):
    value = ", ".join(members)
    if value.count('"') % 2 == 0 and "no-store" in value.split('"')[0]:
        assert parse_cache_control(value).no_store


def test_long_value_takes_no_time_to_speak_of():
    value = ", ".join(['x="a\\"b, no-cache"'] * 20_000) + ', y="' + "no-store," * 50_000
    assert parse_cache_control(value).no_store


@pytest.mark.parametrize(
    ("value", "no_store"),
    [
        pytest.param('x="\\"a, no-store"', False, id="closed, and begins with a quote"),
        pytest.param('x="a, no-store', True, id="never closed"),
        pytest.param('x="\\"a", no-store', True, id="behind it"),
    ],
)
def test_only_a_quote_that_never_closes_is_looked_behind(value, no_store):
    assert parse_cache_control(value).no_store is no_store
