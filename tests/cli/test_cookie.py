"""`httpheaders cookie`: parse, build and jar, on the installed program."""

from __future__ import annotations

import json
import stat

import pytest

from tests.cli.program import run, shell


def answer(*arguments, stdin=b"", status=0):
    done = run("cookie", *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (status, b"")
    return json.loads(done.stdout)


def answers(*arguments, stdin=b""):
    done = run("cookie", *arguments, stdin=stdin)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


# --- parse ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("a=1; my key=2; c=3", ["a", "my key", "c"]),
        ('a=1; b={"x":"y"}; c=3', ["a", "b", "c"]),
        ("a=1; lone; =x", ["a", "", ""]),
    ],
)
def test_every_pair_comes_out(header, names):
    found = answer("parse", header, status=1)
    assert [cookie["name"] for cookie in found["cookies"]] == names
    assert all(cookie["raw"] in header for cookie in found["cookies"])
    assert found["problems"]


def test_nothing_odd_is_yes():
    found = answer("parse", "a=1; b=2")
    assert found["cookies"] == [
        {"name": "a", "value": "1", "raw": "a=1"},
        {"name": "b", "value": "2", "raw": "b=2"},
    ]


@pytest.mark.parametrize(
    "stdin",
    [
        pytest.param(b"a=1; b=http://x", id="the value alone"),
        pytest.param(b"a=1; b=http://x\n", id="the value and a line end"),
        pytest.param(b"Cookie: a=1; b=http://x\n", id="a bare field line"),
        pytest.param(b"GET / HTTP/1.1\r\nCookie: a=1\r\nCookie: b=http://x\r\n\r\n", id="request"),
        pytest.param(b'{"cookie": "a=1; b=http://x"}', id="short form, cookie"),
        pytest.param(b'{"header": ["a=1", "b=http://x"]}', id="short form, header"),
        pytest.param(b'{"headers": {"Cookie": "a=1; b=http://x"}}', id="a message"),
        pytest.param(b'{"request": {"headers": [["cookie", "a=1; b=http://x"]]}}', id="exchange"),
    ],
)
def test_where_a_cookie_field_may_stand(stdin):
    found = answer("parse", stdin=stdin)
    assert [(cookie["name"], cookie["value"]) for cookie in found["cookies"]] == [
        ("a", "1"),
        ("b", "http://x"),
    ]


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        pytest.param(("--set-cookie", "a=1; Path=/"), b"", id="an argument"),
        pytest.param(("--set-cookie",), b"a=1; Path=/", id="the value alone"),
        pytest.param((), b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\n\r\n", id="a response"),
        pytest.param((), b"Set-Cookie: a=1; Path=/\n", id="a bare field line"),
        pytest.param((), b'{"set_cookie": "a=1; Path=/"}', id="short form"),
        pytest.param((), b'{"set_cookie": true, "header": "a=1; Path=/"}', id="short form, flag"),
        pytest.param(
            ("--set-cookie",),
            b'{"request": {"headers": {"Cookie": "b=2"}},'
            b' "response": {"headers": {"Set-Cookie": "a=1; Path=/"}}}',
            id="an exchange with both",
        ),
    ],
)
def test_where_a_set_cookie_line_may_stand(arguments, stdin):
    found = answer("parse", *arguments, stdin=stdin)
    (cookie,) = found["cookies"]
    assert (cookie["name"], cookie["path"], cookie["kept"]) == ("a", "/", True)


def test_every_reason_is_told_with_its_section():
    line = "__Host-a=1; SameSite=None; Domain=com"
    found = answer("parse", "--set-cookie", line, "--url", "https://example.com/", status=1)
    (cookie,) = found["cookies"]
    assert not cookie["kept"]
    assert [rejection["reference"].rpartition(" ")[2] for rejection in cookie["rejections"]] == [
        "9", "19", "21", "21", "21"
    ]  # fmt: skip
    assert found["problems"][0]["where"] == "set-cookie[__Host-a]"


