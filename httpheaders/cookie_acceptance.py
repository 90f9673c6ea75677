"""
Would a browser keep this Set-Cookie line? Every reason why not, and all that it changes.

A line is first read as user agents read it (`set_cookie`), then every rule of the storage model
(section 5.7) that needs no other cookie is tried, in the order of its steps, from one table. The
two rules that look at the cookies already there belong to the jar.

Source: RFC 6265bis sections 5.4 to 5.7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from httpheaders.answer import Problem, Step
from httpheaders.cookie_domains import (
    CookieUrl,
    default_path,
    domain_matches,
    split_cookie_url,
)
from httpheaders.messages.headers import Latin1Text
from httpheaders.messages.set_cookie import SetCookie, octet_length, read_set_cookie
from httpheaders.named_tuples import NamedTuple
from httpheaders.public_suffixes import DEFAULT_RULE, PublicSuffixes, installed_public_suffixes
from httpheaders.same_site import SAME_SITE, RequestContext
from httpheaders.syntax.cookie_text import CookieAttribute
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.hosts import is_loopback
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "COOKIE_AGE_LIMIT",
    "UNKNOWN_TIME",
    "SetCookieLines",
    "SetCookieVerdict",
    "StoredCookie",
    "judge_set_cookie",
    "judge_set_cookies",
]

# "The RECOMMENDED limit is 400 days in the future"                      RFC 6265bis section 5.5
COOKIE_AGE_LIMIT = 34560000
# When a cookie was created that a file held: before any that came since.
UNKNOWN_TIME = float("-inf")
# RFC 6265bis section 5.7 step 4
LARGEST_PAIR = 4096

# "a %x00-08 / %x0A-1F / %x7F character (CTL characters excluding HTAB)"  RFC 6265bis section 5.6
_control = lazy_pattern(r"[\x00-\x08\x0a-\x1f\x7f]")
_CHIPS = "draft-cutler-httpbis-partitioned-cookies section 2.1"
_NEWER_PREFIXES = ("__http-", "__host-http-", "__hosthttp-")


class StoredCookie(NamedTuple):
    """
    A cookie as a user agent holds it.

    Attributes:
        expiry_time: seconds since 1970; None ends with the session.
        host_only: sent to `domain` alone, not to hosts below it.
        same_site: "Strict", "Lax", "None" or "Default".
        creation_time: seconds since 1970; `UNKNOWN_TIME` when nothing tells.
        last_access_time: seconds since 1970.

    Source: RFC 6265bis section 5.7.
    """

    name: str
    value: str
    domain: str
    path: str
    host_only: bool
    secure: bool
    http_only: bool
    same_site: str
    partitioned: bool
    expiry_time: float | None
    creation_time: float
    last_access_time: float

    @property
    def persistent(self) -> bool:
        """Whether the cookie outlives the session."""
        return self.expiry_time is not None

    def is_expired(self, now: float) -> bool:
        """Say whether the expiry date is in the past."""
        return self.expiry_time is not None and self.expiry_time <= now


class SetCookieVerdict(NamedTuple):
    """
    What a browser does with a Set-Cookie line; ok when it keeps the cookie.

    Attributes:
        kept: whether the cookie is in the store afterwards.
        deletes: the line is accepted, and its date removes such a cookie.
        rejections: every reason for which the line is dropped, each with its rule.
        problems: the rejections first, then what is ignored, changed or odd.
        name, value, raw: the cookie, and the whole line as sent.
        attributes: as sent, in order.
        expires, max_age, domain, path, secure, http_only, same_site, partitioned: as read.
        stored: the cookie as it would be stored from the URL given; None without URL, or dropped.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    name: str
    value: str
    raw: str
    kept: bool
    deletes: bool
    rejections: tuple[Problem, ...]
    attributes: tuple[CookieAttribute, ...]
    expires: int | None
    max_age: int | None
    domain: str | None
    path: str | None
    secure: bool
    http_only: bool
    same_site: str
    partitioned: bool
    stored: StoredCookie | None


class SetCookieLines(NamedTuple):
    """What a browser does with all Set-Cookie lines of a response; ok when it keeps every one."""

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    cookies: tuple[SetCookieVerdict, ...]


# --- the rules, section 5.7 ----------------------------------------------------------------------


