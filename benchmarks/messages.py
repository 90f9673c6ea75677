"""
Reading a whole header dump, and asking for one part of a field, against what Python has for it.

Cold means that every dump is another one; warm is one, over and over. Ours reads what curl prints,
every hop and every odd line, and gives fields with their problems; http.client and email read one
block of fields, jc gives the fields as a dictionary. All must find the same Content-Type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.rows import Row, compare

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"count": 50, "rounds": 3}
HEADLINES = ("a header dump, cold",)

DUMP = """HTTP/1.1 200 OK\r
Date: Sun, 22 Nov 2026 12:00:00 GMT\r
Content-Type: text/html; charset=utf-8\r
Cache-Control: public, max-age={number}\r
ETag: "v{number}"\r
Vary: Accept-Encoding\r
Set-Cookie: sid={number:x}; Path=/; Secure; HttpOnly; SameSite=Lax\r
Strict-Transport-Security: max-age=31536000; includeSubDomains\r
Link: <https://example.com/{number}>; rel="next"\r
Content-Length: 38\r
\r
"""

Reader = Callable[[bytes], Any]


def measure(count: int = 500, rounds: int = 7) -> Iterator[Row]:
    """
    Time everyone side by side.

    Args:
        count: how many dumps a round has.
        rounds: how often each is timed; the median round counts.
    """
    different = [DUMP.format(number=number).encode() for number in range(count)]
    dumps = {"cold": different, "warm": different[:1] * count}
    for what, readers, expected in (
        ("a header dump", _whole_readers(), "text/html; charset=utf-8"),
        ("a part of a dump", _part_readers(), "utf-8"),
    ):
        for kind, given in dumps.items():
            for name, read in readers.items():
                assert {read(dump) for dump in given} == {expected}, name
            work = {name: _reading(read, given) for name, read in readers.items()}
            yield from compare(f"{what}, {kind}", work, each=count, rounds=rounds)


def _reading(read: Reader, dumps: Sequence[bytes]) -> Callable[[], None]:
    def run() -> None:
        for dump in dumps:
            read(dump)

    return run


def _whole_readers() -> dict[str, Reader]:
    import email.parser
    import http.client
    import io

    import jc

    from httpheaders.messages.dump import parse_dump

    parser = email.parser.BytesHeaderParser()

    def ours(dump: bytes) -> str | None:
        (received,) = parse_dump(dump)
        assert received.exchange.response is not None
        return received.exchange.response.headers.get("Content-Type")

    def by_http_client(dump: bytes) -> str | None:
        return http.client.parse_headers(io.BytesIO(dump.partition(b"\n")[2])).get("Content-Type")

    def by_email(dump: bytes) -> str | None:
        found: str | None = parser.parsebytes(dump.partition(b"\n")[2]).get("Content-Type")
        return found

    def by_jc(dump: bytes) -> Any:
        return jc.parse("http_headers", dump.decode())[0]["content-type"]

    return {"ours": ours, "http.client": by_http_client, "email.parser": by_email, "jc": by_jc}


def _part_readers() -> dict[str, Reader]:
    import email.parser
    import http.client
    import io

    from httpheaders.messages.dump import parse_dump
    from httpheaders.messages.lookup import look_up
    from httpheaders.messages.paths import parse_path

    path = parse_path("content-type.charset")
    parser = email.parser.BytesHeaderParser()

    def ours(dump: bytes) -> Any:
        hops = [received.exchange for received in parse_dump(dump)]
        return look_up(path, hops, now=0, only_text=True).text

    def by_http_client(dump: bytes) -> str | None:
        fields = http.client.parse_headers(io.BytesIO(dump.partition(b"\n")[2]))
        return fields.get_content_charset()

    def by_email(dump: bytes) -> str | None:
        return parser.parsebytes(dump.partition(b"\n")[2]).get_content_charset()

    return {"ours": ours, "http.client": by_http_client, "email.parser": by_email}
