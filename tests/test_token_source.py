"""Where a request holds its token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import HttpHeadersError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request
from httpheaders.token_source import find_token


@pytest.mark.parametrize(
    ("fields", "cookie", "token", "problems"),
    [
        pytest.param([("Authorization", "Bearer a.b")], None, "a.b", 0, id="bearer"),
        pytest.param([("authorization", "bEARER   a.b ")], None, "a.b", 0, id="any-case"),
        pytest.param([("Authorization", "Basic a.b")], None, None, 0, id="another-scheme"),
        pytest.param([("Authorization", "Bearer")], None, None, 0, id="no-token"),
        pytest.param([("Authorization", "Bearera.b")], None, None, 0, id="no-blank"),
        pytest.param([], None, None, 0, id="no-field"),
        pytest.param(
            [("Authorization", "Bearer a"), ("Authorization", "Bearer b")], None, "a", 1, id="two"
        ),
        pytest.param([("Cookie", "x=1; sid=a.b; y=2")], "sid", "a.b", 0, id="cookie"),
        pytest.param([("Cookie", 'sid="a.b"')], "sid", "a.b", 0, id="quoted-cookie"),
        pytest.param([("Cookie", "SID=a.b")], "sid", None, 0, id="names-have-case"),
        pytest.param([("Cookie", "sid=a; sid=b")], "sid", "a", 1, id="two-cookies"),
        pytest.param([("Cookie", "x=1"), ("Cookie", "sid=a")], "sid", "a", 0, id="two-fields"),
        pytest.param([("Authorization", "Bearer a.b")], "sid", None, 0, id="asked-for-the-cookie"),
    ],
)
def test_where_a_token_comes_from(fields, cookie, token, problems):
    found = find_token(Request("GET", "/", Headers(fields)), cookie=cookie)
    assert found.token == token
    assert len(found.problems) == problems


@given(st.text(max_size=50), st.text(max_size=50))
def test_any_request_can_be_asked(authorization, cookie):
    headers = Headers([("Authorization", authorization), ("Cookie", cookie)])
    for name in (None, "sid"):
        try:
            find_token(Request("GET", "/", headers), cookie=name)
        except HttpHeadersError:
            pytest.fail("finding no token is no error")
