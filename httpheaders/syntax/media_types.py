"""
Media types and media ranges: strictly as RFC 9110 writes them, leniently as browsers read them.

Two readers stand side by side on purpose. What a server offers or a client asks for is held to the
grammar of RFC 9110; a Content-Type that came over the wire may be read as every browser reads it,
by the MIME Sniffing standard, which recovers from nearly everything.

Source: RFC 9110 sections 8.3.1 and 12.5.1; MIME Sniffing standard sections 4.4 and 4.5.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import parse_parameters, parse_weight
from httpheaders.syntax.grammar import TOKEN, ascii_lower, is_field_value, is_token, quote
from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "MediaRange",
    "MediaType",
    "format_media_type",
    "parse_media_range",
    "parse_media_type",
    "parse_mime_type",
]

_TYPE_REFERENCE = "RFC 9110 section 8.3.1"
_RANGE_REFERENCE = "RFC 9110 section 12.5.1"

# media-type = type "/" subtype parameters                              RFC 9110 section 8.3.1
_essence = lazy_pattern(rf"({TOKEN})/({TOKEN})")


class MediaType(NamedTuple):
    """
    A media type; type, subtype and parameter names in lower case, parameters in order.

    >>> media_type = parse_media_type('Text/HTML; Charset="utf-8"')
    >>> media_type.essence, media_type.parameter("charset")
    ('text/html', 'utf-8')
    """

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def essence(self) -> str:
        """The type and subtype, without parameters."""
        return f"{self.type}/{self.subtype}"

    def parameter(self, name: str) -> str | None:
        """Give the first parameter of this name; None when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.parameters if key == wanted), None)


