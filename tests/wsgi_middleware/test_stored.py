"""A cache in front of an application: RFC 9111, RFC 5861."""

from __future__ import annotations

import io

import pytest

from httpheaders.cache import Cache
from httpheaders.cache_settings import CacheSettings
from httpheaders.cache_store import CacheStore
from httpheaders.errors import WsgiError
from httpheaders.messages.message import Request
from httpheaders.wsgi import environ_of
from httpheaders.wsgi_middleware.stored import cache_middleware
from tests.wsgi_client import call


class Origin:
    """An application that counts its calls and answers conditional requests."""

    def __init__(self, *headers, status="200 OK", stream=False):
        self.headers = [("Content-Type", "text/plain"), ("ETag", '"v1"'), *headers]
        self.status = status
        self.stream = stream
        self.calls = []

    def __call__(self, environ, start_response):
        self.calls.append((environ["REQUEST_METHOD"], environ.get("HTTP_IF_NONE_MATCH")))
        if environ.get("HTTP_IF_NONE_MATCH") == '"v1"':
            start_response("304 Not Modified", self.headers[1:])
            return []
        start_response(self.status, list(self.headers))
        body = b"answer %d" % len(self.calls)
        return iter([body[:3], body[3:]]) if self.stream else [body]


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


FRESH = ("Cache-Control", "max-age=60")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("strict", [False, True], ids=["bare", "validated"])
def test_a_fresh_answer_is_given_from_the_store(clock, stream, strict):
    origin = Origin(FRESH, stream=stream)
    app = cache_middleware(clock=clock)(origin)
    first = call(app, strict=strict)
    clock.now += 10
    second = call(app, strict=strict)
    assert first.body == second.body == b"answer 1"
    assert second["age"] == "10"
    assert len(origin.calls) == 1


def test_a_stale_answer_is_validated(clock):
    origin = Origin(FRESH)
    app = cache_middleware(clock=clock)(origin)
    call(app)
    clock.now += 100
    answer = call(app)
    assert (answer.status, answer.body) == (200, b"answer 1")
    assert origin.calls == [("GET", None), ("GET", '"v1"')]


def test_what_may_be_served_stale_is_made_fresh_after_the_answer(clock):
    origin = Origin(("Cache-Control", "max-age=60, stale-while-revalidate=600"))
    app = cache_middleware(clock=clock)(origin)
    call(app)
    clock.now += 100
    assert call(app).body == b"answer 1"
    assert len(origin.calls) == 2
    assert call(app)["age"] == "0"
    assert len(origin.calls) == 2


def test_a_renewal_without_a_head_is_told_to_the_server(clock):
    store = CacheStore()
    origin = Origin(("Cache-Control", "max-age=60, stale-while-revalidate=600"))
    call(cache_middleware(Cache(store=store), clock=clock)(origin))
    clock.now += 100
    app = cache_middleware(Cache(store=store), clock=clock)(lambda environ, start_response: [])
    errors = io.StringIO()
    assert call(app, strict=False, environ={"wsgi.errors": errors}).body == b"answer 1"
    assert "began or ended before start_response" in errors.getvalue()


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param(Origin(("Cache-Control", "no-store")), id="no-store"),
        pytest.param(Origin(("Cache-Control", "private, max-age=60")), id="private"),
    ],
)
def test_what_may_not_be_stored_is_asked_for_again(origin, clock):
    app = cache_middleware(clock=clock)(origin)
    assert call(app).body == b"answer 1"
    assert call(app).body == b"answer 2"


def test_an_unsafe_method_makes_the_stored_answer_void(clock):
    origin = Origin(FRESH)
    app = cache_middleware(clock=clock)(origin)
    call(app)
    call(app, method="DELETE")
    assert call(app).body == b"answer 3"


def test_large_answers_pass_without_being_kept(clock):
    origin = Origin(FRESH)
    app = cache_middleware(clock=clock, max_stored=3)(origin)
    assert [call(app).body for _ in range(2)] == [b"answer 1", b"answer 2"]


def test_what_is_not_kept_is_not_stored_whatever_field_governs(clock):
    settings = CacheSettings(targets=("CDN-Cache-Control",))
    origin = Origin(("CDN-Cache-Control", "max-age=60"))
    app = cache_middleware(Cache(settings), clock=clock, max_stored=3)(origin)
    assert [call(app).body for _ in range(2)] == [b"answer 1", b"answer 2"]


