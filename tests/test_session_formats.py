"""The tokens of other programs, held against the programs themselves."""

import base64
import datetime
import hashlib
import hmac
import json
import random
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import (
    BadSignature,
    InputError,
    MalformedToken,
    PolicyError,
    SessionError,
    SessionExpired,
    SessionNotYetValid,
)
from httpheaders.session_answers import check_session, sign_session
from httpheaders.session_formats import FORMATS, token_format
from httpheaders.session_keys import SessionKeys
from tests.token_mutations import changed_tokens

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
NOW = 1_700_000_000
CLAIMS = {"user_id": "ada", "role": "admin", "text": "Grüße ~~~???", "list": [1, 2.5, None, True]}
LONG = {**CLAIMS, "long": "again and " * 50}  # worth deflating
PAST = ("itsdangerous", "flask", "django")  # those that hold the time of signing alone


def form(name, key=KEY, *old, **options):
    return token_format(name, SessionKeys(key, old), **options)


def sign(name, claims=CLAIMS, key=KEY, **options):
    ttl = {} if name in PAST else {"ttl": 60}
    return form(name, key, **options).sign(claims, now=NOW, **ttl)


def at_now(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: float(NOW))


# --- every format ---


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("claims", [{}, CLAIMS, LONG], ids=["empty", "short", "long"])
def test_what_is_signed_is_genuine(name, claims):
    session = form(name).verify(sign(name, claims), now=NOW + 1)
    assert session.user == claims
    assert (session.key, session.resign, session.issued_at) == ("current", False, NOW)


@pytest.mark.parametrize("name", FORMATS)
def test_roles_of_keys(name):
    old = sign(name, key=OTHER)
    assert form(name, KEY, OTHER).verify(old, now=NOW)[1:3] == ("old-1", True)
    with pytest.raises(BadSignature):
        form(name).verify(old, now=NOW)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "jwt-hs256"])
def test_salts_keep_purposes_apart(name):
    token = sign(name, salt="reset")
    assert form(name, salt="reset").verify(token, now=NOW)
    with pytest.raises(PolicyError, match="the salt holds half"):
        form(name, salt="reset\udcff")
    with pytest.raises(BadSignature):
        form(name).verify(token, now=NOW)


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_no_substitute_for_each_other(name):
    for other in FORMATS:
        if other != name:
            with pytest.raises(SessionError):
                form(other).verify(sign(name), now=NOW)


@pytest.mark.parametrize("name", FORMATS)
def test_a_token_may_not_get_older_than_max_age(name):
    reader = form(name, max_age=30)
    assert reader.verify(sign(name), now=NOW + 29).expires_at == NOW + 30
    with pytest.raises(SessionExpired, match=r"^Token expired$"):
        reader.verify(sign(name), now=NOW + 30)
    assert form(name, max_age=30, leeway=5).verify(sign(name), now=NOW + 34)


@pytest.mark.parametrize("name", PAST)
def test_a_token_of_the_future_is_not_yet_valid(name):
    with pytest.raises(SessionNotYetValid, match=r"^Token not yet valid$"):
        form(name).verify(sign(name), now=NOW - 1)
    assert form(name, leeway=1).verify(sign(name), now=NOW - 1)


@pytest.mark.parametrize(("name", "age"), [("flask", 31 * 86400), ("django", 14 * 86400)])
def test_the_frameworks_own_lifetimes_hold(name, age):
    assert form(name).verify(sign(name), now=NOW + age - 1)
    with pytest.raises(SessionExpired):
        form(name).verify(sign(name), now=NOW + age)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("claims", [CLAIMS, LONG], ids=["short", "long"])
def test_thousands_of_changed_tokens_are_refused(name, claims):
    reader = form(name, KEY, OTHER)
    for changed in changed_tokens(sign(name, claims), random.Random(3), 3000):
        with pytest.raises((MalformedToken, BadSignature)):
            reader.verify(changed, now=NOW)


