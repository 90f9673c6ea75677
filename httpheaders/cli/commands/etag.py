"""`httpheaders etag`: what is the entity tag, and what does this conditional request get?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import anything, boolean, one_of, text
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cli.reading import Input
    from httpheaders.conditional import ConditionalAnswer
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Request, Response

ALGORITHMS = ("sha256", "blake2b", "sha1", "md5")
# Option and key, and the request field it stands in for.
CONDITIONS = {
    "if_match": "If-Match",
    "if_none_match": "If-None-Match",
    "if_modified_since": "If-Modified-Since",
    "if_unmodified_since": "If-Unmodified-Since",
    "if_range": "If-Range",
    "range": "Range",
}
CHUNK = 1 << 20


def missing(given: Mapping[str, Any]) -> str | None:
    """A tag, or something to make one of, is a whole question."""
    if "etag" in given or "value" in given:
        return None
    return "what to make the tag of: FILE, - for the octets of standard input, or messages"


FORM = Form(
    keys={
        "value": anything,
        "etag": text,
        "last_modified": text,
        "weak": boolean,
        "algorithm": one_of(*ALGORITHMS),
        "method": text,
        **dict.fromkeys(CONDITIONS, text),
    },
    subject="etag",
    missing=missing,
    repeats=True,
)

EXAMPLES = r"""
$ printf 'hello\n' | httpheaders etag - --algorithm md5 --raw
"b1946ac92492d2347c6235b4d2611184"

$ httpheaders etag --etag '"v7"' --if-none-match 'W/"v7", "x,y"' | cut -d , -f 1,2
{"ok":true,"reason":"the client has the current entity tag"

$ httpheaders etag --etag 'W/"v7"' --if-match 'W/"v7"' -q; echo $?
1
"""


def answer(question: Question) -> Reply:
    """Answer one question whose content, if any, is in the document."""
    from httpheaders.conditional import answer_conditional

    response = _response(question)
    request = _request(question)
    result = answer_conditional(request, response, now=question.now, explain=question.explain)
    return _reply(question, result)


def _response(question: Question) -> Response:
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Response

    values = question.values
    response = question.response
    if response is None:
        body = None
        if "value" in values:
            from httpheaders.entity_tag_values import canonical_json

            body = canonical_json(values["value"]).encode()
        response = Response(200, Headers(), body)
    if not 200 <= (response.status or 200) < 300:
        return response  # what the tag would belong to is not this response's content
    headers = _with_validators(response.headers, values)
    if "ETag" not in headers:
        if response.body is None:
            raise InputError("missing what to make the tag of: a body, 'value' or 'etag'")
        headers = headers.added("ETag", _tag(response.body, values))
    return response._replace(headers=headers)


def _with_validators(headers: Headers, values: Mapping[str, Any]) -> Headers:
    for key, (name, read) in _VALIDATORS.items():
        if key in values and name not in headers:
            headers = headers.added(name, read(values[key]))
    return headers


def _date(value: str) -> str:
    from httpheaders.cli.key_types import read_time
    from httpheaders.syntax.dates import format_http_date

    seconds = read_time(value)
    if seconds is None:
        raise InputError("expected a date", where="$.last_modified")
    return format_http_date(seconds)


# The field of a key, and what makes its value.
_VALIDATORS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "etag": ("ETag", str),
    "last_modified": ("Last-Modified", _date),
}


def _tag(content: Any, values: Mapping[str, Any]) -> str:
    from httpheaders.entity_tag_values import entity_tag_of

    algorithm = values.get("algorithm", ALGORITHMS[0])
    return str(entity_tag_of(content, algorithm=algorithm, weak=bool(values.get("weak"))))


def _request(question: Question) -> Request:
    from httpheaders.messages.message import Request

    request = question.request or Request()
    headers = request.headers
    for key, name in CONDITIONS.items():
        if key in question.values and name not in headers:
            headers = headers.added(name, question.values[key])
    method = request.method or question.values.get("method") or "GET"
    return request._replace(method=method, headers=headers)


def _reply(question: Question, result: ConditionalAnswer) -> Reply:
    from httpheaders.cli.message_json import write_body

    ok = result.ok and result.status < 400
    keys = {
        "etag": result.etag,
        "weak": result.etag is not None and result.etag.startswith("W/"),
        "status": result.status,
        "headers": result.headers.to_dict(),
        **write_body(result.body),
        "range": [{"first": one.first, "last": one.last} for one in result.ranges] or None,
    }
    exchange = question.exchange
    if exchange is not None and exchange.response is not None:
        changed = exchange.response._replace(
            status=result.status, headers=result.headers, body=result.body
        )
        if result.status != exchange.response.status:
            changed = changed._replace(phrase=None)
        exchange = exchange._replace(response=changed)
    return Reply(result._replace(ok=ok), keys, result.etag, exchange)


def answer_content(question: Question, stream: Input) -> Reply:
    """Answer for octets that are read once, piece by piece, and not repeated in the answer."""
    from httpheaders.conditional import answer_conditional
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Response

    size = 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        while octets := stream.read(CHUNK):
            size += len(octets)
            yield octets

    values = question.values
    tag = values.get("etag")
    if tag is None:
        tag = _tag(pieces(), values)
    else:
        for _ in pieces():
            pass  # what is still to be known is the length
    headers = _with_validators(Headers([("ETag", tag), ("Content-Length", str(size))]), values)
    result = answer_conditional(
        _request(question),
        Response(200, headers),
        now=question.now,
        size=size,
        explain=question.explain,
    )
    return _reply(question, result)


@click.command("etag", epilog=options.examples(EXAMPLES))
@click.argument("content", type=options.FILE, required=False, metavar="[FILE]")
@click.option("--weak", is_flag=True, default=None, help="Mark the tag as weak.")
@click.option("--algorithm", type=click.Choice(ALGORITHMS), help="sha256 unless said otherwise.")
@click.option("--etag", metavar="TAG", help="The current tag, in place of one that is computed.")
@click.option("--last-modified", metavar="TIME", help="When the content was last modified.")
@click.option("--method", metavar="NAME", help="The method of the request; GET if not said.")
@click.option("--if-match", metavar="FIELD", help="The request's If-Match.")
@click.option("--if-none-match", metavar="FIELD", help="The request's If-None-Match.")
@click.option("--if-modified-since", metavar="FIELD", help="The request's If-Modified-Since.")
@click.option("--if-unmodified-since", metavar="FIELD", help="The request's If-Unmodified-Since.")
@click.option("--if-range", metavar="FIELD", help="The request's If-Range.")
@click.option("--range", metavar="FIELD", help="The request's Range.")
@options.input_and_output()
def command(io: InputOutput, content: str | None, **given: Any) -> ExitStatus:
    """Compute an entity tag, and say what a conditional request gets.

    FILE, or - for standard input, is content: its octets are hashed as they stand. Without FILE
    and --etag, standard input holds an exchange or response, or objects like {"value": {"id": 7}},
    whose JSON is hashed with sorted keys. The answer is yes for 200, 206 and 304.
    """
    if content is None:
        return io.answer_each(FORM, given, answer)
    if io.source is not None or io.lines:
        raise click.UsageError("FILE is the content; it goes with neither --input nor --lines")

    def hashed(question: Question) -> Reply:
        with io._replace(source=content).input_stream() as stream:
            return answer_content(question, stream)

    return io.answer_each(FORM._replace(missing=lambda given: None), given, hashed)
