"""What `get` answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import InputError
from httpheaders.messages.headers import Headers
from httpheaders.messages.lookup import Place, choose_hops, look_up
from httpheaders.messages.message import Exchange, Response
from httpheaders.messages.paths import parse_path

NOW = 1795342500.0


def hop(*fields: tuple[str, str], status: int = 200) -> Exchange:
    return Exchange(None, Response(status, Headers(fields)))


HOPS = [
    hop(("Location", "/b"), ("Set-Cookie", "a=1; Secure"), ("Set-Cookie", "b=2"), status=301),
    hop(("Location", "?q"), status=302),
    hop(("Retry-After", "120"), ("Link", "<x>; rel=next"), ("X-Odd", "a\rb\nc"), ("Vary", "A")),
]


@pytest.mark.parametrize(
    ("hop", "every", "expected"),
    [
        (None, False, [2]),
        (None, True, [0, 1, 2]),
        (1, False, [0]),
        (3, True, [2]),
        (-1, False, [2]),
        (-3, False, [0]),
        (4, False, []),
        (-4, True, []),
    ],
)
def test_the_last_message_is_meant_unless_another_is_named(hop, every, expected):
    assert list(choose_hops(3, hop, every=every)) == expected


@given(st.integers(0, 50), st.integers(-99, 99).filter(bool), st.booleans())
def test_chosen_messages_exist(count, hop, every):
    assert all(0 <= at < count for at in choose_hops(count, hop, every=every))


def test_there_is_no_message_0():
    with pytest.raises(InputError, match="there is no message 0"):
        choose_hops(3, 0)


@pytest.mark.parametrize(
    ("path", "options", "ok", "text"),
    [
        pytest.param("vary", {}, True, "A", id="last message"),
        pytest.param("location", {}, False, None, id="absent there"),
        pytest.param("location", {"hop": 1}, True, "/b", id="another message"),
        pytest.param("location", {"every": True}, True, "/b\n?q", id="all messages"),
        pytest.param("location", {"hop": 9}, False, None, id="no such message"),
        pytest.param("location", {"default": "x"}, True, "x", id="default"),
        pytest.param("vary", {"default": "x"}, True, "A", id="default not needed"),
        pytest.param("set-cookie.secure", {"hop": 1}, False, "true\nfalse", id="false is a no"),
        pytest.param(
            "link[next].href", {"base": "https://a/b/c"}, True, "https://a/b/x", id="link"
        ),
        pytest.param(
            "link[next]", {"base": "https://a/b/c"}, True, "https://a/b/x", id="link alone"
        ),
        pytest.param(
            "location", {"hop": 2, "base": "https://a/b"}, True, "https://a/b?q", id="location"
        ),
        pytest.param("retry-after.seconds", {"at_most": 60}, True, "60", id="bounded"),
        pytest.param("retry-after.seconds", {"at_most": 0.5}, True, "0.5", id="fraction"),
        pytest.param("retry-after", {"at_most": 300}, True, "120", id="below the bound"),
        pytest.param(":status", {"at_most": 199}, True, "199", id="any number"),
        pytest.param("x-odd", {}, True, "a b c", id="never a line end"),
    ],
)
def test_look_up(path, options, ok, text):
    for only_text in (False, True):
        result = look_up(parse_path(path), HOPS, now=NOW, only_text=only_text, **options)
        assert (result.ok, result.text) == (ok, text)


def test_everything_found_has_its_place():
    result = look_up(parse_path("set-cookie"), HOPS, now=NOW, every=True)
    assert [(place.hop, place.text) for place in result.found] == [(1, "a=1; Secure"), (1, "b=2")]
    result = look_up(parse_path("retry-after"), HOPS, now=NOW)
    assert result.found == (Place(3, {"seconds": 120, "iso": None, "epoch": None}, "120"),)


# RFC 9110 section 5.3: the lines of a list are one value; Set-Cookie is the exception
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("vary", ["a, b"], id="a-list"),
        pytest.param("x-own", ["a, b"], id="an-unknown-field"),
        pytest.param("cookie", ["a; b"], id="cookie-pairs"),
        pytest.param("set-cookie", ["a", "b"], id="set-cookie"),
        pytest.param("etag", ["a"], id="one-value"),
    ],
)
def test_every_value_of_several_lines(name, expected):
    exchange = Exchange(None, Response(200, Headers([(name, "a"), (name, "b")])))
    result = look_up(parse_path(name), [exchange], now=NOW, every=True)
    assert [place.text for place in result.found] == expected


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("vary", {"base": "https://a/"}, "'vary' is neither"),
        ("link[next].rel", {"base": "https://a/"}, "'link\\[next\\].rel' is neither"),
        ("vary", {"at_most": 5}, "'vary' is none"),
        ("link[next].href", {"base": "https://[x/"}, "cannot be resolved"),
        ("vary", {"hop": 0}, "no message 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(path, options, message):
    with pytest.raises(InputError, match=message):
        look_up(parse_path(path), HOPS, now=NOW, **options)


def test_a_date_that_should_be_bounded_is_told_to_be_seconds():
    hops = [hop(("Retry-After", "Sun, 22 Nov 2026 10:16:00 GMT"))]
    with pytest.raises(InputError, match=r"ask for 'retry-after\.seconds'"):
        look_up(parse_path("retry-after"), hops, now=NOW, at_most=5)
    assert look_up(parse_path("retry-after.seconds"), hops, now=NOW, at_most=5).text == "5"


def test_reasons_and_rules():
    absent = look_up(parse_path("etag"), HOPS, now=NOW, explain=True)
    assert absent.reason == "the response has no field 'etag'"
    assert len(absent.steps) == 2
    assert look_up(parse_path("vary[b]"), HOPS, now=NOW).reference == "RFC 9110 section 12.5.5"
    assert look_up(parse_path("x"), HOPS, now=NOW, hop=7).reason == "there is no message 7"
    assert look_up(parse_path("vary"), HOPS, now=NOW).steps == ()


@given(st.text(st.characters(codec="utf-8")))
def test_a_value_comes_out_on_one_line(value):
    text = look_up(parse_path("x"), [hop(("X", value))], now=NOW).text
    assert text is not None
    assert not {"\r", "\n", "\0"} & set(text)
