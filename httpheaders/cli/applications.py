"""
Applications that are named on the command line, and the streams they may not have.

Source: PEP 3333; `MODULE:APP` as gunicorn, waitress and uWSGI read it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from httpheaders.errors import InputError, WsgiError
from httpheaders.wsgi_call import describe

__all__ = ["load_object", "output_kept_apart"]


def load_object(spec: str, *, default: tuple[str, ...] = ()) -> Callable[..., Any]:
    """
    Import what `module:name` or `module:factory()` names; the current directory counts first.

    Args:
        spec: the module, and after a colon the object, or a call of it without arguments.
        default: the names to try where there is no colon.

    Raises:
        InputError: there is no such module or name, or it is nothing that can be called.
        WsgiError: importing or making it raised.
    """
    module_name, _, expression = spec.partition(":")
    if "/" in module_name or module_name.endswith(".py"):
        hint = module_name.removesuffix(".py").strip("./").replace("/", ".")
        raise InputError(f"'{spec}' is a file: expected a module, '{hint}:{expression or 'app'}'")
    if not all(part.isidentifier() for part in module_name.split(".")):
        raise InputError(f"'{spec}' is not like 'module:app' or 'module:create_app()'")
    module = _imported(module_name)
    is_call = expression.endswith("()")
    found = _attribute(module, expression.removesuffix("()"), module_name, default)
    if is_call:
        found = _called(found, spec)
    if not callable(found):
        raise InputError(f"'{spec}' is {type(found).__name__}, which cannot be called")
    loaded: Callable[..., Any] = found
    return loaded


def _imported(name: str) -> Any:
    from importlib import import_module

    with suppress(FileNotFoundError):  # a directory may be gone while one is in it
        here = os.getcwd()
        if here not in sys.path:
            sys.path.insert(0, here)
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise InputError(f"there is no module '{error.name}' here or installed") from None
        raise WsgiError(f"importing '{name}' raised {describe(error)}") from error
    except (Exception, SystemExit) as error:
        raise WsgiError(f"importing '{name}' raised {describe(error)}") from error


def _attribute(module: Any, path: str, module_name: str, default: tuple[str, ...]) -> Any:
    if not path:
        for name in default:
            if hasattr(module, name):
                return getattr(module, name)
        names = " or ".join(f"'{name}'" for name in default) or "the name after the colon"
        raise InputError(f"module '{module_name}' has no {names}: write '{module_name}:NAME'")
    found = module
    for part in path.split("."):
        if not hasattr(found, part):
            from httpheaders.cli.key_types import nearest_word

            nearest = nearest_word(part, [name for name in dir(found) if name[:1] != "_"])
            hint = f": did you mean '{nearest}'" if nearest else ""
            raise InputError(f"'{module_name}' has no '{part[:60]}'{hint}")
        found = getattr(found, part)
    return found


def _called(factory: Any, spec: str) -> Any:
    if not callable(factory):
        raise InputError(f"'{spec.removesuffix('()')}' is {type(factory).__name__}, not a factory")
    try:
        return factory()
    except (Exception, SystemExit) as error:
        raise WsgiError(f"'{spec}' raised {describe(error)}") from error


@contextmanager
def output_kept_apart() -> Iterator[Callable[[], None]]:
    """
    Keep what an application prints out of our output: it goes to standard error.

    Inside, file descriptor 1 is standard error, for code that writes past Python as well, and it
    stays so: an application may still print when the process ends. `sys.stdout` is the real output
    until the function that this gives is called, which is to be before any of the application runs.
    """
    real = sys.stdout
    apart = _moved_output()
    kept = sys.stdout  # its buffer would be closed once nothing refers to it

    def hand_over() -> None:
        sys.stdout = sys.stderr or _Nowhere()

    try:
        yield hand_over
    except BaseException:
        if apart is not None:
            # What could not be written is given up; the interpreter would try again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), apart)
        raise
    finally:
        if apart is None and hasattr(real, "buffer"):
            sys.stdout = real
        else:
            hand_over()
        del kept


def _moved_output() -> int | None:
    """Move standard output to a descriptor of its own; None where it is closed, or another's."""
    if _descriptor_of_output() != 1:
        return None
    sys.stdout.flush()
    apart = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = open(apart, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - to the end
    return apart


def _descriptor_of_output() -> int | None:
    try:
        descriptor: int = sys.stdout.buffer.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return descriptor


class _Nowhere:
    """A text stream for applications of a process without standard error."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False
