"""The pool that decides."""

from __future__ import annotations

from collections import Counter
from math import inf

import pytest
from hypothesis import given, settings

from httpheaders.connection_pool import (
    Assigned,
    Closed,
    Dialing,
    Opened,
    Pool,
    Queued,
    Refused,
)
from httpheaders.errors import PolicyError, PoolError
from httpheaders.pool_parameters import PoolParameters
from httpheaders.pool_simulation import PoolRun
from tests.pool_strategies import rules, traces


def in_short(decisions):
    """Say what was decided in a few words."""
    return [SAID[type(decision)](decision) for decision in decisions]


SAID = {
    Opened: lambda made: f"open {made.connection}",
    Dialing: lambda made: f"dial {made.connection}",
    Assigned: lambda made: f"{made.request} on {made.connection}",
    Queued: lambda made: f"{made.request} waits",
    Refused: lambda made: f"{made.request} refused",
    Closed: lambda made: f"close {made.connection}: {made.reason}",
}


def play(parameters, *events):
    """Run events, and give what the last of them decided."""
    pool = Pool(parameters)
    decisions = []
    for event, *arguments in events:
        match event:
            case "request":
                request, host, now = arguments
                decisions = pool.request(request, host, now=now)
            case "release":
                connection, now = arguments
                decisions = pool.release(connection, now=now)
            case "close":
                connection, now = arguments
                decisions = pool.release(connection, now=now, reusable=False)
            case "connected":
                connection, now = arguments
                decisions = pool.connected(connection, now=now)
            case "dropped":
                connection, now = arguments
                decisions = pool.dropped(connection, now=now)
            case "advance":
                decisions = pool.advance(now=arguments[0])
    return in_short(decisions)


def a(number, now):
    return ("request", f"r{number}", "a", now)


def b(number, now):
    return ("request", f"r{number}", "b", now)


TWO_IDLE = [a(1, 0), a(2, 0), ("release", 1, 1), ("release", 2, 2)]


