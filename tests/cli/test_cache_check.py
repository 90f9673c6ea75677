"""`httpheaders cache-check`, through the installed program."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import run

DUMP = (
    b"HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n"
    b'Cache-Control: public, max-age=60\r\nETag: "v7"\r\nVary: Accept\r\n\r\n'
)
AT = "2026-11-22T12:00:30Z"


def answer(*arguments: str, stdin: bytes = DUMP) -> dict:
    return json.loads(run("cache-check", *arguments, stdin=stdin).stdout)


def test_the_answer_has_all_its_keys():
    found = answer("--now", AT)
    assert list(found) == [
        "ok",
        "reason",
        "reference",
        "problems",
        "storable",
        "fresh",
        "freshness_lifetime",
        "age",
        "ttl",
        "reusable",
        "must_revalidate",
        "revalidation_headers",
        "stale_while_revalidate",
        "stale_if_error",
        "vary_key",
        "validated",
        "headers",
        "request",
        "response",
    ]
    assert (found["freshness_lifetime"], found["age"], found["ttl"]) == (60, 30, 30)
    assert found["revalidation_headers"] == {"if-none-match": ['"v7"']}
    assert found["vary_key"] == {"accept": None}
    assert found["reason"] == (
        "a shared cache may store it; fresh for 30 s more: max-age gives 60 s"
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 0),
        (["--elapsed", "59s", "--header", "X: 1"], 0),
        (["--elapsed", "61s", "--header", "X: 1"], 1),
        (["--elapsed", "1s", "--header", "Accept: text/html"], 1),
        (["--elapsed", "1s", "--header", "Cache-Control: no-cache"], 1),
        (["--age", "1m", "--now", AT, "--header", "X: 1"], 1),
    ],
)
def test_one_liners(arguments, status):
    assert run("cache-check", *arguments, stdin=DUMP).returncode == status


@pytest.mark.parametrize(
    ("value", "arguments", "storable"),
    [
        ("private", [], False),
        ("private", ["--private"], True),
        ("no-store\nCDN-Cache-Control: max-age=9", [], False),
        ("no-store\nCDN-Cache-Control: max-age=9", ["--cdn"], True),
        ("no-store\nMine: max-age=9", ["--target", "Mine"], True),
    ],
)
def test_kind_of_cache(value, arguments, storable):
    dump = f"HTTP/1.1 200 OK\nCache-Control: {value}\n\n".encode()
    assert answer(*arguments, stdin=dump)["storable"] is storable


def test_time_of_arrival_and_time_since():
    exchange = {"status": 200, "headers": {"Cache-Control": "max-age=60", "Age": "10"}}
    stdin = json.dumps({**exchange, "now": 1000, "elapsed": 5}).encode()
    assert answer(stdin=stdin)["age"] == 15


def test_new_request_and_validation_response():
    stored = {
        "request": {"method": "GET", "url": "http://a.example/", "headers": {"Host": "a.example"}},
        "response": {"status": 200, "headers": {"ETag": '"1"', "X": "old"}},
    }
    other = {"method": "GET", "url": "http://a.example/y", "headers": {}}
    found = answer(stdin=json.dumps({**stored, "new_request": other}).encode())
    assert (found["ok"], "another URI" in found["reason"]) == (False, True)
    fresh = {"status": 304, "headers": {"ETag": '"1"', "X": "new"}}
    found = answer(stdin=json.dumps({**stored, "validation_response": fresh}).encode())
    assert (found["ok"], found["validated"], found["headers"]["x"]) == (True, True, ["new"])
    assert found["response"]["headers"]["x"] == ["new"]


def test_raw_is_ready_for_curl():
    assert run("cache-check", "--raw", stdin=DUMP).stdout == b'If-None-Match: "v7"\n'


def test_explain_lists_the_clauses():
    steps = answer("--explain")["steps"]
    assert {"RFC 9111 section 3", "RFC 9111 section 4.2.3", "RFC 9111 section 4.2"} <= {
        step["reference"] for step in steps
    }


def test_bare_header_lines_are_a_response():
    found = answer(stdin=b"Cache-Control: no-store, max-age=60\n")
    assert found["storable"] is False
    assert [problem["where"] for problem in found["problems"]] == ["Cache-Control", "status"]
    assert "delete 'max-age=60' or 'no-store'" in found["problems"][0]["message"]


def test_every_hop_is_checked():
    done = run(
        "cache-check", stdin=DUMP + b"HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\n\r\n"
    )
    assert [json.loads(line)["ok"] for line in done.stdout.splitlines()] == [True, False]
    assert done.returncode == 1


def test_har_tells_when_the_response_came():
    entry = {
        "startedDateTime": "2026-11-22T12:00:00.000Z",
        "time": 1000,
        "request": {"method": "GET", "url": "http://a.example/", "headers": []},
        "response": {
            "status": 200,
            "headers": [{"name": "Cache-Control", "value": "max-age=60"}],
        },
    }
    har = json.dumps({"log": {"entries": [entry]}}).encode()
    assert answer("--now", AT, stdin=har)["age"] == 29


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (["--private", "--cdn"], DUMP, "leave out --cdn or --private"),
        (["--header", "no colon"], DUMP, "expected 'Name: value'"),
        (["--header", "A: b\nC: d"], DUMP, "control characters"),
        ([], b'{"method": "GET", "url": "/"}', "expected a response"),
        ([], b'{"elapsed": "1h"}', "expected a number"),
        ([], b"{}", "expected a response"),
        ([], b'{"status": 200, "new_request": 5}', "expected a request object"),
    ],
)
def test_unusable_question(arguments, stdin, told):
    done = run("cache-check", *arguments, stdin=stdin)
    assert done.returncode == 2
    assert told in done.stderr.decode()
