from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cookie_acceptance import (
    COOKIE_AGE_LIMIT,
    judge_set_cookie,
    judge_set_cookies,
)
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import decode_field_text
from httpheaders.public_suffixes import DEFAULT_RULE, PublicSuffixes
from httpheaders.same_site import CROSS_SITE, CROSS_SITE_NAVIGATION

URL = "https://www.example.com/dir/page"
NOW = 1_800_000_000
SUFFIXES = PublicSuffixes(["co.uk"])


def judge(line, **options):
    return judge_set_cookie(line, **{"now": NOW, "public_suffixes": SUFFIXES, **options})


def rules(verdict):
    return [rejection.reference.removeprefix("RFC 6265bis ") for rejection in verdict.rejections]


CHIPS = "draft-cutler-httpbis-partitioned-cookies section 2.1"


# RFC 6265bis section 5.7, by its steps
@pytest.mark.parametrize(
    ("line", "url", "expected"),
    [
        pytest.param("a=1", URL, [], id="a pair alone"),
        pytest.param("a=1\x01", URL, ["section 5.6 step 1"], id="control character in the value"),
        pytest.param("a\x7f=1", URL, ["section 5.6 step 1"], id="control character in the name"),
        pytest.param("a=1; x=\n", URL, ["section 5.6 step 1"], id="control character elsewhere"),
        pytest.param("a=1\t2", URL, [], id="a tab is no control character here"),
        pytest.param("", URL, ["section 5.7 step 2"], id="nothing"),
        pytest.param("=", URL, ["section 5.7 step 2"], id="an equals sign alone"),
        pytest.param("=;Secure", URL, ["section 5.7 step 2"], id="attributes alone"),
        pytest.param(f"a={'x' * 4095}", URL, [], id="4096 octets"),
        pytest.param(f"a={'x' * 4096}", URL, ["section 5.7 step 4"], id="4097 octets"),
        pytest.param(f"a={'é' * 2048}", URL, ["section 5.7 step 4"], id="4097 octets of UTF-8"),
        pytest.param("a=1; Domain=é.com", URL, ["section 5.7 step 8", "section 5.7 step 10"],
                     id="Domain outside ASCII"),
        pytest.param("a=1; Domain=\u212a.example", "https://sub.k.example",
                     ["section 5.7 step 8", "section 5.7 step 10"], id="Domain of a Kelvin sign"),
        pytest.param("a=1; Domain=com", URL, ["section 5.7 step 9"], id="Domain is a suffix"),
        pytest.param("a=1; Domain=co.uk", "https://x.co.uk", ["section 5.7 step 9"],
                     id="Domain is a suffix of two labels"),
        pytest.param("a=1; Domain=co.uk", "https://co.uk", [], id="Domain is suffix and host"),
        pytest.param("a=1; Domain=other.com", URL, ["section 5.7 step 10"], id="Domain elsewhere"),
        pytest.param("a=1; Domain=x.www.example.com", URL, ["section 5.7 step 10"],
                     id="Domain below the host"),
        pytest.param("a=1; Domain=example.com.", URL, ["section 5.7 step 10"],
                     id="Domain with a trailing dot"),
        pytest.param("a=1; Domain=..example.com", URL, ["section 5.7 step 10"],
                     id="Domain with two dots"),
        pytest.param("a=1; Domain=.example.com", URL, [], id="Domain with a leading dot"),
        pytest.param("a=1; Domain=", URL, [], id="Domain empty"),
        pytest.param("a=1; Domain=[::1]", "https://[::1]/", [], id="Domain is an IPv6 address"),
        pytest.param("a=1; Domain=0.0.1", "https://10.0.0.1/", ["section 5.7 step 10"],
                     id="Domain is a part of an address"),
        pytest.param("a=1; Secure", "http://example.com/", ["section 5.7 step 13"],
                     id="Secure from http"),
        pytest.param("a=1; Secure", "http://localhost/", [], id="Secure from localhost"),
        pytest.param("a=1; SameSite=None", URL, ["section 5.7 step 19"], id="None, not Secure"),
        pytest.param("a=1; SameSite=none; Secure", URL, [], id="None and Secure"),
        pytest.param("__Secure-a=1", URL, ["section 5.7 step 20"], id="__Secure- without Secure"),
        pytest.param("__sEcUrE-a=1", URL, ["section 5.7 step 20"], id="__Secure- in odd case"),
        pytest.param("__Secure-a=1; Secure", URL, [], id="__Secure- and Secure"),
        pytest.param("__Host-a=1; Secure; Path=/", URL, [], id="__Host- as it must be"),
        pytest.param("__host-a=1; Secure", URL, ["section 5.7 step 21"], id="__Host-, no Path"),
        pytest.param("__Host-a=1; Secure; Path=/dir", URL, ["section 5.7 step 21"],
                     id="__Host- and another Path"),
        pytest.param("__Host-a=1; Secure; Path=x", URL, ["section 5.7 step 21"],
                     id="__Host- and the default path"),
        pytest.param("__Host-a=1; Secure; Path=x", "https://example.com/", [],
                     id="__Host- and a default path that is the root"),
        pytest.param("__Host-a=1; Secure; Path=/; Domain=www.example.com", URL,
                     ["section 5.7 step 21"], id="__Host- and Domain"),
        pytest.param("__Host-a=1", URL, ["section 5.7 step 21"] * 2, id="__Host- alone"),
        pytest.param("=__Secure-a=1", URL, ["section 5.7 step 22"], id="a nameless __Secure-"),
        pytest.param("__HOST-a; Secure; Path=/", URL, ["section 5.7 step 22"],
                     id="a nameless __Host-"),
        pytest.param("a=1; Partitioned", URL, [CHIPS], id="Partitioned, not Secure"),
        pytest.param("a=1; Partitioned; Secure", URL, [], id="Partitioned and Secure"),
        pytest.param("__Host-a=\x00; SameSite=None; Domain=com; Path=/x", "http://b.example/",
                     ["section 5.6 step 1", "section 5.7 step 9", "section 5.7 step 10",
                      "section 5.7 step 19", *["section 5.7 step 21"] * 3],
                     id="every reason, not the first"),
    ],
)  # fmt: skip
def test_every_reason_is_told(line, url, expected):
    verdict = judge(line, url=url)
    assert rules(verdict) == expected
    assert verdict.ok is verdict.kept is (not expected)
    assert verdict.problems[: len(expected)] == verdict.rejections
    assert (verdict.stored is None) is bool(expected)
    assert verdict.raw == line


