"""
HAR 1.2: the exchanges that browsers and proxies export.

A malformed entry costs only itself: in its place comes the error that says where and why. Fields
that an entry leaves out are unknown, not wrong: exporters differ in what they fill in.

Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from httpheaders.answer import Problem
from httpheaders.errors import InputError
from httpheaders.messages.framing import check_message
from httpheaders.messages.head import message_of_pseudo_fields
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.dates import parse_iso_date
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["HarEntry", "is_har", "read_har"]

# "HTTP/1.1", "http/2.0", "h2", "h3", "h3-29"; anything else is unknown.
_version = lazy_pattern(r"(?:http/|h)([0-9])(?:\.([0-9]))?(?:-.*)?", re.IGNORECASE | re.ASCII)
_fraction = lazy_pattern(r":[0-9]{2}([.][0-9]{1,9})[0-9]*", re.ASCII)


# What browsers write on an entry that needed no connection; names of their own, not of HAR 1.2.
_CACHE_MARKS = ("_fromCache", "_servedFromCache", "_fromDiskCache", "_fromServiceWorker")


class HarEntry(NamedTuple):
    """
    One entry.

    Attributes:
        exchange: request and response; the response is None when none arrived (status 0).
        problems: what was odd, each with its place, "$.log.entries[3].request.headers[2]".
        started: when the request began, in seconds since 1970, or None.
        duration: from there to the end of the response, in seconds, or None.
        timings: the phases of the exchange in seconds; those that do not apply are left out.
        connection: what tells the connection from others, or None.
        server_address: the IP address of the server, or None.
        from_cache: whether the exporter says that it came from a cache.
    """

    exchange: Exchange
    problems: tuple[Problem, ...] = ()
    started: float | None = None
    duration: float | None = None
    timings: Mapping[str, float] = MappingProxyType({})
    connection: str | None = None
    server_address: str | None = None
    from_cache: bool = False


def is_har(document: object) -> bool:
    """
    Say whether a JSON document is a HAR: it has a list at `log.entries`.

    >>> is_har({"log": {"entries": []}}), is_har({"log": []})
    (True, False)
    """
    log = document.get("log") if isinstance(document, dict) else None
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def read_har(document: Mapping[str, Any]) -> Iterator[HarEntry | InputError]:
    """
    Read the entries in order.

    Args:
        document: the whole JSON document.

    Returns:
        For each entry what it holds, or the error that made it unreadable; `where` names the place.

    Raises:
        InputError: the document is no HAR at all.

    Source: HAR 1.2, "entries".

    >>> response = {"status": 204, "statusText": "", "headers": []}
    >>> har = {"log": {"entries": [{"response": response}, {"response": 204}]}}
    >>> entry, error = read_har(har)
    >>> entry.exchange.response.status, str(error)
    (204, 'expected an object at $.log.entries[1].response')
    """
    if not is_har(document):
        raise InputError("expected a list of entries", where="$.log.entries")
    return map(_read_or_refuse, enumerate(document["log"]["entries"]))


def _read_or_refuse(numbered: tuple[int, object]) -> HarEntry | InputError:
    index, entry = numbered
    try:
        return _read_entry(entry, f"$.log.entries[{index}]")
    except InputError as error:
        return error


def _read_entry(value: object, where: str) -> HarEntry:
    entry = _object(value, where)
    problems: list[Problem] = []
    request = _read_request(entry.get("request"), f"{where}.request", problems)
    response = _read_response(entry.get("response"), f"{where}.response")
    for part, message in (("request", request), ("response", response)):
        if message is not None:
            problems += _placed(check_message(message), f"{where}.{part}")
    started = _read_time(entry.get("startedDateTime"), f"{where}.startedDateTime", problems)
    return HarEntry(
        Exchange(request, response),
        tuple(problems),
        started,
        _seconds(entry.get("time")),
        _read_timings(entry.get("timings")),
        _text_or_none(entry.get("connection")),
        _text_or_none(entry.get("serverIPAddress")),
        any(entry.get(name) for name in _CACHE_MARKS),
    )


def _placed(problems: list[Problem], where: str) -> list[Problem]:
    return [problem._replace(where=f"{where}.{problem.where}") for problem in problems]


def _read_request(value: object, where: str, problems: list[Problem]) -> Request | None:
    if value is None:
        return None
    fields = _object(value, where)
    headers, pseudo = _read_headers(fields.get("headers"), f"{where}.headers")
    begun = message_of_pseudo_fields({name: pseudo[name] for name in pseudo if name != "status"})
    known = begun if isinstance(begun, Request) else Request()
    return Request(
        _optional_text(fields, "method", where) or known.method,
        _optional_text(fields, "url", where) or known.url,
        headers,
        _read_post_data(fields.get("postData"), f"{where}.postData", problems),
        _read_version(fields.get("httpVersion")),
    )


def _read_response(value: object, where: str) -> Response | None:
    if value is None:
        return None
    fields = _object(value, where)
    headers, pseudo = _read_headers(fields.get("headers"), f"{where}.headers")
    status = _read_status(fields.get("status", pseudo.get("status")), f"{where}.status")
    if status is None and not headers:
        return None  # the exporters' way to say that no response arrived
    version = _read_version(fields.get("httpVersion"))
    phrase = _optional_text(fields, "statusText", where)
    if not phrase and version in ("2", "3"):
        phrase = None  # these versions have no phrase
    body = _read_content(fields.get("content"), f"{where}.content")
    return Response(status, headers, body, version, phrase)


def _read_status(value: object, where: str) -> int | None:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    if value is None or (value == 0 and not isinstance(value, bool)):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 999:
        raise InputError("expected a status from 100 to 999, or 0 for none", where=where)
    return value


def _read_version(value: object) -> str | None:
    match = _version.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    major, minor = match.groups()
    return f"{major}.{minor or 1}" if major in "01" else major


def _read_headers(value: object, where: str) -> tuple[Headers, dict[str, str]]:
    """Give the fields, and HTTP/2's pseudo-header fields apart from them, without their colon."""
    if value is None:
        return Headers(), {}
    if not isinstance(value, list):
        raise InputError("expected a list of headers", where=where)
    pairs: list[tuple[str, str]] = []
    pseudo: dict[str, str] = {}
    for index, item in enumerate(value):
        name, text = _read_header(item, f"{where}[{index}]")
        if name.startswith(":") and len(name) > 1:
            pseudo.setdefault(name[1:], text)
        else:
            # Browsers join the lines of a repeated field with LF, which no value can hold.
            pairs.extend((name, line.strip(" \t\r")) for line in text.split("\n"))
    return Headers(pairs), pseudo


