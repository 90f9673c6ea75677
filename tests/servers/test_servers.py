"""
Flask, Django and Bottle behind gunicorn and waitress, asked by curl: the same answers as offline.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from httpheaders.cli.message_json import read_response
from httpheaders.messages.dump import parse_dump
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.wsgi_call import answer_wsgi
from tests import policies
from tests.cli.program import run
from tests.servers import stack

ROOT = Path(__file__).parent.parent.parent
FRAMEWORKS = ("flask", "django", "bottle")
SERVERS = ("gunicorn", "waitress")
# What servers add or write themselves, what differs every time, and how the end is told.
OF_THE_SERVER = (
    "date", "server", "via", "connection", "transfer-encoding", "x-request-id", "x-response-time",
    "content-length",
)  # fmt: skip


def need(package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def command_of(server, name, port):
    if server == "gunicorn":
        return ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2",
                "--log-level", "critical", "--no-control-socket",
                f"tests.servers.stack:{name}()"]  # fmt: skip
    return ["waitress", f"--listen=127.0.0.1:{port}", "--call", f"tests.servers.stack:{name}"]


class Server:
    """One server process, stopped at the end."""

    def __init__(self, server, name):
        self.port = free_port()
        command = command_of(server, name, self.port)
        if server == "gunicorn" and not _takes(command[0], "--no-control-socket"):
            command.remove("--no-control-socket")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            assert self.process.poll() is None, f"{server} ended at once"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{server} does not listen")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, request):
        """Ask with curl, and give the response."""
        command = ["curl", "-sS", "-i", "--raw", "--http1.1", "--path-as-is", "--max-time", "20"]
        if request.method == "HEAD":
            command.append("--head")
        else:
            command += ["-X", request.method or "GET"]
        for name, value in request.headers:
            command += ["-H", f"{name}: {value}"]
        if request.body is not None:
            command += ["--data-binary", "@-"]
            if "content-type" not in request.headers:
                command += ["-H", "Content-Type:"]
        command += ["-H", "Host: localhost"] if "host" not in request.headers else []
        command += ["-H", "Accept:"] if "accept" not in request.headers else []
        command += ["-H", "User-Agent:", f"http://127.0.0.1:{self.port}{request.url}"]
        command.remove("--raw")
        done = subprocess.run(command, input=request.body or b"", capture_output=True, check=True)
        response = parse_dump(done.stdout)[-1].exchange.response
        assert response is not None
        return response


def _takes(program, option):
    done = subprocess.run(
        [sys.executable, "-m", program, "--help"], capture_output=True, text=True, check=False
    )
    return option in done.stdout


@pytest.fixture(scope="module")
def served():
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    running = {}

    def get(server, name):
        if (server, name) not in running:
            running[server, name] = Server(server, name)
        return running[server, name]

    yield get
    for server in running.values():
        server.stop()


def comparable(response):
    fields = response.headers.without(*OF_THE_SERVER).to_dict()
    if "allow" in fields:
        fields["allow"] = [sorted(fields["allow"][0].split(", "))]  # of a set, in some frameworks
    return response.status, fields, response.body or b""


REQUESTS = [
    Request("GET", "/users"),
    Request("HEAD", "/users"),
    Request("GET", "/users", Headers([("Accept-Encoding", "gzip")])),
    Request("GET", "/users", Headers([("If-None-Match", "*")])),
    Request("GET", "/users", Headers([("Range", "bytes=5-9")])),
    Request("GET", "/users", Headers([("Range", "bytes=99999-")])),
    Request("GET", "/users", Headers([("Origin", "https://app.example.com")])),
    Request("GET", "/users", Headers([("Origin", "https://other.example")])),
    Request("POST", "/users", Headers([("Content-Type", "application/json")]), b'{"a": 1}'),
    Request("PUT", "/users", Headers([("Content-Type", "application/json")]), b"{}"),
    Request("GET", "/text/caf%C3%A9?q=%E2%82%AC%20and%20more"),
    Request("GET", "/text/a%20b"),
    Request("GET", "/stream"),
    Request("GET", "/stream", Headers([("Accept-Encoding", "gzip")])),
    Request("GET", "/nowhere"),
    Request("GET", "/raises"),
    Request("GET", "/raises", Headers([("Origin", "https://app.example.com")])),
    Request(
        "OPTIONS",
        "/users",
        Headers(
            [
                ("Origin", "https://app.example.com"),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "content-type"),
            ]
        ),
    ),
]
every_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@pytest.fixture(scope="module")
def offline():
    """What `httpheaders wsgi` says to all the requests, each framework in a process of its own."""
    said = {}

    def get(framework):
        if framework not in said:
            lines = b"".join(json.dumps(as_json(request)).encode() + b"\n" for request in REQUESTS)
            done = run("wsgi", f"tests.servers.stack:{framework}_app()", stdin=lines, cwd=ROOT)
            said[framework] = [response_of(json.loads(one)) for one in done.stdout.splitlines()]
        return said[framework]

    return get


def as_json(request):
    headers = [list(pair) for pair in request.headers]
    body = None if request.body is None else request.body.decode()
    return {"method": request.method, "url": request.url, "headers": headers, "body": body}


def response_of(answer):
    return read_response(answer["response"])


@every_framework
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_a_server_gives_what_is_given_offline(served, offline, server, framework, number):
    need(server)
    need(framework)
    live = served(server, f"{framework}_app").ask(REQUESTS[number])
    ours = offline(framework)[number]
    assert comparable(live) == comparable(ours)
    assert live.headers.get("x-request-id")
    assert live.headers.get("x-response-time", "").endswith("ms")


@pytest.mark.parametrize("server", SERVERS)
def test_a_policy_behind_a_server_does_what_pipeline_says(served, server):
    need(server)
    from httpheaders.policy_phases import run_policy

    policy, live = policies.policy(), served(server, "policed_app")
    asked = 0
    for request in policies.requests(260):
        # What a server itself refuses never reaches a policy; curl writes Host.
        names = {"transfer-encoding", "content-length", "expect"}
        if request.method == "HEAD" and request.body is not None:
            continue
        if names & request.headers.to_dict().keys() or "," in (request.headers.get("host") or ""):
            continue
        answered = request._replace(method="GET" if request.method == "HEAD" else request.method)
        known = answer_wsgi(policies.app, answered).response
        said = run_policy(request, policy, response=known, now=policies.NOW).response
        got = live.ask(request)
        assert comparable(got) == comparable(said), request
        asked += 1
        if asked == 60:
            break
    assert asked == 60


@every_framework
def test_frameworks_are_called_from_the_shell(framework):
    need(framework)
    name = f"tests.servers.stack:{framework}_app()"
    done = run("wsgi", name, "--path", "/users", "--validate", cwd=ROOT)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["problems"]) == (0, [])
    assert json.loads(answer["response"]["body"]) == stack.USERS
    data = ("--data", '{"a": 1}', "--header", "Content-Type: application/json")
    done = run("wsgi", name, "--path", "/users", *data, "--raw", cwd=ROOT)
    assert json.loads(done.stdout) == {"got": {"a": 1}}
    assert run("wsgi", name, "--path", "/raises", "-q", cwd=ROOT).returncode == 1
    bare = f"tests.servers.stack:make_{framework}()"
    done = run("wsgi", bare, "--path", "/raises", cwd=ROOT)
    assert done.returncode == 2
    assert b"raised LookupError: on purpose (stack.py:" in done.stderr
