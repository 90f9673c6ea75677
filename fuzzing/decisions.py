"""
Every function that decides by what messages, tokens and traces say.

An input is a request, a response and whatever else the question needs, as `messages_of` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fuzzing.target import NOW, Target, document_of, messages_of, of_text, parts_of
from httpheaders import (
    byte_ranges,
    cache,
    cache_check,
    cache_settings,
    cache_simulation,
    cache_strategies,
    coded_fields,
    coding_engines,
    compression,
    conditional,
    content_codings,
    content_negotiation,
    cookie_acceptance,
    cookie_building,
    cookie_jar,
    cors,
    cors_browser,
    cors_policy,
    cors_probe,
    cors_server,
    decompression,
    policy_phases,
    pool_events,
    pool_parameters,
    pool_simulation,
    same_site,
    session_answers,
    session_formats,
    sessions,
    token_source,
    variant_negotiation,
    wsgi,
    wsgi_call,
)
from httpheaders.errors import HttpHeadersError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response
from httpheaders.messages.parsing import parse_exchange
from httpheaders.messages.set_cookie import read_set_cookie
from httpheaders.policy_file import parse_policy
from httpheaders.wsgi_middleware import named

__all__ = ["DECISIONS"]

KEYS = sessions.SessionKeys(b"k" * 32, [b"o" * 32])
CDN = cache_settings.CacheSettings(targets=("cdn-cache-control",), heuristic_limit=60)
MOST_CONTENT = 1 << 16

EXCHANGE = (
    b"GET https://a.example/x?y\nHost: a.example\nOrigin: https://b.example\n"
    b'Accept: text/*;q=0.5\nAccept-Encoding: gzip, br\nCookie: a=1\nIf-None-Match: W/"v7"\n'
    b"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\nRange: bytes=0-1, -1\n\x1f"
    b"200\nDate: Tue, 31 Dec 2024 23:00:00 GMT\nCache-Control: public, max-age=3600\n"
    b'ETag: "v7"\nVary: Accept-Encoding, Origin\nContent-Type: text/html; charset=utf-8\n'
    b"Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\nAge: 5\nSet-Cookie: a=1; Secure\n"
    b"Access-Control-Allow-Origin: *\nLink: </n>; rel=next\n\nhello, hello, hello, hello"
)
PREFLIGHT = (
    b"OPTIONS /x\nOrigin: https://app.a.example\nAccess-Control-Request-Method: PUT\n"
    b"Access-Control-Request-Headers: x-a,content-type\n\x1f204\n"
    b"Access-Control-Allow-Methods: PUT\n"
    b"Access-Control-Allow-Headers: x-a, *\nAccess-Control-Allow-Origin: https://app.a.example\n"
    b"Access-Control-Max-Age: 600\nAccess-Control-Allow-Credentials: true\n"
)
REDIRECT = (
    b"POST http://a.example/\nOrigin: null\nX-A: b\n\x1f307\nLocation: //b.example:99/..//x\n"
    b"Expires: 0\nPragma: no-cache\nWarning: 1\nCDN-Cache-Control: max-age=9;x\n"
)
ALL = (EXCHANGE, PREFLIGHT, REDIRECT)


def _on_messages(function: Callable[[Request, Response], object]) -> Callable[[bytes], object]:
    def run(octets: bytes) -> object:
        request, response, _ = messages_of(octets)
        return function(request, response)

    return run


# --- negotiation ----------------------------------------------------------------------------------


def _negotiate(field: str, negotiate: Callable[..., Any]) -> Target:
    def run(octets: bytes) -> None:
        value, offered = parts_of(octets, 2)
        offers = offered.split("\n")
        answer = negotiate(value, offers, explain=True)
        assert answer.selected is None or answer.selected in offers
        assert answer.ok is (answer.selected is not None)

    seeds = {
        "accept": b"text/html;level=1, text/*;q=0.5, */*;q=0\x1ftext/html;level=1\ntext/plain",
        "accept-language": b"de-CH-1996, en;q=0.5, *;q=0.1\x1fde\nen-GB\nzh-Hant",
        "accept-encoding": b"gzip, identity;q=0, *;q=0.5\x1fbr\nx-gzip\nidentity",
        "accept-charset": b"utf-8, iso-8859-1;q=0.5\x1fUTF-8\niso-8859-5",
    }
    return Target(f"content_negotiation.{negotiate.__name__}", run, (seeds[field],))


def _variants(octets: bytes) -> None:
    accept, language, encoding, charset, offered = parts_of(octets, 5)
    variants = [
        variant_negotiation.Variant(*[part or None for part in (line.split("|") + [""] * 4)[:4]])
        for line in offered.split("\n")
    ]
    variant_negotiation.negotiate_variants(
        variants,
        accept=accept,
        accept_language=language,
        accept_encoding=encoding,
        accept_charset=charset,
        explain=True,
    )


NEGOTIATION = (
    _negotiate("accept", content_negotiation.negotiate_type),
    _negotiate("accept-language", content_negotiation.negotiate_language),
    _negotiate("accept-encoding", content_negotiation.negotiate_encoding),
    _negotiate("accept-charset", content_negotiation.negotiate_charset),
    Target(
        "variant_negotiation.negotiate_variants",
        _variants,
        (b"text/*\x1fen\x1fgzip\x1futf-8\x1ftext/html|en|gzip|utf-8\ntext/plain|de||",),
    ),
)


# --- caching --------------------------------------------------------------------------------------


def _check_caching(request: Request, response: Response) -> None:
    for settings in (cache_settings.CacheSettings(), CDN, cache_settings.CacheSettings(False)):
        cache_check.check_caching(
            request,
            response,
            now=NOW,
            received=NOW - 10,
            new_request=request,
            validation_response=response._replace(status=304),
            settings=settings,
            explain=True,
        )


def _handle(request: Request, response: Response) -> None:
    kept = cache.Cache(name="c")
    times = iter(range(int(NOW), int(NOW) + 10**6, 400))
    for asked in (request, request._replace(method="GET"), request._replace(method="HEAD")):
        kept.handle(asked, lambda _: response, lambda: next(times), explain=True)


def _simulate_cache(octets: bytes) -> None:
    simulation = cache_simulation.CacheSimulation(max_entries=2, max_bytes=1000)
    for number, part in enumerate(octets.split(b"\x1e")[:50]):
        request, response, _ = messages_of(part)
        simulation.step(request, response, now=NOW + 30 * number)
    simulation.summary()


CACHING = (
    Target("cache_check.check_caching", _on_messages(_check_caching), ALL),
    Target("cache.Cache.handle", _on_messages(_handle), ALL),
    Target("cache_simulation.CacheSimulation", _simulate_cache, (EXCHANGE + b"\x1e" + EXCHANGE,)),
    Target(
        "cache_strategies.build_cache_headers",
        of_text(cache_strategies.build_cache_headers),
        (b"no-cache", b"public-immutable"),
    ),
)


# --- validators, ranges, codings ------------------------------------------------------------------


def _conditional(request: Request, response: Response) -> None:
    answer = conditional.answer_conditional(request, response, now=NOW, explain=True)
    assert answer.status in (200, 206, 304, 412, 416, response.status)


def _partial(octets: bytes) -> None:
    value, size = parts_of(octets, 2)
    length = int(size) if size.isascii() and size.isdigit() and len(size) < 10 else 1000
    wanted = byte_ranges.requested_ranges(value, length)
    assert all(part.first <= part.last < length for part in wanted.ranges)
    byte_ranges.multipart_length(wanted.ranges, size=length, boundary="b")


def _compress(request: Request, response: Response) -> None:
    done = compression.compress_message(request, response, explain=True)
    if (
        done.coding is not None
        and response.body is not None
        and not coded_fields.content_codings(response.headers)
    ):
        assert content_codings.decompress(done.response.body or b"", done.coding) == response.body


def _decompress(octets: bytes) -> None:
    for coding in (None, "gzip", "deflate", "br", "zstd"):
        for fields in ((), (("Content-Encoding", "gzip, deflate"),)):
            try:
                decompression.decompress_message(
                    Response(200, Headers(fields), octets), coding=coding, max_size=MOST_CONTENT
                )
            except HttpHeadersError:
                continue


REPRESENTATIONS = (
    Target("conditional.answer_conditional", _on_messages(_conditional), ALL),
    Target(
        "byte_ranges.requested_ranges, sizes",
        _partial,
        (b"bytes=0-1, 5-, -3\x1f10", b"bytes=9-\x1f5"),
    ),
    Target("compression.compress_message", _on_messages(_compress), ALL),
    Target(
        "decompression.decompress_message",
        _decompress,
        (
            *(
                content_codings.compress(b"hello, hello", coding)
                for coding in ("gzip", "br", "zstd")
                if coding_engines.is_available(coding)
            ),
            b"",
        ),
    ),
)


# --- cookies --------------------------------------------------------------------------------------


def _judge(octets: bytes) -> None:
    line, url = parts_of(octets, 2)
    for where in (None, "https://www.a.example/x/y", "http://localhost/", url or None):
        try:
            verdict = cookie_acceptance.judge_set_cookie(line, url=where, now=NOW, explain=True)
        except HttpHeadersError:
            continue
        assert verdict.ok or verdict.rejections or verdict.problems


def _jar(octets: bytes) -> None:
    jar = cookie_jar.CookieJar()
    lines, url = parts_of(octets, 2)
    url = url or "https://a.example/"
    steps = [cookie_jar.JarStep(url, lines.split("\n"), NOW)]
    answer = cookie_jar.answer_from_jar(jar, steps, request_url=url, now=NOW + 1, explain=True)
    assert answer.cookie is None or "\n" not in answer.cookie


def _compose(octets: bytes) -> None:
    name, value, domain, path, extension = parts_of(octets, 5)
    attributes = cookie_building.CookieAttributes(
        domain=domain or None,
        path=path or None,
        extensions=(extension,) if extension else (),
    )
    built = cookie_building.compose_set_cookie(name, value, attributes, now=NOW)
    read = read_set_cookie(built.set_cookie)
    assert (read.name, read.value) == (name, value)
    assert "\n" not in built.set_cookie


def _same_site(octets: bytes) -> None:
    url, other = parts_of(octets, 2)
    site = same_site.site_for_cookies(other, url)
    same_site.request_context(url, client_site=site)


COOKIES = (
    Target(
        "cookie_acceptance.judge_set_cookie",
        _judge,
        (b"__Host-a=1; Path=/; Secure; SameSite=None; Partitioned\x1fhttp://a.b.example/",),
    ),
    Target("cookie_jar.answer_from_jar", _jar, (b"a=1\nb=2; Path=/x\n\x1fhttps://a.example/x/y",)),
    Target(
        "cookie_building.compose_set_cookie",
        _compose,
        (b"a\x1f1\x1fa.example\x1f/x\x1fPriority=High",),
    ),
    Target(
        "same_site.request_context",
        _same_site,
        (b"https://a.b.example/\x1fhttps://b.example/",),
    ),
)


# --- CORS -----------------------------------------------------------------------------------------

POLICIES = (
    cors_policy.CorsPolicy(["https://*.a.example", "null"], allow_methods=["PUT"], max_age=5),
    cors_policy.CorsPolicy(["*"], allow_headers=["*"], expose_headers=["X-A"]),
    cors_policy.CorsPolicy(
        ["https://app.a.example:8443"], allow_credentials=True, allow_headers=["X-A"]
    ),
)


def _cors(request: Request, response: Response) -> None:
    for policy in POLICIES:
        answer = cors_server.answer_cors(request, policy, explain=True)
        cors_server.with_cors_headers(response.headers, answer)
    cors.check_cors(request.headers.to_dict(), ["https://*.a.example"])


def _fetch(request: Request, response: Response) -> None:
    hops = [cors_browser.Hop(response, response._replace(status=204)), cors_browser.Hop(response)]
    for credentials in ("omit", "include"):
        asked = cors_browser.script_request(request, credentials=credentials)
        cors_browser.check_fetch(asked, hops, explain=True)


def _probe(octets: bytes) -> None:
    lines, expression = parts_of(octets, 2)
    document: dict[str, object] = {"allow_origins": lines.split("\n")}
    if expression:
        document["allow_origin_regexes"] = [expression]
    policy = cors_policy.policy_from_mapping(document)
    cors_probe.probe_policy(policy, explain=True)


CORS = (
    Target("cors_server.answer_cors", _on_messages(_cors), ALL),
    Target("cors_browser.check_fetch", _on_messages(_fetch), ALL),
    Target(
        "cors_probe.probe_policy",
        _probe,
        (b"https://*.a.example\nhttps://b.example\x1f", b"\x1fhttps://.*a.example$"),
    ),
)


# --- tokens ---------------------------------------------------------------------------------------

CLAIMS = {"user_id": "ada", "role": "admin"}


def _token(name: str) -> Target:
    form = session_formats.token_format(name, KEYS)
    good = session_answers.sign_session(form, CLAIMS, now=NOW, ttl=None).token

    def run(octets: bytes) -> None:
        token, claims = parts_of(octets, 2)
        answer = session_answers.check_session(form, token, now=NOW, explain=True)
        # Whoever does not have the key cannot make one, whatever is tried.
        assert token.strip() == good or not answer.ok
        signed = session_answers.sign_session(form, document_of(claims.encode()), now=NOW, ttl=None)
        assert session_answers.check_session(form, signed.token, now=NOW).user is not None

    return Target(
        f"session_formats.token_format, {name}", run, (f'{good}\x1f{{"user_id": 7}}'.encode(),)
    )


def _find_token(request: Request, response: Response) -> None:
    del response
    token_source.find_token(request)
    token_source.find_token(request, cookie="a")


TOKENS = (
    *map(_token, session_formats.FORMATS),
    Target(
        "token_source.find_token",
        _on_messages(_find_token),
        (b"GET /\nAuthorization: Bearer abc\nCookie: a=b\n", *ALL),
    ),
)


# --- WSGI and pipelines ---------------------------------------------------------------------------

POLICY = parse_policy(
    b'[limits]\nmax_fields = 20\n[cors]\nallow_origins = ["https://*.a.example"]\n'
    b'[session]\nkey_file = "k"\ncookie = "sid"\n'
    b'[[route]]\npath = "/private/*"\nsession = true\n'
    b'[[route]]\npath = "/users/{id}"\nmethods = ["GET"]\nbody_limit = 10\n'
    b'[[route]]\npath = "/*"\noffers = ["text/html", "application/json"]\ngzip = true\n'
    b'etag = true\ncache = "public-immutable"\naccept = ["application/json"]\n',
    is_json=False,
    read_key=lambda kind, name: b"k" * 32,
)


def _environ(request: Request, response: Response) -> None:
    del response
    environ = wsgi.environ_of(request).environ
    again = wsgi.request_of(environ)
    assert again.method == (request.method or "GET")
    wsgi.decoded_path_of(environ)
    assert wsgi.url_of(environ) == again.url


def _wsgi(request: Request, response: Response) -> None:
    def app(environ: wsgi.Environ, start_response: wsgi.StartResponse) -> Iterable[bytes]:
        start_response(f"{response.status} Said", [*response.headers])
        return [response.body or b""]

    for stack in (named.default_stack(app, clock=lambda: NOW), app):
        wsgi_call.answer_wsgi(stack, request, max_body=MOST_CONTENT, explain=True)


def _run_policy(request: Request, response: Response) -> None:
    policy_phases.run_policy(request, POLICY, response=response, now=NOW, explain=True)


WSGI = (
    Target("wsgi.environ_of", _on_messages(_environ), ALL),
    Target("wsgi_call.answer_wsgi", _on_messages(_wsgi), ALL),
    Target("policy_phases.run_policy", _on_messages(_run_policy), ALL),
    Target(
        "messages.parsing.parse_exchange",
        _on_messages(
            lambda request, response: parse_exchange(Exchange(request, response), now=NOW)
        ),
        ALL,
    ),
)


# --- pools ----------------------------------------------------------------------------------------


def _numbers(line: str) -> list[str]:
    return [*line.split(" "), "", "", ""][:4]


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text or None


def _rows(octets: bytes) -> None:
    rows = []
    for line in parts_of(octets, 1)[0].split("\n"):
        t, host, duration, _ = _numbers(line)
        rows.append((_number(t), host, _number(duration)))
    for parameters in (
        pool_parameters.PoolParameters(),
        pool_parameters.PoolParameters(max_per_host=2, idle_timeout=5, max_total=3, wait_timeout=1),
        pool_parameters.PoolParameters(order="slot", max_lifetime=60, idle_timeout=5),
    ):
        pool_simulation.simulate(rows, parameters, explain=True)


def _replay(octets: bytes) -> None:
    events = []
    for line in parts_of(octets, 1)[0].split("\n"):
        op, t, host, connection = _numbers(line)
        events.append(pool_events.PoolEvent(op, _number(t), host or None, connection or None))
    pool_events.replay(events, explain=True)


POOLS = (
    Target("pool_simulation.simulate", _rows, (b"0 a 1\n0.5 a 1\n3 b 2\nx y z\n1 a nan",)),
    Target("pool_events.replay", _replay, (b"get 0 a x\nrelease 1 a x\nevict 9\nget 10 a y",)),
)

DECISIONS = (
    *NEGOTIATION,
    *CACHING,
    *REPRESENTATIONS,
    *COOKIES,
    *CORS,
    *TOKENS,
    *WSGI,
    *POOLS,
)
