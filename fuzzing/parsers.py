"""
Every function of the package that reads text: alone, and back where there is a way back.

Whatever is read and written again must be what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzzing.target import NOW, Target, document_of, messages_of, of_text, parts_of
from httpheaders import (
    accept_fields,
    cache_control,
    cache_policy,
    cookie_domains,
    cookies,
    cors_origins,
    cors_policy,
    netscape_cookies,
    pool_chain,
    pool_sweep,
    public_suffixes,
    targeted_cache_control,
    vary,
    wsgi,
)
from httpheaders.byte_ranges import read_content_range, requested_ranges
from httpheaders.cli import message_json
from httpheaders.entity_tag_values import read_entity_tag
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages import checks, dump, findings, framing, har, head, headers, paths
from httpheaders.messages.fields import KINDS, KNOWN_FIELDS, field_value, parse_fields
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange
from httpheaders.messages.set_cookie import read_set_cookie
from httpheaders.policy_file import parse_policy
from httpheaders.syntax import (
    base64url,
    cache_directives,
    challenges,
    cookie_dates,
    cookie_text,
    dates,
    durations,
    entity_tags,
    field_values,
    grammar,
    hosts,
    linear_patterns,
    links,
    media_types,
    origins,
    parameters,
    products,
    ranges,
    strict_json,
    strict_toml,
    structured,
    weighted_lists,
)

__all__ = ["PARSERS"]

DATA = Path(__file__).parent.parent / "tests" / "data"
DUMPS = tuple(path.read_bytes() for path in sorted((DATA / "dumps").glob("*.txt")))


def _text(function: Callable[[str], object], *seeds: str, name: str | None = None) -> Target:
    """A target that is a function of text, under its own name."""
    return Target(name or name_of(function), of_text(function), tuple(s.encode() for s in seeds))


def _there_and_back(
    parse: Callable[[str], Any], write: Callable[[Any], str], *seeds: str
) -> Target:
    """A parser whose values, written, must be read as the same values."""

    def run(text: str) -> None:
        value = parse(text)
        written = write(value)
        assert parse(written) == value, f"{text!r} became {written!r}"

    return Target(name_of(parse), of_text(run), tuple(seed.encode() for seed in seeds))


def name_of(function: Any) -> str:
    """Name a function as the table of targets does."""
    return f"{function.__module__.removeprefix('httpheaders.')}.{function.__name__}"


# --- syntax ---------------------------------------------------------------------------------------


def _base64url(octets: bytes) -> None:
    written = base64url.encode_base64url(octets)
    assert base64url.decode_base64url(written) == octets
    assert base64url.encode_base64url(base64url.decode_base64url(octets)) == octets


def _http_date(text: str) -> None:
    seconds = dates.parse_http_date(text, now=NOW)
    if seconds is not None and 0 <= seconds <= dates.LARGEST_TIME:
        assert dates.parse_http_date(dates.format_http_date(seconds), now=NOW) == seconds


def _date_value(text: str) -> None:
    assert dates.read_http_date(text, now=NOW) == dates.parse_http_date(text.strip(" \t"), now=NOW)


def _iso_date(text: str) -> None:
    seconds = dates.parse_iso_date(text)
    if seconds is not None and 0 <= seconds <= dates.LARGEST_TIME:
        assert dates.parse_iso_date(dates.format_iso_date(seconds)) == seconds


def _entity_tag(text: str) -> None:
    assert str(entity_tags.parse_entity_tag(text)) == text


def _entity_tags(text: str) -> None:
    for sent, tag, flaw in entity_tags.read_entity_tags(text):
        assert flaw or str(tag) == sent


def _split_list(text: str) -> None:
    for angles in (False, True):
        members = field_values.split_list(text, angles=angles)
        assert field_values.split_list(", ".join(members), angles=angles) == members


def _split_semicolons(text: str) -> None:
    pieces = field_values.split_semicolons(text)
    assert field_values.split_semicolons("; ".join(pieces)) == pieces


def _quote(text: str) -> None:
    assert grammar.unquote(grammar.quote(text)) == text
    grammar.is_field_value(grammar.unquote(text))


def _json(octets: bytes) -> None:
    value = strict_json.read_json(octets)
    written = strict_json.write_json(value)
    assert strict_json.read_json(written) == value
    assert strict_json.fast_json_writer()(value) is not None
    assert strict_json.read_json(strict_json.fast_json_writer()(value)) == value


def _structured(text: str) -> None:
    for kind in ("item", "list", "dictionary"):
        try:
            strict_json.write_json(structured.parse_structured(text, kind=kind))  # type: ignore[arg-type]
        except FieldSyntaxError:
            continue


def _linear_pattern(octets: bytes) -> None:
    expression, text = parts_of(octets, 2)
    pattern = linear_patterns.LinearPattern(expression)
    for match in ("full", "prefix", "search"):
        pattern.matches(text[:200], match=match)
    pattern.samples()


def _origin(text: str) -> None:
    try:
        origin = origins.parse_origin(text)
    except FieldSyntaxError:
        suggestion = origins.suggest_origin(text)
        assert suggestion in (None, origins.OPAQUE) or origins.parse_origin(suggestion)
        raise
    assert str(origin) == text
    assert origin.is_loopback in (True, False)


def _locate(octets: bytes) -> None:
    url, base = parts_of(octets, 2)
    for where in (None, base):
        try:
            origins.locate(url, where)
        except FieldSyntaxError:
            continue


def _mime_type(text: str) -> None:
    media_type = media_types.parse_mime_type(text)
    if media_type is not None:
        assert media_types.parse_mime_type(media_types.format_media_type(media_type)) == media_type


def _comment(text: str) -> None:
    at = text.find("(")
    comment, end = products.read_comment(text, max(at, 0))
    assert comment is None or end <= len(text)


def _set_cookie_text(text: str) -> None:
    name, value, attributes = cookie_text.split_set_cookie(text)
    line = "; ".join((f"{name}={value}", *(n if v is None else f"{n}={v}" for n, v in attributes)))
    assert cookie_text.split_set_cookie(line) == (name, value, attributes)


def _cookie_pairs(text: str) -> None:
    pairs = cookie_text.split_cookie_pairs(text)
    assert len(pairs) <= len(cookie_text.split_cookie_pieces(text)) + text.count("=")


SYNTAX = (
    Target("syntax.base64url.decode_base64url", _base64url, (b"", b"-_8", b"YWI", b"a+/=")),
    _text(cache_directives.split_directives, 'Public, no-cache="a, b", max-age=5', "a=,=b"),
    _text(
        challenges.parse_challenges,
        'Basic realm="a, b", Negotiate, Digest nonce=x, algorithm=MD5',
        "Negotiate YII==, Bearer",
    ),
    _text(challenges.parse_credentials, "Bearer mF_9.B5f-4.1JqM", 'Digest username="a", uri=/x'),
    _text(challenges.parse_auth_parameters, 'nextnonce="x", qop=auth', "a = b , c"),
    _text(cookie_dates.parse_cookie_date, "Wed, 09 Jun 2021 10:18:14 GMT", "9 jun 21 10:18:14"),
    Target(
        "syntax.cookie_text.split_cookie_pairs",
        of_text(_cookie_pairs),
        (b'a=1; my key=2;; c; d="x y"',),
    ),
    _text(cookie_text.split_cookie_pieces, "a = 1;; c"),
    Target(
        "syntax.cookie_text.split_set_cookie",
        of_text(_set_cookie_text),
        (b"sid=1; Path=/; Secure", b"=; ; x=", b"a"),
    ),
    _text(
        cookie_text.split_joined_set_cookies,
        "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2; Path=/",
    ),
    _text(cookie_text.unquote_cookie_value, '"a\\054 \\"b\\" \\303\\251"'),
    Target(
        "syntax.dates.parse_http_date",
        of_text(_http_date),
        (
            b"Sun, 06 Nov 1994 08:49:37 GMT",
            b"Sunday, 06-Nov-94 08:49:37 GMT",
            b"Sun Nov  6 08:49:37 1994",
        ),
    ),
    Target(
        "syntax.dates.read_http_date",
        of_text(_date_value),
        (b" Sun, 06 Nov 1994 08:49:37 GMT\t", b"Sunday, 06-Nov-94 08:49:37 GMT"),
    ),
    Target(
        "syntax.dates.parse_iso_date",
        of_text(_iso_date),
        (b"1994-11-06T08:49:37Z", b"1994-11-06", b"1994-11-06 08:49:37.5+01:00"),
    ),
    _text(durations.parse_duration, "1h30m", "90", "250ms", "1.5d"),
    _text(durations.parse_size, "2KiB", "10MB", "512", "1.5 g"),
    Target(
        "syntax.entity_tags.parse_entity_tag", of_text(_entity_tag), (b'W/"v7"', b'"a"', b"w/x")
    ),
    Target(
        "syntax.entity_tags.read_entity_tags",
        of_text(_entity_tags),
        (b'"a,b", W/"c", bare', b'w/"x" "y",,'),
    ),
    _text(field_values.parse_parameters, '; Charset="utf-8";', ";a=b ;c=d"),
    _text(field_values.parse_weight, "0.5", "1.000", "0.", "1.5"),
    Target("syntax.field_values.split_list", of_text(_split_list), (b'a, "b, c" ,,d', b"<a,b>, c")),
    Target(
        "syntax.field_values.split_semicolons", of_text(_split_semicolons), (b'a; b="c;d";', b";;")
    ),
    _text(grammar.parse_octet_count, "12", "1, 1", "99999999999999999999"),
    _text(grammar.parse_delta_seconds, "60", "-1", "99999999999999"),
    Target("syntax.grammar.unquote", of_text(_quote), (b'"a \\"b\\""', b"token")),
    Target(
        "syntax.linear_patterns.LinearPattern",
        _linear_pattern,
        (
            b"https://(\\w+\\.)?example\\.com\x1fhttps://www.example.com",
            b"(a|[^b-d])*x{2,3}\\d\x1faaaa",
        ),
    ),
    _text(links.parse_link, "</page/2>; rel=\"next\"; title*=UTF-8''a", "<>"),
    _there_and_back(
        media_types.parse_media_type,
        media_types.format_media_type,
        'text/html;charset="utf-8"',
        "a/b;c=d",
    ),
    _text(media_types.parse_media_range, "text/*;q=0.5", "*/*;a=b"),
    Target(
        "syntax.media_types.parse_mime_type",
        of_text(_mime_type),
        (b' text/HTML;charset="gbk;x=y', b"a/b;c;d=e"),
    ),
    Target(
        "syntax.origins.locate",
        _locate,
        (
            b"//User@EXAMPLE.com:443/path\x1fhttps://a.example/",
            b"http://0x7f.1/\x1f",
            b"https://[::1]:8443",
            "https://bücher.example/".encode(),
        ),
    ),
    Target(
        "syntax.origins.parse_origin",
        of_text(_origin),
        (b"https://app.example.com:8443", b"http://[2001:db8::1]", b"HTTPS://Example.com:443/"),
    ),
    _text(parameters.decode_extended_value, "UTF-8'en'%e2%82%ac%20rates", "iso-8859-1''%e9"),
    _text(parameters.parse_parameter, 'Charset="utf-8"', "a=b c", "a = b"),
    _text(parameters.split_parameters, 'text/html; charset="utf-8"', '"a;b"; c=d'),
    _text(products.parse_products, "curl/8.5.0 (a (b))", "Mozilla/5.0 (X11; Linux) Gecko"),
    Target("syntax.products.read_comment", of_text(_comment), (b"(a (b) \\) c) d", b"((")),
    _text(products.split_outside_comments, "1.1 a (x, y), 1.0 b"),
    _text(ranges.parse_content_range, "bytes 0-98/*", "bytes */42"),
    _text(ranges.parse_range, "bytes=0-499, 500-, -5", "items=a,b"),
    Target(
        "syntax.strict_json.read_json",
        _json,
        (b'{"a": [1, 2.5, true, null, "\\u00e9"]}', b"1e5", b'"\\ud800"'),
    ),
    Target(
        "syntax.strict_toml.read_toml",
        strict_toml.read_toml,
        (b"[a.b]\nc = [1, 2.5, \"x\", 'y', 1979-05-27T07:32:00Z]\nd = { e.f = true }\n",),
    ),
    Target(
        "syntax.structured.parse_structured",
        of_text(_structured),
        (b'hit;ttl=30, "b"', b"a=(1 2.5 :aGk=:), b;c=?0", b"@1659578233", b'%"f%c3%bc"'),
    ),
    _text(weighted_lists.parse_coding_range, "br;q=0", "gzip;a=b"),
    _text(
        lambda text: weighted_lists.parse_only_weight(text, 0),
        *(" ; Q=0.5", ";a=b"),
        name="syntax.weighted_lists.parse_only_weight",
    ),
    _text(weighted_lists.parse_transfer_coding_range, "trailers", "gzip;a=b;q=0.5"),
    _text(weighted_lists.parse_language_range, "en-GB;q=0.8", "*;q=0"),
)


# --- messages -------------------------------------------------------------------------------------


def _field_text(octets: bytes) -> None:
    assert headers.encode_field_text(headers.decode_field_text(octets)) == octets


def _header_block(octets: bytes) -> None:
    fields, _ = head.parse_header_block(octets)
    assert parse_fields(fields, now=NOW)
    strict_json.write_json(parse_fields(fields, now=NOW)[0])


def _head(octets: bytes) -> None:
    lines = [line for line in head.split_lines(octets) if line.octets]
    if lines:
        framing.check_message(head.parse_head(lines).message)


def _split_lines(octets: bytes) -> None:
    lines = head.split_lines(octets)
    assert sum(len(line.octets) for line in lines) <= len(octets)
    assert len(lines) <= octets.count(b"\n") + 1


def _dump(octets: bytes) -> None:
    for received in dump.parse_dump(octets):
        assert received.line >= 1
        for message in received.exchange:
            assert message is None or len(message.body or b"") <= len(octets)


def _har(octets: bytes) -> None:
    document = document_of(octets)
    for entry in har.read_har(document):
        str(entry)


def _path(octets: bytes) -> None:
    text, block = parts_of(octets, 2)
    path = paths.parse_path(text)
    assert path.text == text
    request, response, _ = messages_of(b"GET /\x1f200\n" + block.encode())
    found = findings.find(path, Exchange(request, response), now=NOW)
    assert len(found.values) == len(found.texts)


def _check(octets: bytes) -> None:
    text, block = parts_of(octets, 2)
    check = checks.parse_check(text)
    if check.operator != "~":  # these are Python's own, which the program bounds by its clock
        _, response, _ = messages_of(b"\x1f200\n" + block.encode())
        checks.run_checks([check], [Exchange(None, response)], now=NOW)


def _field(kind: str, name: str) -> Callable[[bytes], None]:
    def run(octets: bytes) -> None:
        lines = headers.decode_field_text(octets).split("\n")
        strict_json.write_json(field_value(name, lines, now=NOW).value)

    return run


# One good value for each kind; the other seeds of a field come from its syntax.
FIELD_SEEDS = {
    "text": "anything",
    "token": "SAMEORIGIN",
    "first-token": "nosniff, x",
    "method": "PUT",
    "integer": "10",
    "length": "42, 42",
    "seconds": "3600",
    "boolean": "true",
    "date": "Sun, 06 Nov 1994 08:49:37 GMT",
    "expires": "0",
    "retry-after": "120",
    "names": "Origin, Accept-Encoding,,",
    "methods": "GET, HEAD",
    "texts": "for=a, b",
    "texts-without-case": "websocket, h2c",
    "strings": '"cache", "cookies"',
    "media-ranges": "text/html;level=1, text/*;q=0.5, */*;q=0.1",
    "language-ranges": "de-CH, en;q=0.5, *;q=0",
    "codings": "gzip;q=1.0, identity; q=0.5, *;q=0",
    "transfer-codings": "trailers, gzip;a=b;q=0.5",
    "parameterised": "gzip, chunked;a=b",
    "extensions": "permessage-deflate; client_max_window_bits, x",
    "cache-control": 'public, max-age=3600, no-cache="set-cookie, x", ext',
    "directives": "max=100, timeout=5",
    "transport-security": "max-age=31536000; includeSubDomains",
    "policies": "default-src 'self'; script-src a b, img-src *",
    "preferences": 'respond-async, wait=10; a="b"',
    "parameters": 'nextnonce="x", qop=auth',
    "cookies": 'a=1; b="2"',
    "set-cookies": "sid=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain=a.example; SameSite=Lax",
    "links": "</a,b>; rel=\"next prev\"; title*=UTF-8''x, <c>; anchor=d",
    "media-type": 'multipart/form-data; boundary="a b"',
    "disposition": 'attachment; filename="a\\"b"; filename*=UTF-8\'\'%e2%82%ac',
    "etag": 'W/"v7"',
    "etags": '"a,b", W/"c", *',
    "if-range": '"v7"',
    "range": "bytes=0-499, 500-, -5",
    "content-range": "bytes 0-98/*",
    "challenges": 'Basic realm="a, b", Negotiate YII=',
    "credentials": "Basic YTpi",
    "products": "curl/8.5.0 (a (b)) x",
    "via": "1.0 fred, HTTP/1.1 p.example:80 (a, b)",
    "forwarded": 'for=192.0.2.60;proto=http, for="[2001:db8::1]:80"',
    "timings": 'db;dur=53.2;desc="a b", cache',
    "alternatives": 'h3=":443"; ma=86400; persist=1, h2="a.example:8443"',
    "item": "?1;a=b",
    "list": 'hit;ttl=30, "b", (a b);c',
    "dictionary": "u=1, i, a=(b c)",
    "json": '{"group":"a","max_age":1,"endpoints":[{"url":"https://a.example/"}]}',
}
_FIELD_OF_KIND = {known.kind: name for name, known in reversed(KNOWN_FIELDS.items())}

MESSAGES = (
    Target(
        "messages.fields.parse_fields",
        lambda octets: parse_fields(messages_of(b"\x1f200\n" + octets)[1].headers, now=NOW),
        (b"Vary: a\nvary: b\nSet-Cookie: a=b\n",),
    ),
    _text(headers.parse_field_line, "Accept: a", "no colon"),
    Target("messages.headers.decode_field_text", _field_text, (b"caf\xe9", "café".encode())),
    Target(
        "messages.head.parse_header_block",
        _header_block,
        (b"Vary: Accept\r\nno colon\nX-Empty:\n folded\n", b"a : b\n\nc: d"),
    ),
    Target(
        "messages.head.parse_head",
        _head,
        (
            b"HTTP/2 404\r\ncontent-type: text/html\r\n",
            b"GET /x HTTP/1.1\nHost: a\n b\n",
            b":method: GET\n:path: /x\n",
        ),
    ),
    Target("messages.head.split_lines", _split_lines, (b"a: 1\r\nb:\x0b2\n",)),
    Target("messages.dump.parse_dump", _dump, DUMPS),
    Target(
        "messages.har.read_har",
        _har,
        (
            b'{"log": {"entries": [{"startedDateTime": "2025-01-01T00:00:00.5Z", "time": 12.5,'
            b' "timings": {"send": -1, "wait": 2}, "connection": "4", "request": {"method": "GET",'
            b' "url": "https://a.example/", "httpVersion": "h2", "headers": [{"name": "a", "value":'
            b' "b"}]}, "response": {"status": 200, "headers": [], "content": {"size": 2, "text":'
            b' "aGk=", "encoding": "base64"}}}, {"response": 204}]}}',
        ),
    ),
    Target(
        "messages.paths.parse_path",
        _path,
        (
            b'set-cookie["sid"].secure\x1fSet-Cookie: sid=1; Secure\n',
            b"response:link[next].href\x1fLink: <a>; rel=next\n",
            b":status\x1f",
            b"vary[0]\x1fVary: Origin, Accept\n",
            b"priority.u\x1fPriority: u=1\n",
        ),
    ),
    Target(
        "messages.paths.scan_path", of_text(lambda text: paths.scan_path(text, 0)), (b"a.b[c]",)
    ),
    Target(
        "messages.checks.parse_check",
        _check,
        (
            b"cache-control.max-age >= 1h\x1fCache-Control: max-age=60\n",
            b"!server\x1fServer: a\n",
            b"content-type==text/html\x1fContent-Type: text/html;charset=utf-8\n",
            b"etag ~ ^W/\x1f",
        ),
    ),
    _text(checks.parse_check_lines, "# comment\n:status==200\n!server\n", "etag ~ (a+)+$"),
    *(
        Target(f"field {kind}", _field(kind, _FIELD_OF_KIND[kind]), (FIELD_SEEDS[kind].encode(),))
        for kind in KINDS
    ),
)


# --- systems --------------------------------------------------------------------------------------


def _cache_control(text: str) -> None:
    directives = cache_control.parse_cache_control(text)
    written = cache_control.format_cache_control(directives)
    if not directives.unreadable and grammar.is_field_value(written):
        assert cache_control.parse_cache_control(written) == directives, written


def _cookie_file(text: str) -> None:
    found = netscape_cookies.parse_cookie_file(text, now=NOW)
    written, left_out = netscape_cookies.format_cookie_file(found.cookies)
    assert not left_out
    assert netscape_cookies.parse_cookie_file(written, now=NOW).cookies == found.cookies


def _cookie_header(text: str) -> None:
    read = cookies.read_cookie_header(text, unquote=True, explain=True)
    assert len(cookies.parse_cookie_header(text)) <= len(read.cookies)


def _policy(is_json: bool) -> Callable[[bytes], object]:
    return lambda octets: parse_policy(
        octets, is_json=is_json, read_key=lambda kind, name: b"k" * 32
    )


def _mapping(octets: bytes) -> None:
    policy = cors_policy.policy_from_mapping(document_of(octets))
    policy.allows("https://a.example")
    policy.examples()


def _origin_regex(octets: bytes) -> None:
    expression, origin = parts_of(octets, 2)
    regex = cors_origins.OriginRegex(expression)
    pattern = regex.compiled()
    regex.matches(origin[:200], pattern)
    regex.examples(pattern)


def _read_headers(octets: bytes) -> None:
    fields = message_json.read_headers(strict_json.read_json(octets))
    assert message_json.read_headers([list(pair) for pair in fields]) == fields


def _exchange(octets: bytes) -> None:
    exchange = message_json.read_exchange(document_of(octets))
    document = message_json.write_exchange(exchange)
    again = message_json.read_exchange(strict_json.read_json(strict_json.write_json(document)))
    assert message_json.write_exchange(again) == document


def _one_field(name: str, read: Callable[[Headers], object]) -> Callable[[bytes], object]:
    return of_text(lambda text: read(Headers([(name, line) for line in text.split("\n")])))


def _target(text: str) -> None:
    target = wsgi.parse_target(text)
    assert target.path == "*" or target.path.startswith("/")


SYSTEMS = (
    Target(
        "cache_control.parse_cache_control",
        of_text(_cache_control),
        (b'public, max-age=3600, no-cache="set-cookie, x", ext="a, b"', b"max-age=1, max-age=2"),
    ),
    _text(targeted_cache_control.parse_targeted_field, "max-age=60, no-store", "max-age=?1"),
    Target("vary.parse_vary", _one_field("Vary", vary.parse_vary), (b"Origin, Accept", b"*")),
    Target(
        "vary.vary_problems", _one_field("Vary", vary.vary_problems), (b"Cookie, *, User-Agent",)
    ),
    Target(
        "cache_policy.request_directives",
        _one_field("Cache-Control", cache_policy.request_directives),
        (b"max-stale, min-fresh=5, only-if-cached",),
    ),
    Target(
        "entity_tag_values.read_entity_tag",
        _one_field("ETag", read_entity_tag),
        (b'W/"v7"', b"bare"),
    ),
    _text(read_content_range, "bytes 0-98/99", "bytes */*"),
    _text(
        lambda text: requested_ranges(text, 1000),
        "bytes=0-0, -1, 5-",
        name="byte_ranges.requested_ranges",
    ),
    _text(accept_fields.parse_accept, "text/html;level=1;q=0.5, */*"),
    _text(accept_fields.parse_accept_language, "de-CH, en;q=0.5"),
    _text(accept_fields.parse_accept_encoding, "gzip, *;q=0"),
    _text(accept_fields.parse_accept_charset, "utf-8, iso-8859-1;q=0.5"),
    Target("cookies.read_cookie_header", of_text(_cookie_header), (b'a=1; b="2"; c', b'd="\\054"')),
    _text(
        read_set_cookie,
        "__Host-a=1; Path=/; Secure; SameSite=None; Partitioned; Max-Age=-1; Domain=.a.example",
    ),
    _text(cookie_domains.split_cookie_url, "https://u:p@a.example:8443/x/y?z", "http://[::1]/"),
    _text(public_suffixes.parse_suffix_rules, "// comment\n*.ck\n!www.ck\ncom\n"),
    _text(hosts.serialize_host, "Faß.DE", "xn--fa-hia.de", "0x7f.1", "[::1]", "a%C3%BC"),
    _text(cookie_domains.canonical_host, "BÜCHER.example", "[::1]", "a..b"),
    Target(
        "netscape_cookies.parse_cookie_file",
        of_text(_cookie_file),
        (b"#HttpOnly_.example.com\tTRUE\t/\tTRUE\t0\tsid\t1\n# x\na\tFALSE\tx\tFALSE\t99\tb\n",),
    ),
    _text(cors_origins.parse_origin_pattern, "https://*.example.com:*", "*", "null"),
    Target(
        "cors_origins.OriginRegex", _origin_regex, (b"https://.*\\.example\\.com\x1fhttps://a.b",)
    ),
    Target(
        "cors_policy.policy_from_mapping",
        _mapping,
        (
            b'{"allow_origins": ["https://*.example.com"], "allow_methods": ["PUT"], "max_age": 60,'
            b' "allow_headers": ["X-A"], "allow_credentials": true}',
            b'{"allow_origin_regex": {"pattern": "https://a", "match": "prefix"}}',
        ),
    ),
    Target(
        "policy_file.parse_policy",
        _policy(False),
        (
            (DATA / "policy.toml").read_bytes(),
            (
                b'[limits]\nmax_body = "1MiB"\n[cors]\nallow_origins = ["https://a.example"]\n'
                b'[session]\nkey_file = "k"\n[[route]]\npath = "/users/{id}"\nmethods = ["GET"]\n'
                b'roles = ["admin"]\ncache = "no-cache"\n[[route]]\npath = "/*"\n'
            ),
        ),
    ),
    Target(
        "policy_file.parse_policy, JSON",
        _policy(True),
        (b'{"route": [{"path": "/users", "methods": ["GET"], "offers": ["text/html"]}]}',),
    ),
    _text(pool_chain.parse_chain, "client=90s,lb=60s,server=5s"),
    _text(pool_sweep.parse_sweep, "max-per-host=1:40", "idle-timeout=1s,2m", "max-total=1:9:2"),
    Target("wsgi.parse_target", of_text(_target), (b"http://a.example:8080/x?y=1#top", b"*", b"/")),
    _text(wsgi.split_authority, "a.example:80", "[::1]:8080", "user@a"),
    Target(
        "cli.message_json.read_headers",
        _read_headers,
        (
            b'{"A": "b", "C": ["d", "e"]}',
            b'[["A", "b"], {"name": "C", "value": "d"}]',
            b'"A: b\\nC: d"',
        ),
    ),
    Target(
        "cli.message_json.read_exchange",
        _exchange,
        (
            b'{"request": {"method": "GET", "url": "/", "body": "a"}, "response": {"status": 200,'
            b' "headers": {"A": "b"}, "body_base64": "/w=="}}',
        ),
    ),
)

PARSERS = (*SYNTAX, *MESSAGES, *SYSTEMS)
