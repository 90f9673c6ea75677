"""
Where a request holds its token: in Authorization, or in a cookie.

Source: RFC 6750 section 2.1, RFC 9110 section 11.4, RFC 6265bis section 5.8.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpheaders.answer import Problem
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.messages.message import Request

__all__ = ["TokenSource", "find_token"]


class TokenSource(NamedTuple):
    """A token and where it stood; the token is None where there was none."""

    token: str | None
    where: str
    problems: tuple[Problem, ...] = ()


def find_token(request: Request, *, cookie: str | None = None) -> TokenSource:
    """
    Take the token out of a request: from a cookie if one is named, else from Authorization.

    Args:
        request: the request.
        cookie: the cookie's name; the first of that name counts, as servers have it.

    Source: RFC 6750 section 2.1, RFC 9110 section 11.4, RFC 6265bis section 5.8.3.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Request
    >>> find_token(Request(headers=Headers([("Authorization", "bearer a.b")]))).token
    'a.b'
    """
    if cookie is not None:
        return _from_cookie(request, cookie)
    fields = request.headers.get_all("authorization")
    for field in fields[:1]:
        scheme, _, token = field.strip(" \t").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return TokenSource(token.strip(), "Authorization", _repeated(len(fields), "fields"))
    return TokenSource(None, "Authorization")


def _from_cookie(request: Request, name: str) -> TokenSource:
    from httpheaders.syntax.cookie_text import split_cookie_pairs

    value = "; ".join(request.headers.get_all("cookie"))
    tokens = [text for pair_name, text in split_cookie_pairs(value) if pair_name == name]
    if not tokens:
        return TokenSource(None, f"cookie {name}")
    token = tokens[0]
    if len(token) > 1 and token[0] == token[-1] == '"':  # as some servers set it
        token = token[1:-1]
    return TokenSource(token, f"cookie {name}", _repeated(len(tokens), "cookies of that name"))


def _repeated(count: int, what: str) -> tuple[Problem, ...]:
    if count < 2:
        return ()
    return (Problem("request", f"{count} {what}: the first counts", "RFC 6265bis section 5.8.3"),)
