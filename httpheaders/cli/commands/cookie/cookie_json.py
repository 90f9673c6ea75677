"""Cookies as JSON: the shapes in which the cookie commands show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from httpheaders.cookie_acceptance import SetCookieVerdict, StoredCookie
    from httpheaders.public_suffixes import PublicSuffixes

__all__ = ["given_suffixes", "write_stored_cookie", "write_time", "write_verdict"]


def write_time(seconds: float | None) -> dict[str, Any] | None:
    """Show a time as people and programs read it; null when there is none."""
    if seconds is None:
        return None
    from httpheaders.syntax.dates import format_iso_date

    return {"iso": format_iso_date(seconds), "epoch": seconds}


def write_verdict(verdict: SetCookieVerdict) -> dict[str, Any]:
    """Show a Set-Cookie line as it was read, and what a browser makes of it."""
    return {
        "name": verdict.name,
        "value": verdict.value,
        "raw": verdict.raw,
        "kept": verdict.kept,
        "deletes": verdict.deletes,
        "rejections": [
            {"message": problem.message, "reference": problem.reference}
            for problem in verdict.rejections
        ],
        "expires": write_time(verdict.expires),
        "max_age": verdict.max_age,
        "domain": verdict.domain,
        "path": verdict.path,
        "secure": verdict.secure,
        "http_only": verdict.http_only,
        "same_site": verdict.same_site,
        "partitioned": verdict.partitioned,
        "attributes": [list(attribute) for attribute in verdict.attributes],
        "stored": None if verdict.stored is None else write_stored_cookie(verdict.stored),
    }


def write_stored_cookie(cookie: StoredCookie) -> dict[str, Any]:
    """Show a cookie as a browser holds it."""
    return {
        "name": cookie.name,
        "value": cookie.value,
        "domain": cookie.domain,
        "host_only": cookie.host_only,
        "path": cookie.path,
        "expires": write_time(cookie.expiry_time),
        "secure": cookie.secure,
        "http_only": cookie.http_only,
        "same_site": cookie.same_site,
        "partitioned": cookie.partitioned,
        "created": _write_creation(cookie.creation_time),
    }


def _write_creation(seconds: float) -> dict[str, Any] | None:
    from httpheaders.cookie_acceptance import UNKNOWN_TIME

    return None if seconds == UNKNOWN_TIME else write_time(seconds)


def given_suffixes(values: Mapping[str, Any]) -> PublicSuffixes | None:
    """Give the public suffixes that a question names; None leaves it to the installed list."""
    if "public_suffixes" not in values:
        return None
    from httpheaders.public_suffixes import PublicSuffixes

    return PublicSuffixes(values["public_suffixes"])