def test_a_url_brings_the_stored_cookie():
    found = answer(
        "parse",
        "--set-cookie",
        "a=1; Max-Age=60",
        "--url",
        "https://www.example.com/dir/page",
        "--now",
        "1700000000",
    )
    assert found["cookies"][0]["stored"] == {
        "name": "a",
        "value": "1",
        "domain": "www.example.com",
        "host_only": True,
        "path": "/dir",
        "expires": {"iso": "2023-11-14T22:14:20Z", "epoch": 1700000060},
        "secure": False,
        "http_only": False,
        "same_site": "Default",
        "partitioned": False,
        "created": {"iso": "2023-11-14T22:13:20Z", "epoch": 1700000000},
    }


def test_the_request_of_an_exchange_says_where_the_line_came_from():
    exchange = {
        "request": {"url": "http://example.com/"},
        "response": {"headers": {"Set-Cookie": "a=1; Secure"}},
    }
    found = answer("parse", stdin=json.dumps(exchange).encode(), status=1)
    assert found["reference"] == "RFC 6265bis section 5.7 step 13"
    assert found["request"]["url"] == "http://example.com/"


def test_joined_lines_are_taken_apart():
    joined = "a=1; Expires=Wed, 01 Dec 2027 00:00:00 GMT, b=2"
    found = answer("parse", "--set-cookie", "--joined", joined, "--now", "1800000000")
    assert [cookie["name"] for cookie in found["cookies"]] == ["a", "b"]


def test_unquoting():
    found = answer("parse", "--unquote", r'a="x\054y"', status=1)
    assert found["cookies"][0]["value"] == "x,y"


def test_lines_are_questions():
    status, found = answers("parse", "--lines", stdin=b"a=1\nb 2=3\n")
    assert status == 1
    assert [one["ok"] for one in found] == [True, False]


def test_raw_gives_pairs():
    done = run("cookie", "parse", "a = 1; lone", "--raw")
    assert done.stdout == b"a=1\nlone\n"


def test_octets_that_are_no_utf_8_come_out_again():
    done = run("cookie", "parse", "--raw", stdin=b"a=\xe9")
    assert done.stdout == b"a=\xe9\n"


def test_public_suffixes_of_a_file(tmp_path):
    path = tmp_path / "suffixes.dat"
    path.write_text("// a comment\nexample.com\n")
    line = ("--set-cookie", "a=1; Domain=example.com", "--public-suffixes", str(path))
    found = answer("parse", *line, status=1)
    assert "public suffix" in found["reason"]
    assert run("cookie", "parse", *line[:3], str(tmp_path / "none")).returncode == 2


def test_a_url_that_is_none_is_refused():
    done = run("cookie", "parse", "--set-cookie", "a=1", "--url", "example.com")
    assert done.returncode == 2
    assert b"absolute URL" in done.stderr


# --- build ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "a=1; HttpOnly; Secure; SameSite=Lax"),
        (("--max-age", "1h"), "a=1; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"),
        (("--no-http-only", "--no-secure", "--same-site", "omit"), "a=1"),
        (("--same-site", "STRICT"), "a=1; HttpOnly; Secure; SameSite=Strict"),
        (
            ("--expires", "2030-01-01", "--domain", "example.com", "--path", "/x"),
            "a=1; Expires=Tue, 01 Jan 2030 00:00:00 GMT; Domain=example.com; Path=/x;"
            " HttpOnly; Secure; SameSite=Lax",
        ),
        (
            ("--same-site", "none", "--partitioned", "--attribute", "Priority=High"),
            "a=1; HttpOnly; Secure; SameSite=None; Partitioned; Priority=High",
        ),
    ],
)
def test_building(arguments, line):
    found = answer("build", "a", "1", *arguments, "--now", "1800000000")
    assert found["set_cookie"] == line
    assert found["headers"] == {"set-cookie": [line]}


def test_the_value_comes_from_standard_input():
    for arguments in (("a",), ("a", "-")):
        done = run("cookie", "build", *arguments, "--raw", stdin=b'"s3cret"\n')
        assert done.stdout == b'a="s3cret"; HttpOnly; Secure; SameSite=Lax\n'


