"""One policy over all the systems, an application, and requests of every kind."""

from __future__ import annotations

import itertools
import json
import random

from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.policy_file import parse_policy
from httpheaders.session_keys import SessionKeys
from httpheaders.sessions import SessionSigner

NOW = 1_700_000_000.0
KEY = b"0123456789abcdef0123456789abcdef"
SIGNER = SessionSigner(SessionKeys(KEY))
ADMIN = SIGNER.sign({"user_id": "ada", "role": "admin"}, now=NOW, ttl=10**9)
READER = SIGNER.sign({"user_id": "bob", "roles": ["reader"]}, now=NOW, ttl=10**9)
EXPIRED = SIGNER.sign({"user_id": "old", "role": "admin"}, now=NOW - 100, ttl=10)

TEXT = """
[limits]
max_target = 300
max_fields = 30
max_header_size = 2000
max_body = 500

[cors]
allow_origins = ["https://app.example.com"]
allow_methods = ["PUT"]
allow_headers = ["Authorization", "Content-Type"]
allow_credentials = true
max_age = 600

[session]
key_file = "key"

[[route]]
path = "/users"
methods = ["GET", "POST"]
accept = ["application/json"]
body_limit = 100
offers = ["application/json"]
cache = "private-short"
gzip = true
etag = true

[[route]]
path = "/admin/*"
methods = ["GET", "DELETE"]
roles = ["admin"]
cache = "no-store"

[[route]]
path = "/me"
session = true

[[route]]
path = "/down"
unavailable = "2m"

[[route]]
path = "/static/{name}"
methods = ["GET"]
cache = "public-immutable"
gzip = true
"""

USERS = json.dumps([{"id": number, "name": f"user {number}"} for number in range(40)]).encode()


def policy():
    return parse_policy(TEXT.encode(), is_json=False, read_key=lambda kind, name: KEY)


def app(environ, start_response):
    """Answers for every route of the policy, at its leisure."""
    path = environ.get("PATH_INFO", "")
    if path == "/users" and environ["REQUEST_METHOD"] == "POST":
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        fields = [("Location", "/users/1"), ("Content-Type", "application/json")]
        start_response("201 Created", [*fields, ("Content-Length", str(len(body)))])
        return [body]
    if path == "/users":
        fields = [("Content-Type", "application/json"), ("Content-Length", str(len(USERS)))]
        start_response("200 OK", fields)
        return [USERS]
    body = f"this is {path}".encode("latin-1")
    status = "404 Not Found" if path.endswith("missing.css") else "200 OK"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
PATHS = (
    "/users",
    "/users?page=2",
    "/admin/x",
    "/me",
    "/down",
    "/static/app.css",
    "/static/missing.css",
    "/nowhere",
    "/a/../admin/x",
    "/%2e%2e/admin/x",
    "//admin/x",
    "/" + "long/" * 100,
)
FIELDS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("Accept-Encoding", "gzip"),),
    (("Accept-Encoding", "gzip;q=0, identity;q=0"),),
    (("Accept", "text/html"),),
    (("Accept", "application/*;q=0.5"), ("Origin", "https://app.example.com")),
    (("Origin", "https://other.example"),),
    (("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "PUT")),
    (("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "TRACE")),
    (("If-None-Match", "*"),),
    (("If-Match", '"other"'), ("Accept-Encoding", "gzip")),
    (("Range", "bytes=0-9"),),
    (("Authorization", f"Bearer {ADMIN}"),),
    (("Authorization", f"Bearer {READER}"), ("Origin", "https://app.example.com")),
    (("Authorization", f"Bearer {EXPIRED}"),),
    (("Authorization", "Bearer nonsense"),),
    (("Content-Type", "application/json"),),
    (("Content-Type", "text/plain"),),
    (("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
    (("Content-Length", "3"), ("Transfer-Encoding", "chunked")),
    (("Content-Length", "3, 4"),),
    (("Transfer-Encoding", "chunked, gzip"),),
    (("Transfer-Encoding", "foo, chunked"),),
    (("Host", "a.example, b.example"),),
    (("Expect", "a-miracle"),),
    (("X-Large", "x" * 3000),),
)
BODIES = (None, b"{}", b"x" * 101, b"x" * 501)


def requests(count: int, *, seed: int = 1) -> list[Request]:
    """Give different requests; every field set and path is among them."""
    dice = random.Random(seed)
    every = list(itertools.product(METHODS, PATHS, FIELDS, BODIES))
    dice.shuffle(every)
    first = [
        ("GET", path, fields, None)
        for path, fields in zip(itertools.cycle(PATHS), FIELDS, strict=False)
    ]
    users = [("GET", "/users", fields, None) for fields in FIELDS]
    chosen = dict.fromkeys([*users, *first, *every][:count])
    return [
        Request(method, path, Headers([("Host", "localhost"), *fields] if not any(
            name == "Host" for name, _ in fields) else fields), body)
        for method, path, fields, body in chosen
    ]  # fmt: skip
