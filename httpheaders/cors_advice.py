"""
What is odd or unsafe in the answers of a server, whether or not a browser accepts them.

Source: Fetch sections "HTTP responses", "CORS protocol and credentials", "Basic safe CORS protocol
setup" and "CORS protocol and HTTP caches"; the rest is general practice.
"""

from __future__ import annotations

from httpheaders import cors_rules as rules
from httpheaders.cors_rules import Trail
from httpheaders.cors_safelists import list_of_tokens
from httpheaders.cors_sharing import combined
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Response
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.origins import OPAQUE, Origin, printable

__all__ = ["advise_on_preflight", "advise_on_response"]

_CREDENTIALS = 'Fetch section "CORS protocol and credentials"'
_SAFE_SETUP = 'Fetch section "Basic safe CORS protocol setup"'
_RESPONSES = 'Fetch section "HTTP responses"'

_ONLY_ON_PREFLIGHT = (
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
)


def advise_on_response(
    response: Response, target: Origin | None, origin: str, trail: Trail
) -> None:
    """Note what is odd on the answer to a real request, redirects included."""
    headers = response.headers
    _advise_on_both(headers, target, origin, trail)
    for name in _ONLY_ON_PREFLIGHT:
        if name in headers:
            trail.problem(name, "has no effect outside the answer to a preflight", _RESPONSES)
    _advise_on_vary(headers, trail)


def advise_on_preflight(
    response: Response, target: Origin | None, origin: str, trail: Trail
) -> None:
    """Note what is odd on the answer to a preflight."""
    headers = response.headers
    _advise_on_both(headers, target, origin, trail)
    if "access-control-expose-headers" in headers:
        trail.problem(
            "Access-Control-Expose-Headers",
            "has no effect on the answer to a preflight",
            _RESPONSES,
        )
    names = list_of_tokens(headers.get_all("access-control-allow-headers")) or []
    lowered = {name.lower() for name in names}
    if "*" in lowered and "authorization" not in lowered:
        trail.problem(
            "Access-Control-Allow-Headers",
            "* never covers Authorization: list it by name where it is used",
            rules.AUTHORIZATION_NAMED.reference,
        )
    trail.step(rules.PREFLIGHT_VARY, "not looked at")


def _advise_on_both(headers: Headers, target: Origin | None, origin: str, trail: Trail) -> None:
    allow_origin = combined(headers, "access-control-allow-origin")
    credentials = combined(headers, "access-control-allow-credentials") == "true"
    if allow_origin == "*" and credentials:
        trail.problem(
            "Access-Control-Allow-Credentials",
            "has no effect beside Access-Control-Allow-Origin: *, which excludes credentials",
            _CREDENTIALS,
        )
    if allow_origin == OPAQUE:
        worse = ", with the user's credentials" if credentials else ""
        trail.problem(
            "Access-Control-Allow-Origin",
            f"null lets every sandboxed frame of every site in{worse}",
            _CREDENTIALS,
        )
    if target is not None:
        _advise_on_target(allow_origin, credentials, target, trail)
    _advise_on_form(headers, trail)


def _advise_on_target(
    allow_origin: str | None, credentials: bool, target: Origin, trail: Trail
) -> None:
    secure = target.scheme == "https"
    if secure and credentials and allow_origin and allow_origin.startswith("http://"):
        trail.problem(
            "Access-Control-Allow-Origin",
            "an http: origin reads https: data with the user's credentials: whoever is on the"
            " network path can take that origin on",
            _CREDENTIALS,
        )
    if allow_origin and is_internal(target):
        trail.problem(
            "Access-Control-Allow-Origin",
            f"'{target}' is an internal address: what is protected by where it can be reached from"
            " is opened to every browser inside",
            _SAFE_SETUP,
        )


def is_internal(target: Origin) -> bool:
    """Say whether the host is a private address by its text; loopback does not count."""
    if not target.is_address or target.is_loopback:
        return False
    import ipaddress  # late: few targets are addresses

    return ipaddress.ip_address(target.host.strip("[]")).is_private


def _advise_on_form(headers: Headers, trail: Trail) -> None:
    for name in ("access-control-allow-private-network", "access-control-request-private-network"):
        if name in headers:
            trail.step(rules.PRIVATE_NETWORK, "not looked at")
            trail.problem(
                name, "obsolete: browsers dropped the draft", rules.PRIVATE_NETWORK.reference
            )
    broken = (name for name, value in headers if any(control in value for control in "\0\r\n"))
    first = next(broken, None)
    if first is not None:
        trail.problem(
            printable(first),
            "holds NUL, CR or LF: a browser drops the whole response before it looks at CORS",
            "RFC 9110 section 5.5",
        )


def _advise_on_vary(headers: Headers, trail: Trail) -> None:
    allow_origin = combined(headers, "access-control-allow-origin")
    varies = {member.lower() for member in split_list(headers.joined("vary") or "")}
    if allow_origin is None or allow_origin == "*":
        trail.step(rules.STATIC_ANSWER, "no origin is named, so nothing varies here")
        if "origin" in varies and allow_origin == "*":
            trail.problem(
                "Vary",
                "Origin is needless beside Access-Control-Allow-Origin: *, and splits caches",
                rules.STATIC_ANSWER.reference,
            )
        return
    present = bool(varies & {"origin", "*"})
    trail.step(rules.VARY_ORIGIN, "present" if present else "missing")
    if not present:
        trail.problem(
            "Vary",
            "an origin is named, but Vary does not say Origin: unless every origin gets this same"
            " value, a cache gives one origin's answer to another",
            rules.VARY_ORIGIN.reference,
        )
