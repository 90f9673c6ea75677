"""Our cache as `sequence_check.py` wants one: messages as dictionaries, a clock as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from httpheaders.cache import Cache
from httpheaders.cache_settings import CacheSettings
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response


class Driver:
    def reset(self, mode: str, cdn: bool) -> None:
        targets = ("CDN-Cache-Control",) if cdn else ()
        self.cache = Cache(CacheSettings(shared=mode == "shared", targets=targets))

    def handle(
        self,
        request: dict[str, Any],
        send: Callable[[dict[str, Any]], dict[str, Any]],
        clock: Callable[[], float],
    ) -> dict[str, Any]:
        def forward(own: Request) -> Response:
            message = {
                "method": own.method,
                "url": own.url,
                "headers": [list(pair) for pair in own.headers],
                "body": own.body or b"",
            }
            try:
                return response_of(send(message))
            except Exception as error:
                if type(error).__name__ == "OriginError":
                    raise ConnectionError(str(error)) from None
                raise

        response = self.cache.handle(request_of(request), forward, clock).response
        assert response is not None
        return {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "body": response.body or b"",
        }


def request_of(message: dict[str, Any]) -> Request:
    return Request(
        message["method"], message.get("url"), headers_of(message), message.get("body") or None
    )


def response_of(message: dict[str, Any]) -> Response:
    return Response(message["status"], headers_of(message), message.get("body") or b"")


def headers_of(message: dict[str, Any]) -> Headers:
    return Headers((name, value) for name, value in message["headers"])
