"""`httpheaders cookie`: what is in it, which one do I send, which comes back?"""

from __future__ import annotations

from importlib import import_module

import click

from httpheaders.cli import options

# Each leaf command's module has its name.
COMMANDS = {
    "parse": "Say what is in it, and whether a browser would keep it.",
    "build": "Say which Set-Cookie to send.",
    "jar": "Say which Cookie comes back.",
}

EXAMPLES = r"""
$ httpheaders cookie parse 'a=1; my key=2; b={"x":"y"}' --raw
a=1
my key=2
b={"x":"y"}

$ httpheaders cookie build session xyz789 --max-age 1h --raw
session=xyz789; Max-Age=3600; HttpOnly; Secure; SameSite=Lax

$ httpheaders cookie jar --url https://example.com/ --set-cookie 'sid=1; Secure' --raw
sid=1
"""


class CookieGroup(click.Group):
    """The leaf commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(
                f"No such command 'cookie {args[0]}': expected {', '.join(COMMANDS)}.", ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    "cookie",
    cls=CookieGroup,
    no_args_is_help=False,
    epilog=options.examples(EXAMPLES),
)
def command() -> None:
    """Read cookies, build them, and keep them as a browser does."""
