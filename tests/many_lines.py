"""A million questions to `negotiate`, the same on every machine, some of them unusable."""

from __future__ import annotations

import json
from collections.abc import Iterator

__all__ = ["COUNT", "OFFERS", "questions"]

COUNT = 1_000_000
OFFERS = ("text/html", "application/json", "text/markdown")
RANGES = (
    "text/html",
    "text/plain",
    "text/markdown",
    "text/*",
    "application/json",
    "application/xml",
    "application/*",
    "image/avif",
    "image/webp",
    "*/*",
    "application/ld+json",
)
# Every so many lines one of these: a slip in a key, a wrong type, a key twice, no JSON, nothing.
BAD_EVERY = 1009
BAD = (
    '{{"id": {n}, "acept": "text/html"}}',
    '{{"id": {n}, "accept": 5}}',
    '{{"id": {n}, "accept": "text/html", "accept": "*/*"}}',
    '{{"id": {n} "accept"}}',
    '{{"id": {n}, "accept": "text/html"',
    "",
)


def questions(count: int = COUNT) -> Iterator[str]:
    """Give that many lines: objects with an `id`, every fifth a bare Accept field."""
    many = len(RANGES)
    for n in range(1, count + 1):
        if n % BAD_EVERY == 0:
            yield BAD[n // BAD_EVERY % len(BAD)].format(n=n)
            continue
        accept = (
            f"{RANGES[n % many]};q=0.{n % 997:03d}, "
            f"{RANGES[n // many % many]};q=0.{n // 7 % 991:03d}, {RANGES[n // many**2 % many]}"
        )
        if n % 5 == 0:
            yield f"{accept};n={n}"
        else:
            yield json.dumps(
                {"id": n, "accept": f"{accept};charset=é" if n % 13 == 0 else accept},
                ensure_ascii=False,
            )
