"""`httpheaders pipeline` as a shell sees it."""

from __future__ import annotations

import json

import pytest

from tests import policies
from tests.cli.program import run

PHASES = ["parse_headers", "authenticate", "authorize", "validate_body", "handle"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "policy.toml").write_text(policies.TEXT)
    (folder / "key").write_bytes(policies.KEY)
    return folder


def pipeline(folder, *arguments, stdin=b""):
    return run("pipeline", "--policy", "policy.toml", *arguments, stdin=stdin, cwd=folder)


def answer(folder, *arguments, stdin=b"", status=0):
    done = pipeline(folder, *arguments, stdin=stdin)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "phase", "status"),
    [
        (("--path", "/users"), "completed", 200),
        (("--path", "/users", "--method", "PUT"), "parse_headers", 405),
        (("--path", "/me"), "authenticate", 401),
        (("--path", "/users", "--data", "x"), "validate_body", 415),
        (("--path", "/nowhere"), "parse_headers", 404),
    ],
)
def test_how_far_a_request_gets(folder, arguments, phase, status):
    got = answer(folder, *arguments, status=0 if phase == "completed" else 1)
    assert (got["phase"], got["response"]["status"]) == (phase, status)
    last = "handle" if phase == "completed" else phase
    assert got["executed"] == PHASES[: PHASES.index(last) + 1]


def test_an_exchange_says_what_the_application_answers(folder):
    response = {"status": 404, "headers": {"Content-Type": "text/plain"}, "body": "none"}
    exchange = {"request": {"url": "/users"}, "response": response}
    got = answer(folder, stdin=json.dumps(exchange).encode())
    assert (got["phase"], got["response"]["status"]) == ("completed", 404)
    assert got["response"]["body"] == "none"


def test_raw_is_the_header_lines(folder):
    done = pipeline(folder, "--path", "/users", "--method", "PUT", "--raw")
    assert done.stdout.startswith(b"Allow: GET, POST, HEAD, OPTIONS\n")


def test_the_clock_counts_for_sessions(folder):
    fields = ("--path", "/me", "--header", f"Authorization: Bearer {policies.EXPIRED}")
    got = answer(folder, *fields, "--now", "1700000000", status=1)
    assert got["reason"] == "Token expired"
    got = answer(folder, *fields, "--now", "1699999905")
    assert got["user"]["user_id"] == "old"


def test_the_token_is_in_no_reason(folder):
    fields = ("--path", "/me", "--header", f"Authorization: Bearer {policies.EXPIRED}x", "-e")
    got = answer(folder, *fields, status=1)
    got.pop("request")
    assert policies.EXPIRED not in json.dumps(got)


def test_many_requests_one_answer_a_line(folder):
    done = pipeline(folder, "--lines", stdin=b'{"url": "/users", "id": 7}\n/nowhere\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["ok"] for one in answers] == [True, False]
    assert answers[0]["id"] == 7
    assert done.returncode == 1


def test_a_policy_that_cannot_be_meant_is_an_error_with_its_line(folder):
    (folder / "bad.toml").write_text("[limits]\nmax_bdy = 1\n")
    done = run("pipeline", "--policy", "bad.toml", "--path", "/", cwd=folder)
    expected = b"Error: bad.toml line 2: unknown key 'max_bdy': did you mean 'max_body'"
    assert done.returncode == 2
    assert done.stderr.startswith(expected)


def test_a_policy_that_is_not_there_is_an_error(folder):
    done = run("pipeline", "--policy", "none.toml", "--path", "/", cwd=folder)
    assert (done.returncode, done.stderr) == (2, b"Error: none.toml: No such file or directory\n")


def test_smuggling_is_told(folder):
    dump = b"POST /users HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\n"
    got = answer(folder, stdin=dump, status=1)
    assert got["response"]["status"] == 400
    assert "Transfer-Encoding" in got["reason"]
