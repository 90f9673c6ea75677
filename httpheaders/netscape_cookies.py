"""
The Netscape cookie file, as curl, wget and browser exports write and read it.

One cookie a line, seven fields between tabs; "#HttpOnly_" before the domain marks HttpOnly. The
file has no place for SameSite, Partitioned or the time of creation: what is read back has SameSite
by default, and the order of the lines for its order.

Source: curl's documentation, "The Netscape cookie file format".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from httpheaders.answer import Problem
from httpheaders.cookie_acceptance import UNKNOWN_TIME, StoredCookie
from httpheaders.cookie_domains import canonical_host
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Latin1Text, join_field_text
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["CookieFile", "format_cookie_file", "parse_cookie_file"]

_HEADING = "# Netscape HTTP Cookie File"
_HTTP_ONLY = "#HttpOnly_"
_REFERENCE = "Netscape cookie file"
_FLAGS = {"TRUE": True, "FALSE": False}
_expiry = lazy_pattern(r"-?[0-9]{1,18}", re.ASCII)
# What a line or a field cannot hold without becoming another one.
_unwritable = lazy_pattern(r"[\x00-\x1f\x7f]")


class CookieFile(NamedTuple):
    """The cookies of a file in order, and the lines that were none."""

    cookies: tuple[StoredCookie, ...]
    problems: tuple[Problem, ...]


def parse_cookie_file(text: str, *, now: float) -> CookieFile:
    r"""
    Read a cookie file; a malformed line costs only itself.

    Args:
        text: the whole file.
        now: seconds since 1970; it becomes the time of last access. The time of creation, which
            the file does not tell, is before all others.

    >>> line = "#HttpOnly_.example.com\tTRUE\t/\tTRUE\t0\tsid\t1\n"
    >>> cookie = parse_cookie_file(line, now=0).cookies[0]
    >>> cookie.domain, cookie.host_only, cookie.http_only, cookie.persistent
    ('example.com', False, True, False)
    """
    cookies: list[StoredCookie] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip() or (line.startswith("#") and not line.startswith(_HTTP_ONLY)):
            continue
        try:
            cookie = _parse_line(line, now)
        except FieldSyntaxError as error:
            problems.append(Problem(f"line {number}", error.message, _REFERENCE))
            continue
        if isinstance(text, Latin1Text):
            # Taking text apart forgets which octets it stood for.
            cookie = cookie._replace(name=Latin1Text(cookie.name), value=Latin1Text(cookie.value))
        cookies.append(cookie)
    return CookieFile(tuple(cookies), tuple(problems))


def _parse_line(line: str, now: float) -> StoredCookie:
    fields = line.removeprefix(_HTTP_ONLY).split("\t")
    if len(fields) == 6:
        # curl leaves the tab out where the value is empty.
        fields.append("")
    if len(fields) != 7:
        raise _malformed(f"expected 7 fields between tabs, not {len(fields)}")
    domain, subdomains, path, secure, expires, name, value = fields
    if subdomains not in _FLAGS or secure not in _FLAGS:
        raise _malformed("expected TRUE or FALSE in the second and fourth field")
    if _expiry.fullmatch(expires) is None:
        raise _malformed("expected seconds since 1970 in the fifth field, 0 for a session")
    if _unwritable.search(f"{path}{name}{value}"):
        raise _malformed("a control character")
    return StoredCookie(
        name=name,
        value=value,
        domain=canonical_host(domain.removeprefix(".")),
        path=path if path.startswith("/") else "/",
        host_only=not _FLAGS[subdomains],
        secure=_FLAGS[secure],
        http_only=line.startswith(_HTTP_ONLY),
        same_site="Default",
        partitioned=False,
        expiry_time=int(expires) or None,
        creation_time=UNKNOWN_TIME,
        last_access_time=now,
    )


def _malformed(message: str) -> FieldSyntaxError:
    return FieldSyntaxError(message, reference=_REFERENCE)


def format_cookie_file(cookies: Iterable[StoredCookie]) -> tuple[str, tuple[Problem, ...]]:
    r"""
    Write cookies as a cookie file.

    Returns:
        The text, and what it could not hold: a tab inside a cookie would begin another field, a
        line feed another line.

    >>> text, problems = format_cookie_file([])
    >>> text
    '# Netscape HTTP Cookie File\n'
    """
    lines = [_HEADING]
    problems: list[Problem] = []
    for cookie in cookies:
        found = _unwritable.search(f"{cookie.path}{cookie.name}{cookie.value}")
        if found is not None:
            message = f"left out of the file: it holds {_why_unwritable(found[0])}"
            problems.append(Problem(f"cookie[{cookie.name}]", message, _REFERENCE))
        else:
            lines.append(_format_line(cookie))
    return join_field_text("\n", [*lines, ""]), tuple(problems)


def _why_unwritable(character: str) -> str:
    if character == "\t":
        return "a tab, which there divides fields"
    return f"the control character 0x{ord(character):02X}, for which it has no place"


def _format_line(cookie: StoredCookie) -> str:
    http_only = _HTTP_ONLY if cookie.http_only else ""
    domain = cookie.domain if cookie.host_only else f".{cookie.domain}"
    # A date before 1970 must not turn into 0, which means a session.
    expires = 0 if cookie.expiry_time is None else int(cookie.expiry_time) or 1
    fields = (
        f"{http_only}{domain}",
        "FALSE" if cookie.host_only else "TRUE",
        cookie.path,
        "TRUE" if cookie.secure else "FALSE",
        str(expires),
        cookie.name,
        cookie.value,
    )
    return join_field_text("\t", fields)
