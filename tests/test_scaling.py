"""
More lines than one process should have: split anywhere, they get the same answers, in order.

What makes it so is that with `--lines` an answer depends on its line alone. Only `error.line` tells
of the process that read it: it counts from the beginning of what that process was given. The place
of an answer in the output is the line's place in the input, so `RENUMBER` puts it right.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.cli.program import environment, has_gnu_parallel, run
from tests.cli.samples import KEY, POLICY, SAMPLES, TOKEN
from tests.local_spark import spark_command, spark_environment, why_not
from tests.many_lines import BAD_EVERY, COUNT, OFFERS, questions

NEGOTIATE = shlex.join(["httpheaders", "negotiate", *OFFERS, "--lines"])
# As the cookbook has it.
RENUMBER = r"""awk '/"ok":null/ { sub(/"error":[{]"line":[0-9]+/, "\"error\":{\"line\":" NR) } 1'"""
# Far longer than a million lines take anywhere: only what hangs meets it.
PATIENCE = 900

needs_parallel = pytest.mark.skipif(not has_gnu_parallel(), reason="GNU parallel is not installed")


def bash(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        env=environment(PARALLEL_HOME=str(folder)),
        check=False,
    )


def same(left: Path, right: Path) -> bool:
    """Compare without a report of a million lines when they differ."""
    return subprocess.run(["cmp", left, right], check=False).returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Hold `lines`, all the questions, and `one`, the answers of one process to them."""
    folder = tmp_path_factory.mktemp("lines")
    with open(folder / "lines", "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in questions())
    assert bash(f"{NEGOTIATE} < lines > one", folder).returncode == 2
    yield folder
    shutil.rmtree(folder)  # more than a gigabyte


def test_one_process_answers_each_line_in_its_place(folder):
    bad = 0
    with open(folder / "lines", encoding="utf-8") as lines, open(folder / "one") as answers:
        for number, (line, text) in enumerate(zip(lines, answers, strict=True), start=1):
            if number % BAD_EVERY == 0 or '"id"' in text:
                answer = json.loads(text)
                assert answer.get("id") in (None, number)
                assert "error" not in answer or answer["error"]["line"] == number, line
                bad += answer["ok"] is None
    assert number == COUNT
    assert 0 < bad <= COUNT // BAD_EVERY


@needs_parallel
def test_parallel_gives_the_answers_of_one_process_in_order(folder):
    done = bash(
        "parallel --pipe --keep-order --jobs 2 --block 5M --joblog log "
        f"{NEGOTIATE} < lines | tee parts | {RENUMBER} > parallel",
        folder,
    )
    assert done.returncode == 0  # of awk
    assert same(folder / "one", folder / "parallel")
    # The numbers that are put right are all that differed.
    assert not same(folder / "one", folder / "parts")
    statuses = [line.split("\t")[6] for line in (folder / "log").read_text().splitlines()[1:]]
    assert len(statuses) > 10
    assert max(map(int, statuses)) == 2


@needs_parallel
@pytest.mark.parametrize(
    ("lines", "failed", "highest", "unusable"),
    [
        pytest.param("text/html\n" * 4, 0, 0, 0, id="all yes"),
        pytest.param("text/html\nfont/ttf\n" * 2, 2, 1, 0, id="some no"),
        pytest.param('text/html\nfont/ttf\n{"accept": 5}\n', 2, 2, 1, id="one unusable"),
    ],
)
def test_the_status_comes_through_parallel(lines, failed, highest, unusable, tmp_path):
    """Its own status counts the jobs that failed; the highest of theirs is in its log."""
    (tmp_path / "lines").write_text(lines)
    split = "parallel --pipe --keep-order -N 1 --joblog log"
    assert bash(f"{split} {NEGOTIATE} -q < lines", tmp_path).returncode == failed
    top = "awk 'NR > 1 && $7 > top { top = $7 } END { exit top }' log"
    assert bash(top, tmp_path).returncode == highest
    tolerant = f"{split} '{NEGOTIATE} -q; test $? -le 1' < lines"
    assert bash(tolerant, tmp_path).returncode == unusable


def test_xargs_answers_many_files_at_once(folder):
    done = bash(
        "mkdir -p many && cd many && head -100000 ../lines | split -l 10000 - part. && "
        f"ls part.?? | xargs -P 2 -I @ {NEGOTIATE} --input @ --output @.answers",
        folder,
    )
    assert done.returncode == 123  # what xargs says when any was not 0
    answers = bash(f"cat many/part.??.answers | {RENUMBER}", folder).stdout
    with open(folder / "one", "rb") as one:
        assert answers == b"".join(islice(one, 100_000))


# --- Apache Spark ---------------------------------------------------------------------------------


@pytest.fixture
def spark_submit():
    """Run the example on Spark, or skip with the reason why there is none."""
    if reason := why_not():
        pytest.skip(reason)

    def submit(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            spark_command(folder / "scratch", *arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            env=spark_environment(**changes),
            check=False,
        )

    return submit


def test_spark_pipes_every_line_through_the_program_in_order(folder, spark_submit):
    done = spark_submit(folder, "pipe", "lines", "piped")
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert len(list((folder / "piped").glob("part-*"))) > 2
    bash(f"cat piped/part-* | {RENUMBER} > spark", folder)
    assert same(folder / "one", folder / "spark")


def test_spark_calls_the_library_on_every_line_in_order(folder, spark_submit):
    done = spark_submit(folder, "library", "lines", "called")
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    bash(f"{NEGOTIATE} --raw < lines > raw; cat called/part-* > spark", folder)
    assert same(folder / "raw", folder / "spark")


def test_a_program_that_does_not_run_ends_the_spark_job(spark_submit, tmp_path):
    """Without that, a misspelt name would give an empty answer and success."""
    (tmp_path / "lines").write_text("text/html\n")
    path = os.pathsep.join(
        place
        for place in os.environ["PATH"].split(os.pathsep)
        if not Path(place, "httpheaders").exists()
    )
    done = spark_submit(tmp_path, "pipe", "lines", "answers", PATH=path)
    assert done.returncode != 0
    assert b"127" in done.stderr


# --- why it works: the answer to a line is the line's alone ---------------------------------------

UNUSABLE = ('{"id": "bad", "no": such key}', '{"id": "slip", "unknown_key": 1}', "")
LINES = {
    ("get", "content-type", "--json"): (
        '{"status": 200, "headers": {"Content-Type": "text/html"}}',
        "Content-Type: text/plain",
    ),
    ("assert", ":status==200"): (
        '{"status": 200, "headers": {}}',
        '{"status": 404, "headers": {}}',
    ),
    ("parse",): ('{"id": 1, "status": 200, "headers": {"Age": "1"}}', "Age: x", "Age: 1"),
    ("negotiate", "text/html"): ("text/html", '{"id": 1, "accept": "font/ttf"}', "*/*;q=2"),
    ("gzip",): (
        '{"accept_encoding": "gzip", "body": "aaaa"}',
        '{"body": "b", "accept_encoding": ""}',
    ),
    ("session", "sign", "--key-file", KEY): ('{"user_id": "ada"}', '{"user_id": "bob"}'),
    ("session", "verify", "--key-file", KEY): (TOKEN.decode(), "forged.token"),
    ("cache-headers",): ("no-store", "no such", '{"id": 1, "strategy": "cdn"}'),
    ("cache-check",): ("Cache-Control: max-age=60", '{"status": 200, "headers": {"Age": "7"}}'),
    ("etag",): ('{"body": "a"}', '{"id": 1, "body": "b"}', "text"),
    ("cookie", "parse"): ("sid=1; a", '{"header": "sid=1; lang=en"}'),
    ("cookie", "build", "sid"): ("1", "2;"),
    ("cookie", "jar", "--url", "https://a.example/"): (
        '{"set_cookie": ["a=1"]}',
        '{"set_cookie": ["b=2; Secure"]}',
    ),
    ("cors-check", "--allow-origin", "https://a.example"): (
        '{"origin": "https://a.example"}',
        "https://b.example",
    ),
    ("pipeline", "--policy", POLICY): (
        '{"method": "GET", "url": "/users"}',
        '{"id": 1, "method": "BREW", "url": "/users"}',
    ),
    ("wsgi", "httpheaders.wsgi:simple_wsgi_app"): (
        '{"method": "GET", "url": "/"}',
        '{"id": 1, "method": "GET", "url": "/nowhere"}',
    ),
}


# Their answers depend on the lines before, or there are no lines.
NOT_BY_LINE = {"cache-sim", "pool-sim", "session keygen"}


def test_every_command_is_split_here_or_cannot_be():
    split = [" ".join(command) for command in LINES]
    for sample in SAMPLES:
        is_split = any(f"{words} ".startswith(f"{sample.command} ") for words in split)
        assert is_split is (sample.command not in NOT_BY_LINE), sample.command


def answers(command: tuple[str, ...], lines: list[str], before: int) -> tuple[list[object], int]:
    """Give the answers to a part that begins after so many lines, numbered as in the whole."""
    text = "".join(f"{line}\n" for line in lines).encode()
    done = run(*command, "--lines", "--now", "1700000000", stdin=text)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for answer in found:
        if "error" in answer:
            answer["error"]["line"] += before
    return found, done.returncode


@pytest.mark.parametrize("command", LINES, ids=lambda command: " ".join(command[:2]))
def test_lines_have_their_answers_however_they_are_split(command):
    lines = [*UNUSABLE, *LINES[command], *UNUSABLE[::-1], *LINES[command]]
    whole, status = answers(command, lines, 0)
    assert len(whole) == len(lines)
    for cut in (1, 4, len(lines) - 3):
        head, head_status = answers(command, lines[:cut], 0)
        tail, tail_status = answers(command, lines[cut:], cut)
        assert head + tail == whole
        assert max(head_status, tail_status) == status
