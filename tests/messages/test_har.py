"""Reading HAR 1.2: what browsers export, and what they get wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import InputError
from httpheaders.messages.har import HarEntry, is_har, read_har
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response


def header(name, value):
    return {"name": name, "value": value}


# As Chromium exports it, shortened.
CHROMIUM = {
    "startedDateTime": "2026-11-22T18:00:00.250+01:00",
    "time": 81.5,
    "connection": "4711",
    "serverIPAddress": "127.0.0.1",
    "timings": {"blocked": 1, "dns": -1, "connect": -1, "send": 0.5, "wait": 79, "receive": 1},
    "request": {
        "method": "POST",
        "url": "https://a.example/form?x=1",
        "httpVersion": "h2",
        "headers": [
            header(":authority", "a.example"),
            header(":method", "POST"),
            header("accept", "*/*"),
        ],
        "postData": {"mimeType": "text/plain", "text": "caf\xe9"},
    },
    "response": {
        "status": 200,
        "statusText": "",
        "httpVersion": "h2",
        "headers": [
            header("set-cookie", "a=1\nb=2"),
            header("vary", " Accept "),
            header("Vary", "Origin"),
        ],
        "content": {"size": 3, "mimeType": "image/gif", "text": "R0lG", "encoding": "base64"},
    },
}


def har(*entries):
    return {"log": {"version": "1.2", "entries": list(entries)}}


def read(**changes):
    [entry] = read_har(har({**CHROMIUM, **changes}))
    return entry


def response(**changes):
    return read(response={**CHROMIUM["response"], **changes}).exchange.response


def test_entry_is_read_whole():
    assert read() == HarEntry(
        Exchange(
            Request(
                "POST",
                "https://a.example/form?x=1",
                Headers([("accept", "*/*")]),
                "caf\xe9".encode(),
                "2",
            ),
            Response(
                200,
                Headers(
                    [
                        ("set-cookie", "a=1"),
                        ("set-cookie", "b=2"),
                        ("vary", "Accept"),
                        ("Vary", "Origin"),
                    ]
                ),
                b"GIF",
                "2",
                None,
            ),
        ),
        (),
        1795366800.25,
        0.0815,
        {"blocked": 0.001, "send": 0.0005, "wait": 0.079, "receive": 0.001},
        "4711",
        "127.0.0.1",
    )


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("HTTP/1.1", "1.1"),
        ("http/1.0", "1.0"),
        ("HTTP/1", "1.1"),
        ("h2", "2"),
        ("http/2.0", "2"),
        ("HTTP/2", "2"),
        ("h3", "3"),
        ("h3-29", "3"),
        ("HTTP/3.0", "3"),
        ("unknown", None),
        ("", None),
        (None, None),
        (2, None),
    ],
)
def test_version(text, version):
    assert response(httpVersion=text).version == version


def test_phrase_of_http1_is_kept_even_when_empty():
    assert response(httpVersion="HTTP/1.1", statusText="").phrase == ""
    assert response(httpVersion="HTTP/1.1", statusText="OK").phrase == "OK"


def test_pseudo_fields_fill_what_is_missing():
    fields = [header(":method", "GET"), header(":path", "/x"), header(":authority", "a.example")]
    request = read(request={"headers": fields}).exchange.request
    assert (request.method, request.url, len(request.headers)) == ("GET", "https://a.example/x", 0)
    answer = read(response={"headers": [header(":status", "404")]}).exchange.response
    assert (answer.status, len(answer.headers)) == (404, 0)


FORM = "application/x-www-form-urlencoded"


# HAR 1.2, postData and params
@pytest.mark.parametrize(
    ("post_data", "body", "is_told"),
    [
        pytest.param(
            {"mimeType": FORM, "params": [header("a b", "c&d=é"), {"name": "e"}]},
            b"a+b=c%26d%3D%C3%A9&e=",
            False,
            id="form",
        ),
        pytest.param(
            {
                "mimeType": f"{FORM.title()} ; charset=utf-8",
                "params": [header("a", "1")],
                "text": "",
            },
            b"a=1",
            False,
            id="empty-text",
        ),
        pytest.param(
            {"mimeType": FORM, "params": [header("a", "2")], "text": "a=1"},
            b"a=1",
            False,
            id="text",
        ),
        pytest.param(
            {"mimeType": "text/plain", "params": [], "text": ""}, b"", False, id="no-params"
        ),
        pytest.param(
            {"mimeType": FORM, "params": [header("\ud800", "")]},
            b"%ED%A0%80=",
            False,
            id="surrogate",
        ),
        pytest.param(
            {"mimeType": "multipart/form-data; boundary=x", "params": [header("a", "1")]},
            None,
            True,
            id="multipart",
        ),
        pytest.param({"params": [header("a", "1")]}, None, True, id="no-type"),
        pytest.param({"mimeType": FORM, "params": {"a": "1"}}, None, True, id="no-list"),
        pytest.param({"mimeType": FORM, "params": [header("a", 1)]}, None, True, id="no-text"),
        pytest.param({"mimeType": FORM, "params": ["a"]}, None, True, id="no-object"),
        pytest.param(
            {"mimeType": FORM, "params": [{"name": "a", "fileName": "a.txt"}]},
            None,
            True,
            id="file",
        ),
    ],
)
def test_body_is_made_of_the_parameters_where_the_text_is_missing(post_data, body, is_told):
    entry = read(request={**CHROMIUM["request"], "postData": post_data})
    assert entry.exchange.request.body == body
    expected = ["$.log.entries[0].request.postData.params"] if is_told else []
    assert [problem.where for problem in entry.problems] == expected


def test_status_zero_means_that_no_response_arrived():
    blocked = {"status": 0, "statusText": "", "headers": [], "content": {"size": 0}}
    assert read(response=blocked).exchange.response is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("2026-11-22T17:00:00Z", 1795366800, id="utc"),
        pytest.param("2026-11-22T17:00:00.123456789Z", 1795366800.123456789, id="nanoseconds"),
        pytest.param("2026-11-22T12:00:00.5-05:00", 1795366800.5, id="west"),
    ],
)
def test_start(text, seconds):
    assert read(startedDateTime=text).started == seconds


@pytest.mark.parametrize(
    "text", ["yesterday", 5, "2026-13-01T00:00:00Z", "2026-11-22T17:00:00+99:99"]
)
def test_unreadable_start_is_told(text):
    entry = read(startedDateTime=text)
    assert entry.started is None
    assert [problem.where for problem in entry.problems] == ["$.log.entries[0].startedDateTime"]


@pytest.mark.parametrize("time", [-1, None, "5", True, 1e300])
def test_durations_that_say_nothing_are_unknown(time):
    assert read(time=time).duration is None


def test_illegal_fields_are_told_with_their_place():
    odd = [header("vary", "a"), header("Bad Name", "x"), header("content-length", "x")]
    entry = read(response={"status": 200, "headers": odd})
    places = [(problem.where, problem.reference) for problem in entry.problems]
    assert places == [
        ("$.log.entries[0].response.headers[1]", "RFC 9110 section 5.1"),
        ("$.log.entries[0].response.headers", "RFC 9110 section 8.6"),
    ]


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        pytest.param(7, "", id="no-object"),
        pytest.param({"request": []}, ".request", id="request-is-a-list"),
        pytest.param({"request": {"headers": {}}}, ".request.headers", id="headers-are-an-object"),
        pytest.param(
            {"request": {"headers": [header("a", "1"), header("b", 2)]}},
            ".request.headers[1]",
            id="value-is-a-number",
        ),
        pytest.param({"request": {"headers": [None]}}, ".request.headers[0]", id="header-is-null"),
        pytest.param({"request": {"method": 1}}, ".request.method", id="method-is-a-number"),
        pytest.param({"response": {"status": "OK"}}, ".response.status", id="status-in-words"),
        pytest.param({"response": {"status": True}}, ".response.status", id="status-is-true"),
        pytest.param({"response": {"status": 99}}, ".response.status", id="status-too-small"),
        pytest.param(
            {"response": {"status": 200, "content": {"text": "?", "encoding": "base64"}}},
            ".response.content.text",
            id="content-is-not-base64",
        ),
    ],
)
def test_malformed_entry_costs_only_itself(entry, where):
    before, error, after = read_har(har(CHROMIUM, entry, CHROMIUM))
    assert before == after == read()
    assert isinstance(error, InputError)
    assert error.where == f"$.log.entries[1]{where}"


@pytest.mark.parametrize("document", [None, [], {}, {"log": None}, {"log": {"entries": {}}}])
def test_other_documents_are_no_har(document):
    assert not is_har(document)
    with pytest.raises(InputError, match=r"expected a list of entries at \$\.log\.entries"):
        read_har(document)


NAMES = """
    request response headers name value status method url httpVersion content text encoding
    postData startedDateTime time timings connection statusText :status :path
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
def test_any_entries_give_an_entry_or_an_error_each(entries):
    read_back = list(read_har(har(*json.loads(json.dumps(entries)))))
    assert len(read_back) == len(entries)
    assert all(isinstance(item, HarEntry | InputError) for item in read_back)


def test_the_phases_of_an_entry_without_any_are_nobodys_to_change():
    with pytest.raises(TypeError):
        HarEntry(Exchange()).timings["wait"] = 1.0
