"""What every middleware promises: it streams, closes once, keeps exc_info, in any order."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator

import pytest

from httpheaders.cors_policy import CorsPolicy
from httpheaders.errors import WsgiError
from httpheaders.messages.message import Request
from httpheaders.policy import Policy, SessionRule
from httpheaders.session_keys import SessionKeys
from httpheaders.sessions import SessionSigner
from httpheaders.wsgi_call import answer_wsgi
from httpheaders.wsgi_middleware.named import NAMES, default_stack, middleware_named
from tests import wsgi_apps
from tests.wsgi_apps import TEXT, WHOLE, Closing
from tests.wsgi_client import call

POLICY = Policy(
    cors=CorsPolicy(["https://a.example"]),
    session=SessionRule(SessionSigner(SessionKeys("k" * 32))),
)
every_middleware = pytest.mark.parametrize("name", NAMES)
every_other = pytest.mark.parametrize("name", [name for name in NAMES if name != "errors"])


def make(name):
    return middleware_named(name, POLICY, clock=lambda: 1000.0)


def stack(names):
    def middleware(app):
        for name in reversed(names):
            app = make(name)(app)
        return app

    return middleware


def plain(answer):
    """The content without the coding that a middleware put on it."""
    return gzip.decompress(answer.body) if answer["content-encoding"] else answer.body


@every_middleware
@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("strict", [True, False], ids=["validated", "bare"])
@pytest.mark.parametrize("app", WHOLE.values(), ids=WHOLE)
def test_every_way_of_answering_passes(name, app, strict, coding):
    answer = call(app, make(name), strict=strict, headers={"Accept-Encoding": coding})
    assert (answer.status, plain(answer)) == (200, TEXT)
    length = answer["content-length"]
    assert length is None or int(length) == len(answer.body)
    assert "x-first" not in answer.headers


@every_middleware
@pytest.mark.parametrize("app", WHOLE.values(), ids=WHOLE)
def test_head_gets_no_content(name, app):
    answer = answer_wsgi(make(name)(app), Request("HEAD"))
    assert (answer.response.status, answer.response.body) == (200, b"")


@every_middleware
def test_close_reaches_the_application_once(name):
    body = Closing([TEXT, TEXT])

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return body

    assert plain(call(app, make(name), headers={"Accept-Encoding": "gzip"})) == TEXT * 2
    assert body.closed == 1


@every_middleware
def test_close_reaches_an_application_whose_content_nobody_reads(name):
    body = Closing([TEXT])

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return body

    iterable = make(name)(app)({"REQUEST_METHOD": "GET"}, lambda *head: lambda data: None)
    iterable.close()
    assert body.closed == 1


@every_middleware
def test_a_stream_is_passed_on_piece_by_piece(name):
    taken = []

    def app(environ, start_response) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        for number in range(5):
            taken.append(number)
            yield b"piece %d\n" % number

    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip"}
    body = iter(make(name)(app)(environ, lambda *head: lambda data: None))
    for number in range(5):
        assert next(body), "something readable leaves with every piece"
        assert len(taken) <= number + 1


@every_other
@pytest.mark.parametrize(
    "app",
    [
        wsgi_apps.raises_before,
        wsgi_apps.raises_during,
        wsgi_apps.raises_after,
        wsgi_apps.raises_at_first_piece,
        wsgi_apps.raises_at_second_piece,
    ],
)
def test_an_exception_goes_through_to_who_catches_it(name, app):
    with pytest.raises(WsgiError):
        answer_wsgi(make(name)(app), Request())


@every_other
def test_an_application_without_a_head_is_our_error(name):
    with pytest.raises(WsgiError, match="start_response"):
        answer_wsgi(make(name)(lambda environ, start_response: []), Request())


@every_other
@pytest.mark.parametrize("order", ["inside", "outside"])
@pytest.mark.parametrize(
    "app",
    [wsgi_apps.raises_before, wsgi_apps.raises_after, wsgi_apps.raises_at_first_piece],
)
def test_errors_beside_any_other_gives_500(name, app, order):
    names = ["errors", name] if order == "outside" else [name, "errors"]
    answer = answer_wsgi(stack(names)(app), Request())
    assert answer.response.status == 500
    assert answer.response.body == b'{"error": "Internal Server Error"}'


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("app", WHOLE.values(), ids=WHOLE)
def test_any_order_gives_the_same_content(app, seed):
    names = list(NAMES)
    random.Random(seed).shuffle(names)
    headers = {"Accept-Encoding": "gzip", "Origin": "https://a.example"}
    answer = call(app, stack(names), strict=bool(seed % 2), headers=headers)
    assert (answer.status, plain(answer)) == (200, TEXT)
    assert answer["access-control-allow-origin"] == "https://a.example"
    assert answer["x-request-id"]
    assert answer["x-response-time"]
    assert len(answer.headers.get_all("vary")) == 1


@every_middleware
def test_bare_environs_will_do(name):
    heads = []
    app = make(name)(wsgi_apps.listed)
    body = app({"PATH_INFO": "/", "REQUEST_METHOD": "GET"}, lambda *head: heads.append(head))
    assert b"".join(body) == TEXT
    assert heads[0][0] == "200 OK"


def test_the_default_stack():
    answer = call(wsgi_apps.listed, lambda app: default_stack(app, POLICY))
    assert answer.status == 200
    assert {"x-request-id", "x-response-time", "etag", "vary"} <= answer.headers.to_dict().keys()


def test_the_default_stack_turns_an_exception_into_a_readable_500():
    headers = {"Origin": "https://a.example"}
    answer = call(wsgi_apps.raises_before, lambda app: default_stack(app, POLICY), headers=headers)
    assert answer.status == 500
    assert answer["access-control-allow-origin"] == "https://a.example"


def test_an_unknown_name_is_refused_with_those_known():
    from httpheaders.errors import InputError

    with pytest.raises(InputError, match="request-id"):
        middleware_named("reqest-id", clock=lambda: 0.0)


@pytest.mark.parametrize("name", ["cors", "session", "policy"])
def test_what_needs_a_policy_says_so(name):
    from httpheaders.errors import PolicyError

    with pytest.raises(PolicyError, match="--policy"):
        middleware_named(name, clock=lambda: 0.0)


MEBIBYTE = 1 << 20


def big(environ, start_response):
    """More content than memory should ever hold at once: scaled down, it is 64 MiB here."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    block = random.Random(1).randbytes(MEBIBYTE // 16) * 16
    for _ in range(64):
        yield block


@pytest.mark.parametrize("names", [["timing", "gzip"], ["request-id", "etag", "cache"]])
def test_a_big_stream_goes_through_in_constant_memory(names):
    import tracemalloc

    passed = 0

    def take(chunk):
        nonlocal passed
        passed += len(chunk)
        return True

    from httpheaders.messages.headers import Headers
    from httpheaders.wsgi import environ_of
    from httpheaders.wsgi_call import call_app

    request = Request(headers=Headers([("Accept-Encoding", "gzip")]))
    environ = environ_of(request).environ
    tracemalloc.start()
    try:
        call_app(stack(names)(big), environ, take=take)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert passed > MEBIBYTE
    assert peak < 16 * MEBIBYTE
