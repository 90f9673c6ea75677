"""
Build a Set-Cookie field that holds, and say whether browsers would keep the cookie.

What the grammar of servers forbids is refused, so that no argument can begin another attribute or
header field; what browsers would drop is built and told. Whether a browser keeps a line is decided
in one place, `cookie_acceptance`.

Source: RFC 6265bis sections 4.1 and 5.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from httpheaders.answer import Problem, Step
from httpheaders.cookies import checked_cookie_pair
from httpheaders.errors import FieldSyntaxError, PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from httpheaders.cookie_acceptance import SetCookieVerdict
    from httpheaders.public_suffixes import PublicSuffixes

__all__ = [
    "BuiltSetCookie",
    "CookieAttributes",
    "build_set_cookie",
    "compose_set_cookie",
    "delete_cookie",
    "is_path_value",
]

# av-octet = %x20-3A / %x3C-7E                                      RFC 6265bis section 4.1.1
_av_octets = lazy_pattern(r"[\x20-\x3a\x3c-\x7e]*+")
# subdomain of RFC 1034 section 3.5, digits first allowed by RFC 1123 section 2.1
_label = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_subdomain = lazy_pattern(rf"{_label}(?:\.{_label})*")

_GRAMMAR = "RFC 6265bis section 4.1.1"
_SAME_SITE_VALUES = {"strict": "Strict", "lax": "Lax", "none": "None"}
_BUILT_ATTRIBUTES = frozenset(
    {"max-age", "expires", "domain", "path", "httponly", "secure", "samesite", "partitioned"}
)
# Larger numbers than a signed 64-bit integer are not read back by everyone.
_LARGEST_MAX_AGE = 2**63 - 1


class CookieAttributes(NamedTuple):
    """
    What a Set-Cookie field says of its cookie; as it stands, the safe way to set one.

    Attributes:
        max_age: seconds to live; None lives as long as the browser's session.
        expires: seconds since 1970.
        domain: a host name without leading dot; U-labels become A-labels.
        path: usually begins with "/".
        http_only: keep the cookie from scripts.
        secure: keep it from plain HTTP.
        same_site: "Strict", "Lax" or "None" in any case; None leaves the attribute out.
        partitioned: keep one copy for each top-level site.
        extensions: further attributes as written, such as "Priority=High".

    Source: RFC 6265bis section 4.1.2.
    """

    max_age: int | None = None
    expires: float | None = None
    domain: str | None = None
    path: str | None = None
    http_only: bool = True
    secure: bool = True
    same_site: str | None = "Lax"
    partitioned: bool = False
    extensions: Sequence[str] = ()


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


def compose_set_cookie(
    name: str,
    value: str,
    attributes: CookieAttributes = CookieAttributes(),  # noqa: B008  (immutable)
    *,
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
        attributes: what the field says of the cookie.
        url: where the line will be sent from; without it, any site that suits the line.
        now: seconds since 1970; says whether `expires` has passed.
        public_suffixes: the list in force; by default the one installed.
        explain: list the rules that browsers apply in `steps`.

    Raises:
        FieldSyntaxError: the grammar forbids the name, the value or an attribute.
        PolicyError: an attribute is given twice.

    Source: RFC 6265bis sections 4.1 and 5.7.

    >>> built = compose_set_cookie("sid", "1", CookieAttributes(same_site="None", secure=False))
    >>> built.set_cookie, built.ok, built.reference
    ('sid=1; HttpOnly; SameSite=None', False, 'RFC 6265bis section 5.7 step 19')
    """
    from httpheaders.cookie_acceptance import judge_set_cookie  # late: the plain door needs it not

    line = _set_cookie_line(name, value, attributes)
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
    attributes: CookieAttributes = CookieAttributes(),  # noqa: B008  (immutable)
    *,
    url: str | None = None,
    now: float = 1.0,
    public_suffixes: PublicSuffixes | None = None,
    explain: bool = False,
) -> BuiltSetCookie:
    """
    Build the Set-Cookie that removes a cookie; domain and path must be those it was set with.

    The other arguments are those of `compose_set_cookie`; the attributes' times do not count.

    Source: RFC 6265bis section 3.1.

    >>> delete_cookie("sid", CookieAttributes(path="/")).set_cookie.partition("; HttpOnly")[0]
    'sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'
    """
    built = compose_set_cookie(
        name,
        "",
        attributes._replace(max_age=0, expires=0),
        url=url,
        now=now,
        public_suffixes=public_suffixes,
        explain=explain,
    )
    return built._replace(ok=built.verdict.deletes)


def is_path_value(path: str) -> bool:
    """
    Say whether a server may send the text as the value of a Path attribute.

    Source: RFC 6265bis section 4.1.1.
    """
    return _av_octets.fullmatch(path) is not None


def _set_cookie_line(name: str, value: str, attributes: CookieAttributes) -> str:
    max_age, expires, domain, path, http_only, secure, same_site, partitioned, others = attributes
    # The order is fixed, so that the same arguments give the same octets.
    parts = [
        checked_cookie_pair(name, value, "Set-Cookie"),
        None if max_age is None else f"Max-Age={_checked_max_age(max_age)}",
        None if expires is None else f"Expires={_checked_expires(expires)}",
        None if domain is None else f"Domain={_checked_domain(domain)}",
        None if path is None else f"Path={_checked_path(path)}",
        "HttpOnly" if http_only else None,
        "Secure" if secure else None,
        None if same_site is None else f"SameSite={_checked_same_site(same_site)}",
        "Partitioned" if partitioned else None,
        *_checked_extensions(others),
    ]
    return "; ".join(part for part in parts if part is not None)


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


def _text(value: object, what: str) -> str:
    # Scripts call without a type checker; a number here must not end as an AttributeError.
    if not isinstance(value, str):
        raise _refused(f"{what} is not text")
    return value


def _refused(message: str) -> FieldSyntaxError:
    return FieldSyntaxError(message, field="Set-Cookie", reference=_GRAMMAR)


# --- the plain door ---------------------------------------------------------------------------


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
    attributes = CookieAttributes(
        max_age=max_age, http_only=http_only, secure=secure, same_site=same_site
    )
    return _set_cookie_line(name, value, attributes)
