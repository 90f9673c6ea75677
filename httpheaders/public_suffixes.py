"""
Public suffixes: the domains below which unrelated sites stand.

The list in force is an argument everywhere. `installed_public_suffixes` takes the list that the
package `publicsuffixlist` carries and falls back to the list's own default rule, under which each
single label is a suffix; its `source` says which it was.

Source: RFC 6265bis section 8.9; the format of the list, https://publicsuffix.org/list/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from httpheaders.syntax.hosts import is_ip_address
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["DEFAULT_RULE", "PublicSuffixes", "installed_public_suffixes", "parse_suffix_rules"]

_suffix_rule = lazy_pattern(r"^[^/\s]\S*", re.MULTILINE)


class PublicSuffixes:
    """
    The public suffixes in force, by the rules of the list: "co.uk", "*.ck", "!www.ck".

    The default rule "*" always holds where no other does: any single label is a suffix.

    Args:
        rules: the rules; U-labels and A-labels alike.
        source: where they come from, for those who read the answer.

    >>> suffixes = PublicSuffixes(["co.uk", "*.ck", "!www.ck"])
    >>> [suffixes.is_public_suffix(name) for name in ("co.uk", "x.co.uk", "a.ck", "www.ck", "dev")]
    [True, False, True, False, True]
    """

    __slots__ = ("_rules", "source")

    def __init__(self, rules: Iterable[str] = (), *, source: str = "the rules given") -> None:
        self._rules = frozenset(rules)
        self.source = source

    def is_public_suffix(self, domain: str) -> bool:
        """Say whether the whole of a canonical domain is a public suffix."""
        return bool(domain) and not is_ip_address(domain) and self._suffix_length(domain) == 0

    def registrable_domain(self, host: str) -> str | None:
        """Give the public suffix and the label before it; None for a suffix or an address."""
        if not host or is_ip_address(host):
            return None
        before = self._suffix_length(host)
        return host.split(".", before - 1)[-1] if before else None

    def _suffix_length(self, domain: str) -> int:
        # How many labels stand before the public suffix; the longest rule that matches decides.
        labels = _unicode_labels(domain.removesuffix("."))
        for start in range(len(labels)):
            rule = ".".join(labels[start:])
            if f"!{rule}" in self._rules:
                return start + 1
            if rule in self._rules:
                return start
            parent = ".".join(labels[start + 1 :])
            if parent and f"*.{parent}" in self._rules:
                return start
        return len(labels) - 1


def _unicode_labels(domain: str) -> list[str]:
    labels = domain.split(".")
    if "xn--" not in domain:
        return labels
    return [_unicode_label(label) if label.startswith("xn--") else label for label in labels]


def _unicode_label(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label


def parse_suffix_rules(text: str) -> list[str]:
    """
    Read the rules of a public suffix list; comments and what follows a blank are left out.

    Source: the format of the list, https://publicsuffix.org/list/.

    >>> parse_suffix_rules("// ICANN\\nco.uk\\n\\n*.ck  text")
    ['co.uk', '*.ck']
    """
    return _suffix_rule.findall(text)


@cache
def installed_public_suffixes() -> PublicSuffixes:
    """
    Give the list that the package publicsuffixlist carries, or the default rule without it.

    Source: RFC 6265bis section 8.9.
    """
    from importlib.util import find_spec  # late: only a Domain attribute asks for the list

    spec = find_spec("publicsuffixlist")
    if spec is None or not spec.submodule_search_locations:
        return DEFAULT_RULE
    path = f"{spec.submodule_search_locations[0]}/public_suffix_list.dat"
    try:
        with open(path, encoding="utf-8") as file:
            rules = parse_suffix_rules(file.read())
    except (OSError, UnicodeDecodeError):
        return DEFAULT_RULE
    return PublicSuffixes(rules, source="the package publicsuffixlist")


DEFAULT_RULE = PublicSuffixes(source="the default rule: the package publicsuffixlist is missing")
