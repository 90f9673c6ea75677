"""
What a server allows other origins to do, and what is wrong with a policy.

A policy that contradicts itself, or holds something that no browser could ever send, is refused
when it is made. What is merely unwise stays, and is told with every answer.

Source: Fetch sections "CORS protocol" and "Methods"; the advice on security is general practice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from httpheaders.cors_origins import (
    ANY_ORIGIN,
    MATCHES,
    OriginPattern,
    OriginRegex,
    is_public_suffix,
    parse_origin_pattern,
)
from httpheaders.cors_safelists import (
    is_forbidden_method,
    is_forbidden_request_header,
    is_forbidden_response_header,
    normalize_method,
)
from httpheaders.errors import FieldSyntaxError, InputError, PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import is_token
from httpheaders.syntax.origins import OPAQUE, Origin, parse_origin, printable

__all__ = ["CorsPolicy", "Finding", "UnsoundPolicy", "lint_policy", "policy_from_mapping"]

# No browser keeps a preflight longer: Firefox's limit, Chromium's is 7200.
LONGEST_MAX_AGE = 86400
_ORIGIN_HEADER = 'Fetch section "Origin header"'
_METHODS = 'Fetch section "Methods"'
_HEADERS = 'Fetch section "Headers"'
_CREDENTIALS = 'Fetch section "CORS protocol and credentials"'
_SYNTAX = 'Fetch section "HTTP new-header syntax"'
_PREFLIGHT = 'Fetch section "CORS-preflight fetch"'
_CACHES = 'Fetch section "CORS protocol and HTTP caches"'


class Finding(NamedTuple):
    """
    One thing that is wrong or unwise in a policy.

    Attributes:
        kind: origin, method, request-header, response-header, max-age, preflight-status,
            origin-with-credentials, expose-wildcard-with-credentials, wildcard-with-credentials.
        value: the entry, or None when the whole is meant.
        reason: missing, invalid, forbidden, prohibited, credentialed, insecure, psl, …
        message: one sentence that names the right form.
        refused: whether a policy with it cannot be made.
        reference: the rule, or None for advice that no standard gives.
    """

    kind: str
    value: str | None
    reason: str
    message: str
    refused: bool
    reference: str | None = None


class UnsoundPolicy(PolicyError):
    """
    A policy that cannot be made; its message tells every fault.

    Attributes:
        findings: what is wrong, and what is unwise besides.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        refused = [finding for finding in findings if finding.refused]
        message = "; ".join(finding.message for finding in refused)
        super().__init__(message, reference=refused[0].reference)
        self.findings = findings


class CorsPolicy:
    """
    What a server allows.

    Attributes:
        origins: the parsed allow-list.
        allow_origin_regexes: expressions beside it, for policies that have them already.
        allows_any_origin: whether `*` is among the origins.
        allow_methods: beyond GET, HEAD and POST, which no browser asks about; `*` is all.
        allow_headers: names; `*` is all but Authorization.
        expose_headers: names; `*` is all.
        allow_credentials: whether cookies and other credentials may come along.
        max_age: seconds for which a browser may keep a preflight answer, or None to say nothing.
        fixed_origin: send the one allowed origin whatever is asked, so that nothing varies.
        preflight_status: of an accepted preflight.
        warnings: what is unwise, though not refused.

    Raises:
        UnsoundPolicy: the policy contradicts itself or holds a malformed entry.

    Source: Fetch section "HTTP responses".

    >>> CorsPolicy(["https://*.example.com"]).allows("https://app.example.com")
    True
    """

    __slots__ = (
        "_exact",
        "_patterns",
        "_regexes",
        "allow_credentials",
        "allow_headers",
        "allow_methods",
        "allow_origin_regexes",
        "allow_origins",
        "allows_any_origin",
        "expose_headers",
        "fixed_origin",
        "max_age",
        "origins",
        "preflight_status",
        "warnings",
    )

    def __init__(
        self,
        allow_origins: Sequence[str] = (),
        *,
        allow_origin_regexes: Sequence[OriginRegex] = (),
        allow_methods: Sequence[str] = (),
        allow_headers: Sequence[str] = (),
        expose_headers: Sequence[str] = (),
        allow_credentials: bool = False,
        max_age: int | None = None,
        fixed_origin: bool = False,
        preflight_status: int = 204,
    ) -> None:
        lists = (allow_origins, allow_methods, allow_headers, expose_headers)
        if any(isinstance(given, str) for given in lists):
            raise PolicyError("a single text stands where a list of texts is meant")
        self.allow_origins = tuple(allow_origins)
        self.allow_origin_regexes = tuple(allow_origin_regexes)
        self.allow_methods = tuple(dict.fromkeys(allow_methods))
        self.allow_headers = _unique(allow_headers)
        self.expose_headers = _unique(expose_headers)
        self.allow_credentials = allow_credentials
        self.max_age = max_age
        self.fixed_origin = fixed_origin
        self.preflight_status = preflight_status
        self.warnings = tuple(_findings(self))
        if any(finding.refused for finding in self.warnings):
            raise UnsoundPolicy(self.warnings)
        self.origins = tuple(map(parse_origin_pattern, self.allow_origins))
        self.allows_any_origin = ANY_ORIGIN in self.allow_origins
        self._exact = frozenset(pattern.text for pattern in self.origins if pattern.is_exact)
        self._patterns = tuple(pattern for pattern in self.origins if not pattern.is_exact)
        self._regexes = tuple((regex, regex.compiled()) for regex in self.allow_origin_regexes)

    @property
    def depends_on_origin(self) -> bool:
        """Whether two origins may get different answers, so that caches must tell them apart."""
        return not (self.allows_any_origin or self.fixed_origin)

    def lists(self, origin: str) -> bool:
        """Say whether an origin stands on the list as it is, which makes it well formed."""
        return origin in self._exact

    def allows(self, origin: str) -> bool:
        """
        Say whether the text of an Origin field is let in.

        Text that is no serialized origin matches nothing but `*`, and regular expressions.
        """
        if self.allows_any_origin or origin in self._exact:
            return True
        if any(regex.matches(origin, pattern) for regex, pattern in self._regexes):
            return True
        if not self._patterns or origin == OPAQUE:
            return False
        try:
            parsed = parse_origin(origin)
        except FieldSyntaxError:
            return False
        return any(pattern.matches(parsed) for pattern in self._patterns)

    def examples(self) -> Iterator[tuple[str, Origin]]:
        """Give what each regular expression is, with origins that it was meant for."""
        for regex, pattern in self._regexes:
            for origin in regex.examples(pattern):
                yield regex.pattern, origin


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(name.lower(), name)
    return tuple(kept.values())