def _read_header(item: object, where: str) -> tuple[str, str]:
    name, value = (item.get("name"), item.get("value")) if isinstance(item, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(value, str):
        raise InputError('expected {"name", "value"} with two strings', where=where)
    return name, value


def _read_post_data(value: object, where: str, problems: list[Problem]) -> bytes | None:
    """Read the text, or make the body again from the parameters that may stand in its place."""
    if value is None:
        return None
    fields = _object(value, where)
    body = _read_content(fields, where)
    params = fields.get("params")
    if body or not params:
        return body
    pairs = _read_params(params)
    media_type, _, _ = str(fields.get("mimeType")).partition(";")
    if pairs is None or media_type.strip().lower() != "application/x-www-form-urlencoded":
        text = "the body is not known: there is no text, and no body can be made of these"
        problems.append(Problem(f"{where}.params", text, "HAR 1.2, postData"))
        return body
    from urllib.parse import urlencode

    return urlencode(pairs, encoding="utf-8", errors="surrogatepass").encode("ascii")


def _read_params(value: object) -> list[tuple[str, str]] | None:
    """Give names and values; None where they are malformed or one is the content of a file."""
    if not isinstance(value, list):
        return None
    pairs: list[tuple[str, str]] = []
    for item in value:
        if not isinstance(item, dict) or item.get("fileName"):
            return None
        name, text = item.get("name"), item.get("value")
        text = "" if text is None else text
        if not (isinstance(name, str) and isinstance(text, str)):
            return None
        pairs.append((name, text))
    return pairs


def _read_content(value: object, where: str) -> bytes | None:
    if value is None:
        return None
    fields = _object(value, where)
    text = _optional_text(fields, "text", where)
    if text is None:
        return None
    octets = text.encode("utf-8", "surrogatepass")
    if fields.get("encoding") != "base64":
        return octets
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(octets, strict_mode=True)
    except Error:
        raise InputError("cannot decode base64", where=f"{where}.text") from None


def _read_time(value: object, where: str, problems: list[Problem]) -> float | None:
    if value is None:
        return None
    seconds = parse_iso_date(value) if isinstance(value, str) else None
    if seconds is None:
        problems.append(Problem(where, "not a date and time in ISO 8601", "HAR 1.2, entries"))
        return None
    fraction = _fraction.search(str(value))
    return seconds + float("0" + fraction[1]) if fraction else float(seconds)


def _seconds(value: object) -> float | None:
    """Turn milliseconds into seconds; -1 is HAR's word for "does not apply"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return None
    return value / 1000


def _read_timings(value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        return {}
    return {name: time for name, ms in value.items() if (time := _seconds(ms)) is not None}


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError("expected an object", where=where)
    return value


def _optional_text(fields: Mapping[str, Any], name: str, where: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError("expected a string", where=f"{where}.{name}")
    return value


def _text_or_none(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return str(value)
