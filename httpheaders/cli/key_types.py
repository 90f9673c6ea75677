"""
The types of the keys of short forms: what a JSON value must be, and the error when it is not.

Each reads a value and its place (`accept`, `variants[2].type`) and gives the value back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from httpheaders.errors import InputError
from httpheaders.syntax.strict_json import LARGEST_NUMBER

if TYPE_CHECKING:
    from typing import TypeGuard

__all__ = [
    "anything",
    "boolean",
    "count",
    "list_of",
    "nearest_word",
    "number",
    "one_of",
    "read_time",
    "text",
    "texts",
    "time",
    "type_name",
    "whole_number",
    "wrong_type",
]

Reader = Callable[[Any, str], Any]
_Number = TypeVar("_Number", int, float)


def type_name(value: object) -> str:
    """Name a JSON value's type as JSON does."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    for kind, name in ((str, "a string"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kind):
            return name
    return "something else"


def wrong_type(expected: str, value: object, where: str) -> InputError:
    """Give the error that says what was expected at a place, and what was there."""
    return InputError(f"expected {expected}, got {type_name(value)}", where=f"$.{where}")


def text(value: Any, where: str) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise wrong_type("a string", value, where)


def texts(value: Any, where: str) -> list[str]:
    """A list of strings; one string stands for a list of one."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise wrong_type("a list of strings", value, where)
    for item in value:
        if not isinstance(item, str):
            return [text(item, f"{where}[{i}]") for i, item in enumerate(value)]
    return value


def boolean(value: Any, where: str) -> bool:
    """true or false."""
    if isinstance(value, bool):
        return value
    raise wrong_type("true or false", value, where)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bounded(value: _Number, where: str) -> _Number:
    if abs(value) > LARGEST_NUMBER:
        raise InputError(f"expected a number of at most {LARGEST_NUMBER}", where=f"$.{where}")
    return value


def number(value: Any, where: str) -> float:
    """A number of seconds, bytes or the like; never negative."""
    if _is_number(value) and _bounded(value, where) >= 0:
        return value
    raise wrong_type("a number not below zero", value, where)


def count(value: Any, where: str) -> int:
    """A whole number, never negative."""
    if isinstance(value, int) and not isinstance(value, bool) and _bounded(value, where) >= 0:
        return value
    raise wrong_type("a whole number not below zero", value, where)


def whole_number(value: Any, where: str) -> int:
    """A whole number, which may be negative."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _bounded(value, where)
    raise wrong_type("a whole number", value, where)


def time(value: Any, where: str) -> float:
    """A moment: seconds since 1970, an HTTP date or an ISO 8601 date."""
    if _is_number(value):
        return _bounded(value, where)
    if isinstance(value, str) and (seconds := read_time(value)) is not None:
        return seconds
    raise wrong_type("seconds since 1970, an HTTP date or an ISO 8601 date", value, where)


def read_time(value: str) -> float | None:
    """Read a moment from text; None when it is none."""
    stripped = value.strip()
    if stripped.isascii() and stripped.replace(".", "", 1).isdigit() and len(stripped) < 20:
        seconds = float(stripped) if "." in stripped else int(stripped)
        return seconds if seconds <= LARGEST_NUMBER else None
    from httpheaders.syntax.dates import parse_http_date, parse_iso_date

    iso = parse_iso_date(stripped)
    # A two-digit year has no fixed century without a clock; it counts from the year 2000.
    return parse_http_date(stripped, now=946684800) if iso is None else iso


def anything(value: Any, where: str) -> Any:
    """Any JSON value; the command reads it itself."""
    del where
    return value


def one_of(*words: str) -> Reader:
    """One of these words."""

    def read(value: Any, where: str) -> str:
        if value in words and isinstance(value, str):
            return value
        raise InputError(f"expected one of {', '.join(words)}", where=f"$.{where}")

    return read


def list_of(read_item: Reader) -> Reader:
    """A list whose every item is of this type."""

    def read(value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise wrong_type("a list", value, where)
        return [read_item(item, f"{where}[{i}]") for i, item in enumerate(value)]

    return read


def nearest_word(word: str, known: Sequence[str]) -> str | None:
    """Give the known word that this one is a slip of the pen for, or None."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:60], known, n=1)), None)
