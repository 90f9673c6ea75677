"""cors-check on the command line: its inputs, its files, its answers."""

import http.server
import json
import shutil
import threading

import pytest

from tests.cli.program import run, shell

APP = "https://app.example.com"
ALLOWED = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n\r\n"
PREFLIGHT = (
    b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n"
    b"Access-Control-Allow-Methods: PUT\r\nAccess-Control-Max-Age: 60\r\n\r\n"
)


def ask(*arguments, stdin=b"", status=None):
    done = run("cors-check", *arguments, stdin=stdin)
    assert b"Traceback" not in done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if status is not None:
        assert done.returncode == status, done.stderr
    return answers


def one(*arguments, stdin=b"", status=None):
    (answer,) = ask(*arguments, stdin=stdin, status=status)
    return answer


# The server's side


def test_a_request_in_options():
    answer = one("--allow-origin", APP, "--origin", APP, status=0)
    assert (answer["side"], answer["allowed"], answer["is_preflight"]) == ("server", True, False)
    assert answer["headers"] == {"access-control-allow-origin": [APP], "vary": ["Origin"]}
    refused = one("--allow-origin", APP, "--origin", APP + ".evil.example", status=1)
    assert refused["headers"] == {"vary": ["Origin"]}


def test_a_preflight_in_options():
    policy = ("--allow-origin", "https://*.example.com", "--allow-method", "PUT", "--allow-method")
    policy = (*policy, "PATCH", "--allow-header", "X-A", "--allow-credentials", "--max-age", "10m")
    asked = ("--origin", APP, "--request-method", "PUT", "--request-header", "x-a")
    answer = one(*policy, *asked, status=0)
    assert (answer["is_preflight"], answer["status"]) == (True, 204)
    assert answer["headers"] == {
        "access-control-allow-origin": [APP],
        "access-control-allow-credentials": ["true"],
        "access-control-allow-methods": ["PUT, PATCH"],
        "access-control-allow-headers": ["X-A"],
        "access-control-max-age": ["600"],
        "vary": ["Origin"],
    }
    answer = one(*policy, *asked, "--request-header", "x-b", status=1)
    assert (answer["status"], "'x-b' is not allowed" in answer["reason"]) == (403, True)


def test_raw_is_ready_for_curl():
    done = run("cors-check", "--allow-origin", APP, "--origin", APP, "--raw")
    assert done.stdout == f"Access-Control-Allow-Origin: {APP}\nVary: Origin\n".encode()


def test_requests_in_json_lines():
    lines = [
        {"id": 1, "origin": APP},
        {"id": 2, "request": {"method": "GET", "headers": {"origin": "null"}}},
        {"id": 3, "method": "GET", "headers": [["Host", "x"]]},
        {"id": 4},
        {"id": 5, "allow_origin": ["null"], "origin": "null"},
        {"id": 6, "allow_origin": APP + "/", "origin": APP},
    ]
    stdin = "\n".join(map(json.dumps, lines)).encode()
    answers = ask("--allow-origin", APP, stdin=stdin, status=2)
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4, 5, 6]
    assert [answer["ok"] for answer in answers] == [True, False, False, None, True, None]
    assert "ends in a slash" in answers[5]["error"]["message"]


def test_lines_of_plain_text_are_origins():
    stdin = f"{APP}\nhttps://evil.example\n".encode()
    answers = ask("--allow-origin", APP, "--lines", stdin=stdin, status=1)
    assert [answer["allowed"] for answer in answers] == [True, False]


def test_a_recorded_request_wins_over_the_options():
    stdin = b"GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n"
    answer = one("--allow-origin", APP, stdin=stdin, status=1)
    assert answer["origin"] == "https://evil.example"


def test_an_exchange_is_carried_on_with_its_response_changed():
    exchange = {
        "request": {"method": "GET", "url": "/", "headers": {"Origin": APP}},
        "response": {"status": 200, "headers": {"Vary": "Accept", "ETag": '"x"'}, "body": "hi"},
    }
    answer = one("--allow-origin", APP, stdin=json.dumps(exchange).encode(), status=0)
    assert answer["response"]["headers"] == {
        "vary": ["Accept, Origin"],
        "etag": ['"x"'],
        "access-control-allow-origin": [APP],
    }
    assert answer["response"]["body"] == "hi"
    exchange["request"]["method"] = "OPTIONS"
    exchange["request"]["headers"]["Access-Control-Request-Method"] = "GET"
    answer = one("--allow-origin", APP, stdin=json.dumps(exchange).encode(), status=0)
    assert answer["response"]["status"] == 204
    assert answer["response"]["body"] is None


# Policies in files

