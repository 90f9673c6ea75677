"""What `assert` answers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError, InputError
from httpheaders.messages.checks import parse_check, parse_check_lines, run_checks
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response

NOW = 1795342500.0  # Sun, 22 Nov 2026 10:15:00 GMT

RESPONSE = Exchange(
    None,
    Response(
        200,
        Headers(
            [
                ("Date", "Sun, 22 Nov 2026 10:15:00 GMT"),
                ("Content-Type", "text/html; charset=UTF-8"),
                ("Content-Length", "1500000"),
                ("Cache-Control", 'public, max-age=3600, no-cache="Set-Cookie"'),
                ("Age", "42"),
                ("ETag", 'W/"V7"'),
                ("Vary", "Accept-Encoding, Origin"),
                ("Set-Cookie", "sid=1; Secure; SameSite=Lax; Max-Age=60"),
                ("Set-Cookie", "lang=en; SameSite=lax"),
                ("Last-Modified", "Sat, 21 Nov 2026 10:15:00 GMT"),
                ("Retry-After", "Sun, 22 Nov 2026 10:17:00 GMT"),
                ("Server-Timing", "db;dur=53.5"),
                ("Priority", "u=3"),
                ("Deprecation", "@1700000000"),
                ("Link", '</A>; rel="next"; title="a, b"'),
                ("X-Count", "57"),
                ("X-Name", '"quoted"'),
                ("X-Empty", ""),
                ("X-When", "2026-11-22"),
                ("X-Frame-Options", "Deny"),
                ("X-Content-Type-Options", "NoSniff, x"),
            ]
        ),
        None,
        "1.1",
    ),
)

HOLD = """
:status
:status==200
:status!=404
:status>=200
:status<300
:version==1.1
:version<2
etag
!server
!cache-control.private
!set-cookie.domain
content-type==text/html; charset=UTF-8
content-type==text/html;charset="utf-8"
content-type == TEXT/HTML; charset=utf-8
content-type.type==text/html
content-type.charset==utf-8
content-type!=text/plain
content-type~^text/
content-length>1MB
content-length<=1500kB
content-length<10m
content-length==1.5MB
cache-control.max-age>=1h
cache-control.max-age == 1h
cache-control.max-age<=3600
cache-control.max-age<1d
cache-control.max-age>-5
cache-control.public
cache-control.public==true
cache-control.no-cache==set-cookie
cache-control.no-cache[set-cookie]
cache-control==max-age=3600, no-cache="set-cookie", public
age<10m
age==42
age==42.0
etag==W/"V7"
etag!=W/"v7"
etag.opaque==V7
etag.weak
etag.weak==true
vary==accept-encoding, ORIGIN
vary[origin]
vary[origin]==ORIGIN
vary~accept
set-cookie[sid].secure
set-cookie[sid].max-age>=1m
set-cookie.samesite==LAX
set-cookie.count==2
set-cookie~=
server.count==0
date>2026-01-01
date>=Sun, 22 Nov 2026 10:15:00 GMT
date==2026-11-22T10:15:00Z
date<1895342500
last-modified<2026-11-22
last-modified.seconds>=-1d
retry-after<=2m
retry-after==120
retry-after>2026-11-22
retry-after.seconds==120
server-timing[db].dur<100
server-timing[db].dur<100ms
server-timing[db].dur>53ms
priority.u==3
priority.u<=5
deprecation<2026-01-01
link[next].title=="a, b"
link[next].title==a, b
link[next].href!=/a
x-count>50
x-name=="quoted"
x-name!=quoted
x-empty
x-empty==
x-when>2026-11-21
x-when<=Sun, 22 Nov 2026 00:00:00 GMT
x-frame-options==DENY
x-content-type-options==nosniff
""".strip("\n").splitlines()

FAIL = """
:status==404
:status!=200
:method
server
server==x
server!=x
server<1
!etag
!etag.weak
!x-empty
request:accept
!request:accept
request:accept!=x
content-type==text/html
content-type==text/html; charset
content-length<1MiB
cache-control.max-age>1h
cache-control.max-age<1h
cache-control.max-age==abc
cache-control.s-maxage>0
cache-control.max-age>2026-01-01
cache-control==public
etag==V7
etag=="V7"
etag.opaque==v7
etag<5
vary[cookie]
vary==Accept-Encoding
vary~Accept$
set-cookie.secure
!set-cookie.secure
set-cookie.max-age>=1
set-cookie.max-age!=1
set-cookie[lang].secure
set-cookie.count>2
date>2027-01-01
date>1h
retry-after>2m
retry-after.seconds<120
server-timing[db].dur<53
link[next].href==/a
x-count>57
x-name==quoted
x-when>2026-11-22
x-nothing~.
status==200
""".strip("\n").splitlines()


def result_of(check: str, exchange: Exchange = RESPONSE):
    return run_checks([parse_check(check)], [exchange], now=NOW)


@pytest.mark.parametrize("check", HOLD)
def test_checks_that_hold(check):
    result = result_of(check)
    assert result.ok, result.reason
    assert result.reason == "the check holds"


@pytest.mark.parametrize("check", FAIL)
def test_checks_that_do_not_hold(check):
    result = result_of(check)
    assert not result.ok
    assert result.reason == result.checks[0].reason
    assert result.reason != "the check holds"


@pytest.mark.parametrize(
    ("check", "position", "expected"),
    [
        pytest.param("", 0, "a field name", id="nothing"),
        pytest.param("!", 1, "a field name", id="only a mark"),
        pytest.param("a=b", 1, "or one of ==", id="one equals sign"),
        pytest.param("a has b", 2, "or one of ==", id="a word"),
        pytest.param("!a==b", 2, "with '!' a path stands alone", id="not and equal"),
        pytest.param("a>=", 3, "a number, a duration", id="nothing to compare with"),
        pytest.param("a< soon", 3, "a number, a duration", id="no number"),
        pytest.param("a~", 2, "a regular expression", id="no expression"),
        pytest.param("a~ x(", 4, "missing ), unterminated", id="a bad expression"),
        pytest.param("a[b==c", 6, "']'", id="a bad path"),
        pytest.param("a~" + "(" * 5000, 2, "cannot parse check", id="a deep expression"),
        pytest.param("a~x{99999999999999999999}", 2, "too large", id="a large repeat"),
    ],
)
def test_a_check_that_cannot_be_understood_shows_where(check, position, expected):
    with pytest.raises(FieldSyntaxError, match=re.escape(expected)) as raised:
        parse_check(check)
    assert raised.value.position is not None
    assert raised.value.position >= position


@given(st.text())
def test_only_our_error_comes_out(text):
    try:
        check = parse_check(text)
    except FieldSyntaxError:
        return
    run_checks([check], [RESPONSE], now=NOW)


@given(
    st.sampled_from([check for check in HOLD + FAIL if "~" not in check]),
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.text(max_size=20),
)
def test_any_check_can_be_run_on_any_value(check, tail, value):
    try:
        parsed = parse_check(check + tail)
    except FieldSyntaxError:
        return
    headers = Headers([(parsed.path.name, value), (parsed.path.name, "1")])
    result = run_checks([parsed], [Exchange(Request(headers=headers))], now=NOW)
    assert result.ok == result.checks[0].ok


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_numbers_compare_as_numbers(actual, wanted):
    exchange = Exchange(None, Response(200, Headers([("X-N", str(actual))])))
    for sign, holds in (
        ("<", actual < wanted),
        ("<=", actual <= wanted),
        (">", actual > wanted),
        (">=", actual >= wanted),
    ):
        assert result_of(f"x-n{sign}{wanted}", exchange).ok == holds


@given(st.sampled_from([check for check in HOLD if "==" in check]))
def test_not_equal_is_the_opposite_of_equal(check):
    assert not result_of(check.replace("==", "!=", 1)).ok


def test_all_checks_are_run_and_none_replaces_another():
    checks = [parse_check(text) for text in (":status==404", ":status==200", ":status==404")]
    result = run_checks(checks, [RESPONSE], now=NOW, explain=True)
    assert [check.ok for check in result.checks] == [False, True, False]
    assert [check.actual for check in result.checks] == ["200"] * 3
    assert result.reason == "2 of 3 checks do not hold: ':status' is '200', expected == 404"
    assert [step.rule for step in result.steps] == [
        "message 1: :status==404",
        "message 1: :status==200",
        "message 1: :status==404",
    ]


def test_the_actual_value_of_several_places():
    result = result_of("set-cookie.samesite==Strict")
    assert result.checks[0].actual == "Lax, Lax"
    assert result_of("set-cookie.max-age==60").reason.endswith("but not every member has it")
    assert result_of("server==x").checks[0].actual is None


def test_messages_are_chosen_as_get_does():
    hops = [Exchange(None, Response(status)) for status in (301, 302, 200)]
    check = [parse_check(":status<300")]
    assert run_checks(check, hops, now=NOW).ok
    assert not run_checks(check, hops, now=NOW, hop=1).ok
    every = run_checks(check, hops, now=NOW, every=True)
    assert [(one.hop, one.ok) for one in every.checks] == [(1, False), (2, False), (3, True)]
    none = run_checks([parse_check("!server")], hops, now=NOW, hop=9)
    assert (none.ok, none.reason) == (False, "there is no message 9")


def test_what_is_odd_in_many_messages_is_told_once():
    lines = ["a b", "a b", "c d", "a b"]
    hops = [Exchange(None, Response(200, Headers([("Vary", line)]))) for line in lines]
    checks = [parse_check("vary"), parse_check("vary[a]")]
    problems = run_checks(checks, hops, now=NOW, every=True).problems
    assert [problem.message for problem in problems] == [
        "member 'a b' is not a token",
        "member 'c d' is not a token",
    ]


def test_no_checks_are_not_a_yes():
    with pytest.raises(InputError, match="no checks"):
        run_checks([], [RESPONSE], now=NOW)


def test_a_search_can_be_bounded_by_the_caller():
    asked = []

    def search(pattern: re.Pattern[str], text: str) -> bool:
        asked.append((pattern.pattern, text))
        return False

    result = run_checks([parse_check("age~4")], [RESPONSE], now=NOW, search=search)
    assert (result.ok, asked) == (False, [("4", "42")])


def test_check_files_have_comments_and_blank_lines():
    checks = parse_check_lines("\ufeff# first\r\n\r\n  :status==200 \r\n\t# x\nvary[#x]")
    assert [check.text for check in checks] == [":status==200", "vary[#x]"]
    with pytest.raises(FieldSyntaxError, match="line 3: cannot parse check 'a=b'") as raised:
        parse_check_lines("a\n#\na=b")
    assert raised.value.position == 1
