"""
The five phases of a request under a policy: parse_headers, authenticate, authorize, validate_body,
handle.

How this works. A `Passage` carries one request through the phases; each gives None to go on, or the
response. The last phase does what the route says around whatever handles the request, by the same
middleware that serves it behind a server: so what is said offline is what a server does.

Source: RFC 9110, RFC 9112 sections 3 and 6, RFC 6750 section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem, Step
from httpheaders.errors import FieldSyntaxError, InputError
from httpheaders.messages.framing import check_message, declared_length
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.named_tuples import NamedTuple
from httpheaders.policy import Policy, Route, route_of
from httpheaders.request_pipeline import COMPLETED, run_phases
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import is_token, quote
from httpheaders.wsgi import environ_of, parse_target, split_authority
from httpheaders.wsgi_middleware.layers import WHOLE_UP_TO, phrase_of, status_line

if TYPE_CHECKING:
    from httpheaders.cors_server import CorsAnswer
    from httpheaders.sessions import SessionAnswer
    from httpheaders.wsgi import Environ, StartResponse, WsgiApp

__all__ = [
    "GUARDS",
    "PHASES",
    "Passage",
    "PipelineAnswer",
    "call_finished",
    "finished_app",
    "run_policy",
]

_BEARER = "RFC 6750 section 3"
_TRANSFER_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "compress", "x-compress"})
# Fields that each name one thing, so that two of them make two requests of one.
_SINGULAR = ("content-type", "authorization", "range", "content-range", "max-forwards")


class PipelineAnswer(NamedTuple):
    """
    How far a request gets.

    Attributes:
        phase: where it stopped, or "completed".
        executed: the phases that ran, in order.
        response: what is sent.
        user: the claims of a genuine token, or None.
        route: the path of the route that counted, or None.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    phase: str
    executed: tuple[str, ...]
    response: Response
    user: dict[str, Any] | None
    route: str | None


class Passage:
    """
    One request on its way through the phases.

    Args:
        request: as received.
        policy: what it is held against.
        now: seconds since 1970.
        handler: what answers in the last phase.
        explain: whether to keep the steps.
    """

    def __init__(
        self,
        request: Request,
        policy: Policy,
        *,
        now: float,
        handler: Callable[[Passage], Response | None],
        explain: bool = False,
    ) -> None:
        self.request = request
        self.policy = policy
        self.now = now
        self.handler = handler
        self.method = request.method or "GET"
        self.route: Route | None = None
        self.session: SessionAnswer | None = None
        self.cors: CorsAnswer | None = None
        self.reason = ""
        self.reference: str | None = None
        self.problems: list[Problem] = []
        self._steps: list[Step] | None = [] if explain else None

    @property
    def user(self) -> dict[str, Any] | None:
        """The claims of a genuine token."""
        return None if self.session is None else self.session.user

    @property
    def wants_steps(self) -> bool:
        """Whether anyone asked for the steps."""
        return self._steps is not None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every rule tried so far."""
        return tuple(self._steps or ())

    def note(self, rule: str, outcome: str, reference: str | None) -> None:
        """Keep a step, if anyone wants them."""
        if self._steps is not None:
            self._steps.append(Step(rule, outcome, reference))

    def because(self, reason: str, reference: str | None) -> None:
        """Say what decided."""
        self.reason, self.reference = reason, reference

    def stop(self, status: int, reason: str, reference: str, *fields: tuple[str, str]) -> Response:
        """Give the response that ends it here."""
        self.because(reason, reference)
        self.note(_RULES.get(status, phrase_of(status)), f"{status}: {reason}", reference)
        body = f"{status} {phrase_of(status)}\n".encode()
        headers = [
            *fields,
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            # Some of these statuses are stored unless told not to be: RFC 9110 section 15.1
            ("Cache-Control", "no-store"),
        ]
        content = b"" if self.method == "HEAD" else body
        return Response(status, self.with_cors(headers), content, phrase=phrase_of(status))

    def empty(self, status: int, reason: str, reference: str, headers: Headers) -> Response:
        """Give a response without content, in place of the application's."""
        self.because(reason, reference)
        self.note("the request is answered here", f"{status}: {reason}", reference)
        return Response(status, headers, b"", phrase=phrase_of(status))

    def with_cors(self, headers: list[tuple[str, str]]) -> Headers:
        """Let scripts that may read the answer read this one too."""
        if self.cors is None:
            return Headers(headers)
        from httpheaders.cors_server import with_cors_headers

        return with_cors_headers(Headers(headers), self.cors)


_RULES = {
    400: "the head can be understood in one way only",
    401: "the sender is known",
    403: "the sender may",
    404: "there is a route",
    405: "the route takes the method",
    406: "the route offers what is wanted",
    413: "the content is not too large",
    414: "the target is not too long",
    415: "the route takes the type of content",
    431: "the fields are not too large",
}


