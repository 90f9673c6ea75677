"""
Negotiation in one process, against WebOb, Werkzeug and python-mimeparse.

Cold means ten thousand different Accept headers, so that nothing can be remembered of a whole
header; warm means the headers that browsers and programs really send, over and over.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from benchmarks.rows import Row, compare

__all__ = ["BROWSERS", "HEADLINES", "OFFERS", "QUICK", "different_headers", "measure"]

QUICK = {"count": 500, "rounds": 3}
HEADLINES = ("different Accept headers",)


OFFERS = ("text/html", "application/json", "text/markdown")

SUBTYPES = {
    "text": ("html", "plain", "css", "csv", "xml", "markdown", "calendar", "*"),
    "application": ("json", "xml", "xhtml+xml", "pdf", "ld+json", "problem+json", "zip", "*"),
    "image": ("png", "webp", "avif", "apng", "svg+xml", "jpeg", "gif", "*"),
    "video": ("mp4", "webm", "ogg", "*"),
    "*": ("*",),
}
RANGES = [f"{kind}/{subtype}" for kind, subtypes in SUBTYPES.items() for subtype in subtypes]

BROWSERS = (
    # Chrome, Firefox and Safari: navigation, image, script, style, fetch
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,"
    "image/svg+xml,*/*;q=0.8",
    "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "text/css,*/*;q=0.1",
    "*/*",
    "application/json, text/plain, */*",
    "application/json",
    "text/markdown, text/html;q=0.9, */*;q=0.1",
)


def different_headers(count: int, *, seed: int = 1) -> list[str]:
    """Make that many different Accept headers of two to eight ranges with weights."""
    dice = random.Random(seed)
    headers: dict[str, None] = {}
    while len(headers) < count:
        ranges = dice.sample(RANGES, dice.randint(2, 8))
        weights = (dice.choice(("", f";q=0.{dice.randint(1, 999)}")) for _ in ranges)
        headers[", ".join(map("".join, zip(ranges, weights, strict=True)))] = None
    return list(headers)


def measure(count: int = 10_000, rounds: int = 5) -> list[Row]:
    """
    Time everyone side by side.

    Args:
        count: how many headers a round has.
        rounds: how often each is timed; the median round counts.
    """
    work = {
        "different Accept headers": different_headers(count),
        "browsers' Accept headers": [BROWSERS[n % len(BROWSERS)] for n in range(count)],
    }
    return [row for what, headers in work.items() for row in _compare(what, headers, rounds)]


def _compare(what: str, headers: Sequence[str], rounds: int) -> Iterator[Row]:
    work = {name: _all(answer, headers) for name, answer in {"ours": _ours(), **_peers()}.items()}
    return compare(what, work, each=len(headers), rounds=rounds)


def _all(negotiate: Callable[[str], object], headers: Sequence[str]) -> Callable[[], None]:
    def run() -> None:
        for header in headers:
            negotiate(header)

    return run


def _ours() -> Callable[[str], object]:
    from httpheaders.content_negotiation import negotiate_type

    # The whole answer, with ranking and reason, against the peers' bare best match.
    return lambda header: negotiate_type(header, OFFERS)


def _peers() -> dict[str, Callable[[str], object]]:
    import mimeparse
    from webob.acceptparse import create_accept_header
    from werkzeug.datastructures import MIMEAccept
    from werkzeug.http import parse_accept_header

    offers = list(OFFERS)
    return {
        "webob": lambda header: create_accept_header(header).acceptable_offers(offers),
        "werkzeug": lambda header: parse_accept_header(header, MIMEAccept).best_match(offers),
        "python-mimeparse": lambda header: mimeparse.best_match(offers, header),
    }
