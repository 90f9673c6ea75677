"""The one table of targets, by name."""

from __future__ import annotations

from collections.abc import Mapping

from fuzzing.commands import COMMANDS
from fuzzing.decisions import DECISIONS
from fuzzing.parsers import PARSERS
from fuzzing.target import Target

__all__ = ["TARGETS"]

TARGETS: Mapping[str, Target] = {
    target.name: target for target in (*PARSERS, *DECISIONS, *COMMANDS)
}
