"""
One sample of use for every command: what it needs as arguments, and what it takes as input.

The tests that every command must pass run over this table, and fail while a command is missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple


class Sample(NamedTuple):
    """
    How one command is used.

    Attributes:
        command: its words, "cookie build".
        alone: arguments that ask a whole question, so that no input is read; None: it always reads.
        piped: arguments with which the input is read.
        question: an input that is answered with yes.
        status: the status of both.
    """

    command: str
    alone: tuple[str, ...] | None
    piped: tuple[str, ...]
    question: bytes
    status: int = 0

    @property
    def line(self) -> bytes:
        """The question, or one like it, as one line of JSON Lines."""
        if self.question.startswith(b"{"):
            return self.question
        if self.question.startswith(b"HTTP/"):
            return RESPONSE_LINE
        return json.dumps({"token": self.question.decode().strip()}).encode() + b"\n"


RESPONSE_LINE = (
    b'{"status": 200, "headers": {"Content-Type": "text/html", "Cache-Control": "max-age=60", '
    b'"Access-Control-Allow-Origin": "*"}, "body": "hi"}\n'
)
DUMP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"

KEY = str(Path(__file__).parent.parent / "data" / "session.key")
# Signed with that key, for two centuries.
TOKEN = (
    b"eyJ1c2VyX2lkIjoiYWRhIiwicm9sZSI6ImFkbWluIiwiaWF0IjoxMDAwMDAwMDAwLCJleHAiOjk5OTk5OTk5OTl9"
    b".LcrQqSB2xja6irjijON_YElhUPbfI-UYcZe62uKFTn8"
)
POLICY = str(Path(__file__).parent.parent / "data" / "policy.toml")
CORS_POLICY = str(Path(__file__).parent.parent / "data" / "cors.toml")

SAMPLES = [
    Sample(
        "pipeline",
        ("--policy", POLICY, "--path", "/users"),
        ("--policy", POLICY),
        b'{"method": "GET", "url": "/users"}\n',
    ),
    Sample(
        "wsgi",
        (),
        ("httpheaders.wsgi:simple_wsgi_app",),
        b'{"method": "GET", "url": "/"}\n',
    ),
    Sample("get", None, ("content-type", "--json"), DUMP),
    Sample("assert", None, (":status==200", "!server"), DUMP),
    Sample("parse", None, (), DUMP),
    Sample(
        "negotiate",
        ("text/html", "--accept", "text/*"),
        ("text/html",),
        b'{"accept": "text/*"}\n',
    ),
    Sample("gzip", (KEY,), (), DUMP),
    Sample(
        "session sign", ("--key-file", KEY, "--user-id", "ada"), ("--key-file", KEY), b'{"a": 1}\n'
    ),
    Sample(
        "session verify",
        None,
        ("--key-file", KEY),
        TOKEN + b"\n",
    ),
    Sample("cache-headers", ("no-store",), (), b'{"strategy": "no-store"}\n'),
    Sample("cache-check", None, (), b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n"),
    Sample(
        "cache-sim",
        None,
        (),
        b'{"t": 0, "request": {"method": "GET", "url": "http://a.example/"}, "response": '
        b'{"status": 200, "headers": {"Cache-Control": "max-age=60"}}}\n',
    ),
    Sample("etag", ("--etag", '"v7"'), (), b'{"value": {"a": 1}}\n'),
    Sample("cookie parse", ("a=1",), (), b'{"cookie": "a=1"}\n'),
    Sample("cookie build", ("a", "1"), (), b'{"name": "a", "value": "1"}\n'),
    Sample(
        "cookie jar",
        ("--url", "https://example.com/", "--set-cookie", "a=1"),
        ("--url", "https://example.com/"),
        b'{"set_cookie": ["a=1"]}\n',
    ),
    Sample(
        "cors-check",
        ("--allow-origin", "https://a.example", "--origin", "https://a.example"),
        ("--allow-origin", "https://a.example"),
        b'{"origin": "https://a.example"}\n',
    ),
    Sample(
        "cors-check",
        None,
        ("--origin", "https://a.example"),
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n",
    ),
    Sample(
        "pool-sim",
        ("--threads", "2", "--latency", "1s", "--requests", "4"),
        (),
        b'{"threads": 2, "latency": 1, "requests": 4}\n',
    ),
]
