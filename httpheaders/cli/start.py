"""
The way in: as little as can be between the shell and the answer.

Collecting cyclic garbage while a thousand objects are made that all stay, and taking the
interpreter apart when the answer is out, would be a fifth of a short run.
"""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["run"]


def run() -> None:
    """Run the program with the arguments of the process, and leave."""
    gc.disable()
    try:
        from httpheaders.cli.main import cli

        cli.main()
    except KeyboardInterrupt:  # before there was anything that could tell of it
        os._exit(130)
    except SystemExit as leaving:
        # An application that was called in this process may have left something to do at its end.
        if "httpheaders.cli.commands.wsgi" in sys.modules or not isinstance(leaving.code, int):
            raise
        os._exit(leaving.code)
