"""
Header fields in order, found without regard to case.

`Headers` holds whatever was received, good or bad: reading must lose nothing. What is *built* goes
through `checked_field`, which refuses everything that could begin another field or message.

Source: RFC 9110 section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import OWS_CHARACTERS, ascii_lower, is_field_value, is_token

__all__ = [
    "Headers",
    "Latin1Text",
    "checked_field",
    "decode_field_text",
    "encode_field_text",
    "escape_octets",
    "join_field_text",
    "parse_field_line",
    "unescape_octets",
]

# Octets above ASCII, as Python's `surrogateescape` has them.
_ESCAPES = {octet: 0xDC00 + octet for octet in range(0x80, 0x100)}


class Latin1Text(str):
    """Field text that was not UTF-8 on the wire, so that writing it gives the same bytes again."""

    __slots__ = ()


def decode_field_text(octets: bytes) -> str:
    """
    Read the octets of a field: as UTF-8 where they are, else as ISO-8859-1.

    Source: RFC 9110 section 5.5 (history of field value encodings).

    >>> decode_field_text(b"caf\\xe9") == decode_field_text("caf\\xe9".encode()) == "caf\\xe9"
    True
    """
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return Latin1Text(octets.decode("latin-1"))


def encode_field_text(text: str) -> bytes:
    """Give back the octets that `decode_field_text` read; other text is written as UTF-8."""
    if isinstance(text, Latin1Text):
        return text.encode("latin-1")
    return text.encode("utf-8", "surrogatepass")


def join_field_text(separator: str, parts: Iterable[str]) -> str:
    """Join text like `str.join`, so that each part keeps the octets that it stands for."""
    parts = list(parts)
    if not any(isinstance(part, Latin1Text) and not part.isascii() for part in parts):
        return separator.join(parts)
    octets = encode_field_text(separator).join(encode_field_text(part) for part in parts)
    return decode_field_text(octets)


def escape_octets(text: str) -> str:
    r"""
    Escape octets that were not UTF-8, so that they are known in every part that is cut out.

    Other text stays as it is; `unescape_octets` makes text of the parts.

    >>> unescape_octets(escape_octets(decode_field_text(b"a=caf\xe9"))[2:])
    'caf\xe9'
    """
    return text.translate(_ESCAPES) if isinstance(text, Latin1Text) else text


def unescape_octets(text: str) -> str:
    """Make text of a part of what `escape_octets` gave, such that it keeps its octets."""
    if text.isascii():
        return text
    try:
        return decode_field_text(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half a pair, which JSON can say
        return text


def parse_field_line(line: str) -> tuple[str, str]:
    """
    Read a field line as people write it: a name, a colon, a value with or without blanks around it.

    Name and value may hold anything; what may be sent is for `checked_field` to say.

    Raises:
        FieldSyntaxError: there is no colon; what stands there may be a secret, and stays untold.

    Source: RFC 9112 section 5.

    >>> parse_field_line("Accept:text/html ")
    ('Accept', 'text/html')
    """
    name, colon, value = encode_field_text(line).partition(b":")
    if not colon:
        raise FieldSyntaxError("expected 'Name: value'", reference="RFC 9112 section 5")
    return decode_field_text(name), decode_field_text(value.strip(b" \t"))


def checked_field(name: str, value: str) -> tuple[str, str]:
    """
    Give a field that is safe to send, outer blanks removed from its value.

    Raises:
        FieldSyntaxError: the name is no token, or the value holds CR, LF, NUL or another control.

    Source: RFC 9110 sections 5.1 and 5.5.
    """
    if not is_token(name):
        raise FieldSyntaxError(
            f"field name {name[:60]!r} is not a token", reference="RFC 9110 section 5.1"
        )
    if not is_field_value(value):
        raise FieldSyntaxError(
            "a field value must not hold control characters such as CR, LF or NUL",
            field=name,
            reference="RFC 9110 section 5.5",
        )
    return name, value.strip(OWS_CHARACTERS)


class Headers:
    """
    An ordered list of fields, with look-up by name without regard to case.

    >>> headers = Headers([("Vary", "Origin"), ("X-Dup", "1"), ("vary", "Accept")])
    >>> headers.get_all("VARY"), headers.joined("vary"), headers.to_dict()
    (['Origin', 'Accept'], 'Origin, Accept', {'vary': ['Origin', 'Accept'], 'x-dup': ['1']})
    """

    __slots__ = ("_index", "_pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs: list[tuple[str, str]] = list(pairs)
        self._index: dict[str, list[str]] | None = None

    @classmethod
    def built(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        """Take fields that are to be sent; each is checked."""
        return cls(checked_field(name, value) for name, value in pairs)

    @classmethod
    def of(cls, fields: Mapping[str, str | Sequence[str]] | Headers | None) -> Headers:
        """Take the plain mapping that a script has; a list value stands for several lines."""
        if fields is None:
            return cls()
        if isinstance(fields, Headers):
            return fields
        return cls(
            (name, line)
            for name, value in fields.items()
            for line in ([value] if isinstance(value, str) else value)
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The fields exactly as received: case, order and repeats."""
        return list(self._pairs)

    def to_dict(self) -> dict[str, list[str]]:
        """Give lower-case names, each with its list of lines, in order of first appearance."""
        return {name: list(lines) for name, lines in self._by_name().items()}

    def get_all(self, name: str) -> list[str]:
        """Give the lines of a field, in order; empty when it is absent."""
        return list(self._by_name().get(name.lower(), ()))

    def get(self, name: str, default: str | None = None) -> str | None:
        """Give the first line of a field."""
        lines = self._by_name().get(name.lower())
        return lines[0] if lines else default

    def joined(self, name: str) -> str | None:
        """
        Give the lines of a list field as one value; None when the field is absent.

        Source: RFC 9110 section 5.3.
        """
        lines = self._by_name().get(name.lower())
        return ", ".join(lines) if lines else None

    def added(self, name: str, value: str) -> Headers:
        """Give a copy with one more field at the end; it is checked."""
        return Headers([*self._pairs, checked_field(name, value)])

    def replaced(self, name: str, *values: str) -> Headers:
        """Give a copy in which these lines stand, where the field first stood, for all it had."""
        wanted = name.lower()
        fresh = [checked_field(name, value) for value in values]
        pairs: list[tuple[str, str]] = []
        placed = False
        for pair in self._pairs:
            if ascii_lower(pair[0]) != wanted:
                pairs.append(pair)
            elif not placed:
                pairs.extend(fresh)
                placed = True
        return Headers(pairs if placed else pairs + fresh)

    def without(self, *names: str) -> Headers:
        """Give a copy that lacks these fields."""
        unwanted = {name.lower() for name in names}
        if unwanted.isdisjoint(self._by_name()):
            return self  # nothing ever changes it, so that it can stand for its own copy
        return Headers(pair for pair in self._pairs if ascii_lower(pair[0]) not in unwanted)

    def varying_by(self, *names: str) -> Headers:
        """
        Give a copy whose Vary lists these names too, none of them twice, and `*` alone.

        Source: RFC 9110 section 12.5.5.

        >>> Headers([("Vary", "Origin")]).varying_by("Accept", "origin").joined("vary")
        'Origin, Accept'
        """
        listed = split_list(", ".join(self.get_all("vary")))
        known = {name.lower() for name in listed}
        missing = [name for name in names if name.lower() not in known]
        if not missing or "*" in known:
            return self
        return self.replaced("Vary", "*" if "*" in missing else ", ".join((*listed, *missing)))

    def _by_name(self) -> dict[str, list[str]]:
        if self._index is None:
            self._index = {}
            for name, value in self._pairs:
                self._index.setdefault(ascii_lower(name), []).append(value)
        return self._index

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._by_name()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._pairs == other._pairs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({self._pairs!r})"
