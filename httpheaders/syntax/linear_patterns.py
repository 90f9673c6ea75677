r"""
Regular expressions that take time in proportion to the text, whatever the expression.

How this works: an expression becomes a small program, and all places in it that a text may have
reached are followed at once (Thompson's construction), so there is nothing to go back to. What
needs going back, such as back-references and looking around, is refused.

Read are: literals, `.`, classes, `\d \w \s` and their opposites, groups, `|`, the repeats
`* + ? {m,n}` also in their lazy forms, and `^ $ \A \Z`.

Source: none; the notation is that of Python's `re`.

>>> LinearPattern(r"https://(\w+\.)?example\.com").matches("https://www.example.com")
True
"""

from __future__ import annotations

from collections.abc import Callable

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["LinearPattern"]

LONGEST_PATTERN = 1000
_LARGEST_PROGRAM = 5000
# Repeats of nothing put nothing into the program, and still take their time.
_MOST_STEPS = 4 * _LARGEST_PROGRAM
_LARGEST_REPEAT = 100
_DEEPEST_NESTING = 50

_Test = Callable[[str], bool]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


_CLASSES: dict[str, _Test] = {
    "d": lambda character: character in "0123456789",
    "D": lambda character: character not in "0123456789",
    "w": _is_word,
    "W": lambda character: not _is_word(character),
    "s": str.isspace,
    "S": lambda character: not character.isspace(),
}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_counts = lazy_pattern(r"\{(?!\})([0-9]*)(?:(,)([0-9]*))?\}")


class _Node(NamedTuple):
    """
    A piece of the expression.

    `kind` is one of test, any, start, end, sequence, choice, repeat; `parts` are the pieces inside;
    `sample` is a character that passes the test.
    """

    kind: str
    parts: tuple[_Node, ...] = ()
    test: _Test | None = None
    sample: str = ""
    least: int = 0
    most: int | None = None


