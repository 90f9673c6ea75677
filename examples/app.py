"""A small WSGI application for the cookbook's examples."""

from __future__ import annotations

import json

USERS = [{"id": n, "name": f"User {n}"} for n in range(1, 41)]
ANSWERS = {
    "/": ("text/html; charset=utf-8", b"<!doctype html><title>Users</title>"),
    "/users": ("application/json", json.dumps(USERS).encode()),
}


def app(environ, start_response):
    """Answer with the list of users as JSON, or with a page."""
    kind, content = ANSWERS.get(environ["PATH_INFO"], ("text/plain", b"Not Found"))
    status = "200 OK" if environ["PATH_INFO"] in ANSWERS else "404 Not Found"
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(content)))])
    return [content]
