"""`httpheaders cookie`: what is in it, which one do I send, which comes back?"""

from __future__ import annotations

import click

from httpheaders.cli import options
from httpheaders.cli.late_group import LateGroup

# Each leaf command's module has its name.
COMMANDS = {
    "parse": "Say what a Cookie or Set-Cookie field holds, and whether a browser keeps it.",
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


@click.group(
    "cookie",
    cls=LateGroup,
    table={name: (f"{__name__}.{name}", question) for name, question in COMMANDS.items()},
    no_args_is_help=False,
    epilog=options.examples(EXAMPLES),
)
def command() -> None:
    """Read cookies, build them, and keep them as a browser does."""
