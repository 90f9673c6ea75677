"""
A cache: stored responses, and what becomes of each request.

How this works. `look_up` only decides: it answers from the store, or says which request to forward.
Whoever asked forwards it and hands the response to `receive`, or tells `give_up` that none came.
`handle` does all three around a function that sends. Nothing here opens a connection or looks at a
clock.

Source: RFC 9111, RFC 5861, RFC 9211.
"""

from __future__ import annotations

from collections.abc import Callable

from httpheaders.answer import Step
from httpheaders.cache_policy import (
    Reuse,
    Storability,
    StoredResponse,
    assess_reuse,
    assess_storing,
    may_serve_stale,
    request_directives,
    stale_if_error_allows,
    stored_response,
)
from httpheaders.cache_responses import is_conditional, response_from
from httpheaders.cache_settings import SHARED_CACHE, CacheSettings
from httpheaders.cache_status import format_cache_status
from httpheaders.cache_store import CacheStore
from httpheaders.cache_validation import (
    freshened,
    head_confirms,
    identified_for_update,
    invalidated_uris,
    storable_headers,
    validation_request,
    without_hop_by_hop,
)
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.partial_content import combined, request_for_rest
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.grammar import parse_octet_count

__all__ = ["ERRORS", "Cache", "CacheAnswer", "Lookup", "Send"]

Send = Callable[[Request], Response]

# "an error is any situation which would result in a 500, 502, 503 or 504": RFC 5861 section 4
ERRORS = frozenset({500, 502, 503, 504})


class Lookup(NamedTuple):
    """
    What a cache decides when a request comes in.

    Attributes:
        outcome: "hit" or "stale" (answer with `response`), "forward", or "miss" with a `response`
            when the client wants nothing that is not stored.
        response: the answer, or None.
        forward: the request to send; with an answer, it is sent in the background.
        reason: one clause.
        reference: the rule that decided.
        fwd: why the request goes forward, in the words of RFC 9211 section 2.2; or None.
        request: as it came from the client.
        chosen: the stored response considered, or None.
        candidates: those that `forward` validates.
        completing: the stored part that `forward` asks the rest of, or None.
        ttl: seconds of freshness left, negative when stale; None when nothing was chosen.
        steps: every rule tried, where they are asked for.
        explain: whether they are.
    """

    outcome: str
    response: Response | None
    forward: Request | None
    reason: str
    reference: str
    fwd: str | None
    request: Request
    chosen: StoredResponse | None = None
    candidates: tuple[StoredResponse, ...] = ()
    completing: StoredResponse | None = None
    ttl: float | None = None
    steps: tuple[Step, ...] = ()
    explain: bool = False

    def in_background(self) -> Lookup:
        """Give what the revalidation that `forward` asks for is to the cache: its own request."""
        assert self.forward is not None
        headers = self.forward.headers.without("If-None-Match", "If-Modified-Since")
        return self._replace(request=self.forward._replace(headers=headers), response=None)

    def once_more(self, again: Request) -> Lookup:
        """Give what stands for it when another request has to be sent after all."""
        return self._replace(candidates=(), completing=None, forward=again)


class CacheAnswer(NamedTuple):
    """
    What became of a request.

    Attributes:
        response: for the client; None when `again` has to be sent first.
        outcome: "hit", "miss", "revalidated" (a 304 came), "refreshed" (a new response came),
            "stale", or "bypass" (nothing of it can be stored or answered from the store).
        reason: one clause.
        reference: the rule that decided.
        stored: whether the origin's response was stored.
        again: a request to send after all, the last answer having been of no use.
        steps: every rule tried, where they are asked for.
    """

    response: Response | None
    outcome: str
    reason: str
    reference: str
    stored: bool = False
    again: Request | None = None
    steps: tuple[Step, ...] = ()


