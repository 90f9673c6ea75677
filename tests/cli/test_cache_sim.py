"""`httpheaders cache-sim`, through the installed program."""

from __future__ import annotations

import json

from tests.cli.program import run


def line(t, path="/", value="max-age=10", host="http://a.example", **response):
    return json.dumps(
        {
            "t": t,
            "request": {"method": "GET", "url": f"{host}{path}"},
            "response": {
                "status": 200,
                "headers": {"Cache-Control": value},
                "body": "hello",
                **response,
            },
        }
    ).encode()


def answers(*lines: bytes, arguments: tuple[str, ...] = ()) -> list[dict]:
    done = run("cache-sim", *arguments, stdin=b"\n".join(lines) + b"\n")
    return [json.loads(one) for one in done.stdout.splitlines()]


def test_the_answer_has_all_its_keys():
    _, second = answers(line(0), line(4))
    assert second == {
        "ok": True,
        "reason": "fresh for 6 s more: max-age gives 10 s",
        "reference": "RFC 9111 section 4.2",
        "problems": [],
        "t": 4,
        "url": "http://a.example/",
        "outcome": "hit",
        "status": 200,
        "stored": False,
        "bytes": 5,
        "bytes_from_origin": 0,
        "bytes_saved": 5,
    }


def test_summary():
    lines = [line(0), line(1), line(2, "/y"), line(3, host="http://b.example", value="no-store")]
    (found,) = answers(*lines, arguments=("--summary",))
    assert found["requests"] == 4
    assert found["outcomes"]["hit"] == found["outcomes"]["bypass"] == 1
    assert (found["hit_rate"], found["byte_hit_rate"], found["bytes_saved"]) == (0.25, 0.25, 5)
    assert set(found["by_host"]) == {"http://a.example", "http://b.example"}
    assert found["by_reason"][0] == {
        "outcome": "miss",
        "reason": "nothing is stored for this URI",
        "requests": 2,
    }


def test_bounds():
    lines = [line(0), line(1, "/y"), line(2)]
    small = answers(*lines, arguments=("--max-entries", "1"))
    assert [one["outcome"] for one in small] == ["miss"] * 3
    tiny = answers(line(0), line(1), arguments=("--max-bytes", "10"))
    assert [one["outcome"] for one in tiny] == ["miss"] * 2


def test_kind_of_cache():
    lines = [line(0, value="private, max-age=9"), line(1, value="private, max-age=9")]
    assert answers(*lines)[1]["outcome"] == "bypass"
    assert answers(*lines, arguments=("--private",))[1]["outcome"] == "hit"


def test_explain_lists_the_rules():
    first, second = answers(line(0), line(4), arguments=("--explain",))
    assert first["steps"][0]["outcome"] == "nothing is stored for this URI"
    assert second["steps"][-1]["outcome"] == second["reason"]


def test_har_has_its_own_times():
    entries = [
        {
            "startedDateTime": f"2026-11-22T12:00:{second:02}.000Z",
            "time": 5,
            "request": {"method": "GET", "url": "http://a.example/", "headers": []},
            "response": {
                "status": 200,
                "headers": [{"name": "Cache-Control", "value": "max-age=30"}],
                "content": {"size": 5, "text": "hello"},
            },
        }
        for second in (0, 29, 31)
    ]
    har = json.dumps({"log": {"entries": entries}}).encode()
    done = run("cache-sim", "--raw", stdin=har)
    assert done.stdout.decode().split() == ["miss", "hit", "refreshed"]


def test_bad_line_costs_only_itself():
    done = run("cache-sim", stdin=line(0) + b'\n{"t": 1}\n{"request": {}}\n' + line(2) + b"\n")
    found = [json.loads(one) for one in done.stdout.splitlines()]
    assert [one["ok"] for one in found] == [True, None, None, True]
    assert found[3]["outcome"] == "hit"
    assert done.returncode == 2


def test_time_is_asked_for():
    question = b'{"request": {"url": "/"}, "response": {"status": 200}}'
    done = run("cache-sim", stdin=question)
    assert done.returncode == 2
    assert b"expected the time of the request in seconds at $.t" in done.stderr


def test_private_cache_has_no_targets():
    done = run("cache-sim", "--private", "--cdn", stdin=line(0))
    assert (done.returncode, b"leave out --cdn" in done.stderr) == (2, True)
