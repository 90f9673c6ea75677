"""
Structured fields, any of them, as plain values.

    item        {"value": …, "type": …, "parameters": {name: value}}
    inner list  {"value": [item, …], "type": "inner-list", "parameters": {name: value}}
    list        [item or inner list, …]
    dictionary  {key: item or inner list}

A `value` is a number, a string or a boolean; a date is {"iso", "epoch"}, a byte sequence
{"base64"}. `type` says which of the kinds it was, as a string, a token and a display string all
become text: "integer", "decimal", "string", "token", "bytes", "boolean", "date",
"display-string". Parameters have plain values.

The grammar itself is read by the http_sf library, loaded when the first such field is met. Of dates
it knows the years 1 to 9999, which is as many as section 3.3.7 demands.

Source: RFC 9651 sections 3 and 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.dates import format_iso_date

__all__ = ["parse_structured"]

_KIND_SECTIONS = {
    "item": "RFC 9651 section 3.3",
    "list": "RFC 9651 section 3.1",
    "dictionary": "RFC 9651 section 3.2",
}


def parse_structured(
    lines: str | Sequence[str], *, kind: Literal["item", "list", "dictionary"]
) -> Any:
    """
    Read any field as a structured field.

    Args:
        lines: the field's lines in order, or its one value.
        kind: what the field is defined to be.

    Returns:
        JSON-able values in the shape the module describes.

    Raises:
        FieldSyntaxError: the grammar is strict; one mistake fails the whole field.

    Source: RFC 9651 section 4.2.

    >>> parse_structured('hit;ttl=30, "b"', kind="list")[0]
    {'value': 'hit', 'type': 'token', 'parameters': {'ttl': 30}}
    """
    import http_sf

    text = lines if isinstance(lines, str) else ", ".join(lines)
    try:
        structure = http_sf.parse(text.encode("utf-8", "surrogatepass"), tltype=kind)
    except http_sf.StructuredFieldError as error:
        raise FieldSyntaxError(
            _message(error, kind), position=error.position, reference=_KIND_SECTIONS[kind]
        ) from None
    return _SHAPES[kind](structure)


def _message(error: Any, kind: str) -> str:
    words = str(error.args[0]) if error.args else "malformed"
    within = f" in '{error.context}'" if error.context else ""
    return f"not a structured {kind}: {words[:1].lower()}{words[1:].rstrip('.')}{within}"


def _of_list(members: Any) -> list[Any]:
    return [_of_item(member) for member in members]


def _of_dictionary(members: Any) -> dict[str, Any]:
    return {key: _of_item(member) for key, member in members.items()}


def _of_item(member: Any) -> dict[str, Any]:
    bare, parameters = member
    plain = {name: _of_bare(value)[0] for name, value in parameters.items()}
    if isinstance(bare, list):
        return {"value": _of_list(bare), "type": "inner-list", "parameters": plain}
    value, kind = _of_bare(bare)
    return {"value": value, "type": kind, "parameters": plain}


def _of_bare(bare: Any) -> tuple[Any, str]:
    return _BARE[type(bare).__name__](bare)


def _bytes(octets: bytes) -> dict[str, str]:
    from base64 import b64encode

    return {"base64": b64encode(octets).decode("ascii")}


def _date(moment: Any) -> dict[str, Any]:
    # The library's dates are in UTC to the second; timestamp() would pass through a float.
    since = moment - moment.replace(year=1970, month=1, day=1, hour=0, minute=0, second=0)
    seconds = since.days * 86400 + since.seconds
    return {"iso": format_iso_date(seconds), "epoch": seconds}


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "item": _of_item,
    "list": _of_list,
    "dictionary": _of_dictionary,
}
_BARE: dict[str, Callable[[Any], tuple[Any, str]]] = {
    "int": lambda bare: (bare, "integer"),
    "Decimal": lambda bare: (float(bare), "decimal"),
    "str": lambda bare: (bare, "string"),
    "Token": lambda bare: (str(bare), "token"),
    "bytes": lambda bare: (_bytes(bare), "bytes"),
    "bool": lambda bare: (bare, "boolean"),
    "datetime": lambda bare: (_date(bare), "date"),
    "DisplayString": lambda bare: (str(bare), "display-string"),
}
