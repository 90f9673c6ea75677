"""
Our cache behind a WSGI server, and nginx, asked the same by curl for the same file.

Both run on the loopback interface for the time of these tests alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from httpheaders.cache import Cache
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.dates import format_http_date

CURL = shutil.which("curl")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    CURL is None or NGINX is None,
    reason="needs curl and nginx; `apt-get install curl nginx` brings them",
)

CONTENT = b"".join(b"line %04d\n" % number for number in range(400))
MODIFIED = 1_600_000_000
# nginx makes its tags of the time and the length, in hexadecimal.
TAG = f'"{MODIFIED:x}-{len(CONTENT):x}"'
LAST_MODIFIED = format_http_date(MODIFIED)

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  default_type text/plain;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    add_header Cache-Control "max-age=3600";
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def nginx() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        # Its worker is another user, who must be able to reach the file; pytest's own folders are
        # closed, and closed again when another run begins.
        os.chmod(folder, 0o755)
        yield from _served(Path(folder))


def _served(folder: Path) -> Iterator[str]:
    file = folder / "files" / "page.txt"
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    os.utime(file, (MODIFIED, MODIFIED))
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
    assert NGINX is not None
    server = subprocess.Popen(
        [NGINX, "-c", str(configuration), "-p", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}/page.txt"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if server.poll() is not None:
            pytest.skip("nginx does not start here")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.skip("nginx does not answer here")


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


class CachedFile:
    """A WSGI application: the file as an origin would send it, through our cache."""

    def __init__(self) -> None:
        self.cache = Cache(name="httpheaders")
        self.fetched: list[Request] = []

    def origin(self, request: Request) -> Response:
        self.fetched.append(request)
        headers = Headers(
            [
                ("Date", format_http_date(time.time())),
                ("Content-Type", "text/plain"),
                ("Content-Length", str(len(CONTENT))),
                ("Last-Modified", LAST_MODIFIED),
                ("ETag", TAG),
                ("Cache-Control", "max-age=3600"),
                ("Accept-Ranges", "bytes"),
            ]
        )
        return Response(200, headers, b"" if request.method == "HEAD" else CONTENT)

    def __call__(self, environ, start_response):
        fields = [
            (name[5:].replace("_", "-").title(), value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        ]
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], Headers(fields))
        response = self.cache.handle(request, self.origin, time.time).response
        assert response is not None
        start_response(f"{response.status} {response.status}", list(response.headers))
        # An iterator has no length, so that the server adds no Content-Length to a 304.
        return iter([response.body or b""])


@pytest.fixture(scope="module")
def ours() -> Iterator[tuple[str, CachedFile]]:
    application = CachedFile()
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/page.txt", application
        server.shutdown()
        thread.join(10)


def curl(url: str, *arguments: str) -> tuple[int, Headers, bytes]:
    done = subprocess.run(
        [str(CURL), "-q", "-s", "-S", "-i", "--noproxy", "*", "--max-time", "20", *arguments, url],
        capture_output=True,
        check=True,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return int(start.split()[1]), Headers((pair[0], pair[-1]) for pair in pairs), body


ALIKE = [
    pytest.param([], id="plain"),
    pytest.param(["-I"], id="head"),
    pytest.param(["-H", f"If-None-Match: {TAG}"], id="same-tag"),
    pytest.param(["-H", f"If-None-Match: W/{TAG}"], id="weak-tag"),
    pytest.param(["-H", f'If-None-Match: "x", {TAG}'], id="tag-in-a-list"),
    pytest.param(["-H", "If-None-Match: *"], id="any-tag"),
    pytest.param(["-H", 'If-None-Match: "x"'], id="another-tag"),
    pytest.param(["-H", f"If-Modified-Since: {LAST_MODIFIED}"], id="same-date"),
    pytest.param(["-H", f"If-Modified-Since: {format_http_date(0)}"], id="earlier-date"),
    pytest.param(["-H", "If-Modified-Since: yesterday"], id="no-date"),
    pytest.param(
        ["-H", 'If-None-Match: "x"', "-H", f"If-Modified-Since: {LAST_MODIFIED}"],
        id="tag-goes-before-date",
    ),
    pytest.param(["-r", "0-99"], id="first-100"),
    pytest.param(["-r", "-100"], id="last-100"),
    pytest.param(["-r", "3900-"], id="to-the-end"),
    pytest.param(["-r", "3900-99999"], id="beyond-the-end"),
    pytest.param(["-H", "Range: lines=0-1"], id="another-unit"),
    pytest.param(["-H", "Range: bytes=5-1"], id="ends-before-it-begins"),
    pytest.param(["-r", "99999-"], id="unsatisfiable"),
    pytest.param(["-r", "0-9", "-H", f"If-Range: {TAG}"], id="if-range"),
    pytest.param(["-r", "0-9", "-H", 'If-Range: "x"'], id="if-range-another"),
    pytest.param(["-r", "0-9", "-H", f"If-Range: {LAST_MODIFIED}"], id="if-range-date"),
    pytest.param(["-r", "0-9", "-H", f"If-None-Match: {TAG}"], id="precondition-goes-first"),
    pytest.param(["-r", "0-9,2000-2009"], id="two-ranges"),
]

# What each adds about itself and the way: the server's name and clock, the connection, the cache.
# nginx leaves Accept-Ranges out of a 206; it is advice, and the 206 says as much.
NOT_COMPARED = {"server", "date", "connection", "age", "cache-status", "accept-ranges"}

# Where RFC 9110 leaves a choice, and the two choose otherwise.
NO_METADATA = "15.4.5: a 304 SHOULD NOT have Last-Modified where it has ETag; nginx sends it"
SPARED = "15.3.7: a 206 to If-Range SHOULD NOT repeat what the client has already; nginx repeats it"
EXPLAINED = {
    "same-tag": ({"last-modified"}, NO_METADATA),
    "weak-tag": ({"last-modified"}, NO_METADATA),
    "tag-in-a-list": ({"last-modified"}, NO_METADATA),
    "any-tag": ({"last-modified"}, NO_METADATA),
    "same-date": ({"last-modified"}, NO_METADATA),
    "precondition-goes-first": ({"last-modified"}, NO_METADATA),
    "if-range": ({"content-type", "last-modified"}, SPARED),
    "if-range-date": ({"content-type", "last-modified"}, SPARED),
    "unsatisfiable": (
        {":body", "content-type", "content-length", "etag"},
        "15.5.17: nginx sends a page about the error; we send none, and say which version it was",
    ),
    "ends-before-it-begins": (
        {
            ":status",
            ":body",
            "content-type",
            "content-length",
            "content-range",
            "etag",
            "last-modified",
        },
        "14.2: an invalid Range MAY be ignored, as by us, or rejected, as by nginx",
    ),
    "two-ranges": (
        {":body", "content-type", "content-length"},
        "14.6: each has a boundary of its own, and nginx begins with an empty line; the parts are "
        "compared apart",
    ),
}


def facts_of(answer: tuple[int, Headers, bytes]) -> dict[str, object]:
    status, fields, body = answer
    named = {name: lines for name, lines in fields.to_dict().items() if name not in NOT_COMPARED}
    return {":status": status, ":body": body, **named}


@pytest.mark.parametrize("arguments", ALIKE)
def test_curl_gets_the_same_from_both(nginx, ours, arguments, request):
    url, _ = ours
    curl(url)  # from here on it is stored
    theirs, mine = facts_of(curl(nginx, *arguments)), facts_of(curl(url, *arguments))
    differing = {name for name in {*theirs, *mine} if theirs.get(name) != mine.get(name)}
    explained, _ = EXPLAINED.get(request.node.callspec.id, (set(), ""))
    assert differing == explained


def parts_of(answer: tuple[int, Headers, bytes]) -> list[tuple[str, str, bytes]]:
    from email import message_from_bytes

    _, fields, body = answer
    kind = fields.get("Content-Type") or ""
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return [
        (part["Content-Type"], part["Content-Range"], part.get_payload(decode=True))
        for part in message.get_payload()
    ]


def test_parts_of_several_ranges_are_the_same(nginx, ours):
    url, _ = ours
    curl(url)
    ranges = ["-r", "0-9,2000-2009"]
    assert parts_of(curl(url, *ranges)) == parts_of(curl(nginx, *ranges))


def test_origin_is_asked_once(ours):
    url, application = ours
    application.cache.store.remove_uri(f"//{url.split('/')[2]}/page.txt")
    application.fetched.clear()
    for _ in range(3):
        status, fields, body = curl(url)
        assert (status, body) == (200, CONTENT)
    assert len(application.fetched) == 1
    assert "hit" in (fields.get("Cache-Status") or "")


def test_curl_keeps_a_tag_in_a_file(ours, tmp_path):
    """--etag-save and --etag-compare, as people use them to fetch only what changed."""
    url, _ = ours
    tags = tmp_path / "tags"
    curl(url, "--etag-save", str(tags))
    assert tags.read_text().strip() == TAG
    assert curl(url, "--etag-compare", str(tags))[0] == 304


def test_curl_resumes_a_download(ours, tmp_path):
    url, _ = ours
    target = tmp_path / "page.txt"
    target.write_bytes(CONTENT[:1000])
    subprocess.run(
        [str(CURL), "-q", "-sS", "--noproxy", "*", "-C", "-", "-o", str(target), url], check=True
    )
    assert target.read_bytes() == CONTENT
