"""Policy documents: what they may say."""

from __future__ import annotations

import contextlib
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cors_policy import CorsPolicy
from httpheaders.errors import HttpHeadersError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.policy import Route, _matches, segments_of
from httpheaders.policy_document import (
    _DEFAULT_KEYS,
    _LIMIT_KEYS,
    _ROUTE_KEYS,
    _SECTIONS,
    _SESSION_KEYS,
    PolicyDocumentError,
    _TakenPaths,
    policy_of,
)
from httpheaders.policy_file import parse_policy
from httpheaders.policy_phases import run_policy
from httpheaders.syntax.grammar import is_field_value

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


ROUTE = {
    "methods": ["GET"],
    "session": True,
    "roles": ["admin"],
    "accept": ["text/plain"],
    "body_limit": "10KiB",
    "offers": ["text/plain"],
    "cache": "private-short",
    "gzip": True,
    "etag": True,
    "unavailable": 5,
}
# Every key with what it may have.
GOOD = {
    "limits": {"max_target": 99, "max_fields": 9, "max_header_size": "1KiB", "max_body": 9},
    "cors": {
        "allow_origins": ["https://a.example"],
        "allow_origin_regexes": ["https://a"],
        "allow_methods": ["PUT"],
        "allow_headers": ["x"],
        "expose_headers": ["x"],
        "allow_credentials": True,
        "max_age": "10m",
        "fixed_origin": False,
        "preflight_status": 204,
    },
    "session": {
        "key_file": "a",
        "old_key_files": ["b"],
        "format": "httpheaders",
        "cookie": "sid",
        "salt": "a",
        "leeway": "10s",
        "realm": "a",
    },
    "defaults": ROUTE,
    "route": {"path": "/*", **ROUTE},
}
# A route that is unavailable asks for nothing else.
AVAILABLE = {
    name: {key: value for key, value in keys.items() if key != "unavailable"}
    for name, keys in GOOD.items()
}
SMALLEST = {"session": {"key_file": "a"}, "route": {"path": "/*", "session": True}}
KNOWN = {
    "limits": _LIMIT_KEYS,
    "cors": inspect.signature(CorsPolicy).parameters,
    "session": _SESSION_KEYS.keys() - {"key_env"},  # it never stands beside a key_file
    "defaults": _DEFAULT_KEYS,
    "route": _ROUTE_KEYS,
}


def test_every_key_is_tried():
    assert GOOD.keys() == set(_SECTIONS)
    for name, keys in GOOD.items():
        assert keys.keys() == set(KNOWN[name])


def judged(document):
    """What a document does to a request with a token, and to one without."""
    policy = policy_of({**document, "route": [document["route"]]}, read_key=read_key)
    token = policy.session.form.sign({"role": "user"}, now=0)
    for value in (f"Bearer {token}", "x"):
        fields = [("Authorization", value), ("Origin", "https://a.example")]
        answer = run_policy(Request("GET", "/", Headers(fields)), policy, now=0)
        yield from answer.response.headers


# JSON can say control characters and lone surrogates; expressions can be of any size.
ODD_TEXT = ("", "a\r\nX: y", "a\n", "\0", "\ud800", "\udcff", "é", "/é", "/\r", "(a{,9}){99}" * 9)
ODD = (
    *ODD_TEXT,
    None,
    True,
    0,
    -1,
    1.5,
    1e306,
    10**400,
    [],
    {},
    [None],
    {"a": {}},
    "a" + "*" * 999,
)


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in GOOD for key in GOOD[name]])
@pytest.mark.parametrize("others", [SMALLEST, AVAILABLE], ids=["alone", "beside-all-others"])
def test_whatever_a_key_has_our_error_comes_out_or_fields_that_can_be_sent(name, key, others):
    for odd in (*ODD, *([text] for text in ODD_TEXT)):
        document = {**others, name: {**others.get(name, {}), key: odd}}
        with contextlib.suppress(PolicyDocumentError):
            assert all(is_field_value(value) for _, value in judged(document))


def test_what_is_taken_for_good_is_good():
    assert list(judged(GOOD))
    assert ("WWW-Authenticate", 'Bearer realm="api"') in judged(SMALLEST)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
)
KEYS = st.sampled_from([*GOOD, *(key for keys in GOOD.values() for key in keys)])


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