# RFC 6265bis section 5.7 steps 15 and 18
@pytest.mark.parametrize(
    ("line", "options", "expected"),
    [
        pytest.param("a=1; HttpOnly", {"from_http": False}, ["section 5.7 step 15"], id="script"),
        pytest.param("a=1", {"context": CROSS_SITE}, ["section 5.7 step 18"], id="cross-site"),
        pytest.param("a=1; SameSite=Lax", {"context": CROSS_SITE}, ["section 5.7 step 18"],
                     id="cross-site and Lax"),
        pytest.param("a=1; SameSite=None; Secure", {"context": CROSS_SITE}, [],
                     id="cross-site and None"),
        pytest.param("a=1; SameSite=Strict", {"context": CROSS_SITE_NAVIGATION}, [],
                     id="a navigation sets Strict"),
        pytest.param("a=1", {"context": CROSS_SITE_NAVIGATION, "from_http": False},
                     ["section 5.7 step 18"], id="a script in a cross-site frame"),
        pytest.param("a=1; Secure", {"url": "http://localhost/", "trusts_loopback": False},
                     ["section 5.7 step 13"], id="localhost not trusted"),
    ],
)  # fmt: skip
def test_the_way_of_arrival_counts(line, options, expected):
    assert rules(judge(line, **{"url": URL, **options})) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("a=1; Secure", [], id="Secure"),
        pytest.param("a=1; Domain=example.com", [], id="Domain"),
        pytest.param("a=1; Domain=co.uk", ["section 5.7 step 9"], id="Domain is a suffix"),
        pytest.param("a=1; Domain=localhost", [], id="Domain is a suffix and a usual host"),
        pytest.param("__Host-a=1; Secure; Path=/", [], id="__Host-"),
        pytest.param("a=1; SameSite=None", ["section 5.7 step 19"], id="None, not Secure"),
    ],
)
def test_without_a_url_a_site_that_suits_is_supposed(line, expected):
    verdict = judge(line)
    assert rules(verdict) == expected
    assert verdict.stored is None


# RFC 6265bis section 5.7 steps 5 to 17
def test_what_is_stored():
    line = "sid=1; Max-Age=60; Domain=.Example.com; Path=/dir; Secure; HttpOnly; SameSite=strict"
    stored = judge(line, url=URL).stored
    assert stored._asdict() == {
        "name": "sid",
        "value": "1",
        "domain": "example.com",
        "path": "/dir",
        "host_only": False,
        "secure": True,
        "http_only": True,
        "same_site": "Strict",
        "partitioned": False,
        "expiry_time": NOW + 60,
        "creation_time": NOW,
        "last_access_time": NOW,
    }


