"""
Conditional and range requests: 200, 206, 304, 412 or 416, and with which fields and content.

The preconditions decide first (`preconditions`), then the Range (`byte_ranges`); what is sent is
put together here out of the response that there would be without either.

Source: RFC 9110 sections 13, 14, 15.3.7, 15.4.5 and 15.5.17.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from httpheaders.answer import Problem, Step
from httpheaders.byte_ranges import (
    ByteRange,
    RangeRequest,
    choose_boundary,
    coalesce,
    content_range,
    multipart,
    multipart_length,
    requested_ranges,
)
from httpheaders.entity_tag_values import canonical_json, entity_tag_of
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.preconditions import (
    Preconditions,
    evaluate_preconditions,
    validators_of,
)

__all__ = ["ConditionalAnswer", "answer_conditional", "handle_conditional_get"]

# "the typical overhead between each part … is around 80 bytes": RFC 9110 section 15.3.7.2
_OVERHEAD = 80

# Representation metadata that a 304 "SHOULD NOT generate": RFC 9110 section 15.4.5
_NOT_IN_304 = (
    "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Range",
    "Content-MD5", "Content-Digest", "Repr-Digest", "Digest", "Accept-Ranges", "Transfer-Encoding",
    "Trailer",
)  # fmt: skip
_NOT_BESIDE_DATE = frozenset(map(str.lower, _NOT_IN_304))
_NOT_BESIDE_ETAG = _NOT_BESIDE_DATE | {"last-modified"}
# What a client that sent If-Range has already: RFC 9110 section 15.3.7
_NOT_AFTER_IF_RANGE = ("Content-Type", "Content-Encoding", "Content-Language", "Last-Modified")


class ConditionalAnswer(NamedTuple):
    """
    The response to a conditional or range request.

    Attributes:
        status: 200 (or what it was without conditions), 206, 304, 412 or 416.
        headers: of the response.
        body: None when none is sent, or when the octets were not given.
        ranges: what a 206 holds, in order.
        boundary: of multipart/byteranges, or None.
        etag: the current entity tag as the field would have it, or None.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    status: int
    headers: Headers
    body: bytes | None = None
    ranges: tuple[ByteRange, ...] = ()
    boundary: str | None = None
    etag: str | None = None


def answer_conditional(
    request: Request,
    response: Response,
    *,
    now: float,
    size: int | None = None,
    by_cache: bool = False,
    modified_by: float | None = None,
    exists: bool = True,
    explain: bool = False,
) -> ConditionalAnswer:
    """
    Answer a request, given the response it would get without preconditions and Range.

    Args:
        request: its method and fields decide.
        response: what would be sent otherwise, with its validators.
        now: only to place two-digit years.
        size: length of the content where `response.body` is not given.
        by_cache: leave out what only origin servers evaluate.
        modified_by: stands for Last-Modified in If-Modified-Since where there is none.
        exists: whether the target has a current representation, for `If-Match: *`.
        explain: list the steps.

    Source: RFC 9110 sections 13.2 and 14.2.

    >>> request = Request("GET", "/", Headers([("Range", "bytes=0-1")]))
    >>> answer = answer_conditional(request, Response(200, body=b"hello"), now=0)
    >>> answer.status, answer.body, answer.headers.get("Content-Range")
    (206, b'he', 'bytes 0-1/5')
    """
    method = request.method or "GET"
    status = response.status or 200
    validators, problems = validators_of(
        response.headers, now=now, exists=exists, modified_by=modified_by
    )
    etag = None if validators.etag is None else str(validators.etag)
    if not (200 <= status < 300 or status == 412):
        return ConditionalAnswer(
            True, f"a {status} is sent whatever the preconditions say", "RFC 9110 section 13.2.1",
            tuple(problems), (), status, response.headers, _content(method, response), etag=etag,
        )  # fmt: skip
    verdict = evaluate_preconditions(
        method, request.headers, validators, now=now, by_cache=by_cache, explain=explain
    )
    length = size if response.body is None else len(response.body)
    told = (*problems, *verdict.problems)
    return _Builder(request, response, verdict, told, etag, length, explain).answer(method, status)


def _content(method: str, response: Response) -> bytes | None:
    return None if method == "HEAD" else response.body


