"""`httpheaders negotiate`: which of what I have does this client want?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, list_of, number, one_of, text, texts, wrong_type
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.content_negotiation import Negotiation, negotiate
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.answer import Problem
    from httpheaders.messages.message import Exchange, Request
    from httpheaders.variant_negotiation import Variant

# What is negotiated, and the key of the field that says what the client wants of it.
FIELDS = {
    "type": "accept",
    "language": "accept_language",
    "encoding": "accept_encoding",
    "charset": "accept_charset",
}


def missing(given: Mapping[str, Any]) -> str | None:
    """Offers and a field are a whole question."""
    if "available" not in given:
        return "the offers: OFFER arguments, or the key 'available' or 'variants'"
    if not any(field in given for field in FIELDS.values()):
        return "what the client wants: --accept or another field, or a request"
    return None


def variant(value: Any, where: str) -> Variant:
    """One representation: its type, language, encoding, charset, and the server's quality."""
    from httpheaders.variant_negotiation import Variant

    if not isinstance(value, dict):
        raise wrong_type("an object", value, where)
    for key, item in value.items():
        if key not in Variant._fields:
            raise InputError(f"expected {', '.join(Variant._fields)}", where=f"$.{where}.{key}")
        if item is not None:
            (number if key == "quality" else text)(item, f"{where}.{key}")
    return Variant(**{key: item for key, item in value.items() if item is not None})


FORM = Form(
    keys={
        "available": texts,
        "variants": list_of(variant),
        "by": one_of(*FIELDS),
        **dict.fromkeys(FIELDS.values(), text),
        "match": one_of("lookup", "filter"),
        "default": text,
        "no_wildcard": boolean,
    },
    subject="accept",
    missing=missing,
    takes_requests=True,
    repeats=True,
)

EXAMPLES = r"""
$ httpheaders negotiate text/html text/markdown --accept 'text/html;q=0.9, text/markdown' --raw
text/markdown

$ httpheaders negotiate en de --accept-language 'de-CH, en;q=0.5' --raw
de

$ printf 'br, *;q=0.1\ngzip;q=0\n' | httpheaders negotiate gzip identity --by encoding --lines --raw
gzip
identity
"""


def answer(question: Question) -> Reply:
    """Negotiate over the offers or variants of one question."""
    values = question.values
    if question.request is not None:
        values = _with_fields_of(question.request, values)
    if "variants" in values:
        return _answer_variants(question, values)
    if "available" not in values:
        raise InputError(f"missing {missing(values)}")
    given = values.get
    result = negotiate(
        values["available"],
        accept=given("accept"),
        accept_language=given("accept_language"),
        accept_encoding=given("accept_encoding"),
        accept_charset=given("accept_charset"),
        by=given("by"),
        match=given("match", "lookup"),
        default=given("default"),
        wildcard=not given("no_wildcard"),
        explain=question.explain,
    )
    ranked = [
        {"offer": offer, "quality": quality, "range": matched}
        for offer, quality, matched in result.ranked
    ]
    return _reply(question, result, ranked, result.selected, result.selected)


def _answer_variants(question: Question, values: Mapping[str, Any]) -> Reply:
    from httpheaders.variant_negotiation import negotiate_variants

    result = negotiate_variants(
        values["variants"],
        **{key: values[key] for key in FIELDS.values() if key in values},
        match=values.get("match", "lookup"),
        wildcard=not values.get("no_wildcard"),
        explain=question.explain,
    )
    ranked = [
        {"offer": chosen._asdict(), "quality": quality, "range": matched}
        for chosen, quality, matched in result.ranked
    ]
    selected = None if result.selected is None else result.selected._asdict()
    raw = None if selected is None else json.dumps(selected)
    return _reply(question, result, ranked, selected, raw)


def _with_fields_of(request: Request, values: Mapping[str, Any]) -> Mapping[str, Any]:
    lines = {key: request.headers.joined(key.replace("_", "-")) for key in FIELDS.values()}
    return {**values, **{key: line for key, line in lines.items() if line is not None}}


def _ignored(question: Question, request: Request) -> Iterator[Problem]:
    """Tell of the fields beside a request that has them too, and goes before them."""
    from httpheaders.answer import Problem

    for key in question.beside.intersection(FIELDS.values()):
        line = request.headers.joined(key.replace("_", "-"))
        if line is not None and line != question.values[key]:
            yield Problem(key, "ignored: the request has a field of this name")


def _reply(
    question: Question,
    result: Negotiation[Any],
    ranked: list[dict[str, Any]],
    selected: Any,
    raw: str | None,
) -> Reply:
    if question.beside and question.request is not None:
        ignored = sorted(_ignored(question, question.request))
        result = result._replace(problems=(*ignored, *result.problems))
    keys = {
        "selected": selected,
        "quality": result.quality,
        "ranked": ranked,
        "status": result.status,
        "headers": {"vary": [", ".join(result.vary)]},
    }
    return Reply(result, keys, raw, _carried(question.exchange, result.vary))


def _carried(exchange: Exchange | None, vary: tuple[str, ...]) -> Exchange | None:
    if exchange is None or exchange.response is None:
        return exchange
    response = exchange.response
    return exchange._replace(response=response._replace(headers=response.headers.varying_by(*vary)))


@click.command("negotiate", epilog=options.examples(EXAMPLES))
@click.argument("available", metavar="[OFFER]...", nargs=-1)
@click.option("--accept", metavar="FIELD", help="The Accept field: offers are media types.")
@click.option("--accept-language", metavar="FIELD", help="Offers are language tags.")
@click.option("--accept-encoding", metavar="FIELD", help="Offers are content codings.")
@click.option("--accept-charset", metavar="FIELD", help="Offers are charsets.")
@click.option(
    "--by",
    type=click.Choice(list(FIELDS)),
    help="What the offers are, where neither a field nor their look tells.",
)
@click.option(
    "--match",
    type=click.Choice(["lookup", "filter"]),
    help="How languages match, RFC 4647; lookup unless said otherwise.",
)
@click.option("--default", metavar="OFFER", help="What to select when nothing is acceptable.")
@click.option("--no-wildcard", is_flag=True, default=None, help="Leave ranges with * aside.")
@options.input_and_output()
def command(io: InputOutput, **given: Any) -> ExitStatus:
    """Say which of what you have this client wants.

    Holds the OFFERs, best liked first, against what the client says in its Accept field or one of
    the others. Reads standard input only when offers or a field are missing: a request, or objects
    like {"accept": "text/*", "available": ["text/html"]}. The answer is yes when something is
    selected.
    """
    subject = FIELDS[given["by"] or "type"]
    return io.answer_each(FORM._replace(subject=subject), given, answer)
