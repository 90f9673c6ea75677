"""
Cache-Status: what a cache did with a request, for those who look into it.

Source: RFC 9211 section 2.
"""

from __future__ import annotations

from httpheaders.syntax.grammar import is_token

__all__ = ["format_cache_status"]


def format_cache_status(
    name: str,
    *,
    hit: bool = False,
    ttl: float | None = None,
    fwd: str | None = None,
    fwd_status: int | None = None,
    stored: bool = False,
) -> str:
    """
    Write the member of one cache.

    Args:
        name: what the cache calls itself.
        hit: whether it answered without going forward.
        ttl: the seconds of freshness left, negative when stale.
        fwd: why it went forward: "uri-miss", "stale", …
        fwd_status: what the next server answered, where that is not what the client gets.
        stored: whether the response was stored.

    Source: RFC 9211 sections 2.1 to 2.5.

    >>> format_cache_status("Example", hit=True, ttl=376.2)
    'Example; hit; ttl=376'
    """
    identifier = name if is_token(name) else '"' + name.replace('"', "").replace("\\", "") + '"'
    members = [identifier]
    if hit:
        members += ["hit", f"ttl={int(ttl or 0)}"]
    elif fwd is not None:
        members.append(f"fwd={fwd}")
        members += [f"fwd-status={fwd_status}"] if fwd_status is not None else []
        members += ["stored"] if stored else []
    return "; ".join(members)
