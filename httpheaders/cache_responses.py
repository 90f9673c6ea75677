"""
Responses made out of what is stored: with its Age, and as the client's conditions and Range want.

Source: RFC 9111 sections 4 and 4.3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httpheaders.byte_ranges import content_range
from httpheaders.cache_store import content_length
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Response
from httpheaders.partial_content import slice_of_part

if TYPE_CHECKING:
    from httpheaders.cache_policy import StoredResponse
    from httpheaders.conditional import ConditionalAnswer
    from httpheaders.messages.message import Request

__all__ = ["is_conditional", "response_from"]


def is_conditional(request: Request | None) -> bool:
    """Say whether a request has a precondition that caches evaluate: RFC 9111 section 4.3.2."""
    if request is None:
        return False
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers


def response_from(stored: StoredResponse, request: Request, *, now: float) -> Response | None:
    """
    Make the answer to a request that a stored response may be used for.

    Returns:
        200 or whatever is stored, 206, 304 or 416; None when what is stored is a part that does not
        hold what is asked for.

    Source: RFC 9111 sections 3.3, 4 and 4.3.2.
    """
    if stored.part is not None:
        return _out_of_part(stored, request, now)
    response = _with_age(stored, now)
    if is_conditional(request) or "Range" in request.headers:
        answer = _conditional(
            request,
            response,
            now=now,
            size=content_length(response),
            modified_by=stored.date_or_receipt,
        )
        # Where the octets are not at hand, as in a simulation, they are None in the answer too.
        body = b"" if answer.status in (304, 416) or request.method == "HEAD" else answer.body
        return Response(answer.status, answer.headers, body)
    if request.method == "HEAD":
        return response._replace(body=b"")
    return response


def _with_age(stored: StoredResponse, now: float) -> Response:
    # "MUST generate an Age header field, replacing any present": section 4
    age = str(int(stored.age(now)))
    headers = stored.response.headers
    # The value is digits, and most responses come without the field: no need to look for its place.
    fresh = headers.replaced("Age", age) if "Age" in headers else Headers([*headers, ("Age", age)])
    response = stored.response
    return Response(response.status, fresh, response.body, response.version, response.phrase)


def _out_of_part(stored: StoredResponse, request: Request, now: float) -> Response | None:
    if request.method != "GET" or stored.part is None:
        return None
    sliced = slice_of_part(stored, request.headers.joined("Range") or "")
    if sliced is None:
        return None
    response = _with_age(stored, now)
    checked = _conditional(
        request._replace(headers=request.headers.without("Range")),
        response._replace(status=200),
        now=now,
        modified_by=stored.date_or_receipt,
    )
    if checked.status == 304:
        return Response(304, checked.headers, b"")
    if "If-Range" in request.headers and not _if_range_holds(request, response, now):
        return None
    part, octets = sliced
    headers = response.headers.replaced("Content-Range", content_range(part, stored.part.size))
    headers = headers.replaced("Content-Length", str(part.length))
    return Response(206, headers, octets)


def _if_range_holds(request: Request, response: Response, now: float) -> bool:
    whole = response._replace(status=200, body=b"\0")
    wanted = request.headers.without("If-None-Match", "If-Modified-Since")
    wanted = wanted.replaced("Range", "bytes=0-0")
    answer = _conditional(request._replace(headers=wanted), whole, now=now)
    return answer.status == 206


def _conditional(request: Request, response: Response, **circumstances: Any) -> ConditionalAnswer:
    from httpheaders.conditional import answer_conditional  # late: few requests have conditions

    return answer_conditional(request, response, by_cache=True, **circumstances)
