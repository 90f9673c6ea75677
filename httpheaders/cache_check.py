"""
Why is this (not) cached? One response, seen by one kind of cache at one moment.

Source: RFC 9111 sections 3 to 5, RFC 5861, RFC 9213.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpheaders.answer import Problem, Step
from httpheaders.cache_control_problems import contradictions, directive_problems
from httpheaders.cache_policy import (
    StoredResponse,
    assess_reuse,
    assess_storing,
    forbids_stale,
    stored_response,
)
from httpheaders.cache_settings import SHARED_CACHE
from httpheaders.cache_validation import (
    fields_not_reused,
    head_confirms,
    identified_for_update,
    updated_headers,
    validation_request,
)
from httpheaders.entity_tag_values import read_entity_tag
from httpheaders.freshness import date_of
from httpheaders.messages.message import Request
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS_CHARACTERS, ascii_lower, parse_delta_seconds
from httpheaders.syntax.seconds import shown_seconds
from httpheaders.targeted_cache_control import governing_directives, parse_targeted_field
from httpheaders.vary import vary_problems

if TYPE_CHECKING:
    from httpheaders.cache_control import CacheControl
    from httpheaders.cache_policy import Reuse, Storability
    from httpheaders.cache_settings import CacheSettings
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Response
    from httpheaders.vary import VaryKey

__all__ = ["CacheCheck", "caching_problems", "check_caching"]

_GET = Request("GET")
_INCOMPLETE = "RFC 9111 section 3.3"


class CacheCheck(NamedTuple):
    """
    What a cache may do with a response.

    Attributes:
        storable: whether it may be stored.
        fresh: whether it is fresh now.
        freshness_lifetime: seconds; None when nothing gives one.
        age: seconds.
        ttl: seconds of freshness left, negative when stale.
        reusable: whether the new request (or the same one again) may be answered without
            validation.
        must_revalidate: whether it may never be used stale.
        revalidation: the fields of a request that would validate it; None when there is nothing
            stored to validate, or no validator.
        stale_while_revalidate: seconds for which it may yet be used stale while it is renewed;
            None when that is not allowed.
        stale_if_error: the same when the origin fails.
        vary_key: the selecting fields; None when no request can select it.
        validated: whether the validation response says that it still holds; None without one.
        headers: of the stored response, updated by the validation response; None without one.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    storable: bool
    fresh: bool
    freshness_lifetime: float | None
    age: float
    ttl: float
    reusable: bool
    must_revalidate: bool
    revalidation: Headers | None
    stale_while_revalidate: float | None
    stale_if_error: float | None
    vary_key: VaryKey | None
    validated: bool | None = None
    headers: Headers | None = None


def check_caching(
    request: Request | None,
    response: Response,
    *,
    now: float,
    received: float | None = None,
    age: float | None = None,
    new_request: Request | None = None,
    validation_response: Response | None = None,
    settings: CacheSettings = SHARED_CACHE,
    explain: bool = False,
) -> CacheCheck:
    """
    Say whether a response may be stored, is fresh, and may answer a request, and why.

    Args:
        request: that it answered; None stands for a GET.
        response: as received.
        now: the moment of the question.
        received: when the response came; `now` when that is not known.
        age: the age it had then, in place of what Age and Date say.
        new_request: that it is to answer; what it leaves out is as in `request`.
        validation_response: what the origin answered to a validation.
        settings: the kind of cache.
        explain: list every rule tried.

    Source: RFC 9111 sections 3 and 4.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Response
    >>> answer = check_caching(None, Response(200, Headers([("Cache-Control", "no-store")])), now=0)
    >>> answer.storable, answer.reason
    (False, "Cache-Control says 'no-store'")
    """
    request = request or _GET
    time = now if received is None else received
    stored = stored_response(
        request, response, request_time=time, response_time=time, settings=settings
    )
    if age is not None:
        stored = stored._replace(initial_age=age)
    storing = assess_storing(
        request, response, settings=settings, governing=stored.governing, explain=explain
    )
    presented = _completed(new_request, request) if new_request else request
    reuse = assess_reuse(stored, presented, now=now, settings=settings, explain=explain)
    left_out = _left_out(response.headers, stored.governing.directives, settings)
    if left_out:
        reuse = _without_fields(reuse, left_out)
    if stored.part is not None:
        reuse = _of_part(stored, presented if new_request else None, reuse)
    check = _check(stored, storing, reuse, presented, now, settings, explain)
    if new_request is not None:
        check = check._replace(ok=check.reusable)
        if storing.ok:
            check = check._replace(reason=reuse.reason, reference=reuse.reference)
    check = check._replace(problems=tuple(caching_problems(request, response, settings, now=time)))
    if validation_response is None:
        return check
    is_head = "HEAD" in (presented.method, request.method)
    return _validated(check, stored, validation_response, settings, now, is_head=is_head)


