"""The web site of the examples, https://example.com/, on this machine alone."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.site import ANSWERS

__all__ = ["serve_example_site"]


class ExampleSite(BaseHTTPRequestHandler):
    """Answers for https://example.com/ as the examples in the manual need it."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        path = self.path.partition("?")[0]
        status, fields, body = ANSWERS.get((self.command, path)) or ANSWERS.get(
            ("GET", path), (404, [("Content-Type", "text/plain")], b"not here\n")
        )
        if self.headers.get("If-None-Match", "") == dict(fields).get("ETag"):
            status, body = 304, b""
        self.send_response_only(status)
        for name, value in fields:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def serve_example_site(home: Path) -> Iterator[dict[str, str]]:
    """
    Serve https://example.com/ and http://example.com/ on 127.0.0.1.

    Args:
        home: an empty folder, for curl's settings.

    Returns:
        The environment in which a real curl, asked for those, comes here.
    """
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(home / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("example.com", "www.example.com").configure_cert(context)
    plain = ThreadingHTTPServer(("127.0.0.1", 0), ExampleSite)
    secure = ThreadingHTTPServer(("127.0.0.1", 0), ExampleSite)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    servers = (plain, secure)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = [f'cacert = "{home / "ca.pem"}"']
    for host in ("example.com", "www.example.com"):
        settings.append(f'connect-to = "{host}:80:127.0.0.1:{plain.server_port}"')
        settings.append(f'connect-to = "{host}:443:127.0.0.1:{secure.server_port}"')
    (home / ".curlrc").write_text("\n".join(settings) + "\n")
    try:
        yield {"CURL_HOME": str(home), "no_proxy": "*", "NO_PROXY": "*"}
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
