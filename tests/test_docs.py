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
from httpheaders.version import __version__
from tests.cli.program import has_gnu_parallel, shell

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "httpheaders"
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
    if re.search(r"\bcurl\b", example.command) and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    if re.search(r"\bparallel\b", example.command) and not has_gnu_parallel():
        pytest.skip("GNU parallel is not installed")
    done = shell(f"cd '{folder}'; {example.command}", **example_site)
    printed = (done.stdout + done.stderr).decode().rstrip("\n")
    assert [line.rstrip() for line in printed.splitlines()] == example.output.splitlines()


def python_blocks(guide: Path) -> list[tuple[str, str]]:
    """Give each block with the file it says to be a part of, or ""."""
    pattern = r"^(?:<!-- from (\S+) -->\n)?```python\n(.*?)^```"
    return re.findall(pattern, guide.read_text(), re.MULTILINE | re.DOTALL)


SESSIONS = {
    guide.name: session
    for guide in GUIDES
    if (session := "\n".join(block for file, block in python_blocks(guide) if not file))
}
QUOTED = [quoted for guide in GUIDES for quoted in python_blocks(guide) if quoted[0]]


@pytest.mark.parametrize("session", SESSIONS.values(), ids=list(SESSIONS))
def test_python_examples_are_true(session, folder):
    """They follow each other in one session, beside the files that the examples name."""
    assert ">>> " in session
    (folder / "session.txt").write_text(session)
    doctest = [sys.executable, "-W", "error", "-m", "doctest", "session.txt"]
    done = subprocess.run(doctest, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize(("file", "block"), QUOTED, ids=[file for file, _ in QUOTED])
def test_what_is_quoted_from_a_file_stands_there(file, block):
    assert block in (ROOT / file).read_text()


def prose_of(guide: Path) -> str:
    return re.sub(r"^```.*?^```", "", guide.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors_of(guide: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose_of(guide), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_links_lead_somewhere(guide):
    for target in re.findall(r"\]\(([^)]+)\)", prose_of(guide)):
        if not target.startswith("https://"):
            file, _, anchor = target.partition("#")
            page = ROOT / file if file else guide
            assert page.exists(), target
            assert not anchor or anchor in anchors_of(page), target


def test_the_cookbook_has_a_recipe_for_every_command():
    commands = " ".join(example.command for example in PRINTED if example.place == "COOKBOOK.md")
    for name in COMMANDS:
        assert f"httpheaders {name} " in commands


def test_there_are_examples_to_run():
    assert set(SESSIONS) == {"README.md", "COOKBOOK.md"}
    places = {example.place for example in PRINTED}
    assert {"README.md", "COOKBOOK.md"} <= places
    assert {page.name for page in PAGES} <= places


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


def test_the_main_page_lists_every_command_as_the_help_does():
    page = (ROOT / "man" / "httpheaders.1").read_text().replace("\\-", "-")
    _, _, listed = page.partition(".SH COMMANDS\n")
    found = re.findall(r"\.BR httpheaders-(\S+) \(1\)\n(.*)\n", listed.partition(".SH INPUT")[0])
    assert found == [(name, question) for name, (_, question) in COMMANDS.items()]


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_tell_the_version_they_describe(page):
    assert re.search(rf'^\.TH .* "httpheaders {__version__}" ', page.read_text(), re.MULTILINE)


# The order of man-pages(7); what a page calls its own stands between DESCRIPTION and OPTIONS.
BEFORE_ITS_OWN = ["NAME", "SYNOPSIS", "DESCRIPTION"]
AFTER_ITS_OWN = [
    *("OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES"),
    *("STANDARDS", "CAVEATS", "EXAMPLES"),
]
ALWAYS_THERE = {"OPTIONS", "EXIT STATUS", "STANDARDS", "CAVEATS", "EXAMPLES"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sections_stand_in_the_order_of_manual_pages(page):
    *sections, last = re.findall(r"^\.SH (.*)", page.read_text(), re.MULTILINE)
    assert sections[:3] == BEFORE_ITS_OWN
    assert last == "SEE ALSO"
    rest = sections[sections.index("OPTIONS") :]
    assert rest == [name for name in AFTER_ITS_OWN if name in rest]
    assert set(rest) >= ALWAYS_THERE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_see_also_is_in_order_and_names_pages_that_are_there(page):
    _, _, listed = page.read_text().replace("\\-", "-").partition(".SH SEE ALSO\n")
    names = re.findall(r"^\.BR (\S+) \(1\),?$", listed, re.MULTILINE)
    assert len(names) == len(listed.splitlines())
    assert names == sorted(set(names))
    for name in names:
        if name.startswith("httpheaders"):
            assert (page.parent / f"{name}.1").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_manual_pages_break_no_word(page):
    """A key broken at the end of a line, and joined again by a hyphen, is another key."""
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    words = ["groff", "-man", "-Tutf8", "-P-c", "-rLL=78n", page]
    shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "\N{HYPHEN}\n" not in shown


@pytest.mark.parametrize("words", ALL_WORDS, ids=lambda words: " ".join(("httpheaders", *words)))
def test_help_breaks_no_word(words):
    context = click.Context(command_of(words), info_name=" ".join(words), terminal_width=80)
    assert not re.search(r"\w-$", context.get_help(), re.MULTILINE)


def test_the_way_around_names_what_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`([\w./-]+(?:\.py|\.md|/))`", text)
    assert len(named) > 20
    for path in named:
        if "NAME" not in path and path != "dist/":
            assert any(
                (base / path).exists() for base in (ROOT, PACKAGE, PACKAGE / "cli" / "commands")
            ), path


@pytest.mark.parametrize(("guide", "most"), [("README.md", 100), ("CONTRIBUTING.md", 70)])
def test_a_page_is_a_page(guide, most):
    assert len((ROOT / guide).read_text().splitlines()) <= most


def test_the_changelog_begins_with_what_is_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## .*", text, re.MULTILINE)
    assert headings[0] == "## Unreleased"
    assert text.count("\n### ") >= 1
