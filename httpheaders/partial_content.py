"""
Parts of a representation in a cache: slicing one, asking for the rest, putting two together.

Source: RFC 9111 sections 3.3 and 3.4, RFC 9110 section 15.3.7.3.
"""

from __future__ import annotations

from httpheaders.byte_ranges import ByteRange, content_range
from httpheaders.cache_policy import StoredResponse, stored_response
from httpheaders.cache_settings import SHARED_CACHE, CacheSettings
from httpheaders.cache_validation import updated_headers
from httpheaders.entity_tag_values import matches_strongly, read_entity_tag
from httpheaders.errors import FieldSyntaxError
from httpheaders.freshness import date_of
from httpheaders.messages.message import Request
from httpheaders.syntax.grammar import OWS_CHARACTERS
from httpheaders.syntax.ranges import parse_range

__all__ = ["combined", "holds_range", "request_for_rest", "slice_of_part"]


def holds_range(stored: StoredResponse, request: Request) -> bool:
    """
    Say whether a stored part holds all that a request asks for.

    Source: RFC 9111 section 3.3.
    """
    if request.method != "GET":
        return False
    # By what Content-Range says, whether or not the octets are at hand.
    bare = stored._replace(response=stored.response._replace(body=None))
    return slice_of_part(bare, request.headers.joined("Range") or "") is not None


def slice_of_part(stored: StoredResponse, value: str) -> tuple[ByteRange, bytes | None] | None:
    """
    Take what a Range asks for out of a stored part; None when the part does not hold it.

    The octets are None where the cache keeps none, as in a simulation.

    A position is counted from the beginning of the part and a suffix from its end, so that a
    Content-Range that is off by some octets does not shift what both sides agree on.

    Source: RFC 9111 section 3.3 ("the request is partial and specifies a range wholly within the
    incomplete response").
    """
    part, octets = stored.part, stored.response.body
    if part is None or part.first is None or part.last is None:
        return None
    try:
        asked = parse_range(value.strip(OWS_CHARACTERS))
    except FieldSyntaxError:
        return None
    if asked.unit != "bytes" or len(asked.ranges) != 1 or isinstance(asked.ranges[0], str):
        return None
    first, last = asked.ranges[0]
    if first is None:
        held = part.last - part.first + 1 if octets is None else len(octets)
        return _suffix(octets, held, last or 0, part.last, part.size)
    if last is None:
        last = part.last if part.size == part.last + 1 else None
    elif part.size is not None:
        last = min(last, part.size - 1)
    if last is None or not part.first <= first <= last <= part.last:
        return None
    if octets is None:
        return ByteRange(first, last), None
    sliced = octets[first - part.first : last - part.first + 1]
    return (ByteRange(first, first + len(sliced) - 1), sliced) if sliced else None


def _suffix(
    octets: bytes | None, held: int, count: int, last: int, size: int | None
) -> tuple[ByteRange, bytes | None] | None:
    if size is None or last != size - 1 or not 0 < min(count, size) <= held:
        return None
    count = min(count, size)
    return ByteRange(size - count, last), None if octets is None else octets[-count:]


def request_for_rest(stored: StoredResponse, request: Request) -> Request | None:
    """
    Ask for what is missing of a stored part, to answer a request for the whole.

    Source: RFC 9111 section 3.3 ("MAY complete a stored incomplete response by making a subsequent
    range request").
    """
    part = stored.part
    if request.method != "GET" or "Range" in request.headers or part is None:
        return None
    etag, _ = read_entity_tag(stored.response.headers)
    strong = etag is not None and not etag.weak
    if part.first == 0:
        missing = f"bytes={len(stored.response.body or b'')}-"
    elif strong and part.first is not None and part.size == (part.last or 0) + 1:
        missing = f"bytes=0-{part.first - 1}"
    else:
        return None
    headers = request.headers.without("If-None-Match", "If-Modified-Since")
    headers = headers.replaced("Range", missing)
    if strong:
        headers = headers.replaced("If-Range", str(etag))
    return request._replace(headers=headers)


def combined(
    older: StoredResponse, newer: StoredResponse, *, settings: CacheSettings = SHARED_CACHE
) -> StoredResponse | None:
    """
    Put two parts together; None when they may not be, or do not touch.

    Source: RFC 9111 section 3.4, RFC 9110 section 15.3.7.3.
    """
    if not (_is_sound(older) and _is_sound(newer) and _share_strong_validator(older, newer)):
        return None
    one, other = older.part, newer.part
    assert one is not None
    assert other is not None
    assert one.first is not None
    assert other.first is not None
    assert one.last is not None
    assert other.last is not None
    if one.size is not None and other.size is not None and one.size != other.size:
        return None
    if max(one.first, other.first) > min(one.last, other.last) + 1:
        return None
    union = ByteRange(min(one.first, other.first), max(one.last, other.last))
    octets = bytearray(union.length)
    for stored, first in ((older, one.first), (newer, other.first)):
        body = stored.response.body or b""
        octets[first - union.first : first - union.first + len(body)] = body
    return _joined(older, newer, union, one.size or other.size, bytes(octets), settings)


def _joined(
    older: StoredResponse,
    newer: StoredResponse,
    union: ByteRange,
    size: int | None,
    octets: bytes,
    settings: CacheSettings,
) -> StoredResponse:
    headers = updated_headers(
        older.response.headers, newer.response.headers, settings=settings, partial=True
    )
    whole = union.first == 0 and size == union.last + 1
    if whole:
        headers = headers.without("Content-Range")
    else:
        headers = headers.replaced("Content-Range", content_range(union, size))
    headers = headers.replaced("Content-Length", str(len(octets)))
    response = newer.response._replace(status=200 if whole else 206, headers=headers, body=octets)
    request = newer.request._replace(headers=newer.request.headers.without("Range", "If-Range"))
    return stored_response(
        request,
        response,
        request_time=newer.request_time,
        response_time=newer.response_time,
        settings=settings,
    )


def _is_sound(stored: StoredResponse) -> bool:
    part = stored.part
    if part is None or part.first is None or part.last is None:
        return False
    return len(stored.response.body or b"") == part.last - part.first + 1


def _share_strong_validator(one: StoredResponse, other: StoredResponse) -> bool:
    left, _ = read_entity_tag(one.response.headers)
    right, _ = read_entity_tag(other.response.headers)
    if left is not None or right is not None:
        return left is not None and right is not None and matches_strongly(left, right)
    return _strong_date(one) is not None and _strong_date(one) == _strong_date(other)


def _strong_date(stored: StoredResponse) -> int | None:
    # RFC 9110 section 8.8.2.2: strong when Date is at least one second after it
    headers, now = stored.response.headers, stored.response_time
    modified = date_of(headers, "Last-Modified", now=now)
    date = date_of(headers, "Date", now=now)
    if modified is None or date is None or date - modified < 1:
        return None
    return modified
