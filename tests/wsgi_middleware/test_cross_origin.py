"""CORS behind a server: Fetch section "CORS protocol"."""

from __future__ import annotations

import pytest

from httpheaders.cors_policy import CorsPolicy
from httpheaders.wsgi_middleware.cross_origin import cors_middleware
from tests.wsgi_apps import listed
from tests.wsgi_client import call

POLICY = CorsPolicy(
    ["https://a.example", "https://*.b.example"], allow_methods=["PUT"], expose_headers=["X-Total"]
)
PREFLIGHT = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}


def never(environ, start_response):
    raise AssertionError("a preflight reached the application")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://a.example", "https://a.example"),
        ("https://x.b.example", "https://x.b.example"),
        ("https://a.example.attacker.example", None),
        ("null", None),
        (None, None),
    ],
)
def test_origins(origin, allowed):
    middleware = cors_middleware(POLICY)(listed)
    headers = {} if origin is None else {"Origin": origin}
    for _ in range(2):  # the second answer is a remembered one
        answer = call(middleware, headers=headers)
        assert answer["access-control-allow-origin"] == allowed
        assert answer["vary"] == "Origin"
        assert answer.status == 200


@pytest.mark.parametrize("status", [200, 204])
def test_a_preflight_never_reaches_the_application(status):
    policy = CorsPolicy(["https://a.example"], allow_methods=["PUT"], preflight_status=status)
    answer = call(never, cors_middleware(policy), method="OPTIONS", headers=PREFLIGHT)
    assert (answer.status, answer.body) == (status, b"")
    assert answer["access-control-allow-methods"] == "PUT"
    assert answer["content-length"] == (None if status == 204 else "0")


def test_a_refused_preflight_is_403():
    headers = PREFLIGHT | {"Origin": "https://other.example"}
    answer = call(never, cors_middleware(POLICY), method="OPTIONS", headers=headers)
    assert answer.status == 403
    assert answer["access-control-allow-origin"] is None


def test_options_that_is_no_preflight_reaches_the_application():
    assert call(listed, cors_middleware(POLICY), method="OPTIONS").status == 200


def test_fields_of_the_application_give_way_and_vary_grows():
    def app(environ, start_response):
        fields = [
            ("Content-Type", "a/b"),
            ("Access-Control-Allow-Origin", "*"),
            ("Vary", "Accept-Encoding"),
        ]
        start_response("200 OK", fields)
        return [b""]

    middleware = cors_middleware(POLICY)(app)
    for _ in range(2):
        answer = call(middleware, headers={"Origin": "https://a.example"})
        assert answer.headers.get_all("access-control-allow-origin") == ["https://a.example"]
        assert answer.headers.get_all("vary") == ["Accept-Encoding, Origin"]
        assert answer["access-control-expose-headers"] == "X-Total"


def test_memory_does_not_grow_with_the_origins_that_come():
    middleware = cors_middleware(POLICY)(listed)
    for number in range(600):
        answer = call(middleware, headers={"Origin": f"https://n{number}.b.example"}, strict=False)
        assert answer["access-control-allow-origin"] == f"https://n{number}.b.example"
