"""Calling an application as a server does: PEP 3333 section "The Server/Gateway Side"."""

from __future__ import annotations

import pytest

from httpheaders.errors import WsgiError
from httpheaders.messages.message import Request
from httpheaders.wsgi_call import answer_wsgi
from httpheaders.wsgi_middleware.conditional import conditional_middleware
from tests import wsgi_apps
from tests.wsgi_apps import TEXT, WHOLE, Closing
from tests.wsgi_client import call


@pytest.mark.parametrize("strict", [True, False], ids=["validated", "bare"])
@pytest.mark.parametrize("app", WHOLE.values(), ids=WHOLE)
def test_every_way_of_answering(app, strict):
    answer = call(app, strict=strict)
    assert (answer.status, answer.body) == (200, TEXT)
    assert "x-first" not in answer.headers


def test_head_and_304_have_no_content():
    def app(environ, start_response):
        start_response("304 Not Modified", [])
        return [b"not to be sent"]

    assert answer_wsgi(app, Request()).response.body == b""
    assert answer_wsgi(wsgi_apps.listed, Request("HEAD")).response.body == b""


def good(status="200 OK", headers=(), body=(b"x",)):
    def app(environ, start_response):
        start_response(status, list(headers))
        return body

    return app


def late(environ, start_response):
    yield b"too early"
    start_response("200 OK", [])


def never(environ, start_response):
    return []


def twice(environ, start_response):
    start_response("200 OK", [])
    start_response("201 Created", [])
    return []


@pytest.mark.parametrize(
    ("app", "told"),
    [
        pytest.param(good(body=["text"]), "gave str", id="text"),
        pytest.param(good(body=[1]), "gave int", id="number"),
        pytest.param(good(body=b"bytes"), "returned bytes", id="bytes-themselves"),
        pytest.param(good(body="text"), "returned str", id="text-itself"),
        pytest.param(good(body=None), "returned None", id="nothing"),
        pytest.param(good(body=7), "returned int", id="not-iterable"),
        pytest.param(late, "before it called", id="late-head"),
        pytest.param(never, "never called", id="no-head"),
        pytest.param(twice, "second time", id="two-heads"),
        pytest.param(good(status="OK"), "not like '200 OK'", id="no-code"),
        pytest.param(good(status="2000 OK"), "not like '200 OK'", id="four-digits"),
        pytest.param(good(status=200), "not like '200 OK'", id="number-as-status"),
        pytest.param(good(status="200 a\r\nX: y"), "not like '200 OK'", id="injected-status"),
        pytest.param(good(headers=[("X", "a\r\nY: b")]), "'X' cannot be sent", id="injected-field"),
        pytest.param(good(headers=[("X", 1)]), "'X' cannot be sent", id="number-as-value"),
        pytest.param(good(headers=[("X", "€")]), "'X' cannot be sent", id="beyond-latin-1"),
        pytest.param(good(headers=[("a b", "c")]), "'a b' cannot be sent", id="name-no-token"),
        pytest.param(good(headers=["X"]), "cannot be sent", id="not-a-pair"),
        pytest.param(
            wsgi_apps.raises_before, "raised LookupError: before (wsgi_apps.py", id="raise-before"
        ),
        pytest.param(wsgi_apps.raises_during, "'X-Bad' cannot be sent", id="raise-during"),
        pytest.param(wsgi_apps.raises_after, "raised LookupError: after", id="raise-after"),
        pytest.param(wsgi_apps.raises_at_first_piece, "LookupError: first piece", id="raise-first"),
        pytest.param(
            wsgi_apps.raises_at_second_piece, "after its answer had begun", id="raise-second"
        ),
    ],
)
def test_what_no_server_can_send_is_named(app, told):
    with pytest.raises(WsgiError) as caught:
        answer_wsgi(app, Request(), name="app:app")
    assert told in str(caught.value)


def test_leaving_the_process_is_an_error_of_the_application():
    def app(environ, start_response):
        raise SystemExit(0)

    with pytest.raises(WsgiError, match="SystemExit"):
        answer_wsgi(app, Request())


@pytest.mark.parametrize("fails", [False, True])
def test_the_iterable_is_closed_exactly_once(fails):
    body = Closing([b"a", 1 if fails else b"b"])
    try:
        answer_wsgi(good(body=body), Request())
    except WsgiError:
        assert fails
    assert body.closed == 1


def test_an_exception_in_close_is_told():
    class Bad(Closing):
        def close(self):
            raise LookupError("in close")

    with pytest.raises(WsgiError, match="LookupError: in close"):
        answer_wsgi(good(body=Bad([b"x"])), Request())


@pytest.mark.parametrize("wrapped", [False, True], ids=["bare", "behind-a-middleware"])
def test_an_exception_in_close_does_not_hide_the_one_before(wrapped):
    class Bad(Closing):
        def __next__(self):
            raise LookupError("the cause")

        def close(self):
            raise ValueError("in close")

    app = good(body=Bad([]))
    with pytest.raises(WsgiError, match="LookupError: the cause"):
        answer_wsgi(conditional_middleware(app) if wrapped else app, Request())


def test_content_beyond_the_bound_is_not_read():
    read = []

    def endless():
        while True:
            read.append(1)
            yield b"x" * 100

    answer = answer_wsgi(good(body=endless()), Request(), max_body=250)
    assert len(answer.response.body) == 250
    assert len(read) == 3
    assert "stopped after 250" in answer.problems[0].message


def test_a_wrong_length_is_a_problem():
    answer = answer_wsgi(good(headers=[("Content-Length", "5")]), Request())
    assert answer.problems[0].message == "Content-Length says 5, the content has 1 octets"


def test_ok_is_a_status_below_400():
    assert answer_wsgi(good(status="399 Odd"), Request()).ok
    assert not answer_wsgi(good(status="400 Bad Request"), Request()).ok


def test_the_steps_are_given_on_request():
    assert answer_wsgi(good(), Request(), explain=True).steps[0].rule == "start_response"
    assert answer_wsgi(good(), Request()).steps == ()
