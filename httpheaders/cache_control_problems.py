"""
What is wrong with a Cache-Control value: malformed, misplaced, misspelt, contradictory or dead.

Source: RFC 9111 sections 4.2.1, 4.2.4 and 5.2, RFC 5861, RFC 8246.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpheaders.answer import Problem
from httpheaders.cache_control import DIRECTIVE_NAMES, format_directive
from httpheaders.syntax.cache_directives import FIELD_LISTS, SECONDS, Directive, split_directives
from httpheaders.syntax.grammar import parse_delta_seconds

if TYPE_CHECKING:
    from httpheaders.cache_control import CacheControl

__all__ = ["contradictions", "directive_problems"]

_REQUEST_ONLY = {"max-stale", "min-fresh", "only-if-cached"}
_RESPONSE_ONLY = set(DIRECTIVE_NAMES) - _REQUEST_ONLY - {
    "max-age", "no-cache", "no-store", "no-transform", "stale-if-error"
}  # fmt: skip


def directive_problems(
    value: str, *, where: str = "Cache-Control", message: str = "response"
) -> list[Problem]:
    """
    List what is malformed, misplaced, misspelt or repeated in a Cache-Control value.

    Args:
        value: the lines of the field, joined.
        where: the field's name, for the problems.
        message: "response" or "request".

    Source: RFC 9111 sections 4.2.1, 5.2 and 5.2.3.

    >>> directive_problems("maxage=60")[0].message
    "unknown directive 'maxage' is ignored: did you mean 'max-age'?"
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    for directive in split_directives(value):
        for text, section in _objections(directive, seen, message):
            problems.append(Problem(where, text, f"RFC {section}"))
        seen.add(directive.name or "")
    return problems


def _objections(directive: Directive, seen: set[str], message: str) -> list[tuple[str, str]]:
    name, argument = directive.name, directive.argument
    if name is None or (directive.flaw is not None and name not in SECONDS):
        return [(f"'{directive.text[:60]}' is malformed: {directive.flaw}", "9111 section 5.2")]
    if name not in DIRECTIVE_NAMES:
        return [] if name in seen else _unknown(name)
    found = []
    if name in seen:
        found.append((f"'{name}' is repeated; only the first counts", "9111 section 4.2.1"))
    if name in SECONDS:
        found += _objections_to_seconds(directive)
    elif argument is not None and name not in FIELD_LISTS:
        found.append((f"'{name}' takes no argument", "9111 section 5.2"))
    if name in FIELD_LISTS and argument is not None and not directive.quoted:
        found.append((f"the field names of '{name}' stand in double quotes",
                      "9111 section 5.2.2.4"))  # fmt: skip
    if name in (_REQUEST_ONLY if message == "response" else _RESPONSE_ONLY):
        other = "request" if message == "response" else "response"
        found.append((f"'{name}' means nothing in a {message}: it is a {other} directive",
                      "9111 section 5.2"))  # fmt: skip
    return found


def _objections_to_seconds(directive: Directive) -> list[tuple[str, str]]:
    name, argument = directive.name, directive.argument
    if name == "max-stale" and argument is None:
        return []
    if parse_delta_seconds(argument or "") is None:
        shown = "nothing" if argument is None else f"'{argument[:40]}'"
        return [(f"'{name}' needs a whole number of seconds, not {shown}; "
                 "a cache takes the response as stale", "9111 section 4.2.1")]  # fmt: skip
    if directive.quoted:
        return [(f"the number of '{name}' must not be quoted", "9111 section 5.2.2.1")]
    if directive.flaw is not None:
        return [(f"'{directive.text[:60]}' is malformed: {directive.flaw}", "9111 section 5.2")]
    return []


def _unknown(name: str) -> list[tuple[str, str]]:
    if name in ("pre-check", "post-check"):
        return [(f"'{name}' was never standard and is ignored: delete it", "9111 section 5.2.3")]
    meant = _COMPACT.get(name.replace("-", "").replace("_", "").lower())
    hint = f": did you mean '{meant}'?" if meant else ""
    return [(f"unknown directive '{name}' is ignored{hint}", "9111 section 5.2.3")]


_COMPACT = {name.replace("-", ""): name for name in DIRECTIVE_NAMES}
_COMPACT |= {
    "smaxage": "s-maxage", "sharedmaxage": "s-maxage", "nocaching": "no-cache",
    "revalidate": "must-revalidate", "immutible": "immutable", "maxages": "max-age",
    "nostorage": "no-store", "expires": "max-age",
}  # fmt: skip


