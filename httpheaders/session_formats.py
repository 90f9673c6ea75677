"""
The signed tokens of other programs: itsdangerous, Flask, Django and JWT with HS256.

Each is written as its own documentation or standard says, so that the program itself takes it, and
read more strictly than it may read: one spelling, the signature first, one algorithm. None needs
its package installed.

The first three write down when a token was signed, and leave it to the reader how old it may get:
`max_age`. A Flask session is JSON with tags for what JSON lacks, `{" d": "Tue, …"}` for a date:
the tags are kept, so that reading and writing loses nothing.

Source: itsdangerous 2 (concepts and `URLSafeTimedSerializer`), Flask 3
(`SecureCookieSessionInterface`, `TaggedJSONSerializer`), Django 4 and 5 (`django.core.signing`,
signed_cookies), RFC 7519, RFC 7515.
"""

from __future__ import annotations

import hmac
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha1, sha256
from math import floor
from typing import TYPE_CHECKING, Any, NoReturn

from httpheaders.errors import BadSignature, InputError, PolicyError
from httpheaders.session_claims import (
    DEFAULT_TTL,
    LARGEST_TOKEN,
    Session,
    check_moment,
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
from httpheaders.sessions import SessionSigner
from httpheaders.syntax.base64url import encode_base64url

if TYPE_CHECKING:
    from httpheaders.session_answers import TokenFormat

__all__ = [
    "FORMATS",
    "DjangoSigner",
    "FlaskSigner",
    "ItsdangerousSigner",
    "JwtSigner",
    "token_format",
]

# A few octets can say many once they are inflated, even signed ones.
_LARGEST_PAYLOAD = 1 << 20


class _TimestampSigner:
    """What itsdangerous, Flask and Django share: payload, separator, time of signing, signature."""

    default_salt: str
    default_ttl: float | None = None
    default_max_age: float | None = None
    separator: bytes
    name: str

    def __init__(
        self,
        keys: SessionKeys,
        *,
        salt: str | None = None,
        leeway: float = 0,
        max_age: float | None = None,
        max_size: int = LARGEST_TOKEN,
    ) -> None:
        self.keys = keys
        octets = text_octets(self.default_salt if salt is None else salt, "the salt")
        self._macs = [self.mac_of(secret, octets) for secret in keys.secrets]
        self._leeway = checked_seconds(leeway, "leeway")
        self._max_age = self.default_max_age if max_age is None else max_age
        if self._max_age is not None:
            checked_seconds(self._max_age, "max_age")
        self._max_size = max_size

    @staticmethod
    def mac_of(secret: bytes, salt: bytes) -> Mac:
        """Give what signs with the key that this format derives from a secret and a salt."""
        raise NotImplementedError

    @staticmethod
    def write_time(seconds: int) -> bytes:
        """Write the time of signing."""
        raise NotImplementedError

    @staticmethod
    def read_time(text: bytes) -> int:
        """Read the time of signing, in seconds since 1970."""
        raise NotImplementedError

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        now: float,
        ttl: float | None = None,
        not_before: float | None = None,
    ) -> str:
        """
        Write a token with these claims.

        Raises:
            InputError: the claims are not JSON, or the token gets too long.
            PolicyError: a ttl or a time before which it does not count: there is no place for them.
        """
        if ttl is not None or not_before is not None:
            raise PolicyError(
                f"{self.name} tokens hold no expiry: leave out ttl and not-before,"
                " and let the reader say max-age"
            )
        if not isinstance(claims, Mapping):
            raise InputError("claims are a JSON object")
        payload = _packed(write_claims(claims))
        head = payload + self.separator + self.write_time(_whole_seconds(now))
        token = head + self.separator + encode_base64url(self._macs[0](head))
        return finished_token(token, self._max_size)

    def verify(self, token: str, *, now: float) -> Session:
        """
        Give what a genuine token in its time holds.

        Raises:
            MalformedToken, BadSignature, SessionNotYetValid, SessionExpired.
        """
        session = self.read(token)
        # A token of the future is none of ours, or one of the clocks is wrong.
        signed = session._replace(not_before=session.issued_at)
        check_times(signed, now=now, leeway=self._leeway)
        return session

    def read(self, token: str) -> Session:
        """
        Give what a genuine token holds, whether or not it is in its time.

        Raises:
            MalformedToken, BadSignature.
        """
        octets = token_octets(token, self._max_size)
        head, separator, signature = octets.rpartition(self.separator)
        index = key_that_signed(self._macs, head, signature)
        if index is None:
            _refuse(octets, 3, self.separator)
        payload, separator, time = head.rpartition(self.separator)
        if not separator:
            malformed("genuine, but without a time")
        issued_at = self.read_time(time)
        claims = read_claims(_unpacked(payload))
        expires_at = None if self._max_age is None else issued_at + self._max_age
        return Session(claims, self.keys.names[index], index > 0, issued_at, expires_at)


