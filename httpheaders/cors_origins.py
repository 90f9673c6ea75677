"""
Entries of an allow-list: `*`, `null`, one origin, or all subdomains of one.

    https://app.example.com        that origin, byte for byte
    https://*.example.com          every host below example.com by whole labels, not example.com
    https://app.example.com:*      any port, the default one included
    null                           every opaque origin: sandboxed frames, files
    *                              every origin

Regular expressions are here for policies written elsewhere: they match text, as they do there.

Source: Fetch section "Origin header"; the wildcards are ours, and match whole labels only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.origins import (
    OPAQUE,
    Origin,
    origin_fault,
    parse_origin,
    printable,
    suggest_origin,
)
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from httpheaders.syntax.linear_patterns import LinearPattern

__all__ = [
    "ANY_ORIGIN",
    "MATCHES",
    "OriginPattern",
    "OriginRegex",
    "is_public_suffix",
    "parse_origin_pattern",
    "suggest_pattern",
]

ANY_ORIGIN = "*"
# How much of the origin an expression has to match: all of it, its beginning, or anything in it.
MATCHES = ("full", "prefix", "search")
_REFERENCE = 'Fetch section "Origin header"'
# What can be echoed in a field: printable ASCII without blanks.
_echoable = lazy_pattern(r"[\x21-\x7e]{1,512}")


class OriginPattern(NamedTuple):
    """
    One entry of an allow-list.

    Attributes:
        text: as it was written.
        origin: what it is about; None for `*` and `null`.
        subdomains: whether every host below is meant, rather than this one.
        any_port: whether the port does not matter.
    """

    text: str
    origin: Origin | None = None
    subdomains: bool = False
    any_port: bool = False

    @property
    def kind(self) -> str:
        """One of any, null, domain, subdomains, ip, loopback-ip."""
        if self.origin is None:
            return "any" if self.text == ANY_ORIGIN else "null"
        if self.subdomains:
            return "subdomains"
        if not self.origin.is_address:
            return "domain"
        return "loopback-ip" if self.origin.is_loopback else "ip"

    @property
    def is_exact(self) -> bool:
        """Whether the text is the only origin that matches."""
        return self.text != ANY_ORIGIN and not self.subdomains and not self.any_port

    @property
    def is_insecure(self) -> bool:
        """Whether whoever is on the network path can speak for it: not https, not this machine."""
        if self.origin is None:
            return False
        return self.origin.scheme != "https" and not self.origin.is_loopback

    def matches(self, origin: Origin) -> bool:
        """Say whether a tuple origin is meant by an entry with wildcards."""
        mine = self.origin
        if mine is None:
            return self.text == ANY_ORIGIN
        if origin.scheme != mine.scheme or not (self.any_port or origin.port == mine.port):
            return False
        if self.subdomains:
            return origin.host.endswith("." + mine.host)
        return origin.host == mine.host


def parse_origin_pattern(text: str) -> OriginPattern:
    """
    Read one entry of an allow-list.

    Raises:
        FieldSyntaxError: not one of the five forms; the message says why and which form is right.

    >>> parse_origin_pattern("https://*.example.com").origin
    Origin(scheme='https', host='example.com', port=None)
    """
    if text in (ANY_ORIGIN, OPAQUE):
        return OriginPattern(text)
    any_port = text.endswith(":*")
    plain = text[:-2] if any_port else text
    scheme, separator, rest = plain.partition("://")
    subdomains = bool(separator) and rest.startswith("*.")
    try:
        origin = parse_origin(f"{scheme}://{rest[2:]}" if subdomains else plain)
    except FieldSyntaxError:
        raise _malformed(text) from None
    if any_port and origin.port is not None:
        raise _malformed(text)
    longest = 253 - len("*.")
    if subdomains and (origin.is_address or len(origin.host) > longest):
        raise FieldSyntaxError(
            f"'{printable(text)}' cannot have subdomains", field="Origin", reference=_REFERENCE
        )
    return OriginPattern(text, origin, subdomains, any_port)


def _malformed(text: str) -> FieldSyntaxError:
    fault = origin_fault(text)
    if "*" in text:
        fault = "has a * that does not stand for whole labels"
    right = suggest_pattern(text)
    advice = f": write '{right}'" if right else ": write it like 'https://app.example.com'"
    return FieldSyntaxError(
        f"'{printable(text)}' {fault}{advice}", field="Origin", reference=_REFERENCE
    )


def suggest_pattern(text: str) -> str | None:
    """
    Give the entry that was probably meant, or None.

    >>> suggest_pattern("*.example.com"), suggest_pattern("https://example.com/")
    ('https://*.example.com', 'https://example.com')
    """
    if "*" not in text:
        return suggest_origin(text)
    scheme, separator, rest = text.rpartition("://")
    host = rest.replace("\\", "").rpartition("*")[2].strip("^$").lstrip(".")
    below = suggest_origin(f"{scheme.strip('^') if separator else 'https'}://{host}")
    if below is None or ":" in host:
        return None
    return below.replace("://", "://*.", 1)


def is_public_suffix(host: str) -> bool | None:
    """
    Say whether anybody may register names below this host, as below com or github.io.

    Returns:
        None when only the default rule of the public suffix list is at hand, and it does not say:
        the list itself comes with the optional package `publicsuffixlist`.
    """
    name = host.removesuffix(".")
    if "." not in name:
        return True  # the list's default rule is "*"
    from httpheaders.public_suffixes import DEFAULT_RULE, installed_public_suffixes  # late: rare

    suffixes = installed_public_suffixes()
    return None if suffixes is DEFAULT_RULE else suffixes.is_public_suffix(name)


class OriginRegex(NamedTuple):
    """
    A regular expression for origins, as other programs use them.

    Attributes:
        pattern: the expression, in the syntax that LinearPattern reads.
        match: how much of the origin it has to match: full, prefix or search.
        ignore_case: whether case does not matter.
    """

    pattern: str
    match: str = "full"
    ignore_case: bool = False

    def compiled(self) -> LinearPattern:
        """
        Read the expression.

        Raises:
            FieldSyntaxError: it cannot be used.
        """
        from httpheaders.syntax.linear_patterns import LinearPattern  # late: few policies have one

        return LinearPattern(self.pattern, ignore_case=self.ignore_case)

    def matches(self, origin: str, pattern: LinearPattern) -> bool:
        """Say whether the text of an Origin field matches; unprintable text never does."""
        return _echoable.fullmatch(origin) is not None and pattern.matches(origin, match=self.match)

    def examples(self, pattern: LinearPattern) -> list[Origin]:
        """Give origins that the expression was meant for, as far as they can be guessed."""
        found = []
        for start in ("", "https://", "https"):
            for sample in pattern.samples():
                text = start + sample
                if self.matches(text, pattern) and _is_origin(text):
                    found.append(parse_origin(text))
        return found


def _is_origin(text: str) -> bool:
    try:
        parse_origin(text)
    except FieldSyntaxError:
        return False
    return True
