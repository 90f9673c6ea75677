"""
Caching strategies by name, and the headers that express them.

Source: RFC 9111 section 5.2.2, RFC 5861, RFC 8246, RFC 9213.
"""

from __future__ import annotations

from collections.abc import Iterable

from httpheaders.answer import Problem, Step
from httpheaders.cache_control import (
    DIRECTIVE_NAMES,
    NO_DIRECTIVES,
    CacheControl,
    format_cache_control,
    format_directive,
)
from httpheaders.cache_control_problems import contradictions
from httpheaders.errors import PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.grammar import is_token

__all__ = [
    "STRATEGIES",
    "CacheHeaders",
    "Strategy",
    "build_cache_headers",
    "cache_headers",
    "strategy_list",
]


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
        strategy: its name, or None.
        headers: Cache-Control and whatever else it takes.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    strategy: str | None
    headers: Headers


def cache_headers(
    strategy: str | None,
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
        strategy: a name out of STRATEGIES; None for `adjust` alone.
        adjust: directives to add; numbers replace those of the strategy.
        without: names of directives to leave out, "immutable".
        vary: field names for Vary, beside the strategy's own.
        expires: a time for Expires, seconds since 1970.

    Raises:
        PolicyError: no such strategy, a field name that is none, directives that contradict each
            other, with the words to delete, or nothing that would tell a cache anything.

    Source: RFC 9111 section 5.2.2.

    >>> cache_headers("revalidate", adjust=CacheControl(max_age=60)).headers.get("Cache-Control")
    'public, max-age=60, must-revalidate'
    """
    chosen = _NO_STRATEGY if strategy is None else _strategy_named(strategy)
    directives = _adjusted(chosen.directives, adjust, without)
    problems = contradictions(directives, has_expires=expires is not None)
    _refuse_new(problems, chosen)
    headers = Headers()
    if directives != NO_DIRECTIVES:
        headers = headers.added("Cache-Control", format_cache_control(directives))
    if chosen.cdn is not None:
        headers = headers.added("CDN-Cache-Control", format_cache_control(chosen.cdn))
    if expires is not None:
        headers = headers.added("Expires", format_http_date(expires))
    if not headers:
        raise PolicyError("no directive is left: keep one, or add one such as 'max-age'")
    names = _field_names([*chosen.vary, *vary])
    if names:
        headers = headers.added("Vary", ", ".join(names))
    return CacheHeaders(
        ok=True,
        reason=_reason(chosen, directives),
        reference="RFC 9111 section 5.2.2",
        problems=_vary_problems(names, directives, chosen.cdn, expires),
        steps=_meanings(directives) if explain else (),
        strategy=strategy,
        headers=headers,
    )


class StrategyList(NamedTuple):
    """That there are strategies; what they are is in STRATEGIES."""

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] = ()


def strategy_list() -> StrategyList:
    """Say how many strategies there are."""
    return StrategyList(
        True, f"there are {len(STRATEGIES)} strategies by name", "RFC 9111 section 5.2.2"
    )


def build_cache_headers(strategy: str) -> dict[str, str]:
    """
    Give the headers for a caching strategy.

    Raises:
        PolicyError: a ValueError that names the strategies there are.

    >>> build_cache_headers("private-short")
    {'Cache-Control': 'private, max-age=300'}
    """
    return dict(cache_headers(_strategy_named(strategy).name).headers.pairs)


_NO_STRATEGY = Strategy("", NO_DIRECTIVES, "")


def _strategy_named(name: str) -> Strategy:
    if name not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise PolicyError(f"unknown strategy '{str(name)[:60]}': expected one of {known}")
    return STRATEGIES[name]


def _reason(strategy: Strategy, directives: CacheControl) -> str:
    if strategy is _NO_STRATEGY:
        return "these directives go together"
    if directives == strategy.directives:
        return f"for {strategy.use}"
    # What the strategy is for may no longer be true.
    meanings = [f"{step.rule} ({step.outcome})" for step in _meanings(directives)]
    told = ", ".join(meanings) or "nothing in Cache-Control"
    return f"the strategy '{strategy.name}' as adjusted says {told}"


def _vary_problems(
    names: list[str], directives: CacheControl, cdn: CacheControl | None, expires: float | None
) -> tuple[Problem, ...]:
    lifetimes = (directives.max_age, directives.s_maxage, cdn and cdn.max_age, expires)
    if "*" not in names or not any(lifetimes):
        return ()
    message = "no later request matches '*': what is stored is never used, however fresh"
    return (Problem("Vary", message, "RFC 9111 section 4.1"),)


def _adjusted(base: CacheControl, adjust: CacheControl, without: Iterable[str]) -> CacheControl:
    changed = {
        attribute: value
        for attribute, value in adjust._asdict().items()
        if value != getattr(NO_DIRECTIVES, attribute)
    }
    for name in without:
        attribute = name.lower().replace("-", "_")
        if name.lower() not in DIRECTIVE_NAMES:
            raise PolicyError(
                f"unknown directive '{name[:60]}': expected one of {', '.join(DIRECTIVE_NAMES)}"
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
    # "other aspects of the request might have played a role": which ones beside is all the same
    return ["*"] if "*" in unique else list(reversed(unique.values()))


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
        if (text := format_directive(name, directives))
    )