def lint_policy(allow_origins: Sequence[str] = (), **policy: Any) -> tuple[Finding, ...]:
    """
    List what is wrong or unwise in a policy; the arguments are those of CorsPolicy.

    >>> [finding.message for finding in lint_policy(["https://example.com/"])]
    ["'https://example.com/' ends in a slash: write 'https://example.com'"]
    """
    try:
        return CorsPolicy(allow_origins, **policy).warnings
    except UnsoundPolicy as error:
        return error.findings


def _findings(policy: CorsPolicy) -> Iterator[Finding]:
    yield from _origin_findings(policy)
    for regex in policy.allow_origin_regexes:
        yield from _regex_findings(regex)
    yield from _each(policy.allow_methods, _method_finding)
    yield from _each(policy.allow_headers, _request_header_finding)
    yield from _each(policy.expose_headers, _response_header_finding)
    if policy.allow_credentials:
        yield from _wildcard_findings(policy)
    yield from _number_findings(policy.max_age, policy.preflight_status)


def _each(values: Iterable[str], find: Callable[[str], Finding | None]) -> Iterator[Finding]:
    for value in dict.fromkeys(values):
        finding = None if value == "*" else find(value)
        if finding is not None:
            yield finding


def _origin_findings(policy: CorsPolicy) -> Iterator[Finding]:
    if not policy.allow_origins and not policy.allow_origin_regexes:
        message = "no origin is allowed, so every other origin is refused: name one, or *"
        yield Finding("origin", None, "missing", message, False, _ORIGIN_HEADER)
    patterns = []
    for text in dict.fromkeys(policy.allow_origins):
        try:
            patterns.append(parse_origin_pattern(text))
        except FieldSyntaxError as error:
            yield Finding("origin", text, "invalid", error.message, True, _ORIGIN_HEADER)
    for pattern in patterns:
        yield from _pattern_findings(pattern, policy.allow_credentials)
    is_one = len(patterns) == 1 and patterns[0].is_exact and not policy.allow_origin_regexes
    if policy.fixed_origin and not is_one:
        message = "a fixed origin is exactly one origin without wildcards"
        yield Finding("origin", None, "not-fixed", message, True, _CACHES)


def _pattern_findings(pattern: OriginPattern, credentials: bool) -> Iterator[Finding]:
    text = pattern.text
    kind = "origin-with-credentials" if credentials else "origin"
    if pattern.kind == "any" and credentials:
        message = "* never goes with credentials: list the origins that may use them"
        yield Finding(kind, text, "credentialed", message, True, _CREDENTIALS)
    if pattern.kind == "null":
        message = (
            "'null' is the origin of every sandboxed frame and every local file, so any site can"
            " take it on"
        )
        yield Finding("origin", text, "prohibited", message, False, _CREDENTIALS)
    if pattern.is_insecure:
        harm = " with the user's credentials" if credentials else ""
        message = f"'{text}' is not https: whoever is on the network path can speak for it{harm}"
        yield Finding(kind, text, "insecure", message, False, _CREDENTIALS)
    if pattern.subdomains and pattern.origin is not None:
        yield from _subdomain_findings(pattern, pattern.origin, kind)


