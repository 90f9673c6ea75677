"""Clients' pools under our names and under their own."""

from __future__ import annotations

import pytest

from httpheaders.errors import PolicyError
from httpheaders.pool_parameters import PoolParameters, check_parameters
from httpheaders.pool_presets import (
    PRESETS,
    client_parameters,
    find_knob,
    find_preset,
    with_changes,
)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_every_preset_is_sound(preset):
    check_parameters(preset.parameters)
    assert {knob.parameter for knob in preset.knobs} <= set(PoolParameters._fields)
    assert preset.measured == ("not measured" not in preset.version)
    assert set(client_parameters(preset, preset.parameters)) == {knob.name for knob in preset.knobs}


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("urllib3", {}, {"maxsize": 1, "block": False, "num_pools": 10, "pool_timeout": None}),
        ("requests", {"on_full": "wait", "max_per_host": 4}, {"pool_maxsize": 4,
                                                              "pool_block": True}),
        ("requests", {"max_idle_per_host": 4}, {"pool_maxsize": 4}),
        ("httpx", {}, {"max_connections": 100, "max_keepalive_connections": 20,
                       "keepalive_expiry": 5, "pool": 5}),
        ("httpx", {"max_total": 10}, {"max_connections": 10, "max_keepalive_connections": 10}),
        ("httpx", {"max_total": 200}, {"max_keepalive_connections": 20}),
        ("httpcore", {"max_total": 50}, {"max_keepalive_connections": 50}),
        ("aiohttp", {"max_total": None}, {"limit": 0, "limit_per_host": 0}),
        ("go", {}, {"MaxIdleConnsPerHost": 2, "MaxIdleConns": 100, "MaxConnsPerHost": 0}),
        ("node", {"idle_timeout": 0.5}, {"timeout": 500, "scheduling": "lifo"}),
        ("undici", {}, {"keepAliveTimeout": 4000, "connections": None}),
        ("httpclient5", {}, {"defaultMaxPerRoute": 5, "maxTotal": 25, "keepAlive": 180}),
    ],
)  # fmt: skip
def test_the_clients_words(name, changes, words):
    preset = find_preset(name)
    said = client_parameters(preset, with_changes(preset, changes))
    assert {key: said[key] for key in words} == words


def test_what_is_said_of_both_is_kept():
    preset = find_preset("requests")
    changed = with_changes(preset, {"max_per_host": 8, "max_idle_per_host": 3})
    assert (changed.max_per_host, changed.max_idle_per_host) == (8, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: find_preset("request"), "unknown preset 'request': did you mean 'requests'"),
        (lambda: find_preset("zzz"), "expected one of urllib3, requests"),
        (lambda: with_changes(None, {"size": 1}), "unknown parameter 'size'"),
        (lambda: find_knob(find_preset("go"), "MaxIdleCons"), "did you mean 'MaxIdleConns'"),
        (lambda: find_knob(None, "pool_maxsize"), "unknown parameter 'pool_maxsize'"),
    ],
)
def test_slips_of_the_pen(call, message):
    with pytest.raises(PolicyError, match=message):
        call()
