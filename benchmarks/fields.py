"""
Reading one field, against the Python libraries that read it too.

Cold means that every value is another one, so that nothing of a value can be remembered; warm means
a few that are really sent, over and over. Every value is read by all beforehand, and all must find
the same in it. What each gives differs: ours are whole values with all that the field says, and
what is wrong with it where that is not an error.

Structured fields have no row: http_sf, which they would be compared with, is what reads them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.rows import Row, compare

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"count": 300, "rounds": 3}

Reader = Callable[[str], Any]


class Field(NamedTuple):
    """
    A field to read.

    Attributes:
        name: as it is shown.
        readers: ours first, then the peers'.
        facts: for each reader, what is compared of what it gives.
        made: makes one of many values, by chance.
        real: values that are really sent.
    """

    name: str
    readers: Mapping[str, Reader]
    facts: Sequence[Callable[[Any], Any]]
    made: Callable[[random.Random], str]
    real: Sequence[str]


def measure(count: int = 2000, rounds: int = 7) -> Iterator[Row]:
    """
    Time everyone side by side.

    Args:
        count: how many values a round has.
        rounds: how often each is timed; the median round counts.
    """
    for make in (_dates, _cache_control, _ranges, _media_types, _entity_tags, _links, _set_cookies):
        field = make()
        cold = _different(field.made, count)
        warm = [field.real[number % len(field.real)] for number in range(count)]
        for kind, values in (("cold", cold), ("warm", warm)):
            _check(field, values)
            # Whatever was remembered while checking is forgotten by the many values between.
            work = {name: _reading(read, values) for name, read in field.readers.items()}
            yield from compare(f"{field.name}, {kind}", work, each=count, rounds=rounds)


def _different(made: Callable[[random.Random], str], count: int) -> list[str]:
    dice = random.Random(1)
    values: dict[str, None] = {}
    while len(values) < count:
        values[made(dice)] = None
    return list(values)


def _reading(read: Reader, values: Sequence[str]) -> Callable[[], None]:
    def run() -> None:
        for value in values:
            read(value)

    return run


def _check(field: Field, values: Sequence[str]) -> None:
    for value in values:
        found = [
            fact(read(value))
            for read, fact in zip(field.readers.values(), field.facts, strict=True)
        ]
        assert all(one == found[0] for one in found), f"{field.name}: {value!r} gives {found}"


# -- the fields ------------------------------------------------------------------------------------


def _dates() -> Field:
    from email.utils import parsedate_to_datetime

    from django.utils.http import parse_http_date as django_date
    from werkzeug.http import parse_date

    from httpheaders.syntax.dates import format_http_date, parse_http_date

    return Field(
        "an HTTP date",
        {
            "ours": lambda value: parse_http_date(value, now=0),
            "email.utils": parsedate_to_datetime,
            "werkzeug": parse_date,
            "django": django_date,
        },
        (int, lambda date: date.timestamp(), lambda date: date.timestamp(), int),
        lambda dice: format_http_date(dice.randrange(2**31)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sat, 28 Nov 2026 12:00:00 GMT"),
    )


def _cache_control() -> Field:
    from cachecontrol.controller import CacheController
    from hishel._core._headers import parse_cache_control as hishel_directives
    from werkzeug.datastructures import ResponseCacheControl
    from werkzeug.http import parse_cache_control_header

    from httpheaders.cache_control import parse_cache_control

    def made(dice: random.Random) -> str:
        words = ("public", "must-revalidate", "no-transform", "immutable", "proxy-revalidate")
        numbers = ("s-maxage", "stale-while-revalidate", "stale-if-error")
        directives = [f"max-age={dice.randrange(10**7)}", *dice.sample(words, dice.randint(0, 3))]
        directives += [f"{name}={dice.randrange(10**6)}" for name in dice.sample(numbers, 1)]
        return ", ".join(dice.sample(directives, len(directives)))

    controller = CacheController()
    return Field(
        "Cache-Control",
        {
            "ours": parse_cache_control,
            "werkzeug": lambda value: parse_cache_control_header(value, cls=ResponseCacheControl),
            "CacheControl": lambda value: controller.parse_cache_control({"cache-control": value}),
            "hishel": hishel_directives,
        },
        (
            lambda found: found.max_age,
            lambda found: found.max_age,
            lambda found: found.get("max-age"),
            lambda found: found.max_age,
        ),
        made,
        ("public, max-age=31536000, immutable", "max-age=3600, must-revalidate", "no-store"),
    )


def _ranges() -> Field:
    from webob.byterange import Range
    from werkzeug.http import parse_range_header

    from httpheaders.syntax.ranges import parse_range

    return Field(
        "Range",
        {"ours": parse_range, "werkzeug": parse_range_header, "webob": Range.parse},
        (
            lambda found: found.ranges[0],
            lambda found: (found.ranges[0][0], found.ranges[0][1] - 1),
            lambda found: (found.start, found.end - 1),
        ),
        lambda dice: f"bytes={(first := dice.randrange(10**9))}-{first + dice.randrange(10**6)}",
        ("bytes=0-499", "bytes=500-999", "bytes=1048576-2097151"),
    )


def _media_types() -> Field:
    from email.message import Message

    from werkzeug.http import parse_options_header

    from httpheaders.syntax.media_types import parse_media_type

    def by_email(value: str) -> tuple[str, str | None]:
        message = Message()
        message["content-type"] = value
        return message.get_content_type(), message.get_content_charset()

    def made(dice: random.Random) -> str:
        kind = dice.choice(("text/html", "application/json", "text/vnd.example+xml"))
        boundary = f'; boundary="{dice.randrange(10**12):x}"'
        return f"{kind}; charset={dice.choice(('utf-8', 'iso-8859-1'))}{boundary}"

    return Field(
        "a media type",
        {"ours": parse_media_type, "werkzeug": parse_options_header, "email.message": by_email},
        (
            lambda found: (found.essence, found.parameter("charset")),
            lambda found: (found[0], found[1].get("charset")),
            tuple,
        ),
        made,
        ("text/html; charset=utf-8", "application/json", "text/css"),
    )


def _entity_tags() -> Field:
    from django.utils.http import parse_etags as django_tags
    from webob.etag import ETagMatcher
    from werkzeug.http import parse_etags as werkzeug_tags

    from httpheaders.syntax.entity_tags import read_entity_tags

    def made(dice: random.Random) -> str:
        return ", ".join(f'"{dice.randrange(10**15):x}"' for _ in range(dice.randint(1, 4)))

    return Field(
        "If-None-Match",
        {
            "ours": read_entity_tags,
            "werkzeug": werkzeug_tags,
            "django": django_tags,
            "webob": ETagMatcher.parse,
        },
        (
            lambda found: {tag.opaque for _, tag, _ in found},
            lambda found: set(found.as_set()),
            lambda found: {tag.strip('"') for tag in found},
            lambda found: set(found.etags),
        ),
        made,
        ('"3f2a"', '"33a64df551425fcc55e4d42a148795d9f25f89d4"', '"a", "b", "c"'),
    )


def _links() -> Field:
    from requests.utils import parse_header_links

    from httpheaders.syntax.field_values import split_list
    from httpheaders.syntax.links import parse_link

    def ours(value: str) -> list[Any]:
        return [parse_link(member) for member in split_list(value, angles=True)]

    def made(dice: random.Random) -> str:
        page = dice.randrange(10**9)
        base = f"https://api.example.com/items?page={page}"
        return f'<{base}1>; rel="next", <{base}9>; rel="last"'

    return Field(
        "Link of two pages",
        {"ours": ours, "requests": parse_header_links},
        (
            lambda found: [link.target for link in found],
            lambda found: [link["url"] for link in found],
        ),
        made,
        ('<https://example.com/2>; rel="next", <https://example.com/9>; rel="last"',),
    )


def _set_cookies() -> Field:
    from http.cookies import SimpleCookie

    from werkzeug.test import Cookie

    from httpheaders.messages.set_cookie import read_set_cookie

    def made(dice: random.Random) -> str:
        age = dice.randrange(10**6)
        return f"sid={dice.randrange(10**15):x}; Max-Age={age}; Path=/; Secure; HttpOnly"

    def by_http_cookies(value: str) -> tuple[str, str, str]:
        ((name, morsel),) = SimpleCookie(value).items()
        return name, morsel.value, morsel["path"]

    return Field(
        "Set-Cookie",
        {
            "ours": read_set_cookie,
            "http.cookies": by_http_cookies,
            "werkzeug.test": lambda value: Cookie._from_response_header("localhost", "/", value),
        },
        (
            lambda found: (found.name, found.value),
            lambda found: found[:2],
            lambda found: (found.key, found.value),
        ),
        made,
        ("sid=31d4d96e407aad42; Path=/; Secure; HttpOnly; SameSite=Lax", "lang=en; Max-Age=3600"),
    )


HEADLINES = ("an HTTP date, cold", "Link of two pages, cold")
