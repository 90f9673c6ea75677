"""
Requests, responses, and the exchange of one for the other.

A message is a value: systems answer with changed copies (`_replace`), never by changing what they
were given.

Source: RFC 9110 section 6, RFC 9112 section 2.
"""

from __future__ import annotations

from httpheaders.messages.headers import Headers
from httpheaders.named_tuples import NamedTuple

__all__ = [
    "CONDITIONAL_FIELDS",
    "HOP_BY_HOP",
    "SAFE_METHODS",
    "Exchange",
    "Request",
    "Response",
    "short_version",
]

# RFC 9110 section 9.2.1
SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
# What makes a request conditional, and what it asks for by conditions: RFC 9110 sections 13.1, 14.2
CONDITIONAL_FIELDS = (
    "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range",
)  # fmt: skip
# What is removed before a message is forwarded: RFC 9110 section 7.6.1
HOP_BY_HOP = (
    "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade",
)  # fmt: skip


class Request(NamedTuple):
    """
    A request as far as it is known.

    Attributes:
        method: as received, case kept; None when unknown.
        url: the target, absolute or path with query, as received; None when unknown.
        headers: the fields.
        body: octets, or None when there is none or it was not recorded.
        version: "1.1", "2", "3", or None when unknown.
    """

    method: str | None = None
    url: str | None = None
    headers: Headers = Headers()  # immutable in use: Headers has no method that changes it
    body: bytes | None = None
    version: str | None = None


class Response(NamedTuple):
    """
    A response as far as it is known.

    Attributes:
        status: 100 to 999, or None when unknown.
        headers: the fields.
        body: octets, or None when there is none or it was not recorded.
        version: "1.1", "2", "3", or None when unknown.
        phrase: the reason phrase, "" when empty, None when there was no place for one.
    """

    status: int | None = None
    headers: Headers = Headers()
    body: bytes | None = None
    version: str | None = None
    phrase: str | None = None


class Exchange(NamedTuple):
    """A request and the response it got; either may be unknown."""

    request: Request | None = None
    response: Response | None = None


def short_version(version: str) -> str:
    """
    Give a version as messages hold it: HTTP/2 and HTTP/3 have no minor number, however written.

    Source: RFC 9110 section 2.5.

    >>> short_version("2.0"), short_version("1.0")
    ('2', '1.0')
    """
    return version[0] if version in ("2.0", "3.0") else version