def test_what_is_stored_of_a_pair_alone():
    stored = judge("sid=1", url=URL).stored
    assert (stored.domain, stored.host_only, stored.path) == ("www.example.com", True, "/dir")
    assert (stored.same_site, stored.expiry_time, stored.persistent) == ("Default", None, False)


# RFC 6265bis sections 5.5, 5.6.1, 5.6.2 and 5.7 step 6
@pytest.mark.parametrize(
    ("attributes", "expiry"),
    [
        pytest.param("Max-Age=60", NOW + 60, id="max-age"),
        pytest.param("Max-Age=060", NOW + 60, id="a leading zero"),
        pytest.param("Max-Age=99999999999999999999", NOW + COOKIE_AGE_LIMIT, id="a huge max-age"),
        pytest.param("Max-Age=34560001", NOW + COOKIE_AGE_LIMIT, id="a second over 400 days"),
        pytest.param("Max-Age=60; Max-Age=x", NOW + 60, id="the last readable one counts"),
        pytest.param("Max-Age=+60", None, id="a plus sign"),
        pytest.param("Max-Age=1.5", None, id="a fraction"),
        pytest.param("Max-Age=", None, id="empty"),
        pytest.param("Max-Age=-", None, id="a minus sign alone"),
        pytest.param("Expires=Tue, 19 Jan 2027 00:00:00 GMT", 1_800_316_800, id="expires"),
        pytest.param("Expires=Fri, 31 Dec 9999 23:59:59 GMT", NOW + COOKIE_AGE_LIMIT, id="9999"),
        pytest.param("Expires=Tue, 19 Jan 2027 00:00:00 GMT; Max-Age=5", NOW + 5, id="both"),
        pytest.param("Expires=soon", None, id="no date"),
    ],
)
def test_when_a_cookie_expires(attributes, expiry):
    assert judge(f"a=1; {attributes}", url=URL).stored.expiry_time == expiry


@pytest.mark.parametrize("attribute", ["Max-Age=0", "Max-Age=-1", "Expires=1 Jan 2026 0:0:0"])
def test_a_time_that_is_over_deletes(attribute):
    verdict = judge(f"a=1; {attribute}", url=URL)
    assert verdict.deletes
    assert not verdict.kept
    assert not verdict.rejections
    assert "deletes 'a'" in verdict.reason


# What is ignored or changed, and told
@pytest.mark.parametrize(
    ("line", "where", "words"),
    [
        pytest.param("a=1; Foo", "set-cookie[a].foo", "no attribute of this name", id="unknown"),
        pytest.param("a=1; Same-Site=x", "set-cookie[a].same-site", "mean SameSite", id="misspelt"),
        pytest.param(f"a=1; Path=/{'x' * 1024}", "set-cookie[a].path", "1024", id="overlong"),
        pytest.param("a=1; Max-Age=1h", "set-cookie[a].max-age", "seconds", id="max-age"),
        pytest.param("a=1; Expires=x", "set-cookie[a].expires", "not a date", id="expires"),
        pytest.param("a=1; Domain=.a.com", "set-cookie[a].domain", "leading dot", id="domain dot"),
        pytest.param("a=1; Domain=", "set-cookie[a].domain", "empty", id="domain empty"),
        pytest.param("a=1; Path=x", "set-cookie[a].path", "default path", id="path"),
        pytest.param("a=1; SameSite=x", "set-cookie[a].samesite", "none of", id="same-site"),
        pytest.param("a=1; Secure=false", "set-cookie[a].secure", "being there", id="secure=false"),
        pytest.param("a=1; Path=/; Path=/", "set-cookie[a].path", "more than once", id="twice"),
        pytest.param("lone", "set-cookie[]", "no name", id="nameless"),
        pytest.param("a=1; Max-Age=99999999", "set-cookie[a].max-age", "400 days", id="too long"),
        pytest.param("a=1; Max-Age=1; Expires=1 Jan 2037 0:0:0", "set-cookie[a].expires",
                     "without effect", id="both dates"),
        pytest.param("a=1; Expires=1 Jan 2037 0:0:0", "set-cookie[a].expires", "400 days",
                     id="too late"),
        pytest.param("__secure-a=1; Secure", "set-cookie[__secure-a]", "spelled", id="prefix case"),
        pytest.param("__Http-a=1; Secure", "set-cookie[__Http-a]", "newer", id="newer prefix"),
        pytest.param("a=1; Secure; Partitioned", "set-cookie[a].partitioned", "SameSite=None",
                     id="partitioned, not None"),
    ],
)  # fmt: skip
def test_oddities_are_told_and_do_not_cost_the_cookie(line, where, words):
    verdict = judge(line)
    assert verdict.kept
    told = [problem for problem in verdict.problems if problem.where == where]
    assert any(words in problem.message for problem in told)
    assert all(problem.reference for problem in told)


