from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from httpheaders.cookie_jar import CookieJar, JarLimits, JarStep, answer_from_jar
from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import decode_field_text, encode_field_text
from httpheaders.public_suffixes import PublicSuffixes
from httpheaders.same_site import CROSS_SITE, CROSS_SITE_NAVIGATION, SAME_SITE, RequestContext

URL = "https://www.example.com/dir/page"
SUFFIXES = PublicSuffixes(["co.uk"])


def jar_with(*lines, url=URL, now=0.0, **options):
    jar = CookieJar(public_suffixes=SUFFIXES, **options)
    for line in lines:
        jar.receive(line, url=url, now=now)
    return jar


# RFC 6265bis section 5.8.3 step 3
@pytest.mark.parametrize(
    ("line", "url", "sent"),
    [
        pytest.param("a=1", "https://www.example.com/dir/x", "a=1", id="the same directory"),
        pytest.param("a=1", "https://www.example.com/dir", "a=1", id="the default path itself"),
        pytest.param("a=1", "https://www.example.com/other", None, id="another directory"),
        pytest.param("a=1", "https://WWW.EXAMPLE.COM/dir/", "a=1", id="the host in capitals"),
        pytest.param("a=1", "https://example.com/dir/", None, id="host-only: not above"),
        pytest.param("a=1", "https://a.www.example.com/dir/", None, id="host-only: not below"),
        pytest.param("a=1; Domain=example.com", "https://example.com/dir/", "a=1", id="domain"),
        pytest.param("a=1; Domain=example.com", "https://b.example.com/dir/", "a=1", id="sister"),
        pytest.param("a=1; Domain=example.com", "https://badexample.com/dir/", None, id="no dot"),
        pytest.param("a=1; Secure; Path=/", "http://www.example.com/", None, id="not over http"),
        pytest.param("a=1; Secure; Path=/", "wss://www.example.com/", "a=1", id="over wss"),
        pytest.param("a=1; Path=/", "http://www.example.com:8080/", "a=1", id="ports share"),
        pytest.param("a=; Path=/", URL, "a=", id="an empty value"),
        pytest.param("lone; Path=/", URL, "lone", id="a nameless cookie"),
    ],
)
def test_what_is_sent(line, url, sent):
    assert jar_with(line).cookie_header(url, now=1) == sent


# RFC 6265bis sections 5.6.7.1 and 5.8.3
@pytest.mark.parametrize(
    ("context", "from_http", "sent"),
    [
        pytest.param(SAME_SITE, True, {"strict", "lax", "none", "default"}, id="same-site"),
        pytest.param(CROSS_SITE_NAVIGATION, True, {"lax", "none", "default"}, id="navigation"),
        pytest.param(CROSS_SITE, True, {"none"}, id="cross-site"),
        pytest.param(RequestContext(False, True, False), True, {"none"}, id="navigation by POST"),
        pytest.param(SAME_SITE, False, {"strict", "lax", "none", "default"}, id="script"),
        pytest.param(CROSS_SITE_NAVIGATION, False, {"none"}, id="script in a cross-site frame"),
    ],
)
def test_same_site(context, from_http, sent):
    jar = jar_with(
        "strict=1; SameSite=Strict",
        "lax=1; SameSite=Lax",
        "none=1; SameSite=None; Secure",
        "default=1",
    )
    cookies = jar.cookies_for(URL, now=1, context=context, from_http=from_http)
    assert {cookie.name for cookie in cookies} == sent


def test_scripts_see_no_http_only_cookie():
    jar = jar_with("a=1; HttpOnly", "b=2")
    assert jar.cookie_header(URL, now=1, from_http=False) == "b=2"


# RFC 6265bis section 5.8.3 step 4
def test_longer_paths_go_first_then_the_earlier_creation():
    jar = jar_with("a=1; Path=/", "b=2; Path=/dir", "c=3; Path=/", "d=4; Path=/dir/page")
    assert jar.cookie_header(URL, now=1) == "d=4; b=2; a=1; c=3"


# RFC 6265bis section 5.7 step 23
def test_a_replaced_cookie_keeps_its_place():
    jar = jar_with("a=1; Path=/", "b=2; Path=/")
    jar.receive("a=3; Path=/", url=URL, now=5)
    assert jar.cookie_header(URL, now=6) == "a=3; b=2"
    assert [cookie.creation_time for cookie in jar.cookies(now=6)] == [0, 0]
    assert len(jar) == 2


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("a=2; Path=/dir", id="another path"),
        pytest.param("a=2; Path=/; Domain=www.example.com", id="not host-only"),
        pytest.param("A=2; Path=/", id="another name: case counts"),
    ],
)
def test_what_makes_another_cookie(line):
    assert len(jar_with("a=1; Path=/", line)) == 2


