"""
Field name to value: what a known field says, as JSON has it.

`field_value` reads the lines of one field, `parse_fields` all known fields of a message. A
malformed field never raises: its value is what could be read, or None, and problems tell the rest.

The shapes, by kind (`KNOWN_FIELDS[name].kind`); keys named here are always there, null when there
is nothing to say. Names of parameters and directives are in lower case, values as sent without
their quotes; of a repeated one the first counts.

    text, token, method, first-token
                      "…"; of a list that is a first-token, the first member
    integer, length, seconds
                      number; a count of seconds is at most 2**31
    boolean           true
    date, expires     {"iso": "1994-11-06T08:49:37Z", "epoch": 784111777}
    retry-after       {"seconds", "iso", "epoch"}: seconds, or a date
    names, methods, texts, texts-without-case, strings
                      ["…"] in order, case kept; the quotes of `strings` removed
    media-ranges, language-ranges, codings, transfer-codings
                      [{"range": "text/html", "quality": 0.9, "parameters": {}}]
    parameterised, extensions
                      [{"value": "chunked", "parameters": {}}]
    cache-control, directives, transport-security
                      {"max-age": 3600, "public": true, "no-cache": ["set-cookie"], "ext": "text"}:
                      true for a directive without argument; an argument that is not what the
                      directive takes stays text
    policies          [{"default-src": ["'self'"]}]: one object a policy, one list a directive
    preferences       {"wait": {"value": 10, "parameters": {}}}; value true for a bare name
    parameters        {"nextnonce": "…"}
    cookies           [{"name", "value"}]
    set-cookies       [{"name", "value", "expires": {"iso", "epoch"}, "max-age", "domain", "path",
                      "secure": true, "httponly": false, "samesite": "Lax", "partitioned": false,
                      "extensions": {}}]
    links             [{"href", "rel": ["next"], "anchor", "title", other parameters by name}]
    media-type        {"type": "text/html", "charset", "boundary", "parameters": {}}
    disposition       {"type": "attachment", "filename", "parameters": {}}; filename* decoded
    etag              {"value": 'W/"v7"', "opaque": "v7", "weak": true}
    etags             [etag, …] or "*"
    if-range          {"etag": etag, "date": date}: one of them
    range             {"unit": "bytes", "ranges": [[0, 499], [500, null], [null, 500]]}
    content-range     {"unit": "bytes", "first", "last", "size"}
    challenges        [{"scheme", "token68", "parameters": {"realm": "…"}}]
    credentials       {"scheme", "token68", "parameters": {}}
    products          [{"product": "curl", "version": "8.5.0", "comments": []}]; product null for
                      comments that stand first
    via               [{"protocol": "HTTP", "version": "1.1", "by": "proxy:80", "comment"}]
    forwarded         [{"for": "192.0.2.60", "proto": "http"}]: what each proxy sent
    timings           [{"name", "dur": 53.2, "desc", "parameters": {}}]
    alternatives      [{"protocol": "h3", "authority": ":443", "ma": 86400, "persist": false,
                      "parameters": {}}] or "clear"
    item, list, dictionary
                      structured fields, in the shapes of `httpheaders.syntax.structured`
    json              [anything]

Source: for each field the section in its row of the table, and RFC 9110 section 5.3 for several
lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from httpheaders.answer import Problem
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Headers
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS_CHARACTERS

__all__ = [
    "KINDS",
    "KNOWN_FIELDS",
    "SOME_TIME",
    "FieldKind",
    "FieldValue",
    "KnownField",
    "field_value",
    "parse_fields",
]

# 2025-01-01: without a clock, two-digit years are those from 1976 to 2075.
SOME_TIME = 1735689600.0


class FieldValue(NamedTuple):
    """The value of a field, as JSON has it, and what was wrong with the field."""

    value: Any
    problems: tuple[Problem, ...] = ()


class FieldKind(NamedTuple):
    """
    How fields of a kind are read and looked into.

    Attributes:
        reader: "module:function" below `httpheaders.messages.field_readers`.
        indexed_by: how `NAME[key]` finds a member: "member" by the text itself, "key" by a key of
            the object, else by the member's own key of that name ("name", "rel", "range", …).
        ignores_case: whether values and such keys compare without regard to case.
    """

    reader: str
    indexed_by: str | None = None
    ignores_case: bool = False


class KnownField(NamedTuple):
    """A field in the table: its kind, and the section that defines it."""

    kind: str
    reference: str


KINDS: Mapping[str, FieldKind] = {
    "text": FieldKind("scalars:text"),
    "token": FieldKind("scalars:token", None, True),
    "first-token": FieldKind("scalars:first_token", None, True),
    "method": FieldKind("scalars:token"),
    "integer": FieldKind("scalars:integer"),
    "length": FieldKind("scalars:content_length"),
    "seconds": FieldKind("scalars:seconds"),
    "boolean": FieldKind("scalars:true_or_nothing"),
    "date": FieldKind("times:date", "key"),
    "expires": FieldKind("times:expires", "key"),
    "retry-after": FieldKind("times:retry_after", "key"),
    "names": FieldKind("lists:tokens", "member", True),
    "methods": FieldKind("lists:tokens", "member"),
    "texts": FieldKind("lists:texts", "member"),
    "texts-without-case": FieldKind("lists:texts", "member", True),
    "strings": FieldKind("lists:strings", "member"),
    "media-ranges": FieldKind("members:media_ranges", "range", True),
    "language-ranges": FieldKind("members:language_ranges", "range", True),
    "codings": FieldKind("members:codings", "range", True),
    "transfer-codings": FieldKind("members:transfer_codings", "range", True),
    "parameterised": FieldKind("members:parameterised", "value", True),
    "extensions": FieldKind("members:extensions", "value", True),
    "cache-control": FieldKind("directives:cache_control", "key", True),
    "directives": FieldKind("directives:directives", "key", True),
    "transport-security": FieldKind("directives:transport_security", "key", True),
    "policies": FieldKind("directives:content_security", "key", True),
    "preferences": FieldKind("members:preferences", "key", True),
    "parameters": FieldKind("authentication:parameters", "key"),
    "cookies": FieldKind("cookies:cookies", "name"),
    "set-cookies": FieldKind("cookies:set_cookies", "name"),
    "links": FieldKind("representations:links", "rel", True),
    "media-type": FieldKind("representations:content_type", "key", True),
    "disposition": FieldKind("representations:content_disposition", "key"),
    "etag": FieldKind("validators:etag", "key"),
    "etags": FieldKind("validators:etags", "value"),
    "if-range": FieldKind("times:if_range", "key"),
    "range": FieldKind("validators:byte_range", "key"),
    "content-range": FieldKind("validators:content_range", "key"),
    "challenges": FieldKind("authentication:challenges", "scheme", True),
    "credentials": FieldKind("authentication:credentials", "key"),
    "products": FieldKind("agents:products", "product"),
    "via": FieldKind("agents:via", "by", True),
    "forwarded": FieldKind("agents:forwarded", "key", True),
    "timings": FieldKind("members:server_timing", "name"),
    "alternatives": FieldKind("members:alternatives", "protocol"),
    "item": FieldKind("documents:item", "key"),
    "list": FieldKind("documents:sf_list", "value"),
    "dictionary": FieldKind("documents:dictionary", "key"),
    "json": FieldKind("documents:json_list"),
}

# Documents that go on changing are cited by the titles of their sections, or as a whole where even
# those have moved; a number stands where the document does.
_CORS_REQUEST = 'Fetch section "HTTP requests"'
_CORS_RESPONSE = 'Fetch section "HTTP responses"'
_CLIENT_HINTS = "User-Agent Client Hints section 3"
_METADATA = "Fetch Metadata Request Headers section 2"
_SIGNATURES = "RFC 9421 section 4"
_DIGESTS = "RFC 9530"

# Kind, then section, then the names they hold for, as their registrations spell them in lower case.
_TABLE: tuple[tuple[str, str, str], ...] = (
    ("date", "RFC 9110 section 6.6.1", "date"),
    ("expires", "RFC 9111 section 5.3", "expires"),
    ("date", "RFC 9110 section 8.8.2", "last-modified"),
    ("date", "RFC 9110 section 13.1.3", "if-modified-since"),
    ("date", "RFC 9110 section 13.1.4", "if-unmodified-since"),
    ("date", "RFC 8594 section 3", "sunset"),
    ("date", "RFC 7089 section 2.1.1", "accept-datetime memento-datetime"),
    ("retry-after", "RFC 9110 section 10.2.3", "retry-after"),
    ("length", "RFC 9110 section 8.6", "content-length"),
    ("seconds", "RFC 9111 section 5.1", "age"),
    ("seconds", _CORS_RESPONSE, "access-control-max-age"),
    ("integer", "RFC 9110 section 7.6.2", "max-forwards"),
    ("integer", "Upgrade Insecure Requests section 3.2.1", "upgrade-insecure-requests"),
    ("integer", "RFC 8470 section 5.1", "early-data"),
    ("integer", "Tracking Preference Expression section 5.2", "dnt"),
    ("names", "RFC 9110 section 12.5.5", "vary"),
    ("names", "RFC 9110 section 7.6.1", "connection"),
    ("names", "RFC 9110 section 8.4", "content-encoding"),
    ("names", "RFC 9110 section 14.3", "accept-ranges"),
    ("names", "RFC 9110 section 6.6.2", "trailer"),
    ("names", "RFC 9110 section 8.5", "content-language"),
    ("names", _CORS_RESPONSE, "access-control-allow-headers access-control-expose-headers"),
    ("names", _CORS_REQUEST, "access-control-request-headers"),
    ("names", "RFC 6455 section 11.3.5", "sec-websocket-version"),
    ("names", "Referrer Policy section 4.1", "referrer-policy"),
    ("methods", "RFC 9110 section 10.2.1", "allow"),
    ("methods", _CORS_RESPONSE, "access-control-allow-methods"),
    ("method", _CORS_REQUEST, "access-control-request-method"),
    ("methods", "RFC 6455 section 11.3.4", "sec-websocket-protocol"),
    ("extensions", "RFC 6455 section 11.3.2", "sec-websocket-extensions"),
    ("parameterised", "RFC 9112 section 6.1", "transfer-encoding"),
    ("parameterised", "RFC 8586 section 2", "cdn-loop"),
    ("texts-without-case", "RFC 9110 section 7.8", "upgrade"),
    ("texts-without-case", "RFC 9110 section 10.1.1", "expect"),
    ("texts-without-case", "RFC 9111 section 5.4", "pragma"),
    ("texts-without-case", "RFC 5789 section 3.1", "accept-patch"),
    ("texts-without-case", "Linked Data Platform section 7.1", "accept-post"),
    (
        "texts",
        'Resource Timing section "Timing-Allow-Origin Response Header"',
        "timing-allow-origin",
    ),
    ("texts", "RFC 7239 section 7.4", "x-forwarded-for x-forwarded-host x-forwarded-proto"),
    ("strings", "Clear Site Data section 3.1", "clear-site-data"),
    ("media-ranges", "RFC 9110 section 12.5.1", "accept"),
    ("language-ranges", "RFC 9110 section 12.5.4", "accept-language"),
    ("codings", "RFC 9110 section 12.5.3", "accept-encoding"),
    ("codings", "RFC 9110 section 12.5.2", "accept-charset"),
    ("transfer-codings", "RFC 9110 section 10.1.4", "te"),
    ("cache-control", "RFC 9111 section 5.2", "cache-control"),
    ("directives", "Edge Architecture Specification", "surrogate-control"),
    ("directives", "RFC 2068 section 19.7.1.1", "keep-alive"),
    ("directives", "RFC 9163 section 2.1", "expect-ct"),
    ("transport-security", "RFC 6797 section 6.1", "strict-transport-security"),
    (
        "policies",
        "Content Security Policy Level 3 section 3",
        "content-security-policy content-security-policy-report-only",
    ),
    ("preferences", "RFC 7240 section 2", "prefer"),
    ("preferences", "RFC 7240 section 3", "preference-applied"),
    ("cookies", "RFC 6265bis section 4.2", "cookie"),
    ("set-cookies", "RFC 6265bis section 4.1", "set-cookie"),
    ("links", "RFC 8288 section 3", "link"),
    ("media-type", "RFC 9110 section 8.3", "content-type"),
    ("disposition", "RFC 6266 section 4", "content-disposition"),
    ("etag", "RFC 9110 section 8.8.3", "etag"),
    ("etags", "RFC 9110 section 13.1.1", "if-match"),
    ("etags", "RFC 9110 section 13.1.2", "if-none-match"),
    ("if-range", "RFC 9110 section 13.1.5", "if-range"),
    ("range", "RFC 9110 section 14.2", "range"),
    ("content-range", "RFC 9110 section 14.4", "content-range"),
    ("challenges", "RFC 9110 section 11.6.1", "www-authenticate"),
    ("challenges", "RFC 9110 section 11.7.1", "proxy-authenticate"),
    ("credentials", "RFC 9110 section 11.6.2", "authorization"),
    ("credentials", "RFC 9110 section 11.7.2", "proxy-authorization"),
    ("parameters", "RFC 9110 section 11.6.3", "authentication-info"),
    ("parameters", "RFC 9110 section 11.7.3", "proxy-authentication-info"),
    ("products", "RFC 9110 section 10.2.4", "server"),
    ("products", "RFC 9110 section 10.1.5", "user-agent"),
    ("via", "RFC 9110 section 7.6.3", "via"),
    ("forwarded", "RFC 7239 section 4", "forwarded"),
    ("timings", 'Server Timing section "The Server-Timing Header Field"', "server-timing"),
    ("alternatives", "RFC 7838 section 3", "alt-svc"),
    ("text", "RFC 7838 section 5", "alt-used"),
    ("text", "RFC 9110 section 7.2", "host"),
    ("text", "RFC 9110 section 10.1.2", "from"),
    ("text", "RFC 9110 section 10.1.3", "referer"),
    ("text", "RFC 9110 section 10.2.2", "location"),
    ("text", "RFC 9110 section 8.7", "content-location"),
    ("text", 'Fetch section "Origin header"', "origin"),
    ("text", _CORS_RESPONSE, "access-control-allow-origin"),
    ("boolean", _CORS_RESPONSE, "access-control-allow-credentials"),
    (
        "token",
        'Fetch section "Cross-Origin-Resource-Policy header"',
        "cross-origin-resource-policy",
    ),
    ("first-token", 'Fetch section "X-Content-Type-Options header"', "x-content-type-options"),
    ("token", 'HTML section "The X-Frame-Options header"', "x-frame-options"),
    ("token", "Save Data API", "save-data"),
    ("json", "Reporting API, draft of 2018", "report-to"),
    ("json", "Network Error Logging", "nel"),
    ("dictionary", "RFC 9218 section 5", "priority"),
    ("list", "RFC 9211 section 2", "cache-status"),
    ("list", "RFC 9209 section 2", "proxy-status"),
    ("dictionary", "RFC 9213 section 3", "cdn-cache-control"),
    ("list", "RFC 9875 section 2", "cache-groups"),
    ("list", "RFC 9875 section 3", "cache-group-invalidation"),
    ("list", "RFC 8942 section 3.1", "accept-ch"),
    ("list", "Client Hint Reliability, a draft", "critical-ch"),
    ("list", _CLIENT_HINTS, "sec-ch-ua sec-ch-ua-full-version-list sec-ch-ua-form-factors"),
    (
        "item",
        _CLIENT_HINTS,
        "sec-ch-ua-arch sec-ch-ua-bitness sec-ch-ua-full-version sec-ch-ua-mobile sec-ch-ua-model "
        "sec-ch-ua-platform sec-ch-ua-platform-version sec-ch-ua-wow64",
    ),
    ("item", _METADATA, "sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user"),
    ("item", "Global Privacy Control", "sec-gpc"),
    ("dictionary", _SIGNATURES, "signature signature-input"),
    ("dictionary", "RFC 9421 section 5.1", "accept-signature"),
    ("dictionary", f"{_DIGESTS} section 2", "content-digest"),
    ("dictionary", f"{_DIGESTS} section 3", "repr-digest"),
    ("dictionary", f"{_DIGESTS} section 4", "want-content-digest want-repr-digest"),
    ("item", "RFC 9440 section 2.2", "client-cert"),
    ("list", "RFC 9440 section 2.3", "client-cert-chain"),
    (
        "item",
        'HTML section "Cross-origin embedder policies"',
        "cross-origin-embedder-policy cross-origin-embedder-policy-report-only",
    ),
    (
        "item",
        'HTML section "Cross-origin opener policies"',
        "cross-origin-opener-policy cross-origin-opener-policy-report-only",
    ),
    ("item", 'HTML section "Origin-keyed agent clusters"', "origin-agent-cluster"),
    (
        "dictionary",
        "Permissions Policy",
        "permissions-policy permissions-policy-report-only",
    ),
    ("dictionary", "Reporting API", "reporting-endpoints"),
    ("list", "RateLimit header fields for HTTP, a draft", "ratelimit ratelimit-policy"),
    ("item", "RFC 9745 section 2", "deprecation"),
    ("dictionary", "No-Vary-Search, a draft", "no-vary-search"),
    ("item", "RFC 9842 section 2.2", "available-dictionary"),
    ("dictionary", "RFC 9842 section 2.1", "use-as-dictionary"),
    ("item", "RFC 9842 section 2.3", "dictionary-id"),
    ("list", "RFC 9652 section 2", "link-template"),
    ("item", "RFC 9297 section 3.4", "capsule-protocol"),
)

KNOWN_FIELDS: Mapping[str, KnownField] = {
    name: KnownField(kind, reference) for kind, reference, names in _TABLE for name in names.split()
}


def field_value(name: str, lines: Sequence[str], *, now: float = SOME_TIME) -> FieldValue:
    """
    Read the lines of one field.

    Args:
        name: the field name, in any case.
        lines: its values in order, one string a line; none stands for an absent field.
        now: seconds since 1970, to place the two-digit year of an obsolete form of date.

    Returns:
        The value in the shape of its kind, None for an absent or unreadable field; the lines joined
        with commas for a field that is not known.

    Source: RFC 9110 section 5.3, and for each field the section in `KNOWN_FIELDS`.

    >>> field_value("Cache-Control", ["public, max-age=3600"]).value
    {'public': True, 'max-age': 3600}
    >>> field_value("Age", ["old"]).problems[0].message
    "'old' is not a count of seconds"
    """
    lowered = name.lower()
    stripped = [line.strip(OWS_CHARACTERS) for line in lines]
    known = KNOWN_FIELDS.get(lowered)
    if not stripped or known is None:
        return FieldValue(", ".join(stripped) if stripped else None)
    return _reader(known.kind)(stripped, lowered, known.reference, now)


@lru_cache(maxsize=64)  # more than there are kinds
def _reader(kind: str) -> Callable[[Sequence[str], str, str, float], FieldValue]:
    """Give what reads fields of a kind, imported when the first one comes."""
    from httpheaders.messages.field_readers.reading import Reading

    module, _, function = KINDS[kind].reader.partition(":")
    read = getattr(import_module(f"httpheaders.messages.field_readers.{module}"), function)

    def read_field(lines: Sequence[str], name: str, reference: str, now: float) -> FieldValue:
        reading = Reading(name, reference, now)
        try:
            value = read(lines, reading)
        except FieldSyntaxError as error:
            reading.tell_error(error)
            value = None
        return FieldValue(value, reading.problems)

    return read_field


def parse_fields(
    headers: Headers, *, now: float = SOME_TIME
) -> tuple[dict[str, Any], list[Problem]]:
    """
    Read all known fields of a message.

    Returns:
        The values by lower-case name in order of first appearance, and what was wrong.

    >>> parse_fields(Headers([("Vary", "Origin"), ("X-Own", "1"), ("vary", "Accept")]))
    ({'vary': ['Origin', 'Accept']}, [])
    """
    values = {}
    problems: list[Problem] = []
    for name, lines in headers.to_dict().items():
        if name in KNOWN_FIELDS:
            values[name], told = field_value(name, lines, now=now)
            problems += told
    return values, problems
