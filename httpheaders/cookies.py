"""
Cookies from the server's side: read a Cookie field losing nothing, build a Set-Cookie that holds.

Reading reports what is odd and keeps everything; building refuses what the grammar of servers
forbids, so that no argument can begin another attribute or header field, and tells what browsers
would drop. Whether a browser keeps a line is decided in one place, `cookie_acceptance`.

Source: RFC 6265bis sections 4 and 5.8.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from httpheaders.answer import Problem, Step
from httpheaders.errors import FieldSyntaxError, PolicyError
from httpheaders.messages.headers import Latin1Text, join_field_text
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.cookie_text import (
    split_cookie_pairs,
    split_cookie_pieces,
    unquote_cookie_value,
)
from httpheaders.syntax.grammar import is_token
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from httpheaders.cookie_acceptance import SetCookieVerdict
    from httpheaders.cookie_domains import PublicSuffixes

__all__ = [
    "BuiltSetCookie",
    "CookieHeader",
    "ReceivedCookie",
    "build_set_cookie",
    "compose_set_cookie",
    "delete_cookie",
    "format_cookie_header",
    "is_cookie_value",
    "is_path_value",
    "parse_cookie_header",
    "read_cookie_header",
]

# cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )    RFC 6265bis section 4.1.1
# cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
_cookie_octets = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*+"
_cookie_value = lazy_pattern(rf'{_cookie_octets}|"{_cookie_octets}"')
_not_cookie_octet = lazy_pattern(r"[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]")
# av-octet = %x20-3A / %x3C-7E                                      RFC 6265bis section 4.1.1
_av_octets = lazy_pattern(r"[\x20-\x3a\x3c-\x7e]*+")
# subdomain of RFC 1034 section 3.5, digits first allowed by RFC 1123 section 2.1
_label = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_subdomain = lazy_pattern(rf"{_label}(?:\.{_label})*")

_GRAMMAR = "RFC 6265bis section 4.1.1"
_COOKIE_GRAMMAR = "RFC 6265bis section 4.2.1"
_SAME_SITE_VALUES = {"strict": "Strict", "lax": "Lax", "none": "None"}
_BUILT_ATTRIBUTES = frozenset(
    {"max-age", "expires", "domain", "path", "httponly", "secure", "samesite", "partitioned"}
)
# Larger numbers than a signed 64-bit integer are not read back by everyone.
_LARGEST_MAX_AGE = 2**63 - 1


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


def is_path_value(path: str) -> bool:
    """
    Say whether a server may send the text as the value of a Path attribute.

    Source: RFC 6265bis section 4.1.1.
    """
    return _av_octets.fullmatch(path) is not None


def format_cookie_header(cookies: Iterable[tuple[str, str]]) -> str:
    """
    Write pairs as a Cookie field, as a client sends cookies that no jar holds.

    Raises:
        FieldSyntaxError: a name is no token, or a value is outside the grammar.

    Source: RFC 6265bis section 4.2.1.

    >>> format_cookie_header([("a", "1"), ("b", "2")])
    'a=1; b=2'
    """
    return "; ".join(_checked_pair(name, value, "Cookie") for name, value in cookies)


def _checked_pair(name: str, value: str, field: str) -> str:
    if not is_token(_text(name, "the cookie name")):
        raise FieldSyntaxError(
            "the cookie name is not a token: use letters, digits and !#$%&'*+-.^_`|~",
            field=field,
            reference=_GRAMMAR,
        )
    if not is_cookie_value(_text(value, "the cookie value")):
        offset = _bad_value_offset(value)
        raise FieldSyntaxError(
            f"the cookie value holds {_character_kind(value[offset])}: encode it, "
            "for example with base64 or percent-encoding",
            field=field,
            position=offset,
            reference=_GRAMMAR,
        )
    return f"{name}={value}"


def _text(value: object, what: str) -> str:
    # Scripts call without a type checker; a number here must not end as an AttributeError.
    if not isinstance(value, str):
        raise _refused(f"{what} is not text")
    return value


class BuiltSetCookie(NamedTuple):
    """
    A Set-Cookie line, and what browsers will make of it; ok when they do what was asked.

    Attributes:
        set_cookie: the field value.
        verdict: what a browser does with the line.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    set_cookie: str
    verdict: SetCookieVerdict


