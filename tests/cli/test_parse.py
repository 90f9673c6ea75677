"""`httpheaders parse`, through the installed program and on real dumps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, run, shell

DUMPS = sorted((Path(__file__).parent.parent / "data" / "dumps").glob("*.txt"))


def parsed(stdin: bytes, *arguments: str) -> list[dict]:
    done = run("parse", *arguments, stdin=stdin)
    assert done.stdout.isascii()
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
def test_every_real_dump_becomes_valid_json(dump, script_runner):
    done = script_runner.run([PROGRAM, "parse", str(dump)])
    assert done.returncode in (0, 1)
    assert done.stderr == ""
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        assert answer["kind"] in ("request", "response", "exchange")
        assert answer["ok"] is (answer["problems"] == [])


def test_an_interleaved_repeat_keeps_its_order():
    (answer,) = parsed(b"HTTP/1.1 200 OK\nVary: a\nX-Dup: 1\nVary: b\nX-Dup: 2\n\n")
    pairs = [["Vary", "a"], ["X-Dup", "1"], ["Vary", "b"], ["X-Dup", "2"]]
    assert answer["raw_headers"] == pairs
    assert answer["headers"] == {"vary": ["a", "b"], "x-dup": ["1", "2"]}
    assert answer["fields"]["vary"] == ["a", "b"]


def test_a_latin_1_octet_survives():
    (answer,) = parsed(b"HTTP/1.1 200 OK\r\nX: caf\xe9\r\n\r\n")
    assert answer["headers"]["x"] == ["café"]
    raw = run("parse", "--raw", stdin=b"HTTP/1.1 200 OK\r\nX: caf\xe9\r\nY: caf\xc3\xa9\r\n\r\n")
    assert raw.stdout == b"X: caf\xe9\nY: caf\xc3\xa9\n"


def test_one_bad_line_costs_only_itself():
    (answer,) = parsed(b"HTTP/1.1 200 OK\nA: 1\nno colon here\nBad Header: x\nB: 2\n\n")
    assert answer["ok"] is False
    assert [problem["where"] for problem in answer["problems"]] == ["line 3", "line 4"]
    assert answer["raw_headers"] == [["A", "1"], ["Bad Header", "x"], ["B", "2"]]


def test_a_request_and_its_response_are_one_exchange():
    dump = next(path for path in DUMPS if path.stem == "curl_v")
    (answer,) = parsed(dump.read_bytes())
    assert answer["kind"] == "exchange"
    assert answer["request"]["method"] == "GET"
    assert answer["response"]["status"] == 200
    assert answer["request"]["fields"].keys() >= {"host", "user-agent", "accept"}


def test_an_answer_of_parse_is_read_by_parse():
    (answer,) = parsed(b"HTTP/1.1 200 OK\r\nVary: a\r\nVary: b\r\n\r\nbody")
    (again,) = parsed(json.dumps(answer).encode())
    assert {key: again[key] for key in ("status", "headers", "fields", "body")} == {
        key: answer[key] for key in ("status", "headers", "fields", "body")
    }


def test_a_har_entry_that_cannot_be_read_is_told_in_its_place():
    good = {"request": {"method": "GET", "url": "/"}, "response": {"status": 200, "headers": []}}
    har = {"log": {"entries": [good, {"request": 7}, good]}}
    done = run("parse", stdin=json.dumps(har).encode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, None, True]
    assert "$.log.entries[1].request" in answers[1]["error"]["message"]
    assert done.returncode == 2


def test_framing_that_contradicts_itself_is_named():
    (answer,) = parsed(
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nabc"
    )
    told = " ".join(problem["message"] for problem in answer["problems"])
    assert "differ" in told
    assert "Transfer-Encoding" in told


def test_a_line_of_many_is_told_without_the_number_of_another():
    done = run("parse", "--lines", stdin=b"A: b\nBad Header: x\nfoo bar\nX: \xe9\n")
    sound, odd, unreadable, latin = [json.loads(line) for line in done.stdout.splitlines()]
    assert (sound["ok"], odd["problems"][0]["where"]) == (True, "the line")
    message = "expected a header line, 'Name: value'"
    assert unreadable["error"] == {"line": 3, "message": message}
    assert done.stderr.decode() == f"Error: <stdin> line 3: {message}\n"
    assert latin["headers"] == {"x": ["\u00e9"]}


def test_lines_of_fields():
    answers = parsed(b"Vary: a, b\nMax-Forwards: 3\n", "--lines")
    assert [answer["fields"] for answer in answers] == [{"vary": ["a", "b"]}, {"max-forwards": 3}]


def test_the_clock_places_two_digit_years():
    (answer,) = parsed(b"Date: Sunday, 06-Nov-94 08:49:37 GMT", "--now", "1994-01-01")
    assert answer["fields"]["date"]["epoch"] == 784111777


def test_a_redirect_chain_is_told_hop_by_hop(example_site):
    done = shell("curl -sSiL https://example.com/old | httpheaders parse", **example_site)
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == [301, 200]
