"""
Curves of a sweep, drawn by packages that are installed with the extra `plot`.

Both are imported when they are asked for, and a clear word is said when they are not there.

Source: none.
"""

from __future__ import annotations

from typing import Any

from httpheaders.errors import PolicyError
from httpheaders.pool_sweep import Sweep

__all__ = ["svg_plot", "text_plot"]

_WIDTH, _HEIGHT = 50, 16


def text_plot(sweep: Sweep, *, width: int = _WIDTH) -> str:
    """
    Draw the connections opened over the values, as text.

    Raises:
        PolicyError: plotille is not installed, or no value is a limit.
    """
    plotille: Any = _imported("plotille")
    xs, ys = _points(sweep)
    figure = plotille.Figure()
    figure.width, figure.height = width, _HEIGHT
    figure.with_colors = False
    figure.x_label, figure.y_label = sweep.parameter, "connections opened"
    # A single value is given a width, large enough not to be lost in rounding.
    figure.set_x_limits(min_=xs[0], max_=max(xs[-1], xs[0] + 1e-9 * max(1.0, xs[0])))
    # One row more, for what lies on the upper limit is not drawn.
    figure.set_y_limits(min_=0, max_=max(*ys, 1) * _HEIGHT / (_HEIGHT - 1))
    figure.register_label_formatter(float, _label)
    figure.plot(xs, ys)
    lines = str(figure.show(legend=False)).splitlines()
    return "\n".join(line.rstrip("\u2800 ") for line in lines)


def svg_plot(sweep: Sweep) -> bytes:
    """
    Draw the same as an SVG document; without scripts, and always the same for the same sweep.

    Raises:
        PolicyError: leather is not installed, or no value is a limit.
    """
    leather: Any = _imported("leather")
    xs, ys = _points(sweep)
    chart = leather.Chart(f"connections opened over {sweep.parameter}")
    chart.add_x_scale(xs[0], max(xs[-1], xs[0] + 1))
    chart.add_y_scale(0, max(*ys, 1))
    chart.add_x_axis(name=sweep.parameter)
    chart.add_y_axis(name="connections opened")
    chart.add_line(list(zip(xs, ys, strict=True)), name="connections opened")
    return f"{chart.to_svg()}\n".encode()


def _label(val: float, chars: int, delta: float, left: bool = False) -> str:
    """Write a value at an axis with as many digits as can be told apart there."""
    del delta
    text = f"{val:.3g}"
    return text.ljust(chars) if left else text.rjust(chars)


def _points(sweep: Sweep) -> tuple[list[float], list[int]]:
    # There is no place for no limit on an axis of values.
    rising = sorted(
        (point.value, point.created) for point in sweep.curve if point.value is not None
    )
    if not rising:
        raise PolicyError("there is nothing to draw: no value swept is a limit")
    return [value for value, _ in rising], [created for _, created in rising]


def _imported(package: str) -> Any:
    from importlib import import_module

    try:
        return import_module(package)
    except ImportError:
        raise PolicyError(
            f"plotting needs the package {package}: pip install 'httpheaders-cli[plot]'"
        ) from None
