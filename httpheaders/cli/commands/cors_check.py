"""`httpheaders cors-check`: does this policy let this origin in? would a browser accept this?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import (
    anything,
    boolean,
    list_of,
    number,
    one_of,
    text,
    texts,
    wrong_type,
)
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply, header_lines
from httpheaders.errors import InputError
from httpheaders.messages.headers import Headers, parse_field_line
from httpheaders.messages.message import Exchange, Request, Response

if TYPE_CHECKING:
    from httpheaders.cors_browser import FetchVerdict, Hop, ScriptRequest
    from httpheaders.cors_policy import CorsPolicy
    from httpheaders.cors_preflight import PreflightCache

# The keys of a policy, and the argument of CorsPolicy that each is.
POLICY_KEYS = {
    "allow_origin": "allow_origins",
    "allow_origin_regex": "allow_origin_regexes",
    "allow_method": "allow_methods",
    "allow_header": "allow_headers",
    "expose_header": "expose_headers",
    "allow_credentials": "allow_credentials",
    "max_age": "max_age",
    "fixed_origin": "fixed_origin",
    "preflight_status": "preflight_status",
}
CREDENTIALS = ("omit", "same-origin", "include")
MODES = ("cors", "no-cors", "same-origin")
# What stands for the input where a file is named.
THE_INPUT = "-"
# Longer than any policy; a file named by mistake is not read whole.
LARGEST_POLICY = 1 << 20


def missing(given: Mapping[str, Any]) -> str | None:
    """A policy with a request, or a probe of one, is a whole question; an answer has to be read."""
    if "policy" not in given and not any(key in given for key in POLICY_KEYS):
        return "the answer of a server (curl -si), or a policy: --allow-origin or --policy"
    if given.get("probe") or "origin" in given:
        return None
    return "the request: --origin, or a request"


def response(value: Any, where: str) -> Response:
    """A response: status and headers."""
    from httpheaders.cli.message_json import read_response

    return read_response(value, f"$.{where}")


def hop(value: Any, where: str) -> Hop:
    """One step on the way: `url`, `response`, `preflight`; or a response that has these besides."""
    from httpheaders.cors_browser import Hop

    if not isinstance(value, dict):
        raise wrong_type("an object", value, where)
    url, preflight = value.get("url"), value.get("preflight")
    answer = value.get("response", value if "status" in value or "headers" in value else None)
    return Hop(
        None if answer is None else response(answer, where),
        None if preflight is None else response(preflight, f"{where}.preflight"),
        None if url is None else text(url, f"{where}.url"),
    )


FORM = Form(
    keys={
        "policy": anything,
        **dict.fromkeys(POLICY_KEYS, anything),
        "probe": boolean,
        "origin": text,
        "method": text,
        "url": text,
        "header": texts,
        "request_method": text,
        "request_header": texts,
        "credentials": one_of(*CREDENTIALS),
        "mode": one_of(*MODES),
        "preflight": response,
        "hops": list_of(hop),
        "t": number,
    },
    subject="origin",
    missing=missing,
    takes_requests=True,
    joins_redirects=True,
)

EXAMPLES = r"""
$ httpheaders cors-check --allow-origin 'https://*.example.com' --origin https://a.example.com -r
Access-Control-Allow-Origin: https://a.example.com
Vary: Origin

