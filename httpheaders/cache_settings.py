"""
What kind of cache decides: the few facts that RFC 9111 leaves to each cache.

Source: RFC 9111 sections 1, 4.2.2 and 5.2, RFC 9213 section 2.2.
"""

from __future__ import annotations

from httpheaders.named_tuples import NamedTuple

__all__ = ["PRIVATE_CACHE", "SHARED_CACHE", "CacheSettings"]


class CacheSettings(NamedTuple):
    """
    The kind of a cache.

    Attributes:
        shared: whether it serves more than one user, as a proxy or a CDN does.
        targets: targeted fields it obeys before Cache-Control, best first, such as
            "CDN-Cache-Control" (RFC 9213 section 2.2).
        heuristic_fraction: how much of the time since Last-Modified a response without explicit
            expiration counts as fresh (RFC 9111 section 4.2.2: "typical … might be 10%").
        heuristic_limit: the longest heuristic lifetime in seconds, or None.
    """

    shared: bool = True
    targets: tuple[str, ...] = ()
    heuristic_fraction: float = 0.1
    heuristic_limit: float | None = None


SHARED_CACHE = CacheSettings()
PRIVATE_CACHE = CacheSettings(shared=False)
