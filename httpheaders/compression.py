"""
Whether to compress a response, how, and what that does to its headers.

How this works. The rules stand in two tables, tried in order. Where one of the first applies,
nobody may touch the content (a part of it, `no-transform`, coded already). The second are about
worth: they keep the content as it is unless the client refuses that. Only then is the client's
Accept-Encoding asked, and from there on the answer depends on it, which `Vary` says.

`decide` needs the headers alone, for servers that stream; `compress_message` also makes the bytes,
and goes back on the decision where they came out no smaller.

Source: RFC 9110 sections 8.4, 8.8.3.3, 12.5.3 and 12.5.5, RFC 9111 section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from httpheaders.answer import Problem, Step
from httpheaders.coded_fields import (
    LOST_WITH_THE_OCTETS,
    changed_content,
    content_codings,
    with_length,
)
from httpheaders.coding_engines import is_available
from httpheaders.compressible_types import is_worth_compressing
from httpheaders.content_codings import compress, shown_octets
from httpheaders.content_negotiation import negotiate_encoding
from httpheaders.errors import PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS_CHARACTERS, parse_octet_count

if TYPE_CHECKING:
    from httpheaders.content_negotiation import Negotiation

__all__ = [
    "Compression",
    "CompressionPolicy",
    "Decision",
    "compress_message",
    "compress_response",
    "decide",
]

_FIELD = "Accept-Encoding"
_ACCEPT_ENCODING = "RFC 9110 section 12.5.3"


class CompressionPolicy(NamedTuple):
    """
    What the server offers, and when.

    Attributes:
        codings: the codings offered, the one liked best first.
        level: 1, the fastest, to 9, the smallest.
        min_size: octets below which compressing is not worth it.
        types: media types worth it besides the usual, "application/x-foo" or "image/*".
        encode_unasked: whether to compress for a request without Accept-Encoding. To such a
            request any coding is acceptable; but programs that ask for none often read none.
        flushes: whether each chunk is flushed, so that an event stream may be compressed too.
        keeps_larger: whether coded content is sent even where it came out no smaller.
        engine: the deflate engine, None for the fastest installed.
    """

    codings: tuple[str, ...] = ("gzip",)
    level: int = 6
    min_size: int = 0
    types: tuple[str, ...] = ()
    encode_unasked: bool = True
    flushes: bool = False
    keeps_larger: bool = False
    engine: str | None = None


class Decision(NamedTuple):
    """
    What to do with a response, known from its headers alone.

    Attributes:
        coding: the coding to apply to the content; None: leave its octets alone.
        status: the response's own, or 406.
        headers: the fields to send with what `coding` says; without Content-Length where the
            content is to be coded.
        plain_headers: the fields to send should the content stay as it is after all.
        changes: what is told where the content is coded: fields taken out.
        required: whether the client refuses the content as it is.
        varies: whether the answer depends on Accept-Encoding.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    coding: str | None
    status: int | None
    headers: Headers
    plain_headers: Headers
    changes: tuple[Problem, ...] = ()
    required: bool = False
    varies: bool = False


