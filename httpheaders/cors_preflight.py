"""
The preflight: whether a request needs one, whether its answer will do, and how long that is kept.

Source: Fetch sections "Main fetch", "CORS-preflight fetch" and "CORS-preflight cache".
"""

from __future__ import annotations

from collections.abc import Iterable

from httpheaders import cors_rules as rules
from httpheaders.cors_rules import Failure, Rule, Trail
from httpheaders.cors_safelists import (
    LARGEST_SAFELISTED_TOTAL,
    NON_WILDCARD_NAMES,
    REPORT_TYPES,
    essence_of,
    is_safelisted_method,
    is_safelisted_request_header,
    list_of_tokens,
    unsafe_request_header_names,
)
from httpheaders.cors_sharing import cors_check
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import ascii_lower, parse_delta_seconds
from httpheaders.syntax.origins import printable

__all__ = [
    "DEFAULT_MAX_AGE",
    "PreflightCache",
    "PreflightKey",
    "Wanted",
    "announced_request",
    "check_preflight",
    "needs_preflight",
    "preflight_max_age",
    "preflight_request_headers",
]

# Seconds, when Access-Control-Max-Age says nothing usable.
DEFAULT_MAX_AGE = 5
# From here on, storing an entry first drops the keys whose entries have all expired.
_MANY_KEYS = 1000


class Wanted(NamedTuple):
    """
    What a preflight asks permission for.

    Attributes:
        method: normalized.
        unsafe_names: header names that are not safelisted, in lower case, sorted.
        names: all header names of the request, in lower case.
        origin: as it is serialized for this hop.
        credentials: credentials mode of the real request.
    """

    method: str
    unsafe_names: tuple[str, ...]
    names: frozenset[str]
    origin: str
    credentials: str


def needs_preflight(method: str, headers: Headers, trail: Trail) -> bool:
    """
    Say whether a cross-origin request is preceded by a preflight.

    Source: Fetch section "Main fetch".
    """
    safelisted = is_safelisted_method(method)
    shown = printable(method)
    trail.step(rules.METHOD_SAFELISTED, f"{shown} is" if safelisted else f"{shown} is not")
    unsafe = unsafe_request_header_names(headers)
    if trail.explain:
        _note_headers(headers, unsafe, trail)
    return not safelisted or bool(unsafe)


def _note_headers(headers: Headers, unsafe: list[str], trail: Trail) -> None:
    alone = {
        ascii_lower(name)
        for name, value in headers
        if not is_safelisted_request_header(name, value)
    }
    trail.step(
        rules.HEADERS_SAFELISTED,
        f"need permission: {', '.join(map(printable, sorted(alone)[:20]))}"
        if alone
        else "all safe",
    )
    too_large = f"more than {LARGEST_SAFELISTED_TOTAL}: all names need permission"
    trail.step(rules.SAFELISTED_TOTAL, too_large if set(unsafe) - alone else "no more than that")
    if any(essence_of(value) in REPORT_TYPES for value in headers.get_all("content-type")):
        trail.step(rules.REPORT_TYPES, "set by script, so the exception does not apply")


def preflight_request_headers(wanted: Wanted) -> Headers:
    """
    Give the fields that a browser sends on the preflight, as far as CORS is concerned.

    Source: Fetch section "CORS-preflight fetch".
    """
    pairs = [("Origin", wanted.origin), ("Access-Control-Request-Method", wanted.method)]
    if wanted.unsafe_names:
        # Joined without a blank, "for better or worse".
        pairs.append(("Access-Control-Request-Headers", ",".join(wanted.unsafe_names)))
    return Headers(pairs)


def announced_request(request: Request) -> Request | None:
    """
    Give the request that a preflight announces, as far as it tells; None for no preflight.

    Its Origin need not be there: who reads a recording may know the page by other means.

    Source: Fetch section "CORS-preflight fetch".

    >>> asking = Headers([("Access-Control-Request-Method", "PUT")])
    >>> announced_request(Request("OPTIONS", "/x", asking)).method
    'PUT'
    """
    fields = request.headers
    if request.method != "OPTIONS" or "access-control-request-method" not in fields:
        return None
    names = split_list(fields.joined("access-control-request-headers") or "")
    origin = [("Origin", line) for line in fields.get_all("origin")]
    # A quote is a byte that makes every value unsafe, so each name needs the permission asked for.
    return Request(
        fields.get("access-control-request-method"),
        request.url,
        Headers([*origin, *((name, '"') for name in names)]),
    )


def check_preflight(response: Response, wanted: Wanted, trail: Trail) -> Failure | None:
    """
    Say what is wrong with the answer to a preflight; None when the request may follow.

    Source: Fetch section "CORS-preflight fetch".
    """
    trail.step(rules.PREFLIGHT_USES_REQUEST_MODE, f"credentials mode {wanted.credentials}")
    if wanted.credentials == "include":
        trail.step(rules.CREDENTIALS_ON_BOTH, "looked for on the preflight too")
    failure = cors_check(
        response.headers,
        origin=wanted.origin,
        credentials=wanted.credentials,
        answer="preflight",
        trail=trail,
    )
    if failure is not None:
        return _with_status(failure, response.status)
    return _check_status(response, trail) or _check_lists(response.headers, wanted, trail)


