"""
Vary: which stored response belongs to which request.

Two requests match when every field that Vary names is the same in both, after normalisation that
is known to keep its meaning: blanks, lines joined, and for the fields of content negotiation also
case, order and the spelling of weights.

Source: RFC 9111 section 4.1, RFC 9110 section 12.5.5.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from httpheaders.answer import Problem
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Headers
from httpheaders.syntax.field_values import (
    canonical_coding,
    parse_weight,
    split_list,
    split_semicolons,
)
from httpheaders.syntax.grammar import OWS_CHARACTERS, ascii_lower, is_token, quote, unquote

__all__ = ["VaryKey", "parse_vary", "selects", "vary_key", "vary_problems"]

# (field name in lower case, normalised value or None when absent), in the order of Vary
VaryKey = tuple[tuple[str, str | None], ...]

_REMEMBERED_LENGTH = 512


def parse_vary(headers: Headers) -> tuple[str, ...] | None:
    """
    Give the field names that Vary lists, in lower case; None when it can never match.

    It never matches with a member `*`, nor, to be safe, with one that is no field name.

    Source: RFC 9111 section 4.1.

    >>> parse_vary(Headers([("Vary", "Accept,, Origin")])), parse_vary(Headers([("Vary", "a, *")]))
    (('accept', 'origin'), None)
    """
    value = headers.joined("Vary")
    if value is None:
        return ()
    names = [ascii_lower(name) for name in split_list(value)]
    if "*" in names or not all(map(is_token, names)):
        return None
    return tuple(dict.fromkeys(names))


def vary_key(names: tuple[str, ...], request_headers: Headers) -> VaryKey:
    """
    Give the normalised values of the nominated fields in a request.

    Source: RFC 9111 section 4.1.

    >>> vary_key(("accept-language",), Headers([("Accept-Language", "en , DE;q=0.50")]))
    (('accept-language', 'de;q=0.5,en'),)
    """
    return tuple((name, _normalised(name, request_headers)) for name in names)


def selects(
    key: VaryKey,
    request_headers: Headers,
    response_headers: Headers,
    *,
    stored_headers: Headers | None = None,
) -> bool:
    """
    Say whether a request selects the response stored under this key.

    A response in the one language that a request ranks above all others is taken for it too.

    Args:
        key: of the stored response.
        request_headers: of the request presented.
        response_headers: of the stored response.
        stored_headers: of the request that it answered, which spares the normalisation of what is
            the same to the letter.

    Source: RFC 9111 section 4.1.
    """
    for name, stored in key:
        value = request_headers.joined(name)
        if stored_headers is not None and value == stored_headers.joined(name):
            continue
        presented = None if value is None else _normalised_value(name, value)
        if presented == stored:
            continue
        if name != "accept-language" or presented is None:
            return False
        if not _ranks_first(presented, response_headers):
            return False
    return True


def _normalised(name: str, headers: Headers) -> str | None:
    value = headers.joined(name)
    return None if value is None else _normalised_value(name, value)


def _normalised_value(name: str, value: str) -> str:
    normalise = _NORMALISERS.get(name)
    if normalise is None:
        return _without_blanks(value)
    return _remembered(name, value) if len(value) <= _REMEMBERED_LENGTH else normalise(value)


@lru_cache(maxsize=1024)
def _remembered(name: str, value: str) -> str:
    # Browsers send the same few values over and over.
    return _NORMALISERS[name](value)


def _without_blanks(value: str) -> str:
    if '"' in value:
        return ",".join(split_list(value))
    return ",".join([part.strip(OWS_CHARACTERS) for part in value.split(",")])


def _weighted(value: str) -> str:
    # Neither order nor case nor the spelling of a weight means anything here.
    return ",".join(sorted(map(_weighted_member, split_list(value.lower()))))


def _weighted_type(value: str) -> str:
    return ",".join(sorted(map(_weighted_member, split_list(value))))


def _weighted_member(member: str, normal: Callable[[str], str] = str.lower) -> str:
    head, *parameters = split_semicolons(member) or [""]
    text = normal(head)
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        text += _parameter(name.strip(OWS_CHARACTERS).lower(), value.strip(OWS_CHARACTERS))
    return text


def _parameter(name: str, value: str) -> str:
    if name != "q":
        return f";{name}={quote(unquote(value))}"
    try:
        weight = parse_weight(value)
    except FieldSyntaxError:
        return f";q={value}"
    return "" if weight == 1 else f";q={weight:g}"


def _encodings(value: str) -> str:
    members = split_list(value.lower())
    return ",".join(sorted(_weighted_member(member, canonical_coding) for member in members))


_NORMALISERS: dict[str, Callable[[str], str]] = {
    "accept": _weighted_type,
    "accept-charset": _weighted,
    "accept-encoding": _encodings,
    "accept-language": _weighted,
}


def _ranks_first(accept_language: str, response_headers: Headers) -> bool:
    # 4.1: the ranking of qvalues "MAY be used to choose a preferred response"
    language = response_headers.joined("Content-Language")
    if language is None:
        return False
    ranked = sorted(map(_quality_and_range, accept_language.split(",")), reverse=True)
    unrivalled = len(ranked) == 1 or ranked[0][0] > ranked[1][0]
    return unrivalled and ranked[0][0] > 0 and ranked[0][1] == language.lower()


def _quality_and_range(member: str) -> tuple[float, str]:
    language_range, _, weight = member.partition(";q=")
    try:
        return (parse_weight(weight) if weight else 1.0), language_range
    except FieldSyntaxError:
        return 0.0, language_range


_TOO_VARIED = {
    "user-agent": "there are thousands of values: key on what you derive from it, or drop it",
    "cookie": "nearly every visitor has other cookies: use 'private' instead",
    "referer": "nearly every page is another value",
    "date": "no two requests agree on it",
    "x-forwarded-for": "every client is another value",
    "x-real-ip": "every client is another value",
    "x-request-id": "no two requests agree on it",
    "if-none-match": "it is a precondition, not a choice between representations",
    "if-modified-since": "it is a precondition, not a choice between representations",
    "range": "ranges are parts of one representation, not a choice between several",
    "host": "the host is part of the URL and so of every cache key",
    "content-type": "it describes a request's content; did you mean 'Accept'?",
    "content-encoding": "it describes content; did you mean 'Accept-Encoding'?",
    "set-cookie": "no request has it",
    "etag": "no request has it",
}  # fmt: skip


def vary_problems(headers: Headers) -> list[Problem]:
    """
    List the members of Vary that keep a cache from ever being hit, and malformed or doubled ones.

    Source: RFC 9111 section 4.1, RFC 9110 section 12.5.5.

    >>> [problem.message[:30] for problem in vary_problems(Headers([("Vary", "User-Agent")]))]
    ["'User-Agent' kills the hit rat"]
    """
    problems = []
    seen: set[str] = set()
    for member in split_list(headers.joined("Vary") or ""):
        name = ascii_lower(member)
        if name == "*":
            problems.append(
                _problem("'*' never matches: no stored response is ever reused without validation")
            )
        elif not is_token(name):
            problems.append(_problem(f"'{member[:60]}' is no field name, so caches take it as '*'"))
        elif name in seen:
            problems.append(_problem(f"'{member}' is listed twice"))
        elif name in _TOO_VARIED:
            problems.append(_problem(f"'{member}' kills the hit rate: {_TOO_VARIED[name]}"))
        seen.add(name)
    return problems


def _problem(message: str) -> Problem:
    return Problem("Vary", message, "RFC 9111 section 4.1")
