"""
Fields that are lists whose members have parameters or weights.

Source: RFC 9110 sections 5.6.6 and 12.4.2, RFC 7240 section 2, RFC 7838 section 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import QUOTED_STRING, TOKEN, is_token, unquote
from httpheaders.syntax.parameters import split_parameters
from httpheaders.syntax.patterns import lazy_pattern

_Range = TypeVar("_Range")

_number = lazy_pattern(r"-?[0-9]{1,15}(?:\.[0-9]{1,15}+)?", re.ASCII)
# preference = token [ BWS "=" BWS word ]                               RFC 7240 section 2
_preference = lazy_pattern(rf"({TOKEN})(?:[ \t]*+=[ \t]*+({TOKEN}|{QUOTED_STRING}))?")
# alternative = protocol-id "=" alt-authority                           RFC 7838 section 3
_alternative = lazy_pattern(rf"({TOKEN})=({QUOTED_STRING})")


def media_ranges(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Accept; types in lower case."""
    from httpheaders.syntax.media_types import parse_media_range

    return [
        _weighted(found.essence, found.quality, found.parameters)
        for found in _well_formed(lines, reading, parse_media_range)
    ]


def language_ranges(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Accept-Language."""
    from httpheaders.syntax.weighted_lists import parse_language_range

    return [_weighted(*found) for found in _well_formed(lines, reading, parse_language_range)]


def codings(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Accept-Encoding or Accept-Charset."""
    from httpheaders.syntax.weighted_lists import parse_coding_range

    return [_weighted(*found) for found in _well_formed(lines, reading, parse_coding_range)]


def transfer_codings(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read TE."""
    from httpheaders.syntax.weighted_lists import parse_transfer_coding_range

    ranges = _well_formed(lines, reading, parse_transfer_coding_range)
    return [_weighted(*found) for found in ranges]


def _well_formed(
    lines: Sequence[str], reading: Reading, parse: Callable[[str], _Range]
) -> Iterator[_Range]:
    for text in reading.members(lines, split_list):
        try:
            yield parse(text)
        except FieldSyntaxError as error:
            reading.tell_error(error, text)


def _weighted(
    value: str, quality: float, parameters: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    return {"range": value, "quality": quality, "parameters": dict(reversed(parameters))}


def parameterised(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read `value; name=value` members."""
    return _parameterised(lines, reading, loose=False)


def extensions(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read `value; name=value; name` members."""
    return _parameterised(lines, reading, loose=True)


def _parameterised(lines: Sequence[str], reading: Reading, *, loose: bool) -> list[dict[str, Any]]:
    members = []
    for text in reading.members(lines, split_list):
        head, parameters = split_parameters(text)
        if not is_token(head):
            reading.tell(f"member {shown(head)} is not a token", "RFC 9110 section 5.6.2")
        members.append({"value": head, "parameters": reading.mapping(parameters, loose=loose)})
    return members


def server_timing(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read metrics: a name, a duration in milliseconds, a description."""
    members = []
    for member in extensions(lines, reading):
        rest = member["parameters"]
        duration = _duration(rest.pop("dur", None), reading)
        description = rest.pop("desc", None)
        members.append(
            {"name": member["value"], "dur": duration, "desc": description, "parameters": rest}
        )
    return members


def _duration(text: str | None, reading: Reading) -> float | None:
    if text is None:
        return None
    if _number.fullmatch(text) is None:
        reading.tell(f"duration {shown(text)} is not a number")
        return None
    return float(text) if "." in text else int(text)


def preferences(lines: Sequence[str], reading: Reading) -> dict[str, dict[str, Any]]:
    """Read Prefer: the first of a name counts."""
    preferences: dict[str, dict[str, Any]] = {}
    for text in reading.members(lines, split_list):
        head, parameters = split_parameters(text)
        match = _preference.fullmatch(head)
        if match is None:
            reading.tell(f"{shown(head)} is neither name nor name=value")
            continue
        name = match[1].lower()
        if name in preferences:
            reading.tell(f"preference {shown(name)} stands twice: the first one counts")
            continue
        value = True if match[2] is None else _number_or_text(unquote(match[2]))
        preferences[name] = {"value": value, "parameters": reading.mapping(parameters, loose=True)}
    return preferences


def _number_or_text(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else text


def alternatives(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]] | str:
    """Read Alt-Svc: a list of alternatives, or `clear`, which is case-sensitive."""
    if list(lines) == ["clear"]:
        return "clear"
    found = []
    for text in reading.members(lines, split_list):
        head, parameters = split_parameters(text)
        match = _alternative.fullmatch(head)
        if match is None:
            reading.tell(f'{shown(head)}: expected protocol="host:port"')
        else:
            found.append(_alternative_of(match, reading.mapping(parameters), reading))
    return found


def _alternative_of(match: re.Match[str], rest: dict[str, Any], reading: Reading) -> dict[str, Any]:
    from urllib.parse import unquote as percent_decoded

    max_age = rest.pop("ma", None)
    number = None if max_age is None else _number_or_text(max_age)
    if isinstance(number, str):
        reading.tell(f"ma {shown(number)} is not a count of seconds")
        number = None
    return {
        "protocol": percent_decoded(match[1], errors="replace"),
        "authority": unquote(match[2]),
        "ma": number,
        "persist": rest.pop("persist", None) == "1",
        "parameters": rest,
    }
