"""
Signing and verifying in one process, against itsdangerous and what the frameworks use of it.

Each signs the same claims and verifies its own token with the clock read each time. Ours is also
timed in the peer's own format, where both do the same work octet for octet.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.rows import Row, compare

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"count": 2000, "rounds": 3}
HEADLINES = ("verify a session",)


KEY = "0123456789abcdef0123456789abcdef"
CLAIMS = {"user_id": "ada-lovelace", "role": "admin"}


def measure(count: int = 20_000, rounds: int = 5) -> list[Row]:
    """
    Time both side by side.

    Args:
        count: tokens in a round.
        rounds: how often each is timed; the median round counts.
    """
    from itsdangerous import URLSafeTimedSerializer

    from httpheaders.session_formats import ItsdangerousSigner
    from httpheaders.session_keys import SessionKeys
    from httpheaders.sessions import SessionSigner

    keys = SessionKeys(KEY)
    own = SessionSigner(keys)
    same = ItsdangerousSigner(keys, max_age=3600)
    peer = URLSafeTimedSerializer(KEY)
    own_token = own.sign(CLAIMS, now=time.time())
    peer_token = str(peer.dumps(CLAIMS))
    peer_sign: Callable[[], Any] = lambda: peer.dumps(CLAIMS)  # noqa: E731
    peer_verify: Callable[[], Any] = lambda: peer.loads(peer_token, max_age=3600)  # noqa: E731
    work: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
        ("sign a session", lambda: own.sign(CLAIMS, now=time.time()), peer_sign),
        ("verify a session", lambda: own.verify(own_token, now=time.time()), peer_verify),
        (
            "sign, itsdangerous' own format",
            lambda: same.sign(CLAIMS, now=time.time()),
            peer_sign,
        ),
        (
            "verify, itsdangerous' own format",
            lambda: same.verify(peer_token, now=time.time()),
            peer_verify,
        ),
    ]
    return [
        row
        for what, ours, theirs in work
        for row in compare(
            what,
            {"ours": _repeated(ours, count), "itsdangerous": _repeated(theirs, count)},
            each=count,
            rounds=rounds,
            goal=None if "format" in what else 2.0,
        )
    ]


def _repeated(function: Callable[[], Any], count: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(count):
            function()

    return run
