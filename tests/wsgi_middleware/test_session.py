"""Signed sessions behind a server: RFC 6750 section 3."""

from __future__ import annotations

import pytest

from httpheaders.errors import FieldSyntaxError
from httpheaders.session_keys import SessionKeys
from httpheaders.sessions import SessionSigner
from httpheaders.wsgi_middleware.session import (
    SESSION_KEY,
    bearer_challenge,
    session_middleware,
    unauthorized,
)
from tests.wsgi_client import call

SIGNER = SessionSigner(SessionKeys("k" * 32))
TOKEN = SIGNER.sign({"user_id": "ada"}, now=1000, ttl=60)
OTHER = SessionSigner(SessionKeys("o" * 32)).sign({"user_id": "eve"}, now=1000, ttl=60)


def who(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    session = environ[SESSION_KEY]
    return [b"nobody" if session is None else session["user_id"].encode()]


def asked(token, *, now=1000.0, cookie=None, required=False):
    headers = {}
    if token is not None:
        bearer = {"Authorization": f"Bearer {token}"}
        headers = bearer if cookie is None else {"Cookie": f"a=b; {cookie}={token}"}
    middleware = session_middleware(
        SIGNER, cookie=cookie, required=required, realm="the api", clock=lambda: now
    )
    return call(who, middleware, headers=headers)


@pytest.mark.parametrize("cookie", [None, "sid"])
@pytest.mark.parametrize(
    ("token", "now", "user"),
    [
        pytest.param(TOKEN, 1000.0, b"ada", id="genuine"),
        pytest.param(TOKEN, 1061.0, b"nobody", id="expired"),
        pytest.param(OTHER, 1000.0, b"nobody", id="another-key"),
        pytest.param("x", 1000.0, b"nobody", id="malformed"),
        pytest.param(None, 1000.0, b"nobody", id="none"),
    ],
)
def test_who_asks(token, now, user, cookie):
    answer = asked(token, now=now, cookie=cookie)
    assert (answer.status, answer.body) == (200, user)
    required = asked(token, now=now, cookie=cookie, required=True)
    assert required.status == (200 if user == b"ada" else 401)


@pytest.mark.parametrize(
    ("token", "challenge"),
    [
        (None, 'Bearer realm="the api"'),
        (
            OTHER,
            'Bearer realm="the api", error="invalid_token", error_description="Invalid signature"',
        ),
    ],
)
def test_the_challenge(token, challenge):
    answer = asked(token, required=True)
    assert answer["www-authenticate"] == challenge
    assert b"eve" not in answer.body


@pytest.mark.parametrize(
    ("realm", "written"),
    [
        pytest.param("api", '"api"', id="a-token-is-quoted-too"),  # RFC 9110 section 11.5
        pytest.param('the "api"', '"the \\"api\\""', id="quotes"),
    ],
)
def test_realms_are_quoted(realm, written):
    assert bearer_challenge(realm) == ("WWW-Authenticate", f"Bearer realm={written}")


@pytest.mark.parametrize("realm", ["a\r\nSet-Cookie: x=1", "a\nb", "a\0b"])
def test_a_realm_never_begins_another_field(realm):
    with pytest.raises(FieldSyntaxError):
        unauthorized(None, realm=realm)
    with pytest.raises(FieldSyntaxError):
        session_middleware(SIGNER, realm=realm)
