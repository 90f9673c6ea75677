"""Nothing is imported that a command does not use."""

from __future__ import annotations

import sys

import pytest

from tests.cli.samples import SAMPLES
from tests.cli.startup import IMPORTED_UNUSED, MAY_IMPORT, READING, SHARED, Run, observed


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, list[Run]]:
    notes = tmp_path_factory.mktemp("imports") / "notes"
    found: dict[str, list[Run]] = {}
    for sample in SAMPLES:
        for arguments, stdin in ((sample.alone, b""), (sample.piped, sample.question)):
            if arguments is not None:
                run = observed([*sample.command.split(), *arguments], stdin, notes)
                assert run.status == sample.status
                found.setdefault(sample.command, []).append(run)
    return found


@pytest.mark.parametrize("command", sorted({sample.command for sample in SAMPLES}))
def test_a_command_imports_what_the_table_gives_it_and_nothing_else(command, runs):
    allowed = SHARED | READING | MAY_IMPORT[command]
    imported = frozenset().union(*(run.own | run.others for run in runs[command]))
    assert imported - allowed == set()
    # What was imported once and is no more goes from the table too; an extra may be absent, and
    # what is of the standard library may be imported by click already.
    assert MAY_IMPORT[command] - imported <= {"zlib_ng", *sys.stdlib_module_names}


@pytest.mark.parametrize("command", sorted({sample.command for sample in SAMPLES}))
def test_a_command_uses_something_of_every_module_that_it_imports(command, runs):
    for run in runs[command]:
        assert run.unused <= IMPORTED_UNUSED.keys()


def test_no_reason_is_given_for_a_module_that_every_sample_uses(runs):
    unused = {name for found in runs.values() for run in found for name in run.unused}
    assert IMPORTED_UNUSED.keys() <= unused


def test_a_question_in_the_arguments_imports_nothing_that_reads(runs):
    imported = [run.own for run in runs["negotiate"]]
    assert "cli.reading" not in imported[0]
    assert "cli.reading" in imported[1]


def test_a_module_that_is_imported_in_vain_is_found(tmp_path):
    # What the observer tells of: one module whose function is called, one that is only imported.
    run = observed(["cache-headers", "no-store"], b"", tmp_path / "notes")
    assert "cache_strategies" not in run.unused
    assert "syntax.field_values" in run.unused
