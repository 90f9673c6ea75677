"""500 in place of an exception: PEP 3333 section "Error Handling"."""

from __future__ import annotations

import io

import pytest

from httpheaders import error_catching_middleware
from httpheaders.errors import WsgiError
from httpheaders.messages.message import Request
from httpheaders.wsgi_call import answer_wsgi
from tests import wsgi_apps
from tests.wsgi_apps import Closing
from tests.wsgi_client import call


@pytest.mark.parametrize("strict", [True, False], ids=["validated", "bare"])
@pytest.mark.parametrize(
    "app",
    [
        wsgi_apps.raises_before,
        wsgi_apps.raises_after,
        wsgi_apps.raises_during,
        wsgi_apps.raises_at_first_piece,
    ],
)
def test_an_exception_before_any_content_gives_500(app, strict):
    # The validator itself refuses the head of that one.
    strict = strict and app is not wsgi_apps.raises_during
    answer = call(app, error_catching_middleware, strict=strict)
    assert (answer.status, answer.body) == (500, b'{"error": "Internal Server Error"}')
    assert answer["content-type"] == "application/json"


def test_an_exception_after_content_cuts_the_answer_off():
    with pytest.raises(WsgiError, match="after its answer had begun"):
        answer_wsgi(error_catching_middleware(wsgi_apps.raises_at_second_piece), Request())


def test_the_iterable_is_closed_after_an_exception():
    body = Closing([])
    body.pieces = iter(lambda: 1 / 0, None)

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return body

    assert call(app, error_catching_middleware).status == 500
    assert body.closed == 1


def test_the_traceback_goes_to_the_error_stream_and_not_to_the_client():
    errors = io.StringIO()
    answer = call(
        wsgi_apps.raises_before, error_catching_middleware, environ={"wsgi.errors": errors}
    )
    assert "LookupError: before" in errors.getvalue()
    assert b"LookupError" not in answer.body


def test_what_is_told_can_be_chosen():
    told = []
    app = error_catching_middleware(
        wsgi_apps.raises_before, report=lambda environ, error: told.append(repr(error))
    )
    answer_wsgi(app, Request())
    assert told == ["LookupError('before')"]


def test_head_gets_the_head_alone():
    answer = call(wsgi_apps.raises_before, error_catching_middleware, method="HEAD")
    assert (answer.status, answer.body) == (500, b"")


def test_interruption_is_not_caught():
    def app(environ, start_response):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        error_catching_middleware(app)({}, lambda *head: None)


def test_a_start_response_of_two_arguments_will_do():
    heads = []

    def start_response(status, headers):
        heads.append(status)

    body = error_catching_middleware(wsgi_apps.raises_before)({}, start_response)
    assert (heads, body) == (
        ["500 Internal Server Error"],
        [b'{"error": "Internal Server Error"}'],
    )
