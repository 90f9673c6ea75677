"""`httpheaders pipeline`: how far does this request get?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.request_options import REQUEST_KEYS, request_missing, request_of_question
from httpheaders.cli.writing import Reply, header_lines
from httpheaders.messages.message import Exchange

if TYPE_CHECKING:
    from httpheaders.policy import Policy

EXAMPLES = r"""
$ printf '[[route]]\npath = "/users"\nmethods = ["GET"]\n' > policy.toml
> httpheaders pipeline --policy policy.toml --path /users --method PUT --raw | head -1
Allow: GET, HEAD, OPTIONS

$ echo '{"limits": {"max_target": 10}}' > policy.json
> echo '{"url": "/longer/than/ten"}' | httpheaders pipeline --policy policy.json | cut -d , -f 1-2
{"ok":false,"reason":"the target has more than 10 octets"
"""


FORM = Form(
    keys=REQUEST_KEYS,
    subject="path",
    missing=request_missing,
    takes_requests=True,
    repeats=True,
)


def answer_under(policy: Policy, question: Question) -> Reply:
    """Send one request through the phases."""
    from httpheaders.policy_phases import run_policy

    request = request_of_question(question)
    result = run_policy(
        request, policy, response=question.response, now=question.now, explain=question.explain
    )
    response = result.response
    keys = {
        "phase": result.phase,
        "executed": list(result.executed),
        "route": result.route,
        "user": result.user,
    }
    exchange = Exchange(request, response)
    return Reply(result, keys, lambda: header_lines(response.headers), exchange)


@click.command("pipeline", epilog=options.examples(EXAMPLES))
@click.option("--policy", required=True, type=options.FILE, help="The policy, TOML or JSON.")
@click.option("--method", metavar="METHOD", help="GET unless there is --data, then POST.")
@click.option("--path", metavar="URL", help="The path with its query, or a whole URL.")
@click.option("--header", multiple=True, metavar="FIELD", help="A field of the request, 'Name: v'.")
@click.option("--data", metavar="TEXT", help="The request's body.")
@options.input_and_output()
def command(io: InputOutput, policy: str, **given: Any) -> ExitStatus:
    """Say how far a request gets under a policy, and what is sent.

    Sends a request through the phases parse_headers, authenticate, authorize, validate_body and
    handle, as the policy has them. Reads standard input only when no option describes the request:
    a request, or an exchange, whose response is what the application would answer. The answer is
    yes when every phase let the request through.
    """
    from httpheaders.policy_file import load_policy

    loaded = load_policy(policy)
    return io.answer_each(FORM, given, lambda question: answer_under(loaded, question))