class _Arrival(NamedTuple):
    """A line on its way into the store. `url` None: from whatever site suits it."""

    line: str
    cookie: SetCookie
    url: CookieUrl | None
    secure_connection: bool
    from_http: bool
    context: RequestContext
    public_suffixes: PublicSuffixes | None

    @property
    def suffixes(self) -> PublicSuffixes:
        return self.public_suffixes or installed_public_suffixes()


class _Rule(NamedTuple):
    title: str
    section: str
    check: Callable[[_Arrival], Iterable[str]]

    @property
    def reference(self) -> str:
        return self.section if self.section == _CHIPS else f"RFC 6265bis {self.section}"


def _control_characters(arrival: _Arrival) -> Iterable[str]:
    match = _control.search(arrival.line)
    if match is not None:
        octet = f"0x{ord(match[0]):02X}"
        yield f"the line holds a control character ({octet} at offset {match.start()})"


def _something_there(arrival: _Arrival) -> Iterable[str]:
    if not arrival.cookie.name and not arrival.cookie.value:
        yield "both name and value are empty"


def _pair_size(arrival: _Arrival) -> Iterable[str]:
    latin1 = isinstance(arrival.line, Latin1Text)
    name, value = arrival.cookie.name, arrival.cookie.value
    size = octet_length(name, latin1=latin1) + octet_length(value, latin1=latin1)
    if size > LARGEST_PAIR:
        yield f"name and value have {size} octets together; 4096 is the most"


def _domain_characters(arrival: _Arrival) -> Iterable[str]:
    if arrival.cookie.domain and not arrival.cookie.domain.isascii():
        yield "Domain holds characters outside ASCII: write the A-label, xn--…"


def _public_suffix(arrival: _Arrival) -> Iterable[str]:
    domain = arrival.cookie.domain
    if not domain or not domain.isascii() or _may_be_the_host(domain, arrival.url):
        return
    if arrival.suffixes.is_public_suffix(domain):
        yield (
            f"Domain '{domain}' is a public suffix, shared by unrelated sites "
            f"(by {arrival.suffixes.source})"
        )


def _may_be_the_host(domain: str, url: CookieUrl | None) -> bool:
    # Of all suffixes only localhost is a host that people set cookies from.
    return is_loopback(domain) if url is None else url.host == domain


def _domain_match(arrival: _Arrival) -> Iterable[str]:
    domain = arrival.cookie.domain
    if domain and arrival.url and not domain_matches(arrival.url.host, domain):
        yield f"Domain '{domain}' does not cover the host '{arrival.url.host}' that sent it"


def _secure_origin(arrival: _Arrival) -> Iterable[str]:
    if arrival.cookie.secure and not arrival.secure_connection:
        yield "Secure was sent over a connection that is not: use https"


def _http_only_api(arrival: _Arrival) -> Iterable[str]:
    if arrival.cookie.http_only and not arrival.from_http:
        yield "HttpOnly was set by a script"


def _same_site_arrival(arrival: _Arrival) -> Iterable[str]:
    context = arrival.context
    if arrival.cookie.same_site == "None" or context.same_site:
        return
    if not (arrival.from_http and context.top_level_navigation):
        yield "the request is cross-site and no navigation: only SameSite=None; Secure is kept"


def _none_is_secure(arrival: _Arrival) -> Iterable[str]:
    if arrival.cookie.same_site == "None" and not arrival.cookie.secure:
        yield "SameSite=None without Secure: add Secure"


def _secure_prefix(arrival: _Arrival) -> Iterable[str]:
    if arrival.cookie.name.lower().startswith("__secure-") and not arrival.cookie.secure:
        yield "the name begins with __Secure- but Secure is missing"


def _host_prefix(arrival: _Arrival) -> Iterable[str]:
    cookie = arrival.cookie
    if not cookie.name.lower().startswith("__host-"):
        return
    if not cookie.secure:
        yield "the name begins with __Host- but Secure is missing"
    if cookie.domain and not _shrinks_to_host(arrival):
        yield "the name begins with __Host- but Domain is given: leave it out"
    if cookie.path is None:
        yield "the name begins with __Host- but Path is missing: add Path=/"
    elif _effective_path(arrival) != "/":
        yield "the name begins with __Host- but Path is not '/'"


