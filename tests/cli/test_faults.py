"""What goes wrong around a program: streams, files, places, locales. Every command stands it."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import zipapp
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import (
    PATIENCE,
    PROGRAM,
    as_ordinary_user,
    environment,
    run,
    shell,
    started,
)
from tests.cli.samples import SAMPLES, Sample
from tests.cli.test_every_command import every_command, piped

pytestmark = pytest.mark.once

NOW = ("--now", "1700000000")


def words(sample: Sample) -> str:
    return " ".join(f"'{word}'" for word in (*piped(sample), *NOW))


@pytest.fixture(scope="module")
def usual() -> dict[str, bytes]:
    """What each sample is answered when nothing is wrong."""
    return {words(s): run(*piped(s), *NOW, stdin=s.question).stdout for s in SAMPLES}


# --- standard streams ---------------------------------------------------------------------------


@every_command
def test_no_standard_stream_at_all_is_an_error(sample):
    done = shell(f"httpheaders {words(sample)} <&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


@every_command
@pytest.mark.parametrize("errors", ["2>/dev/full", "2>&-"], ids=["full", "closed"])
def test_an_answer_needs_no_standard_error(sample, errors, usual):
    done = shell(f"httpheaders {words(sample)} {errors}", sample.question)
    assert (done.returncode, done.stdout) == (sample.status, usual[words(sample)])
    assert shell(f"httpheaders {words(sample)} {errors}").returncode == 2
    assert (
        shell(f"httpheaders {words(sample)} >/dev/full {errors}", sample.question).returncode == 2
    )


@every_command
def test_standard_input_that_is_open_for_writing_is_named(sample, tmp_path):
    done = shell(f"httpheaders {words(sample)} 0>'{tmp_path}/file'")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"Error: <stdin>: Bad file descriptor\n"


@every_command
def test_standard_input_that_does_not_block_is_waited_for(sample, usual):
    """As node, ssh and others leave it: "nothing yet" is not the end."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    process = subprocess.Popen(
        [PROGRAM, *piped(sample), *NOW],
        stdin=reader,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    os.close(reader)
    middle = len(sample.question) // 2
    for part in (sample.question[:middle], sample.question[middle:]):
        time.sleep(0.3)
        os.write(writer, part)
    os.close(writer)
    answer, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors, answer) == (sample.status, b"", usual[words(sample)])


@every_command
@pytest.mark.parametrize("variable", ["PYTHONUNBUFFERED", "UNUSED"])
def test_standard_output_that_does_not_block_is_waited_for(sample, variable):
    """It once said 0 and had lost all that did not fit into the pipe."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    count = 600
    with subprocess.Popen(
        [PROGRAM, *piped(sample)],
        stdin=subprocess.PIPE,
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment(**{variable: "1"}),
    ) as process:
        os.close(writer)
        assert process.stdin is not None
        assert process.stderr is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, sample.line * count))
        feeder.start()
        time.sleep(0.5)  # it meets a full pipe
        with open(reader, "rb") as output:
            answers = output.read()
        feeder.join()
        assert process.wait(timeout=PATIENCE) in (0, 1)
        assert process.stderr.read() == b""
    assert answers.count(b"\n") == count
    assert all("ok" in json.loads(line) for line in answers.splitlines())


def _feed(stream, octets):
    try:
        stream.write(octets)
        stream.close()
    except BrokenPipeError:
        pass


def _feed_without_end(descriptor, octets):
    try:
        while True:
            os.write(descriptor, octets)
    except BrokenPipeError:
        os.close(descriptor)


# --- signals ------------------------------------------------------------------------------------


def _answering_without_end(sample: Sample, *options: str) -> subprocess.Popen[bytes]:
    """Start the program with lines that do not end, and nobody who reads the answers."""
    process = started(*piped(sample), *options)
    assert process.stdin is not None
    given = os.dup(process.stdin.fileno()), sample.line * 1000
    process.stdin.close()
    threading.Thread(target=_feed_without_end, args=given, daemon=True).start()
    return process


@every_command
def test_ctrl_c_in_mid_stream_leaves_whole_lines(sample):
    with _answering_without_end(sample) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begun = process.stdout.readline()
        time.sleep(0.3)  # the pipe is full: it stands in the middle of a write
        process.send_signal(signal.SIGINT)
        answers = begun + process.stdout.read()
        assert (process.wait(timeout=PATIENCE), process.stderr.read()) == (130, b"")
    assert answers.endswith(b"\n")
    assert all("ok" in json.loads(line) for line in answers.splitlines())


def test_a_second_ctrl_c_does_not_wait_for_a_reader():
    sample = next(s for s in SAMPLES if s.command == "negotiate")
    with _answering_without_end(sample) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(0.5)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert (process.returncode, process.stderr.read()) == (130, b"")


@every_command
def test_a_reader_that_leaves_in_mid_stream_ends_it_without_a_word(sample):
    with _answering_without_end(sample) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(timeout=PATIENCE), process.stderr.read()) == (141, b"")


@every_command
def test_whatever_ends_it_leaves_the_old_file_whole(sample, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("old")
    for number, status, left in [
        (signal.SIGINT, 130, 0),
        (signal.SIGTERM, -signal.SIGTERM, 0),
        (signal.SIGHUP, -signal.SIGHUP, 0),
        (signal.SIGKILL, -signal.SIGKILL, 1),
    ]:
        with _answering_without_end(sample, "--output", str(target)) as process:
            assert process.stdout is not None
            while not (begun := [name for name in os.listdir(tmp_path) if name != target.name]):
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(timeout=PATIENCE) == status
        assert target.read_text() == "old"
        # What nobody can prevent: it is hidden, and bears the name of the file it was to be.
        assert begun[0].startswith(".answer.json.")
        assert begun[0].endswith(".part")
        assert len(os.listdir(tmp_path)) == 1 + left


# Ctrl-C meets a callback, which can raise nothing: any import of Python 3.13 has some.
UNHEARD = """
import signal, sys, weakref

