"""`httpheaders parse`: what a header dump holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply, header_lines
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.messages.message import Request, Response

FORM = Form(
    keys={},
    subject="headers",
    missing=lambda given: "a header dump, JSON or a HAR file",
    repeats=True,
)

EXAMPLES = r"""
$ printf 'Vary: a, b\nBad Header: x\n' | httpheaders parse | cut -d , -f 1-2
{"ok":false,"reason":"line 2: field name 'Bad Header' is not a token"

$ curl -sSiL https://example.com/old | httpheaders parse | cut -d , -f 1,5-8
{"ok":true,"kind":"response","version":"1.1","status":301,"phrase":"Moved Permanently"
{"ok":true,"kind":"response","version":"1.1","status":200,"phrase":"OK"
"""


def answer(question: Question) -> Reply:
    """Parse the messages of one question."""
    from httpheaders.messages.parsing import parse_exchange

    if question.exchange is None or not any(question.exchange):
        raise InputError("expected a message: an object with headers, request or response")
    result = parse_exchange(question.exchange, question.problems, now=question.now)
    request, response = question.exchange
    if request is not None and response is not None:
        keys: dict[str, Any] = {
            "kind": "exchange",
            "request": _message_keys(request, result.request_fields),
            "response": _message_keys(response, result.response_fields),
        }
    elif request is not None:
        keys = _message_keys(request, result.request_fields)
    else:
        assert response is not None  # an exchange of nothing was refused
        keys = _message_keys(response, result.response_fields)
    message = response or request
    assert message is not None
    return Reply(result, keys, lambda: header_lines(message.headers))


def _message_keys(message: Request | Response, fields: dict[str, Any]) -> dict[str, Any]:
    from httpheaders.cli.message_json import write_body
    from httpheaders.messages.message import Request

    start: dict[str, Any]
    if isinstance(message, Request):
        start = {
            "kind": "request",
            "version": message.version,
            "method": message.method,
            "url": message.url,
        }
    else:
        start = {
            "kind": "response",
            "version": message.version,
            "status": message.status,
            "phrase": message.phrase,
        }
    return {
        **start,
        "headers": message.headers.to_dict(),
        "raw_headers": [list(pair) for pair in message.headers],
        **write_body(message.body),
        "fields": fields,
    }


@click.command("parse", epilog=options.examples(EXAMPLES))
@options.input_and_output(source_argument=True)
def command(io: InputOutput) -> ExitStatus:
    """Say what a header dump holds, as JSON, losing nothing.

    Reads what curl -i, -I, -D - or -v, wget -S or HTTPie printed, a HAR file, bare "Name: value"
    lines, or messages as JSON, from FILE or standard input. Prints one object a message, or one an
    exchange where request and response stand together. The answer is yes when nothing is odd.
    """
    return io.answer_each(FORM, {}, answer)
