"""
Where this project answers otherwise than the suite that a vector comes from, and why.

`DISAGREEMENTS` lists single vectors: each is run and must fail, so that the list cannot go stale.
`OPEN_QUESTIONS` lists what a vector's own codes mark as left open by the standards; there the rule
chosen here is written out, and the tests work out its answer independently of the package.
"""

from __future__ import annotations

OPEN_QUESTIONS: dict[str, tuple[str, str]] = {
    "tie": (
        "offers of the same weight go to the more specific match, an exact tag before a longer "
        "one, then to the server's order",
        "RFC 9110 section 12.5.1",
    ),
    "several-ranges": (
        "the most specific range that matches gives the weight, not the one with the highest",
        "RFC 9110 section 12.5.1",
    ),
    "duplicate-range": (
        "of two equal ranges the first gives the weight, and the other is told",
        "RFC 9110 section 12.4.2",
    ),
    "duplicate-parameter": (
        "of two parameters of one name the first counts, as the MIME Sniffing standard has it",
        "RFC 9110 section 5.6.6",
    ),
    "params-after-q": (
        "parameters after the weight belong to the range: accept-ext is gone",
        "RFC 9110 section 12.5.1",
    ),
    "params-extra": (
        "a range's parameters must be in the offer, which may have more",
        "RFC 9110 section 12.5.1",
    ),
    "empty-header": (
        "a field without a member states no preference, except that an empty Accept-Encoding "
        "wants no coding",
        "RFC 9110 sections 12.4.1 and 12.5.3",
    ),
    "absent-header": (
        "an absent field names nothing, and any offer is acceptable",
        "RFC 9110 section 12.4.1",
    ),
    "malformed": (
        "a malformed member is skipped and told; the others hold",
        "RFC 9110 section 2.4",
    ),
    "empty-parameter": (
        "an empty parameter is allowed: parameters = *( OWS ';' OWS [ parameter ] )",
        "RFC 9110 section 5.6.6",
    ),
    "outer-whitespace": (
        "whitespace around a field value is no part of it",
        "RFC 9110 section 5.5",
    ),
    "offer-not-a-type": (
        "an offer that is no media type makes the question unusable",
        "RFC 9110 section 8.3.1",
    ),
    "extension-names": (
        "a file extension is no media type, which makes the question unusable",
        "RFC 9110 section 8.3.1",
    ),
    "not-a-language-tag": (
        "an offer that is no language tag makes the question unusable",
        "RFC 9110 section 8.5.1",
    ),
    "identity-unlisted": (
        "an identity that the field does not name is acceptable, after all that it names",
        "RFC 9110 section 12.5.3",
    ),
    "lookup-fallback": (
        "vectors that name no scheme are run with basic filtering, in which a range never matches "
        "a shorter tag",
        "RFC 4647 section 3.3.1",
    ),
    "lookup-q0": (
        "a range of weight 0 excludes every tag it matches; the default is the server's own word "
        "and stays",
        "RFC 9110 sections 12.4.1 and 12.4.2",
    ),
    "empty-offers": (
        "the field alone is ranked by its weights, then by its own order",
        "RFC 9110 section 12.4.2",
    ),
    "disagrees": (
        "without an Accept-Encoding field any coding is acceptable",
        "RFC 9110 section 12.5.3",
    ),
    "cookie-value-encoding": (
        "a value goes out as given, and is refused where it is not cookie-octets: how to "
        "encode it is the application's choice",
        "RFC 6265bis section 4.1.1",
    ),
    "cookie-not-a-token": (
        "a server's cookie-name is a token; another one is refused",
        "RFC 6265bis section 4.1.1",
    ),
    "cookie-domain-dot": (
        "the leading dot of a Domain attribute is no part of the domain",
        "RFC 6265bis section 5.6.3",
    ),
    "cookie-domain-dot-built": (
        "a server's domain-value has no leading dot; it is refused with the form to write",
        "RFC 6265bis section 4.1.1",
    ),
    "cookie-percent-decoded": (
        "percent signs are octets of the value like any other, and never decoded",
        "RFC 6265bis section 5.6",
    ),
    "cookie-attribute-order": (
        "the grammar sets no order of attributes; ours is fixed, Max-Age first",
        "RFC 6265bis section 4.1.1",
    ),
    "cookie-attribute-case": (
        "attribute names are written as the grammar has them, an extension as it was given",
        "RFC 6265bis section 4.1.1",
    ),
    "cookie-expires-added": (
        "Max-Age is sent alone; no browser in use needs an Expires beside it",
        "RFC 6265bis section 4.1.2.2",
    ),
    "cookie-unknown-attribute": (
        "an attribute that the text does not define comes out as sent, whatever its value",
        "RFC 6265bis section 5.6",
    ),
    "cookie-nameless": (
        "a pair without '=' or without a name is a nameless cookie, and is kept",
        "RFC 6265bis section 5.6",
    ),
    "cookie-duplicates": (
        "the whole answer keeps repeats; of the dictionary's one value a name, the first counts",
        "RFC 6265bis section 4.2.2",
    ),
    "cookie-quotes": (
        "only quotes around the whole value are taken off, and only when asked for",
        "RFC 6265bis section 4.1.1",
    ),
    "cookie-control-characters": (
        "a line with a control character is ignored entirely, not cut at it",
        "RFC 6265bis section 5.6",
    ),
    "cookie-secure-from-http": (
        "a Secure cookie from a connection that is not secure is ignored",
        "RFC 6265bis section 5.7",
    ),
    "cookie-any-scheme": (
        "cookies have no isolation by scheme; an ftp URL carries them as well",
        "RFC 6265bis section 8.5",
    ),
    "cookie-suffix-host": (
        "a Domain that is a public suffix and the host itself leaves a host-only cookie",
        "RFC 6265bis section 5.7",
    ),
    "cookie-canonical-host": (
        "a host is what a URL names between its slashes: no port, no leading dot and no "
        "malformed address is a host",
        "RFC 6265bis section 5.1.2",
    ),
    "cookie-domain-match-inputs": (
        "domain-match takes canonical hosts; one that has no canonical form matches "
        "nothing but itself",
        "RFC 6265bis section 5.1.3",
    ),
    "cookie-empty-domain": (
        "'Domain=.' is an empty domain once its dot is gone, and leaves a host-only cookie",
        "RFC 6265bis section 5.6.3",
    ),
    "cookie-same-site-default": (
        "a missing or unknown SameSite is 'Default', which a cross-site subresource cannot set",
        "RFC 6265bis section 5.7",
    ),
    "cookie-redirects": (
        "a request is same-site by its client and its current URL; the hops before do not count",
        "RFC 6265bis section 5.2",
    ),
    "cookie-newer-prefixes": (
        "the text knows the prefixes __Secure- and __Host- alone; newer ones are told and kept",
        "RFC 6265bis section 5.4",
    ),
}