class ItsdangerousSigner(_TimestampSigner):
    """
    Tokens of itsdangerous' `URLSafeTimedSerializer` with its defaults.

    Args:
        keys: the keys and their roles; itsdangerous wants its list the other way round.
        salt: the serializer's salt; None for its default, "itsdangerous".
        leeway: seconds by which other clocks may be wrong.
        max_age: seconds after signing at which a token expires; None: never.
        max_size: characters above which a token is refused unread.

    Source: itsdangerous 2, "Signing Interface", key derivation "django-concat" with SHA-1.

    >>> signer = ItsdangerousSigner(SessionKeys("secret"))
    >>> signer.sign({"id": 5}, now=1700000000)
    'eyJpZCI6NX0.ZVPxAA.UOOgJt87UY4B96SFb1tJ1PyjPlU'
    """

    default_salt = "itsdangerous"
    separator = b"."
    name = "itsdangerous"

    @staticmethod
    def mac_of(secret: bytes, salt: bytes) -> Mac:
        return _hmac_sha1(sha1(salt + b"signer" + secret).digest())

    @staticmethod
    def write_time(seconds: int) -> bytes:
        if seconds < 0:
            raise InputError("the format has no time before 1970")
        return encode_base64url(seconds.to_bytes((seconds.bit_length() + 7) // 8, "big"))

    @staticmethod
    def read_time(text: bytes) -> int:
        octets = decode_genuine(text)
        if len(octets) > 8:
            malformed("genuine, but its time is out of all bounds")
        return int.from_bytes(octets, "big")


class FlaskSigner(ItsdangerousSigner):
    """
    Session cookies of Flask; the tags of its JSON are kept as they are.

    Args:
        keys: SECRET_KEY, and SECRET_KEY_FALLBACKS as the old ones.
        salt: None for Flask's "cookie-session".
        leeway: seconds by which other clocks may be wrong.
        max_age: PERMANENT_SESSION_LIFETIME in seconds; None for Flask's 31 days.
        max_size: characters above which a token is refused unread.

    Source: Flask 3, `SecureCookieSessionInterface`: key derivation "hmac" with SHA-1.

    >>> signer = FlaskSigner(SessionKeys("secret"))
    >>> signer.verify(signer.sign({"user": "ada"}, now=1700000000), now=1700000001).user
    {'user': 'ada'}
    """

    default_salt = "cookie-session"
    default_max_age = 31 * 86400
    name = "flask"

    @staticmethod
    def mac_of(secret: bytes, salt: bytes) -> Mac:
        return _hmac_sha1(hmac.digest(secret, salt, "sha1"))


class DjangoSigner(_TimestampSigner):
    """
    Django's signed cookie sessions, or with another salt whatever `signing.dumps` wrote.

    Args:
        keys: SECRET_KEY, and SECRET_KEY_FALLBACKS as the old ones.
        salt: None for that of the signed_cookies session engine; "django.core.signing" is that
            of `signing.dumps` alone.
        leeway: seconds by which other clocks may be wrong.
        max_age: SESSION_COOKIE_AGE in seconds; None for Django's two weeks.
        max_size: characters above which a token is refused unread.

    Source: Django 4 and 5, `django.core.signing`.

    >>> signer = DjangoSigner(SessionKeys("secret"))
    >>> signer.verify(signer.sign({"user": "ada"}, now=1700000000), now=1700000001).user
    {'user': 'ada'}
    """

    default_salt = "django.contrib.sessions.backends.signed_cookies"
    default_max_age = 14 * 86400
    separator = b":"
    name = "django"

    @staticmethod
    def mac_of(secret: bytes, salt: bytes) -> Mac:
        return hmac_sha256(sha256(salt + b"signer" + secret).digest())

    @staticmethod
    def write_time(seconds: int) -> bytes:
        digits = b""
        rest = abs(seconds)
        while rest or not digits:
            rest, digit = divmod(rest, 62)
            digits = _BASE62[digit : digit + 1] + digits
        return b"-" + digits if seconds < 0 else digits

    @staticmethod
    def read_time(text: bytes) -> int:
        digits = [_BASE62.find(digit) for digit in text.removeprefix(b"-")]
        if not 1 <= len(digits) <= 10 or -1 in digits:
            malformed("genuine, but its time is out of all bounds")
        seconds = 0
        for digit in digits:
            seconds = seconds * 62 + digit
        return -seconds if text.startswith(b"-") else seconds


_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class JwtSigner:
    """
    JSON Web Tokens in compact form, signed with HS256; no other algorithm is taken, "none" least.

    Args:
        keys: the keys and their roles.
        salt: there is no place for one: None.
        leeway: seconds by which other clocks may be wrong.
        max_age: seconds after `iat` at which a token expires whatever it says; None: no bound.
        max_size: characters above which a token is refused unread.
        audience: who reads; a token for others is refused, and one for anybody is not.

    Source: RFC 7519 section 7.2, RFC 7515 section 5.2, RFC 7518 section 3.2, RFC 8725 section 3.1.

    >>> signer = JwtSigner(SessionKeys("k" * 32))
    >>> token = signer.sign({"sub": "ada"}, now=1000, ttl=60)
    >>> signer.verify(token, now=1001).user
    {'sub': 'ada'}
    """

    default_ttl: float | None = DEFAULT_TTL

    def __init__(
        self,
        keys: SessionKeys,
        *,
        salt: str | None = None,
        leeway: float = 0,
        max_age: float | None = None,
        max_size: int = LARGEST_TOKEN,
        audience: str | None = None,
    ) -> None:
        if salt:
            raise PolicyError("jwt-hs256 tokens have no salt: use an audience, or another key")
        self.keys = keys
        self._macs = [hmac_sha256(secret) for secret in keys.secrets]
        self._leeway = checked_seconds(leeway, "leeway")
        self._max_age = None if max_age is None else checked_seconds(max_age, "max_age")
        self._max_size = max_size
        self._audience = audience

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        now: float,
        ttl: float | None = DEFAULT_TTL,
        not_before: float | None = None,
    ) -> str:
        """
        Write a token with these claims; the arguments are those of `SessionSigner.sign`.

        Raises:
            InputError, PolicyError: as there.
        """
        payload = with_times(claims, now=now, ttl=ttl, not_before=not_before)
        if self._audience is not None:
            payload.setdefault("aud", self._audience)
        head = _JWT_HEADER + b"." + encode_base64url(write_claims(payload))
        token = head + b"." + encode_base64url(self._macs[0](head))
        return finished_token(token, self._max_size)

    def verify(self, token: str, *, now: float) -> Session:
        """
        Give what a genuine token in its time holds.

        Raises:
            MalformedToken, BadSignature, SessionNotYetValid, SessionExpired.
        """
        session = self.read(token)
        self._check_audience(session.user)
        check_times(session, now=now, leeway=self._leeway)
        return session

    def read(self, token: str) -> Session:
        """
        Give what a genuine token holds, whether or not this is the time and the reader it is for.

        Raises:
            MalformedToken, BadSignature.
        """
        octets = token_octets(token, self._max_size)
        head, _, signature = octets.rpartition(b".")
        index = key_that_signed(self._macs, head, signature)
        if index is None:
            _refuse(octets, 3, b".")
        header, separator, payload = head.partition(b".")
        if not separator:
            malformed("genuine, but without a header")
        _check_jwt_header(read_claims(decode_genuine(header)))
        claims = read_claims(decode_genuine(payload))
        return session_of(claims, self.keys, index, max_age=self._max_age)

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        meant = claims.get("aud")
        if meant is None:
            return
        # "If the principal processing the claim does not identify itself with a value in the
        # "aud" claim when this claim is present, then the JWT MUST be rejected."
        if self._audience not in (meant if isinstance(meant, list) else [meant]):
            malformed("genuine, but for another audience", reference="RFC 7519 section 4.1.3")


_JWT_HEADER = encode_base64url(b'{"alg":"HS256","typ":"JWT"}')


def _check_jwt_header(header: Mapping[str, Any]) -> None:
    # RFC 8725 section 3.1: the caller names the algorithm, never the token.
    if header.get("alg") != "HS256":
        malformed("genuine, but it says another algorithm", reference="RFC 8725 section 3.1")
    if "crit" in header:
        malformed("genuine, but with extensions to understand", reference="RFC 7515 section 4.1.11")
    if header.get("b64", True) is not True:
        malformed("genuine, but with an unencoded payload", reference="RFC 7797 section 3")


# --- what they share --------------------------------------------------------------------------


def _hmac_sha1(key: bytes) -> Mac:
    return lambda message: hmac.digest(key, message, "sha1")


_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def _refuse(octets: bytes, parts: int, separator: bytes) -> NoReturn:
    """Tell a token that was changed from what never was one; a mark before the payload is none."""
    if octets.removeprefix(b".").count(separator) != parts - 1:
        malformed(f"expected {parts} parts with '{separator.decode()}' between them")
    if not _ALPHABET.issuperset(octets.replace(separator, b"")):
        malformed("a part holds other characters than base64url's")
    raise BadSignature("Invalid signature", reference="RFC 2104 section 2")


def _whole_seconds(now: float) -> int:
    check_moment(now)
    return floor(now)


def _packed(payload: bytes) -> bytes:
    """Deflate a payload where that makes it shorter; a dot before it says so."""
    deflated = zlib.compress(payload)
    if len(deflated) < len(payload) - 1:
        return b"." + encode_base64url(deflated)
    return encode_base64url(payload)


def _unpacked(payload: bytes) -> bytes:
    if not payload.startswith(b"."):
        return decode_genuine(payload)
    inflate = zlib.decompressobj()
    try:
        octets = inflate.decompress(decode_genuine(payload[1:]), _LARGEST_PAYLOAD)
    except zlib.error:
        malformed("genuine, but its payload does not inflate")
    if not inflate.eof or inflate.unused_data:
        malformed("genuine, but its payload is cut off or too large")
    return octets


FORMATS: dict[str, Callable[..., TokenFormat]] = {
    "httpheaders": SessionSigner,
    "itsdangerous": ItsdangerousSigner,
    "flask": FlaskSigner,
    "django": DjangoSigner,
    "jwt-hs256": JwtSigner,
}


def token_format(
    name: str,
    keys: SessionKeys,
    *,
    salt: str | None = None,
    leeway: float = 0,
    max_age: float | None = None,
    audience: str | None = None,
) -> TokenFormat:
    """
    Give the signer of a format by its name.

    Args:
        name: one of `FORMATS`.
        keys: the keys and their roles.
        salt: keeps purposes apart; None for the format's own.
        leeway: seconds by which other clocks may be wrong.
        max_age: seconds after signing at which a token expires; None for the format's own.
        audience: for jwt-hs256: who reads.

    Raises:
        PolicyError: no such format, or it has no place for what is asked.

    >>> token_format("jwt-hs256", SessionKeys("k" * 32)).sign({}, now=0, ttl=None)[:36]
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'
    """
    make = FORMATS.get(name)
    if make is None:
        raise PolicyError(f"unknown format '{name[:40]}': known are {', '.join(FORMATS)}")
    if audience is not None:
        if name != "jwt-hs256":
            raise PolicyError(f"{name} tokens have no audience: use a salt")
        return make(keys, salt=salt, leeway=leeway, max_age=max_age, audience=audience)
    if name == "httpheaders":
        salt = salt or ""
    return make(keys, salt=salt, leeway=leeway, max_age=max_age)
