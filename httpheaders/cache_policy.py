"""
May a cache store this response, and may it use a stored one for this request?

Each rule of RFC 9111 sections 3 and 4 is one function in a table, in the order of the sections; the
first that has something to say decides, and `explain` lists every rule that was tried.

Source: RFC 9111 sections 3 and 4, RFC 5861, RFC 8246, RFC 9213.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from httpheaders.answer import Problem, Step
from httpheaders.cache_control import NO_DIRECTIVES, CacheControl, parse_cache_control
from httpheaders.cache_settings import SHARED_CACHE, CacheSettings
from httpheaders.freshness import (
    HEURISTICALLY_CACHEABLE,
    Lifetime,
    date_of,
    freshness_lifetime,
    initial_age,
)
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.seconds import shown_seconds
from httpheaders.target_uri import resolved_uri, target_uri
from httpheaders.targeted_cache_control import GoverningDirectives, governing_directives
from httpheaders.vary import VaryKey, parse_vary, selects, vary_key

if TYPE_CHECKING:
    from httpheaders.syntax.ranges import ContentRange

__all__ = [
    "Reuse",
    "Storability",
    "StoredResponse",
    "assess_reuse",
    "assess_storing",
    "forbids_stale",
    "may_serve_stale",
    "request_directives",
    "stale_if_error_allows",
    "stored_response",
]

# Final status codes whose caching behaviour this cache knows: RFC 9110 section 15.
_UNDERSTOOD_STATUSES = HEURISTICALLY_CACHEABLE | {
    201, 202, 205, 302, 303, 305, 307, 400, 401, 402, 403, 406, 407, 408, 409, 411, 412, 413, 415,
    416, 417, 421, 422, 426, 500, 502, 503, 504, 505,
}  # fmt: skip


class StoredResponse(NamedTuple):
    """
    A response as a cache holds it, with all that follows from it worked out once.

    Attributes:
        request: that it answered.
        response: with the fields a cache may keep.
        request_time: when the request was sent.
        response_time: when the response was received.
        uri: the target URI.
        governing: the directives that this cache obeys.
        lifetime: the freshness lifetime.
        initial_age: the age when received.
        vary: names of the selecting fields; None when no request can ever select it.
        key: the selecting fields of `request`.
        part: which part it holds, None when it is complete.
        marked_stale: whether something since then has made it stale.
    """

    request: Request
    response: Response
    request_time: float
    response_time: float
    uri: str
    governing: GoverningDirectives
    lifetime: Lifetime
    initial_age: float
    vary: tuple[str, ...] | None
    key: VaryKey
    part: ContentRange | None = None
    marked_stale: bool = False

    def age(self, now: float) -> float:
        """Give current_age: RFC 9111 section 4.2.3."""
        resident = now - self.response_time
        return self.initial_age + resident if resident > 0 else self.initial_age

    def is_fresh(self, now: float) -> bool:
        """Say whether freshness_lifetime > current_age: RFC 9111 section 4.2."""
        return not self.marked_stale and self.lifetime.seconds > self.age(now)

    def selects(self, headers: Headers) -> bool:
        """Say whether a request with these fields selects it: RFC 9111 section 4.1."""
        if self.vary is None:
            return False
        return not self.key or selects(
            self.key, headers, self.response.headers, stored_headers=self.request.headers
        )

    @property
    def date_or_receipt(self) -> float:
        """When it was made, as far as is known: RFC 9111 sections 4 and 4.3.2."""
        date = date_of(self.response.headers, "Date", now=self.response_time)
        return self.response_time if date is None else date

    @property
    def method(self) -> str:
        """The method whose requests it can answer: a POST is kept for GET (RFC 9110 9.3.3)."""
        return "HEAD" if self.request.method == "HEAD" else "GET"


def stored_response(
    request: Request,
    response: Response,
    *,
    request_time: float,
    response_time: float,
    settings: CacheSettings = SHARED_CACHE,
) -> StoredResponse:
    """
    Work out what follows from a response for a cache; whether it may be stored is not asked.

    Source: RFC 9111 sections 4.1, 4.2.1 and 4.2.3.

    >>> response = Response(200, Headers([("Cache-Control", "max-age=60"), ("Age", "20")]))
    >>> stored = stored_response(Request("GET", "/"), response, request_time=0, response_time=0)
    >>> stored.is_fresh(30), stored.is_fresh(40)
    (True, False)
    """
    governing = governing_directives(response.headers, settings)
    vary = parse_vary(response.headers)
    part = None
    if response.status == 206:
        from httpheaders.byte_ranges import read_content_range

        part = read_content_range(response.headers.get("Content-Range"))
    return StoredResponse(
        request,
        response,
        request_time,
        response_time,
        target_uri(request),
        governing,
        freshness_lifetime(response, governing, settings, response_time=response_time),
        initial_age(response.headers, request_time=request_time, response_time=response_time),
        vary,
        vary_key(vary, request.headers) if vary else (),
        part,
    )


def request_directives(headers: Headers) -> CacheControl:
    """
    Read the directives of a request; Pragma: no-cache stands for them where there are none.

    Source: RFC 9111 sections 5.2.1 and 5.4.

    >>> request_directives(Headers([("Pragma", "no-cache")])).no_cache
    True
    """
    value = headers.joined("Cache-Control")
    if value is not None:
        return parse_cache_control(value)
    pragma = headers.joined("Pragma")
    if pragma is None:
        return NO_DIRECTIVES
    return NO_DIRECTIVES._replace(no_cache=parse_cache_control(pragma).no_cache)


# -- storing: RFC 9111 section 3 -----------------------------------------------------------------


class Storability(NamedTuple):
    """Whether a cache may store a response; `ok` says so, `reason` why."""

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] = ()


class _Offer(NamedTuple):
    """A response offered to a cache."""

    request: Request
    response: Response
    method: str
    status: int
    settings: CacheSettings
    governing: GoverningDirectives
    directives: CacheControl


class _Rule(NamedTuple):
    """
    One rule.

    Attributes:
        text: the requirement, as a claim that holds or does not.
        reference: where it stands.
        objection: gives the reason why it does not hold, or None.
    """

    text: str
    reference: str
    objection: Callable[[_Offer], str | None]


def assess_storing(
    request: Request,
    response: Response,
    *,
    settings: CacheSettings = SHARED_CACHE,
    governing: GoverningDirectives | None = None,
    explain: bool = False,
) -> Storability:
    """
    Say whether a cache may store a response.

    Args:
        request: that it answers.
        response: as received.
        settings: the kind of cache.
        governing: the directives it obeys, where they are already read.
        explain: list every rule tried.

    Source: RFC 9111 section 3.

    >>> response = Response(200, Headers([("Cache-Control", "private, max-age=60")]))
    >>> assess_storing(Request("GET", "/"), response).reason
    "a shared cache may not store it: it is 'private'"
    """
    governing = governing or governing_directives(response.headers, settings)
    method, status = request.method or "GET", response.status or 200
    offer = _Offer(request, response, method, status, settings, governing, governing.directives)
    steps: list[Step] = []
    for rule in _STORING:
        objection = rule.objection(offer)
        if explain:
            steps.append(Step(rule.text, objection or "holds", rule.reference))
        if objection is not None:
            return Storability(False, objection, rule.reference, steps=tuple(steps))
    kind = "shared" if settings.shared else "private"
    return Storability(True, f"a {kind} cache may store it", "RFC 9111 section 3", (), tuple(steps))


def _method_unknown(offer: _Offer) -> str | None:
    if offer.method in ("GET", "HEAD"):
        return None
    if offer.method != "POST":
        return f"responses to {offer.method} are not stored"
    # "only cacheable when they include explicit freshness information … and a Content-Location
    # header field that has the same value as the POST's target URI": RFC 9110 section 9.3.3
    location = offer.response.headers.get("Content-Location")
    uri = target_uri(offer.request)
    if location is None or resolved_uri(location, uri) != uri:
        return "a response to POST is stored only with a Content-Location equal to the target URI"
    if not _has_expiration(offer):
        return "a response to POST is stored only with explicit freshness"
    return None


def _not_final(offer: _Offer) -> str | None:
    return f"{offer.status} is not a final status" if offer.status < 200 else None


def _status_not_understood(offer: _Offer) -> str | None:
    if offer.status == 304:
        return "a 304 updates what is stored and is not stored itself"
    if offer.status == 206 and not _is_single_part(offer.response):
        return "the 206 does not hold one range of bytes that can be placed"
    if offer.directives.must_understand and offer.status not in _UNDERSTOOD_STATUSES:
        return f"it is 'must-understand', and {offer.status} is not a status we know"
    return None


def _is_single_part(response: Response) -> bool:
    from httpheaders.byte_ranges import read_content_range

    return read_content_range(response.headers.get("Content-Range")) is not None


def _request_no_store(offer: _Offer) -> str | None:
    if request_directives(offer.request.headers).no_store:
        return "the request says 'no-store'"
    return None


def _response_no_store(offer: _Offer) -> str | None:
    if not offer.directives.no_store or offer.directives.must_understand:
        return None  # 5.2.2.3: "the cache SHOULD ignore the no-store directive"
    return f"{offer.governing.field} says 'no-store'"


def _private(offer: _Offer) -> str | None:
    if offer.settings.shared and offer.directives.private:
        return "a shared cache may not store it: it is 'private'"
    return None


def _authorised(offer: _Offer) -> str | None:
    if not offer.settings.shared or "Authorization" not in offer.request.headers:
        return None
    directives = offer.directives
    if directives.public or directives.must_revalidate or directives.s_maxage is not None:
        return None
    return (
        "the request has Authorization, and the response lacks 'public', 'must-revalidate' "
        "and 's-maxage'"
    )


def _not_cacheable(offer: _Offer) -> str | None:
    directives = offer.directives
    if directives.public or (directives.private and not offer.settings.shared):
        return None
    if _has_expiration(offer) or offer.status in HEURISTICALLY_CACHEABLE:
        return None
    return f"nothing makes it cacheable: no explicit freshness, not 'public', status {offer.status}"


def _has_expiration(offer: _Offer) -> bool:
    directives, unreadable = offer.directives, offer.directives.unreadable
    if directives.max_age is not None or "max-age" in unreadable:
        return True
    if offer.settings.shared and (directives.s_maxage is not None or "s-maxage" in unreadable):
        return True
    return not offer.governing.targeted and "Expires" in offer.response.headers


_STORING = (
    _Rule("the method is understood", "RFC 9111 section 3", _method_unknown),
    _Rule("the status is final", "RFC 9111 section 3", _not_final),
    _Rule("the status is understood", "RFC 9111 section 5.2.2.3", _status_not_understood),
    _Rule("the request is without no-store", "RFC 9111 section 5.2.1.5", _request_no_store),
    _Rule("the response is without no-store", "RFC 9111 section 5.2.2.5", _response_no_store),
    _Rule("the response is not private to another cache", "RFC 9111 section 5.2.2.7", _private),
    _Rule("authorised responses allow sharing", "RFC 9111 section 3.5", _authorised),
    _Rule("something makes the response cacheable", "RFC 9111 section 3", _not_cacheable),
)


# -- using: RFC 9111 section 4 -------------------------------------------------------------------


class Reuse(NamedTuple):
    """
    Whether a stored response may answer a request without validation.

    Attributes:
        verdict: "fresh"; "stale" (the client allows it); "stale-while-revalidate"; "validate";
            or "mismatch" (it belongs to another request).
        age: current_age.
        ttl: lifetime minus age; negative when stale.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    verdict: str
    age: float
    ttl: float


