"""Paths: their grammar, and where they lead in messages as real servers send them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.dump import parse_dump
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response
from httpheaders.messages.paths import find, number_of, parse_path, text_of
from tests.messages.real_responses import RESPONSES, head, rows

NOW = 1795342500.0  # Sun, 22 Nov 2026 10:15:00 GMT


def exchange_of(*fields: tuple[str, str], status: int | None = 200) -> Exchange:
    return Exchange(None, Response(status, Headers(fields)))


def texts(path: str, exchange: Exchange, **options: bool) -> list[str] | None:
    found = [
        text
        for text in find(parse_path(path), exchange, now=NOW, **options).texts
        if text is not None
    ]
    return found or None


# --- grammar --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "role", "name", "steps"),
    [
        pytest.param("ETag", None, "etag", (), id="a name, in any case"),
        pytest.param("vary[0]", None, "vary", (("[]", 0),), id="an index"),
        pytest.param("vary[-1]", None, "vary", (("[]", -1),), id="an index from the end"),
        pytest.param('x["0"]', None, "x", (("[]", "0"),), id="a key of digits, quoted"),
        pytest.param("a[ b c ]", None, "a", (("[]", "b c"),), id="a key with blanks around it"),
        pytest.param("a[text/html;q=1]", None, "a", (("[]", "text/html;q=1"),), id="a bare key"),
        pytest.param(r'a["\"]\\"]', None, "a", (("[]", '"]\\'),), id="a quoted key"),
        pytest.param("a.b.c", None, "a", ((".", "b"), (".", "c")), id="parts"),
        pytest.param('a."b.c"', None, "a", ((".", "b.c"),), id="a quoted part"),
        pytest.param('"x.y"', None, "x.y", (), id="a quoted name"),
        pytest.param(":Status", None, ":status", (), id="control data"),
        pytest.param("request:etag", "request", "etag", (), id="of the request"),
        pytest.param("response::version", "response", ":version", (), id="of the response"),
        pytest.param("request", None, "request", (), id="a field called request"),
        pytest.param("a[1234567890]", None, "a", (("[]", "1234567890"),), id="too many digits"),
    ],
)
def test_paths_are_read(text, role, name, steps):
    path = parse_path(text)
    assert (path.text, path.role, path.name, path.steps) == (text, role, name, steps)


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        pytest.param("", 0, "a field name", id="nothing"),
        pytest.param("etag.", 5, "the name of a part", id="nothing after the dot"),
        pytest.param("etag..x", 5, "the name of a part", id="two dots"),
        pytest.param("a b", 1, "'.', '['", id="a blank"),
        pytest.param(" a", 0, "a field name", id="a blank before"),
        pytest.param("a[", 2, "a number or a key", id="an open bracket"),
        pytest.param("a[]", 2, "a number or a key", id="empty brackets"),
        pytest.param("a[  ]", 4, "a number or a key", id="blank brackets"),
        pytest.param("a[b", 3, "']'", id="no closing bracket"),
        pytest.param("a[b[c]]", 3, "']'", id="a bracket in a bare key"),
        pytest.param('a["b]', 5, "a closing quote", id="no closing quote"),
        pytest.param('a["b\\', 5, "a closing quote", id="a backslash at the end"),
        pytest.param('a[""]', 3, "something between the quotes", id="an empty key"),
        pytest.param("a]", 1, "'.', '['", id="a bracket too many"),
        pytest.param(":stat", 1, "one of :status", id="unknown control data"),
        pytest.param(":", 1, "one of :status", id="a colon alone"),
        pytest.param("response:", 9, "a field name", id="a role alone"),
        pytest.param("caf\xe9", 3, "'.', '['", id="not a token"),
        pytest.param("a\nb", 1, "'.', '['", id="a line feed"),
        pytest.param("a==b", 1, "'.', '['", id="a check"),
    ],
)
def test_a_path_that_cannot_be_understood_shows_where(text, position, expected):
    with pytest.raises(FieldSyntaxError, match=re.escape(expected)) as raised:
        parse_path(text)
    assert raised.value.position == position
    assert f"at offset {position}" in str(raised.value)


def test_a_response_has_no_method():
    with pytest.raises(FieldSyntaxError, match="a response has no ':method'"):
        parse_path("response::method")


@given(st.text())
def test_only_our_error_comes_out(text):
    position: int | None = 0
    try:
        path = parse_path(text)
    except FieldSyntaxError as error:
        position = error.position
    else:
        assert path.text == text
    assert position is None or 0 <= position <= len(text)


PIECES = st.sampled_from(
    [
        ".",
        "[",
        "]",
        '"',
        "\\",
        ":",
        "a",
        "etag",
        "set-cookie",
        "0",
        "-1",
        "sid",
        " ",
        "==",
        "request:",
    ]
)
FIELDS = [
    (name, line)
    for text, _ in RESPONSES.values()
    for name, _, line in [row.partition(": ") for row in text.splitlines() if ": " in row]
]
WORDS = st.sampled_from(
    [
        "0",
        "-1",
        "max-age",
        "sid",
        "value",
        "secure",
        "count",
        "seconds",
        "iso",
        "epoch",
        "next",
        "href",
        "charset",
        "parameters",
        "q",
        "*",
        "u",
        "hit",
        "default-src",
        "'self'",
        "h3",
        "ma",
    ]
)
STEPS = st.lists(
    st.one_of(WORDS.map(lambda word: f"[{word}]"), WORDS.map(lambda word: f'."{word}"')), max_size=4
).map("".join)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_pieces_of_paths_are_read_or_refused(text):
    with suppress(FieldSyntaxError):
        parse_path(text)


@given(st.sampled_from(FIELDS), STEPS, st.text(max_size=8), st.booleans())
def test_any_path_can_be_followed_into_any_field(field, steps, rubbish, every):
    name, line = field
    exchange = exchange_of((name, line), (name, line + rubbish))
    found = find(parse_path(f'"{name}"{steps}'), exchange, now=NOW, every=every)
    assert len(found.values) == len(found.texts)
    for value, text in zip(found.values, found.texts, strict=True):
        assert (text is None) == (value is None) or not steps
        assert text is None or not {"\r", "\n", "\0"} & set(text)


# --- where paths lead -----------------------------------------------------------------------------


def test_the_table_is_as_large_as_it_should_be():
    assert len(RESPONSES) >= 40
    assert len(rows()) >= 120


@pytest.mark.parametrize(
    ("name", "path", "expected"), rows(), ids=[f"{name}: {path}" for name, path, _ in rows()]
)
def test_paths_into_real_responses(name, path, expected):
    [received] = parse_dump(head(name) + b"\r\n\r\n")
    assert texts(path, received.exchange) == expected


REQUEST = Request(
    "GET",
    "https://example.com:8443/a/b?c=d#e",
    Headers(
        [
            ("Host", "example.com"),
            ("User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/130.0"),
            ("Accept", "text/html, application/json;q=0.9;v=1, */*;q=0.1"),
            ("Accept-Language", "de-CH, en;q=0.5"),
            ("Accept-Encoding", "gzip, *;q=0"),
            ("Cookie", "sid=1; a=b"),
            ("Cookie", "lang=en"),
            ("Authorization", "Bearer abc.def"),
            ("If-None-Match", 'W/"a,b", "c"'),
            ("Range", "bytes=0-499, -500"),
            ("Prefer", "wait=10"),
            ("Forwarded", 'for=192.0.2.60;proto=http, for="[2001:db8::1]"'),
            ("Sec-CH-UA-Mobile", "?0"),
            ("Sec-CH-UA", '"Chromium";v="130", "Not?A_Brand";v="99"'),
            ("If-Range", 'W/"x"'),
        ]
    ),
    None,
    "1.1",
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (":method", "GET"),
        (":path", "/a/b?c=d"),
        (":scheme", "https"),
        (":authority", "example.com:8443"),
        (":version", "1.1"),
        ("user-agent[Firefox].version", "130.0"),
        ("accept[application/json].quality", "0.9"),
        ("accept[application/json].q", "0.9"),
        ("accept[application/json].v", "1"),
        ("accept[*/*].q", "0.1"),
        ("accept-language[DE-ch].quality", "1"),
        ("accept-encoding[*].q", "0"),
        ("cookie", "sid=1; a=b; lang=en"),
        ("cookie[lang]", "en"),
        ("cookie.count", "3"),
        ("authorization.scheme", "Bearer"),
        ("authorization.token68", "abc.def"),
        ('if-none-match["W/\\"a,b\\""].weak', "true"),
        ("if-none-match.count", "2"),
        ("range.unit", "bytes"),
        ("range.ranges[0][1]", "499"),
        ("range.ranges[1]", "[null,500]"),
        ("prefer.wait", "10"),
        ("forwarded.for", "192.0.2.60"),
        ("forwarded[1].for", "[2001:db8::1]"),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-mobile.value", "false"),
        ("sec-ch-ua[Chromium].v", "130"),
        ("if-range.etag.weak", "true"),
        ("request:host", "example.com"),
        ("response:host", None),
        (":status", None),
    ],
)
def test_paths_into_a_request(path, expected):
    found = texts(path, Exchange(REQUEST))
    assert (found[0] if found else None) == expected


@pytest.mark.parametrize(
    ("url", "path", "authority"),
    [
        ("/x?y", "/x?y", "h.example"),
        ("*", "*", "h.example"),
        ("http://a.example", "/", "a.example"),
        ("http://a.example?q", "/?q", "a.example"),
        ("/redirect?to=http://b.example/", "/redirect?to=http://b.example/", "h.example"),
    ],
)
def test_control_data_of_targets(url, path, authority):
    exchange = Exchange(Request("GET", url, Headers([("Host", "h.example")])))
    assert texts(":path", exchange) == [path]
    assert texts(":authority", exchange) == [authority]


def test_connect_has_no_path():
    exchange = Exchange(Request("CONNECT", "a.example:443"))
    assert texts(":path", exchange) is None
    assert texts(":authority", exchange) == ["a.example:443"]


def test_an_exchange_is_asked_for_its_response_unless_the_path_says_otherwise():
    exchange = Exchange(
        Request("PUT", "/", Headers([("Content-Type", "text/css"), ("Accept", "*/*")])),
        Response(201, Headers([("Content-Type", "text/html")])),
    )
    assert texts("content-type", exchange) == ["text/html"]
    assert texts("request:content-type", exchange) == ["text/css"]
    assert texts("accept", exchange) is None
    assert texts(":method", exchange) == ["PUT"]
    assert texts(":status", exchange) == ["201"]


def test_a_message_that_is_not_there_is_told_from_a_field_that_is_not():
    missing = find(parse_path("request:accept"), exchange_of(), now=NOW)
    assert (missing.has_message, missing.reason) == (False, "there is no request")
    absent = find(parse_path("status"), exchange_of(), now=NOW)
    assert absent.has_message
    assert absent.reason == "the response has no field 'status': did you mean ':status'"


def test_seconds_count_from_the_date_of_the_message_or_from_now():
    exchange = exchange_of(
        ("Date", "Sun, 22 Nov 2026 10:15:00 GMT"), ("Retry-After", "Sun, 22 Nov 2026 10:16:00 GMT")
    )
    path = parse_path("retry-after.seconds")
    assert find(path, exchange, now=NOW + 50).values == (60,)
    assert find(path, exchange, now=NOW + 50, counts_from_now=True).values == (10,)
    assert find(path, exchange, now=NOW + 99, counts_from_now=True).values == (0,)
    assert find(parse_path("date.seconds"), exchange, now=NOW + 50).values == (-50,)


def test_without_a_date_seconds_count_from_now():
    exchange = exchange_of(("Retry-After", "Sun, 22 Nov 2026 10:16:00 GMT"))
    assert find(parse_path("retry-after.seconds"), exchange, now=NOW).values == (60,)


def test_a_key_gives_the_first_member_or_every_one():
    exchange = exchange_of(("Set-Cookie", "a=1; Secure"), ("Set-Cookie", "a=2"))
    assert texts("set-cookie[a]", exchange) == ["1"]
    assert texts("set-cookie[a]", exchange, every=True) == ["1", "2"]
    assert texts("set-cookie[a].secure", exchange, every=True) == ["true", "false"]


def test_a_field_that_cannot_be_read_is_told():
    found = find(parse_path("age.seconds"), exchange_of(("Age", "old")), now=NOW)
    assert not found.is_there
    assert found.problems[0].message == "'old' is not a count of seconds"
    assert found.reason.endswith("'old' is not a count of seconds")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (1.0, "1"),
        (0.25, "0.25"),
        ("a\r\nb\0", "a  b "),
        ([1, None], "[1,null]"),
        ({"x": "\xe9"}, '{"x":"\xe9"}'),
        ({"name": "a", "value": "b"}, "b"),
        ([{"href": "/a"}, {"href": "/b"}], "/a, /b"),
    ],
)
def test_values_as_text(value, expected):
    assert text_of(value) == expected.strip(" ")


def test_a_value_nested_without_end_is_refused():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(FieldSyntaxError, match="nested too deeply"):
        text_of(value)


@given(st.text())
def test_numbers_are_read_or_not(text):
    number = number_of(text)
    assert number is None or float(number) == float(text)


def test_a_path_has_few_steps():
    assert len(parse_path("a" + ".b" * 20).steps) == 20
    with pytest.raises(FieldSyntaxError, match="at most 20 steps"):
        parse_path("a" + ".b" * 21)
