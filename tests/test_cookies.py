from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cookie_acceptance import judge_set_cookie
from httpheaders.cookie_domains import PublicSuffixes
from httpheaders.cookies import (
    build_set_cookie,
    compose_set_cookie,
    delete_cookie,
    format_cookie_header,
    is_cookie_value,
    is_path_value,
    parse_cookie_header,
    read_cookie_header,
)
from httpheaders.errors import FieldSyntaxError, HttpHeadersError, PolicyError
from httpheaders.messages.headers import decode_field_text, encode_field_text

SUFFIXES = PublicSuffixes()


# The cases in which http.cookies gives {}: one odd cookie costs all the others.
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            "a=1; my key=2; c=3", {"a": "1", "my key": "2", "c": "3"}, id="a blank in a name"
        ),
        pytest.param(
            'a=1; b={"x":"y"}; c=3', {"a": "1", "b": '{"x":"y"}', "c": "3"}, id="a JSON value"
        ),
        pytest.param("a=1; [b]=2; c=3", {"a": "1", "[b]": "2", "c": "3"}, id="brackets"),
        pytest.param("a=1; b=x y; c=3", {"a": "1", "b": "x y", "c": "3"}, id="a blank in a value"),
        pytest.param("a=1; lone; c=3", {"a": "1", "": "lone", "c": "3"}, id="no equals sign"),
        pytest.param("a=1; =x; c=3", {"a": "1", "": "x", "c": "3"}, id="no name"),
        pytest.param("a=1; é=2; c=3", {"a": "1", "é": "2", "c": "3"}, id="a name outside ASCII"),
        pytest.param('a=1; b="x; c=3', {"a": "1", "b": '"x', "c": "3"}, id="an unclosed quote"),
        pytest.param("a=1; b=\x01; c=3", {"a": "1", "b": "\x01", "c": "3"}, id="a control"),
        pytest.param("a=1,b=2; c=3", {"a": "1,b=2", "c": "3"}, id="a comma"),
        pytest.param("$Version=1; a=1", {"$Version": "1", "a": "1"}, id="RFC 2965"),
    ],
)
def test_one_odd_cookie_never_costs_another(header, expected):
    assert parse_cookie_header(header) == expected
    answer = read_cookie_header(header)
    assert [(cookie.name, cookie.value) for cookie in answer.cookies] == list(expected.items())


def test_the_first_of_a_name_wins_in_the_dictionary():
    assert parse_cookie_header("a=1; b=2; a=3") == {"a": "1", "b": "2"}


def test_every_repeat_comes_out_of_the_whole_answer():
    answer = read_cookie_header("a=1; a=2")
    assert [cookie.value for cookie in answer.cookies] == ["1", "2"]
    assert "more than once" in answer.problems[0].message


def test_raw_is_the_piece_as_sent():
    answer = read_cookie_header('  a =\t"1" ;b=2')
    assert [cookie.raw for cookie in answer.cookies] == ['a =\t"1"', "b=2"]


def test_several_lines_are_one_field():
    answer = read_cookie_header(["a=1; b=2", "c=3"])
    assert [cookie.name for cookie in answer.cookies] == ["a", "b", "c"]


def test_octets_that_are_no_utf_8_are_kept():
    answer = read_cookie_header(["a=é", decode_field_text(b"b=\xe9")])
    assert [encode_field_text(cookie.value) for cookie in answer.cookies] == [b"\xc3\xa9", b"\xe9"]


def test_quotes_go_only_when_asked():
    assert read_cookie_header(r'a="x\054y"').cookies[0].value == r'"x\054y"'
    assert read_cookie_header(r'a="x\054y"', unquote=True).cookies[0].value == "x,y"


# RFC 6265bis section 4.2.1
@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param("my key=1", "not a token", id="a blank in the name"),
        pytest.param("lone", "no '='", id="no equals sign"),
        pytest.param("=1", "empty", id="no name"),
        pytest.param("a=1 2", "a space at offset 1", id="a blank in the value"),
        pytest.param("a=1,2", "a comma at offset 1", id="a comma"),
        pytest.param('a={"x":1}', "a double quote at offset 1", id="a JSON value"),
        pytest.param('a="x"y"', "a double quote at offset 2", id="a quote inside quotes"),
        pytest.param("a=\\", "a backslash", id="a backslash"),
        pytest.param("a=é", "outside ASCII", id="a letter outside ASCII"),
        pytest.param("a=\x01", "control", id="a control character"),
        pytest.param("a=x\ty", "a tab", id="a tab"),
        pytest.param('a="', "a double quote", id="a quote alone"),
    ],
)
def test_oddities_are_told(header, words):
    answer = read_cookie_header(header)
    assert not answer.ok
    assert words in answer.problems[0].message
    assert answer.reference == answer.problems[0].reference