@pytest.mark.parametrize(
    ("parameters", "events", "decided"),
    [
        pytest.param({}, [a(1, 0)], ["open 1", "r1 on 1"], id="the first request opens"),
        pytest.param({}, [*TWO_IDLE, a(3, 3)], ["r3 on 2"], id="lifo takes what came free last"),
        pytest.param(
            {"order": "fifo"}, [*TWO_IDLE, a(3, 3)], ["r3 on 1"], id="fifo what came free first"
        ),
        pytest.param(
            {"order": "created"},
            [a(1, 0), a(2, 0), ("release", 2, 1), ("release", 1, 2), a(3, 3)],
            ["r3 on 1"],
            id="created takes the oldest connection",
        ),
        pytest.param(
            {"order": "slot", "idle_timeout": 2},
            [*TWO_IDLE, a(3, 3.5)],
            ["close 1: idle timeout", "open 3", "r3 on 3"],
            id="the first free slot though its connection is dead",
        ),
        pytest.param(
            {"idle_timeout": 1},
            [a(1, 0), ("release", 1, 1), a(2, 2)],
            ["r2 on 1"],
            id="idle for exactly the timeout is reused",
        ),
        pytest.param(
            {"idle_timeout": 1},
            [a(1, 0), ("release", 1, 1), a(2, 2.01)],
            ["close 1: idle timeout", "open 2", "r2 on 2"],
            id="idle for longer is not",
        ),
        pytest.param(
            {"idle_timeout": 0.2},
            [a(1, 0), ("release", 1, 0.1), a(2, 0.1 + 0.2)],
            ["r2 on 1"],
            id="fractions that do not add up in binary are one instant",
        ),
        pytest.param(
            {"server_timeout": 1, "idle_timeout": 5},
            [a(1, 0), ("release", 1, 1), a(2, 3)],
            ["close 1: server timeout", "open 2", "r2 on 2"],
            id="the server hangs up first",
        ),
        pytest.param({"max_per_host": 1}, [a(1, 0), a(2, 1)], ["r2 waits"], id="full: wait"),
        pytest.param(
            {"max_per_host": 1, "on_full": "error"}, [a(1, 0), a(2, 1)], ["r2 refused"],
            id="full: fail",
        ),
        pytest.param(
            {"max_per_host": 1, "on_full": "discard"},
            [a(1, 0), a(2, 1), ("release", 1, 2), ("release", 2, 3)],
            ["close 2: idle limit"],
            id="full: open one more and discard it",
        ),
        pytest.param(
            {"max_per_host": 1},
            [a(1, 0), a(2, 1), a(3, 1), ("release", 1, 2)],
            ["r2 on 1"],
            id="the first to wait is served first",
        ),
        pytest.param(
            {"max_per_host": 1},
            [a(1, 0), a(2, 1), ("close", 1, 2)],
            ["close 1: request limit", "open 2", "r2 on 2"],
            id="a closed connection makes room for who waits",
        ),
        pytest.param(
            {"max_per_host": 1, "wait_timeout": 1},
            [a(1, 0), a(2, 1), ("advance", 2)],
            ["r2 refused"],
            id="a wait times out",
        ),
        pytest.param(
            {"max_per_host": 1, "wait_timeout": 1},
            [a(1, 0), a(2, 1), ("release", 1, 2)],
            ["r2 on 1"],
            id="a release at that very instant is in time",
        ),
        pytest.param(
            {"max_total": 1},
            [a(1, 0), b(2, 1), ("release", 1, 2)],
            [],
            id="an idle connection of one host blocks another",
        ),
        pytest.param(
            {"max_total": 1, "idle_timeout": 3},
            [a(1, 0), b(2, 1), ("release", 1, 2), ("advance", 5)],
            ["close 1: idle timeout", "open 2", "r2 on 2"],
            id="until it times out",
        ),
        pytest.param(
            {"max_total": 1, "full_evicts": "oldest"},
            [a(1, 0), ("release", 1, 1), b(2, 1.5)],
            ["close 1: made room", "open 2", "r2 on 2"],
            id="or is closed to make room",
        ),
        pytest.param(
            {"max_total": 1, "max_idle_per_host": 0},
            [a(1, 0), b(2, 1), ("release", 1, 5)],
            ["close 1: idle limit", "open 2", "r2 on 2"],
            id="an idle cap makes room",
        ),
        pytest.param(
            {"max_total": 1, "max_idle_total": 0},
            [a(1, 0), b(2, 1), ("release", 1, 5)],
            ["close 1: idle limit over all hosts", "open 2", "r2 on 2"],
            id="so does one over all hosts",
        ),
        pytest.param(
            {"max_total": 3, "max_hosts": 2},
            [a(1, 0), a(2, 0), b(3, 0), b(4, 1), ("release", 1, 2), ("release", 2, 2),
             ("request", "r5", "c", 3)],
            ["close 2: host forgotten", "close 1: host forgotten", "open 4", "r5 on 4", "open 5",
             "r4 on 5"],
            id="so does a host that is forgotten",
        ),
        pytest.param(
            {"max_total": 2, "max_lifetime": 2},
            [a(1, 0), a(2, 0), b(3, 1), ("release", 1, 2), ("release", 2, 2), a(4, 3)],
            ["close 2: lifetime", "close 1: lifetime", "open 3", "r4 on 3", "open 4", "r3 on 4"],
            id="so do connections that are too old",
        ),
        pytest.param(
            {"max_total": 1, "max_idle_total": 1, "idle_total_policy": "sweep", "idle_timeout": 2},
            [a(1, 0), b(2, 1), ("release", 1, 2), ("advance", 5)],
            ["close 1: idle timeout", "open 2", "r2 on 2"],
            id="so does a sweep",
        ),
        pytest.param(
            {"max_total": 1},
            [a(1, 0), b(2, 1), ("release", 1, 2), ("dropped", 1, 3)],
            ["close 1: dropped", "open 2", "r2 on 2"],
            id="so does what is closed from outside",
        ),
        pytest.param(
            {"idle_timeout": 5},
            [a(1, 0), ("release", 1, 1), ("dropped", 1, 10)],
            ["close 1: idle timeout"],
            id="what expired before was not closed from outside",
        ),
        pytest.param(
            {"max_total": 1, "limit_scope": "busy"},
            [a(1, 0), ("release", 1, 1), b(2, 1.5)],
            ["open 2", "r2 on 2"],
            id="or does not count",
        ),
        pytest.param(
            {"max_idle_per_host": 1}, TWO_IDLE, ["close 2: idle limit"], id="an idle cap a host"
        ),
        pytest.param(
            {"max_idle_total": 1},
            [a(1, 0), b(2, 0), ("release", 1, 1), ("release", 2, 2)],
            ["close 1: idle limit over all hosts"],
            id="an idle cap over hosts closes the one idle longest",
        ),
        pytest.param(
            {"max_idle_total": 1, "idle_total_policy": "sweep"},
            [a(1, 0), a(2, 0), ("release", 1, 1)],
            ["close 1: idle limit"],
            id="httpcore's counts busy ones too",
        ),
        pytest.param(
            {"max_requests": 1},
            [a(1, 0), ("release", 1, 1)],
            ["close 1: request limit"],
            id="the server closes after so many requests",
        ),
        pytest.param(
            {"max_requests": 1, "dead_slots": True, "max_idle_per_host": 1},
            [a(1, 0), a(2, 0), ("release", 1, 1), ("release", 2, 1)],
            ["close 2: idle limit"],
            id="even what the server closed takes a place, and is discarded when there is none",
        ),
        pytest.param(
            {"server_timeout": 1, "dead_slots": True},
            [a(1, 0), ("release", 1, 1), a(2, 9)],
            ["close 1: server timeout", "open 2", "r2 on 2"],
            id="a dead slot is opened anew",
        ),
        pytest.param(
            {"max_lifetime": 2},
            [a(1, 0), ("release", 1, 1), a(2, 2.5)],
            ["close 1: lifetime", "open 2", "r2 on 2"],
            id="too old",
        ),
        pytest.param(
            {"max_lifetime": 2, "order": "slot"},
            [a(1, 0), a(2, 1), ("release", 2, 2.5), a(3, 2.6), ("release", 1, 3)],
            ["close 1: lifetime passed in use"],
            id="too old in use",
        ),
        pytest.param(
            {"max_lifetime": 2, "order": "slot"},
            [a(1, 0), a(2, 1), a(3, 1), ("release", 2, 2.5), a(4, 2.9), ("release", 3, 4),
             ("release", 1, 4), a(5, 4.5)],
            ["close 3: lifetime", "open 4", "r5 on 4"],
            id="too old and idle",
        ),
        pytest.param(
            {"max_lifetime": 2, "order": "slot"},
            [a(1, 0), a(2, 1), ("release", 1, 1.5), a(3, 2.5), a(4, 4), ("release", 2, 5)],
            ["close 2: lifetime passed in use"],
            id="too old behind a slot that is not",
        ),
        pytest.param(
            {"max_hosts": 1},
            [a(1, 0), ("release", 1, 1), b(2, 2)],
            ["close 1: host forgotten", "open 2", "r2 on 2"],
            id="a host is forgotten",
        ),
        pytest.param(
            {"max_hosts": 1},
            [a(1, 0), b(2, 1), ("release", 1, 2)],
            ["close 1: host forgotten"],
            id="and what was in use for it is closed when it comes back",
        ),
        pytest.param(
            {"connect_time": 1}, [a(1, 0)], ["dial 1"], id="opening takes time"
        ),
        pytest.param(
            {"connect_time": 1}, [a(1, 0), ("connected", 1, 1)], ["open 1", "r1 on 1"],
            id="and then the request goes",
        ),
        pytest.param(
            {"connect_time": 1, "late_binding": True},
            [a(1, 0), ("connected", 1, 1), a(2, 2), ("release", 1, 2.5)],
            ["r2 on 1"],
            id="what comes free first is taken",
        ),
        pytest.param(
            {"connect_time": 1, "late_binding": True, "max_idle_per_host": 0},
            [a(1, 0), ("connected", 1, 1), a(2, 2), ("release", 1, 2.5), ("connected", 2, 3)],
            ["open 2", "close 2: idle limit"],
            id="and the loser is left over",
        ),
        pytest.param(
            {"max_total": 1, "order": "created", "full_evicts": "created"},
            [a(1, 0), a(2, 1), b(3, 1), ("release", 1, 2)],
            ["close 1: idle limit", "open 2", "r3 on 2"],
            id="httpcore closes for another host what it gave to a waiting request",
        ),
    ],
)  # fmt: skip
def test_decisions(parameters, events, decided):
    assert play(PoolParameters(**parameters), *events) == decided


