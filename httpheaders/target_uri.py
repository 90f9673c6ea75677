"""
The target URI of a request, in one spelling, as the key of a cache.

Source: RFC 9110 sections 4.2.3 and 7.1.
"""

from __future__ import annotations

from httpheaders.messages.message import Request
from httpheaders.syntax.grammar import DEFAULT_PORTS

__all__ = ["origin_of", "resolved_uri", "target_uri"]

_PORTS = {scheme: f":{port}" for scheme, port in DEFAULT_PORTS.items()}


def target_uri(request: Request) -> str:
    """
    Give the target URI: scheme and host in lower case, no default port, no fragment.

    A URL that is only a path is completed with the Host field; its scheme stays unknown.

    Source: RFC 9110 sections 4.2.3 and 7.1.

    >>> target_uri(Request("GET", "HTTP://Example.com:80#top"))
    'http://example.com/'
    """
    url = request.url or "/"
    if url[0] != "/" and "://" in url.partition("?")[0]:
        return normalised_uri(url)
    host = request.headers.get("Host") or ""
    return f"//{host.lower()}{url.partition('#')[0] or '/'}"


def normalised_uri(url: str) -> str:
    """
    Write an absolute URI in its normal form.

    >>> normalised_uri("HTTPS://EXAMPLE.com:443?q=A")
    'https://example.com/?q=A'
    """
    scheme, _, rest = url.partition("#")[0].partition("://")
    before_query, mark, query = rest.partition("?")
    authority, _, path = before_query.partition("/")
    scheme, authority = scheme.lower(), authority.lower()
    if ":" in authority:
        authority = authority.removesuffix(_PORTS.get(scheme, "\0"))
    return f"{scheme}://{authority}/{path}{mark}{query}"


def resolved_uri(reference: str, base: str) -> str | None:
    """
    Resolve a reference such as Location against a target URI; None when it makes no URI.

    Source: RFC 3986 section 5.

    >>> resolved_uri("../b?c", "http://example.com/a/x")
    'http://example.com/b?c'
    """
    from urllib.parse import urljoin

    try:
        joined = urljoin(base, reference.strip(" \t"))
    except ValueError:
        return None
    if "://" in joined.partition("?")[0]:
        normal = normalised_uri(joined)
        # A base of unknown scheme is compared without one.
        return "//" + normal.partition("://")[2] if base.startswith("//") else normal
    return joined.partition("#")[0]


def origin_of(uri: str) -> str:
    """
    Give scheme and authority of a normal form.

    >>> origin_of("http://example.com/a")
    'http://example.com'
    """
    start = uri.find("//") + 2
    end = uri.find("/", start)
    return uri if end < 0 else uri[:end]
