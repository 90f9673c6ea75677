"""
The cookie cases of http-state, web-platform-tests, Go, tough-cookie, undici and server libraries.

Source: RFC 6265bis. How each row is put to the library stands in one function an operation.
"""

from __future__ import annotations

import pytest

from httpheaders.cookie_acceptance import StoredCookie, judge_set_cookie
from httpheaders.cookie_building import (
    CookieAttributes,
    compose_set_cookie,
    delete_cookie,
    is_path_value,
)
from httpheaders.cookie_domains import canonical_host, default_path, domain_matches, path_matches
from httpheaders.cookie_jar import CookieJar
from httpheaders.cookies import (
    format_cookie_header,
    is_cookie_value,
    parse_cookie_header,
    read_cookie_header,
)
from httpheaders.errors import HttpHeadersError
from httpheaders.messages.set_cookie import read_set_cookie
from httpheaders.public_suffixes import PublicSuffixes
from httpheaders.same_site import (
    SAME_SITE,
    SAME_SITE_CONTEXTS,
    RequestContext,
    request_context,
    site_for_cookies,
)
from httpheaders.syntax.cookie_dates import parse_cookie_date
from httpheaders.syntax.dates import format_iso_date, parse_iso_date
from httpheaders.syntax.grammar import is_token

from .vectors import load

DEFAULT_RULE = PublicSuffixes()


def seconds(text):
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return parse_iso_date(f"{whole}Z") + float(f"0.{fraction or 0}")


# --- the jar -------------------------------------------------------------------------------------


def jar_cookie(case):
    jar, now = filled_jar(case)
    now = seconds(case["request_now"]) if "request_now" in case else now
    from_http = case.get("get_via") != "document.cookie"
    sent = jar.cookies_for(
        case["request_url"], now=now, context=retrieval_context(case), from_http=from_http
    )
    header = jar.cookie_header(
        case["request_url"], now=now, context=retrieval_context(case), from_http=from_http
    )
    return sent, header


def filled_jar(case):
    suffixes = (
        PublicSuffixes(case["public_suffixes"]) if "public_suffixes" in case else DEFAULT_RULE
    )
    jar = CookieJar(public_suffixes=suffixes, trusts_loopback=case.get("trust_loopback", True))
    now = 1.0e9
    for step in case.get("steps") or [case]:
        now = seconds(step["now"]) if "now" in step else now
        for line in step["set_cookie"]:
            jar.receive(
                line,
                url=step["url"],
                now=now,
                context=SAME_SITE_CONTEXTS.get(step.get("set_context"), SAME_SITE),
                from_http=step.get("set_via") != "document.cookie",
            )
    return jar, now


def retrieval_context(case) -> RequestContext:
    if "same_site_context" in case:
        return SAME_SITE_CONTEXTS[case["same_site_context"]]
    if "initiator" not in case:
        return SAME_SITE
    # A frame that navigates itself is the client; the top-level page is above it.
    frames = [case["navigate_from"]] if "navigate_from" in case else []
    return request_context(
        case["request_url"],
        client_site=site_for_cookies(case["initiator"], *frames, public_suffixes=DEFAULT_RULE),
        method=case["method"],
        top_level_navigation=case["top_level_navigation"],
        public_suffixes=DEFAULT_RULE,
    )


def same_site_status(context: RequestContext) -> str:
    if context.same_site:
        return "strict"
    return "lax" if context.top_level_navigation and context.safe_method else "cross-site"


def check_jar(case, expected):
    if "stored" in expected:
        jar, now = filled_jar(case)
        assert bool(jar.cookies(now=now)) is expected["stored"]
        return
    sent, header = jar_cookie(case)
    if "cookie" in expected:
        assert (header or "") == expected["cookie"]
    if "cookie_names" in expected:
        assert sorted(cookie.name for cookie in sent) == expected["cookie_names"]
    if "sent" in expected:
        assert {cookie.name for cookie in sent} == set(expected["sent"])
    if "same_site_status" in expected:
        assert same_site_status(retrieval_context(case)) == expected["same_site_status"]


