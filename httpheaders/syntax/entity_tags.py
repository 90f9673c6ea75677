"""
Entity tags, alone and in lists.

An entity tag has no escapes: a backslash is a character like any other, and a comma between the
quotes belongs to the tag. So the lists are not split as other lists are.

Source: RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS_CHARACTERS
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["EntityTag", "parse_entity_tag", "read_entity_tags"]

# entity-tag = [ weak ] opaque-tag        weak       = %s"W/"           RFC 9110 section 8.8.3
# etagc      = %x21 / %x23-7E / obs-text  opaque-tag = DQUOTE *etagc DQUOTE
# Told by what it leaves out: a range up to the last character there is takes long to compile.
_ETAGC = r'[^\x00-\x20"\x7f]'
_entity_tag = lazy_pattern(rf'(W/)?"({_ETAGC}*+)"')
# A tag as it should be, a comma, what has quotes at least, and anything else.
_list_member = lazy_pattern(
    rf'(W/)?"({_ETAGC}*+)"|(,)|[ \t]++|([Ww]/)?"([^"]*+)"|[^", \t][^",]*+|".*', re.DOTALL
)


class EntityTag(NamedTuple):
    """
    An entity tag.

    Attributes:
        opaque: the text between the quotes, quotes removed.
        weak: whether it is marked as weak.
    """

    opaque: str
    weak: bool = False

    def __str__(self) -> str:
        return f'W/"{self.opaque}"' if self.weak else f'"{self.opaque}"'


def parse_entity_tag(value: str) -> EntityTag:
    """
    Read one entity tag as written in an ETag field.

    Args:
        value: the field value without surrounding blanks, e.g. 'W/"v7"'.

    Raises:
        FieldSyntaxError: not an entity-tag. A lower-case "w/" is an error too: the grammar makes
            that mark case-sensitive.

    Source: RFC 9110 section 8.8.3.

    >>> parse_entity_tag('W/"v7"')
    EntityTag(opaque='v7', weak=True)
    """
    match = _entity_tag.fullmatch(value)
    if match is None:
        raise FieldSyntaxError(_flaw_of(value), reference="RFC 9110 section 8.8.3")
    return EntityTag(match[2], match[1] is not None)


def read_entity_tags(value: str) -> list[tuple[str, EntityTag, str | None]]:
    """
    Read a list of entity tags, the malformed ones as well as they can be.

    Returns:
        For each member the text as sent, the tag, and what is wrong with it or None. Tags without
        quotes and with a lower-case "w/" are read; many servers and clients send them.

    Source: RFC 9110 section 13.1.2.

    >>> [str(tag) for _, tag, _ in read_entity_tags('"a,b", W/"c", bare')]
    ['"a,b"', 'W/"c"', '"bare"']
    """
    alone = _entity_tag.fullmatch(value)
    if alone is not None:  # as nearly all requests have it
        return [(value, EntityTag(alone[2], alone[1] is not None), None)]
    members = []
    separated = True
    for match in _list_member.finditer(value):
        weak, opaque, comma, odd_mark, odd_opaque = match.groups()
        if comma is not None:
            separated = True
            continue
        text = match.group().strip(OWS_CHARACTERS)
        if not text:
            continue
        flaw = None if separated else "expected a comma before the entity tag"
        if opaque is not None:
            tag = EntityTag(opaque, weak is not None)
        else:
            flaw = flaw or _flaw_of(text)
            if odd_opaque is not None:
                tag = EntityTag(odd_opaque, odd_mark is not None)
            else:
                tag = _bare_tag(text)
        members.append((text, tag, flaw))
        separated = False
    return members


def _bare_tag(text: str) -> EntityTag:
    weak = text[:2] in ("W/", "w/")
    return EntityTag((text[2:] if weak else text).strip('"'), weak)


def _flaw_of(text: str) -> str:
    if text.startswith("w/"):
        return "the mark of a weak entity tag is 'W/' in upper case"
    if '"' not in text:
        return "an entity tag stands in double quotes"
    return 'expected an entity tag such as "v7" or W/"v7"'
