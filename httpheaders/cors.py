"""
CORS from both ends: what a server answers, and what a browser makes of it.

    check_cors              for a quick script: may this origin in, and what do I send?
    CorsPolicy, answer_cors what a server allows, and its answer to one request
    probe_policy            which known bypass origins a policy lets in
    ScriptRequest, check_fetch   what a browser does with a script's request and its answers

Source: Fetch sections "CORS protocol" and "Fetching".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_server import answer_cors
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request

__all__ = ["CorsCheck", "check_cors"]

PLAIN_METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS")


class CorsCheck(TypedDict):
    """What check_cors answers."""

    allowed: bool
    is_preflight: bool
    response_headers: dict[str, str]


def check_cors(
    request_headers: Mapping[str, str | Sequence[str]], allowed_origins: Sequence[str]
) -> CorsCheck:
    """
    Say whether a policy lets a request's origin in, and which headers to send.

    Args:
        request_headers: the header fields, in any case; the method may stand under `Method`.
        allowed_origins: exact origins, `https://*.example.com` for all subdomains, or `*`; with
            none, nobody is let in.

    Returns:
        `allowed`, `is_preflight`, and `response_headers` to add: Vary stands on refusals too.
        Preflights allow the methods GET, POST, PUT, DELETE and OPTIONS, and every header name.
        Credentials are never allowed: that takes a `CorsPolicy`.

    Raises:
        PolicyError: an origin is malformed; the message says which form is right.

    Source: Fetch section "HTTP responses".

    >>> check_cors({"Origin": "https://a.example"}, ["https://a.example"])["response_headers"]
    {'Access-Control-Allow-Origin': 'https://a.example', 'Vary': 'Origin'}
    """
    headers = Headers.of(request_headers)
    request = Request(headers.get("method"), None, headers.without("method"))
    policy = CorsPolicy(
        allowed_origins, allow_methods=PLAIN_METHODS, allow_headers=("*", "Authorization")
    )
    answer = answer_cors(request, policy)
    return {
        "allowed": answer.allowed,
        "is_preflight": answer.is_preflight,
        "response_headers": dict(answer.headers),
    }