# Vectors in which the suite settles an open question otherwise, by the question.
_SETTLED_OTHERWISE = {
    "offer-not-a-type": (
        "negotiator/212 hapi-accept/90 mimeparse/10 mimeparse/11 mimeparse/17 webob/97 "
        "webob/112 webob/114 webob/142 webob/143 webob/164"
    ),
    "extension-names": ("accepts/28 accepts/33 accepts/34"),
    "not-a-language-tag": ("webob/364"),
    "disagrees": ("negotiator/56"),
    "several-ranges": ("webob/374 webob/381 webob/382"),
    "lookup-q0": ("webob/429 webob/444"),
    "lookup-fallback": ("werkzeug/71 werkzeug/79"),
    "malformed": (
        "mimeparse/18 mimeparse/25 negotiator/38 negotiator/161 hapi-accept/69 "
        "mimeparse/28 mimeparse/29 mimeparse/32 negotiator/101"
    ),
    "empty-parameter": ("webob/10 webob/11 webob/12 webob/34 webob/37 webob/38"),
    "outer-whitespace": ("webob/2 webob/268 webob/206 webob/358"),
    "empty-header": ("webob/121 webob/322 hapi-accept/72 webob/323"),
    "absent-header": (
        "negotiator/1 negotiator/41 negotiator/111 negotiator/174 accepts/2 accepts/9 "
        "accepts/17 hapi-accept/31"
    ),
    "identity-unlisted": ("negotiator/50 negotiator/52 accepts/7 hapi-accept/43 negotiator/51"),
    "empty-offers": ("hapi-accept/74"),
    "params-after-q": ("mimeparse/31 webob/87 webob/90 webob/92"),
    "tie": (
        "webob/219 negotiator/156 hapi-accept/53 hapi-accept/54 hapi-accept/60 "
        "hapi-accept/64 webob/384 webob/385 negotiator/244 mimeparse/5 mimeparse/13 "
        "mimeparse/15 werkzeug/12 hapi-accept/70 hapi-accept/87"
    ),
    "cookie-value-encoding": (
        "jshttp-cookie/10 jshttp-cookie/11 jshttp-cookie/13 jshttp-cookie/14 jshttp-cookie/17 "
        "jshttp-cookie/18 jshttp-cookie/19 jshttp-cookie/20 jshttp-cookie/21 jshttp-cookie/22 "
        "jshttp-cookie/23 jshttp-cookie/29 jshttp-cookie/30 jshttp-cookie/35 jshttp-cookie/36 "
        "jshttp-cookie/38 jshttp-cookie/39 jshttp-cookie/40 jshttp-cookie/41 jshttp-cookie/42 "
        "jshttp-cookie/44 jshttp-cookie/45 jshttp-cookie/47 jshttp-cookie/53 jshttp-cookie/60 "
        "jshttp-cookie/75 jshttp-cookie/108 jshttp-cookie/143 jshttp-cookie/144 "
        "jshttp-cookie/145 jshttp-cookie/146 jshttp-cookie/147 jshttp-cookie/148 "
        "jshttp-cookie/150 jshttp-cookie/153 jshttp-cookie/154 jshttp-cookie/155 "
        "jshttp-cookie/157 jshttp-cookie/158 jshttp-cookie/160 jshttp-cookie/162 "
        "jshttp-cookie/163 jshttp-cookie/169 jshttp-cookie/170 jshttp-cookie/174 "
        "jshttp-cookie/176 jshttp-cookie/178 jshttp-cookie/179 jshttp-cookie/180 "
        "jshttp-cookie/182 jshttp-cookie/185 jshttp-cookie/186 jshttp-cookie/187 "
        "jshttp-cookie/188 jshttp-cookie/189 jshttp-cookie/192 jshttp-cookie/193 "
        "jshttp-cookie/194 jshttp-cookie/196 jshttp-cookie/204 jshttp-cookie/205 "
        "jshttp-cookie/209 jshttp-cookie/210 jshttp-cookie/211 jshttp-cookie/213 "
        "jshttp-cookie/214 jshttp-cookie/215 jshttp-cookie/217 jshttp-cookie/222 "
        "jshttp-cookie/224 jshttp-cookie/225 jshttp-cookie/227 jshttp-cookie/228 "
        "jshttp-cookie/236 jshttp-cookie/239 jshttp-cookie/243 jshttp-cookie/244 "
        "jshttp-cookie/247 jshttp-cookie/248 jshttp-cookie/249 jshttp-cookie/250 "
        "jshttp-cookie/251 jshttp-cookie/252 jshttp-cookie/254 jshttp-cookie/257 "
        "jshttp-cookie/259 jshttp-cookie/260 jshttp-cookie/261 jshttp-cookie/262 "
        "jshttp-cookie/263 jshttp-cookie/265 jshttp-cookie/266 jshttp-cookie/273 "
        "jshttp-cookie/276 jshttp-cookie/278 jshttp-cookie/279 jshttp-cookie/280 "
        "jshttp-cookie/281 jshttp-cookie/307 jshttp-cookie/403 jshttp-cookie/456 werkzeug/88"
    ),
    "cookie-not-a-token": (
        "jshttp-cookie/409 jshttp-cookie/424 jshttp-cookie/425 jshttp-cookie/427 "
        "jshttp-cookie/435 werkzeug/98"
    ),
    "cookie-domain-dot": (
        "jshttp-cookie/312 jshttp-cookie/315 jshttp-cookie/321 jshttp-cookie/326 "
        "jshttp-cookie/336 jshttp-cookie/337 jshttp-cookie/339 jshttp-cookie/341 "
        "jshttp-cookie/344 jshttp-cookie/348 jshttp-cookie/349 jshttp-cookie/355 "
        "jshttp-cookie/356"
    ),
    "cookie-domain-dot-built": ("jshttp-cookie/446"),
    "cookie-percent-decoded": (
        "jshttp-cookie/332 jshttp-cookie/342 jshttp-cookie/343 jshttp-cookie/354 jshttp-cookie/515"
    ),
    "cookie-attribute-order": (
        "undici.build/031 undici.build/032 undici.build/033 undici.build/034 undici.build/036 "
        "werkzeug/106 werkzeug/108 werkzeug/113"
    ),
    "cookie-attribute-case": ("jshttp-cookie/489 jshttp-cookie/490 jshttp-cookie/491 webob/498"),
    "cookie-expires-added": ("webob/507"),
    "cookie-unknown-attribute": ("jshttp-cookie/401"),
    "cookie-nameless": (
        "http-state/0021 http-state/0023 http-state/0024 http-state/0026 "
        "http-state/CHROMIUM0009 http-state/CHROMIUM0010 http-state/MOZILLA0016 "
        "http-state/NAME0017 http-state/NAME0032 http-state/NAME0033 jshttp-cookie/534 "
        "tough-cookie.parse/030"
    ),
    "cookie-duplicates": ("starlette.cookie/007"),
    "cookie-quotes": ("webob/496"),
    "cookie-control-characters": (
        "http-state/DISABLED_CHROMIUM0023 wpt.cookies.name.name-ctl/034 wpt.cookies.value.value/013"
    ),
    "cookie-secure-from-http": ("go.jar/018 go.jar/069"),
    "cookie-any-scheme": ("go.jar/009"),
    "cookie-suffix-host": ("tough-cookie.cookieJar/011 tough-cookie.cookieJar/035"),
    "cookie-canonical-host": (
        "go.canonical-host/004 go.canonical-host/008 tough-cookie.canonical-domain/003 "
        "tough-cookie.canonical-domain/006"
    ),
    "cookie-domain-match-inputs": (
        "tough-cookie.domain-match/003 tough-cookie.domain-match/054 tough-cookie.domain-match/055"
    ),
    "cookie-empty-domain": ("go.domain-and-type/013 go.jar/093"),
    "cookie-same-site-default": ("tough-cookie.sameSite/006 tough-cookie.sameSite/007"),
    "cookie-redirects": (
        "wpt.cookies.samesite.form-get-blank/006 wpt.cookies.samesite.form-post-blank/006 "
        "wpt.cookies.samesite.iframe/006 wpt.cookies.samesite.iframe/009 "
        "wpt.cookies.samesite.window-open/006 wpt.cookies.samesite.window-open/009"
    ),
    "cookie-newer-prefixes": (
        "wpt.cookies.prefix.__HostHttp.https/002 wpt.cookies.prefix.__HostHttp.https/003 "
        "wpt.cookies.prefix.__HostHttp.https/007 wpt.cookies.prefix.__Http.https/002 "
        "wpt.cookies.prefix.__Http.https/004 wpt.cookies.prefix.__Http.https/005"
    ),
}