class LinearPattern:
    """
    A regular expression that matches in linear time.

    Attributes:
        text: the expression.
        ignore_case: whether letters match both of their cases.
        has_bare_dot: whether a `.` without a repeat stands in it: mostly a dot not escaped.

    Raises:
        FieldSyntaxError: no regular expression, or one that needs going back.
    """

    __slots__ = ("_program", "_steps", "_tree", "has_bare_dot", "ignore_case", "text")

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        self.text = text
        self.ignore_case = ignore_case
        self._tree = _Parser(text, ignore_case).parse()
        self.has_bare_dot = _has_bare_dot(self._tree)
        self._program: list[tuple[str, int, int, _Test | None]] = []
        self._steps = 0
        self._compile(self._tree)
        self._emit("match")

    def samples(self) -> list[str]:
        """
        Give short texts that the expression was probably meant for: without and with what may
        be left out. A dot alone stands for a dot that somebody forgot to escape.

        >>> LinearPattern(r"^https://.*\\.example.com$").samples()
        ['https://.example.com', 'https://a.example.com']
        """
        return list(dict.fromkeys(_sample_of(self._tree, extra) for extra in (0, 1)))

    def matches(self, text: str, *, match: str = "full") -> bool:
        """
        Say whether the text matches as a whole, from its beginning, or anywhere.

        Args:
            text: what is looked at.
            match: "full", "prefix" or "search".
        """
        reached: set[int] = set()
        self._follow(0, 0, text, reached)
        for position, character in enumerate(text):
            if match != "full" and self._accepts(reached):
                return True
            following: set[int] = set()
            for place in reached:
                kind, _, _, test = self._program[place]
                if kind == "test" and test is not None and test(character):
                    self._follow(place + 1, position + 1, text, following)
            if match == "search":
                self._follow(0, position + 1, text, following)
            reached = following
        return self._accepts(reached)

    def _accepts(self, reached: set[int]) -> bool:
        return len(self._program) - 1 in reached

    def _follow(self, place: int, position: int, text: str, reached: set[int]) -> None:
        """Add a place, and all that are reached from it without reading a character."""
        waiting = [place]
        while waiting:
            place = waiting.pop()
            if place in reached:
                continue
            reached.add(place)
            kind, first, second, _ = self._program[place]
            if kind == "jump":
                waiting.append(first)
            elif kind == "split":
                waiting += [first, second]
            elif (kind == "start" and position == 0) or (kind == "end" and position == len(text)):
                waiting.append(place + 1)

    # Compiling.

    def _emit(self, kind: str, first: int = 0, second: int = 0, test: _Test | None = None) -> int:
        if len(self._program) >= _LARGEST_PROGRAM:
            raise FieldSyntaxError("the regular expression is too large")
        self._program.append((kind, first, second, test))
        return len(self._program) - 1

    def _compile(self, node: _Node) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise FieldSyntaxError("the regular expression is too large")
        if node.kind == "sequence":
            for part in node.parts:
                self._compile(part)
        elif node.kind == "choice":
            self._compile_choice(node)
        elif node.kind == "repeat":
            self._compile_repeat(node)
        else:
            self._emit("test" if node.kind == "any" else node.kind, test=node.test)

    def _compile_choice(self, node: _Node) -> None:
        exits = []
        for part in node.parts[:-1]:
            split = self._emit("split")
            self._compile(part)
            exits.append(self._emit("jump"))
            self._program[split] = ("split", split + 1, len(self._program), None)
        self._compile(node.parts[-1])
        for place in exits:
            self._program[place] = ("jump", len(self._program), 0, None)

    def _compile_repeat(self, node: _Node) -> None:
        (part,) = node.parts
        for _ in range(node.least):
            self._compile(part)
        if node.most is None:
            split = self._emit("split")
            self._compile(part)
            self._emit("jump", split)
            self._program[split] = ("split", split + 1, len(self._program), None)
            return
        splits = []
        for _ in range(node.most - node.least):
            splits.append(self._emit("split"))
            self._compile(part)
        for split in splits:
            self._program[split] = ("split", split + 1, len(self._program), None)


def _has_bare_dot(node: _Node) -> bool:
    if node.kind == "repeat":
        return node.parts[0].kind != "any" and _has_bare_dot(node.parts[0])
    return node.kind == "any" or any(map(_has_bare_dot, node.parts))


def _sample_of(node: _Node, extra: int, repeated: bool = False) -> str:
    if node.kind == "sequence":
        return "".join(_sample_of(part, extra) for part in node.parts)
    if node.kind == "choice":
        return _sample_of(node.parts[0], extra)
    if node.kind == "repeat":
        times = max(node.least, extra if node.most is None or node.most else 0)
        return _sample_of(node.parts[0], extra, True) * times
    return "." if node.kind == "any" and not repeated else node.sample