class _Question(NamedTuple):
    """A stored response considered for a request."""

    stored: StoredResponse
    request: Request
    wanted: CacheControl
    directives: CacheControl
    settings: CacheSettings
    age: float
    ttl: float


_Verdict = tuple[str, str]  # the verdict and its reason


class _UseRule(NamedTuple):
    """One rule; `decide` gives a verdict with its reason, or None when the next one is asked."""

    text: str
    reference: str
    decide: Callable[[_Question], _Verdict | None]


def assess_reuse(
    stored: StoredResponse,
    request: Request,
    *,
    now: float,
    settings: CacheSettings = SHARED_CACHE,
    selected: bool = False,
    explain: bool = False,
) -> Reuse:
    """
    Say whether a stored response may answer a request.

    Args:
        stored: what the cache holds.
        request: as presented.
        now: seconds since 1970.
        settings: the kind of cache.
        selected: whether URI, method and Vary are known to match already.
        explain: list every rule tried.

    Source: RFC 9111 section 4.

    >>> response = Response(200, Headers([("Cache-Control", "max-age=60")]))
    >>> get = Request("GET", "/")
    >>> stored = stored_response(get, response, request_time=0, response_time=0)
    >>> assess_reuse(stored, get, now=59).verdict, assess_reuse(stored, get, now=60).verdict
    ('fresh', 'validate')
    """
    age = stored.age(now)
    ttl = (
        min(0, stored.lifetime.seconds) if stored.marked_stale else stored.lifetime.seconds
    ) - age
    wanted = request_directives(request.headers)
    question = _Question(stored, request, wanted, stored.governing.directives, settings, age, ttl)
    steps: list[Step] = []
    for rule in _USING_SELECTED if selected else _USING:
        decision = rule.decide(question)
        if explain:
            steps.append(Step(rule.text, decision[1] if decision else "goes on", rule.reference))
        if decision is not None:
            verdict, reason = decision
            ok = verdict not in ("validate", "mismatch")
            return Reuse(ok, reason, rule.reference, (), tuple(steps), verdict, age, ttl)
    raise AssertionError("the last rule always decides")


