"""
What a server answers to a request, under a policy.

How this works: an answer is decided in the order of the protocol (is it a CORS request, is it a
preflight, is the origin let in, then for a preflight the method and the header names). Refused
answers carry no Access-Control field at all. Vary does not look at the outcome, only at whether
another request could have got another answer.

Source: Fetch sections "CORS protocol" and "CORS protocol and HTTP caches".
"""

from __future__ import annotations

from httpheaders import cors_rules as rules
from httpheaders.answer import Problem, Step
from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_rules import Rule, Trail
from httpheaders.cors_safelists import (
    NON_WILDCARD_NAMES,
    REPORT_TYPES,
    SAFELISTED_METHODS,
    essence_of,
    is_forbidden_method,
    list_of_tokens,
)
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import is_token
from httpheaders.syntax.origins import OPAQUE, parse_origin, printable

__all__ = ["CorsAnswer", "answer_cors", "is_preflight_request", "with_cors_headers"]

REFUSED_STATUS = 403


class CorsAnswer(NamedTuple):
    """
    What to send for CORS.

    Attributes:
        ok: the same as allowed.
        reason: what decided.
        reference: the rule that decided.
        problems: what is odd in the request or unwise in the policy.
        steps: every rule tried; empty unless asked for.
        allowed: whether the origin's script may go on: send the request, or read the answer.
        is_preflight: whether the request is a preflight, and so is answered by `status` alone.
        calls_application: false for a preflight: the request itself comes later.
        status: of the answer to a preflight; None when the application decides.
        headers: to put on the answer, with `with_cors_headers` where it has others already.
        origin: of the request; None when it has none.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    allowed: bool
    is_preflight: bool
    calls_application: bool
    status: int | None
    headers: Headers
    origin: str | None


class _Outcome(NamedTuple):
    """Whether the request is allowed, by which rule, in a sentence."""

    allowed: bool
    rule: Rule
    reason: str


def is_preflight_request(request: Request) -> bool:
    """
    Say whether a request is a preflight.

    A request whose method is not known counts as OPTIONS here: nothing but a preflight carries
    Access-Control-Request-Method.

    Source: Fetch section "HTTP requests".
    """
    headers = request.headers
    return (
        request.method in (None, "OPTIONS")
        and "origin" in headers
        and "access-control-request-method" in headers
    )


def answer_cors(request: Request, policy: CorsPolicy, *, explain: bool = False) -> CorsAnswer:
    """
    Decide what a server sends for CORS, and whether the application is called at all.

    Args:
        request: method and header fields are looked at; the URL is not.
        policy: what is allowed at this URL.
        explain: whether to give the steps.

    Source: Fetch sections "HTTP requests" and "HTTP responses".

    >>> policy = CorsPolicy(["https://app.example.com"])
    >>> request = Request("GET", "/", Headers([("Origin", "https://app.example.com")]))
    >>> answer_cors(request, policy).headers.pairs
    [('Access-Control-Allow-Origin', 'https://app.example.com'), ('Vary', 'Origin')]
    """
    trail = Trail(explain)
    origin = _origin_of(request, trail)
    preflight = is_preflight_request(request)
    _note_kind(request, policy, origin, preflight, trail)
    for finding in policy.warnings:
        trail.problem(f"policy {finding.kind}", finding.message, finding.reference)
    outcome = _decide_origin(origin, policy, trail)
    if preflight and outcome.allowed:
        outcome = _decide_preflight(request, policy, trail) or outcome
    pairs = _headers(request, origin, policy, preflight, outcome.allowed)
    _note_answer(policy, preflight, outcome.allowed, trail)
    status = policy.preflight_status if outcome.allowed else REFUSED_STATUS
    return CorsAnswer(
        outcome.allowed,
        outcome.reason,
        outcome.rule.reference,
        trail.problems,
        tuple(trail.steps),
        outcome.allowed,
        preflight,
        not preflight,
        status if preflight else None,
        Headers(pairs),
        origin,
    )


def _origin_of(request: Request, trail: Trail) -> str | None:
    lines = request.headers.get_all("origin")
    if len(lines) > 1:
        trail.problem("Origin", "two Origin fields: no browser sends them", _ORIGIN_REFERENCE)
    return ", ".join(lines).strip(" \t") if lines else None


_ORIGIN_REFERENCE = rules.ORIGIN_FORM.reference


def _note_kind(
    request: Request, policy: CorsPolicy, origin: str | None, preflight: bool, trail: Trail
) -> None:
    trail.step(rules.CORS_REQUEST, "has Origin" if origin is not None else "no Origin")
    trail.step(rules.PREFLIGHT_REQUEST, "a preflight" if preflight else "not a preflight")
    if origin is not None and (trail.explain or not policy.lists(origin)):
        _note_origin_form(origin, trail)
    if "access-control-request-private-network" in request.headers:
        trail.step(rules.PRIVATE_NETWORK, "asked for, not answered")
        trail.problem(
            "Access-Control-Request-Private-Network",
            "private network access was a draft that browsers dropped; nothing is sent for it",
            rules.PRIVATE_NETWORK.reference,
        )
    content_type = request.headers.get("content-type")
    if trail.explain and content_type is not None and essence_of(content_type) in REPORT_TYPES:
        trail.step(rules.REPORT_TYPES, "may arrive without a preflight")


def _note_origin_form(origin: str, trail: Trail) -> None:
    if origin == OPAQUE:
        trail.step(rules.ORIGIN_FORM, "null, an opaque origin")
        return
    try:
        parse_origin(origin)
    except FieldSyntaxError as error:
        trail.step(rules.ORIGIN_FORM, "malformed")
        trail.problem("Origin", error.message, _ORIGIN_REFERENCE)
    else:
        trail.step(rules.ORIGIN_FORM, "well formed")


def _decide_origin(origin: str | None, policy: CorsPolicy, trail: Trail) -> _Outcome:
    if policy.allows_any_origin:
        trail.step(rules.WILDCARD_ORIGIN, "every origin is allowed")
        reason = "every origin may read the answer, without credentials"
        return _Outcome(True, rules.WILDCARD_ORIGIN, reason)
    if origin is None:
        reason = (
            "the request has no Origin field, so there is nothing to allow: it is answered as"
            " usual, and no script of another origin can read the answer"
        )
        return _Outcome(False, rules.CORS_REQUEST, reason)
    if policy.allows(origin):
        trail.step(rules.ORIGIN_EQUAL, "on the list")
        return _Outcome(True, rules.ORIGIN_EQUAL, f"origin '{printable(origin)}' is allowed")
    trail.step(rules.ORIGIN_EQUAL, "not on the list")
    trail.step(rules.NO_ACCESS_CONTROL, "refused by leaving the Access-Control fields out")
    reason = f"origin '{printable(origin)}' is not among the allowed origins"
    return _Outcome(False, rules.ORIGIN_EQUAL, reason)


def _decide_preflight(request: Request, policy: CorsPolicy, trail: Trail) -> _Outcome | None:
    return _refused_method(request, policy, trail) or _refused_header(request, policy, trail)


def _refused_method(request: Request, policy: CorsPolicy, trail: Trail) -> _Outcome | None:
    method = request.headers.joined("access-control-request-method") or ""
    shown = printable(method)
    if not is_token(method) or is_forbidden_method(method):
        trail.step(rules.METHOD, f"'{shown}' is not a method that script can use")
        return _Outcome(False, rules.METHOD, f"'{shown}' is not a method that script can use")
    trail.step(rules.METHOD, f"'{shown}' compared as it is")
    allowed = (
        method in SAFELISTED_METHODS
        or method in policy.allow_methods
        or "*" in policy.allow_methods
    )
    trail.step(rules.METHOD_ALLOWED, "allowed" if allowed else "not allowed")
    if allowed:
        return None
    listed = ", ".join(policy.allow_methods) or "GET, HEAD and POST"
    reason = f"method '{shown}' is not allowed; allowed: {listed}"
    return _Outcome(False, rules.METHOD_ALLOWED, reason)


def _refused_header(request: Request, policy: CorsPolicy, trail: Trail) -> _Outcome | None:
    asked = list_of_tokens(request.headers.get_all("access-control-request-headers"))
    if asked is None:
        reason = "Access-Control-Request-Headers is not a list of header names"
        trail.step(rules.HEADERS_ALLOWED, "malformed")
        trail.problem("Access-Control-Request-Headers", reason, rules.PREFLIGHT_REQUEST.reference)
        return _Outcome(False, rules.HEADERS_ALLOWED, reason)
    listed = {name.lower() for name in policy.allow_headers}
    for name in asked:
        lowered = name.lower()
        if lowered in listed:
            continue
        if lowered in NON_WILDCARD_NAMES and "*" in listed:
            trail.step(rules.AUTHORIZATION_NAMED, "not named")
            reason = "* does not cover Authorization: list it by name"
            return _Outcome(False, rules.AUTHORIZATION_NAMED, reason)
        if "*" not in listed:
            trail.step(rules.HEADERS_ALLOWED, f"'{printable(lowered)}' is not allowed")
            reason = f"header '{printable(lowered)}' is not allowed; allowed: " + (
                ", ".join(policy.allow_headers) or "none beyond the safelist"
            )
            return _Outcome(False, rules.HEADERS_ALLOWED, reason)
    trail.step(rules.HEADERS_ALLOWED, "all allowed")
    return None


def _headers(
    request: Request, origin: str | None, policy: CorsPolicy, preflight: bool, allowed: bool
) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    fixed = policy.fixed_origin and not preflight
    if allowed or fixed:
        pairs.append(("Access-Control-Allow-Origin", _allow_origin(origin, policy)))
        if policy.allow_credentials:
            pairs.append(("Access-Control-Allow-Credentials", "true"))
        pairs += _preflight_headers(request, policy) if preflight else _actual_headers(policy)
    varies = _varies_by(policy, preflight)
    return [*pairs, ("Vary", ", ".join(varies))] if varies else pairs


def _varies_by(policy: CorsPolicy, preflight: bool) -> list[str]:
    names = ["Origin"] if policy.depends_on_origin else []
    if preflight and policy.allow_credentials:
        names += ["Access-Control-Request-Method"] if "*" in policy.allow_methods else []
        names += ["Access-Control-Request-Headers"] if "*" in policy.allow_headers else []
    return names


def _allow_origin(origin: str | None, policy: CorsPolicy) -> str:
    if policy.allows_any_origin:
        return "*"
    # What is echoed has been compared with the list, so it holds nothing that could split a field.
    return policy.allow_origins[0] if policy.fixed_origin or origin is None else origin


def _actual_headers(policy: CorsPolicy) -> list[tuple[str, str]]:
    if not policy.expose_headers:
        return []
    return [("Access-Control-Expose-Headers", ", ".join(policy.expose_headers))]


def _preflight_headers(request: Request, policy: CorsPolicy) -> list[tuple[str, str]]:
    pairs = []
    methods = policy.allow_methods
    if "*" in methods and policy.allow_credentials:
        # With credentials "*" is only a name: what was asked, and allowed, is listed instead.
        asked = request.headers.joined("access-control-request-method") or ""
        methods = (*(method for method in methods if method not in ("*", asked)), asked)
    if methods:
        pairs.append(("Access-Control-Allow-Methods", ", ".join(methods)))
    names = policy.allow_headers
    if "*" in names and policy.allow_credentials:
        names = tuple(
            list_of_tokens(request.headers.get_all("access-control-request-headers")) or ()
        )
    if names:
        pairs.append(("Access-Control-Allow-Headers", ", ".join(names)))
    if policy.max_age is not None:
        pairs.append(("Access-Control-Max-Age", str(policy.max_age)))
    return pairs


def _note_answer(policy: CorsPolicy, preflight: bool, allowed: bool, trail: Trail) -> None:
    if policy.allow_credentials:
        trail.step(rules.CREDENTIALS_ON_BOTH, "sent" if allowed else "not sent: refused")
        if preflight and "*" in (*policy.allow_methods, *policy.allow_headers):
            trail.step(rules.WILDCARD_LITERAL, "what was asked is listed in place of *")
    if preflight and allowed:
        trail.step(rules.MORE_THAN_ASKED, "the whole policy is listed")
        trail.step(
            rules.MAX_AGE, "not sent, so 5" if policy.max_age is None else f"{policy.max_age}"
        )
    if policy.depends_on_origin:
        trail.step(rules.VARY_ORIGIN, "Vary: Origin is sent")
    else:
        trail.step(rules.STATIC_ANSWER, "the same for every origin")
    if preflight:
        trail.step(rules.PREFLIGHT_VARY, "for caches that store the answer against the rules")


def with_cors_headers(headers: Headers, answer: CorsAnswer) -> Headers:
    """
    Put the CORS fields of an answer on a response that has fields of its own.

    Access-Control fields that were there are replaced, as two Allow-Origin fields always fail;
    Vary grows by what it lacks.

    Source: Fetch section "CORS protocol and HTTP caches".
    """
    merged = headers.without(*(name for name, _ in headers if _is_cors_field(name)))
    for name, value in answer.headers:
        if name == "Vary":
            merged = merged.varying_by(*split_list(value))
        else:
            merged = merged.added(name, value)
    return merged


def _is_cors_field(name: str) -> bool:
    lowered = name.lower()
    return lowered.startswith("access-control-") and not lowered.startswith(
        "access-control-request-"
    )
