"""
What a server allows: limits, CORS, sessions, and what holds for each route.

Source: none; the rules are those of the systems that a policy is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.cors_policy import CorsPolicy
    from httpheaders.session_answers import TokenFormat

__all__ = ["Limits", "Policy", "Route", "SessionRule", "route_of", "segments_of"]


class Limits(NamedTuple):
    """
    How large a request may be, in octets unless it says otherwise.

    Attributes:
        max_target: of the request target.
        max_fields: the number of field lines.
        max_header_size: of all field lines together.
        max_body: of the content, where the route has no limit of its own; None: any.
    """

    max_target: int = 8000  # "at a minimum, 8000 octets": RFC 9112 section 3
    max_fields: int = 100
    max_header_size: int = 65536
    max_body: int | None = None


class SessionRule(NamedTuple):
    """
    How the sender of a request is known.

    Attributes:
        form: the format of the tokens, with its keys.
        cookie: the cookie that holds the token; None: it is a bearer token.
        realm: what challenges call the protected space.
    """

    form: TokenFormat
    cookie: str | None = None
    realm: str = "api"


class Route(NamedTuple):
    """
    What holds for some paths.

    Attributes:
        path: "/users", "/users/{id}" for one segment, "/static/*" for all below, "/*" for all.
        methods: those that are taken; none named: all. HEAD goes with GET.
        session: whether a genuine token is needed.
        roles: one of these must be the sender's.
        accept: the media types of content that is taken, "image/*" too; none named: all.
        body_limit: octets of content that are taken; None: as the limits say.
        offers: the media types that can be sent; none named: nothing is negotiated.
        cache: the caching strategy of what is sent, or None.
        gzip: whether it is compressed.
        etag: whether it is tagged, and conditional requests are answered.
        unavailable: seconds after which to try again, while the route is out of service; or None.
    """

    path: str
    methods: tuple[str, ...] = ()
    session: bool = False
    roles: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    body_limit: int | None = None
    offers: tuple[str, ...] = ()
    cache: str | None = None
    gzip: bool = False
    etag: bool = False
    unavailable: float | None = None

    @property
    def needs_session(self) -> bool:
        """Whether the sender must be known."""
        return self.session or bool(self.roles)

    @property
    def allowed_methods(self) -> tuple[str, ...]:
        """What Allow lists; empty when every method is taken."""
        if not self.methods:
            return ()
        implied = ("HEAD",) if "GET" in self.methods else ()
        return tuple(dict.fromkeys((*self.methods, *implied, "OPTIONS")))


class Policy(NamedTuple):
    """
    What a server allows.

    Attributes:
        routes: the first whose path matches counts.
        limits: of every request.
        cors: for every path; None: no CORS fields are sent.
        session: how senders are known; None: they are not.
    """

    routes: tuple[Route, ...] = (Route("/*"),)
    limits: Limits = Limits()
    cors: CorsPolicy | None = None
    session: SessionRule | None = None


# --- which route ----------------------------------------------------------------------------------


def route_of(policy: Policy, path: str) -> Route | None:
    """
    Give the first route that a path matches, or None.

    Args:
        policy: its routes, in order.
        path: percent-decoded, as applications get it.

    >>> route_of(Policy((Route("/users/{id}"), Route("/*"))), "/users/7").path
    '/users/{id}'
    """
    segments = segments_of(path)
    for route in policy.routes:
        if _matches(segments_of(route.path), segments):
            return route
    return None


def segments_of(path: str) -> list[str]:
    """
    Give what stands between the slashes of a path.

    >>> segments_of("/users//{id}/")
    ['users', '{id}', '']
    """
    # Slashes that follow each other count as one, as many an application reads them.
    parts = path.split("/")[1:]
    return [part for part in parts[:-1] if part] + parts[-1:]


def _matches(pattern: list[str], segments: list[str]) -> bool:
    if pattern[-1:] == ["*"]:
        pattern = pattern[:-1]
        if len(segments) <= len(pattern):
            return False
        segments = segments[: len(pattern)]
    if len(pattern) != len(segments):
        return False
    return all(
        wanted == segment or (wanted[:1] == "{" and bool(segment))
        for wanted, segment in zip(pattern, segments, strict=True)
    )
