"""
Whether a response may be shared with a script of another origin, and what of it may be read.

Source: Fetch sections "CORS check", "Main fetch" and "Headers".
"""

from __future__ import annotations

from httpheaders import cors_rules as rules
from httpheaders.cors_rules import Failure, Trail
from httpheaders.cors_safelists import (
    is_forbidden_response_header,
    is_safelisted_response_header,
    list_of_tokens,
)
from httpheaders.messages.headers import Headers
from httpheaders.syntax.origins import OPAQUE, printable

__all__ = ["cors_check", "exposed_names"]

# What the Fetch standard trims from values: the outer ones of these are gone before it looks.
_WHITESPACE = "\t\n\r "


def combined(headers: Headers, name: str) -> str | None:
    """
    Get a header as the Fetch standard does: all its lines, trimmed, joined with a comma.

    Source: Fetch section "Headers", get.
    """
    lines = headers.get_all(name)
    return ", ".join(line.strip(_WHITESPACE) for line in lines) if lines else None


def cors_check(
    headers: Headers, *, origin: str, credentials: str, answer: str, trail: Trail
) -> Failure | None:
    """
    Perform the CORS check on a response; None is success.

    Args:
        headers: of the response.
        origin: the request's origin as it is serialized, "null" if opaque.
        credentials: credentials mode of the real request: omit, same-origin or include.
        answer: which answer this is, for the failure: preflight, redirect or response.
        trail: takes the steps.

    Source: Fetch section "CORS check".
    """
    include = credentials == "include"
    value = combined(headers, "access-control-allow-origin")
    if value is None or len(headers.get_all("access-control-allow-origin")) > 1:
        return _not_single(headers, value, origin, answer, trail)
    trail.step(rules.ALLOW_ORIGIN_PRESENT, f"'{printable(value)}'")
    if not include and value == "*":
        trail.step(rules.WILDCARD_ORIGIN, "passed")
        return None
    if value == "*":
        trail.step(rules.WILDCARD_ORIGIN, "credentials are included: * is no origin")
    if value != origin:
        trail.step(rules.ORIGIN_EQUAL, f"failed: the origin is '{printable(origin)}'")
        return _wrong_origin(value, origin, answer)
    trail.step(rules.ORIGIN_EQUAL, "passed")
    if not include:
        if credentials == "same-origin":
            trail.step(rules.SAME_ORIGIN_CREDENTIALS, "no credentials are included")
        return None
    return _check_credentials(headers, answer, trail)


def _not_single(
    headers: Headers, value: str | None, origin: str, answer: str, trail: Trail
) -> Failure:
    lines = headers.get_all("access-control-allow-origin")
    if value is None:
        trail.step(rules.ALLOW_ORIGIN_PRESENT, "failed: missing")
        reason = f"the {answer} has no Access-Control-Allow-Origin"
    else:
        # Joined with a comma they are no origin, whatever each of them says.
        trail.step(rules.ALLOW_ORIGIN_PRESENT, f"failed: {len(lines)} fields")
        trail.step(rules.ORIGIN_EQUAL, "failed: the fields are joined with a comma")
        reason = (
            f"the {answer} has {len(lines)} Access-Control-Allow-Origin fields, which are joined"
            " and match nothing: let only one of application and proxy add it"
        )
    return Failure(
        rules.ALLOW_ORIGIN_PRESENT,
        reason,
        answer,
        "Access-Control-Allow-Origin",
        None if value is None else printable(value),
        origin,
    )


def _wrong_origin(value: str, origin: str, answer: str) -> Failure:
    difference = _difference(value, printable(origin))
    reason = f"Access-Control-Allow-Origin on the {answer} {difference}"
    return Failure(
        rules.ORIGIN_EQUAL,
        reason,
        answer,
        "Access-Control-Allow-Origin",
        printable(value),
        origin,
    )


def _difference(value: str, origin: str) -> str:
    if value == "*":
        return f"is *, which does not go with credentials: send '{origin}'"
    if "," in value or " " in value:
        return f"is a list: send the one origin that asked, '{origin}'"
    if value.strip("\"'") == origin:
        return f"is in quotes: send '{origin}' without them"
    if value.rstrip("/") == origin:
        return f"ends in a slash: send '{origin}' without it"
    if value.lower() == origin.lower():
        return f"differs in case: send '{origin}'"
    if value == OPAQUE:
        return f"is null, which matches only opaque origins: send '{origin}'"
    if origin == OPAQUE:
        return f"is '{printable(value)}', but the request's origin is null"
    if value.partition("://")[2] == origin.partition("://")[2]:
        return f"is '{printable(value)}', of another scheme than '{origin}'"
    if "://" not in value and origin.endswith("://" + value):
        return f"lacks the scheme: send '{origin}'"
    if "*" in value:
        return f"is a pattern: browsers match no patterns, send '{origin}'"
    return f"is '{printable(value)}', not '{origin}'"


def _check_credentials(headers: Headers, answer: str, trail: Trail) -> Failure | None:
    value = combined(headers, "access-control-allow-credentials")
    if value == "true":
        trail.step(rules.ALLOW_CREDENTIALS, "passed")
        return None
    shown = None if value is None else printable(value)
    trail.step(rules.ALLOW_CREDENTIALS, "failed: missing" if value is None else f"failed: {shown}")
    found = "is missing" if value is None else f"is '{shown}', not exactly 'true',"
    reason = (
        f"credentials are included, but Access-Control-Allow-Credentials {found} on the {answer}"
    )
    return Failure(
        rules.ALLOW_CREDENTIALS,
        reason,
        answer,
        "Access-Control-Allow-Credentials",
        shown,
        "true",
    )


def exposed_names(
    headers: Headers, *, credentials: str, trail: Trail
) -> tuple[list[str], list[str]]:
    """
    Split the names of a cross-origin response into those that script may read and those it may not.

    Returns:
        Names in lower case, in order of first appearance: readable, hidden.

    Source: Fetch sections "Main fetch" and "Headers", CORS-safelisted response-header name.
    """
    trail.step(rules.SAFELISTED_RESPONSE, "readable where present")
    listed = _expose_list(headers, credentials, trail)
    names = list(headers.to_dict())
    readable = [name for name in names if is_safelisted_response_header(name, listed)]
    if any(map(is_forbidden_response_header, names)):
        trail.step(rules.NEVER_EXPOSED, "hidden")
    known = set(readable)
    return readable, [name for name in names if name not in known]


def _expose_list(headers: Headers, credentials: str, trail: Trail) -> set[str]:
    lines = headers.get_all("access-control-expose-headers")
    names = list_of_tokens(lines)
    if names is None:
        trail.step(rules.EXPOSE_LIST, "malformed: nothing more may be read")
        trail.problem(
            "Access-Control-Expose-Headers",
            "one element is no header name, so the whole list counts for nothing",
            rules.EXPOSE_LIST.reference,
        )
        return set()
    if "*" in names and credentials != "include":
        trail.step(rules.EXPOSE_LIST, "* exposes all")
        return set(headers.to_dict())
    if "*" in names:
        trail.step(rules.WILDCARD_LITERAL, "* exposes only a header of that name")
        trail.problem(
            "Access-Control-Expose-Headers",
            "* exposes nothing when credentials are included: list the names",
            rules.WILDCARD_LITERAL.reference,
        )
    trail.step(rules.EXPOSE_LIST, f"{len(names)} names" if lines else "missing")
    return {name.lower() for name in names}