def _subdomain_findings(pattern: OriginPattern, origin: Origin, kind: str) -> Iterator[Finding]:
    is_public = is_public_suffix(origin.host)
    if is_public:
        message = f"anybody may register a name below '{origin.host}', so '{pattern.text}' is open"
        yield Finding(kind, pattern.text, "psl", message, False)
    elif is_public is None:
        message = (
            f"whether '{origin.host}' is a public suffix is not known: the optional package"
            " 'publicsuffixlist' is not installed"
        )
        yield Finding(kind, pattern.text, "psl-unknown", message, False)
    if kind == "origin-with-credentials" and not is_public:
        message = (
            f"one subdomain of '{origin.host}' that is taken over, or serves what users upload,"
            " speaks with every user's credentials"
        )
        yield Finding(kind, pattern.text, "subdomains", message, False)


def _regex_findings(regex: OriginRegex) -> Iterator[Finding]:
    shown = printable(regex.pattern)
    if regex.match not in MATCHES:
        message = f"'{printable(regex.match)}' is no way to match: use {', '.join(MATCHES)}"
        yield Finding("origin-regex", regex.pattern, "invalid", message, True, _ORIGIN_HEADER)
    try:
        pattern = regex.compiled()
    except FieldSyntaxError as error:
        message = f"'{shown}': {error.message}"
        yield Finding("origin-regex", regex.pattern, "invalid", message, True, _ORIGIN_HEADER)
        return
    if pattern.has_bare_dot:
        message = f"'{shown}' has a dot that stands for any character: write \\. for a dot"
        yield Finding("origin-regex", regex.pattern, "unescaped-dot", message, False)
    for origin in regex.examples(pattern):
        longer = f"{origin}.attacker.example"
        if regex.matches(longer, pattern):
            message = f"'{shown}' has no end, so '{longer}' gets in: end it with $"
            yield Finding("origin-regex", regex.pattern, "unanchored", message, False)
            return


def _method_finding(method: str) -> Finding | None:
    shown = printable(method)
    if not is_token(method):
        message = f"'{shown}' is not a method: expected a token such as PUT"
        return Finding("method", method, "invalid", message, True, _METHODS)
    if is_forbidden_method(method):
        message = f"'{shown}' is forbidden to script, so it never needs to be allowed: delete it"
        return Finding("method", method, "forbidden", message, True, _METHODS)
    upper = method.upper()
    if normalize_method(method) != method or (upper == "PATCH" and method != upper):
        message = f"methods are case-sensitive: '{shown}' does not allow '{upper}'"
        return Finding("method", method, "case", message, False, _METHODS)
    return None


# Names that only responses carry, or only requests: listing them has no effect.
_RESPONSE_ONLY = ("access-control-allow-", "access-control-expose-", "access-control-max-age")
_REQUEST_ONLY = ("access-control-request-", "origin")


def _request_header_finding(name: str) -> Finding | None:
    shown = printable(name)
    if not is_token(name):
        message = f"'{shown}' is not a header name: expected a token such as X-Token"
        return Finding("request-header", name, "invalid", message, True, _HEADERS)
    if is_forbidden_request_header(name, ""):
        message = f"script cannot set '{shown}', so it never needs to be allowed: delete it"
        return Finding("request-header", name, "forbidden", message, True, _HEADERS)
    if name.lower().startswith(_RESPONSE_ONLY):
        message = f"'{shown}' is a header of responses: no browser asks whether it may be sent"
        return Finding("request-header", name, "prohibited", message, False, _SYNTAX)
    return None


def _response_header_finding(name: str) -> Finding | None:
    shown = printable(name)
    if not is_token(name):
        message = f"'{shown}' is not a header name: expected a token such as X-Total"
        return Finding("response-header", name, "invalid", message, True, _HEADERS)
    if is_forbidden_response_header(name):
        message = f"'{shown}' is never shown to script, even when exposed: delete it"
        return Finding("response-header", name, "forbidden", message, True, _HEADERS)
    if name.lower().startswith((*_REQUEST_ONLY, *_RESPONSE_ONLY)):
        message = f"'{shown}' is not for script to read: exposing it has no use"
        return Finding("response-header", name, "prohibited", message, False, _SYNTAX)
    return None


