"""Where responses came from: the URL of each hop, as far as a dump or a HAR tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.messages.message import Exchange, Request

__all__ = ["Hops", "absolute_url", "field_lines"]


def field_lines(exchange: Exchange | None, field: str) -> list[str]:
    """Give the lines of a field, in whichever message: bare lines do not say which they are."""
    messages = exchange or ()
    return [line for message in messages if message for line in message.headers.get_all(field)]


def absolute_url(request: Request, base: str | None) -> str | None:
    """
    Give the absolute URL of a request; None when nothing tells it.

    A path is completed with the request's own Host field, and the scheme of the base, a URL in
    force when the request was made. Without base the scheme is taken to be https.
    """
    target = request.url
    if target is not None and "://" in target:
        return target
    host = request.headers.get("host")
    if host is None:
        return base if base is None or target is None else _joined(base, target)
    scheme = base.partition("://")[0] if base else "https"
    return _joined(f"{scheme}://{host}/", target or "/")


def _joined(base: str, reference: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(base, reference)
    except ValueError:
        raise InputError("expected URLs, and one is none") from None


class Hops:
    """Follows the hops of one input: what a response redirects to is where the next comes from."""

    def __init__(self) -> None:
        self._next: str | None = None

    @property
    def next_url(self) -> str | None:
        """Where the last response sent the client; None when nowhere."""
        return self._next

    def url_of(self, exchange: Exchange, given: str | None) -> str | None:
        """Give the URL of an exchange and remember where it leads; `given` is where hops begin."""
        base = self._next or given
        url = base if exchange.request is None else absolute_url(exchange.request, base)
        self._next = _location(exchange, url)
        return url


def _location(exchange: Exchange, url: str | None) -> str | None:
    response = exchange.response
    if url is None or response is None or not 300 <= (response.status or 0) < 400:
        return None
    location = response.headers.get("location")
    return None if location is None else _joined(url, location)
