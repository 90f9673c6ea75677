"""
Which of what a server has does this client want?

Source: RFC 9110 sections 12.4 and 12.5.1 to 12.5.4; RFC 4647 sections 3.3.1 and 3.4.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from httpheaders.errors import PolicyError
from httpheaders.offer_matching import (
    CHARSET,
    DIMENSIONS,
    ENCODING,
    LANGUAGE,
    TYPE,
    Negotiation,
    negotiate_dimension,
)

__all__ = [
    "Negotiation",
    "negotiate",
    "negotiate_charset",
    "negotiate_content_type",
    "negotiate_encoding",
    "negotiate_language",
    "negotiate_type",
]


def negotiate_type(
    accept: str | None,
    offers: Collection[str],
    *,
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a media type.

    The most specific range that matches an offer gives its quality, of equally specific ones the
    one with the highest; 0 excludes the offer. The highest quality wins, then the more specific
    range, then the earlier offer. A range's parameters must be in the offer; the offer may have
    more. A field that lists nothing usable is disregarded.

    Args:
        accept: the Accept field, its lines joined; None when the request has none.
        offers: media types, the one the server likes best first.
        default: what to select when no offer is acceptable.
        wildcard: whether `*/*` and `type/*` count.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: an offer is no media type: a range, a type with a weight, a file extension.

    Source: RFC 9110 section 12.5.1.

    >>> answer = negotiate_type("text/*;q=0.5, text/html", ["text/plain", "text/html"])
    >>> answer.selected, answer.quality, [ranked.offer for ranked in answer.ranked]
    ('text/html', 1.0, ['text/html', 'text/plain'])
    """
    return negotiate_dimension(TYPE, accept, offers, default, wildcard, explain)


