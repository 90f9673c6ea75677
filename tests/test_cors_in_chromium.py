"""
What Chromium does with fetches across origins, against what our browser side says it will do.

A page on one port of 127.0.0.1 fetches from another port, which answers as each case says; the page
posts what came of it. Skipped where there is no Chromium.
"""

import http.server
import itertools
import json
import shutil
import subprocess
import threading
from typing import NamedTuple

import pytest

from httpheaders.cors_browser import Hop, ScriptRequest, check_fetch
from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_server import answer_cors
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Left alone, Chromium still lets "*" cover Authorization, against the standard.
    "--enable-features=CorsNonWildcardRequestHeadersSupport",
)
SECONDS_TO_WAIT = 90


class Script(NamedTuple):
    """What the page asks fetch() for."""

    name: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    credentials: str = "same-origin"
    mode: str = "cors"


class Server(NamedTuple):
    """What the server answers; ORIGIN, API and OTHER stand for the origins of the three servers."""

    name: str
    preflight: tuple[tuple[str, str], ...] = ()
    response: tuple[tuple[str, str], ...] = ()
    preflight_status: int = 204
    status: int = 200
    # Where the answer redirects to, and what that answers: (server, headers, status)
    then: tuple[tuple[str, tuple[tuple[str, str], ...], int], ...] = ()
    # Arguments of CorsPolicy: what our own server side answers under it, in place of all above.
    policy: dict[str, object] | None = None


class Case(NamedTuple):
    script: Script
    server: Server


ORIGIN = ("Access-Control-Allow-Origin", "ORIGIN")
ANY = ("Access-Control-Allow-Origin", "*")
TRUE = ("Access-Control-Allow-Credentials", "true")
METHODS = "Access-Control-Allow-Methods"
HEADERS = "Access-Control-Allow-Headers"
EXPOSE = "Access-Control-Expose-Headers"

SCRIPTS = (
    Script("simple GET"),
    Script("GET with credentials", credentials="include"),
    Script("PUT", "put"),
    Script("PATCH in lower case", "patch"),
    Script("POST JSON", "POST", (("Content-Type", "application/json"),), "omit"),
    Script("POST form text", "POST", (("Content-Type", "text/plain;charset=utf-8"),)),
    Script("GET with Authorization", headers=(("Authorization", "Basic eA=="),)),
    Script("PUT with names and credentials", "PUT", (("X-A", "1"), ("X-b", "2")), "include"),
)
POLICIES = (
    Server("nothing"),
    Server("any origin", (ANY, (METHODS, "*"), (HEADERS, "*")), (ANY, (EXPOSE, "*"))),
    Server(
        "the origin with credentials",
        (ORIGIN, TRUE, (METHODS, "PUT, PATCH"), (HEADERS, "Content-Type, authorization, X-A, X-B")),
        (ORIGIN, TRUE, (EXPOSE, "X-Seen")),
    ),
    Server(
        "wildcards with credentials",
        (ORIGIN, TRUE, (METHODS, "*"), (HEADERS, "*")),
        (ORIGIN, TRUE, (EXPOSE, "*")),
    ),
    Server(
        "the preflight alone",
        (ORIGIN, TRUE, (METHODS, "PUT,patch"), (HEADERS, "content-type,authorization,x-a,x-b")),
        (),
    ),
    Server("any origin and true", (ANY, TRUE, (METHODS, "PUT")), (ANY, TRUE)),
)
SIMPLE = SCRIPTS[0]
INCLUDE = SCRIPTS[1]
PUT = SCRIPTS[2]
NAMED = Script("GET with X-A", headers=(("X-A", "1"),))


def _simple(name: str, *response: tuple[str, str], status: int = 200) -> Case:
    return Case(SIMPLE, Server(name, (), response, 204, status))


def _header(name: str, value: str, *, allowed: str | None = None) -> Case:
    script = Script(f"{name}: {value[:12]}, {len(value)} bytes", headers=((name, value),))
    names = ((HEADERS, allowed),) if allowed else ()
    return Case(script, Server(f"any origin, {allowed}", (ANY, *names), (ANY,)))


