"""Range and Content-Range."""

import pytest

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.ranges import ContentRange, RangeSet, parse_content_range, parse_range


# RFC 9110 sections 14.1.1 and 14.1.2
@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("bytes=0-499", RangeSet("bytes", ((0, 499),)), id="first-500"),
        pytest.param("bytes=-500", RangeSet("bytes", ((None, 500),)), id="last-500"),
        pytest.param("bytes=9500-", RangeSet("bytes", ((9500, None),)), id="to-the-end"),
        pytest.param("BYTES=0-0,-1", RangeSet("bytes", ((0, 0), (None, 1))), id="first-and-last"),
        pytest.param("bytes= 0-1 , 2-3,,", RangeSet("bytes", ((0, 1), (2, 3))), id="list-blanks"),
        pytest.param("bytes=5-1", RangeSet("bytes", ((5, 1),)), id="order-is-not-judged"),
        pytest.param("bytes=5000000000-", RangeSet("bytes", ((5000000000, None),)), id="large"),
        pytest.param("pages=iv-x", RangeSet("pages", ("iv-x",)), id="another-unit"),
    ],
)
def test_range(value, found):
    assert parse_range(value) == found


@pytest.mark.parametrize(
    "value",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=1",
        "bytes=a-b",
        "bytes=+1-",
        "bytes 1-2",
        "bytes =1-2",
        "bytes=1 - 2",
        "bytes=1-2-3",
        "bytes=--1",
        "bytes=\u0663-",
        "bytes=" + "9" * 19 + "-",
    ],
)
def test_malformed_range_is_refused(value):
    with pytest.raises(FieldSyntaxError):
        parse_range(value)


# RFC 9110 section 14.4
@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("bytes 42-1233/1234", ContentRange("bytes", 42, 1233, 1234), id="complete"),
        pytest.param("bytes 42-1233/*", ContentRange("bytes", 42, 1233, None), id="size-unknown"),
        pytest.param("bytes */1234", ContentRange("bytes", None, None, 1234), id="unsatisfied"),
    ],
)
def test_content_range(value, found):
    assert parse_content_range(value) == found


@pytest.mark.parametrize(
    "value",
    [
        "",
        "bytes",
        "bytes */*",
        "bytes 1-2",
        "bytes 1/2",
        "bytes=1-2/3",
        "bytes -1/3",
        "bytes 1-2/-3",
    ],
)
def test_malformed_content_range_is_refused(value):
    with pytest.raises(FieldSyntaxError):
        parse_content_range(value)