def _other_uri(question: _Question) -> _Verdict | None:
    stored, url = question.stored, question.request.url
    if url == stored.request.url and url == stored.uri:
        return None  # to the letter, and in the normal form
    if target_uri(question.request) == stored.uri:
        return None
    return "mismatch", "the request is for another URI"


def _other_method(question: _Question) -> _Verdict | None:
    method = question.request.method or "GET"
    if method == question.stored.method or (method == "HEAD" and question.stored.method == "GET"):
        return None
    return "mismatch", f"a stored {question.stored.method} does not answer a {method}"


def _other_variant(question: _Question) -> _Verdict | None:
    stored = question.stored
    if stored.vary is None:
        return "mismatch", "its Vary never matches"
    if stored.selects(question.request.headers):
        return None
    return "mismatch", f"the request differs in a field that Vary names: {', '.join(stored.vary)}"


def _response_no_cache(question: _Question) -> _Verdict | None:
    if question.directives.no_cache:
        return "validate", f"{question.stored.governing.field} says 'no-cache'"
    return None


def _request_no_cache(question: _Question) -> _Verdict | None:
    if question.wanted.no_cache:
        return "validate", "the request says 'no-cache'"
    return None


def _request_max_age(question: _Question) -> _Verdict | None:
    limit = question.wanted.max_age
    if limit is None or question.wanted.max_stale is not None:
        return None
    if limit > 0 and question.age <= limit:
        return None
    if limit == 0 and question.directives.immutable and question.ttl > 0:
        return None  # RFC 8246 section 2: a reload does not validate what is immutable
    return (
        "validate",
        f"the request wants an age of at most {limit} s, and it is {shown_seconds(question.age)} s",
    )


