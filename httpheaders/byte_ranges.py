"""
Byte ranges: which octets a Range asks for, and how they are sent and put together.

Source: RFC 9110 sections 14.1.2, 14.2, 14.4, 14.6 and 15.3.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS_CHARACTERS
from httpheaders.syntax.ranges import ContentRange, RangeSet, parse_content_range, parse_range

__all__ = [
    "ByteRange",
    "RangeRequest",
    "choose_boundary",
    "coalesce",
    "content_range",
    "multipart",
    "multipart_length",
    "read_content_range",
    "requested_ranges",
]

# More than a sensible client ever asks for at once: RFC 9110 section 17.15.
_MOST_RANGES = 100


class ByteRange(NamedTuple):
    """Octets from `first` to `last`, both included, counted from zero."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many octets these are."""
        return self.last - self.first + 1


class RangeRequest(NamedTuple):
    """
    What a Range field comes to for a representation of known size.

    Attributes:
        outcome: "ranges", "ignored" (send it whole) or "unsatisfiable" (416).
        ranges: the satisfiable ones in the order asked for.
        reason: one clause.
        reference: the rule.
    """

    outcome: str
    ranges: tuple[ByteRange, ...]
    reason: str
    reference: str


def requested_ranges(value: str, size: int) -> RangeRequest:
    """
    Work out which octets a Range value asks for. Never raises.

    Args:
        value: the Range field.
        size: the length of the selected representation.

    Source: RFC 9110 sections 14.1.1, 14.1.2 and 14.2.

    >>> requested_ranges("bytes=0-4, -2", 10).ranges
    (ByteRange(first=0, last=4), ByteRange(first=8, last=9))
    """
    try:
        asked = parse_range(value.strip(OWS_CHARACTERS))
    except FieldSyntaxError as error:
        return _ignored(f"the Range is invalid: {error.message}", "RFC 9110 section 14.1.1")
    return _ignored_or_none(asked, size) or _satisfied(asked, size)


def _ignored_or_none(asked: RangeSet, size: int) -> RangeRequest | None:
    if asked.unit != "bytes":
        return _ignored(f"the range unit '{asked.unit}' is not known", "RFC 9110 section 14.2")
    if len(asked.ranges) > _MOST_RANGES:
        return _ignored(f"more than {_MOST_RANGES} ranges are too many", "RFC 9110 section 17.15")
    if any(map(_is_reversed, asked.ranges)):
        # "invalid if it contains any range-spec that is invalid"
        return _ignored("a range ends before it begins", "RFC 9110 section 14.1.1")
    if size == 0:
        # A range of nothing cannot be written in Content-Range; the section lets us ignore it.
        return _ignored("the representation has no content", "RFC 9110 section 14.2")
    return None


def _ignored(reason: str, reference: str) -> RangeRequest:
    return RangeRequest("ignored", (), reason, reference)


def _is_reversed(asked: object) -> bool:
    if not isinstance(asked, tuple):
        return True
    first, last = asked
    return first is not None and last is not None and last < first


def _satisfied(asked: RangeSet, size: int) -> RangeRequest:
    resolved = (_resolved(one, size) for one in asked.ranges if not isinstance(one, str))
    ranges = tuple(one for one in resolved if one is not None)
    if not ranges:
        return RangeRequest(
            "unsatisfiable", (), f"none of the ranges lies within the {size} octets there are",
            "RFC 9110 section 14.1.2",
        )  # fmt: skip
    return RangeRequest("ranges", ranges, "the ranges can be sent", "RFC 9110 section 14.2")


def _resolved(asked: tuple[int | None, int | None], size: int) -> ByteRange | None:
    first, last = asked
    if first is None:
        return ByteRange(max(0, size - last), size - 1) if last else None
    if first >= size:
        return None
    return ByteRange(first, size - 1 if last is None else min(last, size - 1))