def negotiate_encoding(
    accept_encoding: str | None,
    offers: Collection[str],
    *,
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a content coding.

    An offer "identity" is acceptable unless excluded; where the field does not name it, it comes
    after all that it names. "x-gzip" and "gzip" are one, "x-compress" and "compress" too. An empty
    field wants identity alone.

    Args:
        accept_encoding: the Accept-Encoding field, its lines joined; None when there is none.
        offers: content codings, the one the server likes best first.
        default: what to select when no offer is acceptable.
        wildcard: whether `*` counts.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: an offer is no content coding.

    Source: RFC 9110 sections 8.4.1 and 12.5.3.

    >>> negotiate_encoding("gzip;q=0, br", ["gzip", "identity"]).selected
    'identity'
    """
    return negotiate_dimension(ENCODING, accept_encoding, offers, default, wildcard, explain)


def negotiate_charset(
    accept_charset: str | None,
    offers: Collection[str],
    *,
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a charset; the arguments are those of `negotiate_type`.

    Raises:
        PolicyError: an offer is no charset name.

    Source: RFC 9110 section 12.5.2.

    >>> negotiate_charset("iso-8859-5, utf-8;q=0.8", ["UTF-8"]).selected
    'UTF-8'
    """
    return negotiate_dimension(CHARSET, accept_charset, offers, default, wildcard, explain)


def negotiate_language(
    accept_language: str | None,
    offers: Collection[str],
    *,
    match: Literal["lookup", "filter"] = "lookup",
    default: str | None = None,
    default_range: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose a language by lookup or by basic filtering.

    Lookup takes the ranges by weight, equal ones in the order of the field, and finds for each the
    longest tag that is no longer than it: "en-GB" finds "en", "en" never finds "en-GB". A range
    "*" says nothing by itself and asks for the default, without one for the first offer. A tag
    whose most specific range has weight 0 is never found.

    Basic filtering matches "en" with "en" and "en-GB", and goes on as `negotiate_type` does; a tag
    that is the range itself is the more specific match.

    Args:
        accept_language: the Accept-Language field, its lines joined; None when there is none.
        offers: language tags, the one the server likes best first.
        match: the scheme.
        default: what to select when nothing else was; it need not be among the offers.
        default_range: a range to look up last, before the default.
        wildcard: whether `*` counts.
        explain: whether to fill `steps`.

    Raises:
        PolicyError: an offer is no language tag, or the scheme is unknown.

    Source: RFC 9110 section 12.5.4; RFC 4647 sections 3.3.1 and 3.4.

    >>> negotiate_language("en-GB, fr;q=0.5", ["fr", "en"]).selected
    'en'
    >>> negotiate_language("en", ["fr", "en-GB"], match="filter").selected
    'en-GB'
    """
    from httpheaders.language_lookup import look_up_default, negotiate_by_lookup

    if match == "lookup":
        return negotiate_by_lookup(
            accept_language, offers, default, default_range, wildcard, explain
        )
    if match != "filter":
        raise PolicyError(f"unknown matching scheme '{match}': expected 'lookup' or 'filter'")
    last = look_up_default(offers, default_range) or default
    return negotiate_dimension(LANGUAGE, accept_language, offers, last, wildcard, explain)


def negotiate(
    offers: Collection[str],
    *,
    accept: str | None = None,
    accept_language: str | None = None,
    accept_encoding: str | None = None,
    accept_charset: str | None = None,
    by: str | None = None,
    match: Literal["lookup", "filter"] = "lookup",
    default: str | None = None,
    wildcard: bool = True,
    explain: bool = False,
) -> Negotiation[str]:
    """
    Choose by whichever field decides about these offers.

    Args:
        offers: media types, language tags, content codings or charsets, the best liked first.
        accept, accept_language, accept_encoding, accept_charset: the fields, as far as there are.
        by: "type", "language", "encoding" or "charset". None: what the only field given is about,
            else what the offers look like.
        match, default, wildcard, explain: as in `negotiate_language`.

    Raises:
        PolicyError: an offer is not what it should be, or nothing tells what the offers are.

    Source: RFC 9110 sections 12.5.1 to 12.5.4.

    >>> negotiate(["en", "de"], accept_language="de-AT").selected
    'de'
    >>> negotiate(["gzip", "br"], accept="*/*", accept_encoding="br").selected
    'br'
    """
    if (
        by is None
        and accept is not None
        and (accept_language is accept_encoding is accept_charset is None)
    ):
        return negotiate_dimension(TYPE, accept, offers, default, wildcard, explain)
    fields = {
        "type": accept,
        "language": accept_language,
        "encoding": accept_encoding,
        "charset": accept_charset,
    }
    if by is None:
        given = [kind for kind, value in fields.items() if value is not None]
        by = given[0] if len(given) == 1 else _kind_of(offers)
    elif by not in fields:
        raise PolicyError(f"cannot negotiate by '{by}': expected {', '.join(fields)}")
    if by == "language":
        return negotiate_language(
            accept_language,
            offers,
            match=match,
            default=default,
            wildcard=wildcard,
            explain=explain,
        )
    return negotiate_dimension(DIMENSIONS[by], fields[by], offers, default, wildcard, explain)


# The codings that RFC 9110 section 8.4.1 and the IANA registry name.
_CODINGS = frozenset(
    {"identity", "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"}
    | {"dcb", "dcz", "aes128gcm", "exi"}
)


def _kind_of(offers: Collection[str]) -> str:
    if all("/" in offer for offer in offers):
        return "type"
    if all(offer.lower() in _CODINGS for offer in offers):
        return "encoding"
    raise PolicyError(
        "the offers may be languages or charsets: say which with 'by', or give that field alone"
    )


def negotiate_content_type(accept_header: str | None, available_types: Sequence[str]) -> str | None:
    """
    Give the best of the available media types, or None when none is acceptable.

    Raises:
        PolicyError: an available type is no media type; None would hide the mistake.

    Source: RFC 9110 section 12.5.1.

    >>> negotiate_content_type("text/html;q=0.8, text/plain", ["text/html", "text/plain"])
    'text/plain'
    """
    return negotiate_type(accept_header, available_types).selected
