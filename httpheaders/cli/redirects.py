"""
Redirects and what they led to: many messages in a dump or a HAR, but one question.

Only neighbours are joined, as `curl -L` prints them; where the URLs are known, they must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from httpheaders.cli.reading import Document, Message
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.message import Exchange
from httpheaders.syntax.origins import locate

__all__ = ["join_redirects"]

_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
# More than any client follows: what goes on beyond it is a question of its own.
_LONGEST_CHAIN = 100


def join_redirects(documents: Iterable[Document]) -> Iterator[Document]:
    """Give the last message of each chain of redirects with the earlier ones, and all else."""
    held: Message | None = None
    for document in documents:
        if held is not None and isinstance(document, Message) and _leads(held, document):
            document = document._replace(earlier=(*held.earlier, held.exchange))
        elif held is not None:
            yield held
        held = document if isinstance(document, Message) and _redirects(document) else None
        if held is None:
            yield document
    if held is not None:
        yield held


def _redirects(message: Message) -> bool:
    response = message.exchange.response
    return (
        response is not None
        and response.status in _REDIRECT_STATUSES
        and "location" in response.headers
        and len(message.earlier) < _LONGEST_CHAIN
    )


def _leads(held: Message, following: Message) -> bool:
    if following.exchange.response is None or _method_of(following) == "OPTIONS":
        return False  # a preflight to where the redirect leads is a question of its own
    come_from, gone_to = _url_of(held.exchange), _url_of(following.exchange)
    response = held.exchange.response
    if come_from is None or gone_to is None or response is None:
        return True
    try:
        expected = locate(response.headers.get("location") or "", come_from).url
    except FieldSyntaxError:
        return False
    return expected.partition("#")[0] == gone_to.partition("#")[0]


def _method_of(message: Message) -> str | None:
    request = message.exchange.request
    return request.method if request else None


def _url_of(exchange: Exchange) -> str | None:
    url = exchange.request.url if exchange.request else None
    return url if url and "://" in url else None