class Compression(NamedTuple):
    """
    A response as it is to be sent.

    Attributes:
        coding: the coding that was applied; None: none was.
        response: status, fields and content as they go out.
        original_size, size: octets of content before and after; None where there is none.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    coding: str | None
    response: Response
    original_size: int | None
    size: int | None


# --- the rules --------------------------------------------------------------------------------


class _Rule:
    """`objection` gives why the content stays as it is, or None where the rule does not apply."""

    __slots__ = ("name", "objection", "reference", "varies")

    def __init__(
        self,
        name: str,
        reference: str,
        objection: Callable[[Request, Response, CompressionPolicy], str | None],
        *,
        varies: bool = False,
    ) -> None:
        self.name = name
        self.reference = reference
        self.objection = objection
        # Whether another Accept-Encoding could still have led to another answer.
        self.varies = varies


def _without_content(request: Request, response: Response, policy: CompressionPolicy) -> str | None:
    status = response.status
    if status is not None and (status < 200 or status in (204, 205)):
        return f"a {status} response has no content"
    if request.method == "CONNECT" and (status is None or status < 300):
        return "a CONNECT that succeeds is a tunnel and has no content"
    return None


def _partial(request: Request, response: Response, policy: CompressionPolicy) -> str | None:
    if response.status == 206 or "content-range" in response.headers:
        return "the response is a part, and ranges count the octets of what they were cut from"
    return None


def _no_transform(request: Request, response: Response, policy: CompressionPolicy) -> str | None:
    if _has_no_transform(response.headers):
        return "Cache-Control: no-transform in the response forbids it"
    return None


def _no_transform_asked(
    request: Request, response: Response, policy: CompressionPolicy
) -> str | None:
    if _has_no_transform(request.headers):
        return "Cache-Control: no-transform in the request asks not to"
    return None


def _has_no_transform(headers: Headers) -> bool:
    value = headers.joined("cache-control")
    if value is None or "no-transform" not in value.lower():
        return False
    from httpheaders.cache_control import parse_cache_control  # late: few ask for it

    return parse_cache_control(value).no_transform


def _coded_already(request: Request, response: Response, policy: CompressionPolicy) -> str | None:
    codings = content_codings(response.headers)
    return f"the content is coded already: {', '.join(codings)[:100]}" if codings else None


def _event_stream(request: Request, response: Response, policy: CompressionPolicy) -> str | None:
    content_type = response.headers.get("content-type") or ""
    essence = content_type.partition(";")[0].strip(" \t").lower()
    if essence == "text/event-stream" and not policy.flushes:
        return "events must reach the client one by one, and nothing flushes each of them"
    return None


def _not_worth_it(request: Request, response: Response, policy: CompressionPolicy) -> str | None:
    content_type = response.headers.get("content-type")
    # Of content without a type nothing is known: that it came out smaller will decide.
    if not content_type or is_worth_compressing(content_type, types=policy.types):
        return None
    return f"{content_type.partition(';')[0].strip()[:60]} is not worth compressing"


_UNTOUCHABLE = (
    _Rule("the status may have content", "RFC 9110 section 6.4.1", _without_content),
    _Rule("the content is whole", "RFC 9110 section 14.4", _partial, varies=True),
    _Rule("the response allows transformation", "RFC 9111 section 5.2.2.6", _no_transform),
    _Rule("the request allows transformation", "RFC 9111 section 5.2.1.6", _no_transform_asked),
    _Rule("the content is not coded yet", "RFC 9110 section 8.4", _coded_already),
)
_WORTHLESS = (
    _Rule("the type can wait for a block", "RFC 9110 section 8.3", _event_stream),
    _Rule("the type is worth it", "RFC 9110 section 8.3", _not_worth_it),
)


# --- the decision -----------------------------------------------------------------------------


def decide(
    request: Request,
    response: Response,
    *,
    policy: CompressionPolicy = CompressionPolicy(),  # noqa: B008  (immutable)
    size: int | None = None,
    explain: bool = False,
) -> Decision:
    """
    Decide from the headers whether the content is to be compressed, and give the headers to send.

    Args:
        request: its Accept-Encoding, method and Cache-Control count.
        response: its status and fields count; its body is not looked at.
        policy: what the server offers, and when.
        size: octets of content if known; else Content-Length tells, or nothing.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: a coding that is offered cannot be made here.

    Source: RFC 9110 section 12.5.3, and the sections the rules name.

    >>> request = Request("GET", "/", Headers([("Accept-Encoding", "gzip;q=0, br")]))
    >>> decide(request, Response(200, Headers([("Content-Type", "text/html")]))).reason
    'the client prefers the content as it is'
    """
    course = _Course(request, response, policy, explain)
    rule, objection = course.first_objection(_UNTOUCHABLE)
    if rule is not None:
        return course.untouched(objection, rule)
    rule, objection = course.first_objection(_WORTHLESS)
    negotiation = course.negotiate()
    if negotiation.selected is None:
        return course.nothing_acceptable()
    required = all(match.offer != "identity" for match in negotiation.ranked)
    if rule is not None and not required:
        # Who refuses the content as it is gets it coded, or nothing.
        return course.left(objection, rule.reference, varies=True)
    if rule is None and negotiation.selected == "identity":
        return course.left(*_identity_preferred(request), varies=True)
    if not required:
        small = course.too_small(size)
        if small is not None:
            return course.left(small, None, varies=True)
    coding = next(match.offer for match in negotiation.ranked if match.offer != "identity")
    return course.coded(coding, required=required)


def _fields_alone(request: Request, response: Response) -> tuple[str, str] | None:
    """HEAD and 304 say what GET and 200 would have said, so that stored responses match."""
    if request.method == "HEAD":
        return "HEAD gets no content: the fields are those of GET", "RFC 9110 section 9.3.2"
    if response.status == 304:
        return "304 has no content: the fields are those of 200", "RFC 9110 section 15.4.5"
    return None


def _identity_preferred(request: Request) -> tuple[str, str]:
    if "accept-encoding" not in request.headers:
        return "the request has no Accept-Encoding, and nothing is compressed unasked", (
            _ACCEPT_ENCODING
        )
    if not (request.headers.joined("accept-encoding") or "").strip(" \t,"):
        return "the empty Accept-Encoding asks for no coding", _ACCEPT_ENCODING
    return "the client prefers the content as it is", _ACCEPT_ENCODING


class _Course:
    """One decision on its way: what was asked, and what was told so far."""

    def __init__(
        self, request: Request, response: Response, policy: CompressionPolicy, explain: bool
    ) -> None:
        self.request = request
        self.response = response
        self.policy = policy
        self.steps: list[Step] | None = [] if explain else None
        self.problems: list[Problem] = []

    def note(self, rule: str, outcome: str, reference: str | None) -> None:
        if self.steps is not None:
            self.steps.append(Step(rule, outcome, reference))

    def first_objection(self, rules: Sequence[_Rule]) -> tuple[_Rule | None, str]:
        for rule in rules:
            objection = rule.objection(self.request, self.response, self.policy)
            self.note(rule.name, objection or "yes", rule.reference)
            if objection is not None:
                return rule, objection
        return None, ""

    def negotiate(self) -> Negotiation[str]:
        field = self.request.headers.joined("accept-encoding")
        # Of two that the client likes as much the server prefers the coded one, if it was asked.
        offers = (*self.policy.codings, "identity")
        if field is None and not self.policy.encode_unasked:
            offers = ("identity", *self.policy.codings)
        for coding in self.policy.codings:
            _check_offer(coding)
        negotiation = negotiate_encoding(field, offers, explain=self.steps is not None)
        self.problems.extend(negotiation.problems)
        if self.steps is not None:
            self.steps.extend(negotiation.steps)
        return negotiation

    def too_small(self, size: int | None) -> str | None:
        if size is None:
            size = _content_length(self.response.headers)
        if size is None or size >= self.policy.min_size:
            return None
        outcome = f"{shown_octets(size)} are fewer than the {self.policy.min_size} it is worth for"
        self.note("the content is large enough", outcome, None)
        return outcome

    def untouched(self, objection: str, rule: _Rule) -> Decision:
        if rule.objection is _coded_already:
            self._check_coded()
        return self.left(objection, rule.reference, varies=rule.varies)

    def left(self, reason: str, reference: str | None, *, varies: bool = False) -> Decision:
        """The content goes out as it is."""
        headers = self.response.headers.varying_by(_FIELD) if varies else self.response.headers
        return self._decision(reason, reference, headers, varies=varies)

    def coded(self, coding: str, *, required: bool) -> Decision:
        """The content goes out in this coding, or the fields say what it would have been."""
        plain = self.response.headers.varying_by(_FIELD)
        headers, changes = changed_content(plain)
        # "SHOULD NOT generate representation metadata" in a 304: RFC 9110 section 15.4.5
        if self.response.status != 304:
            headers = headers.replaced("Content-Encoding", coding)
        decision = self._decision(
            f"the client takes {coding}", _ACCEPT_ENCODING, headers, varies=True
        )._replace(coding=coding, plain_headers=plain, changes=changes, required=required)
        if required:
            reason = f"{decision.reason} and refuses the content as it is"
            decision = decision._replace(reason=reason)
        fields_alone = _fields_alone(self.request, self.response)
        if fields_alone is None:
            return decision
        reason, reference = fields_alone
        return decision._replace(
            reason=reason, reference=reference, coding=None, plain_headers=headers
        )

    def nothing_acceptable(self) -> Decision:
        """Not acceptable is the answer; but an error's status is worth more than its coding."""
        status = self.response.status
        if status is not None and not 200 <= status < 300:
            reason = "the client refuses every coding on offer, but needs to see this status"
            return self.left(reason, _ACCEPT_ENCODING, varies=True)
        headers = self.response.headers.without(*_REPRESENTATION_FIELDS)
        headers = headers.varying_by(_FIELD).added("Content-Length", "0")
        reason = f"the client refuses the content as it is, and {', '.join(self.policy.codings)}"
        reference = "RFC 9110 section 15.5.7"
        self.note("something is acceptable", "no", reference)
        decision = self._decision(reason, reference, headers, varies=True)
        return decision._replace(ok=False, status=406, required=True)

    def _decision(
        self, reason: str, reference: str | None, headers: Headers, *, varies: bool
    ) -> Decision:
        if varies:
            self.note("the answer depends on Accept-Encoding", "Vary says so", _VARY)
        return Decision(
            ok=True,
            reason=reason,
            reference=reference,
            problems=tuple(self.problems),
            steps=tuple(self.steps or ()),
            coding=None,
            status=self.response.status,
            headers=headers,
            plain_headers=headers,
            varies=varies,
        )

    def _check_coded(self) -> None:
        headers = self.response.headers
        if headers.varying_by(_FIELD) is not headers:
            self.problems.append(
                Problem(
                    "response.headers.vary",
                    "the content is coded, but Vary does not list Accept-Encoding:"
                    " a cache may give it to a client that cannot read it",
                    _VARY,
                )
            )


