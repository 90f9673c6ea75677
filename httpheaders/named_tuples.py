"""
`typing.NamedTuple` at half its price, for the start of the program is made of such classes.

Type checkers see the original. At run time, the class is what `collections.namedtuple` makes of the
annotated names, with the methods that the body defines; the annotations themselves, which the
original compiles one by one, stay the text that they are.

Source: none; Python itself makes such classes more slowly.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    # What a class body holds besides fields and methods, and namedtuple has made already.
    _SET_ALREADY = frozenset({"__annotations__", "__module__", "__qualname__", "__classcell__"})

    class _Maker(type):
        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", {})
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in _SET_ALREADY and key not in fields:
                    setattr(made, key, value)
            made.__annotations__ = fields
            made.__qualname__ = body["__qualname__"]
            return made

    class NamedTuple(metaclass=_Maker):
        """The base whose subclasses are named tuples."""
