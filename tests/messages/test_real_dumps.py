"""The whole reading of every dump in `tests/data/dumps`, which `tests/data/make_dumps.py` made."""

from __future__ import annotations

from pathlib import Path

import pytest

from httpheaders.messages.dump import Received, parse_dump
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response

DUMPS = Path(__file__).parent.parent / "data" / "dumps"
HOST = "127.0.0.1:8642"
DATE = ("Date", "Sun, 22 Nov 2026 17:00:00 GMT")

CURL_FIELDS = [("Host", HOST), ("User-Agent", "curl/7.88.1"), ("Accept", "*/*")]
HTTPIE_FIELDS = [
    ("Accept-Encoding", "gzip, deflate"),
    ("Accept", "*/*"),
    ("Connection", "keep-alive"),
    ("User-Agent", "HTTPie/3.2.4"),
]
HTTPIE_FORM_FIELDS = {
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "Content-Length": "17",
    "User-Agent": "HTTPie/3.2.4",
    "Accept": "application/json, */*;q=0.5",
    "Content-Type": "application/json",
    "Host": HOST,
}
FORM_FIELDS = [("Location", "/form/1"), ("Content-Length", "9"), DATE]
HTTP2_FIELDS = [
    ("content-type", "text/plain"),
    ("x-dup", "1"),
    ("vary", "accept"),
    ("x-dup", "2"),
    ("date", DATE[1]),
]
ODD_FIELDS = [
    ("Vary", "Accept"),
    ("X-Dup", "1"),
    ("Vary", "Origin"),
    ("X-Dup", "2"),
    ("X-Latin", "caf\xe9"),
    ("X-Utf8", "caf\xe9"),
    ("X-Empty", ""),
    ("etag", '"x"'),
    ("X-Folded", "one two"),
    ("Bad Header", "x"),
    ("X-Spaced", "y"),
    ("X-After", "kept"),
    ("Content-Length", "4"),
    DATE,
]
# wget writes octets it finds unprintable as escapes, and puts the lines of a fold into one.
WGET_ODD_VALUES = {
    "X-Latin": r"caf\351",
    "X-Utf8": r"caf\303\251",
    "X-Folded": r"one  \t two",
    "X-After": r"kept \t",
}
MARKDOWN = b'# Notes\n* a list item\n> a quotation\n< an arrow\n{ "braces": 1 }\n} [not data]\n'
HTML = b"<html>\n> HTTP/1.1 500 No\n\nHTTP/1.1 500 Not a head\r\nX: y\r\n\r\n</html>\n"


def response(status, phrase, fields, body=None, version="1.1"):
    return Response(status, Headers(fields), body, version, phrase)


def ok(length, body=None, *, media_type="text/plain"):
    fields = [("Content-Type", media_type), ("Content-Length", str(length)), DATE]
    return response(200, "OK", fields, body)


def curl(method, target, *more, fields=CURL_FIELDS):
    return Request(method, target, Headers([*fields, *more]), None, "1.1")


def httpie(target, *before_host):
    fields = [*HTTPIE_FIELDS, *before_host, ("Host", HOST)]
    return Request("GET", target, Headers(fields), None, "1.1")


def httpie_form(*names, body):
    fields = Headers((name, HTTPIE_FORM_FIELDS[name]) for name in names)
    return Request("POST", "/form", fields, body, "1.1")


def moved(body=None):
    fields = [("Location", "/b"), ("Content-Length", "19"), DATE]
    return response(301, "Moved Permanently", fields, body)


def found(body=None):
    fields = [("Location", "/"), ("Set-Cookie", "hop=b"), ("Content-Length", "5"), DATE]
    return response(302, "Found", fields, body)


def odd(body=None):
    return response(200, "OK", ODD_FIELDS, body)