def test_a_lost_connection_begins_the_wait_anew():
    """httpcore: who loses what it was given queues again, its wait beginning afresh."""
    pool = Pool(PoolParameters(max_total=1, order="created", full_evicts="created", wait_timeout=3))
    pool.request("r1", "a", now=0)
    pool.request("r2", "a", now=1)
    pool.request("r3", "b", now=1)
    assert in_short(pool.release(1, now=2)) == ["close 1: idle limit", "open 2", "r3 on 2"]
    assert in_short(pool.advance(now=4)) == []
    assert pool.next_timer == 5
    assert in_short(pool.advance(now=5)) == ["r2 refused"]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        pytest.param(
            [("release", 1, 0)], "cannot release connection 1: it is not open", id="never got"
        ),
        pytest.param(
            [a(1, 0), ("release", 1, 1), ("release", 1, 2)],
            "cannot release connection 1: it is idle",
            id="twice",
        ),
        pytest.param([a(1, 5), a(2, 3)], "time runs back from 5 to 3", id="time runs back"),
        pytest.param([a(1, float("nan"))], "time runs back from -inf to nan", id="no time at all"),
        pytest.param(
            [a(1, 0), ("connected", 1, 1)],
            "cannot connect connection 1: it is in use",
            id="is open",
        ),
    ],
)  # fmt: skip
def test_events_that_cannot_be(events, message):
    with pytest.raises(PoolError, match=message):
        play(PoolParameters(), *events)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": "newest"}, "order 'newest' is not known: expected lifo, fifo, created or slot"),
        ({"max_per_host": 0}, "max_per_host 0 is not a count: expected a whole number from 1"),
        ({"max_total": 2.5}, "max_total 2.5 is not a count"),
        ({"max_hosts": True}, "max_hosts True is not a count"),
        ({"dead_slots": "false"}, "dead_slots 'false' is neither true nor false"),
        ({"idle_timeout": -1}, "idle_timeout -1 is not a duration: expected seconds, 0 or more"),
        ({"connect_time": None}, "connect_time None is not a duration"),
        ({"idle_timeout": float("nan")}, "idle_timeout nan is not a duration"),
    ],
)
def test_rules_that_no_pool_can_follow(changes, message):
    with pytest.raises(PolicyError, match=message):
        Pool(PoolParameters(**changes))