def _with_status(failure: Failure, status: int | None) -> Failure:
    # The CORS check comes first, but a bare 404 says more than the missing field.
    if failure.received is not None or status is None or 200 <= status <= 299:
        return failure
    return failure._replace(
        reason=f"the preflight was answered with status {status}{_status_advice(status)}; and"
        f" {failure.reason.replace('the preflight has no', 'it has no')}"
    )


def _check_status(response: Response, trail: Trail) -> Failure | None:
    status = response.status
    if status is None:
        trail.step(rules.OK_STATUS, "not known, taken as 200")
        trail.problem("preflight", "the status is not known; taken as 200", None)
        return None
    if 200 <= status <= 299:
        trail.step(rules.OK_STATUS, str(status))
        return None
    trail.step(rules.OK_STATUS, f"failed: {status}")
    reason = f"the preflight was answered with status {status}{_status_advice(status)}"
    return Failure(rules.OK_STATUS, reason, "preflight", ":status", str(status), "204")


def _status_advice(status: int) -> str:
    if 300 <= status <= 399:
        return ", and a preflight must not be redirected: ask at the final URL"
    if status in (401, 403):
        return ": let OPTIONS through without credentials, as a preflight has none"
    if status in (404, 405, 501):
        return ": the server does not handle OPTIONS at this URL"
    return ": only 200 to 299 will do"


def _check_lists(headers: Headers, wanted: Wanted, trail: Trail) -> Failure | None:
    methods = _token_list(headers, "Access-Control-Allow-Methods", trail)
    if isinstance(methods, Failure):
        return methods
    names = _token_list(headers, "Access-Control-Allow-Headers", trail)
    if isinstance(names, Failure):
        return names
    trail.step(rules.LISTS_PARSE, "well formed")
    if "allow" in headers:
        trail.step(rules.ALLOW_IRRELEVANT, "not looked at")
    if wanted.credentials == "include" and ("*" in methods or "*" in names):
        trail.step(rules.WILDCARD_LITERAL, "* stands for itself alone")
    failure = _check_method(methods, wanted, trail) or _check_names(names, wanted, trail)
    if failure is None:
        trail.step(rules.MORE_THAN_ASKED, "all that was asked is listed")
    return failure


def _token_list(headers: Headers, name: str, trail: Trail) -> list[str] | Failure:
    lines = headers.get_all(name)
    elements = list_of_tokens(lines)
    if elements is not None:
        return elements
    trail.step(rules.LISTS_PARSE, f"failed: {name} is malformed")
    bad = next(
        part.strip(" \t")
        for line in lines
        for part in line.split(",")
        if part.strip(" \t") and list_of_tokens([part]) is None
    )
    reason = f"{name} holds '{printable(bad)}', which is no token, so the whole list fails"
    return Failure(rules.LISTS_PARSE, reason, "preflight", name, printable(", ".join(lines)))


def _check_method(methods: list[str], wanted: Wanted, trail: Trail) -> Failure | None:
    method = wanted.method
    include = wanted.credentials == "include"
    if method in methods or is_safelisted_method(method) or (not include and "*" in methods):
        trail.step(rules.METHOD_ALLOWED, f"{printable(method)} is allowed")
        return None
    trail.step(rules.METHOD_ALLOWED, f"failed: {printable(method)}")
    reason = f"Access-Control-Allow-Methods {_method_gap(methods, method)}"
    return _list_failure(
        rules.METHOD_ALLOWED, reason, "Access-Control-Allow-Methods", methods, method
    )


def _method_gap(methods: list[str], method: str) -> str:
    shown = printable(method)
    if not methods:
        return f"is missing: {shown} must be listed"
    if "*" in methods:
        return f"is *, which does not go with credentials: list {shown}"
    other = next((name for name in methods if name.lower() == method.lower()), None)
    if other:
        return f"lists '{printable(other)}', but methods are case-sensitive: '{shown}' was asked"
    return f"does not list {shown}"


def _check_names(names: list[str], wanted: Wanted, trail: Trail) -> Failure | None:
    listed = {name.lower() for name in names}
    header = "Access-Control-Allow-Headers"
    for name in sorted(NON_WILDCARD_NAMES & wanted.names):
        if name not in listed:
            trail.step(rules.AUTHORIZATION_NAMED, "failed")
            star = "is *, which never covers Authorization" if "*" in listed else "does not list it"
            reason = f"the request has Authorization, but {header} {star}: name it"
            if "*" in listed:
                trail.problem(
                    header,
                    "some Chromium versions let * cover Authorization, against the standard",
                    rules.AUTHORIZATION_NAMED.reference,
                )
            return _list_failure(rules.AUTHORIZATION_NAMED, reason, header, names, name)
        trail.step(rules.AUTHORIZATION_NAMED, "named")
    wildcard = "*" in listed and wanted.credentials != "include"
    missing = [] if wildcard else [name for name in wanted.unsafe_names if name not in listed]
    if not missing:
        trail.step(rules.HEADERS_ALLOWED, "all allowed")
        return None
    shown = ", ".join(map(printable, missing[:20]))
    trail.step(rules.HEADERS_ALLOWED, f"failed: {shown}")
    gap = "does not list" if listed else "is missing; it must list"
    if "*" in listed:
        gap = "is *, which does not go with credentials; it must list"
    return _list_failure(
        rules.HEADERS_ALLOWED, f"{header} {gap} {shown}", header, names, *missing[:20]
    )


