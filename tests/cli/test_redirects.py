"""Which neighbours in a dump or a HAR are one chain of redirects."""

import pytest

from httpheaders.cli.reading import Message, Record
from httpheaders.cli.redirects import join_redirects
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response


def message(status, location=None, url=None, method="GET"):
    headers = Headers([("Location", location)] if location else ())
    request = None if url is None else Request(method, url)
    return Message(None, Exchange(request, Response(status, headers)), ())


def lengths(*messages):
    return [len(joined.earlier) for joined in join_redirects(messages)]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param([message(200), message(200)], [0, 0], id="no redirects"),
        pytest.param([message(302, "/b"), message(200)], [1], id="one redirect"),
        pytest.param([message(302, "/b"), message(307, "/c"), message(200)], [2], id="two"),
        pytest.param([message(302, "/b")], [0], id="led nowhere"),
        pytest.param([message(302), message(200)], [0, 0], id="without a location"),
        pytest.param([message(304, "/b"), message(200)], [0, 0], id="not modified"),
        pytest.param(
            [message(302, "/b", "http://a/"), message(200, None, "http://a/b")], [1], id="agreeing"
        ),
        pytest.param(
            [message(302, "/b", "http://a/"), message(200, None, "http://c/b")],
            [0, 0],
            id="another URL",
        ),
        pytest.param(
            [message(302, "http://[", "http://a/"), message(200, None, "http://a/")],
            [0, 0],
            id="malformed location",
        ),
        pytest.param(
            [message(302, "/b"), message(204, None, "/b", "OPTIONS")], [0, 0], id="preflight"
        ),
        pytest.param(
            [message(302, "/b"), Message(None, Exchange(Request("GET", "/b")), ())],
            [0, 0],
            id="no answer",
        ),
        pytest.param([*[message(302, "/b")] * 150], [100, 48], id="too long a chain"),
    ],
)
def test_neighbours_are_joined(messages, expected):
    assert lengths(*messages) == expected


def test_all_else_passes_as_it_is():
    record = Record(1, {})
    assert list(join_redirects([message(302, "/b"), record, message(200)])) == [
        message(302, "/b"),
        record,
        message(200),
    ]
