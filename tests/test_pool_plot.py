"""Curves, drawn by packages that need not be there."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from httpheaders.errors import PolicyError
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_plot import svg_plot, text_plot
from httpheaders.pool_sweep import sweep

ROWS = [(n, "a", 0.5 + n % 3) for n in range(30)]


def curve(values=(0.5, 1, 2, 4)):
    return sweep(ROWS, PoolParameters(), "idle_timeout", list(values))


def test_text():
    pytest.importorskip("plotille")
    drawn = text_plot(curve())
    assert "idle_timeout" in drawn
    assert "connections opened" in drawn
    assert len(drawn.splitlines()) > 10


def test_the_axes_have_numbers_that_people_read():
    pytest.importorskip("plotille")
    numbers = re.findall(r"[0-9][0-9.]*", text_plot(curve(range(1, 41))))
    assert numbers
    assert all(len(number.removeprefix("0").replace(".", "")) <= 3 for number in numbers)


def test_the_highest_points_are_drawn():
    pytest.importorskip("plotille")
    drawn = text_plot(curve(range(1, 41)))
    assert drawn.count("⠉") + drawn.count("⠒") + drawn.count("⠤") + drawn.count("⣀") > 60, drawn


@pytest.mark.parametrize("value", [0, 1, 10**8, 10**11])
def test_one_value_can_be_drawn(value):
    pytest.importorskip("plotille")
    assert text_plot(curve([value]))


@pytest.mark.parametrize(("package", "draw"), [("plotille", text_plot), ("leather", svg_plot)])
def test_no_limit_has_no_place_on_the_axis(package, draw):
    pytest.importorskip(package)
    assert draw(curve([None, 1, 2])) == draw(curve([1, 2]))
    with pytest.raises(PolicyError, match="nothing to draw"):
        draw(curve([None]))


def test_svg_is_well_formed_and_always_the_same():
    pytest.importorskip("leather")
    drawn = svg_plot(curve())
    assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    assert drawn == svg_plot(curve())
    assert b"<script" not in drawn


@pytest.mark.parametrize(("package", "draw"), [("plotille", text_plot), ("leather", svg_plot)])
def test_a_package_that_is_not_there_is_named(monkeypatch, package, draw):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(PolicyError, match=f"needs the package {package}: pip install"):
        draw(curve())
