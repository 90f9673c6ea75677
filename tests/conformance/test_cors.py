"""Expectations from the suites of CORS libraries, browsers and the Fetch standard itself."""

import pytest

from httpheaders.cors_browser import Hop, ScriptRequest, check_fetch
from httpheaders.cors_origins import OriginRegex, parse_origin_pattern
from httpheaders.cors_policy import CorsPolicy, lint_policy
from httpheaders.cors_preflight import PreflightCache, PreflightKey, Wanted
from httpheaders.cors_rules import Trail
from httpheaders.cors_safelists import (
    is_forbidden_method,
    is_forbidden_request_header,
    is_forbidden_response_header,
    is_no_cors_safelisted,
    is_safelisted_method,
    is_safelisted_request_header,
    is_safelisted_response_header,
    normalize_method,
)
from httpheaders.cors_server import answer_cors, with_cors_headers
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

from .vectors import load


def _response(document):
    if document is None:
        return None
    return Response(document["status"], Headers.of(document["headers"]))


def _request(document):
    return ScriptRequest(
        document["origin"],
        document.get("url"),
        document["method"],
        Headers.of(document["headers"]),
        document["credentials"],
    )


@pytest.mark.parametrize("vector", load("cors/cors.browser.jsonl"))
def test_browser(vector):
    given, expected = vector["input"], vector["expected"]
    hop = Hop(_response(given["response"]), _response(given["preflight_response"]))
    verdict = check_fetch(_request(given["request"]), [hop])
    assert verdict.allowed is expected["allowed"], verdict.reason
    if "preflight_needed" in expected:
        assert verdict.preflight_needed is expected["preflight_needed"]
    assert set(expected.get("exposed", ())) <= set(verdict.exposed or ())
    assert not set(expected.get("not_exposed", ())) & set(verdict.exposed or ())


@pytest.mark.parametrize("vector", load("cors/cors.redirect.jsonl"))
def test_redirects(vector):
    given, expected = vector["input"], vector["expected"]
    hops = [Hop(_response(hop), url=hop["url"]) for hop in given["hops"]]
    request = _request({**given["request"], "url": given["hops"][0]["url"]})
    verdict = check_fetch(request, hops)
    assert verdict.allowed is expected["allowed"], verdict.reason
    if "origin_seen" in expected:
        assert verdict.origin == expected["origin_seen"]


@pytest.mark.parametrize("vector", load("cors/cors.preflight_cache.jsonl"))
def test_preflight_cache(vector):
    given = vector["input"]
    fields = [("Access-Control-Allow-Methods", "PUT")]
    if given["max_age"] is not None:
        fields.append(("Access-Control-Max-Age", given["max_age"]))
    cache, trail = PreflightCache(), Trail(False)
    key = PreflightKey("", "https://a.example", "https://b.example/")
    wanted = Wanted("PUT", (), frozenset(), "https://a.example", "omit")
    cache.store(key, Headers(fields), wanted, trail, now=0)
    covered = cache.covers(key, wanted, trail, now=given["elapsed_seconds"])
    assert covered is vector["expected"]["cached"]


@pytest.mark.parametrize("vector", load("cors/cors.safelist.jsonl"))
def test_safelists(vector):
    given = vector["input"]
    if "method" in given:
        found = is_safelisted_method(given["method"])
    elif "response_header" in given:
        found = is_safelisted_response_header(given["response_header"])
    elif given.get("mode") == "no-cors":
        found = is_no_cors_safelisted(given["header"], given["value"])
    else:
        found = is_safelisted_request_header(given["header"], given["value"])
    assert found is vector["expected"]["safelisted"]


@pytest.mark.parametrize("vector", load("cors/cors.forbidden_*.jsonl"))
def test_forbidden(vector):
    given = vector["input"]
    if "method" in given:
        found = is_forbidden_method(given["method"])
    elif "response_header" in given:
        found = is_forbidden_response_header(given["response_header"])
    else:
        found = is_forbidden_request_header(given["header"], given["value"])
    assert found is vector["expected"]["forbidden"]