def test_nothing_odd_is_yes():
    answer = read_cookie_header('a=1; b="2"; c=')
    assert answer.ok
    assert answer.problems == ()
    assert answer.reason == "3 cookies read, nothing odd"


def test_no_cookie_is_no():
    answer = read_cookie_header(" ; ")
    assert not answer.ok
    assert answer.reason == "the field holds no cookie"


def test_problems_and_reasons_show_no_value():
    answer = read_cookie_header("sid=top secret; sid=top secret", explain=True)
    told = (answer.reason, answer.problems, answer.steps)
    assert "secret" not in str(told)


def test_steps_come_only_when_asked_for():
    assert read_cookie_header("a=1").steps == ()
    assert len(read_cookie_header("a=1; b", explain=True).steps) == 2


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
    assert compose_set_cookie("a", "1", **options).set_cookie == expected


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
            compose_set_cookie(**{**BASE, argument: given_value})
        if argument != "extensions" and argument != "value" and argument != "same_site":
            with pytest.raises(HttpHeadersError):
                delete_cookie(**{"name": "a", argument: smuggled})
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
        compose_set_cookie(**{**BASE, **options})


@pytest.mark.parametrize("extensions", [["Secure"], ["max-age=5"], ["Priority=Low", "priority"]])
def test_an_attribute_given_twice_is_refused(extensions):
    with pytest.raises(PolicyError):
        compose_set_cookie("a", "1", extensions=extensions)


def test_a_leading_dot_is_refused_with_the_form_to_write():
    with pytest.raises(FieldSyntaxError, match=r"write 'example\.com'"):
        compose_set_cookie("a", "1", domain=".example.com")


def test_refusals_show_no_value():
    with pytest.raises(FieldSyntaxError) as caught:
        compose_set_cookie("sid", "top secret")
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
    built = compose_set_cookie(**{**BASE, "public_suffixes": SUFFIXES, **options})
    assert not built.ok
    assert built.reference == f"RFC 6265bis section 5.7 step {step}"
    assert built.verdict.rejections
    assert built.set_cookie


@pytest.mark.parametrize("options", [{"max_age": 0}, {"expires": 5.0, "now": 6.0}])
def test_a_cookie_that_dies_at_once_is_not_ok(options):
    built = compose_set_cookie("a", "1", **options)
    assert not built.ok
    assert "deletes" in built.reason


# RFC 6265bis section 3.1
def test_deleting():
    built = delete_cookie("sid", domain="example.com", path="/x")
    assert built.set_cookie == (
        "sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; Path=/x;"
        " HttpOnly; Secure; SameSite=Lax"
    )
    assert built.ok
    assert built.verdict.deletes


def test_a_deletion_that_browsers_drop_is_not_ok():
    built = delete_cookie("__Host-sid")
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
    built = compose_set_cookie(name, value, public_suffixes=SUFFIXES, **options)
    read = judge_set_cookie(built.set_cookie, now=0, public_suffixes=SUFFIXES)
    assert (read.name, read.value) == (name, value)
    assert read.http_only is options.get("http_only", True)
    assert read.secure is options.get("secure", True)
    assert read.partitioned is options.get("partitioned", False)
    assert read.same_site == (options.get("same_site", "Lax") or "Default").title()
    assert read.domain == options.get("domain")
    assert read.max_age == (min(options["max_age"], 2**53 - 1) if "max_age" in options else None)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_cookie_fields_round_trip(pairs):
    header = format_cookie_header(pairs)
    read = read_cookie_header(header).cookies
    assert [(cookie.name, cookie.value) for cookie in read] == pairs


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
        built = compose_set_cookie(**arguments, public_suffixes=SUFFIXES)
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


@given(st.text(max_size=200))
def test_any_header_is_read(header):
    answer = read_cookie_header(header, unquote=True, explain=True)
    assert answer.ok is (bool(answer.cookies) and not answer.problems)
    plain = parse_cookie_header(header)
    assert set(plain) == {cookie.name for cookie in answer.cookies}


@given(st.text(max_size=40))
def test_what_a_server_may_send_is_what_we_build(text):
    for allowed, build in (
        (is_cookie_value(text), lambda: compose_set_cookie("a", text)),
        (is_path_value(text), lambda: compose_set_cookie("a", "1", path=text)),
    ):
        if allowed:
            build()
        else:
            with pytest.raises(FieldSyntaxError):
                build()


def test_a_hundred_thousand_cookies_are_read():
    header = "; ".join(f"name{number}=value{number}" for number in range(100_000))
    assert len(parse_cookie_header(header)) == 100_000
    answer = read_cookie_header(header)
    assert answer.ok
    assert answer.cookies[-1] == ("name99999", "value99999", "name99999=value99999")
