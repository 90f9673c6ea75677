"""
Which field of a response tells a cache what to do: a targeted field, or Cache-Control.

Source: RFC 9213 section 2.
"""

from __future__ import annotations

from typing import Any

from httpheaders.cache_control import (
    CacheControl,
    cache_control_of,
    parse_cache_control,
)
from httpheaders.cache_settings import CacheSettings
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Headers
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.cache_directives import Directive

__all__ = ["GoverningDirectives", "governing_directives", "parse_targeted_field"]


class GoverningDirectives(NamedTuple):
    """
    The directives a cache obeys, and the field they came from.

    Attributes:
        field: "Cache-Control", or the targeted field that overrides it.
        targeted: whether Cache-Control and Expires are to be ignored for it.
    """

    directives: CacheControl
    field: str = "Cache-Control"
    targeted: bool = False


def governing_directives(headers: Headers, settings: CacheSettings) -> GoverningDirectives:
    """
    Choose the first valid, non-empty targeted field of the cache's list, else Cache-Control.

    Source: RFC 9213 section 2.2.

    >>> headers = Headers([("CDN-Cache-Control", "max-age=9"), ("Cache-Control", "no-store")])
    >>> governing_directives(headers, CacheSettings(targets=("CDN-Cache-Control",))).field
    'CDN-Cache-Control'
    """
    for field in settings.targets:
        value = headers.joined(field)
        if value is not None:
            directives = parse_targeted_field(value)
            if directives is not None:
                return GoverningDirectives(directives, field, True)
    return GoverningDirectives(parse_cache_control(headers.joined("Cache-Control")))


def parse_targeted_field(value: str) -> CacheControl | None:
    """
    Read a targeted field: None when it is empty or no Dictionary, and so to be ignored.

    A member of the wrong type is not consumed: a number of seconds that is none makes the response
    stale, as in Cache-Control.

    Source: RFC 9213 section 2.1.

    >>> parse_targeted_field("max-age=60, no-store;x=1").no_store, parse_targeted_field("a, &")
    (True, None)
    """
    from httpheaders.syntax.structured import parse_structured  # late: few responses have one

    try:
        members: dict[str, dict[str, Any]] = parse_structured(value, kind="dictionary")
    except FieldSyntaxError:
        return None
    if not members:
        return None
    wanted = (_directive_of(name, item) for name, item in members.items())
    return cache_control_of(directive for directive in wanted if directive is not None)


def _directive_of(name: str, item: dict[str, Any]) -> Directive | None:
    value, kind = item["value"], item["type"]
    if kind == "boolean":
        return Directive(name) if value else None
    if kind in ("integer", "token"):
        return Directive(name, str(value))
    if name in ("no-cache", "private") and kind == "string":
        return Directive(name, value, quoted=True)
    # "max-age has an integer value": what is not one is unreadable, whatever it looks like
    return Directive(name, f"<{kind}>")
