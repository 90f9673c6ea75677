"""Who waits in a pool, and whose turn is next: held against a plain list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from httpheaders.idle_connections import ByRelease
from httpheaders.pool_hosts import Host
from httpheaders.waiting_requests import WaitingRequests

NAMES = ("a", "b", "c")


def hosts():
    return {name: Host(name, ByRelease(newest_first=True)) for name in NAMES}


def queue_of(names, known, *, wait_timeout=None):
    """One request after another, a second apart, each for the host of that name."""
    waiting = WaitingRequests(wait_timeout)
    waiters = []
    for now, name in enumerate(names):
        waiter = waiting.new(now, known[name], float(now))
        waiting.add(waiter, float(now))
        waiting.ask_to_open(waiter)
        waiters.append(waiter)
    return waiting, waiters


@given(st.lists(st.sampled_from(NAMES), max_size=12), st.randoms())
def test_the_host_of_the_longest_wait_comes_first(names, chance):
    known = hosts()
    waiting, waiters = queue_of(names, known)
    while waiters:
        assert waiting.first_host() is waiters[0].host
        others = [waiter.host for waiter in waiters if waiter.host is not waiters[0].host]
        assert waiting.first_host_but(waiters[0].host) is (others[0] if others else None)
        waiting.remove(waiters.pop(chance.randrange(len(waiters))))
    assert waiting.first_host() is None
    assert waiting.requests == {}


@given(st.lists(st.sampled_from(NAMES), max_size=12), st.integers(0, 14))
def test_a_wait_ends_at_its_deadline(names, before):
    waiting, waiters = queue_of(names, hosts(), wait_timeout=2)
    ended = [waiter.request for waiter in waiting.timed_out(before)]
    assert ended == [waiter.request for waiter in waiters if waiter.since + 2 < before]
    left = [waiter.since + 2 for waiter in waiters if waiter.since + 2 >= before]
    assert waiting.next_deadline() == (left[0] if left else None)


def test_a_wait_that_begins_afresh_ends_later():
    known = hosts()
    waiting, _ = queue_of("aab", known, wait_timeout=10)
    waiting.begin_afresh(known["a"], before=2, now=5.0)
    assert waiting.next_deadline() == 10
    for now, ended in ((11.0, []), (12.0, [1]), (15.0, [2]), (15.5, [0])):
        assert [waiter.request for waiter in waiting.timed_out(now)] == ended


def test_a_host_that_was_passed_over_is_noted_again():
    known = hosts()
    waiting, _ = queue_of("ab", known)
    waiting.drop_head()
    assert waiting.first_host() is known["b"]
    waiting.note_head(known["a"])
    assert waiting.first_host() is known["a"]
