"""`httpheaders cache-headers`, through the installed program."""

from __future__ import annotations

import json

import pytest

from httpheaders.cache_strategies import STRATEGIES
from tests.cli.program import run


def answer(*arguments: str, stdin: bytes = b"") -> dict:
    return json.loads(run("cache-headers", *arguments, stdin=stdin).stdout)


def test_the_answer_has_all_its_keys():
    assert answer("private-short") == {
        "ok": True,
        "reason": "for pages for one signed-in user, kept in that browser for five minutes",
        "reference": "RFC 9111 section 5.2.2",
        "problems": [],
        "strategy": "private-short",
        "headers": {"cache-control": ["private, max-age=300"]},
    }


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["no-cache"], ["Cache-Control: no-cache, must-revalidate"]),
        (["no-store"], ["Cache-Control: no-store"]),
        (["public-immutable"], ["Cache-Control: public, max-age=31536000, immutable"]),
        (["private-short"], ["Cache-Control: private, max-age=300"]),
        (["revalidate"], ["Cache-Control: public, max-age=3600, must-revalidate"]),
        (
            ["revalidate", "--max-age", "7d"],
            ["Cache-Control: public, max-age=604800, must-revalidate"],
        ),
        (
            ["public-immutable", "--without", "immutable", "--stale-if-error", "1h30m"],
            ["Cache-Control: public, max-age=31536000, stale-if-error=5400"],
        ),
        (
            ["--public", "--max-age", "60", "--s-maxage", "10m"],
            ["Cache-Control: public, max-age=60, s-maxage=600"],
        ),
        (
            ["private-short", "--vary", "Accept", "--vary", "Origin"],
            ["Cache-Control: private, max-age=300", "Vary: Accept, Origin"],
        ),
        (
            ["no-cache", "--expires", "1994-11-06T08:49:37Z"],
            ["Cache-Control: no-cache, must-revalidate", "Expires: Sun, 06 Nov 1994 08:49:37 GMT"],
        ),
    ],
)
def test_raw_is_header_lines(arguments, lines):
    done = run("cache-headers", *arguments, "--raw")
    assert (done.returncode, done.stdout.decode().splitlines()) == (0, lines)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-store", "--max-age", "60"], "delete 'max-age=60' or 'no-store'"),
        (["private-short", "--public"], "delete one"),
        (["immutabel"], "unknown strategy 'immutabel'"),
        (["no-store", "--without", "no-store"], "no directive is left"),
        (["no-store", "--max-age", "soon"], "not a duration"),
        (["no-store", "--vary", "a\nb"], "not a field name"),
        (["private-short", "--max-age", "250ms"], "expected whole seconds"),
    ],
)
def test_unusable_question(arguments, told):
    done = run("cache-headers", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_empty_object_lacks_the_strategy():
    done = run("cache-headers", stdin=b"{}")
    assert (done.returncode, b"missing the strategy" in done.stderr) == (2, True)


def test_list_shows_every_strategy():
    listed = answer("--list")["strategies"]
    assert [row["name"] for row in listed] == list(STRATEGIES)
    assert all(row["use"] and row["headers"]["cache-control"] for row in listed)
    raw = run("cache-headers", "--list", "--raw").stdout.decode()
    assert raw.count("\n") == len(STRATEGIES)


def test_lines_of_strategies():
    done = run("cache-headers", "--lines", "--raw", stdin=b"no-store\nrevalidate\n")
    assert done.stdout.decode().splitlines() == [
        "Cache-Control: no-store",
        "Cache-Control: public, max-age=3600, must-revalidate",
    ]


def test_exchange_is_carried_on_with_its_fields_set():
    exchange = {
        "request": {"method": "GET", "url": "/"},
        "response": {"status": 200, "headers": {"cache-control": "x", "Vary": "Origin"}},
    }
    found = answer("api", "--input", "-", stdin=json.dumps(exchange).encode())
    assert found["response"]["headers"] == {
        "cache-control": ["private, no-cache"],
        "vary": ["Origin, Authorization, Accept"],
    }


def test_short_form():
    question = {"strategy": "revalidate", "max_age": 60, "id": 7}
    found = answer(stdin=json.dumps(question).encode())
    assert found["id"] == 7
    assert found["headers"]["cache-control"] == ["public, max-age=60, must-revalidate"]


def test_of_an_exchange_no_cache_control_stays_that_was_not_decided():
    exchange = {"response": {"status": 200, "headers": {"Cache-Control": "no-store", "Vary": "A"}}}
    found = answer(
        "no-store", "--without", "no-store", "--expires", "1994-11-06", "--vary", "*",
        "--input", "-", stdin=json.dumps(exchange).encode(),
    )  # fmt: skip
    assert found["response"]["headers"] == {
        "vary": ["*"],
        "expires": ["Sun, 06 Nov 1994 00:00:00 GMT"],
    }
