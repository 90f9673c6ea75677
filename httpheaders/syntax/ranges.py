"""
Range and Content-Range.

Source: RFC 9110 sections 14.1, 14.2 and 14.4.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import TOKEN, parse_octet_count
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["ContentRange", "RangeSet", "parse_content_range", "parse_range"]

_INTEGER = "[0-9]++"
# ranges-specifier = range-unit "=" range-set                           RFC 9110 section 14.1.1
_specifier = lazy_pattern(rf"({TOKEN})=(.*)", re.DOTALL)
# int-range = first-pos "-" [ last-pos ]     suffix-range = "-" suffix-length
_range = lazy_pattern(rf"({_INTEGER})-({_INTEGER})?+|-({_INTEGER})", re.ASCII)
# other-range = 1*( %x21-2B / %x2D-7E )
_other_range = lazy_pattern(r"[\x21-\x2b\x2d-\x7e]++")
# Content-Range = range-unit SP ( range-resp / unsatisfied-range )      RFC 9110 section 14.4
_content_range = lazy_pattern(
    rf"({TOKEN}) (?:({_INTEGER})-({_INTEGER})/({_INTEGER}|\*)|\*/({_INTEGER}))", re.ASCII
)


class RangeSet(NamedTuple):
    """
    What a Range field asks for.

    Attributes:
        unit: in lower case.
        ranges: (first, last) in order; last None to the end, first None the last so many; or the
            text of a range that only another unit than bytes can have.
    """

    unit: str
    ranges: tuple[tuple[int | None, int | None] | str, ...]


class ContentRange(NamedTuple):
    """Which part this is; `first` and `last` are None when unsatisfied, `size` when unknown."""

    unit: str
    first: int | None
    last: int | None
    size: int | None


def parse_range(value: str) -> RangeSet:
    """
    Read a Range value; whether its ranges make sense is not judged.

    Raises:
        FieldSyntaxError: not a ranges-specifier.

    Source: RFC 9110 section 14.1.1.

    >>> parse_range("bytes=0-499, 500-, -5")
    RangeSet(unit='bytes', ranges=((0, 499), (500, None), (None, 5)))
    """
    match = _specifier.fullmatch(value)
    if match is None:
        raise FieldSyntaxError("expected unit=ranges", reference="RFC 9110 section 14.1.1")
    unit = match[1].lower()
    ranges = tuple([_one_range(text, unit) for text in split_list(match[2])])
    if not ranges:
        raise FieldSyntaxError("expected at least one range", reference="RFC 9110 section 14.1.1")
    return RangeSet(unit, ranges)


def _one_range(text: str, unit: str) -> tuple[int | None, int | None] | str:
    match = _range.fullmatch(text)
    if match is not None:
        first, last, suffix = match.groups()
        if suffix is not None:
            return None, _integer(suffix)
        return _integer(first), None if last is None else _integer(last)
    if unit != "bytes" and _other_range.fullmatch(text):
        return text
    raise FieldSyntaxError(
        f"range '{text[:40]}' is none of 0-499, 500-, -500", reference="RFC 9110 section 14.1.1"
    )


def parse_content_range(value: str) -> ContentRange:
    """
    Read a Content-Range value; whether its numbers make sense is not judged.

    Raises:
        FieldSyntaxError: not a content range.

    Source: RFC 9110 section 14.4.

    >>> parse_content_range("bytes 0-98/*")
    ContentRange(unit='bytes', first=0, last=98, size=None)
    """
    match = _content_range.fullmatch(value)
    if match is None:
        raise FieldSyntaxError(
            "expected 'bytes first-last/size' or 'bytes */size'",
            reference="RFC 9110 section 14.4",
        )
    unit, first, last, size, unsatisfied = match.groups()
    if unsatisfied is not None:
        return ContentRange(unit.lower(), None, None, _integer(unsatisfied))
    complete = None if size == "*" else _integer(size)
    return ContentRange(unit.lower(), _integer(first), _integer(last), complete)


def _integer(digits: str) -> int:
    return parse_octet_count(digits) or 0
