"""
What a content coding, put on or taken off, does to the header fields.

Source: RFC 9110 sections 8.4, 8.8.3.3 and 14.3, RFC 9112 section 6.2, RFC 9530.
"""

from __future__ import annotations

from httpheaders.answer import Problem
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Headers
from httpheaders.syntax.field_values import canonical_coding, split_list

__all__ = ["LOST_WITH_THE_OCTETS", "changed_content", "content_codings", "with_length"]

# What is no longer true of a content once a coding is put on or taken off.
LOST_WITH_THE_OCTETS = {
    "accept-ranges": (
        "Accept-Ranges is taken out: ranges would count the octets as they are now",
        "RFC 9110 section 14.3",
    ),
    "content-md5": ("Content-MD5 is taken out: it is of the octets as they were", "RFC 1864"),
    "digest": ("Digest is taken out: it is of the octets as they were", "RFC 3230 section 4.3.2"),
    "content-digest": (
        "Content-Digest is taken out: it is of the octets as they were",
        "RFC 9530 section 2",
    ),
    "repr-digest": (
        "Repr-Digest is taken out: it is of the octets as they were",
        "RFC 9530 section 3",
    ),
}


def content_codings(headers: Headers) -> list[str]:
    """
    Give the codings that were applied, in the order in which they were.

    Source: RFC 9110 section 8.4.

    >>> content_codings(Headers([("Content-Encoding", "identity, X-GZip")]))
    ['gzip']
    """
    value = headers.joined("content-encoding")
    if value is None:
        return []
    # "identity" has no place in Content-Encoding (section 8.4), but it is sent, and says nothing.
    return [
        name for member in split_list(value) if (name := canonical_coding(member)) != "identity"
    ]


def changed_content(headers: Headers) -> tuple[Headers, tuple[Problem, ...]]:
    """
    Give the fields that are still true when a coding was put on or taken off, and what went.

    Source: RFC 9110 sections 8.8.3.3 and 14.3, RFC 9530.

    >>> changed_content(Headers([("ETag", '"a"'), ("Content-Length", "5")]))[0].pairs
    [('ETag', 'W/"a"')]
    """
    lost = [name for name in LOST_WITH_THE_OCTETS if name in headers]
    changes = tuple(
        Problem(f"response.headers.{name}", *LOST_WITH_THE_OCTETS[name]) for name in lost
    )
    headers = headers.without("content-length", *lost)
    value = headers.get("etag")
    if value is None:
        return headers, changes
    from httpheaders.syntax.entity_tags import parse_entity_tag

    try:
        tag = parse_entity_tag(value.strip(" \t"))
    except FieldSyntaxError as error:
        flaw = Problem("response.headers.etag", error.message, error.reference)
        return headers, (*changes, flaw)
    # "a strong entity tag for a content-encoded representation has to be distinct": 8.8.3.3
    return headers.replaced("ETag", str(tag._replace(weak=True))), changes


def with_length(headers: Headers, size: int) -> Headers:
    """
    Add the Content-Length of a whole content, where it may stand.

    Source: RFC 9112 section 6.2.

    >>> with_length(Headers(), 5).pairs
    [('Content-Length', '5')]
    """
    # "A sender MUST NOT send a Content-Length header field in any message that contains a
    # Transfer-Encoding header field": RFC 9112 section 6.2.
    if "transfer-encoding" in headers:
        return headers
    return headers.added("Content-Length", str(size))