DISAGREEMENTS: dict[str, tuple[str, str]] = {
    identifier: OPEN_QUESTIONS[question]
    for question, identifiers in _SETTLED_OTHERWISE.items()
    for identifier in identifiers.split()
}

# Vectors of caching that name no question; the reason, its section, and the vectors.
_CACHING: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "any final status is stored when its freshness is explicit; only 206, 304 and "
        "must-understand ask for one that is understood",
        "RFC 9111 section 3",
        (
            *(
                "http-cache-semantics/okhttptest/okhttp-tests-response-caching-by-response-code/"
                f"{number}"
                for number in (5, 11, 20, 21, 26, 30, 34, 37, 38, 39, 42, 44)
            ),
            "http-cache-semantics/responsetest/response-headers-uncacheable-412/1",
        ),
    ),
    (
        "a response to POST is stored only with a Content-Location equal to the target URI",
        "RFC 9110 section 9.3.3",
        (
            "http-cache-semantics/requesttest/request-properties-post-cacheable-explicitly/1",
            "hishel/test_invalidating_response_can_also_be_stored",
        ),
    ),
    (
        "the age is the larger of apparent_age and corrected_age_value: a Date two minutes past is "
        "two minutes of age",
        "RFC 9111 section 4.2.3",
        (
            "http-cache-semantics/okhttptest/okhttp-tests-max-age-in-the-past-with-date-header-"
            "but-no-last-modified-header/1",
        ),
    ),
    (
        "a heuristic lifetime has no ceiling unless one is configured",
        "RFC 9111 section 4.2.2",
        ("hishel/TestGetHeuristicFreshness.test_heuristic_freshness_capped_at_one_week",),
    ),
    (
        "pre-check and post-check are unknown directives, which a cache ignores; no-store holds",
        "RFC 9111 section 5.2.3",
        ("http-cache-semantics/responsetest/response-headers-pre-check-poison/1",),
    ),
    (
        "immutable gives no lifetime of its own, and its arguments are ignored",
        "RFC 8246 section 2",
        (
            "http-cache-semantics/responsetest/response-headers-cache-immutable-files/1",
            "tusbar/parse-should-ignore-booleans-with-values",
        ),
    ),
    (
        "Set-Cookie does not keep a response from being stored or reused",
        "RFC 9111 section 7.3",
        ("http-cache-semantics/responsetest/response-headers-don-t-share-cookies/1",),
    ),
    (
        "preconditions of the client go along with the cache's own validators",
        "RFC 9111 section 4.3.2",
        (
            "http-cache-semantics/revalidatetest/"
            "can-be-revalidated-skips-weak-validators-on-post-2/1",
        ),
    ),
    (
        "proxy-revalidate forbids the use of a stale response, not that of a fresh one",
        "RFC 9111 section 5.2.2.8",
        ("http-cache-semantics/satisfytest/satisfies-not-when-proxy-revalidating/1",),
    ),
    (
        "each field of the 304 is added to the stored response, new ones and Content-Type too; "
        "only what describes the stored content itself is left",
        "RFC 9111 section 3.2",
        (
            *(
                f"http-cache-semantics/updatetest/update-revalidated-{case}/1"
                for case in (
                    "matching-etags-are-updated",
                    "matching-weak-etags-are-updated",
                    "both-matching-are-updated",
                    "checks-status",
                )
            ),
            "hishel/TestRefreshResponseHeaders.test_preserves_content_range_from_stored_response",
            "hishel/TestRefreshResponseHeadersPrivateCache."
            "test_preserves_content_type_from_stored_response",
        ),
    ),
    (
        "a range is answered out of a stored complete response",
        "RFC 9111 section 4.3.2",
        ("hishel/test_reuse_rules[range-request-misses]",),
    ),
    (
        "of two stored responses with one key the later replaced the earlier when it was stored",
        "RFC 9111 section 4",
        (
            "hishel/test_revalidation_rules[full-200-response-replaces-stored-entries]",
            "hishel/test_revalidation_rules[full-206-response-cannot-be-stored]",
            "hishel/test_revalidation_rules[5xx-with-two-entries-keeps-most-recent]",
        ),
    ),
    (
        "of repeated numbers the first counts",
        "RFC 9111 section 4.2.1",
        (
            "tusbar/parse-should-handle-repeated-directives-by-using-the-last-value",
            "hishel/TestEdgeCases.test_duplicate_directives",
        ),
    ),
    (
        "a number too large to hold is 2147483648, and max-stale without one is no number at all",
        "RFC 9111 section 1.2.2",
        (
            "undici/parsecachecontrolheader-oversized-numeric-directives-are-capped",
            "undici/parsecachecontrolheader-oversized-numeric-directives-are-capped/3",
            "hishel/TestMaxAge.test_max_age_overflow",
            "hishel/TestMaxStale.test_max_stale_without_value",
        ),
    ),
    (
        "a directive that restricts is heeded whatever argument it has, a second well-formed "
        "instance counts, and a blank beside '=' is told and read over: to take such a number as "
        "stale is encouraged and not required",
        "RFC 9111 section 4.2.1",
        (
            "undici/parsecachecontrolheader-directives-with-incorrect-types-are-ignored/2",
            "undici/parsecachecontrolheader-directives-with-incorrect-types-are-ignored/6",
            "undici/parsecachecontrolheader-directives-with-incorrect-types-are-ignored/7",
            "pquerna/TestResMustRevalidateNoArgs",
            "pquerna/TestResPublicNoArgs",
            "pquerna/TestReqNoCacheNoArgs",
            "pquerna/TestReqNoStoreNoArgs",
            "pquerna/TestReqNoTransformNoArgs",
        ),
    ),
    (
        "a name with U+00A0 in it is no token and so no directive that is known",
        "RFC 9111 section 5.2.3",
        (
            "undici/parsecachecontrolheader-malformed-restrictive-directive-names-are-"
            "conservative/4",
        ),
    ),
    (
        "directives are separated by commas, not by blanks",
        "RFC 9111 section 5.2",
        (
            "pquerna/TestResPrivateExtension",
            "pquerna/TestResMultipleNoCacheTabExtension",
            "pquerna/TestResExtensionsEmptyQuote",
            "pquerna/TestReqExtensions",
            "pquerna/TestReqMultiple",
        ),
    ),
    (
        'the empty entity tag is one; the grammar\'s own example is ETag: ""',
        "RFC 9110 section 8.8.3",
        ("undici/isetagusable-false/2",),
    ),
    (
        "an entity tag whose quotes do not close is told and not taken for one",
        "RFC 9110 section 8.8.3",
        ("webob/Test_Parse.test_parse_invalid/3",),
    ),
    (
        "a request's no-cache speaks to caches and turns no precondition off",
        "RFC 9110 section 13.2.2",
        (
            "fresh/fresh-reqheaders-resheaders-when-requested-with-cache-control-no-cache-when-"
            "unmodified-since-the-date-should-be-stale",
        ),
    ),
    (
        "If-Match compares strongly, and a weak entity tag never matches so",
        "RFC 9110 section 13.1.1",
        (
            "send/send-file-pipe-res-with-conditional-get-where-if-match-is-set-should-respond-"
            "with-200-when-etag-matched",
        ),
    ),
    (
        "If-Modified-Since is ignored beside If-None-Match, and If-Range decides about Range alone",
        "RFC 9110 section 13.2.2",
        (
            "werkzeug/TestHTTPUtility.test_is_resource_modified/3",
            "werkzeug/TestHTTPUtility.test_is_resource_modified_for_range_requests/5",
        ),
    ),
    (
        "Range is defined for GET alone, and one that cannot be used is ignored",
        "RFC 9110 section 14.2",
        (
            "starlette/test_file_response_range_multi_head[asyncio]",
            "starlette/test_file_response_range_multi_head[asyncio]/3",
            "starlette/test_file_response_range_invalid[asyncio]",
            "starlette/test_file_response_range_416[asyncio]",
            "starlette/test_file_response_only_support_bytes_range[asyncio]",
            "starlette/test_file_response_range_must_be_requested[asyncio]",
            "starlette/test_file_response_start_must_be_less_than_end[asyncio]",
        ),
    ),
    (
        "one invalid range makes the whole Range invalid, so that it is ignored, and no blank may "
        "stand before '=' or beside '-'",
        "RFC 9110 section 14.1.1",
        (
            "range-parser/parserange-len-str-should-return-1-if-all-specified-ranges-are-invalid",
            "range-parser/parserange-len-str-should-return-1-for-mixed-invalid-and-unsatisfiable-"
            "ranges",
            "range-parser/parserange-len-str-should-return-1-for-mixed-invalid-and-unsatisfiable-"
            "ranges/3",
            "range-parser/parserange-len-str-should-ignore-invalid-format-range-when-valid-range-"
            "exists",
            "werkzeug/TestRange.test_range_parsing/5",
        ),
    ),
    (
        "what a field holds does not depend on the message it was found in",
        "RFC 9213 section 2",
        ("httplint/CDNCacheControlRequestTest",),
    ),
]

