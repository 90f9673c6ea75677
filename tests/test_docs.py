"""The documentation is true: every example runs as printed, every option has its place."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
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
EXAMPLES = ROOT / "examples"
GUIDES = sorted(ROOT.glob("*.md"))


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


def guide_examples(guide: Path) -> list[Example]:
    blocks = re.findall(r"^```console\n(.*?)^```", guide.read_text(), re.MULTILINE | re.DOTALL)
    return [example for block in blocks for example in examples_of(block, guide.name)]


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
PRINTED = [
    *(example for guide in GUIDES for example in guide_examples(guide)),
    *(example for page in PAGES for example in page_examples(page)),
    *(example for words in ALL_WORDS for example in help_examples(words)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold the files that the examples name."""
    for file in (*DUMPS.glob("*"), *EXAMPLES.glob("*.*")):
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.mark.parametrize("example", PRINTED, ids=lambda e: f"{e.place}: {e.command[:60]}")
def test_examples_print_what_the_page_says(example, example_site, folder):
    for program in ("curl", "parallel"):
        named = re.search(rf"(?<!-){program}\b", example.command)
        if named and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    done = shell(f"cd '{folder}'; {example.command}", **example_site)
    printed = (done.stdout + done.stderr).decode().rstrip("\n")
    assert [line.rstrip() for line in printed.splitlines()] == example.output.splitlines()


def python_blocks(guide: Path) -> list[tuple[str | None, str]]:
    """Give each block with the file it says to be a part of, where it says so."""
    pattern = r"^(?:<!-- from (\S+) -->\n)?```python\n(.*?)^```"
    return re.findall(pattern, guide.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_python_examples_are_true(guide, folder):
    """They follow each other in one session, beside the files that the examples name."""
    session = "\n".join(block for file, block in python_blocks(guide) if not file)
    if not session:
        return
    (folder / "session.txt").write_text(session)
    doctest = [sys.executable, "-W", "error", "-m", "doctest", "session.txt"]
    done = subprocess.run(doctest, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
    assert ">>> " in session


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_what_is_quoted_from_a_file_stands_there(guide):
    for file, block in python_blocks(guide):
        assert not file or block in (ROOT / file).read_text()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_links_lead_somewhere(guide):
    text = re.sub(r"^```.*?^```", "", guide.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors
        elif not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_there_are_examples_to_run():
    places = {example.place for example in PRINTED}
    assert {"README.md", "COOKBOOK.md"} <= places
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