_VARY = "RFC 9110 section 12.5.5"
# What a 406 does not say of itself although the response in its place said it.
_REPRESENTATION_FIELDS = (
    "content-type",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-disposition",
    "transfer-encoding",
    "trailer",
    "etag",
    "last-modified",
    *LOST_WITH_THE_OCTETS,
)


def _check_offer(coding: str) -> None:
    if coding == "gzip" or is_available(coding):
        return
    compress(b"", coding)  # tells what is missing
    raise PolicyError(f"content coding '{coding[:40]}' cannot be offered")


def _content_length(headers: Headers) -> int | None:
    return parse_octet_count((headers.get("content-length") or "").strip(OWS_CHARACTERS))


# --- whole messages ---------------------------------------------------------------------------


def compress_message(
    request: Request,
    response: Response,
    *,
    policy: CompressionPolicy = CompressionPolicy(),  # noqa: B008  (immutable)
    explain: bool = False,
) -> Compression:
    """
    Give a response as it is to be sent: compressed if the decision says so and it came out smaller.

    Args:
        request: as for `decide`.
        response: with its body.
        policy: as for `decide`.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: a coding that is offered cannot be made here.

    Source: RFC 9110 section 12.5.3.

    >>> request = Request("GET", "/", Headers([("Accept-Encoding", "gzip")]))
    >>> answer = compress_message(request, Response(200, body=b"Hello, World! " * 100))
    >>> answer.coding, answer.original_size, answer.size < 100, answer.response.headers.pairs[:2]
    ('gzip', 1400, True, [('Vary', 'Accept-Encoding'), ('Content-Encoding', 'gzip')])
    """
    body = response.body
    size = None if body is None else len(body)
    decision = decide(request, response, policy=policy, size=size, explain=explain)
    fields_alone = _fields_alone(request, response)
    if body and fields_alone is not None:
        problem = Problem("response.body", f"is left out: {fields_alone[0]}", fields_alone[1])
        decision = decision._replace(problems=(*decision.problems, problem))
        body = None
    if decision.coding is None or body is None:
        decision = decision._replace(problems=decision.problems + decision.changes)
        if decision.status == 406:
            body = b""
        return _sent(decision, response, decision.headers, body, size)
    coded = compress(body, decision.coding, level=policy.level, engine=policy.engine)
    shrank = len(coded) < len(body)
    outcome = f"{decision.coding} makes {shown_octets(len(body))} into {len(coded)}"
    decision = decision._replace(
        steps=(*decision.steps, Step("it came out smaller", outcome)) if explain else ()
    )
    if not (shrank or decision.required or policy.keeps_larger):
        decision = decision._replace(coding=None, reason=f"{outcome}: it stays as it is")
        return _sent(decision, response, decision.plain_headers, body, size)
    decision = decision._replace(
        reason=f"{decision.reason}: {outcome}", problems=decision.problems + decision.changes
    )
    headers = with_length(decision.headers, len(coded))
    return _sent(decision, response, headers, coded, size)


