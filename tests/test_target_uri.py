"""Target URIs in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.target_uri import normalised_uri, origin_of, resolved_uri, target_uri

# RFC 9110 section 4.2.3
SPELLINGS = [
    pytest.param("http://example.com", "http://example.com/", id="empty-path"),
    pytest.param("HTTP://EXAMPLE.com/A", "http://example.com/A", id="case"),
    pytest.param("http://example.com:80/", "http://example.com/", id="default-port"),
    pytest.param("https://example.com:443/", "https://example.com/", id="default-port-of-https"),
    pytest.param("http://example.com:443/", "http://example.com:443/", id="another-port"),
    pytest.param("http://example.com?q", "http://example.com/?q", id="query-without-path"),
    pytest.param("http://example.com/?a/b?c", "http://example.com/?a/b?c", id="query"),
    pytest.param("http://example.com/a#b", "http://example.com/a", id="fragment"),
    pytest.param("http://[::1]:80/", "http://[::1]/", id="ipv6"),
]


@pytest.mark.parametrize(("url", "uri"), SPELLINGS)
def test_normal_form(url, uri):
    assert target_uri(Request("GET", url)) == uri
    assert normalised_uri(uri) == uri


def test_host_completes_a_path():
    headers = Headers([("Host", "A.example")])
    assert target_uri(Request("GET", "/x", headers)) == "//a.example/x"
    assert target_uri(Request("GET", "/?to=http://b.example/", headers)).startswith("//a.example/?")


RESOLVED = [
    pytest.param("/b", "http://a.example/b", id="path"),
    pytest.param("c", "http://a.example/x/c", id="relative"),
    pytest.param("HTTP://B.example", "http://b.example/", id="absolute"),
    pytest.param("//b.example/c", "http://b.example/c", id="network-path"),
    pytest.param("http://[", None, id="no-uri"),
]


@pytest.mark.parametrize(("reference", "uri"), RESOLVED)
def test_reference_is_resolved(reference, uri):
    assert resolved_uri(reference, "http://a.example/x/y") == uri


def test_base_of_unknown_scheme():
    assert resolved_uri("https://a.example/b", "//a.example/") == "//a.example/b"
    assert resolved_uri("/b", "//a.example/") == "//a.example/b"
    assert origin_of("//a.example/b") == "//a.example"


@given(st.text(max_size=60))
def test_any_url_has_a_key(url):
    uri = target_uri(Request("GET", url))
    assert isinstance(origin_of(uri), str)
    resolved_uri(url, "http://a.example/")
