"""`httpheaders cookie parse`: what is in it, and would a browser keep it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.commands.cookie import shared_options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, text, texts
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cookie_acceptance import SetCookieVerdict
    from httpheaders.cookies import ReceivedCookie

_OTHER_KINDS = (b"HTTP/", b"<", b">", b"*", b"[", b'"')


def missing(given: Mapping[str, Any]) -> str | None:
    """A field value is a whole question."""
    if "header" in given:
        return None
    field = "Set-Cookie line" if given.get("set_cookie") else "Cookie field"
    return f"the {field}: HEADER, or a message that has one"


def is_plain(octets: bytes) -> bool:
    """One line with "=" in it, and no field name before it, is a field value."""
    line = octets.rstrip(b"\r\n")
    if b"=" not in line or b"\n" in line or line.startswith(_OTHER_KINDS):
        return False
    from httpheaders.syntax.grammar import is_token

    name, colon, _ = line.partition(b":")
    return not (colon and is_token(name.rstrip().decode("latin-1")))


def flag_or_lines(value: Any, where: str) -> bool | list[str]:
    """Whether the field is Set-Cookie, or its lines."""
    return value if isinstance(value, bool) else texts(value, where)


FORM = Form(
    keys={
        "header": texts,
        "cookie": texts,
        "set_cookie": flag_or_lines,
        "url": text,
        "joined": boolean,
        "unquote": boolean,
        "trust_loopback": boolean,
        "public_suffixes": texts,
    },
    subject="header",
    missing=missing,
    takes_requests=True,
    is_plain=is_plain,
    repeats=True,
)

EXAMPLES = r"""
$ httpheaders cookie parse 'a=1; my key=2; a=3' --raw
a=1
my key=2
a=3

$ httpheaders cookie parse --set-cookie 'sid=1; SameSite=None' | cut -d , -f 1-2
{"ok":false,"reason":"a browser drops 'sid': SameSite=None without Secure: add Secure"

$ curl -sSi https://example.com/ | httpheaders cookie parse --url https://example.com/ --raw
sid=31d4d96e
lang=en
"""


def answer(question: Question) -> Reply:
    """Read the Cookie field of one question, or its Set-Cookie lines."""
    lines, is_set_cookie = _lines(question)
    if is_set_cookie:
        return _set_cookie_reply(question, lines)
    from httpheaders.cookies import read_cookie_header

    unquote = bool(question.values.get("unquote"))
    result = read_cookie_header(lines, unquote=unquote, explain=question.explain)
    keys = {"cookies": [cookie._asdict() for cookie in result.cookies]}
    return Reply(result, keys, lambda: _pairs(result.cookies), question.exchange)


def _lines(question: Question) -> tuple[list[str], bool]:
    """Give the lines asked about, and whether they are Set-Cookie lines."""
    from httpheaders.cli.commands.cookie.hops import field_lines

    values = question.values
    flag = values.get("set_cookie")
    if isinstance(flag, list):
        return flag, True
    for key, is_set_cookie in (("cookie", False), ("header", bool(flag))):
        if key in values and question.exchange is None:
            return values[key], is_set_cookie
    cookie = field_lines(question.exchange, "cookie")
    set_cookie = field_lines(question.exchange, "set-cookie")
    if flag or (set_cookie and not cookie and flag is None):
        return set_cookie, True
    if question.exchange is None:
        raise InputError(f"missing {missing(values)}")
    return cookie, False


def _pairs(cookies: Iterable[ReceivedCookie | SetCookieVerdict]) -> bytes | None:
    """Give the cookies a line each, as browsers send them: a nameless one is its bare value."""
    from httpheaders.messages.headers import encode_field_text

    lines = []
    for cookie in cookies:
        name = encode_field_text(cookie.name) + b"=" if cookie.name else b""
        lines.append(name + encode_field_text(cookie.value) + b"\n")
    return b"".join(lines) or None


def _set_cookie_reply(question: Question, lines: list[str]) -> Reply:
    from httpheaders.cli.commands.cookie.cookie_json import given_suffixes, write_verdict
    from httpheaders.cookie_acceptance import judge_set_cookies

    values = question.values
    if values.get("joined"):
        from httpheaders.syntax.cookie_text import split_joined_set_cookies

        lines = [line for joined in lines for line in split_joined_set_cookies(joined)]
    result = judge_set_cookies(
        lines,
        url=_url(question),
        now=question.now,
        trusts_loopback=values.get("trust_loopback", True),
        public_suffixes=given_suffixes(values),
        explain=question.explain,
    )
    keys = {"cookies": [write_verdict(verdict) for verdict in result.cookies]}
    kept = [verdict for verdict in result.cookies if verdict.kept]
    return Reply(result, keys, lambda: _pairs(kept), question.exchange)


def _url(question: Question) -> str | None:
    """Give the URL that the lines came from: the request's own, or the option's."""
    if question.request is not None:
        from httpheaders.cli.commands.cookie.hops import absolute_url

        return absolute_url(question.request, question.values.get("url"))
    return question.values.get("url")


@click.command("parse", epilog=options.examples(EXAMPLES))
@click.argument("header", metavar="[HEADER]...", nargs=-1)
@click.option(
    "--set-cookie", is_flag=True, default=None, help="HEADER is a Set-Cookie line, not Cookie."
)
@click.option("--url", metavar="URL", help="Where the Set-Cookie line comes from.")
@click.option(
    "--joined", is_flag=True, default=None, help="Take apart lines joined with commas first."
)
@click.option(
    "--unquote", is_flag=True, default=None, help="Take quotes and escapes off Cookie values."
)
@shared_options.trust_loopback
@shared_options.suffix_list
@options.input_and_output()
def command(io: InputOutput, **given: Any) -> ExitStatus:
    """Say what a Cookie or Set-Cookie field holds, and whether a browser keeps it.

    Reads the value of a Cookie field, HEADER, and gives every cookie in the order sent, with what
    is odd about it; nothing is decoded, and one odd cookie never costs another. With --set-cookie
    it reads Set-Cookie lines as browsers do, and gives every reason for which a browser would drop
    or change one. Without HEADER it reads a message from standard input. The answer is yes when
    nothing is odd, or when every cookie is kept.
    """
    return io.answer_each(FORM, given, answer)
