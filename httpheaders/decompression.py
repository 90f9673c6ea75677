"""
Taking the codings off a response's content, and what that does to its headers.

Source: RFC 9110 section 8.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from httpheaders.answer import Problem, Step
from httpheaders.coded_fields import changed_content, content_codings, with_length
from httpheaders.coding_engines import detect_coding
from httpheaders.content_codings import Decompressor, shown_octets
from httpheaders.errors import InputError
from httpheaders.messages.message import Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import canonical_coding

__all__ = ["Decompression", "decompress_message"]

# More codings than this on one content are an attack, or a mistake.
_MOST_CODINGS = 5


class Decompression(NamedTuple):
    """
    A response with its content as it was before it was coded.

    Attributes:
        codings: the codings that were taken off, the outermost first.
        response: status, fields and content now.
        original_size, size: octets of content before and after; None where there is none.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    codings: tuple[str, ...]
    response: Response
    original_size: int | None
    size: int | None


def decompress_message(
    response: Response, *, coding: str | None = None, max_size: int | None = None
) -> Decompression:
    """
    Give a response with its content as it was before it was coded.

    Args:
        response: with its body.
        coding: the coding, where Content-Encoding does not tell; else that field says, or the
            first octets of the content do.
        max_size: octets of content after which to refuse; None for no bound.

    Raises:
        InputError: damaged, truncated, too large, or more codings than anyone means.
        PolicyError: a coding that cannot be read here.

    Source: RFC 9110 section 8.4.

    >>> from httpheaders.content_codings import compress
    >>> from httpheaders.messages.headers import Headers
    >>> coded = Response(200, Headers([("Content-Encoding", "gzip")]), compress(b"abc"))
    >>> decompress_message(coded).response.body
    b'abc'
    """
    body = response.body
    codings = [coding] if coding else content_codings(response.headers)
    if not codings and body:
        codings = [found] if (found := detect_coding(body[:4])) else []
    if not codings or body is None:
        reason = "the content is not coded" if body is not None else "there is no content"
        size = None if body is None else len(body)
        return Decompression(True, reason, "RFC 9110 section 8.4", (), (), (), response, size, size)
    if len(codings) > _MOST_CODINGS:
        raise InputError(f"more than {_MOST_CODINGS} codings on one content")
    return _decompressed(response, body, codings[::-1], max_size)


def _decompressed(
    response: Response, body: bytes, codings: Sequence[str], max_size: int | None
) -> Decompression:
    content = body
    problems: list[Problem] = []
    for name in codings:
        stream = Decompressor(name, max_size=max_size)
        content = b"".join(stream.decompress(content))
        stream.finish()
        problems.extend(stream.problems)
    headers, changes = changed_content(response.headers.without("content-encoding"))
    shown = ", ".join(canonical_coding(name) for name in codings)
    return Decompression(
        True,
        f"{shown} taken off: {shown_octets(len(body))} became {len(content)}",
        "RFC 9110 section 8.4",
        (*problems, *changes),
        (),
        tuple(canonical_coding(name) for name in codings),
        response._replace(headers=with_length(headers, len(content)), body=content),
        len(body),
        len(content),
    )
