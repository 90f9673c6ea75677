"""Origins as they are written, as they are meant, and as URLs have them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.origins import (
    Origin,
    locate,
    origin_fault,
    parse_origin,
    printable,
    suggest_origin,
)

# Fetch section "Origin header"
WELL_FORMED = [
    pytest.param("https://example.com", Origin("https", "example.com"), id="domain"),
    pytest.param("http://localhost:8080", Origin("http", "localhost", 8080), id="port"),
    pytest.param("https://a-b.c9.example", Origin("https", "a-b.c9.example"), id="hyphens"),
    pytest.param("http://127.0.0.1", Origin("http", "127.0.0.1"), id="ipv4"),
    pytest.param("http://[::1]:90", Origin("http", "[::1]", 90), id="ipv6"),
    pytest.param("http://[2001:db8::8:0:0:1]", Origin("http", "[2001:db8::8:0:0:1]"), id="one run"),
    pytest.param("app://x", Origin("app", "x"), id="scheme of one's own"),
    pytest.param("http://example.com:443", Origin("http", "example.com", 443), id="other's port"),
    pytest.param("https://my_app.example", Origin("https", "my_app.example"), id="underscore"),
    pytest.param("https://example.com.", Origin("https", "example.com."), id="last dot"),
]


@pytest.mark.parametrize(("text", "origin"), WELL_FORMED)
def test_serialized_origins_are_read_and_written_back(text, origin):
    assert parse_origin(text) == origin
    assert str(origin) == text


# What people write into allow-lists, why it is no origin, and what they meant.
MALFORMED = [
    pytest.param("https://example.com/", "ends in a slash", "https://example.com", id="slash"),
    pytest.param("example.com", "has no scheme", "https://example.com", id="no scheme"),
    pytest.param("https://a.example, https://b.example", "a list", "https://a.example", id="list"),
    pytest.param("https://example.com/app", "has a path", "https://example.com", id="path"),
    pytest.param("https://example.com?", "has a path, a query", "https://example.com", id="query"),
    pytest.param("https://Example.com", "upper-case", "https://example.com", id="upper case"),
    pytest.param("https://example.com:443", "default port", "https://example.com", id="port 443"),
    pytest.param("http://example.com:80", "default port", "http://example.com", id="port 80"),
    pytest.param("https://résumé.com", "punycode", "https://xn--rsum-bpad.com", id="not ASCII"),
    pytest.param('"https://example.com"', "quotes", "https://example.com", id="quotes"),
    pytest.param(" https://example.com", "blank", "https://example.com", id="blank"),
    pytest.param("https://u@example.com", "user name", "https://example.com", id="user"),
    pytest.param("http://1:60", "in the form", "http://0.0.0.1:60", id="short IPv4"),
    pytest.param("http://127.1", "in the form", "http://127.0.0.1", id="shorter IPv4"),
    pytest.param("http://[0:0::1]", "in the form", "http://[::1]", id="long IPv6"),
    pytest.param("http://[::FF]", "upper-case", "http://[::ff]", id="IPv6 in capitals"),
    pytest.param("http://a.255", "in the form", None, id="name that ends in a number"),
    pytest.param("http://a:65536", "in the form", None, id="port too large"),
    pytest.param("http://a:080", "default port", "http://a", id="port with zeros"),
    pytest.param("http://a..b", "in the form", None, id="empty label"),
    pytest.param("http://-a", "in the form", None, id="hyphen first"),
    pytest.param("http://" + "a" * 64, "in the form", None, id="label too long"),
    pytest.param("http://" + "a." * 130 + "a", "in the form", None, id="name too long"),
    pytest.param("x" * 600, "longer than any origin", None, id="too long"),
    pytest.param("file:///x", "is a file", "null", id="file"),
    pytest.param("https://a.example\0", "control", "https://a.example", id="NUL"),
    pytest.param(r"https://.*\.example\.com", "pattern", None, id="regular expression"),
    pytest.param("", "empty", None, id="empty"),
]


@pytest.mark.parametrize(("text", "fault", "meant"), MALFORMED)
def test_other_text_is_refused_with_its_fault(text, fault, meant):
    with pytest.raises(FieldSyntaxError, match=fault):
        parse_origin(text)
    assert suggest_origin(text) == meant


# URL section "Origin"
@pytest.mark.parametrize(
    ("url", "base", "origin"),
    [
        pytest.param("https://a.example/x?y#z", None, "https://a.example", id="absolute"),
        pytest.param("HTTPS://A.Example:443", None, "https://a.example", id="normalized"),
        pytest.param("https://u:p@a.example:8443/", None, "https://a.example:8443", id="user"),
        pytest.param("/x", "https://a.example/y", "https://a.example", id="absolute path"),
        pytest.param("//b.example/x", "https://a.example", "https://b.example", id="no scheme"),
        pytest.param("../x", "http://a.example:81/b/c", "http://a.example:81", id="relative"),
        pytest.param("?q", "http://a.example/b", "http://a.example", id="query alone"),
        pytest.param("http:\\\\a.example\\@b", None, "http://a.example", id="backslashes"),
        pytest.param(" \thttp://a.ex\nample\r ", None, "http://a.example", id="blanks"),
        pytest.param("http://0x7f.1/", None, "http://127.0.0.1", id="hexadecimal address"),
        pytest.param("http://[::0001]/", None, "http://[::1]", id="IPv6"),
        pytest.param("http://ex%61mple.com", None, "http://example.com", id="percent-encoded"),
        pytest.param(
            "http://münchen.example", None, "http://xn--mnchen-3ya.example", id="punycode"
        ),
        pytest.param("data:text/plain,x", None, None, id="data"),
        pytest.param("blob:x", None, None, id="blob"),
    ],
)
def test_urls_have_an_origin(url, base, origin):
    found = locate(url, base).origin
    assert (found and str(found)) == origin


@pytest.mark.parametrize(
    "url",
    ["", "x", "/x", "http://", "http://a b/", "http://[::1", "http://a:99999/", "http://1.2.3.4.5"],
)
def test_other_urls_have_none(url):
    with pytest.raises(FieldSyntaxError):
        locate(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [("http://u:p@a/", True), ("http://u@a/", True), ("http://@a/", False), ("http://a/@", False)],
)
def test_credentials_in_a_url_are_seen(url, expected):
    assert locate(url).has_credentials is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost", True),
        ("http://app.localhost:1", True),
        ("http://localhost.", True),
        ("http://127.1.2.3", True),
        ("http://[::1]", True),
        ("http://alocalhost", False),
        ("http://localhost.example", False),
        ("http://127.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_loopback_is_this_machine(text, expected):
    assert parse_origin(text).is_loopback is expected


labels = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join) | st.ip_addresses().map(
    lambda address: f"[{address}]" if address.version == 6 else str(address)
)
ports = st.none() | st.integers(1, 65535).filter(lambda port: port not in (80, 443, 21))
origins = st.builds(Origin, st.sampled_from(["http", "https", "app"]), hosts, ports)


@given(origins)
def test_every_origin_survives_writing_and_reading(origin):
    # Python writes mapped IPv4 addresses with dots in newer versions; origins never do.
    if "." not in origin.host or "[" not in origin.host:
        assert parse_origin(str(origin)) == origin
        assert suggest_origin(str(origin)) == str(origin)


@given(st.text() | st.from_regex(r"https?://[ -~]{0,20}(:[0-9]{0,6})?/?", fullmatch=True))
def test_only_our_error_comes_out(text):
    suggested = suggest_origin(text)
    assert suggested is None or suggested == "null" or str(parse_origin(suggested)) == suggested
    for read in (parse_origin, locate, lambda url: locate(url, "http://a/")):
        with contextlib.suppress(FieldSyntaxError):
            read(text)


@given(st.text(max_size=700))
def test_faults_are_told_in_one_printable_line(text):
    assert origin_fault(text).isprintable()
    assert printable(text).isprintable()
    assert len(printable(text)) <= 800
