"""Policy documents: what they may say."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import HttpHeadersError
from httpheaders.policy import Route, _matches, segments_of
from httpheaders.policy_document import _TakenPaths, policy_of
from httpheaders.policy_file import parse_policy

KEY = b"k" * 32


def read_key(kind, name):
    return KEY


def read(text, *, is_json=False):
    return parse_policy(text.encode(), is_json=is_json, read_key=read_key)


WHOLE = """
[limits]
max_body = "1MiB"

[cors]
allow_origins = ["https://a.example"]

[session]
key_file = "key"
old_key_files = ["old"]
cookie = "sid"
leeway = "10s"

[defaults]
gzip = true

[[route]]
path = "/users"
methods = ["GET", "POST"]
roles = ["admin"]
accept = "application/json"
body_limit = "10KiB"
offers = ["application/json"]
cache = "private-short"
etag = true

[[route]]
path = "/*"
gzip = false
"""


def test_a_whole_policy():
    policy = read(WHOLE)
    assert policy.limits.max_body == 1 << 20
    assert policy.cors.allow_origins == ("https://a.example",)
    assert policy.session.cookie == "sid"
    users, rest = policy.routes
    assert users == Route(
        "/users", ("GET", "POST"), False, ("admin",), ("application/json",), 10240,
        ("application/json",), "private-short", True, True,
    )  # fmt: skip
    assert rest.gzip is False


def test_json_says_the_same():
    import json
    import tomllib

    assert str(read(json.dumps(tomllib.loads(WHOLE)), is_json=True).routes) == str(
        read(WHOLE).routes
    )


def test_without_routes_everything_has_the_defaults():
    assert read("[defaults]\netag = true\n").routes == (Route("/*", etag=True),)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
)


KEYS = st.sampled_from(
    ["limits", "cors", "session", "route", "path", "methods", "gzip", "max_body", "key_file"]
)


@given(st.dictionaries(KEYS, JSON | st.lists(st.dictionaries(KEYS, JSON), max_size=2)))
def test_only_our_errors_come_out_of_documents(document):
    with contextlib.suppress(HttpHeadersError):
        policy_of(document, read_key=read_key)


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(("a", "b", "{x}", "{y}", "")), min_size=1, max_size=3),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_a_route_is_refused_where_an_earlier_one_takes_all_its_paths(drawn):
    paths: list[str] = []
    taken = _TakenPaths()
    for segments, takes_all in drawn:
        path = "/" + "/".join(segments)
        path = path.rstrip("/") + "/*" if takes_all else path
        segments = segments_of(path)
        takers = (one for one in paths if one == path or _matches(segments_of(one), segments))
        expected = next(takers, None)
        assert taken.first_of(path) == expected
        if expected is None:
            paths.append(path)
            taken.add(path)
