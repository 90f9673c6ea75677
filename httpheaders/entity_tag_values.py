"""
Entity tags: making them from content, and reading them as servers and clients really send them.

Source: RFC 9110 sections 8.8.1 and 8.8.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from httpheaders.errors import FieldSyntaxError, InputError, PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.syntax.entity_tags import EntityTag, parse_entity_tag
from httpheaders.syntax.grammar import OWS_CHARACTERS, is_field_value

__all__ = [
    "ALGORITHMS",
    "canonical_json",
    "entity_tag_of",
    "matches_strongly",
    "matches_weakly",
    "read_entity_tag",
]

ALGORITHMS = ("sha256", "blake2b", "sha1", "md5")
# 256 bits say enough; the full 512 would only make the field longer.
_BLAKE2B_OCTETS = 32


def entity_tag_of(
    content: bytes | Iterable[bytes], *, algorithm: str = "sha256", weak: bool = False
) -> EntityTag:
    """
    Make the entity tag of content by hashing it; an iterable is read once, piece by piece.

    Args:
        content: octets, or an iterable of pieces of them.
        algorithm: one of ALGORITHMS.
        weak: mark the tag as weak.

    Raises:
        PolicyError: the algorithm is not known.

    Source: RFC 9110 section 8.8.3.1.

    >>> str(entity_tag_of(b"hello", algorithm="md5", weak=True))
    'W/"5d41402abc4b2a76b9719d911017c592"'
    """
    digest = _new_hash(algorithm)
    for piece in (content,) if isinstance(content, bytes | bytearray | memoryview) else content:
        digest.update(piece)
    return EntityTag(digest.hexdigest(), weak)


def _new_hash(algorithm: str) -> Any:
    import hashlib

    if algorithm not in ALGORITHMS:
        raise PolicyError(
            f"unknown algorithm '{algorithm[:20]}': expected one of {', '.join(ALGORITHMS)}"
        )
    if algorithm == "blake2b":
        return hashlib.blake2b(digest_size=_BLAKE2B_OCTETS)
    return hashlib.new(algorithm, usedforsecurity=False)


def canonical_json(value: object) -> str:
    """
    Write a JSON value so that equal values give equal text: keys sorted, ASCII.

    Raises:
        InputError: the value is none that JSON has.

    >>> canonical_json({"b": 1, "a": [True, None]})
    '{"a": [true, null], "b": 1}'
    """
    import json

    try:
        return json.dumps(value, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"the data cannot be written as JSON: {error}") from None


def read_entity_tag(headers: Headers) -> tuple[EntityTag | None, str | None]:
    """
    Read the ETag of a response, an unquoted one too.

    Returns:
        The tag or None, and what is wrong with the field or None.

    Source: RFC 9110 section 8.8.3.

    >>> read_entity_tag(Headers([("ETag", "v7")]))
    (EntityTag(opaque='v7', weak=False), 'an entity tag stands in double quotes')
    """
    value = headers.get("ETag")
    if value is None:
        return None, None
    text = value.strip(OWS_CHARACTERS)
    try:
        return parse_entity_tag(text), None
    except FieldSyntaxError as error:
        return _unquoted(text), error.message


def _unquoted(text: str) -> EntityTag | None:
    weak = text[:2] in ("W/", "w/")
    opaque = text[2:] if weak else text
    if weak and len(opaque) > 1 and opaque[0] == opaque[-1] == '"':
        opaque = opaque[1:-1]  # w/"…"
    if not opaque or '"' in opaque or not is_field_value(opaque):
        return None
    return EntityTag(opaque, weak)


def matches_strongly(left: EntityTag, right: EntityTag) -> bool:
    """
    Compare with the strong comparison: neither is weak and the opaque parts agree.

    Source: RFC 9110 section 8.8.3.2.

    >>> matches_strongly(EntityTag("1"), EntityTag("1", weak=True))
    False
    """
    return not left.weak and not right.weak and left.opaque == right.opaque


def matches_weakly(left: EntityTag, right: EntityTag) -> bool:
    """
    Compare with the weak comparison: the opaque parts agree.

    Source: RFC 9110 section 8.8.3.2.

    >>> matches_weakly(EntityTag("1"), EntityTag("1", weak=True))
    True
    """
    return left.opaque == right.opaque
