"""
The inputs that cost most for their length, and how to make one of any length.

An input is blown up: what stands at a place is repeated there, and where two places of one input
have to do with each other, at both. `{n}` in what is repeated counts, so that names differ.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fuzzing.target import Target
from fuzzing.tokens import TOKENS

__all__ = ["GENERAL", "WORST", "Blown", "blown_up", "worst_of"]


class Blown(NamedTuple):
    """An input of any length: `before`, many `unit`, `middle`, many `second`, `after`."""

    unit: bytes
    before: bytes = b""
    after: bytes = b""
    middle: bytes = b""
    second: bytes = b""

    def of_size(self, size: int) -> bytes:
        """Give it with about this many octets."""
        fixed = len(self.before) + len(self.middle) + len(self.after)
        room = max(size - fixed, 0) // (2 if self.second else 1)
        first, second = _repeated(self.unit, room), _repeated(self.second, room)
        return b"".join((self.before, first, self.middle, second, self.after))

    def __str__(self) -> str:
        told = ascii(self.unit.decode("latin-1"))
        if self.second:
            told += " and " + ascii(self.second.decode("latin-1"))
        return told if len(told) <= 40 else told[:37] + "..."


def _repeated(unit: bytes, room: int) -> bytes:
    if b"{n}" not in unit:
        return unit * (room // max(len(unit), 1))
    pieces = []
    number = 0
    while room > 0:
        pieces.append(unit.replace(b"{n}", b"%d" % number))
        room -= len(pieces[-1])
        number += 1
    return b"".join(pieces)


# What is repeated, whatever the grammar.
GENERAL: tuple[bytes, ...] = (
    *(
        b",",
        b";",
        b" ",
        b"\t",
        b"a",
        b"0",
        b"9",
        b'"',
        b"\\",
        b'\\"',
        b'"\\',
        b"(",
        b"<",
        b"[",
        b".",
    ),
    *(
        b"-",
        b"/",
        b"=",
        b":",
        b"%41",
        b"\xc3\xa9",
        b"\xff",
        b"\n",
        b"\r\n",
        b"\n ",
        b"*",
        b"a,",
        b"a;",
    ),
    *(b"a=b;", b"a=b&", b";a", b" a", b"a.", b"a-", b"../", b"{n},", b"{n};", b";a{n}=b", b";a=b"),
    *(
        b", a{n};q=0.5",
        b",a;q=0.001",
        b"a{n}=b; ",
        b'"{n}", ',
        b'W/"a",',
        b"{n}-{n},",
        b"0-,",
        b"-1,",
    ),
    *(b"a{n}: b\n", b"a: b\n", b"a: b\r\n c\r\n", b'","', b'":"', b'"a{n}":1,', b"1,", b"[[", b"{"),
    *(b"</a>;rel=x,", b'a="b",', b'a="', b"Basic a=b, ", b"a/1 (b) ", b"'", b"@", b"?", b"|", b"~"),
)


def blown_up(target: Target, seed: int = 0) -> Iterator[Blown]:
    """Give ways to blow the target's seeds up, without end, in an order that the seed tells."""
    dice = random.Random(f"{target.name} {seed}")
    seeds = target.seeds or (b"",)
    while True:
        whole = dice.choice(seeds)
        first, last = sorted(dice.choice(_places(whole)) for _ in range(2))
        unit = _unit(dice, whole)
        if dice.random() < 0.3:
            second = _unit(dice, whole)
            yield Blown(unit, whole[:first], whole[last:], whole[first:last], second)
        else:
            yield Blown(unit, whole[:first], whole[first if dice.random() < 0.7 else last :])


def _places(whole: bytes) -> list[int]:
    """Give the places beside punctuation, where structure begins and ends."""
    inner = [at for at in range(1, len(whole)) if not whole[at - 1 : at].isalnum()]
    return [0, len(whole), *inner]