class _Builder:
    """Puts the answer together once the preconditions have decided."""

    def __init__(
        self,
        request: Request,
        response: Response,
        verdict: Preconditions,
        problems: tuple[Problem, ...],
        etag: str | None,
        size: int | None,
        explain: bool,
    ) -> None:
        self._request = request
        self._response = response
        self._verdict = verdict
        self._problems = problems
        self._etag = etag
        self._size = size
        self._explain = explain

    def answer(self, method: str, status: int) -> ConditionalAnswer:
        if self._verdict.status == 304:
            return self._result(304, _headers_of_304(self._response.headers))
        if self._verdict.status == 412:
            return self._result(412, self._response.headers.without(*_NOT_IN_304))
        value = self._request.headers.joined("Range")
        may_be_part = status == 200 and self._verdict.use_range
        if value is not None and may_be_part and self._size is not None:
            return self._ranged(value, self._size)
        whole = self._result(status, self._response.headers, _content(method, self._response))
        return whole if value is None else self._ignoring_range(whole, method)

    def _ignoring_range(self, plain: ConditionalAnswer, method: str) -> ConditionalAnswer:
        """Tell why the Range does not count, where that is told nowhere else."""
        if method != "GET":
            why = f"Range is defined for GET alone, not for {method}"
        elif plain.status not in (200, 206):
            why = f"Range counts where the answer would be 200, not for {plain.status}"
        elif self._verdict.use_range and self._size is None:
            why = "the length of the content is not known"
        else:
            return plain  # a part is what is sent already, or the reason tells of If-Range
        told = f"ignored: {why}"
        problem = Problem("Range", told, "RFC 9110 section 14.2")
        steps = (*plain.steps, Step("Range", told, problem.reference)) if self._explain else ()
        return plain._replace(problems=(*plain.problems, problem), steps=steps)

    def _ranged(self, value: str, size: int) -> ConditionalAnswer:
        asked = requested_ranges(value, size)
        if asked.outcome == "unsatisfiable":
            headers = self._response.headers.without(*_NOT_IN_304, "Last-Modified")
            headers = headers.replaced("Content-Range", content_range(None, size))
            return self._because(asked, self._result(416, headers)._replace(ok=False))
        if asked.outcome == "ignored":
            return self._because(asked, self._whole())
        if len(asked.ranges) == 1:
            return self._because(asked, self._single(asked.ranges[0], size))
        return self._several(asked, size)

    def _several(self, asked: RangeRequest, size: int) -> ConditionalAnswer:
        boundary = choose_boundary(f"{self._etag}{asked.ranges}", self._octets())
        content_type = self._response.headers.get("Content-Type")
        if multipart_length(
            asked.ranges, size=size, boundary=boundary, content_type=content_type
        ) >= size:  # fmt: skip
            reason = "the parts would take more octets than the whole"
            return self._because(asked._replace(reason=reason), self._whole())
        ranges = coalesce(asked.ranges, gap=_OVERHEAD)
        if len(ranges) == 1:
            return self._because(asked, self._single(ranges[0], size))
        return self._because(asked, self._multipart(ranges, size, boundary, content_type))

    def _whole(self) -> ConditionalAnswer:
        return self._result(200, self._response.headers, self._response.body)

    def _single(self, part: ByteRange, size: int) -> ConditionalAnswer:
        headers = self._headers_of_206()
        headers = headers.replaced("Content-Range", content_range(part, size))
        headers = headers.replaced("Content-Length", str(part.length))
        body = None if self._response.body is None else self._slice(part)
        return self._result(206, headers, body)._replace(ranges=(part,))

    def _multipart(
        self, ranges: tuple[ByteRange, ...], size: int, boundary: str, content_type: str | None
    ) -> ConditionalAnswer:
        length = multipart_length(ranges, size=size, boundary=boundary, content_type=content_type)
        headers = self._headers_of_206().without("Content-Range")
        headers = headers.replaced("Content-Type", f"multipart/byteranges; boundary={boundary}")
        headers = headers.replaced("Content-Length", str(length))
        body = None
        if self._response.body is not None:
            parts = ((part, self._slice(part)) for part in ranges)
            pieces = multipart(parts, size=size, boundary=boundary, content_type=content_type)
            body = b"".join(pieces)
        return self._result(206, headers, body)._replace(ranges=ranges, boundary=boundary)

    def _headers_of_206(self) -> Headers:
        headers = self._response.headers
        if "If-Range" in self._request.headers:
            return headers.without(*_NOT_AFTER_IF_RANGE)
        return headers

    def _octets(self) -> bytes:
        return self._response.body or b""

    def _slice(self, part: ByteRange) -> bytes:
        return self._octets()[part.first : part.last + 1]

    def _because(self, asked: RangeRequest, answer: ConditionalAnswer) -> ConditionalAnswer:
        reason = _REASONS[answer.status].format(why=asked.reason, count=len(answer.ranges))
        step = Step("Range", f"{answer.status}: {asked.reason}", asked.reference)
        steps = (*answer.steps, step) if self._explain else ()
        return answer._replace(reason=reason, reference=asked.reference, steps=steps)

    def _result(
        self, status: int, headers: Headers, body: bytes | None = None
    ) -> ConditionalAnswer:
        verdict = self._verdict
        return ConditionalAnswer(
            verdict.ok, verdict.reason, verdict.reference, self._problems, verdict.steps,
            status, headers, body, etag=self._etag,
        )  # fmt: skip


_REASONS = {
    200: "the whole representation is sent: {why}",
    206: "the part asked for is sent as {count} range(s)",
    416: "{why}",
}


def _headers_of_304(headers: Headers) -> Headers:
    # "Last-Modified might be useful if the response does not have an ETag field"
    left_out = _NOT_BESIDE_ETAG if "ETag" in headers else _NOT_BESIDE_DATE
    return Headers([pair for pair in headers if pair[0].lower() not in left_out])


def handle_conditional_get(
    resource_data: object,
    request_headers: Mapping[str, str] | Headers | Iterable[tuple[str, str]],
) -> tuple[int, dict[str, str], str | None]:
    """
    Answer a GET for data that is sent as JSON, with an entity tag made from it.

    Args:
        resource_data: any JSON value.
        request_headers: what the client sent; names in any case.

    Returns:
        Status, headers, and the JSON text or None when none is sent.

    Raises:
        InputError: the data cannot be written as JSON.

    Source: RFC 9110 section 13.2.2.

    >>> status, headers, body = handle_conditional_get({"id": 1}, {})
    >>> handle_conditional_get({"id": 1}, {"if-none-match": headers["ETag"]})[0]
    304
    """
    body = canonical_json(resource_data).encode()
    tag = entity_tag_of(body, algorithm="md5")
    headers = Headers([("ETag", str(tag)), ("Content-Type", "application/json")])
    presented = _headers_of(request_headers)
    answer = answer_conditional(
        Request("GET", headers=presented), Response(200, headers, body), now=0
    )
    text = None if answer.body is None else answer.body.decode()
    return answer.status, dict(answer.headers.pairs), text


def _headers_of(fields: Mapping[str, str] | Headers | Iterable[tuple[str, str]]) -> Headers:
    if isinstance(fields, Mapping | Headers):
        return Headers.of(fields)
    return Headers(fields)