$ curl -sSi https://example.com/ | httpheaders cors-check --origin https://a.example | cut -d, -f1-2
{"ok":false,"reason":"the response has no Access-Control-Allow-Origin"

$ httpheaders cors-check --allow-origin-regex 'https://app.example\.com' --probe --raw
https://appxexample.com
"""


def answering(*, keep_preflights: bool) -> Callable[[Question], Reply]:
    """Give the function that answers questions; with a cache, later ones profit from earlier."""
    cache: PreflightCache | None = None
    if keep_preflights:
        from httpheaders.cors_preflight import PreflightCache

        cache = PreflightCache()
    last: tuple[dict[str, Any], CorsPolicy] | None = None

    def answer(question: Question) -> Reply:
        nonlocal last
        document = _policy_document(question.values)
        if document is None:
            return _browsed(question, cache)
        if last is None or last[0] != document:
            from httpheaders.cors_policy import policy_from_mapping

            last = document, policy_from_mapping(document)
        probe = question.values.get("probe")
        return _probed(question, last[1]) if probe else _served(question, last[1])

    return answer


# --- the server's side --------------------------------------------------------------------------


def _policy_document(values: Mapping[str, Any]) -> dict[str, Any] | None:
    own = {key: values[key] for key in POLICY_KEYS if key in values}
    if "policy" not in values:
        return own or None
    document = values["policy"]
    if not isinstance(document, dict):
        raise wrong_type("an object", document, "policy")
    # A file for all phases of a pipeline has a section of its own for this one.
    document = document["cors"] if isinstance(document.get("cors"), dict) else document
    kept = {
        key: value
        for key, value in document.items()
        if POLICY_KEYS.get(key.replace("-", "_"), key.replace("-", "_"))
        not in {POLICY_KEYS[name] for name in own}
    }
    return {**kept, **own}


def _probed(question: Question, policy: CorsPolicy) -> Reply:
    from httpheaders.cors_probe import probe_policy

    probe = probe_policy(policy, explain=question.explain)
    keys = {
        "side": "policy",
        "tried": probe.tried,
        "admitted": [found._asdict() for found in probe.admitted],
    }
    return Reply(probe, keys, "\n".join(found.origin for found in probe.admitted) or None)


def _served(question: Question, policy: CorsPolicy) -> Reply:
    from httpheaders.cors_server import answer_cors, with_cors_headers

    answer = answer_cors(_request(question), policy, explain=question.explain)
    keys = {
        "side": "server",
        "allowed": answer.allowed,
        "is_preflight": answer.is_preflight,
        "calls_application": answer.calls_application,
        "status": answer.status,
        "origin": answer.origin,
        "headers": answer.headers.to_dict(),
    }
    exchange = question.exchange
    if exchange is not None and exchange.response is not None:
        changed = exchange.response
        if answer.status is not None:
            changed = Response(answer.status)  # a preflight is not the application's to answer
        headers = with_cors_headers(changed.headers, answer)
        exchange = exchange._replace(response=changed._replace(headers=headers))
    return Reply(answer, keys, lambda: header_lines(answer.headers), exchange)


def _request(question: Question) -> Request:
    values = question.values
    request = question.request or Request()
    if question.request is None and not values.keys() & {"origin", "request_method", "method"}:
        raise InputError("missing the request: origin, or a request")
    headers = request.headers
    stand_ins = {
        "Origin": values.get("origin"),
        "Access-Control-Request-Method": values.get("request_method"),
        "Access-Control-Request-Headers": ",".join(values.get("request_header", ())) or None,
    }
    for name, value in stand_ins.items():
        if value is not None and name not in headers:
            headers = headers.added(name, value)
    method = request.method or values.get("method")
    if method is None and "access-control-request-method" not in headers:
        method = "GET"
    return request._replace(method=method, headers=headers)


# --- the browser's side -------------------------------------------------------------------------


def _browsed(question: Question, cache: PreflightCache | None) -> Reply:
    from httpheaders.cors_browser import check_fetch

    hops = _hops(question)
    if not any(hop.response or hop.preflight for hop in hops):
        raise InputError(f"missing {missing(question.values)}")
    verdict = check_fetch(
        _script(question), hops, cache=cache, now=_moment(question), explain=question.explain
    )
    return Reply(verdict, _verdict_keys(verdict), lambda: _raw(verdict), question.exchange)


def _moment(question: Question) -> float:
    started = question.har.started if question.har else None
    return question.values.get("t", 0) if started is None else started


def _hops(question: Question) -> list[Hop]:
    from httpheaders.cors_browser import Hop
    from httpheaders.cors_preflight import announced_request

    values = question.values
    if "hops" in values:
        return list(values["hops"])
    preflight = values.get("preflight")
    exchanges = [*question.earlier, *([question.exchange] if question.exchange else [])]
    asked = exchanges[0].request if exchanges else None
    if preflight == THE_INPUT or (asked is not None and announced_request(asked) is not None):
        answers = [exchange.response for exchange in exchanges]
        # A redirected preflight has failed: what it led to is of no interest.
        return [Hop(None, answers[0] if answers else None)]
    hops = [Hop(exchange.response, None, _absolute(exchange)) for exchange in exchanges]
    first, *others = hops or [Hop()]
    return [first._replace(preflight=preflight), *others]


def _absolute(exchange: Exchange) -> str | None:
    url = exchange.request.url if exchange.request else None
    return url if url and "://" in url else None


def _script(question: Question) -> ScriptRequest:
    from httpheaders.cors_browser import script_request
    from httpheaders.cors_preflight import announced_request

    values = question.values
    exchange = (*question.earlier, question.exchange)[0]
    recorded = (exchange.request if exchange else None) or Request()
    recorded = announced_request(recorded) or recorded
    given = Headers.built(map(parse_field_line, values.get("header", ())))
    own = [pair for pair in given if pair[0] not in recorded.headers]
    url = recorded.url if recorded.url and "://" in recorded.url else values.get("url")
    recorded = recorded._replace(
        method=recorded.method or values.get("method"),
        url=url or _first_url(values) or recorded.url,
        headers=Headers([*recorded.headers, *own]),
    )
    origin = recorded.headers.get("origin", values.get("origin"))
    if origin is None:
        raise InputError("missing the origin of the page: --origin, or an Origin field")
    return script_request(
        recorded,
        origin=origin,
        credentials=values.get("credentials", "same-origin"),
        mode=values.get("mode", "cors"),
    )


def _first_url(values: Mapping[str, Any]) -> str | None:
    hops = values.get("hops")
    return hops[0].url if hops else None


def _verdict_keys(verdict: FetchVerdict) -> dict[str, Any]:
    asked = verdict.preflight_headers
    return {
        "side": "browser",
        "allowed": verdict.allowed,
        "preflight_needed": verdict.preflight_needed,
        "preflight_allowed": verdict.preflight_allowed,
        "response_allowed": verdict.response_allowed,
        "failed_step": verdict.failed_step,
        "failed_answer": verdict.failed_answer,
        "header": verdict.header,
        "received": verdict.received,
        "would_pass": verdict.would_pass,
        "exposed": None if verdict.exposed is None else list(verdict.exposed),
        "hidden": list(verdict.hidden),
        "origin": verdict.origin,
        "url": verdict.url,
        "preflight_headers": None if asked is None else asked.to_dict(),
        "preflight_max_age": verdict.preflight_max_age,
    }


def _raw(verdict: FetchVerdict) -> str | bytes | None:
    """Give what curl must send to play the browser: the preflight's fields, or Origin."""
    if verdict.preflight_headers is not None:
        return header_lines(verdict.preflight_headers)
    if verdict.origin is None:
        return None
    return header_lines(Headers.built([("Origin", verdict.origin)]))


# --- files named by options ---------------------------------------------------------------------


def _policy_file(name: str) -> Any:
    from httpheaders.cli.sources import read_file

    octets = read_file(name, limit=LARGEST_POLICY)
    try:
        if octets.lstrip().startswith(b"{"):
            from httpheaders.syntax.strict_json import read_json

            return read_json(octets)
        from httpheaders.syntax.strict_toml import read_toml

        return read_toml(octets)
    except InputError as error:
        expected = "" if error.where is None else "expected a policy in JSON or TOML: "
        raise InputError(f"{name}: {expected}{error}") from None


def _preflight_file(name: str) -> Any:
    if name == THE_INPUT:
        return name
    from httpheaders.cli.questioner import Questioner
    from httpheaders.cli.reading import read_documents
    from httpheaders.cli.sources import opened_file

    form = Form(keys={}, subject="headers", missing=lambda given: None)
    questioner = Questioner(form, {}, explain=False, clock=lambda: 0)
    try:
        with opened_file(name) as file:
            questions = [questioner.of(part) for part in read_documents(file).documents]
        answers = [question.response for question in questions if question.response]
        if answers:
            return answers[0]
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    raise InputError(
        f"{name}: expected the answer to a preflight, as curl -si -X OPTIONS prints it"
    )


@click.command("cors-check", epilog=options.examples(EXAMPLES))
@click.option(
    "--allow-origin",
    metavar="ORIGIN",
    multiple=True,
    help="Let in: https://app.example.com, https://*.example.com, or *.",
)
@click.option(
    "--allow-origin-regex", metavar="REGEX", multiple=True, help="Let in what matches as a whole."
)
@click.option(
    "--allow-method", metavar="METHOD", multiple=True, help="Allow beyond GET, HEAD, POST."
)
@click.option(
    "--allow-header", metavar="NAME", multiple=True, help="Allow script to send; * is all."
)
@click.option("--expose-header", metavar="NAME", multiple=True, help="Let script read; * is all.")
@click.option("--allow-credentials", is_flag=True, default=None, help="Allow cookies and the like.")
@click.option("--max-age", type=options.DURATION, metavar="TIME", help="Keep preflights that long.")
@click.option(
    "--fixed-origin", is_flag=True, default=None, help="Send the one origin whoever asks."
)
@click.option("--policy", type=options.FILE, help="The policy, in JSON or TOML.")
@click.option("--probe", is_flag=True, default=None, help="Try origins that get past lax policies.")
@click.option("--origin", metavar="ORIGIN", help="The origin of the page that asks.")
@click.option("--method", metavar="METHOD", help="The method of the request; GET unless said.")
@click.option("--url", metavar="URL", help="Where the request goes.")
@click.option("--header", metavar="'NAME: VALUE'", multiple=True, help="A field that script sets.")
@click.option("--request-method", metavar="METHOD", help="What a preflight asks for.")
@click.option(
    "--request-header", metavar="NAME", multiple=True, help="A header that a preflight asks for."
)
@click.option(
    "--credentials",
    type=click.Choice(CREDENTIALS),
    help="The credentials mode of fetch(); same-origin unless said.",
)
@click.option("--mode", type=click.Choice(MODES), help="The mode of fetch(); cors unless said.")
@click.option(
    "--preflight", type=options.FILE, help="The answer to the preflight; - when that is the input."
)
@click.option("--keep-preflights", is_flag=True, help="Keep preflights from question to question.")
@options.input_and_output()
def command(
    io: InputOutput,
    policy: str | None,
    preflight: str | None,
    keep_preflights: bool,
    **given: Any,
) -> ExitStatus:
    """Say whether an origin gets in, and what to send; or whether a browser accepts an answer.

    With a policy it answers as the server: which headers to send to this request. With the answer
    of a server, as curl -si prints it, it decides as a browser does for fetch(): is a preflight
    needed, does everything pass, what may script read, and which rule failed first. Reads standard
    input for that answer, or for the request when --origin is missing. The answer is yes when it
    is allowed, and for --probe when none of the origins gets in.
    """
    # Repeated options come as tuples; documents have lists.
    named = {
        key: list(value) if isinstance(value, tuple) and value else value
        for key, value in given.items()
    }
    if policy is not None:
        named["policy"] = _policy_file(policy)
    if preflight is not None:
        named["preflight"] = _preflight_file(preflight)
    form = FORM._replace(repeats=not keep_preflights)
    return io.answer_each(form, named, answering(keep_preflights=keep_preflights))
