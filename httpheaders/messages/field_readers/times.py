"""
Fields that hold a date, or may hold one.

Source: RFC 9110 sections 5.6.7, 10.2.3 and 13.1.5, RFC 9111 section 5.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.messages.field_readers.scalars import read_seconds
from httpheaders.syntax.dates import format_iso_date, parse_http_date
from httpheaders.syntax.grammar import parse_delta_seconds


def date(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read an HTTP-date."""
    value = reading.only(lines)
    moment = _moment(value, reading)
    if moment is None:
        raise FieldSyntaxError(
            f"{shown(value)} is not a date such as 'Sun, 06 Nov 1994 08:49:37 GMT'",
            reference="RFC 9110 section 5.6.7",
        )
    return moment


def _moment(value: str, reading: Reading) -> dict[str, Any] | None:
    epoch = parse_http_date(value, now=reading.now)
    if epoch is None:
        return None
    if not value.endswith("GMT") or "-" in value:
        reading.tell("an obsolete form of date", "RFC 9110 section 5.6.7")
    return {"iso": format_iso_date(epoch), "epoch": epoch}


def expires(lines: Sequence[str], reading: Reading) -> dict[str, Any] | None:
    """Read a date; anything else is a time in the past that nobody can name."""
    value = reading.only(lines)
    moment = _moment(value, reading)
    if moment is None:
        reading.tell(f"{shown(value)} is not a date: the response counts as expired")
    return moment


def retry_after(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read a count of seconds or a date."""
    value = reading.only(lines)
    if parse_delta_seconds(value) is not None:
        return {"seconds": read_seconds(value, reading), "iso": None, "epoch": None}
    moment = _moment(value, reading)
    if moment is None:
        raise FieldSyntaxError(f"{shown(value)} is neither a count of seconds nor a date")
    return {"seconds": None, **moment}


def if_range(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read an entity tag or a date."""
    from httpheaders.messages.field_readers import validators

    value = reading.only(lines)
    moment = _moment(value, reading)
    if moment is not None:
        return {"etag": None, "date": moment}
    return {"etag": validators.one_tag(value, reading), "date": None}
