"""X-Request-ID: taken over where it is sane, made where not."""

from __future__ import annotations

import pytest

from httpheaders import request_id_middleware
from tests.wsgi_apps import listed
from tests.wsgi_client import call


@pytest.mark.parametrize(
    ("incoming", "kept"),
    [
        pytest.param("7b9c-01", True, id="short"),
        pytest.param("8f14e45f-ceea-467f-a8ad-2f1b8c1c1b7e", True, id="uuid"),
        pytest.param("Root=1-67891233-abcdef012345678912345678", True, id="trace-header"),
        pytest.param("a" * 128, True, id="longest"),
        pytest.param("a" * 129, False, id="too-long"),
        pytest.param("", False, id="empty"),
        pytest.param("a b", False, id="blank"),
        pytest.param("a;b", False, id="semicolon"),
        pytest.param("$(id)", False, id="shell"),
        pytest.param("<script>", False, id="markup"),
        pytest.param("é", False, id="not-ascii"),
    ],
)
def test_incoming_identifiers(incoming, kept):
    answer = call(
        listed,
        lambda app: request_id_middleware(app, make_id=lambda: "made"),
        environ={"HTTP_X_REQUEST_ID": incoming},
    )
    assert answer["x-request-id"] == (incoming if kept else "made")


def test_incoming_identifiers_can_be_refused():
    middleware = lambda app: request_id_middleware(  # noqa: E731
        app, make_id=lambda: "made", accept_incoming=False
    )
    assert call(listed, middleware, headers={"X-Request-ID": "mine"})["x-request-id"] == "made"


def test_the_application_sees_the_identifier():
    seen = []

    def app(environ, start_response):
        seen.append(environ["HTTP_X_REQUEST_ID"])
        return listed(environ, start_response)

    answer = call(app, request_id_middleware)
    assert seen == [answer["x-request-id"]]


def test_made_identifiers_differ():
    made = {call(listed, request_id_middleware)["x-request-id"] for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 32 for one in made)


def test_one_of_the_application_is_replaced():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "a/b"), ("x-request-id", "other")])
        return [b""]

    answer = call(app, lambda inner: request_id_middleware(inner, make_id=lambda: "made"))
    assert answer.headers.get_all("x-request-id") == ["made"]