def _shrinks_to_host(arrival: _Arrival) -> bool:
    # Step 9: a public suffix that is the host itself counts as no Domain at all.
    domain = arrival.cookie.domain
    return (
        arrival.url is not None
        and domain == arrival.url.host
        and arrival.suffixes.is_public_suffix(domain)
    )


def _effective_path(arrival: _Arrival) -> str:
    return arrival.cookie.path or default_path(arrival.url.path if arrival.url else "/")


def _nameless_impersonator(arrival: _Arrival) -> Iterable[str]:
    value = arrival.cookie.value.lower()
    if not arrival.cookie.name and value.startswith(("__secure-", "__host-")):
        yield "a nameless cookie whose value begins with __Secure- or __Host- poses as another"


def _partitioned_is_secure(arrival: _Arrival) -> Iterable[str]:
    if arrival.cookie.partitioned and not arrival.cookie.secure:
        yield "Partitioned without Secure: add Secure"


_RULES = (
    _Rule("no control characters", "section 5.6 step 1", _control_characters),
    _Rule("a name or a value", "section 5.7 step 2", _something_there),
    _Rule("at most 4096 octets", "section 5.7 step 4", _pair_size),
    _Rule("Domain in ASCII", "section 5.7 step 8", _domain_characters),
    _Rule("Domain is no public suffix", "section 5.7 step 9", _public_suffix),
    _Rule("Domain covers the host", "section 5.7 step 10", _domain_match),
    _Rule("Secure from a secure connection", "section 5.7 step 13", _secure_origin),
    _Rule("HttpOnly from HTTP", "section 5.7 step 15", _http_only_api),
    _Rule("SameSite allows the request", "section 5.7 step 18", _same_site_arrival),
    _Rule("SameSite=None is Secure", "section 5.7 step 19", _none_is_secure),
    _Rule("__Secure- keeps its promise", "section 5.7 step 20", _secure_prefix),
    _Rule("__Host- keeps its promise", "section 5.7 step 21", _host_prefix),
    _Rule("no nameless impersonator", "section 5.7 step 22", _nameless_impersonator),
    _Rule("Partitioned is Secure", _CHIPS, _partitioned_is_secure),
)


def judge_set_cookie(
    line: str,
    *,
    url: str | None = None,
    now: float,
    context: RequestContext = SAME_SITE,
    from_http: bool = True,
    trusts_loopback: bool = True,
    public_suffixes: PublicSuffixes | None = None,
    explain: bool = False,
) -> SetCookieVerdict:
    """
    Say whether a browser keeps the cookie of a Set-Cookie line, and every reason why it would not.

    Args:
        line: the field value.
        url: of the request that it answers; None supposes an https site that suits the line.
        now: seconds since 1970.
        context: how the request came about, for SameSite.
        from_http: False for document.cookie and other script interfaces.
        trusts_loopback: whether http://localhost counts as secure.
        public_suffixes: the list in force; by default the one installed.
        explain: list every rule with its outcome in `steps`.

    Raises:
        FieldSyntaxError: the URL is not absolute, or its host is none.

    Source: RFC 6265bis sections 5.6 and 5.7.

    >>> verdict = judge_set_cookie("__Host-a=1; SameSite=None; Domain=a.example", now=0)
    >>> [rejection.reference for rejection in verdict.rejections]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['RFC 6265bis section 5.7 step 19', 'RFC 6265bis section 5.7 step 21',
     'RFC 6265bis section 5.7 step 21', 'RFC 6265bis section 5.7 step 21']
    """
    target = None if url is None else split_cookie_url(url)
    arrival = _Arrival(
        line,
        read_set_cookie(line),
        target,
        target is None or target.is_secure(trusts_loopback=trusts_loopback),
        from_http,
        context,
        public_suffixes,
    )
    rejections, steps = _try_rules(arrival, explain=explain)
    return _verdict(arrival, tuple(rejections), tuple(steps), now=now)