signal.signal(signal.SIGINT, signal.default_int_handler)

class Finder:
    @staticmethod
    def find_spec(name, *_):
        if name == "httpheaders.cli.questioner":
            dying = Finder()
            reference = weakref.ref(dying, lambda _: signal.raise_signal(signal.SIGINT))
            del dying

sys.meta_path.insert(0, Finder)
"""


@every_command
def test_no_ctrl_c_is_lost_while_importing(sample, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(UNHEARD)
    (tmp_path / "out").mkdir()
    command = f"httpheaders {words(sample)} --output '{tmp_path}/out/answer'"
    done = shell(command, sample.question, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
    assert os.listdir(tmp_path / "out") == []


def test_ctrl_c_before_anything_is_loaded_is_no_traceback(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    done = shell("httpheaders parse", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


# --- files --------------------------------------------------------------------------------------


@every_command
def test_an_input_that_may_not_be_read_is_named(sample, tmp_path):
    locked = tmp_path / "locked"
    locked.write_bytes(sample.question)
    locked.chmod(0)
    done = subprocess.run(
        as_ordinary_user(PROGRAM, *piped(sample), "--input", str(locked)),
        capture_output=True,
        timeout=PATIENCE,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"Error: {locked}: Permission denied\n".encode()


@every_command
def test_an_input_of_another_kind_is_named(sample, tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        done = run(*piped(sample), "--input", "socket", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, b"Error: socket: No such device or address\n")
    done = run(*piped(sample), "--input", "/proc/self/mem")
    assert (done.returncode, done.stderr) == (2, b"Error: /proc/self/mem: Input/output error\n")
    done = run(*piped(sample), "--input", "")
    assert (done.returncode, done.stderr) == (2, b"Error: '': No such file or directory\n")


@every_command
def test_a_fifo_is_an_input(sample, tmp_path, usual):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(sample.question,))
    writer.start()
    done = run(*piped(sample), *NOW, "--input", str(fifo))
    writer.join()
    assert (done.returncode, done.stdout) == (sample.status, usual[words(sample)])


@every_command
def test_an_input_that_shrinks_meanwhile_is_read_as_far_as_it_goes(sample, tmp_path):
    """Lines that were cut off are not there; the one that is cut in two is told."""
    source = tmp_path / "lines"
    source.write_bytes(sample.line * 20_000)
    with subprocess.Popen(
        [PROGRAM, *piped(sample), "--input", str(source)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begun = process.stdout.readline()
        os.truncate(source, 0)
        answers = begun + process.stdout.read()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(timeout=PATIENCE) in (0, 1, 2)
    assert all("ok" in json.loads(line) for line in answers.splitlines())


@every_command
def test_a_name_of_any_octets_is_a_name(sample, tmp_path, usual):
    source = os.path.join(os.fsencode(tmp_path), b"in\xff")
    Path(os.fsdecode(source)).write_bytes(sample.question)
    target = os.path.join(os.fsencode(tmp_path), b"out\xff")
    for locale in ({}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = subprocess.run(
            [PROGRAM, *piped(sample), *NOW, "--input", source, "--output", target],
            capture_output=True,
            timeout=PATIENCE,
            env=environment(**locale),
            check=False,
        )
        assert (done.returncode, done.stderr) == (sample.status, b"")
        assert Path(os.fsdecode(target)).read_bytes() == usual[words(sample)]


@every_command
def test_a_disk_that_gets_full_leaves_the_old_file(sample, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("old")
    done = run(*piped(sample), "--output", str(target), stdin=sample.question, preexec_fn=_no_room)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"Error: {target}: {os.strerror(errno.EFBIG)}\n".encode()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer.json"]


def _no_room() -> None:
    """Let no file grow: the nearest to a full disk that needs no rights."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@every_command