@given(st.sampled_from(list(FORMATS)), st.text(max_size=200))
def test_only_our_errors_come_out(name, text):
    with pytest.raises(SessionError):
        form(name).verify(text, now=NOW)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("token", ["", ".", "..", "...", ":::", "a.b.c", "a:b:c", "x" * 9000])
def test_answers_give_nothing_of_what_is_not_genuine(name, token):
    answer = check_session(form(name), token, now=NOW, explain=True)
    assert answer.reason in ("Malformed token", "Invalid signature")
    assert (answer.ok, answer.user, answer.key) == (False, None, None)


@pytest.mark.parametrize("name", FORMATS)
def test_claims_that_cannot_be_signed_are_refused(name):
    for claims in ({"a": object()}, [1], {"a": random.Random(1).randbytes(9000).hex()}):
        with pytest.raises(InputError):
            form(name).sign(claims, now=NOW, ttl=None)
    with pytest.raises(PolicyError):
        form(name).sign({}, now=float("inf"), ttl=None)


@pytest.mark.parametrize("name", PAST)
def test_there_is_no_place_for_an_expiry(name):
    for options in ({"ttl": 60}, {"not_before": NOW}):
        with pytest.raises(PolicyError, match="max-age"):
            form(name).sign({}, now=NOW, **options)
    assert sign_session(form(name), {}, now=NOW, ttl=None).ok


def test_options_that_a_format_lacks_are_refused():
    with pytest.raises(PolicyError, match="unknown format 'none'"):
        form("none")
    with pytest.raises(PolicyError, match="no salt"):
        form("jwt-hs256", salt="x")
    with pytest.raises(PolicyError, match="no audience"):
        form("flask", audience="x")


# --- itsdangerous ---


@pytest.mark.parametrize("claims", [{}, CLAIMS, LONG], ids=["empty", "short", "long"])
@pytest.mark.parametrize("salt", [None, "purpose"])
def test_itsdangerous_writes_the_same_token(monkeypatch, claims, salt):
    itsdangerous = pytest.importorskip("itsdangerous")
    at_now(monkeypatch)
    options = {} if salt is None else {"salt": salt}
    theirs = itsdangerous.URLSafeTimedSerializer(KEY, **options)
    ours = form("itsdangerous", salt=salt)
    ascii_claims = {**claims, "text": "plain"}
    assert ours.sign(ascii_claims, now=NOW, ttl=None) == theirs.dumps(ascii_claims)
    assert theirs.loads(ours.sign(claims, now=NOW, ttl=None), max_age=0) == claims
    assert ours.verify(theirs.dumps(claims), now=NOW).user == claims


def test_itsdangerous_lists_its_keys_the_other_way_round(monkeypatch):
    itsdangerous = pytest.importorskip("itsdangerous")
    at_now(monkeypatch)
    theirs = itsdangerous.URLSafeTimedSerializer([OTHER, KEY])
    assert form("itsdangerous", KEY, OTHER).verify(theirs.dumps({}), now=NOW).key == "current"


# --- Flask ---


def flask_app(**config):
    flask = pytest.importorskip("flask")
    app = flask.Flask("tested")
    app.config.update(SECRET_KEY=KEY, **config)

    @app.get("/set/<name>")
    def set_session(name):
        flask.session.update(
            {
                "user": name,
                "when": datetime.datetime(2023, 11, 14, tzinfo=datetime.UTC),
                "pair": (1, 2),
            }
        )
        return "set"

    @app.get("/get")
    def get_session():
        return {name: str(value) for name, value in flask.session.items()}

    return app


def test_a_session_that_flask_set_is_genuine():
    client = flask_app().test_client()
    client.get("/set/ada")
    token = client.get_cookie("session").value
    session = form("flask").verify(token, now=time.time() + 1)
    assert session.user == {
        "user": "ada",
        "when": {" d": "Tue, 14 Nov 2023 00:00:00 GMT"},
        "pair": {" t": [1, 2]},
    }


@pytest.mark.parametrize("long", [0, 2000])
def test_flask_takes_a_session_of_ours(long):
    client = flask_app().test_client()
    claims = {"user": "eve", "pair": {" t": [1, 2]}, "long": "x" * long}
    token = form("flask").sign(claims, now=time.time(), ttl=None)
    client.set_cookie("session", token)
    assert client.get("/get").json == {"user": "eve", "pair": "(1, 2)", "long": "x" * long}