TOML = """
allow_origins = ["https://app.example.com"]
allow_methods = ["PUT"]
max_age = 60

[[allow_origin_regexes]]
pattern = "https://app"
match = "prefix"
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TOML, id="toml"),
        pytest.param(json.dumps({"allow_origin": APP, "max_age": 60}), id="json"),
        pytest.param(
            "[cors]\nallow-origin = 'https://app.example.com'\nmax_age = 60", id="section"
        ),
    ],
)
def test_a_policy_file(tmp_path, text):
    file = tmp_path / "policy"
    file.write_text(text)
    asked = ("--origin", APP, "--request-method", "GET")
    answer = one("--policy", str(file), *asked, status=0)
    assert answer["headers"]["access-control-max-age"] == ["60"]
    # What an option says replaces what the file says.
    answer = one("--policy", str(file), "--max-age", "5", *asked, status=0)
    assert answer["headers"]["access-control-max-age"] == ["5"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{]", "policy"),
        ("= 1", "expected a policy in JSON or TOML"),
        ("\xff\xfe", "expected a policy in JSON or TOML"),
        ('{"allow_orgin": "x"}', "did you mean 'allow_origins'"),
        ('{"allow_origin": "x/"}', "write 'https://x'"),
        ('{"allow_origin": "*", "allow_credentials": true}', "never goes with credentials"),
    ],
)
def test_a_policy_that_cannot_be_used(tmp_path, text, message):
    file = tmp_path / "policy"
    file.write_text(text, encoding="latin-1")
    done = run("cors-check", "--policy", str(file), "--origin", APP)
    assert done.returncode == 2
    assert done.stdout == b""
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("option", ["--policy", "--preflight"])
def test_a_file_that_is_not_there_is_named(option):
    done = run("cors-check", option, "no/such/file", "--origin", APP)
    assert (done.returncode, done.stderr[:22]) == (2, b"Error: no/such/file: N")


# Probing


def test_a_probe_of_a_sound_policy():
    answer = one("--allow-origin", "https://*.example.com", "--probe", status=0)
    assert (answer["side"], answer["admitted"]) == ("policy", [])
    assert answer["tried"] > 30


def test_a_probe_of_an_open_policy():
    answer = one("--allow-origin", "null", "--probe", status=1)
    assert [found["technique"] for found in answer["admitted"]] == ["null"]
    done = run("cors-check", "--allow-origin-regex", r"https://a\.example.*", "--probe", "--raw")
    assert b"https://a.example.attacker.example\n" in done.stdout


# The browser's side


def test_a_dump_of_curl():
    answer = one("--origin", APP, stdin=ALLOWED, status=0)
    assert (answer["side"], answer["allowed"], answer["preflight_needed"]) == (
        "browser",
        True,
        False,
    )
    answer = one("--origin", "https://other.example", stdin=ALLOWED, status=1)
    assert answer["failed_answer"] == "response"
    assert answer["header"] == "Access-Control-Allow-Origin"
    assert (answer["received"], answer["would_pass"]) == (APP, "https://other.example")
    assert answer["response"]["status"] == 200


def test_the_preflight_beside_it(tmp_path):
    file = tmp_path / "preflight.txt"
    file.write_bytes(PREFLIGHT)
    asked = ("--origin", APP, "--method", "put", "--preflight", str(file))
    answer = one(*asked, stdin=ALLOWED, status=0)
    assert (answer["preflight_allowed"], answer["response_allowed"]) == (True, True)
    assert answer["preflight_max_age"] == 60
    answer = one(*asked, "--header", "X-A: 1", stdin=ALLOWED, status=1)
    assert answer["header"] == "Access-Control-Allow-Headers"
    assert answer["preflight_headers"]["access-control-request-headers"] == ["x-a"]
    file.write_text(json.dumps({"status": 404, "headers": {}}))
    assert "404" in one(*asked, stdin=ALLOWED, status=1)["reason"]
    file.write_text("GET / HTTP/1.1\n\n")
    assert b"the answer to a preflight" in run("cors-check", *asked, stdin=ALLOWED).stderr


def test_a_missing_preflight_is_asked_for():
    answer = one("--origin", APP, "--method", "PUT", stdin=ALLOWED, status=1)
    assert "its answer is missing" in answer["reason"]
    done = run("cors-check", "--origin", APP, "--method", "PUT", "--raw", stdin=ALLOWED)
    assert done.stdout.decode() == f"Origin: {APP}\nAccess-Control-Request-Method: PUT\n"


def test_the_answer_to_the_preflight_alone():
    asked = ("--origin", APP, "--method", "PUT", "--preflight", "-")
    answer = one(*asked, stdin=PREFLIGHT, status=0)
    assert (answer["preflight_allowed"], answer["response_allowed"]) == (True, None)
    answer = one(*asked, "--credentials", "include", stdin=PREFLIGHT, status=1)
    assert "does not go with credentials" in answer["reason"]


def test_a_recorded_preflight_is_known_by_itself():
    recorded = (
        b"> OPTIONS / HTTP/1.1\r\n> Origin: https://app.example.com\r\n"
        b"> Access-Control-Request-Method: PUT\r\n> Access-Control-Request-Headers: x-a,accept\r\n"
        b"> \r\n< HTTP/1.1 204 No Content\r\n< Access-Control-Allow-Origin: *\r\n"
        b"< Access-Control-Allow-Methods: PUT\r\n< Access-Control-Allow-Headers: x-a\r\n< \r\n"
    )
    answer = one(stdin=recorded, status=1)
    assert answer["reason"] == "Access-Control-Allow-Headers does not list accept"
    assert one(stdin=recorded.replace(b"Headers: x-a\r\n", b"Headers: x-a, accept\r\n"), status=0)


def test_redirects_in_one_dump_are_one_question():
    first = b"HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nLocation: %s\r\n\r\n"
    asked = ("--origin", APP, "--url", "https://api.example.net/")
    answer = one(*asked, stdin=first % b"/v2" + ALLOWED, status=0)
    assert answer["url"] == "https://api.example.net/v2"
    answer = one(*asked, stdin=first % b"https://b.example/" + ALLOWED, status=1)
    assert (answer["origin"], answer["failed_answer"]) == ("null", "response")
    assert one(*asked, stdin=first % b"/v2", status=1)["reason"].endswith("is missing")
    # What follows an answer that is no redirect is another question.
    assert len(ask(*asked, stdin=ALLOWED + ALLOWED, status=0)) == 2


def test_hops_in_json():
    question = {
        "origin": APP,
        "hops": [
            {
                "url": "https://api.example.net/",
                "status": 307,
                "headers": {"Location": "/v2", "Access-Control-Allow-Origin": "*"},
                "preflight": {"status": 200, "headers": {"Access-Control-Allow-Origin": "*"}},
            },
            {"response": {"status": 200, "headers": {"Access-Control-Allow-Origin": "*"}}},
        ],
    }
    answer = one(stdin=json.dumps(question).encode(), status=0)
    assert answer["url"] == "https://api.example.net/v2"
    question["hops"][1] = 1
    (answer,) = ask(stdin=json.dumps(question).encode(), status=2)
    assert answer["error"]["message"] == "expected an object, got a number at $.hops[1]"


def test_a_question_as_one_object():
    question = {
        "id": "a",
        "origin": APP,
        "url": "https://api.example.net/",
        "method": "PUT",
        "headers": {"Content-Type": "application/json"},
        "credentials": "include",
        "preflight": {"status": 204, "headers": {"Access-Control-Allow-Origin": APP}},
        "response": {"status": 200, "headers": {}},
    }
    answer = one(stdin=json.dumps(question).encode(), status=1)
    assert answer["id"] == "a"
    assert answer["header"] == "Access-Control-Allow-Credentials"


def test_preflights_are_kept_when_asked():
    asked = {"origin": APP, "url": "https://api.example.net/", "method": "PUT"}
    answer = {"status": 200, "headers": {"Access-Control-Allow-Origin": APP}}
    preflight = {
        "status": 204,
        "headers": {
            "Access-Control-Allow-Origin": APP,
            "Access-Control-Allow-Methods": "PUT",
            "Access-Control-Max-Age": "10",
        },
    }
    lines = [
        {**asked, "t": 0, "preflight": preflight, "response": answer},
        {**asked, "t": 9, "response": answer},
        {**asked, "t": 10, "response": answer},
    ]
    stdin = "\n".join(map(json.dumps, lines)).encode()
    kept = ask("--keep-preflights", stdin=stdin)
    assert [each["allowed"] for each in kept] == [True, True, False]
    assert [each["preflight_headers"] is None for each in kept] == [False, True, False]
    assert [each["allowed"] for each in ask(stdin=stdin)] == [True, False, False]


def _har_entry(second, method, request_fields, status, response_fields):
    def fields(pairs):
        return [{"name": name, "value": value} for name, value in pairs.items()]

    return {
        "startedDateTime": f"2026-11-22T12:00:{second:02}.000Z",
        "time": 5,
        "request": {
            "method": method,
            "url": "https://api.example.net/x",
            "headers": fields(
                {"origin": APP, "user-agent": "x", "sec-ch-ua": "x"} | request_fields
            ),
        },
        "response": {"status": status, "headers": fields(response_fields)},
    }


def test_a_har_with_its_preflights():
    any_origin = {"access-control-allow-origin": "*"}
    asked = {"access-control-request-method": "PUT"}
    listed = any_origin | {"access-control-allow-methods": "PUT"}
    entries = [
        _har_entry(0, "OPTIONS", asked, 204, listed),
        _har_entry(1, "PUT", {}, 200, any_origin),
        _har_entry(9, "PUT", {}, 200, any_origin),
    ]
    har = json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()
    answers = ask("--keep-preflights", stdin=har)
    assert [answer["allowed"] for answer in answers] == [True, True, False]
    assert [answer["preflight_allowed"] for answer in answers] == [True, True, None]


def test_an_error_of_the_server_is_named_as_such():
    answer = one("--origin", APP, stdin=b"HTTP/1.1 502 Bad Gateway\r\n\r\n", status=1)
    assert "the fault to look for is the 502" in answer["reason"]


def test_explain_names_the_sections():
    steps = one("--origin", APP, "--explain", stdin=ALLOWED)["steps"]
    assert 'Fetch section "CORS check"' in {step["reference"] for step in steps}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), b"missing the answer of a server"),
        (("--allow-origin", APP), b"missing the request"),
        (("--origin", APP), b"missing the answer of a server"),
    ],
)
def test_what_is_missing_is_said(arguments, message):
    done = run("cors-check", *arguments, "--input", "/dev/null")
    assert done.returncode == 2
    (answer,) = ask(*arguments, stdin=b"{}", status=2)
    assert message.decode() in answer["error"]["message"]


def test_the_origin_of_the_page_is_needed():
    done = run("cors-check", stdin=ALLOWED)
    assert (done.returncode, b"missing the origin" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--allow-origin", APP + "/"),
        ("--allow-origin", "*", "--allow-credentials"),
        ("--allow-origin", APP, "--allow-header", "a\nb"),
        ("--allow-origin", APP, "--max-age", "-1"),
        ("--allow-origin", APP, "--max-age", "2d"),
        ("--allow-origin-regex", "("),
        ("--allow-origin", APP, "--request-method", "PUT\r\nX: y"),
        ("--preflight", "preflight", "--input", "answer", "--header", "no-colon"),
        ("--preflight", "preflight", "--input", "answer", "--header", "A B: c"),
        ("--preflight", "preflight", "--input", "answer", "--header", "A: b\r\nX: y"),
    ],
)
def test_policies_and_requests_that_cannot_be_meant(tmp_path, arguments):
    (tmp_path / "preflight").write_bytes(PREFLIGHT)
    (tmp_path / "answer").write_bytes(ALLOWED)
    done = run("cors-check", *arguments, "--origin", APP, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "stdin",
    [
        b"HTTP/1.1 200 OK\r\n" + b"Access-Control-Allow-Origin: *\r\n" * 2 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \x00\x01\xff*\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nAccess-Control-Expose-Headers: " + b"x," * 500_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: " + b"a, " * 300_000 + b"\r\n\r\n",
    ],
    ids=["two fields", "control bytes", "1 MB of names", "1 MB of origins"],
)
def test_hostile_answers_are_answered(stdin):
    answer = one("--origin", APP, stdin=stdin, status=1)
    assert len(answer["reason"]) < 1000


def test_a_page_never_begins_another_field_of_curls():
    done = run("cors-check", "--origin", APP + "\r\nX: y", "--raw", stdin=ALLOWED)
    assert (done.returncode, done.stdout) == (2, b"")


# With real parts


class _Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        redirected = self.path == "/old"
        self.send_response_only(302 if redirected else 204)
        self.send_header("Access-Control-Allow-Origin", self.headers["Origin"] or "none")
        self.send_header("Access-Control-Allow-Methods", "PUT")
        if redirected:
            self.send_header("Location", "/new")
            self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_OPTIONS = answer  # noqa: N815

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def api():
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_curl_fetches_and_we_decide(api, tmp_path):
    asked = f"--origin {APP} --method PUT"
    fields = f"-H 'Origin: {APP}' -H 'Access-Control-Request-Method: PUT'"
    pipe = (
        f"cd '{tmp_path}'; curl -sSiX OPTIONS {fields} {api}/x > preflight.txt;"
        f"curl -sSiX PUT -H 'Origin: {APP}' {api}/x"
        f" | httpheaders cors-check {asked} --url {api}/x --preflight preflight.txt"
    )
    done = shell(pipe)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["allowed"], answer["preflight_allowed"]) == (True, True)


@pytest.mark.parametrize("verbosity", ["-i", "-v"])
def test_curl_follows_redirects_and_we_decide(api, verbosity):
    done = shell(
        f"curl -sSL {verbosity} -H 'Origin: {APP}' {api}/old 2>&1"
        f" | httpheaders cors-check --origin {APP} --url {api}/old"
    )
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["url"] == f"{api}/new"


def test_our_own_raw_preflight_goes_through_curl(api):
    done = shell(
        f"curl -sSiX OPTIONS -H @<(printf '{ALLOWED.decode()}' | httpheaders cors-check"
        f" --origin {APP} --method PUT --raw) {api}/x"
        f" | httpheaders cors-check --origin {APP} --method PUT --preflight - -q"
    )
    assert (done.returncode, done.stdout) == (0, b"")
