"""What a server answers, under every kind of policy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cors_browser import Hop, ScriptRequest, check_fetch
from httpheaders.cors_origins import OriginRegex
from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_server import answer_cors, with_cors_headers
from httpheaders.errors import HttpHeadersError
from httpheaders.messages.headers import Headers, checked_field
from httpheaders.messages.message import Request, Response

APP = "https://app.example.com"
OTHER = "https://other.example"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"


def ask(policy, *fields, method="GET"):
    return answer_cors(Request(method, "/", Headers(fields)), policy)


def preflight(policy, method="PUT", names=None, origin=APP):
    fields = [("Origin", origin), ("Access-Control-Request-Method", method)]
    if names is not None:
        fields.append(("Access-Control-Request-Headers", names))
    return ask(policy, *fields, method="OPTIONS")


def fields(answer):
    return dict(answer.headers)


# Fetch sections "HTTP requests" and "HTTP responses"
def test_an_allowed_request_goes_to_the_application():
    policy = CorsPolicy([APP], allow_credentials=True, expose_headers=["X-A", "X-B"])
    answer = ask(policy, ("Origin", APP))
    assert (answer.ok, answer.allowed, answer.is_preflight) == (True, True, False)
    assert (answer.calls_application, answer.status, answer.origin) == (True, None, APP)
    assert fields(answer) == {
        ALLOW_ORIGIN: APP,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "X-A, X-B",
        "Vary": "Origin",
    }


@pytest.mark.parametrize("origin", [OTHER, "null", APP + "/", "", APP.upper(), "\r\nX: y"])
def test_a_refused_request_gets_vary_alone(origin):
    answer = ask(CorsPolicy([APP], allow_credentials=True), ("Origin", origin))
    assert not answer.allowed
    assert answer.calls_application
    assert fields(answer) == {"Vary": "Origin"}


def test_without_origin_there_is_nothing_to_allow():
    answer = ask(CorsPolicy([APP]))
    assert (answer.allowed, answer.origin) == (False, None)
    assert fields(answer) == {"Vary": "Origin"}
    assert "no Origin" in answer.reason


# Fetch section "CORS protocol and HTTP caches"
@pytest.mark.parametrize("sent", [(), (("Origin", APP),), (("Origin", "null"),)])
def test_an_answer_for_everybody_is_always_the_same(sent):
    assert fields(ask(CorsPolicy(["*"]), *sent)) == {ALLOW_ORIGIN: "*"}
    fixed = ask(CorsPolicy([APP], fixed_origin=True), *sent)
    assert fields(fixed) == {ALLOW_ORIGIN: APP}
    assert fixed.allowed is (sent == (("Origin", APP),))


def test_two_origin_fields_match_nothing():
    answer = ask(CorsPolicy([APP]), ("Origin", APP), ("Origin", APP))
    assert not answer.allowed
    assert "two Origin fields" in answer.problems[0].message


def test_an_accepted_preflight_lists_the_policy():
    policy = CorsPolicy(
        [APP],
        allow_methods=["PUT", "PATCH"],
        allow_headers=["X-A", "Authorization"],
        expose_headers=["X-B"],
        allow_credentials=True,
        max_age=600,
    )
    answer = preflight(policy, "PUT", "authorization,x-a")
    assert (answer.allowed, answer.is_preflight, answer.calls_application) == (True, True, False)
    assert answer.status == 204
    assert fields(answer) == {
        ALLOW_ORIGIN: APP,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "PUT, PATCH",
        "Access-Control-Allow-Headers": "X-A, Authorization",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


@pytest.mark.parametrize(
    ("method", "names", "policy", "reason"),
    [
        pytest.param("PUT", None, {}, "'PUT' is not allowed", id="method"),
        pytest.param("put", None, {"allow_methods": ["PUT"]}, "'put'", id="method case"),
        pytest.param("TRACE", None, {"allow_methods": ["*"]}, "script can use", id="forbidden"),
        pytest.param("", None, {"allow_methods": ["*"]}, "script can use", id="empty method"),
        pytest.param("P T", None, {"allow_methods": ["*"]}, "script can use", id="no token"),
        pytest.param("GET", "x-a", {}, "'x-a' is not allowed", id="header"),
        pytest.param("GET", "x-a,x-b", {"allow_headers": ["X-A"]}, "'x-b'", id="second header"),
        pytest.param("GET", "authorization", {"allow_headers": ["*"]}, "by name", id="star"),
        pytest.param("GET", "x a", {"allow_headers": ["*"]}, "not a list", id="malformed"),
    ],
)
def test_a_refused_preflight_gets_403_and_vary_alone(method, names, policy, reason):
    answer = preflight(CorsPolicy([APP], **policy), method, names)
    assert (answer.allowed, answer.status, answer.calls_application) == (False, 403, False)
    assert reason in answer.reason
    assert fields(answer) == {"Vary": "Origin"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_safelisted_methods_need_no_listing(method):
    assert preflight(CorsPolicy([APP], allow_headers=["X-A"]), method, "x-a").allowed


def test_stars_without_credentials_are_sent_as_they_are():
    policy = CorsPolicy(["*"], allow_methods=["*"], allow_headers=["*", "Authorization"])
    assert fields(preflight(policy, "PURGE", "x-a")) == {
        ALLOW_ORIGIN: "*",
        "Access-Control-Allow-Methods": "*",
        "Access-Control-Allow-Headers": "*, Authorization",
    }


def test_stars_with_credentials_become_what_was_asked():
    policy = CorsPolicy([APP], allow_methods=["*"], allow_headers=["*"], allow_credentials=True)
    answer = fields(preflight(policy, "PURGE", "x-a, ,X-b"))
    assert answer["Access-Control-Allow-Methods"] == "PURGE"
    assert answer["Access-Control-Allow-Headers"] == "x-a, X-b"
    assert answer["Vary"] == (
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    )


@pytest.mark.parametrize(
    ("method", "sent", "expected"),
    [
        ("OPTIONS", ("Origin", "Access-Control-Request-Method"), True),
        (None, ("Origin", "Access-Control-Request-Method"), True),
        ("OPTIONS", ("Origin",), False),
        ("OPTIONS", ("Access-Control-Request-Method",), False),
        ("GET", ("Origin", "Access-Control-Request-Method"), False),
        ("options", ("Origin", "Access-Control-Request-Method"), False),
    ],
)
def test_what_a_preflight_is(method, sent, expected):
    answer = ask(CorsPolicy(["*"]), *((name, "GET") for name in sent), method=method)
    assert answer.is_preflight is expected


def test_private_network_access_is_called_obsolete():
    asked = ("Access-Control-Request-Private-Network", "true")
    answer = ask(CorsPolicy([APP]), ("Origin", APP), asked)
    assert "Access-Control-Allow-Private-Network" not in answer.headers
    assert [problem.where for problem in answer.problems] == [asked[0]]


def test_a_regex_lets_in_what_it_matches():
    policy = CorsPolicy(allow_origin_regexes=[OriginRegex(r"https://[a-z]+\.example\.com")])
    assert fields(ask(policy, ("Origin", APP)))[ALLOW_ORIGIN] == APP
    assert not ask(policy, ("Origin", OTHER)).allowed


# Merging with what the application sends


@pytest.mark.parametrize(
    ("own", "merged"),
    [
        pytest.param([], "Origin", id="none"),
        pytest.param([("Vary", "Accept")], "Accept, Origin", id="another"),
        pytest.param([("vary", "origin")], "origin", id="there already"),
        pytest.param([("Vary", "*")], "*", id="star"),
        pytest.param([("Vary", "A"), ("Vary", "B")], "A, B, Origin", id="two lines"),
    ],
)
def test_vary_grows_by_what_it_lacks(own, merged):
    headers = with_cors_headers(Headers(own), ask(CorsPolicy([APP]), ("Origin", APP)))
    assert headers.joined("Vary") == merged


def test_fields_of_the_application_are_replaced():
    own = Headers([("access-control-allow-origin", "*"), ("ETag", '"x"')])
    headers = with_cors_headers(own, ask(CorsPolicy([APP]), ("Origin", APP)))
    assert headers.get_all(ALLOW_ORIGIN) == [APP]
    assert headers.get("ETag") == '"x"'


# Properties

origins = st.sampled_from([APP, OTHER, "null", "http://localhost:81", "https://a.b.example.com"])
entries = st.sampled_from([*["*", "null", APP, "https://*.example.com", "http://localhost:*"]])
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "patch", "PURGE", "*"])
names = st.sampled_from(["X-A", "x-b", "Authorization", "Content-Type", "*"])


@st.composite
def policies(draw):
    arguments = {
        "allow_methods": draw(st.lists(methods, max_size=3)),
        "allow_headers": draw(st.lists(names, max_size=3)),
        "expose_headers": draw(st.lists(names, max_size=2)),
        "allow_credentials": draw(st.booleans()),
        "max_age": draw(st.none() | st.integers(0, 86400)),
    }
    try:
        return CorsPolicy(draw(st.lists(entries, max_size=3)), **arguments)
    except HttpHeadersError:
        return CorsPolicy([APP], **{**arguments, "allow_credentials": False})


scripts = st.builds(
    ScriptRequest,
    origin=origins,
    url=st.just("https://api.example.net/x"),
    method=methods.filter(lambda method: method != "*"),
    headers=st.lists(st.tuples(names.filter(lambda name: name != "*"), st.just("1"))).map(Headers),
    credentials=st.sampled_from(["omit", "same-origin", "include"]),
    mode=st.just("cors"),
)


@given(policies(), scripts)
def test_a_browser_accepts_what_the_server_allows_and_nothing_else(policy, script):
    fields = [("Origin", script.origin)]
    answer = answer_cors(Request(script.method, "/", Headers(fields)), policy)
    asked = check_fetch(script, []).preflight_headers
    first = answer_cors(Request("OPTIONS", "/", asked), policy) if asked else None
    verdict = check_fetch(
        script,
        [
            Hop(
                Response(200, answer.headers),
                first and Response(first.status, first.headers),
            )
        ],
    )
    allowed = answer.allowed and (first is None or first.allowed)
    if script.credentials == "include" and not policy.allow_credentials:
        allowed = False
    assert verdict.allowed is allowed, verdict.reason


@given(policies(), scripts)
def test_answers_that_differ_by_origin_say_so(policy, script):
    def answers(origin):
        sent = [("Origin", origin)] if origin else []
        asked = [*sent, ("Access-Control-Request-Method", script.method)]
        return (
            answer_cors(Request(script.method, "/", Headers(sent)), policy).headers,
            answer_cors(Request("OPTIONS", "/", Headers(asked)), policy).headers,
        )

    for here, there in zip(answers(script.origin), answers(OTHER), strict=True):
        if here != there:
            assert "Origin" in here.joined("Vary")
            assert "Origin" in there.joined("Vary")


@given(policies(), st.lists(st.tuples(st.text(max_size=5), st.text(max_size=40))), st.text())
def test_no_request_makes_an_unsafe_answer(policy, extra, origin):
    fields = [*extra, ("Origin", origin), ("Access-Control-Request-Headers", origin)]
    for method, more in (("GET", []), ("OPTIONS", [("Access-Control-Request-Method", origin)])):
        answer = answer_cors(Request(method, "/", Headers(fields + more)), policy)
        for name, value in answer.headers:
            assert checked_field(name, value) == (name, value)
