"""
Cookies in one process, against werkzeug, WebOb, http.cookies and http.cookiejar.

Reading gives a plain dictionary of the same cookies. Two rows show that time grows with the length
of the field and no faster: there the peer is ourselves with a tenth of the cookies, and the ratio
is how much longer one cookie took there. The jars hold a cookie for each of 3,000 hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.rows import Row, compare, take_turns

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"rounds": 3}
HEADLINES = ("Cookie of a shop, 8 cookies",)

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
        rounds: how often each is timed; the median round counts.
    """
    return [
        *(row for what, header in HEADERS.items() for row in _compare(what, header, rounds)),
        _growth("plain dictionary of 100,000 cookies", _plain_reader(), rounds),
        _growth("whole answer for 100,000 cookies", _whole_reader(), rounds),
        *_jars(rounds),
    ]


def _compare(what: str, header: str, rounds: int) -> Iterator[Row]:
    repeats = max(100, 100_000 // len(header))
    contestants = {"ours": _plain_reader(), **_peers()}
    work = {name: _repeated(read, header, repeats) for name, read in contestants.items()}
    return compare(what, work, each=repeats, rounds=rounds, goal=2.0)


def _repeated(read: Reader, header: str, repeats: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(repeats):
            read(header)

    return run


def _growth(what: str, read: Reader, rounds: int) -> Row:
    small, large = (
        "; ".join(f"name{n}=value{n}" for n in range(count)) for count in (10_000, 100_000)
    )
    work = {"small": _repeated(read, small, 1), "large": _repeated(read, large, 1)}
    times = take_turns(work, rounds=rounds)
    tenth = times["small"] * 10
    return Row(
        what, times["large"], "ourselves, 10 times 10,000 cookies", tenth, tenth / times["large"]
    )


def _jars(rounds: int) -> Iterator[Row]:
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
    work = {
        "ours": _repeated(lambda url: ours.cookie_header(url, now=1), url, 20),
        "http.cookiejar": _repeated(send_theirs, url, 20),
    }
    return compare("Cookie from a jar of 3,000 hosts", work, each=20, rounds=rounds)


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
