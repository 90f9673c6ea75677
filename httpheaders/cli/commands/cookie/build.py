"""`httpheaders cookie build`: which Set-Cookie do I send?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from httpheaders.cli import options
from httpheaders.cli.commands.cookie import shared_options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, count, text, texts, time
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.errors import InputError, PolicyError


def missing(given: Mapping[str, Any]) -> str | None:
    """A name and a value are a whole question; to delete, the name is enough."""
    if "name" not in given:
        return "the cookie's name: NAME, or the key 'name'"
    if "value" not in given and not given.get("delete"):
        return "the cookie's value: VALUE, or standard input"
    return None


FORM = Form(
    keys={
        "name": text,
        "value": text,
        "max_age": count,
        "expires": time,
        "domain": text,
        "path": text,
        "http_only": boolean,
        "secure": boolean,
        "same_site": text,
        "partitioned": boolean,
        "attribute": texts,
        "delete": boolean,
        "url": text,
        "public_suffixes": texts,
    },
    subject="value",
    missing=missing,
    repeats=True,
)

_LIFE = ("value", "max_age", "expires", "attribute")

EXAMPLES = r"""
$ httpheaders cookie build session xyz789 --max-age 3600 --raw
session=xyz789; Max-Age=3600; HttpOnly; Secure; SameSite=Lax

$ printf s3cret | httpheaders cookie build __Host-sid --path / --same-site strict --raw
__Host-sid=s3cret; Path=/; HttpOnly; Secure; SameSite=Strict

$ httpheaders cookie build sid --delete --path / --raw
sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Lax
"""


def answer(question: Question) -> Reply:
    """Build the Set-Cookie of one question."""
    from httpheaders.cli.commands.cookie.cookie_json import given_suffixes
    from httpheaders.cookie_building import CookieAttributes, compose_set_cookie, delete_cookie

    values = question.values
    lacking = missing(values)
    if lacking is not None:
        raise InputError(f"missing {lacking}")
    asked: dict[str, Any] = {
        "url": values.get("url"),
        "now": question.now,
        "public_suffixes": given_suffixes(values),
        "explain": question.explain,
    }
    attributes = CookieAttributes(
        **{key: values[key] for key in CookieAttributes._fields if key in values},
        extensions=values.get("attribute", ()),
    )
    if attributes.same_site is not None and attributes.same_site.lower() == "omit":
        attributes = attributes._replace(same_site=None)
    if values.get("delete"):
        _refuse_life(values)
        result = delete_cookie(values["name"], attributes, **asked)
    else:
        result = compose_set_cookie(values["name"], values["value"], attributes, **asked)
    keys = {
        "set_cookie": result.set_cookie,
        "kept": result.verdict.kept,
        "deletes": result.verdict.deletes,
        "headers": {"set-cookie": [result.set_cookie]},
    }
    return Reply(result, keys, result.set_cookie, _carried(question, result.set_cookie))


def _refuse_life(values: Mapping[str, Any]) -> None:
    for key in _LIFE:
        if key in values:
            raise PolicyError(f"'{key}' and 'delete' exclude each other: leave one out")


def _carried(question: Question, line: str) -> Any:
    exchange = question.exchange
    if exchange is None or exchange.response is None:
        return exchange
    headers = exchange.response.headers.added("Set-Cookie", line)
    return exchange._replace(response=exchange.response._replace(headers=headers))


@click.command("build", epilog=options.examples(EXAMPLES))
@click.argument("name", metavar="[NAME]", required=False)
@click.argument("value", metavar="[VALUE]", required=False)
@click.option(
    "--max-age", type=options.DURATION, metavar="TIME", help="How long it lives: 90s, 7d."
)
@click.option("--expires", type=options.TIME, metavar="TIME", help="Until when: epoch or date.")
@click.option("--domain", metavar="HOST", help="The host that it and all below it share.")
@click.option("--path", metavar="PATH", help="The path that it is sent to.")
@click.option(
    "--http-only/--no-http-only", default=None, help="Keep it from scripts; on unless said."
)
@click.option(
    "--secure/--no-secure", default=None, help="Send it over https alone; on unless said."
)
@click.option(
    "--same-site",
    type=click.Choice(["strict", "lax", "none", "omit"], case_sensitive=False),
    help="Which cross-site requests carry it; lax unless said, omit leaves it to the browser.",
)
@click.option(
    "--partitioned/--no-partitioned", default=None, help="Keep one copy for each top-level site."
)
@click.option(
    "--attribute",
    metavar="TEXT",
    multiple=True,
    help="Add an attribute as written, such as Priority=High.",
)
@click.option(
    "--delete", is_flag=True, default=None, help="Build the line that removes the cookie."
)
@click.option("--url", metavar="URL", help="Where it will be sent from, to hold it against.")
@shared_options.suffix_list
@options.input_and_output()
def command(io: InputOutput, **given: Any) -> ExitStatus:
    """Say which Set-Cookie to send.

    Builds the line for the cookie NAME with VALUE, which is not encoded. HttpOnly, Secure and
    SameSite=Lax are there unless switched off. VALUE is read from standard input when it is missing
    or -, so that a secret need not be an argument. What the grammar forbids is refused; what
    browsers would drop is built and told. The answer is yes when a browser keeps the cookie, or
    with --delete removes it.
    """
    from_input = given["value"] == "-"
    if from_input:
        given["value"] = None
    # A lone text is the value only where the name is there already.
    plain = given["name"] is not None and not given["delete"]
    form = FORM._replace(
        is_plain=(lambda octets: b"\n" not in octets.rstrip(b"\r\n")) if plain else None
    )
    return io.answer_each(form, given, answer)
