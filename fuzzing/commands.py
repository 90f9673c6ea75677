"""
Every command's standard input: JSON Lines, one document, dumps, HAR, `--lines`, and plain content.

The real program runs, in this process, with the octets as its standard input. However they look,
it ends with a status that the manual promises, and prints JSON where JSON is asked for.
"""

from __future__ import annotations

import gc
import io
import json
import os
import re
import sys
from types import SimpleNamespace
from typing import NamedTuple

from fuzzing.parsers import DUMPS
from fuzzing.target import Target
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.main import cli
from tests.cli.samples import CORS_POLICY, KEY, POLICY

__all__ = ["COMMANDS", "COMMAND_LINES", "Run", "run_program"]

_PROMISED = (ExitStatus.YES, ExitStatus.NO, ExitStatus.UNUSABLE)


class Run(NamedTuple):
    """What came of a run: the status, and all octets of standard output and error."""

    status: int
    output: bytes
    errors: str


def run_program(arguments: list[str], octets: bytes) -> Run:
    """Run the program in this process with these octets as its standard input."""
    former = sys.stdin, sys.stdout, sys.stderr
    mask = os.umask(0o077)
    output, errors = io.BytesIO(), io.StringIO()
    sys.stdin = SimpleNamespace(buffer=io.BytesIO(octets), isatty=lambda: False)  # type: ignore[assignment]
    sys.stdout = io.TextIOWrapper(output, "utf-8", write_through=True)
    sys.stderr = errors
    try:
        cli.main(arguments)
    except SystemExit as leaving:
        status = leaving.code
    finally:
        # Something may still hold the wrapper, which would close what it wraps.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.detach()
        sys.stdin, sys.stdout, sys.stderr = former
        os.umask(mask)  # the program may change it, as it runs but once
        gc.unfreeze()
    assert isinstance(status, int)
    return Run(status, output.getvalue(), errors.getvalue())


def _lines_of_json(*documents: object) -> bytes:
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


HAR = (
    b'{"log": {"entries": [{"startedDateTime": "2025-01-01T00:00:00.5Z", "time": 12.5, "request":'
    b' {"method": "GET", "url": "https://a.example/", "httpVersion": "h2", "headers": [{"name":'
    b' "Origin", "value": "https://b.example"}]}, "response": {"status": 200, "headers": [{"name":'
    b' "ETag", "value": "\\"v\\""}], "content": {"size": 2, "text": "hi"}}}, {"response": 204}]}}'
)
EXCHANGE = _lines_of_json(
    {
        "id": 1,
        "t": 0,
        "request": {"method": "GET", "url": "http://a.example/", "headers": {"Accept": "*/*"}},
        "response": {
            "status": 200,
            "headers": [["ETag", '"v"'], ["Cache-Control", "max-age=60"]],
            "body": "hello",
        },
    },
    {"id": 2, "t": 30, "response": {"status": 304, "headers": 'ETag: W/"v"\r\n'}},
    {"id": 3, "unknown": None},
)
MESSAGES = (*DUMPS[:8], DUMPS[-6], DUMPS[20], HAR, EXCHANGE)

