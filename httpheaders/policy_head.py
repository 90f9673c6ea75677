"""
The phase parse_headers of a policy: whether a head can be understood in one way only, and which
route it is for.

Source: RFC 9112 sections 3, 5 and 6, RFC 9110 sections 7.2, 9.1 and 15.5.
"""

from __future__ import annotations

from collections.abc import Callable

from httpheaders.errors import InputError
from httpheaders.messages.framing import check_message
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Response
from httpheaders.policy import route_of
from httpheaders.policy_passage import Passage
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import is_token
from httpheaders.wsgi import parse_target, split_authority

__all__ = ["decoded_path", "parse_headers"]

_TRANSFER_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "compress", "x-compress"})
# Fields that each name one thing, so that two of them make two requests of one.
_SINGULAR = ("content-type", "authorization", "range", "content-range", "max-forwards")


def parse_headers(passage: Passage) -> Response | None:
    """
    Refuse what cannot be understood in one way only, and find the route.

    Source: RFC 9112 sections 3, 5 and 6, RFC 9110 sections 7.2, 9.1 and 15.5.
    """
    for check in _HEAD_CHECKS:
        response = check(passage)
        if response is not None:
            return response
    return None


def _request_line(passage: Passage) -> Response | None:
    request, limits = passage.request, passage.policy.limits
    if not is_token(passage.method):
        return passage.stop(400, "the method is not a token", "RFC 9110 section 9.1")
    url = request.url or "/"
    if len(url) > limits.max_target:
        reason = f"the target has more than {limits.max_target} octets"
        return passage.stop(414, reason, "RFC 9110 section 15.5.15")
    try:
        target = parse_target(url)
    except InputError as error:
        return passage.stop(400, error.message, "RFC 9112 section 3.2")
    if "#" in url:
        return passage.stop(400, "the target holds a fragment", "RFC 9112 section 3.2")
    path = decoded_path(target.path)
    if any(segment in (".", "..") for segment in path.split("/")):
        reason = "the path holds dot segments, which clients take out before they send it"
        return passage.stop(400, reason, "RFC 3986 section 5.2.4")
    if "\\" in path or any(ord(character) < 32 or character == "\x7f" for character in path):
        reason = "the path holds a backslash or a control character, encoded"
        return passage.stop(400, reason, "RFC 9110 section 4.2.3")
    passage.note("the request line is well formed", "yes", "RFC 9112 section 3")
    return None


def decoded_path(path: str) -> str:
    """
    Give a path as applications get it: percent-decoded, as UTF-8 where it is.

    >>> decoded_path("/caf%C3%A9"), decoded_path("*")
    ('/café', '/')
    """
    if path == "*":
        return "/"
    if "%" not in path:
        return path
    from urllib.parse import unquote_to_bytes

    from httpheaders.messages.headers import decode_field_text

    return decode_field_text(unquote_to_bytes(path))


def _fields(passage: Passage) -> Response | None:
    request, limits = passage.request, passage.policy.limits
    if len(request.headers) > limits.max_fields:
        reason = f"there are more than {limits.max_fields} fields"
        return passage.stop(431, reason, "RFC 6585 section 5")
    # Name, colon, blank, value, CR LF.
    size = sum(len(name) + len(value) + 4 for name, value in request.headers)
    if size > limits.max_header_size:
        reason = f"the fields have more than {limits.max_header_size} octets"
        return passage.stop(431, reason, "RFC 6585 section 5")
    found = check_message(request)
    for problem in found:
        passage.problems.append(problem)
    if found:
        return passage.stop(400, found[0].message, found[0].reference or "RFC 9112 section 5")
    passage.note("the fields are well formed", "yes", "RFC 9110 section 5")
    return _singular(passage)


def _singular(passage: Passage) -> Response | None:
    for name in _SINGULAR:
        if len(passage.request.headers.get_all(name)) > 1:
            reason = f"{name} is given more than once"
            return passage.stop(400, reason, "RFC 9110 section 5.3")
    return None


