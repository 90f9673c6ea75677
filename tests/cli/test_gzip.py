"""`httpheaders gzip`: the answers, and the filter."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import zlib

import pytest

from tests.cli.program import PATIENCE, PROGRAM, environment, run, shell

TEXT = b"The quick brown fox jumps over the lazy dog.\n" * 200


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(TEXT)
    return str(path)


def answer_of(*arguments, stdin=b"", status=0):
    done = run("gzip", *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (status, b"")
    return json.loads(done.stdout)


def body_of(answer):
    from base64 import b64decode

    return b64decode(answer["response"]["body_base64"])


# --- answers ---


def test_a_file_is_content(page):
    answer = answer_of(page, "--accept-encoding", "gzip, br", "--content-type", "text/html")
    assert answer["encoding"] == "gzip"
    assert answer["headers"] == {
        "content-type": ["text/html"],
        "vary": ["Accept-Encoding"],
        "content-encoding": ["gzip"],
        "content-length": [str(answer["size"])],
    }
    assert gzip.decompress(body_of(answer)) == TEXT
    assert answer["original_size"] == len(TEXT)


def test_a_short_form():
    question = {"id": 7, "accept_encoding": "gzip;q=0", "body": "x" * 100}
    answer = answer_of(stdin=json.dumps(question).encode())
    assert (answer["id"], answer["encoding"], answer["response"]["body"]) == (7, None, "x" * 100)


def test_an_exchange_is_carried_on():
    exchange = {
        "request": {"method": "GET", "url": "/", "headers": {"Accept-Encoding": "gzip"}},
        "response": {"status": 200, "headers": {"ETag": '"a"'}, "body": "x" * 100},
    }
    answer = answer_of("--accept-encoding", "br", stdin=json.dumps(exchange).encode())
    assert answer["request"]["headers"] == {"accept-encoding": ["gzip"]}
    assert answer["response"]["headers"]["etag"] == ['W/"a"']
    assert gzip.decompress(body_of(answer)) == b"x" * 100
    again = answer_of("--decompress", stdin=json.dumps(answer).encode())
    assert again["response"]["body"] == "x" * 100
    assert again["decoded"] == ["gzip"]


def test_nothing_acceptable_is_no():
    question = {"accept_encoding": "*;q=0", "body": "x"}
    answer = answer_of(stdin=json.dumps(question).encode(), status=1)
    assert (answer["ok"], answer["status"], answer["size"]) == (False, 406, 0)


def test_a_dump_and_plain_content_on_standard_input():
    dump = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + TEXT
    assert answer_of(stdin=dump)["encoding"] is None
    assert answer_of(stdin=TEXT)["encoding"] == "gzip"


def test_lines_are_accept_encoding_fields():
    done = run("gzip", "--lines", stdin=b"gzip\n*;q=0\n\nbr\n")
    assert done.returncode == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["encoding"] for answer in answers] == ["gzip", None, None, None]
    assert [answer["ok"] for answer in answers] == [True, False, True, True]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--level", "10"], b"--level", id="level"),
        pytest.param(["--flush"], b"--flush goes with --raw", id="flush-alone"),
        pytest.param(
            ["--max-size", "5"], b"--max-size goes with --decompress", id="max-size-alone"
        ),
        pytest.param(["--coding", "lzma"], b"unknown content coding", id="coding"),
        pytest.param(["FILE", "--input", "x"], b"not both", id="two-inputs"),
    ],
)
def test_options_that_cannot_be_meant(arguments, told):
    done = run("gzip", *arguments, stdin=b'{"body": "x"}')
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    "question", [{"body": "a", "body_base64": "YQ=="}, {"body_base64": "?"}, {"bodi": "a"}]
)
def test_questions_that_cannot_be_meant(question):
    done = run("gzip", stdin=json.dumps(question).encode() + b"\n")
    assert done.returncode == 2
    assert json.loads(done.stdout)["ok"] is None


# --- the filter ---


def test_the_filter_makes_what_gzip_reads(page):
    coded = run("gzip", "--raw", stdin=TEXT).stdout
    assert gzip.decompress(coded) == TEXT
    assert coded == run("gzip", "--raw", page).stdout == body_of(answer_of(page))
    assert subprocess.run(["gzip", "-dc"], input=coded, stdout=-1, check=True).stdout == TEXT


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x", id="one-octet"),
        pytest.param(b"[1,2]\n", id="a-list"),
        pytest.param(b'{"users": []}\n', id="an-object"),
        pytest.param(b'{"id": 1}\n{"id": 2}\n', id="lines"),
        pytest.param(b'{"request": "GET /", "response": "200"}\n', id="a-log"),
        pytest.param(b'{"status": 200, "items": [], "body": "x"}\n', id="an-api"),
        pytest.param(b'{"log": {"entries": []}}\n', id="a-har"),
        pytest.param(b"name: value\nother: x\n", id="yaml"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="a-request"),
        pytest.param(bytes(range(256)) * 500, id="binary"),
        pytest.param(b'{"body": "' + b"x" * 200_000, id="broken-json"),
    ],
)
def test_the_filter_takes_a_file_for_what_it_is(content):
    done = run("gzip", "--raw", stdin=content)
    assert (done.returncode, done.stderr) == (0, b"")
    assert gzip.decompress(done.stdout) == content


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(
            b'{"request": null, "response": {"status": 200, "body": "hi"}}', id="exchange"
        ),
        pytest.param(b'{"status": 200, "headers": {}, "body": "hi"}', id="response"),
        pytest.param(b'{\n "body": "hi"\n}\n', id="short-form-over-lines"),
        pytest.param(
            b'{"ok":true,"reason":"","reference":null,"problems":[],"etag":"x",'
            b'"request":null,"response":{"status":200,"body":"hi"}}\n',
            id="an-answer-of-ours",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", id="dump"),
    ],
)
def test_the_filter_takes_the_content_out_of_a_message(message):
    assert gzip.decompress(run("gzip", "--raw", stdin=message).stdout) == b"hi"
    # A dash is content, whatever it looks like.
    assert gzip.decompress(run("gzip", "--raw", "-", stdin=message).stdout) == message


def test_the_filter_lets_through_what_the_client_does_not_take(page):
    assert run("gzip", "--raw", page, "--accept-encoding", "br").stdout == TEXT
    done = run("gzip", "--raw", page, "--accept-encoding", "*;q=0")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"406: ")
    for least, is_coded in (("9000", True), ("9001", False), ("1MB", False)):
        coded = run("gzip", "--raw", page, "--min-size", least).stdout
        assert (coded != TEXT) is is_coded


def test_headers_go_to_a_file(page, tmp_path):
    target = tmp_path / "headers"
    coded = run("gzip", "--raw", page, "--headers-to", str(target)).stdout
    assert target.read_text() == (
        f"Vary: Accept-Encoding\nContent-Encoding: gzip\nContent-Length: {len(coded)}\n"
    )
    done = run("gzip", "--raw", "--decompress", "--headers-to", str(target), stdin=b"junk")
    assert done.returncode == 2
    assert target.read_text().startswith("Vary")
    assert sorted(os.listdir(tmp_path)) == ["headers", "page.html"]


@pytest.mark.parametrize("lines", [(), ("--lines",)])
def test_lines_that_come_again_have_their_headers_in_the_file(tmp_path, lines):
    target = tmp_path / "headers"
    question = b'{"accept_encoding":"gzip;q=0","body":"x"}\n'
    done = run("gzip", *lines, "--headers-to", str(target), stdin=question * 4)
    assert done.stdout.count(b"\n") == 4
    assert target.read_text() == "\n".join(["Vary: Accept-Encoding\n"] * 4)


@pytest.mark.parametrize("level", ["1", "6", "9"])
def test_levels(page, level):
    assert gzip.decompress(run("gzip", "--raw", page, "--level", level).stdout) == TEXT


def test_flush_sends_on_each_chunk():
    process = subprocess.Popen(
        [PROGRAM, "gzip", "--raw", "--flush"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    inflate = zlib.decompressobj(31)
    for number in range(3):
        event = f"event {number}\n".encode()
        process.stdin.write(event)
        process.stdin.flush()
        content = b""
        while content != event:
            piece = os.read(process.stdout.fileno(), 65536)
            assert piece
            content += inflate.decompress(piece)
    rest, _ = process.communicate(timeout=PATIENCE)
    assert inflate.decompress(rest) == b""
    assert inflate.eof


def test_a_terminal_is_refused(page):
    parent, child = os.openpty()
    try:
        done = subprocess.run(
            [PROGRAM, "gzip", "--raw", page],
            stdout=child,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(parent)
        os.close(child)
    assert done.returncode == 2
    assert b"terminal" in done.stderr


def test_the_filter_wants_input():
    done = run("gzip", "--raw", stdin=b"")
    assert (done.returncode, done.stdout) == (2, b"")
    assert gzip.decompress(run("gzip", "--raw", "-", stdin=b"").stdout) == b""


def test_a_reader_that_left_ends_the_filter():
    done = shell(
        "yes | head -c 50000000 | httpheaders gzip --raw --level 1 | head -c 10 >/dev/null;"
        " echo ${PIPESTATUS[2]}"
    )
    assert (done.stdout, done.stderr) == (b"141\n", b"")


def test_memory_does_not_grow_with_the_content():
    limit = 64 << 10  # KiB
    command = (
        "ulimit -v 400000; httpheaders gzip --raw --level 1 | httpheaders gzip -d --raw | wc -c"
    )
    done = shell(f"head -c 60000000 /dev/zero | (trap '' PIPE; {command})")
    assert (done.stdout.strip(), done.stderr) == (b"60000000", b"")
    script = (
        "import subprocess, sys, resource\n"
        f"subprocess.run([{PROGRAM!r}, 'gzip', '--raw', '--level', '1'],"
        " stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = shell('head -c 100000000 /dev/zero | python3 -c "$SCRIPT"', SCRIPT=script)
    assert 0 < int(done.stdout) < limit


# --- decompressing ---


def test_members_padding_and_junk():
    coded = run("gzip", "--raw", "-", stdin=TEXT).stdout
    done = run("gzip", "-d", "--raw", stdin=coded + coded + b"\0" * 100)
    assert (done.stdout, done.stderr) == (TEXT + TEXT, b"")
    done = run("gzip", "-d", "--raw", stdin=coded + b"junk")
    assert (done.returncode, done.stdout) == (0, TEXT)
    assert done.stderr == b"Warning: 4 octets behind the end of the gzip data were left out\n"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(lambda coded: coded[:-1], b"truncated after", id="truncated"),
        pytest.param(lambda coded: coded[:-8] + b"x" * 8, b"damaged", id="damaged"),
        pytest.param(lambda coded: b"plain text", b"neither gzip nor zstd", id="not-coded"),
        pytest.param(lambda coded: b"", b"empty", id="empty"),
    ],
)
def test_what_cannot_be_decompressed_is_told(spoil, told, tmp_path):
    coded = spoil(gzip.compress(TEXT))
    target = tmp_path / "out"
    target.write_text("old")
    done = run("gzip", "-d", "--raw", "--output", str(target), stdin=coded)
    assert done.returncode == 2
    assert told in done.stderr
    assert target.read_text() == "old"


def test_max_size():
    coded = gzip.compress(bytes(5_000_000))
    assert run("gzip", "-d", "--raw", "--max-size", "5MB", stdin=coded).returncode == 0
    for arguments in (["--raw"], []):
        done = run("gzip", "-d", *arguments, "--max-size", "4MB", stdin=coded)
        assert done.returncode == 2
        assert b"larger than 4000000 octets" in done.stderr


def test_other_codings(page):
    from httpheaders.coding_engines import is_available
    from httpheaders.content_codings import decompress

    for coding in ("br", "zstd"):
        if not is_available(coding):
            pytest.skip(f"the package for {coding} is not installed")
        coded = run("gzip", "--raw", page, "--coding", coding).stdout
        assert decompress(coded, coding) == TEXT
        back = run("gzip", "-d", "--raw", "--coding", coding, stdin=coded)
        assert back.stdout == TEXT
