"""
Challenges and credentials. No message shows any part of the value.

Source: RFC 9110 sections 11.3 to 11.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading
from httpheaders.syntax.challenges import (
    Challenge,
    parse_auth_parameters,
    parse_challenges,
    parse_credentials,
)


def challenges(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read the challenges of all lines in order."""
    found = []
    for line in lines:
        members, flaws = parse_challenges(line)
        _tell(flaws, reading)
        found += [_value(member, reading) for member in members]
    return found


def credentials(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read the one set of credentials."""
    found, flaws = parse_credentials(reading.only(lines))
    if found is None:
        raise FieldSyntaxError("expected an auth-scheme", reference="RFC 9110 section 11.4")
    _tell(flaws, reading)
    return _value(found, reading)


def parameters(lines: Sequence[str], reading: Reading) -> dict[str, str]:
    """Read the parameters of Authentication-Info."""
    values: dict[str, str] = {}
    for line in lines:
        pairs, flaws = parse_auth_parameters(line)
        _tell(flaws, reading)
        values.update(_distinct([*values.items(), *pairs], reading))
    return values


def _value(challenge: Challenge, reading: Reading) -> dict[str, Any]:
    return {**challenge._asdict(), "parameters": _distinct(challenge.parameters, reading)}


def _distinct(pairs: Iterable[tuple[str, str]], reading: Reading) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            reading.tell("a parameter stands twice: the first one counts")
        values.setdefault(name, value)
    return values


def _tell(flaws: Iterable[str], reading: Reading) -> None:
    for flaw in flaws:
        reading.tell(flaw, "RFC 9110 section 11.2")
