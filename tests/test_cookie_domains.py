from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cookie_domains import (
    canonical_host,
    default_path,
    domain_matches,
    path_matches,
    split_cookie_url,
)
from httpheaders.errors import FieldSyntaxError, HttpHeadersError
from httpheaders.public_suffixes import PublicSuffixes
from httpheaders.same_site import (
    is_same_site,
)
from httpheaders.syntax.hosts import is_ip_address, is_loopback

SUFFIXES = PublicSuffixes(["com", "co.uk", "*.ck", "!www.ck", "公司.cn", "github.io"])


# RFC 6265bis section 5.1.2
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("Example.COM", "example.com", id="lower case"),
        pytest.param("example.com.", "example.com.", id="a trailing dot is another host"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="a U-label"),
        pytest.param("BÜCHER.example", "xn--bcher-kva.example", id="a U-label in capitals"),
        pytest.param("faß.de", "xn--fa-hia.de", id="sharp s stays, as in browsers"),
        pytest.param("例え。jp", "xn--r8jz45g.jp", id="an ideographic full stop"),
        pytest.param("ｅｘａｍｐｌｅ.com", "example.com", id="full-width letters"),
        pytest.param("xn--bcher-kva.example", "xn--bcher-kva.example", id="an A-label"),
        pytest.param("a_b.example", "a_b.example", id="an underscore"),
        pytest.param("1.2.3.4", "1.2.3.4", id="an IPv4 address"),
        pytest.param("[::1]", "::1", id="an IPv6 address"),
        pytest.param("[2001:DB8:0:0:0:0:0:1]", "2001:db8::1", id="an IPv6 address written long"),
        pytest.param("[::ffff:127.0.0.1]", "::ffff:7f00:1", id="an IPv4 address inside"),
        pytest.param("soft\u00adhyphen.example", "softhyphen.example", id="a soft hyphen"),
    ],
)
def test_canonical_hosts(host, expected):
    assert canonical_host(host) == expected


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("", id="nothing"),
        pytest.param("a..b", id="an empty label"),
        pytest.param(".a", id="a leading dot"),
        pytest.param("-a.example", id="a leading hyphen"),
        pytest.param("a b", id="a blank"),
        pytest.param("xn--a", id="a fake A-label"),
        pytest.param("xn--\u00e9", id="a U-label that poses as an A-label"),
        pytest.param("xn--", id="an A-label of nothing"),
        pytest.param("a" * 64, id="a long label"),
        pytest.param("a." * 130, id="a long name"),
        pytest.param("é" * 64, id="a long U-label"),
        pytest.param("\u0301a.example", id="a combining mark first"),
        pytest.param("[::g]", id="no IPv6 address"),
        pytest.param("a\ud800", id="half a surrogate pair"),
    ],
)
def test_malformed_hosts_are_refused(host):
    with pytest.raises(FieldSyntaxError):
        canonical_host(host)


# RFC 6265bis section 5.1.3
@pytest.mark.parametrize(
    ("host", "domain", "matches"),
    [
        pytest.param("a.example", "a.example", True, id="identical"),
        pytest.param("b.a.example", "a.example", True, id="below"),
        pytest.param("ba.example", "a.example", False, id="no dot between"),
        pytest.param("example", "a.example", False, id="above"),
        pytest.param("10.0.0.1", "0.0.1", False, id="an IPv4 address has nothing below"),
        pytest.param("10.0.0.1", "10.0.0.1", True, id="the same address"),
        pytest.param("300.0.0.1", "0.0.1", True, id="no address: a number too large"),
        pytest.param("1.10.0.0.1", "10.0.0.1", True, id="five labels are no address"),
    ],
)
def test_domain_match(host, domain, matches):
    assert domain_matches(host, domain) is matches


