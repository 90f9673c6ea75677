"""Lines that come again are answered as if they came for the first time, whatever their id."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cli.answer_memory import LONGEST_REMEMBERED, MOST_REMEMBERED, AnswerMemory
from httpheaders.cli.reading import Record, TextLine
from httpheaders.syntax.strict_json import write_json
from tests.cli.program import PATIENCE, run
from tests.cli.samples import SAMPLES, Sample

FORGETFUL = """
from httpheaders.cli.answer_memory import AnswerMemory
AnswerMemory.recall = lambda self, line: None
from httpheaders.cli.start import run
run()
"""
# Whoever asks for the time must hear the same in both runs.
NOW = ("--now", "1795348800")
# What these answer depends on chance, or on the lines before.
INCOMPARABLE = {"session sign", "session keygen"}
COMPARABLE = [
    sample
    for sample in SAMPLES
    if sample.question.startswith(b"{") and sample.command not in INCOMPARABLE
]


def forgetful_run(*arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a program that remembers no line."""
    return subprocess.run(
        [sys.executable, "-c", FORGETFUL, *arguments],
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


def lines_of(sample: Sample) -> bytes:
    """The sample's question under several names, alone, badly asked, and all of it again."""
    question = json.loads(sample.question)
    identities = (1, 0, 10**15, -1, 1.5, "a", "", 'b"\\', "é", "\x7f", "}{", "x" * 65, None, [2])
    asked = [
        *({"id": identity, **question} for identity in identities),
        question,
        {**question, "id": 7},
        {"id": 3, **question, "colour": "red"},
        {"id": 3},
    ]
    lines = [json.dumps(line).encode() for line in asked]
    lines.append(json.dumps({"id": 12, **question}, separators=(",", ":")).encode())
    # Neither is JSON that is taken: a number that begins with 0, and an id that stands twice.
    lines += [b'{"id":00,' + lines[14][1:], b'{"id": 5, ' + lines[15][1:]]
    return b"".join(line + b"\n" for line in lines * 2)


@pytest.mark.parametrize("form", ["", "--raw", "--pretty", "--explain", "--quiet"])
@pytest.mark.parametrize("sample", COMPARABLE, ids=lambda sample: sample.command)
def test_nothing_shows_that_answers_are_remembered(sample, form):
    words = [*sample.command.split(), *sample.piped, *NOW, *([form] if form else [])]
    stdin = lines_of(sample)
    remembering, forgetful = run(*words, stdin=stdin), forgetful_run(*words, stdin=stdin)
    assert remembering.stdout == forgetful.stdout
    assert remembering.stderr == forgetful.stderr
    assert remembering.returncode == forgetful.returncode


def test_plain_lines_are_not_taken_for_what_is_left_of_json():
    lines = b'{"id":1,"accept":"a/b"}\n"accept":"a/b"}\n,"accept":"a/b"}\n{"id":2,"accept":"a/b"}\n'
    words = ("negotiate", "a/b", "--lines")
    assert run(*words, stdin=lines * 2).stdout == forgetful_run(*words, stdin=lines * 2).stdout


@pytest.mark.parametrize("form", ["", "--raw", "--quiet"])
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("cookie", "parse"), id="cookie-parse"),
        pytest.param(("negotiate", "a/b"), id="negotiate"),
        pytest.param(("parse",), id="parse"),
        pytest.param(("gzip",), id="gzip"),
    ],
)
def test_plain_lines_that_begin_like_json_have_no_id(words, form):
    lines = b'{"id": 1, "foo\n{"id": 2, "foo\n{"id": 1, "foo\n{"id":"a","foo=1\n{"id":22,"foo=1\n'
    asked = (*words, "--lines", *([form] if form else []))
    remembering, forgetful = run(*asked, stdin=lines), forgetful_run(*asked, stdin=lines)
    assert remembering.stdout == forgetful.stdout
    assert remembering.returncode == forgetful.returncode


def memory(now: list[float], *, names_ids: bool = True) -> AnswerMemory:
    return AnswerMemory(lambda: now[0], names_ids=names_ids)


def test_a_line_is_known_by_its_octets():
    kept = memory([0.0])
    kept.keep(Record(1, {}, b'{"a":1}'), b'{"ok":true}\n', ok=True)
    kept.keep(TextLine(2, "text", b"text"), b'{"ok":false}\n', ok=False)
    assert kept.recall(b'{"a":1}') == (b'{"ok":true}\n', True)
    assert kept.recall(b"text") == (b'{"ok":false}\n', False)
    assert kept.recall(b'{"a": 1}') is None


@given(
    st.integers(0, 10**16) | st.text(max_size=70),
    st.integers(0, 10**16) | st.text(max_size=70),
    st.sampled_from([b"", b" "]),
)
def test_a_leading_id_is_put_where_it_belongs(first, second, blank):
    def line(identity: object) -> bytes:
        return b'{"id":%b%b,%b"a":1}' % (blank, write_json(identity), blank)

    kept = memory([0.0])
    kept.keep(Record(1, {}, line(first)), b'{"id":%b,"ok":true}\n' % write_json(first), ok=True)
    known = kept.recall(line(second))
    assert known is None or known == (b'{"id":%b,"ok":true}\n' % write_json(second), True)
    assert kept.recall(line(first)) == (b'{"id":%b,"ok":true}\n' % write_json(first), True)


def test_answers_without_ids_stay_as_they_are():
    kept = memory([0.0], names_ids=False)
    kept.keep(Record(1, {}, b'{"id":1,"a":1}'), b"text\n", ok=True)
    assert kept.recall(b'{"id":22,"a":1}') == (b"text\n", True)


def test_what_depends_on_the_time_holds_for_a_second():
    now = [10.2]
    kept = memory(now)
    assert kept.clock() == 10
    kept.keep(Record(1, {}, b'{"a":1}'), b"10\n", ok=True)
    kept.keep(Record(2, {}, b'{"b":1}'), b"always\n", ok=True)
    now[0] = 10.9
    assert kept.recall(b'{"a":1}') == (b"10\n", True)
    now[0] = 11.0
    assert kept.recall(b'{"a":1}') is None
    assert kept.recall(b'{"b":1}') == (b"always\n", True)
    assert kept.clock() == 11


def test_what_is_remembered_is_bounded():
    kept = memory([0.0])
    kept.keep(Record(1, {}, b"x" * LONGEST_REMEMBERED), b"!", ok=True)
    assert kept.recall(b"x" * LONGEST_REMEMBERED) is None
    for number in range(MOST_REMEMBERED):
        kept.keep(Record(number, {}, b"%d" % number), b"", ok=True)
    assert kept.recall(b"0") == (b"", True)
    kept.keep(Record(0, {}, b"one more"), b"", ok=True)
    assert kept.recall(b"0") is None
    assert not kept.is_of_use  # nothing had come again


def test_what_comes_again_often_enough_goes_on_being_remembered():
    kept = memory([0.0])
    for number in range(MOST_REMEMBERED + 1):
        kept.keep(Record(number, {}, b"%d" % number), b"", ok=True)
        kept.recall(b"%d" % number)
    assert kept.is_of_use
    assert kept.recall(b"%d" % MOST_REMEMBERED) == (b"", True)
