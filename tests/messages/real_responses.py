"""Responses as real servers send them, shortened, and what paths lead to in them."""

# ruff: noqa: E501 - field lines stand as they were sent

from __future__ import annotations

# Name, head, and rows of "path = text"; "path !" leads nowhere.
RESPONSES: dict[str, tuple[str, str]] = {
    "nginx page": (
        """HTTP/1.1 200 OK
Server: nginx/1.24.0 (Ubuntu)
Date: Sun, 22 Nov 2026 10:15:00 GMT
Content-Type: text/html; charset=UTF-8
Content-Length: 5316
Last-Modified: Fri, 20 Nov 2026 10:15:00 GMT
Connection: keep-alive
ETag: "6553e4d2-14c4"
Accept-Ranges: bytes""",
        """:status = 200
:version = 1.1
server = nginx/1.24.0 (Ubuntu)
server[nginx].version = 1.24.0
server[nginx].comments = Ubuntu
content-type.type = text/html
content-type.charset = UTF-8
content-type.boundary !
content-length = 5316
last-modified.epoch = 1795169700
last-modified.iso = 2026-11-20T10:15:00Z
last-modified.seconds = -172800
etag = "6553e4d2-14c4"
etag.opaque = 6553e4d2-14c4
etag.weak = false
accept-ranges[bytes] = bytes
connection[Keep-Alive] = keep-alive
x-powered-by !
:method !""",
    ),
    "cdn page": (
        """HTTP/2 200
date: Sun, 22 Nov 2026 10:15:00 GMT
content-type: text/html
cache-control: public, max-age=0, s-maxage=86400, stale-while-revalidate=600
cdn-cache-control: max-age=3600, stale-if-error=900
age: 4711
cf-cache-status: HIT
vary: Accept-Encoding
vary: Origin, RSC
alt-svc: h3=":443"; ma=86400, h3-29=":443"; ma=3600; persist=1
server-timing: cdn-cache; desc=HIT, edge; dur=1.5, origin;dur=0
cf-ray: 8e6a3c-AMS""",
        """:version = 2
cache-control = public, max-age=0, s-maxage=86400, stale-while-revalidate=600
cache-control.max-age = 0
cache-control[s-maxage] = 86400
cache-control.public = true
cache-control.private !
Cache-Control.S-MaxAge = 86400
cdn-cache-control.max-age = 3600
cdn-cache-control[stale-if-error] = 900
cdn-cache-control.no-store !
age = 4711
age.seconds = 4711
vary = Accept-Encoding, Origin, RSC
vary[origin] = Origin
vary[2] = RSC
vary[-1] = RSC
vary[3] !
vary.count = 3
vary[cookie] !
alt-svc[h3].ma = 86400
alt-svc[h3-29].persist = true
alt-svc[h3].authority = :443
alt-svc[h2] !
server-timing[edge].dur = 1.5
server-timing[cdn-cache].desc = HIT
server-timing.dur = 1.5|0
cf-cache-status = HIT
cf-cache-status[hit] = HIT""",
    ),
    "login": (
        """HTTP/1.1 302 Found
Location: /account?next=%2F
Set-Cookie: sid=31d4d96e407aad42; Path=/; HttpOnly; Secure; SameSite=Lax
Set-Cookie: lang=en, us; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain=.example.com
Set-Cookie: __Host-csrf=t=1; Secure; Path=/; Max-Age=3600; Partitioned; Priority=High
Date: Sun, 22 Nov 2026 10:15:00 GMT""",
        """location = /account?next=%2F
set-cookie = sid=31d4d96e407aad42; Path=/; HttpOnly; Secure; SameSite=Lax|lang=en, us; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain=.example.com|__Host-csrf=t=1; Secure; Path=/; Max-Age=3600; Partitioned; Priority=High
set-cookie[sid] = 31d4d96e407aad42
set-cookie[sid].value = 31d4d96e407aad42
set-cookie[sid].secure = true
set-cookie[sid].httponly = true
set-cookie[sid].SameSite = Lax
set-cookie[sid].max-age !
set-cookie[SID] !
set-cookie[lang].value = en, us
set-cookie[lang].secure = false
set-cookie[lang].expires = 2026-10-21T07:28:00Z
set-cookie[lang].expires.epoch = 1792567680
set-cookie[lang].expires.seconds = -2774820
set-cookie[lang].domain = .example.com
set-cookie[__Host-csrf].value = t=1
set-cookie["__Host-csrf"].partitioned = true
set-cookie[__Host-csrf].priority = High
set-cookie[1].name = lang
set-cookie.name = sid|lang|__Host-csrf
set-cookie.count = 3
set-cookie[missing].secure !""",
    ),
    "api page with links": (
        """HTTP/2 200
content-type: application/json; charset=utf-8
link: <https://api.example.com/items?page=3>; rel="next", <https://api.example.com/items?page=1,2>; rel="prev first"; title="a, b"
link: </schema>; rel=describedby; type="application/schema+json"; title*=UTF-8''Schem%C3%A4
x-ratelimit-limit: 5000
x-ratelimit-remaining: 4987
x-total-count: 250
x-github-media-type: github.v3; format=json
deprecation: @1700000000
sunset: Sat, 31 Dec 2027 23:59:59 GMT""",
        """link[next].href = https://api.example.com/items?page=3
link[next] = https://api.example.com/items?page=3
link[NEXT].rel = next
link[first].href = https://api.example.com/items?page=1,2
link[prev].title = a, b
link[describedby].title = Schemä
link[describedby].type = application/schema+json
link[last].href !
link.count = 3
link[-1].href = /schema
x-ratelimit-remaining = 4987
x-total-count[0] = 250
x-github-media-type.format !
deprecation.epoch = 1700000000
deprecation.iso = 2023-11-14T22:13:20Z
sunset.iso = 2027-12-31T23:59:59Z""",
    ),
    "too many requests": (
        """HTTP/1.1 429 Too Many Requests
Retry-After: 120
RateLimit-Policy: "default";q=100;w=60
RateLimit: "default";r=0;t=42
Content-Type: application/problem+json
Date: Sun, 22 Nov 2026 10:15:00 GMT""",
        """retry-after = 120
retry-after.seconds = 120
retry-after.epoch = 1795342620
retry-after.iso = 2026-11-22T10:17:00Z
ratelimit[default].r = 0
ratelimit[default].t = 42
ratelimit-policy[default].q = 100
content-type = application/problem+json""",
    ),
    "maintenance": (
        """HTTP/1.1 503 Service Unavailable
Date: Sun, 22 Nov 2026 10:15:00 GMT
Retry-After: Sun, 22 Nov 2026 11:15:00 GMT""",
        """retry-after.seconds = 3600
retry-after.epoch = 1795346100
retry-after.iso = 2026-11-22T11:15:00Z
date.epoch = 1795342500""",
    ),
    "maintenance that is over": (
        """HTTP/1.1 503 Service Unavailable
Date: Sun, 22 Nov 2026 10:15:00 GMT
Retry-After: Sunday, 22-Nov-26 10:00:00 GMT""",
        """retry-after.seconds = 0
retry-after.iso = 2026-11-22T10:00:00Z""",
    ),
    "odd retry": (
        """HTTP/1.1 503 Service Unavailable
Retry-After: soon""",
        """retry-after = soon
retry-after.seconds !""",
    ),
    "basic and bearer": (
        """HTTP/1.1 401 Unauthorized
WWW-Authenticate: Basic realm="a, \\"b\\"", charset="UTF-8", Bearer realm=api, error="invalid_token"
WWW-Authenticate: Negotiate
Content-Length: 0""",
        """www-authenticate[basic].realm = a, "b"
www-authenticate[Bearer].error = invalid_token
www-authenticate[negotiate] = Negotiate
www-authenticate[digest] !
www-authenticate.scheme = Basic|Bearer|Negotiate
content-length = 0""",
    ),
    "preflight": (
        """HTTP/1.1 204 No Content
Access-Control-Allow-Origin: https://app.example
Access-Control-Allow-Methods: GET, PUT, DELETE
Access-Control-Allow-Headers: Authorization, X-Request-Id
Access-Control-Allow-Credentials: true
Access-Control-Max-Age: 600
Vary: Origin, Access-Control-Request-Method""",
        """access-control-allow-origin = https://app.example
access-control-allow-methods[PUT] = PUT
access-control-allow-methods[put] !
access-control-allow-headers[x-request-id] = X-Request-Id
access-control-allow-credentials = true
access-control-max-age = 600
vary[access-control-request-method] = Access-Control-Request-Method""",
    ),
    "download": (
        """HTTP/1.1 206 Partial Content
Content-Disposition: attachment; filename="report.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf
Content-Range: bytes 0-1023/146515
Content-Length: 1024
Content-Type: application/pdf""",
        """content-disposition.type = attachment
content-disposition.filename = résumé.pdf
content-disposition.parameters.filename = report.pdf
content-disposition["filename*"] = UTF-8''r%C3%A9sum%C3%A9.pdf
content-range.size = 146515
content-range.first = 0
content-range.unit = bytes
content-range.last = 1023""",
    ),
    "multipart": (
        """HTTP/1.1 200 OK
Content-Type: multipart/form-data; boundary="a;b"; charset=utf-8""",
        """content-type.boundary = a;b
content-type.type = multipart/form-data""",
    ),
    "secured": (
        """HTTP/2 200
strict-transport-security: max-age=63072000; includeSubDomains; preload
content-security-policy: default-src 'self'; script-src 'nonce-abc' https://cdn.example; upgrade-insecure-requests
x-content-type-options: nosniff
x-frame-options: DENY
referrer-policy: no-referrer, strict-origin-when-cross-origin
permissions-policy: geolocation=(), camera=(self "https://a.example")
cross-origin-opener-policy: same-origin; report-to="coop"
reporting-endpoints: csp="https://r.example/csp", coop="https://r.example/coop"
nel: {"report_to":"default","max_age":2592000}""",
        """strict-transport-security.max-age = 63072000
strict-transport-security[includeSubDomains] = true
strict-transport-security.preload = true
content-security-policy.default-src = 'self'
content-security-policy.script-src[https://cdn.example] = https://cdn.example
content-security-policy[style-src] !
content-security-policy.upgrade-insecure-requests.count = 0
x-content-type-options = nosniff
x-frame-options[deny] = DENY
referrer-policy[-1] = strict-origin-when-cross-origin
permissions-policy.camera[self] = self
permissions-policy.camera["https://a.example"] = https://a.example
cross-origin-opener-policy = same-origin; report-to="coop"
cross-origin-opener-policy.report-to = coop
reporting-endpoints.csp = https://r.example/csp
nel[0].max_age = 2592000""",
    ),
    "not modified": (
        """HTTP/1.1 304 Not Modified
ETag: W/"v7"
Expires: Sun, 22 Nov 2026 11:15:00 GMT
Date: Sun, 22 Nov 2026 10:15:00 GMT""",
        """etag.weak = true
etag.value = W/"v7"
expires.seconds = 3600""",
    ),
    "expired at once": (
        """HTTP/1.0 200 OK
Expires: 0
Pragma: no-cache""",
        """expires = 0
expires.seconds !
expires.epoch !
pragma[No-Cache] = no-cache
:version = 1.0""",
    ),
    "odd dates": (
        """HTTP/1.1 200 OK
Date: Sun Nov 22 10:15:00 2026
Last-Modified: Friday, 20-Nov-26 10:15:00 GMT
Expires: Thu, 31 Feb 2026 10:00:00 GMT""",
        """date.iso = 2026-11-22T10:15:00Z
last-modified.seconds = -172800
expires.iso !""",
    ),
    "structured": (
        """HTTP/2 200
priority: u=1, i
cache-status: "Edge"; hit; ttl=30, Origin; fwd=uri-miss; stored
content-digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
accept-ch: Sec-CH-UA-Mobile, DPR
signature-input: sig1=("@method" "content-type");created=1618884475;keyid="k1"
no-vary-search: params=("utm_source")
use-as-dictionary: match="/app/*", id="v1"
origin-agent-cluster: ?1
sec-gpc: 1""",
        """priority.u = 1
priority[i] = true
priority.U !
cache-status[Edge].hit = true
cache-status[Edge].ttl = 30
cache-status[1].fwd = uri-miss
cache-status[0].fwd !
content-digest.sha-256 = X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=
accept-ch[DPR] = DPR
signature-input.sig1.keyid = k1
signature-input.sig1[1] = content-type
signature-input.sig1[@method] = @method
no-vary-search.params[0] = utm_source
use-as-dictionary.match = /app/*
origin-agent-cluster = ?1""",
    ),
    "broken structured": (
        """HTTP/2 200
priority: u=1, ;;
cache-status: (""",
        """priority = u=1, ;;
priority.u !
cache-status[0].hit !""",
    ),
    "doubled fields": (
        """HTTP/1.1 200 OK
ETag: "one"
ETag: "two"
Location: /a
Location: /b
Content-Length: 3
Content-Length: 3
X-Dup: 1
X-Dup: 2
Cache-Control: max-age=1
Cache-Control: max-age=2, public""",
        """etag = "one"
etag[1] = "two"
etag[1].opaque = two
etag.count = 2
location = /a
location[-1] = /b
content-length = 3
x-dup = 1, 2
x-dup[1] = 2
x-dup[2] !
x-dup.count = 2
cache-control.max-age = 1
cache-control[1].max-age = 2
cache-control.count = 2
cache-control = max-age=1, max-age=2, public""",
    ),
    "empty fields": (
        """HTTP/1.1 200 OK
X-Empty:
Vary:
ETag:""",
        """x-empty =
vary =
vary.count = 0
vary[0] !
etag =
etag.opaque !""",
    ),
    "malformed numbers": (
        """HTTP/1.1 200 OK
Age: old
Cache-Control: max-age=abc, s-maxage="60", no-cache="set-cookie, x", private
Content-Length: 5, 6
Strict-Transport-Security: includeSubDomains""",
        """age = old
age.seconds !
cache-control.max-age = abc
cache-control.s-maxage = 60
cache-control.no-cache = set-cookie, x
cache-control.no-cache[Set-Cookie] = set-cookie
cache-control.private = true
content-length = 5, 6
strict-transport-security.max-age !""",
    ),
    "via a proxy": (
        """HTTP/1.1 200 OK
Via: 1.0 fred, 1.1 p.example.net (Apache/1.1)
Age: 60
Warning: 110 - "stale"
X-Cache: HIT, MISS
Proxy-Status: proxy.example; error=http_request_error""",
        """via[fred].version = 1.0
via[p.example.net].comment = Apache/1.1
via[p.example.net].protocol = HTTP
via[0] = fred
x-cache[miss] = MISS
proxy-status[proxy.example].error = http_request_error""",
    ),
    "allowed": (
        """HTTP/1.1 405 Method Not Allowed
Allow: GET, HEAD, OPTIONS""",
        """allow[HEAD] = HEAD
allow[POST] !
allow.count = 3""",
    ),
    "encoded": (
        """HTTP/1.1 200 OK
Content-Encoding: gzip, br
Transfer-Encoding: chunked
Trailer: Expires
Content-Language: de, en-GB""",
        """content-encoding[GZIP] = gzip
content-encoding[-1] = br
transfer-encoding[chunked] = chunked
trailer[expires] = Expires
content-language[EN-gb] = en-GB""",
    ),
    "switched": (
        """HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover""",
        """upgrade[WebSocket] = websocket
sec-websocket-accept = s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
sec-websocket-extensions[permessage-deflate].server_no_context_takeover =""",
    ),
    "preferred": (
        """HTTP/1.1 202 Accepted
Preference-Applied: respond-async, wait=100; x=1
Location: /jobs/7""",
        """preference-applied[respond-async] = true
preference-applied.wait = 100
preference-applied.wait.x = 1""",
    ),
    "early hints": (
        """HTTP/1.1 103 Early Hints
Link: </s.css>; rel=preload; as=style, </f.woff2>; rel=preload; as=font; crossorigin""",
        """link[preload].href = /s.css
link[preload].as = style
link.as = style|font
link[1].crossorigin =""",
    ),
    "bytes": (
        """HTTP/1.1 416 Range Not Satisfiable
Content-Range: bytes */1234""",
        """content-range.size = 1234
content-range.first !""",
    ),
    "cleared": (
        """HTTP/1.1 200 OK
Clear-Site-Data: "cache", "cookies"
Alt-Svc: clear""",
        """clear-site-data[cookies] = cookies
clear-site-data["cache"] = cache
alt-svc = clear
alt-svc[clear] = clear""",
    ),
    "S3 object": (
        """HTTP/1.1 200 OK
x-amz-id-2: Zn8b+/=
x-amz-request-id: 4442587FB7D0A2F9
x-amz-meta-Build: 42
ETag: "d41d8cd98f00b204e9800998ecf8427e-2"
Accept-Ranges: bytes
Server: AmazonS3""",
        """X-AMZ-Meta-build = 42
etag.opaque = d41d8cd98f00b204e9800998ecf8427e-2
server.product = AmazonS3""",
    ),
    "Apache with many products": (
        """HTTP/1.1 200 OK
Server: Apache/2.4.57 (Debian) OpenSSL/3.0.9 PHP/8.2
X-Powered-By: PHP/8.2.7""",
        """server[OpenSSL].version = 3.0.9
server.version = 2.4.57|3.0.9|8.2
server[PHP] = PHP
x-powered-by = PHP/8.2.7""",
    ),
    "unquoted tag": (
        """HTTP/1.1 200 OK
ETag: abc123""",
        """etag = abc123
etag.opaque = abc123""",
    ),
    "folded": (
        """HTTP/1.1 200 OK
X-Folded: one
  two
Content-Type: text/html;
	charset=utf-8""",
        """x-folded = one two
content-type.charset = utf-8""",
    ),
    "latin": (
        """HTTP/1.1 200 OK
X-Name: M\xfcnchen""",
        """x-name = M\xfcnchen""",
    ),
    "names with odd characters": (
        """HTTP/1.1 200 OK
X.Dotted: 1
X~Tilde: 2
X!Bang: 3
x_under: 4""",
        """"x.dotted" = 1
"X~tilde" = 2
"x!bang" = 3
x_under = 4""",
    ),
    "quoted commas": (
        """HTTP/1.1 200 OK
Cache-Control: private="x, y", ext="a\\"b,c"
X-Robots-Tag: noindex, "a,b"
Accept-Patch: text/example;charset=utf-8""",
        """cache-control.private = x, y
cache-control.ext = a"b,c
x-robots-tag[noindex] = noindex
x-robots-tag["\\"a,b\\""] = "a,b"
accept-patch[text/example;charset=utf-8] = text/example;charset=utf-8""",
    ),
    "moved with a fragment": (
        """HTTP/1.1 308 Permanent Redirect
Location: https://www.example.com/a/b?c=d#e
Content-Location: ../x""",
        """location = https://www.example.com/a/b?c=d#e
content-location = ../x
:status = 308""",
    ),
    "varies by all": (
        """HTTP/1.1 200 OK
Vary: *
Timing-Allow-Origin: *, https://a.example""",
        """vary[*] = *
vary[origin] !
timing-allow-origin[https://a.example] = https://a.example""",
    ),
    "keeps alive": (
        """HTTP/1.1 200 OK
Keep-Alive: timeout=5, max=100
Connection: keep-alive
Expect-CT: max-age=86400, enforce, report-uri="https://r.example/\"""",
        """keep-alive.timeout = 5
keep-alive[max] = 100
expect-ct.max-age = 86400
expect-ct.enforce = true""",
    ),
    "authenticated": (
        """HTTP/1.1 200 OK
Authentication-Info: nextnonce="47364c23432d2e131a5fb210812c", rc=1
Set-Cookie: a=b; SameSite=None; Secure
Set-Cookie: a=c""",
        """authentication-info.nextnonce = 47364c23432d2e131a5fb210812c
authentication-info[rc] = 1
set-cookie[a] = b
set-cookie.samesite = None
set-cookie[-1].value = c""",
    ),
    "no status line": (
        """Vary: Accept
Server: x""",
        """:status !
:version !
vary = Accept""",
    ),
}


def rows() -> list[tuple[str, str, list[str] | None]]:
    """Give response name, path and texts; None where the path leads nowhere."""
    found: list[tuple[str, str, list[str] | None]] = []
    for name, (_, table) in RESPONSES.items():
        for row in table.splitlines():
            path, sign, text = row.partition(" =")
            if sign:
                found.append((name, path, text.removeprefix(" ").split("|")))
            else:
                found.append((name, row.removesuffix(" !"), None))
    return found


def head(name: str) -> bytes:
    """Give the head of a response as it was on the wire."""
    return (
        RESPONSES[name][0].replace("\n", "\r\n").encode("latin-1" if name == "latin" else "utf-8")
    )
