"""
Signing and verifying in one process, against itsdangerous and what the frameworks use of it.

Each signs the same claims and verifies its own token with the clock read each time. Ours is also
timed in the peer's own format, where both do the same work octet for octet.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks.rows import Row

__all__ = ["measure"]


KEY = "0123456789abcdef0123456789abcdef"
CLAIMS = {"user_id": "ada-lovelace", "role": "admin"}


def measure(count: int = 20_000, rounds: int = 5) -> list[Row]:
    """
    Time both side by side.

    Args:
        count: tokens in a round.
        rounds: how often each is timed; the fastest round counts.
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
        ("sign", lambda: own.sign(CLAIMS, now=time.time()), peer_sign),
        ("verify", lambda: own.verify(own_token, now=time.time()), peer_verify),
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
    return [_compare(what, ours, theirs, count, rounds) for what, ours, theirs in work]


def _compare(
    what: str, ours: Callable[[], Any], theirs: Callable[[], Any], count: int, rounds: int
) -> Row:
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for number, function in enumerate((ours, theirs)):
            best[number] = min(best[number], _time(function, count))
    goal = None if "format" in what else 2.0
    return Row(what, best[0], "itsdangerous", best[1], best[1] / best[0], goal=goal)


def _time(function: Callable[[], Any], count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        function()
    return (perf_counter() - start) / count
