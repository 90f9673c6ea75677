"""`httpheaders get` as it is typed."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import run

HOPS = (
    b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nServer: x\r\n\r\n"
    b'HTTP/1.1 200 OK\r\nETag: "v7"\r\nVary: Accept\r\nVary: Origin\r\n'
    b"X-Latin: caf\xe9\r\n\r\nbody\r\n"
)
HAR = {
    "log": {
        "version": "1.2",
        "creator": {"name": "x", "version": "1"},
        "entries": [
            {
                "startedDateTime": "2026-11-22T12:00:00Z",
                "time": 1,
                "request": {"method": "GET", "url": f"https://a/{n}", "headers": []},
                "response": {"status": 200 + n, "headers": [{"name": "Age", "value": str(n)}]},
            }
            for n in range(3)
        ],
    }
}


@pytest.mark.parametrize(
    ("arguments", "printed", "status"),
    [
        (["etag"], b'"v7"\n', 0),
        (["location"], b"", 1),
        (["location", "--hop", "1"], b"/b\n", 0),
        (["location", "--default", "none"], b"none\n", 0),
        ([":status", "--all"], b"301\n200\n", 0),
        ([":status", "--all", "-0"], b"301\x00200\x00", 0),
        (["etag.weak"], b"false\n", 1),
        (["x-latin"], b"caf\xe9\n", 0),
        (["x-latin", "--null"], b"caf\xe9\0", 0),
        (["location", "-0", "--default", "x"], b"x\0", 0),
        (["location", "-0"], b"", 1),
        (["vary", "--raw"], b"Accept, Origin\n", 0),
        (["vary", "-q"], b"", 0),
        (["location", "-q"], b"", 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_one_answer_for_a_whole_dump(arguments, printed, status):
    done = run("get", *arguments, stdin=HOPS)
    assert (done.stdout, done.stderr, done.returncode) == (printed, b"", status)


# RFC 9110 section 5.5: octets that are not UTF-8 are opaque, and leave as they came
@pytest.mark.parametrize(
    ("dump", "arguments", "printed"),
    [
        (b"Set-Cookie: a=caf\xe9", ["set-cookie[a]"], b"caf\xe9\n"),
        (b"Set-Cookie: a=b; Path=/\xe9", ["set-cookie[a].path"], b"/\xe9\n"),
        (b"Set-Cookie: a=\xe9\nSet-Cookie: b=\xc3\xa9", ["set-cookie", "--all"], None),
        (b"Cookie: a=\xe9", ["cookie[a]"], b"\xe9\n"),
        (b"Cookie: a=\xe9\nCookie: b=c", ["cookie"], b"a=\xe9; b=c\n"),
        (b'Content-Disposition: x; filename="\xe9"', ["content-disposition.filename"], b"\xe9\n"),
        (
            b"Content-Disposition: x; filename=\xe9; filename*=UTF-8''%C3%A9",
            ["content-disposition.filename"],
            b"\xc3\xa9\n",
        ),
        (b"Link: </\xe9>; rel=next", ["link[next]"], b"/\xe9\n"),
        (b"Link: </\xe9>; rel=next", ["link[next]", "--base", "http://a/"], b"http://a/\xe9\n"),
        (b"Location: /\xe9", ["location", "--base", "http://a/"], b"http://a/\xe9\n"),
        (b"X: \xe9\nX: \xc3\xa9", ["x"], b"\xe9, \xc3\xa9\n"),
        (b"X: a, \xe9\nX: b", ["x[\u00e9]"], b"\xe9\n"),
        (b"X: \xe9\0\xe9", ["x"], b"\xe9 \xe9\n"),
        (b"Vary: \xe9, a", ["vary"], b"\xe9, a\n"),
        (b"Nel: [[[\xe9", ["nel[0]"], b"[[[\xe9\n"),
    ],
)
def test_octets_leave_as_they_came(dump, arguments, printed):
    if printed is None:
        printed = dump.replace(b"Set-Cookie: ", b"") + b"\n"
    assert run("get", *arguments, stdin=dump + b"\n").stdout == printed


def test_json_holds_the_value_and_where_it_was():
    answer = json.loads(run("get", "vary", "--json", stdin=HOPS).stdout)
    assert answer == {
        "ok": True,
        "reason": "'vary' is there",
        "reference": "RFC 9110 section 12.5.5",
        "problems": [],
        "path": "vary",
        "value": ["Accept", "Origin"],
        "text": "Accept, Origin",
        "found": [{"hop": 2, "value": ["Accept", "Origin"], "text": "Accept, Origin"}],
    }


def test_json_keys_are_there_when_nothing_is():
    answer = json.loads(run("get", "age", "--json", stdin=HOPS).stdout)
    assert (answer["ok"], answer["value"], answer["text"], answer["found"]) == (
        False,
        None,
        None,
        [],
    )


def test_several_values_are_a_list_as_they_are_several_lines():
    cookies = b"HTTP/1.1 200\nSet-Cookie: a=1\nSet-Cookie: b=2; Secure\n\n"
    answer = json.loads(run("get", "set-cookie.secure", "--json", stdin=cookies).stdout)
    assert (answer["ok"], answer["value"], answer["text"]) == (False, [False, True], "false\ntrue")
    one = json.loads(run("get", "set-cookie[b].secure", "--json", stdin=cookies).stdout)
    assert (one["ok"], one["value"], one["text"]) == (True, True, "true")


def test_explain_is_json():
    answer = json.loads(run("get", "vary[origin]", "-e", stdin=HOPS).stdout)
    assert len(answer["steps"]) == 2
    assert run("get", "vary[origin]", "-e", "--raw", stdin=HOPS).stdout == b"Origin\n"


def test_a_har_is_one_question():
    har = json.dumps(HAR, indent=1).encode()
    assert run("get", "age", stdin=har).stdout == b"2\n"
    assert run("get", "age", "--hop", "1", stdin=har).stdout == b"0\n"
    assert run("get", ":path", "--all", stdin=har).stdout == b"/0\n/1\n/2\n"


def test_an_entry_that_cannot_be_read_keeps_its_place():
    har = {"log": {**HAR["log"], "entries": [*HAR["log"]["entries"], 5]}}  # type: ignore[dict-item]
    octets = json.dumps(har, indent=1).encode()
    done = run("get", "age", "--json", stdin=octets)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["text"]) == (1, None)
    assert answer["problems"][0]["where"] == "message 4"
    assert run("get", "age", "--hop", "3", stdin=octets).stdout == b"2\n"
    assert run("assert", "!age", stdin=octets).returncode == 1


def test_a_har_without_entries_is_unusable():
    har = json.dumps({"log": {**HAR["log"], "entries": []}}, indent=1).encode()
    assert run("get", "age", stdin=har).returncode == 2


def test_lines_are_answered_one_by_one():
    lines = (
        b'{"id": 1, "headers": {"Age": "1"}}\n'
        b'{"id": 2, "headers": {"Vary": "A"}}\n'
        b"nonsense\n"
        b'{"id": 4, "headers": {"Age": "4"}, "path": "age.seconds"}\n'
    )
    done = run("get", "age", stdin=lines)
    assert (done.stdout, done.returncode) == (b"1\n\n\n4\n", 2)
    answers = [
        json.loads(line) for line in run("get", "age", "--json", stdin=lines).stdout.splitlines()
    ]
    assert [answer["ok"] for answer in answers] == [True, False, None, True]
    assert answers[3]["path"] == "age.seconds"


def test_the_path_may_come_with_the_question():
    question = b'{"path": "link[next]", "base": "https://a/", "headers": {"Link": "<x>; rel=next"}}'
    assert run("get", stdin=question).stdout == b"https://a/x\n"
    assert run("get", stdin=HOPS).stderr.startswith(b"Error: <stdin>: missing PATH")


def test_plain_lines_are_header_lines():
    done = run("get", "vary", "--lines", stdin=b"Vary: a\nAge: 1\n")
    assert (done.stdout, done.returncode) == (b"a\n\n", 1)
    assert run("get", "x", "--lines", stdin=b"X: \xe9\n").stdout == b"\xe9\n"


def test_an_exchange_is_carried_on_in_json():
    exchange = b'{"request": {"method": "GET", "url": "/"}, "response": {"headers": {"Age": "1"}}}'
    answer = json.loads(run("get", "age", "--json", stdin=exchange).stdout)
    assert answer["response"]["headers"] == {"age": ["1"]}
    assert run("get", ":path", stdin=exchange).stdout == b"/\n"


def test_a_path_that_cannot_be_understood_is_told_before_any_input_is_read():
    done = run("get", "etag..x", stdin=None)
    assert done.returncode == 2
    expected = b"Error: cannot parse path 'etag..x': expected the name of a part after 'etag.'"
    assert done.stderr == expected + b" at offset 5\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["etag", "--hop", "0"], b"there is no message 0"),
        (["etag", "--hop", "x"], b"'x' is not a valid integer"),
        (["etag", "--base", "https://a/"], b"a base is for links and locations"),
        (["etag", "--max", "1m"], b"a bound is for numbers"),
        (["etag", "--max", "soon"], b"'soon' is not a duration"),
        (["etag", "no-such-file"], b"no-such-file: No such file or directory"),
    ],
)
def test_what_cannot_be_meant_is_unusable(arguments, message):
    done = run("get", *arguments, stdin=HOPS)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr


def test_now_fixes_what_seconds_count_from():
    dump = b"Date: Sun, 22 Nov 2026 10:15:00 GMT\nRetry-After: Sun, 22 Nov 2026 10:16:00 GMT\n"
    assert run("get", "retry-after.seconds", stdin=dump).stdout == b"60\n"
    later = ["--now", "Sun, 22 Nov 2026 10:15:45 GMT"]
    assert run("get", "retry-after.seconds", *later, stdin=dump).stdout == b"15\n"


def test_a_path_named_after_an_unknown_command_key_is_refused():
    done = run("get", stdin=b'{"pth": "age", "hop": 1}')
    assert b"did you mean 'path'" in done.stderr