def _unit(dice: random.Random, whole: bytes) -> bytes:
    choice = dice.random()
    if choice < 0.5 or not whole:
        return dice.choice(GENERAL)
    if choice < 0.65:
        return dice.choice(TOKENS) + dice.choice(TOKENS)
    first, last = sorted(dice.choice(_places(whole)) for _ in range(2))
    piece = whole[first : max(last, first + 1)][:200]
    # Something in it may have to differ from one to the next.
    return piece + b"{n}" if dice.random() < 0.2 else piece


def worst_of(target: Target) -> tuple[Blown, ...]:
    """Give the worst known for a target, and the general ones behind its first seed."""
    seed = target.seeds[0] if target.seeds else b""
    found = WORST.get(target.name, ())
    return (*found, *(Blown(unit, seed) for unit in GENERAL))


_ROUTE = b'[[route]]\npath = "x"'
# A request and a response, each with a place for fields.
_GET = b"GET https://a.example/\nOrigin: https://b.example\n"
_PUT = b"PUT https://b.example/\nOrigin: https://a.example\n"
_OK = b'\n\x1f200\nCache-Control: max-age=5\nETag: "x"\n'
_SHARED = b"\n\x1f200\nAccess-Control-Allow-Origin: *\n"

# By target, what was found by `python -m fuzzing.search` or by reading the code.
WORST: Mapping[str, tuple[Blown, ...]] = {
    "cache_check.check_caching": (
        Blown(b"a{n}: b\n", _GET, b"", _OK + b"Vary: ", b"a{n},"),
        Blown(b"a{n},", _GET, b'"\n', _OK + b'Cache-Control: no-cache="', b"a{n},"),
        Blown(b"a{n}=b,", _GET + b"Cache-Control: "),
    ),
    "command assert --raw --all vary[origin]": (Blown(b"HTTP/1.1 200\nVary: a{n} b\n\n"),),
    "compression.compress_message": (Blown(b"a{n};q=0.5,", _GET + b"Accept-Encoding: ", _OK),),
    "conditional.answer_conditional": (
        Blown(b'"a{n}",', _GET + b"If-None-Match: ", _OK),
        Blown(b"0-1,", _GET + b"Range: bytes=", b"", _OK + b"\n", b"x"),
        Blown(b"{n}-{n},", _GET + b"Range: bytes=", b"", _OK + b"\n", b"x"),
    ),
    "content_negotiation.negotiate_type": (
        Blown(b"a/b{n},", b"", b"", b"\x1f", b"a/c{n}\n"),
        Blown(b"a/b;a{n}=b,", b"", b"", b"\x1f", b"a/b;a{n}=b\n"),
        Blown(b";a{n}=b", b"a/b", b"", b"\x1fa/b", b";a{n}=b"),
    ),
    "content_negotiation.negotiate_language": (
        Blown(b"en-a{n},", b"", b"", b"\x1f", b"de-c{n}\n"),
        Blown(b"a-", b"", b"", b"\x1f", b"a-b-c\n"),
        Blown(b"a-b,", b"", b"", b"\x1f", b"a-"),
    ),
    "content_negotiation.negotiate_encoding": (Blown(b"a{n},", b"", b"", b"\x1f", b"c{n}\n"),),
    "content_negotiation.negotiate_charset": (Blown(b"a{n},", b"", b"", b"\x1f", b"c{n}\n"),),
    "variant_negotiation.negotiate_variants": (
        Blown(b"a/b{n},", b"", b"", b"\x1f\x1f\x1f\x1f", b"a/c{n}\n"),
    ),
    "cookie_acceptance.judge_set_cookie": (
        Blown(b";a{n}=b", b"a=b"),
        Blown(b"n", b"", b"", b"=1", b";y"),
        Blown(b"a.", b"a=b;Domain=", b"", b"\x1fhttps://", b"a."),
    ),
    "cookie_domains.split_cookie_url": (Blown(b"@[", b"https://"), Blown(b"a@", b"https://")),
    "cookie_jar.answer_from_jar": (
        Blown(b"a{n}=b\n"),
        Blown(b"a=b\n"),
        Blown(b"a=b;Path=/a{n}\n"),
        Blown(b"a{n}=b;Expires=Wed, 21 Oct 2026 07:28:00 GMT\n"),
    ),
    "cors_browser.check_fetch": (
        Blown(b"a{n}: b\n", _PUT, b"", _SHARED + b"Access-Control-Allow-Headers: ", b"a{n},"),
        Blown(b"a{n}: b\n", _PUT + _SHARED, b"", b"Access-Control-Expose-Headers: ", b"a{n},"),
    ),
    "cors_probe.probe_policy": (
        Blown(b"https://a{n}.example\n"),
        Blown(b"https://*.a{n}.example\n"),
    ),
    "cors_server.answer_cors": (
        Blown(
            b"a{n},",
            b"OPTIONS /\nOrigin: https://b.a.example\nAccess-Control-Request-Method: PUT\n"
            b"Access-Control-Request-Headers: ",
        ),
    ),
    "messages.dump.parse_dump": (
        # Lengths that point into what follows, a long line or very many empty ones.
        Blown(b"HTTP/1.1 200\nContent-Length: 030000\n\n", second=b"\n", after=b"x"),
        Blown(b"HTTP/1.1 200\nContent-Length: 003000\n\n", second=b"a", after=b"x"),
        Blown(b"GET / HTTP/1.1\nContent-Length: 3\n\n"),
        Blown(b"> GET / HTTP/1.1\n> A: b\n>\n< HTTP/1.1 200\n<\nbody\n", b"* Trying\n"),
        Blown(b"HTTP/1.1 301\n\nbody\n"),
        Blown(b"\n", b"HTTP/1.1 200\n"),
    ),
    "messages.paths.parse_path": (Blown(b".a", b"vary", b"", b"\x1fVary: ", b"a,"),),
    "netscape_cookies.parse_cookie_file": (Blown(b"a.com\tTRUE\t/\tTRUE\t0\ta{n}\t1\n"),),
    "policy_file.parse_policy": (
        Blown(b" ", b'x = """\na', b'"""\n' + _ROUTE),
        Blown(b'[[route]]\npath = "/a{n}"\n'),
        Blown(b"a{n} = 1\n", b"[limits]\n"),
    ),
    "policy_file.parse_policy, JSON": (
        Blown(b"k", b'{"', b'"}', b'": [', b"1,"),
        Blown(b'"/a{n}",', b'{"route": [{"path": "/", "offers": [', b'"a"]}]}'),
    ),
    "pool_events.replay": (
        Blown(b"get {n} a x{n}\n"),
        Blown(b"get {n} a x\nrelease {n} a x\n"),
        Blown(b"get {n} a{n} x{n}\n"),
    ),
    "pool_simulation.simulate": (
        Blown(b"{n} a 1\n"),
        Blown(b"{n} a{n} 1\n"),
        Blown(b"1 a 1e9\n"),
        Blown(b"{n} a 1e9\n"),
    ),
    "syntax.origins.locate": (
        Blown(b"\xc3\xa9", b"http://"),
        Blown(b"../", b"", b"", b"\x1fhttp://a/", b"a/"),
        Blown(b"@[", b"https://"),
    ),
    "syntax.structured.parse_structured": (
        Blown(b"a ", b"(", b")"),
        Blown(b";a{n}", b"a"),
        Blown(b"a", b'"', b'"'),
        Blown(b"aaaa", b":", b":"),
        Blown(b"%c3%a9", b'%"', b'"'),
        Blown(b"a{n}=1, "),
    ),
    "wsgi.environ_of": (Blown(b"a: b\n", _GET), Blown(b"%41", b"GET /")),
}
