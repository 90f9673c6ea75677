"""
What a browser does with a script's request across origins, and with the answers it gets.

How this works: a fetch is followed from hop to hop, as "Main fetch", "HTTP fetch" and
"HTTP-redirect fetch" do, over answers that somebody else has collected. The first rule that does
not hold ends it. Nothing is sent.

Source: Fetch sections "Main fetch", "HTTP fetch", "HTTP-redirect fetch" and "CORS check".
"""

from __future__ import annotations

from collections.abc import Sequence

from httpheaders import cors_rules as rules
from httpheaders.answer import Problem, Step
from httpheaders.cors_advice import advise_on_preflight, advise_on_response
from httpheaders.cors_preflight import (
    PreflightCache,
    PreflightKey,
    Wanted,
    check_preflight,
    needs_preflight,
    preflight_request_headers,
)
from httpheaders.cors_rules import Failure, Trail
from httpheaders.cors_safelists import (
    BODY_HEADER_NAMES,
    NON_WILDCARD_NAMES,
    is_forbidden_method,
    is_forbidden_request_header,
    is_forbidden_response_header,
    is_no_cors_safelisted,
    is_safelisted_method,
    normalize_method,
    unsafe_request_header_names,
)
from httpheaders.cors_sharing import cors_check, exposed_names
from httpheaders.errors import FieldSyntaxError, InputError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import ascii_lower, is_token
from httpheaders.syntax.origins import OPAQUE, Location, Origin, locate, parse_origin, printable

__all__ = [
    "CREDENTIALS_MODES",
    "MODES",
    "FetchVerdict",
    "Hop",
    "ScriptRequest",
    "check_fetch",
    "script_request",
]

CREDENTIALS_MODES = ("omit", "same-origin", "include")
MODES = ("cors", "no-cors", "same-origin")
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
# Not checked themselves: a stored response, or another try, takes their place.
UNCHECKED_STATUSES = frozenset({304, 407})
MOST_REDIRECTS = 20
# What browsers and tools put on requests by themselves, though script might set it too.
CLIENT_SET_NAMES = (
    "cache-control",
    "if-modified-since",
    "if-none-match",
    "pragma",
    "priority",
    "upgrade-insecure-requests",
    "user-agent",
)


class ScriptRequest(NamedTuple):
    """
    What a script asks fetch() for.

    Attributes:
        origin: of the page, serialized; "null" for an opaque one.
        url: absolute; None when unknown, and then another origin than the page's.
        method: as script gave it.
        headers: those that script sets.
        credentials: omit, same-origin (the default of fetch()) or include.
        mode: cors (the default), no-cors or same-origin.
    """

    origin: str
    url: str | None = None
    method: str = "GET"
    headers: Headers = Headers()
    credentials: str = "same-origin"
    mode: str = "cors"


class Hop(NamedTuple):
    """
    One step on the way: the answer of one URL.

    Attributes:
        response: to the request itself; None when it was not collected.
        preflight: what the preflight got; None when none was collected.
        url: where, if it does not follow from the request or the Location before.
    """

    response: Response | None = None
    preflight: Response | None = None
    url: str | None = None


