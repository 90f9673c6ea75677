"""
Whom a cookie belongs to: hosts, domains and paths.

Hosts are compared in canonical form: lower case, A-labels, an IPv6 address without brackets.

Source: RFC 6265bis sections 5.1.2 to 5.1.4.
"""

from __future__ import annotations

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.hosts import (
    domain_to_ascii,
    ends_in_number,
    is_domain_name,
    is_ip_address,
    is_loopback,
    serialize_host,
    serialize_ipv6,
)
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "CookieUrl",
    "canonical_host",
    "default_path",
    "domain_matches",
    "path_matches",
    "split_cookie_url",
]

# Scheme "://" [ userinfo "@" ] host [ ":" port ] path; query and fragment play no part in cookies.
_url = lazy_pattern(
    r"([A-Za-z][A-Za-z0-9+.\-]*+)://(?:[^/?#\\]*@)?(\[[^\[\]/?#@]*+\]|[^/?#\\:@]*+)(?::[0-9]*+)?"
    r"(?=[/?#]|\Z)([^?#]*+)"
)
_SECURE_SCHEMES = frozenset({"https", "wss"})


class CookieUrl(NamedTuple):
    """What a URL says to cookies: scheme in lower case, canonical host, path from the first "/"."""

    scheme: str
    host: str
    path: str

    def is_secure(self, *, trusts_loopback: bool = True) -> bool:
        """
        Say whether the connection counts as secure.

        Source: RFC 6265bis section 5.8.3 ("most user agents consider … "localhost" to be trusted").
        """
        return self.scheme in _SECURE_SCHEMES or (trusts_loopback and is_loopback(self.host))


def split_cookie_url(url: str) -> CookieUrl:
    """
    Read the parts of an absolute URL that cookies look at.

    Raises:
        FieldSyntaxError: it has no scheme and host, or a host that cannot be canonicalized.

    Source: RFC 6265bis sections 5.1.2 and 5.1.4.

    >>> split_cookie_url("https://Example.COM:8443/a/b?c")
    CookieUrl(scheme='https', host='example.com', path='/a/b')
    """
    match = _url.match(url)
    if match is None or not match[2]:
        raise FieldSyntaxError(
            "expected an absolute URL such as 'https://example.com/path'",
            reference="RFC 6265bis section 5.1.4",
        )
    return CookieUrl(match[1].lower(), _url_host(match[2]), _wire_path(match[3]))


def _url_host(text: str) -> str:
    host = canonical_host(text)
    if not ends_in_number(host):
        return host
    # In a URL "127.1" is an address; in a Domain attribute it is a name.
    address = serialize_host(host)
    if address is None:
        raise _bad_host("ends in a number but is no IPv4 address")
    return address


def _wire_path(path: str) -> str:
    if not path.startswith("/"):
        return "/"
    if path.isascii():
        return path
    # What is typed as "é" is sent as "%C3%A9".
    return "".join(
        char if char.isascii() else "".join(f"%{octet:02X}" for octet in _octets(char))
        for char in path
    )


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def canonical_host(host: str) -> str:
    """
    Bring a host name into the form in which cookies compare it.

    A trailing dot stays: "example.com." is another host. Labels may hold underscores, although
    section 5.1.2 has no place for them, because hosts so named exist and browsers keep cookies for
    them. U-labels become A-labels as in URLs: "ß" stays what it is.

    Raises:
        FieldSyntaxError: an empty, overlong, malformed or fake label.

    Source: RFC 6265bis section 5.1.2.

    >>> canonical_host("WWW.Bücher.example"), canonical_host("[0:0:0:0:0:0:0:1]")
    ('www.xn--bcher-kva.example', '::1')
    """
    if host.startswith("[") or host.count(":") > 1:
        return _canonical_ipv6(host)
    name = domain_to_ascii(host)
    if name is None or not is_domain_name(name):
        raise _bad_host("expected labels of letters, digits and hyphens between dots")
    return name


def _canonical_ipv6(host: str) -> str:
    address = serialize_ipv6(host.removeprefix("[").removesuffix("]"))
    if address is None:
        raise _bad_host("expected an IPv6 address")
    return address


def _bad_host(message: str) -> FieldSyntaxError:
    return FieldSyntaxError(f"host name: {message}", reference="RFC 6265bis section 5.1.2")


def domain_matches(host: str, domain: str) -> bool:
    """
    Say whether a canonical host is the domain or lies below it.

    Source: RFC 6265bis section 5.1.3.

    >>> domain_matches("www.example.com", "example.com"), domain_matches("10.0.0.1", "0.0.1")
    (True, False)
    """
    if host == domain:
        return True
    return host.endswith("." + domain) and not is_ip_address(host)


def default_path(path: str) -> str:
    """
    Give the path of a cookie that came without one: the request's, up to its last "/".

    Source: RFC 6265bis section 5.1.4.

    >>> default_path("/docs/a.html"), default_path("/a"), default_path("")
    ('/docs', '/', '/')
    """
    if not path.startswith("/"):
        return "/"
    return path[: path.rindex("/")] or "/"


def path_matches(request_path: str, cookie_path: str) -> bool:
    """
    Say whether a cookie's path covers the path of a request.

    Source: RFC 6265bis section 5.1.4.

    >>> path_matches("/docs/x", "/docs"), path_matches("/docsx", "/docs")
    (True, False)
    """
    if not request_path.startswith(cookie_path):
        return False
    return (
        len(request_path) == len(cookie_path)
        or cookie_path.endswith("/")
        or request_path[len(cookie_path)] == "/"
    )
