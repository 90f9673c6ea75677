"""Signed sessions."""

import base64
import hashlib
import hmac
import json
import random
import traceback

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
from httpheaders.session_answers import check_session
from httpheaders.session_keys import SessionKeys
from httpheaders.sessions import SessionManager, SessionSigner
from tests.token_mutations import changed_tokens

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
NOW = 1_700_000_000
CLAIMS = {"user_id": "ada", "role": "admin"}


def signer(key=KEY, *old, **options):
    return SessionSigner(SessionKeys(key, old), **options)


def token_of(payload, key=KEY):
    """A token as the description has it, made by other means."""
    head = base64.urlsafe_b64encode(payload).rstrip(b"=")
    mac = hmac.new(key.encode(), head, hashlib.sha256).digest()
    return (head + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


# --- the format ---


def test_a_token_is_what_its_description_says():
    token = signer().sign(CLAIMS, now=NOW, ttl=60)
    payload = b'{"user_id":"ada","role":"admin","iat":1700000000,"exp":1700000060}'
    assert token == token_of(payload)


def test_a_genuine_token_is_taken():
    session = signer().verify(signer().sign(CLAIMS, now=NOW, ttl=60), now=NOW + 59)
    assert session.user == CLAIMS
    assert (session.key, session.resign) == ("current", False)
    assert (session.issued_at, session.expires_at) == (NOW, NOW + 60)


@given(
    st.dictionaries(
        st.text(max_size=10).filter(lambda name: name not in ("iat", "exp", "nbf")),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
            max_leaves=8,
        ),
        max_size=5,
    )
)
def test_claims_survive_the_round_trip(claims):
    assert signer().verify(signer().sign(claims, now=NOW), now=NOW).user == claims


# --- time ---


@pytest.mark.parametrize(
    ("ttl", "later", "leeway", "error"),
    [
        pytest.param(60, 0, 0, None, id="fresh"),
        pytest.param(60, 59.999, 0, None, id="the-last-moment"),
        pytest.param(60, 60, 0, SessionExpired, id="the-moment-itself-is-too-late"),
        pytest.param(60, 64, 5, None, id="within-the-leeway"),
        pytest.param(60, 65, 5, SessionExpired, id="past-the-leeway"),
        pytest.param(0, 0, 0, SessionExpired, id="ttl-0-is-expired-at-once"),
        pytest.param(None, 10**9, 0, None, id="never-expires"),
        pytest.param(0.25, 0.249, 0, None, id="a-fraction-of-a-second"),
        pytest.param(0.25, 0.25, 0, SessionExpired, id="past-a-fraction-of-a-second"),
    ],
)
def test_expiry(ttl, later, leeway, error):
    token = signer().sign(CLAIMS, now=NOW, ttl=ttl)
    reader = signer(leeway=leeway)
    if error is None:
        assert reader.verify(token, now=NOW + later).user == CLAIMS
    else:
        with pytest.raises(error, match=r"^Token expired$"):
            reader.verify(token, now=NOW + later)


@given(st.floats(0, 4e9), st.floats(0, 1e-3))
def test_ttl_0_is_expired_at_once_at_any_moment(now, later):
    token = signer().sign(CLAIMS, now=now, ttl=0)
    with pytest.raises(SessionExpired):
        signer().verify(token, now=now + later)


def test_a_token_counts_from_its_time_on():
    token = signer().sign(CLAIMS, now=NOW, ttl=600, not_before=NOW + 100)
    with pytest.raises(SessionNotYetValid, match=r"^Token not yet valid$"):
        signer().verify(token, now=NOW + 99)
    assert signer().verify(token, now=NOW + 100).not_before == NOW + 100
    assert signer(leeway=1).verify(token, now=NOW + 99)


def test_claims_may_bring_their_own_times():
    claims = {**CLAIMS, "iat": 5, "exp": 10, "nbf": 6}
    session = signer().verify(signer().sign(claims, now=NOW, ttl=60), now=7)
    assert session == (CLAIMS, "current", False, 5, 10, 6)


def test_max_age_ends_what_the_token_would_allow():
    token = signer().sign(CLAIMS, now=NOW, ttl=None)
    assert signer(max_age=100).verify(token, now=NOW + 99).expires_at == NOW + 100
    with pytest.raises(SessionExpired):
        signer(max_age=100).verify(token, now=NOW + 100)
    without_time = token_of(b'{"user_id":1}')
    assert signer().verify(without_time, now=NOW)
    with pytest.raises(SessionExpired):
        signer(max_age=100).verify(without_time, now=NOW)


BOUNDLESS = [float("nan"), float("inf"), 1e306, 10**400]


@pytest.mark.parametrize("time", [*BOUNDLESS, -1])
def test_times_that_cannot_be_meant_are_refused(time):
    with pytest.raises(PolicyError):
        signer().sign(CLAIMS, now=NOW, ttl=time)
    with pytest.raises(PolicyError):
        signer(leeway=time)
    with pytest.raises(PolicyError):
        SessionManager(KEY, ttl_seconds=time)