def _list_failure(
    rule: Rule, reason: str, header: str, received: list[str], *lacking: str
) -> Failure:
    kept = [element for element in received if element != "*"]
    return Failure(
        rule,
        reason,
        "preflight",
        header,
        printable(", ".join(received)) if received else None,
        ", ".join([*kept[:50], *lacking]),
    )


def preflight_max_age(headers: Headers, trail: Trail, *, limit: int | None = None) -> int:
    """
    Give the seconds for which the answer to a preflight is kept.

    Args:
        headers: of the preflight's answer.
        trail: takes the steps, and what is odd about the value.
        limit: the most that the browser keeps one; None for a browser without a limit.

    Source: Fetch section "CORS-preflight fetch".
    """
    lines = headers.get_all("access-control-max-age")
    seconds = parse_delta_seconds(lines[0].strip(" \t")) if len(lines) == 1 else None
    if seconds is None:
        trail.step(rules.MAX_AGE, f"{'malformed' if lines else 'missing'}, so {DEFAULT_MAX_AGE}")
        if lines:
            shown = printable(", ".join(lines))
            trail.problem(
                "Access-Control-Max-Age",
                f"'{shown}' is no count of seconds, so it means {DEFAULT_MAX_AGE}; browsers may"
                " take a negative one as 'do not keep': write 0 for that",
                rules.MAX_AGE.reference,
            )
        return DEFAULT_MAX_AGE
    trail.step(rules.MAX_AGE, str(seconds))
    return seconds if limit is None else min(seconds, limit)


class PreflightKey(NamedTuple):
    """What the entries of a preflight cache are kept by."""

    partition: str
    origin: str
    url: str


class _Entry(NamedTuple):
    expires: float
    credentials: bool


class PreflightCache:
    """
    What a browser remembers of preflights: each method and header name of each key by itself.

    The clock is the caller's: `now` is seconds, and never goes back.

    Source: Fetch section "CORS-preflight cache".
    """

    __slots__ = ("_entries", "limit")

    def __init__(self, *, limit: int | None = None) -> None:
        self.limit = limit
        self._entries: dict[PreflightKey, dict[tuple[str, str], list[_Entry]]] = {}

    def store(
        self, key: PreflightKey, headers: Headers, wanted: Wanted, trail: Trail, *, now: float
    ) -> int:
        """Keep what a successful preflight allowed; gives the seconds."""
        seconds = preflight_max_age(headers, trail, limit=self.limit)
        if len(self._entries) >= _MANY_KEYS:
            self._forget_expired(now)
        kept = self._entries.setdefault(key, {})
        methods = list_of_tokens(headers.get_all("access-control-allow-methods")) or []
        names = list_of_tokens(headers.get_all("access-control-allow-headers")) or []
        entry = _Entry(now + seconds, wanted.credentials == "include")
        for item in _items(methods, names):
            others = [old for old in kept.get(item, ()) if old.credentials != entry.credentials]
            kept[item] = [*others, entry]
        trail.step(rules.CACHE_ENTRIES, f"{len(methods) + len(names)} entries for {seconds} s")
        return seconds

    def covers(self, key: PreflightKey, wanted: Wanted, trail: Trail, *, now: float) -> bool:
        """Say whether earlier preflights make a new one needless."""
        kept = self._entries.get(key, {})
        include = wanted.credentials == "include"

        def has(kind: str, value: str) -> bool:
            entries = kept.get((kind, value), ())
            return any(now < e.expires and (e.credentials or not include) for e in entries)

        covered = (
            is_safelisted_method(wanted.method) or has("m", wanted.method) or has("m", "*")
        ) and all(
            has("h", name) or (name not in NON_WILDCARD_NAMES and has("h", "*"))
            for name in wanted.unsafe_names
        )
        trail.step(rules.CACHE_ENTRIES, "covered by an earlier one" if covered else "not covered")
        return covered

    def _forget_expired(self, now: float) -> None:
        for key, kept in list(self._entries.items()):
            if all(entry.expires <= now for entries in kept.values() for entry in entries):
                del self._entries[key]

    def clear(self, key: PreflightKey) -> None:
        """Forget what is kept by this key: a request that relied on it has failed."""
        self._entries.pop(key, None)


def _items(methods: Iterable[str], names: Iterable[str]) -> list[tuple[str, str]]:
    return [("m", method) for method in methods] + [("h", name.lower()) for name in names]
