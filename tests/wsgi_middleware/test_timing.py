"""X-Response-Time: milliseconds until the head was there."""

from __future__ import annotations

import re

from httpheaders import timing_middleware
from tests.wsgi_apps import generated, listed
from tests.wsgi_client import call


def test_the_time_until_the_head():
    ticks = iter([10.0, 10.25])
    answer = call(listed, lambda app: timing_middleware(app, clock=lambda: next(ticks)))
    assert answer["x-response-time"] == "250.000ms"


def test_a_generator_gives_its_head_when_it_is_read():
    assert re.fullmatch(r"\d+\.\d{3}ms", call(generated, timing_middleware)["x-response-time"])


def test_the_field_can_be_named():
    answer = call(listed, lambda app: timing_middleware(app, field="X-Runtime"))
    assert answer["x-runtime"]


def test_one_of_the_application_is_replaced():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "a/b"), ("x-response-time", "1 year")])
        return [b""]

    assert len(call(app, timing_middleware).headers.get_all("x-response-time")) == 1