def _request_min_fresh(question: _Question) -> _Verdict | None:
    wanted = question.wanted.min_fresh
    if wanted is None or question.ttl >= wanted:
        return None
    return (
        "validate",
        f"the request wants it fresh for {wanted} s more, and it is for "
        f"{shown_seconds(question.ttl)} s",
    )


def _fresh(question: _Question) -> _Verdict | None:
    if question.ttl > 0:
        return (
            "fresh",
            f"fresh for {shown_seconds(question.ttl)} s more: {question.stored.lifetime.note}",
        )
    return None


def _stale_forbidden(question: _Question) -> _Verdict | None:
    directive = forbids_stale(question.directives, question.settings)
    if directive is None:
        return None
    return (
        "validate",
        f"stale for {shown_seconds(-question.ttl)} s, and '{directive}' forbids to use it so",
    )


def forbids_stale(directives: CacheControl, settings: CacheSettings) -> str | None:
    """
    Give the directive that forbids this kind of cache to use a response once it is stale.

    Source: RFC 9111 section 4.2.4.
    """
    if directives.must_revalidate:
        return "must-revalidate"
    if settings.shared and directives.proxy_revalidate:
        return "proxy-revalidate"
    if settings.shared and (directives.s_maxage is not None or "s-maxage" in directives.unreadable):
        return "s-maxage"
    return None


