"""
Signed sessions: claims that anyone may read and only the key's holder can write.

A token is `base64url(JSON) "." base64url(HMAC-SHA256 of what stands before the dot)`, without
padding. There is one algorithm, and a token cannot name another. Verifying goes in one order: the
size, then the signature over the octets as they came, and only then the content. No signature is
decoded: the one spelling of the right one is compared, in constant time, with what is there.

Keys have roles by name, never by their place in a list: the current key signs, old ones verify.
No key is shown by anything here, `repr` included.

Source: RFC 2104, RFC 4648 section 5; the time claims are those of RFC 7519 section 4.1.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest
from math import floor, isfinite
from typing import TYPE_CHECKING, Any, NoReturn

from httpheaders.answer import Problem, Step
from httpheaders.errors import (
    BadSignature,
    FieldSyntaxError,
    InputError,
    MalformedToken,
    PolicyError,
    SessionError,
    SessionExpired,
    SessionNotYetValid,
)
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.base64url import decode_base64url, encode_base64url
from httpheaders.syntax.strict_json import write_json

if TYPE_CHECKING:
    from typing import Protocol

    from httpheaders.messages.message import Request

    class TokenFormat(Protocol):
        """One way to write tokens; see `SessionSigner`, and `session_formats` for the others."""

        keys: SessionKeys

        def sign(
            self,
            claims: Mapping[str, Any],
            *,
            now: float,
            ttl: float | None = 3600,
            not_before: float | None = None,
        ) -> str:
            """Write a token."""

        def verify(self, token: str, *, now: float) -> Session:
            """Give what a genuine token holds, or raise a SessionError."""


__all__ = [
    "DEFAULT_TTL",
    "NewKey",
    "Session",
    "SessionAnswer",
    "SessionKeys",
    "SessionManager",
    "SessionSigner",
    "SignedSession",
    "TokenSource",
    "check_session",
    "find_token",
    "make_key",
    "sign_session",
]

DEFAULT_TTL = 3600
# Longer than any header field that servers accept; nothing longer is even hashed.
LARGEST_TOKEN = 8192
# RFC 6265bis section 5.6: a cookie whose name and value exceed 4096 octets is ignored.
_LARGEST_COOKIE = 4096
# RFC 2104 section 3: keys of less than the hash's length "would decrease the security strength".
_SHORTEST_GOOD_KEY = 32


# --- keys -------------------------------------------------------------------------------------


class SessionKeys:
    """
    The key that signs, and older keys that still verify.

    Args:
        current: the secret that signs and verifies; text counts as its UTF-8 octets.
        old: secrets that only verify.
        names: what to call them, the current first; else "current", "old-1", "old-2" …

    Raises:
        PolicyError: a key is empty, or `old` is one text instead of a list of them.

    Source: RFC 2104 sections 2 and 3.

    >>> SessionKeys("new secret", ["old secret"])
    SessionKeys('current', 'old-1')
    """

    __slots__ = ("_secrets", "names")

    def __init__(
        self, current: bytes | str, old: Sequence[bytes | str] = (), *, names: Sequence[str] = ()
    ) -> None:
        if isinstance(old, (bytes, str)):
            # As a list it would be one key for each character.
            raise PolicyError("old keys are a list: write [key], not key")
        self._secrets = tuple(map(_key_octets, (current, *old)))
        self.names = tuple(names) or ("current", *(f"old-{n}" for n, _ in enumerate(old, 1)))
        if len(self.names) != len(self._secrets):
            raise PolicyError(f"{len(self._secrets)} keys cannot have {len(self.names)} names")
        if not all(self._secrets):
            raise PolicyError("a key is empty: anyone could sign with it")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The octets, the current key's first."""
        return self._secrets

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Keys too short to be safe."""
        return tuple(
            Problem(
                f"key {name}",
                f"the key has {len(secret)} octets: use {_SHORTEST_GOOD_KEY} random ones",
                "RFC 2104 section 3",
            )
            for name, secret in zip(self.names, self._secrets, strict=True)
            if len(secret) < _SHORTEST_GOOD_KEY
        )

    def __repr__(self) -> str:
        return f"SessionKeys({', '.join(map(repr, self.names))})"


def _key_octets(secret: bytes | str) -> bytes:
    return secret.encode("utf-8", "surrogateescape") if isinstance(secret, str) else bytes(secret)


def make_key(octets: bytes) -> str:
    """
    Write random octets as a key, in text that survives files and environments.

    Args:
        octets: 32 or more from the system's random source.

    Raises:
        PolicyError: fewer.

    Source: RFC 2104 section 3 (keys need to be chosen at random).

    >>> make_key(bytes(32))
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if len(octets) < _SHORTEST_GOOD_KEY:
        raise PolicyError(f"a key needs {_SHORTEST_GOOD_KEY} random octets or more")
    return encode_base64url(octets).decode()


class NewKey(NamedTuple):
    """The answer that a key was made; the key itself is no part of it."""

    octets: int
    ok: bool = True
    reason: str = "made of the system's random octets"
    reference: str | None = "RFC 2104 section 3"
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] = ()


