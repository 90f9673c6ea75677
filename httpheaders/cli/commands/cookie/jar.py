"""`httpheaders cookie jar`: which Cookie comes back?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.commands.cookie import shared_options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, list_of, one_of, text, texts, time, wrong_type
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cli.commands.cookie.jar_session import JarSession
    from httpheaders.cookie_jar import JarStep

CONTEXTS = ("strict", "lax", "none")
_NO_COOKIES = "the cookies: --set-cookie, --cookie-file, the key 'set_cookie', or messages"
_NO_URL = "where the cookies come from: --url, the key 'url', or a request with its URL"


def missing(given: Mapping[str, Any]) -> str | None:
    """A URL, and cookies from somewhere, are a whole question."""
    if "steps" not in given and not {"set_cookie", "cookie_file"} & given.keys():
        return _NO_COOKIES
    if not {"url", "request_url", "steps"} & given.keys():
        return _NO_URL
    return None


STEP_KEYS = {
    "url": text,
    "set_cookie": texts,
    "now": time,
    "set_context": one_of(*CONTEXTS),
}


def step(value: Any, where: str) -> dict[str, Any]:
    """One response: url, set_cookie, now."""
    if not isinstance(value, dict):
        raise wrong_type("an object", value, where)
    for key in value:
        if key not in STEP_KEYS:
            raise InputError(f"expected {', '.join(STEP_KEYS)}", where=f"$.{where}.{key}")
    for key in ("url", "set_cookie"):
        if value.get(key) is None:
            raise InputError(f"missing '{key}'", where=f"$.{where}")
    return {
        key: STEP_KEYS[key](item, f"{where}.{key}")
        for key, item in value.items()
        if item is not None
    }


FORM = Form(
    keys={
        "url": text,
        "set_cookie": texts,
        "request_url": text,
        "steps": list_of(step),
        "same_site_context": one_of(*CONTEXTS),
        "set_context": one_of(*CONTEXTS),
        "trust_loopback": boolean,
        "public_suffixes": texts,
    },
    subject="set_cookie",
    missing=missing,
)

EXAMPLES = r"""
$ httpheaders cookie jar --url https://example.com/ --set-cookie 'sid=1; Path=/; Secure' --raw
sid=1

$ curl -sSiL https://example.com/login | httpheaders cookie jar --url https://example.com/ -r
visit=1
visit=1; sid=31d4d96e; lang=en
"""


def answer(question: Question, session: JarSession) -> Reply:
    """Put the responses of one question into a jar, and say what the next request carries."""
    from httpheaders.cli.commands.cookie.cookie_json import write_stored_cookie
    from httpheaders.cookie_jar import answer_from_jar
    from httpheaders.same_site import SAME_SITE_CONTEXTS

    values = question.values
    now = question.now
    jar = session.jar(question, now)
    steps = _steps(question, session, now)
    request_url = values.get("request_url") or _next_url(question, session, steps)
    if request_url is None:
        raise InputError(f"missing {_NO_URL}")
    result = answer_from_jar(
        jar,
        steps,
        request_url=request_url,
        now=now,
        context=SAME_SITE_CONTEXTS[values.get("same_site_context", "strict")],
        explain=question.explain,
    )
    told = session.noticed(jar, steps, now)
    if told:
        result = result._replace(problems=(*told, *result.problems))
    keys = {
        "cookies": [write_stored_cookie(cookie) for cookie in result.cookies],
        "request_url": request_url,
        "cookie": result.cookie,
    }
    return Reply(result, keys, result.cookie, question.exchange)


def _next_url(question: Question, session: JarSession, steps: list[JarStep]) -> str | None:
    # Unless said otherwise, the client goes where it is sent, or else back to the same URL.
    if question.exchange is not None and session.hops.next_url is not None:
        return session.hops.next_url
    return steps[-1].url if steps else question.values.get("url")


def _steps(question: Question, session: JarSession, now: float) -> list[JarStep]:
    values = question.values
    if question.exchange is not None:
        return _steps_of_message(question, session, now)
    if "steps" in values:
        return [_step(values, **{"now": now, **one}) for one in values["steps"]]
    if "set_cookie" not in values:
        return []
    if "url" not in values:
        raise InputError(f"missing {_NO_URL}")
    return [_step(values, url=values["url"], set_cookie=values["set_cookie"], now=now)]


def _step(
    values: Mapping[str, Any],
    *,
    url: str,
    set_cookie: list[str],
    now: float,
    set_context: str | None = None,
) -> JarStep:
    from httpheaders.cookie_jar import JarStep
    from httpheaders.same_site import SAME_SITE_CONTEXTS

    context = SAME_SITE_CONTEXTS[set_context or values.get("set_context", "strict")]
    return JarStep(url, set_cookie, now, context)


def _steps_of_message(question: Question, session: JarSession, now: float) -> list[JarStep]:
    from httpheaders.cli.commands.cookie.hops import field_lines

    exchange, values = question.exchange, question.values
    assert exchange is not None  # the caller has looked
    url = session.hops.url_of(exchange, values.get("url"))
    lines = field_lines(exchange, "set-cookie")
    if url is None:
        raise InputError(f"missing {_NO_URL}")
    if question.har is not None and question.har.started is not None and "now" not in values:
        now = question.har.started
    return [_step(values, url=url, set_cookie=lines, now=now)]


@click.command("jar", epilog=options.examples(EXAMPLES))
@click.option("--url", metavar="URL", help="Where the Set-Cookie lines come from.")
@click.option(
    "--set-cookie", metavar="LINE", multiple=True, help="A Set-Cookie line; may be repeated."
)
@click.option("--request-url", metavar="URL", help="Where the next request goes; URL if not given.")
@click.option(
    "--same-site-context",
    type=click.Choice(CONTEXTS),
    help="How the next request comes about: same-site, a cross-site navigation, or cross-site.",
)
@click.option(
    "--set-context",
    type=click.Choice(CONTEXTS),
    help="How the requests came about that the lines answer.",
)
@click.option(
    "--cookie-file", type=options.FILE, help="Begin with the cookies of FILE, and keep them."
)
@click.option(
    "--new-session", is_flag=True, help="Forget the cookies of FILE that have no date first."
)
@shared_options.trust_loopback
@shared_options.suffix_list
@options.input_and_output()
def command(io: InputOutput, **given: Any) -> ExitStatus:
    """Say which Cookie comes back.

    Keeps Set-Cookie lines as a browser would, and gives the jar and the Cookie field that the next
    request carries. The lines come as options, as objects with "url", "set_cookie", "request_url"
    and "now" or "steps", or in messages: what curl -iL or -vL printed, hop after hop, or a HAR.
    The answer is yes when a cookie is sent.
    """
    from httpheaders.cli.commands.cookie.jar_session import JarSession

    session = JarSession(given)
    given["set_cookie"] = list(given["set_cookie"]) or None
    status = io.answer_each(FORM, given, lambda question: answer(question, session))
    session.save()
    return status
