"""The answers of the example site, by method and path: status, fields, body."""

from __future__ import annotations

PAGE = b"<!doctype html><title>Example</title>\n"

ANSWERS: dict[tuple[str, str], tuple[int, list[tuple[str, str]], bytes]] = {
    ("GET", "/"): (
        200,
        [
            ("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "public, max-age=3600"),
            ("ETag", '"v7"'),
            ("Vary", "Accept-Encoding"),
            ("Vary", "Origin"),
            ("Set-Cookie", "sid=31d4d96e; Path=/; Secure; HttpOnly; SameSite=Lax"),
            ("Set-Cookie", "lang=en; Expires=Wed, 01 Dec 2027 00:00:00 GMT"),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
            ("Link", '</a,b>; rel="next"; title="a, b", </style.css>; rel=preload; as=style'),
        ],
        PAGE,
    ),
    ("GET", "/old"): (
        301,
        [("Date", "Sun, 22 Nov 2026 12:00:00 GMT"), ("Location", "/")],
        b"moved\n",
    ),
    ("GET", "/login"): (
        302,
        [
            ("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("Location", "/"),
            ("Set-Cookie", "visit=1; Path=/"),
        ],
        b"welcome\n",
    ),
    ("GET", "/busy"): (
        503,
        [("Date", "Sun, 22 Nov 2026 12:00:00 GMT"), ("Retry-After", "120")],
        b"later\n",
    ),
    ("GET", "/closed"): (
        503,
        [
            ("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("Retry-After", "Sun, 22 Nov 2026 12:02:00 GMT"),
        ],
        b"closed\n",
    ),
    ("GET", "/items"): (200, [("Link", '<items/2>; rel="next"')], b"[1]\n"),
    ("GET", "/items/2"): (200, [("Link", '<3>; rel=next, </items>; rel="prev first"')], b"[2]\n"),
    ("GET", "/items/3"): (200, [("Link", '</items>; rel="prev first"')], b"[3]\n"),
}
