"""Real clients against a real server on 127.0.0.1: the connections it counts are those foretold."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from httpheaders.messages.har import read_har
from httpheaders.pool_presets import find_preset, with_changes
from httpheaders.pool_simulation import simulate
from httpheaders.pool_trace import Faults, in_order, request_of_entry


class Server(ThreadingHTTPServer):
    """Counts connections, and answers /SECONDS after so long."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.carried = Counter()
        self.guard = threading.Lock()

    @property
    def connections(self):
        return len(self.carried)


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.guard:
            self.server.carried[self.client_address] += 1
        path = self.path.strip("/")
        if path == "page":
            body = page_of(self.server.server_port)
        else:
            time.sleep(float(path.partition("?")[0] or 0) if path[:1].isdigit() else 0)
            body = b"done"
        self.send_response(200)
        kind = "text/html" if path == "page" else "text/plain"
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        del format, args


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join(5)


# Waves of requests: (arrival, seconds in service). Nothing happens close to anything else.
WAVES = [(wave * 0.6, 0.2 + number * 0.05) for wave in range(3) for number in range(4)]


def play(rows, get):
    """Let a thread a request ask at its time."""
    failures = []
    begun = time.monotonic() + 0.1

    def ask(t, duration):
        time.sleep(max(begun + t - time.monotonic(), 0))
        try:
            get(f"/{duration:.3f}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=row) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []


def foretold(preset, changes):
    found = find_preset(preset)
    rows = [(t, "a", duration) for t, duration in WAVES]
    return simulate(rows, with_changes(found, changes), preset=found).created


@pytest.mark.parametrize(
    ("maxsize", "block", "created"),
    [
        pytest.param(4, False, 4, id="four are kept"),
        pytest.param(2, False, 8, id="two of four are discarded, every time"),
        pytest.param(2, True, 2, id="two, and the others wait"),
    ],
)
def test_urllib3_opens_as_many_as_foretold(server, maxsize, block, created):
    urllib3 = pytest.importorskip("urllib3")
    changes = {"max_per_host": maxsize, "on_full": "wait" if block else "discard"}
    assert foretold("urllib3", changes) == created
    with urllib3.PoolManager(maxsize=maxsize, block=block) as client:
        base = f"http://127.0.0.1:{server.server_port}"
        play(WAVES, lambda path: client.request("GET", base + path, retries=False))
    assert server.connections == created
    assert sum(server.carried.values()) == len(WAVES)


@pytest.mark.parametrize(
    ("limits", "changes", "created"),
    [
        pytest.param(
            {"max_connections": 100, "max_keepalive_connections": 20}, {}, 4, id="as it comes"
        ),
        pytest.param(
            {"max_connections": 100, "max_keepalive_connections": 2},
            {"max_idle_total": 2},
            8,
            id="two of four are kept",
        ),
        pytest.param(
            {"max_connections": 100, "keepalive_expiry": 0.1},
            {"idle_timeout": 0.1},
            12,
            id="all time out between waves",
        ),
    ],
)
def test_httpx_opens_as_many_as_foretold(server, limits, changes, created):
    httpx = pytest.importorskip("httpx")
    assert foretold("httpx", changes) == created
    base = f"http://127.0.0.1:{server.server_port}"
    with httpx.Client(limits=httpx.Limits(**limits), trust_env=False) as client:
        play(WAVES, lambda path: client.get(base + path).raise_for_status())
    assert server.connections == created


# -- a browser


def page_of(port):
    """A page that asks for eleven things at once, and, later, for three more."""
    asks = "".join(f"get('/0.{3 + n % 3}?{n}');" for n in range(11))
    more = "".join(f"get('/0.2?later{n}');" for n in range(3))
    return (
        f"<!doctype html><link rel=icon href='data:,'><title>{port}</title>"
        "<script>const get = path => fetch(path).then(answer => answer.text());"
        f"{asks}setTimeout(() => {{{more}}}, 2500);"
        "setTimeout(() => { document.title = 'done'; }, 3200)</script>"
    ).encode()


FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--remote-debugging-port=0",
)


