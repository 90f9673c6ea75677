"""`httpheaders cache-headers`: which headers express this caching strategy?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, number, text, texts, time
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply, header_lines
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cache_control import CacheControl
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Exchange

SECONDS = ("max_age", "s_maxage", "stale_while_revalidate", "stale_if_error")
FLAGS = (
    "public", "private", "no_store", "no_cache", "must_revalidate", "proxy_revalidate",
    "must_understand", "immutable", "no_transform",
)  # fmt: skip


def missing(given: Mapping[str, Any]) -> str | None:
    """A strategy, or directives without one, are a whole question."""
    if "strategy" in given or any(key in given for key in (*SECONDS, *FLAGS)):
        return None
    return "the strategy: a name out of --list, or directives such as --max-age 1h"


FORM = Form(
    keys={
        "strategy": text,
        **dict.fromkeys(SECONDS, number),
        **dict.fromkeys(FLAGS, boolean),
        "without": texts,
        "vary": texts,
        "expires": time,
        "list": boolean,
    },
    subject="strategy",
    missing=missing,
    repeats=True,
)

EXAMPLES = r"""
$ httpheaders cache-headers public-immutable --raw
Cache-Control: public, max-age=31536000, immutable

$ httpheaders cache-headers --private --max-age 5m --vary Accept --raw
Cache-Control: private, max-age=300
Vary: Accept

$ httpheaders cache-headers no-store --max-age 1h --raw
Error: 'no-store' keeps the response out of every cache: delete 'max-age=3600' or 'no-store'
"""


def answer(question: Question) -> Reply:
    """Give the headers for one strategy."""
    from httpheaders.cache_strategies import cache_headers

    values = question.values
    if values.get("list"):
        return _listed()
    lacking = missing(values)
    if lacking is not None:
        raise InputError(f"missing {lacking}")
    result = cache_headers(
        values.get("strategy"),
        adjust=_adjustment(values),
        without=values.get("without", ()),
        vary=values.get("vary", ()),
        expires=values.get("expires"),
        explain=question.explain,
    )
    keys = {"strategy": result.strategy, "headers": result.headers.to_dict()}
    carried = _carried(question.exchange, result.headers)
    return Reply(result, keys, lambda: header_lines(result.headers), carried)


def _adjustment(values: Mapping[str, Any]) -> CacheControl:
    from httpheaders.cache_control import NO_DIRECTIVES

    changes: dict[str, Any] = {key: True for key in FLAGS if values.get(key)}
    for key in SECONDS:
        seconds = values.get(key)
        if seconds is not None and seconds != int(seconds):
            raise InputError("expected whole seconds", where=f"$.{key}")
        if seconds is not None:
            changes[key] = int(seconds)
    return NO_DIRECTIVES._replace(**changes)


def _carried(exchange: Exchange | None, headers: Headers) -> Exchange | None:
    if exchange is None or exchange.response is None:
        return exchange
    changed = exchange.response.headers
    if "Cache-Control" not in headers:
        changed = changed.without("Cache-Control")
    for name, value in headers:
        if name == "Vary":
            changed = changed.varying_by(*value.split(", "))
        else:
            changed = changed.replaced(name, value)
    return exchange._replace(response=exchange.response._replace(headers=changed))


def _listed() -> Reply:
    from httpheaders.cache_strategies import STRATEGIES, cache_headers, strategy_list

    rows = [
        {
            "name": name,
            "use": strategy.use,
            "headers": cache_headers(name).headers.to_dict(),
        }
        for name, strategy in STRATEGIES.items()
    ]
    width = max(map(len, STRATEGIES))
    lines = [f"{name:{width}}  {strategy.use}" for name, strategy in STRATEGIES.items()]
    return Reply(strategy_list(), {"strategies": rows}, "\n".join(lines))


@click.command("cache-headers", epilog=options.examples(EXAMPLES))
@click.argument("strategy", required=False, metavar="[STRATEGY]")
@click.option("--list", is_flag=True, default=None, help="Show every strategy with its use.")
@click.option("--max-age", type=options.DURATION, metavar="TIME", help="Fresh for so long.")
@click.option("--s-maxage", type=options.DURATION, metavar="TIME", help="In shared caches.")
@click.option(
    "--stale-while-revalidate",
    type=options.DURATION,
    metavar="TIME",
    help="Then served so long while it is renewed.",
)
@click.option(
    "--stale-if-error", type=options.DURATION, metavar="TIME", help="And so long on errors."
)
@click.option("--public", is_flag=True, default=None, help="Add public.")
@click.option("--private", is_flag=True, default=None, help="Add private.")
@click.option("--no-store", is_flag=True, default=None, help="Add no-store.")
@click.option("--no-cache", is_flag=True, default=None, help="Add no-cache.")
@click.option("--must-revalidate", is_flag=True, default=None, help="Add must-revalidate.")
@click.option("--proxy-revalidate", is_flag=True, default=None, help="Add proxy-revalidate.")
@click.option("--must-understand", is_flag=True, default=None, help="Add must-understand.")
@click.option("--immutable", is_flag=True, default=None, help="Add immutable.")
@click.option("--no-transform", is_flag=True, default=None, help="Add no-transform.")
@click.option("--without", multiple=True, metavar="NAME", help="Leave a directive out.")
@click.option("--vary", multiple=True, metavar="NAME", help="A request field for Vary.")
@click.option("--expires", type=options.TIME, metavar="TIME", help="Add Expires, a date.")
@options.input_and_output()
def command(io: InputOutput, **given: Any) -> ExitStatus:
    """Say which headers express a caching STRATEGY.

    The options adjust it, or do without one. Directives that contradict each other are refused with
    the words to delete. Reads standard input only when neither a strategy nor a directive is given:
    objects like {"strategy": "private-short", "max_age": 60}, one a line.
    """
    if given["list"]:
        return io.answer_each(FORM._replace(missing=lambda given: None), given, answer)
    return io.answer_each(FORM, given, answer)
