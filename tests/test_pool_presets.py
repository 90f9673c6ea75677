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
    our_value,
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
        ("go", {"max_idle_per_host": 0}, {"MaxIdleConnsPerHost": -1}),
        ("go", {"max_idle_total": 0, "idle_timeout": 0}, {"MaxIdleConns": None,
                                                          "IdleConnTimeout": None}),
        ("go", {"max_idle_total": None, "idle_timeout": None}, {"MaxIdleConns": 0,
                                                                "IdleConnTimeout": 0}),
        ("node", {"max_idle_per_host": 0, "idle_timeout": 0}, {"maxFreeSockets": -1,
                                                               "timeout": None}),
        ("node", {"idle_timeout": None}, {"timeout": 0}),
        ("node", {"idle_timeout": 0.0001}, {"timeout": 1}),
        ("httpx", {"idle_timeout": 0}, {"keepalive_expiry": 0}),
        ("undici", {}, {"keepAliveTimeout": 4000, "connections": None}),
        ("httpclient5", {}, {"defaultMaxPerRoute": 5, "maxTotal": 25, "keepAlive": 180}),
    ],
)  # fmt: skip
def test_the_clients_words(name, changes, words):
    preset = find_preset(name)
    said = client_parameters(preset, with_changes(preset, changes))
    assert {key: said[key] for key in words} == words


@pytest.mark.parametrize(
    ("name", "knob", "number", "ours"),
    [
        pytest.param("go", "IdleConnTimeout", 0, None, id="Go never closes"),
        pytest.param("go", "MaxConnsPerHost", 0, None, id="Go has no limit"),
        pytest.param("go", "MaxIdleConnsPerHost", -1, 0, id="Go keeps none"),
        pytest.param("go", "max_idle_per_host", 0, 0, id="our own name"),
        pytest.param("aiohttp", "limit", 0, None, id="aiohttp has no limit"),
        pytest.param("aiohttp", "keepalive_timeout", 0, 0, id="aiohttp: at once"),
        pytest.param("node", "timeout", 0, None, id="Node has no timeout"),
        pytest.param("node", "timeout", 500, 0.5, id="Node's milliseconds"),
        pytest.param("node", "maxFreeSockets", -1, 0, id="Node keeps none"),
    ],
)
def test_a_clients_number_as_ours(name, knob, number, ours):
    assert our_value(find_knob(find_preset(name), knob), number) == ours


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
        (
            lambda: with_changes(find_preset("requests"), {"max_idle_per_host": 0}),
            "max_idle_per_host 0 is max_per_host too for this client: max_per_host 0 is not",
        ),
        (
            lambda: our_value(find_knob(find_preset("go"), "MaxIdleConnsPerHost"), 0),
            "MaxIdleConnsPerHost 0 does not mean 0 to this client: write -1 for none",
        ),
        (
            lambda: our_value(find_knob(find_preset("urllib3"), "maxsize"), 0),
            "maxsize 0 does not mean 0 to this client$",
        ),
        (lambda: find_knob(find_preset("go"), "MaxIdleCons"), "did you mean 'MaxIdleConns'"),
        (lambda: find_knob(None, "pool_maxsize"), "unknown parameter 'pool_maxsize'"),
    ],
)
def test_slips_of_the_pen(call, message):
    with pytest.raises(PolicyError, match=message):
        call()
