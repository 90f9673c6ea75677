"""
The rules of negotiation as plainly as they can be written: every offer against every range.

It shares nothing with the package, so that the two can be held against each other.
"""

from __future__ import annotations

import re
from email.message import Message

WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
ONLY_WEIGHT = re.compile(rf"[ \t]*[qQ]=({WEIGHT.pattern})[ \t]*")
NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
LANGUAGE = re.compile(r"\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
SAME_CODING = {"x-gzip": "gzip", "x-compress": "compress"}


def plain_ranking(
    dimension: str, field: str | None, offers: list[str], match: str | None = None
) -> list[tuple[str, float]]:
    """Give the acceptable offers with their qualities, best first."""
    ranges = read_ranges(dimension, field)
    if match == "lookup":
        return look_up(ranges, offers)
    judged = []
    first: dict[object, float] = {}
    for range_, quality in ranges:
        first.setdefault(range_, quality)
    for offer in offers:
        matching = [
            (specificity, quality)
            for range_, quality in first.items()
            if (specificity := how_specific(dimension, range_, offer)) is not None
        ]
        if matching:
            # Of equally specific ranges the best liked counts.
            specificity, quality = max(matching)
            judged.append((offer, quality, specificity))
        elif dimension == "encoding" and offer.lower() == "identity":
            judged.append((offer, 0.001 if (field or "").strip(" \t,") else 1.0, (0, 0)))
    judged = [one for one in judged if one[1] > 0]
    judged.sort(key=lambda one: (-one[1], [-number for number in one[2]]))
    return [(offer, quality) for offer, quality, _ in judged]


def read_ranges(dimension: str, field: str | None) -> list[tuple[object, float]]:
    anything = ("*", "*", frozenset()) if dimension == "type" else "*"
    if field is None:
        return [(anything, 1.0)]
    ranges = []
    for member in split(field, ","):
        _, semicolon, rest = member.partition(";")
        if dimension != "type" and semicolon and not ONLY_WEIGHT.fullmatch(rest):
            continue
        name, *parameters = split(member, ";")
        pairs = [parameter.split("=", 1) for parameter in parameters]
        if any(len(pair) < 2 or not is_value(pair) for pair in pairs):
            continue
        weights = [value for key, value in pairs if key.lower() == "q"]
        others = [pair for pair in pairs if pair[0].lower() != "q"]
        if len(weights) > 1 or (weights and not WEIGHT.fullmatch(weights[0])):
            continue
        range_ = read_range(dimension, name, others)
        if range_ is not None:
            ranges.append((range_, float(weights[0]) if weights else 1.0))
    if not ranges and dimension != "encoding":
        return [(anything, 1.0)]
    return ranges


def split(text: str, separator: str) -> list[str]:
    parts, quoted, escaped = [""], False, False
    for character in text:
        if character == separator and not quoted:
            parts.append("")
            continue
        if character == '"' and not escaped:
            quoted = not quoted
        escaped = character == "\\" and quoted and not escaped
        parts[-1] += character
    return [part.strip(" \t") for part in parts if part.strip(" \t")]


def is_value(pair: list[str]) -> bool:
    name, value = pair
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return bool(NAME.fullmatch(name)) and (quoted or bool(NAME.fullmatch(value)))


def read_range(dimension: str, name: str, parameters: list[list[str]]) -> object | None:
    if dimension == "type":
        kind, slash, subtype = name.lower().partition("/")
        is_type = slash and NAME.fullmatch(kind) and NAME.fullmatch(subtype)
        if not is_type or (kind == "*" and subtype != "*"):
            return None
        return kind, subtype, comparable(parameters)
    grammar = LANGUAGE if dimension == "language" else NAME
    if parameters or not grammar.fullmatch(name):
        return None
    return SAME_CODING.get(name.lower(), name.lower()) if dimension == "encoding" else name.lower()


def comparable(parameters: list[list[str]]) -> frozenset[tuple[str, str]]:
    found: dict[str, str] = {}
    for name, value in parameters:
        plain = Message()
        plain["x"] = f"x;y={value}"
        unquoted = str(plain.get_param("y", header="x"))
        found.setdefault(name.lower(), unquoted.lower() if name.lower() == "charset" else unquoted)
    return frozenset(found.items())


def how_specific(dimension: str, range_: object, offer: str) -> tuple[int, ...] | None:
    """Say how specifically a range matches an offer; None when it does not."""
    if dimension == "type":
        name, *parameters = split(offer, ";")
        kind, subtype = name.lower().split("/")
        has = comparable([parameter.split("=", 1) for parameter in parameters])
        wanted_kind, wanted_subtype, wanted = range_
        if wanted_kind not in ("*", kind) or wanted_subtype not in ("*", subtype):
            return None
        return (
            ((wanted_kind != "*") + (wanted_subtype != "*"), len(wanted)) if wanted <= has else None
        )
    text = offer.lower()
    if dimension == "encoding":
        text = SAME_CODING.get(text, text)
    if range_ == "*":
        return (0, 0)
    if dimension == "language":
        is_prefix = text == range_ or text.startswith(f"{range_}-")
        return (1, range_.count("-"), text == range_) if is_prefix else None
    return (1, 0) if text == range_ else None


def look_up(ranges: list[tuple[object, float]], offers: list[str]) -> list[tuple[str, float]]:
    """RFC 4647 section 3.4, range by range; what a range of weight 0 matches is never found."""
    first = {}
    for range_, quality in ranges:
        first.setdefault(range_, quality)
    left = [offer for offer in offers if not is_excluded(first, offer.lower())]
    found = []
    for range_, quality in sorted(first.items(), key=lambda pair: -pair[1]):
        tag = "" if range_ == "*" or not quality else range_
        while tag:
            same = [offer for offer in left if offer.lower() == tag]
            if same:
                found += [(offer, quality) for offer in same]
                break
            tag = re.sub(r"(-[a-z0-9])?-[^-]*$", "", tag) if "-" in tag else ""
    if first.get("*"):
        found += [(offer, first["*"]) for offer in left]
    unique: dict[str, float] = {}
    for offer, quality in found:
        unique.setdefault(offer, quality)
    return list(unique.items())


def is_excluded(ranges: dict[object, float], tag: str) -> bool:
    matching = [range_ for range_ in ranges if tag == range_ or tag.startswith(f"{range_}-")]
    return bool(matching) and ranges[max(matching, key=len)] == 0
