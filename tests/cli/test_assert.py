"""`httpheaders assert` as it is typed."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from tests.cli.program import run, shell

DUMP = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nCache-Control: max-age=60\r\n"
    b'X-Odd: <a> & "b" \x01\x1b]\xe9\r\nX-Long: ' + b"a" * 60 + b"!\r\n\r\n"
)


def test_all_results_are_printed_with_the_actual_value():
    checks = [":status==200", "cache-control.max-age>=1h", "!server"]
    done = run("assert", *checks, stdin=DUMP)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert answer["reason"].startswith("2 of 3 checks do not hold: 'cache-control.max-age' is '60'")
    assert [(c["check"], c["ok"], c["actual"]) for c in answer["checks"]] == [
        (":status==200", True, "200"),
        ("cache-control.max-age>=1h", False, "60"),
        ("!server", False, "nginx"),
    ]
    assert all(
        c.keys() == {"check", "ok", "actual", "reason", "reference", "hop"}
        for c in answer["checks"]
    )


@pytest.mark.parametrize(
    ("checks", "stdin", "status"),
    [
        pytest.param([":status==200"], DUMP, 0, id="it holds"),
        pytest.param([":status==201"], DUMP, 1, id="it does not"),
        pytest.param([":status=200"], DUMP, 2, id="no check"),
        pytest.param([":status==200"], b"", 2, id="no input"),
        pytest.param(["!server"], b"<html>\n", 2, id="no message"),
        pytest.param([], DUMP, 2, id="no checks at all"),
        pytest.param(["x-long~(a+)+$"], DUMP, 2, id="an expression without end"),
        pytest.param(["x-long~a{50}!$"], DUMP, 0, id="an expression"),
    ],
)
def test_statuses(checks, stdin, status):
    done = run("assert", *checks, stdin=stdin)
    assert done.returncode == status
    assert bool(done.stderr) == (status == 2)


def test_checks_of_options_files_and_documents_are_all_run(tmp_path):
    (tmp_path / "one").write_text("# comment\n:status\n\n")
    (tmp_path / "two").write_text("!server\r\n")
    done = run(
        "assert",
        "age",
        "--checks",
        str(tmp_path / "one"),
        "--checks",
        str(tmp_path / "two"),
        stdin=b'{"status": 200, "headers": {"Age": "1"}, "checks": ["!etag", "age==2"]}',
    )
    answer = json.loads(done.stdout)
    assert [(c["check"], c["ok"]) for c in answer["checks"]] == [
        ("age", True),
        (":status", True),
        ("!server", True),
        ("!etag", True),
        ("age==2", False),
    ]


def test_a_bad_line_of_a_file_is_named(tmp_path):
    (tmp_path / "checks").write_text("age\n\nage=2\n")
    done = run("assert", "--checks", "checks", stdin=DUMP, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: checks line 3: cannot parse check 'age=2'")
    (tmp_path / "checks").write_bytes(b"\xff\n")
    assert b"UTF-8" in run("assert", "--checks", "checks", stdin=DUMP, cwd=tmp_path).stderr
    assert run("assert", "--checks", "none", stdin=DUMP, cwd=tmp_path).returncode == 2


def test_tap_is_what_raw_prints():
    done = run("assert", "--raw", ":status", "x~#1", "server==a\nb", stdin=DUMP)
    assert done.stdout.decode().splitlines() == [
        "1..3",
        "ok 1 - :status",
        "not ok 2 - x~\\#1 # the response has no field 'x'",
        "not ok 3 - server==a b # 'server' is 'nginx', expected == a b",
    ]


def test_junit_is_xml_whatever_the_input(tmp_path):
    report = tmp_path / "report.xml"
    done = run("assert", "x-odd==x", ":status", "!a", "--junit", str(report), stdin=DUMP)
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (1, False)
    root = ElementTree.parse(report).getroot()
    [suite] = root
    assert (root.tag, suite.get("tests"), suite.get("failures")) == ("testsuites", "3", "1")
    cases = {case.get("name"): case.find("failure") for case in suite}
    assert list(cases) == ["x-odd==x", ":status", "!a"]
    failure = cases["x-odd==x"]
    assert failure is not None
    assert failure.text == 'actual: <a> & "b" \\x01\\x1b]\xe9'
    assert cases[":status"] is None


def test_junit_has_a_suite_for_each_question(tmp_path):
    report = tmp_path / "report.xml"
    lines = b'{"id": "a<", "status": 200}\n{"status": 404}\n'
    assert run("assert", ":status==200", "--junit", str(report), "-q", stdin=lines).returncode == 1
    suites = ElementTree.parse(report).getroot()
    assert [(s.get("name"), s.get("failures")) for s in suites] == [("a<", "0"), ("message 2", "1")]


def test_a_report_of_nothing_leaves_the_old_one(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text("old")
    assert run("assert", ":status", "--junit", str(report), stdin=b"").returncode == 2
    assert report.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.xml"]


def test_an_exchange_goes_on_to_the_next_command():
    exchange = b'{"request": {"method": "GET", "url": "/"}, "response": {"headers": {"Age": "1"}}}'
    answer = json.loads(run("assert", "age", stdin=exchange).stdout)
    assert answer["response"]["headers"] == {"age": ["1"]}
    again = run("assert", "age==1", stdin=json.dumps(answer).encode())
    assert [check["check"] for check in json.loads(again.stdout)["checks"]] == ["age==1"]
    assert "response" not in json.loads(run("assert", ":status", stdin=DUMP).stdout)


def test_the_first_of_many_lines_is_answered_before_the_next_is_awaited():
    done = shell(
        """{ echo '{"status":200}'; sleep 0.2; echo '{"status":404}'; } |
        httpheaders assert -q :status==200; echo $?"""
    )
    assert done.stdout == b"1\n"
