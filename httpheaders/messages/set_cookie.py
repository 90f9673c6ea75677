"""
A Set-Cookie line as user agents read it, before they decide anything.

Nothing here is dropped: what a browser ignores is told, and what it would refuse is left to
`cookie_acceptance`.

Source: RFC 6265bis section 5.6.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from httpheaders.answer import Problem
from httpheaders.messages.headers import Latin1Text, encode_field_text
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.cookie_text import CookieAttribute, split_set_cookie
from httpheaders.syntax.grammar import ascii_lower
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["KNOWN_ATTRIBUTES", "SetCookie", "octet_length", "read_set_cookie"]

# RFC 6265bis section 5.6, step 6 of the attributes
LARGEST_ATTRIBUTE_VALUE = 1024
# The largest whole number on which readers of JSON agree.
_LARGEST_NUMBER = 2**53 - 1

# More would only help someone who wants to fill memory: each problem names the cookie again.
_MOST_PROBLEMS = 100
_SHOWN = 200

_max_age = lazy_pattern(r"-?[0-9]++", re.ASCII)
_ENFORCEMENTS = {"none": "None", "strict": "Strict", "lax": "Lax"}


class SetCookie(NamedTuple):
    """
    What a user agent reads in a Set-Cookie line, before it decides anything.

    Attributes:
        name, value: without outer blanks; name "" when there was no "=".
        expires: seconds since 1970 as sent, None when absent or unreadable.
        max_age: seconds as sent, None when absent or unreadable.
        domain: lower case, without its leading dot; "" when the attribute was empty.
        path: as sent; "" when it does not begin with "/", so that the default path holds.
        same_site: "Strict", "Lax", "None", or "Default" when absent or unknown.
        attributes: all of them as sent, in order.
        heeded: of each name, in lower case, the last value that is not too long, as sent.
        problems: what was ignored on the way, and why.
        unknown: the attributes that no section defines: ignored too, though well formed.
    """

    name: str
    value: str
    expires: int | None
    max_age: int | None
    domain: str | None
    path: str | None
    secure: bool
    http_only: bool
    same_site: str
    partitioned: bool
    attributes: tuple[CookieAttribute, ...]
    heeded: dict[str, str]
    problems: tuple[Problem, ...]
    unknown: tuple[Problem, ...]


def read_set_cookie(line: str) -> SetCookie:
    """
    Read a Set-Cookie line as user agents do, with what they ignore in it.

    Source: RFC 6265bis section 5.6.

    >>> cookie = read_set_cookie("sid=1; Max-Age=1h; path=x; Secure")
    >>> cookie.max_age, cookie.path, [problem.where for problem in cookie.problems]
    (None, '', ['set-cookie[sid].max-age', 'set-cookie[sid].path'])
    """
    name, value, attributes = split_set_cookie(line)
    if isinstance(line, Latin1Text):
        # Taking text apart forgets which octets it stood for.
        name, value = Latin1Text(name), Latin1Text(value)
    reading = _Reading(f"set-cookie[{name[:_SHOWN]}]")
    for attribute in attributes:
        reading.take(attribute, latin1=isinstance(line, Latin1Text))
    return SetCookie(
        name,
        value,
        expires=reading.expires,
        max_age=reading.max_age,
        domain=reading.domain,
        path=reading.path,
        secure="secure" in reading.heeded,
        http_only="httponly" in reading.heeded,
        same_site=reading.same_site,
        partitioned="partitioned" in reading.heeded,
        attributes=attributes,
        heeded=reading.heeded,
        problems=tuple(reading.problems),
        unknown=tuple(reading.unknown),
    )


class _Reading:
    """The attributes of one line while they are taken in; the last of a name holds."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.expires: int | None = None
        self.max_age: int | None = None
        self.domain: str | None = None
        self.path: str | None = None
        self.same_site = "Default"
        self.heeded: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.unknown: list[Problem] = []

    def take(self, attribute: CookieAttribute, *, latin1: bool) -> None:
        name = attribute.name.lower()
        value = attribute.value or ""
        if octet_length(value, latin1=latin1) > LARGEST_ATTRIBUTE_VALUE:
            self.tell(name, "ignored: the value is longer than 1024 octets", "section 5.6 step 6")
            return
        reader = _ATTRIBUTES.get(name)
        if reader is None:
            self.tell(name, *_unknown_attribute(name), told=self.unknown)
        elif name in self.heeded:
            self.tell(name, "given more than once; the last one counts", "section 5.7")
        self.heeded[name] = value
        if reader is not None:
            reader(self, value)

    def tell(
        self, name: str, message: str, section: str, *, told: list[Problem] | None = None
    ) -> None:
        told = self.problems if told is None else told
        if len(told) < _MOST_PROBLEMS:
            where = f"{self.where}.{name[:_SHOWN]}"
            told.append(Problem(where, message, f"RFC 6265bis {section}"))
        elif len(told) == _MOST_PROBLEMS:
            message = "and more of its attributes, which are not told one by one"
            told.append(Problem(self.where, message, "RFC 6265bis section 5.6"))


