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


# By target, what was found by `python -m fuzzing.search` or by reading the code.
WORST: Mapping[str, tuple[Blown, ...]] = {}
