"""`httpheaders wsgi` as a shell sees it."""

from __future__ import annotations

import json
import sys

import pytest

from tests.cli.program import PROGRAM, run, shell

APPS = """
import atexit
import os

print("printed while it is imported")
atexit.register(print, "printed at the end")


def app(environ, start_response):
    print("printed by the application")
    os.write(1, b"written past Python\\n")
    os.system("echo a child speaks")
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    seen = [environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]]
    text = " ".join([*seen, environ.get("HTTP_X_ONE", "-")]).encode() + b" " + body
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text]


def make():
    return app


def fails(environ, start_response):
    raise KeyError("secret-free")


def leaves(environ, start_response):
    raise SystemExit(0)


def faulty(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return ["text"]


def binary(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [bytes(range(256))]


def status(environ, start_response):
    start_response(environ["PATH_INFO"][1:] + " Status", [("Content-Type", "text/plain")])
    return [b""]


def add_field(app):
    def middleware(environ, start_response):
        def start(status, headers, *exc_info):
            return start_response(status, [*headers, ("X-Added", "1")], *exc_info)

        return app(environ, start)

    return middleware


def bad_middleware(app):
    raise LookupError("no database")


not_callable = 7


def bad_factory():
    raise ValueError("no settings")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apps")
    (folder / "apps.py").write_text(APPS)
    (folder / "broken.py").write_text("import nothing_of_this_name\n")
    (folder / "leaving.py").write_text("raise SystemExit(3)\n")
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "web.py").write_text("from apps import app as application\n")
    return folder


def wsgi(folder, *arguments, stdin=b""):
    return run("wsgi", *arguments, stdin=stdin, cwd=folder)


def answer(folder, *arguments, stdin=b"", status=0):
    done = wsgi(folder, *arguments, stdin=stdin)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def test_the_sample_application_without_arguments(folder):
    got = answer(folder)
    assert got["response"]["body"] == "Hello, WSGI!"
    assert got["request"]["url"] == "/"


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (("--path", "/"), "GET /  - "),
        (("--path", "/a%20b?c=d"), "GET /a b c=d - "),
        (("--path", "https://x.example/y"), "GET /y  - "),
        (("--method", "PUT"), "PUT /  - "),
        (("--data", "hello"), "POST /  - hello"),
        (("--data", "hello", "--method", "PATCH"), "PATCH /  - hello"),
        (("--header", "X-One: 1", "--header", "X-Two: 2"), "GET /  1 "),
    ],
)
def test_requests_of_options(folder, arguments, body):
    assert answer(folder, "apps:app", *arguments)["response"]["body"] == body


@pytest.mark.parametrize(
    ("stdin", "body"),
    [
        pytest.param(b'{"url": "/x", "headers": {"X-One": "2"}}', "GET /x  2 ", id="request"),
        pytest.param(b'{"request": {"method": "PUT", "url": "/x"}}', "PUT /x  - ", id="exchange"),
        pytest.param(b'{"path": "/x", "data": "y"}', "POST /x  - y", id="short-form"),
        pytest.param(b"GET /x?y HTTP/1.1\r\nX-One: 3\r\n\r\n", "GET /x y 3 ", id="dump"),
    ],
)
def test_requests_of_the_input(folder, stdin, body):
    assert answer(folder, "apps:app", stdin=stdin)["response"]["body"] == body


def test_many_requests_one_answer_a_line(folder):
    done = wsgi(
        folder, "apps:status", "--lines", stdin=b'{"path": "/200"}\n/404\n{"path": "/503"}\n'
    )
    statuses = [json.loads(line)["response"]["status"] for line in done.stdout.splitlines()]
    assert (done.returncode, statuses) == (1, [200, 404, 503])


@pytest.mark.parametrize(
    "app", ["apps:app", "apps:make()", "package.web:application", "package.web"]
)
def test_ways_to_name_an_application(folder, app):
    assert answer(folder, app, "--path", "/")["response"]["status"] == 200


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("apps:ap",), "'apps' has no 'ap': did you mean 'app'"),
        (("apps:not_callable",), "is int, which cannot be called"),
        (("apps:bad_factory()",), "'apps:bad_factory()' raised ValueError: no settings (apps.py:"),
        (("nowhere:app",), "there is no module 'nowhere'"),
        (("broken:app",), "importing 'broken' raised ModuleNotFoundError: No module named"),
        (("leaving:app",), "importing 'leaving' raised SystemExit: 3"),
        (("apps.py:app",), "is a file: expected a module, 'apps:app'"),
        (("a b:app",), "is not like 'module:app'"),
        (("apps:fails",), "apps:fails raised KeyError: 'secret-free' (apps.py:"),
        (("apps:leaves",), "apps:leaves raised SystemExit"),
        (("apps:faulty",), "gave str as content"),
        (("apps:app", "--middleware", "nothing"), "unknown middleware 'nothing'"),
        (("apps:app", "--middleware", "apps:bad_middleware"), "raised LookupError: no database"),
        (("apps:app", "--middleware", "cors"), "needs a policy with a [cors] section"),
        (("apps:app", "--header", "no colon"), "expected 'Name: value'"),
    ],
)
def test_what_cannot_be_answered(folder, arguments, told):
    done = wsgi(folder, *arguments, "--path", "/")
    errors = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    last = next(line for line in errors.splitlines() if line.startswith("Error: "))
    assert told in last
    assert "Traceback" not in errors


def test_with_the_errors_middleware_an_exception_is_a_500(folder):
    got = answer(folder, "apps:fails", "--path", "/", "--middleware", "errors", status=1)
    assert got["response"]["status"] == 500
    assert json.loads(got["response"]["body"]) == {"error": "Internal Server Error"}


def test_what_the_application_prints_is_kept_out_of_the_output(folder):
    done = wsgi(folder, "apps:app", "--path", "/", "--raw")
    assert done.stdout == b"GET /  - "
    for words in (b"while it is imported", b"by the application", b"past Python", b"a child",
                  b"at the end"):  # fmt: skip
        assert words in done.stderr


@pytest.mark.parametrize(
    ("redirection", "status"), [("2>&-", 0), (">/dev/full", 2), (">&-", 2), ("| head -c 0", 0)]
)
def test_streams_that_are_closed_or_full(folder, redirection, status):
    done = shell(f"cd '{folder}'; '{PROGRAM}' wsgi apps:binary --path / {redirection}")
    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_raw_is_the_content_octet_by_octet(folder):
    assert wsgi(folder, "apps:binary", "--path", "/", "--raw").stdout == bytes(range(256))


def test_faults_are_problems_with_validate(folder):
    got = answer(folder, "apps:faulty", "--path", "/", "--validate", status=1)
    assert [problem["message"] for problem in got["problems"]] == [
        "'Connection' is hop-by-hop: it is the server's to send",
        "content is str, not bytes",
    ]
    assert got["response"]["body"] == "text"


def test_the_trace_shows_each_layer(folder):
    got = answer(
        folder, "apps:app", "--path", "/", "--trace",
        "--middleware", "timing", "--middleware", "apps:add_field",
    )  # fmt: skip
    timing, added, app = got["trace"]
    assert [layer["layer"] for layer in got["trace"]] == ["timing", "apps:add_field", "apps:app"]
    assert "x-response-time" in timing["headers"]["after"]
    assert "x-added" not in added["headers"]["before"]
    assert "x-added" in timing["headers"]["before"]
    assert app["headers"]["before"] is None
    assert all(layer["seconds"] > 0 for layer in got["trace"])
    assert got["response"]["headers"]["x-added"] == ["1"]


@pytest.mark.parametrize(("path", "status"), [("/399", 0), ("/400", 1), ("/500", 1)])
def test_the_status_answers(folder, path, status):
    assert wsgi(folder, "apps:status", "--path", path, "-q").returncode == status


def test_reading_stops_at_a_bound(folder):
    got = answer(folder, "apps:binary", "--path", "/", "--max-body", "10")
    assert "stopped after 10" in got["problems"][0]["message"]


def test_a_policy_guards_the_application(folder):
    (folder / "policy.toml").write_text('[[route]]\npath = "/x"\nmethods = ["GET"]\netag = true\n')
    got = answer(folder, "apps:app", "--policy", "policy.toml", "--path", "/x")
    assert got["response"]["headers"]["etag"]
    arguments = ("apps:app", "--policy", "policy.toml", "--path", "/x", "--method", "PUT")
    assert answer(folder, *arguments, status=1)["response"]["status"] == 405


@pytest.mark.parametrize("name", ["gzip", "etag", "cache", "cache-headers", "request-id"])
def test_each_middleware_by_name(folder, name):
    got = answer(folder, "apps:app", "--middleware", name, "--path", "/")
    assert got["response"]["status"] == 200


def test_answers_chain(folder):
    done = shell(
        f"cd '{folder}'; '{PROGRAM}' wsgi --path / 2>/dev/null | '{PROGRAM}' etag"
        f" | '{PROGRAM}' parse"
    )
    got = json.loads(done.stdout)
    assert got["response"]["headers"]["etag"]


def test_no_application_is_named_by_the_input(folder):
    done = wsgi(folder, "apps:app", stdin=b'{"app": "apps:fails"}')
    assert done.returncode == 2
    assert b"unknown key 'app'" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_the_program_runs_as_a_module(folder):
    done = shell(f"cd '{folder}'; '{sys.executable}' -m httpheaders wsgi --path / --raw")
    assert done.stdout == b"Hello, WSGI!"


def test_a_question_says_how_it_is_watched_and_when_it_is(tmp_path):
    (tmp_path / "apps.py").write_text(APPS)
    (tmp_path / "policy.toml").write_text(
        '[session]\nkey_env = "KEY"\n[defaults]\nsession = true\n'
    )
    line = "httpheaders session sign --key-env KEY --user-id ada --now 1000 --raw"
    bearer = "Authorization: Bearer " + shell(line, KEY="k" * 32).stdout.decode().strip()
    questions = (
        {"path": "/", "header": [bearer], "now": 1001, "trace": True},
        {"path": "/", "header": [bearer], "now": 9999},
        {"path": "/", "header": [bearer], "now": 1001, "max_body": 3},
    )
    stdin = "".join(json.dumps(question) + "\n" for question in questions).encode()
    line = f"cd {tmp_path} && httpheaders wsgi apps:app --policy policy.toml 2> /dev/null"
    done = shell(line, stdin, KEY="k" * 32)
    in_time, late, cut = map(json.loads, done.stdout.splitlines())
    assert [one["response"]["status"] for one in (in_time, late, cut)] == [200, 401, 200]
    assert [one["trace"] is None for one in (in_time, late, cut)] == [False, True, True]
    assert cut["response"]["body"] == "GET"
    done = run("wsgi", "apps:faulty", stdin=b'{"path": "/", "validate": true}', cwd=tmp_path)
    assert b"breach" in done.stdout


@pytest.mark.parametrize("key", ["app", "middleware", "policy"])
def test_an_input_never_chooses_the_code_that_is_run(key):
    done = run("wsgi", "httpheaders.wsgi:simple_wsgi_app", stdin=json.dumps({key: "x"}).encode())
    assert done.returncode == 2
    assert f"unknown key '{key}'".encode() in done.stderr