def octet_length(text: str, *, latin1: bool = False) -> int:
    """Count the octets that text had on the wire."""
    if latin1 or text.isascii():
        return len(text)
    return len(encode_field_text(text))


# How far a misspelling may be from an attribute to be taken for it: these are the ones met.
_MISSPELLINGS = {
    "http-only": "HttpOnly",
    "http_only": "HttpOnly",
    "httponly=true": "HttpOnly",
    "same-site": "SameSite",
    "same_site": "SameSite",
    "maxage": "Max-Age",
    "max_age": "Max-Age",
    "expire": "Expires",
    "expiry": "Expires",
}


def _unknown_attribute(name: str) -> tuple[str, str]:
    meant = _MISSPELLINGS.get(name)
    hint = f": did you mean {meant}" if meant else ""
    return f"ignored: no attribute of this name is defined{hint}", "section 5.6 step 7"


def _take_expires(reading: _Reading, value: str) -> None:
    from httpheaders.syntax.cookie_dates import parse_cookie_date  # late: few have one

    seconds = parse_cookie_date(value)
    if seconds is None:
        reading.tell("expires", "ignored: not a date", "section 5.6.1")
    else:
        reading.expires = seconds


def _take_max_age(reading: _Reading, value: str) -> None:
    if _max_age.fullmatch(value) is None:
        message = "ignored: expected a whole number of seconds"
        reading.tell("max-age", message, "section 5.6.2")
    else:
        reading.max_age = max(-_LARGEST_NUMBER, min(int(value), _LARGEST_NUMBER))


def _take_domain(reading: _Reading, value: str) -> None:
    if value.startswith("."):
        message = "the leading dot is not in the grammar; it is ignored"
        reading.tell("domain", message, "section 5.6.3")
    elif not value:
        reading.tell("domain", "empty: the cookie goes to this host alone", "section 5.7 step 7")
    domain = ascii_lower(value.removeprefix("."))
    if domain.startswith("[") and domain.endswith("]"):
        # A host that is an IPv6 address is written in brackets in URLs, and so it is here.
        domain = domain[1:-1]
    reading.domain = domain


def _take_path(reading: _Reading, value: str) -> None:
    if not value.startswith("/"):
        message = "does not begin with '/': the default path holds instead"
        reading.tell("path", message, "section 5.6.4")
        value = ""
    reading.path = value


def _take_same_site(reading: _Reading, value: str) -> None:
    enforcement = _ENFORCEMENTS.get(value.lower())
    if enforcement is None:
        message = "none of Strict, Lax, None: treated as if absent"
        reading.tell("samesite", message, "section 5.6.7")
    reading.same_site = enforcement or "Default"


def _flag(name: str) -> Callable[[_Reading, str], None]:
    def take(reading: _Reading, value: str) -> None:
        if value:
            # "Secure=false" is a common mistake: the flag is set all the same.
            message = "the value is ignored: the attribute holds by being there"
            reading.tell(name, message, "section 5.6.5")

    return take


_ATTRIBUTES: dict[str, Callable[[_Reading, str], None]] = {
    "expires": _take_expires,
    "max-age": _take_max_age,
    "domain": _take_domain,
    "path": _take_path,
    "secure": _flag("secure"),
    "httponly": _flag("httponly"),
    "samesite": _take_same_site,
    "partitioned": _flag("partitioned"),
}

KNOWN_ATTRIBUTES = frozenset(_ATTRIBUTES)
