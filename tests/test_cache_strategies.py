"""Strategies by name, and the headers they come to."""

from __future__ import annotations

import pytest

import httpheaders
from httpheaders.cache_control import CacheControl, parse_cache_control
from httpheaders.cache_control_problems import contradictions
from httpheaders.cache_strategies import STRATEGIES, build_cache_headers, cache_headers
from httpheaders.errors import PolicyError
from httpheaders.messages.headers import Headers

PROMISED = {
    "no-cache": "no-cache, must-revalidate",
    "no-store": "no-store",
    "public-immutable": "public, max-age=31536000, immutable",
    "private-short": "private, max-age=300",
    "revalidate": "public, max-age=3600, must-revalidate",
}


@pytest.mark.parametrize(("strategy", "value"), PROMISED.items())
def test_promised_strategy(strategy, value):
    assert build_cache_headers(strategy) == {"Cache-Control": value}
    assert httpheaders.build_cache_headers(strategy)["Cache-Control"] == value


@pytest.mark.parametrize("name", ["forever", None, 7])
def test_unknown_strategy_names_the_known(name):
    with pytest.raises(ValueError, match=f"'{name}'.* no-cache, no-store, public-immutable"):
        build_cache_headers(name)


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=lambda strategy: strategy.name)
def test_no_strategy_contradicts_itself(strategy):
    for directives in (strategy.directives, strategy.cdn):
        if directives is not None:
            assert contradictions(directives) == []
    answer = cache_headers(strategy.name, explain=True)
    assert answer.ok
    assert answer.steps
    assert parse_cache_control(answer.headers.get("Cache-Control")) == strategy.directives


ADJUSTED = [
    pytest.param("revalidate", {"adjust": CacheControl(max_age=60)},
                 "public, max-age=60, must-revalidate", id="number-replaced"),
    pytest.param("public-immutable", {"without": ["immutable"]}, "public, max-age=31536000",
                 id="flag-left-out"),
    pytest.param("private-short", {"adjust": CacheControl(stale_if_error=9)},
                 "private, max-age=300, stale-if-error=9", id="directive-added"),
    pytest.param(None, {"adjust": CacheControl(public=True, max_age=1)}, "public, max-age=1",
                 id="no-strategy"),
]  # fmt: skip


@pytest.mark.parametrize(("strategy", "options", "value"), ADJUSTED)
def test_adjustment(strategy, options, value):
    assert cache_headers(strategy, **options).headers.get("Cache-Control") == value


def test_the_use_of_a_strategy_is_told_only_where_it_is_as_it_was():
    assert (
        cache_headers("no-store").reason == "for secrets and personal data that no cache may keep"
    )
    changed = cache_headers("no-store", adjust=CacheControl(max_age=60), without=["no-store"])
    assert changed.reason == (
        "the strategy 'no-store' as adjusted says max-age=60 (fresh for so many seconds)"
    )


def test_where_no_directive_is_left_there_is_no_cache_control():
    none = ["no-cache", "must-revalidate"]
    answer = cache_headers("no-cache", without=none, expires=784111777)
    assert answer.headers == Headers([("Expires", "Sun, 06 Nov 1994 08:49:37 GMT")])
    for nothing in ({"strategy": "no-cache", "without": none}, {"strategy": None}):
        with pytest.raises(PolicyError, match="no directive is left"):
            cache_headers(**nothing, vary=["Accept"])


REFUSED = [
    pytest.param({"adjust": CacheControl(max_age=60)}, "delete 'max-age=60'", id="contradiction"),
    pytest.param({"without": ["maxage"]}, "unknown directive 'maxage'", id="unknown-directive"),
    pytest.param({"vary": ["a b"]}, "not a field name", id="no-field-name"),
    pytest.param({"vary": ["a\r\nb"]}, "not a field name", id="injection"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_refused_with_the_words_to_delete(options, words):
    with pytest.raises(PolicyError, match=words):
        cache_headers("no-store", **options)


def test_vary_lists_each_name_once():
    answer = cache_headers("api", vary=["accept", "Origin"])
    assert answer.headers.get("Vary") == "Authorization, Accept, Origin"


# RFC 9110 section 12.5.5, RFC 9111 section 4.1
@pytest.mark.parametrize(
    ("strategy", "is_odd"),
    [
        pytest.param("public-immutable", True, id="max-age"),
        pytest.param("cdn-only", True, id="in-the-cdn"),
        pytest.param("no-cache", False, id="no-lifetime"),
    ],
)
def test_a_star_in_vary_stands_alone_and_is_told_beside_a_lifetime(strategy, is_odd):
    answer = cache_headers(strategy, vary=["Accept", "*"])
    assert answer.headers.get("Vary") == "*"
    assert [problem.where for problem in answer.problems] == ["Vary"] * is_odd


def test_expires_is_an_http_date():
    answer = cache_headers("private-short", expires=784111777)
    assert answer.headers.get("Expires") == "Sun, 06 Nov 1994 08:49:37 GMT"
