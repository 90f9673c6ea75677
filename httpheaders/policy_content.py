"""
The phase validate_body of a policy: whether a route takes the content that is sent, and offers what
is wanted back.

Source: RFC 9110 sections 12.5.1, 12.5.3, 15.5.7, 15.5.14 and 15.5.16.
"""

from __future__ import annotations

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.framing import declared_length
from httpheaders.messages.message import Response
from httpheaders.policy_passage import RULES, Passage
from httpheaders.syntax.field_values import split_list

__all__ = ["validate_body"]


def validate_body(passage: Passage) -> Response | None:
    """
    Say whether the route takes the content that is sent, and offers what is wanted back.

    Source: RFC 9110 sections 12.5.1, 15.5.7, 15.5.12, 15.5.14 and 15.5.16.
    """
    for check in (_content_size, _content_type, _content_coding, _wanted_type):
        response = check(passage)
        if response is not None:
            return response
    return None


def _content_length(passage: Passage) -> int:
    """Give the octets of content, as far as they are known; the larger where two tell."""
    said = declared_length(passage.request.headers) or 0
    return max(said, len(passage.request.body or b""))


def _has_content(passage: Passage) -> bool:
    return _content_length(passage) > 0 or (
        "transfer-encoding" in passage.request.headers and passage.request.body is None
    )


def _content_size(passage: Passage) -> Response | None:
    assert passage.route is not None
    limit = passage.route.body_limit
    if limit is None:
        limit = passage.policy.limits.max_body
    if limit is None:
        passage.note(RULES[413], "there is no limit", "RFC 9110 section 15.5.14")
        return None
    passage.read_content(limit + 1)
    if _content_length(passage) > limit:
        reason = f"the content has more than {limit} octets"
        return passage.stop(413, reason, "RFC 9110 section 15.5.14")
    passage.note(RULES[413], f"at most {limit} octets", "RFC 9110 section 15.5.14")
    return None


def _content_type(passage: Passage) -> Response | None:
    assert passage.route is not None
    accept = passage.route.accept
    if not accept or not _has_content(passage):
        passage.note(RULES[415], "nothing to check", "RFC 9110 section 15.5.16")
        return None
    value = passage.request.headers.get("content-type")
    if value is not None and _is_accepted(value, accept):
        passage.note(RULES[415], "yes", "RFC 9110 section 15.5.16")
        return None
    told = "there is no Content-Type" if value is None else "the Content-Type is another"
    reason = f"the route takes {', '.join(accept)}: {told}"
    # "the Accept … response header field": RFC 9110 sections 12.5.1 and 15.5.16
    return passage.stop(415, reason, "RFC 9110 section 15.5.16", ("Accept", ", ".join(accept)))


def _is_accepted(value: str, accept: tuple[str, ...]) -> bool:
    from httpheaders.syntax.media_types import parse_media_type

    try:
        essence = parse_media_type(value).essence.lower()
    except FieldSyntaxError:
        return False
    return any(wanted in (essence, "*/*", f"{essence.partition('/')[0]}/*") for wanted in accept)


def _content_coding(passage: Passage) -> Response | None:
    assert passage.route is not None
    value = passage.request.headers.joined("content-encoding")
    codings = [coding.lower() for coding in split_list(value or "")]
    if not passage.route.accept or all(coding == "identity" for coding in codings):
        return None
    reason = "the content is coded, and the route takes it as it is"
    field = ("Accept-Encoding", "identity")
    return passage.stop(415, reason, "RFC 9110 section 12.5.3", field)


def _wanted_type(passage: Passage) -> Response | None:
    assert passage.route is not None
    offers = passage.route.offers
    if not offers:
        passage.note(RULES[406], "nothing is negotiated", "RFC 9110 section 12.5.1")
        return None
    from httpheaders.content_negotiation import negotiate_type

    accept = passage.request.headers.joined("accept")
    result = negotiate_type(accept, offers)
    passage.problems += result.problems
    if result.selected is not None:
        passage.note(RULES[406], result.selected, result.reference)
        return None
    reason = f"the route offers {', '.join(offers)}: {result.reason}"
    return passage.stop(406, reason, "RFC 9110 section 15.5.7", ("Vary", "Accept"))