# --- dates, domains, paths -----------------------------------------------------------------------


def check_date(case, expected):
    found = parse_cookie_date(case["date"])
    assert (None if found is None else format_iso_date(found)) == expected


def check_date_valid(case, expected):
    assert (parse_cookie_date(case["date"]) is not None) is expected


def check_domain_match(case, expected):
    host, domain = case["host"], case["domain"]
    if case.get("canonicalize", True):
        host, domain = canonical_or_lower(host), canonical_or_lower(domain)
    assert domain_matches(host, domain) is expected


def canonical_or_lower(host):
    try:
        return canonical_host(host)
    except HttpHeadersError:
        return host.lower()


def check_path_match(case, expected):
    assert path_matches(case["request_path"], case["cookie_path"]) is expected


def check_default_path(case, expected):
    assert default_path(case["path"]) == expected


def check_canonical_domain(case, expected):
    assert canonical_host(case["domain"]) == expected


def check_domain_attribute(case, expected):
    host = f"[{case['host']}]" if ":" in case["host"] else case["host"]
    stored = judge_set_cookie(
        f"a=1; Domain={case['domain']}",
        url=f"http://{host}/",
        now=0,
        public_suffixes=PublicSuffixes(case["public_suffixes"]),
    ).stored
    assert domain_of(stored) == expected


def domain_of(stored: StoredCookie | None):
    return stored and {"domain": stored.domain, "host_only": stored.host_only}


# --- Set-Cookie and Cookie -----------------------------------------------------------------------

READ = {
    "expires": lambda cookie: None if cookie.expires is None else format_iso_date(cookie.expires),
    "max-age": lambda cookie: cookie.max_age,
    "domain": lambda cookie: cookie.domain or None,
    "path": lambda cookie: cookie.path or None,
    "secure": lambda cookie: cookie.secure or None,
    "httponly": lambda cookie: cookie.http_only or None,
    "partitioned": lambda cookie: cookie.partitioned or None,
    "samesite": lambda cookie: None if cookie.same_site == "Default" else cookie.same_site.lower(),
    "extensions": lambda cookie: extensions(cookie) or None,
}
KNOWN = {"expires", "max-age", "domain", "path", "secure", "httponly", "samesite", "partitioned"}


def extensions(cookie):
    return [
        attribute.name if attribute.value is None else f"{attribute.name}={attribute.value}"
        for attribute in cookie.attributes
        if attribute.name.lower() not in KNOWN
    ]


def check_set_parse(case, expected):
    verdict = judge_set_cookie(case["set_cookie"], now=0)
    cookie = read_set_cookie(case["set_cookie"])
    if expected is None:
        assert not verdict.kept
        return
    assert (cookie.name, cookie.value) == (expected["name"], expected["value"])
    for name, value in expected["attributes"].items():
        found = READ[name](cookie)
        assert found == (value.lower() if name == "samesite" and value else value), name


def check_setcookie_parse(case, expected):
    cookie = read_set_cookie(case["header"])
    found = {
        "name": cookie.name,
        "value": cookie.value,
        "expires": cookie.expires and format_iso_date(cookie.expires).replace("Z", ".000Z"),
        "maxAge": cookie.max_age,
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": cookie.secure,
        "httpOnly": cookie.http_only,
        "sameSite": cookie.same_site.lower(),
        "partitioned": cookie.partitioned,
        "priority": next(
            (a.value.lower() for a in cookie.attributes if a.name.lower() == "priority"), None
        ),
    }
    assert {name: found[name] for name in expected} == expected
    # Whatever the suite does not name is absent from the line too, or unreadable in it.
    absent = {name for name in found if name not in expected}
    assert {found[name] for name in absent} <= {None, False, "default", ""}


