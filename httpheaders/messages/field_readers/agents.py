"""
Who took part: products, proxies on the way, and what they forwarded.

Source: RFC 9110 sections 7.6.3, 10.1.5 and 10.2.4, RFC 7239 section 4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import TOKEN
from httpheaders.syntax.parameters import split_parameters
from httpheaders.syntax.patterns import lazy_pattern
from httpheaders.syntax.products import parse_products, read_comment, split_outside_comments

# Via = #( received-protocol RWS received-by [ RWS comment ] )          RFC 9110 section 7.6.3
_via = lazy_pattern(rf"(?:({TOKEN})/)?({TOKEN})[ \t]++([^ \t(]++)(?:[ \t]++(\(.*))?", re.DOTALL)


def products(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read User-Agent or Server."""
    found, flaws = parse_products(reading.only(lines))
    for flaw in flaws:
        reading.tell(flaw)
    return [
        {"product": name, "version": version, "comments": list(comments)}
        for name, version, comments in found
    ]


def via(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Via, whose comments may hold commas."""
    found = []
    for text in reading.members(lines, split_outside_comments):
        match = _via.fullmatch(text)
        if match is None:
            reading.tell(f"{shown(text)}: expected protocol and receiver, '1.1 example.com'")
            continue
        protocol, version, receiver, comment = match.groups()
        found.append(
            {
                "protocol": protocol or "HTTP",
                "version": version,
                "by": receiver,
                "comment": _comment(comment, reading),
            }
        )
    return found


def _comment(text: str | None, reading: Reading) -> str | None:
    if text is None:
        return None
    comment, end = read_comment(text, 0)
    if comment is None or end != len(text):
        reading.tell(f"{shown(text)} is not one comment", "RFC 9110 section 5.6.5")
    return text if comment is None else comment


def forwarded(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Forwarded: an object for each proxy, its parameters by name."""
    members = reading.members(lines, split_list)
    return [reading.mapping(split_parameters(";" + text).parameters) for text in members]
