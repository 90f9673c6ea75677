"""What every command promises at its edges, proved on the installed program."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import termios
from typing import IO

import pytest

from httpheaders.cli.main import COMMANDS
from tests.cli.program import PATIENCE, PROGRAM, environment, run, shell, started
from tests.cli.samples import SAMPLES, Sample

every_command = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.command)
every_complete = pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if s.alone is not None], ids=lambda s: s.command
)


def piped(sample: Sample) -> list[str]:
    return [*sample.command.split(), *sample.piped]


def alone(sample: Sample) -> list[str]:
    assert sample.alone is not None
    return [*sample.command.split(), *sample.alone]


def test_every_command_has_a_sample():
    assert {sample.command.split()[0] for sample in SAMPLES} == set(COMMANDS)


@every_command
def test_input_is_answered_with_one_json_object(sample):
    done = run(*piped(sample), stdin=sample.question)
    assert (done.returncode, done.stderr) == (sample.status, b"")
    answer = json.loads(done.stdout)
    assert done.stdout.count(b"\n") == 1
    assert {"ok", "reason", "reference", "problems"} <= answer.keys()
    assert answer["ok"] is (sample.status == 0)


ODD_DUMP = b"""> GET /users HTTP/1.1
> Host: a.example
> Accept: text/html
> Cookie: a=b
>
< HTTP/1.1 200 OK
< Content-Type: text/html
< Set-Cookie: a=b
< this line has no colon
<
hi
"""


@every_command
def test_what_is_odd_in_a_dump_is_told_once(sample):
    done = run(*piped(sample), stdin=ODD_DUMP)
    if done.returncode == 2:
        return  # it asks for more than messages
    told = [problem["message"] for problem in json.loads(done.stdout)["problems"]]
    assert told.count("no colon in 'this line has no colon'") == 1


@every_complete
def test_standard_input_is_left_alone_when_nothing_is_missing(sample):
    """A pipe that nobody writes to, and nobody closes, must not be waited for."""
    reader, writer = os.pipe()
    try:
        done = subprocess.run(
            [PROGRAM, *alone(sample)],
            stdin=reader,
            capture_output=True,
            timeout=PATIENCE,
            env=environment(),
            check=False,
        )
    finally:
        os.close(writer)
        os.close(reader)
    assert (done.returncode, done.stderr) == (sample.status, b"")


@every_complete
def test_a_loop_keeps_its_input(sample):
    words = " ".join(f"'{word}'" for word in alone(sample))
    done = shell(f"while read -r line; do httpheaders {words} -q; echo $line; done", b"a\nb\n")
    assert done.stdout == b"a\nb\n"


@every_command
def test_a_terminal_on_standard_input_is_told_what_is_missing(sample):
    parent, child = os.openpty()
    try:
        done = subprocess.run(
            [PROGRAM, *piped(sample)],
            stdin=child,
            capture_output=True,
            timeout=PATIENCE,
            env=environment(),
            check=False,
        )
    finally:
        os.close(parent)
        os.close(child)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"Error: missing ")


@every_command
def test_quiet_prints_nothing(sample):
    done = run(*piped(sample), "--quiet", stdin=sample.question)
    assert (done.returncode, done.stdout, done.stderr) == (sample.status, b"", b"")


@every_command
def test_explain_adds_the_steps(sample):
    answer = json.loads(run(*piped(sample), "-e", stdin=sample.question).stdout)
    assert isinstance(answer["steps"], list)
    assert all(step.keys() == {"rule", "outcome", "reference"} for step in answer["steps"])


@every_command
def test_pretty_output_is_the_same_value(sample):
    plain = run(*piped(sample), "--now", "1700000000", stdin=sample.question)
    pretty = run(*piped(sample), "--now", "1700000000", "--pretty", stdin=sample.question)
    assert pretty.stdout.count(b"\n") > 1
    assert json.loads(pretty.stdout).keys() == json.loads(plain.stdout).keys()


@every_command
def test_output_goes_to_a_file_by_a_rename(sample, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("old")
    done = run(*piped(sample), "--output", str(target), stdin=sample.question)
    assert (done.returncode, done.stdout) == (sample.status, b"")
    assert "ok" in json.loads(target.read_bytes())
    assert os.listdir(tmp_path) == ["answer.json"]


@every_command
def test_a_question_that_fails_leaves_the_old_file(sample, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("old")
    done = run(*piped(sample), "--output", str(target), "--fail-fast", stdin=b"{]\n")
    assert done.returncode == 2
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer.json"]


@every_command
@pytest.mark.parametrize("redirection", ["</dev/null", "<&-"], ids=["empty", "closed"])
def test_no_input_at_all_is_an_error(sample, redirection):
    words = " ".join(f"'{word}'" for word in piped(sample))
    done = shell(f"httpheaders {words} {redirection}")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"Error: ")
    assert done.stderr.count(b"\n") == 1


@every_command
@pytest.mark.parametrize("nonsense", [b"[]", b"null\n", b"42\n", b'"text"\n', b"[1,2]\n"])
def test_json_that_is_no_object_is_an_error(sample, nonsense):
    done = run(*piped(sample), stdin=nonsense)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"Error: <stdin>")


@every_command
def test_binary_input_never_ends_in_a_bug(sample):
    done = run(*piped(sample), stdin=bytes(range(256)) * 40)
    assert done.returncode in (0, 1, 2)
    assert b"Traceback" not in done.stderr


@every_command
def test_a_closed_standard_output_is_an_error(sample):
    words = " ".join(f"'{word}'" for word in piped(sample))
    done = shell(f"httpheaders {words} >&-", sample.question)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: ")


@every_command
def test_a_full_disk_is_an_error(sample):
    words = " ".join(f"'{word}'" for word in piped(sample))
    done = shell(f"httpheaders {words} >/dev/full", sample.question)
    assert done.returncode == 2
    assert done.stderr == b"Error: <stdout>: No space left on device\n"


@every_command
def test_a_reader_that_left_ends_it_without_a_word(sample):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [PROGRAM, *piped(sample)],
            input=sample.question,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            env=environment(),
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@every_command
def test_a_closed_standard_error_changes_no_status(sample):
    words = " ".join(f"'{word}'" for word in piped(sample))
    assert shell(f"httpheaders {words} 2>&-", b"").returncode == 2


@every_command
@pytest.mark.parametrize("place", ["no/such/file", "."], ids=["missing", "directory"])
def test_an_input_that_cannot_be_read_is_named(sample, place):
    done = run(*piped(sample), "--input", place)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {place}: ".encode())


@every_command
def test_interruption_ends_with_130(sample):
    process = started(*piped(sample))
    assert process.stdin is not None
    process.stdin.write(sample.question)
    process.stdin.flush()
    while _unread(process.stdin):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, b"")


def _unread(pipe: IO[bytes]) -> int:
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), "little")


@every_command
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_ends_with_examples(sample, flag):
    done = run(*sample.command.split(), flag)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Examples:" in done.stdout


@every_command
def test_help_that_cannot_be_written_is_an_error(sample):
    assert shell(f"httpheaders {sample.command} --help >/dev/full").returncode == 2
    assert shell(f"httpheaders {sample.command} --help >&-").returncode == 2
