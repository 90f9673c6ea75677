"""httpheaders pool-sim, in process."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from httpheaders.cli.main import cli


def run(*arguments, input=None):
    """Run the command; give its status, its output and its messages."""
    done = CliRunner().invoke(cli, ["pool-sim", *arguments], input=input)
    return done.exit_code, done.stdout, done.stderr


def answer(*arguments, input=None, status=0):
    code, output, messages = run(*arguments, input=input)
    assert (code, messages) == (status, "")
    return json.loads(output)


def lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


MADE = ("--rate", "5", "--latency", "1s", "--requests", "200")

ROWS = [
    {"t": 0, "host": "a", "duration": 1},
    {"t": 0.5, "host": "a", "duration": 1},
    {"t": 3, "host": "b", "duration": 1},
    {"t": 9, "host": "a", "duration": 1},
]


def test_a_trace_is_one_question():
    result = answer("--preset", "node", input=lines(*ROWS))
    assert (result["requests"], result["created"], result["evicted"]) == (4, 4, 3)
    assert [host["host"] for host in result["hosts"]] == ["a", "b"]
    assert result["preset"] == "node"
    assert result["client"] == "Node.js 20.20.2"
    assert result["client_parameters"]["timeout"] == 5000
    assert result["waits"] == {"count": 0, "total": 0, "mean": 0, "p95": 0, "max": 0}


def test_options_change_a_preset():
    result = answer("--preset", "node", "--idle-timeout", "none", input=lines(*ROWS))
    assert result["created"] == 3
    assert result["parameters"]["idle_timeout"] is None
    result = answer("--preset", "requests", "--max-per-host", "3", input=lines(*ROWS))
    assert result["client_parameters"]["pool_maxsize"] == 3


def test_traffic_is_read_only_when_none_is_made():
    result = answer("--threads", "2", "--latency", "1s", "--requests", "4", input="no JSON")
    assert (result["requests"], result["created"]) == (4, 2)
    result = answer("--rate", "5", "--latency", "1s", "--requests", "40", input="no JSON")
    assert result["requests"] == 40
    assert result == answer("--rate", "5", "--latency", "1s", "--requests", "40", "--seed", "0")


def test_a_file_may_be_named(tmp_path):
    (tmp_path / "trace.jsonl").write_text(lines(*ROWS))
    assert answer(str(tmp_path / "trace.jsonl"))["requests"] == 4


def test_plain_lines():
    result = answer("--lines", input="0 a 1\n5 a 1\n")
    assert (result["requests"], result["created"]) == (2, 1)


def test_hosts_are_one_in_any_case():
    result = answer("--lines", input="0 A.example 1\n5 a.EXAMPLE 1\n")
    assert (result["created"], result["hosts"][0]["host"]) == (1, "a.example")
    events = [
        {"op": op, "host": host, "conn": "x", "t": t}
        for t, (op, host) in enumerate([("get", "A"), ("release", "a"), ("get", "a")])
    ]
    assert answer(input=lines(*events))["created"] == 1


def test_whole_questions_are_answered_one_by_one():
    questions = [
        {"id": 1, "parameters": {"max_per_host": 1}, "trace": ROWS},
        {"id": 2, "threads": 3, "latency": 1, "requests": 9, "preset": "requests"},
        {"id": 3, "preset": "nodejs", "trace": ROWS},
    ]
    code, output, messages = run(input=lines(*questions))
    first, second, third = map(json.loads, output.splitlines())
    assert (first["id"], first["created"], first["waits"]["count"]) == (1, 2, 1)
    assert (second["id"], second["created"]) == (2, 3)
    assert third["ok"] is None
    assert "did you mean 'node'" in third["error"]["message"]
    assert (code, messages.startswith("Error: <stdin> line 3: ")) == (2, True)


def test_events():
    events = [
        {"op": "get", "host": "a", "conn": 1, "t": 0},
        {"op": "release", "host": "a", "conn": 1, "t": 1},
        {"op": "release", "host": "a", "conn": 2, "t": 2},
        {"op": "get", "host": "a", "conn": 3, "t": 3},
        {"op": "release", "host": "a", "conn": 3, "t": 4},
    ]
    result = answer(input=lines(*events), status=1)
    assert (result["created"], result["reused"], result["skipped"]) == (1, 1, 1)
    assert result["problems"][0]["where"] == "line 3"
    assert "which was not got" in result["problems"][0]["message"]
    assert answer(input=lines({"events": events}), status=1)["created"] == 1


HAR = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "startedDateTime": f"2026-11-22T12:00:0{second}.000Z",
                "connection": connection,
                "request": {"method": "GET", "url": "http://a.example/", "headers": []},
                "response": {"status": 200, "headers": [], "httpVersion": "HTTP/1.1"},
                "timings": {"send": 0, "wait": 900, "receive": 1},
            }
            for second, connection in ((0, "7"), (0, "8"), (2, "7"))
        ],
    }
}


@pytest.mark.parametrize("indent", [None, 1])
def test_a_har_names_its_connections_itself(indent):
    result = answer("--preset", "browser", input=json.dumps(HAR, indent=indent))
    assert (result["requests"], result["created"], result["har_connections"]) == (3, 2, 2)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('{"t": 3, "host": "a", "duration": -1}', "duration -1 is negative", id="neg"),
        pytest.param('{"t": 3, "host": "a"}', "it has no duration", id="missing"),
        pytest.param('{"t": 3, "host": "a", "duration": NaN}', "invalid JSON", id="nan"),
        pytest.param('{"t": 3, "duration": 1}', "host (missing) is not text", id="no host"),
        pytest.param(
            '{"t": 3, "host": "a", "durration": 1}',
            "unknown key 'durration': did you mean 'duration'",
            id="a slip of the pen",
        ),
        pytest.param("[1]", "expected a JSON object", id="a list"),
        pytest.param("{", "invalid JSON", id="half an object"),
        pytest.param("", "the line is empty", id="nothing"),
    ],
)
def test_a_bad_line_costs_only_itself(line, message):
    given = lines(ROWS[0]) + line + "\n" + lines(ROWS[3])
    result = answer(input=given, status=1)
    assert (result["requests"], result["skipped"], result["ok"]) == (2, 1, False)
    assert result["problems"][0]["where"] == "line 2"
    assert message in result["problems"][0]["message"]
    code, _, messages = run("--fail-fast", input=given)
    assert (code, messages.startswith("Error: <stdin>: line 2: left out: ")) == (2, True)


def test_time_that_runs_back_is_told_and_put_in_order():
    result = answer(input=lines(*reversed(ROWS)))
    assert result["created"] == 3
    assert "time runs back 3 times" in result["problems"][0]["message"]


def test_a_chain_alone():
    result = answer("--chain", "client=90s,lb=60s,server=5s", status=1)
    assert result["chain"]["resets"] == ["lb", "server"]
    assert result["chain"]["settings"] == {"client": 90, "lb": 95, "server": 100}
    assert result["created"] is None
    assert answer("--chain", "client=4s,server=5s")["chain"]["races"] == []


def test_a_chain_beside_traffic():
    result = answer("--chain", "a=9s,b=5s", "--threads", "1", "--latency", "1s", status=1)
    assert result["requests"] == 1000
    assert "b closes idle connections after 5 s" in result["reason"]


def test_a_refusal_is_a_no():
    result = answer("--max-per-host", "1", "--on-full", "error", input=lines(*ROWS), status=1)
    assert result["errors"] == 1


def test_stale_reuses_are_a_no():
    rows = [{"t": t, "host": "a", "duration": 1} for t in (0, 5.95)]
    options = ("--server-timeout", "5s", "--round-trip", "100ms")
    assert answer(*options, input=lines(*rows), status=1)["stale_reuses"] == 1
    events = [
        {"op": op, "host": "a", "conn": str(row["t"]), "t": row["t"] + later}
        for row in rows
        for op, later in (("get", 0), ("release", 1))
    ]
    assert answer(*options, input=lines(*events), status=1)["stale_reuses"] == 1


def test_requests_by_connection():
    assert answer("--connections", input=lines(*ROWS))["requests_per_connection"] == [1, 2, 1]


def test_a_sweep():
    made = ("--threads", "20", "--latency", "80ms", "--requests", "240", "--preset", "requests")
    result = answer(*made, "--sweep", "pool_maxsize=1:40")["sweep"]
    assert (result["advised"], result["parameter"]) == (20, "max_idle_per_host")
    assert result["client_parameter"] == "pool_maxsize"
    assert len(result["curve"]) == 40
    swept = answer("--sweep", "idle-timeout=1:9", input=lines(*ROWS))["sweep"]
    assert (swept["exact"], swept["advised"]) == (True, 8)


def test_a_sweep_in_the_clients_unit():
    code, output, _ = run("--preset", "node", "--sweep", "timeout=500:9000:500", "--raw",
                          input=lines(*ROWS))  # fmt: skip
    assert (code, output) == (0, "7500\n")


def test_prices():
    options = ("--sweep", "idle-timeout=1,8", "--cost-connection", "1", "--cost-idle", "100")
    result = answer(*options, input=lines(*ROWS))["sweep"]
    assert result["advised"] == 1
    assert all(point["cost"] > 0 for point in result["curve"])


def test_a_sweep_whose_reuses_are_stale_is_a_no():
    rows = [{"t": t, "host": "a", "duration": 1} for t in (0, 5.95, 12)]
    options = ("--server-timeout", "5s", "--round-trip", "100ms", "--sweep")
    assert answer(*options, "idle-timeout=1:8", input=lines(*rows))["sweep"]["advised"] == 1
    result = answer(*options, "idle-timeout=5:8", input=lines(*rows), status=1)
    assert result["reason"].endswith(
        "1 of 1 reuses came when the server may have closed the connection already"
    )


def test_advised_and_best_are_written_as_the_curve_is():
    result = answer("--sweep", "idle-timeout=0.1:0.3:0.1", *MADE)["sweep"]
    assert (result["advised"], result["best"], result["curve"][-1]["value"]) == (0.3, 0.3, 0.3)


def test_a_clients_0_that_means_no_limit():
    go = ("--preset", "go", "--sweep", "IdleConnTimeout=0,90", "--lines")
    given = "0 a 1\n200 a 1\n"
    result = answer(*go, input=given)
    assert (result["sweep"]["advised"], result["sweep"]["curve"][0]["value"]) == (None, None)
    assert result["reason"].startswith("IdleConnTimeout 0 is the smallest")
    assert run(*go, "--raw", input=given)[1] == "0\n"


def test_a_plot_stands_in_place_of_the_json(tmp_path):
    pytest.importorskip("plotille")
    pytest.importorskip("leather")
    file = tmp_path / "curve.svg"
    code, output, _ = run("--sweep", "idle-timeout=1:9", "--plot", "--svg", str(file),
                          input=lines(*ROWS))  # fmt: skip
    assert code == 0
    assert "connections opened" in output
    assert file.read_text().startswith("<svg")


def test_a_sweep_tells_what_could_not_be_used():
    code, output, _ = run(
        "--sweep", "idle-timeout=1:9", input=lines(*ROWS, {"t": 9, "host": "a", "duration": -1})
    )
    answer = json.loads(output)
    assert (code, answer["ok"], answer["skipped"]) == (1, False, 1)
    assert [problem["message"] for problem in answer["problems"]] == [
        "left out: duration -1 is negative"
    ]


def test_the_settings_of_a_chain_can_be_read_again():
    _, output, _ = run("--chain", "client=15w,lb=60s", "--raw")
    assert output == "client=9072000s,lb=9072005s\n"
    assert run("--chain", output.strip())[0] == 0


@pytest.mark.parametrize("margin", ["1ms", "5s"])
@pytest.mark.parametrize("chain", ["a=10s,b=3s", "a=0.1,b=0.1,c=0", "a=99999999999999999,b=1"])
def test_the_settings_of_a_chain_have_no_race(chain, margin):
    _, output, _ = run("--chain", chain, "--margin", margin, "--raw")
    assert run("--chain", output.strip(), "--margin", margin)[0] == 0


@pytest.mark.parametrize("sweep", [(), ("--sweep", "idle-timeout=1:9")], ids=["plain", "sweep"])
def test_a_har_of_requests_that_share_a_connection_is_not_called_empty(sweep):
    request = {"method": "GET", "url": "https://a.example/", "httpVersion": "h2", "headers": []}
    har = {"log": {"entries": [{"request": request}]}}
    code, _, messages = run(*sweep, input=json.dumps(har))
    assert code == 2
    assert "entry 1: left out: HTTP/2 and HTTP/3 requests share a connection" in messages


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ((), "", "input is empty"),
        ((), "HTTP/1.1 200 OK\n\n", "a header dump has no times"),
        ((), '{"status": 200, "headers": {}}', "messages have no times"),
        ((), "{}", "missing the traffic"),
        ((), '{"trace": 1}', "expected a list, got a number at $.trace"),
        ((), '{"trace": []}', "the trace is empty"),
        ((), '{"t": 1, "host": "a", "duration": -1}', "no request of the trace can be used"),
        (("--preset", "request"), "{}", "missing the traffic"),
        (
            ("--preset", "request", "--rate", "1", "--latency", "1s"),
            None,
            "did you mean 'requests'",
        ),
        (("--threads", "2"), None, "made traffic needs a --latency"),
        (("--max-per-host", "many"), None, "'many' is not a whole number, or none"),
        (("--max-per-host", "0", "--rate", "1", "--latency", "1s"), None, "max_per_host 0"),
        (("--plot", "--rate", "1", "--latency", "1s"), None, "a plot needs a --sweep"),
        (("--sweep", "order=1:2", "--rate", "1", "--latency", "1s"), None, "is not a number"),
        (("--sweep", "idle-timeout=1:2"), '{"op": "get", "t": 0}', "a sweep needs requests"),
        (("--chain", "client=90s"), None, "two hops or more"),
        (("--chain", "a=10s,b=3s", "--margin", "0"), None, "margin 0 keeps no hops apart"),
        *[
            ((*MADE, "--sweep", "idle-timeout=1:5", "--cost-idle", price), None, "is no price")
            for price in ("nan", "inf", "-1", "1e308")
        ],
        (
            (*MADE, "--preset", "requests", "--max-idle-per-host", "0"),
            None,
            "max_idle_per_host 0 is max_per_host too for this client",
        ),
    ],
)
def test_questions_that_cannot_be_read(arguments, given, message):
    code, _, messages = run(*arguments, input=given)
    assert code == 2
    assert message in messages
