"""
Cache-Control: what its directives mean, how to write them, and which strategy to choose.

`parse_cache_control` gives what a cache acts on. It follows RFC 9111 section 4.2.1 where a value is
odd: the first of repeated numbers counts, an unreadable number is remembered as such (the response
is stale), and what restricts is heeded even where it is badly written.

Source: RFC 9111 section 5.2, RFC 5861, RFC 8246, RFC 9213.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from httpheaders.answer import Problem, Step
from httpheaders.errors import PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.syntax.cache_directives import Directive, split_directives
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import QUOTED_STRING, is_token, parse_delta_seconds, quote, unquote

__all__ = [
    "NO_DIRECTIVES",
    "STRATEGIES",
    "CacheControl",
    "CacheHeaders",
    "Strategy",
    "build_cache_headers",
    "cache_headers",
    "contradictions",
    "directive_problems",
    "format_cache_control",
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

_leading_quoted = re.compile(QUOTED_STRING)

_SECONDS = {
    "max-age": "max_age",
    "s-maxage": "s_maxage",
    "stale-while-revalidate": "stale_while_revalidate",
    "stale-if-error": "stale_if_error",
    "max-stale": "max_stale",
    "min-fresh": "min_fresh",
}
_FIELD_LISTS = {"no-cache": "no_cache", "private": "private"}
# A flag that restricts is heeded whatever stands behind its "="; one that permits is not.
_RESTRICTING_FLAGS = {
    "no-store": "no_store",
    "must-revalidate": "must_revalidate",
    "proxy-revalidate": "proxy_revalidate",
    "no-transform": "no_transform",
    "only-if-cached": "only_if_cached",
}
_PERMITTING_FLAGS = {"public": "public", "must-understand": "must_understand"}
_ANY_STALENESS = 2**31
_RESTRICTING = {*_RESTRICTING_FLAGS, *_FIELD_LISTS}

# The order in which directives are written; the names double as those that are known.
_ORDER = (
    "public", "private", "no-store", "no-cache", "max-age", "s-maxage", "must-revalidate",
    "proxy-revalidate", "must-understand", "immutable", "stale-while-revalidate", "stale-if-error",
    "no-transform", "max-stale", "min-fresh", "only-if-cached",
)  # fmt: skip
_REQUEST_ONLY = {"max-stale", "min-fresh", "only-if-cached"}
_RESPONSE_ONLY = set(_ORDER) - _REQUEST_ONLY - {
    "max-age", "no-cache", "no-store", "no-transform", "stale-if-error"
}  # fmt: skip

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
        name, argument = directive.name, directive.argument
        if name is None:
            return
        if name in _SECONDS:
            self._take_seconds(name, argument)
        elif name in _FIELD_LISTS:
            self._take_fields(_FIELD_LISTS[name], argument)
        elif name in _RESTRICTING_FLAGS:
            self._flags[_RESTRICTING_FLAGS[name]] = True
        elif name in _PERMITTING_FLAGS:
            if argument is None:
                self._flags[_PERMITTING_FLAGS[name]] = True
        elif name == "immutable":
            # RFC 8246 section 2: arguments "have no meaning and MUST be ignored"
            self._flags["immutable"] = True
        else:
            self._extensions.append((name, argument))
        if _is_unclosed(argument):
            self._take_behind_open_quote(argument or "")

    def _take_seconds(self, name: str, argument: str | None) -> None:
        attribute = _SECONDS[name]
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
    written = [text for name in _ORDER if (text := _written(name, directives))]
    written += [name if value is None else f"{name}={quote(value)}"
                for name, value in directives.extensions]  # fmt: skip
    return ", ".join(written)


def _written(name: str, directives: CacheControl) -> str | None:
    attribute = name.replace("-", "_")
    value = getattr(directives, attribute)
    if name in _FIELD_LISTS and not value:
        fields = getattr(directives, f"{attribute}_fields")
        # 5.2.2.4 and 5.2.2.7: "A sender SHOULD NOT generate the token form"
        return f'{name}="{", ".join(fields)}"' if fields else None
    if name == "max-stale" and value == _ANY_STALENESS:
        return name
    if value is None or value is False:
        return None
    return name if value is True else f"{name}={value}"


# -- what is odd about a value ----------------------------------------------------------------


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
    if name is None or (directive.flaw is not None and name not in _SECONDS):
        return [(f"'{directive.text[:60]}' is malformed: {directive.flaw}", "9111 section 5.2")]
    if name not in _ORDER:
        return _unknown(name)
    found = []
    if name in seen:
        found.append((f"'{name}' is repeated; only the first counts", "9111 section 4.2.1"))
    if name in _SECONDS:
        found += _objections_to_seconds(directive)
    elif argument is not None and name not in _FIELD_LISTS:
        found.append((f"'{name}' takes no argument", "9111 section 5.2"))
    if name in _FIELD_LISTS and argument is not None and not directive.quoted:
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


_COMPACT = {name.replace("-", ""): name for name in _ORDER}
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
    dead = [text for name in _ORDER if name not in ("no-store", "no-cache", "no-transform",
            "must-revalidate", "private")
            and (text := _written(name, directives))]  # fmt: skip
    return [
        Problem(
            where,
            f"'no-store' keeps the response out of every cache: delete '{text}' or 'no-store'",
            "RFC 9111 section 5.2.2.5",
        )
        for text in dead
    ]


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


# -- strategies --------------------------------------------------------------------------------


class Strategy(NamedTuple):
    """
    A way to cache, under a name.

    Attributes:
        directives: of Cache-Control.
        use: what it is for, in one line.
        cdn: directives of CDN-Cache-Control, or None.
        vary: field names for Vary.
    """

    name: str
    directives: CacheControl
    use: str
    cdn: CacheControl | None = None
    vary: tuple[str, ...] = ()


_DAY = 86400
_YEAR = 31536000

STRATEGIES = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            "no-cache",
            CacheControl(no_cache=True, must_revalidate=True),
            "pages that may be stored but must be validated before every use",
        ),
        Strategy(
            "no-store",
            CacheControl(no_store=True),
            "secrets and personal data that no cache may keep",
        ),
        Strategy(
            "public-immutable",
            CacheControl(public=True, max_age=_YEAR, immutable=True),
            "assets whose URL changes with their content, such as app.3f2a.js",
        ),
        Strategy(
            "private-short",
            CacheControl(private=True, max_age=300),
            "pages for one signed-in user, kept in that browser for five minutes",
        ),
        Strategy(
            "revalidate",
            CacheControl(public=True, max_age=3600, must_revalidate=True),
            "documents that may be an hour old but never older",
        ),
        Strategy(
            "private-no-cache",
            CacheControl(private=True, no_cache=True),
            "pages for one user, stored in the browser and validated every time",
        ),
        Strategy(
            "stale-while-revalidate",
            CacheControl(
                public=True, max_age=600, stale_while_revalidate=_DAY, stale_if_error=7 * _DAY
            ),
            "pages that are answered at once and renewed in the background",
        ),
        Strategy(
            "api",
            CacheControl(private=True, no_cache=True),
            "API answers for one caller: stored, validated with ETag, kept apart by token",
            vary=("Authorization", "Accept"),
        ),
        Strategy(
            "api-public",
            CacheControl(public=True, max_age=60, stale_while_revalidate=30, stale_if_error=300),
            "API answers that are the same for everyone",
            vary=("Accept",),
        ),
        Strategy(
            "cdn",
            CacheControl(public=True, max_age=60),
            "a minute in browsers, a day in a CDN that you can purge",
            cdn=CacheControl(max_age=_DAY, stale_while_revalidate=3600, stale_if_error=_DAY),
        ),
        Strategy(
            "cdn-only",
            CacheControl(no_store=True),
            "kept by the CDN alone; browsers and other caches store nothing",
            cdn=CacheControl(max_age=3600),
        ),
        Strategy(
            "shared",
            CacheControl(public=True, max_age=60, s_maxage=3600),
            "a minute in browsers, an hour in every shared cache",
        ),
    )
}


class CacheHeaders(NamedTuple):
    """
    The headers that express a strategy.

    Attributes:
        strategy: its name.
        headers: Cache-Control and whatever else it takes.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    strategy: str
    headers: Headers