def _completed(new: Request, old: Request) -> Request:
    """Fill in the target where the new request does not say it."""
    headers = new.headers
    host = old.headers.get("Host")
    if "Host" not in headers and host is not None and "://" not in (new.url or ""):
        headers = headers.replaced("Host", host)
    return new._replace(
        method=new.method or old.method or "GET", url=new.url or old.url, headers=headers
    )


def _left_out(headers: Headers, directives: CacheControl, settings: CacheSettings) -> list[str]:
    """Name the fields, as sent, that are there and may not be used again."""
    named = fields_not_reused(directives, settings)
    if not named:
        return []
    return list(dict.fromkeys(name for name, _ in headers if ascii_lower(name) in named))


def _without_fields(reuse: Reuse, names: list[str]) -> Reuse:
    left_out = f"without {', '.join(names)}"
    step = Step("fields that no-cache or private names", left_out, "RFC 9111 section 5.2.2.4")
    reason = f"{reuse.reason}; {left_out}" if reuse.ok else reuse.reason
    return reuse._replace(reason=reason, steps=(*reuse.steps, step))


def _of_part(stored: StoredResponse, presented: Request | None, reuse: Reuse) -> Reuse:
    """Bound the use of a stored part; None presents the request that it answered again."""
    from httpheaders.partial_content import holds_range

    requirement = "what is stored is all that is asked for"
    if presented is None or not reuse.ok or holds_range(stored, presented):
        return reuse._replace(steps=(*reuse.steps, Step(requirement, "holds", _INCOMPLETE)))
    reason = "only a part of it is stored, and not the range that the request is for"
    return reuse._replace(
        ok=False,
        reason=reason,
        reference=_INCOMPLETE,
        steps=(*reuse.steps, Step(requirement, reason, _INCOMPLETE)),
        verdict="mismatch",
    )


def _check(
    stored: StoredResponse,
    storing: Storability,
    reuse: Reuse,
    presented: Request,
    now: float,
    settings: CacheSettings,
    explain: bool,
) -> CacheCheck:
    directives, lifetime = stored.governing.directives, stored.lifetime
    no_stale = directives.no_cache or forbids_stale(directives, settings) is not None
    has_validator = any(name in stored.response.headers for name in ("ETag", "Last-Modified"))
    may_validate = storing.ok and has_validator and reuse.verdict != "mismatch"
    return CacheCheck(
        ok=storing.ok,
        reason=_summary(storing, reuse) if storing.ok else storing.reason,
        reference=reuse.reference if storing.ok else storing.reference,
        problems=(),
        steps=_steps(stored, storing, reuse, now) if explain else (),
        storable=storing.ok,
        fresh=stored.is_fresh(now),
        freshness_lifetime=None if lifetime.source == "none" else lifetime.seconds,
        age=round(reuse.age, 6),
        ttl=round(reuse.ttl, 6),
        reusable=storing.ok and reuse.verdict in ("fresh", "stale"),
        must_revalidate=no_stale,
        revalidation=validation_request(presented, [stored]).headers if may_validate else None,
        stale_while_revalidate=_window(directives.stale_while_revalidate, reuse.ttl, no_stale),
        stale_if_error=_window(directives.stale_if_error, reuse.ttl, no_stale),
        vary_key=None if stored.vary is None else stored.key,
    )


def _summary(storing: Storability, reuse: Reuse) -> str:
    return f"{storing.reason}; {reuse.reason}"


def _window(seconds: int | None, ttl: float, forbidden: bool) -> float | None:
    if seconds is None or forbidden:
        return None
    return max(0, seconds + min(0, ttl))


def _steps(
    stored: StoredResponse, storing: Storability, reuse: Reuse, now: float
) -> tuple[Step, ...]:
    field = stored.governing.field
    governing = Step("the field that decides", field, "RFC 9213 section 2.2")
    lifetime = Step("freshness lifetime", stored.lifetime.note, stored.lifetime.reference)
    resident = max(0, now - stored.response_time)
    at_first, since, sum_ = map(shown_seconds, (stored.initial_age, resident, reuse.age))
    age = Step(
        "current age",
        f"{at_first} s when received and {since} s since: {sum_} s",
        "RFC 9111 section 4.2.3",
    )
    return (governing, *storing.steps, lifetime, age, *reuse.steps)


def _validated(
    check: CacheCheck,
    stored: StoredResponse,
    answer: Response,
    settings: CacheSettings,
    now: float,
    *,
    is_head: bool,
) -> CacheCheck:
    if answer.status == 304:
        holds = bool(identified_for_update([stored], answer.headers, now=now))
        reason = "the 304 is about this response: its fields are updated"
        refusal = "the 304 is about another response: its validators are not the stored ones"
        reference = "RFC 9111 section 4.3.4"
    elif is_head:
        holds = answer.status == 200 and head_confirms(stored, answer, now=now)
        reason = "the response to HEAD describes the stored one: its fields are updated"
        refusal = "the response to HEAD describes another one than is stored"
        reference = "RFC 9111 section 4.3.5"
    else:
        holds, reason = False, ""
        refusal = f"the origin answered {answer.status}: the stored response is not confirmed"
        reference = "RFC 9111 section 4.3.3"
    old = stored.response.headers
    headers = updated_headers(
        old, answer.headers, settings=settings, partial=stored.part is not None
    )
    return check._replace(
        ok=holds,
        reason=reason if holds else refusal,
        reference=reference,
        validated=holds,
        headers=headers if holds else old,
    )