def _preflight(name: str, *preflight: tuple[str, str], status: int = 204) -> Case:
    return Case(PUT, Server(name, preflight, (ANY,), status))


SPECIAL = (
    _simple("slash at the end", ("Access-Control-Allow-Origin", "ORIGIN/")),
    _simple("upper case", ("Access-Control-Allow-Origin", "HTTP://127.0.0.1:PORT")),
    _simple("null", ("Access-Control-Allow-Origin", "null")),
    _simple("list", ("Access-Control-Allow-Origin", "ORIGIN, http://other.example")),
    _simple("two fields", ORIGIN, ORIGIN),
    _simple("star twice", ANY, ANY),
    _simple("star and more", ("Access-Control-Allow-Origin", "* ORIGIN")),
    _simple("quotes", ("Access-Control-Allow-Origin", '"*"')),
    _simple("blanks outside", ("Access-Control-Allow-Origin", " \t ORIGIN \t")),
    _simple("vertical tab", ("Access-Control-Allow-Origin", "*\x0b")),
    _simple("not found", ORIGIN, status=404),
    _simple("server error", status=500),
    _simple("server error with headers", ORIGIN, status=500),
    _simple("exposed badly", ORIGIN, (EXPOSE, "X-Seen, no no")),
    _simple("exposed over two fields", ORIGIN, (EXPOSE, ""), (EXPOSE, "x-SEEN")),
    _simple("cookies exposed", ORIGIN, (EXPOSE, "Set-Cookie, X-Seen")),
    Case(INCLUDE, Server("True", (), (ORIGIN, ("Access-Control-Allow-Credentials", "True")))),
    Case(INCLUDE, Server("true twice", (), (ORIGIN, TRUE, TRUE))),
    Case(INCLUDE, Server("no credentials", (), (ORIGIN,))),
    _header("Accept", "text/html, */*;q=0.8"),
    _header("Accept", "a(b)"),
    _header("Accept", "x" * 128),
    _header("Accept", "x" * 129),
    _header("Accept", "x" * 129, allowed="accept"),
    _header("Accept-Language", "de-CH, en;q=0.5"),
    _header("Accept-Language", "de_CH"),
    _header("Content-Type", "text/plain; charset=x"),
    _header("Content-Type", 'text/plain; a="b"'),
    _header("Range", "bytes=0-"),
    _header("Range", "bytes=5-2"),
    _header("Range", "bytes=-5"),
    _header("Range", "bytes=0-1,3-4", allowed="range"),
    _header("X-HTTP-Method-Override", "GET", allowed="x-http-method-override"),
    _preflight("redirected", ANY, (METHODS, "PUT"), status=302),
    _preflight("299", ANY, (METHODS, "PUT"), status=299),
    _preflight("404", ANY, (METHODS, "PUT"), status=404),
    _preflight("in Allow only", ANY, ("Allow", "PUT")),
    _preflight("malformed beside", ANY, (METHODS, "PUT, P UT")),
    _preflight("malformed headers", ANY, (METHODS, "PUT"), (HEADERS, "x y")),
    _preflight("empty elements", ANY, (METHODS, ",, PUT ,")),
    _preflight("two fields of methods", ANY, (METHODS, "DELETE"), (METHODS, "PUT")),
    _preflight("lower case", ANY, (METHODS, "put")),
    _preflight("max-age malformed", ANY, (METHODS, "PUT"), ("Access-Control-Max-Age", "-1")),
    Case(NAMED, Server("other case", (ANY, (HEADERS, "x-a")), (ANY,))),
    Case(NAMED, Server("other name", (ANY, (HEADERS, "x-b")), (ANY,))),
    Case(SIMPLE, Server("back home", (), (ANY,), 204, 302, (("ORIGIN", (), 200),))),
    Case(SIMPLE, Server("back home, any", (), (ANY,), 204, 302, (("ORIGIN", (ANY,), 200),))),
    Case(SIMPLE, Server("to itself", (), (ORIGIN,), 204, 307, (("API", (ORIGIN,), 200),))),
    Case(SIMPLE, Server("to a third", (), (ORIGIN,), 204, 302, (("OTHER", (ORIGIN,), 200),))),
    Case(
        SIMPLE,
        Server(
            "to a third, null",
            (),
            (ORIGIN,),
            204,
            302,
            (("OTHER", (("Access-Control-Allow-Origin", "null"),), 200),),
        ),
    ),
    Case(SIMPLE, Server("unchecked redirect", (), (), 204, 302, (("API", (ANY,), 200),))),
    Case(Script("no-cors", mode="no-cors"), Server("any origin", (), (ANY,))),
    Case(Script("same-origin mode", mode="same-origin"), Server("any origin", (), (ANY,))),
    Case(Script("TRACE", "TRACE"), Server("any origin", (ANY, (METHODS, "*")), (ANY,))),
)
OURS = tuple(
    Server(f"our answers, {name}", policy=policy)
    for name, policy in {
        "any": {"allow_origins": ["*"], "allow_methods": ["*"], "allow_headers": ["*"]},
        "another": {"allow_origins": ["http://127.0.0.1"], "allow_methods": ["PUT"]},
        "any port": {"allow_origins": ["http://127.0.0.1:*"], "expose_headers": ["X-Seen"]},
        "credentials": {
            "allow_origins": ["ORIGIN"],
            "allow_methods": ["PUT", "patch"],
            "allow_headers": ["X-A", "x-b", "content-type", "Authorization"],
            "allow_credentials": True,
            "max_age": 0,
        },
        "all with credentials": {
            "allow_origins": ["ORIGIN"],
            "allow_methods": ["*"],
            "allow_headers": ["*", "Authorization"],
            "allow_credentials": True,
        },
        "fixed": {"allow_origins": ["ORIGIN"], "fixed_origin": True},
    }.items()
)
CASES = [Case(*pair) for pair in itertools.product(SCRIPTS, (*POLICIES, *OURS))] + list(SPECIAL)