def cache_headers(
    strategy: str,
    *,
    adjust: CacheControl = NO_DIRECTIVES,
    without: Iterable[str] = (),
    vary: Iterable[str] = (),
    expires: float | None = None,
    explain: bool = False,
) -> CacheHeaders:
    """
    Give the headers for a strategy, adjusted.

    Args:
        strategy: a name out of STRATEGIES.
        adjust: directives to add; numbers replace those of the strategy.
        without: names of directives to leave out, "immutable".
        vary: field names for Vary, beside the strategy's own.
        expires: a time for Expires, seconds since 1970.

    Raises:
        PolicyError: no such strategy, a field name that is none, or directives that contradict
            each other, with the words to delete.

    Source: RFC 9111 section 5.2.2.

    >>> cache_headers("revalidate", adjust=CacheControl(max_age=60)).headers.get("Cache-Control")
    'public, max-age=60, must-revalidate'
    """
    chosen = _strategy_of(strategy)
    directives = _adjusted(chosen.directives, adjust, without)
    problems = contradictions(directives, has_expires=expires is not None)
    _refuse_new(problems, chosen)
    headers = Headers([("Cache-Control", format_cache_control(directives))])
    if chosen.cdn is not None:
        headers = headers.added("CDN-Cache-Control", format_cache_control(chosen.cdn))
    if expires is not None:
        headers = headers.added("Expires", format_http_date(expires))
    names = _field_names([*chosen.vary, *vary])
    if names:
        headers = headers.added("Vary", ", ".join(names))
    return CacheHeaders(
        ok=True,
        reason=f"'{strategy}' is for {chosen.use}.",
        reference="RFC 9111 section 5.2.2",
        problems=(),
        steps=_meanings(directives) if explain else (),
        strategy=strategy,
        headers=headers,
    )


