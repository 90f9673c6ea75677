"""
How long a response is fresh, and how old it is.

    response_is_fresh = (freshness_lifetime > current_age)              RFC 9111 section 4.2

All times are seconds since 1970; all durations are seconds.

Source: RFC 9111 section 4.2.
"""

from __future__ import annotations

from httpheaders.cache_control import CacheControl, parse_cache_control
from httpheaders.cache_settings import CacheSettings
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.dates import read_http_date
from httpheaders.syntax.grammar import OWS_CHARACTERS, parse_delta_seconds
from httpheaders.syntax.seconds import shown_seconds
from httpheaders.targeted_cache_control import GoverningDirectives

__all__ = [
    "HEURISTICALLY_CACHEABLE",
    "Lifetime",
    "age_value",
    "date_of",
    "freshness_lifetime",
    "initial_age",
]

# RFC 9110 section 15.1
HEURISTICALLY_CACHEABLE = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})


class Lifetime(NamedTuple):
    """
    A freshness lifetime and where it comes from.

    Attributes:
        seconds: never negative; 0 is stale from the start.
        source: "s-maxage", "max-age", "Expires", "heuristic" or "none".
        note: what is to be said about it, one clause.
        reference: the rule that gave it.
    """

    seconds: float
    source: str
    note: str
    reference: str


def date_of(headers: Headers, name: str, *, now: float) -> int | None:
    """
    Read the first line of a date field; None when it is absent or no HTTP-date.

    Source: RFC 9110 section 5.6.7.
    """
    return read_http_date(headers.get(name), now=now)


def freshness_lifetime(
    response: Response,
    governing: GoverningDirectives,
    settings: CacheSettings,
    *,
    response_time: float,
) -> Lifetime:
    """
    Calculate the freshness lifetime: the first rule that applies gives it.

    Args:
        response: as received.
        governing: the directives that this cache obeys.
        settings: the kind of cache.
        response_time: when the response was received.

    Source: RFC 9111 section 4.2.1.

    >>> from httpheaders.cache_settings import SHARED_CACHE
    >>> directives = GoverningDirectives(CacheControl(max_age=60, s_maxage=600))
    >>> freshness_lifetime(Response(200), directives, SHARED_CACHE, response_time=0).seconds
    600
    """
    directives = governing.directives
    explicit = _of_directive(directives, settings)
    if explicit is not None:
        return explicit
    if not governing.targeted and "Expires" in response.headers:
        return _of_expires(response.headers, response_time)
    return _heuristic(response, directives, settings, response_time)


def _of_directive(directives: CacheControl, settings: CacheSettings) -> Lifetime | None:
    if settings.shared:
        if directives.s_maxage is not None:
            seconds = directives.s_maxage
            return Lifetime(
                seconds, "s-maxage", f"s-maxage gives {seconds} s", "RFC 9111 section 5.2.2.10"
            )
        if "s-maxage" in directives.unreadable:
            return _unreadable("s-maxage")
    if directives.max_age is not None:
        seconds = directives.max_age
        return Lifetime(
            seconds, "max-age", f"max-age gives {seconds} s", "RFC 9111 section 5.2.2.1"
        )
    if "max-age" in directives.unreadable:
        return _unreadable("max-age")
    return None


def _unreadable(name: str) -> Lifetime:
    # "Caches are encouraged to consider responses that have invalid freshness information … stale"
    return Lifetime(
        0, name, f"{name} is no whole number, which counts as stale", "RFC 9111 section 4.2.1"
    )


def _of_expires(headers: Headers, response_time: float) -> Lifetime:
    expires = date_of(headers, "Expires", now=response_time)
    if len(headers.get_all("Expires")) > 1:
        # "either the first occurrence should be used or the response should be considered stale"
        return Lifetime(
            0, "Expires", "Expires stands there more than once, which counts as stale",
            "RFC 9111 section 4.2.1",
        )  # fmt: skip
    if expires is None:
        # "MUST interpret invalid date formats, especially the value "0", as … already expired"
        return Lifetime(
            0, "Expires", "Expires is no HTTP-date, which counts as expired",
            "RFC 9111 section 5.3",
        )  # fmt: skip
    date = date_of(headers, "Date", now=response_time)
    since = "Date" if date is not None else "the time received"
    seconds = max(0, expires - (response_time if date is None else date))
    return Lifetime(
        seconds,
        "Expires",
        f"Expires minus {since} gives {shown_seconds(seconds)} s",
        "RFC 9111 section 5.3",
    )


def _heuristic(
    response: Response, directives: CacheControl, settings: CacheSettings, response_time: float
) -> Lifetime:
    reference = "RFC 9111 section 4.2.2"
    status = response.status or 200
    if not (directives.public or status in HEURISTICALLY_CACHEABLE):
        return Lifetime(
            0, "none", f"nothing says how long, and {status} allows no guess", reference
        )
    if _pragma_no_cache(response.headers):
        # Guessing is optional, and this sender plainly did not want it.
        return Lifetime(
            0, "none", "nothing says how long, and Pragma: no-cache forbids to guess", reference
        )
    modified = date_of(response.headers, "Last-Modified", now=response_time)
    if modified is None:
        return Lifetime(0, "none", "neither max-age nor Expires nor Last-Modified", reference)
    date = date_of(response.headers, "Date", now=response_time)
    unchanged = (response_time if date is None else date) - modified
    seconds = max(0.0, unchanged * settings.heuristic_fraction)
    if settings.heuristic_limit is not None:
        seconds = min(seconds, settings.heuristic_limit)
    return Lifetime(
        seconds,
        "heuristic",
        f"guessed at {shown_seconds(seconds)} s: {settings.heuristic_fraction:.0%} of the "
        f"{shown_seconds(unchanged)} s since Last-Modified",
        reference,
    )


def _pragma_no_cache(headers: Headers) -> bool:
    pragma = headers.joined("Pragma")
    if pragma is None or "Cache-Control" in headers:
        return False
    return parse_cache_control(pragma).no_cache


def age_value(headers: Headers) -> int:
    """
    Give the value of the Age field: its first member, 0 when that is no number.

    Source: RFC 9111 section 5.1.

    >>> age_value(Headers([("Age", "30, 20")])), age_value(Headers([("Age", "7200.0")]))
    (30, 0)
    """
    value = headers.get("Age")
    if value is None:
        return 0
    return parse_delta_seconds(value.partition(",")[0].strip(OWS_CHARACTERS)) or 0


def initial_age(headers: Headers, *, request_time: float, response_time: float) -> float:
    """
    Calculate the age at the time a response was received.

    The larger of two estimates counts, so that neither a clock nor an old cache on the way makes
    a response younger than it is.

    Source: RFC 9111 section 4.2.3.

    >>> initial_age(Headers([("Age", "30")]), request_time=0, response_time=2)
    32
    """
    date = date_of(headers, "Date", now=response_time)
    apparent_age = 0 if date is None else max(0, response_time - date)
    corrected_age = age_value(headers) + max(0, response_time - request_time)
    return max(apparent_age, corrected_age)
