"""
Authentication: challenges and credentials, an auth-scheme with a token68 or parameters.

A comma may end a parameter or a challenge; only what follows tells which. No message here shows
any part of the value, since credentials are read by the same code.

Source: RFC 9110 sections 11.2 to 11.6.
"""

from __future__ import annotations

import re

from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import OWS, QUOTED_STRING, TOKEN, unquote
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["Challenge", "parse_auth_parameters", "parse_challenges", "parse_credentials"]

_scheme = lazy_pattern(rf"({TOKEN})(?: ++|(?={OWS}(?:,|\Z)))")
# token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="   RFC 9110 section 11.2
_token68 = lazy_pattern(rf"([A-Za-z0-9\-._~+/]++=*+)(?={OWS}(?:,|\Z))")
# auth-param = token BWS "=" BWS ( token / quoted-string )
_parameter = lazy_pattern(rf"({TOKEN}){OWS}={OWS}({QUOTED_STRING}|[^,\" \t]++)")
_token = lazy_pattern(TOKEN)
_separator = lazy_pattern(rf"{OWS}(?:,[ \t,]*+|\Z)")
_up_to_comma = lazy_pattern(r'(?:[^,"]|"(?:[^"\\]|\\.?)*+"?)*+', re.DOTALL)


class Challenge(NamedTuple):
    """
    A challenge or credentials.

    Attributes:
        scheme: as sent; compared without regard to case.
        token68: the one opaque token some schemes use instead of parameters, or None.
        parameters: names in lower case and values, quotes removed, in order.
    """

    scheme: str
    token68: str | None
    parameters: tuple[tuple[str, str], ...]


def parse_challenges(value: str) -> tuple[list[Challenge], list[str]]:
    """
    Read the challenges of one field value.

    Returns:
        The challenges in order, and what was wrong, in words that show nothing of the value.

    Source: RFC 9110 sections 11.3 and 11.6.1.

    >>> [c.scheme for c in parse_challenges('Basic realm="a, b", Negotiate, Digest nonce=x')[0]]
    ['Basic', 'Negotiate', 'Digest']
    """
    scanner = _Scanner(value)
    challenges = []
    scanner.skip_separators()
    while scanner.more():
        scheme = scanner.scheme()
        if scheme is not None:
            challenges.append(Challenge(scheme, scanner.token68(), tuple(scanner.parameters())))
    return challenges, scanner.flaws


def parse_credentials(value: str) -> tuple[Challenge | None, list[str]]:
    """
    Read the one set of credentials that Authorization holds.

    What follows the scheme is kept whole as token68 where it is neither that nor parameters, as
    with schemes that never followed the grammar; that is told.

    Source: RFC 9110 section 11.4.

    >>> parse_credentials("Bearer mF_9.B5f-4.1JqM")[0]
    Challenge(scheme='Bearer', token68='mF_9.B5f-4.1JqM', parameters=())
    """
    scanner = _Scanner(value)
    scheme = scanner.scheme()
    if scheme is None:
        return None, scanner.flaws
    rest = value[scanner.position :]
    credentials = Challenge(scheme, scanner.token68(), tuple(scanner.parameters()))
    if scanner.more() or (scanner.flaws and not credentials.parameters):
        return Challenge(scheme, rest, ()), ["expected one token68 or a list of parameters"]
    return credentials, scanner.flaws


def parse_auth_parameters(value: str) -> tuple[list[tuple[str, str]], list[str]]:
    """
    Read the bare parameters of Authentication-Info, and what was wrong with them.

    Source: RFC 9110 section 11.6.3.

    >>> parse_auth_parameters('nextnonce="x", qop=auth')[0]
    [('nextnonce', 'x'), ('qop', 'auth')]
    """
    scanner = _Scanner(value)
    scanner.skip_separators()
    parameters = scanner.parameters()
    if scanner.more():
        scanner.flaws.append(f"expected name=value at offset {scanner.position}")
    return parameters, scanner.flaws


class _Scanner:
    def __init__(self, value: str) -> None:
        self.value = value
        self.position = 0
        self.flaws: list[str] = []

    def more(self) -> bool:
        return self.position < len(self.value)

    def skip_separators(self) -> None:
        match = _separator.match(self.value, self.position)
        if match is not None:
            self.position = match.end()

    def skip_member(self, expected: str) -> None:
        self.flaws.append(f"expected {expected} at offset {self.position}")
        match = _up_to_comma.match(self.value, self.position)
        assert match is not None  # the pattern matches the empty string too
        self.position = match.end()
        self.skip_separators()

    def scheme(self) -> str | None:
        match = _scheme.match(self.value, self.position)
        if match is None:
            self.skip_member("an auth-scheme")
            return None
        self.position = match.end()
        return match[1]

    def token68(self) -> str | None:
        match = _token68.match(self.value, self.position)
        if match is None:
            return None
        self.position = match.end()
        return match[1]

    def parameters(self) -> list[tuple[str, str]]:
        parameters: list[tuple[str, str]] = []
        # Behind a token68 or a bare scheme stands a comma, and no parameter may follow it.
        if _separator.match(self.value, self.position):
            self.skip_separators()
            return parameters
        while match := _parameter.match(self.value, self.position):
            parameters.append((match[1].lower(), unquote(match[2])))
            self.check_value(match)
            self.position = match.end()
            if _separator.match(self.value, self.position):
                self.skip_separators()
            else:
                self.skip_member("a comma")
        if not parameters:
            self.skip_member("name=value or a token68")
        return parameters

    def check_value(self, match: re.Match[str]) -> None:
        if match[2][0] != '"' and _token.fullmatch(match[2]) is None:
            self.flaws.append(f"the value at offset {match.start(2)} should stand in quotes")