@pytest.mark.parametrize("vector", load("cors/cors.normalize_method.jsonl"))
def test_normalized_method(vector):
    assert normalize_method(vector["input"]["method"]) == vector["expected"]


@pytest.mark.parametrize("vector", load("cors/cors.origin_pattern.jsonl"))
def test_origin_pattern(vector):
    expected = vector["expected"]
    try:
        pattern = parse_origin_pattern(vector["input"]["pattern"])
    except FieldSyntaxError:
        assert not expected["valid"]
        return
    assert expected["valid"]
    assert pattern.kind == expected.get("kind", pattern.kind)


@pytest.mark.parametrize("vector", load("cors/cors.origin_insecure.jsonl"))
def test_insecure_origin(vector):
    assert parse_origin_pattern(vector["input"]["pattern"]).is_insecure is vector["expected"]


def _policy_arguments(policy):
    headers = policy.get("headers", [])
    return {
        "allow_origins": [*policy.get("origins", []), *policy.get("origin_wildcards", [])],
        "allow_origin_regexes": [
            OriginRegex(**regex) for regex in policy.get("origin_regexes", ())
        ],
        "allow_methods": policy.get("methods", []),
        "allow_headers": ["*"] if headers == "reflect" else headers,
        "expose_headers": policy.get("expose", []),
        "allow_credentials": policy.get("credentials", False),
        "max_age": policy.get("max_age"),
        "fixed_origin": bool(policy.get("fixed_origin")),
        "preflight_status": policy.get("preflight_status", 204),
    }


@pytest.mark.parametrize("vector", load("cors/cors.policy_lint.jsonl"))
def test_policy_lint(vector):
    findings = lint_policy(**_policy_arguments(vector["input"]["policy"]))
    expected = [
        (problem["kind"], problem.get("value"), problem["reason"])
        if "reason" in problem
        else (problem["kind"],)
        for problem in vector["expected"]["problems"]
    ]
    if not expected:
        assert [finding for finding in findings if finding.refused] == []
    found = [(f.kind, f.value, f.reason) for f in findings] + [(f.kind,) for f in findings]
    assert [problem for problem in expected if problem not in found] == []


_LISTS = frozenset(
    name.lower()
    for name in (
        "Access-Control-Allow-Headers",
        "Access-Control-Allow-Methods",
        "Access-Control-Expose-Headers",
        "Vary",
    )
)


def _members(name, value):
    if name.lower() not in _LISTS:
        return value
    joined = ", ".join(value) if isinstance(value, list) else value
    return sorted(part.strip().lower() for part in joined.split(",") if part.strip())


@pytest.mark.parametrize("vector", load("cors/cors.server.jsonl"))
def test_server(vector):
    given, expected = vector["input"], vector["expected"]
    request = Request(given["request"]["method"], "/", Headers.of(given["request"]["headers"]))
    policy = CorsPolicy(**_policy_arguments(given["policy"]))
    answer = answer_cors(request, policy)
    headers = with_cors_headers(Headers.of(given.get("handler_headers")), answer)
    taste = set(vector.get("choice", ()))
    if "origin_allowed" in expected:
        assert (policy.allows(request.headers.get("origin", "none"))) is expected["origin_allowed"]
    for name in expected.get("present", ()):
        assert name in headers
    for name, value in expected["headers"].items():
        if name in taste or isinstance(value, dict):
            continue
        if value is None:
            assert headers.get(name) is None, name
        else:
            assert headers.get(name) is not None, name
            assert _members(name, headers.joined(name)) == _members(name, value)
    if "status" in expected and "status" not in taste:
        assert answer.status == expected["status"]
    if "outcome" in expected:
        outcome = "actual"
        if answer.is_preflight:
            outcome = "preflight-accepted" if answer.allowed else "preflight-refused"
        assert expected["outcome"].startswith(outcome)
