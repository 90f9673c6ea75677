"""Options that commands share, and the types of option values."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli.driver import InputOutput
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = [
    "DURATION",
    "FILE",
    "SIZE",
    "TIME",
    "VARIABLE",
    "as_received",
    "examples",
    "input_and_output",
]


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """A number of seconds, or `90s`, `10m`, `1h30m`, `7d`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        from httpheaders.syntax.durations import parse_duration

        try:
            return parse_duration(str(value))
        except InputError as error:
            self.fail(str(error), param, ctx)


class Size(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """A number of bytes, or `2KiB`, `10MB`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from httpheaders.syntax.durations import parse_size

        try:
            return parse_size(str(value))
        except InputError as error:
            self.fail(str(error), param, ctx)


class Time(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """Seconds since 1970, an HTTP date or an ISO 8601 date."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        from httpheaders.cli.key_types import read_time

        seconds = read_time(str(value))
        if seconds is None:
            self.fail(f"'{value}' is not a time: expected 1700000000, an HTTP or an ISO 8601 date")
        return seconds


class SystemName(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """A name that goes back to the system as it came, whatever octets it is of."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=self.name)]


DURATION = Duration()
FILE = SystemName("file")
VARIABLE = SystemName("plain")
SIZE = Size()
TIME = Time()


def input_and_output(*, source_argument: bool = False) -> Callable[[Any], Any]:
    """
    Give a command the options that all have, gathered in its first argument, an `InputOutput`.

    Args:
        source_argument: whether the input may also be named as an argument, FILE.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def gathered(
            source: str | None,
            lines: bool,
            raw: bool,
            pretty: bool,
            explain: bool,
            quiet: bool,
            fail_fast: bool,
            output: str | None,
            now: float | None,
            file: str | None = None,
            **options: Any,
        ) -> Any:
            if file is not None and source is not None:
                raise click.UsageError("give the input as FILE or as --input, not both")
            io = InputOutput(
                file if source is None else source,
                lines,
                raw,
                pretty,
                explain,
                quiet,
                fail_fast,
                output,
                now,
            )
            return command(io, **_all_as_received(options))

        wrapped: Callable[..., Any] = gathered
        for option in reversed(_SHARED):
            wrapped = option(wrapped)
        if source_argument:
            wrapped = click.argument("file", type=FILE, required=False, metavar="[FILE]")(wrapped)
        return wrapped

    return decorate


def as_received(argument: str) -> str:
    """
    Read an argument as a field is read, if it is not UTF-8 or the locale knows nothing of it.

    Python puts lone surrogates where the locale's encoding fails: no text that anybody sent.
    """
    if argument.isascii():
        return argument
    from httpheaders.messages.headers import decode_field_text

    return decode_field_text(os.fsencode(argument))


def _all_as_received(options: dict[str, Any]) -> dict[str, Any]:
    strange = {name for name, value in options.items() if _is_beyond_ascii(value)}
    if strange:
        for parameter in click.get_current_context().command.params:
            if parameter.name in strange and not isinstance(parameter.type, SystemName):
                options[parameter.name] = _decoded(options[parameter.name])
    return options


def _is_beyond_ascii(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_is_beyond_ascii, value))
    return isinstance(value, str) and not value.isascii()


def _decoded(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_decoded, value))
    return as_received(value) if isinstance(value, str) else value


_SHARED = (
    click.option("--input", "source", type=FILE, help="Read FILE; - is standard input."),
    click.option("--lines", is_flag=True, help="Take every line as one question."),
    click.option("--raw", "-r", is_flag=True, help="Print what the next program wants, no JSON."),
    click.option("--pretty", is_flag=True, help="Indent the JSON, as on a terminal."),
    click.option("--explain", "-e", is_flag=True, help="Add every rule tried, with its outcome."),
    click.option("--quiet", "-q", is_flag=True, help="Print nothing: the status is the answer."),
    click.option("--fail-fast", is_flag=True, help="Stop at the first unusable question."),
    click.option("--output", type=FILE, help="Write to FILE, whole or not at all."),
    click.option("--now", type=TIME, metavar="TIME", help="Take TIME for now: epoch or date."),
)


def examples(text: str) -> str:
    """Mark the examples that end a command's help, so that they stand as they were written."""
    lines = ["Examples:", *(f"  {line}" if line else "" for line in text.strip().splitlines())]
    return "\b\n" + "\n".join(lines).replace("\n\n", "\n\n\b\n")
