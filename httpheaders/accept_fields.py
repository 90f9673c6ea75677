"""
What the four Accept fields say: ranges, found by key, each with its weight.

How this works. Reading a field gives a dictionary from *keys* to ranges: "text/html", "text/*",
"en-gb", "gzip", "*"; a range with parameters has the pair (essence, set of parameters). What was
read of a member is remembered in bounded tables: clients repeat themselves.

Source: RFC 9110 sections 12.4.2 and 12.5.1 to 12.5.4; RFC 4647 section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from httpheaders.answer import Problem
from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import canonical_coding, split_list
from httpheaders.syntax.grammar import (
    LANGUAGE_TAG,
    OWS,
    OWS_CHARACTERS,
    QVALUE,
    is_token,
    quote,
)
from httpheaders.syntax.media_types import parse_media_range
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "CHARSET_FIELD",
    "ENCODING_FIELD",
    "LANGUAGE_FIELD",
    "QUALITY_STEP",
    "TYPE_FIELD",
    "UNNAMED_IDENTITY",
    "AcceptField",
    "Key",
    "Preference",
    "Preferences",
    "Range",
    "Ranges",
    "Weighted",
    "comparable_parameters",
    "language_fault",
    "parse_accept",
    "parse_accept_charset",
    "parse_accept_encoding",
    "parse_accept_language",
    "read_field",
    "show_match",
]

Read = TypeVar("Read", bound=str | float)
Result = TypeVar("Result")


# -- Members ----------------------------------------------------------------------------------

# What ranges are found by. None marks a malformed member, "" an empty one.
Key = str | tuple[str, frozenset[tuple[str, str]]] | None


class Range(NamedTuple):
    """A range without its weight; what the field does not say itself is `implied` and no text."""

    key: Key
    text: str | None
    specificity: int
    is_wildcard: bool = False
    parameters: tuple[tuple[str, str], ...] = ()
    implied: str = ""


# Rank, quality and range. The rank orders matches: by quality, then by how specific the range is;
# it is 0 where the weight is. A plain tuple, since every member of every header makes one.
Weighted = tuple[int, float, Range]

# Every specificity stays below this, so that quality always decides first.
QUALITY_STEP = 1000


def _weight_of(quality: float) -> tuple[int, float]:
    return int(quality * 1000 + 0.5) * QUALITY_STEP, quality


def _implied(why: str, quality: float = 1.0) -> Weighted:
    return *_weight_of(quality), Range("*", None, 0, implied=why)


def show_match(weighted: Weighted) -> str:
    """Say what made an offer acceptable: which range, with which quality."""
    _, quality, found = weighted
    if found.text is None:
        return found.implied
    return f"quality {_written[quality]} by the range '{found.text[:100]}'"


# weight = OWS ";" OWS "q=" qvalue                                      RFC 9110 section 12.4.2
_weight = lazy_pattern(rf"{OWS}[qQ]=({QVALUE}){OWS}")
_MOST_REMEMBERED = 4096
_LONGEST_REMEMBERED = 128


class _Remembered(dict[Read, Result]):
    """What was made of short texts or numbers; it forgets everything when it is full."""

    def __init__(self, make: Callable[[Read], Result]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: Read) -> Result:
        result = self.make(key)
        if not isinstance(key, str) or len(key) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[key] = result
        return result


def _read_weight(text: str) -> tuple[int, float] | None:
    """Read what follows the first semicolon; None when it is not a weight and nothing else."""
    match = _weight.fullmatch(text)
    return None if match is None else _weight_of(float(match[1]))


_weights = _Remembered(_read_weight)
_UNWEIGHTED = _weight_of(1.0)
_written = _Remembered("{:g}".format)


class _Members(_Remembered[str, tuple[Key, Weighted]]):
    """
    The members of a field as read, remembered like the rest.

    `read_range` reads what stands before the first semicolon; `read_rest` reads the whole member
    again where something else than a weight follows. A malformed member has no key, and a text
    that says why.
    """

    def __init__(
        self,
        read_range: Callable[[str], Range],
        read_rest: Callable[[Range, str], tuple[Range, float]],
    ) -> None:
        super().__init__(self._read_or_tell)
        self.ranges = _Remembered(read_range)
        self._read_rest = read_rest

    def _read_or_tell(self, text: str) -> tuple[Key, Weighted]:
        try:
            found, (rank, quality) = self._read(text)
        except FieldSyntaxError as error:
            return None, (0, 0.0, Range(None, error.message, 0))
        return found.key, (rank and rank + found.specificity, quality, found)

    def _read(self, text: str) -> tuple[Range, tuple[int, float]]:
        name, semicolon, rest = text.partition(";")
        found = self.ranges[name]
        weight = _weights[rest] if semicolon else _UNWEIGHTED
        if weight is None or (semicolon and not found.key):
            found, quality = self._read_rest(found, text.strip(OWS_CHARACTERS))
            weight = _weight_of(quality)
        return found, weight


def _read_parameters(found: Range, text: str) -> tuple[Range, float]:
    """Read a media range with parameters: "level=1" in `text/html;level=1`."""
    read = parse_media_range(text)
    wanted = comparable_parameters(read.parameters)
    if not wanted:
        return found, read.quality
    written = "".join(f";{name}={quote(value)}" for name, value in read.parameters)
    parameterised = found._replace(
        key=(read.essence, wanted),
        text=f"{found.text}{written}",
        specificity=found.specificity + min(len(wanted), 99),
        parameters=read.parameters,
    )
    return parameterised, read.quality


def _read_only_weight(found: Range, text: str) -> tuple[Range, float]:
    """Say what is wrong with the weight after a name that takes no other parameters."""
    if not found.key:
        raise FieldSyntaxError("expected a name", position=0, reference="RFC 9110 section 5.6.2")
    from httpheaders.syntax.weighted_lists import parse_only_weight  # late: few are wrong

    return found, parse_only_weight(text, text.index(";"))


def comparable_parameters(parameters: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The parameters as they compare: first of a name, charset without regard to case."""
    first: dict[str, str] = {}
    for name, value in parameters:
        first.setdefault(name, value.lower() if name == "charset" else value)
    return frozenset(first.items())