def judge_set_cookies(
    lines: Iterable[str],
    *,
    url: str | None = None,
    now: float,
    context: RequestContext = SAME_SITE,
    trusts_loopback: bool = True,
    public_suffixes: PublicSuffixes | None = None,
    explain: bool = False,
) -> SetCookieLines:
    """
    Say of all Set-Cookie lines of one response whether a browser keeps their cookies.

    The arguments are those of `judge_set_cookie`. Lines that name one cookie twice are told.

    Raises:
        FieldSyntaxError: the URL is not absolute, or its host is none.

    Source: RFC 6265bis sections 4.1.1, 5.6 and 5.7.

    >>> answer = judge_set_cookies(["a=1", "b=2; SameSite=None"], now=0)
    >>> answer.ok, [cookie.kept for cookie in answer.cookies]
    (False, [True, False])
    """
    verdicts = tuple(
        judge_set_cookie(
            line,
            url=url,
            now=now,
            context=context,
            trusts_loopback=trusts_loopback,
            public_suffixes=public_suffixes,
            explain=explain,
        )
        for line in lines
    )
    lost = [verdict for verdict in verdicts if not verdict.kept]
    decisive = next(iter(lost or verdicts), None)
    return SetCookieLines(
        ok=bool(verdicts) and not lost,
        reason=_reason_for_all(verdicts, lost),
        reference=decisive.reference if decisive else "RFC 6265bis section 5.6",
        problems=(*_of_all(verdicts), *_repeated_names(verdicts)),
        steps=tuple(
            step._replace(rule=f"set-cookie[{verdict.name}]: {step.rule}")
            for verdict in verdicts
            for step in verdict.steps
        ),
        cookies=verdicts,
    )


def _reason_for_all(verdicts: Sequence[SetCookieVerdict], lost: Sequence[SetCookieVerdict]) -> str:
    if not verdicts:
        return "there is no Set-Cookie line"
    if len(verdicts) == 1:
        return verdicts[0].reason
    if not lost:
        return f"a browser keeps all {len(verdicts)} cookies"
    return f"{lost[0].reason} ({len(lost)} of {len(verdicts)} cookies are not kept)"


def _of_all(verdicts: Iterable[SetCookieVerdict]) -> Iterable[Problem]:
    return (problem for verdict in verdicts for problem in verdict.problems)


def _repeated_names(verdicts: Sequence[SetCookieVerdict]) -> Iterable[Problem]:
    counted: dict[str, int] = {}
    for verdict in verdicts:
        counted[verdict.name] = counted.get(verdict.name, 0) + 1
    for name, count in counted.items():
        if count > 1:
            message = f"{count} lines set a cookie of this name; a server must send one"
            yield Problem(f"set-cookie[{name}]", message, "RFC 6265bis section 4.1.1")


def _try_rules(arrival: _Arrival, *, explain: bool) -> tuple[list[Problem], list[Step]]:
    where = f"set-cookie[{arrival.cookie.name}]"
    rejections: list[Problem] = []
    steps: list[Step] = []
    for rule in _RULES:
        messages = list(rule.check(arrival))
        rejections += [Problem(where, message, rule.reference) for message in messages]
        if explain:
            outcome = f"dropped: {'; '.join(messages)}" if messages else "passed"
            steps.append(Step(rule.title, outcome, rule.reference))
    return rejections, steps


def _verdict(
    arrival: _Arrival, rejections: tuple[Problem, ...], steps: tuple[Step, ...], *, now: float
) -> SetCookieVerdict:
    cookie = arrival.cookie
    expiry_time = _expiry_time(cookie, now)
    expired = expiry_time is not None and expiry_time <= now
    deletes = expired and not rejections
    problems = (*rejections, *cookie.problems, *cookie.unknown, *_changes(arrival, now))
    reason, reference = _reason(cookie, rejections, deletes=deletes)
    return SetCookieVerdict(
        ok=not rejections and not deletes,
        reason=reason,
        reference=reference,
        problems=problems,
        steps=steps,
        name=cookie.name,
        value=cookie.value,
        raw=arrival.line,
        kept=not rejections and not deletes,
        deletes=deletes,
        rejections=rejections,
        attributes=cookie.attributes,
        expires=cookie.expires,
        max_age=cookie.max_age,
        domain=cookie.domain,
        path=cookie.path,
        secure=cookie.secure,
        http_only=cookie.http_only,
        same_site=cookie.same_site,
        partitioned=cookie.partitioned,
        stored=None if rejections else _stored(arrival, expiry_time, now),
    )


