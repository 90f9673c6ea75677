"""Cache-Control by strategy: RFC 9111 section 5.2.2."""

from __future__ import annotations

import pytest

from httpheaders.errors import PolicyError
from httpheaders.wsgi_middleware.caching_fields import caching_fields_middleware
from tests.wsgi_client import call


def answering(status, *headers):
    def app(environ, start_response):
        start_response(status, [("Content-Type", "text/plain"), *headers])
        return [b"x"]

    return app


@pytest.mark.parametrize(
    ("app", "method", "expected"),
    [
        pytest.param(answering("200 OK"), "GET", "public, max-age=60", id="success"),
        pytest.param(answering("200 OK"), "HEAD", "public, max-age=60", id="head"),
        pytest.param(answering("200 OK"), "POST", None, id="post"),
        pytest.param(answering("404 Not Found"), "GET", None, id="error"),
        pytest.param(
            answering("200 OK", ("Cache-Control", "no-store")), "GET", "no-store", id="own-field"
        ),
    ],
)
def test_which_responses_are_marked(app, method, expected):
    answer = call(app, caching_fields_middleware("cdn"), method=method, strict=method != "HEAD")
    assert answer["cache-control"] == expected


def test_vary_grows():
    answer = call(answering("200 OK", ("Vary", "Origin")), caching_fields_middleware("api-public"))
    assert answer.headers.get_all("vary") == ["Origin, Accept"]


def test_an_unknown_strategy_is_refused_when_it_is_made():
    with pytest.raises(PolicyError, match="unknown strategy"):
        caching_fields_middleware("for-ever")