class MediaRange(NamedTuple):
    """A media range with its weight; "*" stands for any type or any subtype."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()
    quality: float = 1.0

    @property
    def essence(self) -> str:
        """The type and subtype, "*" included, without parameters and weight."""
        return f"{self.type}/{self.subtype}"


def parse_media_type(text: str) -> MediaType:
    """
    Read one media type strictly.

    Args:
        text: the value without outer blanks, e.g. 'text/html; charset=utf-8'.

    Raises:
        FieldSyntaxError: not a media type. A range such as "image/*" is refused too: the grammar
            would let it pass, "*" being a token character, but it names no type.

    Source: RFC 9110 section 8.3.1.

    >>> parse_media_type("text/html;charset=utf-8")
    MediaType(type='text', subtype='html', parameters=(('charset', 'utf-8'),))
    """
    main_type, subtype, parameters = _parse(text, _TYPE_REFERENCE)
    if "*" in (main_type, subtype):
        raise FieldSyntaxError("a range is not a media type", reference=_TYPE_REFERENCE)
    return MediaType(main_type, subtype, tuple(parameters))


def format_media_type(media_type: MediaType) -> str:
    """
    Write a media type without blanks, values quoted only where they must be.

    This is also how the MIME Sniffing standard serialises one.

    Raises:
        FieldSyntaxError: a name is no token, or a value holds a control character.

    Source: RFC 9110 section 8.3.1; MIME Sniffing standard section 4.5.

    >>> format_media_type(MediaType("text", "html", (("title", "a b"),)))
    'text/html;title="a b"'
    """
    main_type, subtype, parameters = media_type
    if not (is_token(main_type) and is_token(subtype)):
        raise FieldSyntaxError("type and subtype must be tokens", reference=_TYPE_REFERENCE)
    return f"{main_type}/{subtype}{''.join(map(_format_parameter, parameters))}"


def _format_parameter(parameter: tuple[str, str]) -> str:
    name, value = parameter
    if not (is_token(name) and is_field_value(value)):
        raise FieldSyntaxError(
            f"parameter {name[:60]!r} cannot be written", reference="RFC 9110 section 5.6.6"
        )
    return f";{name}={quote(value)}"


def parse_media_range(text: str) -> MediaRange:
    """
    Read one member of an Accept field: a range, its parameters, and its weight.

    The parameter "q" is the weight wherever it stands, as the section asks.

    Raises:
        FieldSyntaxError: not a media range, or its weight is none, or there are two.

    Source: RFC 9110 section 12.5.1.

    >>> parse_media_range("text/*;q=0.5")
    MediaRange(type='text', subtype='*', parameters=(), quality=0.5)
    """
    main_type, subtype, parameters = _parse(text, _RANGE_REFERENCE)
    if main_type == "*" != subtype:
        raise FieldSyntaxError("any type needs any subtype: '*/*'", reference=_RANGE_REFERENCE)
    weights = [value for name, value in parameters if name == "q"]
    if not weights:
        return MediaRange(main_type, subtype, tuple(parameters))
    if len(weights) > 1:
        raise FieldSyntaxError("more than one weight", reference="RFC 9110 section 12.4.2")
    others = tuple(parameter for parameter in parameters if parameter[0] != "q")
    return MediaRange(main_type, subtype, others, parse_weight(weights[0]))


def _parse(text: str, reference: str) -> tuple[str, str, list[tuple[str, str]]]:
    match = _essence.match(text)
    if match is None:
        raise FieldSyntaxError("expected 'type/subtype'", position=0, reference=reference)
    parameters = parse_parameters(text, match.end())
    return match[1].lower(), match[2].lower(), parameters


# -- The MIME Sniffing standard ---------------------------------------------------------------

# HTTP whitespace of the Fetch standard: line ends too, unlike OWS.
_HTTP_WHITESPACE = "\t\n\r "
_up_to_semicolon = lazy_pattern(r"[^;]*+")
_parameter_name = lazy_pattern(rf";[{_HTTP_WHITESPACE}]*+([^;=]*+)")
_quoted_value = lazy_pattern(r'"((?:[^"\\]|\\.)*+)(\\?)"?', re.DOTALL)
_escaped = lazy_pattern(r"\\(.)", re.DOTALL)
# HTTP quoted-string token code points: no controls but the tab, nothing above U+00FF.
_quotable = lazy_pattern("[\t\x20-\x7e\x80-\xff]*+")


def parse_mime_type(text: str) -> MediaType | None:
    """
    Read a media type as browsers do: bad parameters are dropped, the first of a name counts.

    Returns:
        The media type; None where even a browser sees none.

    Source: MIME Sniffing standard section 4.4.

    >>> parse_mime_type(' text/HTML;charset="gbk;x=y')
    MediaType(type='text', subtype='html', parameters=(('charset', 'gbk;x=y'),))
    """
    text = text.strip(_HTTP_WHITESPACE)
    match = _up_to_semicolon.match(text)
    assert match is not None  # the pattern matches the empty string too
    main_type, slash, subtype = match.group().rstrip(_HTTP_WHITESPACE).partition("/")
    if not (slash and is_token(main_type) and is_token(subtype)):
        return None
    parameters: dict[str, str] = {}
    position = match.end()
    while position < len(text):
        name, value, position = _mime_parameter(text, position)
        if value is not None and is_token(name) and _quotable.fullmatch(value):
            parameters.setdefault(name, value)
    return MediaType(main_type.lower(), subtype.lower(), tuple(parameters.items()))


def _mime_parameter(text: str, position: int) -> tuple[str, str | None, int]:
    """Read from one semicolon up to the next; the value is None where there is none."""
    match = _parameter_name.match(text, position)
    assert match is not None  # the caller stands on a semicolon
    name, position = ascii_lower(match[1]), match.end()
    if text[position : position + 1] != "=":
        return name, None, position
    position += 1
    quoted = _quoted_value.match(text, position)
    rest = _up_to_semicolon.match(text, position if quoted is None else quoted.end())
    assert rest is not None  # the pattern matches the empty string too
    if quoted is not None:
        return name, _escaped.sub(r"\1", quoted[1]) + quoted[2], rest.end()
    return name, rest.group().rstrip(_HTTP_WHITESPACE) or None, rest.end()
