"""
Content on its way out of a middleware, closed as the server closes it.

Source: PEP 3333 section "Specification Details": `close` is called whatever came before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["ClosingBody"]


class ClosingBody:
    """
    Content on its way out; `close` reaches what the application returned, once.

    Args:
        body: what the application returned.
        chunks: the content as it is to go out.
    """

    def __init__(self, body: Iterable[bytes], chunks: Iterator[bytes]) -> None:
        self._body = body
        self._chunks = chunks
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Close what the application returned, the first time."""
        # Not left to a generator: one that never began does not run its `finally`.
        if self._closed:
            return
        self._closed = True
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
