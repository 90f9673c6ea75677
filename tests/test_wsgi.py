"""Requests as environs and back: PEP 3333, RFC 3875 section 4.1."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders import wsgi
from httpheaders.errors import HttpHeadersError, InputError
from httpheaders.messages.headers import Headers, Latin1Text
from httpheaders.messages.message import Request
from tests.wsgi_client import call


def environ_for(request):
    return wsgi.environ_of(request).environ


@pytest.mark.parametrize(
    ("request_", "key", "expected"),
    [
        pytest.param(Request(), "REQUEST_METHOD", "GET", id="get-unless-told"),
        pytest.param(Request("get"), "REQUEST_METHOD", "get", id="method-case-kept"),
        pytest.param(Request(url="/a/b"), "PATH_INFO", "/a/b", id="path"),
        pytest.param(Request(url="/a%20b"), "PATH_INFO", "/a b", id="path-decoded"),
        pytest.param(Request(url="/%C3%A9"), "PATH_INFO", "/Ã©", id="path-octets-as-latin-1"),
        pytest.param(Request(url="/é"), "PATH_INFO", "/Ã©", id="path-typed-as-text"),
        pytest.param(Request(url="/%zz"), "PATH_INFO", "/%zz", id="broken-escape-kept"),
        pytest.param(Request(url="*"), "PATH_INFO", "", id="the-server-as-a-whole"),
        pytest.param(Request(url="/x?a=%20&b"), "QUERY_STRING", "a=%20&b", id="query-kept-coded"),
        pytest.param(Request(url="/x?a#b"), "QUERY_STRING", "a", id="fragment-left-out"),
        pytest.param(Request(url="/x?a"), "REQUEST_URI", "/x?a", id="target-as-sent"),
        pytest.param(Request(), "SERVER_NAME", "localhost", id="server"),
        pytest.param(Request(), "SERVER_PORT", "80", id="port-of-http"),
        pytest.param(Request(url="https://a.example/"), "SERVER_PORT", "443", id="port-of-https"),
        pytest.param(Request(url="http://a.example:81/"), "SERVER_PORT", "81", id="port-given"),
        pytest.param(Request(url="http://a.example:81/"), "HTTP_HOST", "a.example:81", id="host"),
        pytest.param(Request(url="http://[::1]:8/"), "SERVER_NAME", "[::1]", id="ipv6-host"),
        pytest.param(Request(url="https://a.example"), "wsgi.url_scheme", "https", id="scheme"),
        pytest.param(
            Request(headers=Headers([("Host", "b.example:9")])), "SERVER_PORT", "9", id="from-host"
        ),
        pytest.param(Request(version="1.0"), "SERVER_PROTOCOL", "HTTP/1.0", id="version"),
        pytest.param(Request(version="2"), "SERVER_PROTOCOL", "HTTP/2.0", id="version-2"),
        pytest.param(Request(body=b"hi"), "CONTENT_LENGTH", "2", id="length-of-the-body"),
        pytest.param(
            Request(headers=Headers([("Content-Type", "a/b")])), "CONTENT_TYPE", "a/b", id="type"
        ),
        pytest.param(
            Request(headers=Headers([("X-Dup", "1"), ("x-dup", "2")])),
            "HTTP_X_DUP",
            "1, 2",
            id="lines-joined",
        ),
        pytest.param(
            Request(headers=Headers([("Cookie", "a=1"), ("Cookie", "b=2")])),
            "HTTP_COOKIE",
            "a=1; b=2",
            id="cookies-joined-by-semicolons",
        ),
        pytest.param(
            Request(headers=Headers([("X-Name", "é")])), "HTTP_X_NAME", "Ã©", id="utf-8-field"
        ),
        pytest.param(
            Request(headers=Headers([("X-Name", Latin1Text("é"))])),
            "HTTP_X_NAME",
            "é",
            id="latin-1-field",
        ),
        pytest.param(
            Request(headers=Headers([("Content-Length", "9")]), body=b"hi"),
            "CONTENT_LENGTH",
            "2",
            id="the-body-counts",
        ),
    ],
)
def test_environ(request_, key, expected):
    assert environ_for(request_)[key] == expected


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        pytest.param(Request(), "CONTENT_LENGTH", id="no-body-no-length"),
        pytest.param(
            Request(headers=Headers([("X_Under", "1")])), "HTTP_X_UNDER", id="underscore-left-out"
        ),
        pytest.param(
            Request(headers=Headers([("Transfer-Encoding", "chunked")]), body=b"hi"),
            "HTTP_TRANSFER_ENCODING",
            id="chunks-taken-apart",
        ),
        pytest.param(
            Request(headers=Headers([("Content-Type", "a/b")])),
            "HTTP_CONTENT_TYPE",
            id="content-type-without-prefix",
        ),
    ],
)
def test_environ_lacks(request_, key):
    assert key not in environ_for(request_)


def test_the_body_is_the_input():
    assert environ_for(Request(body=b"hello"))["wsgi.input"].read() == b"hello"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(Request(url="ftp://a/"), id="another-scheme"),
        pytest.param(Request(url="a.example/x"), id="no-slash"),
        pytest.param(Request(url="/a b"), id="blank"),
        pytest.param(Request(url="/a\r\nX: y"), id="line-break"),
        pytest.param(Request(url="http://"), id="no-host"),
        pytest.param(Request(url="http://u:p@a.example/"), id="user"),
        pytest.param(Request(url="http://a.example:port/"), id="port-no-number"),
        pytest.param(Request(url="http://a.example:99999/"), id="port-too-high"),
        pytest.param(Request("G ET"), id="method-no-token"),
        pytest.param(Request(""), id="method-empty"),
        pytest.param(Request(headers=Headers([("Bad Name", "x")])), id="name-no-token"),
        pytest.param(Request(headers=Headers([("X", "a\r\nY: b")])), id="injected-field"),
    ],
)
def test_what_cannot_be_sent_is_refused(request_):
    with pytest.raises(InputError):
        wsgi.environ_of(request_)


def test_doubtful_framing_stays_to_be_seen():
    headers = Headers([("Content-Length", "3"), ("Transfer-Encoding", "chunked")])
    environ, problems = wsgi.environ_of(Request("POST", "/", headers, b"abc"))
    assert environ["HTTP_TRANSFER_ENCODING"] == "chunked"
    assert environ["CONTENT_LENGTH"] == "3"
    assert problems


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
NAMES = st.text("abcdefghij-", min_size=1).map(lambda name: "x-" + name)


@given(path=TEXTS.filter(lambda text: "/" not in text), headers=st.dictionaries(NAMES, TEXTS))
def test_a_request_comes_back_from_its_environ(path, headers):
    from urllib.parse import quote, unquote

    fields = Headers.of({name: value.strip() for name, value in headers.items()})
    request = Request("GET", "http://a.example/" + quote(path), fields)
    back = wsgi.request_of(wsgi.environ_of(request).environ)
    assert unquote(back.url) == "http://a.example/" + path
    expected = fields.to_dict()
    assert {name: back.headers.get_all(name) for name in expected} == expected


@given(st.builds(Request, st.text() | st.none(), st.text() | st.none()))
def test_only_our_errors_come_out(request_):
    try:
        environ = wsgi.environ_of(request_).environ
    except HttpHeadersError:
        return
    wsgi.request_of(environ)


@given(st.text())
def test_targets_raise_our_errors_alone(text):
    with contextlib.suppress(InputError):
        wsgi.parse_target(text)


def test_bare_environs_will_do():
    request = wsgi.request_of({"PATH_INFO": "/x", "REQUEST_METHOD": "GET"})
    assert (request.method, request.url) == ("GET", "/x")
    assert wsgi.request_of({}).url == "/"


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/", 200, b"Hello, WSGI!"), ("", 200, b"Hello, WSGI!"), ("/x", 404, b"Not Found")],
)
def test_the_sample_application(path, status, body):
    answer = call(wsgi.simple_wsgi_app, environ={"PATH_INFO": path})
    assert (answer.status, answer.body) == (status, body)
    assert answer["content-type"] == "text/plain"


def test_the_sample_application_gives_head_no_content():
    assert call(wsgi.simple_wsgi_app, method="HEAD").body == b""


def test_lines_of_one_field_are_joined_in_order():
    lines = [("A", "1"), ("Cookie", "a=1"), ("a", "2"), ("cookie", "b=2"), ("A", "3")]
    environ = wsgi.environ_of(Request("GET", "/", Headers(lines))).environ
    assert (environ["HTTP_A"], environ["HTTP_COOKIE"]) == ("1, 2, 3", "a=1; b=2")


@pytest.mark.parametrize("version", ["1.0", "1.1", "2", "3"])
def test_a_version_comes_back_from_its_environ(version):
    environ = wsgi.environ_of(Request(version=version)).environ
    assert wsgi.request_of(environ).version == version
