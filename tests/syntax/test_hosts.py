"""Hosts as the URL standard writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cookie_domains import split_cookie_url
from httpheaders.syntax.hosts import (
    is_domain_name,
    is_ip_address,
    is_loopback,
    serialize_host,
    serialize_ipv6,
)
from httpheaders.syntax.origins import locate

# URL section "Host parsing"; UTS #46 sections 4 and 7, nontransitional
NAMES = [
    pytest.param("Example.COM", "example.com", id="lower case"),
    pytest.param("example.com.", "example.com.", id="a trailing dot"),
    pytest.param("faß.de", "xn--fa-hia.de", id="sharp s stays"),
    pytest.param("FAẞ.de", "xn--fa-hia.de", id="its capital"),
    pytest.param("βόλος.com", "xn--nxasmm1c.com", id="final sigma stays"),
    pytest.param("ΒΌΛΟΣ.com", "xn--nxasmq6b.com", id="a capital sigma is never final"),
    pytest.param("xn--fa-hia.de", "xn--fa-hia.de", id="an A-label"),
    pytest.param("BÜCHER.example", "xn--bcher-kva.example", id="a U-label in capitals"),
    pytest.param("bu\u0308cher.example", "xn--bcher-kva.example", id="composed"),
    pytest.param("b%C3%BCcher.example", "xn--bcher-kva.example", id="percent-encoded"),
    pytest.param("例え。jp", "xn--r8jz45g.jp", id="an ideographic full stop"),
    pytest.param("ｅｘａｍｐｌｅ．com", "example.com", id="full-width letters"),
    pytest.param("ſ.example", "s.example", id="a long s"),
    pytest.param("soft\u00adhyphen.example", "softhyphen.example", id="a soft hyphen"),
    pytest.param("☕.example", "xn--53h.example", id="a symbol"),
    pytest.param("श्री\u200d.com", None, id="a joiner without a virama before it"),
    pytest.param("ශ්\u200dරී.com", "xn--10cl1a0b660p.com", id="a joiner behind a virama"),
    pytest.param("نامه\u200cای.com", "xn--mgba3gch31f060k.com", id="a non-joiner in Persian"),
    pytest.param("a\u200cb.example", None, id="a non-joiner in Latin"),
    pytest.param("a_b.example", "a_b.example", id="an underscore"),
    pytest.param("-a..b", "-a..b", id="what is odd is the resolver's affair"),
    pytest.param("", None, id="nothing"),
    pytest.param("\u00ad", None, id="nothing is left"),
    pytest.param("a b", None, id="a blank"),
    pytest.param("a%2Fb", None, id="a slash, encoded"),
    pytest.param("a%FFb", None, id="no UTF-8"),
    pytest.param("℀.example", None, id="a slash comes of it"),
    pytest.param("⒈com", None, id="a dot comes of it"),
    pytest.param("xn--a", None, id="a fake A-label"),
    pytest.param("xn--", None, id="an A-label of nothing"),
    pytest.param("xn--BCHER-kva", "xn--bcher-kva", id="an A-label in capitals"),
    pytest.param("xn--\u00e9", None, id="a U-label that poses as an A-label"),
    pytest.param("xn--" + "\u2160".encode("punycode").decode(), None, id="an A-label not mapped"),
    pytest.param("\u0301a.example", None, id="a combining mark first"),
    pytest.param("a\ud800", None, id="half a surrogate pair"),
    pytest.param("\ue000.example", None, id="a private character"),
    pytest.param("é" * 100_000, None, id="longer than any name"),
    pytest.param("xn--" + "a" * 100_000, None, id="an A-label longer than any"),
    pytest.param("xn--fa-hia." * 10_000, None, id="more A-labels than any name has"),
]
ADDRESSES = [
    pytest.param("127.0.0.1", "127.0.0.1", id="IPv4"),
    pytest.param("0x7f.1", "127.0.0.1", id="hexadecimal and short"),
    pytest.param("017700000001", "127.0.0.1", id="octal in one number"),
    pytest.param("１.２.３.４", "1.2.3.4", id="full-width digits"),
    pytest.param("1.2.3.4.", "1.2.3.4", id="a trailing dot is dropped"),
    pytest.param("1.2.3.256", None, id="a part too large"),
    pytest.param("1.2.3.4.5", None, id="five parts"),
    pytest.param("a.08", None, id="the last label is a number"),
    pytest.param("[::0001]", "[::1]", id="IPv6"),
    pytest.param("[2001:DB8:0:0:1:0:0:1]", "[2001:db8::1:0:0:1]", id="the first of two runs"),
    pytest.param("[1:0:2:3:4:5:6:7]", "[1:0:2:3:4:5:6:7]", id="one zero is no run"),
    pytest.param("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", id="an IPv4 address inside"),
    pytest.param("[fe80::1%25eth0]", None, id="a zone"),
    pytest.param("[::1", None, id="an open bracket"),
    pytest.param("[::g]", None, id="no number"),
]


@pytest.mark.parametrize(("host", "expected"), NAMES + ADDRESSES)
def test_hosts(host, expected):
    assert serialize_host(host) == expected


@pytest.mark.parametrize(
    "host", ["faß.de", "ΒΌΛΟΣ.com", "0x7f.1", "xn--bcher-kva.de", "B%C3%BC.de"]
)
def test_a_cookie_and_an_origin_have_the_same_host(host):
    origin = locate(f"https://{host}/").origin
    assert origin is not None
    assert origin.host == split_cookie_url(f"https://{host}/").host


# RFC 1035 section 2.3.4
@pytest.mark.parametrize(
    ("name", "expected"),
    [("a" * 63, True), ("a" * 64, False), ("a." * 126 + "a.", True), ("a." * 127 + "a", False)],
)
def test_names_have_their_lengths(name, expected):
    assert is_domain_name(name) is expected


@pytest.mark.parametrize(
    ("host", "address", "loopback"),
    [
        ("127.9.9.9", True, True),
        ("[::1]", True, True),
        ("::1", True, True),
        ("10.0.0.1", True, False),
        ("127.0.0.256", False, False),
        ("localhost", False, True),
        ("a.localhost.", False, True),
        ("alocalhost", False, False),
    ],
)
def test_addresses_and_this_machine(host, address, loopback):
    assert (is_ip_address(host), is_loopback(host)) == (address, loopback)


HOSTS = st.text(alphabet="abßςΣé例.-_[]:%xn0189\u200d\u0301\u00ad\u1e9e\u094d", max_size=40)


@given(HOSTS | st.text())
def test_what_is_written_is_read_again(host):
    written = serialize_host(host)
    if written is not None:
        assert written.isascii()
        assert serialize_host(written) == written
    assert serialize_ipv6(host) is None or serialize_host(f"[{host}]") is not None