def test_a_date_in_the_past_deletes():
    jar = jar_with("a=1; Path=/")
    verdict = jar.receive("a=; Path=/; Max-Age=0", url=URL, now=1)
    assert verdict.deletes
    assert len(jar) == 0


def test_time_passes():
    jar = jar_with("a=1; Max-Age=10", "b=2")
    assert jar.cookie_header(URL, now=9.9) == "a=1; b=2"
    assert jar.cookie_header(URL, now=10) == "b=2"
    assert len(jar) == 1


def test_the_session_ends():
    jar = jar_with("a=1; Max-Age=10", "b=2")
    jar.end_session()
    assert [cookie.name for cookie in jar.cookies(now=1)] == ["a"]


# RFC 6265bis section 5.7 step 16
@pytest.mark.parametrize(
    ("line", "url", "kept"),
    [
        pytest.param("sid=2; Path=/login", "http://www.example.com/", False, id="same path"),
        pytest.param("sid=2; Path=/login/en", "http://www.example.com/", False, id="below"),
        pytest.param("sid=2; Path=/", "http://www.example.com/", True, id="above"),
        pytest.param("sid=2; Path=/foo", "http://www.example.com/", True, id="elsewhere"),
        pytest.param("sid=2; Path=/login; Domain=example.com", "http://a.example.com/", False,
                     id="a sister, by the domain above"),
pytest.param("sid=2; Path=/login", "http://a.www.example.com/", False, id="a host below"),
        pytest.param("sid=2; Path=/login", "http://b.example.com/", True, id="a sister alone"),
        pytest.param("other=2; Path=/login", "http://www.example.com/", True, id="another name"),
        pytest.param("sid=2; Path=/login", "https://www.example.com/", True, id="over https"),
    ],
)  # fmt: skip
def test_plain_http_does_not_overlay_secure_cookies(line, url, kept):
    jar = jar_with("sid=1; Path=/login; Secure")
    verdict = jar.receive(line, url=url, now=1)
    assert verdict.kept is kept
    if not kept:
        assert verdict.reference == "RFC 6265bis section 5.7 step 16"
        assert verdict.stored is None


def test_scripts_do_not_replace_http_only_cookies():
    jar = jar_with("a=1; HttpOnly")
    verdict = jar.receive("a=2", url=URL, now=1, from_http=False)
    assert verdict.reference == "RFC 6265bis section 5.7 step 23"
    assert jar.cookie_header(URL, now=2) == "a=1"


def test_a_domain_that_became_a_public_suffix_is_not_sent():
    before = jar_with("a=1; Domain=example.com; Path=/")
    after = CookieJar(public_suffixes=PublicSuffixes(["example.com"]))
    for cookie in before.cookies(now=1):
        after.add(cookie, now=1)
    assert after.cookie_header(URL, now=1) is None


# RFC 6265bis section 5.7: removing excess cookies
def test_a_crowded_domain_loses_the_least_used_without_secure_first():
    jar = jar_with(limits=JarLimits(per_domain=3, per_domain_kept=2))
    for number, line in enumerate(["a=1; Secure", "b=2", "c=3"]):
        jar.receive(f"{line}; Path=/", url=URL, now=number)
    jar.cookies_for("https://www.example.com/", now=10)
    jar.receive("d=4; Path=/", url=URL, now=11)
    assert [cookie.name for cookie in jar.cookies(now=12)] == ["a", "d"]


def test_expired_cookies_go_before_others():
    jar = jar_with(limits=JarLimits(per_domain=2, per_domain_kept=2))
    jar.receive("old=1", url=URL, now=0)
    jar.receive("short=1; Max-Age=5", url=URL, now=1)
    jar.receive("new=1", url=URL, now=10)
    assert [cookie.name for cookie in jar.cookies(now=10)] == ["old", "new"]


def test_a_full_jar_loses_the_least_used_anywhere():
    jar = jar_with(limits=JarLimits(total=3, total_kept=2))
    for number in range(4):
        jar.receive("a=1", url=f"https://host{number}.example/", now=number)
    assert [cookie.domain for cookie in jar.cookies(now=9)] == ["host2.example", "host3.example"]


def test_being_sent_is_being_used():
    jar = jar_with("a=1; Path=/", "b=2; Path=/other")
    jar.cookies_for("https://www.example.com/", now=7)
    assert {c.name: c.last_access_time for c in jar.cookies(now=8)} == {"a": 7, "b": 0}


def test_octets_go_out_as_they_came():
    jar = jar_with(decode_field_text(b"a=\xe9; Path=/"), "b=é; Path=/")
    assert encode_field_text(jar.cookie_header(URL, now=1)) == b"a=\xe9; b=\xc3\xa9"


