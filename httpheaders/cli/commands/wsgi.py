"""`httpheaders wsgi`: what does this WSGI app answer to this request, behind this middleware?"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.applications import load_object, output_kept_apart
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, count
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.request_options import REQUEST_KEYS, request_missing, request_of_question
from httpheaders.cli.writing import Reply
from httpheaders.messages.message import Exchange
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.answer import Problem
    from httpheaders.policy import Policy
    from httpheaders.wsgi import WsgiApp
    from httpheaders.wsgi_trace import LayerTrace, Trace

SAMPLE = "httpheaders.wsgi:simple_wsgi_app"

EXAMPLES = r"""
$ httpheaders wsgi --path / --raw; echo
Hello, WSGI!

$ httpheaders wsgi --middleware timing --path /nowhere | cut -d , -f 1,2
{"ok":false,"reason":"httpheaders.wsgi:simple_wsgi_app answered 404 Not Found"

$ echo '{"url": "/"}' | httpheaders wsgi httpheaders.wsgi:simple_wsgi_app --validate --raw; echo
Hello, WSGI!
"""


def sample_needs_nothing(given: Mapping[str, Any]) -> None:
    """Without any argument the sample application is asked for its root."""
    return


# What names code, files or keys is for options alone: an input must not choose what is run.
FORM = Form(
    keys={**REQUEST_KEYS, "trace": boolean, "validate": boolean, "max_body": count},
    subject="path",
    missing=request_missing,
    takes_requests=True,
)


class Stack(NamedTuple):
    """The application with its layers."""

    app: Callable[..., Any]
    name: str
    layers: list[tuple[str, Callable[[WsgiApp], WsgiApp]]]

    def answer(self, question: Question) -> Reply:
        """Call the stack for one question."""
        import time

        from httpheaders.wsgi_call import answer_wsgi
        from httpheaders.wsgi_trace import Trace, stacked
        from httpheaders.wsgi_validation import checked_app

        values = question.values
        problems: list[Problem] = []
        trace = Trace(time.perf_counter)
        around: list[Callable[[WsgiApp, str], WsgiApp]] = []
        if values.get("validate"):
            around.append(lambda app, name: checked_app(app, name, problems))
        if values.get("trace"):
            around.append(trace.recorded)
        result = answer_wsgi(
            stacked(self.app, self.layers, around=around, name=self.name),
            request_of_question(question),
            errors=sys.stderr,
            max_body=values["max_body"],
            name=self.name,
            problems=problems,
            explain=question.explain,
        )
        faults = len(problems)
        if faults:
            told = f"{result.reason}, and {faults} breach(es) of the protocol were found"
            result = result._replace(ok=False, reason=told, reference="PEP 3333")
        keys = {"trace": _trace_keys(trace) if values.get("trace") else None}
        exchange = Exchange(result.request, result.response)
        return Reply(result, keys, result.response.body, exchange)


def _trace_keys(trace: Trace) -> list[dict[str, Any]]:
    return [_layer_keys(layer) for layer in trace.layers()]


def _layer_keys(layer: LayerTrace) -> dict[str, Any]:
    before, after = layer.headers_before, layer.headers_after
    return {
        "layer": layer.layer,
        "status": {"before": layer.status_before, "after": layer.status_after},
        "headers": {
            "before": None if before is None else before.to_dict(),
            "after": None if after is None else after.to_dict(),
        },
        "octets": layer.octets,
        "seconds": round(layer.seconds, 9),
    }


def _layers(
    names: tuple[str, ...], policy: Policy | None, clock: Callable[[], float]
) -> list[tuple[str, Callable[[WsgiApp], WsgiApp]]]:
    """Give the middleware that was named; all of the policy, where none was."""
    from httpheaders.wsgi_middleware.named import middleware_named

    if policy is not None and not names:
        names = ("policy",)
    layers = []
    for name in names:
        layer = load_object(name) if ":" in name else middleware_named(name, policy, clock=clock)
        layers.append((name, layer))
    return layers


@click.command("wsgi", epilog=options.examples(EXAMPLES))
@click.argument("app", metavar="[MODULE:APP]", required=False)
@click.option("--method", metavar="METHOD", help="GET unless there is --data, then POST.")
@click.option("--path", metavar="URL", help="The path with its query, or a whole URL.")
@click.option("--header", multiple=True, metavar="FIELD", help="A field of the request, 'Name: v'.")
@click.option("--data", metavar="TEXT", help="The request's body.")
@click.option(
    "--middleware",
    multiple=True,
    metavar="NAME",
    help="Put this around the app, the first outermost: errors, request-id, timing, cors, etag,"
    " gzip, cache-headers, session, cache, policy, or MODULE:CALLABLE.",
)
@click.option("--policy", type=options.FILE, help="The policy that guards the app, TOML or JSON.")
@click.option(
    "--trace",
    is_flag=True,
    default=None,
    help="Show what each layer does to the headers, and time.",
)
@click.option(
    "--validate", is_flag=True, default=None, help="Look for breaches of PEP 3333, in each layer."
)
@click.option(
    "--max-body",
    type=options.SIZE,
    default="64MiB",
    show_default=True,
    metavar="SIZE",
    help="Stop reading the answer there.",
)
@options.input_and_output()
def command(
    io: InputOutput,
    app: str | None,
    middleware: tuple[str, ...],
    policy: str | None,
    **given: Any,
) -> ExitStatus:
    """Say what a WSGI app answers to a request, behind this middleware.

    Imports the app, the current directory first, and calls it in this process. What it prints goes
    to standard error. Reads standard input only when an app is named and no option describes the
    request: a request, or objects like {"path": "/users"}. Without MODULE:APP the app is a sample.
    The answer is yes when the status is below 400, and no breach was found.
    """
    form = FORM
    if app is None and io.source is None and not io.lines:
        form = FORM._replace(missing=sample_needs_nothing)
    with output_kept_apart() as hand_over:
        prepared: list[Stack] = []
        asked: Question

        def answer(question: Question) -> Reply:
            nonlocal asked
            asked = question  # the layers stay from one question to the next, and ask its clock
            hand_over()
            if not prepared:
                prepared.append(_stack(app, middleware, policy, lambda: asked.now))
            return prepared[0].answer(question)

        return io.answer_each(form, given, answer)


def _stack(
    app: str | None, middleware: tuple[str, ...], policy: str | None, clock: Callable[[], float]
) -> Stack:
    loaded_policy = None
    if policy is not None:
        from httpheaders.policy_file import load_policy

        loaded_policy = load_policy(policy)
    # An application may make garbage that only collecting gets rid of; what is there now stays.
    gc.freeze()
    gc.enable()
    layers = _layers(middleware, loaded_policy, clock)
    name = app or SAMPLE
    loaded = load_object(name, default=("app", "application"))
    return Stack(loaded, name, layers)