def build_set_cookie(
    name: str,
    value: str,
    max_age: int | None = None,
    http_only: bool = True,
    secure: bool = True,
    same_site: str | None = "Lax",
) -> str:
    """
    Build the value of a Set-Cookie field.

    Args:
        name: a token.
        value: cookie-octets, in double quotes or not; it is not encoded.
        max_age: seconds to live; None lives as long as the browser's session.
        http_only: keep the cookie from scripts.
        secure: keep it from plain HTTP.
        same_site: "Strict", "Lax" or "None"; None leaves the attribute out.

    Raises:
        FieldSyntaxError: the grammar forbids the name, the value or an attribute.

    Source: RFC 6265bis section 4.1.1.

    >>> build_set_cookie("session", "xyz789", max_age=3600)
    'session=xyz789; Max-Age=3600; HttpOnly; Secure; SameSite=Lax'
    """
    return _set_cookie_line(
        name,
        value,
        max_age=max_age,
        http_only=http_only,
        secure=secure,
        same_site=same_site,
    )


def compose_set_cookie(
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    expires: float | None = None,
    domain: str | None = None,
    path: str | None = None,
    http_only: bool = True,
    secure: bool = True,
    same_site: str | None = "Lax",
    partitioned: bool = False,
    extensions: Sequence[str] = (),
    url: str | None = None,
    now: float = 0.0,
    public_suffixes: PublicSuffixes | None = None,
    explain: bool = False,
) -> BuiltSetCookie:
    """
    Build a Set-Cookie field and say whether browsers would keep the cookie.

    Args:
        name: a token.
        value: cookie-octets, in double quotes or not; it is not encoded.
        max_age: seconds to live.
        expires: seconds since 1970.
        domain: a host name without leading dot; U-labels become A-labels.
        path: usually begins with "/".
        http_only: keep the cookie from scripts.
        secure: keep it from plain HTTP.
        same_site: "Strict", "Lax" or "None" in any case; None leaves the attribute out.
        partitioned: keep one copy for each top-level site.
        extensions: further attributes as written, such as "Priority=High".
        url: where the line will be sent from; without it, any site that suits the line.
        now: seconds since 1970; says whether `expires` has passed.
        public_suffixes: the list in force; by default the one installed.
        explain: list the rules that browsers apply in `steps`.

    Raises:
        FieldSyntaxError: the grammar forbids the name, the value or an attribute.
        PolicyError: attributes that exclude each other.

    Source: RFC 6265bis sections 4.1 and 5.7.

    >>> built = compose_set_cookie("sid", "1", same_site="None", secure=False)
    >>> built.set_cookie, built.ok, built.reference
    ('sid=1; HttpOnly; SameSite=None', False, 'RFC 6265bis section 5.7 step 19')
    """
    from httpheaders.cookie_acceptance import judge_set_cookie  # late: readers do not need it

    line = _set_cookie_line(
        name,
        value,
        max_age=max_age,
        expires=expires,
        domain=domain,
        path=path,
        http_only=http_only,
        secure=secure,
        same_site=same_site,
        partitioned=partitioned,
        extensions=extensions,
    )
    verdict = judge_set_cookie(
        line, url=url, now=now, public_suffixes=public_suffixes, explain=explain
    )
    return BuiltSetCookie(
        verdict.kept,
        verdict.reason,
        verdict.reference,
        verdict.problems,
        verdict.steps,
        line,
        verdict,
    )