def test_a_suffix_that_is_the_host_is_told():
    verdict = judge("a=1; Domain=co.uk", url="https://co.uk/")
    assert verdict.stored.host_only
    assert "this host alone" in verdict.problems[-1].message


def test_a_missing_list_of_suffixes_is_told():
    verdict = judge("a=1; Domain=example.com", public_suffixes=DEFAULT_RULE)
    assert verdict.kept
    assert "install the package publicsuffixlist" in verdict.problems[0].message
    assert judge("a=1", public_suffixes=DEFAULT_RULE).problems == ()


def test_a_clean_line_has_no_problems():
    assert judge("a=1; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax", url=URL).problems == ()


def test_steps_come_only_when_asked_for():
    assert judge("a=1", url=URL).steps == ()
    steps = judge("a=1; SameSite=None", url=URL, explain=True).steps
    assert [step.outcome for step in steps].count("passed") == len(steps) - 1
    assert steps[0].reference == "RFC 6265bis section 5.6 step 1"


def test_octets_that_are_no_utf_8_are_counted_and_kept():
    line = decode_field_text(b"a=" + b"\xe9" * 4095)
    stored = judge(line, url=URL).stored
    assert stored is not None
    assert not judge(decode_field_text(b"a=" + b"\xe9" * 4096), url=URL).kept


def test_a_url_that_is_none_is_refused():
    with pytest.raises(FieldSyntaxError):
        judge("a=1", url="example.com")


def test_the_lines_of_a_response_are_judged_together():
    answer = judge_set_cookies(["a=1", "b=2; SameSite=None", "a=3"], now=NOW, explain=True)
    assert [cookie.kept for cookie in answer.cookies] == [True, False, True]
    assert not answer.ok
    assert answer.reason.endswith("(1 of 3 cookies are not kept)")
    assert answer.reference == "RFC 6265bis section 5.7 step 19"
    assert (
        answer.problems[-1].message == "2 lines set a cookie of this name; a server must send one"
    )
    assert answer.steps[0].rule == "set-cookie[a]: no control characters"


def test_kept_lines_and_no_lines():
    assert judge_set_cookies(["a=1", "b=2"], now=NOW).reason == "a browser keeps all 2 cookies"
    assert judge_set_cookies(["a=1"], now=NOW).reason == "a browser keeps 'a'"
    assert judge_set_cookies([], now=NOW)[:2] == (False, "there is no Set-Cookie line")


ATTRIBUTES = st.sampled_from(
    ["Secure", "HttpOnly", "Path=/", "Path=x", "Domain=example.com", "Domain=com", "Max-Age=1",
     "Max-Age=-1", "Max-Age=9" + "9" * 500, "SameSite=None", "SameSite=Lax", "Partitioned",
     "Expires=1 Jan 2027 1:2:3", "", "=", "x=y"]
)  # fmt: skip
LINES = st.text(max_size=60) | st.builds(
    lambda pair, attributes: "; ".join([pair, *attributes]),
    st.text(max_size=20) | st.just("__Host-a=1"),
    st.lists(ATTRIBUTES | st.text(max_size=20), max_size=6),
)


@given(LINES, st.sampled_from([None, URL, "http://example.com/", "https://[::1]/", "http://com"]))
def test_any_line_gets_a_verdict(line, url):
    verdict = judge(line, url=url, explain=True)
    assert verdict.kept is (not verdict.rejections and not verdict.deletes)
    assert (verdict.stored is not None) is (url is not None and not verdict.rejections)
    assert verdict.reason
    assert verdict.reference


@given(LINES)
def test_secure_never_makes_a_kept_cookie_dropped_over_https(line):
    if judge(line, url=URL).kept:
        assert judge(f"{line}; Secure", url=URL).kept
