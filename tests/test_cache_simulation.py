"""What a cache would have answered to recorded traffic."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache_simulation import OUTCOMES, CacheSimulation
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

URL = "http://a.example/x"


def request(url=URL, *, method="GET", **fields):
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return Request(method, url, Headers(named.items()))


def response(value="max-age=10", *, status=200, body=b"hello", **fields):
    named = {"Cache-Control": value} | {n.replace("_", "-"): v for n, v in fields.items()}
    return Response(status, Headers(named.items()), body)


def test_each_outcome():
    simulation = CacheSimulation()
    swr = response("max-age=10, stale-while-revalidate=10", ETag='"1"')
    told = [
        simulation.step(request(), swr, now=0),
        simulation.step(request(), swr, now=9),
        simulation.step(request(), swr, now=15),
        simulation.step(request(), response("max-age=10", ETag='"2"'), now=40),
        simulation.step(request(), response("max-age=10", ETag='"2"'), now=60),
        simulation.step(request(), response("no-store"), now=61),
        simulation.step(request("http://b.example/"), response("no-store"), now=62),
    ]
    assert [one.outcome for one in told] == [
        "miss",
        "hit",
        "stale",
        "refreshed",
        "revalidated",
        "hit",
        "bypass",
    ]
    assert [one.saved for one in told] == [0, 5, 5, 0, 5, 5, 0]
    assert [one.fetched for one in told] == [5, 0, 0, 5, 0, 0, 5]
    summary = simulation.summary()
    assert set(summary.total.outcomes) == set(OUTCOMES)
    assert summary.total.requests == sum(summary.total.outcomes.values()) == 7
    assert summary.total.hit_rate == round(3 / 7, 6)
    assert summary.total.byte_hit_rate == round(20 / 35, 6)
    assert set(summary.by_host) == {"http://a.example", "http://b.example"}
    assert ("hit", "fresh for N more: max-age gives N", 2) in summary.by_reason


def test_what_nobody_answers_saves_nothing():
    simulation = CacheSimulation()
    told = simulation.step(request(Cache_Control="only-if-cached"), response(), now=0)
    assert (told.status, told.outcome, told.size, told.saved) == (504, "miss", 0, 0)
    assert simulation.summary().total.byte_hit_rate == 0


def test_a_time_that_runs_back_is_told():
    simulation = CacheSimulation()
    simulation.step(request(), response(), now=8)
    told = simulation.step(request(), response(), now=1.5)
    assert (told.outcome, told.time) == ("hit", 1.5)
    assert [one.message for one in told.problems] == [
        "6.5 s before the last request: taken as at the same time"
    ]
    assert simulation.step(request(), response(), now=8).problems == ()


def test_contents_are_counted_and_not_kept():
    simulation = CacheSimulation(max_bytes=10_000)
    simulation.step(request(), response(body=b"x" * 5000), now=0)
    (held,) = simulation._store.variants(URL)
    assert held.response.body is None
    assert simulation._store.size > 5000
    simulation.step(request("http://a.example/y"), response(body=b"x" * 5000), now=0)
    assert simulation.summary().evicted == 1


def test_length_is_believed_where_there_is_no_content():
    simulation = CacheSimulation()
    recorded = Response(200, Headers([("Cache-Control", "max-age=9"), ("Content-Length", "700")]))
    simulation.step(request(), recorded, now=0)
    assert simulation.step(request(), recorded, now=1).saved == 700


def test_ranges_are_answered_though_the_octets_are_not_there():
    simulation = CacheSimulation()
    part = response(status=206, body=b"12345", Content_Range="bytes 0-4/10", ETag='"1"')
    simulation.step(request(Range="bytes=0-4"), part, now=0)
    inside = simulation.step(request(Range="bytes=1-2"), part, now=1)
    assert (inside.outcome, inside.status, inside.size) == ("hit", 206, 2)


def test_what_the_client_has_itself_costs_nothing():
    simulation = CacheSimulation()
    recorded = response(ETag='"1"')
    simulation.step(request(), recorded, now=0)
    answer = simulation.step(request(If_None_Match='"1"'), recorded, now=1)
    assert (answer.outcome, answer.status, answer.size, answer.saved) == ("hit", 304, 0, 0)


def test_hosts_and_reasons_beyond_a_number_are_counted_together(monkeypatch):
    monkeypatch.setattr("httpheaders.cache_simulation._MOST_GROUPS", 2)
    simulation = CacheSimulation()
    for number in range(5):
        simulation.step(request(f"http://{number}.example/"), response(), now=0)
    assert simulation.summary().by_host["(others)"].requests == 3


traffic = st.lists(
    st.tuples(
        st.sampled_from(["http://a.example/", "http://a.example/y", "/z"]),
        st.sampled_from(["max-age=3", "no-cache", "no-store", "max-age=1, stale-if-error=9", "x"]),
        st.sampled_from(['"1"', '"2"', 'W/"1"', ""]),
        st.sampled_from([200, 204, 206, 304, 404, 500]),
        st.sampled_from(["GET", "HEAD", "POST"]),
        st.integers(0, 3),
    ),
    max_size=10,
)


@given(traffic, st.integers(0, 3))
def test_sums_agree(recorded, entries):
    simulation = CacheSimulation(max_entries=entries)
    now, fetched = 0, 0
    for url, value, tag, status, method, pause in recorded:
        now += pause
        answer = simulation.step(
            request(url, method=method), response(value, ETag=tag, status=status), now=now
        )
        fetched += answer.fetched
        assert answer.outcome in OUTCOMES
        assert answer.ok
    summary = simulation.summary()
    assert summary.total.requests == len(recorded)
    assert summary.total.without - summary.total.saved == fetched
    assert summary.entries <= entries
    assert sum(tally.requests for tally in summary.by_host.values()) == len(recorded)
    assert sum(count for _, _, count in summary.by_reason) == len(recorded)