def build_cache_headers(strategy: str) -> dict[str, str]:
    """
    Give the headers for a caching strategy.

    Raises:
        PolicyError: a ValueError that names the strategies there are.

    >>> build_cache_headers("private-short")
    {'Cache-Control': 'private, max-age=300'}
    """
    return dict(cache_headers(strategy).headers.pairs)


def _strategy_of(name: str) -> Strategy:
    if name not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise PolicyError(f"unknown strategy '{name[:60]}': expected one of {known}")
    return STRATEGIES[name]


def _adjusted(base: CacheControl, adjust: CacheControl, without: Iterable[str]) -> CacheControl:
    changed = {
        attribute: value
        for attribute, value in adjust._asdict().items()
        if value != getattr(NO_DIRECTIVES, attribute)
    }
    for name in without:
        attribute = name.lower().replace("-", "_")
        if name.lower() not in _ORDER:
            raise PolicyError(
                f"unknown directive '{name[:60]}': expected one of {', '.join(_ORDER)}"
            )
        changed[attribute] = getattr(NO_DIRECTIVES, attribute)
    return base._replace(**changed)


def _refuse_new(problems: list[Problem], strategy: Strategy) -> None:
    tolerated = {problem.message for problem in contradictions(strategy.directives)}
    for problem in problems:
        if problem.message not in tolerated:
            raise PolicyError(problem.message, reference=problem.reference)


def _field_names(names: list[str]) -> list[str]:
    unique = {name.lower(): name for name in reversed(names)}
    for name in unique.values():
        if not is_token(name):
            raise PolicyError(
                f"'{name[:60]}' is not a field name that Vary can list",
                reference="RFC 9110 section 12.5.5",
            )
    return list(reversed(unique.values()))


_MEANINGS = {
    "public": ("shared caches may store it, even for authorised requests", "9111 section 5.2.2.9"),
    "private": ("only the user's own cache may store it", "9111 section 5.2.2.7"),
    "no-store": ("no cache may store it", "9111 section 5.2.2.5"),
    "no-cache": ("stored, but validated before every use", "9111 section 5.2.2.4"),
    "max-age": ("fresh for so many seconds", "9111 section 5.2.2.1"),
    "s-maxage": ("fresh for so many seconds in shared caches", "9111 section 5.2.2.10"),
    "must-revalidate": ("once stale never used without validation", "9111 section 5.2.2.2"),
    "proxy-revalidate": ("the same for shared caches", "9111 section 5.2.2.8"),
    "must-understand": ("stored only where the status is understood", "9111 section 5.2.2.3"),
    "immutable": ("no validation on reload while fresh", "8246 section 2"),
    "stale-while-revalidate": ("served stale so long while it is renewed", "5861 section 3"),
    "stale-if-error": ("served stale so long when the origin fails", "5861 section 4"),
    "no-transform": ("intermediaries leave the content alone", "9111 section 5.2.2.6"),
}


def _meanings(directives: CacheControl) -> tuple[Step, ...]:
    return tuple(
        Step(text, meaning, f"RFC {section}")
        for name, (meaning, section) in _MEANINGS.items()
        if (text := _written(name, directives))
    )
