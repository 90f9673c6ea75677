"""
Search for inputs whose cost grows faster than their length.

    python -m fuzzing.search [--seconds N] [--seed N] [TARGET ...]

Each target's seeds are blown up in many ways, and the processor's time is compared for two lengths.
"""

from __future__ import annotations

import argparse
from fnmatch import fnmatch
from time import process_time

from fuzzing.target import Target
from fuzzing.targets import TARGETS
from fuzzing.worst import Blown, blown_up

SMALL, LARGE = 20_000, 80_000
# Twice what a cost in proportion to the length would come to.
SUSPECT = 8.0


def cost_of(target: Target, octets: bytes, rounds: int = 1) -> float:
    """Give the processor time of one run, the least of several, in seconds."""
    least = float("inf")
    for _ in range(rounds):
        began = process_time()
        target.tried(octets)
        least = min(least, process_time() - began)
    return least


def search(target: Target, seconds: float, seed: int = 0) -> list[tuple[float, float, Blown]]:
    """Give the suspects, worst first: growth from small to large, cost of the large one, input."""
    found = []
    until = process_time() + seconds
    for blown in blown_up(target, seed):
        if process_time() > until:
            break
        large = cost_of(target, blown.of_size(LARGE))
        if large < 0.004:
            continue
        small = cost_of(target, blown.of_size(SMALL))
        if large > small * SUSPECT * 0.8:
            # With one more or less, quotes may be balanced: the dearer of the two counts.
            longer = SMALL + len(blown.unit) + len(blown.second)
            small = max(small, cost_of(target, blown.of_size(longer), 2))
            large = min(large, cost_of(target, blown.of_size(LARGE), 2))
        found.append((large / max(small, 1e-6), large, blown))
    return sorted(found, key=lambda item: item[0] * item[1] ** 0.5, reverse=True)


def main() -> None:
    """Search for each target that was named, or all."""
    parser = argparse.ArgumentParser(prog="python -m fuzzing.search", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name, target in TARGETS.items():
        if any(fnmatch(name, pattern) for pattern in arguments.targets or ["*"]):
            found = search(target, arguments.seconds, arguments.seed)
            for growth, large, blown in found[:2]:
                mark = "!" if growth > SUSPECT else " "
                print(f"{mark} {name}: x{growth:.1f}, {large * 1000:.0f} ms, {blown!r}", flush=True)


if __name__ == "__main__":
    main()