class _Parser:
    """Reads an expression from left to right, by recursive descent."""

    def __init__(self, text: str, ignore_case: bool) -> None:
        if len(text) > LONGEST_PATTERN:
            raise FieldSyntaxError(f"the regular expression is longer than {LONGEST_PATTERN}")
        self.text = text
        self.ignore_case = ignore_case
        self.position = 0
        self.depth = 0

    def parse(self) -> _Node:
        tree = self._choice()
        if self.position < len(self.text):
            raise self._error("unbalanced ')'")
        return tree

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise self._error("the expression ends too early")
        self.position += 1
        return character

    def _error(self, message: str) -> FieldSyntaxError:
        return FieldSyntaxError(
            f"not a usable regular expression: {message}", position=self.position
        )

    def _choice(self) -> _Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self.position += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _Node("choice", tuple(branches))

    def _sequence(self) -> _Node:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else _Node("sequence", tuple(parts))

    def _repeated(self, node: _Node) -> _Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        if node.kind in ("start", "end"):
            raise self._error("nothing to repeat")
        if self._peek() == "?":
            self.position += 1  # lazy: finds another match, but no other answer
        elif self._peek() == "+":
            raise self._error("possessive repeats are not supported")
        if self._bounds() is not None:
            raise self._error("multiple repeat")
        return _Node("repeat", (node,), least=bounds[0], most=bounds[1])

    def _bounds(self) -> tuple[int, int | None] | None:
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self._peek())
        if simple is not None:
            self.position += 1
            return simple
        counts = _counts.match(self.text, self.position)
        if counts is None:
            return None
        self.position = counts.end()
        least = int(counts[1] or 0)
        most = int(counts[3]) if counts[3] else (None if counts[2] else least)
        if max(least, most or 0) > _LARGEST_REPEAT or (most is not None and most < least):
            raise self._error(f"repeats are at most {_LARGEST_REPEAT}, in order")
        return least, most

    def _atom(self) -> _Node:
        if self._bounds() is not None:
            raise self._error("nothing to repeat")
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character == ".":
            return _Node("any", test=lambda found: found != "\n", sample="a")
        if character in "^$":
            return _Node("start" if character == "^" else "end")
        return self._literal(character)

    def _group(self) -> _Node:
        self.depth += 1
        if self.depth > _DEEPEST_NESTING:
            raise self._error("groups are nested too deeply")
        if self._peek() == "?":
            if self.text[self.position : self.position + 2] != "?:":
                raise self._error("of the groups with '(?', only '(?:' is supported")
            self.position += 2
        inner = self._choice()
        if self._peek() != ")":
            raise self._error("a group is not closed")
        self.position += 1
        self.depth -= 1
        return inner

    def _escape(self) -> _Node:
        character = self._take()
        if character in _CLASSES:
            return _Node("test", test=_CLASSES[character], sample={"d": "1"}.get(character, "a"))
        if character in "AZz":
            return _Node("start" if character == "A" else "end")
        if character in _ESCAPED or not character.isalnum():
            return self._literal(_ESCAPED.get(character, character))
        raise self._error(f"\\{character} is not supported")

    def _literal(self, character: str) -> _Node:
        if self.ignore_case:
            folded = character.lower()
            return _Node("test", test=lambda found: found.lower() == folded, sample=folded)
        return _Node("test", test=lambda found: found == character, sample=character)

    def _class(self) -> _Node:
        negated = self._peek() == "^"
        if negated:
            self.position += 1
        tests: list[_Test] = []
        samples: list[str] = []
        while self._peek() != "]" or not tests:
            test, sample = self._class_member()
            tests.append(test)
            samples.append(sample)
        self.position += 1

        def passes(found: str) -> bool:
            return any(test(found) for test in tests)

        if negated:
            return _Node("test", test=lambda found: not passes(found), sample="a")
        return _Node("test", test=passes, sample=samples[0])

    def _class_member(self) -> tuple[_Test, str]:
        first = self._take()
        if first == "\\":
            is_class = self._peek() in _CLASSES
            node = self._escape()
            if node.test is None:
                raise self._error("an anchor in a class")
            if is_class:
                return node.test, node.sample
            first = node.sample
        if self.text[self.position : self.position + 1] == "-" and self.text[
            self.position + 1 : self.position + 2
        ] not in ("", "]"):
            self.position += 1
            return self._range(first)
        literal = self._literal(first)
        assert literal.test is not None
        return literal.test, first

    def _range(self, first: str) -> tuple[_Test, str]:
        last = self._take()
        if last == "\\":
            if self._peek() in _CLASSES:
                raise self._error("a class at the end of a range")
            last = self._escape().sample
        if last < first:
            raise self._error("a range is the wrong way round")
        if self.ignore_case:
            return (
                lambda found: first <= found.lower() <= last or first <= found.upper() <= last,
                first,
            )
        return lambda found: first <= found <= last, first
