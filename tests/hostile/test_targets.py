"""Every target of the fuzzers, driven by Hypothesis; and that nothing lacks a target."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import FrameType, FunctionType
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzzing.finds import FINDS
from fuzzing.target import Target
from fuzzing.targets import TARGETS
from fuzzing.tokens import TOKENS, dictionary
from fuzzing.worst import WORST
from httpheaders.cli.main import COMMANDS, cli
from httpheaders.messages.fields import KINDS
from httpheaders.session_formats import FORMATS
from tests.hostile.patterns import every_module

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)

# What functions that read text are called.
READERS = ("parse_", "read_", "split_", "decode_", "scan_", "judge_", "unquote")

random_octets = st.lists(st.sampled_from(TOKENS) | st.binary(max_size=4), max_size=30).map(b"".join)


@st.composite
def changed_seeds(draw: st.DrawFn, target: Target) -> bytes:
    """A seed with some pieces taken out, and others put in."""
    octets = draw(st.sampled_from(target.seeds))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(octets)))
        removed = draw(st.integers(0, 8))
        put = draw(st.sampled_from(TOKENS)) * draw(st.sampled_from((1, 1, 1, 2, 40)))
        octets = octets[:at] + put + octets[at + removed :]
    return octets


def must_be_fine(target: Target, octets: bytes) -> None:
    error = target.tried(octets)
    if error is not None:
        raise error


@every_target
def test_seeds_are_read_or_refused(target):
    assert target.seeds
    for seed in target.seeds:
        must_be_fine(target, seed)


@every_target
def test_nothing_comes_out_but_our_own_errors(target):
    is_slow = target.name.startswith("command")

    @settings(
        max_examples=20 if is_slow else 60,
        deadline=None,
        database=None,
        derandomize=True,  # chance is for `python -m fuzzing`; here the same is tried each time
        suppress_health_check=list(HealthCheck),
    )
    @given(octets=changed_seeds(target) | random_octets)
    def attack(octets: bytes) -> None:
        must_be_fine(target, octets)

    attack()


@pytest.mark.parametrize("find", FINDS, ids=lambda find: find.was)
def test_what_went_wrong_once_stays_right(find):
    must_be_fine(TARGETS[find.target], find.octets)


# --- nothing lacks a target -----------------------------------------------------------------------


def readers() -> Iterator[tuple[str, FunctionType]]:
    """Give the public functions of the package that read text, by their names below it."""
    for module in every_module():
        name = module.__name__.removeprefix("httpheaders.")
        for public in getattr(module, "__all__", ()):
            value = getattr(module, public)
            is_own = inspect.isfunction(value) and value.__module__ == module.__name__
            if is_own and public.startswith(READERS):
                yield f"{name}.{public}", value


FOUNDATION = [n for n, _ in readers() if n.startswith(("syntax.", "messages."))]


@pytest.mark.parametrize("name", FOUNDATION)
def test_every_reader_of_a_grammar_is_a_target(name):
    assert name in TARGETS


def test_every_other_reader_is_reached_by_a_target():
    wanted = {function.__code__: name for name, function in readers()}
    found = set()

    def told(frame: FrameType, event: str, argument: Any) -> None:
        del argument
        if event == "call":
            found.add(frame.f_code)

    former = sys.getprofile()
    sys.setprofile(told)
    try:
        for target in TARGETS.values():
            for seed in target.seeds:
                target.tried(seed)
    finally:
        sys.setprofile(former)
    assert sorted(wanted[code] for code in wanted.keys() - found) == []


def leaves(command: click.Command, words: tuple[str, ...]) -> Iterator[str]:
    """Give every command that runs, with the words that lead to it."""
    if not isinstance(command, click.Group):
        yield " ".join(words)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from leaves(inner, (*words, name))


COMMANDS_OF_ALL_DEPTHS = list(leaves(cli, ()))


def test_all_commands_are_known():
    assert {words.split()[0] for words in COMMANDS_OF_ALL_DEPTHS} == set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS_OF_ALL_DEPTHS)
def test_every_command_is_a_target(words):
    begin = f"command {words}"
    assert any(name == begin or name.startswith(begin + " ") for name in TARGETS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_is_a_target(kind):
    assert f"field {kind}" in TARGETS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_tokens_is_a_target(name):
    assert f"session_formats.token_format, {name}" in TARGETS


def test_tables_name_targets_that_there_are():
    assert WORST.keys() <= TARGETS.keys()
    assert {find.target for find in FINDS} <= TARGETS.keys()


def test_a_target_that_raises_another_error_is_told():
    target = Target("broken", lambda octets: octets[5], (b"",))
    assert isinstance(target.tried(b"abc"), IndexError)
    assert target.tried(b"abcdef") is None


def test_the_dictionary_is_one_that_libfuzzer_reads():
    lines = dictionary().splitlines()
    assert len(lines) == len(TOKENS)
    assert all(line[0] == line[-1] == '"' and line.isascii() for line in lines)