# --- what a genuine token holds ---------------------------------------------------------------


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


# --- our own format ---------------------------------------------------------------------------


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
        octets = token_octets(token, self._max_size)
        head, dot, signature = octets.partition(b".")
        index = self._index_of(head, signature)
        if index is None:
            _refuse(head, dot, signature)
        claims = read_claims(decode_genuine(head))
        session = session_of(claims, self.keys, index, max_age=self._max_age)
        check_times(session, now=now, leeway=self._leeway)
        return session

    def _index_of(self, head: bytes, signature: bytes) -> int | None:
        """Find the key that signed."""
        for index, mac in enumerate(self._macs):
            if compare_digest(encode_base64url(mac(head)), signature):
                return index
        return None


def _mac_of(secret: bytes, salt: str) -> Callable[[bytes], bytes]:
    return hmac_sha256(hmac_sha256(secret)(salt.encode()) if salt else secret)


_INNER_PAD = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD = bytes(octet ^ 0x5C for octet in range(256))


def hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    """
    Give the function that makes HMAC-SHA256 with this key.

    The two blocks made of the key are hashed once, which takes most of the time of a short message:
    "it is possible to precompute the intermediate results", RFC 2104 section 4.

    Source: RFC 2104 section 2.

    >>> hmac_sha256(b"key")(b"message").hex()[:16]
    '6e9ef29b75fffc5b'
    """
    block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
    inner, outer = sha256(block.translate(_INNER_PAD)), sha256(block.translate(_OUTER_PAD))

    def mac(message: bytes) -> bytes:
        hashed = inner.copy()
        hashed.update(message)
        outermost = outer.copy()
        outermost.update(hashed.digest())
        return outermost.digest()

    return mac


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


# --- what all formats share -------------------------------------------------------------------


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


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError("not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
# What decode() calls, without its two searches for blanks around the text.
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]


def read_claims(octets: bytes) -> dict[str, Any]:
    """Read the JSON object of a genuine token."""
    try:
        text = octets.decode()
        claims, end = _scan(text, 0)
    except (ValueError, RecursionError, StopIteration):
        malformed("genuine, but not JSON")
    if end != len(text):
        malformed("genuine, but more than JSON")
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
    if not isfinite(seconds) or seconds < 0:
        raise PolicyError(f"{name} is a number of seconds from 0")
    return seconds


def with_times(
    claims: Mapping[str, Any], *, now: float, ttl: float | None, not_before: float | None
) -> dict[str, Any]:
    """Add `iat`, `exp` and `nbf` to claims that lack them."""
    if not isinstance(claims, Mapping):
        raise InputError("claims are a JSON object")
    payload = dict(claims)
    payload.setdefault("iat", _moment(now))
    if ttl is not None:
        payload.setdefault("exp", _moment(now + checked_seconds(ttl, "ttl")))
    if not_before is not None:
        payload.setdefault("nbf", _moment(not_before))
    for name in ("iat", "exp", "nbf"):
        if name in payload and not _is_time(payload[name]):
            raise InputError(f"claim '{name}' is not a number of seconds since 1970")
    return payload


def _moment(seconds: float) -> float:
    # Down to the millisecond, never up: a ttl of 0 has to be over at once.
    if not isfinite(seconds):
        raise PolicyError("a time is a finite number of seconds since 1970")
    milliseconds = floor(seconds * 1000)
    return milliseconds / 1000 if milliseconds % 1000 else milliseconds // 1000


def _is_time(value: object) -> bool:
    return type(value) in (int, float) and isfinite(value)  # type: ignore[arg-type]


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


# --- answers ----------------------------------------------------------------------------------


class SignedSession(NamedTuple):
    """
    A token as it was made.

    Attributes:
        token: what to hand to the client; it is a secret of the client's.
        expires_in: seconds from now, None: it says nothing about that.
        key: the name of the key that signed.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    token: str
    expires_in: float | None
    key: str


class SessionAnswer(NamedTuple):
    """
    Whether a token is genuine and in time; unless it is, nothing of what it holds is here.

    Attributes:
        user: the claims, None unless ok.
        expires_in: seconds from now, None: it does not say.
        key: the name of the key that verified.
        resign: whether that was an old key; None unless ok.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    user: dict[str, Any] | None = None
    expires_in: float | None = None
    key: str | None = None
    resign: bool | None = None


def sign_session(
    form: TokenFormat,
    claims: Mapping[str, Any],
    *,
    now: float,
    ttl: float | None = DEFAULT_TTL,
    not_before: float | None = None,
    explain: bool = False,
) -> SignedSession:
    """
    Sign claims, and tell what is unwise about the keys or the token.

    Raises:
        InputError: the claims cannot be signed.
        PolicyError: the format has no place for what is asked.

    >>> answer = sign_session(SessionSigner(SessionKeys("k" * 32)), {"user_id": 7}, now=1000)
    >>> answer.expires_in, answer.key, answer.problems
    (3600, 'current', ())
    """
    token = form.sign(claims, now=now, ttl=ttl, not_before=not_before)
    key = form.keys.names[0]
    session = _own_session(form, token, now)
    problems = list(form.keys.problems)
    if len(token) > _LARGEST_COOKIE:
        message = f"browsers drop a cookie of more than {_LARGEST_COOKIE} octets"
        problems.append(Problem("token", message, "RFC 6265bis section 5.6"))
    expires_in = None if session is None else _remaining(session.expires_at, now)
    steps = (Step("the current key signs", f"key '{key}'", "RFC 2104 section 2"),)
    return SignedSession(
        True,
        _told_expiry(expires_in),
        "RFC 2104 section 2",
        tuple(problems),
        steps if explain else (),
        token,
        expires_in,
        key,
    )