@contextmanager
def chromium(home):
    """Run a browser; give the address at which it can be talked to."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is not installed")
    running = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={home}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        note = home / "DevToolsActivePort"
        deadline = time.monotonic() + 30
        while not (note.exists() and note.read_text().count("\n")):
            if running.poll() is not None or time.monotonic() > deadline:
                pytest.skip("chromium does not start here")
            time.sleep(0.05)
        port, path = note.read_text().split()
        yield f"ws://127.0.0.1:{port}{path}"
    finally:
        running.terminate()
        running.wait(20)


class DevTools:
    """A conversation with the browser: commands go out, answers and events come in."""

    def __init__(self, connection):
        self.connection = connection
        self.number = 0
        self.events = []

    def ask(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self.connection.send(json.dumps(message))
        while True:
            answer = json.loads(self.connection.recv(timeout=20))
            if answer.get("id") == self.number:
                return answer["result"]
            self.events.append(answer)

    def listen(self, seconds):
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.events.append(json.loads(self.connection.recv(timeout=left)))
            except TimeoutError:
                return


def recorded_har(address, url):
    """Let the browser load a page, and write down what it says of its requests as a HAR."""
    connect = pytest.importorskip("websockets.sync.client").connect
    with connect(address, max_size=None) as connection:
        tools = DevTools(connection)
        target = tools.ask("Target.createTarget", url="about:blank")["targetId"]
        session = tools.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tools.ask("Network.enable", session)
        tools.ask("Page.enable", session)
        tools.ask("Page.navigate", session, url=url)
        tools.listen(4.5)
    return {"log": {"version": "1.2", "entries": entries_of(tools.events)}}


def entries_of(events):
    sent, answered, finished = {}, {}, {}
    for event in events:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                sent[parameters["requestId"]] = parameters
            case "Network.responseReceived":
                answered[parameters["requestId"]] = parameters["response"]
            case "Network.loadingFinished":
                finished[parameters["requestId"]] = parameters["timestamp"]
    return [
        entry_of(asked, answered[name], finished[name])
        for name, asked in sent.items()
        if name in answered and name in finished and "timing" in answered[name]
    ]


def entry_of(asked, response, finished):
    """One entry, its phases as the HAR specification has them."""
    timing = response["timing"]
    offset = asked["wallTime"] - asked["timestamp"]
    started = timing["requestTime"] + offset
    first = next(
        moment
        for moment in (timing["dnsStart"], timing["connectStart"], timing["sendStart"])
        if moment >= 0
    )
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(started))
    return {
        "startedDateTime": f"{stamp}.{int(started % 1 * 1e6):06}Z",
        "connection": str(response["connectionId"]),
        "request": {
            "method": "GET",
            "url": response["url"],
            "headers": [],
            "httpVersion": response["protocol"],
        },
        "response": {"status": 200, "headers": [], "httpVersion": response["protocol"]},
        "timings": {
            "blocked": first,
            "connect": timing["connectEnd"] - timing["connectStart"],
            "send": timing["sendEnd"] - timing["sendStart"],
            "wait": timing["receiveHeadersEnd"] - timing["sendEnd"],
            "receive": (finished - timing["requestTime"]) * 1000 - timing["receiveHeadersEnd"],
        },
    }


def test_a_browsers_own_connections_are_foretold(server, tmp_path):
    with chromium(tmp_path / "profile") as address:
        har = recorded_har(address, f"http://127.0.0.1:{server.server_port}/page")
    entries = har["log"]["entries"]
    assert len(entries) == 15
    named = {entry["connection"] for entry in entries}
    faults = Faults()
    requests = [
        request_of_entry(entry, f"entry {number}", faults)
        for number, entry in enumerate(read_har(har), 1)
    ]
    answer = simulate(
        list(in_order(requests, faults)), preset=find_preset("browser"), per_connection=True
    )
    assert answer.created == len(named) == 6
    assert answer.reused == len(entries) - 6
    assert answer.errors == 0
