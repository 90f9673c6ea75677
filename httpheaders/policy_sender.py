"""
The phases authenticate and authorize of a policy: who sends a request, and whether they may.

Source: RFC 9110 sections 11.6.1 and 15.5.4, RFC 6750 section 3.
"""

from __future__ import annotations

from typing import Any

from httpheaders.answer import Problem
from httpheaders.messages.message import Response
from httpheaders.policy_passage import RULES, Passage
from httpheaders.wsgi_middleware.layers import phrase_of

__all__ = ["authenticate", "authorize", "roles_of"]

_BEARER = "RFC 6750 section 3"


def authenticate(passage: Passage) -> Response | None:
    """
    Find out who sends the request, where the route asks for it.

    Source: RFC 9110 section 11.6.1, RFC 6750 section 3.
    """
    rule, route = passage.policy.session, passage.route
    if rule is None or route is None:
        passage.note("the sender is known", "nobody asks", "RFC 9110 section 11.6.1")
        return None
    from httpheaders.session_answers import check_session
    from httpheaders.token_source import find_token
    from httpheaders.wsgi_middleware.session import unauthorized

    found = find_token(passage.request, cookie=rule.cookie)
    passage.problems += found.problems
    if found.token is not None:
        passage.session = check_session(rule.form, found.token, now=passage.now)
    if passage.user is not None:
        passage.note("the sender is known", "by a genuine token", _BEARER)
        return None
    told = "there is no token" if passage.session is None else passage.session.reason
    if not route.needs_session:
        if passage.session is not None:
            message = f"a token that is not to be trusted counts as none: {told}"
            passage.problems.append(Problem(found.where, message, _BEARER))
        passage.note("the sender is known", f"no: {told}; the route asks nobody", _BEARER)
        return None
    passage.because(told, "RFC 9110 section 15.5.2")
    passage.note(RULES[401], f"401: {told}", "RFC 9110 section 15.5.2")
    response = unauthorized(passage.session, realm=rule.realm, is_cookie=rule.cookie is not None)
    content = b"" if passage.method == "HEAD" else response.body
    headers = passage.with_cors(response.headers.pairs)
    return response._replace(headers=headers, body=content, phrase=phrase_of(401))


def authorize(passage: Passage) -> Response | None:
    """
    Say whether the sender has one of the roles that the route asks for.

    Source: RFC 9110 section 15.5.4, RFC 6750 section 3.1.
    """
    rule, route = passage.policy.session, passage.route
    if route is None or rule is None or not route.roles:
        passage.note("the sender may", "no role is asked for", "RFC 9110 section 15.5.4")
        return None
    roles = roles_of(passage.user or {})
    if not roles.isdisjoint(route.roles):
        passage.note("the sender may", "yes, by role", "RFC 9110 section 15.5.4")
        return None
    fields = []
    if rule.cookie is None:
        from httpheaders.wsgi_middleware.session import bearer_challenge

        fields.append(bearer_challenge(rule.realm, error="insufficient_scope"))
    reason = f"the sender has none of the roles {', '.join(route.roles)}"
    return passage.stop(403, reason, "RFC 9110 section 15.5.4", *fields)


def roles_of(claims: dict[str, Any]) -> frozenset[str]:
    """
    Give the roles that a token's claims name, under `role` and `roles`.

    >>> sorted(roles_of({"role": "admin", "roles": ["ops", 7]}))
    ['admin', 'ops']
    """
    listed = claims.get("roles")
    named = [claims.get("role"), *(listed if isinstance(listed, list) else [listed])]
    return frozenset(role for role in named if isinstance(role, str))