# RFC 6265bis section 5.1.4
@pytest.mark.parametrize(
    ("request_path", "cookie_path", "matches"),
    [
        pytest.param("/a", "/a", True, id="identical"),
        pytest.param("/a/b", "/a", True, id="below"),
        pytest.param("/a/b", "/a/", True, id="below, with a slash"),
        pytest.param("/ab", "/a", False, id="only a prefix of the text"),
        pytest.param("/", "/a", False, id="above"),
        pytest.param("/a", "/a/", False, id="the slash is missing"),
        pytest.param("/x", "/", True, id="the root"),
        pytest.param("/A", "/a", False, id="case counts"),
    ],
)
def test_path_match(request_path, cookie_path, matches):
    assert path_matches(request_path, cookie_path) is matches


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", "/"), ("x", "/"), ("/", "/"), ("/a", "/"), ("/a/", "/a"), ("/a/b/c", "/a/b")],
)
def test_default_path(path, expected):
    assert default_path(path) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://a.example", ("http", "a.example", "/"), id="no path"),
        pytest.param("HTTPS://A.example:8443/x/y?z#f", ("https", "a.example", "/x/y"), id="all"),
        pytest.param("http://u:p@a.example/x", ("http", "a.example", "/x"), id="a user"),
        pytest.param("http://u@b@a.example/", ("http", "a.example", "/"), id="a user with an at"),
        pytest.param("http://a.example?x=/y", ("http", "a.example", "/"), id="a query alone"),
        pytest.param("http://[::1]:80/x", ("http", "::1", "/x"), id="an IPv6 address"),
        pytest.param("http://127.1/x", ("http", "127.0.0.1", "/x"), id="a short address"),
        pytest.param("http://faß.de/", ("http", "xn--fa-hia.de", "/"), id="a name as in URLs"),
        pytest.param("http://b%C3%BCr.de/", ("http", "xn--br-xka.de", "/"), id="an encoded name"),
        pytest.param("http://a.example/é", ("http", "a.example", "/%C3%A9"), id="a path as sent"),
    ],
)
def test_urls(url, expected):
    assert split_cookie_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "/x",
        "http://",
        "http:///x",
        "http://a b/",
        "://a",
        "http://a:b/",
        "http://a.1/",
    ],
)
def test_urls_that_are_none_are_refused(url):
    with pytest.raises(FieldSyntaxError):
        split_cookie_url(url)


# RFC 6265bis section 5.8.3: "the notion of a "secure" connection"
@pytest.mark.parametrize(
    ("url", "trusting", "strict"),
    [
        ("https://a.example/", True, True),
        ("wss://a.example/", True, True),
        ("http://a.example/", False, False),
        ("http://localhost/", True, False),
        ("http://a.localhost/", True, False),
        ("http://127.1.2.3/", True, False),
        ("http://[::1]/", True, False),
        ("http://127.example/", False, False),
    ],
)
def test_secure_connections(url, trusting, strict):
    target = split_cookie_url(url)
    assert target.is_secure() is trusting
    assert target.is_secure(trusts_loopback=False) is strict


HOSTS = st.text(alphabet="abcé例.-_[]:xn0189 \ud800\u0301\u00ad", max_size=80) | st.text(
    max_size=80
)


@given(HOSTS)
def test_canonical_hosts_are_fixed_points_and_only_our_errors_come_out(host):
    try:
        canonical = canonical_host(host)
    except HttpHeadersError:
        return
    assert canonical.isascii()
    assert canonical_host(f"[{canonical}]" if ":" in canonical else canonical) == canonical
    assert is_ip_address(canonical) in (True, False)
    assert is_loopback(canonical) in (True, False)


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_url_raises_anything_else(left, right):
    for url in (left, f"http://{left}", f"https://{left}/{right}"):
        try:
            parts = split_cookie_url(url)
        except HttpHeadersError:
            continue
        assert parts.path.startswith("/")
        assert path_matches(parts.path, default_path(parts.path))
        assert is_same_site(url, url, public_suffixes=SUFFIXES)
