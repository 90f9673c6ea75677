"""A request as options describe it, in the words of curl: method, path, header, data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from httpheaders.cli.key_types import text, texts
from httpheaders.cli.questions import Question
from httpheaders.messages.headers import Headers, encode_field_text, parse_field_line
from httpheaders.messages.message import Request

__all__ = ["REQUEST_KEYS", "request_missing", "request_of_question"]

REQUEST_KEYS = {"method": text, "path": text, "header": texts, "data": text}


def request_missing(given: Mapping[str, Any]) -> str | None:
    """One option that describes a request is enough: the rest has its usual value."""
    if any(key in given for key in REQUEST_KEYS):
        return None
    return "the request: --path or another option that describes it"


def request_of_question(question: Question) -> Request:
    """
    Give the request that a question is about; what it says itself wins over options.

    Raises:
        FieldSyntaxError: a header is not "Name: value".
    """
    request = question.request or Request()
    values = question.values
    data = values.get("data")
    if request.body is None and data is not None:
        request = request._replace(body=encode_field_text(data))
    if request.method is None:
        # As curl has it: data is posted, unless another method is named.
        usual = "GET" if request.body is None else "POST"
        request = request._replace(method=values.get("method", usual))
    if request.url is None:
        request = request._replace(url=values.get("path", "/"))
    given = [parse_field_line(line) for line in values.get("header", ())]
    own = [pair for pair in given if pair[0] not in request.headers]
    if request.body is not None and data is not None:
        own += _form_type(Headers([*request.headers, *own]))
    return request._replace(headers=Headers([*request.headers, *own])) if own else request


def _form_type(headers: Headers) -> list[tuple[str, str]]:
    if "content-type" in headers:
        return []
    return [("Content-Type", "application/x-www-form-urlencoded")]
