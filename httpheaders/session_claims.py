"""
What every format of signed tokens shares: sizes, claims as JSON, and the claims about time.

Source: RFC 7519 section 4.1 for `iat`, `exp` and `nbf`, RFC 8259 for JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import TYPE_CHECKING, Any, NoReturn

from httpheaders.errors import (
    FieldSyntaxError,
    InputError,
    MalformedToken,
    PolicyError,
    SessionExpired,
    SessionNotYetValid,
)
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.base64url import decode_base64url
from httpheaders.syntax.strict_json import LARGEST_NUMBER, read_json, write_json

if TYPE_CHECKING:
    from httpheaders.session_keys import SessionKeys

__all__ = [
    "DEFAULT_TTL",
    "LARGEST_TOKEN",
    "Session",
    "check_moment",
    "check_times",
    "checked_seconds",
    "decode_genuine",
    "earlier",
    "finished_token",
    "malformed",
    "read_claims",
    "session_of",
    "token_octets",
    "with_times",
    "write_claims",
]

DEFAULT_TTL = 3600
# Longer than any header field that servers accept; nothing longer is even hashed.
LARGEST_TOKEN = 8192


class Session(NamedTuple):
    """
    What a genuine token says.

    Attributes:
        user: the claims, without those about time where the format keeps these beside the others.
        key: the name of the key that verified.
        resign: whether that was an old key, so that a new token is due.
        issued_at, expires_at, not_before: seconds since 1970, or None where the token says none.
    """

    user: dict[str, Any]
    key: str
    resign: bool
    issued_at: float | None = None
    expires_at: float | None = None
    not_before: float | None = None


def malformed(detail: str, *, reference: str | None = None) -> NoReturn:
    """Raise MalformedToken; the detail shows nothing of the token."""
    error = MalformedToken("Malformed token", reference=reference)
    error.add_note(detail)
    raise error from None


def token_octets(token: str, max_size: int = LARGEST_TOKEN) -> bytes:
    """Give a token's octets, or refuse it unread for its size or its characters."""
    if not isinstance(token, str):
        malformed("a token is text")
    if len(token) > max_size:
        malformed(f"longer than {max_size} characters")
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        malformed("a token is ASCII")


def finished_token(octets: bytes, max_size: int) -> str:
    """Give a token that was made, unless whoever reads it would refuse its size."""
    if len(octets) > max_size:
        raise InputError(f"the claims make a token of more than {max_size} characters")
    return octets.decode()


def decode_genuine(text: bytes) -> bytes:
    """Decode a part whose signature was right; other spellings are refused even so."""
    try:
        return decode_base64url(text)
    except FieldSyntaxError as error:
        malformed("genuine, but not base64url in its one spelling", reference=error.reference)


def read_claims(octets: bytes) -> dict[str, Any]:
    """
    Read the JSON object of a genuine token; blanks may stand around it.

    Source: RFC 7519 section 7.2 ("a completely valid JSON object"), RFC 8259 section 2.
    """
    try:
        claims = read_json(octets)
    except InputError:  # its own words could show a key
        malformed("genuine, but not JSON")
    if not isinstance(claims, dict):
        malformed("genuine, but not a JSON object")
    return claims


def write_claims(claims: Mapping[str, Any]) -> bytes:
    """Write claims as JSON, in their order, ASCII only."""
    try:
        return write_json(claims)
    except (TypeError, ValueError, RecursionError):
        # The encoder's own words could show a value.
        raise InputError("the claims are not JSON: objects, lists, text, finite numbers") from None


def checked_seconds(seconds: float, name: str) -> float:
    """Give a number of seconds that can be meant."""
    if not 0 <= seconds <= LARGEST_NUMBER:
        raise PolicyError(f"{name} is a number of seconds from 0 to {LARGEST_NUMBER}")
    return seconds


def with_times(
    claims: Mapping[str, Any], *, now: float, ttl: float | None, not_before: float | None
) -> dict[str, Any]:
    """Add `iat`, `exp` and `nbf` to claims that lack them."""
    if not isinstance(claims, Mapping):
        raise InputError("claims are a JSON object")
    payload = dict(claims)
    payload.setdefault("iat", moment_of(now))
    if ttl is not None:
        payload.setdefault("exp", moment_of(now + checked_seconds(ttl, "ttl")))
    if not_before is not None:
        payload.setdefault("nbf", moment_of(not_before))
    for name in ("iat", "exp", "nbf"):
        if name in payload and not _is_time(payload[name]):
            raise InputError(f"claim '{name}' is not a number of seconds since 1970")
    return payload


def check_moment(seconds: float) -> None:
    """Raise PolicyError for what is no time that a token can hold."""
    if not abs(seconds) <= LARGEST_NUMBER:
        raise PolicyError(f"a time is at most {LARGEST_NUMBER} seconds from 1970")


def moment_of(seconds: float) -> float:
    """Give a time as tokens hold it, to the millisecond."""
    # Down, never up: a ttl of 0 has to be over at once.
    check_moment(seconds)
    milliseconds = floor(seconds * 1000)
    return milliseconds / 1000 if milliseconds % 1000 else milliseconds // 1000


def _is_time(value: object) -> bool:
    return type(value) in (int, float) and abs(value) <= LARGEST_NUMBER  # type: ignore[arg-type]


def session_of(
    claims: dict[str, Any], keys: SessionKeys, index: int, *, max_age: float | None
) -> Session:
    """Take the times out of genuine claims."""
    times = [claims.pop(name, None) for name in ("iat", "exp", "nbf")]
    for moment in times:
        if moment is not None and not _is_time(moment):
            malformed("genuine, but a time is not a number")
    issued_at, expires_at, not_before = times
    if max_age is not None:
        expires_at = earlier(expires_at, issued_at, max_age)
    return Session(claims, keys.names[index], index > 0, issued_at, expires_at, not_before)


def earlier(expires_at: float | None, issued_at: float | None, max_age: float) -> float:
    """Give when a token expires that may not get older than `max_age`."""
    if issued_at is None:
        return float("-inf")  # nobody knows how old it is
    latest = issued_at + max_age
    return latest if expires_at is None else min(expires_at, latest)


def check_times(session: Session, *, now: float, leeway: float) -> None:
    """
    Raise SessionNotYetValid or SessionExpired unless the token is in time.

    Source: RFC 7519 sections 4.1.4 and 4.1.5.
    """
    if session.not_before is not None and now + leeway < session.not_before:
        raise SessionNotYetValid("Token not yet valid", reference="RFC 7519 section 4.1.5")
    # "the current date/time MUST be before the expiration date/time"
    if session.expires_at is not None and now - leeway >= session.expires_at:
        raise SessionExpired("Token expired", reference="RFC 7519 section 4.1.4")
