"""`httpheaders cache-check`: may a cache store this, is it fresh, may it answer, and why?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, number, texts
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply, header_lines
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cache_check import CacheCheck
    from httpheaders.cache_settings import CacheSettings
    from httpheaders.messages.message import Exchange, Request, Response


def request(value: Any, where: str) -> Request:
    """A request object."""
    from httpheaders.cli.message_json import read_request

    return read_request(value, f"$.{where}")


def response(value: Any, where: str) -> Response:
    """A response object."""
    from httpheaders.cli.message_json import read_response

    return read_response(value, f"$.{where}")


FORM = Form(
    keys={
        "private": boolean,
        "cdn": boolean,
        "target": texts,
        "age": number,
        "elapsed": number,
        "header": texts,
        "new_request": request,
        "validation_response": response,
    },
    subject="headers",
    missing=lambda given: "the response: a header dump, JSON or a HAR file",
    repeats=True,
)

EXAMPLES = r"""
$ curl -sSI https://example.com/ |
>   httpheaders cache-check --now 2026-11-22T12:00:30Z | cut -d , -f 2
"reason":"a shared cache may store it; fresh for 3570 s more: max-age gives 3600 s"

$ echo 'Cache-Control: no-store' | httpheaders cache-check -q; echo $?
1

$ curl -sSI https://example.com/ | httpheaders cache-check --raw
If-None-Match: "v7"
"""


def answer(question: Question, *, now_is_given: bool = False) -> Reply:
    """Check one response."""
    from httpheaders.cache_check import check_caching

    response = question.response
    if response is None:
        raise InputError("expected a response: a header dump, or an object with status and headers")
    values = question.values
    now, received = _times(question, now_is_given or "now" in values)
    result = check_caching(
        question.request,
        response,
        now=now,
        received=received,
        age=values.get("age"),
        new_request=_new_request(values),
        validation_response=values.get("validation_response"),
        settings=_settings(values),
        explain=question.explain,
    )
    return Reply(result, _keys(result), lambda: _raw(result), _carried(question.exchange, result))


def _raw(result: CacheCheck) -> bytes | None:
    return None if result.revalidation is None else header_lines(result.revalidation)


def _times(question: Question, now_is_given: bool) -> tuple[float, float | None]:
    """Give the moment of the question and the time the response came, as far as it is known."""
    values = question.values
    now = question.now
    received: float | None = None
    if question.har is not None and question.har.started is not None:
        received = question.har.started + (question.har.duration or 0)
    elapsed = values.get("elapsed")
    if elapsed is None:
        return now, received
    if received is None:
        received = now if now_is_given else _date(question, now)
    return received + elapsed, received


def _date(question: Question, now: float) -> float:
    # Seconds since then: since the response was made, where nothing else is known.
    from httpheaders.freshness import date_of

    assert question.response is not None
    date = date_of(question.response.headers, "Date", now=now)
    return now if date is None else date


def _new_request(values: Mapping[str, Any]) -> Request | None:
    from httpheaders.messages.headers import Headers, parse_field_line
    from httpheaders.messages.message import Request

    if "new_request" in values:
        request: Request = values["new_request"]
        return request
    if "header" not in values:
        return None
    return Request(headers=Headers.built(map(parse_field_line, values["header"])))


def _settings(values: Mapping[str, Any]) -> CacheSettings:
    from httpheaders.cache_settings import CacheSettings

    targets = tuple(values.get("target", ()))
    if values.get("cdn"):
        targets = (*targets, "CDN-Cache-Control")
    if targets and values.get("private"):
        raise InputError("a private cache has no targeted fields: leave out --cdn or --private")
    return CacheSettings(shared=not values.get("private"), targets=targets)


def _keys(result: CacheCheck) -> dict[str, Any]:
    return {
        "storable": result.storable,
        "fresh": result.fresh,
        "freshness_lifetime": _whole(result.freshness_lifetime),
        "age": _whole(result.age),
        "ttl": _whole(result.ttl),
        "reusable": result.reusable,
        "must_revalidate": result.must_revalidate,
        "revalidation_headers": (
            None if result.revalidation is None else result.revalidation.to_dict()
        ),
        "stale_while_revalidate": _whole(result.stale_while_revalidate),
        "stale_if_error": _whole(result.stale_if_error),
        "vary_key": None if result.vary_key is None else dict(result.vary_key),
        "validated": result.validated,
        "headers": None if result.headers is None else result.headers.to_dict(),
    }


def _whole(seconds: float | None) -> float | None:
    return int(seconds) if seconds is not None and seconds == int(seconds) else seconds


def _carried(exchange: Exchange | None, result: CacheCheck) -> Exchange | None:
    if exchange is None or exchange.response is None or result.headers is None:
        return exchange
    return exchange._replace(response=exchange.response._replace(headers=result.headers))


@click.command("cache-check", epilog=options.examples(EXAMPLES))
@click.option("--private", is_flag=True, default=None, help="A browser's cache, not a shared one.")
@click.option("--cdn", is_flag=True, default=None, help="Obey CDN-Cache-Control first.")
@click.option("--target", multiple=True, metavar="FIELD", help="Obey this targeted field first.")
@click.option("--age", type=options.DURATION, metavar="TIME", help="How old it was when it came.")
@click.option("--elapsed", type=options.DURATION, metavar="TIME", help="How long ago that was.")
@click.option("--header", multiple=True, metavar="LINE", help="A field of the new request.")
@options.input_and_output(source_argument=True)
def command(io: InputOutput, **given: Any) -> ExitStatus:
    """Say whether a cache may store a response, whether it is fresh, and why.

    Reads the response from FILE or standard input: what curl -I printed, an exchange, or a HAR
    file. With --header or the key "new_request" it also says whether that request may be answered
    without validation, and the answer is yes when it may; else it is yes when the response may be
    stored. With "validation_response" it is yes when the stored response still holds.
    """

    def checked(question: Question) -> Reply:
        return answer(question, now_is_given=io.now is not None)

    return io.answer_each(FORM, given, checked)
