"""
base64url without padding, and one spelling only for any octets.

Source: RFC 4648 sections 3.5 and 5, RFC 7515 section 2.
"""

from __future__ import annotations

import binascii

from httpheaders.errors import FieldSyntaxError

__all__ = ["decode_base64url", "encode_base64url"]

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def encode_base64url(octets: bytes) -> bytes:
    """
    Write octets in the URL-safe alphabet, without padding.

    >>> encode_base64url(b"\\xfb\\xff")
    b'-_8'
    """
    return binascii.b2a_base64(octets, newline=False).rstrip(b"=").translate(_TO_URL)


def decode_base64url(text: bytes) -> bytes:
    """
    Read the one spelling that `encode_base64url` gives.

    Raises:
        FieldSyntaxError: another alphabet, padding, blanks, a length that no octets have, or bits
            set behind the last octet.

    Source: RFC 4648 section 3.5 ("implementations MAY choose to reject").

    >>> decode_base64url(b"-_8")
    b'\\xfb\\xff'
    """
    try:
        octets = binascii.a2b_base64(text.translate(_FROM_URL) + b"=" * (-len(text) % 4))
    except binascii.Error:
        octets = b""
    # All that decoders differ in (blanks, both alphabets, padding, loose bits) ends here.
    if encode_base64url(octets) != text:
        raise FieldSyntaxError("not base64url in its one spelling", reference="RFC 4648 section 5")
    return octets
