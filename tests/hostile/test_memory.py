"""Memory stays flat over a long input, and what is remembered is bounded."""

from __future__ import annotations

import functools
import gc
import inspect
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any

import pytest

from fuzzing.targets import TARGETS
from fuzzing.worst import Blown
from httpheaders.accept_fields import _LONGEST_REMEMBERED, _MOST_REMEMBERED, _Remembered
from httpheaders.errors import FieldSyntaxError
from httpheaders.wsgi import simple_wsgi_app
from httpheaders.wsgi_middleware.compression import compression_middleware
from tests.cli.program import PROGRAM, environment
from tests.cli.samples import KEY, POLICY, TOKEN
from tests.hostile.patterns import every_module
from tests.hostile.test_targets import COMMANDS_OF_ALL_DEPTHS

FEW, MANY = 600, 6000
# A line is so long that keeping the lines, or the answers, would be seen at once.
PADDING = "x" * 4000
# What the process may grow by, in KiB: a fifth of what the lines between come to.
MOST_GROWTH = (MANY - FEW) * len(PADDING) // 1024 // 5

RESPONSE = {"status": 200, "headers": {"ETag": '"v"', "Cache-Control": "max-age=5", "Vary": "a"}}
EXCHANGE = {"request": {"method": "GET", "url": "https://a.example/"}, "response": RESPONSE}

# For each command the words with which it reads lines, and one that is answered.
STREAMS: dict[str, tuple[str, dict[str, Any]]] = {
    "get": ("get etag --json", RESPONSE),
    "assert": ("assert etag", RESPONSE),
    "parse": ("parse", EXCHANGE),
    "negotiate": ("negotiate text/html", {"accept": "text/*"}),
    "gzip": ("gzip", {"accept_encoding": "gzip", "body": "hello"}),
    "session sign": ("session sign --key-file KEY", {"user_id": "ada"}),
    "session verify": ("session verify --key-file KEY", {"token": TOKEN.decode()}),
    "session keygen": ("session keygen --lines", {"octets": 32}),
    "cache-headers": ("cache-headers", {"strategy": "no-store"}),
    "cache-check": ("cache-check", RESPONSE),
    "cache-sim": ("cache-sim", {"t": 0, **EXCHANGE}),
    "etag": ("etag", {"value": [1]}),
    "cookie parse": ("cookie parse", {"cookie": "a=1"}),
    "cookie build": ("cookie build", {"name": "a", "value": "1"}),
    "cookie jar": ("cookie jar --url https://a.example/", {"set_cookie": ["a=1"]}),
    "cors-check": ("cors-check --allow-origin https://a.example", {"origin": "https://a.example"}),
    "pipeline": ("pipeline --policy POLICY", {"method": "GET", "url": "/users"}),
    "wsgi": ("wsgi httpheaders.wsgi:simple_wsgi_app", {"method": "GET", "url": "/"}),
    "pool-sim": ("pool-sim", {"threads": 1, "latency": 1, "requests": 2}),
}


