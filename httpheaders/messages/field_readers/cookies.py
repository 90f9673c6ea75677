"""
Cookie and Set-Cookie. No message shows any part of a cookie's value.

Source: RFC 6265bis sections 4.2.1 and 5.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.cookie_dates import parse_cookie_date
from httpheaders.syntax.cookie_text import split_cookie_pairs, split_set_cookie
from httpheaders.syntax.dates import format_iso_date
from httpheaders.syntax.patterns import lazy_pattern

_max_age = lazy_pattern(r"-?[0-9]++", re.ASCII)
# No cookie lives longer than 400 days; this is many times that, and fits everywhere.
_LARGEST_MAX_AGE = 2**31
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}
_KNOWN = frozenset(
    ("expires", "max-age", "domain", "path", "secure", "httponly", "samesite", "partitioned")
)


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
    name, value, attributes = split_set_cookie(line)
    if not name:
        reading.tell("a cookie without a name", "RFC 6265bis section 5.6")
    # "If the attribute-list contains [several], the last one": RFC 6265bis section 5.7
    last = {key.lower(): text or "" for key, text in attributes if key}
    extensions = {key: text for key, text in last.items() if key not in _KNOWN}
    return {
        "name": name,
        "value": value,
        "expires": _expires(last.get("expires"), name, reading),
        "max-age": _seconds(last.get("max-age"), name, reading),
        "domain": last.get("domain"),
        "path": last.get("path"),
        "secure": "secure" in last,
        "httponly": "httponly" in last,
        "samesite": _same_site(last.get("samesite"), name, reading),
        "partitioned": "partitioned" in last,
        "extensions": extensions,
    }


def _expires(text: str | None, name: str, reading: Reading) -> dict[str, Any] | None:
    if text is None:
        return None
    epoch = parse_cookie_date(text)
    if epoch is None:
        reading.tell(f"cookie {shown(name)}: Expires is not a date", "RFC 6265bis section 5.6.1")
        return None
    return {"iso": format_iso_date(epoch), "epoch": epoch}


def _seconds(text: str | None, name: str, reading: Reading) -> int | None:
    if text is None:
        return None
    if _max_age.fullmatch(text) is None:
        reading.tell(
            f"cookie {shown(name)}: Max-Age is not a count of seconds", "RFC 6265bis section 5.6.2"
        )
        return None
    if len(text) > 12:
        return -1 if text[0] == "-" else _LARGEST_MAX_AGE
    return min(int(text), _LARGEST_MAX_AGE)


def _same_site(text: str | None, name: str, reading: Reading) -> str | None:
    if text is None or text.lower() in _SAME_SITE:
        return None if text is None else _SAME_SITE[text.lower()]
    reading.tell(
        f"cookie {shown(name)}: SameSite is none of Strict, Lax and None",
        "RFC 6265bis section 5.6.7",
    )
    return text
