"""
Which methods and header names script may use freely, with permission, or not at all.

Source: Fetch sections "Methods" and "Headers".
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from httpheaders.messages.headers import Headers
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import ascii_lower, is_token
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "SAFELISTED_METHODS",
    "is_forbidden_method",
    "is_forbidden_request_header",
    "is_forbidden_response_header",
    "is_no_cors_safelisted",
    "is_safelisted_method",
    "is_safelisted_request_header",
    "is_safelisted_response_header",
    "normalize_method",
    "unsafe_request_header_names",
]

SAFELISTED_METHODS = frozenset({"GET", "HEAD", "POST"})
_NORMALIZED_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})
_FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})

LONGEST_SAFELISTED_VALUE = 128
LARGEST_SAFELISTED_TOTAL = 1024

SAFELISTED_TYPES = frozenset(
    {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
)
# Content types of reports that browsers send by themselves       section "CORS protocol exceptions"
REPORT_TYPES = frozenset(
    {
        "application/csp-report",
        "application/expect-ct-report+json",
        "application/ocsp-request",
        "application/xss-auditor-report",
    }
)
NO_CORS_NAMES = frozenset({"accept", "accept-language", "content-language", "content-type"})
# A CORS non-wildcard request-header name: "*" never stands for it.
NON_WILDCARD_NAMES = frozenset({"authorization"})
# request-body-header names, dropped when a redirect drops the body.
BODY_HEADER_NAMES = ("content-encoding", "content-language", "content-location", "content-type")

SAFELISTED_RESPONSE_NAMES = frozenset(
    {
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    }
)
_FORBIDDEN_RESPONSE_NAMES = frozenset({"set-cookie", "set-cookie2"})
_FORBIDDEN_REQUEST_NAMES = frozenset(
    {
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    }
)
_METHOD_OVERRIDES = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})

# What the Fetch standard calls HTTP whitespace.
_WHITESPACE = "\t\n\r "
# A CORS-unsafe request-header byte.
_unsafe_byte = lazy_pattern(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
_language_value = lazy_pattern(r"[0-9A-Za-z *,\-.;=]*+")
_single_range = lazy_pattern(r"bytes=([0-9]++)-([0-9]*+)")


def normalize_method(method: str) -> str:
    """
    Upper-case the six methods that fetch() and XMLHttpRequest do, and leave all others alone.

    Source: Fetch section "Methods".

    >>> normalize_method("put"), normalize_method("patch")
    ('PUT', 'patch')
    """
    upper = method.upper()
    return upper if method.isascii() and upper in _NORMALIZED_METHODS else method


def is_safelisted_method(method: str) -> bool:
    """Say whether a (normalized) method needs no preflight."""
    return method in SAFELISTED_METHODS


def is_forbidden_method(method: str) -> bool:
    """Say whether script is refused this method: CONNECT, TRACE, TRACK in any case."""
    return method.isascii() and method.upper() in _FORBIDDEN_METHODS


def is_safelisted_request_header(name: str, value: str) -> bool:
    """
    Say whether script may set this header without asking the server first.

    Source: Fetch section "Headers", CORS-safelisted request-header.

    >>> is_safelisted_request_header("Content-Type", "text/plain;charset=utf-8")
    True
    >>> is_safelisted_request_header("Content-Type", "application/json")
    False
    """
    test = _VALUE_TESTS.get(ascii_lower(name))
    value = value.strip(_WHITESPACE)
    return test is not None and value_size(value) <= LONGEST_SAFELISTED_VALUE and test(value)


def value_size(value: str) -> int:
    """Count the bytes of a value: fetch() takes code points up to 0xFF, one byte each."""
    if value.isascii() or max(value) <= "\xff":
        return len(value)
    return len(value.encode("utf-8", "surrogatepass"))


def _is_safe(value: str) -> bool:
    return _unsafe_byte.search(value) is None


def _is_safe_language(value: str) -> bool:
    return _language_value.fullmatch(value) is not None


def _is_safe_content_type(value: str) -> bool:
    return _is_safe(value) and essence_of(value) in SAFELISTED_TYPES


def _is_safe_range(value: str) -> bool:
    match = _single_range.fullmatch(value)
    return match is not None and (not match[2] or int(match[1]) <= int(match[2]))


_VALUE_TESTS = {
    "accept": _is_safe,
    "accept-language": _is_safe_language,
    "content-language": _is_safe_language,
    "content-type": _is_safe_content_type,
    "range": _is_safe_range,
}


def essence_of(value: str) -> str | None:
    """Give type/subtype in lower case as the MIME Sniffing standard parses it, or None."""
    from httpheaders.syntax.media_types import parse_mime_type  # late: few requests name a type

    media_type = parse_mime_type(value)
    return None if media_type is None else media_type.essence


def unsafe_request_header_names(headers: Headers) -> list[str]:
    """
    List the names that need the server's permission: lower case, sorted, each once.

    Source: Fetch section "Headers", CORS-unsafe request-header names.

    >>> unsafe_request_header_names(Headers([("X-B", "1"), ("Accept", "*/*"), ("x-a", "2")]))
    ['x-a', 'x-b']
    """
    unsafe: set[str] = set()
    safelisted: set[str] = set()
    size = 0
    for name, value in headers:
        if is_safelisted_request_header(name, value):
            safelisted.add(ascii_lower(name))
            size += value_size(value.strip(_WHITESPACE))
        else:
            unsafe.add(ascii_lower(name))
    return sorted(unsafe | safelisted if size > LARGEST_SAFELISTED_TOTAL else unsafe)


def is_no_cors_safelisted(name: str, value: str) -> bool:
    """
    Say whether a request in mode "no-cors" may carry this header.

    Source: Fetch section "Headers", no-CORS-safelisted request-header.
    """
    return ascii_lower(name) in NO_CORS_NAMES and is_safelisted_request_header(name, value)


def is_forbidden_request_header(name: str, value: str) -> bool:
    """
    Say whether script cannot set this header at all.

    Source: Fetch section "Headers", forbidden request-header.

    >>> is_forbidden_request_header("Cookie", "a=1"), is_forbidden_request_header("User-Agent", "x")
    (True, False)
    """
    lowered = ascii_lower(name)
    if lowered in _FORBIDDEN_REQUEST_NAMES or lowered.startswith(("proxy-", "sec-")):
        return True
    return lowered in _METHOD_OVERRIDES and any(
        is_forbidden_method(method) for method in split_list(value)
    )


def is_forbidden_response_header(name: str) -> bool:
    """Say whether script is never shown this header: Set-Cookie and Set-Cookie2."""
    return ascii_lower(name) in _FORBIDDEN_RESPONSE_NAMES


def is_safelisted_response_header(name: str, exposed: Container[str] = ()) -> bool:
    """
    Say whether script may read this header of a cross-origin response.

    Args:
        name: in any case.
        exposed: further names in lower case that the response exposes.

    Source: Fetch section "Headers", CORS-safelisted response-header name.
    """
    lowered = ascii_lower(name)
    if lowered in SAFELISTED_RESPONSE_NAMES:
        return True
    return lowered in exposed and not is_forbidden_response_header(lowered)


def list_of_tokens(lines: Iterable[str]) -> list[str] | None:
    """
    Read the elements of all lines of a `#token` list; None when one of them is malformed.

    Source: Fetch section "Headers", extract header list values; RFC 9110 section 5.6.1.

    >>> list_of_tokens(["GET, ,PUT", ""]), list_of_tokens(["GET, P UT"])
    (['GET', 'PUT'], None)
    """
    elements = [
        element for line in lines for part in line.split(",") if (element := part.strip(" \t"))
    ]
    return elements if all(map(is_token, elements)) else None