def peak_memory(words: str, write: Callable[[IO[bytes]], None]) -> int:
    """Run the program on what is written to it; give the most memory that it held, in KiB."""
    files = {"KEY": KEY, "POLICY": POLICY}
    running = subprocess.Popen(
        [PROGRAM, *(files.get(word, word) for word in words.split()), "--now", "1735689600"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert running.stdin is not None
    assert running.stderr is not None
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.append(running.stderr.read()))
    reader.start()
    with running.stdin as pipe:
        write(pipe)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    running.stderr.close()
    assert running.returncode in (0, 1), errors
    return used.ru_maxrss


def test_every_command_is_a_stream_here():
    assert set(STREAMS) == set(COMMANDS_OF_ALL_DEPTHS)


@pytest.mark.parametrize("command", STREAMS)
def test_memory_stays_flat_over_many_lines(command):
    words, line = STREAMS[command]

    def writer(count: int) -> Callable[[IO[bytes]], None]:
        def write(pipe: IO[bytes]) -> None:
            for number in range(count):
                document = {**line, "id": f"{number} {PADDING}"}
                pipe.write(json.dumps(document).encode() + b"\n")

        return write

    few, many = (peak_memory(words, writer(count)) for count in (FEW, MANY))
    assert many - few < MOST_GROWTH, f"{few} KiB for {FEW} lines, {many} KiB for {MANY}"


@pytest.mark.parametrize(
    ("words", "first", "piece"),
    [
        pytest.param("gzip --raw", b"", b"content" * 9000, id="content"),
        pytest.param("gzip --raw", b"", b" \n" * 32000, id="blanks before content"),
        pytest.param("etag -", b"", b"content" * 9000, id="content for a tag"),
        pytest.param(
            "negotiate a/b", b'{"accept": "*/*"}\n', b"\n" * 64000, id="blanks after a line"
        ),
        pytest.param("negotiate a/b --lines", b"*/*\n", b"text/html\n" * 100, id="equal lines"),
    ],
)
def test_memory_stays_flat_over_many_octets(words, first, piece):
    def writer(size: int) -> Callable[[IO[bytes]], None]:
        def write(pipe: IO[bytes]) -> None:
            pipe.write(first)
            for _ in range(size // len(piece)):
                pipe.write(piece)

        return write

    size = 1 << (20 if first else 22)
    few, many = (peak_memory(words, writer(count)) for count in (size, 8 * size))
    assert many - few < 7 * size // 1024 // 5, (
        f"{few} KiB for {size} octets, {many} KiB for 8 times"
    )


# --- what is remembered ---------------------------------------------------------------------------


def remembered(cache: Any) -> Iterator[Any]:
    """Give the keys of a function that remembers its results."""
    for held in gc.get_referents(cache):
        if isinstance(held, dict) and held is not vars(cache):
            yield from held


def caches() -> Iterator[tuple[str, Any]]:
    """Give every function of the package that remembers its results."""
    list(every_module())
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper):
            name = f"{found.__wrapped__.__module__}.{found.__wrapped__.__qualname__}"
            if name.startswith("httpheaders."):
                yield name, found


CACHES = dict(caches())
# They take no arguments: there is one result to remember.
OF_NOTHING = {name for name, cache in CACHES.items() if not inspect.signature(cache).parameters}
# The most that the texts of one key may come to.
LONGEST_KEY = 5000


def length_of(key: Any) -> int:
    if isinstance(key, (str, bytes)):
        return len(key)
    parts = key if isinstance(key, (tuple, list)) else gc.get_referents(key)
    return sum(length_of(part) for part in parts if isinstance(part, (str, bytes, tuple, list)))


def test_every_cache_is_bounded():
    assert len(CACHES) >= 5
    unbounded = {name for name, cache in CACHES.items() if cache.cache_info().maxsize is None}
    assert unbounded <= OF_NOTHING
    assert all(CACHES[name].cache_info().maxsize <= 1024 for name in CACHES.keys() - unbounded)


def test_no_cache_keeps_what_is_very_long():
    for cache in CACHES.values():
        cache.cache_clear()
    for target in TARGETS.values():
        seed = target.seeds[0]
        for unit in (b"a", b"a, ", b" ", b"a{n}: b\n"):
            assert target.tried(Blown(unit, seed).of_size(len(seed) + 20_000)) is None
        assert target.tried(seed) is None
    for name in CACHES.keys() - OF_NOTHING:
        keys = list(remembered(CACHES[name]))
        assert keys, f"{name} was never used"
        assert max(map(length_of, keys)) <= LONGEST_KEY, name


def test_tables_of_what_was_read_are_bounded():
    tables = [found for found in gc.get_objects() if isinstance(found, _Remembered)]
    assert len(tables) >= 5
    for table in tables:
        for number in range(_MOST_REMEMBERED + 10):
            with suppress(FieldSyntaxError, ValueError, TypeError):
                table[f"a{number}"]
        with suppress(FieldSyntaxError, ValueError, TypeError):
            table["a" * (_LONGEST_REMEMBERED + 1)]
        assert len(table) <= _MOST_REMEMBERED
        assert all(len(key) <= _LONGEST_REMEMBERED for key in table if isinstance(key, str))


def test_filters_of_the_compression_middleware_are_not_kept_for_long_fields():
    compressed = compression_middleware(simple_wsgi_app)
    (filters,) = [cell.cell_contents for cell in compressed.__closure__ if kept_in(cell)]
    for number in range(3000):
        environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": f"gzip, a{number}"}
        list(compressed(environ, lambda *_: None))
    list(compressed({"HTTP_ACCEPT_ENCODING": "gzip," * 1000}, lambda *_: None))
    assert 0 < len(filters) <= 1024
    assert max(map(length_of, filters)) <= 512


def kept_in(cell: Any) -> bool:
    return isinstance(cell.cell_contents, dict)
