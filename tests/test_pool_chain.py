"""Who closes an idle connection first? RFC 9112 section 9.5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import PolicyError
from httpheaders.pool_chain import Hop, check_chain, parse_chain


@pytest.mark.parametrize(
    ("text", "resets", "settings"),
    [
        pytest.param("client=4s,lb=60s,server=75s", (), "4 60 75", id="rising: no race"),
        pytest.param("client=90s,lb=60s,server=5s", ("lb", "server"), "90 95 100", id="falling"),
        pytest.param("client=50s,lb=60s,server=5s", ("server",), "50 60 65", id="the last resets"),
        pytest.param("client=90s,lb=60s,server=70s", ("lb",), "90 95 100", id="the first resets"),
        pytest.param("a=5s,b=5s", ("b",), "5 10", id="equal is a race"),
    ],
)
def test_races(text, resets, settings):
    chain = check_chain(parse_chain(text), explain=True)
    assert (chain.resets, chain.ok) == (resets, not resets)
    assert " ".join(f"{hop.timeout:g}" for hop in chain.settings) == settings
    assert len(chain.steps) == text.count(",")


def test_a_race_names_the_value_to_set():
    (race,) = check_chain(parse_chain("lb=60s,gunicorn=2s")).races
    assert (race.client, race.server, race.set_to, race.or_client_to) == (
        "lb",
        "gunicorn",
        65,
        1,
    )
    assert "set gunicorn above 60 s" in check_chain(parse_chain("lb=60s,gunicorn=2s")).reason
    assert "above 9072000 s, as 9072005 s" in check_chain(parse_chain("lb=15w,gunicorn=2s")).reason
    (race,) = check_chain(parse_chain("lb=60s,gunicorn=30s"), margin=1).races
    assert (race.set_to, race.or_client_to) == (61, 29)


@pytest.mark.parametrize(
    ("server", "margin", "shorter"),
    [
        pytest.param(60, 5, 55, id="by the margin"),
        pytest.param(5, 5, 2.5, id="Node's, Apache's and uvicorn's: half of it"),
        pytest.param(6, 5, 3, id="half leaves more time than the rest"),
        pytest.param(0, 5, None, id="nothing is shorter than nothing"),
    ],
)
def test_a_shorter_timeout_of_the_clients_would_do_too(server, margin, shorter):
    (race,) = check_chain([Hop("a", 90), Hop("b", server)], margin=margin).races
    assert race.or_client_to == shorter
    if shorter is not None:
        assert check_chain([Hop("a", shorter), Hop("b", server)]).ok


def test_a_close_call_is_told():
    chain = check_chain(parse_chain("client=5s,server=5100ms"))
    assert chain.ok
    assert "outlasts client by 0.1 s only" in chain.problems[0].message


@given(
    st.lists(st.integers(0, 100) | st.integers(0, 10**39), min_size=2, max_size=6),
    st.integers(1, 9) | st.just(0.001),
)
def test_the_settings_have_no_race_and_shorten_nothing(timeouts, margin):
    hops = [Hop(f"h{number}", timeout) for number, timeout in enumerate(timeouts)]
    chain = check_chain(hops, margin=margin)
    assert check_chain(chain.settings, margin=margin).ok
    assert all(
        after.timeout >= before.timeout for before, after in zip(hops, chain.settings, strict=True)
    )
    assert chain.ok == (list(chain.settings) == hops)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("client=90s", "two hops or more"),
        ("client=90s,server", "'server' is not a hop"),
        ("client=90s,=5s", "'=5s' is not a hop"),
        ("client=90s,server=soon", "server: 'soon' is not a duration"),
        ("a=1s,a=2s", "names each hop once"),
    ],
)
def test_chains_that_are_none(text, message):
    with pytest.raises(PolicyError, match=message):
        check_chain(parse_chain(text))


@pytest.mark.parametrize("margin", [-1, 0, 1e-9, float("nan"), float("inf")])
def test_a_margin_must_be_one(margin):
    with pytest.raises(PolicyError, match="margin .* keeps no hops apart"):
        check_chain(parse_chain("a=1s,b=2s"), margin=margin)