def test_a_directory_that_cannot_be_written_is_named(sample, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("old")
    tmp_path.chmod(0o555)
    try:
        done = subprocess.run(
            as_ordinary_user(PROGRAM, *piped(sample), "--output", str(target)),
            input=sample.question,
            capture_output=True,
            timeout=PATIENCE,
            env=environment(),
            check=False,
        )
    finally:
        tmp_path.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"Error: {target}: Permission denied\n".encode()
    assert target.read_text() == "old"


# --- the rest of the world ----------------------------------------------------------------------

ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
# A shell's line around "$@", the words of the program, and what the environment has changed.
SURROUNDINGS = [
    pytest.param('"$@"', {"LC_ALL": "C", **ASCII}, id="locale-C"),
    pytest.param('"$@"', {"LC_ALL": "POSIX", **ASCII}, id="locale-POSIX"),
    pytest.param('"$@"', {"LC_ALL": "nonsense", **ASCII}, id="no-such-locale"),
    pytest.param('"$@"', {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "x"}, id="dumb-terminal"),
    pytest.param("env -i \"$@\"", {}, id="no-environment"),
    pytest.param("env -i HOME=/nowhere TMPDIR=/nowhere \"$@\"", {}, id="no-home"),
    pytest.param("export X=$'\\xff\\xfe' HOME=$'/\\xff'; \"$@\"", {}, id="octets-in-environment"),
    pytest.param('mkdir gone && cd gone && rmdir ../gone && "$@"', {}, id="no-working-directory"),
    pytest.param('ulimit -n 7 && "$@"', {}, id="few-descriptors"),
    pytest.param('ulimit -s 256 && "$@"', {}, id="little-stack"),
]  # fmt: skip
# How else the interpreter may be told to run; all but the first start it another way.
INTERPRETERS = [
    pytest.param(["-m"], id="as-module"),
    pytest.param(["-I", "-m"], id="isolated"),
    pytest.param(["-P", "-m"], id="safe-path"),
    pytest.param(["-O", "-m"], id="no-assertions"),
    pytest.param(["-OO", "-m"], id="no-docstrings"),
    pytest.param(["-W", "error", "-X", "dev", "-b", "-m"], id="development"),
    pytest.param(["-u", "-B", "-s", "-E", "-m"], id="unbuffered"),
]


@every_command
@pytest.mark.parametrize(("around", "changes"), SURROUNDINGS)
def test_the_surroundings_change_no_answer(sample, around, changes, usual, tmp_path):
    done = subprocess.run(
        ["bash", "-c", around, "bash", PROGRAM, *piped(sample), *NOW],
        input=sample.question,
        capture_output=True,
        timeout=PATIENCE,
        env=environment(**changes),
        cwd=tmp_path,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if b"setlocale" not in line]  # bash's own
    assert (done.returncode, told, done.stdout) == (sample.status, [], usual[words(sample)])


@every_command
@pytest.mark.parametrize("flags", INTERPRETERS)
def test_the_interpreter_changes_no_answer(sample, flags, usual, tmp_path):
    done = subprocess.run(
        [sys.executable, *flags, "httpheaders", *piped(sample), *NOW],
        input=sample.question,
        capture_output=True,
        timeout=PATIENCE,
        env=environment(),
        cwd=tmp_path,
        check=False,
    )
    assert (done.returncode, done.stderr) == (sample.status, b"")
    assert done.stdout == usual[words(sample)]


@pytest.fixture(scope="module")
def large_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("large") / "line.json"
    with open(path, "wb") as file:
        file.write(b'{"id": "')
        for _ in range(64):
            file.write(b"a" * (1 << 20))
        file.write(b'"}\n')
    yield path
    path.unlink()


@every_command
def test_too_little_memory_is_told(sample, large_line):
    done = run(*piped(sample), "--input", str(large_line), preexec_fn=_little_memory)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"Error: the input needs more memory than there is\n"


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (160 << 20, 160 << 20))


def test_a_zip_file_is_the_program(tmp_path):
    """As zipapp, shiv and pex make one, with what it needs inside."""
    staged = tmp_path / "staged"
    for package in ("click", "http_sf", "httpheaders"):
        module = __import__(package)
        source = Path(module.__file__).parent
        for file in source.rglob("*.py"):
            place = staged / package / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
    zipapp.create_archive(staged, tmp_path / "app.pyz", main="httpheaders.cli.start:run")
    for sample in SAMPLES:
        command = [sys.executable, "-I", "-S", str(tmp_path / "app.pyz"), *piped(sample), *NOW]
        done = subprocess.run(
            command, input=sample.question, capture_output=True, timeout=PATIENCE, check=False
        )
        assert (done.returncode, done.stderr) == (sample.status, b""), sample.command
