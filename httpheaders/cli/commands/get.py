"""`httpheaders get`: what is this one header, or this part of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, number, text, whole_number
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.messages.lookup import Lookup

FORM = Form(
    keys={
        "path": text,
        "hop": whole_number,
        "all": boolean,
        "default": text,
        "base": text,
        "max": number,
    },
    subject="headers",
    missing=lambda given: "a message: a header dump, JSON or a HAR file",
    gathers=True,
    repeats=True,
)

EXAMPLES = r"""
$ curl -sSI https://example.com/ | httpheaders get cache-control.max-age
3600

$ curl -sSIL https://example.com/old |
> httpheaders get location --hop 1 --base https://example.com/old
https://example.com/

$ curl -sSI https://example.com/busy | httpheaders get retry-after.seconds --default 5 --max 1m
60
"""


def answer(question: Question, *, counts_from_now: bool, as_json: bool, end: bytes) -> Reply:
    """Look up one path."""
    from httpheaders.messages.lookup import look_up
    from httpheaders.messages.paths import parse_path

    values = question.values
    if "path" not in values:
        raise InputError("missing PATH: an argument, or the key 'path'")
    hops = question.hops
    if not hops:
        raise InputError("expected a message: an object with headers, request or response")
    result = look_up(
        parse_path(values["path"]),
        hops,
        now=question.now,
        hop=values.get("hop"),
        every=values.get("all", False),
        default=values.get("default"),
        base=values.get("base"),
        at_most=values.get("max"),
        counts_from_now=counts_from_now,
        only_text=not as_json,
        explain=question.explain,
    )
    if not as_json:
        return Reply(result, {}, _ended(result, end))
    # Only who sends messages as JSON has a use for them behind the answer.
    carried = question.exchange if question.problems is None else None
    return Reply(result, _keys(values["path"], result), lambda: _ended(result, end), carried)


def _ended(result: Lookup, end: bytes) -> bytes | None:
    from httpheaders.messages.headers import encode_field_text

    if result.text is None:
        return None
    texts = [place.text for place in result.found] or [result.text]
    return b"".join(encode_field_text(text) + end for text in texts)


def _keys(path: str, result: Lookup) -> dict[str, Any]:
    values = [place.value for place in result.found] or [None]
    return {
        "path": path,
        "value": values[0] if len(values) == 1 else values,
        "text": result.text,
        "found": [place._asdict() for place in result.found],
    }


@click.command("get", epilog=options.examples(EXAMPLES))
@click.argument("path", required=False)
@click.option("--hop", type=int, metavar="N", help="Message N, from 1; -1 is the last. [last]")
@click.option("--all", is_flag=True, default=None, help="All there is, in all messages or --hop.")
@click.option("--default", metavar="TEXT", help="What to print when nothing is there: a yes.")
@click.option("--base", metavar="URL", help="Make a link or a Location absolute.")
@click.option(
    "--max", type=options.DURATION, metavar="N", help="The most a number may be: 300, 5m."
)
@click.option("-0", "--null", "nul", is_flag=True, help="End each value with NUL, not LF.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; so do --explain and --pretty.")
@options.input_and_output(source_argument=True)
def command(io: InputOutput, nul: bool, as_json: bool, **given: Any) -> ExitStatus:
    """Say what one header is, or one part of it, as text for a shell variable.

    \b
    PATH is a field, or a part of one: etag, vary[origin], retry-after.seconds,
    cache-control.max-age, set-cookie[sid].secure, link[next].href; or :status,
    :method, :path.

    It is looked for in the last message of FILE or standard input: what curl -i, -I or -v printed,
    a HAR file, or JSON. The answer is yes when it is there and not false.
    """
    if given["path"] is not None:
        from httpheaders.messages.paths import parse_path

        parse_path(given["path"])  # before any input is awaited
    wants_json = as_json or io.explain or io.pretty
    io = io._replace(raw=io.raw or not wants_json)
    from_now = io.now is not None

    def reply(question: Question) -> Reply:
        end = b"\0" if nul else b"\n"
        return answer(question, counts_from_now=from_now, as_json=not io.raw, end=end)

    return io.answer_each(FORM, given, reply)