def _own_session(form: TokenFormat, token: str, now: float) -> Session | None:
    try:
        return form.verify(token, now=now)
    except SessionError:
        return None  # its time has not come, or is over at once


def _told_expiry(expires_in: float | None) -> str:
    return "signed" if expires_in is None else f"signed, expires in {expires_in:g} s"


def _remaining(expires_at: float | None, now: float) -> float | None:
    if expires_at is None:
        return None
    remaining = round(expires_at - _moment(now), 3)
    return int(remaining) if remaining == int(remaining) else remaining


def check_session(
    form: TokenFormat, token: str, *, now: float, explain: bool = False
) -> SessionAnswer:
    """
    Say whether a token is genuine and in time.

    Args:
        form: the format with its keys.
        token: as received.
        now: seconds since 1970.
        explain: whether to fill `steps`; they show no more than the reason does.

    >>> check_session(SessionSigner(SessionKeys("k" * 32)), "e30.AAAA", now=0).reason
    'Invalid signature'
    """
    try:
        session = form.verify(token, now=now)
    except SessionError as error:
        details = tuple(
            Problem("token", note, error.reference) for note in getattr(error, "__notes__", ())
        )
        return SessionAnswer(
            False,
            error.message,
            error.reference,
            (*form.keys.problems, *details),
            _steps(type(error)) if explain else (),
        )
    problems = list(form.keys.problems)
    if session.expires_at is None:
        problems.append(Problem("token", "it never expires", "RFC 7519 section 4.1.4"))
    return SessionAnswer(
        True,
        f"genuine and in time, by key '{session.key}'",
        "RFC 2104 section 2",
        tuple(problems),
        _steps(None) if explain else (),
        session.user,
        _remaining(session.expires_at, now),
        session.key,
        session.resign,
    )


# In the order in which a token is looked at: the rule, and the error that ends there.
_RULES: tuple[tuple[str, type[SessionError], str], ...] = (
    ("it has the form of a token", MalformedToken, "RFC 4648 section 5"),
    ("one of the keys signed it", BadSignature, "RFC 2104 section 2"),
    ("its time has come", SessionNotYetValid, "RFC 7519 section 4.1.5"),
    ("it has not expired", SessionExpired, "RFC 7519 section 4.1.4"),
)


def _steps(failed: type[SessionError] | None) -> tuple[Step, ...]:
    steps = []
    for rule, error, reference in _RULES:
        steps.append(Step(rule, "no" if error is failed else "yes", reference))
        if error is failed:
            break
    return tuple(steps)


# --- where a token comes from -----------------------------------------------------------------


class TokenSource(NamedTuple):
    """A token and where it stood; the token is None where there was none."""

    token: str | None
    where: str
    problems: tuple[Problem, ...] = ()


def find_token(request: Request, *, cookie: str | None = None) -> TokenSource:
    """
    Take the token out of a request: from a cookie if one is named, else from Authorization.

    Args:
        request: the request.
        cookie: the cookie's name; the first of that name counts, as servers have it.

    Source: RFC 6750 section 2.1, RFC 9110 section 11.4, RFC 6265bis section 5.8.3.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Request
    >>> find_token(Request(headers=Headers([("Authorization", "bearer a.b")]))).token
    'a.b'
    """
    if cookie is not None:
        return _from_cookie(request, cookie)
    fields = request.headers.get_all("authorization")
    for field in fields[:1]:
        scheme, _, token = field.strip(" \t").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return TokenSource(token.strip(), "Authorization", _repeated(len(fields), "fields"))
    return TokenSource(None, "Authorization")


def _from_cookie(request: Request, name: str) -> TokenSource:
    from httpheaders.syntax.cookie_text import split_cookie_pairs

    value = "; ".join(request.headers.get_all("cookie"))
    tokens = [text for pair_name, text in split_cookie_pairs(value) if pair_name == name]
    if not tokens:
        return TokenSource(None, f"cookie {name}")
    token = tokens[0]
    if len(token) > 1 and token[0] == token[-1] == '"':  # as some servers set it
        token = token[1:-1]
    return TokenSource(token, f"cookie {name}", _repeated(len(tokens), "cookies of that name"))


def _repeated(count: int, what: str) -> tuple[Problem, ...]:
    if count < 2:
        return ()
    return (Problem("request", f"{count} {what}: the first counts", "RFC 6265bis section 5.8.3"),)


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
