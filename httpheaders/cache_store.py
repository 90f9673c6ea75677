"""
A bounded place for stored responses: the least recently used goes first.

Source: RFC 9111 section 2 ("cache key"), section 4.1.
"""

from __future__ import annotations

from collections import OrderedDict

from httpheaders.cache_policy import StoredResponse
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.grammar import parse_octet_count
from httpheaders.target_uri import target_uri

__all__ = ["CacheStore", "content_length"]

# What a field or a stored response costs beside its text, roughly.
_FIELD_OVERHEAD = 100
_ENTRY_OVERHEAD = 1000
# So many variants of one URI are kept: looking for the right one must not become a burden.
_MOST_VARIANTS = 64

_Key = tuple[str, str, object, bool]


class CacheStore:
    """
    Stored responses by URI and variant, at most so many and so many octets of them.

    Args:
        max_entries: how many responses are kept.
        max_bytes: how many octets of content and fields are kept, or None for no limit.
    """

    def __init__(self, *, max_entries: int = 10_000, max_bytes: int | None = 64 * 2**20) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._by_key: OrderedDict[_Key, tuple[StoredResponse, int]] = OrderedDict()
        self._by_uri: dict[str, dict[_Key, None]] = {}
        self._bytes = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def size(self) -> int:
        """Octets in use, as far as they can be estimated."""
        return self._bytes

    def variants(self, uri: str) -> list[StoredResponse]:
        """Give the stored responses of a URI; looking does not count as use."""
        keys = self._by_uri.get(uri)
        return [self._by_key[key][0] for key in keys] if keys else []

    def variants_for(self, request: Request) -> list[StoredResponse]:
        """Give the stored responses of a request's target URI."""
        url = request.url
        # Most URLs come in the normal form, and then they are the key as they stand; a path that
        # begins like the authority of another host is none.
        if url is not None and url in self._by_uri and not url.startswith("/"):
            return self.variants(url)
        return self.variants(target_uri(request))

    def touch(self, stored: StoredResponse) -> None:
        """Count a stored response as just used."""
        key = _key_of(stored)
        if key in self._by_key:
            self._by_key.move_to_end(key)

    def put(self, stored: StoredResponse) -> bool:
        """Keep a response in place of its like; False when it is larger than the whole store."""
        key, size = _key_of(stored), _size_of(stored)
        self._drop(key)
        if stored.part is None:
            self._drop((*key[:3], True))
        if self._max_entries < 1 or (self._max_bytes is not None and size > self._max_bytes):
            return False
        variants = self._by_uri.setdefault(stored.uri, {})
        if len(variants) >= _MOST_VARIANTS:
            self._drop(next(iter(variants)))
            variants = self._by_uri.setdefault(stored.uri, {})
        variants[key] = None
        self._by_key[key] = (stored, size)
        self._bytes += size
        self._evict()
        return True

    def remove(self, stored: StoredResponse) -> None:
        """Forget one stored response."""
        self._drop(_key_of(stored))

    def remove_uri(self, uri: str) -> int:
        """Forget all stored responses of a URI and count them."""
        keys = list(self._by_uri.get(uri, ()))
        for key in keys:
            self._drop(key)
        return len(keys)

    def _evict(self) -> None:
        while len(self._by_key) > self._max_entries or (
            self._max_bytes is not None and self._bytes > self._max_bytes
        ):
            self._drop(next(iter(self._by_key)))
            self.evicted += 1

    def _drop(self, key: _Key) -> None:
        held = self._by_key.pop(key, None)
        if held is None:
            return
        self._bytes -= held[1]
        variants = self._by_uri[key[0]]
        del variants[key]
        if not variants:
            del self._by_uri[key[0]]


def content_length(response: Response) -> int:
    """
    Give the length of the content: counted, or as Content-Length says where it is not at hand.

    >>> from httpheaders.messages.headers import Headers
    >>> content_length(Response(200, Headers([("Content-Length", "12")])))
    12
    """
    if response.body is not None:
        return len(response.body)
    return parse_octet_count(response.headers.get("Content-Length") or "") or 0


def _key_of(stored: StoredResponse) -> _Key:
    # A response that no request selects by itself is still worth validating: one such a URI.
    variant = stored.key if stored.vary is not None else None
    return stored.uri, stored.method, variant, stored.part is not None


def _size_of(stored: StoredResponse) -> int:
    fields = (*stored.response.headers, *stored.request.headers)
    text = sum(len(name) + len(value) + _FIELD_OVERHEAD for name, value in fields)
    return _ENTRY_OVERHEAD + len(stored.uri) + text + content_length(stored.response)