def test_flask_takes_what_was_read_and_signed_again():
    client = flask_app().test_client()
    client.get("/set/ada")
    before = client.get("/get").json
    user = form("flask").verify(client.get_cookie("session").value, now=time.time() + 1).user
    client.set_cookie("session", form("flask").sign(user, now=time.time(), ttl=None))
    assert client.get("/get").json == before


def test_flask_fallback_keys_are_our_old_keys():
    client = flask_app(SECRET_KEY_FALLBACKS=[OTHER]).test_client()
    client.set_cookie(
        "session", form("flask", OTHER).sign({"user": "x"}, now=time.time(), ttl=None)
    )
    assert client.get("/get").json == {"user": "x"}
    client.get("/set/ada")
    token = client.get_cookie("session").value
    assert form("flask", KEY, OTHER).verify(token, now=time.time() + 1).key == "current"


# --- Django ---


@pytest.fixture(scope="module")
def django_sessions():
    pytest.importorskip("django")
    from django.conf import settings
    from django.test.utils import override_settings

    if not settings.configured:
        settings.configure(SECRET_KEY=KEY)
    with override_settings(
        SECRET_KEY=KEY,
        SECRET_KEY_FALLBACKS=[OTHER],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        USE_TZ=True,
    ):
        from django.contrib.sessions.backends import signed_cookies

        yield signed_cookies.SessionStore


@pytest.mark.parametrize("long", [0, 2000])
def test_a_session_that_django_set_is_genuine(django_sessions, long):
    store = django_sessions()
    store["user"] = "ada"
    store["long"] = "x" * long
    store.save()
    session = form("django").verify(store.session_key, now=time.time() + 1)
    assert session.user == {"user": "ada", "long": "x" * long}


@pytest.mark.parametrize("long", [0, 2000])
@pytest.mark.parametrize("key", [KEY, OTHER])
def test_django_takes_a_session_of_ours(django_sessions, long, key):
    claims = {"user": "eve", "long": "x" * long}
    token = form("django", key).sign(claims, now=time.time(), ttl=None)
    assert django_sessions(token).load() == claims
    assert django_sessions(token[:-1]).load() == {}


@pytest.mark.parametrize("compresses", [False, True])
def test_django_signing_writes_the_same_token(django_sessions, monkeypatch, compresses):
    from django.core import signing

    at_now(monkeypatch)
    ours = form("django", salt="django.core.signing")
    theirs = signing.dumps(CLAIMS, key=KEY, compress=compresses)
    assert ours.verify(theirs, now=NOW).user == CLAIMS
    assert signing.loads(ours.sign(CLAIMS, now=NOW, ttl=None), key=KEY, max_age=0) == CLAIMS
    assert signing.dumps(LONG, key=KEY, compress=True) == ours.sign(LONG, now=NOW, ttl=None)


@pytest.mark.parametrize("seconds", [0, 1, 61, 62, 3844, NOW, -1, -NOW])
def test_times_in_base_62(django_sessions, seconds):
    from django.core import signing

    signer = form("django")
    assert signer.write_time(seconds) == signing.b62_encode(seconds).encode()
    assert signer.read_time(signer.write_time(seconds)) == seconds


# --- JWT ---