def delete_cookie(
    name: str,
    *,
    domain: str | None = None,
    path: str | None = None,
    http_only: bool = True,
    secure: bool = True,
    same_site: str | None = "Lax",
    partitioned: bool = False,
    url: str | None = None,
    now: float = 1.0,
    public_suffixes: PublicSuffixes | None = None,
    explain: bool = False,
) -> BuiltSetCookie:
    """
    Build the Set-Cookie that removes a cookie; domain and path must be those it was set with.

    Source: RFC 6265bis section 3.1.

    >>> delete_cookie("sid", path="/").set_cookie.partition("; HttpOnly")[0]
    'sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'
    """
    built = compose_set_cookie(
        name,
        "",
        max_age=0,
        expires=0,
        domain=domain,
        path=path,
        http_only=http_only,
        secure=secure,
        same_site=same_site,
        partitioned=partitioned,
        url=url,
        now=now,
        public_suffixes=public_suffixes,
        explain=explain,
    )
    return built._replace(ok=built.verdict.deletes)


def _set_cookie_line(
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    expires: float | None = None,
    domain: str | None = None,
    path: str | None = None,
    http_only: bool = True,
    secure: bool = True,
    same_site: str | None = "Lax",
    partitioned: bool = False,
    extensions: Sequence[str] = (),
) -> str:
    # The order is fixed, so that the same arguments give the same octets.
    parts = [
        _checked_pair(name, value, "Set-Cookie"),
        None if max_age is None else f"Max-Age={_checked_max_age(max_age)}",
        None if expires is None else f"Expires={_checked_expires(expires)}",
        None if domain is None else f"Domain={_checked_domain(domain)}",
        None if path is None else f"Path={_checked_path(path)}",
        "HttpOnly" if http_only else None,
        "Secure" if secure else None,
        None if same_site is None else f"SameSite={_checked_same_site(same_site)}",
        "Partitioned" if partitioned else None,
        *_checked_extensions(extensions),
    ]
    return "; ".join(part for part in parts if part is not None)


def _refused(message: str) -> FieldSyntaxError:
    return FieldSyntaxError(message, field="Set-Cookie", reference=_GRAMMAR)


def _checked_max_age(max_age: object) -> int:
    # max-age-av = "Max-Age" BWS "=" BWS 1*DIGIT
    if isinstance(max_age, bool) or not isinstance(max_age, int):
        raise _refused("Max-Age is not a whole number of seconds")
    if not 0 <= max_age <= _LARGEST_MAX_AGE:
        raise _refused("Max-Age is outside 0 to 2**63-1: write 0 to delete the cookie")
    return max_age


def _checked_expires(expires: object) -> str:
    if isinstance(expires, bool) or not isinstance(expires, (int, float)) or expires != expires:
        raise _refused("Expires is not a time in seconds since 1970")
    from httpheaders.syntax.dates import format_http_date

    return format_http_date(expires)


def _checked_domain(domain: str) -> str:
    ascii_domain = domain if _text(domain, "Domain").isascii() else _a_labels(domain)
    if len(ascii_domain) > 253 or not _subdomain.fullmatch(ascii_domain):
        bare = domain.strip(".")
        hint = f": write '{bare}'" if bare != domain and _subdomain.fullmatch(bare) else ""
        raise _refused(f"Domain is not a host name of letters, digits, hyphens, inner dots{hint}")
    return ascii_domain


def _a_labels(domain: str) -> str:
    from httpheaders.cookie_domains import canonical_host

    return canonical_host(domain)


def _checked_path(path: str) -> str:
    if not is_path_value(_text(path, "Path")):
        raise _refused("Path holds a semicolon, a control character or a character outside ASCII")
    return path


def _checked_same_site(same_site: str) -> str:
    known = _SAME_SITE_VALUES.get(_text(same_site, "SameSite").lower())
    if known is None:
        raise _refused("SameSite is none of Strict, Lax, None")
    return known


def _checked_extensions(extensions: Sequence[str]) -> Sequence[str]:
    names: set[str] = set(_BUILT_ATTRIBUTES)
    for extension in extensions:
        if not _text(extension, "an attribute").strip(" \t="):
            raise _refused("an attribute is empty")
        if _av_octets.fullmatch(extension) is None or extension != extension.strip():
            raise _refused("an attribute holds a semicolon, a control character or outer blanks")
        name = extension.partition("=")[0].strip().lower()
        if name in names:
            raise PolicyError(f"the attribute '{name}' is given twice", reference=_GRAMMAR)
        names.add(name)
    return extensions
