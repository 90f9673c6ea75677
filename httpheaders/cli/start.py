"""
The way in: as little as can be between the shell and the answer.

Collecting cyclic garbage while a thousand objects are made that all stay, and taking the
interpreter apart when the answer is out, would be a fifth of a short run.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["run"]


def run() -> None:
    """Run the program with the arguments of the process, and leave."""
    gc.disable()
    sys.unraisablehook = _hear_what_is_ignored
    try:
        from httpheaders.cli.main import cli

        cli.main()
    except KeyboardInterrupt:  # where nothing was there yet, or any more, that could tell of it
        _leave_interrupted()
    except SystemExit as leaving:
        # An application that was called in this process may have left something to do at its end.
        if "httpheaders.cli.commands.wsgi" in sys.modules or not isinstance(leaving.code, int):
            raise
        os._exit(leaving.code)


def _hear_what_is_ignored(ignored: UnraisableHookArgs) -> None:
    """End on a Ctrl-C that met a callback nothing can be raised from, as imports have many."""
    if issubclass(ignored.exc_type, KeyboardInterrupt):
        _leave_interrupted()
    sys.__unraisablehook__(ignored)


def _leave_interrupted() -> NoReturn:
    if (destinations := sys.modules.get("httpheaders.cli.destinations")) is not None:
        destinations.remove_unfinished()
    os._exit(130)
