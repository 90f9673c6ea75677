"""
Which of what a server has does this client want?

How this works. Reading a field gives a dictionary from *keys* to ranges: "text/html", "text/*",
"en-gb", "gzip", "*"; a range with parameters has the pair (essence, set of parameters). An offer
knows the keys of all ranges that could match it, most specific first, so that finding the range
which decides is one look-up after another, and no offer is ever held against every range. What was
read of a member, and the keys of offers, are remembered in bounded tables: clients and servers
repeat themselves.

RFC 4647 lookup goes the other way, from each range to the longest tag that is no longer than it;
everything before and after is shared.

Source: RFC 9110 sections 12.4, 12.5.1 to 12.5.5; RFC 4647 sections 3.3.1 and 3.4.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations
from operator import itemgetter
from typing import Generic, Literal, TypeVar

from httpheaders.answer import Problem, Step
from httpheaders.errors import FieldSyntaxError, PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import parse_parameters, parse_weight, split_list
from httpheaders.syntax.grammar import OWS, OWS_CHARACTERS, QVALUE, is_token, quote
from httpheaders.syntax.media_types import parse_media_range, parse_media_type
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "Negotiation",
    "Preference",
    "Preferences",
    "Ranked",
    "Variant",
    "negotiate",
    "negotiate_charset",
    "negotiate_content_type",
    "negotiate_encoding",
    "negotiate_language",
    "negotiate_type",
    "negotiate_variants",
    "parse_accept",
    "parse_accept_charset",
    "parse_accept_encoding",
    "parse_accept_language",
]

Offer = TypeVar("Offer")
Read = TypeVar("Read", bound=str | float)
Result = TypeVar("Result")


class Variant(NamedTuple):
    """
    One representation, described in up to four dimensions; None: not in this dimension.

    `quality` is the server's own estimate from 0 to 1, by which the client's is multiplied.
    """

    type: str | None = None
    language: str | None = None
    encoding: str | None = None
    charset: str | None = None
    quality: float = 1.0


class Ranked(NamedTuple, Generic[Offer]):
    """An acceptable offer, its quality, and the range that gave it; None: no range was needed."""

    offer: Offer
    quality: float
    range: str | None


class Negotiation(NamedTuple, Generic[Offer]):
    """
    What to send: `selected`, or None with status 406.

    `ranked` holds every acceptable offer, best first. `quality` is None where nothing in the field
    gave one: nothing was selected, or a default was. `vary` names the request fields that a
    response must list in Vary, whatever was selected.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    selected: Offer | None
    quality: float | None
    ranked: tuple[Ranked[Offer], ...]
    status: int
    vary: tuple[str, ...]


class Preference(NamedTuple):
    """One member of an Accept field: a range without its weight, and the weight."""

    range: str
    quality: float
    parameters: tuple[tuple[str, str], ...] = ()


class Preferences(NamedTuple):
    """The members of an Accept field in order, and what was wrong with others."""

    ranges: tuple[Preference, ...]
    problems: tuple[Problem, ...]


# -- Ranges -----------------------------------------------------------------------------------

# What ranges are found by. None marks a malformed member, "" an empty one.
_Key = str | tuple[str, frozenset[tuple[str, str]]] | None


class _Range(NamedTuple):
    """A range without its weight; what the field does not say itself is `implied` and no text."""

    key: _Key
    text: str | None
    specificity: int
    is_wildcard: bool = False
    parameters: tuple[tuple[str, str], ...] = ()
    implied: str = ""


# Rank, quality and range. The rank orders matches: by quality, then by how specific the range is;
# it is 0 where the weight is. A plain tuple, since every member of every header makes one.
_Weighted = tuple[int, float, _Range]

# Every specificity stays below this, so that quality always decides first.
_QUALITY_STEP = 1000


def _weight_of(quality: float) -> tuple[int, float]:
    return int(quality * 1000 + 0.5) * _QUALITY_STEP, quality


def _implied(why: str, quality: float = 1.0) -> _Weighted:
    return *_weight_of(quality), _Range("*", None, 0, implied=why)


def _show(weighted: _Weighted) -> str:
    _, quality, found = weighted
    if found.text is None:
        return found.implied
    return f"quality {_written[quality]} by the range '{found.text[:100]}'"


_weight = lazy_pattern(rf"{OWS}(?:[qQ]=({QVALUE}){OWS})?")
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
    """Read what follows the first semicolon; None when it is more than a weight."""
    match = _weight.fullmatch(text)
    if match is None:
        return None
    return _weight_of(1.0 if match[1] is None else float(match[1]))


_weights = _Remembered(_read_weight)
_written = _Remembered("{:g}".format)


class _Members(dict[str, tuple[_Key, _Weighted]]):
    """
    The members of a field as read, remembered like the rest.

    `read_range` reads what stands before the first semicolon; `read_rest` reads the whole member
    again where more than a weight follows. A malformed member has no key; its text says why.
    """

    def __init__(
        self,
        read_range: Callable[[str], _Range],
        read_rest: Callable[[_Range, str], tuple[_Range, float]],
    ) -> None:
        super().__init__()
        self.ranges = _Remembered(read_range)
        self.read_rest = read_rest

    def __missing__(self, text: str) -> tuple[_Key, _Weighted]:
        try:
            found, (rank, quality) = self._read(text)
        except FieldSyntaxError as error:
            return None, (0, 0.0, _Range(None, error.message, 0))
        member = found.key, (rank and rank + found.specificity, quality, found)
        if len(text) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[text] = member
        return member

    def _read(self, text: str) -> tuple[_Range, tuple[int, float]]:
        name, semicolon, rest = text.partition(";")
        found = self.ranges[name]
        weight = _weights[rest]
        if weight is None or (semicolon and not found.key):
            found, quality = self.read_rest(found, text.strip(OWS_CHARACTERS))
            weight = _weight_of(quality)
        return found, weight