@pytest.mark.parametrize("time", BOUNDLESS)
def test_moments_that_no_clock_shows_are_refused(time):
    with pytest.raises(PolicyError):
        signer().sign(CLAIMS, now=time)
    with pytest.raises(PolicyError):
        signer().sign(CLAIMS, now=NOW, not_before=time)
    with pytest.raises(InputError):
        signer().sign({**CLAIMS, "exp": time}, now=NOW)


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize("time", ["1e306", "1" + "0" * 400])
def test_a_genuine_token_of_such_a_moment_is_malformed(name, time):
    with pytest.raises(MalformedToken):
        signer().verify(token_of(f'{{"{name}":{time}}}'.encode()), now=NOW)


# --- keys ---


def test_old_keys_verify_and_never_sign():
    old = signer(OTHER).sign(CLAIMS, now=NOW)
    both = signer(KEY, OTHER)
    assert both.verify(old, now=NOW)[1:3] == ("old-1", True)
    fresh = both.sign(CLAIMS, now=NOW)
    assert signer(KEY).verify(fresh, now=NOW)[1:3] == ("current", False)
    with pytest.raises(BadSignature):
        signer(OTHER).verify(fresh, now=NOW)


def test_salts_keep_purposes_apart():
    token = signer(salt="reset").sign(CLAIMS, now=NOW)
    assert signer(salt="reset").verify(token, now=NOW)
    for other in (signer(), signer(salt="login")):
        with pytest.raises(BadSignature):
            other.verify(token, now=NOW)


# --- what is refused ---

GENUINE = token_of(b'{"user_id":"ada","iat":1,"exp":9999999999}')
HEAD, MAC = GENUINE.split(".")


@pytest.mark.parametrize(
    ("token", "error"),
    [
        pytest.param("", MalformedToken, id="empty"),
        pytest.param("garbage", MalformedToken, id="one-part"),
        pytest.param(".", MalformedToken, id="only-a-dot"),
        pytest.param(f"{HEAD}.", MalformedToken, id="no-signature"),
        pytest.param(f".{MAC}", MalformedToken, id="no-content"),
        pytest.param(f"{GENUINE}.{MAC}", MalformedToken, id="three-parts"),
        pytest.param(f"{GENUINE}=", MalformedToken, id="padding"),
        pytest.param(f"{HEAD}==.{MAC}", MalformedToken, id="padding-of-the-content"),
        pytest.param(f" {GENUINE}", MalformedToken, id="a-blank-before"),
        pytest.param(f"{GENUINE}\n", MalformedToken, id="a-line-break-behind"),
        pytest.param(f"{HEAD}.{MAC[:-1]}Ö", MalformedToken, id="not-ascii"),
        pytest.param("\ud800.x", MalformedToken, id="half-a-surrogate"),
        pytest.param("x" * 8193, MalformedToken, id="too-long"),
        pytest.param(f"{'A' * 8100}.{MAC}", BadSignature, id="just-not-too-long"),
        pytest.param(None, MalformedToken, id="no-text"),
        pytest.param(f"{HEAD}.{MAC[:-1]}", BadSignature, id="cut-off"),
        pytest.param(f"{HEAD}.{MAC}A", BadSignature, id="junk-behind-the-signature"),
        pytest.param(f"{HEAD}.{MAC}{MAC}", BadSignature, id="the-signature-twice"),
        pytest.param(f"{MAC}.{HEAD}", BadSignature, id="the-parts-exchanged"),
        pytest.param(f"A{HEAD}.{MAC}", BadSignature, id="content-before"),
        pytest.param(f"{HEAD}.{MAC.swapcase()}", BadSignature, id="other-letters"),
        pytest.param(
            f"{HEAD}.{hashlib.sha256(HEAD.encode()).hexdigest()}", BadSignature, id="hash"
        ),
        pytest.param(token_of(b'{"user_id":"ada"}', OTHER), BadSignature, id="another-key"),
        pytest.param(token_of(b"[]"), MalformedToken, id="genuine-but-no-object"),
        pytest.param(token_of(b"\xff"), MalformedToken, id="genuine-but-not-utf-8"),
        pytest.param(token_of(b"{"), MalformedToken, id="genuine-but-not-json"),
        pytest.param(token_of(b"{} {}"), MalformedToken, id="genuine-but-more-than-json"),
        pytest.param(token_of(b'{"a":1e999}'), MalformedToken, id="genuine-but-beyond-all-bounds"),
        pytest.param(token_of(b'{"a":1,"a":2}'), MalformedToken, id="genuine-but-a-key-twice"),
        pytest.param(token_of(b'{"exp":NaN}'), MalformedToken, id="genuine-but-nan"),
        pytest.param(token_of(b'{"exp":1e999}'), MalformedToken, id="genuine-but-infinite"),
        pytest.param(token_of(b'{"exp":"9"}'), MalformedToken, id="genuine-but-a-time-of-text"),
        pytest.param(token_of(b'{"exp":true}'), MalformedToken, id="genuine-but-a-time-of-truth"),
        pytest.param(token_of(b"[" * 5000), MalformedToken, id="genuine-but-deep"),
        pytest.param(token_of(b'{"a":' + b"9" * 5000 + b"}"), MalformedToken, id="genuine-digits"),
    ],
)
def test_what_is_refused_and_why(token, error):
    with pytest.raises(error) as caught:
        signer().verify(token, now=NOW)
    expected = {MalformedToken: "Malformed token", BadSignature: "Invalid signature"}[error]
    assert str(caught.value) == expected
    assert isinstance(caught.value, ValueError)
    assert caught.value.__cause__ is None


