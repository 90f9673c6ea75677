"""
The links of a Link field.

Source: RFC 8288 section 3 and appendix B.2.
"""

from __future__ import annotations

import re

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.field_values import split_semicolons
from httpheaders.syntax.grammar import OWS, OWS_CHARACTERS
from httpheaders.syntax.parameters import Parameter, parse_parameter
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["Link", "parse_link"]

# link-value = "<" URI-Reference ">" *( OWS ";" OWS [ link-param ] )    RFC 8288 section 3
# link-param = token BWS [ "=" BWS ( token / quoted-string ) ]
_target = lazy_pattern(rf"<([^>]*+)>{OWS}(?:;(.*))?", re.DOTALL)


class Link(NamedTuple):
    """The target of a link as sent, and its parameters in order."""

    target: str
    parameters: tuple[Parameter, ...]


def parse_link(member: str) -> Link:
    """
    Read one member of the field, split from the others with `split_list(…, angles=True)`.

    Raises:
        FieldSyntaxError: the member does not begin with `<…>`, or something else follows it.

    Source: RFC 8288 section 3.

    >>> link = parse_link('</page/2>; rel="next"')
    >>> link.target, link.parameters[0].name, link.parameters[0].value
    ('/page/2', 'rel', 'next')
    """
    match = _target.fullmatch(member)
    if match is None:
        raise FieldSyntaxError("expected <target>; rel=…", reference="RFC 8288 section 3")
    pieces = split_semicolons(match[2] or "")
    return Link(match[1].strip(OWS_CHARACTERS), tuple(map(parse_parameter, pieces)))