def check_cookie_parse(case, expected, rule):
    if rule == "first of a name wins":
        assert list(map(list, parse_cookie_header(case["header"]).items())) == expected
        return
    answer = read_cookie_header(case["header"], unquote="drop the quotes" in rule)
    assert [[cookie.name, cookie.value] for cookie in answer.cookies] == expected


def check_header_parse(case, expected):
    assert parse_cookie_header(case["cookie"]) == expected


def check_cookie_header(case, expected):
    pairs = [(name, value) for name, value in case["cookies"] if value is not None]
    check_built(lambda: format_cookie_header(pairs), expected, "header")


# --- building ------------------------------------------------------------------------------------

OPTIONS = {
    "max-age": "max_age",
    "maxAge": "max_age",
    "httponly": "http_only",
    "httpOnly": "http_only",
    "samesite": "same_site",
    "sameSite": "same_site",
    "domain": "domain",
    "path": "path",
    "secure": "secure",
    "partitioned": "partitioned",
    "extensions": "extensions",
}


def build(case, attributes):
    options = {"http_only": False, "secure": False, "same_site": None}
    for name, value in attributes.items():
        if name == "expires":
            options["expires"] = readable_date(value)
        elif name in ("priority", "comment"):
            options["extensions"] = [f"{name.title()}={value}"]
        elif name != "encode":
            options[OPTIONS[name]] = int(value) if str(value).isdigit() else value
    if case["value"] is None:
        return delete_cookie(case["name"], CookieAttributes(**options)).set_cookie
    return compose_set_cookie(case["name"], case["value"], CookieAttributes(**options)).set_cookie


def readable_date(text):
    try:
        return seconds(text)
    except (TypeError, ValueError):
        return text


def check_cookie_build(case, expected):
    check_built(lambda: build(case, case["options"]), expected, "header")


def check_build(case, expected):
    check_built(lambda: build(case, case["attributes"]), expected, "set_cookie")


def check_built(make, expected, member):
    if expected.get("error"):
        with pytest.raises(HttpHeadersError):
            make()
        return
    line = make()
    if member in expected:
        assert line == expected[member]
    parts = line.split("; ")
    assert set(expected.get("has", ())) <= set(parts)
    names = {part.partition("=")[0].lower() for part in parts}
    assert set(expected.get("has_name", ())) <= names
    assert not set(expected.get("lacks", ())) & set(parts)


def check_valid_name(case, expected):
    assert is_token(case["name"]) is expected


def check_valid_value(case, expected):
    assert is_cookie_value(case["value"]) is expected


def check_valid_path(case, expected):
    assert is_path_value(case["path"]) is expected


CHECKS = {
    "cookie.jar": check_jar,
    "cookie.prefix": check_jar,
    "cookie.size": check_jar,
    "cookie.samesite": check_jar,
    "cookie.date": check_date,
    "cookie.date_valid": check_date_valid,
    "cookie.domain_match": check_domain_match,
    "cookie.path_match": check_path_match,
    "cookie.default_path": check_default_path,
    "cookie.canonical_domain": check_canonical_domain,
    "cookie.domain_attribute": check_domain_attribute,
    "cookie.set_parse": check_set_parse,
    "setcookie.parse": check_setcookie_parse,
    "cookie.header_parse": check_header_parse,
    "cookie.header": check_cookie_header,
    "cookie.build": check_build,
    "cookie.valid_name": check_valid_name,
    "cookie.valid_value": check_valid_value,
    "cookie.valid_path": check_valid_path,
}


@pytest.mark.parametrize("vector", [*load("cookies/*.jsonl"), *load("negotiation/*cookie*.jsonl")])
def test_vectors(vector):
    given, expected = vector["input"], vector["expected"]
    if vector["op"] == "cookie.parse":
        check_cookie_parse(given, expected, vector.get("rule", ""))
    elif "options" in given:
        check_cookie_build(given, expected)
    else:
        CHECKS[vector["op"]](given, expected)
