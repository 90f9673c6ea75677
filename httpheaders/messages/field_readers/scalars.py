"""
Fields that are one value: text, a token, a number.

Source: RFC 9110 sections 5.6.2 and 8.6, RFC 9111 section 1.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import OWS_CHARACTERS, is_token, parse_delta_seconds
from httpheaders.syntax.patterns import lazy_pattern

# Exact in every JSON reader that has 64-bit integers.
_MOST_DIGITS = 18
_digits = lazy_pattern(r"[0-9]++", re.ASCII)


def text(lines: Sequence[str], reading: Reading) -> str:
    """Give the value as it stands."""
    return reading.only(lines)


def token(lines: Sequence[str], reading: Reading) -> str:
    """Give the value as it stands, and tell when it is not a token."""
    return _token(reading.only(lines), reading)


def first_token(lines: Sequence[str], reading: Reading) -> str:
    """Give the first member of what Fetch reads as a list, in which empty members count."""
    value, comma, _ = reading.only(lines).partition(",")
    if comma:
        reading.tell("a list where one token is expected: the first one counts")
    return _token(value.rstrip(OWS_CHARACTERS), reading)


def _token(value: str, reading: Reading) -> str:
    if not is_token(value):
        reading.tell(f"{shown(value)} is not a token")
    return value


def true_or_nothing(lines: Sequence[str], reading: Reading) -> bool:
    """Read a field whose only value is `true`, case-sensitive."""
    value = reading.only(lines)
    if value != "true":
        raise FieldSyntaxError(f"{shown(value)} is not 'true', the only value there is")
    return True


def integer(lines: Sequence[str], reading: Reading) -> int:
    """Read a non-negative integer."""
    return _integer(reading.only(lines))


def _integer(value: str) -> int:
    if _digits.fullmatch(value) is None:
        raise FieldSyntaxError(f"{shown(value)} is not a non-negative integer")
    if len(value.lstrip("0")) > _MOST_DIGITS:
        raise FieldSyntaxError(f"{shown(value)} is too large a number")
    return int(value.lstrip("0") or "0")


def content_length(lines: Sequence[str], reading: Reading) -> int:
    """Read a length; the same number repeated is that number, different ones are none."""
    numbers = {_integer(member) for member in reading.members(lines, split_list)}
    if len(numbers) > 1:
        raise FieldSyntaxError("different lengths in one message")
    if not numbers:
        raise FieldSyntaxError("'' is not a non-negative integer")
    # A number given more than once is told where the framing of the message is checked.
    return numbers.pop()


def seconds(lines: Sequence[str], reading: Reading) -> int:
    """Read a count of seconds; of several, comma or lines, the first counts."""
    value = reading.only(lines)
    if "," in value:
        value = value.split(",")[0].strip(" \t")
        reading.tell("a list where one number is expected: the first one counts")
    return read_seconds(value, reading)


def read_seconds(value: str, reading: Reading, *, subject: str = "") -> int:
    """Read one count of seconds, told when it was too large to be kept."""
    number = parse_delta_seconds(value)
    if number is None:
        raise FieldSyntaxError(f"{subject}{shown(value)} is not a count of seconds")
    if value.lstrip("0") != str(number) and number:
        reading.tell(
            f"{subject}{shown(value)} is larger than any count of seconds need be: "
            f"it counts as {number}",
            "RFC 9111 section 1.2.2",
        )
    return number
