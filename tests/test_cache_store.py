"""The store: bounded, and the least recently used goes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache import Cache
from httpheaders.cache_policy import stored_response
from httpheaders.cache_store import CacheStore, content_length
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response


def entry(name, *, body=b"", fields=(), asked=()):
    request = Request("GET", f"http://a.example/{name}", Headers(asked))
    held = Response(200, Headers(fields), body)
    return stored_response(request, held, request_time=0, response_time=0)


def names(store, *candidates):
    return "".join(c for c in candidates if store.variants(f"http://a.example/{c}"))


def test_least_recently_used_goes_first():
    store = CacheStore(max_entries=2)
    a, b, c = entry("a"), entry("b"), entry("c")
    store.put(a)
    store.put(b)
    store.touch(a)
    store.put(c)
    assert names(store, "a", "b", "c") == "ac"
    assert store.evicted == 1


def test_octets_are_bounded():
    store = CacheStore(max_bytes=5000)
    store.put(entry("a", body=b"x" * 2500))
    store.put(entry("b", body=b"x" * 2500))
    assert names(store, "a", "b") == "b"
    assert not store.put(entry("c", body=b"x" * 5000))
    assert names(store, "b", "c") == "b"


def test_same_variant_is_replaced_and_others_stay():
    store = CacheStore()
    vary = [("Vary", "Accept")]
    store.put(entry("a", body=b"1", fields=vary, asked=[("Accept", "x")]))
    store.put(entry("a", body=b"2", fields=vary, asked=[("Accept", "y")]))
    store.put(entry("a", body=b"3", fields=vary, asked=[("Accept", "x")]))
    bodies = {one.response.body for one in store.variants("http://a.example/a")}
    assert bodies == {b"2", b"3"}


def test_variants_of_one_uri_are_bounded():
    store = CacheStore()
    for number in range(200):
        store.put(entry("a", fields=[("Vary", "Accept")], asked=[("Accept", str(number))]))
    assert len(store.variants("http://a.example/a")) == len(store) == 64


def test_nothing_is_kept_without_room():
    assert not CacheStore(max_entries=0).put(entry("a"))


def test_request_finds_its_uri_however_it_is_spelt():
    store = CacheStore()
    store.put(entry("a"))
    assert store.variants_for(Request("GET", "HTTP://A.example:80/a"))


def test_a_path_is_not_the_authority_of_another_host():
    store = CacheStore()
    cache = Cache(store=store)
    fresh = Response(200, Headers([("Cache-Control", "max-age=60")]), b"of a")
    ours = Request("GET", "/x", Headers([("Host", "a.example")]))
    other = Request("GET", "//a.example/x", Headers([("Host", "b.example")]))
    assert cache.handle(ours, lambda _: fresh, lambda: 0.0).outcome == "miss"
    assert cache.handle(ours, lambda _: fresh, lambda: 0.0).outcome == "hit"
    assert cache.handle(other, lambda _: fresh, lambda: 0.0).outcome == "miss"


def test_length_is_counted_or_believed():
    assert content_length(Response(200, Headers([("Content-Length", "9")]), b"abc")) == 3
    assert content_length(Response(200, Headers([("Content-Length", "9")]))) == 9
    assert content_length(Response(200, Headers([("Content-Length", "x")]))) == 0


actions = st.lists(
    st.tuples(st.sampled_from(["put", "touch", "remove", "remove_uri"]), st.sampled_from("abcdef")),
    max_size=40,
)


@given(actions, st.integers(0, 4))
def test_store_keeps_its_bounds_and_its_sums(steps, bound):
    store = CacheStore(max_entries=bound)
    for action, name in steps:
        if action == "remove_uri":
            store.remove_uri(f"http://a.example/{name}")
        else:
            getattr(store, action)(entry(name))
        assert len(store) <= bound
    for name in "abcdef":
        store.remove_uri(f"http://a.example/{name}")
    assert (len(store), store.size) == (0, 0)
