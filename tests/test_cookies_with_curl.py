"""
Real curl and our jar receive the same Set-Cookie lines from one local server, and send the same.

curl writes its jar with -c; it is read by us. Our jar is written as a cookie file; it is sent by
curl with -b. Every request goes to 127.0.0.1, whatever host its URL names.
"""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from httpheaders.cookie_jar import CookieJar
from httpheaders.netscape_cookies import format_cookie_file, parse_cookie_file
from httpheaders.public_suffixes import PublicSuffixes

CURL = shutil.which("curl")
pytestmark = pytest.mark.skipif(CURL is None, reason="curl is not installed")

SUFFIXES = PublicSuffixes(["co.uk"])
HOST, PAGE, NEXT = "www.example.com", "/dir/page", "/dir/next"

# One row a line that both treat alike; the host is www.example.com unless given.
LINES = [
    pytest.param("a=1", id="a pair alone"),
    pytest.param("a=", id="an empty value"),
    pytest.param("a=b=c", id="an equals sign in the value"),
    pytest.param("  a  =  1  ; Path=/", id="blanks around name and value"),
    pytest.param("a=1 2 3", id="blanks inside the value"),
    pytest.param('a="1"', id="quotes kept"),
    pytest.param('a="1 2"; Path=/', id="quoted blanks"),
    pytest.param('a={"x":"y"}', id="a JSON value"),
    pytest.param("a=1,2", id="a comma"),
    pytest.param("a=%20%3B", id="percent signs kept"),
    pytest.param("a b=1", id="a blank in the name"),
    pytest.param("a[0]=1", id="brackets in the name"),
    pytest.param("A=1", id="a capital name"),
    pytest.param("a=é", id="UTF-8"),
    pytest.param("a=1; Path=/", id="path root"),
    pytest.param("a=1; Path=/dir", id="path of the directory"),
    pytest.param("a=1; Path=/dir/", id="path with its slash"),
    pytest.param("a=1; Path=/di", id="path that is only a prefix of the text"),
    pytest.param("a=1; Path=/other", id="path elsewhere"),
    pytest.param("a=1; Path=/dir/page", id="path of another page"),
    pytest.param("a=1; Path=/dir/next", id="path of the next page"),
    pytest.param("a=1; Path=/DIR", id="path in capitals"),
    pytest.param("a=1; Path", id="path without a value"),
    pytest.param("a=1; Path=/other; Path=/dir", id="the last path counts"),
    pytest.param("a=1; path=/", id="attribute in lower case"),
    pytest.param("a=1; PATH = / ", id="attribute with blanks"),
    pytest.param("a=1; Domain=www.example.com", id="domain of the host"),
    pytest.param("a=1; Domain=example.com", id="domain above"),
    pytest.param("a=1; Domain=.example.com", id="domain with a leading dot"),
    pytest.param("a=1; Domain=EXAMPLE.com", id="domain in capitals"),
    pytest.param("a=1; Domain=sub.www.example.com", id="domain below the host"),
    pytest.param("a=1; Domain=other.com", id="domain elsewhere"),
    pytest.param("a=1; Domain=ample.com", id="domain that is only a suffix of the text"),
    pytest.param("a=1; Domain=com", id="domain that is a public suffix"),
    pytest.param("a=1; Domain=", id="an empty domain"),
    pytest.param("a=1; Max-Age=3600", id="max-age"),
    pytest.param("a=1; Max-Age=0", id="max-age zero"),
    pytest.param("a=1; Max-Age=-1", id="max-age below zero"),
    pytest.param("a=1; Max-Age=3600; Max-Age=0", id="the last max-age counts"),
    pytest.param("a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", id="expired"),
    pytest.param("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", id="expires at the epoch"),
    pytest.param("a=1; Expires=Wed, 21-Oct-15 07:28:00 GMT", id="expired, two digits of a year"),
    pytest.param("a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT", id="expires in some years"),
    pytest.param("a=1; Expires=Wed, 21-Oct-37 07:28:00 GMT", id="some years, two digits"),
    pytest.param("a=1; Expires=never", id="expires is no date"),
    pytest.param("a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Max-Age=60", id="max-age wins"),
    pytest.param("a=1; Max-Age=0; Expires=Wed, 21 Oct 2037 07:28:00 GMT", id="max-age zero wins"),
    pytest.param("a=1; HttpOnly", id="http-only"),
    pytest.param("a=1; Secure", id="secure from http"),
    pytest.param("a=1; SameSite=Lax", id="same-site lax"),
    pytest.param("a=1; SameSite=Strict; HttpOnly", id="same-site strict"),
    pytest.param("a=1; Unknown=x; Another", id="unknown attributes"),
    pytest.param("a=1;;;; Path=/;;", id="empty attributes"),
    pytest.param("a=1;Path=/;HttpOnly", id="no blanks after semicolons"),
    pytest.param("__Secure-a=1", id="secure prefix without secure"),
    pytest.param("__Host-a=1; Path=/", id="host prefix without secure"),
    pytest.param("__hOsT-a=1; Path=/", id="host prefix in odd case"),
    pytest.param("a=" + "x" * 4000, id="4001 octets"),
    pytest.param("a=" + "x" * 4096, id="4097 octets"),
    pytest.param("", id="nothing"),
]