class FetchVerdict(NamedTuple):
    """
    What a browser makes of a request and its answers.

    Attributes:
        ok: the same as allowed.
        reason: what decided.
        reference: the rule that decided.
        problems: what is odd or unsafe, whether or not it is allowed.
        steps: every rule tried; empty unless asked for.
        allowed: whether script may read the answer, or, with the answer to a preflight alone, may
            go on to send the request.
        preflight_needed: whether the browser asks first, on any hop.
        preflight_allowed: whether the preflights passed; None when none was needed or looked at.
        response_allowed: whether the answer itself passed; None when it was not looked at.
        failed_step: the rule that did not hold, or None.
        failed_answer: request, preflight, redirect or response.
        header: the field that decided, or None.
        received: its value, or None when absent.
        would_pass: a value that would have passed, or None.
        exposed: names that script may read, in lower case; None when it may read nothing.
        hidden: names that stay hidden.
        origin: Origin as it is sent on the last hop; None when none is.
        url: of the last hop.
        preflight_headers: fields of the last preflight that the browser sends; None when none.
        preflight_max_age: seconds for which the last preflight is kept; None when none passed.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    allowed: bool
    preflight_needed: bool
    preflight_allowed: bool | None
    response_allowed: bool | None
    failed_step: str | None
    failed_answer: str | None
    header: str | None
    received: str | None
    would_pass: str | None
    exposed: tuple[str, ...] | None
    hidden: tuple[str, ...]
    origin: str | None
    url: str | None
    preflight_headers: Headers | None
    preflight_max_age: int | None


def script_request(
    request: Request,
    *,
    origin: str | None = None,
    credentials: str = "same-origin",
    mode: str = "cors",
) -> ScriptRequest:
    """
    Take a recorded request for the one that a script asked for.

    Fields that browsers and tools add by themselves are left out; Origin becomes the page's.

    Raises:
        InputError: the request has no Origin, and none is given.
    """
    found = origin if origin is not None else request.headers.get("origin")
    if found is None:
        raise InputError("the origin of the page is missing: CORS is about who asks")
    headers = request.headers.without(*CLIENT_SET_NAMES)
    return ScriptRequest(
        found.strip(" \t"), request.url, request.method or "GET", headers, credentials, mode
    )


def check_fetch(
    request: ScriptRequest,
    hops: Sequence[Hop],
    *,
    cache: PreflightCache | None = None,
    now: float = 0,
    explain: bool = False,
) -> FetchVerdict:
    """
    Say whether a browser lets a script have the answer to a cross-origin request.

    Args:
        request: what script asks for.
        hops: the answers in order: one, or several when redirects were followed.
        cache: what earlier preflights left; changed by this one.
        now: the time, in seconds, for the cache.
        explain: whether to give the steps.

    Raises:
        InputError: a mode that does not exist.

    Source: Fetch section "Main fetch".

    >>> answer = Response(200, Headers([("Access-Control-Allow-Origin", "https://a.example/")]))
    >>> verdict = check_fetch(ScriptRequest("https://a.example"), [Hop(answer)])
    >>> verdict.allowed, verdict.header, verdict.would_pass
    (False, 'Access-Control-Allow-Origin', 'https://a.example')
    """
    if request.credentials not in CREDENTIALS_MODES:
        raise InputError(f"credentials mode is one of {', '.join(CREDENTIALS_MODES)}")
    if request.mode not in MODES:
        raise InputError(f"mode is one of {', '.join(MODES)}")
    fetch = _Fetch(request, cache, now, Trail(explain))
    return fetch.verdict(fetch.run(hops))


class _Fetch:
    """One fetch under way: the request as it changes from hop to hop."""

    def __init__(
        self, request: ScriptRequest, cache: PreflightCache | None, now: float, trail: Trail
    ) -> None:
        self.request = request
        self.cache = PreflightCache() if cache is None else cache
        self.now = now
        self.trail = trail
        self.method = normalize_method(request.method)
        self.headers = request.headers
        self.target: Location | None = None
        self.tainted = False
        self.is_cors = False
        self.redirects = 0
        self.preflight_needed = False
        self.preflight_allowed: bool | None = None
        self.response_allowed: bool | None = None
        self.preflight_headers: Headers | None = None
        self.max_age: int | None = None
        self.last: Response | None = None

    # The request, before anything is sent.

    def run(self, hops: Sequence[Hop]) -> Failure | None:
        failure = self._check_request()
        if failure is None and not hops:
            hops = [Hop()]
        for index, hop in enumerate(hops):
            if failure is None and index:
                failure = self._redirect(hop)
            if failure is not None:
                return failure
            failure = self._hop(hop)
            if failure is None and not self._leads_on(hop, index + 1 < len(hops)):
                if index + 1 < len(hops):
                    self.trail.problem("redirect", "answers after the last redirect are left out")
                break
        return failure or self._missing_hop()

    def _check_request(self) -> Failure | None:
        request, trail = self.request, self.trail
        self._note_origin()
        if not is_token(request.method) or is_forbidden_method(request.method):
            trail.step(rules.METHOD, f"failed: {printable(request.method)}")
            reason = f"fetch() refuses the method '{printable(request.method)}' with a TypeError"
            return Failure(rules.METHOD, reason, "request", ":method", printable(request.method))
        trail.step(rules.METHOD, f"{self.method}, from {request.method}")
        for name, value in request.headers:
            if not is_token(name) or _has_line_break(value):
                reason = f"fetch() refuses the header '{printable(name)}' with a TypeError"
                return Failure(rules.FORBIDDEN_HEADERS, reason, "request", printable(name))
        self._drop_forbidden()
        failure = self._locate_first()
        return failure or self._check_no_cors()

    def _note_origin(self) -> None:
        origin = self.request.origin
        if origin != OPAQUE:
            try:
                parse_origin(origin)
            except FieldSyntaxError as error:
                self.trail.step(rules.ORIGIN_FORM, "malformed")
                self.trail.problem("origin", error.message, rules.ORIGIN_FORM.reference)
                return
        self.trail.step(rules.ORIGIN_FORM, f"'{origin}' is well formed")

    def _drop_forbidden(self) -> None:
        dropped = {
            ascii_lower(name)
            for name, value in self.headers
            if is_forbidden_request_header(name, value)
        }
        self.headers = Headers(
            pair for pair in self.headers if not is_forbidden_request_header(*pair)
        )
        outcome = f"left out: {', '.join(sorted(dropped))}" if dropped else "none"
        self.trail.step(rules.FORBIDDEN_HEADERS, outcome)
        if "cookie" in dropped and self.request.credentials != "include":
            self.trail.problem(
                "Cookie",
                "script cannot set it, and the browser sends cookies across origins only with"
                " credentials mode include",
                rules.SAME_ORIGIN_CREDENTIALS.reference,
            )

    def _locate_first(self) -> Failure | None:
        url = self.request.url
        if url is None or not url.partition(":")[1] or url.startswith("/"):
            self.trail.step(rules.SAME_ORIGIN, "the URL is not known: taken as another origin")
            return None
        try:
            self.target = locate(url)
        except FieldSyntaxError as error:
            return Failure(rules.SAME_ORIGIN, error.message, "request", ":url", printable(url))
        return None

    def _check_no_cors(self) -> Failure | None:
        if self.request.mode != "no-cors":
            return None
        if not is_safelisted_method(self.method):
            reason = f"mode no-cors allows GET, HEAD and POST, not {printable(self.method)}"
            return Failure(rules.MODE, reason, "request", ":method", printable(self.method), "GET")
        kept = [pair for pair in self.headers if is_no_cors_safelisted(*pair)]
        if len(kept) < len(self.headers):
            self.trail.problem("headers", "mode no-cors leaves out all that is not safelisted")
        self.headers = Headers(kept)
        return None

    # One hop.

    def _hop(self, hop: Hop) -> Failure | None:
        self.last = hop.response
        if not self.is_cors and self._is_same_origin():
            self.trail.step(rules.SAME_ORIGIN, "the page's own origin")
            self.response_allowed = None if hop.response is None else True
            return None
        self.trail.step(rules.SAME_ORIGIN, "another origin")
        failure = self._check_crossing()
        if failure is not None:
            return failure
        self.is_cors = True
        self.trail.step(rules.CORS_REQUEST, f"Origin: {self._serialized_origin()}")
        failure = self._preflight(hop) or self._response(hop)
        if failure is not None and self.preflight_needed:
            self.cache.clear(self._key())
        return failure

    def _is_same_origin(self) -> bool:
        if self.target is None:
            return False
        if self.target.scheme == "data":
            return True
        return self.target.origin is not None and str(self.target.origin) == self.request.origin

    def _check_crossing(self) -> Failure | None:
        mode = self.request.mode
        if mode == "same-origin":
            reason = "mode same-origin refuses every other origin"
            return Failure(rules.MODE, reason, "request", ":mode", mode, "cors")
        if mode == "no-cors":
            reason = (
                "mode no-cors sends the request, but the answer is opaque: script reads neither"
                " status nor headers nor body; use mode cors and let the server allow it"
            )
            return Failure(rules.MODE, reason, "request", ":mode", mode, "cors")
        if self.target is not None and self.target.scheme not in ("http", "https"):
            reason = f"scheme '{printable(self.target.scheme)}' is not http or https"
            return Failure(rules.SAME_ORIGIN, reason, "request", ":scheme", self.target.scheme)
        self.trail.step(rules.MODE, "cors")
        return None

    def _preflight(self, hop: Hop) -> Failure | None:
        needed = needs_preflight(self.method, self.headers, self.trail)
        if not needed:
            if hop.preflight is not None:
                message = "given, but no preflight is needed: the browser sends none"
                self.trail.problem("preflight", message, rules.METHOD_SAFELISTED.reference)
            return None
        self.preflight_needed = True
        wanted = self._wanted()
        if self.cache.covers(self._key(), wanted, self.trail, now=self.now):
            self.preflight_allowed = True
            return None
        self.preflight_headers = preflight_request_headers(wanted)
        self.trail.step(rules.PREFLIGHT_REQUEST, "sent first")
        if hop.preflight is None:
            asked = ", ".join(f"{name}: {value}" for name, value in self.preflight_headers)
            return _not_given(
                "preflight",
                f"the browser first sends a preflight, OPTIONS with {printable(asked)}, and its"
                " answer is missing",
            )
        advise_on_preflight(hop.preflight, self._target_origin(), wanted.origin, self.trail)
        failure = check_preflight(hop.preflight, wanted, self.trail)
        self.preflight_allowed = failure is None
        if failure is None:
            self.max_age = self.cache.store(
                self._key(), hop.preflight.headers, wanted, self.trail, now=self.now
            )
        return failure

    def _response(self, hop: Hop) -> Failure | None:
        response = hop.response
        if response is None:
            return self._no_response()
        is_redirect = response.status in REDIRECT_STATUSES
        advise_on_response(response, self._target_origin(), self.request.origin, self.trail)
        if response.status in UNCHECKED_STATUSES:
            self._note_unchecked(response)
            return None
        self.trail.step(rules.ANY_STATUS, f"{response.status or 'status not known'}, checked")
        if is_redirect:
            self.trail.step(rules.EVERY_HOP, "a redirect is checked like any answer")
        failure = cors_check(
            response.headers,
            origin=self._serialized_origin(),
            credentials=self.request.credentials,
            answer="redirect" if is_redirect else "response",
            trail=self.trail,
        )
        self.response_allowed = failure is None
        return failure and _with_status(failure, response.status)

    def _no_response(self) -> Failure | None:
        if not self.preflight_allowed:
            return _not_given("response", "there is no answer to look at")
        self.trail.problem(
            "response",
            "the answer to the request itself is missing, and must pass the CORS check too",
        )
        return None

    def _note_unchecked(self, response: Response) -> None:
        self.trail.step(rules.ANY_STATUS, f"{response.status}, not checked")
        self.response_allowed = True
        stand_in = "stored response" if response.status == 304 else "answer after authentication"
        self.trail.problem(
            "response",
            f"status {response.status} is not checked itself: the {stand_in} is",
            rules.ANY_STATUS.reference,
        )

    def _wanted(self) -> Wanted:
        return Wanted(
            self.method,
            tuple(unsafe_request_header_names(self.headers)),
            frozenset(ascii_lower(name) for name, _ in self.headers),
            self._serialized_origin(),
            self.request.credentials,
        )

    def _key(self) -> PreflightKey:
        # The partition is the site of the page at the top; here the page is all there is.
        url = self.target.url.partition("#")[0] if self.target else ""
        return PreflightKey(self.request.origin, self._serialized_origin(), url)

    def _serialized_origin(self) -> str:
        return OPAQUE if self.tainted else self.request.origin

    def _target_origin(self) -> Origin | None:
        return self.target.origin if self.target else None

    # From one hop to the next.

    def _leads_on(self, hop: Hop, has_next: bool) -> bool:
        response = hop.response
        if response is None or response.status not in REDIRECT_STATUSES:
            return False
        return has_next or "location" in response.headers

    def _missing_hop(self) -> Failure | None:
        response = self.last
        if response is None or response.status not in REDIRECT_STATUSES:
            return None
        where = response.headers.get("location")
        if where is None or self.response_allowed is None:
            return None
        return _not_given(
            "response", f"it redirects to '{printable(where)}', and the answer of that is missing"
        )

    def _redirect(self, hop: Hop) -> Failure | None:
        """Move on to the next URL."""
        assert self.last is not None
        where = self.last.headers.get("location") or hop.url
        if where is None:
            reason = "the redirect names no Location"
            return Failure(rules.REDIRECT_LIMITS, reason, "redirect", "Location")
        base = self.target.url if self.target else None
        try:
            following = locate(where, base)
        except FieldSyntaxError as error:
            return _bad_location(error.message, where)
        failure = self._check_location(following)
        if failure is None:
            self._rewrite(following)
        return failure

    def _check_location(self, following: Location) -> Failure | None:
        url = printable(following.url)
        self.redirects += 1
        if following.scheme not in ("http", "https"):
            return _bad_location(f"the redirect leads to '{url}', which is not http or https", url)
        if self.redirects > MOST_REDIRECTS:
            return _bad_location(f"more than {MOST_REDIRECTS} redirects", url)
        crosses = str(following.origin) != self.request.origin
        if following.has_credentials and (crosses or self.is_cors):
            return _bad_location(f"the redirect leads to '{url}', with user:password in it", url)
        self.trail.step(rules.REDIRECT_LIMITS, f"number {self.redirects}, to '{url}'")
        return None

    def _rewrite(self, following: Location) -> None:
        status = self.last.status if self.last else None
        if (status in (301, 302) and self.method == "POST") or (
            status == 303 and self.method not in ("GET", "HEAD")
        ):
            self.method = "GET"
            self.headers = self.headers.without(*BODY_HEADER_NAMES)
        current = self._target_origin()
        if current != following.origin:
            self.headers = self.headers.without(*NON_WILDCARD_NAMES)
            # A second origin sends on to a third one, and must not learn where it began.
            if current is None or str(current) != self.request.origin:
                self.tainted = True
        self.trail.step(rules.TAINTED_ORIGIN, f"Origin: {self._serialized_origin()}")
        self.target = following

    # The end.

    def verdict(self, failure: Failure | None) -> FetchVerdict:
        allowed = failure is None
        exposed, hidden = self._exposure(allowed)
        return FetchVerdict(
            allowed,
            failure.reason if failure else self._success(),
            failure.rule.reference if failure else self._success_reference(),
            self.trail.problems,
            tuple(self.trail.steps),
            allowed,
            self.preflight_needed,
            self.preflight_allowed,
            self.response_allowed,
            failure.rule.text if failure else None,
            failure.answer if failure else None,
            failure.header if failure else None,
            failure.received if failure else None,
            failure.would_pass if failure else None,
            exposed,
            hidden,
            self._origin_sent(),
            self.target.url if self.target else self.request.url,
            self.preflight_headers,
            self.max_age,
        )

    def _exposure(self, allowed: bool) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
        if self.last is None:
            return None, ()
        names = tuple(self.last.headers.to_dict())
        if not allowed:
            return None, names
        if not self.is_cors:
            hidden = tuple(filter(is_forbidden_response_header, names))
            return tuple(name for name in names if name not in hidden), hidden
        readable, concealed = exposed_names(
            self.last.headers, credentials=self.request.credentials, trail=self.trail
        )
        return tuple(readable), tuple(concealed)

    def _origin_sent(self) -> str | None:
        if self.is_cors or self.method not in ("GET", "HEAD"):
            return self._serialized_origin()
        return None

    def _success(self) -> str:
        origin = printable(self.request.origin)
        if not self.is_cors:
            return f"the URL is of the page's own origin '{origin}', so CORS has no say"
        if self.last is None:
            return f"the preflight lets '{origin}' send the request"
        return f"a browser lets script from '{origin}' read the answer"

    def _success_reference(self) -> str:
        if not self.is_cors:
            return rules.SAME_ORIGIN.reference
        rule = rules.ORIGIN_EQUAL if self.last else rules.HEADERS_ALLOWED
        return rule.reference


def _has_line_break(value: str) -> bool:
    # Outer ones are trimmed; within a value they, and NUL, are a TypeError.
    return any(control in value.strip(" \t\r\n") for control in "\0\r\n")


def _not_given(answer: str, reason: str) -> Failure:
    rule = rules.OK_STATUS if answer == "preflight" else rules.ALLOW_ORIGIN_PRESENT
    return Failure(rule, reason, answer)


def _bad_location(reason: str, where: str) -> Failure:
    return Failure(rules.REDIRECT_LIMITS, reason, "redirect", "Location", printable(where))


def _with_status(failure: Failure, status: int | None) -> Failure:
    """Say where an error of the server only looks like one of CORS."""
    if status is None or status < 400 or failure.rule is not rules.ALLOW_ORIGIN_PRESENT:
        return failure
    if failure.received is not None:
        return failure
    reason = (
        f"status {status} came without Access-Control-Allow-Origin: the browser will speak of CORS,"
        f" but the fault to look for is the {status}; send the CORS headers on errors too"
    )
    return failure._replace(reason=reason)
