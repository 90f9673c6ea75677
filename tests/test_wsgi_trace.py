"""What each layer does, and how long it takes."""

from __future__ import annotations

import pytest

from httpheaders.errors import WsgiError
from httpheaders.wsgi_middleware.request_id import request_id_middleware
from httpheaders.wsgi_trace import Trace, stacked
from tests.wsgi_apps import TEXT, WHOLE, listed
from tests.wsgi_client import call


def slow(app):
    def middleware(environ, start_response):
        body = app(environ, lambda status, headers, *e: start_response(status, headers, *e))
        yield from body
        body.close() if hasattr(body, "close") else None

    return middleware


def refuses(app):
    def middleware(environ, start_response):
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"no"]

    return middleware


def traced(app, layers):
    ticks = iter(range(10_000))
    trace = Trace(lambda: float(next(ticks)))
    answer = call(stacked(app, layers, around=[trace.recorded], name="app"))
    return answer, trace.layers()


@pytest.mark.parametrize("app", WHOLE.values(), ids=WHOLE)
def test_layers_are_listed_outermost_first(app):
    answer, layers = traced(app, [("id", request_id_middleware), ("slow", slow)])
    assert [layer.layer for layer in layers] == ["id", "slow", "app"]
    assert answer.body == TEXT
    assert [layer.octets for layer in layers] == [len(TEXT)] * 3
    assert all(layer.seconds > 0 for layer in layers)


def test_the_headers_before_and_after():
    _, (outer, inner) = traced(listed, [("id", request_id_middleware)])
    assert "x-request-id" not in outer.headers_before
    assert "x-request-id" in outer.headers_after
    assert outer.headers_before == inner.headers_after
    assert (inner.status_before, inner.status_after) == (None, 200)


def test_a_layer_that_was_not_reached_has_nothing():
    _, (outer, middle, inner) = traced(listed, [("refuses", refuses), ("slow", slow)])
    assert (outer.status_before, outer.status_after) == (None, 403)
    assert (middle.status_after, inner.status_after) == (None, None)
    assert (middle.seconds, inner.seconds) == (0, 0)


def failing(app):
    raise LookupError("no settings")


@pytest.mark.parametrize(
    ("middleware", "told"),
    [
        pytest.param(failing, "raised LookupError: no settings", id="raises"),
        pytest.param(lambda app: None, "gave NoneType, which cannot be called", id="gives-none"),
    ],
)
def test_a_middleware_that_gives_no_application_is_named(middleware, told):
    with pytest.raises(WsgiError, match=f"middleware 'mine' {told}"):
        stacked(listed, [("id", request_id_middleware), ("mine", middleware)])