# Both from http://localhost, which counts as secure.
LOCAL_LINES = [
    pytest.param("a=1; Secure", id="secure from localhost"),
    pytest.param("__Secure-a=1; Secure", id="secure prefix"),
    pytest.param("__Host-a=1; Secure; Path=/", id="host prefix"),
    pytest.param("__Host-a=1; Secure; Path=/dir", id="host prefix with a path"),
    pytest.param("__Host-a=1; Secure", id="host prefix without path"),
    pytest.param("a=1; Secure; SameSite=None", id="same-site none and secure"),
    pytest.param("a=1; Secure; HttpOnly; Max-Age=60", id="secure, http-only, a minute"),
]


# Where curl goes its own way: host, lines, path of the next request, what the standard has the jar
# send there, what curl sends (or the same, once a curl follows), and the section that decides.
DIFFERENCES = [
    pytest.param(
        HOST,
        ["a=1; Path=relative"],
        "/x",
        "",
        "a=1",
        "5.6.4: the default path",
        id="path w/o slash",
    ),
    pytest.param(HOST, ["a=1; Path="], "/x", "", "a=1", "5.6.4: the default path", id="empty path"),
    pytest.param(
        HOST,
        ["a=1; Domain=other.com; Domain=example.com"],
        NEXT,
        "a=1",
        "",
        "5.7 step 7: the last Domain counts",
        id="two domains",
    ),
    pytest.param(HOST, ["=1"], NEXT, "1", "", "5.6 step 3: a nameless cookie", id="empty name"),
    pytest.param(HOST, ["lone"], NEXT, "lone", "", "5.6 step 3: a nameless cookie", id="no equals"),
    pytest.param(
        HOST,
        ["a=1; SameSite=None"],
        NEXT,
        "",
        "a=1",
        "5.7 step 19: SameSite=None needs Secure; curl knows no SameSite",
        id="none without secure",
    ),
    pytest.param(
        HOST,
        ["a=1; Max-Age=1h"],
        NEXT,
        "a=1",
        "",
        "5.6.2 step 3: ignored when not a number",
        id="max-age with a unit",
    ),
    pytest.param(
        "localhost",
        ["__Host-a=1; Secure; Path=/; Domain=localhost"],
        NEXT,
        "__Host-a=1",
        "",
        "5.7 step 9: a public suffix that is the host itself leaves a host-only cookie",
        id="host prefix, domain is host and suffix",
    ),
    pytest.param(
        HOST,
        ["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"],
        NEXT,
        "a=3; b=2",
        "b=2; a=3",
        "5.7 step 23: the replaced cookie keeps its creation time",
        id="replaced cookie",
    ),
    pytest.param(
        HOST,
        ["a=1; Path=/", "long-name=2; Path=/"],
        NEXT,
        "a=1; long-name=2",
        "long-name=2; a=1",
        "5.8.3 step 4: equal paths go by creation; curl sends longer names first",
        id="order of equal paths",
    ),
    pytest.param(
        HOST,
        [f"a=1; Path=/{'x' * 1024}"],
        NEXT,
        "a=1",
        "",
        "5.6 step 6 of the attributes: longer than 1024 octets, ignored",
        id="overlong path",
    ),
    pytest.param(
        HOST,
        ["a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT"],
        NEXT,
        "a=1",
        "a=1",
        "5.5: the date is cut to 400 days, which older curls do not",
        id="a date far away",
    ),
]


