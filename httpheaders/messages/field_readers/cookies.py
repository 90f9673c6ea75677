"""
Cookie and Set-Cookie. No message shows any part of a cookie's value.

Source: RFC 6265bis sections 4.2.1 and 5.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from httpheaders.messages.field_readers.reading import Reading
from httpheaders.messages.set_cookie import KNOWN_ATTRIBUTES, read_set_cookie
from httpheaders.syntax.cookie_text import split_cookie_pairs
from httpheaders.syntax.dates import format_iso_date


def cookies(lines: Sequence[str], reading: Reading) -> list[dict[str, str]]:
    """Read Cookie: names and values in order, repeats kept, quotes kept."""
    pairs = [pair for line in lines for pair in split_cookie_pairs(line)]
    if any(not name for name, _ in pairs):
        reading.tell("a cookie without a name", "RFC 6265bis section 4.2.1")
    return [{"name": name, "value": value} for name, value in pairs]


def set_cookies(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Set-Cookie lines, each one cookie; they are never split at commas."""
    return [_set_cookie(line, reading) for line in lines]


def _set_cookie(line: str, reading: Reading) -> dict[str, Any]:
    cookie = read_set_cookie(line)
    if not cookie.name:
        reading.tell("a cookie without a name", "RFC 6265bis section 5.6")
    for problem in cookie.problems:
        reading.tell(f"{problem.where}: {problem.message}", problem.reference)
    heeded = cookie.heeded
    return {
        "name": cookie.name,
        "value": cookie.value,
        "expires": _date(cookie.expires),
        "max-age": cookie.max_age,
        "domain": heeded.get("domain"),
        "path": heeded.get("path"),
        "secure": cookie.secure,
        "httponly": cookie.http_only,
        "samesite": heeded.get("samesite") if cookie.same_site == "Default" else cookie.same_site,
        "partitioned": cookie.partitioned,
        "extensions": {
            name: text for name, text in heeded.items() if name and name not in KNOWN_ATTRIBUTES
        },
    }


def _date(epoch: int | None) -> dict[str, Any] | None:
    return None if epoch is None else {"iso": format_iso_date(epoch), "epoch": epoch}
