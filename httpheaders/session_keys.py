"""
The keys of signed sessions, and what is signed with them.

Keys have roles by name, never by their place in a list: the current key signs, old ones verify.
No key is shown by anything here, `repr` included.

Source: RFC 2104.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from hmac import compare_digest

from httpheaders.answer import Problem, Step
from httpheaders.errors import PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.base64url import encode_base64url

__all__ = [
    "Mac",
    "NewKey",
    "SessionKeys",
    "hmac_sha256",
    "key_that_signed",
    "make_key",
    "text_octets",
]

# Makes the code of a message with one key.
Mac = Callable[[bytes], bytes]

# RFC 2104 section 3: keys of less than the hash's length "would decrease the security strength".
_SHORTEST_GOOD_KEY = 32


class SessionKeys:
    """
    The key that signs, and older keys that still verify.

    Args:
        current: the secret that signs and verifies; text counts as its UTF-8 octets.
        old: secrets that only verify.
        names: what to call them, the current first; else "current", "old-1", "old-2" …

    Raises:
        PolicyError: a key is empty or no text, or `old` is one text instead of a list of them.

    Source: RFC 2104 sections 2 and 3.

    >>> SessionKeys("new secret", ["old secret"])
    SessionKeys('current', 'old-1')
    """

    __slots__ = ("_secrets", "names")

    def __init__(
        self, current: bytes | str, old: Sequence[bytes | str] = (), *, names: Sequence[str] = ()
    ) -> None:
        if isinstance(old, (bytes, str)):
            # As a list it would be one key for each character.
            raise PolicyError("old keys are a list: write [key], not key")
        self._secrets = tuple(map(_key_octets, (current, *old)))
        self.names = tuple(names) or ("current", *(f"old-{n}" for n, _ in enumerate(old, 1)))
        if len(self.names) != len(self._secrets):
            raise PolicyError(f"{len(self._secrets)} keys cannot have {len(self.names)} names")
        if not all(self._secrets):
            raise PolicyError("a key is empty: anyone could sign with it")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The octets, the current key's first."""
        return self._secrets

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Keys too short to be safe."""
        return tuple(
            Problem(
                f"key {name}",
                f"the key has {len(secret)} octets: use {_SHORTEST_GOOD_KEY} random ones",
                "RFC 2104 section 3",
            )
            for name, secret in zip(self.names, self._secrets, strict=True)
            if len(secret) < _SHORTEST_GOOD_KEY
        )

    def __repr__(self) -> str:
        return f"SessionKeys({', '.join(map(repr, self.names))})"


def _key_octets(secret: bytes | str) -> bytes:
    if isinstance(secret, str):
        return text_octets(secret, "a key", errors="surrogateescape")
    return bytes(secret)


def text_octets(text: str, name: str, *, errors: str = "strict") -> bytes:
    """
    Give the UTF-8 octets of text; what it is stays untold, for it may be a secret.

    Raises:
        PolicyError: it holds half a surrogate pair.
    """
    try:
        return text.encode("utf-8", errors)
    except UnicodeEncodeError:
        raise PolicyError(f"{name} holds half a surrogate pair, which is no character") from None


def make_key(octets: bytes) -> str:
    """
    Write random octets as a key, in text that survives files and environments.

    Args:
        octets: 32 or more from the system's random source.

    Raises:
        PolicyError: fewer.

    Source: RFC 2104 section 3 (keys need to be chosen at random).

    >>> make_key(bytes(32))
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if len(octets) < _SHORTEST_GOOD_KEY:
        raise PolicyError(f"a key needs {_SHORTEST_GOOD_KEY} random octets or more")
    return encode_base64url(octets).decode()


class NewKey(NamedTuple):
    """The answer that a key was made; the key itself is no part of it."""

    octets: int
    ok: bool = True
    reason: str = "made of the system's random octets"
    reference: str | None = "RFC 2104 section 3"
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] = ()


_INNER_PAD = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD = bytes(octet ^ 0x5C for octet in range(256))


def hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    """
    Give the function that makes HMAC-SHA256 with this key.

    The two blocks made of the key are hashed once, which takes most of the time of a short message:
    "it is possible to precompute the intermediate results", RFC 2104 section 4.

    Source: RFC 2104 section 2.

    >>> hmac_sha256(b"key")(b"message").hex()[:16]
    '6e9ef29b75fffc5b'
    """
    block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
    inner, outer = sha256(block.translate(_INNER_PAD)), sha256(block.translate(_OUTER_PAD))

    def mac(message: bytes) -> bytes:
        hashed = inner.copy()
        hashed.update(message)
        outermost = outer.copy()
        outermost.update(hashed.digest())
        return outermost.digest()

    return mac


def key_that_signed(macs: Sequence[Mac], head: bytes, signature: bytes) -> int | None:
    """
    Find the key that signed, by its place; None: none of them did.

    No signature is decoded: the one spelling of the right one is compared, in constant time.

    Args:
        macs: what makes the code of a message, a key each.
        head: what was signed.
        signature: what is said to be its code, in base64url.

    Source: RFC 2104 section 2, RFC 4648 section 5.
    """
    for index, mac in enumerate(macs):
        if compare_digest(encode_base64url(mac(head)), signature):
            return index
    return None