def _read_media_range(text: str) -> Range:
    """Read `"*/*" / ( type "/" "*" ) / ( type "/" subtype )`, RFC 9110 section 12.5.1."""
    text = text.strip(OWS_CHARACTERS)
    if not text:
        return _EMPTY
    read = parse_media_range(text)
    level = (read.type != "*") + (read.subtype != "*")
    return Range(read.essence, text, level * 100, level < 2)


def _read_name(text: str) -> Range:
    """Read `token / "*"`, RFC 9110 section 12.5.2."""
    text = text.strip(OWS_CHARACTERS)
    if not text:
        return _EMPTY
    if not is_token(text):
        raise FieldSyntaxError("expected a name", position=0, reference="RFC 9110 section 5.6.2")
    return Range(text.lower(), text, int(text != "*"), text == "*")


def _read_coding(text: str) -> Range:
    """Read `content-coding / "identity" / "*"`, RFC 9110 section 12.5.3."""
    found = _read_name(text)
    return found._replace(key=canonical_coding(str(found.key)))


_language = lazy_pattern(LANGUAGE_TAG)
# No tag in use comes near so many; the bound keeps cutting them up cheap.
_MOST_SUBTAGS = 20


def language_fault(text: str, *, noun: str = "range") -> str | None:
    """Say why text is no language range, other than "*", or tag; None when it is one."""
    if _language.fullmatch(text) is None:
        return f"not a language {noun}"
    return f"more than {_MOST_SUBTAGS} subtags" if text.count("-") >= _MOST_SUBTAGS else None


def _read_language_range(text: str) -> Range:
    """Read `language-range`, RFC 9110 section 12.5.4."""
    text = text.strip(OWS_CHARACTERS)
    if text in ("", "*"):
        return Range("*", "*", 0, is_wildcard=True) if text else _EMPTY
    fault = language_fault(text)
    if fault is not None:
        raise FieldSyntaxError(fault, reference="RFC 4647 section 2.1")
    # Even numbers, so that `exact_first` has room.
    return Range(text.lower(), text, 2 + 2 * text.count("-"))


_EMPTY = Range("", None, 0)


# -- Fields -----------------------------------------------------------------------------------

Ranges = dict[Key, Weighted]


class AcceptField(NamedTuple):
    """
    One of the four fields.

    Attributes:
        name, reference: the field name, and the section that defines it.
        members: reads its members.
        absent: what an absent field means.
        empty: what stands where the field is there, but lists nothing.
        implied: what holds unless the field says otherwise.
    """

    name: str
    reference: str
    members: _Members
    absent: Ranges
    empty: Ranges
    implied: Ranges


# What stands for an identity that the field does not name; no member can have this key.
UNNAMED_IDENTITY = "(identity)"
_ANYTHING = _implied("the request states no preference")

TYPE_FIELD = AcceptField(
    "Accept",
    "RFC 9110 section 12.5.1",
    _Members(_read_media_range, _read_parameters),
    absent={"*/*": _ANYTHING},
    empty={"*/*": _ANYTHING},
    implied={},
)
CHARSET_FIELD = AcceptField(
    "Accept-Charset",
    "RFC 9110 section 12.5.2",
    _Members(_read_name, _read_only_weight),
    absent={"*": _ANYTHING},
    empty={"*": _ANYTHING},
    implied={},
)
ENCODING_FIELD = AcceptField(
    "Accept-Encoding",
    "RFC 9110 section 12.5.3",
    _Members(_read_coding, _read_only_weight),
    absent={"*": _ANYTHING},
    # "implies that the user agent does not want any content coding"
    empty={UNNAMED_IDENTITY: _implied("the empty field wants no content coding")},
    # "0.001 is the least preferred": what is only not excluded comes after all that is named.
    implied={UNNAMED_IDENTITY: _implied("nothing excludes it", 0.001)},
)
LANGUAGE_FIELD = AcceptField(
    "Accept-Language",
    "RFC 9110 section 12.5.4",
    _Members(_read_language_range, _read_only_weight),
    absent={"*": _ANYTHING},
    empty={"*": _ANYTHING},
    implied={},
)

