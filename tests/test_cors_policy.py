"""Policies: what they let in, what is refused when they are made, and what is only unwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders import public_suffixes
from httpheaders.cors_origins import OriginRegex, is_public_suffix, parse_origin_pattern
from httpheaders.cors_policy import CorsPolicy, UnsoundPolicy, lint_policy, policy_from_mapping
from httpheaders.errors import FieldSyntaxError, HttpHeadersError, InputError, PolicyError
from httpheaders.public_suffixes import DEFAULT_RULE
from httpheaders.syntax.origins import parse_origin

APP = "https://app.example.com"


@pytest.mark.parametrize(
    ("entry", "origin", "expected"),
    [
        pytest.param(APP, APP, True, id="exact"),
        pytest.param(APP, "https://APP.example.com", False, id="case is not folded"),
        pytest.param(APP, APP + "/", False, id="slash"),
        pytest.param(APP, APP + ":443", False, id="default port"),
        pytest.param(APP, "http://app.example.com", False, id="scheme counts"),
        pytest.param(APP, APP + ":8443", False, id="port counts"),
        pytest.param(APP, APP + ".evil.example", False, id="suffix"),
        pytest.param(APP, "null", False, id="null is not listed"),
        pytest.param("null", "null", True, id="null is listed"),
        pytest.param("*", "anything at all", True, id="any"),
        pytest.param("https://*.example.com", APP, True, id="one label below"),
        pytest.param("https://*.example.com", "https://a.b.example.com", True, id="two below"),
        pytest.param("https://*.example.com", "https://example.com", False, id="not itself"),
        pytest.param("https://*.example.com", "https://evilexample.com", False, id="whole labels"),
        pytest.param("https://*.example.com", "https://.example.com", False, id="empty label"),
        pytest.param("https://*.example.com", "https://A.example.com", False, id="no origin"),
        pytest.param("https://*.example.com", APP + ":8443", False, id="port of a subdomain"),
        pytest.param("https://*.example.com:8443", APP + ":8443", True, id="named port"),
        pytest.param("https://*.example.com:*", APP + ":8443", True, id="any port"),
        pytest.param("http://localhost:*", "http://localhost", True, id="default port of any"),
        pytest.param("http://localhost:*", "http://localhost.evil.example", False, id="host stays"),
    ],
)
def test_entries_let_origins_in(entry, origin, expected):
    assert CorsPolicy([entry]).allows(origin) is expected
    assert CorsPolicy(["https://other.example", entry]).allows(origin) is expected


@pytest.mark.parametrize(
    ("entry", "right"),
    [
        ("https://example.com/", "write 'https://example.com'"),
        ("example.com", "write 'https://example.com'"),
        ("https://a.example, https://b.example", "write 'https://a.example'"),
        ("*.example.com", "write 'https://\\*.example.com'"),
        ("https://*example.com", "write 'https://\\*.example.com'"),
        (r"^https://.*\.example\.com$", "write 'https://\\*.example.com'"),
        ("https://foo.*.example.com", "whole labels"),
        ("https://*.[::1]", "cannot have subdomains"),
        ("https://*.127.0.0.1", "cannot have subdomains"),
        ("https://*." + "a" * 50 + ".b" * 101, "cannot have subdomains"),
        ("https://EXAMPLE.com:443", "write 'https://example.com'"),
        ("https://example.com:8443:*", "whole labels"),
        ("file:///", "write 'null'"),
        ("", "write it like 'https://app.example.com'"),
    ],
)
def test_malformed_entries_are_refused_with_the_right_form(entry, right):
    with pytest.raises(PolicyError, match=right):
        CorsPolicy([APP, entry])
    with pytest.raises(FieldSyntaxError):
        parse_origin_pattern(entry)


REFUSED = [
    pytest.param({"allow_origins": ["*"], "allow_credentials": True}, "credentials", id="any"),
    pytest.param(
        {"expose_headers": ["*"], "allow_credentials": True}, "list the names", id="expose"
    ),
    pytest.param({"allow_methods": ["GET "]}, "is not a method", id="method with a blank"),
    pytest.param({"allow_methods": [""]}, "is not a method", id="empty method"),
    pytest.param({"allow_methods": ["TRACK"]}, "forbidden to script", id="forbidden method"),
    pytest.param({"allow_headers": ["x y"]}, "not a header name", id="header name"),
    pytest.param({"allow_headers": ["a\r\nb: c"]}, "not a header name", id="header injection"),
    pytest.param({"allow_headers": ["Cookie"]}, "cannot set 'Cookie'", id="forbidden header"),
    pytest.param({"expose_headers": ["é"]}, "not a header name", id="response header name"),
    pytest.param({"expose_headers": ["Set-Cookie"]}, "never shown", id="cookies"),
    pytest.param({"max_age": -1}, "write 0", id="negative age"),
    pytest.param({"max_age": 86401}, "86400", id="age beyond every browser"),
    pytest.param({"preflight_status": 302}, "fails every preflight", id="status"),
    pytest.param(
        {"allow_origins": [APP, "https://b.example"], "fixed_origin": True},
        "exactly one",
        id="two fixed",
    ),
    pytest.param({"allow_origins": ["*"], "fixed_origin": True}, "exactly one", id="any fixed"),
    pytest.param({"allow_origin_regexes": [OriginRegex("(")]}, "not closed", id="expression"),
    pytest.param({"allow_origin_regexes": [OriginRegex("a", "glob")]}, "no way to match", id="way"),
]


@pytest.mark.parametrize(("policy", "fault"), REFUSED)
def test_contradictions_are_refused(policy, fault):
    with pytest.raises(PolicyError, match=fault):
        CorsPolicy(**{"allow_origins": [APP], **policy})


@pytest.mark.parametrize("name", ["allow_origins", "allow_methods", "expose_headers"])
def test_one_text_is_no_list(name):
    with pytest.raises(PolicyError, match="list of texts"):
        CorsPolicy(**{"allow_origins": [APP], name: APP})


def test_an_unsound_policy_carries_its_findings():
    with pytest.raises(UnsoundPolicy) as caught:
        CorsPolicy([APP + "/", "null"])
    assert [finding.reason for finding in caught.value.findings] == ["invalid", "prohibited"]


def test_all_faults_are_told_at_once():
    with pytest.raises(PolicyError, match=r"slash.*; 'TRACE'"):
        CorsPolicy([APP + "/"], allow_methods=["TRACE"])


UNWISE = [
    pytest.param({"allow_origins": []}, "missing", id="nobody"),
    pytest.param({"allow_origins": ["null"]}, "prohibited", id="null"),
    pytest.param({"allow_origins": ["http://a.example"]}, "insecure", id="http alone"),
    pytest.param(
        {"allow_origins": ["http://a.example"], "allow_credentials": True}, "insecure", id="http"
    ),
    pytest.param({"allow_origins": ["https://*.com"]}, "psl", id="public suffix"),
    pytest.param(
        {"allow_origins": ["https://*.a.example"], "allow_credentials": True},
        "subdomains",
        id="subdomains",
    ),
    pytest.param({"allow_methods": ["put"]}, "case", id="method case"),
    pytest.param({"allow_methods": ["patch"]}, "case", id="patch"),
    pytest.param(
        {"allow_headers": ["Access-Control-Allow-Origin"]}, "prohibited", id="response name"
    ),
    pytest.param({"expose_headers": ["Origin"]}, "prohibited", id="request name"),
    pytest.param({"allow_methods": ["*"], "allow_credentials": True}, "methods", id="all methods"),
    pytest.param({"allow_headers": ["*"], "allow_credentials": True}, "headers", id="all headers"),
    pytest.param(
        {"allow_origin_regexes": [OriginRegex("https://a.example")]}, "unescaped-dot", id="dot"
    ),
    pytest.param(
        {"allow_origin_regexes": [OriginRegex(r"https://a\.example", "prefix")]},
        "unanchored",
        id="no end",
    ),
]


@pytest.mark.parametrize(("policy", "reason"), UNWISE)
def test_what_is_unwise_is_told_and_kept(policy, reason):
    warnings = CorsPolicy(**{"allow_origins": [APP], **policy}).warnings
    assert reason in [finding.reason for finding in warnings]


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"allow_origins": ["http://localhost:3000"], "allow_credentials": True},
        {"allow_methods": ["*"], "allow_headers": ["*", "Authorization"], "expose_headers": ["*"]},
        {"allow_methods": ["PUT", "PATCH", "Purge"], "allow_headers": ["X-A"], "max_age": 0},
        {"allow_origin_regexes": [OriginRegex(r"https://(a|b)\.example")]},
    ],
)
def test_sound_policies_have_no_findings(policy):
    assert lint_policy(**{"allow_origins": [APP], **policy}) == ()


def test_without_the_list_of_public_suffixes_that_is_said(monkeypatch):
    monkeypatch.setattr(public_suffixes, "installed_public_suffixes", lambda: DEFAULT_RULE)
    assert is_public_suffix("com") is True
    assert is_public_suffix("github.io") is None
    (finding,) = lint_policy(["https://*.github.io"])
    assert finding.reason == "psl-unknown"
    assert "publicsuffixlist" in finding.message


def test_public_suffixes_are_known_with_the_list():
    pytest.importorskip("publicsuffixlist")
    assert is_public_suffix("github.io") is True
    assert is_public_suffix("example.com") is False
    assert is_public_suffix("xn--55qx5d.cn.") is True
    assert is_public_suffix("www.ck") is False


def test_names_are_kept_once_and_in_order():
    policy = CorsPolicy([APP], allow_methods=["PUT", "PUT"], allow_headers=["X-b", "X-A", "x-B"])
    assert policy.allow_methods == ("PUT",)
    assert policy.allow_headers == ("X-b", "X-A")


# Documents


def test_a_document_becomes_a_policy():
    policy = policy_from_mapping(
        {
            "allow_origin": APP,
            "allow-methods": ["PUT"],
            "allow_header": ["X-A"],
            "expose_headers": None,
            "allow_credentials": True,
            "max_age": 600,
            "allow_origin_regex": {"pattern": "https://b", "match": "prefix"},
        }
    )
    assert policy.allow_origins == (APP,)
    assert policy.allow_origin_regexes == (OriginRegex("https://b", "prefix"),)
    assert (policy.allow_methods, policy.allow_headers) == (("PUT",), ("X-A",))
    assert (policy.allow_credentials, policy.max_age) == (True, 600)


def test_a_document_may_give_its_time_as_people_write_it():
    assert policy_from_mapping({"allow_origin": APP, "max_age": "1h30m"}).max_age == 5400


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"allow_orgin": APP}, "did you mean 'allow_origins'"),
        ({"xyzzy": 1}, "expected one of"),
        ({"allow_origin": APP, "allow_origins": []}, "given twice"),
        ({"allow_origins": 1}, "not text"),
        ({"allow_origins": [1]}, "not text"),
        ({"allow_credentials": "true"}, "not true or false"),
        ({"max_age": True}, "not a whole number"),
        ({"max_age": 1.5}, "not a whole number"),
        ({"max_age": "250ms"}, "not a whole number"),
        ({"max_age": "soon"}, "not a duration"),
        ({"allow_origin_regexes": [1]}, "regular expression"),
        ({"allow_origin_regexes": {"pattern": "a", "flags": "i"}}, "regular expression"),
    ],
)
def test_other_documents_are_refused(document, fault):
    with pytest.raises(InputError, match=fault):
        policy_from_mapping(document)


texts = st.text(max_size=30) | st.sampled_from(["*", "null", APP, "https://*.example.com", "X-A"])


@given(st.lists(texts), st.lists(texts), st.lists(texts), st.booleans(), st.integers(-9, 10**6))
def test_only_our_error_comes_out(origins, methods, names, credentials, max_age):
    try:
        policy = CorsPolicy(
            origins,
            allow_methods=methods,
            allow_headers=names,
            expose_headers=names,
            allow_credentials=credentials,
            max_age=max_age,
        )
    except HttpHeadersError:
        return
    assert not (policy.allows_any_origin and credentials)


@given(
    st.lists(st.sampled_from(["null", APP, "https://*.example.com", "http://localhost:*"])), texts
)
def test_an_entry_more_never_keeps_anybody_out(entries, origin):
    allowed = [CorsPolicy(entries[:count]).allows(origin) for count in range(len(entries) + 1)]
    assert allowed == sorted(allowed)


@given(
    st.sampled_from(["https", "HTTPS", "http", "chrome-extension", "a b"]),
    st.sampled_from(["://", ":", "://u@", ":///"]),
    st.text("aA0.-_%[]:é", max_size=6),
    st.sampled_from(["", ":80", ":443", ":08443", ":", "/", ".", "#a"]),
)
def test_what_a_policy_lists_is_well_formed(scheme, separator, host, rest):
    entry = f"{scheme}{separator}{host}{rest}"
    try:
        policy = CorsPolicy([entry])
    except HttpHeadersError:
        return
    if policy.lists(entry):
        parse_origin(entry)


def test_only_exact_entries_are_listed_as_they_are():
    policy = CorsPolicy([APP, "https://*.example.org"])
    assert policy.lists(APP)
    assert not policy.lists("https://a.example.org")
    assert not policy.lists("https://*.example.org")