# RFC 7519 section 7.1: "whitespace is explicitly allowed in the representation".
@pytest.mark.parametrize("claims", [b'{"a":1} ', b'\r\n\t {"a":1}', b'{ "a" :\n1\n}\n'])
def test_what_others_wrote_with_blanks_is_read(claims):
    assert signer().verify(token_of(claims), now=NOW).user == {"a": 1}


def test_ten_thousand_changed_tokens_are_refused():
    reader = signer(KEY, OTHER)
    token = signer().sign({**CLAIMS, "n": "~~~???"}, now=NOW, ttl=10**9)
    assert reader.verify(token, now=NOW)
    for changed in changed_tokens(token, random.Random(7), 10_000):
        with pytest.raises((MalformedToken, BadSignature)):
            reader.verify(changed, now=NOW)


@given(st.text(max_size=300))
def test_only_our_errors_come_out(text):
    with pytest.raises(SessionError):
        signer().verify(text, now=NOW)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"a": {1, 2}}, id="a-set"),
        pytest.param({"a": float("nan")}, id="nan"),
        pytest.param({"a": b"octets"}, id="octets"),
        pytest.param([1], id="a-list"),
        pytest.param({"exp": "tomorrow"}, id="a-time-of-text"),
        pytest.param({"iat": True}, id="a-time-of-truth"),
        pytest.param({"a": "x" * 9000}, id="too-long"),
    ],
)
def test_claims_that_cannot_be_signed_are_refused(claims):
    with pytest.raises(InputError):
        signer().sign(claims, now=NOW)


def test_claims_within_themselves_are_refused():
    claims = {}
    claims["self"] = claims
    with pytest.raises(InputError):
        signer().sign(claims, now=NOW)


# --- nothing secret ---


def test_no_secret_is_shown_by_anything():
    secret = "hunter2-hunter2-hunter2"
    keys = SessionKeys(secret, [OTHER])
    token = SessionSigner(keys).sign({"user_id": "private"}, now=NOW)
    shown = [repr(keys), str(keys), repr(SessionSigner(keys)), repr(keys.problems)]
    for bad in (token + "x", token[:-3], "x" * 9000, token.replace(".", "!")):
        try:
            SessionSigner(keys).verify(bad, now=NOW)
        except SessionError as error:
            shown += [repr(error), str(error), "".join(traceback.format_exception(error))]
        answer = check_session(SessionSigner(keys), bad, now=NOW, explain=True)
        assert (answer.ok, answer.user, answer.key, answer.resign) == (False, None, None, None)
        shown.append(repr(answer))
    text = "\n".join(shown)
    assert secret not in text
    assert OTHER not in text
    assert token[:20] not in text
    assert "private" not in text


# --- the plain door ---


def test_session_manager():
    sessions = SessionManager("secret")
    token = sessions.create_token("user-1", "admin")
    assert sessions.validate_token(token) == {"user_id": "user-1", "role": "admin"}
    with pytest.raises(ValueError, match=r"^Invalid signature$"):
        sessions.validate_token(token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    with pytest.raises(ValueError, match=r"^Invalid signature$"):
        SessionManager("another").validate_token(token)


def test_session_manager_expires_at_once_with_ttl_0():
    sessions = SessionManager("secret", ttl_seconds=0)
    for _ in range(50):
        with pytest.raises(ValueError, match=r"^Token expired$"):
            sessions.validate_token(sessions.create_token("user-1", "admin"))


def test_session_manager_takes_a_clock():
    clock = [1000.0]
    sessions = SessionManager("secret", 10, clock=lambda: clock[0])
    token = sessions.create_token(7, None)
    clock[0] = 1009.9
    assert sessions.validate_token(token) == {"user_id": 7, "role": None}
    clock[0] = 1010
    with pytest.raises(SessionExpired):
        sessions.validate_token(token)


def test_session_manager_refuses_what_names_no_user():
    with pytest.raises(MalformedToken):
        SessionManager(KEY).validate_token(token_of(json.dumps({"role": "admin"}).encode()))
