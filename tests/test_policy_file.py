"""Policy files: the text of a policy, and the line of whatever is wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import HttpHeadersError, PolicyError
from httpheaders.policy_file import load_policy, parse_policy

KEY = b"k" * 32


def read_key(kind, name):
    return KEY


def read(text, *, is_json=False):
    return parse_policy(text.encode(), is_json=is_json, read_key=read_key)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[limit]", "line 1: unknown key 'limit': did you mean 'limits'", id="section"),
        pytest.param("\n\n[limits]\nmax = 1", "line 4: unknown key 'max'", id="key"),
        pytest.param("[limits]\nmax_body = -1", "line 2: expected octets", id="negative"),
        pytest.param(
            "[limits]\nmax_fields = true", "line 2: expected a whole", id="flag-as-number"
        ),
        pytest.param("limits = 1", "line 1: expected a table", id="section-as-number"),
        pytest.param("route = 1", "line 1: expected a list of routes", id="route-as-number"),
        pytest.param("[[route]]\ngzip = true", "line 1: a route has a path", id="no-path"),
        pytest.param('[[route]]\npath = "x"', "line 2: a path begins with a slash", id="no-slash"),
        pytest.param('[[route]]\npath = "/a*"', "line 2: '*' stands for all", id="star-in-segment"),
        pytest.param('[[route]]\npath = "/a%20"', "line 2: a path is matched decoded", id="coded"),
        pytest.param('[[route]]\npath = "/{}"', "line 2: '{}' is not like", id="no-name"),
        pytest.param(
            '[[route]]\npath = "/*"\n[[route]]\npath = "/a"', "line 4: it is never", id="unreached"
        ),
        pytest.param(
            '[[route]]\npath = "/"\nmethods = ["get"]', "line 3: methods are case", id="lower-case"
        ),
        pytest.param(
            '[[route]]\npath = "/"\nmethods = [1]', "line 3: expected a method", id="number"
        ),
        pytest.param(
            '[[route]]\npath = "/"\naccept = ["json"]',
            "line 3: expected a media type",
            id="no-type",
        ),
        pytest.param(
            '[[route]]\npath = "/"\noffers = ["text/*"]',
            "line 3: expected a media",
            id="star-offer",
        ),
        pytest.param(
            '[[route]]\npath = "/"\ncache = "always"', "line 3: unknown strategy", id="strategy"
        ),
        pytest.param(
            '[[route]]\npath = "/"\nroles = ["a"]',
            "line 1: a route that needs a ses",
            id="no-session",
        ),
        pytest.param('[cors]\nallow_origin = "https://a.example/"', "ends in a slash", id="origin"),
        pytest.param("[cors]\nmax_age = true", "line 2: 'max_age' is not a whole", id="cors-type"),
        pytest.param("[cors]\norigins = 1", "line 2: unknown key 'origins'", id="cors-key"),
        pytest.param("[session]\n", "line 1: expected a key_file or a key_env", id="no-key"),
        pytest.param(
            '[session]\nkey_file = "a"\nkey_env = "B"', "and not both at 'session'", id="two-keys"
        ),
        pytest.param(
            '[session]\nkey_file = "a"\nformat = "jwt"', "unknown format 'jwt'", id="token-format"
        ),
        pytest.param(
            '[session]\nkey_file = "a"\ncookie = "a b"', "line 3: expected a coo", id="cookie"
        ),
        pytest.param(
            '[session]\nkey_file = "a"\nrealm = "a\\r\\nX: y"',
            "line 3: expected a realm in ASCII",
            id="realm-of-two-lines",
        ),
        pytest.param('[session]\nkey_file = "a"\nrealm = "é"', "in ASCII", id="realm-not-ascii"),
        pytest.param("a = ", "line 1: invalid value", id="toml-syntax"),
        pytest.param("a = 1\na = 2", "line 2: cannot overwrite a value", id="toml-twice"),
        pytest.param("[a", "line 1: ", id="toml-end"),
    ],
)
def test_what_is_refused_in_toml(text, told):
    with pytest.raises(PolicyError) as caught:
        read(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param('{"route": [\n{"path": "x"}]}', "line 2: a path begins", id="value"),
        pytest.param('{\n"limits": {\n\n"max": 1}}', "line 4: unknown key 'max'", id="key"),
        pytest.param('{"a":\n1, "a": 2}', "key 'a' is given twice", id="twice"),
        pytest.param('{"a": NaN}', "NaN is not JSON", id="nan"),
        pytest.param('{\n"a" 1}', "line 2: expecting ':' delimiter", id="syntax"),
        pytest.param("[]", "line 1: expected an object", id="list"),
        pytest.param("[" * 100_000, "nested too deeply", id="depth"),
        pytest.param('{"limits": {"max_body": ' + "9" * 5000 + "}}", "too long", id="digits"),
    ],
)
def test_what_is_refused_in_json(text, told):
    with pytest.raises(PolicyError) as caught:
        read(text, is_json=True)
    assert told in str(caught.value)


@given(st.text(alphabet='[]{}"=.,\n\\ #path', max_size=60), st.booleans())
def test_only_our_errors_come_out_of_text(text, is_json):
    with contextlib.suppress(HttpHeadersError):
        read(text, is_json=is_json)


def test_a_file_with_its_key_beside_it(tmp_path):
    (tmp_path / "policy.toml").write_text('[session]\nkey_file = "key"\n')
    (tmp_path / "key").write_bytes(KEY + b"\n")
    policy = load_policy(str(tmp_path / "policy.toml"))
    assert policy.session.form.keys.secrets == (KEY,)


def test_a_key_out_of_the_environment(tmp_path):
    (tmp_path / "policy.json").write_text('{"session": {"key_env": "KEY"}}')
    path = str(tmp_path / "policy.json")
    assert load_policy(path, environment={"KEY": "k" * 32}).session is not None
    with pytest.raises(PolicyError, match="'KEY' is not set"):
        load_policy(path, environment={})
    (tmp_path / "policy.json").write_text('{"session": {"key_env": "\\ud800"}}')
    with pytest.raises(PolicyError, match="is not set"):
        load_policy(path)


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("[limit]")
    with pytest.raises(PolicyError, match=r"policy\.toml line 1: unknown key"):
        load_policy(str(path))
    path.write_text('[session]\nkey_file = "no-such-file"\n')
    with pytest.raises(PolicyError, match="No such file"):
        load_policy(str(path))
    path.write_bytes(b"\xff")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy(str(path))