def _max_stale(question: _Question) -> _Verdict | None:
    allowed = question.wanted.max_stale
    if allowed is None:
        return None
    limit = question.wanted.max_age
    beyond = -question.ttl if limit is None else max(-question.ttl, question.age - limit)
    if beyond <= allowed:
        return (
            "stale",
            f"stale for {shown_seconds(beyond)} s, which the request's 'max-stale' allows",
        )
    return None


def _stale_while_revalidate(question: _Question) -> _Verdict | None:
    window = question.directives.stale_while_revalidate
    if window is None or question.stored.marked_stale or -question.ttl > window:
        return None
    return (
        "stale-while-revalidate",
        f"stale for {shown_seconds(-question.ttl)} s of the {window} s of 'stale-while-revalidate'",
    )


def _stale(question: _Question) -> _Verdict | None:
    if question.stored.marked_stale:
        return "validate", "something since then has made it stale"
    return (
        "validate",
        f"stale for {shown_seconds(-question.ttl)} s: {question.stored.lifetime.note}",
    )


_USING = (
    _UseRule("the target URI matches", "RFC 9111 section 4", _other_uri),
    _UseRule("the method matches", "RFC 9111 section 4", _other_method),
    _UseRule("the fields that Vary names match", "RFC 9111 section 4.1", _other_variant),
    _UseRule("no-cache of the response", "RFC 9111 section 5.2.2.4", _response_no_cache),
    _UseRule("no-cache of the request", "RFC 9111 section 5.2.1.4", _request_no_cache),
    _UseRule("max-age of the request", "RFC 9111 section 5.2.1.1", _request_max_age),
    _UseRule("min-fresh of the request", "RFC 9111 section 5.2.1.3", _request_min_fresh),
    _UseRule("freshness", "RFC 9111 section 4.2", _fresh),
    _UseRule("directives that forbid stale use", "RFC 9111 section 4.2.4", _stale_forbidden),
    _UseRule("max-stale of the request", "RFC 9111 section 5.2.1.2", _max_stale),
    _UseRule("stale-while-revalidate", "RFC 5861 section 3", _stale_while_revalidate),
    _UseRule("stale use", "RFC 9111 section 4.2.4", _stale),
)


_USING_SELECTED = _USING[3:]


def may_serve_stale(
    stored: StoredResponse, request: Request, *, settings: CacheSettings = SHARED_CACHE
) -> bool:
    """
    Say whether a stale response may be used when the origin cannot be reached.

    A client that asked for validation or for a certain freshness is not given it.

    Source: RFC 9111 section 4.2.4.
    """
    directives = stored.governing.directives
    if directives.no_cache or forbids_stale(directives, settings) is not None:
        return False
    wanted = request_directives(request.headers)
    if wanted.max_stale is not None:
        return True
    return not wanted.no_cache and wanted.max_age is None and wanted.min_fresh is None


def stale_if_error_allows(
    stored: StoredResponse,
    request: Request,
    *,
    now: float,
    settings: CacheSettings = SHARED_CACHE,
) -> bool:
    """
    Say whether stale-if-error, of the response or the request, lets it stand in for an error.

    Source: RFC 5861 section 4, RFC 9111 section 4.2.4.
    """
    directives = stored.governing.directives
    if directives.no_cache or forbids_stale(directives, settings) is not None:
        return False
    windows = [directives.stale_if_error, request_directives(request.headers).stale_if_error]
    staleness = stored.age(now) - stored.lifetime.seconds
    return any(window is not None and staleness <= window for window in windows)
