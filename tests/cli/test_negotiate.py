"""`httpheaders negotiate`, through the installed program."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import run


def answer(*arguments: str, stdin: bytes = b"") -> dict:
    return json.loads(run("negotiate", *arguments, stdin=stdin).stdout)


def test_the_answer_has_all_its_keys():
    assert answer("text/html", "text/plain", "--accept", "text/*;q=0.5, text/plain") == {
        "ok": True,
        "reason": "'text/plain' is the best offer: quality 1 by the range 'text/plain'",
        "reference": "RFC 9110 section 12.5.1",
        "problems": [],
        "selected": "text/plain",
        "quality": 1.0,
        "ranked": [
            {"offer": "text/plain", "quality": 1.0, "range": "text/plain"},
            {"offer": "text/html", "quality": 0.5, "range": "text/*"},
        ],
        "status": 200,
        "headers": {"vary": ["Accept"]},
    }


@pytest.mark.parametrize(
    ("arguments", "selected"),
    [
        (["en", "de", "--accept-language", "de-CH"], "de"),
        (["de-CH", "--accept-language", "de", "--match", "filter"], "de-CH"),
        (["de-CH", "--accept-language", "de"], None),
        (["en", "--accept-language", "de", "--default", "en"], "en"),
        (["gzip", "identity", "--accept-encoding", "gzip;q=0"], "identity"),
        (["utf-8", "--accept-charset", "iso-8859-1"], None),
        (["text/markdown", "--accept", "*/*", "--no-wildcard"], None),
        (["text/markdown", "--accept", "text/markdown;q=0"], None),
        (["fr", "--accept", "*/*", "--accept-language", "fr", "--by", "language"], "fr"),
    ],
)
def test_one_liners(arguments, selected):
    done = run("negotiate", *arguments)
    found = json.loads(done.stdout)
    assert found["selected"] == selected
    assert found["status"] == (406 if selected is None else 200)
    assert done.returncode == (1 if selected is None else 0)
    assert run("negotiate", *arguments, "--raw").stdout.decode() == (
        "" if selected is None else f"{selected}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["text/*", "--accept", "*/*"], "text/*"),
        (["html", "--accept", "*/*"], "html"),
        (["en_GB", "--accept-language", "en"], "did you mean 'en-GB'"),
        (["fr", "--accept", "*/*", "--accept-language", "fr"], "say which"),
        (["a/b", "--accept", "*/*", "--by", "colour"], "colour"),
        (["a/b", "--acept", "*/*"], "--accept"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(arguments, told):
    done = run("negotiate", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr.decode()


def test_the_request_decides_over_the_option():
    request = b'{"request": {"headers": {"Accept": "text/plain"}}}'
    found = answer(
        "text/html", "text/plain", "--accept", "text/html", "--input", "-", stdin=request
    )
    assert found["selected"] == "text/plain"


def test_an_exchange_is_carried_on_with_vary():
    exchange = {
        "request": {"method": "GET", "url": "/", "headers": {"Accept": "*/*"}},
        "response": {"status": 200, "headers": {"Vary": "Origin"}},
    }
    found = answer("text/html", stdin=json.dumps(exchange).encode())
    assert found["response"]["headers"] == {"vary": ["Origin, Accept"]}
    assert found["request"]["headers"] == {"accept": ["*/*"]}


def test_variants_in_several_dimensions():
    question = {
        "variants": [
            {"type": "text/html", "language": "en", "quality": 0.9},
            {"type": "text/html", "language": "fr"},
        ],
        "accept": "text/*",
        "accept_language": "fr;q=0.5, en",
    }
    found = answer(stdin=json.dumps(question).encode())
    assert found["selected"]["language"] == "en"
    assert found["headers"] == {"vary": ["Accept, Accept-Language"]}
    assert [chosen["offer"]["language"] for chosen in found["ranked"]] == ["en", "fr"]


@pytest.mark.parametrize(
    ("variants", "place"),
    [
        ([7], "$.variants[0]"),
        ([{"colour": "red"}], "$.variants[0].colour"),
        ([{"type": 7}], "$.variants[0].type"),
        ({}, "$.variants"),
    ],
)
def test_a_malformed_variant_is_named(variants, place):
    done = run("negotiate", stdin=json.dumps({"variants": variants}).encode())
    assert done.returncode == 2
    assert place in done.stderr.decode()


def test_lines_are_answered_in_order_and_bad_ones_in_their_place():
    lines = (
        b'{"id": 1, "accept": "text/html"}\n'
        b'{"id": 2, "acept": "text/html"}\n'
        b"{bad\n"
        b'{"id": 4, "accept": "image/png"}\n'
    )
    done = run("negotiate", "text/html", stdin=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [found["id"] for found in answers] == [1, 2, None, 4]
    assert [found["ok"] for found in answers] == [True, None, None, False]
    assert answers[1]["error"]["line"] == 2
    assert "did you mean 'accept'" in answers[1]["error"]["message"]
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: <stdin> line 2: ")


def test_lines_that_come_again_are_answered_again():
    lines = [{"accept": "text/html"}, {"accept": "a/b"}, {"accept": "text/html", "id": 1}, {}]
    stdin = b"".join(json.dumps(line).encode() + b"\n" for line in lines * 3)
    done = run("negotiate", "text/html", stdin=stdin)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[:4] == answers[4:8] == answers[8:]
    assert [found["ok"] for found in answers[:4]] == [True, False, True, True]
    assert [found.get("id") for found in answers[:4]] == [None, None, 1, None]
    assert done.returncode == 1
    assert run("negotiate", "text/html", "--raw", "--lines", stdin=b"a/b\n*/*\na/b\n").stdout == (
        b"\ntext/html\n\n"
    )


def test_fail_fast_stops_at_the_first():
    done = run(
        "negotiate", "a/b", "--fail-fast", stdin=b'{"accept":"a/b"}\n{bad\n{"accept":"a/b"}\n'
    )
    assert done.stdout.count(b"\n") == 1
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


def test_a_table_of_plain_lines():
    lines = b"text/html;q=0\n\ntext/markdown, */*;q=0.1\n"
    done = run("negotiate", "text/html", "text/markdown", "--lines", "--raw", stdin=lines)
    assert done.stdout == b"\ntext/html\ntext/markdown\n"
    assert done.returncode == 1


def test_explain_tells_every_rule():
    steps = answer("a/b", "c/d", "--accept", "a/*, a/b;q=0", "--explain")["steps"]
    assert "excluded" in steps[0]["outcome"]
    assert {step["reference"] for step in steps} == {"RFC 9110 section 12.5.1"}


def test_a_megabyte_of_commas_is_answered():
    found = answer("a/b", stdin=json.dumps({"accept": "," * 1_000_000}).encode())
    assert found["ok"] is True
    assert found["problems"]


def test_the_library_door():
    from httpheaders import negotiate_content_type

    assert negotiate_content_type("text/*;q=0.5, a/b", ["text/html", "a/b"]) == "a/b"
    assert negotiate_content_type("image/png", ["text/html"]) is None


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        pytest.param({"accept": "text/html"}, ["accept"], id="another"),
        pytest.param({"accept": "text/plain"}, [], id="the-same"),
        pytest.param({"accept_language": "en"}, [], id="what-the-request-leaves-out"),
    ],
)
def test_a_field_beside_a_request_that_has_it_is_told(beside, told):
    question = {"request": {"headers": {"Accept": "text/plain"}}, "available": ["text/plain"]}
    options = ("--accept", "text/css", "--by", "type")
    found = answer(*options, stdin=json.dumps({**question, **beside}).encode())
    assert found["selected"] == "text/plain"
    assert [problem["where"] for problem in found["problems"]] == told