# --- 1. parse_headers -----------------------------------------------------------------------------


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


# --- 2. authenticate, 3. authorize ----------------------------------------------------------------


def authenticate(passage: Passage) -> Response | None:
    """
    Find out who sends the request, where the route asks for it.

    Source: RFC 9110 section 11.6.1, RFC 6750 section 3.
    """
    rule, route = passage.policy.session, passage.route
    if rule is None or route is None:
        passage.note("the sender is known", "nobody asks", "RFC 9110 section 11.6.1")
        return None
    from httpheaders.sessions import check_session, find_token
    from httpheaders.wsgi_middleware.session import unauthorized

    found = find_token(passage.request, cookie=rule.cookie)
    passage.problems += found.problems
    if found.token is not None:
        passage.session = check_session(rule.form, found.token, now=passage.now)
    if passage.user is not None:
        passage.note("the sender is known", "by a genuine token", _BEARER)
        return None
    told = "there is no token" if passage.session is None else passage.session.reason
    if not route.needs_session:
        if passage.session is not None:
            message = f"a token that is not to be trusted counts as none: {told}"
            passage.problems.append(Problem(found.where, message, _BEARER))
        passage.note("the sender is known", f"no: {told}; the route asks nobody", _BEARER)
        return None
    passage.because(told, "RFC 9110 section 15.5.2")
    passage.note(_RULES[401], f"401: {told}", "RFC 9110 section 15.5.2")
    response = unauthorized(passage.session, realm=rule.realm, is_cookie=rule.cookie is not None)
    content = b"" if passage.method == "HEAD" else response.body
    headers = passage.with_cors(response.headers.pairs)
    return response._replace(headers=headers, body=content, phrase=phrase_of(401))


def authorize(passage: Passage) -> Response | None:
    """
    Say whether the sender has one of the roles that the route asks for.

    Source: RFC 9110 section 15.5.4, RFC 6750 section 3.1.
    """
    rule, route = passage.policy.session, passage.route
    if route is None or rule is None or not route.roles:
        passage.note("the sender may", "no role is asked for", "RFC 9110 section 15.5.4")
        return None
    roles = roles_of(passage.user or {})
    if not roles.isdisjoint(route.roles):
        passage.note("the sender may", "yes, by role", "RFC 9110 section 15.5.4")
        return None
    fields = []
    if rule.cookie is None:
        challenge = f'Bearer realm={quote(rule.realm)}, error="insufficient_scope"'
        fields.append(("WWW-Authenticate", challenge))
    reason = f"the sender has none of the roles {', '.join(route.roles)}"
    return passage.stop(403, reason, "RFC 9110 section 15.5.4", *fields)


def roles_of(claims: dict[str, Any]) -> frozenset[str]:
    """
    Give the roles that a token's claims name, under `role` and `roles`.

    >>> sorted(roles_of({"role": "admin", "roles": ["ops", 7]}))
    ['admin', 'ops']
    """
    listed = claims.get("roles")
    named = [claims.get("role"), *(listed if isinstance(listed, list) else [listed])]
    return frozenset(role for role in named if isinstance(role, str))


# --- 4. validate_body -----------------------------------------------------------------------------


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
        passage.note(_RULES[413], "there is no limit", "RFC 9110 section 15.5.14")
        return None
    if _content_length(passage) > limit:
        reason = f"the content has more than {limit} octets"
        return passage.stop(413, reason, "RFC 9110 section 15.5.14")
    passage.note(_RULES[413], f"at most {limit} octets", "RFC 9110 section 15.5.14")
    return None


def _content_type(passage: Passage) -> Response | None:
    assert passage.route is not None
    accept = passage.route.accept
    if not accept or not _has_content(passage):
        passage.note(_RULES[415], "nothing to check", "RFC 9110 section 15.5.16")
        return None
    value = passage.request.headers.get("content-type")
    if value is not None and _is_accepted(value, accept):
        passage.note(_RULES[415], "yes", "RFC 9110 section 15.5.16")
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
        passage.note(_RULES[406], "nothing is negotiated", "RFC 9110 section 12.5.1")
        return None
    from httpheaders.content_negotiation import negotiate_type

    accept = passage.request.headers.joined("accept")
    result = negotiate_type(accept, offers)
    passage.problems += result.problems
    if result.selected is not None:
        passage.note(_RULES[406], result.selected, result.reference)
        return None
    reason = f"the route offers {', '.join(offers)}: {result.reason}"
    return passage.stop(406, reason, "RFC 9110 section 15.5.7", ("Vary", "Accept"))


# --- 5. handle ------------------------------------------------------------------------------------


def handle(passage: Passage) -> Response | None:
    """Let the application answer."""
    return passage.handler(passage)


