"""Which requests are same-site."""

from __future__ import annotations

import pytest

from httpheaders.public_suffixes import PublicSuffixes
from httpheaders.same_site import (
    CROSS_SITE,
    CROSS_SITE_NAVIGATION,
    SAME_SITE,
    request_context,
    site_for_cookies,
)

SUFFIXES = PublicSuffixes(["com", "co.uk", "*.ck", "!www.ck", "公司.cn", "github.io"])


# RFC 6265bis section 5.2
@pytest.mark.parametrize(
    ("url", "client", "expected"),
    [
        pytest.param("https://a.example.com", "https://b.example.com", SAME_SITE, id="sisters"),
        pytest.param("https://a.co.uk", "https://b.co.uk", CROSS_SITE, id="a suffix between"),
        pytest.param("http://a.example.com", "https://a.example.com", CROSS_SITE, id="scheme"),
        pytest.param("https://example.com:1", "https://example.com:2", SAME_SITE, id="ports"),
        pytest.param("https://10.0.0.1", "https://10.0.0.1", SAME_SITE, id="an address"),
        pytest.param("https://10.0.0.1", "https://10.0.0.2", CROSS_SITE, id="two addresses"),
        pytest.param("https://co.uk", "https://co.uk", SAME_SITE, id="a suffix itself"),
        pytest.param("https://example.com", None, CROSS_SITE, id="an opaque client"),
    ],
)
def test_request_context(url, client, expected):
    assert request_context(url, client_site=client, public_suffixes=SUFFIXES) == expected


def test_navigations_and_methods_are_told_apart():
    site = "https://other.com"
    navigation = request_context(
        "https://example.com",
        client_site=site,
        top_level_navigation=True,
        public_suffixes=SUFFIXES,
    )
    assert navigation == CROSS_SITE_NAVIGATION
    posted = request_context(
        "https://example.com", client_site=site, method="POST", public_suffixes=SUFFIXES
    )
    assert not posted.safe_method


# RFC 6265bis section 5.2.1
def test_a_foreign_frame_breaks_the_site_for_cookies():
    top, frame, foreign = "https://example.com", "https://a.example.com", "https://other.com"
    assert site_for_cookies(top, frame, public_suffixes=SUFFIXES) == top
    assert site_for_cookies(top, foreign, frame, public_suffixes=SUFFIXES) is None
