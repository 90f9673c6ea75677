"""
Work in proportion to the length, for the worst inputs known: lines run are counted, not timed.

What one line costs is not seen: that of expressions is proved in test_patterns, and
`python -m benchmarks hostile` measures the whole.
"""

from __future__ import annotations

import pytest

from fuzzing.target import Target
from fuzzing.targets import TARGETS
from fuzzing.worst import WORST, Blown, worst_of
from tests.hostile.counting import TooMuch, lines_run

SMALL, LARGE = 1500, 6000
# In proportion it would be 4; the square gives 16.
MOST_GROWTH = 8
# What an input may cost whatever its length: to import something, to look a table through.
ANYTIME = 3000


def cost(target: Target, octets: bytes, most: int | None = None) -> int:
    return lines_run(lambda: target.tried(octets), most)


def assert_proportionate(target: Target, blown: Blown) -> None:
    fixed = len(blown.of_size(0))
    # With one more or less, quotes are balanced or not: the dearer of the two counts.
    longer = fixed + SMALL + len(blown.unit) + len(blown.second)
    small = max(cost(target, blown.of_size(size)) for size in (fixed + SMALL, longer))
    most = MOST_GROWTH * small + ANYTIME
    try:
        cost(target, blown.of_size(fixed + LARGE), most)
    except TooMuch:
        pytest.fail(f"{blown!r}: more than {most} lines for {LARGE} octets, {small} for {SMALL}")


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_work_is_in_proportion_to_the_input(target):
    target.tried(target.seeds[0])  # what is imported late is imported
    worst = worst_of(target)
    known = len(WORST.get(target.name, ()))
    # All that is known of this one, and every sixth of what is general, others for each target.
    chosen = [*worst[:known], *worst[known + sum(target.name.encode()) % 6 :: 6]]
    for blown in chosen:
        assert_proportionate(target, blown)


def quadratic(octets: bytes) -> int:
    few = octets[::20]
    return sum(1 for one in few for other in few if one == other)


def test_growth_with_the_square_is_told():
    target = Target("quadratic", quadratic, (b"",))
    with pytest.raises(pytest.fail.Exception, match="more than"):
        assert_proportionate(target, Blown(b"ab"))


def test_turns_of_a_loop_on_one_line_are_counted():
    assert lines_run(lambda: [n for n in range(1000)]) >= 1000  # noqa: C416