def _sent(
    decision: Decision,
    response: Response,
    headers: Headers,
    body: bytes | None,
    original_size: int | None,
) -> Compression:
    phrase = response.phrase if decision.status == response.status else None
    return Compression(
        decision.ok,
        decision.reason,
        decision.reference,
        decision.problems,
        decision.steps,
        decision.coding,
        response._replace(status=decision.status, headers=headers, body=body, phrase=phrase),
        original_size,
        None if body is None else len(body),
    )


# --- the plain door ---------------------------------------------------------------------------


def compress_response(
    body_str: str, request_headers: Mapping[str, str]
) -> tuple[bytes, dict[str, str]]:
    """
    Compress a body for a client that asks for gzip.

    Args:
        body_str: the content; it is encoded as UTF-8.
        request_headers: the request's fields; names match without regard to case.

    Returns:
        The octets to send, and the headers to send with them: none where the client did not ask
        for gzip. A client that asks gets it however small the body is.

    Source: RFC 9110 section 12.5.3.

    >>> body, headers = compress_response("Hello, World!", {"Accept-Encoding": "gzip"})
    >>> headers
    {'Content-Encoding': 'gzip', 'Vary': 'Accept-Encoding'}
    >>> compress_response("Hello, World!", {"Accept-Encoding": "gzip;q=0"})
    (b'Hello, World!', {})
    """
    body = body_str.encode("utf-8", "surrogatepass")
    policy = CompressionPolicy(encode_unasked=False)
    decision = decide(Request(headers=Headers.of(request_headers)), Response(), policy=policy)
    if decision.coding is None:
        return body, {}
    headers = {name: decision.headers.get(name) or "" for name in ("Content-Encoding", "Vary")}
    return compress(body, decision.coding), headers
