"""One comparison of a measurement: ours against a named peer's, side by side in one run."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Row"]


class Row(NamedTuple):
    """
    One comparison.

    Attributes:
        what: the work that both do.
        ours, peer: what it costs each, in `unit`; less is better.
        ratio: the peer's cost over ours: above 1, we are the faster.
        goal: the ratio to reach, where one was set.
    """

    what: str
    ours: float
    peer_name: str
    peer: float
    ratio: float
    unit: str = "s"
    goal: float | None = None
