"""
One CORS decision on the server, against flask-cors, django-cors-headers, Starlette and asgi-cors.

Each peer is called as near to its decision as it lets itself be: flask-cors by the function that
makes the fields, the others as a middleware around nothing; their coroutines are stepped through
without a loop. Requests are made beforehand, for all. Ten origins are allowed. Cold means that half
of the requests come from those in turn, and each of the others from an origin never seen before;
warm is one browser's origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from benchmarks.rows import Row, compare

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"count": 300, "rounds": 3}
HEADLINES = ("a CORS answer, cold",)

# A contestant makes, for requests with these origins, what answers one: the origin let in, or None.
Contestant = Callable[[Sequence[str], Sequence[str]], list[Callable[[], str | None]]]


def measure(count: int = 2000, rounds: int = 7) -> Iterator[Row]:
    """
    Time everyone side by side.

    Args:
        count: how many requests a round has.
        rounds: how often each is timed; the median round counts.
    """
    allowed = [f"https://app{number}.example.com" for number in range(10)]
    cold = [
        f"https://other{number}.example.com" if number % 2 else allowed[number // 2 % 10]
        for number in range(count)
    ]
    for kind, origins in (("cold", cold), ("warm", [allowed[0]] * count)):
        calls = {name: make(origins, allowed) for name, make in CONTESTANTS.items()}
        expected = [origin if origin in allowed else None for origin in origins]
        for name, answers in calls.items():
            assert [answer() for answer in answers] == expected, name
        work = {name: _all(answers) for name, answers in calls.items()}
        yield from compare(f"a CORS answer, {kind}", work, each=count, rounds=rounds)


def _all(calls: Sequence[Callable[[], object]]) -> Callable[[], None]:
    def run() -> None:
        for call in calls:
            call()

    return run


def _ours(origins: Sequence[str], allowed: Sequence[str]) -> list[Callable[[], str | None]]:
    from httpheaders.cors_policy import CorsPolicy
    from httpheaders.cors_server import answer_cors
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Request

    policy = CorsPolicy(allowed)

    def answer(request: Request) -> str | None:
        return answer_cors(request, policy).headers.get("Access-Control-Allow-Origin")

    requests = [Request("GET", "/", Headers([("Origin", origin)])) for origin in origins]
    return [lambda request=request: answer(request) for request in requests]  # type: ignore[misc]


def _flask_cors(origins: Sequence[str], allowed: Sequence[str]) -> list[Callable[[], str | None]]:
    from flask import Flask
    from flask_cors.core import get_cors_headers, get_cors_options
    from werkzeug.datastructures import Headers

    options = get_cors_options(Flask("compared"), {"origins": list(allowed)})

    def answer(headers: Headers) -> Any:
        return get_cors_headers(options, headers, "GET").get("Access-Control-Allow-Origin")

    given = [Headers([("Origin", origin)]) for origin in origins]
    return [lambda headers=headers: answer(headers) for headers in given]  # type: ignore[misc]


def _django(origins: Sequence[str], allowed: Sequence[str]) -> list[Callable[[], str | None]]:
    from django.conf import settings

    if not settings.configured:
        settings.configure(SECRET_KEY="none")
    from corsheaders.middleware import CorsMiddleware
    from django.http import HttpRequest, HttpResponse

    settings.CORS_ALLOWED_ORIGINS = list(allowed)
    response = HttpResponse()
    middleware = CorsMiddleware(lambda request: response)

    def answer(request: HttpRequest) -> str | None:
        # One response serves all, so that making it does not count.
        del response["Access-Control-Allow-Origin"]
        found: str | None = middleware(request).get("Access-Control-Allow-Origin")
        return found

    def made(origin: str) -> HttpRequest:
        request = HttpRequest()
        request.method = "GET"
        request.META["HTTP_ORIGIN"] = origin
        return request

    requests = [made(origin) for origin in origins]
    return [lambda request=request: answer(request) for request in requests]  # type: ignore[misc]


def _starlette(origins: Sequence[str], allowed: Sequence[str]) -> list[Callable[[], str | None]]:
    from starlette.middleware.cors import CORSMiddleware

    return _asgi(CORSMiddleware(_empty_app, allow_origins=list(allowed)), origins)


def _asgi_cors(origins: Sequence[str], allowed: Sequence[str]) -> list[Callable[[], str | None]]:
    from asgi_cors import asgi_cors

    return _asgi(asgi_cors(_empty_app, hosts=list(allowed)), origins)


async def _empty_app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def _asgi(app: Any, origins: Sequence[str]) -> list[Callable[[], str | None]]:
    def answer(scope: dict[str, Any]) -> str | None:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        with suppress(StopIteration):
            app(scope, None, send).send(None)
        found: bytes | None = dict(sent[0]["headers"]).get(b"access-control-allow-origin")
        return None if found is None else found.decode()

    scopes = [
        {"type": "http", "method": "GET", "path": "/", "headers": [(b"origin", origin.encode())]}
        for origin in origins
    ]
    return [lambda scope=scope: answer(scope) for scope in scopes]  # type: ignore[misc]


CONTESTANTS: dict[str, Contestant] = {
    "ours": _ours,
    "flask-cors": _flask_cors,
    "django-cors-headers": _django,
    "starlette": _starlette,
    "asgi-cors": _asgi_cors,
}
