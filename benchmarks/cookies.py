"""
Reading a Cookie field in one process, against werkzeug, WebOb and http.cookies.

Each gives a plain dictionary of the same cookies. The last rows show that time grows with the
length of the field: there the peer is ourselves with a tenth of the cookies, and the ratio is how
much longer one cookie took there.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from time import perf_counter

from benchmarks.rows import Row

__all__ = ["measure"]

Reader = Callable[[str], object]

HEADERS = {
    "Cookie with one session": "sid=31d4d96e407aad42",
    "Cookie of a shop, 8 cookies": (
        "_ga=GA1.2.1234567890.1600000000; sid=31d4d96e407aad42; theme=dark; lang=en-US; "
        "csrftoken=abcDEF123; _gid=GA1.2.987.16; cart=eyJpdGVtcyI6W119; seen=1"
    ),
    "Cookie with 100 cookies": "; ".join(f"name{n}=value{n}" for n in range(100)),
}


def measure(rounds: int = 7) -> list[Row]:
    """
    Time everyone side by side.

    Args:
        rounds: how often each is timed; the fastest round counts.
    """
    return [
        *(row for what, header in HEADERS.items() for row in _compare(what, header, rounds)),
        _growth("plain dictionary of 100,000 cookies", _plain_reader(), rounds),
        _growth("whole answer for 100,000 cookies", _whole_reader(), rounds),
    ]


def _compare(what: str, header: str, rounds: int) -> Iterator[Row]:
    contestants = {"httpheaders": _plain_reader(), **_peers()}
    repeats = max(100, 100_000 // len(header))
    best = _fastest({name: (read, header) for name, read in contestants.items()}, repeats, rounds)
    ours = best.pop("httpheaders")
    for name, peer in best.items():
        yield Row(what, ours, name, peer, peer / ours, goal=2.0)


def _growth(what: str, read: Reader, rounds: int) -> Row:
    small, large = (
        "; ".join(f"name{n}=value{n}" for n in range(count)) for count in (10_000, 100_000)
    )
    best = _fastest({"small": (read, small), "large": (read, large)}, 1, rounds)
    tenth = best["small"] * 10
    return Row(
        what, best["large"], "ourselves, 10 times 10,000 cookies", tenth, tenth / best["large"]
    )


def _fastest(work: dict[str, tuple[Reader, str]], repeats: int, rounds: int) -> dict[str, float]:
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, (read, header) in work.items():
            best[name] = min(best[name], _time(read, header, repeats))
    return best


def _time(read: Reader, header: str, repeats: int) -> float:
    # What earlier rounds left behind is not to be collected in the middle of this one.
    gc.collect()
    start = perf_counter()
    for _ in range(repeats):
        read(header)
    return (perf_counter() - start) / repeats


def _plain_reader() -> Reader:
    from httpheaders.cookies import parse_cookie_header

    return parse_cookie_header


def _whole_reader() -> Reader:
    from httpheaders.cookies import read_cookie_header

    return read_cookie_header


def _peers() -> dict[str, Reader]:
    from http.cookies import SimpleCookie

    from webob.cookies import parse_cookie as webob_pairs
    from werkzeug.http import parse_cookie as werkzeug_multidict

    return {
        "werkzeug": lambda header: werkzeug_multidict(header).to_dict(),
        "webob": lambda header: dict(webob_pairs(header)),
        "http.cookies": lambda header: {name: m.value for name, m in SimpleCookie(header).items()},
    }