def _read_parameters(found: _Range, text: str) -> tuple[_Range, float]:
    """Read a media range with parameters: "level=1" in `text/html;level=1`."""
    read = parse_media_range(text)
    wanted = _comparable(read.parameters)
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


def _read_only_weight(found: _Range, text: str) -> tuple[_Range, float]:
    """Read the weight after a name that takes no other parameters, oddly written as it may be."""
    if not found.key:
        raise FieldSyntaxError("expected a name", position=0, reference="RFC 9110 section 5.6.2")
    parameters = parse_parameters(text, text.index(";"))
    if any(name != "q" for name, _ in parameters):
        raise FieldSyntaxError("only ';q=' may follow", reference="RFC 9110 section 12.4.2")
    return found, parse_weight(parameters[0][1]) if parameters else 1.0


def _comparable(parameters: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The parameters as they compare: first of a name, charset without regard to case."""
    first: dict[str, str] = {}
    for name, value in parameters:
        first.setdefault(name, value.lower() if name == "charset" else value)
    return frozenset(first.items())


def _read_media_range(text: str) -> _Range:
    """Read `"*/*" / ( type "/" "*" ) / ( type "/" subtype )`, RFC 9110 section 12.5.1."""
    text = text.strip(OWS_CHARACTERS)
    if not text:
        return _EMPTY
    read = parse_media_range(text)
    level = (read.type != "*") + (read.subtype != "*")
    return _Range(read.essence, text, level * 100, level < 2)


def _read_name(text: str) -> _Range:
    """Read `token / "*"`, RFC 9110 section 12.5.2."""
    text = text.strip(OWS_CHARACTERS)
    if not text:
        return _EMPTY
    if not is_token(text):
        raise FieldSyntaxError("expected a name", position=0, reference="RFC 9110 section 5.6.2")
    return _Range(text.lower(), text, int(text != "*"), text == "*")


def _read_coding(text: str) -> _Range:
    """Read `content-coding / "identity" / "*"`, RFC 9110 section 12.5.3."""
    found = _read_name(text)
    return found._replace(key=_EQUIVALENT_CODINGS.get(str(found.key), found.key))


# language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*"                   RFC 4647 section 2.1
# No tag in use comes near twenty subtags; the bound keeps cutting them up cheap.
_language = lazy_pattern(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,20}")


def _read_language_range(text: str) -> _Range:
    """Read `language-range`, RFC 9110 section 12.5.4."""
    text = text.strip(OWS_CHARACTERS)
    if text in ("", "*"):
        return _Range("*", "*", 0, is_wildcard=True) if text else _EMPTY
    if _language.fullmatch(text) is None:
        raise FieldSyntaxError("not a language range", reference="RFC 4647 section 2.1")
    # Even numbers, so that `_exact_first` has room.
    return _Range(text.lower(), text, 2 + 2 * text.count("-"))


_EMPTY = _Range("", None, 0)


# -- Offers -----------------------------------------------------------------------------------

# "SHOULD consider "x-gzip" to be equivalent to "gzip"", likewise compress: RFC 9110 section 8.4.1
_EQUIVALENT_CODINGS = {"x-gzip": "gzip", "x-compress": "compress"}
_LONGEST_OFFER = 1000
_MOST_PARAMETERS = 8

_Keys = Iterable[_Key]


class _ParameterisedKeys:
    """The keys of an offer with parameters, made when they are needed: they are many."""

    __slots__ = ("levels", "parameters")

    def __init__(self, levels: tuple[str, ...], parameters: frozenset[tuple[str, str]]) -> None:
        self.levels = levels
        self.parameters = sorted(parameters)

    def __iter__(self) -> Iterator[_Key]:
        return chain.from_iterable(self.by_specificity())

    def by_specificity(self) -> Iterator[list[_Key]]:
        """Give the keys of equally specific ranges together, the most specific first."""
        for level in self.levels:
            for size in range(len(self.parameters), 0, -1):
                yield [(level, frozenset(some)) for some in combinations(self.parameters, size)]
            yield [level]


def _type_keys(offer: str) -> _Keys:
    media_type = parse_media_type(offer.strip(OWS_CHARACTERS))
    levels = (media_type.essence, f"{media_type.type}/*", "*/*")
    if not media_type.parameters:
        return levels
    parameters = _comparable(media_type.parameters)
    if any(name == "q" for name, _ in parameters):
        raise FieldSyntaxError("an offer has no weight; a variant may have a quality")
    if len(parameters) > _MOST_PARAMETERS:
        raise FieldSyntaxError(f"more than {_MOST_PARAMETERS} parameters")
    keys = _ParameterisedKeys(levels, parameters)
    # With one parameter, no two ranges are equally specific.
    return tuple(keys) if len(parameters) == 1 else keys


def _language_keys(offer: str) -> _Keys:
    """The ranges that match a tag by basic filtering, RFC 4647 section 3.3.1."""
    if _language.fullmatch(offer) is None:
        hint = f", did you mean '{offer.replace('_', '-')}'" if "_" in offer else ""
        raise FieldSyntaxError(f"not a language tag{hint}", reference="RFC 4647 section 2.1")
    subtags = offer.lower().split("-")
    return (*("-".join(subtags[:length]) for length in range(len(subtags), 0, -1)), "*")


def _charset_keys(offer: str) -> _Keys:
    return _checked_token(offer), "*"


# What stands for an identity that the field does not name; no member can have this key.
_UNNAMED_IDENTITY = "(identity)"


def _coding_keys(offer: str) -> _Keys:
    name = _checked_token(offer)
    if name == "identity":
        return name, "*", _UNNAMED_IDENTITY
    return _EQUIVALENT_CODINGS.get(name, name), "*"


def _checked_token(offer: str) -> str:
    if not is_token(offer) or offer == "*":
        raise FieldSyntaxError("expected a name", reference="RFC 9110 section 5.6.2")
    return offer.lower()


_Offers = tuple[tuple[str, _Keys], ...]


def _read_offers(keys_of: Callable[[str], _Keys], offers: tuple[str, ...]) -> _Offers:
    """Give each offer its keys; an offer that cannot be read makes the question unusable."""
    return tuple((offer, _checked_keys(keys_of, offer)) for offer in offers)


def _checked_keys(keys_of: Callable[[str], _Keys], offer: str) -> _Keys:
    if len(offer) > _LONGEST_OFFER:
        raise PolicyError(f"cannot offer '{offer[:60]}…': longer than {_LONGEST_OFFER} characters")
    try:
        return keys_of(offer)
    except FieldSyntaxError as error:
        raise PolicyError(
            f"cannot offer '{offer[:100]}': {error.message}", reference=error.reference
        ) from None


_remembered_offers = lru_cache(maxsize=256)(_read_offers)
# Servers offer a handful; what is longer is read each time rather than kept.
_MOST_REMEMBERED_OFFERS = 64


# -- Fields -----------------------------------------------------------------------------------


_Ranges = dict[_Key, _Weighted]


class _Dimension(NamedTuple):
    """One of the four fields: its name, its rule, how it and its offers are read."""

    field: str
    reference: str
    members: _Members
    keys_of: Callable[[str], _Keys]
    absent: _Ranges
    # What stands where the field is there, but lists nothing.
    empty: _Ranges
    # What holds unless the field says otherwise.
    implied: _Ranges


_ANYTHING = _implied("the request states no preference")

_TYPE = _Dimension(
    "Accept",
    "RFC 9110 section 12.5.1",
    _Members(_read_media_range, _read_parameters),
    _type_keys,
    absent={"*/*": _ANYTHING},
    empty={"*/*": _ANYTHING},
    implied={},
)
_CHARSET = _Dimension(
    "Accept-Charset",
    "RFC 9110 section 12.5.2",
    _Members(_read_name, _read_only_weight),
    _charset_keys,
    absent={"*": _ANYTHING},
    empty={"*": _ANYTHING},
    implied={},
)
_ENCODING = _Dimension(
    "Accept-Encoding",
    "RFC 9110 section 12.5.3",
    _Members(_read_coding, _read_only_weight),
    _coding_keys,
    absent={"*": _ANYTHING},
    # "implies that the user agent does not want any content coding"
    empty={_UNNAMED_IDENTITY: _implied("the empty field wants no content coding")},
    # "0.001 is the least preferred": what is only not excluded comes after all that is named.
    implied={_UNNAMED_IDENTITY: _implied("nothing excludes it", 0.001)},
)
_LANGUAGE = _Dimension(
    "Accept-Language",
    "RFC 9110 section 12.5.4",
    _Members(_read_language_range, _read_only_weight),
    _language_keys,
    absent={"*": _ANYTHING},
    empty={"*": _ANYTHING},
    implied={},
)

_NO_PROBLEMS: tuple[Problem, ...] = ()
# More would only help someone who wants to fill memory.
_MOST_PROBLEMS = 100


def _read_field(
    value: str | None, dimension: _Dimension, *, wildcard: bool
) -> tuple[_Ranges, tuple[Problem, ...]]:
    """Read a field into its ranges by key, in order, the first of a key counting."""
    if value is None:
        return dimension.absent, _NO_PROBLEMS
    members = _split(value)
    problems = _NO_PROBLEMS
    ranges = _read_sound(members, dimension)
    if ranges is None:
        ranges, problems = _read_oddities(members, dimension)
    if not ranges:
        return _read_nothing(dimension, problems)
    if not wildcard:
        ranges = {key: one for key, one in ranges.items() if not one[2].is_wildcard}
    return dimension.implied | ranges if dimension.implied else ranges, problems


def _read_sound(members: Sequence[str], dimension: _Dimension) -> _Ranges | None:
    """Read members that are all well formed and differ; None when they are not."""
    ranges: _Ranges = {}
    names = dimension.members.ranges
    try:
        for text in members:
            name, _, rest = text.partition(";")
            found = names[name]
            weight = _weights[rest]
            if weight is None:  # more than a weight follows
                key, weighted = dimension.members[text]
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
    dimension: _Dimension, problems: tuple[Problem, ...]
) -> tuple[_Ranges, tuple[Problem, ...]]:
    """Read a field without a usable member: only Accept-Encoding says something by that."""
    if dimension.implied:
        return (dimension.implied if problems else dimension.empty), problems
    message = "lists nothing that can be used and is disregarded"
    return dimension.empty, (
        *problems,
        Problem(dimension.field, message, "RFC 9110 section 12.4.1"),
    )


def _split(value: str) -> list[str]:
    return split_list(value) if '"' in value else value.split(",")


def _read_oddities(
    members: Sequence[str], dimension: _Dimension
) -> tuple[_Ranges, tuple[Problem, ...]]:
    """Read a field again, slowly, to tell which members are malformed or contradict others."""
    ranges: _Ranges = {}
    problems: list[Problem] = []
    untold = 0
    for text, (key, one) in zip(members, map(dimension.members.__getitem__, members), strict=True):
        if key == "" or (key is not None and ranges.setdefault(key, one)[1] == one[1]):
            continue
        if len(problems) < _MOST_PROBLEMS:
            problems.append(_problem(text.strip(OWS_CHARACTERS)[:100], one[2], dimension))
        else:
            untold += 1
    if untold:
        problems.append(Problem(dimension.field, f"{untold} more such members"))
    return ranges, tuple(problems)


def _problem(shown: str, found: _Range, dimension: _Dimension) -> Problem:
    if found.key is None:
        return Problem(dimension.field, f"'{shown}' is skipped: {found.text}", dimension.reference)
    message = f"'{shown}' repeats a range with another weight: the first holds"
    return Problem(dimension.field, message, "RFC 9110 section 12.4.2")


# -- Parsing alone ----------------------------------------------------------------------------


def parse_accept(value: str) -> Preferences:
    """
    Read an Accept field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.1.

    >>> parse_accept("text/html;level=1;q=0.5, */*").ranges[0]
    Preference(range='text/html;level=1', quality=0.5, parameters=(('level', '1'),))
    """
    return _parse(value, _TYPE)


def parse_accept_language(value: str) -> Preferences:
    """
    Read an Accept-Language field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.4, RFC 4647 section 2.1.

    >>> parse_accept_language("en_GB, da;q=0.8").problems[0].message
    "'en_GB' is skipped: not a language range"
    """
    return _parse(value, _LANGUAGE)


def parse_accept_encoding(value: str) -> Preferences:
    """
    Read an Accept-Encoding field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.3.
    """
    return _parse(value, _ENCODING)


def parse_accept_charset(value: str) -> Preferences:
    """
    Read an Accept-Charset field; malformed members are left out and told.

    Source: RFC 9110 section 12.5.2.
    """
    return _parse(value, _CHARSET)


def _parse(value: str, dimension: _Dimension) -> Preferences:
    members = _split(value)
    read = [dimension.members[member] for member in members]
    return Preferences(
        tuple(
            Preference(found.text, quality, found.parameters)
            for key, (_, quality, found) in read
            if key and found.text is not None
        ),
        _read_oddities(members, dimension)[1],
    )


# -- One dimension ----------------------------------------------------------------------------

# An acceptable offer and what made it so, its rank first.
_Match = tuple[int, str, _Weighted]
_by_rank = itemgetter(0)
# What NamedTuple's own constructor does, without the call in between: answers are made by the line.
_new = tuple.__new__


def negotiate_type(
    accept: str | None,
    offers: Collection[str],
    *,
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a media type.

    The most specific range that matches an offer gives its quality, of equally specific ones the
    one with the highest; 0 excludes the offer. The highest quality wins, then the more specific
    range, then the earlier offer. A range's parameters must be in the offer; the offer may have
    more. A field that lists nothing usable is disregarded.

    Args:
        accept: the Accept field, its lines joined; None when the request has none.
        offers: media types, the one the server likes best first.
        default: what to select when no offer is acceptable.
        wildcard: whether `*/*` and `type/*` count.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: an offer is no media type: a range, a type with a weight, a file extension.

    Source: RFC 9110 section 12.5.1.

    >>> answer = negotiate_type("text/*;q=0.5, text/html", ["text/plain", "text/html"])
    >>> answer.selected, answer.quality, [ranked.offer for ranked in answer.ranked]
    ('text/html', 1.0, ['text/html', 'text/plain'])
    """
    return _negotiate(_TYPE, accept, offers, default, wildcard, explain)


def negotiate_encoding(
    accept_encoding: str | None,
    offers: Collection[str],
    *,
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a content coding.

    An offer "identity" is acceptable unless excluded; where the field does not name it, it comes
    after all that it names. "x-gzip" and "gzip" are one, "x-compress" and "compress" too. An empty
    field wants identity alone.

    Args:
        accept_encoding: the Accept-Encoding field, its lines joined; None when there is none.
        offers: content codings, the one the server likes best first.
        default: what to select when no offer is acceptable.
        wildcard: whether `*` counts.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: an offer is no content coding.

    Source: RFC 9110 sections 8.4.1 and 12.5.3.

    >>> negotiate_encoding("gzip;q=0, br", ["gzip", "identity"]).selected
    'identity'
    """
    return _negotiate(_ENCODING, accept_encoding, offers, default, wildcard, explain)


def negotiate_charset(
    accept_charset: str | None,
    offers: Collection[str],
    *,
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a charset; the arguments are those of `negotiate_type`.

    Raises:
        PolicyError: an offer is no charset name.

    Source: RFC 9110 section 12.5.2.

    >>> negotiate_charset("iso-8859-5, utf-8;q=0.8", ["UTF-8"]).selected
    'UTF-8'
    """
    return _negotiate(_CHARSET, accept_charset, offers, default, wildcard, explain)


def negotiate_language(
    accept_language: str | None,
    offers: Collection[str],
    *,
    match: Literal["lookup", "filter"] = "lookup",
    default: str | None = None,
    default_range: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a language by lookup or by basic filtering.

    Lookup takes the ranges by weight, equal ones in the order of the field, and finds for each the
    longest tag that is no longer than it: "en-GB" finds "en", "en" never finds "en-GB". A range
    "*" says nothing by itself and asks for the default, without one for the first offer. A tag
    whose most specific range has weight 0 is never found.

    Basic filtering matches "en" with "en" and "en-GB", and goes on as `negotiate_type` does; a tag
    that is the range itself is the more specific match.

    Args:
        accept_language: the Accept-Language field, its lines joined; None when there is none.
        offers: language tags, the one the server likes best first.
        match: the scheme.
        default: what to select when nothing else was; it need not be among the offers.
        default_range: a range to look up last, before the default.
        wildcard: whether `*` counts.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: an offer is no language tag, or the scheme is unknown.

    Source: RFC 9110 section 12.5.4; RFC 4647 sections 3.3.1 and 3.4.

    >>> negotiate_language("en-GB, fr;q=0.5", ["fr", "en"]).selected
    'en'
    >>> negotiate_language("en", ["fr", "en-GB"], match="filter").selected
    'en-GB'
    """
    if match == "lookup":
        return _lookup_language(accept_language, offers, default, default_range, wildcard, explain)
    if match != "filter":
        raise PolicyError(f"unknown matching scheme '{match}': expected 'lookup' or 'filter'")
    answer = _negotiate(_LANGUAGE, accept_language, offers, None, wildcard, explain)
    return answer if answer.ok else _with_default(answer, offers, default, default_range)


def negotiate(
    offers: Collection[str],
    *,
    accept: str | None = None,
    accept_language: str | None = None,
    accept_encoding: str | None = None,
    accept_charset: str | None = None,
    by: str | None = None,
    match: Literal["lookup", "filter"] = "lookup",
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose by whichever field decides about these offers.

    Args:
        offers: media types, language tags, content codings or charsets, the best liked first.
        accept, accept_language, accept_encoding, accept_charset: the fields, as far as there are.
        by: "type", "language", "encoding" or "charset". None: what the only field given is about,
            else what the offers look like.
        match, default, wildcard, explain: as in `negotiate_language`.

    Raises:
        PolicyError: an offer is not what it should be, or nothing tells what the offers are.

    Source: RFC 9110 sections 12.5.1 to 12.5.4.

    >>> negotiate(["en", "de"], accept_language="de-AT").selected
    'de'
    >>> negotiate(["gzip", "br"], accept="*/*", accept_encoding="br").selected
    'br'
    """
    if (
        by is None
        and accept is not None
        and (accept_language is accept_encoding is accept_charset is None)
    ):
        return _negotiate(_TYPE, accept, offers, default, wildcard, explain)
    fields = {
        "type": accept,
        "language": accept_language,
        "encoding": accept_encoding,
        "charset": accept_charset,
    }
    if by is None:
        given = [kind for kind, value in fields.items() if value is not None]
        by = given[0] if len(given) == 1 else _kind_of(offers)
    elif by not in fields:
        raise PolicyError(f"cannot negotiate by '{by}': expected {', '.join(fields)}")
    if by == "language":
        return negotiate_language(
            accept_language,
            offers,
            match=match,
            default=default,
            wildcard=wildcard,
            explain=explain,
        )
    return _negotiate(_DIMENSIONS[by], fields[by], offers, default, wildcard, explain)


# The codings that RFC 9110 section 8.4.1 and the IANA registry name.
_CODINGS = frozenset(
    [
        "identity",
        "gzip",
        "x-gzip",
        "deflate",
        "compress",
        "x-compress",
        "br",
        "zstd",
        "dcb",
        "dcz",
        "aes128gcm",
        "exi",
    ]
)


def _kind_of(offers: Collection[str]) -> str:
    if all("/" in offer for offer in offers):
        return "type"
    if all(offer.lower() in _CODINGS for offer in offers):
        return "encoding"
    raise PolicyError(
        "the offers may be languages or charsets: say which with 'by', or give that field alone"
    )


def negotiate_content_type(accept_header: str | None, available_types: Sequence[str]) -> str | None:
    """
    Give the best of the available media types, or None when none is acceptable.

    Raises:
        PolicyError: an available type is no media type; None would hide the mistake.

    Source: RFC 9110 section 12.5.1.

    >>> negotiate_content_type("text/html;q=0.8, text/plain", ["text/html", "text/plain"])
    'text/plain'
    """
    return negotiate_type(accept_header, available_types).selected


def _negotiate(
    dimension: _Dimension,
    value: str | None,
    offers: Collection[str],
    default: str | None,
    wildcard: bool,
    explain: bool,
) -> Negotiation[str]:
    ranges, problems = _read_field(value, dimension, wildcard=wildcard)
    known = _known_offers(dimension, offers)
    matches = _acceptable(ranges, known)
    if dimension is _LANGUAGE:
        matches = _exact_first(matches)
    steps = _explain(dimension, ranges, known, is_lookup=False) if explain else ()
    answer = _answer(dimension, value, matches, problems, steps)
    return answer if answer.ok else _with_default(answer, offers, default, None)


def _known_offers(dimension: _Dimension, offers: Collection[str]) -> _Offers:
    read = _remembered_offers if len(offers) <= _MOST_REMEMBERED_OFFERS else _read_offers
    return read(dimension.keys_of, tuple(offers))


def _acceptable(ranges: _Ranges, offers: _Offers) -> list[_Match]:
    """Find for each offer the most specific range; keep what is not excluded, best first."""
    matches = []
    find = ranges.get
    for offer, keys in offers:
        if isinstance(keys, _ParameterisedKeys):
            weighted = _deciding(ranges, keys)
        else:
            weighted = None
            for key in keys:
                weighted = find(key)
                if weighted is not None:
                    break
        if weighted is not None and weighted[0]:
            matches.append((weighted[0], offer, weighted))
    # The sort is stable in reverse too, so equals keep the server's order.
    if len(matches) > 1:
        matches.sort(key=_by_rank, reverse=True)
    return matches


def _exact_first(matches: Sequence[_Match]) -> list[_Match]:
    """Count a tag that is the range itself as more specific than one that only begins with it."""
    exact = [(rank + (one[2].key == offer.lower()), offer, one) for rank, offer, one in matches]
    return sorted(exact, key=_by_rank, reverse=True)


def _answer(
    dimension: _Dimension,
    value: str | None,
    matches: list[_Match],
    problems: tuple[Problem, ...],
    steps: tuple[Step, ...],
    reference: str | None = None,
) -> Negotiation[str]:
    reference = reference or dimension.reference
    vary = (dimension.field,)
    if not matches:
        reason = f"no offer is acceptable to {dimension.field} '{(value or '')[:200]}'"
        return Negotiation(False, reason, reference, problems, steps, None, None, (), 406, vary)
    _, selected, best = matches[0]
    reason = f"'{selected}' is the best offer: {_show(best)}"
    ranked = tuple(
        [_new(Ranked, (offer, quality, found.text)) for _, offer, (_, quality, found) in matches]
    )
    return _new(
        Negotiation,
        (True, reason, reference, problems, steps, selected, best[1], ranked, 200, vary),
    )


def _with_default(
    answer: Negotiation[str],
    offers: Collection[str],
    default: str | None,
    default_range: str | None,
) -> Negotiation[str]:
    """Select the default: a server may disregard a field that accepts nothing it has."""
    selected = _look_up_default(offers, default_range) or default
    if selected is None:
        return answer
    return answer._replace(
        ok=True,
        reason=f"'{selected}' is the default: {answer.reason}",
        reference="RFC 9110 section 12.4.1",
        selected=selected,
        status=200,
    )


# -- Lookup -----------------------------------------------------------------------------------

_LOOKUP_REFERENCE = "RFC 4647 section 3.4"


def _lookup_language(
    value: str | None,
    offers: Collection[str],
    default: str | None,
    default_range: str | None,
    wildcard: bool,
    explain: bool,
) -> Negotiation[str]:
    ranges, problems = _read_field(value, _LANGUAGE, wildcard=wildcard)
    known = _known_offers(_LANGUAGE, offers)
    has_default = default is not None or bool(default_range)
    matches = _look_up(ranges, known, any_tag=not has_default)
    steps = _explain(_LANGUAGE, ranges, known, is_lookup=True) if explain else ()
    answer = _answer(_LANGUAGE, value, matches, problems, steps, _LOOKUP_REFERENCE)
    if answer.ok:
        return answer
    answer = answer._replace(reason=answer.reason + _filtering_hint(ranges, known))
    return _with_default(answer, offers, default, default_range)


def _look_up(ranges: _Ranges, offers: _Offers, *, any_tag: bool = True) -> list[_Match]:
    """Find the tag of each range in order of priority; with `any_tag`, "*" finds the others."""
    tags = _by_tag(offers)
    excluded = _excluded(ranges, offers)
    reached: dict[str, _Weighted] = {}
    for key, weighted in _by_priority(ranges):
        tag = _find_tag(key, tags, excluded)
        if tag is not None:
            reached.setdefault(tag, weighted)
    anything = ranges.get("*")
    matches = [(one[0], offer, one) for tag, one in reached.items() for offer in tags[tag]]
    if any_tag and anything and anything[1]:
        settled = reached.keys() | excluded
        left = (offer for offer, _ in offers if offer.lower() not in settled)
        matches += [(anything[0], offer, anything) for offer in left]
    return matches


def _find_tag(key: str, tags: Collection[str], excluded: Collection[str]) -> str | None:
    return next((tag for tag in _truncations(key) if tag in tags and tag not in excluded), None)


def _by_tag(offers: _Offers) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for offer, _ in offers:
        tags.setdefault(offer.lower(), []).append(offer)
    return tags


def _by_priority(ranges: _Ranges) -> list[tuple[str, _Weighted]]:
    """The ranges to look up; "*" "does not convey enough information by itself"."""
    wanted = [(str(key), one) for key, one in ranges.items() if one[1] and key != "*"]
    wanted.sort(key=lambda pair: pair[1][1], reverse=True)
    return wanted


def _excluded(ranges: _Ranges, offers: _Offers) -> set[str]:
    """The tags whose most specific range, other than "*", has weight 0."""
    if all(quality for _, quality, _ in ranges.values()):
        return set()
    named = {key: one for key, one in ranges.items() if key != "*"}
    deciding = ((offer, _deciding(named, keys)) for offer, keys in offers)
    return {offer.lower() for offer, weighted in deciding if weighted and not weighted[1]}


def _deciding(ranges: _Ranges, keys: _Keys) -> _Weighted | None:
    return next(_matching(ranges, keys), None)


def _matching(ranges: _Ranges, keys: _Keys) -> Iterator[_Weighted]:
    """Give the ranges that match, the deciding one first: of equally specific, the best liked."""
    if not isinstance(keys, _ParameterisedKeys):
        yield from (ranges[key] for key in keys if key in ranges)
        return
    for same in keys.by_specificity():
        found = [ranges[key] for key in same if key in ranges]
        found.sort(key=_by_rank, reverse=True)
        yield from found


@lru_cache(maxsize=1024)
def _truncations(tag: str) -> tuple[str, ...]:
    """The tag and what is left of it when subtags go one by one; a single one never ends it."""
    subtags = tag.split("-")
    found = []
    while subtags:
        found.append("-".join(subtags))
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:
            subtags.pop()
    return tuple(found)


def _look_up_default(offers: Collection[str], default_range: str | None) -> str | None:
    if not default_range or len(default_range) > _LONGEST_OFFER:
        return None
    tags = {offer.lower(): offer for offer in reversed(tuple(offers))}
    return next((tags[tag] for tag in _truncations(default_range.lower()) if tag in tags), None)


def _filtering_hint(ranges: _Ranges, offers: _Offers) -> str:
    matches = _acceptable({key: one for key, one in ranges.items() if key != "*"}, offers)
    return f" by lookup; filtering would select '{matches[0][1]}'" if matches else ""


# -- Several dimensions -----------------------------------------------------------------------


def negotiate_variants(
    variants: Sequence[Variant],
    *,
    accept: str | None = None,
    accept_language: str | None = None,
    accept_encoding: str | None = None,
    accept_charset: str | None = None,
    match: Literal["lookup", "filter"] = "lookup",
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[Variant]:
    """
    Choose among representations that differ in type, language, encoding or charset.

    A variant's quality is the product of its own and of that in each dimension; the highest wins,
    then the more specific type, language, encoding and charset, then the earlier variant. Where a
    variant says nothing of a dimension, it suits every client, but no encoding means identity.
    `vary` names the fields of the dimensions in which some variant is described.

    Raises:
        PolicyError: a variant's member is not what its name says, or its quality is not 0 to 1.

    Source: RFC 9110 sections 12.1 and 12.5.

    >>> answer = negotiate_variants(
    ...     [Variant("text/html", "en"), Variant("text/html", "fr")],
    ...     accept="text/*", accept_language="fr, en;q=0.5")
    >>> answer.selected.language, answer.vary
    ('fr', ('Accept', 'Accept-Language'))
    """
    _check_variants(variants, match)
    judged = [_Judged(variant, variant.quality, {}, ()) for variant in variants if variant.quality]
    problems: list[Problem] = []
    steps: list[Step] = []
    vary: list[str] = []
    reason = "every variant has quality 0"
    # Languages come last: the one tag that lookup finds for a range must not fall to another field.
    fields = (accept, accept_encoding, accept_charset, accept_language)
    for (name, dimension), value in zip(_DIMENSIONS.items(), fields, strict=True):
        if all(getattr(variant, name) is None for variant in variants):
            continue
        ranges, found = _read_field(value, dimension, wildcard=wildcard)
        offers = _known_offers(dimension, _described(name, judged))
        is_lookup = name == "language" and match == "lookup"
        matches = _look_up(ranges, offers) if is_lookup else _acceptable(ranges, offers)
        if name == "language" and not is_lookup:
            matches = _exact_first(matches)
        if judged:
            judged = _judge(name, judged, _specificities(matches, is_lookup=is_lookup))
            reason = f"no variant is acceptable to {dimension.field} '{(value or '')[:200]}'"
        if explain:
            steps += _explain(dimension, ranges, offers, is_lookup=is_lookup)
        problems += found
        vary.append(dimension.field)
    judged.sort(key=_worth, reverse=True)
    return _variant_answer(judged, reason, tuple(problems), tuple(steps), tuple(vary))


_DIMENSIONS = {"type": _TYPE, "encoding": _ENCODING, "charset": _CHARSET, "language": _LANGUAGE}
# The order in which ties are broken among dimensions.
_TIE_BREAKERS = ("type", "language", "encoding", "charset")


class _Judged(NamedTuple):
    """A variant still acceptable, with what each dimension so far made of it."""

    variant: Variant
    quality: float
    specificities: dict[str, int]
    ranges: tuple[str, ...]


def _check_variants(variants: Sequence[Variant], match: str) -> None:
    if match not in ("lookup", "filter"):
        raise PolicyError(f"unknown matching scheme '{match}': expected 'lookup' or 'filter'")
    for variant in variants:
        if not 0 <= variant.quality <= 1:
            raise PolicyError(f"quality {variant.quality!r} of a variant is not from 0 to 1")
        for name, dimension in _DIMENSIONS.items():
            described = getattr(variant, name)
            if described is not None:
                _checked_keys(dimension.keys_of, described)


def _described(name: str, judged: Sequence[_Judged]) -> list[str]:
    """What the variants offer in one dimension, each once."""
    offers = (_offer_in(name, one.variant) for one in judged)
    return list(dict.fromkeys(offer for offer in offers if offer is not None))


def _offer_in(name: str, variant: Variant) -> str | None:
    offer: str | None = getattr(variant, name)
    return "identity" if offer is None and name == "encoding" else offer


def _specificities(matches: Sequence[_Match], *, is_lookup: bool) -> dict[str, _Weighted]:
    """What each offer was matched by, with how specific that is in place of the rank."""
    if is_lookup:
        # Lookup has found the best first.
        return {offer: (-place, *one[1:]) for place, (_, offer, one) in enumerate(matches)}
    return {offer: (rank % _QUALITY_STEP, *one[1:]) for rank, offer, one in matches}


def _judge(name: str, judged: Sequence[_Judged], matches: Mapping[str, _Weighted]) -> list[_Judged]:
    """Keep the variants that are acceptable in one dimension too."""
    kept = []
    for one in judged:
        offer = _offer_in(name, one.variant)
        # "If no Content-Language is specified, the default is that the content is intended for
        # all language audiences": RFC 9110 section 8.5; the same is fair for the others.
        match = _UNDESCRIBED if offer is None else matches.get(offer)
        if match is not None:
            specificity, quality, found = match
            specificities = one.specificities | {name: specificity}
            ranges = one.ranges if found.text is None else (*one.ranges, found.text)
            kept.append(_Judged(one.variant, one.quality * quality, specificities, ranges))
    return kept


_UNDESCRIBED: _Weighted = (0, 1.0, _Range(None, None, 0))


def _worth(judged: _Judged) -> tuple[float, ...]:
    # Rounded, so that the order in which factors were multiplied decides nothing.
    specificities = (judged.specificities.get(name, 0) for name in _TIE_BREAKERS)
    return (round(judged.quality, 9), *specificities)


def _variant_answer(
    judged: Sequence[_Judged],
    reason: str,
    problems: tuple[Problem, ...],
    steps: tuple[Step, ...],
    vary: tuple[str, ...],
) -> Negotiation[Variant]:
    reference = "RFC 9110 section 12.5"
    if not judged:
        return Negotiation(False, reason, reference, problems, steps, None, None, (), 406, vary)
    ranked = tuple(
        Ranked(one.variant, round(one.quality, 9), ", ".join(one.ranges) or None) for one in judged
    )
    best = ranked[0]
    by = f" by the ranges '{best.range[:200]}'" if best.range else ""
    reason = f"{_name(best.offer)} is the best variant: quality {best.quality:.4g}{by}"
    return Negotiation(
        True, reason, reference, problems, steps, best.offer, best.quality, ranked, 200, vary
    )


def _name(variant: Variant) -> str:
    return "'" + " ".join(described for described in variant[:4] if described is not None) + "'"


# -- Explaining -------------------------------------------------------------------------------


def _explain(
    dimension: _Dimension, ranges: _Ranges, offers: _Offers, *, is_lookup: bool
) -> tuple[Step, ...]:
    """Tell every rule that was tried, in order."""
    if is_lookup:
        return (*_explain_lookup(ranges, offers), *_explain_exclusions(ranges, offers))
    steps = [_explain_offer(dimension, ranges, offer, keys) for offer, keys in offers]
    matches = _acceptable(ranges, offers)
    if dimension is _LANGUAGE:
        matches = _exact_first(matches)
    order = ", ".join(offer for _, offer, _ in matches)
    rule = "highest quality, then most specific range, then the server's order"
    steps.append(Step(rule, order or "nothing is acceptable", dimension.reference))
    return tuple(steps)


def _explain_offer(dimension: _Dimension, ranges: _Ranges, offer: str, keys: _Keys) -> Step:
    rule = f"the most specific range that matches '{offer}'"
    matching = list(_matching(ranges, keys))
    if not matching:
        return Step(rule, "none matches: not acceptable", dimension.reference)
    first, *others = matching
    outcome = _show(first) if first[1] else f"{_show(first)}: excluded"
    if others:
        outcome += "; overridden: " + ", ".join(map(_show, others))
    return Step(rule, outcome, dimension.reference)


def _explain_lookup(ranges: _Ranges, offers: _Offers) -> Iterator[Step]:
    tags = _by_tag(offers)
    excluded = _excluded(ranges, offers)
    for key, (_, _, found) in _by_priority(ranges):
        tag = _find_tag(key, tags, excluded)
        outcome = "finds nothing" if tag is None else f"finds '{tags[tag][0]}'"
        rule = f"the longest tag for '{found.text}': {', '.join(_truncations(key))}"
        yield Step(rule, outcome, _LOOKUP_REFERENCE)
    anything = ranges.get("*")
    if anything and anything[1]:
        outcome = "asks for the default, or else any tag left, in the server's order"
        yield Step("any language", outcome, _LOOKUP_REFERENCE)


def _explain_exclusions(ranges: _Ranges, offers: _Offers) -> Iterator[Step]:
    excluded = _excluded(ranges, offers)
    for offer, _ in offers:
        if offer.lower() in excluded:
            outcome = "its most specific range has weight 0"
            yield Step(f"'{offer}' is never found", outcome, "RFC 9110 section 12.4.2")
