"""
Products and comments, as User-Agent, Server and Via write them.

Source: RFC 9110 sections 5.6.5, 7.6.3, 10.1.5 and 10.2.4.
"""

from __future__ import annotations

import re

from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS_CHARACTERS, TOKEN
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["Product", "parse_products", "read_comment", "split_outside_comments"]

# product = token [ "/" product-version ]                               RFC 9110 section 10.1.5
_product = lazy_pattern(rf"({TOKEN})(?:/({TOKEN}))?(?![^ \t(])")
_word = lazy_pattern(r"[^ \t(]++|\(")
_blanks = lazy_pattern(r"[ \t]*+")
_comment_mark = lazy_pattern(r"\\.|[()]", re.DOTALL)
_list_mark = lazy_pattern(r"\\.|[(),]", re.DOTALL)
_quoted_pair = lazy_pattern(r"\\(.)", re.DOTALL)


class Product(NamedTuple):
    """A product with the comments behind it; `name` is None for comments that stand first."""

    name: str | None
    version: str | None
    comments: tuple[str, ...]


def parse_products(value: str) -> tuple[list[Product], list[str]]:
    """
    Read products and their comments.

    Returns:
        The products in order, and what was wrong; words that are no product are left out.

    Source: RFC 9110 sections 10.1.5 and 10.2.4.

    >>> parse_products("curl/8.5.0 (a (b))")[0]
    [Product(name='curl', version='8.5.0', comments=('a (b)',))]
    """
    found: list[tuple[str | None, str | None, list[str]]] = []
    flaws: list[str] = []
    position = _after_blanks(value, 0)
    while position < len(value):
        if value[position] == "(":
            comment, position = read_comment(value, position)
            if comment is None:
                comment, position = value[position + 1 :], len(value)
                flaws.append("a comment is not closed")
            if not found:
                found.append((None, None, []))
            found[-1][2].append(comment)
        elif match := _product.match(value, position):
            found.append((match[1], match[2], []))
            position = match.end()
        else:
            match = _word.match(value, position)
            assert match is not None  # neither a blank nor the end
            flaws.append(f"'{match.group()[:40]}' is no product/version")
            position = match.end()
        position = _after_blanks(value, position)
    return [Product(name, version, tuple(comments)) for name, version, comments in found], flaws


def _after_blanks(value: str, position: int) -> int:
    match = _blanks.match(value, position)
    assert match is not None  # the pattern matches the empty string too
    return match.end()


def read_comment(value: str, position: int) -> tuple[str | None, int]:
    r"""
    Read a comment that begins at this parenthesis; comments nest.

    Returns:
        The text without its parentheses and backslashes, and the offset behind it; None and the
        offset given where it is not closed.

    Source: RFC 9110 section 5.6.5.

    >>> read_comment(r"(a (b) \) c) d", 0)
    ('a (b) ) c', 12)
    """
    depth = 0
    for match in _comment_mark.finditer(value, position):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return _quoted_pair.sub(r"\1", value[position + 1 : match.start()]), match.end()
    return None, position


def split_outside_comments(value: str) -> list[str]:
    """
    Split a list at its commas, but not inside parentheses; empty members are left out.

    >>> split_outside_comments("1.1 a (x, y), 1.0 b")
    ['1.1 a (x, y)', '1.0 b']
    """
    members = []
    start = depth = 0
    for match in _list_mark.finditer(value):
        mark = match.group()
        depth = max(0, depth + {"(": 1, ")": -1}.get(mark, 0))
        if mark == "," and depth == 0:
            members.append(value[start : match.start()])
            start = match.end()
    members.append(value[start:])
    return [text for member in members if (text := member.strip(OWS_CHARACTERS))]