# Words, options with which the input is read, and inputs of that command's own.
COMMAND_LINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("parse", (b"Vary: a, b\nBad Header: x\n", b'{"headers": {"Vary": ["a"]}}\n')),
    ("parse --lines -e", (b"Vary: a\n\nAge: x\n{}\n",)),
    ("parse --raw", ()),
    ("get content-type --all", (b'{"path": "vary[a]", "headers": "Vary: a\\n", "all": true}\n',)),
    ("get cache-control.max-age --json --pretty", (b'{"path": "x", "default": "y", "hop": 9}\n',)),
    ("assert :status==200 !server", (b'{"checks": ["etag ~ ^W"], "headers": {"ETag": "a"}}\n',)),
    ("assert --raw --all vary[origin]", ()),
    (
        "negotiate text/html text/markdown",
        (
            b'{"accept": "text/*;q=0.5", "available": ["text/plain"], "id": [1]}\n{"accept": 1}\n',
            b'{"variants": [{"type": "text/html", "language": "de", "quality": 0.5}], "accept":'
            b' "*/*"}\n',
        ),
    ),
    ("negotiate --lines -e text/html text/plain", (b"text/*, */*;q=0.1\n\n{}\n",)),
    (
        "negotiate --by language --default en en de-CH",
        (b'{"accept_language": "de, en;q=0.5", "match": "filter"}\n',),
    ),
    ("negotiate --by encoding --no-wildcard gzip br", (b'{"accept_encoding": "gzip;q=0"}\n',)),
    (
        "gzip",
        (
            b'{"accept_encoding": "gzip;q=1, *;q=0", "body": "hello", "level": 3}\n',
            b'{"body_base64": "H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==", "decompress": true}\n',
            b"content",
        ),
    ),
    ("gzip --raw", (b"content", b"")),
    ("gzip --raw --decompress --max-size 64KiB", (b"\x1f\x8b\x08\x00\x00\x00\x00\x00",)),
    ("gzip --lines --min-size 3", (b"gzip\nidentity;q=0\n",)),
    ("session sign --key-file KEY", (b'{"user_id": "ada", "ttl": 60, "a": [1]}\n',)),
    ("session sign --key-file KEY --format flask", (b'{"claims": {"a": 1}}\n',)),
    ("session verify --key-file KEY", (b'{"token": "a.b"}\n', b"Authorization: Bearer a.b\n")),
    ("session verify --key-file KEY --lines --format jwt-hs256", (b"a.b.c\n{}\n",)),
    ("session verify --key-file KEY --format django --cookie sid", (b"Cookie: sid=a:b:c\n",)),
    ("session keygen --lines", (b'{"octets": 32}\n33\n{}\n',)),
    (
        "cache-headers",
        (
            b'{"strategy": "no-cache", "max_age": 5, "vary": ["a"], "expires": 0}\n',
            b'{"list": true}\n',
        ),
    ),
    ("cache-headers --lines", (b"no-store\npublic-immutable\n",)),
    (
        "cache-check --elapsed 2h -e",
        (b'{"age": 5, "new_request": {"headers": "Cache-Control: no-cache"}, "headers": {}}\n',),
    ),
    ("cache-check --private --cdn", ()),
    ("cache-sim", ()),
    ("cache-sim --summary --max-entries 2 --max-bytes 1KiB", ()),
    (
        "etag -e",
        (
            b'{"value": {"b": 1, "a": [2.5]}, "if_none_match": "*", "range": "bytes=0-1"}\n',
            b'{"etag": "\\"v\\"", "if_match": "\\"v\\", W/\\"w\\"", "method": "PUT"}\n',
        ),
    ),
    ("etag --weak --if-none-match * --lines", (b'"v7"\nW/"x"\n{"value": 1}\n',)),
    ("cookie parse", (b'{"cookie": "a=1; b"}\n', b'{"set_cookie": "a=1; Secure"}\n', b"a=1; b\n")),
    ("cookie parse --set-cookie --joined --url https://a.example/ -e", (b"a=1, b=2; Path=/\n",)),
    ("cookie parse --lines --unquote", (b'a="\\054"\n\n',)),
    ("cookie build --url https://a.example/", (b'{"name": "a", "value": "1", "max_age": 5}\n',)),
    ("cookie build --raw a", (b"value\n",)),
    (
        "cookie jar --url https://a.example/",
        (
            b'{"set_cookie": ["a=1", "b=2; Path=/x"], "request_url": "https://a.example/x"}\n',
            b'{"steps": [{"url": "https://a.example/", "set_cookie": ["a=1"]}]}\n',
        ),
    ),
    ("cookie jar --url https://a.example/ --raw --same-site-context lax --lines", (b"a=1\nb=2\n",)),
    (
        "cors-check --allow-origin https://*.a.example --allow-method PUT -e",
        (b'{"origin": "https://b.a.example", "request_method": "PUT", "request_header": ["x"]}\n',),
    ),
    ("cors-check --allow-origin https://a.example --lines --raw", (b"https://a.example\nnull\n",)),
    ("cors-check --policy CORS", (b'{"origin": "https://a.example", "method": "PUT"}\n',)),
    (
        "cors-check --origin https://a.example --url https://b.example/ --keep-preflights",
        (
            b'{"hops": [{"response": {"status": 200}, "url": "https://b.example"}],'
            b' "method": "PUT", "credentials": "include",'
            b' "preflight": {"status": 204, "headers": {}}}\n',
            b'{"allow_origins": ["https://a.example"], "probe": true}\n',
        ),
    ),
    (
        "pipeline --policy POLICY -e",
        (
            b'{"method": "GET", "path": "/users", "header": ["A: b"], "data": "x"}\n',
            b"GET /users HTTP/1.1\nHost: a\n\n",
        ),
    ),
    (
        "wsgi httpheaders.wsgi:simple_wsgi_app --trace --validate",
        (b'{"method": "GET", "path": "/users?x", "header": ["A: b"], "data": "x"}\n',),
    ),
    (
        "wsgi httpheaders.wsgi:simple_wsgi_app --middleware errors --middleware gzip"
        " --middleware etag --middleware cache --lines",
        (b"/\n/x?y\nhttp://a/\n",),
    ),
    (
        "pool-sim --max-per-host 2 --idle-timeout 5",
        (
            b'{"t": 0, "host": "a", "duration": 1}\n{"t": 0.5, "host": "a", "duration": "1s"}\n',
            b'{"op": "get", "host": "a", "conn": "x", "t": 0}\n'
            b'{"op": "release", "conn": "x", "t": 1}\n',
            b'{"trace": [{"t": 0, "host": "a", "duration": 1}], "max_per_host": 1}\n',
            b'{"threads": 2, "latency": 1, "requests": 4, "preset": "requests"}\n',
            b'{"chain": "client=90s,lb=60s"}\n',
        ),
    ),
    (
        "pool-sim --sweep max-per-host=1:3 --workers 1 --plot",
        (b'{"t": 0, "host": "a", "duration": 1}\n{"t": 0.5, "host": "a", "duration": 1}\n',),
    ),
    ("pool-sim --connections --preset go --lines", (b"0 a 1\n1 a 2\n",)),
)

# A question may ask for more work than it is long: so many threads, such a key. Not here.
_large_number = re.compile(
    rb'"(?:requests|threads|rate|octets|sweep|workers)"\s*:[^,}]*[0-9eE.]{4}|[0-9]{5}:'
)


def _target(words: str, own: tuple[bytes, ...]) -> Target:
    files = {"CORS": CORS_POLICY, "KEY": KEY, "POLICY": POLICY}
    arguments = [files.get(word, word) for word in words.split()]
    arguments += ["--now", "1735689600"]
    shows_json = "--json" in arguments or arguments[0] != "get"
    is_json = shows_json and not {"--raw", "--plot", "--pretty"} & set(arguments)

    def run(octets: bytes) -> None:
        if _large_number.search(octets):
            return
        done = run_program(arguments, octets)
        assert done.status in _PROMISED, (done.status, done.errors[-200:])
        assert "Traceback" not in done.errors
        if is_json:
            for line in done.output.splitlines():
                assert "ok" in json.loads(line), line[:80]

    return Target(f"command {words}", run, (*own, *MESSAGES))


COMMANDS = tuple(_target(words, own) for words, own in COMMAND_LINES)
