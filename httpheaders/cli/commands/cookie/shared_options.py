"""Options that the cookie commands share."""

from __future__ import annotations

from typing import Any

import click

__all__ = ["suffix_list", "trust_loopback"]

# Fifty times what the whole list takes.
_LARGEST_LIST = 1 << 24


class SuffixFile(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """A file of public suffix rules, as publicsuffix.org has it; read as the list of its rules."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        from httpheaders.cli.sources import read_file
        from httpheaders.public_suffixes import parse_suffix_rules

        try:
            return parse_suffix_rules(read_file(str(value), limit=_LARGEST_LIST).decode())
        except UnicodeDecodeError:
            self.fail(f"{value} is not UTF-8", param, ctx)


suffix_list = click.option(
    "--public-suffixes",
    type=SuffixFile(),
    metavar="FILE",
    help="Take the public suffix rules of FILE, not the list installed.",
)
trust_loopback = click.option(
    "--trust-loopback/--no-trust-loopback",
    default=None,
    help="Whether http://localhost counts as secure; yes unless said otherwise.",
)