def _wildcard_findings(policy: CorsPolicy) -> Iterator[Finding]:
    if "*" in policy.expose_headers:
        kind = "expose-wildcard-with-credentials"
        message = "with credentials, * exposes only a header of that name: list the names"
        yield Finding(kind, None, "credentialed", message, True, _CREDENTIALS)
    for what, values in (("methods", policy.allow_methods), ("headers", policy.allow_headers)):
        if "*" in values:
            message = f"all {what} are allowed with credentials: whatever is asked is listed"
            yield Finding("wildcard-with-credentials", "*", what, message, False, _CREDENTIALS)


def _number_findings(max_age: int | None, preflight_status: int) -> Iterator[Finding]:
    if max_age is not None and max_age < 0:
        message = (
            f"max-age {max_age} is outside the grammar, which makes it 5: write 0 for no cache"
        )
        yield Finding("max-age", str(max_age), "invalid", message, True, _PREFLIGHT)
    if max_age is not None and max_age > LONGEST_MAX_AGE:
        message = (
            f"no browser keeps a preflight for more than {LONGEST_MAX_AGE} seconds (Chromium:"
            f" 7200): max-age {max_age} promises what will not be"
        )
        yield Finding("max-age", str(max_age), "too-long", message, True, _PREFLIGHT)
    if not 200 <= preflight_status <= 299:
        message = f"status {preflight_status} fails every preflight: expected 200 to 299"
        yield Finding(
            "preflight-status", str(preflight_status), "invalid", message, True, _PREFLIGHT
        )


_REGEXES = "allow_origin_regexes"
_LISTS = ("allow_origins", "allow_methods", "allow_headers", "expose_headers")
_FLAGS = ("allow_credentials", "fixed_origin")
_NUMBERS = ("max_age", "preflight_status")
# The names of the options are the singulars.
_SYNONYMS = {
    **{name.removesuffix("s"): name for name in _LISTS},
    _REGEXES.removesuffix("es"): _REGEXES,
}


def policy_from_mapping(document: Mapping[str, object]) -> CorsPolicy:
    """
    Make a policy from what a JSON or TOML document holds.

    Args:
        document: the arguments of CorsPolicy by name; a list of one may be plain text, and the
            singular of a list's name will do: `{"allow_origin": "https://app.example.com"}`.

    Raises:
        InputError: an unknown key, or a value of the wrong type.
        UnsoundPolicy: see CorsPolicy.
    """
    arguments: dict[str, object] = {}
    for key, value in document.items():
        name = _SYNONYMS.get(key.replace("-", "_"), key.replace("-", "_"))
        if name in arguments:
            raise InputError(f"'{key}' is given twice", where=f"$.{key}")
        if value is not None:
            arguments[name] = _argument(name, value, f"$.{key}")
    origins = arguments.pop("allow_origins", ())
    return CorsPolicy(origins, **arguments)  # type: ignore[arg-type]


def _argument(name: str, value: object, where: str) -> object:
    if name in _LISTS:
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(member, str) for member in listed):
            return listed
        raise InputError(f"'{name}' is not text or a list of texts", where=where)
    if name == _REGEXES:
        members = value if isinstance(value, list) else [value]
        return [_regex(member, where) for member in members]
    if name in _FLAGS:
        if isinstance(value, bool):
            return value
        raise InputError(f"'{name}' is not true or false", where=where)
    if name in _NUMBERS:
        number = _seconds(value, where) if name == "max_age" else value
        if isinstance(number, int) and not isinstance(number, bool):
            return number
        raise InputError(f"'{name}' is not a whole number", where=where)
    raise InputError(f"unknown key '{printable(name)}'{_nearest(name)}", where=where)


def _seconds(value: object, where: str) -> object:
    """Policies are written by people: their times may be like "10m"."""
    if not isinstance(value, str):
        return value
    from httpheaders.syntax.durations import parse_duration

    try:
        return parse_duration(value)
    except InputError as error:
        raise InputError(error.message, where=where) from None


def _regex(member: object, where: str) -> OriginRegex:
    if isinstance(member, str):
        return OriginRegex(member)
    if isinstance(member, Mapping) and member.keys() <= {"pattern", "match", "ignore_case"}:
        pattern, match = member.get("pattern"), member.get("match", "full")
        ignore_case = member.get("ignore_case", False)
        if isinstance(pattern, str) and isinstance(match, str) and isinstance(ignore_case, bool):
            return OriginRegex(pattern, match, ignore_case)
    raise InputError(
        'a regular expression is text, or {"pattern", "match", "ignore_case"}', where=where
    )


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # late: only for a message

    known = (*_LISTS, _REGEXES, *_FLAGS, *_NUMBERS)
    close = get_close_matches(name, known, 1)
    return f": did you mean '{close[0]}'" if close else f": expected one of {', '.join(known)}"