DISAGREEMENTS |= {
    identifier: (reason, section)
    for reason, section, identifiers in _CACHING
    for identifier in identifiers
}

# CORS: what is decided here, and the vectors in which a library decides otherwise.
CORS_DECISIONS: dict[str, tuple[str, str]] = {
    "malformed-max-age": (
        "a negative Access-Control-Max-Age is outside the grammar, so it is as if it were missing",
        'Fetch section "CORS-preflight fetch"',
    ),
    "mapped-address": (
        "[::ffff:7f7f:7f7f] is how the URL standard writes a mapped IPv4 address, and the Origin "
        "grammar has it; that library advises against it",
        'Fetch section "Origin header"',
    ),
    "always-sent": (
        "an answer for every origin is sent always, to requests without Origin too, and without "
        "Vary: Origin",
        'Fetch section "CORS protocol and HTTP caches"',
    ),
    "private-network": (
        "private network access never entered the standard, and browsers dropped it",
        'Fetch section "HTTP new-header syntax"',
    ),
    "star-not-reflected": (
        "every origin is allowed by *, never by reflecting what was sent: a browser takes both, "
        "and the first never goes with credentials",
        'Fetch section "CORS protocol and credentials"',
    ),
    "star-with-credentials": (
        "a policy of any origin with credentials contradicts itself, and is refused when made",
        'Fetch section "CORS protocol and credentials"',
    ),
    "empty-elements": (
        "empty elements of a list are ignored, as in any list; a limit on them is that library's",
        "RFC 9110 section 5.6.1.2",
    ),
    "debug-mode": (
        "a refused preflight carries no Access-Control field; that library's debug mode sends some",
        'Fetch section "HTTP responses"',
    ),
    "every-options": (
        "OPTIONS without Access-Control-Request-Method is no preflight, so it gets no preflight "
        "fields",
        'Fetch section "HTTP requests"',
    ),
    "malformed-origin": (
        "a policy whose origin no browser can ever send is refused when it is made",
        'Fetch section "Origin header"',
    ),
}
_CORS_DECIDED_OTHERWISE = {
    "malformed-max-age": "wpt.cors.preflight-cache/004",
    "mapped-address": "jub0bs-cors.patterns/060",
    "always-sent": "rs-cors/001",
    "private-network": "rs-cors/019",
    "star-not-reflected": (
        "rs-cors/023 express-cors/016 starlette-cors/026 flask-cors/053 flask-cors/087 "
        "flask-cors/090 flask-cors/091"
    ),
    "star-with-credentials": (
        "rs-cors/028 express-cors/030 express-cors/043 starlette-cors/003 starlette-cors/012 "
        "django-cors-headers/026 django-cors-headers/029 flask-cors/012"
    ),
    "empty-elements": "jub0bs-cors/013 jub0bs-cors/015",
    "debug-mode": "jub0bs-cors/031 jub0bs-cors/032",
    "every-options": "express-cors/007 express-cors/033",
    "malformed-origin": "express-cors/036",
}
DISAGREEMENTS |= {
    identifier: CORS_DECISIONS[decision]
    for decision, identifiers in _CORS_DECIDED_OTHERWISE.items()
    for identifier in identifiers.split()
}