def test_values_come_a_line_each():
    done = run("cookie", "build", "a", "--lines", "--raw", stdin=b"1\n2\n")
    assert [line.split(b";")[0] for line in done.stdout.splitlines()] == [b"a=1", b"a=2"]


def test_a_short_form_builds():
    question = {"id": 7, "name": "a", "value": "1", "max_age": 5, "secure": False, "path": "/"}
    found = answer("build", stdin=json.dumps(question).encode())
    assert found["id"] == 7
    assert found["set_cookie"] == "a=1; Max-Age=5; Path=/; HttpOnly; SameSite=Lax"


def test_a_response_gets_the_line():
    response = {"status": 200, "headers": {"Set-Cookie": "x=1", "Vary": "Origin"}}
    stdin = json.dumps({"request": None, "response": response}).encode()
    found = answer("build", "a", "1", "--input", "-", stdin=stdin)
    headers = found["response"]["headers"]
    assert headers["set-cookie"] == ["x=1", "a=1; HttpOnly; Secure; SameSite=Lax"]


def test_the_keys_of_the_short_form_are_the_options_names():
    question = b'{"name": "a", "value": "1", "attribute": ["Priority=High"], "same_site": "none"}'
    line = "a=1; HttpOnly; Secure; SameSite=None; Priority=High"
    assert answer("build", stdin=question)["set_cookie"] == line


def test_what_browsers_drop_is_built_and_not_ok():
    found = answer("build", "a", "1", "--same-site", "none", "--no-secure", status=1)
    assert found["set_cookie"] == "a=1; HttpOnly; SameSite=None"
    assert not found["kept"]
    assert found["reference"] == "RFC 6265bis section 5.7 step 19"


