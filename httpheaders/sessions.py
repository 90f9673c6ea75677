"""
Signed sessions: claims that anyone may read and only the key's holder can write.

A token is `base64url(JSON) "." base64url(HMAC-SHA256 of what stands before the dot)`, without
padding. There is one algorithm, and a token cannot name another. Verifying goes in one order: the
size, then the signature over the octets as they came, and only then the content.

Source: RFC 2104, RFC 4648 section 5; the time claims are those of RFC 7519 section 4.1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from httpheaders.errors import BadSignature
from httpheaders.session_claims import (
    DEFAULT_TTL,
    LARGEST_TOKEN,
    Session,
    check_times,
    checked_seconds,
    decode_genuine,
    finished_token,
    malformed,
    read_claims,
    session_of,
    token_octets,
    with_times,
    write_claims,
)
from httpheaders.session_keys import Mac, SessionKeys, hmac_sha256, key_that_signed, text_octets
from httpheaders.syntax.base64url import encode_base64url

__all__ = ["SessionManager", "SessionSigner"]


class SessionSigner:
    """
    Sign and verify tokens in the format above.

    Args:
        keys: the keys and their roles.
        salt: keeps purposes apart: a token signed with one salt is not genuine with another.
        leeway: seconds by which other clocks may be wrong.
        max_age: seconds after its issue at which a token expires whatever it says; None: no bound.
        max_size: characters above which a token is refused unread.

    Source: RFC 2104; RFC 7519 section 4.1 for `iat`, `exp` and `nbf`.

    >>> signer = SessionSigner(SessionKeys("k" * 32))
    >>> token = signer.sign({"user_id": "ada", "role": "admin"}, now=1000, ttl=60)
    >>> signer.verify(token, now=1059).user
    {'user_id': 'ada', 'role': 'admin'}
    """

    default_ttl: float | None = DEFAULT_TTL

    def __init__(
        self,
        keys: SessionKeys,
        *,
        salt: str = "",
        leeway: float = 0,
        max_age: float | None = None,
        max_size: int = LARGEST_TOKEN,
    ) -> None:
        self.keys = keys
        self._macs = [_mac_of(secret, salt) for secret in keys.secrets]
        self._leeway = checked_seconds(leeway, "leeway")
        self._max_age = None if max_age is None else checked_seconds(max_age, "max_age")
        self._max_size = max_size

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        now: float,
        ttl: float | None = DEFAULT_TTL,
        not_before: float | None = None,
    ) -> str:
        """
        Write a token with these claims.

        Args:
            claims: members of a JSON object. Their own `iat`, `exp` and `nbf` hold where given.
            now: seconds since 1970.
            ttl: seconds until it expires; None: it never does.
            not_before: seconds since 1970 before which it does not count.

        Raises:
            InputError: the claims are not JSON, a time is no number, or the token gets too long.
            PolicyError: a ttl that is negative or no number.
        """
        payload = with_times(claims, now=now, ttl=ttl, not_before=not_before)
        head = encode_base64url(write_claims(payload))
        token = head + b"." + encode_base64url(self._macs[0](head))
        return finished_token(token, self._max_size)

    def verify(self, token: str, *, now: float) -> Session:
        """
        Give what a genuine token in its time holds.

        Raises:
            MalformedToken: not in the form of a token, or genuine but not claims.
            BadSignature: not signed with one of the keys, or changed since.
            SessionNotYetValid: genuine, but its time has not come.
            SessionExpired: genuine, but past its time.
        """
        session = self.read(token)
        check_times(session, now=now, leeway=self._leeway)
        return session

    def read(self, token: str) -> Session:
        """
        Give what a genuine token holds, whether or not it is in its time.

        Raises:
            MalformedToken, BadSignature: as `verify`.
        """
        octets = token_octets(token, self._max_size)
        head, dot, signature = octets.partition(b".")
        index = key_that_signed(self._macs, head, signature)
        if index is None:
            _refuse(head, dot, signature)
        claims = read_claims(decode_genuine(head))
        return session_of(claims, self.keys, index, max_age=self._max_age)


def _mac_of(secret: bytes, salt: str) -> Mac:
    return hmac_sha256(hmac_sha256(secret)(text_octets(salt, "the salt")) if salt else secret)


_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def _refuse(head: bytes, dot: bytes, signature: bytes) -> NoReturn:
    """Tell a token that was changed from what never was one."""
    if not dot:
        malformed("expected two parts with a dot between them")
    if not head or not signature:
        malformed("a part is empty")
    if not _ALPHABET.issuperset(head + signature):
        malformed("a part holds other characters than base64url's")
    raise BadSignature("Invalid signature", reference="RFC 2104 section 2")


# --- the plain door ---------------------------------------------------------------------------


class SessionManager:
    """
    Make and check tokens for a user with a role.

    Args:
        secret_key: what signs; 32 random octets or more.
        ttl_seconds: how long a token counts; 0: not at all.
        clock: gives the seconds since 1970.

    >>> sessions = SessionManager("k" * 32, ttl_seconds=60)
    >>> sessions.validate_token(sessions.create_token("ada", "admin"))
    {'user_id': 'ada', 'role': 'admin'}
    """

    def __init__(
        self,
        secret_key: bytes | str,
        ttl_seconds: float = DEFAULT_TTL,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._signer = SessionSigner(SessionKeys(secret_key))
        self._ttl = checked_seconds(ttl_seconds, "ttl_seconds")
        self._clock = clock

    def create_token(self, user_id: Any, role: Any) -> str:
        """
        Sign a token for this user.

        Raises:
            InputError: the user or the role is not JSON.
        """
        claims = {"user_id": user_id, "role": role}
        return self._signer.sign(claims, now=self._clock(), ttl=self._ttl)

    def validate_token(self, token: str) -> dict[str, Any]:
        """
        Give user and role of a token that is genuine and in time.

        Raises:
            SessionError: `Invalid signature`, `Token expired`, `Token not yet valid` or
                `Malformed token`.
        """
        user = self._signer.verify(token, now=self._clock()).user
        if "user_id" not in user or "role" not in user:
            malformed("genuine, but it names no user and role")
        return {"user_id": user["user_id"], "role": user["role"]}