def contradictions(
    directives: CacheControl, *, where: str = "Cache-Control", has_expires: bool = False
) -> list[Problem]:
    """
    List directives that cancel each other, or that nothing will ever act on.

    Args:
        directives: of a response.
        where: the field's name, for the problems.
        has_expires: whether the response has an Expires field too.

    Source: RFC 9111 sections 4.2.1, 4.2.4 and 5.2.2, RFC 5861, RFC 8246.

    >>> from httpheaders.cache_control import CacheControl
    >>> contradictions(CacheControl(no_store=True, max_age=60))[0].message
    "'no-store' keeps the response out of every cache: delete 'max-age=60' or 'no-store'"
    """
    if directives.no_store and not directives.must_understand:
        return _dead_beside_no_store(directives, where)
    return [
        Problem(where, message, reference)
        for applies, message, reference in _conflicts(directives, has_expires)
        if applies
    ]


def _dead_beside_no_store(directives: CacheControl, where: str) -> list[Problem]:
    dead = [text for name in DIRECTIVE_NAMES if name not in ("no-store", "no-cache", "no-transform",
            "must-revalidate", "private")
            and (text := format_directive(name, directives))]  # fmt: skip
    if not dead:
        return []
    listed = ", ".join(f"'{text}'" for text in dead)
    message = f"'no-store' keeps the response out of every cache: delete {listed} or 'no-store'"
    return [Problem(where, message, "RFC 9111 section 5.2.2.5")]


def _conflicts(cc: CacheControl, has_expires: bool) -> list[tuple[object, str, str]]:
    stale = "stale-while-revalidate" if cc.stale_while_revalidate is not None else "stale-if-error"
    serves_stale = cc.stale_while_revalidate is not None or cc.stale_if_error is not None
    lifetime = cc.max_age is not None or cc.s_maxage is not None or has_expires
    return [
        (cc.public and cc.private,
         "'public' and 'private' contradict each other; shared caches obey 'private': delete one",
         "RFC 9111 section 4.2.1"),
        (cc.private and cc.s_maxage is not None,
         "'s-maxage' is for shared caches, which 'private' keeps out: delete 's-maxage'",
         "RFC 9111 section 5.2.2.7"),
        (cc.private and cc.proxy_revalidate,
         "'proxy-revalidate' is for shared caches, which 'private' keeps out: delete it",
         "RFC 9111 section 5.2.2.8"),
        (cc.no_cache and cc.max_age,
         f"'no-cache' has every use validated, so 'max-age={cc.max_age}' never applies: "
         "delete one of them", "RFC 9111 section 4.2.1"),
        (cc.no_cache and serves_stale,
         f"'no-cache' forbids what '{stale}' allows: delete '{stale}'",
         "RFC 9111 section 4.2.4"),
        (cc.must_revalidate and serves_stale,
         f"'must-revalidate' forbids what '{stale}' allows: delete one of them",
         "RFC 9111 section 4.2.4"),
        (not cc.must_revalidate and cc.s_maxage is not None and serves_stale,
         f"'s-maxage' keeps shared caches from serving stale, so '{stale}' is only for browsers",
         "RFC 9111 section 5.2.2.10"),
        (not cc.must_revalidate and cc.proxy_revalidate and serves_stale,
         f"'proxy-revalidate' keeps shared caches from what '{stale}' allows: delete one of them",
         "RFC 9111 section 5.2.2.8"),
        (cc.must_revalidate and cc.proxy_revalidate,
         "'must-revalidate' says all that 'proxy-revalidate' says: delete 'proxy-revalidate'",
         "RFC 9111 section 5.2.2.8"),
        (cc.immutable and (cc.no_cache or not (cc.max_age or cc.s_maxage or has_expires)),
         "'immutable' only means something while the response is fresh: give it a 'max-age' "
         "or delete it", "RFC 8246 section 2"),
        (serves_stale and not lifetime,
         f"'{stale}' counts from the end of the freshness lifetime: give a 'max-age'",
         "RFC 5861 section 3"),
        (cc.must_understand and not cc.no_store,
         "'must-understand' should come with 'no-store' for caches that do not know it",
         "RFC 9111 section 5.2.2.3"),
    ]  # fmt: skip