def jwt_of(payload, header=None, key=KEY):
    """A token as RFC 7515 section 7.1 has it, made by other means."""
    parts = [json.dumps(header or {"alg": "HS256"}).encode(), payload]
    head = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    mac = hmac.new(key.encode(), head, hashlib.sha256).digest()
    return (head + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


# RFC 7515 appendix A.1
def test_the_published_token_is_genuine():
    key = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    token = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    reader = token_format("jwt-hs256", SessionKeys(key))
    session = reader.verify(token, now=1300819379)
    assert session.user == {"iss": "joe", "http://example.com/is_root": True}
    with pytest.raises(SessionExpired):
        reader.verify(token, now=1300819380)


@pytest.mark.parametrize(
    ("token", "error"),
    [
        pytest.param(jwt_of(b"{}", {"alg": "none"}), MalformedToken, id="no-algorithm"),
        pytest.param(jwt_of(b"{}", {"alg": "HS512"}), MalformedToken, id="another-algorithm"),
        pytest.param(jwt_of(b"{}", {"alg": "hs256"}), MalformedToken, id="in-lower-case"),
        pytest.param(jwt_of(b"{}", {"typ": "JWT"}), MalformedToken, id="without-algorithm"),
        pytest.param(
            jwt_of(b"{}", {"alg": "HS256", "crit": ["x"]}), MalformedToken, id="extensions"
        ),
        pytest.param(jwt_of(b"{}", {"alg": "HS256", "b64": False}), MalformedToken, id="unencoded"),
        pytest.param(jwt_of(b"[]"), MalformedToken, id="no-object"),
        pytest.param(jwt_of(b'{"exp":"1"}'), MalformedToken, id="a-time-of-text"),
        pytest.param(jwt_of(b'{"nbf":1700000001}'), SessionNotYetValid, id="too-early"),
        pytest.param(jwt_of(b'{"exp":1700000000}'), SessionExpired, id="too-late"),
        pytest.param(jwt_of(b'{"aud":"others"}'), MalformedToken, id="for-others"),
        pytest.param(jwt_of(b"{}").rsplit(".", 1)[0] + ".", BadSignature, id="unsigned"),
        pytest.param(jwt_of(b"{}", key=OTHER), BadSignature, id="another-key"),
    ],
)
def test_what_is_refused_of_jwt(token, error):
    with pytest.raises(error):
        form("jwt-hs256").verify(token, now=NOW)


# RFC 7519 section 4.1.3
def test_audiences():
    reader = form("jwt-hs256", audience="us")
    assert reader.verify(jwt_of(b'{"aud":"us"}'), now=NOW).user == {"aud": "us"}
    assert reader.verify(jwt_of(b'{"aud":["them","us"]}'), now=NOW)
    assert reader.verify(jwt_of(b"{}"), now=NOW)
    assert reader.verify(reader.sign({}, now=NOW), now=NOW).user == {"aud": "us"}
    with pytest.raises(MalformedToken):
        reader.verify(jwt_of(b'{"aud":["them"]}'), now=NOW)


def test_pyjwt_takes_ours_and_we_take_its():
    jwt = pytest.importorskip("jwt")
    now = int(time.time())
    ours = form("jwt-hs256").sign(CLAIMS, now=now, ttl=60)
    assert jwt.decode(ours, KEY, algorithms=["HS256"]) == {**CLAIMS, "iat": now, "exp": now + 60}
    theirs = jwt.encode({**CLAIMS, "exp": now + 60}, KEY, algorithm="HS256")
    assert form("jwt-hs256").verify(theirs, now=now).user == CLAIMS
    for algorithm in ("HS384", "HS512", "none"):
        other = jwt.encode(CLAIMS, KEY * 2 if algorithm != "none" else None, algorithm=algorithm)
        with pytest.raises(SessionError):
            form("jwt-hs256", KEY * 2).verify(other, now=now)


# --- deflated payloads ---


@pytest.mark.parametrize(
    "deflated",
    [
        pytest.param(zlib.compress(bytes(2 << 20)), id="too-large"),
        pytest.param(zlib.compress(b"{}")[:-1], id="cut-off"),
        pytest.param(zlib.compress(b"{}") + b"x", id="something-behind"),
        pytest.param(b"junk", id="not-deflated"),
    ],
)
def test_deflated_payloads_that_are_not_read(deflated):
    itsdangerous = pytest.importorskip("itsdangerous")
    payload = b"." + base64.urlsafe_b64encode(deflated).rstrip(b"=")
    token = itsdangerous.TimestampSigner(KEY, salt="itsdangerous").sign(payload).decode()
    with pytest.raises(MalformedToken):
        form("itsdangerous").verify(token, now=time.time() + 1)
