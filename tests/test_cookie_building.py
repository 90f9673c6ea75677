"""A Set-Cookie field that holds, and what browsers make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cookie_acceptance import judge_set_cookie
from httpheaders.cookie_building import (
    CookieAttributes,
    build_set_cookie,
    compose_set_cookie,
    delete_cookie,
    is_path_value,
)
from httpheaders.cookies import format_cookie_header, is_cookie_value
from httpheaders.errors import FieldSyntaxError, HttpHeadersError, PolicyError
from httpheaders.public_suffixes import PublicSuffixes

SUFFIXES = PublicSuffixes()


def compose(name, value, **options):
    """Build a line of attributes and of what else there is to say."""
    attributes = {key: options.pop(key) for key in CookieAttributes._fields if key in options}
    return compose_set_cookie(name, value, CookieAttributes(**attributes), **options)


def delete(name, **attributes):
    return delete_cookie(name, CookieAttributes(**attributes))


# RFC 6265bis section 4.1.1, in the fixed order of attributes
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "a=1; HttpOnly; Secure; SameSite=Lax", id="safe by default"),
        pytest.param({"http_only": False, "secure": False, "same_site": None}, "a=1", id="bare"),
        pytest.param(
            {
                "partitioned": True,
                "same_site": "none",
                "path": "/x",
                "domain": "example.com",
                "expires": 784111777,
                "max_age": 60,
                "extensions": ["Priority=High"],
            },
            "a=1; Max-Age=60; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Domain=example.com; Path=/x;"
            " HttpOnly; Secure; SameSite=None; Partitioned; Priority=High",
            id="everything",
        ),
        pytest.param({"same_site": "STRICT", "http_only": False, "secure": False},
                     "a=1; SameSite=Strict", id="same-site in any case"),
        pytest.param({"domain": "bücher.example", "http_only": False, "same_site": None},
                     "a=1; Domain=xn--bcher-kva.example; Secure", id="a U-label"),
        pytest.param({"path": "", "http_only": False, "secure": False, "same_site": None},
                     "a=1; Path=", id="an empty path"),
    ],
)  # fmt: skip
def test_building(options, expected):
    assert compose("a", "1", **options).set_cookie == expected


def test_the_plain_door():
    built = "session=xyz789; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"
    assert build_set_cookie("session", "xyz789", max_age=3600) == built
    assert build_set_cookie("a", "1", None, False, False, None) == "a=1"
    assert build_set_cookie("a", "1", 0, same_site="Strict").startswith("a=1; Max-Age=0; ")


INJECTION = ["\r\nX: 1", "\n", "\r", "\0", ";", "; Domain=evil.example", "\x7f", "\x1f", "\x85é"]


BASE = {"name": "a", "value": "1"}


@pytest.mark.parametrize("text", INJECTION)
@pytest.mark.parametrize("argument", ["name", "value", "domain", "path", "same_site", "extensions"])
def test_nothing_can_be_smuggled_in(argument, text):
    for smuggled in (f"x{text}", f"{text}x", f"x{text}x"):
        given_value = [smuggled] if argument == "extensions" else smuggled
        with pytest.raises(HttpHeadersError):
            compose(**{**BASE, argument: given_value})
        if argument != "extensions" and argument != "value" and argument != "same_site":
            with pytest.raises(HttpHeadersError):
                delete(**{"name": "a", argument: smuggled})
    if argument in ("name", "value"):
        pair = ("x" + text, "1") if argument == "name" else ("a", "x" + text)
        with pytest.raises(FieldSyntaxError):
            format_cookie_header([pair])


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"name": ""}, id="no name"),
        pytest.param({"name": "a b"}, id="a blank in the name"),
        pytest.param({"name": "a="}, id="an equals sign in the name"),
        pytest.param({"name": "é"}, id="a name outside ASCII"),
        pytest.param({"value": "a b"}, id="a blank in the value"),
        pytest.param({"value": "a,b"}, id="a comma"),
        pytest.param({"value": 'a"b'}, id="a quote inside"),
        pytest.param({"value": '"'}, id="one quote"),
        pytest.param({"value": "é"}, id="a value outside ASCII"),
        pytest.param({"value": None}, id="no text"),
        pytest.param({"name": 1}, id="a number for a name"),
        pytest.param({"max_age": -1}, id="max-age below zero"),
        pytest.param({"max_age": 1.5}, id="a fraction"),
        pytest.param({"max_age": True}, id="a truth"),
        pytest.param({"max_age": "60"}, id="text"),
        pytest.param({"max_age": 10**5000}, id="a number of five thousand digits"),
        pytest.param({"expires": float("nan")}, id="no number"),
        pytest.param({"expires": "tomorrow"}, id="no time"),
        pytest.param({"domain": ""}, id="an empty domain"),
        pytest.param({"domain": ".example.com"}, id="a leading dot"),
        pytest.param({"domain": "example.com."}, id="a trailing dot"),
        pytest.param({"domain": "-a.com"}, id="a leading hyphen"),
        pytest.param({"domain": "a" * 64}, id="a long label"),
        pytest.param({"domain": "a." * 127 + "a"}, id="a long name"),
        pytest.param({"domain": "http://a.com"}, id="a URL"),
        pytest.param({"domain": "a_b.com"}, id="an underscore"),
        pytest.param({"domain": 7}, id="a number for a domain"),
        pytest.param({"same_site": "Maybe"}, id="same-site"),
        pytest.param({"extensions": [""]}, id="an empty attribute"),
        pytest.param({"extensions": [" a"]}, id="a blank before an attribute"),
        pytest.param({"extensions": [5]}, id="a number for an attribute"),
    ],
)
def test_what_the_grammar_forbids_is_refused(options):
    with pytest.raises(FieldSyntaxError):
        compose(**{**BASE, **options})


@pytest.mark.parametrize("extensions", [["Secure"], ["max-age=5"], ["Priority=Low", "priority"]])
def test_an_attribute_given_twice_is_refused(extensions):
    with pytest.raises(PolicyError):
        compose("a", "1", extensions=extensions)


def test_a_leading_dot_is_refused_with_the_form_to_write():
    with pytest.raises(FieldSyntaxError, match=r"write 'example\.com'"):
        compose("a", "1", domain=".example.com")


def test_refusals_show_no_value():
    with pytest.raises(FieldSyntaxError) as caught:
        compose("sid", "top secret")
    assert "secret" not in str(caught.value)
    assert caught.value.position == 3


# What browsers will drop is built, told and not ok.
@pytest.mark.parametrize(
    ("options", "step"),
    [
        pytest.param({"same_site": "None", "secure": False}, "19", id="None, not Secure"),
        pytest.param({"name": "__Secure-a", "secure": False}, "20", id="__Secure-"),
        pytest.param({"name": "__Host-a"}, "21", id="__Host- without Path"),
        pytest.param({"domain": "com"}, "9", id="a public suffix"),
        pytest.param({"value": "x" * 4096}, "4", id="too long"),
        pytest.param({"domain": "b.example", "url": "https://a.example/"}, "10", id="elsewhere"),
        pytest.param({"url": "http://a.example/"}, "13", id="Secure from http"),
    ],
)
def test_what_browsers_drop_is_built_and_told(options, step):
    built = compose(**{**BASE, "public_suffixes": SUFFIXES, **options})
    assert not built.ok
    assert built.reference == f"RFC 6265bis section 5.7 step {step}"
    assert built.verdict.rejections
    assert built.set_cookie


@pytest.mark.parametrize("options", [{"max_age": 0}, {"expires": 5.0, "now": 6.0}])
def test_a_cookie_that_dies_at_once_is_not_ok(options):
    built = compose("a", "1", **options)
    assert not built.ok
    assert "deletes" in built.reason


# RFC 6265bis section 3.1
def test_deleting():
    built = delete("sid", domain="example.com", path="/x")
    assert built.set_cookie == (
        "sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; Path=/x;"
        " HttpOnly; Secure; SameSite=Lax"
    )
    assert built.ok
    assert built.verdict.deletes


def test_a_deletion_that_browsers_drop_is_not_ok():
    built = delete("__Host-sid")
    assert not built.ok
    assert "Path is missing" in built.reason


NAMES = st.text(alphabet="abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=20)


VALUES = st.text(alphabet="abc019!#$%&'()*+-./:<=>?@[]^_`{|}~", max_size=30)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "max_age": st.integers(0, 2**63 - 1),
        "expires": st.floats(allow_nan=False),
        "domain": st.sampled_from(["example.com", "a.b", "localhost"]),
        "path": st.text(alphabet="/abc=?%: ", max_size=12),
        "http_only": st.booleans(),
        "secure": st.booleans(),
        "same_site": st.sampled_from(["Strict", "lax", "NONE", None]),
        "partitioned": st.booleans(),
    },
)


@given(NAMES, VALUES, OPTIONS)
def test_what_is_built_is_read_back(name, value, options):
    built = compose(name, value, public_suffixes=SUFFIXES, **options)
    read = judge_set_cookie(built.set_cookie, now=0, public_suffixes=SUFFIXES)
    assert (read.name, read.value) == (name, value)
    assert read.http_only is options.get("http_only", True)
    assert read.secure is options.get("secure", True)
    assert read.partitioned is options.get("partitioned", False)
    assert read.same_site == (options.get("same_site", "Lax") or "Default").title()
    assert read.domain == options.get("domain")
    assert read.max_age == (min(options["max_age"], 2**53 - 1) if "max_age" in options else None)


ANYTHING = st.text(max_size=30) | st.none() | st.integers() | st.floats()


@given(
    st.fixed_dictionaries(
        {"name": ANYTHING, "value": ANYTHING},
        optional=dict.fromkeys(["max_age", "expires", "domain", "path", "same_site"], ANYTHING)
        | {"extensions": st.lists(ANYTHING, max_size=3)},
    )
)
def test_no_argument_begins_another_attribute_or_field(arguments):
    try:
        built = compose(**arguments, public_suffixes=SUFFIXES)
    except HttpHeadersError:
        return
    line = built.set_cookie
    assert line.isascii()
    assert line.isprintable()
    options = arguments.keys() & {"max_age", "expires", "domain", "path"}
    given_options = [name for name in options if arguments[name] is not None]
    same_site = arguments.get("same_site", "Lax") is not None
    expected = 2 + same_site + len(given_options) + len(arguments.get("extensions", ()))
    assert line.count(";") == expected


@given(st.text(max_size=40))
def test_what_a_server_may_send_is_what_we_build(text):
    for allowed, build in (
        (is_cookie_value(text), lambda: compose("a", text)),
        (is_path_value(text), lambda: compose("a", "1", path=text)),
    ):
        if allowed:
            build()
        else:
            with pytest.raises(FieldSyntaxError):
                build()
