"""base64url in its one spelling."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.base64url import decode_base64url, encode_base64url


@given(st.binary(max_size=200))
def test_a_round_trip(octets):
    text = encode_base64url(octets)
    assert decode_base64url(text) == octets
    assert text == base64.urlsafe_b64encode(octets).rstrip(b"=")


# RFC 4648 sections 3.3, 3.5 and 5
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"QQ==", id="padding"),
        pytest.param(b"QQ=", id="half-the-padding"),
        pytest.param(b"QR", id="bits-behind-the-last-octet"),
        pytest.param(b"QUJ", id="two-bits-behind-the-last-octet"),
        pytest.param(b"+/8", id="the-other-alphabet"),
        pytest.param(b"-/8", id="both-alphabets"),
        pytest.param(b"Q", id="a-length-that-no-octets-have"),
        pytest.param(b"QUJDR", id="a-longer-one"),
        pytest.param(b"QU JD", id="a-blank"),
        pytest.param(b"QUJD\n", id="a-line-break"),
        pytest.param(b"QUJD\0", id="nul"),
        pytest.param("QÜJD".encode(), id="not-ascii"),
        pytest.param(b"QUJD.", id="a-dot"),
    ],
)
def test_other_spellings_are_refused(text):
    with pytest.raises(FieldSyntaxError):
        decode_base64url(text)


@given(st.binary(max_size=12))
def test_what_is_read_is_written_the_same(text):
    try:
        octets = decode_base64url(text)
    except FieldSyntaxError:
        return
    assert encode_base64url(octets) == text
