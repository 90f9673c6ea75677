"""A cache in front of a scripted origin: RFC 9111, RFC 5861, RFC 9211."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.cache import Cache
from httpheaders.cache_settings import PRIVATE_CACHE, CacheSettings
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.dates import format_http_date

START = 1_700_000_000
URL = "http://a.example/x"
MODIFIED = format_http_date(START - 1000)


class Scene:
    """A cache, an origin that answers from a list, and a clock that both look at."""

    def __init__(self, cache=None):
        self.cache = cache or Cache()
        self.now = START
        self.seen = []

    def ask(self, origin=None, *, method="GET", url=URL, takes=0, **fields):
        """One request; `origin` answers it, or hangs up when None."""

        def send(request):
            self.seen.append(request)
            self.now += takes
            if origin is None:
                raise ConnectionError("the origin hung up")
            return origin if isinstance(origin, Response) else origin.pop(0)

        named = {name.replace("_", "-"): value for name, value in fields.items()}
        request = Request(method, url, Headers(named.items()))
        self.seen = []
        return self.cache.handle(request, send, lambda: self.now)


def page(value=None, *, status=200, body=b"hello", **fields):
    named = {"Date": format_http_date(START)}
    if value is not None:
        named["Cache-Control"] = value
    named |= {name.replace("_", "-"): line for name, line in fields.items()}
    return Response(status, Headers((n, v) for n, v in named.items() if v is not None), body)


def test_fresh_response_is_a_hit_with_its_age():
    scene = Scene()
    assert scene.ask(page("max-age=60", Age="5")).outcome == "miss"
    scene.now += 9
    hit = scene.ask()
    assert (hit.outcome, scene.seen) == ("hit", [])
    assert hit.response.body == b"hello"
    assert hit.response.headers.get_all("Age") == ["14"]
    assert hit.response.headers.get("Date") == format_http_date(START)


def test_time_on_the_way_is_age():
    scene = Scene()
    scene.ask(page("max-age=60", Date=None), takes=7)
    assert scene.ask().response.headers.get("Age") == "7"


def test_date_is_added_where_the_origin_sends_none():
    scene = Scene()
    scene.ask(page("max-age=60", Date=None))
    assert scene.ask().response.headers.get("Date") == format_http_date(START)


def test_stale_response_is_validated():
    scene = Scene()
    scene.ask(page("max-age=60", ETag='"1"', Last_Modified=MODIFIED, X="old"))
    scene.now += 61
    later = format_http_date(scene.now)
    answer = scene.ask(Response(304, Headers([("Date", later), ("ETag", '"1"'), ("X", "new")])))
    (sent,) = scene.seen
    assert sent.headers.get("If-None-Match") == '"1"'
    assert sent.headers.get("If-Modified-Since") == MODIFIED
    assert (answer.outcome, answer.response.status) == ("revalidated", 200)
    assert (answer.response.body, answer.response.headers.get("X")) == (b"hello", "new")
    scene.now += 59
    assert scene.ask().outcome == "hit"


def test_new_response_replaces_the_stale_one():
    scene = Scene()
    scene.ask(page("max-age=1", ETag='"1"'))
    scene.now += 2
    assert scene.ask(page("max-age=60", ETag='"2"', body=b"new", Date=None)).outcome == "refreshed"
    assert scene.ask().response.body == b"new"


def test_304_that_is_about_nothing_stored_has_the_request_repeated():
    scene = Scene()
    scene.ask(page("max-age=1", ETag='"1"'))
    scene.now += 2
    wrong = Response(304, Headers([("ETag", '"2"')]))
    answer = scene.ask([wrong, page("max-age=60", ETag='"2"', body=b"new")])
    assert answer.response.body == b"new"
    assert ["If-None-Match" in sent.headers for sent in scene.seen] == [True, False]


def test_304_to_a_plain_request_is_passed_on_and_not_asked_for_ever():
    assert Scene().ask(Response(304)).response.status == 304


def test_304_about_what_the_client_has_itself_is_passed_on():
    scene = Scene()
    scene.ask(page("max-age=1", ETag='"1"'))
    scene.now += 2
    answer = scene.ask(Response(304, Headers([("ETag", '"2"')])), If_None_Match='"2"')
    assert scene.seen[0].headers.get("If-None-Match") == '"2", "1"'
    assert answer.response.status == 304


# Section 4.3.2
CLIENTS = [
    pytest.param({"If_None_Match": '"1"'}, 304, id="same-tag"),
    pytest.param({"If_None_Match": 'W/"1", "9"'}, 304, id="weak-comparison"),
    pytest.param({"If_None_Match": '"9"'}, 200, id="another-tag"),
    pytest.param({"If_Modified_Since": MODIFIED}, 304, id="same-date"),
    pytest.param({"If_Modified_Since": format_http_date(START - 2000)}, 200, id="earlier-date"),
    pytest.param({"If_Match": '"9"'}, 200, id="for-the-origin-alone"),
    pytest.param({"Range": "bytes=1-2"}, 206, id="range"),
    pytest.param({"Range": "bytes=9-"}, 416, id="range-beyond"),
    pytest.param({"Range": "bytes=1-2", "If_Range": '"1"'}, 206, id="if-range"),
    pytest.param({"Range": "bytes=1-2", "If_Range": '"9"'}, 200, id="if-range-another"),
]


@pytest.mark.parametrize(("fields", "status"), CLIENTS)
def test_conditions_of_the_client_are_answered_from_the_store(fields, status):
    scene = Scene()
    scene.ask(page("max-age=60", ETag='"1"', Last_Modified=MODIFIED))
    answer = scene.ask(**fields)
    assert (answer.outcome, answer.response.status, scene.seen) == ("hit", status, [])
    assert answer.response.headers.get("ETag") == '"1"'


def test_date_stands_for_last_modified_in_a_cache():
    scene = Scene()
    scene.ask(page("max-age=60"))
    assert scene.ask(If_Modified_Since=format_http_date(START)).response.status == 304
    assert scene.ask(If_Modified_Since=format_http_date(START - 1)).response.status == 200


def test_head_is_answered_from_a_stored_get():
    scene = Scene()
    scene.ask(page("max-age=60"))
    answer = scene.ask(method="HEAD")
    assert (answer.outcome, answer.response.body) == ("hit", b"")


# Section 4.3.5
def test_head_freshens_what_is_stored():
    scene = Scene()
    scene.ask(page("max-age=1", ETag='"1"'))
    scene.now += 2
    later = format_http_date(scene.now)
    scene.ask(page("max-age=60", ETag='"1"', body=b"", Date=later), method="HEAD")
    assert scene.ask().outcome == "hit"


def test_head_that_tells_of_another_response_makes_the_stored_one_stale():
    scene = Scene()
    scene.ask(page("max-age=60", ETag='"1"'))
    scene.now += 1
    scene.ask(page("no-store", ETag='"2"', body=b""), method="HEAD", Cache_Control="no-cache")
    assert scene.ask(page("max-age=60", ETag='"2"')).outcome == "refreshed"


# Section 4.1
def test_variants_are_kept_apart_and_found_again():
    scene = Scene()
    for language in ("en", "de"):
        scene.ask(
            page("max-age=60", Vary="Accept-Language", body=language.encode()),
            Accept_Language=language,
        )
    for language in ("en", "de"):
        answer = scene.ask(Accept_Language=language)
        assert (answer.outcome, answer.response.body) == ("hit", language.encode())


def test_tags_of_other_variants_go_along_and_the_origin_may_choose_one():
    scene = Scene()
    scene.ask(page("max-age=60", Vary="Foo", ETag='"1"', body=b"one"), Foo="1")
    answer = scene.ask(Response(304, Headers([("ETag", '"1"')])), Foo="2")
    assert scene.seen[0].headers.get("If-None-Match") == '"1"'
    assert (answer.outcome, answer.response.body) == ("revalidated", b"one")
    assert scene.ask(Foo="2").outcome == "hit"


def test_newest_of_several_is_used():
    scene = Scene()
    scene.ask(page("max-age=60", body=b"without"))
    scene.ask(
        page("max-age=60", Vary="Foo", body=b"with", Date=format_http_date(START - 5)),
        Cache_Control="no-cache",
        Foo="1",
    )
    assert scene.ask(Foo="1").response.body == b"with"


# Section 4.4
def test_unsafe_request_invalidates():
    scene = Scene()
    scene.ask(page("max-age=60"))
    scene.ask(page("max-age=60"), url="http://a.example/y")
    answer = scene.ask(page(status=201, Location="/y"), method="PUT")
    assert answer.outcome == "bypass"
    assert scene.ask(page()).outcome == "miss"
    assert scene.ask(page(), url="http://a.example/y").outcome == "miss"


def test_failed_unsafe_request_does_not():
    scene = Scene()
    scene.ask(page("max-age=60"))
    scene.ask(page(status=500), method="DELETE")
    assert scene.ask().outcome == "hit"


# RFC 9110 section 9.3.3
def test_post_with_content_location_answers_a_get():
    scene = Scene()
    scene.ask(page("max-age=60", Content_Location="/x"), method="POST")
    assert scene.ask().outcome == "hit"


# Section 4.2.4 and RFC 5861
AWAY = [
    pytest.param("max-age=1", {}, 200, id="stale-is-better-than-nothing"),
    pytest.param("max-age=1, must-revalidate", {}, 504, id="must-revalidate"),
    pytest.param("s-maxage=1", {}, 504, id="s-maxage"),
    pytest.param("max-age=9, no-cache", {}, 504, id="no-cache"),
    pytest.param("max-age=9", {"Cache_Control": "no-cache"}, 504, id="client-wants-validation"),
    pytest.param(
        "max-age=9",
        {"Cache_Control": "no-cache, stale-if-error=9"},
        200,
        id="client-takes-it-on-errors",
    ),
]


@pytest.mark.parametrize(("value", "fields", "status"), AWAY)
def test_origin_is_away(value, fields, status):
    scene = Scene()
    scene.ask(page(value))
    scene.now += 2
    assert scene.ask(None, **fields).response.status == status


def test_origin_is_away_and_nothing_is_stored():
    assert Scene().ask(None).response.status == 504


ERRORS = [
    pytest.param("max-age=1, stale-if-error=9", 503, "stale", id="in-the-window"),
    pytest.param("max-age=1, stale-if-error=0", 503, "refreshed-not", id="window-over"),
    pytest.param("max-age=1, stale-if-error=9", 404, "refreshed", id="no-such-error"),
    pytest.param("max-age=1", 503, "refreshed-not", id="not-allowed"),
]


@pytest.mark.parametrize(("value", "status", "outcome"), ERRORS)
def test_origin_fails(value, status, outcome):
    scene = Scene()
    scene.ask(page(value))
    scene.now += 2
    answer = scene.ask(page("no-store", status=status, body=b"sorry"))
    assert answer.response.body == (b"hello" if outcome == "stale" else b"sorry")


def test_stale_while_revalidate_answers_at_once_and_renews():
    scene = Scene()
    scene.ask(page("max-age=1, stale-while-revalidate=60", ETag='"1"'))
    scene.now += 5
    renewed = page("max-age=60", ETag='"2"', body=b"new", Date=format_http_date(scene.now))
    answer = scene.ask(renewed, If_None_Match='"9"', Accept="a")
    assert (answer.outcome, answer.response.body) == ("stale", b"hello")
    assert scene.seen[0].headers.pairs == [("Accept", "a"), ("If-None-Match", '"1"')]
    assert scene.ask().response.body == b"new"


def test_renewal_that_hears_of_nothing_stored_is_repeated():
    scene = Scene()
    scene.ask(page("max-age=1, stale-while-revalidate=60", ETag='"1"'))
    scene.now += 5
    wrong = Response(304, Headers([("ETag", '"2"')]))
    renewed = page("max-age=60", ETag='"2"', body=b"new", Date=format_http_date(scene.now))
    assert scene.ask([wrong, renewed]).outcome == "stale"
    assert ["If-None-Match" in sent.headers for sent in scene.seen] == [True, False]
    assert scene.ask().response.body == b"new"


def test_renewal_waits_for_whoever_runs_it():
    cache, waiting, sent = Cache(), [], []

    def send(request):
        sent.append(request)
        return page("max-age=1, stale-while-revalidate=60")

    for now in (START, START + 5):
        cache.handle(Request("GET", URL), send, lambda now=now: now, background=waiting.append)
    assert len(sent) == 1
    waiting.pop()()
    assert len(sent) == 2


def test_renewal_that_fails_leaves_what_is_stored():
    scene = Scene()
    scene.ask(page("max-age=1, stale-while-revalidate=60"))
    scene.now += 5
    assert scene.ask(None).outcome == "stale"
    assert scene.ask(None).outcome == "stale"


# Section 5.2.1.7
def test_only_if_cached():
    scene = Scene()
    assert scene.ask(Cache_Control="only-if-cached").response.status == 504
    scene.ask(page("max-age=1"))
    assert scene.ask(Cache_Control="only-if-cached").response.status == 200
    scene.now += 2
    assert scene.ask(Cache_Control="only-if-cached").response.status == 504


# Sections 3.3 and 3.4
def part(first, octets, *, tag='"1"', size=10, **fields):
    placed = f"bytes {first}-{first + len(octets) - 1}/{size}"
    return page("max-age=60", status=206, body=octets, ETag=tag, Content_Range=placed, **fields)


PARTS = [
    pytest.param("bytes=2-5", 206, b"2345", "bytes 2-5/10", id="the-same"),
    pytest.param("bytes=3-4", 206, b"34", "bytes 3-4/10", id="inside"),
    pytest.param("bytes=1-4", None, None, None, id="begins-before"),
    pytest.param("bytes=3-6", None, None, None, id="ends-behind"),
    pytest.param("bytes=3-", None, None, None, id="to-the-end"),
    pytest.param("bytes=-2", None, None, None, id="suffix"),
    pytest.param("bytes=2-2,4-4", None, None, None, id="two"),
    pytest.param("lines=2-3", None, None, None, id="another-unit"),
]


@pytest.mark.parametrize(("value", "status", "body", "placed"), PARTS)
def test_range_out_of_a_stored_part(value, status, body, placed):
    scene = Scene()
    scene.ask(part(2, b"2345"), Range="bytes=2-5")
    answer = scene.ask(page("no-store", body=b"origin"), Range=value)
    if status is None:
        assert answer.response.body == b"origin"
        return
    assert (answer.outcome, answer.response.status, answer.response.body) == ("hit", status, body)
    assert answer.response.headers.get("Content-Range") == placed
    assert answer.response.headers.get("Content-Length") == str(len(body))


def test_suffix_out_of_a_stored_end():
    scene = Scene()
    scene.ask(part(6, b"6789"), Range="bytes=-4")
    assert scene.ask(Range="bytes=-2").response.body == b"89"
    assert scene.ask(Range="bytes=7-").response.body == b"789"


def test_conditions_on_a_stored_part():
    scene = Scene()
    scene.ask(part(0, b"01234"), Range="bytes=0-4")
    assert scene.ask(Range="bytes=0-1", If_None_Match='"1"').response.status == 304
    assert scene.ask(Range="bytes=0-1", If_Range='"1"').response.status == 206
    other = scene.ask(page("no-store"), Range="bytes=0-1", If_Range='"2"')
    assert (other.response.status, len(scene.seen)) == (200, 1)


def test_stored_part_is_completed():
    scene = Scene()
    scene.ask(part(0, b"01234", X="a"), Range="bytes=0-4")
    answer = scene.ask(part(5, b"56789", X="b"))
    (sent,) = scene.seen
    assert (sent.headers.get("Range"), sent.headers.get("If-Range")) == ("bytes=5-", '"1"')
    assert (answer.response.status, answer.response.body) == (200, b"0123456789")
    assert answer.response.headers.get("X") == "b"
    assert answer.response.headers.get("Content-Length") == "10"
    assert "Content-Range" not in answer.response.headers
    hit = scene.ask()
    assert (hit.outcome, hit.response.body) == ("hit", b"0123456789")


def test_stored_end_is_completed_from_the_front():
    scene = Scene()
    scene.ask(part(5, b"56789"), Range="bytes=5-")
    answer = scene.ask(part(0, b"01234"))
    assert scene.seen[0].headers.get("Range") == "bytes=0-4"
    assert answer.response.body == b"0123456789"


@pytest.mark.parametrize(
    "rest", [part(5, b"56789", tag='"2"'), part(5, b"56789", tag=None), part(6, b"6789")]
)
def test_parts_that_do_not_belong_together_are_not_joined(rest):
    scene = Scene()
    scene.ask(part(0, b"01234"), Range="bytes=0-4")
    answer = scene.ask([rest, page("max-age=60", body=b"whole")])
    assert answer.response.body == b"whole"
    assert ["Range" in sent.headers for sent in scene.seen] == [True, False]


def test_origin_that_sends_the_whole_after_all():
    scene = Scene()
    scene.ask(part(0, b"01234"), Range="bytes=0-4")
    assert scene.ask(page("max-age=60", body=b"whole")).response.body == b"whole"
    assert scene.ask().response.body == b"whole"


def test_parts_that_touch_become_one():
    scene = Scene()
    scene.ask(part(0, b"012"), Range="bytes=0-2")
    scene.ask(part(3, b"345"), Range="bytes=3-5")
    assert scene.ask(Range="bytes=1-4").response.body == b"1234"


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_range_from_the_store_holds_the_right_octets(first, last, one, other):
    """Whatever parts came by, what is answered from them is what the origin would have sent."""
    content = b"0123456789"
    scene = Scene()
    for begin, end in ((first, last), (one, other)):
        if begin <= end:
            scene.ask(part(begin, content[begin : end + 1]), Range=f"bytes={begin}-{end}")
    for begin in range(10):
        for end in range(begin, 10):
            reply = part(begin, content[begin : end + 1])
            answer = scene.ask(reply, Range=f"bytes={begin}-{end}")
            assert answer.response.body == content[begin : end + 1]


def test_response_that_was_cut_short_is_not_stored():
    scene = Scene()
    scene.ask(page("max-age=60", Content_Length="99"))
    assert scene.ask(page()).outcome == "miss"


# Sections 5.2.1.5 and 5.2.2.5
def test_no_store_bypasses():
    scene = Scene()
    answer = scene.ask(page("no-store"))
    assert (answer.outcome, answer.stored) == ("bypass", False)
    assert "no-store" in answer.reason


def test_hop_by_hop_fields_end_here():
    scene = Scene()
    answer = scene.ask(
        page("max-age=60", Connection="X", X="1"), TE="trailers", Connection="Y", Y="1"
    )
    assert "X" not in answer.response.headers
    assert len(scene.seen[0].headers) == 0


def test_private_cache_and_cdn():
    private = Scene(Cache(PRIVATE_CACHE))
    private.ask(page("private, max-age=60"))
    assert private.ask().outcome == "hit"
    cdn = Scene(Cache(CacheSettings(targets=("CDN-Cache-Control",))))
    cdn.ask(page("no-store", CDN_Cache_Control="max-age=60"))
    assert cdn.ask().outcome == "hit"


def test_every_rule_that_was_tried_is_told_to_who_asks():
    cache, held, get = Cache(), page("max-age=60"), Request("GET", URL)
    for now in (START, START + 9):
        answer = cache.handle(get, lambda request: held, lambda now=now: now, explain=True)
        assert answer.steps[0].rule in ("the store", "the target URI matches")
    assert answer.steps[-1].rule == "freshness"
    assert cache.handle(get, lambda request: held, lambda: START).steps == ()


# RFC 9211 section 2
def test_cache_status():
    scene = Scene(Cache(name="Example"))

    def status_of(answer):
        return answer.response.headers.get_all("Cache-Status")

    assert status_of(scene.ask(page("max-age=60", ETag='"1"'))) == ["Example; fwd=uri-miss; stored"]
    scene.now += 10
    assert status_of(scene.ask()) == ["Example; hit; ttl=50"]
    scene.now += 60
    fresh = Response(304, Headers([("ETag", '"1"'), ("Date", format_http_date(scene.now))]))
    assert status_of(scene.ask(fresh)) == ["Example; fwd=stale; fwd-status=304; stored"]
    assert status_of(scene.ask(page("no-store"), method="POST")) == ["Example; fwd=method"]
    scene.cache.store.remove_uri(URL)
    behind = page("max-age=1", Cache_Status="Origin; hit")
    assert status_of(scene.ask(behind)) == ["Origin; hit", "Example; fwd=uri-miss; stored"]


def test_name_that_is_no_token_is_quoted():
    scene = Scene(Cache(name='A "B" \r\n'))
    with pytest.raises(ValueError, match="control characters"):
        scene.ask(page("max-age=60"))
    assert (
        Scene(Cache(name="A B"))
        .ask(page())
        .response.headers.get("Cache-Status")
        .startswith('"A B"; fwd')
    )


steps = st.lists(
    st.tuples(
        st.sampled_from(["GET", "HEAD", "POST", "PUT"]),
        st.sampled_from(["/x", "/y"]),
        st.dictionaries(
            st.sampled_from(["Range", "If_None_Match", "Cache_Control", "Foo", "If_Range"]),
            st.sampled_from(["bytes=0-1", '"1"', "no-cache", "max-stale", "1", "*"]),
            max_size=2,
        ),
        st.sampled_from([200, 206, 304, 404, 503, None]),
        st.sampled_from(["max-age=9", "max-age=1, stale-while-revalidate=9", "no-store", ""]),
        st.dictionaries(
            st.sampled_from(["ETag", "Vary", "Content_Range", "Location"]),
            st.sampled_from(['"1"', '"2"', "Foo", "*", "bytes 0-4/10", "/y"]),
            max_size=2,
        ),
        st.integers(0, 5),
    ),
    max_size=8,
)


@given(steps)
def test_every_request_of_any_traffic_is_answered(traffic):
    scene = Scene()
    for method, path, fields, status, value, held, pause in traffic:
        origin = None if status is None else page(value, status=status, **held)
        answer = scene.ask(origin, method=method, url=f"http://a.example{path}", **fields)
        assert answer.response is not None
        assert answer.reason
        assert len(scene.seen) <= 2
        scene.now += pause
