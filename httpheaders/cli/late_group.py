"""A group whose commands are imported when they are called, so that none pays for another."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

__all__ = ["LateGroup"]


class LateGroup(click.Group):
    """
    A group of commands that stand in modules of their own, each as `command`.

    Args:
        table: for each command its module, and the question it answers, as the help lists them.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self._table:
            return None
        command: click.Command = import_module(self._table[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or say which there are."""
        if args and args[0] not in self._table and not args[0].startswith("-"):
            from httpheaders.cli.key_types import nearest_word

            nearest = nearest_word(args[0], list(self._table))
            hint = f"did you mean '{nearest}'? " if nearest else ""
            known = ", ".join(self._table)
            raise click.UsageError(f"No such command '{args[0]}': {hint}expected {known}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, question) for name, (_, question) in self._table.items()])
