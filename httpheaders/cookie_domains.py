"""
Whom a cookie belongs to: hosts, domains and paths.

Hosts are compared in canonical form: lower case, A-labels, an IPv6 address without brackets.

Source: RFC 6265bis sections 5.1.2 to 5.1.4.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "CookieUrl",
    "canonical_host",
    "default_path",
    "domain_matches",
    "is_ip_address",
    "is_loopback",
    "path_matches",
    "split_cookie_url",
]

# Scheme "://" [ userinfo "@" ] host [ ":" port ] path; query and fragment play no part in cookies.
_url = lazy_pattern(
    r"([A-Za-z][A-Za-z0-9+.\-]*+)://(?:[^/?#\\]*@)?(\[[^\[\]/?#@]*+\]|[^/?#\\:@]*+)(?::[0-9]*+)?"
    r"(?=[/?#]|\Z)([^?#]*+)"
)
_ipv4 = lazy_pattern(r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?:\.(?!\Z)|\Z)){4}", re.ASCII)
# NR-LDH label, and the underscore that hosts in use have (see canonical_host)
_ldh_label = lazy_pattern(r"[a-z0-9_](?:[a-z0-9_\-]*[a-z0-9_])?", re.ASCII)

_LONGEST_HOST = 253
_LONGEST_LABEL = 63
# Dots of other scripts, and characters that no name keeps                          UTS #46
_FOREIGN_DOTS = str.maketrans("。．｡", "...")
_IGNORED = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")
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
    return CookieUrl(match[1].lower(), canonical_host(match[2]), _wire_path(match[3]))


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
    them. U-labels become A-labels with the mapping of current browsers: "ß" stays what it is.

    Raises:
        FieldSyntaxError: an empty, overlong, malformed or fake label.

    Source: RFC 6265bis section 5.1.2.

    >>> canonical_host("WWW.Bücher.example"), canonical_host("[0:0:0:0:0:0:0:1]")
    ('www.xn--bcher-kva.example', '::1')
    """
    if host.startswith("[") or host.count(":") > 1:
        return _canonical_ipv6(host)
    if not host.isascii():
        host = host.translate(_IGNORED).translate(_FOREIGN_DOTS)
    if len(host) > _LONGEST_HOST + 1:
        raise _bad_host("a host name has at most 253 characters")
    labels = host.lower().removesuffix(".").split(".")
    name = ".".join(_canonical_label(label) for label in labels)
    return f"{name}." if host.endswith(".") else name


def _canonical_ipv6(host: str) -> str:
    from ipaddress import AddressValueError, IPv6Address  # late: few hosts are IPv6 addresses

    try:
        address = IPv6Address(host.removeprefix("[").removesuffix("]"))
    except AddressValueError:
        raise _bad_host("not an IPv6 address") from None
    return str(IPv6Address(int(address))) if address.ipv4_mapped is None else _mapped_ipv6(address)


def _mapped_ipv6(address: object) -> str:
    # Newer Pythons write the IPv4 part with dots; URLs write it in hexadecimal.
    low = int(address) & 0xFFFFFFFF  # type: ignore[call-overload]
    return f"::ffff:{low >> 16:x}:{low & 0xFFFF:x}"


def _canonical_label(label: str) -> str:
    if not label.isascii():
        label = _to_ascii(label)
    if len(label) > _LONGEST_LABEL or _ldh_label.fullmatch(label) is None:
        raise _bad_host("expected labels of letters, digits and hyphens between dots")
    if label.startswith("xn--") and not _is_a_label(label):
        raise _bad_host("a label begins with 'xn--' but encodes no name")
    return label


def _to_ascii(label: str) -> str:
    # The standard library's idna codec is IDNA 2003, which browsers have left, and slow to load.
    from unicodedata import normalize

    mapped = normalize("NFKC", normalize("NFKC", label).lower())
    if len(mapped) > _LONGEST_LABEL or mapped.startswith("xn--") or not _is_u_label(mapped):
        raise _bad_host("a label holds characters that no host name may have")
    if mapped.isascii():
        return mapped
    return "xn--" + mapped.encode("punycode").decode("ascii")


def _is_u_label(label: str) -> bool:
    from unicodedata import category

    # No control, unassigned, private or blank character, and no mark without a letter before it.
    return category(label[0])[0] != "M" and all(category(char)[0] not in "CZ" for char in label)


def _is_a_label(label: str) -> bool:
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        encoded = decoded.encode("punycode").decode("ascii")
    except (UnicodeError, OverflowError, ValueError):
        return False
    return encoded == label[4:] and not decoded.isascii() and _is_u_label(decoded)


def _bad_host(message: str) -> FieldSyntaxError:
    return FieldSyntaxError(f"host name: {message}", reference="RFC 6265bis section 5.1.2")


def is_ip_address(host: str) -> bool:
    """Say whether a canonical host is an address rather than a name."""
    return ":" in host or _ipv4.fullmatch(host) is not None


def is_loopback(host: str) -> bool:
    """Say whether a canonical host is this machine: localhost, 127.0.0.0/8 or ::1."""
    if host in ("localhost", "::1") or host.endswith(".localhost"):
        return True
    return host.startswith("127.") and is_ip_address(host)


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