def coalesce(ranges: Iterable[ByteRange], *, gap: int = 0) -> tuple[ByteRange, ...]:
    """
    Join ranges that overlap, touch, or lie no more than `gap` octets apart.

    A joined range stands where the first of its parts stood.

    Source: RFC 9110 section 15.3.7.2.

    >>> coalesce([ByteRange(90, 99), ByteRange(0, 4), ByteRange(5, 75)])
    (ByteRange(first=90, last=99), ByteRange(first=0, last=75))
    """
    joined: list[tuple[int, ByteRange]] = []
    for place, (first, last) in sorted(enumerate(ranges), key=lambda placed: placed[1]):
        if joined and first <= joined[-1][1].last + 1 + gap:
            earlier_place, earlier = joined[-1]
            joined[-1] = (
                min(place, earlier_place),
                ByteRange(earlier.first, max(last, earlier.last)),
            )
        else:
            joined.append((place, ByteRange(first, last)))
    return tuple(one for _, one in sorted(joined))


def content_range(part: ByteRange | None, size: int | None) -> str:
    """
    Write a Content-Range value; `part` None says that no range could be satisfied.

    Source: RFC 9110 section 14.4.

    >>> content_range(ByteRange(0, 4), 10), content_range(None, 10)
    ('bytes 0-4/10', 'bytes */10')
    """
    complete = "*" if size is None else str(size)
    return f"bytes */{complete}" if part is None else f"bytes {part.first}-{part.last}/{complete}"


def read_content_range(value: str | None) -> ContentRange | None:
    """
    Read a Content-Range of bytes whose numbers make sense; None for any other.

    Source: RFC 9110 section 14.4 ("invalid if … a last-pos value less than its first-pos value, or
    a complete-length value less than or equal to its last-pos value").

    >>> read_content_range("bytes 4-9/10"), read_content_range("bytes 9-4/10")
    (ContentRange(unit='bytes', first=4, last=9, size=10), None)
    """
    if value is None:
        return None
    try:
        read = parse_content_range(value.strip(OWS_CHARACTERS))
    except FieldSyntaxError:
        return None
    if read.unit != "bytes" or read.first is None or read.last is None:
        return None
    if read.last < read.first or (read.size is not None and read.size <= read.last):
        return None
    return read


# -- multipart/byteranges ------------------------------------------------------------------------


def choose_boundary(seed: str, content: bytes = b"") -> str:
    """
    Give a boundary that does not occur in the content; the same seed gives the same boundary.

    Args:
        seed: what tells this answer from others, such as the entity tag with the ranges.
        content: searched where it is at hand; a file too large for that is left to the odds.

    Source: RFC 9110 section 14.6, RFC 2046 section 5.1.1.
    """
    from hashlib import sha256

    boundary = sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    while boundary.encode() in content:
        boundary = sha256(boundary.encode()).hexdigest()[:24]
    return boundary


def multipart(
    parts: Iterable[tuple[ByteRange, bytes]],
    *,
    size: int,
    boundary: str,
    content_type: str | None = None,
) -> Iterator[bytes]:
    """
    Write a multipart/byteranges content, piece by piece.

    Args:
        parts: each range with its octets.
        size: the complete length of the representation.
        boundary: must occur in none of the parts.
        content_type: of the representation.

    Source: RFC 9110 sections 14.6 and 15.3.7.2.
    """
    for part, octets in parts:
        yield _part_head(part, size, boundary, content_type)
        yield octets
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def multipart_length(
    ranges: Iterable[ByteRange], *, size: int, boundary: str, content_type: str | None = None
) -> int:
    """Count the octets that `multipart` will write, without writing them."""
    heads = (
        len(_part_head(part, size, boundary, content_type)) + part.length + 2 for part in ranges
    )
    return sum(heads) + len(boundary) + 6


def _part_head(part: ByteRange, size: int, boundary: str, content_type: str | None) -> bytes:
    described = f"Content-Type: {content_type}\r\n" if content_type else ""
    placed = f"Content-Range: {content_range(part, size)}\r\n\r\n"
    return f"--{boundary}\r\n{described}{placed}".encode("utf-8", "surrogatepass")
