"""The five phases, and that a server behind the middleware does what is said offline."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.policy import Limits, Policy, Route
from httpheaders.policy_phases import run_policy
from httpheaders.wsgi_call import answer_wsgi
from httpheaders.wsgi_middleware.policed import policy_middleware
from tests import policies
from tests.policies import ADMIN, EXPIRED, NOW, READER
from tests.wsgi_client import call

POLICY = policies.policy()
JSON = ("Content-Type", "application/json")


def judged(method="GET", url="/users", *fields, body=None, version=None, policy=POLICY):
    request = Request(method, url, Headers(fields), body, version)
    return run_policy(request, policy, now=NOW)


def bearer(token):
    return ("Authorization", f"Bearer {token}")


# What is sent, where it stops, the status, and a field of the response.
@pytest.mark.parametrize(
    ("answer", "phase", "status", "field"),
    [
        pytest.param(judged(), "completed", 200, None, id="let-through"),
        # RFC 9112 section 6: two readers must not find two ends.
        pytest.param(
            judged("POST", "/users", ("Content-Length", "3"), ("Transfer-Encoding", "chunked")),
            "parse_headers",
            400,
            None,
            id="length-and-chunked",
        ),
        pytest.param(
            judged("POST", "/users", ("Content-Length", "3"), ("Content-Length", "4")),
            "parse_headers",
            400,
            None,
            id="two-lengths",
        ),
        pytest.param(
            judged("POST", "/users", ("Content-Length", "+3")),
            "parse_headers",
            400,
            None,
            id="length-with-sign",
        ),
        pytest.param(
            judged("POST", "/users", ("Transfer-Encoding", "chunked, identity")),
            "parse_headers",
            400,
            None,
            id="chunked-is-not-last",
        ),
        pytest.param(
            judged("POST", "/users", ("Transfer-Encoding", "chunked, chunked")),
            "parse_headers",
            400,
            None,
            id="chunked-twice",
        ),
        pytest.param(
            judged("POST", "/users", ("Transfer-Encoding", "x, chunked")),
            "parse_headers",
            501,
            None,
            id="unknown-coding",
        ),
        pytest.param(
            judged("POST", "/users", ("Transfer-Encoding", "chunked"), version="1.0"),
            "parse_headers",
            400,
            None,
            id="chunked-in-1.0",
        ),
        pytest.param(
            judged("POST", "/users", ("Transfer-Encoding", "chunked"), version="2"),
            "parse_headers",
            400,
            None,
            id="chunked-in-2",
        ),
        pytest.param(
            judged("GET", "/users", ("Content-Length ", "3")),
            "parse_headers",
            400,
            None,
            id="blank-before-the-colon",
        ),
        pytest.param(
            judged("GET", "/users", ("X", "a\rb")), "parse_headers", 400, None, id="bare-cr"
        ),
        pytest.param(judged("GET", "/users", ("X", "a\0b")), "parse_headers", 400, None, id="nul"),
        pytest.param(judged("G(T"), "parse_headers", 400, None, id="method-no-token"),
        pytest.param(judged("GET", "/a b"), "parse_headers", 400, None, id="blank-in-target"),
        pytest.param(judged("GET", "/x#y"), "parse_headers", 400, None, id="fragment"),
        pytest.param(judged("GET", "/a/../b"), "parse_headers", 400, None, id="dot-segments"),
        pytest.param(judged("GET", "/a/%2E%2e/b"), "parse_headers", 400, None, id="coded-dots"),
        pytest.param(judged("GET", "/a%00"), "parse_headers", 400, None, id="coded-nul"),
        pytest.param(judged("GET", "/a%5cb"), "parse_headers", 400, None, id="backslash"),
        pytest.param(judged(version="1.1"), "parse_headers", 400, None, id="no-host"),
        pytest.param(
            judged("GET", "/users", ("Host", "a"), ("Host", "a")),
            "parse_headers",
            400,
            None,
            id="two-hosts",
        ),
        pytest.param(
            judged("GET", "/users", ("Host", "a/b")), "parse_headers", 400, None, id="bad-host"
        ),
        pytest.param(
            judged("POST", "/users", JSON, JSON), "parse_headers", 400, None, id="two-types"
        ),
        pytest.param(judged("GET", "/" + "x" * 400), "parse_headers", 414, None, id="long-target"),
        pytest.param(
            judged("GET", "/users", *[("X", "y")] * 31),
            "parse_headers",
            431,
            None,
            id="many-fields",
        ),
        pytest.param(
            judged("GET", "/users", ("X", "y" * 2000)), "parse_headers", 431, None, id="large-field"
        ),
        pytest.param(
            judged("GET", "/users", ("Expect", "tea")), "parse_headers", 417, None, id="expectation"
        ),
        pytest.param(judged("GET", "/no"), "parse_headers", 404, None, id="no-route"),
        pytest.param(
            judged("PUT"), "parse_headers", 405, ("Allow", "GET, POST, HEAD, OPTIONS"), id="method"
        ),
        pytest.param(
            judged("OPTIONS"),
            "parse_headers",
            204,
            ("Allow", "GET, POST, HEAD, OPTIONS"),
            id="options",
        ),
        pytest.param(
            judged(
                "OPTIONS",
                "/admin/x",
                ("Origin", "https://app.example.com"),
                ("Access-Control-Request-Method", "PUT"),
            ),
            "parse_headers",
            204,
            ("Access-Control-Allow-Methods", "PUT"),
            id="preflight",
        ),
        pytest.param(
            judged("GET", "/down"), "parse_headers", 503, ("Retry-After", "120"), id="unavailable"
        ),
        pytest.param(
            judged("GET", "/me"),
            "authenticate",
            401,
            ("WWW-Authenticate", 'Bearer realm="api"'),
            id="no-token",
        ),
        pytest.param(
            judged("GET", "/me", bearer(EXPIRED)),
            "authenticate",
            401,
            (
                "WWW-Authenticate",
                'Bearer realm="api", error="invalid_token", error_description="Token expired"',
            ),
            id="expired-token",
        ),
        pytest.param(judged("GET", "/me", bearer(READER)), "completed", 200, None, id="token"),
        pytest.param(judged("GET", "/admin/x", bearer(ADMIN)), "completed", 200, None, id="role"),
        pytest.param(
            judged("GET", "/admin/x", bearer(READER)),
            "authorize",
            403,
            ("WWW-Authenticate", 'Bearer realm="api", error="insufficient_scope"'),
            id="other-role",
        ),
        pytest.param(
            judged("GET", "//admin//x"), "authenticate", 401, None, id="slashes-are-no-way-round"
        ),
        pytest.param(
            judged("POST", "/users", JSON, body=b"x" * 101),
            "validate_body",
            413,
            None,
            id="too-large",
        ),
        pytest.param(
            judged("POST", "/users", JSON, ("Content-Length", "101")),
            "validate_body",
            413,
            None,
            id="too-large-by-its-word",
        ),
        pytest.param(
            judged("POST", "/users", JSON, ("Content-Length", "9" * 30)),
            "validate_body",
            413,
            None,
            id="too-large-for-a-number",
        ),
        pytest.param(
            judged("POST", "/users", ("Content-Type", "text/plain"), body=b"x"),
            "validate_body",
            415,
            ("Accept", "application/json"),
            id="other-type",
        ),
        pytest.param(judged("POST", "/users", body=b"x"), "validate_body", 415, None, id="no-type"),
        pytest.param(
            judged("POST", "/users", JSON, ("Content-Encoding", "br"), body=b"x"),
            "validate_body",
            415,
            ("Accept-Encoding", "identity"),
            id="coded-content",
        ),
        pytest.param(
            judged("GET", "/users", ("Accept", "text/html")),
            "validate_body",
            406,
            ("Vary", "Accept, Origin"),
            id="nothing-acceptable",
        ),
        pytest.param(judged("POST", "/users", JSON, body=b"{}"), "completed", 200, None, id="post"),
    ],
)
def test_where_it_stops(answer, phase, status, field):
    assert (answer.phase, answer.response.status) == (phase, status), answer.reason
    assert answer.ok is (phase == "completed")
    assert answer.executed[-1] == ("handle" if phase == "completed" else phase)
    if field is not None:
        assert answer.response.headers.joined(field[0]) == field[1]


def test_what_the_application_answers_is_finished():
    request = Request("GET", "/users", Headers([("Accept-Encoding", "gzip")]))
    answer = run_policy(
        request, POLICY, response=Response(200, Headers([JSON]), policies.USERS), now=NOW
    )
    headers = answer.response.headers
    assert headers.get("content-encoding") == "gzip"
    assert headers.get("cache-control") == "private, max-age=300"
    assert headers.get("etag").startswith('W/"')
    assert headers.joined("vary") == "Accept, Accept-Encoding, Origin"
    again = run_policy(
        request._replace(headers=request.headers.added("If-None-Match", headers.get("etag"))),
        POLICY,
        response=Response(200, Headers([JSON]), policies.USERS),
        now=NOW,
    )
    assert (again.phase, again.response.status) == ("completed", 304)


# RFC 9110 section 5.6.7
@pytest.mark.parametrize("year", ["21", "19"])
def test_two_digit_years_are_placed_by_the_clock(year):
    policy = Policy((Route("/", ("GET",), etag=True),))
    modified = Headers([("Last-Modified", "Wed, 01 Jul 2020 00:00:00 GMT")])
    day = {"21": "Thursday", "19": "Monday"}[year]
    since = Headers([("If-Modified-Since", f"{day}, 01-Jul-{year} 00:00:00 GMT")])
    answer = run_policy(
        Request("GET", "/", since), policy, response=Response(200, modified, b"x"), now=NOW
    )
    assert answer.response.status == {"21": 304, "19": 200}[year]


def test_of_unknown_content_only_the_headers_are_said():
    answer = judged("GET", "/static/app.css", ("Accept-Encoding", "gzip"))
    assert answer.response.body is None
    head = run_policy(
        Request("GET", "/static/app.css", Headers([("Accept-Encoding", "gzip")])),
        POLICY,
        response=Response(200, Headers([("Content-Type", "text/css"), ("Content-Length", "9000")])),
        now=NOW,
    )
    assert head.response.headers.get("content-encoding") == "gzip"
    assert head.response.headers.get("content-length") is None


def test_the_steps_are_given_on_request():
    request = Request("GET", "/users")
    steps = run_policy(request, POLICY, now=NOW, explain=True).steps
    assert [step for step in steps if step.rule == "the route takes the method"]
    assert run_policy(request, POLICY, now=NOW).steps == ()


def test_no_policy_but_the_limits_lets_everything_through():
    assert judged("PURGE", "/x?y", policy=Policy()).ok
    tiny = Policy((Route("/*"),), Limits(max_target=3))
    assert judged("GET", "/xyz", policy=tiny).response.status == 414


def test_tokens_and_claims_never_come_out():
    answer = judged("GET", "/me", bearer(EXPIRED), ("Origin", "https://app.example.com"))
    assert EXPIRED not in repr(answer)
    assert answer.user is None


@given(
    st.builds(
        Request,
        st.text(max_size=8) | st.sampled_from(policies.METHODS),
        st.text(max_size=20).map(lambda text: "/" + text),
        st.lists(st.tuples(st.text(max_size=10), st.text(max_size=20)), max_size=4).map(Headers),
        st.binary(max_size=8) | st.none(),
    )
)
def test_every_request_is_answered(request_):
    answer = run_policy(request_, POLICY, now=NOW)
    assert answer.ok is (answer.phase == "completed")


# --- what is said offline is what a server does ---------------------------------------------------

REQUESTS = policies.requests(260)


def served(request):
    app = policy_middleware(POLICY, clock=lambda: NOW)(policies.app)
    return answer_wsgi(app, request).response


def said(request):
    response = answer_wsgi(policies.app, request._replace(method=request.method)).response
    if request.method == "HEAD":
        response = answer_wsgi(policies.app, request._replace(method="GET")).response
    return run_policy(request, POLICY, response=response, now=NOW).response


def test_there_are_requests_of_every_outcome():
    statuses = {served(request).status for request in REQUESTS}
    assert {200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 406, 412, 413, 414, 415, 417, 431,
            501, 503} <= statuses  # fmt: skip
    assert len(REQUESTS) >= 200


@pytest.mark.parametrize("request_", REQUESTS, ids=range(len(REQUESTS)))
def test_the_middleware_does_what_is_said(request_):
    ours, theirs = said(request_), served(request_)
    assert (ours.status, ours.headers.to_dict()) == (theirs.status, theirs.headers.to_dict())
    assert (ours.body or b"") == (theirs.body or b"")


# The application gives HEAD its content, which the validator does not like.
@pytest.mark.parametrize("request_", [one for one in REQUESTS if one.method != "HEAD"][:60])
def test_the_middleware_is_valid_wsgi(request_):
    plain = request_.headers.without("Host", "Transfer-Encoding", "Content-Length")
    answer = call(
        policies.app,
        policy_middleware(POLICY, clock=lambda: NOW),
        method=request_.method,
        url=request_.url,
        headers=dict(plain),
        body=request_.body,
    )
    assert answer.status < 600


def served_by(app, **environ):
    """Gives the status of a POST as a server hands it on that takes chunks apart."""
    heads = []
    guarded = policy_middleware(POLICY, clock=lambda: NOW)(app)
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/me",
        "HTTP_AUTHORIZATION": f"Bearer {ADMIN}",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        **environ,
    }
    list(guarded(environ, lambda status, headers: heads.append(status)))
    return int(heads[0][:3])


class Dribble(io.BytesIO):
    """A stream that never gives more than a few octets at once."""

    def read(self, size=-1):
        return super().read(min(size, 7) if size >= 0 else size)


@pytest.mark.parametrize("stream", [io.BytesIO, Dribble])
@pytest.mark.parametrize("length", [{}, {"CONTENT_LENGTH": ""}], ids=["absent", "empty"])
def test_content_in_chunks_is_measured_as_it_is_read(stream, length):
    read = []

    def app(environ, start_response):
        read.append(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    for size, status in ((400, 200), (501, 413)):
        assert served_by(app, **{"wsgi.input": stream(b"x" * size)}, **length) == status
    assert read == [b"x" * 400]


@pytest.mark.parametrize(
    ("environ", "status", "octets"),
    [
        pytest.param({"HTTP_AUTHORIZATION": "Bearer x"}, 401, 0, id="sender-not-known"),
        pytest.param({"PATH_INFO": "/nowhere/else"}, 404, 0, id="no-route"),
        pytest.param({"PATH_INFO": "/users"}, 413, 101, id="to-the-routes-own-limit"),
        pytest.param({}, 413, 501, id="to-the-limit-of-all"),
    ],
)
def test_no_more_is_read_than_must_be(environ, status, octets):
    stream = io.BytesIO(b"x" * 9999)
    assert served_by(policies.app, **{"wsgi.input": stream}, **environ) == status
    assert stream.tell() == octets


# RFC 9112 section 6.1
@pytest.mark.parametrize(("protocol", "status"), [("HTTP/1.0", 400), ("HTTP/1.1", 200)])
def test_chunks_in_http_1_0_are_refused_behind_a_server_too(protocol, status):
    environ = {"SERVER_PROTOCOL": protocol, "HTTP_HOST": "a", "wsgi.input": io.BytesIO(b"x")}
    assert served_by(policies.app, **environ) == status
