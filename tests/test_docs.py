"""The documentation is true: every example runs as printed, every option has its place."""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from httpheaders.cli.main import COMMANDS, cli
from tests.cli.program import shell

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "man").glob("*.1"))
DUMPS = ROOT / "tests" / "data" / "dumps"


class Example(NamedTuple):
    """A line typed at a prompt and what it prints."""

    place: str
    command: str
    output: str


def examples_of(text: str, place: str) -> list[Example]:
    """Read `$ command` with `> ` continuation lines, and the output up to a blank line."""
    examples = []
    lines = [line.rstrip() for line in text.splitlines()]
    number = 0
    while number < len(lines):
        if not lines[number].startswith("$ "):
            number += 1
            continue
        command = [lines[number][2:]]
        number += 1
        while number < len(lines) and lines[number].startswith("> "):
            command.append(lines[number][2:])
            number += 1
        output = []
        while number < len(lines) and lines[number] and not lines[number].startswith("$ "):
            output.append(lines[number])
            number += 1
        examples.append(Example(place, "\n".join(command), "\n".join(output)))
    return examples


def readme_examples() -> list[Example]:
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [example for block in blocks for example in examples_of(block, "README.md")]


def page_examples(page: Path) -> list[Example]:
    blocks = re.findall(r"^\.EX\n(.*?)^\.EE", page.read_text(), re.MULTILINE | re.DOTALL)
    return [example for block in blocks for example in examples_of(typeset(block), page.name)]


def typeset(block: str) -> str:
    """Undo the few escapes that our man pages use inside examples."""
    block = re.sub(r"^\\&", "", block, flags=re.MULTILINE)
    for escape, character in (
        (r"\-", "-"),
        (r"\(aq", "'"),
        (r"\(ha", "^"),
        (r"\(ti", "~"),
        (r"\(dq", '"'),
        (r"\(ga", "`"),
        (r"\(rs", "\\"),
        (r"\&", ""),
        (r"\e", "\\"),
    ):
        block = block.replace(escape, character)
    return block


def words_of_all_commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name,))
        if isinstance(command, click.Group):
            found.extend((name, inner) for inner in command.list_commands(context))
    return found


def command_of(words: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        inner = command.get_command(click.Context(command), word)
        assert inner is not None
        command = inner
    return command


def help_of(words: tuple[str, ...]) -> str:
    context = click.Context(command_of(words), info_name=" ".join(words))
    return context.get_help()


def help_examples(words: tuple[str, ...]) -> list[Example]:
    _, _, block = help_of(words).partition("Examples:\n")
    return examples_of(textwrap.dedent(block), f"{' '.join(words)} --help")


ALL_WORDS = [(), *words_of_all_commands()]
LEAVES = [words for words in ALL_WORDS if not isinstance(command_of(words), click.Group)]
EXAMPLES = [
    *readme_examples(),
    *(example for page in PAGES for example in page_examples(page)),
    *(example for words in ALL_WORDS for example in help_examples(words)),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.place}: {e.command[:60]}")
def test_examples_print_what_the_page_says(example, example_site, tmp_path):
    for dump in DUMPS.glob("*"):
        shutil.copy(dump, tmp_path)
    if re.search(r"\bcurl\b", example.command) and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = shell(f"cd '{tmp_path}'; {example.command}", **example_site)
    printed = (done.stdout + done.stderr).decode().rstrip("\n")
    assert [line.rstrip() for line in printed.splitlines()] == example.output.splitlines()


def test_there_are_examples_to_run():
    places = {example.place for example in EXAMPLES}
    assert "README.md" in places
    assert {page.name for page in PAGES} <= places | {"httpheaders.1"}


@pytest.mark.parametrize("words", ALL_WORDS, ids=lambda words: " ".join(("httpheaders", *words)))
def test_help_ends_with_examples(words):
    assert help_examples(words)


def page_of(words: tuple[str, ...]) -> Path:
    return ROOT / "man" / f"httpheaders-{words[0]}.1"


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_option_stands_in_the_manual_page(words):
    page = page_of(words).read_text().replace("\\-", "-")
    shared = (ROOT / "man" / "httpheaders.1").read_text().replace("\\-", "-")
    for parameter in command_of(words).params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            for name in (*parameter.opts, *parameter.secondary_opts):
                assert name in page or name in shared, f"{name} is not in the manual"


def test_the_main_page_names_every_command():
    page = (ROOT / "man" / "httpheaders.1").read_text().replace("\\-", "-")
    for name in COMMANDS:
        assert f"httpheaders-{name}" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize(
    "linter",
    [("mandoc", "-T", "lint", "-W", "style"), ("groff", "-man", "-ww", "-z")],
    ids=["mandoc", "groff"],
)
def test_manual_pages_are_clean(page, linter):
    if shutil.which(linter[0]) is None:
        pytest.skip(f"{linter[0]} is not installed")
    done = subprocess.run([*linter, page], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_changelog_begins_with_what_is_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## .*", text, re.MULTILINE)
    assert headings[0] == "## Unreleased"
    assert text.count("\n### ") >= 1
