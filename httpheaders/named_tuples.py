"""
`typing.NamedTuple` at a quarter of its price, for the start of the program is made of such classes.

Type checkers see the original. At run time a class is a tuple whose fields have names, like what
`collections.namedtuple` makes; but the methods that all have in common are inherited rather than
made anew, the constructor is compiled once for each number of fields, and the annotations stay the
text that they are.

Source: none; Python itself makes such classes more slowly.
"""

from __future__ import annotations

from collections import _tuplegetter  # type: ignore[attr-defined]  # the C one: operator has none
from types import FunctionType
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    _constructors: dict[int, FunctionType] = {}

    def _constructor(qualname: str, fields: tuple[str, ...], defaults: tuple[Any, ...]) -> Any:
        """Give `__new__` with these parameters: that of as many others, under new names."""
        count = len(fields)
        if count not in _constructors:
            names = "".join(f"_{number}, " for number in range(count))
            source = f"lambda cls, {names}: new(cls, ({names}))"
            _constructors[count] = eval(source, {"new": tuple.__new__})
        model = _constructors[count]
        code = model.__code__.replace(
            co_varnames=("cls", *fields), co_name="__new__", co_qualname=f"{qualname}.__new__"
        )
        return FunctionType(code, model.__globals__, "__new__", defaults)

    class _Fields(tuple):
        """What all named tuples have in common."""

        __slots__ = ()

        @classmethod
        def _make(cls, iterable: Any) -> Any:
            made = tuple.__new__(cls, iterable)
            if len(made) != len(cls._fields):
                raise TypeError(f"expected {len(cls._fields)} values, got {len(made)}")
            return made

        def _replace(self, /, **changes: Any) -> Any:
            made = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            shown = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class _Maker(type):
        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            body |= {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
            body |= {"__slots__": (), "__match_args__": fields}
            body |= {"_fields": fields, "_field_defaults": defaults}
            body["__new__"] = _constructor(body["__qualname__"], fields, tuple(defaults.values()))
            return type(name, (_Fields,), body)

    class NamedTuple(metaclass=_Maker):
        """The base whose subclasses are named tuples."""