def _reason(
    cookie: SetCookie, rejections: tuple[Problem, ...], *, deletes: bool
) -> tuple[str, str | None]:
    name = f"'{cookie.name}'" if cookie.name else "the nameless cookie"
    if rejections:
        more = f" (and {len(rejections) - 1} more)" if len(rejections) > 1 else ""
        return f"a browser drops {name}: {rejections[0].message}{more}", rejections[0].reference
    if deletes:
        return f"a browser deletes {name}: its time is over", "RFC 6265bis section 5.7"
    return f"a browser keeps {name}", "RFC 6265bis section 5.7"


def _expiry_time(cookie: SetCookie, now: float) -> float | None:
    # Steps 6 of 5.7 and of 5.6.1, 5.6.2: Max-Age has precedence; 400 days are the most.
    if cookie.max_age is not None:
        return now + min(cookie.max_age, COOKIE_AGE_LIMIT) if cookie.max_age > 0 else 0.0
    if cookie.expires is not None:
        return min(cookie.expires, now + COOKIE_AGE_LIMIT)
    return None


def _stored(arrival: _Arrival, expiry_time: float | None, now: float) -> StoredCookie | None:
    cookie, url = arrival.cookie, arrival.url
    if url is None:
        return None
    domain = "" if _shrinks_to_host(arrival) else cookie.domain
    return StoredCookie(
        name=cookie.name,
        value=cookie.value,
        domain=domain or url.host,
        path=_effective_path(arrival),
        host_only=not domain,
        secure=cookie.secure,
        http_only=cookie.http_only,
        same_site=cookie.same_site,
        partitioned=cookie.partitioned,
        expiry_time=expiry_time,
        creation_time=now,
        last_access_time=now,
    )


def _dates_differ(max_age: int, expires: int, now: float) -> bool:
    # Clocks of servers are a little off, and any two times in the past are one.
    return abs(max(expires - now, 0) - max(max_age, 0)) > 3600


# --- kept, but not as written --------------------------------------------------------------------


def _changes(arrival: _Arrival, now: float) -> Iterable[Problem]:
    cookie = arrival.cookie
    where = f"set-cookie[{cookie.name}]"
    for attribute, message, reference in _change_facts(arrival, now):
        yield Problem(f"{where}{attribute}", message, reference)
    lowered = cookie.name.lower()
    for prefix in ("__Secure-", "__Host-"):
        if lowered.startswith(prefix.lower()) and not cookie.name.startswith(prefix):
            message = f"spelled unlike {prefix}, which browsers treat alike and servers may not"
            yield Problem(where, message, "RFC 6265bis section 5.4")
    if lowered.startswith(_NEWER_PREFIXES) and not (cookie.secure and cookie.http_only):
        message = "newer browsers drop a cookie of this prefix without Secure and HttpOnly"
        yield Problem(where, message, "RFC 6265bis section 5.3")


def _change_facts(arrival: _Arrival, now: float) -> Iterable[tuple[str, str, str]]:
    cookie = arrival.cookie
    if not cookie.name and cookie.value:
        yield "", "no name: servers must not send such a cookie", "RFC 6265bis section 4.1.1"
    if cookie.max_age is not None and cookie.max_age > COOKIE_AGE_LIMIT:
        yield ".max-age", "cut down to 400 days", "RFC 6265bis section 5.5"
    if cookie.max_age is not None and cookie.expires is not None:
        if _dates_differ(cookie.max_age, cookie.expires, now):
            message = "without effect: Max-Age says another time, and has precedence"
            yield ".expires", message, "RFC 6265bis section 5.7 step 6"
    elif cookie.expires is not None and cookie.expires > now + COOKIE_AGE_LIMIT:
        limit = format_http_date(now + COOKIE_AGE_LIMIT)
        yield ".expires", f"cut down to 400 days, {limit}", "RFC 6265bis section 5.5"
    if cookie.partitioned and cookie.same_site != "None":
        message = "without SameSite=None the cookie is not sent in frames, where partitions matter"
        yield ".partitioned", message, _CHIPS
    if cookie.domain and arrival.suffixes is DEFAULT_RULE:
        message = "held against single labels alone: install the package publicsuffixlist"
        yield ".domain", message, "RFC 6265bis section 8.9"
    if arrival.url is not None and _shrinks_to_host(arrival):
        message = "a public suffix, and the host itself: the cookie goes to this host alone"
        yield ".domain", message, "RFC 6265bis section 5.7 step 9"
