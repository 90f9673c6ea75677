"""
Messages as JSON, both ways: every shape that headers come in, one shape that they leave in.

Read: request `{"method", "url", "headers", "body" | "body_base64"}`, response `{"status", …}`,
exchange `{"request", "response"}`. Keys that a message does not define are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from httpheaders.cli.key_types import type_name
from httpheaders.errors import InputError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response

__all__ = [
    "read_body",
    "read_exchange",
    "read_headers",
    "read_request",
    "read_response",
    "write_body",
    "write_exchange",
    "write_request",
    "write_response",
]


def _expect(value: object, kind: type, expected: str, where: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f"expected {expected}, got {type_name(value)}", where=where)
    return value


def _optional(document: Mapping[str, Any], key: str, kind: type, named: str, where: str) -> Any:
    value = document.get(key)
    return None if value is None else _expect(value, kind, named, f"{where}.{key}")


def read_exchange(document: Mapping[str, Any], where: str = "$") -> Exchange:
    """
    Read `{"request", "response"}`; either may be missing or null.

    Raises:
        InputError: naming the place, "$.response.headers[2]".
    """
    request, response = document.get("request"), document.get("response")
    return Exchange(
        None if request is None else read_request(request, f"{where}.request"),
        None if response is None else read_response(response, f"{where}.response"),
    )


def read_request(value: object, where: str = "$") -> Request:
    """
    Read a request.

    Raises:
        InputError: naming the place.
    """
    document = _expect(value, dict, "a request object", where)
    return Request(
        method=_optional(document, "method", str, "a string", where),
        url=_optional(document, "url", str, "a string", where),
        headers=read_headers(document.get("headers"), f"{where}.headers"),
        body=read_body(document, where),
        version=_optional(document, "version", str, "a string", where),
    )


def read_response(value: object, where: str = "$") -> Response:
    """
    Read a response.

    Raises:
        InputError: naming the place.
    """
    document = _expect(value, dict, "a response object", where)
    status = _optional(document, "status", int, "a whole number", where)
    if status is not None and not 100 <= status <= 999:
        raise InputError("expected a status from 100 to 999", where=f"{where}.status")
    return Response(
        status=status,
        headers=read_headers(document.get("headers"), f"{where}.headers"),
        body=read_body(document, where),
        version=_optional(document, "version", str, "a string", where),
        phrase=_optional(document, "phrase", str, "a string", where),
    )


def read_body(document: Mapping[str, Any], where: str = "$") -> bytes | None:
    """
    Read `body` (text) or `body_base64` (octets).

    Raises:
        InputError: both are there, or one is not what it says.
    """
    text = _optional(document, "body", str, "a string", where)
    encoded = _optional(document, "body_base64", str, "a string", where)
    if text is not None and encoded is not None:
        raise InputError("expected either body or body_base64, got both", where=where)
    if encoded is not None:
        from binascii import Error, a2b_base64

        try:
            return a2b_base64(encoded.encode("ascii"), strict_mode=True)
        except (Error, UnicodeEncodeError):
            raise InputError("expected base64", where=f"{where}.body_base64") from None
    return None if text is None else text.encode("utf-8", "surrogatepass")


def read_headers(value: object, where: str = "$.headers") -> Headers:
    """
    Read headers in any of their five shapes; null stands for none.

    Raises:
        InputError: naming the place.
    """
    if value is None:
        return Headers()
    if isinstance(value, dict):
        return Headers(_fields_of_object(value, where))
    if isinstance(value, list):
        return Headers(_field_of_item(item, f"{where}[{i}]") for i, item in enumerate(value))
    if isinstance(value, str):
        return _headers_of_block(value, where)
    raise InputError(f"expected an object, a list or a string, got {type_name(value)}", where=where)


def _fields_of_object(fields: Mapping[str, Any], where: str) -> list[tuple[str, str]]:
    pairs = []
    for name, value in fields.items():
        if isinstance(value, str):
            pairs.append((name, value))
        elif isinstance(value, list):
            for i, line in enumerate(value):
                if not isinstance(line, str):
                    _expect(line, str, "a string", f"{where}.{name}[{i}]")
                pairs.append((name, line))
        else:
            raise InputError(
                f"expected a string or a list of strings, got {type_name(value)}",
                where=f"{where}.{name}",
            )
    return pairs


def _field_of_item(item: object, where: str) -> tuple[str, str]:
    if isinstance(item, list) and len(item) == 2:
        name, value = item
    elif isinstance(item, dict) and "name" in item and "value" in item:
        name, value = item["name"], item["value"]
    else:
        raise InputError('expected ["Name", "value"] or {"name", "value"}', where=where)
    return _expect(name, str, "a field name", where), _expect(value, str, "a field value", where)


def _headers_of_block(block: str, where: str) -> Headers:
    from httpheaders.messages.head import parse_header_block

    headers, problems = parse_header_block(block.encode("utf-8", "surrogatepass"))
    if problems:  # inside JSON there is no place to tell of a line that cannot be kept
        raise InputError(f"{problems[0].message} in {problems[0].where}", where=where)
    return headers


def write_exchange(exchange: Exchange) -> dict[str, Any]:
    """Give the exchange as `{"request", "response"}`; what is unknown is null."""
    return {
        "request": None if exchange.request is None else write_request(exchange.request),
        "response": None if exchange.response is None else write_response(exchange.response),
    }


def write_request(request: Request) -> dict[str, Any]:
    """Give a request as JSON has it."""
    return {
        "version": request.version,
        "method": request.method,
        "url": request.url,
        "headers": request.headers.to_dict(),
        **write_body(request.body),
    }


def write_response(response: Response) -> dict[str, Any]:
    """Give a response as JSON has it."""
    return {
        "version": response.version,
        "status": response.status,
        "phrase": response.phrase,
        "headers": response.headers.to_dict(),
        **write_body(response.body),
    }


def write_body(body: bytes | None) -> dict[str, str | None]:
    """Give a body as text where it is UTF-8, else as base64."""
    if body is None:
        return {"body": None}
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        from binascii import b2a_base64

        return {"body_base64": b2a_base64(body, newline=False).decode("ascii")}
