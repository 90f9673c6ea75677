"""
Cache-Control: what its directives tell a cache, and how to write them.

`parse_cache_control` gives what a cache acts on. It follows RFC 9111 section 4.2.1 where a value is
odd: the first of repeated numbers counts, an unreadable number is remembered as such (the response
is stale), and what restricts is heeded even where it is badly written.

Source: RFC 9111 section 5.2, RFC 5861, RFC 8246, RFC 9213.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.cache_directives import (
    FIELD_LISTS,
    FLAGS,
    SECONDS,
    Directive,
    split_directives,
)
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import (
    OWS,
    QUOTED_STRING,
    TOKEN,
    is_token,
    parse_delta_seconds,
    quote,
    unquote,
)
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DIRECTIVE_NAMES",
    "NO_DIRECTIVES",
    "CacheControl",
    "cache_control_of",
    "format_cache_control",
    "format_directive",
    "parse_cache_control",
]


class CacheControl(NamedTuple):
    """
    The directives of a request or response; numbers are seconds, None where absent.

    Attributes:
        max_stale: 2**31 when given without a number: any staleness.
        no_cache_fields: set instead of `no_cache` by the form that names fields; in lower case.
        private_fields: the same for `private`.
        unreadable: names of directives whose number is missing or is none.
        extensions: directives that have no meaning here, with their arguments.

    Source: RFC 9111 section 5.2.
    """

    public: bool = False
    private: bool = False
    private_fields: tuple[str, ...] = ()
    no_store: bool = False
    no_cache: bool = False
    no_cache_fields: tuple[str, ...] = ()
    max_age: int | None = None
    s_maxage: int | None = None
    must_revalidate: bool = False
    proxy_revalidate: bool = False
    must_understand: bool = False
    immutable: bool = False
    stale_while_revalidate: int | None = None
    stale_if_error: int | None = None
    no_transform: bool = False
    max_stale: int | None = None
    min_fresh: int | None = None
    only_if_cached: bool = False
    unreadable: tuple[str, ...] = ()
    extensions: tuple[tuple[str, str | None], ...] = ()


NO_DIRECTIVES = CacheControl()

_leading_quoted = lazy_pattern(QUOTED_STRING)
_blank_beside_equals = lazy_pattern(rf"({TOKEN}){OWS}={OWS}(.*)", re.DOTALL)

# A flag that restricts is heeded whatever stands behind its "="; one that permits is not.
_PERMITTING_FLAGS = frozenset(("public", "must-understand"))
_ANY_STALENESS = 2**31
_RESTRICTING = (FLAGS | FIELD_LISTS) - _PERMITTING_FLAGS - {"immutable", "only-if-cached"}

# The order in which directives are written; the names double as those that are known.
DIRECTIVE_NAMES = (
    "public", "private", "no-store", "no-cache", "max-age", "s-maxage", "must-revalidate",
    "proxy-revalidate", "must-understand", "immutable", "stale-while-revalidate", "stale-if-error",
    "no-transform", "max-stale", "min-fresh", "only-if-cached",
)  # fmt: skip
# Values come again and again; longer ones than this are parsed anew rather than remembered.
_REMEMBERED_LENGTH = 256


def parse_cache_control(value: str | None) -> CacheControl:
    """
    Read what a Cache-Control value, its lines joined, tells a cache. Never raises.

    Source: RFC 9111 sections 4.2.1 and 5.2.

    >>> parse_cache_control('Max-Age="60", no-cache="Set-Cookie"').no_cache_fields
    ('set-cookie',)
    """
    if not value:
        return NO_DIRECTIVES
    return _remembered(value) if len(value) <= _REMEMBERED_LENGTH else _parse(value)


@lru_cache(maxsize=1024)
def _remembered(value: str) -> CacheControl:
    return _parse(value)


def _parse(value: str) -> CacheControl:
    return cache_control_of(split_directives(value))


def cache_control_of(directives: Iterable[Directive]) -> CacheControl:
    """Give what a list of directives tells a cache."""
    reading = _Reading()
    for directive in directives:
        reading.take(directive)
    return reading.result()


class _Reading:
    """One pass over the directives, collecting the members of a CacheControl."""

    def __init__(self) -> None:
        self._flags: dict[str, bool] = {}
        self._seconds: dict[str, int | None] = {}
        self._fields: dict[str, list[str]] = {"no_cache": [], "private": []}
        self._unreadable: list[str] = []
        self._extensions: list[tuple[str, str | None]] = []

    def take(self, directive: Directive) -> None:
        directive = _blanks_forgiven(directive)
        name, argument = directive.name, directive.argument
        if name is None:
            return
        if name in SECONDS:
            self._take_seconds(name, argument)
        elif name in FIELD_LISTS:
            self._take_fields(_attribute(name), argument)
        elif name in FLAGS:
            # RFC 8246 section 2 of immutable: arguments "have no meaning and MUST be ignored"
            if argument is None or name not in _PERMITTING_FLAGS:
                self._flags[_attribute(name)] = True
        else:
            self._extensions.append((name, argument))
        if not directive.quoted and _is_unclosed(argument):
            self._take_behind_open_quote(argument or "")

    def _take_seconds(self, name: str, argument: str | None) -> None:
        attribute = _attribute(name)
        if attribute in self._seconds:
            return  # "either the first occurrence should be used or …": RFC 9111 section 4.2.1
        if name == "max-stale" and argument is None:
            self._seconds[attribute] = _ANY_STALENESS
            return
        self._seconds[attribute] = parse_delta_seconds(argument or "")
        if self._seconds[attribute] is None:
            self._unreadable.append(name)

    def _take_fields(self, attribute: str, argument: str | None) -> None:
        names = split_list(_list_argument(argument))
        if names and all(map(is_token, names)):
            self._fields[attribute] += [name.lower() for name in names]
        else:
            self._flags[attribute] = True  # a list that cannot be read: the form without one

    def _take_behind_open_quote(self, argument: str) -> None:
        # A quote that never closes has swallowed the rest; of that, only what restricts is heeded.
        for text in argument.split(",")[1:]:
            for directive in split_directives(text.replace('"', "")):
                if directive.name in _RESTRICTING:
                    self.take(directive)

    def result(self) -> CacheControl:
        members: dict[str, object] = {**self._flags, **self._seconds}
        for attribute, names in self._fields.items():
            if names and not self._flags.get(attribute):
                members[f"{attribute}_fields"] = tuple(dict.fromkeys(names))
        return NO_DIRECTIVES._replace(
            **members,  # type: ignore[arg-type]
            unreadable=tuple(self._unreadable),
            extensions=tuple(self._extensions),
        )


def _attribute(name: str) -> str:
    return name.replace("-", "_")


def _blanks_forgiven(directive: Directive) -> Directive:
    # No blank may stand beside "=", but most caches read on over it.
    match = _blank_beside_equals.fullmatch(directive.text) if directive.flaw else None
    return split_directives(f"{match[1]}={match[2]}")[0] if match else directive


def _is_unclosed(argument: str | None) -> bool:
    if argument is None or '"' not in argument:
        return False
    return argument.startswith('"') and _leading_quoted.match(argument) is None


def _list_argument(argument: str | None) -> str:
    # `no-cache="a" junk` still names the field a
    match = _leading_quoted.match(argument or "")
    return unquote(match.group()) if match else argument or ""


def format_cache_control(directives: CacheControl) -> str:
    """
    Write directives in a fixed order; unreadable ones are left out.

    Source: RFC 9111 section 5.2.

    >>> format_cache_control(CacheControl(max_age=60, private=True, no_cache_fields=("age",)))
    'private, no-cache="age", max-age=60'
    """
    written = [text for name in DIRECTIVE_NAMES if (text := format_directive(name, directives))]
    written += [name if value is None else f"{name}={quote(value)}"
                for name, value in directives.extensions]  # fmt: skip
    return ", ".join(written)


def format_directive(name: str, directives: CacheControl) -> str | None:
    """
    Write one directive; None when it is not there.

    >>> format_directive("max-age", CacheControl(max_age=60))
    'max-age=60'
    """
    attribute = _attribute(name)
    value = getattr(directives, attribute)
    if name in FIELD_LISTS and not value:
        fields = getattr(directives, f"{attribute}_fields")
        # 5.2.2.4 and 5.2.2.7: "A sender SHOULD NOT generate the token form"
        return f'{name}="{", ".join(fields)}"' if fields else None
    if name == "max-stale" and value == _ANY_STALENESS:
        return name
    if value is None or value is False:
        return None
    return name if value is True else f"{name}={value}"