HELLO = b"Hello, world!\n"
MOVED_BODY = b"<p>moved to /b</p>\n"
CONTINUE = response(100, "Continue", [])
HINTS = response(103, "Early Hints", [("Link", "</s.css>; rel=preload")])
FORM_OF_CURL = [("Content-Length", "3"), ("Content-Type", "application/x-www-form-urlencoded")]
ESTABLISHED = response(200, "Connection established", [])
CHUNKED = [("Transfer-Encoding", "chunked"), ("Trailer", "X-Sum")]

# File: (line, request, response) of each exchange in order.
READINGS = {
    "curl_i": [(1, None, ok(14, HELLO))],
    "curl_i_odd": [(1, None, odd(b"odd\n"))],
    "curl_i_no_phrase": [(1, None, ok(6, b"terse\n")._replace(phrase=None))],
    "curl_i_empty_phrase": [(1, None, ok(6, b"terse\n")._replace(phrase=""))],
    "curl_i_odd_phrase": [
        (
            1,
            None,
            response(404, "Nichts d\xe0: gar nichts", [("Content-Length", "5"), DATE], b"gone\n"),
        )
    ],
    "curl_i_http10": [
        (1, None, response(200, "OK", [("Server", "old")], b"until the end\n", version="1.0"))
    ],
    "curl_i_lf": [
        (
            1,
            None,
            response(
                200,
                "OK",
                [("Content-Type", "text/plain"), ("Content-Length", "3"), ("X-Last", "1")],
                b"lf\n",
            ),
        )
    ],
    "curl_i_html": [(1, None, ok(67, HTML, media_type="text/html"))],
    # curl writes trailer fields after the body, where nothing sets them apart from it
    "curl_i_chunked": [(1, None, response(200, "OK", CHUNKED, b"Hello there!\nX-Sum: 12\r\n"))],
    "curl_i_raw_chunked": [
        (
            1,
            None,
            response(200, "OK", CHUNKED, b"5\r\nHello\r\n8\r\n there!\n\r\n0\r\nX-Sum: 12\r\n\r\n"),
        )
    ],
    "curl_i_two_lengths": [
        (
            1,
            None,
            response(
                200, "OK", [("Content-Length", "3"), ("Transfer-Encoding", "chunked")], b"abc"
            ),
        )
    ],
    "curl_i_not_modified": [(1, None, response(304, "Not Modified", [("ETag", '"x"')]))],
    "curl_i_hints": [
        (1, None, HINTS),
        (4, None, ok(7, b"hinted\n")),
    ],
    "curl_i_continue": [
        (1, None, CONTINUE),
        (3, None, response(201, "Created", FORM_FIELDS, b'{"id":1}\n')),
    ],
    "curl_i_proxy": [(1, None, ESTABLISHED), (3, None, ok(14, HELLO))],
    "curl_i_two_urls": [
        (1, None, moved(MOVED_BODY)),
        (7, None, ok(5, b"Hello")),
        (12, None, ok(14, HELLO)),
    ],
    "curl_i_progress": [(4, None, ok(14, HELLO))],
    "curl_i_http2": [(1, None, response(200, None, HTTP2_FIELDS, b"Hello, HTTP/2!\n", "2"))],
    "curl_i_http3": [(1, None, response(200, None, HTTP2_FIELDS, b"Hello, HTTP/2!\n", "3"))],
    "curl_iL": [(1, None, moved()), (6, None, found()), (12, None, ok(14, HELLO))],
    "curl_I": [(1, None, ok(14))],
    "curl_IL": [(1, None, moved()), (6, None, found()), (12, None, ok(14))],
    "curl_D": [(1, None, odd())],
    "curl_D_body": [(1, None, ok(14, HELLO))],
    "curl_v": [(3, curl("GET", "/odd"), odd())],
    "curl_v_mixed": [(3, curl("GET", "/markdown"), ok(76, MARKDOWN, media_type="text/markdown"))],
    "curl_v_mixed_unbuffered": [(3, curl("GET", "/no-newline"), ok(5, b"Hello"))],
    "curl_v_progress": [(5, curl("GET", "/html"), ok(67, HTML, media_type="text/html"))],
    "curl_v_progress_err": [(5, curl("GET", "/"), ok(14))],
    "curl_v_post": [
        (11, None, CONTINUE),
        (
            3,
            curl(
                "POST",
                "/form",
                ("Expect", "100-continue"),
                ("Content-Length", "3"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ),
            response(201, "Created", FORM_FIELDS),
        ),
    ],
    "curl_v_needless_method": [
        (
            6,
            curl("POST", "/form", *FORM_OF_CURL),
            response(201, "Created", FORM_FIELDS, b'{"id":1}\n'),
        )
    ],
    "curl_v_write_out": [(3, curl("GET", "/"), ok(14, HELLO))],
    "curl_v_head": [(3, curl("HEAD", "/"), ok(14))],
    "curl_v_http2": [
        (
            10,
            Request(
                "GET",
                "/",
                Headers(
                    [("Host", "127.0.0.1:8643"), ("user-agent", "curl/7.88.1"), ("accept", "*/*")]
                ),
                None,
                "2",
            ),
            response(200, None, HTTP2_FIELDS, version="2"),
        )
    ],
    "curl_v_chunked": [(3, curl("GET", "/chunked"), response(200, "OK", CHUNKED))],
    "curl_vL": [
        (3, curl("GET", "/a"), moved()),
        (20, curl("GET", "/b"), found()),
        (38, curl("GET", "/"), ok(14, HELLO)),
    ],
    "curl_vL_proxy": [
        (
            5,
            curl("CONNECT", HOST, ("Proxy-Connection", "Keep-Alive"), fields=CURL_FIELDS[:2]),
            ESTABLISHED,
        ),
        (14, curl("GET", "/a"), moved()),
        (31, curl("GET", "/b"), found()),
        (49, curl("GET", "/"), ok(14)),
    ],
    "curl_vi": [(3, curl("GET", "/"), ok(14, HELLO))],
    "curl_vi_unbuffered": [
        (3, curl("GET", "/a"), moved()),
        (20, curl("GET", "/b"), found()),
        (38, curl("GET", "/"), ok(14, HELLO)),
    ],
    "curl_vi_continue": [
        (11, None, CONTINUE),
        (
            3,
            curl("POST", "/form", ("Expect", "100-continue"), *FORM_OF_CURL),
            response(201, "Created", FORM_FIELDS, b'{"id":1}\n'),
        ),
    ],
    "curl_vi_hints": [(8, None, HINTS), (3, curl("GET", "/hints"), ok(7, b"hinted\n"))],
    "wget_S": [
        (
            4,
            None,
            response(
                200, "OK", [(name, WGET_ODD_VALUES.get(name, value)) for name, value in ODD_FIELDS]
            ),
        )
    ],
    "wget_S_redirects": [(4, None, moved()), (12, None, found()), (21, None, ok(14))],
    "wget_qS_body": [(1, None, ok(14, HELLO))],
    "wget_qS_redirects": [(1, None, moved()), (5, None, found()), (10, None, ok(14, HELLO))],
    "wget_S_body": [(4, None, ok(14, HELLO))],
    "wget_S_spider": [(5, None, moved()), (14, None, found()), (24, None, ok(14))],
    "wget_S_german": [(4, None, moved()), (12, None, found()), (21, None, ok(14))],
    "wget_S_german_body": [(4, None, moved()), (12, None, found()), (21, None, ok(14, HELLO))],
    "wget_S_french": [(4, None, ok(14))],
    "wget_S_japanese_body": [(4, None, moved()), (12, None, found()), (21, None, ok(14, HELLO))],
    "wget_d": [
        (
            14,
            Request(
                "GET",
                "/",
                Headers(
                    [
                        ("Host", HOST),
                        ("User-Agent", "Wget/1.21.3"),
                        ("Accept", "*/*"),
                        ("Accept-Encoding", "identity"),
                        ("Connection", "Keep-Alive"),
                    ]
                ),
                None,
                "1.1",
            ),
            ok(14),
        )
    ],
    # HTTPie puts the lines of one field together, reads octets as ISO-8859-1 and drops what
    # its library did not take for a field
    "httpie_hH": [
        (
            1,
            httpie("/odd"),
            response(
                200,
                "OK",
                [
                    ("Vary", "Accept"),
                    ("Vary", "Origin"),
                    ("X-Dup", "1"),
                    ("X-Dup", "2"),
                    ("X-Latin", "caf\xe9"),
                    ("X-Utf8", "caf\xc3\xa9"),
                    ("X-Empty", ""),
                    ("etag", '"x"'),
                    ("X-Folded", "one two"),
                ],
            ),
        )
    ],
    "httpie_h": [(1, None, ok(14))],
    "httpie_v": [(1, httpie("/"), ok(14, HELLO))],
    "httpie_v_post": [
        (
            1,
            httpie_form(*HTTPIE_FORM_FIELDS, body=b'{"name": "value"}'),
            response(201, "Created", FORM_FIELDS, b'{"id":1}\n'),
        )
    ],
    "httpie_v_all": [
        (1, httpie("/a"), moved(MOVED_BODY)),
        (
            18,
            httpie("/b"),
            found(b"to /\n")._replace(
                headers=Headers(
                    [("Location", "/"), ("Content-Length", "5"), DATE, ("Set-Cookie", "hop=b")]
                )
            ),
        ),
        (36, httpie("/", ("Cookie", "hop=b")), ok(14, HELLO)),
    ],
    "httpie_v_format": [
        (
            1,
            httpie_form(*sorted(HTTPIE_FORM_FIELDS), body=b'{\n    "name": "value"\n}'),
            response(
                201,
                "Created",
                [("Content-Length", "9"), DATE, ("Location", "/form/1")],
                b'{"id":1}\n',
            ),
        )
    ],
}

# File: the line and the section of every problem; no other file has any.
PROBLEMS = {
    "curl_i_odd": [(11, "9112 section 5.2"), (12, "9110 section 5.1"), (13, "9112 section 5.1")],
    "curl_D": [(11, "9112 section 5.2"), (12, "9110 section 5.1"), (13, "9112 section 5.1")],
    "curl_v": [(18, "9112 section 5.2"), (19, "9110 section 5.1"), (20, "9112 section 5.1")],
    "wget_S": [(14, "9110 section 5.1"), (15, "9112 section 5.1")],
    "curl_i_two_lengths": [(1, "9112 section 6.3")],
}


def read(name: str) -> list[Received]:
    return parse_dump((DUMPS / f"{name}.txt").read_bytes())


@pytest.mark.parametrize("name", READINGS)
def test_dump_is_read_whole(name):
    expected = [(line, Exchange(request, answer)) for line, request, answer in READINGS[name]]
    assert [(item.line, item.exchange) for item in read(name)] == expected


@pytest.mark.parametrize("name", READINGS)
def test_problems_name_line_and_section(name):
    told = [problem for item in read(name) for problem in item.problems]
    expected = [(f"line {line}", f"RFC {rule}") for line, rule in PROBLEMS.get(name, [])]
    assert [(problem.where, problem.reference) for problem in told] == expected


def test_every_dump_has_its_reading():
    assert {path.stem for path in DUMPS.glob("*.txt")} == READINGS.keys()


@pytest.mark.parametrize("name", ["curl_i_odd", "curl_v", "curl_iL", "httpie_v_all"])
def test_lf_alone_reads_as_crlf_does(name):
    # Line ends are lost when a dump is pasted; only a body's own CR may differ.
    octets = (DUMPS / f"{name}.txt").read_bytes()
    assert parse_dump(octets.replace(b"\r\n", b"\n")) == read(name)
