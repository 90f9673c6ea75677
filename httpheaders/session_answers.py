"""
Tokens signed and checked, with the answer that people read: the reason, the rules, what is unwise.

Source: RFC 2104, RFC 4648 section 5, RFC 7519 sections 4.1.4 and 4.1.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem, Step
from httpheaders.errors import (
    BadSignature,
    MalformedToken,
    SessionError,
    SessionExpired,
    SessionNotYetValid,
)
from httpheaders.named_tuples import NamedTuple
from httpheaders.session_claims import DEFAULT_TTL, Session, moment_of

if TYPE_CHECKING:
    from typing import Protocol

    from httpheaders.session_keys import SessionKeys

    class TokenFormat(Protocol):
        """One way to write tokens; see `sessions`, and `session_formats` for the others."""

        keys: SessionKeys
        # Seconds that a token counts unless its maker says; None where it cannot say.
        default_ttl: float | None

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

        def read(self, token: str) -> Session:
            """Do so whether or not this is the time and the reader it is for."""


__all__ = ["SessionAnswer", "SignedSession", "check_session", "sign_session"]

# RFC 6265bis section 5.6: a cookie whose name and value exceed 4096 octets is ignored.
_LARGEST_COOKIE = 4096


class SignedSession(NamedTuple):
    """
    A token as it was made.

    Attributes:
        token: what to hand to the client; it is a secret of the client's.
        expires_in: seconds from now, not above 0 when it has expired; None: it never does, or does
            not say.
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

    >>> from httpheaders.session_keys import SessionKeys
    >>> from httpheaders.sessions import SessionSigner
    >>> answer = sign_session(SessionSigner(SessionKeys("k" * 32)), {"user_id": 7}, now=1000)
    >>> answer.expires_in, answer.key, answer.problems
    (3600, 'current', ())
    """
    token = form.sign(claims, now=now, ttl=ttl, not_before=not_before)
    key = form.keys.names[0]
    problems = list(form.keys.problems)
    if len(token) > _LARGEST_COOKIE:
        message = f"browsers drop a cookie of more than {_LARGEST_COOKIE} octets"
        problems.append(Problem("token", message, "RFC 6265bis section 5.6"))
    expires_in = _remaining(form.read(token).expires_at, now)
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


def _told_expiry(expires_in: float | None) -> str:
    if expires_in is None:
        return "signed"
    if expires_in <= 0:
        return "signed, and has expired already"
    from httpheaders.syntax.seconds import shown_seconds  # late: verifying tells no seconds

    return f"signed, expires in {shown_seconds(expires_in)} s"


def _remaining(expires_at: float | None, now: float) -> float | None:
    if expires_at is None:
        return None
    remaining = round(expires_at - moment_of(now), 3)
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

    >>> from httpheaders.session_keys import SessionKeys
    >>> from httpheaders.sessions import SessionSigner
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
