"""
Which media types are worth compressing.

Source: none but experience; RFC 9110 section 8.3 says what a type is.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["is_worth_compressing"]

_WORTH_SUFFIXES = ("+json", "+xml", "+text", "+yaml", "+json-seq")
# Text under other names, and the few binary types that are not compressed in themselves.
_WORTH = frozenset(
    name
    for line in """
    application/json application/x-ndjson application/jsonl application/json-seq application/json5
    application/x-json application/dns-json application/graphql application/javascript
    application/x-javascript application/ecmascript application/typescript application/xml
    application/xml-dtd application/xml-external-parsed-entity application/yaml application/x-yaml
    application/toml application/sql application/rtf application/tex application/x-tex
    application/x-latex application/postscript application/x-sh application/x-perl
    application/x-httpd-php application/x-www-form-urlencoded application/wasm application/x-tar
    application/n-quads application/n-triples application/trig application/sparql-query
    application/vnd.ms-fontobject application/x-font-ttf application/x-font-opentype
    application/x-font-truetype application/vnd.apple.mpegurl application/x-mpegurl
    application/x-subrip application/pkix-crl application/mbox application/ld-json
    font/ttf font/otf font/sfnt font/collection font/eot
    image/bmp image/x-ms-bmp image/x-bmp image/vnd.microsoft.icon image/x-icon
    image/x-portable-pixmap message/rfc822 message/http message/global model/obj model/stl
    x-shader/x-vertex x-shader/x-fragment
    """.splitlines()
    for name in line.split()
)


def is_worth_compressing(content_type: str, *, types: Sequence[str] = ()) -> bool:
    """
    Say whether content of this type usually becomes smaller.

    Args:
        content_type: the Content-Type value; parameters do not matter.
        types: media types that are worth it besides, "application/x-foo" or "image/*".

    Source: RFC 9110 section 8.3 (what a type is); which ones are worth it is experience.

    >>> is_worth_compressing("text/html; charset=utf-8"), is_worth_compressing("image/png")
    (True, False)
    """
    essence = content_type.partition(";")[0].strip(" \t").lower()
    if essence.startswith("text/") or essence in _WORTH or essence.endswith(_WORTH_SUFFIXES):
        return True
    main_type = essence.partition("/")[0]
    return any(
        wanted in (essence, f"{main_type}/*", "*/*") for wanted in (t.lower() for t in types)
    )
