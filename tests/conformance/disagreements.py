"""
Where this project answers otherwise than the suite that a vector comes from, and why.

`DISAGREEMENTS` lists single vectors: each is run and must fail, so that the list cannot go stale.
`OPEN_QUESTIONS` lists what a vector's own codes mark as left open by the standards; there the rule
chosen here is written out, and the tests work out its answer independently of the package.
"""

from __future__ import annotations

OPEN_QUESTIONS: dict[str, tuple[str, str]] = {
    "tie": (
        "offers of the same weight go to the more specific range, then to the server's order",
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
}

DISAGREEMENTS: dict[str, tuple[str, str]] = {
    identifier: OPEN_QUESTIONS[question]
    for question, identifiers in _SETTLED_OTHERWISE.items()
    for identifier in identifiers.split()
}
