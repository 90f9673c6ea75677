"""
Make the dumps in `tests/data/dumps` again, with the real curl, wget and HTTPie.

Both servers are started here on 127.0.0.1, so that odd octets can be sent, and answer from the
tables below. A dump whose program (or whose HTTP/2 library, `h2`) is missing is left as it is.
There is no HTTP/3 server here: `curl_i_http3.txt` is the HTTP/2 dump with its version edited.

    python tests/data/make_dumps.py
"""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

DUMPS = Path(__file__).parent / "dumps"
PORT, HTTP2_PORT = 8642, 8643
SITE, HTTP2_SITE = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{HTTP2_PORT}"
DATE = b"Date: Sun, 22 Nov 2026 17:00:00 GMT\r\n"
MARKDOWN = b"""# Notes
* a list item
> a quotation
< an arrow
{ "braces": 1 }
} [not data]
"""


def response(status_line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
    """Put a response together exactly from these octets, plus Date and Content-Length."""
    lines = [status_line, *fields, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n" + DATE + b"\r\n" + body


ODD_FIELDS = (
    b"Vary: Accept",
    b"X-Dup: 1",
    b"Vary: Origin",
    b"X-Dup: 2",
    b"X-Latin: caf\xe9",
    b"X-Utf8: caf\xc3\xa9",
    b"X-Empty:",
    b'etag:"x"',
    b"X-Folded: one",
    b"\t two",
    b"Bad Header: x",
    b"X-Spaced : y",
    b"X-After:  kept \t",
)
BARE_LF = b"HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 3\nX-Last: 1\n\nlf\n"
ROUTES = {
    "/": response(b"HTTP/1.1 200 OK", b"Content-Type: text/plain", body=b"Hello, world!\n"),
    "/no-newline": response(b"HTTP/1.1 200 OK", b"Content-Type: text/plain", body=b"Hello"),
    "/odd": response(b"HTTP/1.1 200 OK", *ODD_FIELDS, body=b"odd\n"),
    "/no-phrase": response(b"HTTP/1.1 200", b"Content-Type: text/plain", body=b"terse\n"),
    "/empty-phrase": response(b"HTTP/1.1 200 ", b"Content-Type: text/plain", body=b"terse\n"),
    "/odd-phrase": response(b"HTTP/1.1 404 Nichts d\xe0: gar nichts", body=b"gone\n"),
    "/old": b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the end\n",
    "/lf": BARE_LF,
    "/markdown": response(b"HTTP/1.1 200 OK", b"Content-Type: text/markdown", body=MARKDOWN),
    "/html": response(
        b"HTTP/1.1 200 OK",
        b"Content-Type: text/html",
        body=b"<html>\n> HTTP/1.1 500 No\n\nHTTP/1.1 500 Not a head\r\nX: y\r\n\r\n</html>\n",
    ),
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    b"5\r\nHello\r\n8\r\n there!\n\r\n0\r\nX-Sum: 12\r\n\r\n",
    "/not-modified": b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
    "/a": response(
        b"HTTP/1.1 301 Moved Permanently", b"Location: /b", body=b"<p>moved to /b</p>\n"
    ),
    "/b": response(b"HTTP/1.1 302 Found", b"Location: /", b"Set-Cookie: hop=b", body=b"to /\n"),
    "/hints": b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n"
    + response(b"HTTP/1.1 200 OK", b"Content-Type: text/plain", body=b"hinted\n"),
    "/two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n0\r\n\r\n",
    "/form": response(b"HTTP/1.1 201 Created", b"Location: /form/1", body=b'{"id":1}\n'),
}
TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"
CLOSING = {"/old"}

GERMAN, FRENCH, JAPANESE = (f"env LC_ALL=C.UTF-8 LANGUAGE={code}" for code in ("de", "fr", "ja"))

# Name of the dump: which streams it holds (both: output and error as they mix), and the command.
COMMANDS: dict[str, tuple[str, str]] = {
    "curl_i": ("out", f"curl -si {SITE}/"),
    "curl_i_odd": ("out", f"curl -si {SITE}/odd"),
    "curl_i_no_phrase": ("out", f"curl -si {SITE}/no-phrase"),
    "curl_i_empty_phrase": ("out", f"curl -si {SITE}/empty-phrase"),
    "curl_i_odd_phrase": ("out", f"curl -si {SITE}/odd-phrase"),
    "curl_i_http10": ("out", f"curl -si {SITE}/old"),
    "curl_i_lf": ("out", f"curl -si {SITE}/lf"),
    "curl_i_html": ("out", f"curl -si {SITE}/html"),
    "curl_i_chunked": ("out", f"curl -si {SITE}/chunked"),
    "curl_i_raw_chunked": ("out", f"curl -si --raw {SITE}/chunked"),
    "curl_i_two_lengths": ("out", f"curl -si {SITE}/two-lengths"),
    "curl_i_not_modified": ("out", f"curl -si {SITE}/not-modified"),
    "curl_i_hints": ("out", f"curl -si {SITE}/hints"),
    "curl_i_continue": ("out", f"curl -si -H Expect:100-continue -d a=1 {SITE}/form"),
    "curl_i_proxy": ("out", f"curl -si -p -x {SITE} {SITE}/"),
    "curl_i_two_urls": ("out", f"curl -si {SITE}/a {SITE}/no-newline {SITE}/"),
    "curl_i_progress": ("both", f"curl -i {SITE}/"),
    "curl_i_http2": ("out", f"curl -si --http2-prior-knowledge {HTTP2_SITE}/"),
    "curl_iL": ("out", f"curl -siL {SITE}/a"),
    "curl_I": ("out", f"curl -sI {SITE}/"),
    "curl_IL": ("out", f"curl -sIL {SITE}/a"),
    "curl_D": ("out", f"curl -s -D - {SITE}/odd -o /dev/null"),
    "curl_D_body": ("out", f"curl -s -D - {SITE}/"),
    "curl_v": ("err", f"curl -sv {SITE}/odd"),
    "curl_v_mixed": ("both", f"curl -sv {SITE}/markdown"),
    "curl_v_mixed_unbuffered": ("both", f"curl -svN {SITE}/no-newline"),
    "curl_v_progress": ("both", f"curl -vN {SITE}/html"),
    "curl_v_progress_err": ("err", f"curl -v {SITE}/"),
    "curl_v_post": ("err", f"curl -sv -H Expect:100-continue -d a=1 {SITE}/form"),
    "curl_v_needless_method": ("both", f"curl -v -X POST -d a=1 {SITE}/form"),
    "curl_v_write_out": ("both", f"curl -svN -w %{{http_code}} {SITE}/"),
    "curl_v_head": ("both", f"curl -svI {SITE}/"),
    "curl_v_http2": ("err", f"curl -sv --http2-prior-knowledge {HTTP2_SITE}/"),
    "curl_v_chunked": ("err", f"curl -sv {SITE}/chunked"),
    "curl_vL": ("both", f"curl -svL {SITE}/a"),
    "curl_vL_proxy": ("err", f"curl -svL -p -x {SITE} {SITE}/a"),
    "curl_vi": ("both", f"curl -svi {SITE}/"),
    "curl_vi_unbuffered": ("both", f"curl -sviLN {SITE}/a"),
    "curl_vi_continue": ("both", f"curl -svi -H Expect:100-continue -d a=1 {SITE}/form"),
    "curl_vi_hints": ("both", f"curl -svi {SITE}/hints"),
    "wget_S": ("err", f"wget -S -O /dev/null {SITE}/odd"),
    "wget_S_redirects": ("err", f"wget -S -O /dev/null {SITE}/a"),
    "wget_qS_body": ("both", f"wget -qS -O - {SITE}/"),
    "wget_qS_redirects": ("both", f"wget -qS -O - {SITE}/a"),
    "wget_S_body": ("both", f"wget -S -O - {SITE}/"),
    "wget_S_spider": ("err", f"wget -S --spider {SITE}/a"),
    "wget_S_german": ("err", f"{GERMAN} wget -S -O /dev/null {SITE}/a"),
    "wget_S_german_body": ("both", f"{GERMAN} wget -S -O - {SITE}/a"),
    "wget_S_french": ("err", f"{FRENCH} wget -S -O /dev/null {SITE}/"),
    "wget_S_japanese_body": ("both", f"{JAPANESE} wget -S -O - {SITE}/a"),
    "wget_d": ("both", f"wget -d -O /dev/null {SITE}/"),
    "httpie_hH": ("out", f"http --ignore-stdin --print=hH {SITE}/odd"),
    "httpie_h": ("out", f"http --ignore-stdin --headers {SITE}/"),
    "httpie_v": ("out", f"http --ignore-stdin -v {SITE}/"),
    "httpie_v_post": ("out", f"http --ignore-stdin -v {SITE}/form name=value"),
    "httpie_v_all": ("out", f"http --ignore-stdin -v --all --follow {SITE}/a"),
    "httpie_v_format": ("out", f"http --ignore-stdin -v --pretty=format {SITE}/form name=value"),
}


def serve() -> None:
    """Answer HTTP/1.1 from the table, one thread a connection, until the program ends."""
    listener = socket.create_server(("127.0.0.1", PORT))
    threading.Thread(target=_accept, args=(listener, _answer_http1), daemon=True).start()


def _accept(listener: socket.socket, answer: object) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()  # type: ignore


def _answer_http1(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError), connection.makefile("rb") as reader:
        while request_line := reader.readline():
            fields = b"".join(iter(reader.readline, b"\r\n"))
            if b"100-continue" in fields:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if length := re.search(rb"(?i)content-length: ([0-9]+)", fields):
                reader.read(int(length[1]))
            if not _send_answer(connection, *request_line.decode().split()[:2]):
                return


def _send_answer(connection: socket.socket, method: str, target: str) -> bool:
    octets = TUNNEL if method == "CONNECT" else ROUTES[target]
    head, end, _ = octets.partition(b"\r\n\r\n")
    connection.sendall(head + end if method == "HEAD" else octets)
    return target not in CLOSING


def serve_http2() -> None:
    """Answer every HTTP/2 request with the same response."""
    listener = socket.create_server(("127.0.0.1", HTTP2_PORT))
    threading.Thread(target=_accept, args=(listener, _answer_http2), daemon=True).start()


def _answer_http2(connection: socket.socket) -> None:
    import h2.connection
    import h2.events
    from h2.config import H2Configuration

    fields = [
        (":status", "200"),
        ("content-type", "text/plain"),
        ("x-dup", "1"),
        ("vary", "accept"),
    ]
    fields += [("x-dup", "2"), ("date", "Sun, 22 Nov 2026 17:00:00 GMT")]
    protocol = h2.connection.H2Connection(H2Configuration(client_side=False))
    protocol.initiate_connection()
    connection.sendall(protocol.data_to_send())
    while octets := connection.recv(65536):
        for event in protocol.receive_data(octets):
            if isinstance(event, h2.events.RequestReceived):
                protocol.send_headers(event.stream_id, fields)
                protocol.send_data(event.stream_id, b"Hello, HTTP/2!\n", end_stream=True)
        connection.sendall(protocol.data_to_send())


def capture(source: str, command: str) -> bytes:
    """Give what the command wrote: standard output, error, or both in one stream as they came."""
    streams: dict[str, dict[str, int]] = {
        "out": {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL},
        "err": {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE},
        "both": {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},
    }
    with tempfile.TemporaryDirectory() as home:  # no configuration of the user's, no HSTS file
        done = subprocess.run(
            command.split(),
            check=False,
            timeout=30,
            env={"PATH": f"{Path(shutil.which('http') or '/').parent}:/usr/bin:/bin", "HOME": home},
            cwd=home,
            **streams[source],  # type: ignore[arg-type]
        )
    return done.stderr if source == "err" else done.stdout


def main() -> None:
    """Write every dump that can be made here."""
    DUMPS.mkdir(exist_ok=True)
    serve()
    with contextlib.suppress(ImportError):
        import h2.connection  # noqa: F401

        serve_http2()
    for name, (source, command) in COMMANDS.items():
        octets = capture(source, command) if shutil.which(command.split()[0]) else b""
        if octets:
            (DUMPS / f"{name}.txt").write_bytes(octets)
        print(f"{name}: {len(octets)} octets from {command}")
    http2 = (DUMPS / "curl_i_http2.txt").read_bytes()
    (DUMPS / "curl_i_http3.txt").write_bytes(http2.replace(b"HTTP/2 200", b"HTTP/3 200"))


if __name__ == "__main__":
    main()