class Watch:
    """Look at every decision, and hold it against what must always be."""

    def __init__(self, rules):
        self.rules = rules
        self.in_use = {}
        self.open = Counter()
        self.alive = set()
        self.answered = Counter()
        self.carried = Counter()
        self.dialled = {}
        self.waiting = {}

    def see(self, decision, now):
        del now
        getattr(self, type(decision).__name__.lower())(decision)

    def opened(self, made):
        assert made.connection not in self.alive
        self.alive.add(made.connection)
        if self.dialled.pop(made.connection, None) is None:
            self.open[made.host] += 1

    def dialing(self, made):
        self.open[made.host] += 1
        self.dialled[made.connection] = made.host
        self.waiting.pop(made.request.request, None)

    def queued(self, made):
        self.waiting[made.request.request] = made.host

    def assigned(self, made):
        assert made.connection in self.alive
        assert made.connection not in self.in_use, "two requests on one connection"
        assert made.reused == (self.carried[made.connection] > 0)
        assert made.waited >= 0
        assert made.idle >= 0
        timeout = self.rules.idle_timeout
        assert timeout is None or made.idle <= timeout
        self.in_use[made.connection] = made.request
        self.carried[made.connection] += 1
        limit = self.rules.max_requests
        assert limit is None or self.carried[made.connection] <= limit
        self.answered[made.request.request] += 1
        self.waiting.pop(made.request.request, None)

    def refused(self, made):
        assert made.reason
        self.answered[made.request.request] += 1
        self.waiting.pop(made.request.request, None)

    def closed(self, made):
        self.alive.discard(made.connection)
        self.open[made.host] -= 1
        assert made.connection not in self.in_use
        assert made.requests == self.carried[made.connection]
        assert made.idle >= 0

    def has_room(self, host):
        busy = Counter([*self.dialled.values(), *(token.host for token in self.in_use.values())])
        counted = self.open if self.rules.limit_scope == "open" else busy
        of_host, total = self.rules.max_per_host, self.rules.max_total
        return (of_host is None or counted[host] < of_host) and (
            total is None or counted.total() < total
        )

    def nobody_waits_in_vain(self):
        assert not [host for host in self.waiting.values() if self.has_room(host)]


@settings(max_examples=300, deadline=None)
@given(rules, traces())
def test_whatever_the_rules(parameters, rows):
    watch = Watch(parameters)

    def ended(number, now):
        del now
        for connection, token in list(watch.in_use.items()):
            if token.request == number:
                del watch.in_use[connection]

    run = PoolRun(parameters, per_connection=True, on_end=ended, record=watch.see)
    for number, (t, host, duration) in enumerate(rows):
        while run.step(before=t):
            watch.nobody_waits_in_vain()
        run.arrive(t, host, duration, number)
        watch.nobody_waits_in_vain()
        caps_hold(run.pool, parameters)
    while len(watch.answered) < len(rows) and run.step(before=inf):
        watch.nobody_waits_in_vain()
    run.finish()
    caps_hold(run.pool, parameters)
    total = run.tally.total
    assert set(watch.answered) == set(range(len(rows))), "every request is served or refused"
    assert set(watch.answered.values()) == {1}, "and once only"
    assert total.created + total.reused + total.errors == total.requests + total.unused
    assert total.reused == sum(max(count - 1, 0) for count in run.tally.carried.values())
    assert run.pool.busy_count == 0 or parameters.connect_time


def caps_hold(pool, parameters):
    if parameters.on_full == "discard":
        return
    if parameters.max_total is not None and parameters.limit_scope == "open":
        assert pool.open_count <= parameters.max_total
    if parameters.max_idle_total is not None and parameters.idle_total_policy == "oldest":
        assert pool.idle_count <= parameters.max_idle_total


def test_ages_are_kept_of_what_is_open_alone():
    pool = Pool(PoolParameters(order="slot", max_lifetime=100, max_requests=1))
    for number in range(1000):
        pool.request(number, "a", now=number / 100)
        pool.release(number + 1, now=number / 100)
    (host,) = pool._hosts.values()
    assert len(host.ages._opened) <= 66
