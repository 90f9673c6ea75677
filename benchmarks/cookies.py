"""
Cookies in one process, against werkzeug, WebOb, http.cookies and http.cookiejar.

Reading gives a plain dictionary of the same cookies. Two rows show that time grows with the length
of the field and no faster: there the peer is ourselves with a tenth of the cookies, and the ratio
is how much longer one cookie took there. The jars hold a cookie for each of 3,000 hosts.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from time import process_time

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
        _jars(rounds),
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


def _jars(rounds: int) -> Row:
    from http.cookiejar import Cookie, CookieJar
    from urllib.request import Request

    from httpheaders.cookie_jar import CookieJar as OurJar

    ours, theirs = OurJar(), CookieJar()
    for number in range(3_000):
        host = f"host{number}.example"
        ours.receive("sid=1; Path=/", url=f"https://{host}/", now=0)
        place = (host, False, False, "/", True)
        theirs.set_cookie(
            Cookie(0, "sid", "1", None, False, *place, False, None, True, None, None, {})
        )

    def send_theirs(url: str) -> object:
        request = Request(url)
        theirs.add_cookie_header(request)
        return request.get_header("Cookie")

    url = "https://host1500.example/x"
    assert ours.cookie_header(url, now=1) == send_theirs(url) == "sid=1"
    best = _fastest(
        {"ours": (lambda url: ours.cookie_header(url, now=1), url), "theirs": (send_theirs, url)},
        20,
        rounds,
    )
    ratio = best["theirs"] / best["ours"]
    return Row(
        "Cookie from a jar of 3,000 hosts", best["ours"], "http.cookiejar", best["theirs"], ratio
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
    start = process_time()
    for _ in range(repeats):
        read(header)
    return (process_time() - start) / repeats


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
