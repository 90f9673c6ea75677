"""
The lines that people type, against what a real curl prints: one field into a shell variable, and
checks that a CI job can trust.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.program import shell

DUMPS = Path(__file__).parent.parent / "data" / "dumps"
U = "https://example.com"

# What is asked, the line, what it prints, its status.
LINES = [
    pytest.param(
        f"loc=$(curl -sSI {U}/old | httpheaders get location) || loc=none; echo $loc",
        "/",
        0,
        id="one header into a variable",
    ),
    pytest.param(
        f"loc=$(curl -sSI {U}/ | httpheaders get location) || loc=none; echo $loc",
        "none",
        0,
        id="one header that is not there",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get LOCATION --default /here", "/here", 0, id="a default"
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get etag | od -An -c | tr -s ' '",
        ' " v 7 " \\n',
        0,
        id="no CR at the end",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get vary", "Accept-Encoding, Origin", 0, id="joined"
    ),
    pytest.param(
        f"curl -sSiL {U}/old | httpheaders get :status --hop 1", "301", 0, id="the first hop"
    ),
    pytest.param(
        f"curl -sSiL {U}/old | httpheaders get :status --all", "301\n200", 0, id="all hops"
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get set-cookie --all | wc -l", "2", 0, id="all cookies"
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get set-cookie -0 | tr '\\0' '#'",
        "sid=31d4d96e; Path=/; Secure; HttpOnly; SameSite=Lax"
        "#lang=en; Expires=Wed, 01 Dec 2027 00:00:00 GMT#",
        0,
        id="values ended by NUL",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get cache-control.max-age", "3600", 0, id="a directive"
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get 'set-cookie[sid].samesite'", "Lax", 0, id="an attribute"
    ),
    pytest.param(
        f"curl -sSv {U}/ 2>&1 | httpheaders get request:accept", "*/*", 0, id="of the request"
    ),
    pytest.param(
        f"curl -sSv {U}/ 2>&1 | httpheaders get strict-transport-security.max-age",
        "31536000",
        0,
        id="out of what curl -v prints",
    ),
    pytest.param(
        f"curl -sS -o body -D head {U}/; httpheaders get content-type.charset head",
        "utf-8",
        0,
        id="out of a saved head",
    ),
    pytest.param(
        f'sleep "$(curl -sSI {U}/busy | httpheaders get retry-after.seconds --max 0.01)"; echo ok',
        "ok",
        0,
        id="sleep as long as Retry-After says",
    ),
    pytest.param(
        f"curl -sSI {U}/closed | httpheaders get retry-after.seconds --default 5 --max 300",
        "120",
        0,
        id="Retry-After as a date",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders get retry-after.seconds --default 5 --max 300",
        "5",
        0,
        id="no Retry-After",
    ),
    pytest.param(
        f"""u={U}/items
        while [ -n "$u" ]; do
            echo "$u"; curl -sSi "$u" -o r
            u=$(httpheaders get 'link[next].href' --base "$u" r) || u=
        done""",
        f"{U}/items\n{U}/items/2\n{U}/items/3",
        0,
        id="follow the next links",
    ),
    pytest.param(
        f"""curl -sSI {U}/items -o a; curl -sSI {U}/items/2 -o b
        printf 'a\\nb\\n' | while read -r f; do httpheaders get 'link[next].href' "$f"; done""",
        "items/2\n3",
        0,
        id="a loop keeps its input",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders assert -q :status==200 'cache-control.max-age>=1h'"
        " 'vary[accept-encoding]' '!server' 'set-cookie[sid].secure'",
        "",
        0,
        id="checks inside headers",
    ),
    pytest.param(
        f"curl -sSI {U}/busy | httpheaders assert :status==200 '!retry-after' 'retry-after<=2m' -r",
        "1..3\n"
        "not ok 1 - :status==200 # ':status' is '503', expected == 200\n"
        "not ok 2 - !retry-after # 'retry-after' is there\n"
        "ok 3 - retry-after<=2m",
        1,
        id="all checks that fail are told",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders assert set-cookie.secure set-cookie.httponly --raw",
        "1..2\n"
        "not ok 1 - set-cookie.secure # 'set-cookie.secure' is false\n"
        "not ok 2 - set-cookie.httponly # 'set-cookie.httponly' is false",
        1,
        id="every cookie",
    ),
    pytest.param(
        f"curl -sSI {U}/ -o dump.txt; httpheaders assert strict-transport-security < dump.txt"
        " > report.json || exit 1; grep -c '\"ok\":true' report.json",
        "1",
        0,
        id="a report that is JSON",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders assert 'content-type==text/html;charset=UTF-8'"
        " 'etag==\"v7\"' 'content-length<2KiB' 'date>=2026-11-22' 'link[next].title~^a,' -q",
        "",
        0,
        id="comparisons as the fields have them",
    ),
    pytest.param(
        f"curl -sSiL {U}/old | httpheaders assert --all '!x-powered-by' ':version~^1' -q",
        "",
        0,
        id="checks on every hop",
    ),
    pytest.param(
        f"printf '# smoke\\n:status==200\\n\\nvary[origin]\\n' > checks; curl -sSI {U}/ |"
        " httpheaders assert --checks checks --junit j.xml -q; grep -c '<testcase' j.xml",
        "2",
        0,
        id="checks from a file, results as JUnit",
    ),
    pytest.param(
        "curl -sS http://127.0.0.1:1/ 2>/dev/null | httpheaders assert '!server' 2>/dev/null",
        "",
        2,
        id="nothing could be checked",
    ),
    pytest.param(
        # It is refused before any input is awaited: curl may find nobody to write to.
        f"curl -sI {U}/ | httpheaders assert 'status=200' 2>&1",
        "Error: cannot parse check 'status=200': expected '.', '[' or one of"
        " == != <= >= < > ~ at offset 6",
        2,
        id="a check that cannot be understood",
    ),
    pytest.param(
        f"curl -sSI {U}/ | httpheaders parse | httpheaders get etag", '"v7"', 0, id="behind parse"
    ),
]


@pytest.mark.parametrize(("line", "printed", "status"), LINES)
def test_lines_that_people_type(line, printed, status, example_site, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = shell(f"cd '{tmp_path}'; {line}", **example_site)
    assert (done.stdout.decode().rstrip("\n"), done.stderr.decode()) == (printed, "")
    assert done.returncode == status


# What each dump, made by a real client, tells.
DUMP_LINES = [
    ("curl_I.txt", ":status", "200"),
    ("curl_i_http2.txt", ":version", "2"),
    ("curl_i_http3.txt", ":version", "3"),
    ("curl_iL.txt", "location --hop 2", "/"),
    ("curl_iL.txt", "location --hop -2", "/"),
    ("curl_vL.txt", ":path --all", "/a\n/b\n/"),
    ("curl_vL.txt", "set-cookie[hop] --all", "b"),
    ("curl_v_post.txt", "request:content-type.type", "application/x-www-form-urlencoded"),
    ("curl_i_lf.txt", "content-type.type", "text/plain"),
    ("curl_i_hints.txt", "link[preload].href --hop 1", "/s.css"),
    ("curl_i_odd.txt", "x-folded", "one two"),
    ("curl_i_odd.txt", "vary[origin]", "Origin"),
    ("wget_S.txt", ":status", "200"),
    ("wget_S_redirects.txt", "location --hop 1", "/b"),
    ("wget_d.txt", "request:host", "127.0.0.1:8642"),
    ("httpie_v.txt", ":method", "GET"),
    ("httpie_hH.txt", "request:user-agent[HTTPie].version", "3.2.4"),
]


@pytest.mark.parametrize(
    ("dump", "words", "printed"), DUMP_LINES, ids=[f"{d}: {w}" for d, w, _ in DUMP_LINES]
)
def test_dumps_of_all_clients(dump, words, printed):
    done = shell(f"httpheaders get {words} --input '{DUMPS / dump}'")
    assert (done.stdout.decode().rstrip("\n"), done.returncode) == (printed, 0)
