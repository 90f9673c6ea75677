"""
Fields about a representation and where it is: Content-Type, Content-Disposition, Link.

Source: RFC 9110 section 8.3, RFC 6266 section 4, RFC 8187 section 3.2, RFC 8288 section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import TOKEN, is_token
from httpheaders.syntax.parameters import Parameter, decode_extended_value, split_parameters
from httpheaders.syntax.patterns import lazy_pattern

# media-type = type "/" subtype parameters                              RFC 9110 section 8.3.1
_media_type = lazy_pattern(rf"{TOKEN}/{TOKEN}")


def content_type(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read a media type; its parameters are read even where one of them is malformed."""
    head, parameters = split_parameters(reading.only(lines))
    if _media_type.fullmatch(head) is None:
        raise FieldSyntaxError(
            f"{shown(head)} is not a media type such as 'text/html'",
            reference="RFC 9110 section 8.3.1",
        )
    values = reading.mapping(parameters)
    return {
        "type": head.lower(),
        "charset": values.get("charset"),
        "boundary": values.get("boundary"),
        "parameters": values,
    }


def content_disposition(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read Content-Disposition; `filename*` goes before `filename`."""
    head, parameters = split_parameters(reading.only(lines))
    if not is_token(head):
        raise FieldSyntaxError(f"{shown(head)} is not a disposition such as 'attachment'")
    values = reading.mapping(parameters)
    filename = _decoded(values, "filename", reading)
    return {"type": head.lower(), "filename": filename, "parameters": values}


def _decoded(values: dict[str, Any], name: str, reading: Reading) -> str | None:
    plain: str | None = values.get(name)
    extended = values.get(name + "*")
    if extended is None:
        return plain
    try:
        return decode_extended_value(extended)
    except FieldSyntaxError as error:
        reading.tell(f"parameter '{name}*': {error.message}", error.reference)
        return plain


def links(lines: Sequence[str], reading: Reading) -> list[dict[str, Any]]:
    """Read Link: each target with its relation types and parameters."""
    from httpheaders.syntax.links import parse_link

    found = []
    for text in reading.members(lines, _split_links):
        try:
            target, parameters = parse_link(text)
        except FieldSyntaxError as error:
            reading.tell_error(error, text)
        else:
            found.append(_link(target, parameters, reading))
    return found


def _split_links(line: str) -> list[str]:
    return split_list(line, angles=True)


def _link(target: str, parameters: tuple[Parameter, ...], reading: Reading) -> dict[str, Any]:
    values = reading.mapping(_checked(parameters, reading), loose=True)
    title = _decoded(values, "title", reading)
    relations = values.pop("rel", "").split()
    return {
        "href": target,
        "rel": relations,
        "anchor": values.pop("anchor", None),
        "title": title,
        **{name: value for name, value in values.items() if name not in ("title", "title*")},
    }


def _checked(parameters: tuple[Parameter, ...], reading: Reading) -> list[Parameter]:
    """Leave out what a link cannot have and would hide its target."""
    if any(parameter.name == "href" for parameter in parameters):
        reading.tell("a link has no parameter 'href'")
    if all(parameter.name != "rel" for parameter in parameters):
        reading.tell("a link lacks its parameter 'rel'", "RFC 8288 section 3.3")
    return [parameter for parameter in parameters if parameter.name != "href"]