GUARDS: tuple[tuple[str, Callable[[Passage], Response | None]], ...] = (
    ("parse_headers", parse_headers),
    ("authenticate", authenticate),
    ("authorize", authorize),
    ("validate_body", validate_body),
)
PHASES = (*GUARDS, ("handle", handle))


def finished_app(app: WsgiApp, route: Route, *, whole_up_to: int = WHOLE_UP_TO) -> WsgiApp:
    """
    Put around an application what a route says of its answers.

    From inside: Vary for what is negotiated, the caching strategy, the entity tag and conditions,
    and compression.

    Args:
        app: what handles the requests.
        route: that they match.
        whole_up_to: octets of declared content to wait for.
    """
    if len(route.offers) > 0:
        app = _varying(app, "Accept")
    if route.cache is not None:
        from httpheaders.wsgi_middleware.caching_fields import caching_fields_middleware

        app = caching_fields_middleware(route.cache)(app)
    if route.etag:
        from httpheaders.wsgi_middleware.conditional import conditional_middleware

        app = conditional_middleware(app, whole_up_to=whole_up_to)
    if route.gzip:
        from httpheaders.wsgi_middleware.compression import compression_middleware

        app = compression_middleware(app, whole_up_to=whole_up_to)
    return app


def call_finished(
    app: WsgiApp, passage: Passage, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Call an application for a request that every phase let through, and add its CORS fields."""
    if passage.cors is None:
        return app(environ, start_response)
    from httpheaders.wsgi_middleware.cross_origin import shared_call

    return shared_call(app, passage.cors, environ, start_response)


def _varying(app: WsgiApp, name: str) -> WsgiApp:
    def varied(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, Headers(headers).varying_by(name).pairs, *exc_info)

        return app(environ, start)

    return varied


def run_policy(
    request: Request,
    policy: Policy,
    *,
    response: Response | None = None,
    now: float,
    explain: bool = False,
) -> PipelineAnswer:
    """
    Say how far a request gets under a policy, and what is sent.

    Args:
        request: as received.
        policy: what it is held against.
        response: what the application would answer; 200 without known content, if None.
        now: seconds since 1970, for sessions.
        explain: whether to give the steps.

    Source: the sections that each phase names.

    >>> answer = run_policy(Request("DELETE", "/x"), Policy((Route("/x", ("GET",)),)), now=0)
    >>> answer.phase, answer.response.status, answer.response.headers.get("Allow")
    ('parse_headers', 405, 'GET, HEAD, OPTIONS')
    """
    supposed = Response(200) if response is None else response

    def handler(passage: Passage) -> Response:
        return _handled(passage, supposed)

    passage = Passage(request, policy, now=now, handler=handler, explain=explain)
    run = run_phases(PHASES, passage)
    assert run.response is not None
    completed = run.phase == COMPLETED
    if completed:
        passage.because(*_completion(run.response, supposed))
    return PipelineAnswer(
        completed,
        passage.reason,
        passage.reference,
        tuple(passage.problems),
        passage.steps,
        run.phase,
        run.executed,
        run.response,
        passage.user,
        None if passage.route is None else passage.route.path,
    )


def _completion(response: Response, supposed: Response) -> tuple[str, str]:
    status = response.status or 200
    if status != supposed.status:
        told = f"every phase let it through, and the application's answer becomes {status}"
    else:
        told = f"every phase let it through, and the answer is {status}"
    return f"{told} {phrase_of(status)}", "RFC 9110 section 15"


def _handled(passage: Passage, supposed: Response) -> Response:
    """Send a known response through what the route says of its answers."""
    from httpheaders.wsgi_call import call_app

    pieces: list[bytes] = []

    def take(chunk: bytes) -> bool:
        pieces.append(chunk)
        return True

    known = supposed.body is not None
    assert passage.route is not None
    app = finished_app(_given(supposed), passage.route, whole_up_to=WHOLE_UP_TO if known else -1)

    def finished(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return call_finished(app, passage, environ, start_response)

    environ = environ_of(passage.request).environ
    response, _ = call_app(finished, environ, take=take)
    passage.note("the application answers", str(response.status), "RFC 9110 section 15")
    has_content = known and passage.method != "HEAD" and response.status not in (204, 304)
    return response._replace(body=b"".join(pieces) if has_content else None, version=None)


def _given(supposed: Response) -> WsgiApp:
    """An application that gives a response that is known already."""

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status = supposed.status or 200
        previous = f"{status} {supposed.phrase}" if supposed.phrase else ""
        pairs = [
            (name, value.encode("latin-1", "replace").decode("latin-1"))
            for name, value in supposed.headers
        ]
        start_response(status_line(status, previous), pairs)
        if supposed.body is None:
            return _nothing()
        return [supposed.body]

    return app


def _nothing() -> Iterator[bytes]:
    """Content of which nothing is known."""
    yield from ()