PAGE = """<!doctype html><title>fetches</title><script>
const outcome = async ({url, method, headers, credentials, mode}) => {
  try {
    const response = await fetch(url, {method, headers, credentials, mode, cache: "no-store",
                                       body: method == "POST" ? "x" : undefined});
    return {readable: response.type != "opaque", names: [...response.headers.keys()]};
  } catch (error) { return {readable: false, names: []}; }
};
(async () => {
  const results = [];
  for (const each of CASES) results.push(await outcome(each));
  await fetch("/results", {method: "POST", body: JSON.stringify(results)});
})();
</script>"""


class _World:
    """Three servers on ports of their own, and what they have seen."""

    def __init__(self) -> None:
        self.results = None
        self.done = threading.Event()
        self.preflights: dict[int, dict[str, str]] = {}
        handler = type("Handler", (_Handler,), {"world": self})
        self.servers = [
            http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(3)
        ]
        names = ("ORIGIN", "API", "OTHER")
        self.ports = {
            name: server.server_address[1] for name, server in zip(names, self.servers, strict=True)
        }
        self.origins = {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def fill(self, text: str) -> str:
        text = text.replace("PORT", str(self.ports["ORIGIN"]))
        for name, origin in self.origins.items():
            text = text.replace(name, origin)
        return text

    def url(self, number: int, hop: int) -> str:
        server = "API" if hop == 0 else CASES[number].server.then[hop - 1][0]
        return f"{self.origins[server]}/case/{number}/{hop}"

    def by_policy(self, number: int, method: str, fields: Headers) -> Response:
        """Answer as our own server side does."""
        policy = dict(CASES[number].server.policy or {})
        policy["allow_origins"] = [self.fill(text) for text in policy["allow_origins"]]
        answer = answer_cors(Request(method, "/", fields), CorsPolicy(**policy))
        own = [] if answer.is_preflight else [("X-Seen", "1"), ("Content-Type", "text/plain")]
        return Response(answer.status or 200, Headers([*answer.headers, *own]))

    def answer(self, number: int, hop: int) -> Response:
        server = CASES[number].server
        if server.policy is not None:
            origin = Headers([("Origin", self.origins["ORIGIN"])])
            return self.by_policy(number, CASES[number].script.method, origin)
        headers, status = (server.response, server.status) if hop == 0 else server.then[hop - 1][1:]
        pairs = [(name, self.fill(value)) for name, value in headers]
        if hop < len(server.then):
            pairs.append(("Location", self.url(number, hop + 1)))
        return Response(status, Headers([*pairs, ("X-Seen", "1"), ("Content-Type", "text/plain")]))

    def preflight(self, number: int) -> Response:
        server = CASES[number].server
        if server.policy is not None:
            # What the browser asks is what our browser side says it asks: that is checked too.
            asked = check_fetch(self.request(number), []).preflight_headers
            return self.by_policy(number, "OPTIONS", asked or Headers())
        pairs = [(name, self.fill(value)) for name, value in server.preflight]
        if 300 <= server.preflight_status <= 399:
            pairs.append(("Location", self.url(number, 0)))
        return Response(server.preflight_status, Headers(pairs))

    def request(self, number: int) -> ScriptRequest:
        script = CASES[number].script
        return ScriptRequest(
            self.origins["ORIGIN"],
            self.url(number, 0),
            script.method,
            Headers(script.headers),
            script.credentials,
            script.mode,
        )

    def page(self) -> bytes:
        cases = [
            {
                "url": self.url(number, 0),
                "method": case.script.method,
                "headers": [list(pair) for pair in case.script.headers],
                "credentials": case.script.credentials,
                "mode": case.script.mode,
            }
            for number, case in enumerate(CASES)
        ]
        return PAGE.replace("CASES", json.dumps(cases)).encode()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: _World

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path == "/":
            self._send(Response(200, Headers([("Content-Type", "text/html")])), self.world.page())
        elif self.path == "/results":
            self.world.results = json.loads(body)
            self._send(Response(204), b"")
            self.world.done.set()
        elif self.path.startswith("/case/"):
            self._case(*map(int, self.path.split("/")[2:4]))
        else:
            self._send(Response(404), b"")

    do_GET = do_PUT = do_POST = do_OPTIONS = do_HEAD = do_patch = do_PATCH = do_any  # noqa: N815

    def _case(self, number: int, hop: int) -> None:
        if self.command == "OPTIONS" and "Access-Control-Request-Method" in self.headers:
            self.world.preflights[number] = {k.lower(): v for k, v in self.headers.items()}
            self._send(self.world.preflight(number), b"")
        else:
            self._send(self.world.answer(number, hop), b"body")

    def _send(self, response: Response, body: bytes) -> None:
        lines = [f"HTTP/1.1 {response.status} X"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        if response.status != 204:
            lines.append(f"Content-Length: {len(body)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        if response.status != 204:
            self.wfile.write(body)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: its fetches cannot be compared with ours")
    world = _World()
    profile = tmp_path_factory.mktemp("profile")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"{world.origins['ORIGIN']}/"]
    # --dump-dom would end before the fetches do; a debugging port keeps the page open.
    browser = subprocess.Popen(
        [*command[:1], "--remote-debugging-port=0", *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        finished = world.done.wait(SECONDS_TO_WAIT)
    finally:
        browser.terminate()
        browser.wait(20)
        world.stop()
    assert finished, "Chromium did not report its results"
    return world


def _verdict(world, number):
    hops = [
        Hop(world.answer(number, hop), world.preflight(number) if hop == 0 else None)
        for hop in range(len(CASES[number].server.then) + 1)
    ]
    return check_fetch(world.request(number), hops)


def test_there_are_enough_cases():
    assert len(CASES) >= 40
    names = [f"{case.script.name} / {case.server.name}" for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "number",
    range(len(CASES)),
    ids=[f"{case.script.name} / {case.server.name}" for case in CASES],
)
def test_chromium_does_what_we_say(world, number):
    verdict, found = _verdict(world, number), world.results[number]
    assert verdict.allowed is found["readable"], verdict.reason
    if verdict.allowed:
        # Content-Length is the server's own: everything else is in the case.
        assert set(verdict.exposed) == set(found["names"]) - {"content-length"}
    sent = verdict.preflight_headers
    assert (sent is not None) is (number in world.preflights)
    if sent is not None:
        for name, value in sent:
            assert world.preflights[number][name.lower()] == value