# -- what is odd -----------------------------------------------------------------------------------


def caching_problems(
    request: Request, response: Response, settings: CacheSettings = SHARED_CACHE, *, now: float
) -> list[Problem]:
    """
    List what in a response caches will not understand, or its sender will not have meant.

    Source: RFC 9111 section 5.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Response
    >>> response = Response(200, Headers([("Cache-Control", "no-store, max-age=60")]))
    >>> caching_problems(_GET, response, now=0)[0].message
    "'no-store' keeps the response out of every cache: delete 'max-age=60' or 'no-store'"
    """
    headers = response.headers
    problems = _of_cache_control(headers)
    problems += _of_targeted(headers, settings)
    problems += vary_problems(headers)
    problems += _of_times(headers, now)
    problems += _of_validators(headers)
    problems += _of_sharing(request, response, settings)
    if response.status is None:
        problems.append(Problem("status", "not given: taken as 200", "RFC 9111 section 3"))
    return problems


def _of_cache_control(headers: Headers) -> list[Problem]:
    from httpheaders.cache_control import parse_cache_control

    value = headers.joined("Cache-Control")
    if value is None:
        if parse_cache_control(headers.joined("Pragma")).no_cache:
            message = "Pragma means nothing in a response: send Cache-Control: no-cache"
            return [Problem("Pragma", message, "RFC 9111 section 5.4")]
        return []
    problems = directive_problems(value)
    has_expires = "Expires" in headers
    problems += contradictions(parse_cache_control(value), has_expires=has_expires)
    return problems


def _of_targeted(headers: Headers, settings: CacheSettings) -> list[Problem]:
    problems = []
    for field in dict.fromkeys(("CDN-Cache-Control", *settings.targets)):
        value = headers.joined(field)
        if value is None:
            continue
        directives = parse_targeted_field(value)
        if directives is None:
            message = "no Dictionary of structured fields, or empty: caches ignore the whole field"
            problems.append(Problem(field, message, "RFC 9213 section 2.1"))
            continue
        for name in directives.unreadable:
            message = f"'{name}' is no integer: a cache takes the response as stale"
            problems.append(Problem(field, message, "RFC 9213 section 2.1"))
        problems += contradictions(directives, where=field)
    return problems


def _of_times(headers: Headers, now: float) -> list[Problem]:
    problems = []
    meanings = {
        "Expires": ("already expired", "RFC 9111 section 5.3"),
        "Date": ("absent", "RFC 9110 section 6.6.1"),
        "Last-Modified": ("absent", "RFC 9110 section 8.8.2"),
    }
    for name, (meaning, reference) in meanings.items():
        if name in headers and date_of(headers, name, now=now) is None:
            message = f"no HTTP-date in one of its three forms: taken as {meaning}"
            problems.append(Problem(name, message, reference))
    age = headers.get("Age")
    if age is not None:
        first = age.partition(",")[0].strip(OWS_CHARACTERS)
        if parse_delta_seconds(first) is None:
            problems.append(
                Problem("Age", "no whole number of seconds: ignored", "RFC 9111 section 5.1")
            )
    if "Warning" in headers:
        problems.append(Problem("Warning", "obsolete: nobody reads it", "RFC 9111 section 5.5"))
    return problems


def _of_validators(headers: Headers) -> list[Problem]:
    etag, flaw = read_entity_tag(headers)
    if flaw is None:
        return []
    message = flaw if etag is None else f"{flaw}: send {etag}"
    return [Problem("ETag", message, "RFC 9110 section 8.8.3")]


def _of_sharing(request: Request, response: Response, settings: CacheSettings) -> list[Problem]:
    if not settings.shared or not assess_storing(request, response, settings=settings).ok:
        return []
    problems = []
    if "Set-Cookie" in response.headers and "set-cookie" not in fields_not_reused(
        governing_directives(response.headers, settings).directives, settings
    ):
        message = (
            "shared caches may store it and give the same cookie to everyone: "
            "add 'private' or no-cache=\"Set-Cookie\""
        )
        problems.append(Problem("Set-Cookie", message, "RFC 9111 section 7.3"))
    if "Authorization" in request.headers:
        message = (
            "'public', 'must-revalidate' or 's-maxage' lets shared caches store this response "
            "to an authorised request: write 'private' if it is for one user"
        )
        problems.append(Problem("Cache-Control", message, "RFC 9111 section 3.5"))
    return problems
