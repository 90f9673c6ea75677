"""Our NamedTuple makes what the original makes."""

from __future__ import annotations

import pickle
from typing import NamedTuple as Original

import pytest

from httpheaders.named_tuples import NamedTuple


class Ours(NamedTuple):
    """A place."""

    name: str
    line: int = 1

    @property
    def shown(self) -> str:
        """Both."""
        return f"{self.name}:{self.line}"


class Theirs(Original):
    """A place."""

    name: str
    line: int = 1

    @property
    def shown(self) -> str:
        """Both."""
        return f"{self.name}:{self.line}"


@pytest.mark.parametrize("made", [Ours, Theirs])
def test_fields_defaults_methods_and_names(made):
    place = made("a")
    assert (place, place.line, place.shown) == (("a", 1), 1, "a:1")
    assert place._replace(line=2) == made(name="a", line=2)
    assert place._asdict() == {"name": "a", "line": 1}
    assert (made.__doc__, made.__module__, made._fields) == ("A place.", __name__, ("name", "line"))
    assert made._field_defaults == {"line": 1}
    assert made._make(["a", 2]) == made("a", 2)
    assert made.__annotations__.keys() == {"name", "line"}
    assert repr(place) == f"{made.__name__}(name='a', line=1)"
    assert pickle.loads(pickle.dumps(place)) == place
    with pytest.raises(AttributeError):
        place.line = 3
    with pytest.raises(TypeError, match=rf"{made.__name__}.__new__\(\) missing .* 'name'"):
        made()
    with pytest.raises(TypeError):
        made._make(["a"])
    # A ValueError before Python 3.13.
    with pytest.raises((TypeError, ValueError)):
        place._replace(lines=2)
    match place:
        case made(name, line):
            assert (name, line) == ("a", 1)
