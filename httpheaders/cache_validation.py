"""
Validation: what to ask the origin, and what its answer does to what is stored.

Source: RFC 9111 sections 3.1, 3.2, 4.3 and 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from httpheaders.cache_control import CacheControl
from httpheaders.cache_policy import StoredResponse, stored_response
from httpheaders.cache_settings import SHARED_CACHE, CacheSettings
from httpheaders.entity_tag_values import matches_strongly, matches_weakly, read_entity_tag
from httpheaders.freshness import date_of
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import (
    CONDITIONAL_FIELDS,
    HOP_BY_HOP,
    SAFE_METHODS,
    Request,
    Response,
)
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.entity_tags import read_entity_tags
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import OWS_CHARACTERS, ascii_lower, is_field_value
from httpheaders.target_uri import origin_of, resolved_uri, target_uri
from httpheaders.targeted_cache_control import governing_directives

__all__ = [
    "fields_not_reused",
    "freshened",
    "head_confirms",
    "identified_for_update",
    "invalidated_uris",
    "storable_headers",
    "updated_headers",
    "validation_request",
    "without_hop_by_hop",
]

# "Header fields that are specific to the proxy that a cache uses": RFC 9111 section 3.1
_OF_PROXIES = ("Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization")


# -- what is kept: sections 3.1 and 3.2 ------------------------------------------------------------


def without_hop_by_hop(headers: Headers) -> Headers:
    """
    Give the fields without those that are for one connection only.

    Source: RFC 9110 section 7.6.1.

    >>> without_hop_by_hop(Headers([("Connection", "a"), ("A", "1"), ("B", "2")])).pairs
    [('B', '2')]
    """
    connection = headers.joined("Connection")
    named = split_list(connection) if connection else []
    return headers.without(*HOP_BY_HOP, *named)


def storable_headers(
    headers: Headers, directives: CacheControl, settings: CacheSettings = SHARED_CACHE
) -> Headers:
    """
    Give the fields that a cache keeps of a response.

    Source: RFC 9111 section 3.1.

    >>> fields = Headers([("Set-Cookie", "a=1"), ("Age", "3"), ("Keep-Alive", "timeout=5")])
    >>> storable_headers(fields, CacheControl(no_cache_fields=("set-cookie",))).pairs
    [('Age', '3')]
    """
    kept = without_hop_by_hop(headers)
    return kept.without(*_OF_PROXIES, *fields_not_reused(directives, settings))


def fields_not_reused(directives: CacheControl, settings: CacheSettings) -> tuple[str, ...]:
    """
    Name the fields, in lower case, that 'no-cache' and 'private' keep from being used again.

    Source: RFC 9111 sections 5.2.2.4 and 5.2.2.7.
    """
    private = directives.private_fields if settings.shared else ()
    return (*directives.no_cache_fields, *private)


def updated_headers(
    stored: Headers, new: Headers, *, settings: CacheSettings = SHARED_CACHE, partial: bool = False
) -> Headers:
    """
    Give the stored fields updated by those of a newer response.

    Args:
        stored: fields of the stored response.
        new: fields of a 304, a 206 or a response to HEAD.
        settings: the kind of cache.
        partial: whether the stored content is a part, so that Content-Range describes it.

    Source: RFC 9111 section 3.2.

    >>> updated_headers(Headers([("A", "1"), ("B", "1")]), Headers([("b", "2"), ("C", "3")])).pairs
    [('A', '1'), ('b', '2'), ('C', '3')]
    """
    directives = governing_directives(new, settings).directives
    # What the stored content depends upon stays; the old Age says nothing once there is a new Date.
    fresh = storable_headers(new, directives, settings).without("Content-Length")
    kept = stored.without("Age")
    if partial:
        fresh = fresh.without("Content-Range")
    kept = _overlaid(kept, fresh)
    return storable_headers(kept, governing_directives(kept, settings).directives, settings)


def _overlaid(old: Headers, new: Headers) -> Headers:
    lines: dict[str, list[tuple[str, str]]] = {}
    for pair in new:
        lines.setdefault(ascii_lower(pair[0]), []).append(pair)
    replaced = set(lines)
    pairs: list[tuple[str, str]] = []
    for pair in old:
        name = ascii_lower(pair[0])
        if name in replaced:
            pairs += lines.pop(name, ())  # all the new lines where the first old one stood
        else:
            pairs.append(pair)
    return Headers(pairs + [pair for added in lines.values() for pair in added])


# -- asking: section 4.3.1 -------------------------------------------------------------------------


def validation_request(
    request: Request, stored: Sequence[StoredResponse], *, own: bool = False
) -> Request:
    """
    Add to a request what lets the origin say that a stored response is still good.

    Args:
        request: of the client.
        stored: the responses to validate.
        own: whether the cache asks on its own account, and the client's conditions are left out.

    Returns:
        The request to send; without preconditions when there is no validator.

    Source: RFC 9111 sections 4.3.1 and 4.3.2.
    """
    headers = without_hop_by_hop(request.headers)
    if own:
        headers = headers.without(*CONDITIONAL_FIELDS)
    tags = _entity_tags(stored)
    presented = headers.joined("If-None-Match")
    if tags and presented != "*":
        listed = [text for text, _, _ in read_entity_tags(presented or "") if is_field_value(text)]
        # "send the union of the two lists as a replacement"
        headers = headers.replaced("If-None-Match", ", ".join(dict.fromkeys([*listed, *tags])))
    if len(stored) == 1 and (presented is None or tags):
        modified = stored[0].response.headers.get("Last-Modified")
        if modified is not None and is_field_value(modified):
            headers = headers.replaced("If-Modified-Since", modified)
    return request._replace(headers=headers)


def _entity_tags(stored: Iterable[StoredResponse]) -> list[str]:
    # As received, an unquoted one too: only the origin knows how it will compare it.
    lines = (one.response.headers.get("ETag") for one in stored)
    tags = (tag.strip(OWS_CHARACTERS) for tag in lines if tag and is_field_value(tag))
    return list(dict.fromkeys(tags))


# -- the answer: sections 4.3.3 to 4.3.5 -----------------------------------------------------------


def identified_for_update(
    candidates: Sequence[StoredResponse], headers: Headers, *, now: float
) -> list[StoredResponse]:
    """
    Say which stored responses a 304 is about.

    Args:
        candidates: those that were validated, or that the request could have chosen.
        headers: of the 304.
        now: only to place two-digit years.

    Source: RFC 9111 section 4.3.4.
    """
    etag, _ = read_entity_tag(headers)
    modified = date_of(headers, "Last-Modified", now=now)
    if etag is None and modified is None:
        # A 304 without validators, against the rules, is about the only one it can be about.
        return list(candidates) if len(candidates) == 1 else []
    matching = [one for one in candidates if _validators_agree(one, headers, now)]
    if etag is not None and not etag.weak:
        return matching
    return sorted(matching, key=lambda one: one.date_or_receipt)[-1:]


def _validators_agree(stored: StoredResponse, headers: Headers, now: float) -> bool:
    old_tag, _ = read_entity_tag(stored.response.headers)
    new_tag, _ = read_entity_tag(headers)
    if old_tag is not None and new_tag is not None:
        compare = matches_weakly if new_tag.weak else matches_strongly
        return compare(old_tag, new_tag)
    modified = date_of(headers, "Last-Modified", now=now)
    return modified is not None and modified == date_of(
        stored.response.headers, "Last-Modified", now=now
    )


def freshened(
    stored: StoredResponse,
    response: Response,
    *,
    request_time: float,
    response_time: float,
    settings: CacheSettings = SHARED_CACHE,
) -> StoredResponse:
    """
    Give a stored response with the fields, and so the freshness, of a newer one.

    Source: RFC 9111 sections 3.2 and 4.3.4.
    """
    headers = updated_headers(
        stored.response.headers,
        response.headers,
        settings=settings,
        partial=stored.part is not None,
    )
    if "Date" not in response.headers:
        headers = headers.replaced("Date", format_http_date(response_time))
    return stored_response(
        stored.request,
        stored.response._replace(headers=headers),
        request_time=request_time,
        response_time=response_time,
        settings=settings,
    )


def head_confirms(stored: StoredResponse, response: Response, *, now: float) -> bool:
    """
    Say whether a 200 to HEAD describes the stored response: same validators, same length.

    Source: RFC 9111 section 4.3.5.
    """
    old, new = stored.response.headers, response.headers
    if "ETag" in new and old.get("ETag") != new.get("ETag"):
        return False
    if "Last-Modified" in new and date_of(old, "Last-Modified", now=now) != date_of(
        new, "Last-Modified", now=now
    ):
        return False
    length = new.get("Content-Length")
    return length is None or old.get("Content-Length") in (None, length)


# -- invalidation: section 4.4 ---------------------------------------------------------------------


def invalidated_uris(request: Request, response: Response) -> list[str]:
    """
    List the URIs whose stored responses a request has made invalid.

    Source: RFC 9111 section 4.4.

    >>> put = Request("PUT", "http://a.example/x")
    >>> invalidated_uris(put, Response(201, Headers([("Location", "/y")])))
    ['http://a.example/x', 'http://a.example/y']
    """
    if request.method in SAFE_METHODS or request.method is None:
        return []
    if response.status is None or not 200 <= response.status < 400:
        return []
    uri = target_uri(request)
    uris = [uri]
    for name in ("Location", "Content-Location"):
        reference = response.headers.get(name)
        other = None if reference is None else resolved_uri(reference, uri)
        # "MUST NOT … if the origin of the URI to be invalidated differs"
        if other is not None and origin_of(other) == origin_of(uri):
            uris.append(other)
    return list(dict.fromkeys(uris))
