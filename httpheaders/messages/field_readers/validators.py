"""
Entity tags and ranges.

Source: RFC 9110 sections 8.8.3, 13.1.1, 14.1.1 and 14.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.entity_tags import EntityTag, read_entity_tags
from httpheaders.syntax.ranges import parse_content_range, parse_range


def etag(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read one entity tag."""
    return one_tag(reading.only(lines), reading)


def one_tag(value: str, reading: Reading) -> dict[str, Any]:
    """Read one entity tag; an unquoted one is read and told."""
    found = read_entity_tags(value)
    if len(found) != 1:
        expected = 'expected an entity tag such as "v7" or W/"v7"'
        raise FieldSyntaxError(f"{shown(value)}: {expected}", reference="RFC 9110 section 8.8.3")
    return _told(found[0], reading)


def etags(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]] | str:
    """Read a list of entity tags, or `*`."""
    if list(lines) == ["*"]:
        return "*"
    return [_told(found, reading) for line in lines for found in read_entity_tags(line)]


def _told(found: tuple[str, EntityTag, str | None], reading: Reading) -> dict[str, Any]:
    text, tag, flaw = found
    if flaw is not None:
        reading.tell(f"{shown(text)}: {flaw}", "RFC 9110 section 8.8.3")
    return {"value": text, "opaque": tag.opaque, "weak": tag.weak}


def byte_range(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read Range; a range that ends before it begins is kept and told."""
    unit, ranges = parse_range(reading.only(lines))
    for one in ranges:
        if not isinstance(one, str):
            _check_order(one[0], one[1], reading)
    return {
        "unit": unit,
        "ranges": [one if isinstance(one, str) else list(one) for one in ranges],
    }


def content_range(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read Content-Range; numbers that cannot be are kept and told."""
    part = parse_content_range(reading.only(lines))
    _check_order(part.first, part.last, reading)
    if part.last is not None and part.size is not None and part.last >= part.size:
        reading.tell(f"the last position {part.last} is beyond the size {part.size}")
    return part._asdict()


def _check_order(first: int | None, last: int | None, reading: Reading) -> None:
    if first is not None and last is not None and last < first:
        reading.tell(f"the range {first}-{last} ends before it begins")
