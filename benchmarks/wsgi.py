"""
What middleware costs a request, against werkzeug, flask-cors and WebOb.

The cost of a middleware is the time of the application behind it less that of the bare application,
in the same rounds. Streaming is measured by how much the process grows on the way.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.rows import Row, take_turns
from httpheaders.cors_policy import CorsPolicy
from httpheaders.policy import Policy
from httpheaders.wsgi_middleware.compression import compression_middleware
from httpheaders.wsgi_middleware.conditional import conditional_middleware
from httpheaders.wsgi_middleware.cross_origin import cors_middleware
from httpheaders.wsgi_middleware.named import default_stack
from httpheaders.wsgi_middleware.policed import policy_middleware
from httpheaders.wsgi_middleware.timing import timing_middleware

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"rounds": 20, "octets": 1 << 28}
HEADLINES = ("an entity tag, added", "gzip of 20 kB")

ORIGIN = "https://app.example.com"
BODY = b'{"id": 1, "name": "somebody", "tags": ["a", "b"]}' * 8
PAGE = b"<p>A line of a page that is like the others, but not quite: %d.</p>\n" * 300
BUDGET = 50e-6
GIBIBYTE = 1 << 30
MEMORY = 32 << 20

App = Callable[..., Any]


def bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer as little as an application can."""
    fields = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", fields)
    return [BODY]


def page(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer something that is worth compressing."""
    fields = [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))]
    start_response("200 OK", fields)
    return [PAGE]


def environ_of_browser(**fields: str) -> dict[str, Any]:
    """Give what a browser's fetch becomes behind a server."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        "HTTP_ACCEPT": "application/json, text/plain, */*",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
        "HTTP_ORIGIN": ORIGIN,
        "wsgi.url_scheme": "http",
        **fields,
    }


def measure(count: int = 200, rounds: int = 150, octets: int = GIBIBYTE) -> list[Row]:
    """
    Time everyone side by side.

    Args:
        count: requests a round.
        rounds: how often each is timed; the median round counts.
        octets: of content for the streams.
    """
    return [
        *_stack_rows(count, rounds),
        *_conditional_rows(count, rounds),
        *_cors_rows(count, rounds),
        *_compression_rows(max(1, count // 20), rounds),
        _stream_row(octets),
    ]


def _times(
    apps: dict[str, App], environ: dict[str, Any], count: int, rounds: int
) -> dict[str, float]:
    """Give the processor time of one request to each."""
    work = {name: _asked(app, environ, count) for name, app in apps.items()}
    return {name: taken / count for name, taken in take_turns(work, rounds=rounds).items()}


def _asked(app: App, environ: dict[str, Any], count: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(count):
            body = app(dict(environ), _start_response)
            for _chunk in body:
                pass
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return run


def _start_response(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], None]:
    return _write


def _write(data: bytes) -> None:
    pass


def _stack_rows(count: int, rounds: int) -> Iterator[Row]:
    policy = Policy(cors=CorsPolicy([ORIGIN]))
    apps: dict[str, App] = {
        "bare": bare,
        "stack": default_stack(bare, policy),
        "policy": policy_middleware(policy)(bare),
    }
    best = _times(apps, environ_of_browser(), count, rounds)
    stack = best["stack"] - best["bare"]
    yield Row("the whole default stack, added", stack, "50 µs", BUDGET, BUDGET / stack, goal=1.0)
    yield Row(
        "an application behind the stack", best["stack"], "bare", best["bare"],
        best["bare"] / best["stack"],
    )  # fmt: skip
    guarded = best["policy"] - best["bare"]
    yield Row("a policy, added", guarded, "the default stack", stack, stack / guarded)


def _conditional_rows(count: int, rounds: int) -> Iterator[Row]:
    from werkzeug.wrappers import Response

    def werkzeug_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        response = Response(BODY, content_type="application/json")
        response.add_etag()
        return response.make_conditional(environ)(environ, start_response)

    def werkzeug_bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return Response(BODY, content_type="application/json")(environ, start_response)

    apps: dict[str, App] = {
        "bare": bare,
        "ours": conditional_middleware(bare),
        "werkzeug bare": werkzeug_bare,
        "werkzeug": werkzeug_app,
    }
    for what, fields in (
        ("an entity tag, added", {}),
        ("304 for a current tag, added", {"HTTP_IF_NONE_MATCH": "*"}),
    ):
        best = _times(apps, environ_of_browser(**fields), count, rounds)
        ours = best["ours"] - best["bare"]
        peer = best["werkzeug"] - best["werkzeug bare"]
        yield Row(what, ours, "werkzeug", peer, peer / ours)


def _cors_rows(count: int, rounds: int) -> Iterator[Row]:
    import flask
    import flask_cors

    plain, shared = flask.Flask("plain"), flask.Flask("shared")
    for app in (plain, shared):
        app.add_url_rule("/", view_func=lambda: flask.Response(BODY))
    flask_cors.CORS(shared, origins=[ORIGIN])
    apps: dict[str, App] = {
        "bare": bare,
        "ours": cors_middleware(CorsPolicy([ORIGIN]))(bare),
        "flask": plain,
        "flask-cors": shared,
    }
    best = _times(apps, environ_of_browser(), count, rounds)
    ours = best["ours"] - best["bare"]
    peer = best["flask-cors"] - best["flask"]
    yield Row("CORS fields, added", ours, "flask-cors", peer, peer / ours)


def _compression_rows(count: int, rounds: int) -> Iterator[Row]:
    import webob

    def encoded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = webob.Request(environ)
        response = webob.Response(body=PAGE, content_type="text/html")
        if request.accept_encoding.best_match(["gzip"]):
            response.encode_content("gzip")
        return response(environ, start_response)

    apps: dict[str, App] = {"ours": compression_middleware(page), "webob": encoded}
    best = _times(apps, environ_of_browser(), count, rounds)
    yield Row(
        f"gzip of {len(PAGE) // 1000} kB", best["ours"], "webob", best["webob"],
        best["webob"] / best["ours"],
    )  # fmt: skip


def _stream_row(octets: int) -> Row:
    """Send a generator's content through gzip and timing, and see how much the process grows."""
    block = PAGE[:65536] * 4

    def stream(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        for _ in range(octets // len(block)):
            yield block

    app = timing_middleware(compression_middleware(stream))
    before = _peak()
    for _chunk in app(environ_of_browser(), _start_response):
        pass
    grown = max(_peak() - before, 4096)
    what = f"growth while {octets >> 20} MiB stream through gzip and timing"
    return Row(what, grown, "32 MiB", MEMORY, MEMORY / grown, unit="octets", goal=1.0)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