class Cache:
    """
    A cache that follows RFC 9111.

    Args:
        settings: the kind of cache.
        store: where it keeps responses.
        name: what it calls itself in Cache-Status (RFC 9211); None to send no such field.

    One cache is used by one thread at a time.

    >>> cache = Cache()
    >>> page = Response(200, Headers([("Cache-Control", "max-age=60")]), b"hello")
    >>> for _ in range(2):
    ...     answer = cache.handle(Request("GET", "http://a.example/"), lambda request: page,
    ...                           lambda: 1000.0)
    ...     print(answer.outcome, answer.response.body)
    miss b'hello'
    hit b'hello'
    """

    def __init__(
        self,
        settings: CacheSettings = SHARED_CACHE,
        store: CacheStore | None = None,
        *,
        name: str | None = None,
    ) -> None:
        self.settings = settings
        self.store = CacheStore() if store is None else store
        self._name = name

    # -- the whole way --------------------------------------------------------------------------

    def handle(
        self,
        request: Request,
        send: Send,
        clock: Callable[[], float],
        *,
        background: Callable[[Callable[[], None]], None] | None = None,
        explain: bool = False,
    ) -> CacheAnswer:
        """
        Answer a request, sending what has to be sent.

        Args:
            request: of the client.
            send: forwards a request and gives the response; raises OSError when none comes.
            clock: gives the time, seconds since 1970.
            background: runs a revalidation that nobody waits for, in its own time; without it
                that happens before the answer is given.
            explain: list every rule tried.

        Source: RFC 9111 section 4.
        """
        lookup = self.look_up(request, now=clock(), explain=explain)
        if lookup.response is not None:
            if lookup.forward is not None:
                run = background or _at_once
                run(lambda: self._renew(lookup, send, clock))
            return self._finished(lookup, _answer_of(lookup))
        return self._finished(lookup, self._forward(lookup, send, clock))

    def _forward(self, lookup: Lookup, send: Send, clock: Callable[[], float]) -> CacheAnswer:
        assert lookup.forward is not None
        answer = self._exchange(lookup, lookup.forward, send, clock)
        if answer.again is not None:
            answer = self._exchange(lookup.once_more(answer.again), answer.again, send, clock)
        return answer

    def _renew(self, lookup: Lookup, send: Send, clock: Callable[[], float]) -> None:
        self._forward(lookup.in_background(), send, clock)

    def _exchange(
        self, lookup: Lookup, forward: Request, send: Send, clock: Callable[[], float]
    ) -> CacheAnswer:
        request_time = clock()
        try:
            response = send(forward)
        except OSError:
            return self.give_up(lookup, now=clock())
        return self.receive(lookup, response, request_time=request_time, now=clock())

    # -- deciding ---------------------------------------------------------------------------------

    def look_up(self, request: Request, *, now: float, explain: bool = False) -> Lookup:
        """
        Decide what becomes of a request, from what is stored.

        Source: RFC 9111 sections 4 and 4.3.1.
        """
        lookup = self._look_up(request, now, explain)
        if not explain:
            return lookup
        steps = lookup.steps or (Step("the store", lookup.reason, lookup.reference),)
        return lookup._replace(steps=steps, explain=True)

    def _look_up(self, request: Request, now: float, explain: bool) -> Lookup:
        method = request.method or "GET"
        if method not in ("GET", "HEAD"):
            # "A cache MUST write through requests with methods that are unsafe"
            return self._forwarding(
                request, f"{method} requests are written through", "method", "RFC 9111 section 4"
            )
        variants = self.store.variants_for(request)
        matching = [one for one in variants if _could_answer(one, method, request.headers)]
        if not matching:
            return self._nothing_matches(request, variants)
        chosen = matching[0]
        if len(matching) > 1:
            chosen = max(matching, key=_preference)
        reuse = assess_reuse(
            chosen,
            request,
            now=now,
            settings=self.settings,
            selected=not explain,
            explain=explain,
        )
        lookup = self._of_chosen(request, chosen, matching, reuse, now)
        return lookup._replace(steps=reuse.steps) if explain else lookup

    def _of_chosen(
        self,
        request: Request,
        chosen: StoredResponse,
        matching: list[StoredResponse],
        reuse: Reuse,
        now: float,
    ) -> Lookup:
        if chosen.part is not None:
            return self._look_up_part(request, chosen, reuse, now)
        if reuse.ok:
            return self._from_store(request, chosen, reuse, now)
        return self._validating(request, chosen, matching, reuse)

    def _nothing_matches(self, request: Request, variants: list[StoredResponse]) -> Lookup:
        variants = [one for one in variants if one.part is None and one.method == "GET"]
        if request_directives(request.headers).only_if_cached:
            return self._not_cached(request)
        if not variants:
            return self._forwarding(
                request, "nothing is stored for this URI", "uri-miss", "RFC 9111 section 4"
            )
        forward = validation_request(request, variants)
        return Lookup(
            "forward", None, forward, "what is stored is for requests with other fields",
            "RFC 9111 section 4.1", "vary-miss", request, None, tuple(variants),
        )  # fmt: skip

    def _from_store(
        self, request: Request, chosen: StoredResponse, reuse: Reuse, now: float
    ) -> Lookup:
        response = response_from(chosen, request, now=now)
        self.store.touch(chosen)
        outcome = "hit" if reuse.verdict == "fresh" else "stale"
        forward: Request | None = None
        candidates: tuple[StoredResponse, ...] = ()
        if reuse.verdict == "stale-while-revalidate":
            forward, candidates = validation_request(request, [chosen], own=True), (chosen,)
        return Lookup(
            outcome, response, forward, reuse.reason, reuse.reference or "", None, request, chosen,
            candidates, ttl=reuse.ttl,
        )  # fmt: skip

    def _validating(
        self, request: Request, chosen: StoredResponse, matching: list[StoredResponse], reuse: Reuse
    ) -> Lookup:
        if request_directives(request.headers).only_if_cached:
            return self._not_cached(request)
        # One of several with the same key cannot be: all that match are worth naming.
        whole = [one for one in matching if one.part is None and one.method == "GET"]
        candidates = tuple(whole or [chosen])
        forward = validation_request(request, candidates)
        fwd = "request" if chosen.is_fresh(chosen.response_time) and reuse.ttl > 0 else "stale"
        return Lookup(
            "forward", None, forward, reuse.reason, reuse.reference or "", fwd, request, chosen,
            candidates, ttl=reuse.ttl,
        )  # fmt: skip

    def _look_up_part(
        self, request: Request, chosen: StoredResponse, reuse: Reuse, now: float
    ) -> Lookup:
        response = response_from(chosen, request, now=now)
        if response is not None and reuse.ok:
            return self._from_store(request, chosen, reuse, now)._replace(response=response)
        if request_directives(request.headers).only_if_cached:
            return self._not_cached(request)
        if response is not None:
            return self._validating(request, chosen, [chosen], reuse)
        rest = request_for_rest(chosen, request) if reuse.ok else None
        forward = rest or request._replace(headers=without_hop_by_hop(request.headers))
        return Lookup(
            "forward", None, forward, "only a part of it is stored", "RFC 9111 section 3.3",
            "partial", request, chosen, completing=chosen if rest else None, ttl=reuse.ttl,
        )  # fmt: skip

    def _forwarding(self, request: Request, reason: str, fwd: str, reference: str) -> Lookup:
        if request_directives(request.headers).only_if_cached and fwd != "method":
            return self._not_cached(request)
        forward = request._replace(headers=without_hop_by_hop(request.headers))
        return Lookup("forward", None, forward, reason, reference, fwd, request)

    def _not_cached(self, request: Request) -> Lookup:
        return Lookup(
            "miss", Response(504, Headers(), b""), None,
            "the request says 'only-if-cached', and nothing stored answers it",
            "RFC 9111 section 5.2.1.7", None, request,
        )  # fmt: skip

    # -- what came back ---------------------------------------------------------------------------

    def receive(
        self,
        lookup: Lookup,
        response: Response,
        *,
        request_time: float,
        now: float,
        keep: bool = True,
    ) -> CacheAnswer:
        """
        Take the origin's response to `lookup.forward`, and answer the client.

        Args:
            lookup: that said what to forward.
            response: that came.
            request_time: when the request was sent.
            now: when the response came.
            keep: whether it may be stored as it is; not where its content was let go.

        Source: RFC 9111 sections 3, 4.3.3, 4.3.5 and 4.4.
        """
        for uri in invalidated_uris(lookup.request, response):
            self.store.remove_uri(uri)
        if response.status == 304:
            return self._not_modified(lookup, response, request_time, now)
        if lookup.completing is not None:
            return self._completed(lookup, response, request_time, now)
        if response.status in ERRORS:
            standing_in = self._instead_of_error(lookup, response, now)
            if standing_in is not None:
                return standing_in
        if lookup.request.method == "HEAD" and response.status == 200:
            self._freshen_by_head(lookup.request, response, request_time, now)
        return self._new_response(lookup, response, request_time, now, keep=keep)

    def _new_response(
        self,
        lookup: Lookup,
        response: Response,
        request_time: float,
        now: float,
        *,
        keep: bool = True,
    ) -> CacheAnswer:
        request = lookup.forward or lookup.request
        storing = assess_storing(request, response, settings=self.settings, explain=lookup.explain)
        if storing.ok and not keep:
            storing = storing._replace(ok=False, reason="its content is more than is kept")
        answer = self._stored_or_not(lookup, request, response, storing, request_time, now)
        return answer._replace(steps=storing.steps) if lookup.explain else answer

    def _stored_or_not(
        self,
        lookup: Lookup,
        request: Request,
        response: Response,
        storing: Storability,
        request_time: float,
        now: float,
    ) -> CacheAnswer:
        stored = storing.ok and self._store(request, response, request_time, now)
        passed_on = response._replace(headers=without_hop_by_hop(response.headers))
        if lookup.fwd == "method" and not stored:
            return CacheAnswer(passed_on, "bypass", lookup.reason, lookup.reference)
        if lookup.fwd in ("stale", "request") and (response.status or 0) < 500:
            if not stored and request.method == "GET":
                # "none of the stored responses … are suitable": the origin has something else now.
                for candidate in lookup.candidates:
                    self.store.remove(candidate)
            reason = f"{lookup.reason}; the origin sent a new response"
            return CacheAnswer(passed_on, "refreshed", reason, lookup.reference, stored)
        if not storing.ok:
            return CacheAnswer(passed_on, "bypass", storing.reason, storing.reference or "")
        return CacheAnswer(passed_on, "miss", lookup.reason, lookup.reference, stored)

    def _store(self, request: Request, response: Response, request_time: float, now: float) -> bool:
        body = response.body
        if _is_cut_short(request, response):
            return False
        stored = stored_response(
            request._replace(body=None),
            response,
            request_time=request_time,
            response_time=now,
            settings=self.settings,
        )
        headers = storable_headers(response.headers, stored.governing.directives, self.settings)
        if "Date" not in headers:
            # "MUST record the time it was received and append a corresponding Date": 9110 6.6.1
            headers = headers.added("Date", format_http_date(now))
        stored = stored._replace(response=response._replace(headers=headers, body=body))
        return self.store.put(self._joined_with_parts(stored))

    def _joined_with_parts(self, stored: StoredResponse) -> StoredResponse:
        if stored.part is None:
            return stored
        for other in self.store.variants(stored.uri):
            if other.part is not None and other.key == stored.key:
                whole = combined(other, stored, settings=self.settings)
                if whole is not None:
                    return whole
        return stored

    def _not_modified(
        self, lookup: Lookup, response: Response, request_time: float, now: float
    ) -> CacheAnswer:
        identified = identified_for_update(lookup.candidates, response.headers, now=now)
        updated = [
            freshened(one, response, request_time=request_time, response_time=now,
                      settings=self.settings)
            for one in identified
        ]  # fmt: skip
        for one in updated:
            self.store.put(one)
        if updated:
            return self._revalidated(lookup, updated, now)
        if not is_conditional(lookup.forward):
            passed_on = response._replace(headers=without_hop_by_hop(response.headers))
            return CacheAnswer(
                passed_on, "miss", "the origin answers 304 to a request without preconditions",
                "RFC 9110 section 15.4.5",
            )  # fmt: skip
        if is_conditional(lookup.request):
            # The client has a stored response of its own that this is about.
            passed_on = response._replace(headers=without_hop_by_hop(response.headers))
            return CacheAnswer(
                passed_on, "miss", f"{lookup.reason}; the client's own copy is current",
                "RFC 9111 section 4.3.3",
            )  # fmt: skip
        return self._again(lookup, "the 304 is about none of the stored responses")

    def _revalidated(
        self, lookup: Lookup, updated: list[StoredResponse], now: float
    ) -> CacheAnswer:
        newest = max(updated, key=lambda one: one.date_or_receipt)
        if newest.vary is not None and not newest.selects(lookup.request.headers):
            newest = self._adopted(newest, lookup.request)
        response = response_from(newest, lookup.request, now=now)
        if response is None:
            return self._again(lookup, "the part that is stored does not answer the request")
        return CacheAnswer(
            response, "revalidated", f"{lookup.reason}; the origin says it has not changed",
            "RFC 9111 section 4.3.3", True,
        )  # fmt: skip

    def _adopted(self, stored: StoredResponse, request: Request) -> StoredResponse:
        # The origin chose, for this request, what had been stored for another variant.
        own = stored_response(
            request._replace(body=None),
            stored.response,
            request_time=stored.request_time,
            response_time=stored.response_time,
            settings=self.settings,
        )
        self.store.put(own)
        return own

    def _again(self, lookup: Lookup, reason: str) -> CacheAnswer:
        headers = without_hop_by_hop(lookup.request.headers)
        again = lookup.request._replace(headers=headers)
        return CacheAnswer(None, "miss", reason, "RFC 9111 section 4.3.4", again=again)

    def _completed(
        self, lookup: Lookup, response: Response, request_time: float, now: float
    ) -> CacheAnswer:
        assert lookup.completing is not None
        if response.status == 200:
            plain = lookup._replace(completing=None, forward=lookup.request)
            return self._new_response(plain, response, request_time, now)
        rest = stored_response(
            lookup.request, response, request_time=request_time, response_time=now,
            settings=self.settings,
        )  # fmt: skip
        whole = combined(lookup.completing, rest, settings=self.settings)
        if whole is None or whole.part is not None:
            return self._again(lookup, "the rest could not be joined to the part that is stored")
        self.store.remove(lookup.completing)
        stored = self.store.put(whole)
        return CacheAnswer(
            response_from(whole, lookup.request, now=now), "revalidated",
            f"{lookup.reason}; the origin sent the rest", "RFC 9111 section 3.4", stored,
        )  # fmt: skip

    def _freshen_by_head(
        self, request: Request, response: Response, request_time: float, now: float
    ) -> None:
        for one in self.store.variants_for(request):
            if not _could_answer(one, "GET", request.headers):
                continue
            if head_confirms(one, response, now=now):
                one = freshened(
                    one, response, request_time=request_time, response_time=now,
                    settings=self.settings,
                )  # fmt: skip
            else:
                one = one._replace(marked_stale=True)
            self.store.put(one)

    # -- when the origin fails ----------------------------------------------------------------

    def give_up(self, lookup: Lookup, *, now: float) -> CacheAnswer:
        """
        Answer the client though no response came.

        Source: RFC 9111 sections 4.2.4 and 5.2.2.2.
        """
        response = self._stale_response(lookup, now)
        if response is not None:
            return CacheAnswer(
                response, "stale", f"{lookup.reason}; the origin does not answer",
                "RFC 9111 section 4.2.4",
            )  # fmt: skip
        return CacheAnswer(
            Response(504, Headers(), b""), "miss",
            f"{lookup.reason}; the origin does not answer, and nothing stored may stand in",
            "RFC 9111 section 5.2.2.2",
        )  # fmt: skip

    def _stale_response(self, lookup: Lookup, now: float) -> Response | None:
        chosen = lookup.chosen
        if chosen is None:
            return None
        allowed = may_serve_stale(chosen, lookup.request, settings=self.settings)
        if not allowed and not stale_if_error_allows(
            chosen, lookup.request, now=now, settings=self.settings
        ):
            return None
        return response_from(chosen, lookup.request, now=now)

    def _instead_of_error(
        self, lookup: Lookup, response: Response, now: float
    ) -> CacheAnswer | None:
        chosen = lookup.chosen
        if chosen is None or chosen.part is not None:
            return None
        if not stale_if_error_allows(chosen, lookup.request, now=now, settings=self.settings):
            return None
        return CacheAnswer(
            response_from(chosen, lookup.request, now=now), "stale",
            f"the origin answers {response.status}, for which 'stale-if-error' lets the stale "
            "response stand in", "RFC 5861 section 4",
        )  # fmt: skip

    # -- Cache-Status ------------------------------------------------------------------------------

    def _finished(self, lookup: Lookup, answer: CacheAnswer) -> CacheAnswer:
        if lookup.explain:
            answer = answer._replace(steps=(*lookup.steps, *answer.steps))
        if self._name is None or answer.response is None:
            return answer
        response = answer.response
        member = format_cache_status(
            self._name,
            hit=lookup.outcome in ("hit", "stale"),
            ttl=lookup.ttl,
            fwd=lookup.fwd,
            fwd_status=304 if answer.outcome == "revalidated" else None,
            stored=answer.stored,
        )
        # Each cache adds a member behind those nearer the origin: RFC 9211 section 2
        headers = response.headers.added("Cache-Status", member)
        return answer._replace(response=response._replace(headers=headers))


def _answer_of(lookup: Lookup) -> CacheAnswer:
    return CacheAnswer(lookup.response, lookup.outcome, lookup.reason, lookup.reference)


def _at_once(revalidate: Callable[[], None]) -> None:
    revalidate()


def _could_answer(stored: StoredResponse, method: str, headers: Headers) -> bool:
    if stored.method == "HEAD" and method != "HEAD":
        return False
    return stored.selects(headers)


def _preference(stored: StoredResponse) -> tuple[bool, bool, bool, float]:
    # 4.1: with several, "the most recent … stored response with a valid Vary field value"; a part
    # is second to a whole, unless it is all that was asked for.
    whole = stored.part is None
    return whole, stored.method == "GET", bool(stored.vary), stored.date_or_receipt


def _is_cut_short(request: Request, response: Response) -> bool:
    # RFC 9112 section 8: fewer octets than Content-Length says are an incomplete message.
    if response.status != 200 or request.method == "HEAD" or response.body is None:
        return False
    length = parse_octet_count(response.headers.get("Content-Length") or "")
    return length is not None and len(response.body) < length
