r"""
Whether a regular expression of Python's can take more time than in proportion to the text.

How this works: the expression is made a net of places, each of which takes one character, and it
is asked in how many ways the same text can lead through the net. Two ways around from a place to
itself by one text cost exponential time; a way round at one place and a way round at a later one by
the same text cost time that grows with the square (Weideman et al., "Analyzing Matching Time
Behavior of Backtracking Regular Expression Matchers", CIAA 2016). A search begins anywhere: that is
a way round before all others.

What is possessive is never gone back into. So it leads on only at a character that it cannot take,
and in an outer net it stands as one place; its inside is looked at by itself.

Look-aheads count as if they took what they look at, and as what may fail; counts of ten and more
count as "any number of times". Back-references are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

__all__ = ["faults_of"]

# Characters that stand for all others: each octet, and some that case or category make special.
ALPHABET = frozenset((*range(256), 0x130, 0x131, 0x17F, 0x212A, 0x660, 0x2028, 0xD800, 0x10FFFF))
_MANY = 10
_POSSESSIVE = {ops.POSSESSIVE_REPEAT}
_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
_BEGINNINGS = {ops.AT_BEGINNING, ops.AT_BEGINNING_STRING}
_CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}

Characters = frozenset[int]


class Edge(NamedTuple):
    """A way on that takes no character; `unless`: not if one of these comes next."""

    target: int
    unless: Characters = frozenset()
    may_fail: bool = False


class Net:
    """
    Places, each with the characters that it takes, or none, and the ways on.

    Place 0 is the beginning, place 1 the end. A character leads from `place` to `place + 1`.
    """

    def __init__(self, flags: int, insides: list[Any]) -> None:
        self.takes: list[Characters | None] = [None, None]
        self.edges: list[list[Edge]] = [[], []]
        self._flags = flags
        self._insides = insides  # of possessive repeats, to be looked at by themselves

    def place(self, takes: Characters | None = None) -> int:
        self.takes.append(takes)
        self.edges.append([])
        return len(self.takes) - 1

    def taking(self, characters: Characters) -> tuple[int, int]:
        first = self.place(characters)
        return first, self.place()

    def link(self, source: int, *edge: Any) -> None:
        self.edges[source].append(Edge(*edge))

    # Each of these gives the first and the last place of a piece.

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> tuple[int, int]:
        first = last = self.place()
        for op, argument in items:
            start, end = self.piece(op, argument)
            self.link(last, start)
            last = end
        return first, last

    def piece(self, op: Any, argument: Any) -> tuple[int, int]:
        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN):
            return self.taking(self.characters(op, argument))
        if op is ops.BRANCH:
            return self.choice(argument[1])
        if op is ops.SUBPATTERN:
            return self.sequence(argument[3])
        if op in _REPEATS:
            return self.repeat(op, *argument)
        if op is ops.ATOMIC_GROUP:
            return self.opaque(argument, loops=False)
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            return self.look(argument[1], is_not=op is ops.ASSERT_NOT)
        if op is ops.AT:
            first, last = self.place(), self.place()
            self.link(first, last, frozenset(), True)
            return first, last
        raise NotImplementedError(str(op))

    def choice(self, branches: Iterable[Any]) -> tuple[int, int]:
        first, last = self.place(), self.place()
        for branch in branches:
            start, end = self.sequence(branch)
            self.link(first, start)
            self.link(end, last)
        return first, last

    def look(self, items: Any, *, is_not: bool) -> tuple[int, int]:
        first, last = self.place(), self.place()
        start, _ = self.sequence(items)
        self.link(first, start)
        next_one = self._whole_turns(items)
        if not is_not:  # what goes on has to begin as what is looked at may begin
            next_one = ALPHABET - self._first(items)
        self.link(first, last, next_one, True)
        return first, last

    def _first(self, items: Any) -> Characters:
        """Give the characters that a piece may begin with; all, where it is not easy to tell."""
        items = list(items)
        if not items or items[0][0] is ops.AT:
            return frozenset() if items else ALPHABET
        op, argument = items[0]
        if op is ops.SUBPATTERN:
            return self._first(argument[3])
        if op is ops.BRANCH:
            return frozenset().union(*map(self._first, argument[1]))
        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN):
            return self.characters(op, argument)
        return ALPHABET

    def repeat(self, op: Any, least: int, most: Any, items: Any) -> tuple[int, int]:
        if op in _POSSESSIVE:
            return self.opaque(items, loops=True, may_be_nothing=least == 0)
        first = last = self.place()
        is_unbounded = most is parser.MAXREPEAT or most >= _MANY
        for _ in range(min(least, 1 if is_unbounded else least)):
            start, last_of_turn = self.sequence(items)
            self.link(last, start)
            last = last_of_turn
        if is_unbounded:
            around = self.place()
            start, end = self.sequence(items)
            self.link(last, around)
            self.link(around, start)
            self.link(end, around)
            return first, around
        out = self.place()
        self.link(last, out)
        for _ in range(most - least):
            start, last_of_turn = self.sequence(items)
            self.link(last, start)
            self.link(last_of_turn, out)
            last = last_of_turn
        return first, out

    def opaque(self, items: Any, *, loops: bool, may_be_nothing: bool = False) -> tuple[int, int]:
        """Stand for what is not gone back into: one place that takes all that it may take."""
        self._insides.append(items)
        taken = frozenset().union(*self._taken(items))
        first, last = self.place(), self.place()
        start, end = self.taking(taken)
        self.link(first, start)
        self.link(end, start)
        whole = self._whole_turns(items) if loops else frozenset()
        self.link(end, last, whole)
        if may_be_nothing or not loops:
            self.link(first, last, whole)
        return first, last

    def _taken(self, items: Any) -> Iterator[Characters]:
        inner = Net(self._flags, [])
        inner.sequence(items)
        yield from (takes for takes in inner.takes if takes)

    def _whole_turns(self, items: Any) -> Characters:
        """Give the characters that are a turn by themselves: the repeat never ends before one."""
        items = list(items)
        if len(items) != 1:
            return frozenset()
        op, argument = items[0]
        if op is ops.SUBPATTERN:
            return self._whole_turns(argument[3])
        if op is ops.BRANCH:
            return frozenset().union(*map(self._whole_turns, argument[1]))
        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN):
            return self.characters(op, argument)
        return frozenset()

    def characters(self, op: Any, argument: Any) -> Characters:
        if op is ops.ANY:
            every = ALPHABET if self._flags & re.DOTALL else ALPHABET - {10}
            return frozenset(every)
        if op is ops.IN:
            members = list(argument)
            is_negated = members[0][0] is ops.NEGATE
            found = frozenset().union(*(self._member(*one) for one in members[is_negated:]))
            return ALPHABET - found if is_negated else found
        found = self._cased({argument})
        return ALPHABET - found if op is ops.NOT_LITERAL else found

    def _member(self, op: Any, argument: Any) -> Characters:
        if op is ops.CATEGORY:
            flags = self._flags & re.ASCII
            pattern = re.compile(_CATEGORIES[argument], flags)
            return frozenset(c for c in ALPHABET if pattern.match(chr(c)))
        if op is ops.RANGE:
            return self._cased(c for c in ALPHABET if argument[0] <= c <= argument[1])
        return self._cased({argument})

    def _cased(self, characters: Iterable[int]) -> Characters:
        found = {c if c in ALPHABET else 0x10FFFF for c in characters}
        if self._flags & re.IGNORECASE:
            found |= {
                ord(o) for c in found for o in (chr(c).lower(), chr(c).upper()) if len(o) == 1
            }
        return frozenset(found & ALPHABET)


class Ways:
    """From place to place by one character; how often one way is there counts up to two."""

    def __init__(self, net: Net, alphabet: Iterable[int]) -> None:
        self.net = net
        self.alphabet = tuple(alphabet)
        self._failing: dict[int, bool] = {}
        self.taking = [place for place, takes in enumerate(net.takes) if takes]
        # From a taking place, behind its character, to the places that may take the next.
        self.on = {
            (place, c): self._next(place + 1, c) for place, c in product(self.taking, self.alphabet)
        }
        self.begun = {c: self._next(0, c) for c in self.alphabet}

    def _next(self, start: int, character: int) -> dict[int, int]:
        found: dict[int, int] = {}

        def walk(place: int, passed: frozenset[tuple[int, int]]) -> None:
            takes = self.net.takes[place]
            if takes is not None:
                if character in takes:
                    found[place] = min(found.get(place, 0) + 1, 2)
                return
            for number, edge in enumerate(self.net.edges[place]):
                if (place, number) not in passed and character not in edge.unless:
                    walk(edge.target, passed | {(place, number)})

        walk(start, frozenset())
        return found

    def can_fail_behind(self, place: int) -> bool:
        """Say whether what has come to be behind this place, or to the beginning (-1), may fail."""
        if place not in self._failing:
            seen, waiting = {place + 1}, [place + 1]
            while waiting:
                for edge in self.net.edges[waiting.pop()]:
                    if not edge.may_fail and edge.target not in seen:
                        seen.add(edge.target)
                        waiting.append(edge.target)
            self._failing[place] = 1 not in seen
        return self._failing[place]

    def loops(self) -> set[int]:
        """Give the taking places that some text leads back to."""
        reached = {
            place: {n for c in self.alphabet for n in self.on[place, c]} for place in self.taking
        }
        found = set()
        for place in self.taking:
            seen, waiting = set(), [place]
            while waiting:
                for following in reached[waiting.pop()] - seen:
                    seen.add(following)
                    waiting.append(following)
            if place in seen:
                found.add(place)
        return found


def faults_of(
    pattern: Any, flags: int = 0, *, searches: bool = True, whole: bool = True
) -> list[str]:
    """
    Say why an expression may take more than linear time; nothing where it cannot.

    Args:
        pattern: text or octets.
        flags: as for `re.compile`.
        searches: whether it is looked for anywhere, not at one place.
        whole: whether it has to match to the end, so that any match may fail.
    """
    tree = parser.parse(pattern, flags)
    insides: list[Any] = [tree]
    net = Net(tree.state.flags, insides)
    first, last = net.sequence(tree)
    net.link(0, first)
    net.link(last, 1, frozenset(), whole)
    faults = _faults_of_net(net, begins=_beginning(tree) if searches else "nowhere")
    for items in islice(insides, 1, None):  # it grows on the way
        faults += _faults_inside(items, tree.state.flags, insides)
    return list(dict.fromkeys(faults))


def _faults_inside(items: Any, flags: int, insides: list[Any]) -> list[str]:
    """Look at one turn of a possessive repeat, and at turns that look ahead again and again."""
    net = Net(flags, insides)
    first, last = net.sequence(items)
    net.link(0, first)
    net.link(last, 1)
    faults = _faults_of_net(net, begins="nowhere")
    within = Ways(net, _representatives(net)).loops()
    net.link(last, first)
    return faults + _meetings(Ways(net, _representatives(net)), within)


def _beginning(tree: Any) -> str:
    """Say where a search may find it: "anywhere", where a "line" begins, or "nowhere" else."""
    op, argument = next(iter(tree), (None, None))
    if op is ops.AT and argument is ops.AT_BEGINNING and tree.state.flags & re.MULTILINE:
        return "line"
    return "nowhere" if op is ops.AT and argument in _BEGINNINGS else "anywhere"


def _faults_of_net(net: Net, *, begins: str) -> list[str]:
    ways = Ways(net, _representatives(net))
    loops = ways.loops()
    faults = []
    for place in sorted(loops):
        if _goes_round_twice(ways, place):
            faults.append(f"exponential around {_shown(net.takes[place])}")
    faults += _meetings(ways, loops)
    if begins != "nowhere" and ways.can_fail_behind(-1):
        for place in sorted(loops):
            if _meets(ways, None, place, after_line_end=begins == "line"):
                faults.append(f"quadratic when searched for, at {_shown(net.takes[place])}")
    return faults


def _meetings(ways: Ways, seconds: set[int]) -> list[str]:
    takes = ways.net.takes
    return [
        f"quadratic between {_shown(takes[first])} and {_shown(takes[second])}"
        for first, second in product(sorted(ways.loops()), sorted(seconds))
        if first != second and _meets(ways, first, second)
    ]


def _representatives(net: Net) -> Iterator[int]:
    """Give one character for each set that nothing in the net tells apart."""
    sets = [takes for takes in net.takes if takes]
    sets += [edge.unless for edges in net.edges for edge in edges if edge.unless]
    seen = set()
    for character in sorted(ALPHABET):
        signature = tuple(character in one for one in sets)
        if signature not in seen:
            seen.add(signature)
            yield character


def _goes_round_twice(ways: Ways, place: int) -> bool:
    """Say whether one text leads from a place to itself in two ways."""
    start = (place, place, False)
    seen, waiting = {start}, [start]
    while waiting:
        left, right, parted = waiting.pop()
        for c in ways.alphabet:
            for (one, ones), (other, others) in product(
                ways.on[left, c].items(), ways.on[right, c].items()
            ):
                apart = parted or one != other or (left == right and max(ones, others) > 1)
                if apart and one == other == place:
                    return True
                if (one, other, apart) not in seen:
                    seen.add((one, other, apart))
                    waiting.append((one, other, apart))
    return False


def _meets(ways: Ways, first: int | None, second: int, *, after_line_end: bool = False) -> bool:
    """
    Say whether one text leads around at `first`, from there to `second`, and around at `second`.

    None for `first` is a search, which anything leads around. On the way to `second` there must be
    no place that is a match already: what is gone back to then would not fail.
    """
    start = (first, first, second, not after_line_end)
    seen, waiting = {start}, [start]
    while waiting:
        left, middle, right, may_begin = waiting.pop()
        for c in ways.alphabet:
            lefts = [None] if first is None else ways.on[left, c]
            if middle is None:
                middles = [None, *(ways.begun[c] if may_begin else ())]
            else:
                middles = ways.on[middle, c]
            begins_next = not after_line_end or c == ord("\n")
            for one, other, third in product(lefts, middles, ways.on[right, c]):
                if other is not None and not ways.can_fail_behind(other):
                    continue
                if (one, other, third) == (first, second, second):
                    return True
                state = (one, other, third, begins_next)
                if state not in seen:
                    seen.add(state)
                    waiting.append(state)
    return False


def _shown(characters: Characters | None) -> str:
    assert characters is not None
    text = "".join(map(chr, sorted(characters)[:8]))
    return ascii(text) + ("…" if len(characters) > 8 else "")
