"""
Fields written in a grammar of their own origin: structured fields and JSON.

Source: RFC 9651 section 4.2 for structured fields, RFC 8259 for JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading
from httpheaders.syntax.structured import parse_structured

# More digits than a double has, few enough to convert at once.
_MOST_DIGITS = 40


def item(lines: Sequence[str], reading: Reading) -> Any:
    """Read a structured item."""
    return parse_structured(lines, kind="item")


def sf_list(lines: Sequence[str], reading: Reading) -> Any:
    """Read a structured list."""
    return parse_structured(lines, kind="list")


def dictionary(lines: Sequence[str], reading: Reading) -> Any:
    """Read a structured dictionary."""
    return parse_structured(lines, kind="dictionary")


def json_list(lines: Sequence[str], reading: Reading) -> Any:
    """Read JSON values separated by commas, as Report-To and NEL have them."""
    import json

    text = "[" + ", ".join(lines) + "]"
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_number, parse_int=_integer)
    except (ValueError, RecursionError):
        raise FieldSyntaxError("expected JSON values separated by commas") from None


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _number(text: str) -> float:
    number = float(text)
    return number if abs(number) < float("inf") else _refuse(text)


def _integer(text: str) -> int:
    return int(text) if len(text) <= _MOST_DIGITS else _refuse(text)
