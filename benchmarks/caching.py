"""
Caching decisions in one process, against hishel and CacheControl, with http-cache-semantics beside
them under node; hashing, against sha256sum; and the memory of a long simulation.

A decision is the question put to a stored response: may this request have it? A whole decision
starts from the messages: may it be stored, how long is it fresh, may this request have it? An
answer is what a cache gives that holds the response among others, with its Age.

hishel decides and puts the Age in one step, and CacheControl reads the response from its store
before it decides, so both stand beside our decision and beside our answer.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import time
from typing import Any

from benchmarks.rows import Row, compare, cpu_seconds, take_turns

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"exchanges": 50_000, "rounds": 5}
HEADLINES = ("a whole decision",)

COUNT = 500
HASHED_OCTETS = 1 << 28
ENTRIES = 10_000

RESPONSES = (
    {"Cache-Control": "public, max-age=31536000, immutable", "ETag": '"3f2a"'},
    {"Cache-Control": "max-age=3600, must-revalidate", "Vary": "Accept-Encoding"},
    {"Cache-Control": "public, max-age=600, s-maxage=1200, stale-while-revalidate=60"},
    {"Cache-Control": 'max-age=86400, no-cache="Set-Cookie"', "Last-Modified": "", "ETag": '"v7"'},
    {"Cache-Control": "public, max-age=900", "Vary": "Accept, Accept-Language"},
)
REQUEST = {
    "Host": "a.example",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-US,en;q=0.5",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
}


def exchanges(now: float, count: int = COUNT) -> list[tuple[str, dict[str, str]]]:
    """Give URLs with the fields of their responses, all fresh at this time."""
    from httpheaders.syntax.dates import format_http_date

    made = []
    for number in range(count):
        fields = dict(RESPONSES[number % len(RESPONSES)])
        fields["Date"] = format_http_date(now - number % 300)
        fields["Content-Type"] = "text/html; charset=utf-8"
        if "Last-Modified" in fields:
            fields["Last-Modified"] = format_http_date(now - 86400 * (number % 90))
        made.append((f"http://a.example/{number}", fields))
    return made


def measure(exchanges: int = 1_000_000, rounds: int = 30) -> list[Row]:
    """
    Time everyone side by side.

    Args:
        exchanges: how many a long simulation has.
        rounds: how often each decision is timed; the median round counts.
    """
    return [*_decisions(rounds), *_hashing(), *_simulation(exchanges)]


def _decisions(rounds: int) -> Iterator[Row]:
    now = time()
    given = exchanges(now)
    peers = {"hishel": _hishel_use, "CacheControl": _cachecontrol_use}
    for what, makers, goal in (
        ("a decision", {"ours": _our_decision, **peers}, 5.0),
        ("a whole decision", {"ours": _our_whole, "hishel": _hishel_whole}, 5.0),
        ("an answer", {"ours": _our_answer, **peers}, None),
    ):
        work = {name: make(given, now) for name, make in makers.items()}
        yield from compare(what, work, each=len(given), rounds=rounds, goal=goal)
    yield from _beside_node(given, now, rounds)


# -- ours ------------------------------------------------------------------------------------------


def _our_messages(given: list[tuple[str, dict[str, str]]]) -> list[tuple[Any, Any]]:
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Response

    requests = _our_requests(given)
    responses = [Response(200, Headers(fields.items()), b"") for _, fields in given]
    return list(zip(requests, responses, strict=True))


def _our_requests(given: list[tuple[str, dict[str, str]]]) -> list[Any]:
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Request

    return [Request("GET", url, Headers(REQUEST.items())) for url, _ in given]


def _our_answer(given: list[tuple[str, dict[str, str]]], now: float) -> Callable[[], object]:
    from httpheaders.cache import Cache

    cache = Cache()
    messages = _our_messages(given)
    for request, response in messages:
        cache.handle(request, lambda request, response=response: response, lambda: now)

    def run() -> object:
        for request in _our_requests(given):
            assert cache.look_up(request, now=now).outcome == "hit"
        return None

    return run


def _our_decision(given: list[tuple[str, dict[str, str]]], now: float) -> Callable[[], object]:
    from httpheaders.cache_policy import assess_reuse, stored_response

    held = [
        stored_response(request, response, request_time=now, response_time=now)
        for request, response in _our_messages(given)
    ]

    def run() -> object:
        for request, stored in zip(_our_requests(given), held, strict=True):
            assert assess_reuse(stored, request, now=now).ok
        return None

    return run


def _our_whole(given: list[tuple[str, dict[str, str]]], now: float) -> Callable[[], object]:
    from httpheaders.cache_policy import assess_reuse, assess_storing, stored_response

    def run() -> object:
        for request, response in _our_messages(given):
            stored = stored_response(request, response, request_time=now, response_time=now)
            assert assess_storing(request, response, governing=stored.governing).ok
            assert assess_reuse(stored, request, now=now).ok
        return None

    return run


# -- peers -----------------------------------------------------------------------------------------


def _hishel_messages(given: list[tuple[str, dict[str, str]]]) -> list[tuple[Any, Any]]:
    from hishel import Headers, Request, Response

    return [
        (Request("GET", url, headers=Headers(REQUEST)), Response(200, Headers(fields)))
        for url, fields in given
    ]


def _hishel_requests(given: list[tuple[str, dict[str, str]]]) -> list[Any]:
    from hishel import Headers, Request

    return [Request("GET", url, headers=Headers(REQUEST)) for url, _ in given]


def _hishel_use(given: list[tuple[str, dict[str, str]]], now: float) -> Callable[[], object]:
    import uuid

    from hishel import CacheOptions, Entry, FromCache, IdleClient

    del now  # it looks at the clock itself
    client = IdleClient(CacheOptions())
    entries = [
        [Entry(uuid.uuid4(), request, response)] for request, response in _hishel_messages(given)
    ]

    def run() -> object:
        for request, held in zip(_hishel_requests(given), entries, strict=True):
            assert isinstance(client.next(request, held), FromCache)
        return None

    return run


def _hishel_whole(given: list[tuple[str, dict[str, str]]], now: float) -> Callable[[], object]:
    import uuid

    from hishel import CacheMiss, CacheOptions, Entry, FromCache, IdleClient, StoreAndUse

    del now
    options = CacheOptions()
    client = IdleClient(options)

    def run() -> object:
        for request, response in _hishel_messages(given):
            stored = CacheMiss(options=options, request=request).next(response)
            assert isinstance(stored, StoreAndUse)
            entry = Entry(uuid.uuid4(), request, response)
            assert isinstance(client.next(request, [entry]), FromCache)
        return None

    return run


def _cachecontrol_use(given: list[tuple[str, dict[str, str]]], now: float) -> Callable[[], object]:
    import io

    from cachecontrol.cache import DictCache
    from cachecontrol.controller import CacheController
    from requests import Request
    from urllib3 import HTTPResponse

    del now
    controller = CacheController(DictCache(), cache_etags=True)

    def prepared(url: str) -> Any:
        return Request("GET", url, headers=REQUEST).prepare()

    for url, fields in given:
        answer = HTTPResponse(io.BytesIO(b""), headers=fields, status=200, preload_content=False)
        controller.cache_response(prepared(url), answer, body=b"")
    # requests' own work is not CacheControl's: the requests are made beforehand.
    requests = [prepared(url) for url, _ in given]

    def run() -> object:
        for request in requests:
            assert controller.cached_request(request)
        return None

    return run


NODE = """
const CachePolicy = require('http-cache-semantics');
const {given, request} = JSON.parse(require('fs').readFileSync(0));
const lower = (fields) => Object.fromEntries(
  Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
const req = (url) => ({method: 'GET', url, headers: lower(request)});
const res = (fields) => ({status: 200, headers: lower(fields)});
const policies = given.map(([url, fields]) => new CachePolicy(req(url), res(fields)));
let use = Infinity, whole = Infinity;
for (let round = 0; round < 20; round++) {
  let start = process.hrtime.bigint();
  given.forEach(([url], i) => policies[i].satisfiesWithoutRevalidation(req(url)));
  use = Math.min(use, Number(process.hrtime.bigint() - start) / given.length / 1e9);
  start = process.hrtime.bigint();
  given.forEach(([url, fields]) => {
    const policy = new CachePolicy(req(url), res(fields));
    policy.storable() && policy.satisfiesWithoutRevalidation(req(url));
  });
  whole = Math.min(whole, Number(process.hrtime.bigint() - start) / given.length / 1e9);
}
console.log(JSON.stringify({use, whole}));
"""


def _beside_node(given: list[tuple[str, dict[str, str]]], now: float, rounds: int) -> Iterator[Row]:
    """Add http-cache-semantics where node and npm are: another language, so without a goal."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text('{"private": true}')
        install = ["npm", "install", "--silent", "http-cache-semantics@4.2.0"]
        if subprocess.run(install, cwd=folder, capture_output=True, check=False).returncode:
            return
        question = json.dumps({"given": given, "request": REQUEST})
        done = subprocess.run(
            ["node", "-e", NODE], cwd=folder, input=question, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
    peer = json.loads(done.stdout)
    for kind, make in (("use", _our_decision), ("whole", _our_whole)):
        ours = take_turns({"ours": make(given, now)}, rounds=rounds)["ours"] / len(given)
        what = {"use": "a decision", "whole": "a whole decision"}[kind] + ", beside JavaScript"
        yield Row(what, ours, "http-cache-semantics (node)", peer[kind], peer[kind] / ours)


# -- hashing ---------------------------------------------------------------------------------------


def _hashing() -> Iterator[Row]:
    """Hash one large file with the whole program and with sha256sum."""
    if shutil.which("sha256sum") is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large")
        with path.open("wb") as file:
            for number in range(HASHED_OCTETS >> 20):
                file.write(number.to_bytes(4, "big") * (1 << 18))
        command = [sys.executable, "-m", "httpheaders", "etag", str(path), "--raw"]
        ours, peer = [], []
        for _ in range(3):
            ours.append(cpu_seconds(command))
            peer.append(cpu_seconds(["sha256sum", str(path)]))
    what = f"the tag of a file of {HASHED_OCTETS >> 20} MiB"
    mine, theirs = median(ours), median(peer)
    yield Row(what, mine, "sha256sum", theirs, theirs / mine, goal=0.9)


# -- simulation ------------------------------------------------------------------------------------


TRACE = """
import resource, sys
from httpheaders.cache_simulation import CacheSimulation
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from time import process_time
exchanges, entries = int(sys.argv[1]), int(sys.argv[2])
simulation = CacheSimulation(max_entries=entries)
start = process_time()
for number in range(exchanges):
    # A few URLs are asked for often and many now and then: twice as many as there is room for.
    url = f"http://a.example/{int((number * 7919 % 65537 / 65537) ** 3 * 2 * entries)}"
    headers = Headers([("Cache-Control", "max-age=600"), ("ETag", '"v1"')])
    response = Response(200, headers, b"x" * 99)
    simulation.step(Request("GET", url), response, now=number / 100)
taken = process_time() - start
print(taken / exchanges, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def _simulation(exchanges: int) -> Iterator[Row]:
    """Show that memory follows the entries: ten times as many exchanges take no more."""
    few_taken, few = _trace(exchanges // 10)
    many_taken, many = _trace(exchanges)
    what = f"peak memory of a simulation of {exchanges} exchanges, {ENTRIES} entries"
    yield Row(what, many, f"of {exchanges // 10}", few, few / many, unit="octets", goal=0.9)
    what = f"time of an exchange among {exchanges}"
    yield Row(what, many_taken, f"among {exchanges // 10}", few_taken, few_taken / many_taken)


def _trace(exchanges: int) -> tuple[float, float]:
    command = [sys.executable, "-c", TRACE, str(exchanges), str(ENTRIES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    taken, memory = done.stdout.split()
    return float(taken), float(memory)
