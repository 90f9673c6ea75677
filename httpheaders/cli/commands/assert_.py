"""`httpheaders assert`: do these checks hold on this message?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, texts, whole_number
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.errors import FieldSyntaxError, InputError
from httpheaders.messages.checks import (
    Check,
    Checked,
    parse_check,
    parse_check_lines,
    run_checks,
)

if TYPE_CHECKING:
    from httpheaders.cli.junit import JUnitReport

# Longer than any list of checks; a file named by mistake is not read whole.
LARGEST_FILE = 1 << 20

FORM = Form(
    keys={"checks": texts, "hop": whole_number, "all": boolean},
    subject="headers",
    missing=lambda given: "a message: a header dump, JSON or a HAR file",
    gathers=True,
)

EXAMPLES = r"""
$ curl -sSI https://example.com/ |
> httpheaders assert -q ':status==200' 'cache-control.max-age>=1h'; echo $?
0

$ curl -sSI https://example.com/ |
> httpheaders assert --raw 'vary[origin]' '!server' 'set-cookie.secure'
1..3
ok 1 - vary[origin]
ok 2 - !server
not ok 3 - set-cookie.secure # 'set-cookie.secure' is false
"""


def _bounded_search(pattern: re.Pattern[str], text: str) -> bool:
    from httpheaders.cli.bounded_search import bounded_search  # late: few checks search

    return bounded_search(pattern, text)


def answer(
    question: Question, *, checks: Sequence[Check], from_now: bool, report: JUnitReport | None
) -> Reply:
    """Run all checks, those of the command line and those of the document."""
    hops = question.hops
    if not hops:
        raise InputError("expected a message: an object with headers, request or response")
    values = question.values
    result = run_checks(
        [*checks, *map(parse_check, values.get("checks", ()))],
        hops,
        now=question.now,
        hop=values.get("hop"),
        every=values.get("all", False),
        counts_from_now=from_now,
        search=_bounded_search,
        explain=question.explain,
    )
    if report is not None:
        report.add(None if question.id is None else str(question.id), result.checks)
    keys = {
        "checks": [
            {
                "check": one.check,
                "ok": one.ok,
                "actual": one.actual,
                "reason": one.reason,
                "reference": one.reference,
                "hop": one.hop,
            }
            for one in result.checks
        ]
    }
    # Only who sends messages as JSON has a use for them behind the answer.
    carried = question.exchange if question.problems is None else None
    return Reply(result, keys, lambda: _tap(result), carried)


def _tap(result: Checked) -> str:
    lines = [f"1..{len(result.checks)}"]
    for number, one in enumerate(result.checks, 1):
        check = one.check.replace("#", "\\#")
        line = f"ok {number} - {check}" if one.ok else f"not ok {number} - {check} # {one.reason}"
        lines.append(" ".join(line.splitlines()))
    return "\n".join(lines)


@click.command("assert", epilog=options.examples(EXAMPLES))
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option(
    "--checks",
    "check_files",
    type=options.FILE,
    multiple=True,
    help="Run the checks in FILE as well, one a line; # begins a comment.",
)
@click.option("--hop", type=int, metavar="N", help="Message N, from 1; -1 is the last. [last]")
@click.option("--all", is_flag=True, default=None, help="Every message, or all that --hop names.")
@click.option("--junit", type=options.FILE, help="Write the results to FILE as JUnit XML too.")
@options.input_and_output()
def command(
    io: InputOutput,
    checks: tuple[str, ...],
    check_files: tuple[str, ...],
    junit: str | None,
    **given: Any,
) -> ExitStatus:
    """Say whether these checks hold on this message; all are run, all results printed.

    A CHECK is a path as httpheaders get has it, which must be there; !PATH, which must not; or PATH
    and one of == != < <= > >= ~ with a value: 'age<10m'. They look at the last
    message of standard input or --input FILE: what curl -i, -I or -v printed, a HAR file, or JSON.
    The answer is yes when all hold.
    """
    parsed = [*map(parse_check, checks), *_from_files(check_files)]
    from_now = io.now is not None

    def answer_with(report: JUnitReport | None) -> ExitStatus:
        # A report counts lines that come again.
        return io.answer_each(
            FORM._replace(repeats=report is None),
            given,
            lambda question: answer(question, checks=parsed, from_now=from_now, report=report),
        )

    if junit is None:
        return answer_with(None)
    from httpheaders.cli.junit import junit_report

    with junit_report(junit) as report:
        return answer_with(report)


def _from_files(paths: Sequence[str]) -> list[Check]:
    from httpheaders.cli.sources import read_file

    checks: list[Check] = []
    for path in paths:
        octets = read_file(path, limit=LARGEST_FILE)
        try:
            checks += parse_check_lines(octets.decode())
        except UnicodeDecodeError:
            raise InputError(f"{path}: expected text in UTF-8") from None
        except FieldSyntaxError as error:
            raise InputError(f"{path} {error}") from None
    return checks
