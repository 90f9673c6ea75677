"""Strategies by name, and the headers they come to."""

from __future__ import annotations

import pytest

import httpheaders
from httpheaders.cache_control import CacheControl, parse_cache_control
from httpheaders.cache_control_problems import contradictions
from httpheaders.cache_strategies import STRATEGIES, build_cache_headers, cache_headers
from httpheaders.errors import PolicyError

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


def test_unknown_strategy_names_the_known():
    with pytest.raises(ValueError, match="no-cache, no-store, public-immutable"):
        build_cache_headers("forever")


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


def test_expires_is_an_http_date():
    answer = cache_headers("private-short", expires=784111777)
    assert answer.headers.get("Expires") == "Sun, 06 Nov 1994 08:49:37 GMT"
