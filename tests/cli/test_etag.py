"""`httpheaders etag`, through the installed program."""

from __future__ import annotations

import hashlib
import json
import sys

import pytest

from tests.cli.program import run, shell

TAG = '"v7"'


def answer(*arguments: str, stdin: bytes = b"") -> dict:
    return json.loads(run("etag", *arguments, stdin=stdin).stdout)


def test_the_answer_has_all_its_keys():
    assert answer("--etag", TAG, "--if-none-match", 'W/"v7"') == {
        "ok": True,
        "reason": "the client has the current entity tag",
        "reference": "RFC 9110 section 13.1.2",
        "problems": [],
        "etag": TAG,
        "weak": False,
        "status": 304,
        "headers": {"etag": [TAG]},
        "body": None,
        "range": None,
    }


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--if-none-match", TAG], 304),
        (["--if-none-match", '"x,y", W/"v7"'], 304),
        (["--if-none-match", TAG, "--method", "PUT"], 412),
        (["--if-match", 'W/"v7"'], 412),
        (["--if-match", TAG], 200),
        (["--if-match", "*"], 200),
        (
            [
                "--last-modified",
                "2026-01-01",
                "--if-modified-since",
                "Thu, 01 Jan 2026 00:00:00 GMT",
            ],
            304,
        ),
        (
            [
                "--last-modified",
                "2026-01-02",
                "--if-unmodified-since",
                "Thu, 01 Jan 2026 00:00:00 GMT",
            ],
            412,
        ),
    ],
)
def test_conditions(arguments, status):
    done = run("etag", "--etag", TAG, *arguments)
    assert json.loads(done.stdout)["status"] == status
    assert done.returncode == (1 if status == 412 else 0)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 100)
    return path


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
def test_tag_of_a_file_is_its_hash(file, algorithm):
    expected = hashlib.new(algorithm, file.read_bytes()).hexdigest()
    done = run("etag", str(file), "--algorithm", algorithm, "--weak", "--raw")
    assert done.stdout.decode() == f'W/"{expected}"\n'


@pytest.mark.parametrize(("condition", "status"), [(TAG, 200), ('"v6"', 412)])
def test_a_tag_that_is_given_counts_for_a_file_too(file, condition, status):
    found = answer(str(file), "--etag", TAG, "--if-match", condition)
    assert (found["status"], found["etag"]) == (status, TAG)


def test_a_tag_that_is_given_needs_no_hash(file):
    etag = f"'{sys.executable}' -X importtime -m httpheaders etag '{file}'"
    assert b"hashlib" in shell(etag).stderr
    assert b"hashlib" not in shell(f"{etag} --etag v7").stderr


def test_octets_of_standard_input(file):
    done = shell(f"httpheaders etag - --raw < {file}")
    assert done.stdout == run("etag", str(file), "--raw").stdout


@pytest.mark.parametrize(
    ("value", "status", "ranges"),
    [
        ("bytes=0-9", 206, [{"first": 0, "last": 9}]),
        ("bytes=-1", 206, [{"first": 999, "last": 999}]),
        ("bytes=0-0, 900-900", 206, [{"first": 0, "last": 0}, {"first": 900, "last": 900}]),
        ("bytes=1000-", 416, None),
        ("lines=1", 200, None),
    ],
)
def test_range_of_a_file(file, value, status, ranges):
    found = answer(str(file), "--range", value)
    assert (found["status"], found["range"], found["body"]) == (status, ranges, None)
    assert found["ok"] is (status != 416)


def test_json_is_hashed_with_sorted_keys():
    first = answer(stdin=b'{"value": {"a": 1, "b": [2]}}')
    other = answer(stdin=b'{"value": {"b": [2], "a": 1}}')
    assert first["etag"] == other["etag"]
    assert first["body"] == '{"a": 1, "b": [2]}'


def test_exchange_is_answered_and_carried_on():
    exchange = {
        "request": {"method": "GET", "url": "/", "headers": {"Range": "bytes=1-3"}},
        "response": {"status": 200, "phrase": "OK", "headers": {"X": "1"}, "body": "hello"},
    }
    found = answer("--algorithm", "md5", stdin=json.dumps(exchange).encode())
    response = found["response"]
    assert (response["status"], response["phrase"], response["body"]) == (206, None, "ell")
    assert response["headers"]["etag"] == [found["etag"]]
    again = answer(stdin=json.dumps(found).encode())
    assert again["status"] == 206


def test_response_keeps_the_tag_it_has():
    response = {"status": 200, "headers": {"ETag": "v7"}, "body": "hello"}
    found = answer(stdin=json.dumps(response).encode())
    assert found["etag"] == TAG
    assert found["problems"][0]["message"] == f"an entity tag stands in double quotes: send {TAG}"


def test_response_without_representation_is_passed_on():
    found = answer(stdin=b'{"status": 404, "body": "no"}')
    assert (found["ok"], found["status"], found["etag"]) == (False, 404, None)


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        ([], b"{}", "missing what to make the tag of"),
        ([], b'{"status": 200}', "missing what to make the tag of"),
        (["/no/such/file"], b"", "/no/such/file"),
        (["-", "--input", "x"], b"", "goes with neither --input nor --lines"),
        (["--etag", "a\nb"], b"", "control characters"),
        (["--etag", TAG, "--last-modified", "soon"], b"", "expected a date"),
        (["--etag", TAG, "--algorithm", "crc32"], b"", "crc32"),
        ([], b'{"value": 1, "algorithm": "crc32"}', "expected one of sha256"),
        ([], b'{"vlaue": 1}', "did you mean 'value'"),
    ],
)
def test_unusable_question(arguments, stdin, told):
    done = run("etag", *arguments, stdin=stdin)
    assert done.returncode == 2
    assert told in done.stderr.decode()


def test_last_modified_is_an_http_date():
    found = answer("--etag", TAG, "--last-modified", "1994-11-06T08:49:37Z")
    assert found["headers"]["last-modified"] == ["Sun, 06 Nov 1994 08:49:37 GMT"]
