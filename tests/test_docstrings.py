"""Every module says what it decides and from where; every public name says what it does."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import httpheaders

PACKAGE = Path(httpheaders.__file__).parent
MODULES = sorted(
    ".".join(("httpheaders", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in PACKAGE.rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py", "version.py")
)
# The command line takes its rules from the core.
CORE = [name for name in MODULES if not name.startswith("httpheaders.cli.")]
_source = re.compile(r"^Source: (?:none[.;]|\S+ \S+)", re.MULTILINE)


@pytest.mark.parametrize("name", CORE)
def test_a_module_of_the_core_names_its_source_or_says_that_it_has_none(name):
    text = inspect.getdoc(import_module(name)) or ""
    assert _source.search(text), f"{name}: end the docstring with 'Source: …'"


def public_things(module):
    """Give what a module itself defines for others: functions, classes and their methods."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            yield name, thing
            for member in vars(thing):
                method = inspect.getattr_static(thing, member)
                if not member.startswith("_") and isinstance(
                    method, (staticmethod, classmethod, property, type(public_things))
                ):
                    # One that stands in for another has its docstring.
                    yield f"{name}.{member}", getattr(thing, member)


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_says_what_it_does(name):
    module = import_module(name)
    silent = [told for told, thing in public_things(module) if not inspect.getdoc(thing)]
    assert not silent, f"{name}: no docstring: {', '.join(silent)}"
