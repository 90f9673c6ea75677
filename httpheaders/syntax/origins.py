"""
Origins: the text that stands in Origin fields, and the origin of a URL.

An origin that a page sends is already serialized: lower case, no path, no default port.
`parse_origin` takes that form alone; `suggest_origin` guesses the form that somebody meant;
`locate` reads the URLs that requests and redirects name, as leniently as the URL standard does.

Source: Fetch section "Origin header", URL section "Origin".
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import DEFAULT_PORTS
from httpheaders.syntax.hosts import (
    ends_in_number,
    is_domain_name,
    is_ip_address,
    is_ipv4,
    is_loopback,
    serialize_host,
)
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "OPAQUE",
    "Location",
    "Origin",
    "locate",
    "origin_fault",
    "parse_origin",
    "suggest_origin",
]

# What every opaque origin is serialized as: sandboxed frames, file: and data: documents.
OPAQUE = "null"
_PORTS = {**DEFAULT_PORTS, "ws": 80, "wss": 443, "ftp": 21}

_REFERENCE = 'Fetch section "Origin header"'
# A name of 253 characters, a scheme and a port: nothing longer can be an origin in use.
_LONGEST = 512

# serialized-origin = serialized-scheme "://" serialized-host [ ":" serialized-port ]
_origin = lazy_pattern(
    r"([a-z][a-z0-9+.\-]*+)://(\[[^\]/]*+\]|[^\[\]:/?#@]++)(?::([0-9]{1,5}))?", re.ASCII
)

# Why a text is no origin: the first that applies, in the order in which people should hear it.
_FAULTS = (
    (lazy_pattern(r"[^\x00-\x7f]"), "holds characters outside ASCII: browsers send punycode"),
    (lazy_pattern(r"[\x00-\x1f\x7f]"), "holds a control character"),
    (lazy_pattern(r"[, ]"), "holds a blank or a comma: one origin each, never a list"),
    (lazy_pattern(r"['\"]"), "holds quotes"),
    (lazy_pattern(r"[\^$\\()|+{}]"), "holds characters of a pattern: an origin is literal text"),
    (
        lazy_pattern(r"\Afile:", re.IGNORECASE),
        "is a file: such documents have the origin 'null'",
    ),
    (lazy_pattern(r"\A(?![A-Za-z][A-Za-z0-9+.\-]*+://)"), "has no scheme such as https://"),
    (lazy_pattern(r"\A[^/]*+//[^/]*+/\Z"), "ends in a slash"),
    (lazy_pattern(r"\A[^/]*+//[^/?#]*+[/?#]"), "has a path, a query or a fragment"),
    (lazy_pattern(r"\A[^/]*+//[^/@]*+@"), "holds a user name"),
    (lazy_pattern(r"[A-Z]"), "has upper-case letters: origins are lower case"),
)


class Origin(NamedTuple):
    """
    A tuple origin.

    Attributes:
        scheme: in lower case.
        host: a domain, an IPv4 address, or an IPv6 address in its brackets.
        port: None for the scheme's own port.
    """

    scheme: str
    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"{self.scheme}://{self.host}"
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this very machine: 127/8, [::1], localhost and names below it."""
        return is_loopback(self.host)

    @property
    def is_address(self) -> bool:
        """Whether the host is an IP address."""
        return is_ip_address(self.host)


class Location(NamedTuple):
    """
    Where a URL leads.

    Attributes:
        url: the URL, made absolute.
        scheme: in lower case.
        origin: None for schemes whose URLs have an opaque origin, such as data:.
        has_credentials: whether it holds user:password@.
    """

    url: str
    scheme: str
    origin: Origin | None
    has_credentials: bool


def parse_origin(text: str) -> Origin:
    """
    Read a serialized origin; "null", which is no tuple, is left to the caller.

    Args:
        text: the value of an Origin field, or one entry of an allow-list.

    Raises:
        FieldSyntaxError: not in the one form that browsers send; the message says what is wrong.

    Source: Fetch section "Origin header". Hosts with "_" and a last dot are taken, as browsers send
    them.

    >>> parse_origin("https://app.example.com:8443")
    Origin(scheme='https', host='app.example.com', port=8443)
    """
    match = _origin.fullmatch(text) if len(text) <= _LONGEST else None
    if match is not None:
        scheme, host, port = match.groups()
        if is_serialized_host(host) and _is_serialized_port(scheme, port):
            return Origin(scheme, host, int(port) if port else None)
    raise FieldSyntaxError(
        f"'{printable(text)}' {origin_fault(text)}", field="Origin", reference=_REFERENCE
    )


