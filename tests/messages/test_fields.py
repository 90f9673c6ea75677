"""Field name to value: a table by section, the hard questions, and properties."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.answer import Problem
from httpheaders.messages.field_readers.reading import MOST_PROBLEMS
from httpheaders.messages.fields import KINDS, KNOWN_FIELDS, FieldValue, field_value, parse_fields
from httpheaders.messages.headers import Headers, Latin1Text

SOME_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
SOME_DATE_VALUE = {"iso": "1994-11-06T08:49:37Z", "epoch": 784111777}


def sf(value, kind, /, **parameters):
    return {"value": value, "type": kind, "parameters": parameters}


def weighted(value, quality=1.0, /, **parameters):
    return {"range": value, "quality": quality, "parameters": parameters}


def tag(value, opaque, weak=False):
    return {"value": value, "opaque": opaque, "weak": weak}


def challenge(scheme, token68=None, /, **parameters):
    return {"scheme": scheme, "token68": token68, "parameters": parameters}


def product(name, version=None, *comments):
    return {"product": name, "version": version, "comments": list(comments)}


def link(href, *rel, anchor=None, title=None, **others):
    return {"href": href, "rel": list(rel), "anchor": anchor, "title": title, **others}


def set_cookie(name, value, **attributes):
    plain = dict.fromkeys(("expires", "max-age", "domain", "path", "samesite"))
    flags = dict.fromkeys(("secure", "httponly", "partitioned"), False)
    given = {key.replace("_", "-"): value for key, value in attributes.items()}
    return {"name": name, "value": value, **plain, **flags, "extensions": {}, **given}


def media_type(essence, /, **parameters):
    common = {name: parameters.get(name) for name in ("charset", "boundary")}
    return {"type": essence, **common, "parameters": parameters}


# name, lines, value: all of them without a problem
WELL_FORMED = [
    pytest.param("Date", [SOME_DATE], SOME_DATE_VALUE, id="9110-6.6.1-date"),
    pytest.param("Expires", [SOME_DATE], SOME_DATE_VALUE, id="9111-5.3-expires"),
    pytest.param("Sunset", [SOME_DATE], SOME_DATE_VALUE, id="8594-sunset"),
    pytest.param(
        "Retry-After", ["120"], {"seconds": 120, "iso": None, "epoch": None}, id="10.2.3-seconds"
    ),
    pytest.param(
        "Retry-After", [SOME_DATE], {"seconds": None, **SOME_DATE_VALUE}, id="10.2.3-date"
    ),
    pytest.param("Content-Length", ["3495"], 3495, id="8.6-length"),
    pytest.param("Content-Length", ["5000000000"], 5000000000, id="8.6-above-2-to-31"),
    pytest.param("Content-Length", ["5", "5"], 5, id="8.6-same-length-twice"),
    pytest.param("Age", ["60"], 60, id="9111-5.1-age"),
    pytest.param("Access-Control-Max-Age", ["600"], 600, id="fetch-max-age"),
    pytest.param("Max-Forwards", ["0010"], 10, id="7.6.2-max-forwards"),
    pytest.param("Vary", ["Origin,, Accept ,", "\tX-A"], ["Origin", "Accept", "X-A"], id="vary"),
    pytest.param("Vary", [""], [], id="12.5.5-empty-list"),
    pytest.param("Vary", ["*"], ["*"], id="12.5.5-star"),
    pytest.param("Allow", ["GET, HEAD"], ["GET", "HEAD"], id="10.2.1-allow"),
    pytest.param("Connection", ["keep-alive, X"], ["keep-alive", "X"], id="7.6.1-connection"),
    pytest.param("Upgrade", ["websocket, HTTP/2.0"], ["websocket", "HTTP/2.0"], id="7.8-upgrade"),
    pytest.param("Expect", ["100-continue"], ["100-continue"], id="10.1.1-expect"),
    pytest.param(
        "Clear-Site-Data", ['"cache", "a, b"'], ["cache", "a, b"], id="clear-site-data-strings"
    ),
    pytest.param(
        "Transfer-Encoding",
        ["gzip, chunked"],
        [{"value": "gzip", "parameters": {}}, {"value": "chunked", "parameters": {}}],
        id="9112-6.1-codings",
    ),
    pytest.param(
        "Sec-WebSocket-Extensions",
        ["permessage-deflate; client_max_window_bits"],
        [{"value": "permessage-deflate", "parameters": {"client_max_window_bits": ""}}],
        id="6455-extension-with-bare-parameter",
    ),
    pytest.param(
        "Accept",
        ["text/*;q=0.3, Text/Plain;format=flowed", '*/*;a="x, \\"y\\"";Q=0.5'],
        [
            weighted("text/*", 0.3),
            weighted("text/plain", format="flowed"),
            weighted("*/*", 0.5, a='x, "y"'),
        ],
        id="12.5.1-media-ranges",
    ),
    pytest.param(
        "Accept-Language",
        ["da, en-GB;q=0.8, *;q=0"],
        [weighted("da"), weighted("en-GB", 0.8), weighted("*", 0.0)],
        id="12.5.4-language-ranges",
    ),
    pytest.param(
        "Accept-Encoding",
        ["gzip;q=1.0, *;q=0"],
        [weighted("gzip"), weighted("*", 0.0)],
        id="12.5.3-codings",
    ),
    pytest.param(
        "TE", ["trailers, deflate;q=0.5"], [weighted("trailers"), weighted("deflate", 0.5)], id="te"
    ),
    pytest.param(
        "Cache-Control",
        ['Public, MAX-AGE=3600, no-cache="Set-Cookie, X", community="UCI, x"', "max-stale"],
        {
            "public": True,
            "max-age": 3600,
            "no-cache": ["Set-Cookie", "X"],
            "community": "UCI, x",
            "max-stale": True,
        },
        id="9111-5.2-directives-on-two-lines",
    ),
    pytest.param("Cache-Control", [""], {}, id="9111-5.2-empty"),
    pytest.param("Keep-Alive", ["timeout=5, max=100"], {"timeout": 5, "max": 100}, id="keep-alive"),
    pytest.param(
        "Strict-Transport-Security",
        ['max-age="31536000" ; includeSubDomains; preload'],
        {"max-age": 31536000, "includesubdomains": True, "preload": True},
        id="6797-6.1-directives",
    ),
    pytest.param(
        "Content-Security-Policy",
        ["Default-Src 'self' https://x ;; upgrade-insecure-requests, img-src *", "img-src a"],
        [
            {"default-src": ["'self'", "https://x"], "upgrade-insecure-requests": []},
            {"img-src": ["*"]},
            {"img-src": ["a"]},
        ],
        id="csp-2.2-policies",
    ),
    pytest.param(
        "Prefer",
        ["respond-async, wait=10; x=1", 'return = "a, b"'],
        {
            "respond-async": {"value": True, "parameters": {}},
            "wait": {"value": 10, "parameters": {"x": "1"}},
            "return": {"value": "a, b", "parameters": {}},
        },
        id="7240-2-preferences",
    ),
    pytest.param(
        "Cookie",
        ['a=1; b="x y"; a=2', "c="],
        [
            {"name": "a", "value": "1"},
            {"name": "b", "value": '"x y"'},
            {"name": "a", "value": "2"},
            {"name": "c", "value": ""},
        ],
        id="6265bis-4.2-cookies",
    ),
    pytest.param(
        "Set-Cookie",
        [
            "sid=a,b=c; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/; SECURE; samesite=LAX",
            "x=; Max-Age=-1; Domain=Example.com; HttpOnly; Partitioned; Priority=High; Path=/a",
        ],
        [
            set_cookie(
                "sid",
                "a,b=c",
                expires={"iso": "2015-10-21T07:28:00Z", "epoch": 1445412480},
                path="/",
                secure=True,
                samesite="Lax",
            ),
            set_cookie(
                "x",
                "",
                max_age=-1,
                domain="Example.com",
                path="/a",
                httponly=True,
                partitioned=True,
                extensions={"priority": "High"},
            ),
        ],
        id="6265bis-5.6-set-cookies",
    ),
    pytest.param(
        "Link",
        ['</a,b;c>; rel="next prev"; title="x, \\"y\\"", <d>;REL=last', "<e>; rel=x; crossorigin"],
        [
            link("/a,b;c", "next", "prev", title='x, "y"'),
            link("d", "last"),
            link("e", "x", crossorigin=""),
        ],
        id="8288-3-comma-in-angles-and-quotes",
    ),
    pytest.param(
        "Link",
        ["<a>; rel=x; title*=UTF-8'de'n%c3%a4chstes%20Kapitel; title=plain; anchor=\"#f\""],
        [link("a", "x", title="nächstes Kapitel", anchor="#f")],
        id="8288-3.4.1-title-with-star",
    ),
    pytest.param(
        "Content-Type",
        ['Text/HTML;Charset="utf-8"; Boundary="a;b"'],
        media_type("text/html", charset="utf-8", boundary="a;b"),
        id="8.3.1-media-type",
    ),
    pytest.param(
        "Content-Disposition",
        ["Attachment; filename=\"EURO;.txt\"; filename*=utf-8''%e2%82%ac%20rates"],
        {
            "type": "attachment",
            "filename": "€ rates",
            "parameters": {"filename": "EURO;.txt", "filename*": "utf-8''%e2%82%ac%20rates"},
        },
        id="6266-5-filename-star-wins",
    ),
    pytest.param("ETag", ['W/"v7"'], tag('W/"v7"', "v7", True), id="8.8.3-weak"),
    pytest.param("ETag", ['"a,b\\"'], tag('"a,b\\"', "a,b\\"), id="8.8.3-backslash-is-no-escape"),
    pytest.param("ETag", ['""'], tag('""', ""), id="8.8.3-empty"),
    pytest.param("ETag", ['"\xe9"'], tag('"\xe9"', "\xe9"), id="8.8.3-obs-text"),
    pytest.param("If-None-Match", ["*"], "*", id="13.1.2-star"),
    pytest.param(
        "If-None-Match",
        ['"a,b", ,W/"c"', '"d"'],
        [tag('"a,b"', "a,b"), tag('W/"c"', "c", True), tag('"d"', "d")],
        id="13.1.2-list",
    ),
    pytest.param("If-Range", ['"a"'], {"etag": tag('"a"', "a"), "date": None}, id="13.1.5-tag"),
    pytest.param("If-Range", [SOME_DATE], {"etag": None, "date": SOME_DATE_VALUE}, id="13.1.5"),
    pytest.param(
        "Range",
        ["Bytes=0-499, 500-,-500"],
        {"unit": "bytes", "ranges": [[0, 499], [500, None], [None, 500]]},
        id="14.1.2-ranges",
    ),
    pytest.param("Range", ["pages=iv"], {"unit": "pages", "ranges": ["iv"]}, id="14.1.1-other"),
    pytest.param(
        "Content-Range",
        ["bytes 42-1233/*"],
        {"unit": "bytes", "first": 42, "last": 1233, "size": None},
        id="14.4-unknown-size",
    ),
    pytest.param(
        "Content-Range",
        ["bytes */1234"],
        {"unit": "bytes", "first": None, "last": None, "size": 1234},
        id="14.4-unsatisfied",
    ),
    pytest.param(
        "WWW-Authenticate",
        ['Basic realm="simple, \\"x\\"", Negotiate, Newauth realm="apps" , type=1', "Bearer ab=="],
        [
            challenge("Basic", realm='simple, "x"'),
            challenge("Negotiate"),
            challenge("Newauth", realm="apps", type="1"),
            challenge("Bearer", "ab=="),
        ],
        id="11.6.1-several-challenges-in-a-line",
    ),
    pytest.param(
        "Authorization",
        ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
        challenge("Basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        id="11.6.2-token68",
    ),
    pytest.param(
        "Authentication-Info",
        ['qop=auth, nextnonce="a,b"'],
        {"qop": "auth", "nextnonce": "a,b"},
        id="11.6.3-parameters",
    ),
    pytest.param(
        "User-Agent",
        ["Mozilla/5.0 (X11; Linux (x86)) AppleWebKit/537.36 (KHTML, like Gecko) x"],
        [
            product("Mozilla", "5.0", "X11; Linux (x86)"),
            product("AppleWebKit", "537.36", "KHTML, like Gecko"),
            product("x"),
        ],
        id="10.1.5-products-and-comments",
    ),
    pytest.param(
        "Via",
        ["1.0 fred, 1.1 p.example.net (Apache, \\) 1.1)", "HTTP/2 [::1]:80"],
        [
            {"protocol": "HTTP", "version": "1.0", "by": "fred", "comment": None},
            {
                "protocol": "HTTP",
                "version": "1.1",
                "by": "p.example.net",
                "comment": "Apache, ) 1.1",
            },
            {"protocol": "HTTP", "version": "2", "by": "[::1]:80", "comment": None},
        ],
        id="7.6.3-comma-in-comment",
    ),
    pytest.param(
        "Forwarded",
        ['for="[2001:db8::1]:4711";Proto=http, for=unknown'],
        [{"for": "[2001:db8::1]:4711", "proto": "http"}, {"for": "unknown"}],
        id="7239-4-elements",
    ),
    pytest.param(
        "Server-Timing",
        ['miss, db;dur=53.2;desc="a, b";x=1'],
        [
            {"name": "miss", "dur": None, "desc": None, "parameters": {}},
            {"name": "db", "dur": 53.2, "desc": "a, b", "parameters": {"x": "1"}},
        ],
        id="server-timing-3",
    ),
    pytest.param(
        "Alt-Svc",
        ['h3=":443"; ma=86400; persist=1, w%3D=":1"; v="46,43"'],
        [
            {"protocol": "h3", "authority": ":443", "ma": 86400, "persist": True, "parameters": {}},
            {
                "protocol": "w=",
                "authority": ":1",
                "ma": None,
                "persist": False,
                "parameters": {"v": "46,43"},
            },
        ],
        id="7838-3-alternatives",
    ),
    pytest.param("Alt-Svc", ["clear"], "clear", id="7838-3-clear"),
    pytest.param("Location", ["/a, b"], "/a, b", id="10.2.2-comma-is-no-list"),
    pytest.param("Access-Control-Allow-Credentials", ["true"], True, id="fetch-credentials"),
    pytest.param("X-Content-Type-Options", ["nosniff"], "nosniff", id="fetch-nosniff"),
    pytest.param("NEL", ['{"max_age": 1.5}'], [{"max_age": 1.5}], id="nel-json"),
    pytest.param(
        "Priority", ["u=3, i"], {"u": sf(3, "integer"), "i": sf(True, "boolean")}, id="9218-5"
    ),
    pytest.param(
        "Cache-Status",
        ["ExampleCache; hit; ttl=37", "B;fwd=uri-miss"],
        [sf("ExampleCache", "token", hit=True, ttl=37), sf("B", "token", fwd="uri-miss")],
        id="9211-2-two-lines",
    ),
    pytest.param(
        "CDN-Cache-Control",
        ["max-age=60, no-store"],
        {"max-age": sf(60, "integer"), "no-store": sf(True, "boolean")},
        id="9213-2.1",
    ),
    pytest.param(
        "Deprecation",
        ["@784111777"],
        sf(SOME_DATE_VALUE, "date"),
        id="9745-2-date",
    ),
    pytest.param(
        "Permissions-Policy",
        ['geolocation=(self "https://a"), camera=()'],
        {
            "geolocation": sf([sf("self", "token"), sf("https://a", "string")], "inner-list"),
            "camera": sf([], "inner-list"),
        },
        id="permissions-policy-inner-lists",
    ),
]


@pytest.mark.parametrize(("name", "lines", "value"), WELL_FORMED)
def test_well_formed_field(name, lines, value):
    assert field_value(name, lines) == FieldValue(value)


# name, lines, value, words of the first problem, its section
ODD = [
    *(
        pytest.param(
            "X-Content-Type-Options",
            lines,
            value,
            message,
            'Fetch section "X-Content-Type-Options header"',
            id=f"nosniff-{name}",
        )
        for name, lines, value, message in (
            ("twice", ["nosniff, nosniff"], "nosniff", "the first one counts"),
            ("first", ["NoSniff , x"], "NoSniff", "the first one counts"),
            ("last", ["x,nosniff"], "x", "the first one counts"),
            ("behind-nothing", [", nosniff"], "", "the first one counts"),
            ("quoted", ['"nosniff"'], '"nosniff"', "is not a token"),
        )
    ),
    pytest.param("Expires", ["0"], None, "counts as expired", "RFC 9111 section 5.3", id="zero"),
    pytest.param("Date", ["now"], None, "is not a date", "RFC 9110 section 5.6.7", id="no-date"),
    pytest.param(
        "Date",
        ["Sunday, 06-Nov-94 08:49:37 GMT"],
        SOME_DATE_VALUE,
        "obsolete form",
        "RFC 9110 section 5.6.7",
        id="obsolete-date",
    ),
    pytest.param(
        "Retry-After", ["soon"], None, "neither", "RFC 9110 section 10.2.3", id="retry-soon"
    ),
    pytest.param("Age", ["20", "10"], 20, "2 times", "RFC 9110 section 5.3", id="age-twice"),
    pytest.param("Age", ["20, 10"], 20, "first one", "RFC 9111 section 5.1", id="age-list"),
    pytest.param(
        "Age", ["99999999999"], 2**31, "counts as", "RFC 9111 section 1.2.2", id="age-too-large"
    ),
    pytest.param("Age", ["-1"], None, "not a count", "RFC 9111 section 5.1", id="age-negative"),
    pytest.param(
        "Content-Length", ["5, 6"], None, "different", "RFC 9110 section 8.6", id="lengths-differ"
    ),
    pytest.param("Content-Length", ["9" * 5000], None, "too large", None, id="length-too-large"),
    pytest.param("Content-Length", ["+5"], None, "not a non-negative", None, id="length-signed"),
    pytest.param("Content-Length", ["\u0663"], None, "not a non-neg", None, id="arabic-digit"),
    pytest.param(
        "Vary", ["a b, c"], ["a b", "c"], "not a token", "RFC 9110 section 5.6.2", id="vary-blank"
    ),
    pytest.param(
        "Access-Control-Allow-Credentials", ["True"], None, "not 'true'", None, id="credentials"
    ),
    pytest.param(
        "Accept",
        ["text/html;q=2, */html, a/b"],
        [weighted("a/b")],
        "weight '2'",
        "RFC 9110 section 12.4.2",
        id="accept-members-skipped",
    ),
    pytest.param(
        "Accept-Encoding", ["gzip;a=b, br"], [weighted("br")], "only one weight",
        "RFC 9110 section 12.4.2", id="coding-with-a-parameter",
    ),
    pytest.param("Accept-Language", ["en_US, de"], [weighted("de")], "en_US", None, id="lang"),
    pytest.param(
        "Cache-Control",
        ["max-age=5, Max-Age=7"],
        {"max-age": 5},
        "stands twice",
        "RFC 9111 section 5.2",
        id="directive-twice",
    ),
    pytest.param(
        "Cache-Control", ["max-age=-1"], {"max-age": "-1"}, "'-1'", None, id="negative-max-age"
    ),
    pytest.param("Cache-Control", ["max-age"], {"max-age": True}, "lacks", None, id="no-argument"),
    pytest.param(
        "Cache-Control", ['max-age="5"'], {"max-age": 5}, "without quotes", None, id="quoted-5"
    ),
    pytest.param(
        "Cache-Control", ["public=x"], {"public": "x"}, "takes no argument", None, id="flag-with"
    ),
    pytest.param(
        "Cache-Control", ['private=""'], {"private": True}, "names no fields", None, id="no-names"
    ),
    pytest.param(
        "Cache-Control",
        ['no-cache="a b"'],
        {"no-cache": True},
        "names no fields",
        None,
        id="field-name-with-blank",
    ),
    pytest.param(
        "Cache-Control",
        ["a = 1, no-store"],
        {"no-store": True},
        "expected name",
        None,
        id="blank-beside-equals",
    ),
    pytest.param(
        "Cache-Control",
        ['a="x, public', "no-store"],
        {"a": '"x, public', "no-store": True},
        "neither a token nor a quoted-string",
        None,
        id="unclosed-quote-costs-its-line-only",
    ),
    pytest.param(
        "Cache-Control",
        ["s-maxage=2147483649"],
        {"s-maxage": 2**31},
        "counts as",
        "RFC 9111 section 1.2.2",
        id="directive-too-large",
    ),
    pytest.param(
        "Strict-Transport-Security",
        ["includeSubDomains"],
        {"includesubdomains": True},
        "missing",
        "RFC 6797 section 6.1.1",
        id="hsts-without-max-age",
    ),
    pytest.param(
        "Content-Security-Policy",
        ["img-src a; IMG-SRC b"],
        [{"img-src": ["a"]}],
        "stands twice",
        None,
        id="csp-twice",
    ),
    pytest.param(
        "Content-Type", ["text"], None, "not a media type", "RFC 9110 section 8.3.1", id="type"
    ),
    pytest.param(
        "Content-Type",
        ["text/html; x; charset=utf-8"],
        media_type("text/html", x="", charset="utf-8"),
        "expected name=value",
        "RFC 9110 section 8.3",
        id="bare-parameter",
    ),
    pytest.param(
        "Content-Type",
        ["text/html; charset=a; charset=b"],
        media_type("text/html", charset="a"),
        "stands twice",
        None,
        id="charset-twice",
    ),
    pytest.param(
        "Content-Disposition",
        ["attachment; filename=a; filename*=utf-8''%ff"],
        {"type": "attachment", "filename": "a",
         "parameters": {"filename": "a", "filename*": "utf-8''%ff"}},
        "filename*",
        "RFC 8187 section 3.2.1",
        id="filename-star-not-utf-8",
    ),
    pytest.param("ETag", ["v7"], tag("v7", "v7"), "double quotes", None, id="unquoted-tag"),
    pytest.param("ETag", ['w/"a"'], tag('w/"a"', "a", True), "upper case", None, id="lower-w"),
    pytest.param("ETag", [""], None, "expected an entity tag", None, id="no-tag"),
    pytest.param(
        "Range",
        ["bytes=500-100"],
        {"unit": "bytes", "ranges": [[500, 100]]},
        "ends before",
        "RFC 9110 section 14.2",
        id="range-order",
    ),
    pytest.param("Range", ["bytes=1-x"], None, "range '1-x'", None, id="range-malformed"),
    pytest.param(
        "Content-Range",
        ["bytes 0-9/5"],
        {"unit": "bytes", "first": 0, "last": 9, "size": 5},
        "beyond",
        None,
        id="content-range-beyond",
    ),
    pytest.param(
        "Set-Cookie",
        ["a=b; Expires=never; Max-Age=1.5; SameSite=Maybe"],
        [set_cookie("a", "b", samesite="Maybe")],
        "set-cookie[a].expires: ignored",
        "RFC 6265bis section 5.6.1",
        id="set-cookie-attributes",
    ),
    pytest.param(
        "Set-Cookie",
        ["a=b; Max-Age=99999999999; Max-Age=never; Domain=.a.example"],
        [set_cookie("a", "b", max_age=99999999999, domain=".a.example")],
        "more than once",
        "RFC 6265bis section 5.7",
        id="set-cookie-max-age-as-sent",
    ),
    pytest.param(
        "Set-Cookie",
        [f"a=b; Path=/a; Path=/{'b' * 1024}; x={'c' * 1025}"],
        [set_cookie("a", "b", path="/a")],
        "path: ignored: the value is longer than 1024 octets",
        "RFC 6265bis section 5.6 step 6",
        id="set-cookie-attribute-too-long",
    ),
    pytest.param(
        "Link", ["x, <a>; rel=b"], [link("a", "b")], "expected <target>", None, id="link-skipped"
    ),
    pytest.param(
        "Link", ["<a>"], [link("a")], "lacks", "RFC 8288 section 3.3", id="link-without-rel"
    ),
    pytest.param(
        "Link", ["<a>; rel=b; href=c"], [link("a", "b")], "'href'", None, id="link-href-parameter"
    ),
    pytest.param(
        "Priority",
        ["U=3"],
        None,
        "not a structured dictionary",
        "RFC 9651 section 3.2",
        id="structured-upper-case-key",
    ),
    pytest.param("NEL", ['{"a": 1e999}'], None, "expected JSON", None, id="json-infinity"),
    pytest.param("NEL", ["[" * 100000], None, "expected JSON", None, id="json-too-deep"),
    pytest.param(
        "Via", ["x", "1.1 a (b"], [{"protocol": "HTTP", "version": "1.1", "by": "a",
                                   "comment": "(b"}], "expected protocol", None, id="via"
    ),
    pytest.param("Server", ["a (b"], [product("a", None, "b")], "not closed", None, id="comment"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "value", "words", "reference"), ODD)
def test_odd_field_is_read_as_far_as_it_goes_and_told(name, lines, value, words, reference):
    found = field_value(name, lines)
    assert found.value == value
    assert found.problems[0].where == name.lower()
    assert words in found.problems[0].message
    assert reference in (None, found.problems[0].reference)


def test_now_places_the_year_of_an_obsolete_date():
    line = ["Sunday, 06-Nov-94 08:49:37 GMT"]
    assert field_value("Date", line, now=4_000_000_000).value["iso"] == "2094-11-06T08:49:37Z"


def test_absent_and_unknown_fields():
    assert field_value("Vary", []) == FieldValue(None)
    assert field_value("X-Own", [" a", "b "]) == FieldValue("a, b")


def test_fields_keep_octets_above_0x7f():
    found = field_value("Server", [Latin1Text("caf\xe9 (\xe9)")])
    assert found.value == [product(None, None, "\xe9")]
    assert "is no product/version" in found.problems[0].message


def test_parse_fields_gives_known_fields_in_order_of_first_appearance():
    headers = Headers([("Vary", "A"), ("X-Own", "1"), ("Age", "old"), ("VARY", "B")])
    values, problems = parse_fields(headers)
    assert list(values.items()) == [("vary", ["A", "B"]), ("age", None)]
    assert problems == [Problem("age", "'old' is not a count of seconds", "RFC 9111 section 5.1")]


def test_known_fields_have_a_kind_and_every_kind_has_fields():
    assert {known.kind for known in KNOWN_FIELDS.values()} == set(KINDS)
    assert all(name == name.lower() for name in KNOWN_FIELDS)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param("Authorization", 'Bearer s3cret s3cret, "s3cret', id="credentials"),
        pytest.param("Proxy-Authorization", '"s3cret', id="no-scheme"),
        pytest.param("WWW-Authenticate", 'Digest s3cret=1 s3cret, s3cret="', id="challenge"),
        pytest.param("Authentication-Info", 's3cret s3cret="', id="info"),
        pytest.param("Cookie", "s3cret; =s3cret", id="cookie"),
        pytest.param("Set-Cookie", "a=s3cret; Expires=s3cret; SameSite=s3cret", id="set-cookie"),
    ],
)
def test_problems_do_not_show_credentials_or_cookies(name, line):
    problems = field_value(name, [line]).problems
    assert problems
    assert not [problem for problem in problems if "s3cret" in problem.message]


def test_problems_of_one_field_are_bounded():
    problems = field_value("Vary", ["a b," * 1000]).problems
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].message == f"{1000 - MOST_PROBLEMS} more problems of this field"


# Text with the characters that grammars turn on, and any other.
_pieces = st.sampled_from(
    [
        *'",;=()<>\\ \t:/*?@%-.',
        "W/",
        "a",
        "max-age",
        "q=0.5",
        "1",
        "99999999999999999999",
        "\xe9",
        "\u20ac",
        "\ud800",
        "\0",
        "\r",
        "rel=",
        "utf-8''%ff",
        "Basic ",
        "bytes=",
        SOME_DATE,
        "{",
        "[",
    ]
)
_texts = st.one_of(st.text(max_size=40), st.lists(_pieces, max_size=25).map("".join))


@pytest.mark.parametrize("kind", KINDS)
@given(lines=st.lists(_texts, max_size=3))
def test_any_text_gives_json_and_only_problems(kind, lines):
    name = next(name for name, known in KNOWN_FIELDS.items() if known.kind == kind)
    value, problems = field_value(name, lines)
    json.dumps(value, allow_nan=False)
    assert all(isinstance(problem, Problem) for problem in problems)
    if lines and value is None:
        assert problems


@pytest.mark.parametrize("name", KNOWN_FIELDS)
def test_every_known_field_survives_rubbish(name):
    for line in ("", ",", ";", '"', "<", "(", "=", ',=;<"(\\', "\xe9", "9" * 5000, "a=" * 99):
        value, problems = field_value(name, [line, line])
        json.dumps(value, allow_nan=False)
        assert problems or value is not None


_HUGE = 20_000


@pytest.mark.parametrize(
    "piece", [",", ";", '"', "(", "<", "\\", "a", " ", "a,", "a=b;", '"\\', "1"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_huge_values_are_answered(kind, piece):
    name = next(name for name, known in KNOWN_FIELDS.items() if known.kind == kind)
    assert isinstance(field_value(name, ["a" + piece * _HUGE]), FieldValue)


def test_many_lines_are_answered():
    assert len(field_value("Vary", ["a"] * 100_000).value) == 100_000