class Failing:
    """An application that raises once it is told to, before, at or amid its content."""

    def __init__(self, directives, *, when):
        self.directives = directives
        self.when = when
        self.fails = False
        self.calls = 0

    def __call__(self, environ, start_response):
        self.calls += 1
        if self.fails and self.when == "called":
            raise LookupError("the database is away")
        return self.content(start_response)

    def content(self, start_response):
        if self.fails and self.when == "read":
            raise LookupError("the database is away")
        headers = [("Content-Type", "text/plain"), ("Cache-Control", self.directives)]
        start_response("503 Sorry" if self.fails else "200 OK", headers)
        yield b"answer"
        if self.fails:
            raise LookupError("the database is away")


@pytest.mark.parametrize("when", ["called", "read", "amid an error"])
def test_an_exception_is_an_error_for_which_the_stored_answer_stands_in(clock, when):
    origin = Failing("max-age=60, stale-if-error=600", when=when)
    app = cache_middleware(clock=clock)(origin)
    call(app, strict=False)
    clock.now += 100
    origin.fails, errors = True, io.StringIO()
    answer = call(app, strict=False, environ={"wsgi.errors": errors})
    assert (answer.status, answer.body, answer["age"]) == (200, b"answer", "100")
    assert "LookupError: the database is away" in errors.getvalue()
    clock.now += 1000
    with pytest.raises(WsgiError, match="LookupError"):
        call(app, strict=False)


def test_an_exception_of_a_renewal_is_told_to_the_server_alone(clock):
    origin = Failing("max-age=60, stale-while-revalidate=600", when="called")
    app = cache_middleware(clock=clock)(origin)
    call(app, strict=False)
    clock.now += 100
    origin.fails, errors = True, io.StringIO()
    assert call(app, strict=False, environ={"wsgi.errors": errors}).body == b"answer"
    assert "LookupError: the database is away" in errors.getvalue()
    origin.fails = False
    assert call(app, strict=False)["age"] == "100"
    assert call(app, strict=False)["age"] == "0"


def test_many_stale_answers_need_one_renewal(clock):
    origin = Origin(("Cache-Control", "max-age=60, stale-while-revalidate=600"))
    app = cache_middleware(clock=clock)(origin)
    call(app)
    clock.now += 100
    environ = environ_of(Request("GET", "/")).environ
    bodies = [app(dict(environ), lambda *_: None) for _ in range(5)]
    assert [b"".join(body) for body in bodies] == [b"answer 1"] * 5
    for body in bodies:
        body.close()
    assert len(origin.calls) == 2


def test_renewals_of_one_answer_do_not_overlap(clock):
    origin = Origin(("Cache-Control", "max-age=60, stale-while-revalidate=600"))
    nested = []

    def app(environ, start_response):
        if origin.calls and not nested:
            nested.append(True)
            call(cached, strict=False)
        return origin(environ, start_response)

    cached = cache_middleware(clock=clock)(app)
    call(cached, strict=False)
    clock.now += 100
    assert call(cached, strict=False).body == b"answer 1"
    assert len(origin.calls) == 2


def test_a_renewal_that_hears_of_another_answer_asks_again(clock):
    origin, cache = Origin(("Cache-Control", "max-age=60, stale-while-revalidate=600")), Cache()
    call(cache_middleware(cache, clock=clock)(origin))
    clock.now += 100

    def other(environ, start_response):
        if "HTTP_IF_NONE_MATCH" not in environ:
            return origin(environ, start_response)
        start_response("304 Not Modified", [("ETag", '"v2"')])
        return []

    origin.headers[1] = ("ETag", '"v2"')
    app = cache_middleware(cache, clock=clock)(other)
    assert call(app).body == b"answer 1"
    assert call(app).body == b"answer 2"


def test_an_error_is_answered_by_what_is_stored_where_that_is_allowed(clock):
    store = CacheStore()
    origin = Origin(("Cache-Control", "max-age=60, stale-if-error=600"))
    call(cache_middleware(Cache(store=store), clock=clock)(origin))
    clock.now += 100

    def failing(environ, start_response):
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"out of order"]

    app = cache_middleware(Cache(store=store), clock=clock)(failing)
    answer = call(app)
    assert (answer.status, answer.body) == (200, b"answer 1")


def test_variants_are_told_apart(clock):
    origin = Origin(FRESH, ("Vary", "Accept-Language"))
    app = cache_middleware(clock=clock)(origin)
    for language, body in (("en", b"answer 1"), ("de", b"answer 2"), ("en", b"answer 1")):
        origin.headers = [one for one in origin.headers if one[0] != "ETag"]
        assert call(app, headers={"Accept-Language": language}).body == body


def test_threads_may_share_it(clock):
    from concurrent.futures import ThreadPoolExecutor

    origin = Origin(FRESH)
    app = cache_middleware(clock=clock)(origin)
    call(app)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call(app, strict=False).body, range(200)))
    assert set(answers) == {b"answer 1"}
