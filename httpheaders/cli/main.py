"""
The program: finds the command, runs it, and turns whatever comes out into an exit status.

Commands are imported when they are called, so that none pays for another.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from httpheaders.cli.destinations import remove_unfinished
from httpheaders.cli.driver import show_error
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.late_group import LateGroup
from httpheaders.cli.options import examples
from httpheaders.errors import HttpHeadersError
from httpheaders.version import __version__

__all__ = ["cli"]

# Set by the shell's completion, as click's scripts have it.
COMPLETION = "_HTTPHEADERS_COMPLETE"

# Name, module of cli/commands, and the question it answers, as the help lists them.
COMMANDS = {
    "get": ("get", "Say what one header is, or one part of it."),
    "assert": ("assert_", "Say whether these checks hold on this message."),
    "parse": ("parse", "Say what a header dump holds, as JSON, losing nothing."),
    "negotiate": ("negotiate", "Say which of what you have this client wants."),
    "gzip": ("gzip", "Say whether this client takes gzip, and give what to send."),
    "session": ("session", "Sign a session, or say whether a token is genuine and in time."),
    "cache-headers": ("cache_headers", "Say which headers express a caching strategy."),
    "cache-check": ("cache_check", "Say whether a cache may store and use a response, and why."),
    "cache-sim": ("cache_sim", "Say what a cache would have answered to recorded traffic."),
    "etag": ("etag", "Compute an entity tag, and say what a conditional request gets."),
    "cookie": ("cookie", "Read cookies, build them, and keep them as a browser does."),
    "cors-check": ("cors_check", "Say whether an origin gets in, or whether a browser accepts."),
    "pipeline": ("pipeline", "Say how far a request gets under a policy, and what is sent."),
    "wsgi": ("wsgi", "Say what a WSGI app answers to a request, behind this middleware."),
    "pool-sim": ("pool_sim", "Foretell what a keep-alive pool does with your traffic."),
}

EXAMPLES = """
$ curl -sSI https://example.com/ | httpheaders get cache-control.max-age
3600

$ curl -sSI https://example.com/ | httpheaders assert -q ':status==200' 'vary[origin]'; echo $?
0

$ curl -sSI https://example.com/ | httpheaders parse -q; echo $?
0

$ httpheaders negotiate text/html text/markdown --accept 'text/*;q=0.5, text/markdown' --raw
text/markdown
"""


class Program(LateGroup):
    """The group of all commands, which ends with the statuses that the manual promises."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> None:
        """Run, and leave with one of the statuses of `ExitStatus`."""
        _hold_closed_descriptors()
        arguments = list(sys.argv[1:] if args is None else args)
        sys.exit(_finish(self._status(arguments, prog_name or "httpheaders")))

    def _status(self, arguments: list[str], program: str) -> int:
        try:
            if instruction := os.environ.get(COMPLETION):
                return self._completed(program, instruction)
            with self.make_context(program, arguments) as context:
                status: int | None = self.invoke(context)
                return ExitStatus.YES if status is None else status
        except click.exceptions.Exit as leaving:
            return leaving.exit_code
        except BrokenPipeError:
            return ExitStatus.READER_GONE
        except (KeyboardInterrupt, click.Abort):
            remove_unfinished()
            return ExitStatus.INTERRUPTED
        except click.UsageError as error:
            return _told_usage(error)
        except (HttpHeadersError, click.ClickException) as error:
            message = error.format_message() if isinstance(error, click.ClickException) else error
            return _told(str(message), ExitStatus.UNUSABLE)
        except OSError as error:
            # A name that is empty, as of a variable that was not set, is hard to see.
            place = "" if error.filename is None else f"{error.filename or repr('')}: "
            return _told(f"{place}{error.strerror or error}", ExitStatus.UNUSABLE)
        except MemoryError:
            return _told("the input needs more memory than there is", ExitStatus.UNUSABLE)
        except Exception as error:
            # The message may hold what the input held, a secret among it: the type must do.
            place = _place(error)
            return _told(f"a bug in httpheaders: {type(error).__name__} in {place}", ExitStatus.BUG)

    def _completed(self, program: str, instruction: str) -> int:
        """Answer the shell that completes a command line, or wants to know how to."""
        from click.shell_completion import shell_complete

        try:
            status = shell_complete(self, {}, program, COMPLETION, instruction)
        except (KeyError, ValueError):  # what click's own scripts set is not set
            status = 1
        if status == 0:
            return ExitStatus.YES
        return _told(
            f"{COMPLETION} is for the shell's completion: expected bash_source, zsh_source or "
            "fish_source",
            ExitStatus.UNUSABLE,
        )


def _hold_closed_descriptors() -> None:
    """
    Keep the numbers of standard streams that are closed from the files that are opened.

    What is written to one of them, here or by an application, would end in such a file. They are
    held by what can neither be read nor written, so that whoever tries meets an error as before.
    """
    for stream, flags in ((sys.stdin, os.O_WRONLY), (sys.stdout, 0), (sys.stderr, 0)):
        if stream is None:
            os.open(os.devnull, flags)  # it gets the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()


class _ClosedOutput(io.TextIOBase):
    """Standard output of a process that was started without one: writing help to it must fail."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.EBADF, "closed", "<stdout>")


def _told(message: str, status: ExitStatus) -> ExitStatus:
    show_error(message)
    return status


def _told_usage(error: click.UsageError) -> ExitStatus:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return ExitStatus.UNUSABLE
    context = error.ctx
    hint = f" (see '{context.command_path} --help')" if context is not None else ""
    return _told(error.format_message().rstrip(".") + hint, ExitStatus.UNUSABLE)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def _finish(status: int) -> int:
    """Send on what the streams still hold, so that a failed write is seen in the status."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _give_up(2)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        status = ExitStatus.READER_GONE
    except OSError as error:
        if status in (ExitStatus.YES, ExitStatus.NO):
            status = _told(f"<stdout>: {error.strerror or error}", ExitStatus.UNUSABLE)
    else:
        return status
    _give_up(1)
    return status


def _give_up(descriptor: int) -> None:
    """Throw away what could not be written; the interpreter would try again at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


@click.group(
    cls=Program,
    table={
        name: (f"httpheaders.cli.commands.{module}", question)
        for name, (module, question) in COMMANDS.items()
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(EXAMPLES),
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Answer the questions that HTTP headers answer, with the rule behind each answer.

    Each command has its own help, and a manual page: man httpheaders COMMAND.
    """
