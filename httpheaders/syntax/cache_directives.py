"""
Directives as Cache-Control writes them, as text: name, and argument if there is one.

Source: RFC 9111 section 5.2, RFC 5861, RFC 8246.
"""

from __future__ import annotations

import re

from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import QUOTED_STRING, TOKEN, unquote
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["FIELD_LISTS", "FLAGS", "SECONDS", "Directive", "split_directives"]

# What is known, by what it takes: a count of seconds, names of fields or nothing, nothing.
# RFC 9111 sections 5.2.1 and 5.2.2, RFC 5861 sections 3 and 4, RFC 8246 section 2
SECONDS = frozenset(
    ("max-age", "max-stale", "min-fresh", "s-maxage", "stale-if-error", "stale-while-revalidate")
)
FIELD_LISTS = frozenset(("no-cache", "private"))
FLAGS = frozenset((
    "immutable", "must-revalidate", "must-understand", "no-store", "no-transform",
    "only-if-cached", "proxy-revalidate", "public",
))  # fmt: skip

# cache-directive = token [ "=" ( token / quoted-string ) ]             RFC 9111 section 5.2
_directive = lazy_pattern(rf"({TOKEN})(?:=(.*))?", re.DOTALL)
_token = lazy_pattern(TOKEN)
_quoted_string = lazy_pattern(QUOTED_STRING)


class Directive(NamedTuple):
    """
    One directive.

    Attributes:
        name: in lower case; None when the text does not begin with a token.
        argument: quotes removed; None when there is no "=".
        quoted: whether the argument was a quoted-string.
        text: as sent.
        flaw: what the grammar objects to, or None.
    """

    name: str | None
    argument: str | None = None
    quoted: bool = False
    text: str = ""
    flaw: str | None = None


def split_directives(value: str) -> list[Directive]:
    """
    Read the directives of one field value in order; repeats are kept.

    Source: RFC 9111 section 5.2.

    >>> [(d.name, d.argument) for d in split_directives('Public, no-cache="a, b", max-age=5')]
    [('public', None), ('no-cache', 'a, b'), ('max-age', '5')]
    """
    return [_directive_of(text) for text in split_list(value)]


def _directive_of(text: str) -> Directive:
    match = _directive.fullmatch(text)
    if match is None:
        return Directive(None, text=text, flaw="expected name or name=argument")
    name, argument = match[1].lower(), match[2]
    if argument is None or _token.fullmatch(argument):
        return Directive(name, argument, text=text)
    if _quoted_string.fullmatch(argument):
        return Directive(name, unquote(argument), quoted=True, text=text)
    flaw = "the argument is neither a token nor a quoted-string"
    return Directive(name, argument, text=text, flaw=flaw)
