"""
Fields that are lists of names or texts.

Source: RFC 9110 sections 5.6.1, 5.6.2 and 5.6.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import QUOTED_STRING, is_token, unquote
from httpheaders.syntax.patterns import lazy_pattern

_quoted_string = lazy_pattern(QUOTED_STRING)


def tokens(lines: Sequence[str], reading: Reading) -> list[str]:
    """Give the members as sent; one that is not a token stays and is told."""
    members = reading.members(lines, split_list)
    for member in members:
        if not is_token(member):
            reading.tell(f"member {shown(member)} is not a token", "RFC 9110 section 5.6.2")
    return members


def texts(lines: Sequence[str], reading: Reading) -> list[str]:
    """Give the members as sent, their quotes kept."""
    return reading.members(lines, split_list)


def strings(lines: Sequence[str], reading: Reading) -> list[str]:
    """Give members that must stand in quotes, without them."""
    members = reading.members(lines, split_list)
    for member in members:
        if _quoted_string.fullmatch(member) is None:
            reading.tell(f"member {shown(member)} should stand in double quotes")
    return [unquote(member) for member in members]