def test_a_url_that_is_none_is_refused():
    with pytest.raises(FieldSyntaxError):
        CookieJar().cookie_header("www.example.com", now=0)


def test_a_whole_question():
    steps = [
        JarStep("https://example.com/", ["a=1; Secure", "b=2; SameSite=None"], now=0),
        JarStep("https://example.com/", ["c=3; Domain=other.com"], now=1),
    ]
    answer = answer_from_jar(
        CookieJar(public_suffixes=SUFFIXES),
        steps,
        request_url="https://example.com/x",
        now=2,
        explain=True,
    )
    assert answer.ok
    assert answer.cookie == "a=1"
    assert answer.reason == "1 cookie is sent, of 1 in the jar"
    assert [problem.where for problem in answer.problems] == ["set-cookie[b]", "set-cookie[c]"]
    assert [step.outcome for step in answer.steps][-1] == "sent"


@pytest.mark.parametrize(
    ("line", "url", "reason"),
    [
        pytest.param("a=1; Path=/x", "https://a.example/", "path '/x'", id="path"),
        pytest.param("a=1", "https://b.example/", "host 'a.example' alone", id="host"),
        pytest.param("a=1; Domain=a.example", "https://b.example/", "'a.example'", id="domain"),
        pytest.param("a=1; Secure", "http://a.example/", "Secure", id="secure"),
        pytest.param("a=1; SameSite=Strict", "https://a.example/", "Strict", id="strict"),
        pytest.param("a=1", "https://a.example/", "Lax", id="lax"),
    ],
)
def test_what_stays_behind_is_explained(line, url, reason):
    answer = answer_from_jar(
        CookieJar(public_suffixes=SUFFIXES),
        [JarStep("https://a.example/", [line], now=0)],
        request_url=url,
        now=1,
        context=CROSS_SITE,
        explain=True,
    )
    assert not answer.ok
    assert answer.cookie is None
    assert reason in answer.steps[-1].outcome


def test_an_empty_jar_sends_nothing():
    answer = answer_from_jar(CookieJar(), [], request_url="https://a.example/", now=0)
    assert (answer.ok, answer.cookie, answer.cookies) == (False, None, ())
    assert answer.reason == "no cookie is sent: the jar is empty"


HOSTS = ["example.com", "a.example.com", "b.a.example.com", "other.example", "10.0.0.1", "[::1]"]


class JarMachine(RuleBasedStateMachine):
    """However a jar is used, its indexes and its count stay what its cookies say."""

    def __init__(self):
        super().__init__()
        limits = JarLimits(per_domain=4, per_domain_kept=3, total=8, total_kept=6)
        self.jar = CookieJar(public_suffixes=SUFFIXES, limits=limits)
        self.now = 0.0

    @rule(
        host=st.sampled_from(HOSTS),
        scheme=st.sampled_from(["http", "https"]),
        name=st.sampled_from("abcdef"),
        attributes=st.lists(
            st.sampled_from(
                ["Secure", "HttpOnly", "Path=/", "Path=/x", "Domain=example.com", "Max-Age=5",
                 "Max-Age=0", "Domain=a.example.com"]
            ),
            max_size=4,
        ),
        from_http=st.booleans(),
    )  # fmt: skip
    def receive(self, host, scheme, name, attributes, from_http):
        line = "; ".join([f"{name}={self.now}", *attributes])
        url = f"{scheme}://{host}/"
        verdict = self.jar.receive(line, url=url, now=self.now, from_http=from_http)
        assert not verdict.kept or verdict.stored is not None

    @rule(host=st.sampled_from(HOSTS))
    def send(self, host):
        cookies = self.jar.cookies_for(f"https://{host}/x", now=self.now)
        paths = [len(cookie.path) for cookie in cookies]
        assert paths == sorted(paths, reverse=True)
        assert not any(cookie.is_expired(self.now) for cookie in cookies)

    @rule(seconds=st.floats(0, 10))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def close(self):
        self.jar.end_session()
        assert all(cookie.persistent for cookie in self.jar.cookies(now=self.now))

    @invariant()
    def consistent(self):
        entries = [entry for bucket in self.jar._buckets.values() for entry in bucket.values()]
        assert len(self.jar) == len(entries) <= 8
        assert all(0 < len(bucket) <= 4 for bucket in self.jar._buckets.values())
        held = set(self.jar._buckets)
        below = {
            above: {name for name in held if name.endswith(f".{above}")}
            for above in self.jar._below
        }
        assert self.jar._below == {name: domains for name, domains in below.items() if domains}


TestJarMachine = JarMachine.TestCase


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_lines_can_be_received(lines):
    jar = jar_with(*lines)
    header = jar.cookie_header(URL, now=1)
    assert header is None or "\n" not in header