class EchoServer(http.server.BaseHTTPRequestHandler):
    """Sets the cookies that the query names, and answers with the Cookie field it got."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.headers.get("Cookie", "").encode("latin-1")
        self.send_response(200)
        for line in parse_qs(urlsplit(self.path).query, keep_blank_values=True).get("set", ()):
            self.send_header("Set-Cookie", line.encode().decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def port():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), EchoServer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def curl(port, tmp_path):
    """Call curl for http://HOST/…, connected to the local server."""

    def call(host, path, *, query=(), jar=None, save=None):
        command = [CURL, "-sS", "--max-time", "10", "--noproxy", "*", "-G"]
        command += ["--connect-to", f"::127.0.0.1:{port}", f"http://{host}{path}"]
        for line in query:
            command += ["--data-urlencode", f"set={line}"]
        if jar is not None:
            (tmp_path / "sent.txt").write_text(jar)
            command += ["-b", str(tmp_path / "sent.txt")]
        if save:
            command += ["-c", str(tmp_path / "saved.txt")]
        answer = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
        saved = (tmp_path / "saved.txt").read_text() if save else ""
        return answer.decode(), saved

    return call


def exchange(curl, lines, *, host=HOST, next_host=None):
    """Give what curl stores and sends, and what our jar stores and sends, for the same lines."""
    _, curl_file = curl(host, PAGE, query=lines, save=True)
    curl_sends, _ = curl(next_host or host, NEXT, jar=curl_file)
    now = time.time()
    jar = CookieJar(public_suffixes=SUFFIXES)
    for line in lines:
        jar.receive(line, url=f"http://{host}{PAGE}", now=now)
    sends = jar.cookie_header(f"http://{next_host or host}{NEXT}", now=now) or ""
    return curl_file, curl_sends, jar.cookies(now=now), sends


def facts(cookies):
    """What a cookie file says of each cookie, its date to the nearest ten seconds of now."""
    now = time.time()
    return sorted(
        (
            cookie.name,
            cookie.value,
            cookie.domain,
            cookie.path.rstrip("/"),
            cookie.host_only,
            cookie.secure,
            cookie.http_only,
            cookie.persistent,
            cookie.persistent and min(round((cookie.expiry_time - now) / 10), 3_456_000),
        )
        for cookie in cookies
    )


def assert_agreement(curl, lines, *, host=HOST, next_host=None):
    curl_file, curl_sends, cookies, sends = exchange(curl, lines, host=host, next_host=next_host)
    assert curl_sends == sends
    assert facts(parse_cookie_file(curl_file, now=time.time()).cookies) == facts(cookies)
    our_file, problems = format_cookie_file(cookies)
    assert not problems
    assert curl(next_host or host, NEXT, jar=our_file)[0] == sends


@pytest.mark.parametrize("line", LINES)
def test_curl_and_our_jar_agree(curl, line):
    assert_agreement(curl, [line])


@pytest.mark.parametrize("line", LOCAL_LINES)
def test_curl_and_our_jar_agree_on_localhost(curl, line):
    assert_agreement(curl, [line], host="localhost")


def test_curl_and_our_jar_agree_on_a_host_below(curl):
    lines = ["a=1; Domain=example.com; Path=/", "b=2; Path=/"]
    assert_agreement(curl, lines, next_host="api.example.com")


def test_curl_and_our_jar_agree_on_an_address(curl):
    assert_agreement(curl, ["a=1; Path=/"], host="127.0.0.1")


def test_curl_and_our_jar_agree_on_longer_paths_first(curl):
    assert_agreement(curl, ["a=1; Path=/", "b=2; Path=/dir/next", "c=3; Path=/dir"])


@pytest.mark.parametrize(("host", "lines", "path", "standard", "by_curl", "why"), DIFFERENCES)
def test_differences_from_curl_are_those_of_the_standard(
    curl, host, lines, path, standard, by_curl, why
):
    _, curl_file = curl(host, PAGE, query=lines, save=True)
    jar = CookieJar(public_suffixes=SUFFIXES)
    for line in lines:
        jar.receive(line, url=f"http://{host}{PAGE}", now=1.8e9)
    assert (jar.cookie_header(f"http://{host}{path}", now=1.8e9) or "") == standard, why
    assert curl(host, path, jar=curl_file)[0] in (by_curl, standard), why


def test_a_file_of_curl_read_and_written_again_is_the_same_to_curl(curl):
    lines = ["a=1; Domain=example.com; Path=/", "b=2; HttpOnly", "c=; Path=/; Max-Age=60"]
    _, curl_file = curl(HOST, PAGE, query=lines, save=True)
    again, problems = format_cookie_file(parse_cookie_file(curl_file, now=0).cookies)
    assert not problems
    assert curl(HOST, NEXT, jar=again) == curl(HOST, NEXT, jar=curl_file)
