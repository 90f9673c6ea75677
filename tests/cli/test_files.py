"""Files that options name: how they are read, and how they come to be written."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import threading

import pytest

from tests.cli.program import PATIENCE, PROGRAM, environment, run, shell
from tests.cli.samples import DUMP, KEY, POLICY, TOKEN

ASKED = ("negotiate", "text/html", "--accept", "text/*")
ANSWER = run(*ASKED).stdout

# Every option that reads a file, after the words that make the rest of the question whole.
READING = [
    pytest.param(["assert", "--checks"], DUMP, id="checks"),
    pytest.param(["cookie", "jar", "--url", "http://a.example", "--set-cookie", "a=1",
                  "--cookie-file"], b"", id="cookie-file"),
    pytest.param(["cookie", "parse", "--set-cookie", "a=1", "--public-suffixes"], b"",
                 id="public-suffixes"),
    pytest.param(["cors-check", "--origin", "http://a.example", "--policy"], b"", id="cors-policy"),
    pytest.param(["cors-check", "--origin", "http://a.example", "--method", "PUT", "--preflight"],
                 DUMP, id="preflight"),
    pytest.param(["pipeline", "--path", "/", "--policy"], b"", id="policy"),
    pytest.param(["wsgi", "--path", "/", "--policy"], b"", id="wsgi-policy"),
    pytest.param(["session", "sign", "--user-id", "ada", "--key-file"], b"", id="key-file"),
    pytest.param(["session", "verify", "--key-file", KEY, "--old-key-file"], TOKEN, id="old-key"),
    pytest.param(["session", "verify", "--key-file", KEY, "--token-file"], b"", id="token-file"),
    pytest.param(["etag"], b"", id="etag"),
    pytest.param(["gzip"], b"", id="gzip"),
    pytest.param(["gzip", "--raw"], b"", id="gzip-raw"),
    pytest.param(["parse"], b"", id="parse"),
    pytest.param(["cache-sim"], b"", id="cache-sim"),
    pytest.param(["pool-sim", "--input"], b"", id="pool-sim"),
]  # fmt: skip

# Every option that writes one.
WRITING = [
    pytest.param([*ASKED, "--output"], b"", id="output"),
    pytest.param(["assert", ":status==200", "--junit"], DUMP, id="junit"),
    pytest.param(["gzip", "--headers-to"], DUMP, id="headers-to"),
    pytest.param(["gzip", "--raw", "--headers-to"], b"content", id="raw-headers-to"),
    pytest.param(["pool-sim", "--preset", "requests", "--threads", "4", "--latency", "80ms",
                  "--requests", "40", "--sweep", "pool_maxsize=1:8", "--svg"], b"", id="svg"),
    pytest.param(["cookie", "jar", "--url", "http://a.example", "--set-cookie", "a=1",
                  "--cookie-file"], b"", id="cookie-file"),
    pytest.param(["session", "keygen", "--output"], b"", id="keygen"),
    pytest.param(["cache-sim", "--summary", "--output"],
                 b'{"t": 0, "request": {"method": "GET", "url": "http://a.example/"}, "response":'
                 b' {"status": 200, "headers": {}}}\n', id="summary"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "question"), READING)
@pytest.mark.parametrize("place", ["nowhere", "a/directory", "/proc/self/mem"])
def test_a_file_that_cannot_be_read_is_named(words, question, place, tmp_path):
    (tmp_path / "a" / "directory").mkdir(parents=True)
    if words[-1] == "--cookie-file" and place == "nowhere":
        pytest.skip("a cookie file begins empty, as curl's does")
    done = run(*words, place, stdin=question, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"Error: {place}: ".encode())
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(("words", "question"), READING)
def test_binary_in_a_file_never_ends_in_a_bug(words, question, tmp_path):
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 40)
    done = run(*words, "binary", stdin=question, cwd=tmp_path)
    assert done.returncode in (0, 1, 2)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "question"),
    [case for case in READING if case.id in {"checks", "public-suffixes", "cors-policy", "policy",
                                             "wsgi-policy", "key-file", "old-key"}],
)  # fmt: skip
def test_a_device_without_an_end_is_not_read_whole(words, question):
    done = run(*words, "/dev/zero", stdin=question)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: /dev/zero: ")


@pytest.mark.parametrize(("words", "question"), WRITING)
@pytest.mark.parametrize("place", ["no/where", ".", "new/"])
def test_a_place_that_cannot_be_written_is_named(words, question, place, tmp_path):
    done = run(*words, place, stdin=question, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {place}: ".encode())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "question"), [case for case in WRITING if case.id != "cookie-file"]
)
def test_a_full_device_is_named(words, question):
    done = run(*words, "/dev/full", stdin=question)
    assert done.returncode == 2
    assert done.stderr == b"Error: /dev/full: No space left on device\n"


@pytest.mark.parametrize(("words", "question"), WRITING)
def test_a_file_is_written_whole_beside_its_place(words, question, tmp_path):
    target = tmp_path / "target"
    for _ in range(2):
        run(*words, str(target), stdin=question)
        assert target.stat().st_size > 0
        assert os.listdir(tmp_path) == ["target"]


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_has_names(name, tmp_path):
    done = run(*ASKED, "--output", name, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, ANSWER, b"")
    assert os.listdir(tmp_path) == []
    done = shell(f"httpheaders {' '.join(ASKED)} --output {name} >&-")
    assert (done.returncode, done.stdout) == (2, b"")


def test_what_others_write_to_standard_output_stays(tmp_path):
    """A rename would put the file aside that the others write to."""
    asked = f"httpheaders {' '.join(ASKED)} --output"
    shell(f"{{ echo before; {asked} /dev/stdout; echo after; }} > '{tmp_path}/file'")
    assert (tmp_path / "file").read_bytes() == b"before\n" + ANSWER + b"after\n"
    shell(f"{{ echo before; {asked} /dev/fd/3; echo after; }} 3>> '{tmp_path}/file' >&3")
    assert (tmp_path / "file").read_bytes() == (b"before\n" + ANSWER + b"after\n") * 2


def test_the_report_can_be_all_there_is():
    done = run("assert", ":status==200", "--quiet", "--junit", "-", stdin=DUMP)
    assert done.stdout.startswith(b"<?xml")


def test_a_process_substitution_is_written_to():
    done = shell(f"httpheaders {' '.join(ASKED)} --output >(cat); wait; sleep 0.2")
    assert done.stdout == ANSWER


def test_a_fifo_is_written_to(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(fifo.read_bytes()))
    reader.start()
    assert run(*ASKED, "--output", str(fifo)).returncode == 0
    reader.join()
    assert received == [ANSWER]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_the_null_device_stays_one():
    assert run(*ASKED, "--output", "/dev/null").returncode == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o444])
def test_a_file_keeps_its_permissions(mode, tmp_path):
    target = tmp_path / "target"
    target.write_text("old")
    target.chmod(mode)
    assert run(*ASKED, "--output", str(target)).returncode == 0
    assert target.read_bytes() == ANSWER
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_that_the_mask_leaves(tmp_path):
    shell(f"umask 027; httpheaders {' '.join(ASKED)} --output '{tmp_path}/new'")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(tmp_path):
    target = tmp_path / "target"
    target.write_text("old")
    os.chown(target, 1234, 5678)
    assert run(*ASKED, "--output", str(target)).returncode == 0
    assert (target.stat().st_uid, target.stat().st_gid) == (1234, 5678)


def test_a_key_is_for_its_owner_alone_whatever_was_there(tmp_path):
    target = tmp_path / "key"
    target.write_text("old")
    target.chmod(0o644)
    assert run("session", "keygen", "--raw", "--output", str(target)).returncode == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("is_there", [True, False], ids=["to-a-file", "to-nothing"])
def test_a_link_stays_a_link(is_there, tmp_path):
    (tmp_path / "there").mkdir()
    if is_there:
        (tmp_path / "there" / "target").write_text("old")
    (tmp_path / "link").symlink_to("there/target")
    assert run(*ASKED, "--output", "link", cwd=tmp_path).returncode == 0
    assert os.readlink(tmp_path / "link") == "there/target"
    assert (tmp_path / "there" / "target").read_bytes() == ANSWER
    assert os.listdir(tmp_path / "there") == ["target"]


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "link").symlink_to("link")
    done = run(*ASKED, "--output", "link", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        b"Error: link: Too many levels of symbolic links\n",
    )
    assert os.readlink(tmp_path / "link") == "link"


def test_a_name_as_long_as_names_can_be(tmp_path):
    name = "n" * 255
    assert run(*ASKED, "--output", name, cwd=tmp_path).returncode == 0
    assert os.listdir(tmp_path) == [name]


def test_the_input_may_be_the_output(tmp_path):
    lines = tmp_path / "lines"
    lines.write_bytes(b'{"accept": "text/*"}\n' * 5000)
    assert run("negotiate", "text/html", "--input", "lines", "--output", "lines", cwd=tmp_path)
    assert lines.read_bytes() == ANSWER * 5000


def test_of_two_writers_one_is_read_whole(tmp_path):
    target = tmp_path / "target"
    offers = ["text/html", "text/plain"]
    question = b'{"accept": "text/*"}\n' * 3000
    expected = {run("negotiate", offer, stdin=question).stdout for offer in offers}
    for _ in range(3):
        writers = [
            subprocess.Popen(
                [PROGRAM, "negotiate", offer, "--output", str(target)],
                stdin=subprocess.PIPE,
                env=environment(),
            )
            for offer in offers
        ]
        threads = [
            threading.Thread(target=writer.communicate, args=(question,)) for writer in writers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert [writer.wait() for writer in writers] == [0, 0]
        assert target.read_bytes() in expected
        assert os.listdir(tmp_path) == ["target"]


def test_without_a_working_directory_a_relative_name_is_named():
    done = shell(
        f"d=$(mktemp -d); cd $d; rmdir $d; httpheaders {' '.join(ASKED)} --output answer.json"
    )
    assert (done.returncode, done.stderr) == (2, b"Error: answer.json: No such file or directory\n")


# --- what is printed by others, and what is no text ---------------------------------------------


@pytest.mark.parametrize("streams", ["2>&-", "2>&- <&-"], ids=["errors", "errors-and-input"])
def test_an_application_never_prints_into_the_answers(streams, tmp_path):
    """With standard error closed, its number would go to the next file that is opened."""
    (tmp_path / "noisy.py").write_text(
        "import os\n"
        "def app(environ, start_response):\n"
        "    print('noise', flush=True)\n"
        "    os.system('echo noise; echo noise >&2')\n"
        "    start_response('204 No Content', [])\n"
        "    return []\n"
    )
    asked = f"cd '{tmp_path}'; httpheaders wsgi noisy:app --path /"
    done = shell(f"{asked} {streams}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["response"]["status"] == 204
    assert shell(f"{asked} --output answer {streams} >&-").returncode == 0
    assert json.loads((tmp_path / "answer").read_bytes())["response"]["status"] == 204


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("locale", [{}, ASCII], ids=["usual", "locale-C"])
@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param(rb"caf\xc3\xa9", "caf\u00e9", id="utf-8"),
        pytest.param(rb"caf\xe9", "caf\u00e9", id="latin-1"),
        pytest.param(rb"\xff\xfe", "\u00ff\u00fe", id="neither"),
    ],
)
def test_arguments_are_read_as_fields_are(octets, text, locale):
    octets_word = octets.decode()
    done = shell(f"httpheaders cookie parse $'a={octets_word}'", **locale)
    assert json.loads(done.stdout)["cookies"][0]["value"] == text
    asked = f"httpheaders wsgi --header $'X: {octets_word}' --data $'{octets_word}' --path /x"
    answer = json.loads(shell(asked, **locale).stdout)
    assert answer["request"]["headers"]["x"] == [text]


@pytest.mark.parametrize("locale", [{}, ASCII], ids=["usual", "locale-C"])
def test_names_of_the_system_stay_as_they_are(locale, tmp_path):
    key = os.path.join(os.fsencode(tmp_path), b"k\xc3\xa9y\xff")
    with open(key, "wb") as file:
        file.write(b"0123456789abcdef0123456789abcdef")
    done = subprocess.run(
        [PROGRAM, "session", "sign", "--user-id", "ada", "--key-file", key],
        capture_output=True,
        timeout=PATIENCE,
        env=environment(**locale),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "\\ud" not in done.stdout.decode()
    done = shell(
        "export K=0123456789abcdef0123456789abcdef; "
        "env $'\\xc3\\xa9'=$K httpheaders session sign --user-id ada --key-env $'\\xc3\\xa9'",
        **locale,
    )
    assert done.returncode == 0


@pytest.mark.parametrize("document", [r'{"session": {"key_file": "a\u0000b"}}',
                                      r'{"session": {"key_file": "\ud800"}}',
                                      r'{"session": {"key_env": "a\u0000="}}'])  # fmt: skip
def test_a_policy_that_names_what_no_file_can_be_called_is_refused(document, tmp_path):
    (tmp_path / "policy.json").write_text(document)
    done = run("pipeline", "--policy", "policy.json", "--path", "/", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: policy.json line 1: ")


def test_a_good_policy_is_still_read():
    assert run("pipeline", "--policy", POLICY, "--path", "/users").returncode == 0


# --- completion ---------------------------------------------------------------------------------


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion_that_cannot_be_written_is_an_error(shell_name):
    asked = f"_HTTPHEADERS_COMPLETE={shell_name}_source httpheaders"
    for streams in (">/dev/full", ">&-"):
        done = shell(f"{asked} {streams}")
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.startswith(b"Error: ")
        assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("instruction", ["nonsense", "bash_nonsense", "bash_complete", "source"])
def test_completion_that_makes_no_sense_is_an_error(instruction):
    done = shell(f"_HTTPHEADERS_COMPLETE={instruction} httpheaders")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: _HTTPHEADERS_COMPLETE ")


def test_completion_of_octets_that_are_no_text_is_no_bug():
    asked = "COMP_WORDS=$'httpheaders \\xff' COMP_CWORD=1 _HTTPHEADERS_COMPLETE=bash_complete"
    done = shell(f"{asked} httpheaders")
    assert (done.returncode, done.stderr) == (0, b"")
