"""
Which requests are same-site, as cookies with SameSite see it.

Source: RFC 6265bis sections 5.2 and 5.6.7.1.
"""

from __future__ import annotations

from httpheaders.cookie_domains import split_cookie_url
from httpheaders.named_tuples import NamedTuple
from httpheaders.public_suffixes import PublicSuffixes, installed_public_suffixes

__all__ = [
    "CROSS_SITE",
    "CROSS_SITE_NAVIGATION",
    "SAME_SITE",
    "SAME_SITE_CONTEXTS",
    "RequestContext",
    "is_same_site",
    "request_context",
    "site_for_cookies",
]


class RequestContext(NamedTuple):
    """
    Where a request came from, as far as SameSite asks.

    Attributes:
        same_site: its client's site for cookies is the site of its URL.
        top_level_navigation: it changes what the address bar shows.
        safe_method: GET, HEAD, OPTIONS or TRACE.
    """

    same_site: bool = True
    top_level_navigation: bool = False
    safe_method: bool = True


SAME_SITE = RequestContext()
CROSS_SITE_NAVIGATION = RequestContext(same_site=False, top_level_navigation=True)
CROSS_SITE = RequestContext(same_site=False)
# By the strictest SameSite cookie that such a request carries.
SAME_SITE_CONTEXTS = {"strict": SAME_SITE, "lax": CROSS_SITE_NAVIGATION, "none": CROSS_SITE}


def is_same_site(url: str, other: str, *, public_suffixes: PublicSuffixes | None = None) -> bool:
    """
    Say whether two URLs are of one site: the same scheme and registrable domain.

    Raises:
        FieldSyntaxError: one is not an absolute URL.

    Source: RFC 6265bis section 5.2 (the HTML standard's "same site").

    >>> is_same_site("https://a.example.com/", "https://b.example.com:8443/")
    True
    """
    suffixes = public_suffixes or installed_public_suffixes()
    return _site(url, suffixes) == _site(other, suffixes)


def _site(url: str, suffixes: PublicSuffixes) -> tuple[str, str]:
    scheme, host, _ = split_cookie_url(url)
    return scheme, suffixes.registrable_domain(host) or host


def site_for_cookies(
    top_level: str, *documents: str, public_suffixes: PublicSuffixes | None = None
) -> str | None:
    """
    Give the site for cookies of a document: its top-level URL, or None when a frame breaks it.

    Args:
        top_level: the URL in the address bar.
        documents: the frames from there down to the document that asks, itself included.
        public_suffixes: the list in force.

    Source: RFC 6265bis section 5.2.1.
    """
    suffixes = public_suffixes or installed_public_suffixes()
    broken = any(not is_same_site(url, top_level, public_suffixes=suffixes) for url in documents)
    return None if broken else top_level


def request_context(
    url: str,
    *,
    client_site: str | None,
    method: str = "GET",
    top_level_navigation: bool = False,
    public_suffixes: PublicSuffixes | None = None,
) -> RequestContext:
    """
    Work out how SameSite sees a request.

    Args:
        url: where it goes; after a redirect, where it goes now.
        client_site: the site for cookies of the document that asked, None for an opaque one.
        method: of the current hop.
        top_level_navigation: whether it navigates the top-level page.
        public_suffixes: the list in force.

    Source: RFC 6265bis sections 5.2 and 5.6.7.1.
    """
    from httpheaders.messages.message import SAFE_METHODS  # late: to build takes no request

    same = client_site is not None and is_same_site(
        url, client_site, public_suffixes=public_suffixes
    )
    return RequestContext(same, top_level_navigation, method.upper() in SAFE_METHODS)
