"""The package that reads structured fields, against the HTTP working group's suite."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import http_sf
import pytest

from .vectors import load


@pytest.mark.parametrize("vector", load("structured_fields/parse.jsonl"))
def test_parse(vector):
    lines = ", ".join(vector["raw"]).encode()
    if vector.get("must_fail"):
        with pytest.raises(http_sf.StructuredFieldError):
            http_sf.parse(lines, tltype=vector["header_type"])
        return
    try:
        read = http_sf.parse(lines, tltype=vector["header_type"])
    except http_sf.StructuredFieldError:
        assert vector.get("can_fail")
        return
    assert as_json(read, vector["header_type"]) == vector["expected"]
    canonical = ", ".join(vector.get("canonical", vector["raw"]))
    # An empty list or dictionary is not written at all.
    assert (http_sf.ser(read) if read or read is False else "") == canonical


@pytest.mark.parametrize("vector", load("structured_fields/serialise.jsonl"))
def test_serialise(vector):
    value = from_json(vector["expected"], vector["header_type"])
    if vector.get("must_fail"):
        with pytest.raises(ValueError, match=r"allowed|legal|oversize"):
            http_sf.ser(value)
    else:
        assert http_sf.ser(value) == ", ".join(vector["canonical"])


def as_json(value: Any, kind: str) -> Any:
    """Write a value as the suite does: pairs for dictionaries, marked objects for types."""
    if kind == "dictionary":
        return [[name, member_as_json(member)] for name, member in value.items()]
    if kind == "list":
        return [member_as_json(member) for member in value]
    return member_as_json(value)


def member_as_json(member: Any) -> Any:
    value, parameters = member
    pairs = [[name, bare_as_json(bare)] for name, bare in parameters.items()]
    if isinstance(value, list):
        return [[member_as_json(inner) for inner in value], pairs]
    return [bare_as_json(value), pairs]


def bare_as_json(value: Any) -> Any:
    if isinstance(value, http_sf.Token):
        return {"__type": "token", "value": str(value)}
    if isinstance(value, http_sf.DisplayString):
        return {"__type": "displaystring", "value": str(value)}
    if isinstance(value, bytes):
        return {"__type": "binary", "value": base64.b32encode(value).decode()}
    if isinstance(value, datetime):
        return {"__type": "date", "value": int(value.timestamp())}
    return float(value) if isinstance(value, Decimal) else value


def from_json(value: Any, kind: str) -> Any:
    if kind == "dictionary":
        return {name: member_from_json(member) for name, member in value}
    if kind == "list":
        return [member_from_json(member) for member in value]
    return member_from_json(value)


def member_from_json(member: Any) -> Any:
    value, pairs = member
    parameters = {name: bare_from_json(bare) for name, bare in pairs}
    if isinstance(value, list):
        return [member_from_json(inner) for inner in value], parameters
    return bare_from_json(value), parameters


def bare_from_json(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if not isinstance(value, dict):
        return value
    make = {
        "token": http_sf.Token,
        "displaystring": http_sf.DisplayString,
        "binary": base64.b32decode,
        "date": lambda seconds: datetime.fromtimestamp(seconds, UTC),
    }
    return make[value["__type"]](value["value"])
