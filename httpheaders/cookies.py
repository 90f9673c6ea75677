"""
The Cookie field from the server's side, read losing nothing: what is odd is told and kept.

Source: RFC 6265bis sections 4.1.1 and 4.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from httpheaders.answer import Problem, Step
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Latin1Text, join_field_text
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.cookie_text import (
    split_cookie_pairs,
    split_cookie_pieces,
    unquote_cookie_value,
)
from httpheaders.syntax.grammar import is_token
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "CookieHeader",
    "ReceivedCookie",
    "checked_cookie_pair",
    "format_cookie_header",
    "is_cookie_value",
    "parse_cookie_header",
    "read_cookie_header",
]

# cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )    RFC 6265bis section 4.1.1
# cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
_cookie_octets = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*+"
_cookie_value = lazy_pattern(rf'{_cookie_octets}|"{_cookie_octets}"')
_not_cookie_octet = lazy_pattern(r"[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]")
_GRAMMAR = "RFC 6265bis section 4.1.1"
_COOKIE_GRAMMAR = "RFC 6265bis section 4.2.1"


class ReceivedCookie(NamedTuple):
    """
    One cookie of a Cookie field.

    Attributes:
        name: "" when the piece had no "=".
        value: as sent, or without quotes and escapes where the caller asked for that.
        raw: the piece as sent, outer blanks removed.
    """

    name: str
    value: str
    raw: str


class CookieHeader(NamedTuple):
    """What a Cookie field holds; ok when nothing in it is odd."""

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    cookies: tuple[ReceivedCookie, ...]


def parse_cookie_header(cookie_header: str) -> dict[str, str]:
    """
    Read a Cookie field into a dictionary; the first of a name wins.

    Nothing is decoded and no odd cookie costs another one. A value without a name has the key "".

    Args:
        cookie_header: the field value; several lines joined with "; ".

    Returns:
        Names and values in order of first appearance.

    Source: RFC 6265bis section 4.2.1; it has no parsing algorithm for servers, so the pieces are
    read as section 5.6 has user agents read them.

    >>> parse_cookie_header('a=1; my key=2; b={"x":"y"}; a=3')
    {'a': '1', 'my key': '2', 'b': '{"x":"y"}'}
    """
    cookies: dict[str, str] = {}
    for name, value in split_cookie_pairs(cookie_header):
        if name not in cookies:
            cookies[name] = value
    return cookies


def read_cookie_header(
    header: str | Iterable[str], *, unquote: bool = False, explain: bool = False
) -> CookieHeader:
    """
    Read a Cookie field as a server meets it: every pair, in order, and what is odd about each.

    Args:
        header: the field value, or its lines; HTTP/2 clients may send several.
        unquote: take quotes and backslash escapes off values, as http.cookies does.
        explain: list the readings in `steps`.

    Source: RFC 6265bis section 4.2.1.

    >>> answer = read_cookie_header("a=1; my key=2; c=3")
    >>> [cookie.name for cookie in answer.cookies], answer.ok
    (['a', 'my key', 'c'], False)
    """
    text = header if isinstance(header, str) else join_field_text("; ", header)
    sent = tuple(map(_received, split_cookie_pairs(text), split_cookie_pieces(text)))
    if isinstance(text, Latin1Text):
        # Taking text apart forgets which octets it stood for.
        sent = tuple(ReceivedCookie._make(map(Latin1Text, cookie)) for cookie in sent)
    problems = _cookie_problems(sent)
    cookies = tuple(map(_unquoted, sent)) if unquote else sent
    return CookieHeader(
        ok=bool(cookies) and not problems,
        reason=_reading_reason(len(cookies), len(problems)),
        reference=problems[0].reference if problems else _COOKIE_GRAMMAR,
        problems=tuple(problems),
        steps=_reading_steps(sent) if explain else (),
        cookies=cookies,
    )


def _received(pair: tuple[str, str], raw: str) -> ReceivedCookie:
    return ReceivedCookie(*pair, raw)


def _unquoted(cookie: ReceivedCookie) -> ReceivedCookie:
    return cookie._replace(value=unquote_cookie_value(cookie.value))


def _reading_reason(count: int, odd: int) -> str:
    if not count:
        return "the field holds no cookie"
    cookies = "1 cookie" if count == 1 else f"{count} cookies"
    oddities = {0: "nothing odd", 1: "1 oddity told"}.get(odd, f"{odd} oddities told")
    return f"{cookies} read, {oddities}"


def _reading_steps(cookies: Sequence[ReceivedCookie]) -> tuple[Step, ...]:
    return tuple(
        Step(
            f"piece {number}: split at the first '='",
            f"name '{name}'" if "=" in raw else "no '=': a value without a name",
            "RFC 6265bis section 5.6",
        )
        for number, (name, _, raw) in enumerate(cookies, 1)
    )


def _cookie_problems(cookies: Sequence[ReceivedCookie]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, (name, value, raw) in enumerate(cookies, 1):
        where = f"cookie[{name}]" if name else f"cookie {number}"
        problems += [Problem(where, *fact) for fact in _pair_oddities(name, value, raw)]
        if name in seen:
            message = "the name stands more than once; servers differ in which they take"
            problems.append(Problem(where, message, "RFC 6265bis section 4.2.2"))
        seen.add(name)
    return problems


def _pair_oddities(name: str, value: str, raw: str) -> Iterable[tuple[str, str]]:
    if not name:
        has_equals = raw.startswith("=")
        message = "the name before '=' is empty" if has_equals else "no '=': a value without a name"
        yield message, _GRAMMAR
    elif not is_token(name):
        yield "the name is not a token: many servers drop this cookie or all of them", _GRAMMAR
    if _cookie_value.fullmatch(value) is None:
        yield _value_oddity(value), _GRAMMAR


def _value_oddity(value: str) -> str:
    offset = _bad_value_offset(value)
    kind = _character_kind(value[offset])
    return f"the value holds {kind} at offset {offset}, which many servers read differently"


def _bad_value_offset(value: str) -> int:
    # Quotes at both ends belong to the grammar, so the fault lies inside them.
    start = 1 if len(value) > 1 and value[0] == value[-1] == '"' else 0
    match = _not_cookie_octet.search(value, start)
    return match.start() if match else 0


_KINDS = {
    " ": "a space",
    "\t": "a tab",
    '"': "a double quote",
    ",": "a comma",
    ";": "a semicolon",
    "\\": "a backslash",
}


def _character_kind(char: str) -> str:
    if char in _KINDS:
        return _KINDS[char]
    return "a control character" if char < " " or char == "\x7f" else "a character outside ASCII"


def is_cookie_value(value: str) -> bool:
    """
    Say whether a server may send the text as a cookie-value.

    Source: RFC 6265bis section 4.1.1.

    >>> is_cookie_value("a=b"), is_cookie_value('"x"'), is_cookie_value("a b")
    (True, True, False)
    """
    return _cookie_value.fullmatch(value) is not None


def format_cookie_header(cookies: Iterable[tuple[str, str]]) -> str:
    """
    Write pairs as a Cookie field, as a client sends cookies that no jar holds.

    Raises:
        FieldSyntaxError: a name is no token, or a value is outside the grammar.

    Source: RFC 6265bis section 4.2.1.

    >>> format_cookie_header([("a", "1"), ("b", "2")])
    'a=1; b=2'
    """
    return "; ".join(checked_cookie_pair(name, value, "Cookie") for name, value in cookies)


def checked_cookie_pair(name: str, value: str, field: str) -> str:
    """
    Write a cookie-pair for a field.

    Raises:
        FieldSyntaxError: the name is no token, or the value is outside the grammar.

    Source: RFC 6265bis section 4.1.1.
    """
    if not is_token(_text(name, "the cookie name", field)):
        raise FieldSyntaxError(
            "the cookie name is not a token: use letters, digits and !#$%&'*+-.^_`|~",
            field=field,
            reference=_GRAMMAR,
        )
    if not is_cookie_value(_text(value, "the cookie value", field)):
        offset = _bad_value_offset(value)
        raise FieldSyntaxError(
            f"the cookie value holds {_character_kind(value[offset])}: encode it, "
            "for example with base64 or percent-encoding",
            field=field,
            position=offset,
            reference=_GRAMMAR,
        )
    return f"{name}={value}"


def _text(value: object, what: str, field: str) -> str:
    # Scripts call without a type checker; a number here must not end as an AttributeError.
    if not isinstance(value, str):
        raise FieldSyntaxError(f"{what} is not text", field=field, reference=_GRAMMAR)
    return value