def _transfer_coding(passage: Passage) -> Response | None:
    """
    Refuse what lets two readers find two ends of one request.

    Source: RFC 9112 sections 6.1 and 6.3.
    """
    headers = passage.request.headers
    if "transfer-encoding" not in headers:
        passage.note("the end of the content is certain", "yes", "RFC 9112 section 6.3")
        return None
    codings = [coding.lower() for coding in split_list(headers.joined("transfer-encoding") or "")]
    if passage.request.version in ("2", "3"):
        reason = "Transfer-Encoding has no place in HTTP/2 and HTTP/3"
        return passage.stop(400, reason, "RFC 9113 section 8.2.2")
    if codings[-1:] != ["chunked"] or codings.count("chunked") > 1:
        reason = "chunked is not the last transfer coding, and the only one of its name"
        return passage.stop(400, reason, "RFC 9112 section 6.3")
    for coding in codings[:-1]:
        if coding.partition(";")[0].strip() not in _TRANSFER_CODINGS:
            reason = "a transfer coding that is not known"
            return passage.stop(501, reason, "RFC 9112 section 6.1")
    if len(codings) > 1:
        reason = "no transfer coding but chunked is taken"
        return passage.stop(501, reason, "RFC 9112 section 6.1")
    passage.note("the end of the content is certain", "chunked", "RFC 9112 section 6.3")
    return None


def _host(passage: Passage) -> Response | None:
    lines = passage.request.headers.get_all("host")
    reference = "RFC 9112 section 3.2"
    if len(lines) > 1:
        return passage.stop(400, "there is more than one Host", reference)
    if not lines:
        if passage.request.version == "1.1":
            return passage.stop(400, "an HTTP/1.1 request has a Host", reference)
        return None
    try:
        if lines[0]:
            split_authority(lines[0])
    except InputError:
        return passage.stop(400, "Host is not a host with or without port", reference)
    passage.note("Host is right", "yes", reference)
    return None


def _expectation(passage: Passage) -> Response | None:
    value = passage.request.headers.joined("expect")
    if value is None or value.strip().lower() in ("", "100-continue"):
        return None
    return passage.stop(417, "an expectation that is not known", "RFC 9110 section 10.1.1")


def _find_route(passage: Passage) -> Response | None:
    path = decoded_path(parse_target(passage.request.url or "/").path)
    passage.route = route_of(passage.policy, path)
    if passage.route is None:
        return passage.stop(404, "no route of the policy matches", "RFC 9110 section 15.5.5")
    passage.note("there is a route", passage.route.path, "RFC 9110 section 15.5.5")
    return None


def _cross_origin(passage: Passage) -> Response | None:
    """A preflight comes without credentials, so it is answered before they are asked for."""
    if passage.policy.cors is None:
        return None
    from httpheaders.cors_server import answer_cors
    from httpheaders.wsgi_middleware.cross_origin import preflight_fields

    answer = answer_cors(passage.request, passage.policy.cors, explain=passage.wants_steps)
    passage.cors = answer
    passage.problems += [one for one in answer.problems if not one.where.startswith("policy ")]
    for step in answer.steps:
        passage.note(*step)
    if answer.calls_application:
        return None
    headers = Headers(preflight_fields(answer))
    return passage.empty(answer.status or 204, answer.reason, answer.reference or "", headers)


def _options(passage: Passage) -> Response | None:
    assert passage.route is not None
    allowed = passage.route.allowed_methods
    if not allowed or passage.method != "OPTIONS" or "OPTIONS" in passage.route.methods:
        return None
    headers = passage.with_cors([("Allow", ", ".join(allowed))])
    reason = "OPTIONS asks what the route takes"
    return passage.empty(204, reason, "RFC 9110 section 9.3.7", headers)


def _method(passage: Passage) -> Response | None:
    assert passage.route is not None
    allowed = passage.route.allowed_methods
    if not allowed or passage.method in allowed:
        passage.note("the route takes the method", "yes", "RFC 9110 section 15.5.6")
        return None
    reason = f"the route takes {', '.join(allowed)}"
    return passage.stop(405, reason, "RFC 9110 section 15.5.6", ("Allow", ", ".join(allowed)))


def _in_service(passage: Passage) -> Response | None:
    assert passage.route is not None
    seconds = passage.route.unavailable
    if seconds is None:
        return None
    retry = ("Retry-After", str(int(seconds)))
    return passage.stop(503, "the route is out of service", "RFC 9110 section 15.6.4", retry)


_HEAD_CHECKS: tuple[Callable[[Passage], Response | None], ...] = (
    _request_line,
    _fields,
    _transfer_coding,
    _host,
    _expectation,
    _cross_origin,
    _find_route,
    _options,
    _method,
    _in_service,
)