def is_serialized_host(host: str) -> bool:
    """Say whether the host is written as the URL standard would write it."""
    if host.startswith("["):
        return serialize_host(host) == host
    if ends_in_number(host):
        return is_ipv4(host)
    return is_domain_name(host)


def _is_serialized_port(scheme: str, port: str | None) -> bool:
    if port is None:
        return True
    number = int(port)
    return number <= 65535 and str(number) == port and number != _PORTS.get(scheme)


def origin_fault(text: str) -> str:
    """Say in a few words why the text is not a serialized origin."""
    if not text:
        return "is empty"
    if len(text) > _LONGEST:
        return "is longer than any origin"
    for pattern, fault in _FAULTS:
        if pattern.search(text):
            return fault
    scheme, _, rest = text.partition("://")
    port = re.fullmatch(r".*:([0-9]+)", rest)
    if port and int(port[1][:6]) == _PORTS.get(scheme):
        return "names the default port of its scheme, which browsers leave out"
    return "is not scheme://host or scheme://host:port in the form that browsers send"


def printable(text: str) -> str:
    """Shorten and escape text from outside, so that a message stays one readable line."""
    short = text if len(text) <= 80 else text[:77] + "..."
    return short if short.isprintable() else short.encode("unicode_escape").decode("ascii")


def suggest_origin(text: str) -> str | None:
    """
    Give the origin that was probably meant, or None when there is no telling.

    >>> suggest_origin("HTTPS://Example.com:443/"), suggest_origin("example.com")
    ('https://example.com', 'https://example.com')
    """
    cleaned = text[:_LONGEST].strip("\"' \t\r\n").strip("^$").replace("\\", "")
    first = re.split(r"[\s,;|]", cleaned, maxsplit=1)[0]
    if first.lower().startswith("file:"):
        return OPAQUE
    if "://" not in first:
        first = "https://" + first.lstrip("/.")
    try:
        if first.partition("://")[0].lower() not in _PORTS:
            return str(parse_origin(first.rstrip("/").lower()))
        found = locate(first).origin
        return str(parse_origin(str(found))) if found else None
    except FieldSyntaxError:
        return None


def locate(url: str, base: str | None = None) -> Location:
    """
    Find the origin of a URL, relative ones included when there is a base.

    Raises:
        FieldSyntaxError: no absolute URL, or one without a proper host.

    Source: URL section "Origin".

    >>> str(locate("//User@EXAMPLE.com:443/path", "https://a.example/").origin)
    'https://example.com'
    """
    absolute = _absolute(_cleaned(url), base)
    scheme, colon, rest = absolute.partition(":")
    scheme = scheme.lower()
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.\-]*+", scheme, re.ASCII):
        raise _no_url(url, "is not an absolute URL")
    if scheme not in _PORTS:
        return Location(absolute, scheme, None, False)
    # In these schemes a backslash counts as a slash, and their number does not matter.
    authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0]
    user, at_sign, host_and_port = authority.rpartition("@")
    host, port = _split_port(host_and_port)
    number = int(port) if port else None
    if number is not None and number > 65535:
        raise _no_url(url, "has a port above 65535")
    if number == _PORTS[scheme]:
        number = None
    serialized = serialize_host(host)
    if serialized is None:
        raise _no_url(url, "has no valid host")
    return Location(absolute, scheme, Origin(scheme, serialized, number), bool(at_sign and user))


def _cleaned(url: str) -> str:
    # The URL standard drops outer controls and blanks, and tabs and newlines everywhere.
    stripped = url.strip("".join(map(chr, range(0x21))))
    return re.sub(r"[\t\r\n]", "", stripped)


def _absolute(url: str, base: str | None) -> str:
    if base is None or re.match(r"[A-Za-z][A-Za-z0-9+.\-]*+:", url):
        return url
    from urllib.parse import urljoin  # late: only redirects need it

    try:
        return urljoin(base, url.replace("\\", "/"))
    except ValueError:
        return url


def _split_port(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\[[^\]]*+\]|[^:\[\]]*+)(?::([0-9]{0,9}))?", text)
    return (match[1], match[2] or "") if match else ("", "")


def _no_url(url: str, fault: str) -> FieldSyntaxError:
    return FieldSyntaxError(
        f"URL '{printable(url)}' {fault}", reference='URL section "URL parsing"'
    )
