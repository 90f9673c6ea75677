"""Reading dumps: facts by section of RFC 9112, layouts, and what must hold for any octets."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import HttpHeadersError, InputError
from httpheaders.messages.dump import _after_blank_lines, parse_dump
from httpheaders.messages.framing import check_message, declared_length
from httpheaders.messages.head import parse_header_block
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

OK = b"HTTP/1.1 200 OK\r\n"


def only(octets):
    [received] = parse_dump(octets)
    return received


def only_response(octets):
    return only(octets).exchange.response


def statuses(octets):
    return [r.exchange.response and r.exchange.response.status for r in parse_dump(octets)]


def bodies(octets):
    return [r.exchange.response and r.exchange.response.body for r in parse_dump(octets)]


# RFC 9112 section 4
@pytest.mark.parametrize(
    ("line", "version", "status", "phrase"),
    [
        pytest.param("HTTP/1.1 200 OK", "1.1", 200, "OK", id="ordinary"),
        pytest.param("HTTP/1.0 404 Not Found", "1.0", 404, "Not Found", id="http-1.0"),
        pytest.param("HTTP/1.1 200 ", "1.1", 200, "", id="empty-phrase"),
        pytest.param("HTTP/1.1 200", "1.1", 200, None, id="no-phrase"),
        pytest.param("HTTP/2 200 ", "2", 200, None, id="http-2-as-curl-prints-it"),
        pytest.param("HTTP/2.0 200 OK", "2", 200, "OK", id="http-2-with-minor-number"),
        pytest.param("HTTP/3 103", "3", 103, None, id="http-3"),
        pytest.param("HTTP/1.1 999 Request denied: no", "1.1", 999, "Request denied: no", id="999"),
    ],
)
def test_status_line(line, version, status, phrase):
    received = only(line.encode() + b"\r\n\r\n")
    response = received.exchange.response
    assert (response.version, response.status, response.phrase) == (version, status, phrase)
    assert received.problems == ()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        pytest.param(b"HTTP/1.1 20 OK", None, id="two-digits"),
        pytest.param(b"HTTP/1.1 2000 OK", None, id="four-digits"),
        pytest.param(b"HTTP/1.1 000 None", None, id="zero"),
        pytest.param(b"HTTP/1.1", None, id="nothing-after-version"),
        pytest.param(b"HTTP/one 200 OK", None, id="version-in-words"),
        pytest.param(b"HTTP/1.1  200 OK", 200, id="two-blanks"),
        pytest.param(b"HTTP/1.1\t200 OK", 200, id="tab"),
    ],
)
def test_malformed_status_line_costs_only_itself(line, status):
    received = only(line + b"\r\nX-A: 1\r\n\r\nbody")
    assert received.exchange.response.status == status
    assert received.exchange.response.headers.pairs == [("X-A", "1")]
    assert received.exchange.response.body == b"body"
    assert [(p.where, p.reference) for p in received.problems] == [("line 1", "RFC 9112 section 4")]


# RFC 9112 section 3
@pytest.mark.parametrize(
    ("line", "method", "target", "version", "rule"),
    [
        pytest.param(b"GET / HTTP/1.1", "GET", "/", "1.1", None, id="origin-form"),
        pytest.param(b"OPTIONS * HTTP/1.1", "OPTIONS", "*", "1.1", None, id="asterisk-form"),
        pytest.param(b"get http://a:1/ HTTP/1.0", "get", "http://a:1/", "1.0", None, id="absolute"),
        pytest.param(b"GET /x HTTP/2", "GET", "/x", "2", None, id="http-2"),
        pytest.param(
            b"GET /a b HTTP/1.1", "GET", "/a b", "1.1", "RFC 9112 section 3.2", id="blank"
        ),
        pytest.param(
            b"GET /\r HTTP/1.1", "GET", "/\r", "1.1", "RFC 9112 section 2.2", id="bare-cr"
        ),
    ],
)
def test_request_line(line, method, target, version, rule):
    received = only(line + b"\r\nHost: a\r\n\r\n")
    request = received.exchange.request
    assert received.exchange.response is None
    assert (request.method, request.url, request.version) == (method, target, version)
    assert [problem.reference for problem in received.problems] == ([rule] if rule else [])


# RFC 9112 sections 2.2 and 5, RFC 9110 sections 5.1 and 5.5
@pytest.mark.parametrize(
    ("line", "pair", "message", "reference"),
    [
        pytest.param(b"X:y", ("X", "y"), None, None, id="no-blank-after-colon"),
        pytest.param(b"X: \t y\t ", ("X", "y"), None, None, id="outer-blanks"),
        pytest.param(b"X:", ("X", ""), None, None, id="empty-value"),
        pytest.param(b"X: a: b", ("X", "a: b"), None, None, id="colon-in-value"),
        pytest.param(b"X: caf\xe9", ("X", "café"), None, None, id="obs-text"),
        pytest.param(b"X: caf\xc3\xa9", ("X", "café"), None, None, id="utf-8"),
        pytest.param(b"X: a\x85b\xe2", ("X", "a\x85bâ"), None, None, id="nel-ends-no-line"),
        pytest.param(b"no colon", None, "no colon in 'no colon'", "RFC 9112 section 5", id="colon"),
        pytest.param(
            b"Bad Name: x",
            ("Bad Name", "x"),
            "field name 'Bad Name' is not a token",
            "RFC 9110 section 5.1",
            id="blank-in-name",
        ),
        pytest.param(
            b"N\xe4me: x",
            ("Näme", "x"),
            "field name 'N\\xe4me' is not a token",
            "RFC 9110 section 5.1",
            id="name-above-ascii",
        ),
        pytest.param(
            b": x", ("", "x"), "field name is empty", "RFC 9110 section 5.1", id="empty-name"
        ),
        pytest.param(
            b"X : y",
            ("X", "y"),
            "blank between field name 'X' and the colon",
            "RFC 9112 section 5.1",
            id="blank-before-colon",
        ),
        pytest.param(
            b"X: a\rb",
            ("X", "a\rb"),
            "value of 'X' holds a bare CR",
            "RFC 9112 section 2.2",
            id="bare-cr",
        ),
        pytest.param(
            b"X: a\r",
            ("X", "a\r"),
            "value of 'X' holds a bare CR",
            "RFC 9112 section 2.2",
            id="second-cr-before-lf",
        ),
        pytest.param(
            b"X: a\0b",
            ("X", "a\0b"),
            "value of 'X' holds a NUL octet",
            "RFC 9110 section 5.5",
            id="nul",
        ),
        pytest.param(
            b"X: a\x0bb\x0c",
            ("X", "a\x0bb\x0c"),
            "value of 'X' holds a control character",
            "RFC 9110 section 5.5",
            id="vertical-tab-ends-no-line",
        ),
    ],
)
def test_field_line(line, pair, message, reference):
    received = only(OK + b"X-Before: 1\r\n" + line + b"\r\nX-After: 2\r\n\r\n")
    expected = [("X-Before", "1"), *([pair] if pair else []), ("X-After", "2")]
    assert received.exchange.response.headers.pairs == expected
    told = [(problem.where, problem.message, problem.reference) for problem in received.problems]
    assert told == ([("line 3", message, reference)] if message else [])


# RFC 9112 section 5.2
@pytest.mark.parametrize(
    ("lines", "value"),
    [
        pytest.param(b"X: a\r\n b", "a b", id="blank"),
        pytest.param(b"X: a \r\n\t\t b", "a b", id="blanks-on-both-sides"),
        pytest.param(b"X:\r\n b", "b", id="empty-first-line"),
        pytest.param(b"X: a\n b\n c", "a b c", id="twice-with-lf"),
        pytest.param(b"X: a\r\n \r\n b", "a b", id="blank-line-of-blanks"),
    ],
)
def test_folded_line_is_joined_with_one_blank(lines, value):
    received = only(OK + lines + b"\r\nX-After: 2\r\n\r\nbody")
    response = received.exchange.response
    assert response.headers.pairs == [("X", value), ("X-After", "2")]
    assert response.body == b"body"
    assert {problem.reference for problem in received.problems} == {"RFC 9112 section 5.2"}


def test_blank_before_the_first_field_is_told():
    # RFC 9112 section 2.2: such lines are ignored; nothing is dropped in silence.
    received = only(OK + b" X: 1\r\nY: 2\r\n\r\n")
    assert received.exchange.response.headers.pairs == [("Y", "2")]
    assert received.problems[0].where == "line 2"
    assert received.problems[0].reference == "RFC 9112 section 2.2"


# RFC 9110 section 8.6, RFC 9112 sections 6.1 and 6.3
@pytest.mark.parametrize(
    ("fields", "version", "message", "length"),
    [
        pytest.param(["5"], "1.1", None, 5, id="sound"),
        pytest.param([], "1.1", None, None, id="absent"),
        pytest.param(["5", "6"], "1.1", "Content-Length lines differ: '5', '6'", None, id="two"),
        pytest.param(["5, 6"], "1.1", "Content-Length lines differ: '5', '6'", None, id="list"),
        pytest.param(["5", "5"], "1.1", "Content-Length is given 2 times", 5, id="twice-the-same"),
        pytest.param(["+5"], "1.1", "Content-Length '+5' is not a number of octets", None, id="+"),
        pytest.param([""], "1.1", "Content-Length '' is not a number of octets", None, id="empty"),
        pytest.param(
            ["٣"], "1.1", "Content-Length '\\u0663' is not a number of octets", None, id="٣"
        ),
        pytest.param(["9" * 5000], "1.1", None, 10**18, id="too-large-to-mean-anything"),
    ],
)
def test_content_length(fields, version, message, length):
    headers = Headers(("Content-Length", value) for value in fields)
    told = [problem.message for problem in check_message(Response(200, headers, version=version))]
    assert told == ([message] if message else [])
    assert declared_length(headers) == length


@pytest.mark.parametrize(
    ("version", "with_length", "references"),
    [
        pytest.param("1.1", False, [], id="alone"),
        pytest.param("1.1", True, ["RFC 9112 section 6.3"], id="with-content-length"),
        pytest.param("1.0", False, ["RFC 9112 section 6.1"], id="in-http-1.0"),
    ],
)
def test_transfer_encoding(version, with_length, references):
    length = b"Content-Length: 3\r\n" if with_length else b""
    start = f"HTTP/{version} 200 OK\r\nTransfer-Encoding: chunked\r\n".encode()
    received = only(start + length + b"\r\nabc")
    assert [problem.reference for problem in received.problems] == references
    assert received.exchange.response.body == b"abc"


# RFC 9112 section 6.3, as far as a dump keeps to it
MOVED = b"HTTP/1.1 301 Moved\r\nLocation: /b\r\n"


@pytest.mark.parametrize(
    ("octets", "expected_statuses", "expected_bodies"),
    [
        pytest.param(OK + b"\r\na\r\n\r\nb", [200], [b"a\r\n\r\nb"], id="rest-is-body"),
        pytest.param(OK + b"\r\n", [200], [None], id="nothing-after-the-head"),
        pytest.param(OK + b"Content-Length: 0\r\n\r\n", [200], [b""], id="empty-body"),
        pytest.param(OK, [200], [None], id="head-cut-off"),
        pytest.param(OK + b"\r", [200], [None], id="cut-off-inside-a-line-end"),
        pytest.param(
            MOVED + b"\r\n" + OK + b"\r\nhi", [301, 200], [None, b"hi"], id="bodiless-hop"
        ),
        pytest.param(
            MOVED + b"Content-Length: 2\r\n\r\nhi" + OK + b"\r\nx",
            [301, 200],
            [b"hi", b"x"],
            id="hop-body",
        ),
        pytest.param(
            MOVED + b"Content-Length: 999\r\n\r\n" + OK + b"\r\nx",
            [301, 200],
            [None, b"x"],
            id="length-of-a-body-left-out",
        ),
        pytest.param(
            MOVED + b"\r\n<p>\nmoved\n" + OK + b"\r\nx",
            [301, 200],
            [b"<p>\nmoved\n", b"x"],
            id="hop-body-of-unknown-length",
        ),
        pytest.param(
            OK + b"\r\nsee:\n" + OK + b"\r\nx",
            [200],
            [b"see:\n" + OK + b"\r\nx"],
            id="body-that-quotes-a-message-is-one-body",
        ),
        pytest.param(
            OK + b"Content-Length: 20\r\n\r\nHTTP/1.1 500 Oops\r\n\n",
            [200],
            [b"HTTP/1.1 500 Oops\r\n\n"],
            id="body-that-is-a-message-by-its-length",
        ),
        pytest.param(
            OK + b"X: 1\r\n" + OK + b"\r\nx", [200, 200], [None, b"x"], id="no-empty-line"
        ),
        pytest.param(b"\r\n\r\n" + OK + b"\r\nx", [200], [b"x"], id="empty-lines-first"),
    ],
)
def test_where_a_body_ends(octets, expected_statuses, expected_bodies):
    if b"Content-Length: 20" in octets:
        assert len(octets.partition(b"\r\n\r\n")[2]) == 20
    assert (statuses(octets), bodies(octets)) == (expected_statuses, expected_bodies)


@pytest.mark.parametrize("status", [100, 204, 304])
def test_octets_after_a_bodiless_response_are_kept_and_told(status):
    received = only(f"HTTP/1.1 {status} X\r\n\r\nsurprise".encode())
    assert received.exchange.response.body == b"surprise"
    assert received.problems[0].reference == "RFC 9112 section 6.3"


def test_interim_responses_leave_the_request_to_the_final_one():
    interim, final = parse_dump(
        b"> PUT / HTTP/1.1\n> Host: a\n> \n< HTTP/1.1 100 Continue\n< HTTP/1.1 201 Created\n< \n"
    )
    assert (interim.exchange.request, interim.exchange.response.status) == (None, 100)
    assert (final.exchange.request.method, final.exchange.response.status) == ("PUT", 201)
    assert (interim.line, final.line) == (4, 1)


# Without a start line the first telling field decides.
@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        pytest.param(b"Host: a\nServer: b\n", Request, id="host-first"),
        pytest.param(b"Server: b\nHost: a\n", Response, id="server-first"),
        pytest.param(b"X-A: 1\nCookie: a=1\n", Request, id="cookie-after-a-neutral-field"),
        pytest.param(b"If-None-Match: *\n", Request, id="conditional-request"),
        pytest.param(b"content-type: text/html\n", Response, id="nothing-tells"),
        pytest.param(b":status: 204\ncookie: a=1\n", Response, id="pseudo-status"),
        pytest.param(b":method: GET\n:path: /x\netag: a\n", Request, id="pseudo-method"),
    ],
)
def test_kind_of_bare_lines(octets, kind):
    request, response = only(octets).exchange
    assert type(request or response) is kind


def test_pseudo_fields_stand_for_the_start_line():
    received = only(
        b":authority: a.example\n:method: GET\n:path: /x\n:scheme: https\naccept: */*\n"
    )
    request = received.exchange.request
    assert (request.method, request.url) == ("GET", "https://a.example/x")
    assert request.headers.pairs == [("accept", "*/*")]
    assert received.problems == ()


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\r\n\n\r\n", id="blank-lines"),
        pytest.param(b"\n\r", id="cut-off-inside-a-line-end"),
    ],
)
def test_nothing_holds_no_message(octets):
    assert parse_dump(octets) == []


@pytest.mark.parametrize(
    "octets", [b"hello", b"%PDF-1.4\n", b" \n", b"\r\r", b"<html>\n\nHost: a\n"]
)
def test_text_without_start_line_or_field_is_refused(octets):
    with pytest.raises(InputError, match="no start line and no header field found at line 1"):
        parse_dump(octets)


V_HEAD = b"> GET / HTTP/1.1\r\n> Host: a\r\n> \r\n< HTTP/1.1 200 OK\r\n< X: 1\r\n< \r\n"


@pytest.mark.parametrize(
    ("octets", "body"),
    [
        pytest.param(b"<html>\n<p>> x</p>\n", b"<html>\n<p>> x</p>\n", id="html"),
        pytest.param(b"> quoted\n< arrow\n", b"> quoted\n< arrow\n", id="prefixes-in-the-body"),
        pytest.param(
            b"text\n< HTTP/1.1 500 No\n", b"text\n< HTTP/1.1 500 No\n", id="quoted-status-line"
        ),
        pytest.param(
            b"text\n> GET / HTTP/1.1\n", b"text\n> GET / HTTP/1.1\n", id="quoted-request-line"
        ),
        pytest.param(b"a\n* b\n* c\n", b"a\n* b\n* c\n", id="list-in-the-body"),
        pytest.param(
            b"{ [3 bytes data]\nabc{ [2 bytes data]\nde* Connection #0 to host a left intact\n",
            b"abcde",
            id="pieces",
        ),
        pytest.param(b"* Closing connection 0\nabc", b"abc", id="no-line-end"),
        pytest.param(b"curl: (18) transfer closed\n", None, id="error-of-curl"),
    ],
)
def test_body_among_the_lines_of_curl_v(octets, body):
    received = only(V_HEAD + octets)
    assert received.exchange.request.url == "/"
    assert received.exchange.response.headers.pairs == [("X", "1")]
    assert received.exchange.response.body == body


def test_list_that_begins_a_body_of_curl_v_is_known_by_content_length():
    head = V_HEAD.replace(b"< X: 1", b"< Content-Length: 8")
    octets = head + b"* Connection #0 to host a left intact\n* a\n* b\n"
    assert only_response(octets).body == b"* a\n* b\n"


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        pytest.param(b"hi\n* OpenSSL SSL_read: reset, errno 104\n", b"hi\n", id="openssl"),
        pytest.param(b"hi\n* schannel: server closed\n", b"hi\n", id="schannel"),
        pytest.param(b"hi\n* new words of curl\n* more\n", b"hi\n", id="words-not-known"),
        pytest.param(b"hi!* new words of curl\n", b"hi!", id="words-without-line-end-before"),
        pytest.param(b"hi\n* Closing connection 0\n200\n", b"hi\n", id="write-out"),
        pytest.param(b"hi!* Closing connection 0\n200\n", b"hi!", id="write-out-on-the-line"),
        pytest.param(b"a\n* b\n", b"a\n* b\n", id="length-inside-a-list"),
        pytest.param(b"hello\n", b"hello\n", id="longer-than-declared"),
    ],
)
def test_words_of_curl_v_after_a_body_of_known_length(rest, body):
    # RFC 9112 section 6.3
    head = V_HEAD.replace(b"< X: 1", b"< Content-Length: 3")
    assert only_response(head + rest).body == body


def test_decoded_body_of_curl_v_may_be_longer_than_declared():
    head = V_HEAD.replace(b"< X: 1", b"< Content-Encoding: gzip\n< Content-Length: 4")
    assert only_response(head + b"a\nb\n* c\n").body == b"a\nb\n* c\n"


# RFC 9110 section 15.2
@pytest.mark.parametrize(
    "between",
    [
        pytest.param(b"", id="no-empty-line"),
        pytest.param(b"< \r\n", id="empty-line"),
        pytest.param(b"< \r\n{ [5 bytes data]\n", id="mark-of-a-piece"),
        pytest.param(b"< \r\nstray\n", id="stray-line"),
        pytest.param(b"* We are completely uploaded and fine\n", id="words"),
    ],
)
@pytest.mark.parametrize("final", [b"HTTP/2 200", b"HTTP/1.1 OK"])
def test_final_response_follows_an_interim_one_in_curl_v(between, final):
    octets = b"> GET / HTTP/2\r\n> Host: a\r\n> \r\n< HTTP/2 103 \r\n< link: </a>\r\n"
    octets += between + b"< " + final + b"\r\n< a: b\r\n< \r\n"
    interim, received = parse_dump(octets)
    assert interim.exchange.response.status == 103
    assert received.exchange.request.url == "/"
    assert received.exchange.response.headers.pairs == [("a", "b")]


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(b"", id="shown-by-i-alone"),  # curl 7
        pytest.param(b"< \r\n", id="shown-by-both"),  # curl 8
    ],
)
def test_empty_line_after_an_interim_head_of_curl_vi_is_no_body(shown):
    interim, final = b"HTTP/1.1 100 Continue\r\n", b"HTTP/1.1 200 OK\r\n"
    octets = b"> PUT / HTTP/1.1\r\n> \r\n< " + interim + shown + b"< " + final + b"< \r\n"
    octets += interim + b"\r\n" + final + b"\r\n" + b"hi\n"
    assert bodies(octets) == [None, b"hi\n"]


# RFC 9112 sections 2.2, 3 and 4: as odd as it is, it is told and costs only itself
@pytest.mark.parametrize(
    ("request_line", "status_line", "url", "status", "references"),
    [
        pytest.param(
            b"GET /a b HTTP/1.1", b"HTTP/1.1 200 OK", "/a b", 200, ["9112 section 3.2"], id="blank"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r", b"HTTP/1.1 200 OK", None, 200, ["9112 section 5"], id="cr-cr-lf"
        ),
        pytest.param(
            b"GET / HTTP/1.1", b"ICY 200 OK", "/", None, ["9112 section 5"], id="other-protocol"
        ),
        pytest.param(
            b"GET / HTTP/1.1", b"HTTP/1.1 OK", "/", None, ["9112 section 4"], id="no-status"
        ),
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b"* Connected to a (::1) port 80\n", id="first"),
        pytest.param(
            b"> GET /r HTTP/1.1\r\n> \r\n< HTTP/1.1 302 Found\r\n< Location: /\r\n< \r\nto\n"
            b"* Connection #0 to host a left intact\n",
            id="after-a-redirect",
        ),
    ],
)
def test_odd_start_lines_of_curl_v(before, request_line, status_line, url, status, references):
    octets = before + b"> " + request_line + b"\r\n> Host: a\r\n> \r\n"
    octets += b"< " + status_line + b"\r\n< X: 1\r\n< \r\nhi\n"
    *hops, last = parse_dump(octets)
    assert [hop.exchange.response.body for hop in hops] == [b"to\n"] * (b"302" in before)
    assert last.exchange.request.url == url
    assert last.exchange.request.headers.pairs == [("Host", "a")]
    response = last.exchange.response
    assert (response.status, response.headers.pairs) == (status, [("X", "1")])
    assert response.body == b"hi\n"
    assert [problem.reference for problem in last.problems] == [f"RFC {r}" for r in references]


# RFC 9110 section 7.8: the server "is expected to continue responding to the original request"
@pytest.mark.parametrize(
    ("rest", "answered"),
    [
        pytest.param(b"", [101], id="last"),
        pytest.param(b"< HTTP/2 200 \n< a: b\n< \nhi\n", [None, 200], id="answer"),
        pytest.param(b"* Closing connection 0\n> GET /b HTTP/1.1\n> \n", [101, None], id="request"),
    ],
)
def test_answer_after_a_change_of_protocol_belongs_to_the_request(rest, answered):
    octets = b"> GET / HTTP/1.1\n> Host: a\n> \n< HTTP/1.1 101 Go\n< Upgrade: h2c\n< \n" + rest
    received = parse_dump(octets)
    assert [
        item.exchange.request and item.exchange.response and item.exchange.response.status
        for item in received
    ] == answered


CURL_V = (
    b"*   Trying 127.0.0.1:80...\n> GET / HTTP/1.1\n> Host: a\n> \n< HTTP/1.1 200 OK\n< X: 1\n< \n"
)
WGET_S = b"--2026-01-01 00:00:00--  http://a/\n  HTTP/1.1 200 OK\n  X: 1\n"


@pytest.mark.parametrize("dump", [pytest.param(CURL_V, id="curl"), pytest.param(WGET_S, id="wget")])
@pytest.mark.parametrize(
    "foreword",
    [
        b"Note: Unnecessary use of -X or --request, POST is already inferred.\n",
        b"Warning: Illegally formatted input field\n",
        b"$ curl -v -H 'A: b' http://a/\n",
        b"Spider mode enabled. Check if remote file exists.\r\n",
        "Mode « spider » activé. Vérification de l’existence d’un fichier distant.\n".encode(),
        b"$ make\n\n" + b"words\n" * 17,
    ],
)
def test_words_before_a_dump_do_not_hide_its_layout(foreword, dump):
    response = only_response(foreword + dump)
    assert (response.status, response.headers.pairs) == (200, [("X", "1")])


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b'Warning: 110 - "stale"\n* no field\nAge: 1\n', id="warning-field"),
        pytest.param(b"X-A: 1\n  HTTP/1.1 200 OK\nAge: 1\n", id="folded-line"),
        pytest.param(b"words\nX-A: 1\n* no field\nAge: 1\n", id="field-after-words"),
        pytest.param(b"$ curl -i a\nHTTP/1.1 200 OK\nAge: 1\n\n* a list\n> x\n", id="list-in-body"),
    ],
)
def test_fields_before_what_looks_like_another_layout_are_read(octets):
    assert parse_dump(octets)[-1].exchange.response.headers.get("age") == "1"


# What is wget's own is the same in every language, or found by where it stands.
@pytest.mark.parametrize(
    ("awaiting", "saving", "body"),
    [
        pytest.param("wird gewartet … ", "Wird in »STDOUT« gespeichert.", b"hi\n", id="de"),
        pytest.param("la réponse… ", "Sauvegarde en : « STDOUT »", b"hi\n", id="fr"),
        pytest.param("待っています... ", "`STDOUT' に保存中", b"hi\n", id="ja"),
        pytest.param("...תבושת", "STDOUT", None, id="words-not-known"),
    ],
)
def test_words_of_wget_in_any_language(awaiting, saving, body):
    time = "--2026-01-01 00:00:00--  http://a/"
    first = f"{time}\n{awaiting}\n  HTTP/1.1 302 Found\n  Content-Length: 5\nPlatz: /STDOUT [x]\n"
    last = f"{time}\n{awaiting}\n  HTTP/1.1 200 OK\n  Content-Length: 3\nLänge: 3\n{saving}\n"
    octets = f"{first}{last}hi\n\n     0K    100%\n\n2026-01-01 00:00:00 (1 B/s) - x\n\n".encode()
    assert (statuses(octets), bodies(octets)) == ([302, 200], [None, body])


def test_numbered_lines_of_old_wget():
    octets = (
        b"--12:00:00--  http://a/\nHTTP request sent, awaiting response... \n"
        b" 1 HTTP/1.1 200 OK\n 2 Server: x\n 3 Vary: a\n\nLength: 3\n"
    )
    response = only_response(octets.replace(b"--12:00:00--", b"--2003-01-02 12:00:00--"))
    assert (response.status, response.headers.pairs) == (200, [("Server", "x"), ("Vary", "a")])


def test_header_block_ends_at_the_empty_line():
    headers, problems = parse_header_block(b"A: 1\r\nB: 2\r\n\r\nC: 3\r\n")
    assert (headers.pairs, problems) == ([("A", "1"), ("B", "2")], ())


FIELDS = st.lists(
    st.tuples(
        st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}", fullmatch=True).filter(
            lambda name: name.lower() not in ("content-length", "transfer-encoding")
        ),
        st.text(
            st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_characters="\x7f")
        ).map(str.strip),
    ),
    max_size=8,
)


@given(FIELDS, st.binary(max_size=60).filter(lambda body: not body.startswith((b"\r", b"\n"))))
def test_what_is_written_is_read_back(fields, body):
    block = "".join(f"{name}: {value}\r\n" for name, value in fields)
    length = f"Content-Length: {len(body)}\r\n"
    received = only(OK + block.encode() + length.encode() + b"\r\n" + body)
    pairs = [(name, value) for name, value in fields]
    assert received.exchange.response.headers.pairs == [*pairs, ("Content-Length", str(len(body)))]
    assert received.exchange.response.body == body
    assert received.problems == ()


PIECES = [
    b"HTTP/1.1 200 OK", b"HTTP/2 301", b"GET / HTTP/1.1", b"> ", b"< ", b"* ", b"{ [3 bytes data]",
    b"  ", b" 1 ", b"\r", b"\n", b"\r\n", b"\n\n", b":", b"X: y", b"Content-Length: 3", b"abc",
    b"--2026-01-01 00:00:00--  http://a/", b"---request begin---\n", b"---response begin---\n",
    b"DEBUG output created by Wget", b"\n---request end---", b"  % Total x\n   Dload x\n",
    b"HTTP request sent, awaiting response... ", b"Saving to: 'STDOUT'\n", b"\0", b"\xe9",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=25).map(b"".join))
def test_any_octets_give_messages_or_our_error(octets):
    try:
        received = parse_dump(octets)
    except HttpHeadersError:
        return
    lines = octets.count(b"\n") + 1
    for item in received:
        assert 1 <= item.line <= lines
        assert item.exchange != (None, None)
        for problem in item.problems:
            assert problem.where.startswith("line ")
            assert problem.reference.startswith("RFC ")


LINES = st.lists(
    st.binary(min_size=1, max_size=20).filter(
        lambda line: b"\n" not in line and line[:1] not in b" \t" and line != b"\r"
    ),
    max_size=8,
)


@given(LINES)
def test_every_line_is_a_field_or_a_problem(lines):
    headers, problems = parse_header_block(b"\n".join(lines))
    told = sum(problem.message.startswith("no colon") for problem in problems)
    assert len(headers) + told == len(lines)


def test_what_is_not_a_list_of_fields_is_refused_rather_than_half_read():
    dice = random.Random(7)
    with pytest.raises(InputError, match="fewer header fields than other lines"):
        parse_dump(dice.randbytes(20_000))
    with pytest.raises(InputError):
        parse_dump(b"Dear reader,\n" * 10 + b"PS: yours\n")


def test_a_few_bad_lines_are_forgiven_in_a_bare_list_of_fields():
    (received,) = parse_dump(b"bad\nworse\nBad Header: x\nVary: Origin\n")
    assert received.exchange.response is not None
    assert received.exchange.response.headers.get("vary") == "Origin"
    assert len(received.problems) == 3


@pytest.mark.parametrize(
    ("gap", "bodies"),
    [
        pytest.param(b"\n" * 10, [b"hello", None], id="some empty lines"),
        pytest.param(b"\r\n" * 90, [b"hello", None], id="many empty lines"),
        pytest.param(b"\r\r\n", [b"hello\r\r\nHTTP/1.1 204\n\n", None], id="a bare CR"),
    ],
)
def test_a_body_of_known_length_ends_before_the_next_message(gap, bodies):
    octets = b"HTTP/1.1 200\nContent-Length: 5\n\nhello" + gap + b"HTTP/1.1 204\n\n"
    received = parse_dump(octets)
    assert [one.exchange.response.body for one in received] == bodies[: len(received)]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n" * 500, b"\n" * 500, b"\n\r"])
def test_empty_lines_at_the_end_belong_to_no_body(end):
    (received,) = parse_dump(b"HTTP/1.1 200\nContent-Length: 5\n\nhello" + end)
    assert received.exchange.response.body == b"hello"


@given(st.lists(st.sampled_from((b"\r", b"\n", b"\r\n", b"a")), max_size=8), st.integers(0, 12))
def test_empty_lines_end_at_what_is_no_line_end(pieces, position):
    octets = b"".join(pieces)
    position = min(position, len(octets))
    expected = re.compile(rb"(?:\r?\n)*(?:\r\Z)?").match(octets, position)
    assert _after_blank_lines(octets, position) == expected.end()
