"""The keys of signed sessions, and what is signed with them."""

import hmac
import random

import pytest

from httpheaders.errors import PolicyError
from httpheaders.session_keys import SessionKeys, hmac_sha256, make_key
from httpheaders.sessions import SessionSigner

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"


# RFC 2104, RFC 4231
@pytest.mark.parametrize("length", [0, 1, 31, 32, 63, 64, 65, 131, 1000])
def test_hmac_is_hmac(length):
    key = random.Random(length).randbytes(length)
    for size in (0, 1, 55, 64, 1000):
        message = bytes(size)
        assert hmac_sha256(key)(message) == hmac.new(key, message, "sha256").digest()


# RFC 4231 section 4.3
def test_hmac_of_the_published_case():
    mac = hmac_sha256(b"Jefe")(b"what do ya want for nothing?")
    assert mac.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_keys_have_the_names_they_are_given():
    keys = SessionKeys(KEY, [OTHER], names=["new.key", "old.key"])
    token = SessionSigner(SessionKeys(OTHER)).sign({}, now=0)
    session = SessionSigner(keys).verify(token, now=0)
    assert session.key == "old.key"


@pytest.mark.parametrize(
    ("current", "old", "names"),
    [
        pytest.param("", [], [], id="an-empty-key"),
        pytest.param(KEY, [""], [], id="an-empty-old-key"),
        pytest.param("\ud800", [], [], id="a-key-of-half-a-character"),
        pytest.param(KEY, [OTHER + "\ud800"], [], id="an-old-key-of-half-a-character"),
        pytest.param(KEY, OTHER, [], id="one-text-for-a-list"),
        pytest.param(KEY, OTHER.encode(), [], id="octets-for-a-list"),
        pytest.param(KEY, [OTHER], ["one"], id="names-that-do-not-match"),
    ],
)
def test_keys_that_cannot_be_meant_are_refused(current, old, names):
    with pytest.raises(PolicyError) as caught:
        SessionKeys(current, old, names=names)
    assert OTHER not in str(caught.value)


def test_short_keys_are_told():
    assert SessionKeys("k" * 32).problems == ()
    (problem,) = SessionKeys("k" * 32, ["k" * 31]).problems
    assert problem.where == "key old-1"
    assert "31 octets" in problem.message


def test_make_key():
    assert make_key(bytes(range(32))) == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert SessionKeys(make_key(bytes(32))).problems == ()
    with pytest.raises(PolicyError):
        make_key(bytes(31))
