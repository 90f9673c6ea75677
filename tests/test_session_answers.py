"""Tokens signed and checked, with the answer that people read."""

import pytest

from httpheaders.session_answers import check_session, sign_session
from httpheaders.session_formats import JwtSigner
from httpheaders.session_keys import SessionKeys
from httpheaders.sessions import SessionSigner

KEY = "0123456789abcdef0123456789abcdef"
NOW = 1_700_000_000
CLAIMS = {"user_id": "ada", "role": "admin"}


def signer(key=KEY):
    return SessionSigner(SessionKeys(key))


@pytest.mark.parametrize(
    ("token", "later", "reason", "steps"),
    [
        pytest.param("x", 0, "Malformed token", 1, id="malformed"),
        pytest.param("x.y", 0, "Invalid signature", 2, id="invalid"),
        pytest.param(None, -1, "Token not yet valid", 3, id="early"),
        pytest.param(None, 60, "Token expired", 4, id="late"),
        pytest.param(None, 5.5, "genuine and in time, by key 'current'", 4, id="genuine"),
    ],
)
def test_answers(token, later, reason, steps):
    form = signer()
    token = token or form.sign(CLAIMS, now=NOW, ttl=60, not_before=NOW)
    answer = check_session(form, token, now=NOW + later, explain=True)
    assert answer.reason == reason
    assert len(answer.steps) == steps
    assert answer.ok is (later == 5.5)
    if answer.ok:
        assert (answer.user, answer.expires_in) == (CLAIMS, 54.5)
        assert (answer.key, answer.resign) == ("current", False)
    else:
        assert (answer.user, answer.expires_in, answer.key, answer.resign) == (None,) * 4


def test_why_a_token_is_malformed_is_told():
    assert check_session(signer(), "x", now=NOW).problems[0].message == (
        "expected two parts with a dot between them"
    )


def test_a_token_that_never_expires_is_told():
    answer = check_session(signer(), signer().sign({}, now=NOW, ttl=None), now=NOW)
    assert answer.ok
    assert answer.expires_in is None
    assert [problem.message for problem in answer.problems] == ["it never expires"]


def test_signing_tells_what_is_unwise():
    answer = sign_session(signer("short"), {"a": "x" * 4000}, now=NOW, ttl=60)
    assert [problem.where for problem in answer.problems] == ["key current", "token"]
    assert (answer.key, answer.expires_in, answer.steps) == ("current", 60, ())
    assert signer("short").verify(answer.token, now=NOW)


@pytest.mark.parametrize(
    ("claims", "options", "expires_in", "reason"),
    [
        pytest.param({}, {"ttl": 60}, 60, "signed, expires in 60 s", id="a-minute"),
        pytest.param({}, {"ttl": 9e6}, 9000000, "signed, expires in 9000000 s", id="in-full"),
        pytest.param({}, {"ttl": 0.25}, 0.25, "signed, expires in 0.25 s", id="a-fraction"),
        pytest.param({}, {"ttl": None}, None, "signed", id="never"),
        pytest.param({}, {"ttl": 0}, 0, "signed, and has expired already", id="at-once"),
        pytest.param(
            {"exp": NOW - 5}, {}, -5, "signed, and has expired already", id="by-its-own-claim"
        ),
        pytest.param(
            {}, {"not_before": NOW + 9999}, 3600, "signed, expires in 3600 s", id="before-its-time"
        ),
    ],
)
def test_when_a_new_token_expires_is_told(claims, options, expires_in, reason):
    answer = sign_session(signer(), claims, now=NOW, **options)
    assert (answer.ok, answer.expires_in, answer.reason) == (True, expires_in, reason)


def test_a_token_for_other_readers_expires_as_well():
    answer = sign_session(JwtSigner(SessionKeys(KEY)), {"aud": "others"}, now=NOW)
    assert (answer.ok, answer.expires_in) == (True, 3600)
