"""The list of disagreements names vectors that exist, each with a reason and a section."""

import pytest

from .disagreements import CORS_DECISIONS, DISAGREEMENTS, OPEN_QUESTIONS
from .vectors import DIRECTORY, read


def test_every_listed_disagreement_exists():
    known = {vector["id"] for vector in read("*/*.jsonl") if "id" in vector}
    if not known & DISAGREEMENTS.keys():
        pytest.skip(f"the vectors that are listed are not in {DIRECTORY}")
    assert DISAGREEMENTS.keys() <= known


@pytest.mark.parametrize(
    "entries",
    [DISAGREEMENTS, OPEN_QUESTIONS, CORS_DECISIONS],
    ids=["ids", "classes", "cors"],
)
def test_every_disagreement_has_a_reason_and_a_section(entries):
    for reason, section in entries.values():
        assert len(reason) > 20
        assert "section" in section
