"""Breaches of PEP 3333, each noted once and put right where that can be."""

from __future__ import annotations

import gc

import pytest

from httpheaders.messages.message import Request
from httpheaders.wsgi_call import answer_wsgi
from httpheaders.wsgi_validation import checked_app
from tests.wsgi_apps import TEXT, WHOLE, Closing
from tests.wsgi_client import call


def with_head(status="200 OK", headers=(), body=(b"x",), container=list):
    def app(environ, start_response):
        start_response(status, container(headers))
        return body

    return app


def late(environ, start_response):
    yield b"a"
    start_response("200 OK", [])
    yield b"b"


def never(environ, start_response):
    return [b"x"]


def twice(environ, start_response):
    start_response("200 OK", [])
    start_response("201 Created", [])
    return [b"x"]


def named_arguments(environ, start_response):
    start_response(status="200 OK", response_headers=[])
    return [b"x"]


def bad_exc_info(environ, start_response):
    start_response("200 OK", [], "no tuple")
    return [b"x"]


def closes_input(environ, start_response):
    environ["wsgi.input"].close()
    start_response("200 OK", [])
    return [b"x"]


def seeks_input(environ, start_response):
    environ["wsgi.input"].seek(0)
    start_response("200 OK", [])
    return [b"x"]


def writes_bytes_to_errors(environ, start_response):
    environ["wsgi.errors"].write(b"no text")
    start_response("200 OK", [])
    return [b"x"]


def spoils_environ(environ, start_response):
    environ["CONTENT_LENGTH"] = 3
    start_response("200 OK", [])
    return [b"x"]


def writes_text(environ, start_response):
    start_response("200 OK", [])("text")
    return []


@pytest.mark.parametrize(
    ("app", "told", "body"),
    [
        pytest.param(late, "before start_response", b"ab", id="late-head"),
        pytest.param(never, "never called", b"x", id="no-head"),
        pytest.param(twice, "second time without exc_info", b"x", id="two-heads"),
        pytest.param(named_arguments, "positional arguments", b"x", id="named-arguments"),
        pytest.param(bad_exc_info, "sys.exc_info()", b"x", id="bad-exc-info"),
        pytest.param(with_head(body=["é"]), "str, not bytes", "é".encode(), id="text"),
        pytest.param(with_head(body=b"xy"), "bytes is returned", b"xy", id="bytes-themselves"),
        pytest.param(with_head(body="xy"), "str is returned", b"xy", id="text-itself"),
        pytest.param(with_head(body=None), "None is returned", b"", id="nothing"),
        pytest.param(writes_text, "str, not bytes", b"text", id="text-written"),
        pytest.param(with_head(b"200 OK"), "status is bytes", b"x", id="status-bytes"),
        pytest.param(with_head(200), "status is int", b"x", id="status-number"),
        pytest.param(with_head("200"), "'200' is not like", b"x", id="no-phrase"),
        pytest.param(with_head("200 OK "), "not like '200 OK'", b"x", id="status-blank"),
        pytest.param(with_head("20 OK"), "not like '200 OK'", b"x", id="two-digits"),
        pytest.param(with_head(container=tuple), "headers are tuple", b"x", id="headers-tuple"),
        pytest.param(
            with_head(headers={"X": "y"}, container=dict),
            "headers are dict",
            b"x",
            id="headers-dict",
        ),
        pytest.param(
            with_head(headers=[["X", "y"]]), "is a list, not a tuple", b"x", id="list-pair"
        ),
        pytest.param(with_head(headers=[("X", "y", "z")]), "is not a pair", b"x", id="triple"),
        pytest.param(with_head(headers=[(b"X", b"y")]), "holds bytes", b"x", id="bytes-field"),
        pytest.param(with_head(headers=[("X", 5)]), "holds int", b"x", id="number-field"),
        pytest.param(
            with_head(headers=[("X", "€")]), "beyond ISO-8859-1", b"x", id="beyond-latin-1"
        ),
        pytest.param(with_head(headers=[("a b", "c")]), "is not a token", b"x", id="name-no-token"),
        pytest.param(
            with_head(headers=[("X", "a\nb")]), "control characters", b"x", id="line-break"
        ),
        pytest.param(with_head(headers=[("X", " a")]), "begins or ends", b"x", id="blank-around"),
        pytest.param(
            with_head(headers=[("Status", "200")]), "is no header", b"x", id="status-field"
        ),
        pytest.param(with_head(headers=[("Connection", "x")]), "hop-by-hop", b"x", id="connection"),
        pytest.param(
            with_head(headers=[("transfer-encoding", "chunked")]), "hop-by-hop", b"x", id="chunked"
        ),
        pytest.param(
            with_head(headers=[("Content-Length", "0")]), "longer than", b"x", id="too-long"
        ),
        pytest.param(
            with_head(headers=[("Content-Length", "9")]), "has 1 octets", b"x", id="short"
        ),
        pytest.param(
            with_head("204 No Content"), "204 response has content", b"", id="content-204"
        ),
        pytest.param(closes_input, "wsgi.input is closed", b"x", id="closes-input"),
        pytest.param(seeks_input, "wsgi.input.seek is used", b"x", id="seeks-input"),
        pytest.param(writes_bytes_to_errors, "given bytes", b"x", id="bytes-to-errors"),
        pytest.param(spoils_environ, "CONTENT_LENGTH in the environ", b"x", id="spoils-environ"),
    ],
)
def test_a_breach_is_noted_and_the_answer_still_comes(app, told, body):
    problems = []
    answer = answer_wsgi(checked_app(app, "app", problems), Request(), problems=problems)
    assert any(told in problem.message for problem in problems), problems
    assert all(problem.reference.startswith("PEP 3333") for problem in problems)
    assert answer.response.body == body


@pytest.mark.parametrize("strict", [True, False], ids=["validated", "bare"])
@pytest.mark.parametrize("app", WHOLE.values(), ids=WHOLE)
def test_what_is_right_passes_untouched(app, strict):
    problems = []
    answer = call(app, lambda inner: checked_app(inner, "app", problems), strict=strict)
    assert (answer.status, answer.body, problems) == (200, TEXT, [])


def test_a_head_answer_may_be_shorter_than_its_length():
    problems = []
    app = checked_app(with_head(headers=[("Content-Length", "9")], body=()), "app", problems)
    answer_wsgi(app, Request("HEAD"), problems=problems)
    assert problems == []


def test_a_middleware_that_drops_close_is_noted():
    problems = []
    inner = checked_app(with_head(body=Closing([b"x"])), "app", problems)

    def drops(environ, start_response):
        yield from list(inner(environ, start_response))

    answer_wsgi(drops, Request())
    gc.collect()
    assert [problem.message for problem in problems] == ["close() of its iterable is never called"]


def test_a_middleware_that_closes_twice_is_noted():
    problems = []
    inner = checked_app(with_head(body=Closing([b"x"])), "app", problems)

    def twice_closing(environ, start_response):
        body = inner(environ, start_response)
        body.close()
        return body

    answer_wsgi(twice_closing, Request())
    told = [problem.message for problem in problems]
    assert told == ["the iterable is read after close()", "close() is called more than once"]


def test_an_endless_answer_is_no_endless_list():
    def app(environ, start_response):
        start_response("200 OK", [("X", f" {n}") for n in range(500)] * 2)
        return [b"x"]

    problems = []
    answer_wsgi(checked_app(app, "app", problems), Request())
    assert len(problems) <= 50
