"""Every regular expression that the package has, and how each is used."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import httpheaders
from httpheaders.syntax.patterns import _LazyPattern

__all__ = ["Use", "compiled_elsewhere", "every_module", "uses_of_patterns"]

_ANCHORED = {"match", "fullmatch"}
_RE_FUNCTIONS = {"match", "fullmatch", "search", "split", "sub", "findall", "finditer", "compile"}
_UNKNOWN = frozenset({"fullmatch", "search"})


class Use(NamedTuple):
    """A regular expression, and the names of the methods that it is used by anywhere."""

    where: str
    pattern: str | bytes
    flags: int
    methods: frozenset[str]

    @property
    def searches(self) -> bool:
        """Whether it is looked for anywhere, not at one place."""
        return not self.methods <= _ANCHORED

    @property
    def whole(self) -> bool:
        """Whether it has to match to the end."""
        return "fullmatch" in self.methods


def every_module() -> Iterator[ModuleType]:
    """Import every module of the package."""
    for found in pkgutil.walk_packages(httpheaders.__path__, "httpheaders."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def uses_of_patterns() -> list[Use]:
    """Find what `lazy_pattern` was given, and what `re` is given directly, with their uses."""
    lazy: dict[int, tuple[str, Any]] = {}
    methods: dict[int, set[str]] = {}
    direct: list[Use] = []
    for module in every_module():
        for name, pattern, is_nested in _lazy_in(module):
            lazy.setdefault(id(pattern), (f"{module.__name__}.{name}", pattern))
            if is_nested:  # in a table, from which it is taken for who knows what
                methods.setdefault(id(pattern), set()).update(_UNKNOWN)
        for node in ast.walk(_tree(module)):
            if isinstance(node, ast.Call) and _is_of_re(node):
                direct += _direct(node, module)
            for pattern, method in _used(node, module):
                methods.setdefault(id(pattern), set()).add(method)
        for pattern in _passed_on(_tree(module), module):
            methods.setdefault(id(pattern), set()).update(_of_parameters(_tree(module)))
    return [
        Use(where, pattern.pattern, pattern.flags, frozenset(methods.get(key, _UNKNOWN)))
        for key, (where, pattern) in lazy.items()
    ] + direct


def compiled_elsewhere() -> list[str]:
    """Name the places that compile an expression which is not written there."""
    return [
        f"{module.__name__}:{ast.unparse(node)}"
        for module in every_module()
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Call) and _is_of_re(node) and _literal(node) is None
    ]


def _tree(module: ModuleType) -> ast.Module:
    assert module.__file__ is not None
    return ast.parse(Path(module.__file__).read_bytes())


def _lazy_in(module: ModuleType) -> Iterator[tuple[str, Any, bool]]:
    def inside(name: str, value: object, is_nested: bool) -> Iterator[tuple[str, Any, bool]]:
        if isinstance(value, _LazyPattern):
            yield name, value, is_nested
        elif isinstance(value, (tuple, list)):
            for item in value:
                yield from inside(name, item, True)
        elif isinstance(value, dict):
            for item in value.values():
                yield from inside(name, item, True)

    for name, value in vars(module).items():
        yield from inside(name, value, False)


def _is_of_re(node: ast.Call) -> bool:
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "re"
        and called.attr in _RE_FUNCTIONS
    )


def _literal(node: ast.Call) -> str | bytes | None:
    first = node.args[0]
    return first.value if isinstance(first, ast.Constant) else None  # type: ignore[return-value]


def _direct(node: ast.Call, module: ModuleType) -> list[Use]:
    pattern = _literal(node)
    if pattern is None:
        return []
    assert isinstance(node.func, ast.Attribute)
    flags = int(re.ASCII) if "ASCII" in ast.unparse(node) else 0
    return [Use(module.__name__, pattern, flags, frozenset({node.func.attr}))]


def _used(node: ast.AST, module: ModuleType) -> Iterator[tuple[Any, str]]:
    """Give the pattern that a node calls a method of."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        pattern = vars(module).get(node.value.id)
        if isinstance(pattern, _LazyPattern) and node.attr != "pattern":
            yield pattern, node.attr


def _passed_on(tree: ast.Module, module: ModuleType) -> Iterator[Any]:
    """Give the patterns that are handed to somebody else."""
    called = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
            pattern = vars(module).get(node.id)
            if isinstance(pattern, _LazyPattern):
                yield pattern


def _of_parameters(tree: ast.Module) -> frozenset[str]:
    """Give the methods that a module calls of patterns which its functions are given."""
    given = {
        argument.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arguments)
        for argument in (*node.args, *node.kwonlyargs)
        if argument.annotation is not None and "re.Pattern" in ast.unparse(argument.annotation)
    }
    found = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in given
    }
    return frozenset(found) or _UNKNOWN