_NO_PROBLEMS: tuple[Problem, ...] = ()
# More would only help someone who wants to fill memory.
_MOST_PROBLEMS = 100


def read_field(
    value: str | None, field: AcceptField, *, wildcard: bool
) -> tuple[Ranges, tuple[Problem, ...]]:
    """Read a field into its ranges by key, in order, the first of a key counting."""
    if value is None:
        return field.absent, _NO_PROBLEMS
    members = _split(value)
    problems = _NO_PROBLEMS
    ranges = _read_sound(members, field)
    if ranges is None:
        ranges, problems = _read_oddities(members, field)
    if not ranges:
        return _read_nothing(field, problems)
    if not wildcard:
        ranges = {key: one for key, one in ranges.items() if not one[2].is_wildcard}
    return field.implied | ranges if field.implied else ranges, problems


def _read_sound(members: Sequence[str], field: AcceptField) -> Ranges | None:
    """Read members that are all well formed and differ; None when they are not."""
    ranges: Ranges = {}
    names = field.members.ranges
    try:
        for text in members:
            name, semicolon, rest = text.partition(";")
            found = names[name]
            weight = _weights[rest] if semicolon else _UNWEIGHTED
            if weight is None:  # something else than a weight follows
                key, weighted = field.members[text]
                ranges[key] = weighted
            else:
                rank, quality = weight
                ranges[found.key] = rank and rank + found.specificity, quality, found
    except FieldSyntaxError:
        return None
    if len(ranges) != len(members) or None in ranges or "" in ranges:
        return None
    return ranges


def _read_nothing(
    field: AcceptField, problems: tuple[Problem, ...]
) -> tuple[Ranges, tuple[Problem, ...]]:
    """Read a field without a usable member: only Accept-Encoding says something by that."""
    if field.implied:
        return (field.implied if problems else field.empty), problems
    message = "lists nothing that can be used and is disregarded"
    return field.empty, (
        *problems,
        Problem(field.name, message, "RFC 9110 section 12.4.1"),
    )


def _split(value: str) -> list[str]:
    return split_list(value) if '"' in value else value.split(",")


def _read_oddities(
    members: Sequence[str], field: AcceptField
) -> tuple[Ranges, tuple[Problem, ...]]:
    """Read a field again, slowly, to tell which members are malformed or contradict others."""
    ranges: Ranges = {}
    problems: list[Problem] = []
    untold = 0
    for text in members:
        key, one = field.members[text]
        if key == "" or (key is not None and ranges.setdefault(key, one)[1] == one[1]):
            continue
        if len(problems) < _MOST_PROBLEMS:
            problems.append(_problem(text.strip(OWS_CHARACTERS)[:100], one[2], field))
        else:
            untold += 1
    if untold:
        problems.append(Problem(field.name, f"{untold} more such members"))
    return ranges, tuple(problems)


def _problem(shown: str, found: Range, field: AcceptField) -> Problem:
    if found.key is None:
        return Problem(field.name, f"'{shown}' is skipped: {found.text}", field.reference)
    message = f"'{shown}' repeats a range with another weight: the first holds"
    return Problem(field.name, message, "RFC 9110 section 12.4.2")


# -- Parsing alone ----------------------------------------------------------------------------


class Preference(NamedTuple):
    """One member of an Accept field: a range without its weight, and the weight."""

    range: str
    quality: float
    parameters: tuple[tuple[str, str], ...] = ()


class Preferences(NamedTuple):
    """The members of an Accept field in order, and what was wrong with others."""

    ranges: tuple[Preference, ...]
    problems: tuple[Problem, ...]


def parse_accept(value: str) -> Preferences:
    """
    Read an Accept field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.1.

    >>> parse_accept("text/html;level=1;q=0.5, */*").ranges[0]
    Preference(range='text/html;level=1', quality=0.5, parameters=(('level', '1'),))
    """
    return _parse(value, TYPE_FIELD)


def parse_accept_language(value: str) -> Preferences:
    """
    Read an Accept-Language field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.4, RFC 4647 section 2.1.

    >>> parse_accept_language("en_GB, da;q=0.8").problems[0].message
    "'en_GB' is skipped: not a language range"
    """
    return _parse(value, LANGUAGE_FIELD)


def parse_accept_encoding(value: str) -> Preferences:
    """
    Read an Accept-Encoding field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.3.
    """
    return _parse(value, ENCODING_FIELD)


def parse_accept_charset(value: str) -> Preferences:
    """
    Read an Accept-Charset field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.2.
    """
    return _parse(value, CHARSET_FIELD)


def _parse(value: str, field: AcceptField) -> Preferences:
    members = _split(value)
    read = [field.members[member] for member in members]
    return Preferences(
        tuple(
            Preference(found.text, quality, found.parameters)
            for key, (_, quality, found) in read
            if key and found.text is not None
        ),
        _read_oddities(members, field)[1],
    )
