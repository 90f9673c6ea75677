"""Members of Accept-Language, Accept-Encoding, Accept-Charset and TE."""

import pytest

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.weighted_lists import (
    WeightedRange,
    parse_coding_range,
    parse_language_range,
    parse_transfer_coding_range,
)


# RFC 9110 sections 12.4.2, 12.5.3 and 12.5.4
@pytest.mark.parametrize(
    ("parse", "text", "found"),
    [
        pytest.param(parse_language_range, "en-GB", WeightedRange("en-GB", 1.0), id="no-weight"),
        pytest.param(parse_language_range, "*;q=0", WeightedRange("*", 0.0), id="star-excluded"),
        pytest.param(
            parse_language_range,
            "zh-Hant-TW ; Q=0.7",
            WeightedRange("zh-Hant-TW", 0.7),
            id="blanks",
        ),
        pytest.param(
            parse_coding_range, "x-gzip;q=1.000", WeightedRange("x-gzip", 1.0), id="1.000"
        ),
        pytest.param(
            parse_language_range, "a" + "-b" * 30, WeightedRange("a" + "-b" * 30, 1.0), id="long"
        ),
        pytest.param(
            parse_transfer_coding_range,
            'gzip;a="x;y";q=0.5;q=0.1',
            WeightedRange("gzip", 0.5, (("a", "x;y"),)),
            id="first-weight-counts",
        ),
    ],
)
def test_member(parse, text, found):
    assert parse(text) == found


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        pytest.param(parse_language_range, "en_US", id="underscore"),
        pytest.param(parse_language_range, "toolongtag", id="nine-letters"),
        pytest.param(parse_language_range, "en-", id="empty-subtag"),
        pytest.param(parse_language_range, "", id="empty"),
        pytest.param(parse_coding_range, "a b", id="blank"),
        pytest.param(parse_coding_range, "gzip;a=b", id="a-parameter"),
        pytest.param(parse_language_range, "en;a=b;q=1", id="a-parameter-before-the-weight"),
        pytest.param(parse_coding_range, "gzip;q=1.1", id="weight-above-1"),
        pytest.param(parse_coding_range, "gzip;q=.5", id="weight-without-zero"),
        pytest.param(parse_coding_range, "gzip;q", id="weight-without-value"),
        pytest.param(parse_coding_range, "gzip;q =1", id="blank-in-weight"),
        pytest.param(parse_coding_range, "gzip;q=0.5;q=0", id="two-weights"),
        pytest.param(parse_coding_range, 'gzip;q="0.5"', id="a-quoted-weight"),
        pytest.param(parse_coding_range, "gzip;", id="a-semicolon-alone"),
        pytest.param(parse_language_range, "en;;q=1", id="a-semicolon-before-the-weight"),
        pytest.param(parse_language_range, "en;q=1;", id="a-semicolon-behind-the-weight"),
    ],
)
def test_malformed_member_is_refused(parse, text):
    with pytest.raises(FieldSyntaxError):
        parse(text)