def test_deleting():
    found = answer("build", "a", "--delete", "--path", "/")
    assert found["deletes"]
    assert found["set_cookie"].startswith("a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT;")
    assert answer("build", "__Host-a", "--delete", status=1)["deletes"] is False
    assert run("cookie", "build", "a", "1", "--delete").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("a b", "1"), id="a blank in the name"),
        pytest.param(("a", "1 2"), id="a blank in the value"),
        pytest.param(("a", "1\r\nX: y"), id="another field"),
        pytest.param(("a", "1", "--path", "/; Domain=evil"), id="another attribute"),
        pytest.param(("a", "1", "--domain", "x\ny"), id="a line end in the domain"),
        pytest.param(("a", "1", "--attribute", "x\r\ny"), id="a line end in an attribute"),
        pytest.param(("a", "1", "--max-age", "-5"), id="a time below zero"),
        pytest.param(("a", "1", "--max-age", "1500ms"), id="half a second"),
        pytest.param(("a", "1", "--same-site", "maybe"), id="same-site"),
    ],
)
def test_what_the_grammar_forbids_is_refused(arguments):
    done = run("cookie", "build", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: ")
    assert done.stderr.count(b"\n") == 1


def test_a_refused_value_is_not_shown():
    done = run("cookie", "build", "a", stdin=b"top secret")
    assert done.returncode == 2
    assert b"secret" not in done.stderr


# --- jar -----------------------------------------------------------------------------------------


def test_a_jar_of_options():
    found = answer(
        "jar",
        *("--url", "https://example.com/dir/page"),
        *("--set-cookie", "a=1", "--set-cookie", "b=2; SameSite=None"),
        *("--request-url", "https://example.com/dir/x"),
    )
    assert found["cookie"] == "a=1"
    assert [cookie["name"] for cookie in found["cookies"]] == ["a"]
    assert found["problems"][0]["reference"] == "RFC 6265bis section 5.7 step 19"


def test_no_cookie_is_no():
    found = answer("jar", "--url", "http://example.com/", "--set-cookie", "a=1; Secure", status=1)
    assert (found["cookie"], found["cookies"]) == (None, [])


@pytest.mark.parametrize(
    ("context", "sent"),
    [("strict", "s=1; l=1; n=1"), ("lax", "l=1; n=1"), ("none", "n=1")],
)
def test_same_site_contexts(context, sent):
    lines = ["s=1; SameSite=Strict", "l=1; SameSite=Lax", "n=1; SameSite=None; Secure"]
    question = {"url": "https://a.example/", "set_cookie": lines, "same_site_context": context}
    assert answer("jar", stdin=json.dumps(question).encode())["cookie"] == sent


def test_the_way_of_setting_counts():
    line = ("--url", "https://a.example/", "--set-cookie", "a=1")
    assert answer("jar", *line, "--set-context", "none", status=1)["cookie"] is None
    assert answer("jar", *line, "--set-context", "lax")["cookie"] == "a=1"


def test_short_forms_have_a_jar_each():
    questions = [
        {"id": 1, "url": "https://a.example/", "set_cookie": ["a=1"], "now": "2026-01-01"},
        {"id": 2, "url": "https://a.example/", "set_cookie": "b=2; Max-Age=0"},
        {
            "id": 3,
            "steps": [
                {"url": "https://a.example/", "set_cookie": ["a=1; Max-Age=10"], "now": 100},
                {
                    "url": "https://b.a.example/",
                    "set_cookie": ["b=2; Domain=a.example"],
                    "now": 105,
                },
            ],
            "request_url": "https://a.example/",
            "now": 111,
        },
    ]
    stdin = "\n".join(map(json.dumps, questions)).encode()
    status, found = answers("jar", stdin=stdin)
    assert status == 1
    assert [one["cookie"] for one in found] == ["a=1", None, "b=2"]


def test_the_hops_of_a_dump_share_a_jar():
    dump = (
        b"HTTP/1.1 302 Found\r\nLocation: https://www.example.com/in\r\n"
        b"Set-Cookie: a=1; Domain=example.com\r\nSet-Cookie: h=1\r\n\r\n"
        b"HTTP/1.1 302 Found\r\nLocation: /out\r\nSet-Cookie: b=2; Path=/\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nSet-Cookie: c=3; Path=/out\r\n\r\n"
    )
    status, found = answers("jar", "--url", "https://example.com/", stdin=dump)
    assert status == 0
    assert [(one["request_url"], one["cookie"]) for one in found] == [
        ("https://www.example.com/in", "a=1"),
        ("https://www.example.com/out", "a=1; b=2"),
        ("https://www.example.com/out", "c=3; a=1; b=2"),
    ]


def test_requests_say_where_they_go():
    dump = (
        b"> GET /dir/page HTTP/1.1\r\n> Host: a.example\r\n>\r\n"
        b"< HTTP/1.1 200 OK\r\n< Set-Cookie: a=1; Secure\r\n<\r\n"
    )
    found = answer("jar", "--request-url", "https://a.example/dir/", stdin=dump)
    assert found["cookie"] == "a=1"


def test_a_har_is_played():
    entry = {
        "startedDateTime": "2026-01-01T00:00:00.000Z",
        "request": {"method": "GET", "url": "https://a.example/", "headers": []},
        "response": {
            "status": 200,
            "headers": [{"name": "Set-Cookie", "value": "a=1; Max-Age=60"}],
        },
    }
    har = {"log": {"version": "1.2", "entries": [entry]}}
    arguments = ("jar", "--now", "2026-01-01T00:00:30Z")
    _, found = answers(*arguments, stdin=json.dumps(har).encode())
    assert found[0]["cookie"] == "a=1"
    assert found[0]["cookies"][0]["expires"]["iso"] == "2026-01-01T00:01:00Z"


def test_a_cookie_file_is_kept(tmp_path):
    path = tmp_path / "cookies.txt"
    keep = ("jar", "--cookie-file", str(path))
    answer(*keep, "--url", "https://a.example/", "--set-cookie", "a=1; Max-Age=1000; HttpOnly")
    assert path.read_text().startswith("# Netscape HTTP Cookie File\n#HttpOnly_a.example\tFALSE\t")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    answer(*keep, "--url", "https://a.example/", "--set-cookie", "b=2")
    before = path.read_bytes()
    done = run("cookie", *keep, "--request-url", "https://a.example/", "--raw")
    assert done.stdout == b"a=1; b=2\n"
    assert path.read_bytes() == before
    fresh = run("cookie", *keep, "--request-url", "https://a.example/", "--raw", "--new-session")
    assert fresh.stdout == b"a=1\n"
    assert [one.name for one in tmp_path.iterdir()] == ["cookies.txt"]


def test_one_cookie_file_serves_all_lines_of_an_input(tmp_path):
    path = tmp_path / "cookies.txt"
    questions = [{"url": "https://a.example/", "set_cookie": [line]} for line in ("a=1", "b=2")]
    stdin = "\n".join(map(json.dumps, questions)).encode()
    _, found = answers("jar", "--cookie-file", str(path), stdin=stdin)
    assert [one["cookie"] for one in found] == ["a=1", "a=1; b=2"]
    assert path.read_text().count("\n") == 3


def test_a_cookie_file_is_written_as_of_the_questions(tmp_path):
    path = tmp_path / "cookies.txt"
    question = {"url": "https://a.example/", "set_cookie": ["a=1; Max-Age=60"], "now": 1e9}
    answer("jar", "--cookie-file", str(path), "--input", "-", stdin=json.dumps(question).encode())
    assert "1000000060" in path.read_text()


def test_what_a_cookie_file_cannot_say_is_told(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text("a.example\tFALSE\t/\tFALSE\t0\ta\t1\nnonsense\n")
    found = answer(
        "jar", "--cookie-file", str(path), "--url", "https://a.example/", "--set-cookie", "b=\t2\t3"
    )
    assert found["cookie"] == "a=1; b=2\t3"
    told = [(problem["where"], problem["message"]) for problem in found["problems"]]
    assert (f"{path} line 2", "expected 7 fields between tabs, not 1") in told
    assert any(where == "cookie[b]" and "left out" in message for where, message in told)


@pytest.mark.parametrize("place", ["no/such/folder/file", "."])
def test_a_cookie_file_that_cannot_be_written_is_an_error(tmp_path, place):
    done = run(
        "cookie", "jar", "--cookie-file", place, "--url", "https://a.example/",
        "--set-cookie", "a=1", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: ")


def test_a_failed_answer_leaves_the_cookie_file(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text("# empty\n")
    done = shell(
        f"httpheaders cookie jar --cookie-file '{path}' --url https://a.example/"
        " --set-cookie a=1 >/dev/full"
    )
    assert done.returncode == 2
    assert path.read_text() == "# empty\n"


def test_explain_says_of_every_cookie_why():
    found = answer(
        "jar", "--url", "https://a.example/", "--set-cookie", "a=1; Path=/x", "-e", status=1
    )
    assert "path '/x' does not cover" in found["steps"][-1]["outcome"]


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        pytest.param(b'{"set_cookie": ["a=1"]}', b"missing where", id="no URL"),
        pytest.param(b'{"url": "x", "set_cookie": ["a=1"]}', b"absolute URL", id="no such URL"),
        pytest.param(
            b'{"steps": [{"url": "https://a.example/"}]}', b"set_cookie", id="half a step"
        ),
        pytest.param(b'{"steps": [{"uri": 1}]}', b"expected url", id="an unknown key"),
        pytest.param(b'{"url": "https://a.example/", "set_cokie": []}', b"did you mean", id="slip"),
    ],
)
def test_questions_that_cannot_be_answered(stdin, words):
    done = run("cookie", "jar", stdin=stdin)
    assert done.returncode == 2
    assert json.loads(done.stdout)["ok"] is None
    assert words in done.stderr


def test_cookie_alone_says_what_is_missing():
    done = run("cookie")
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: Missing command")
    assert b"expected parse, build, jar" in run("cookie", "bild").stderr
