"""
Regular expressions that are compiled when they are first used.

Compiling is most of what importing a grammar costs, and one run of the program uses few of its
patterns.

Source: none.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["lazy_pattern"]

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub", "subn")


class _LazyPattern:
    """Stands for a pattern; from the first use on, its methods are those of the compiled one."""

    def __init__(self, source: Any, flags: int) -> None:
        self.pattern = source
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return self.__dict__[name]


def lazy_pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """
    Give a pattern like `re.compile`, at no cost until it is used.

    >>> lazy_pattern("[a-z]+").fullmatch("abc") is not None
    True
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(source, flags))
