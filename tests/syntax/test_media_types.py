"""Media types: RFC 9110 sections 8.3.1 and 12.5.1, MIME Sniffing standard sections 4.4 and 4.5."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError, HttpHeadersError
from httpheaders.syntax.media_types import (
    MediaRange,
    MediaType,
    format_media_type,
    parse_media_range,
    parse_media_type,
    parse_mime_type,
)


# RFC 9110 section 8.3.1: "The following examples are all equivalent", and then some
@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        pytest.param("text/html;charset=utf-8", (("charset", "utf-8"),), id="plain"),
        pytest.param("Text/HTML;Charset=utf-8", (("charset", "utf-8"),), id="names-in-any-case"),
        pytest.param('text/html; charset="utf-8"', (("charset", "utf-8"),), id="quoted"),
        pytest.param("text/html", (), id="no-parameters"),
        pytest.param("text/html;", (), id="empty-parameter"),
        pytest.param("text/html;a=1;;b=2 ;", (("a", "1"), ("b", "2")), id="empty-between"),
        pytest.param('text/html;t="a;b, c"', (("t", "a;b, c"),), id="separators-in-quotes"),
        pytest.param(r'text/html;t="\"\\"', (("t", '"\\'),), id="escapes-in-quotes"),
        pytest.param("text/html;a=1;a=2", (("a", "1"), ("a", "2")), id="repeated-name-kept"),
    ],
)
def test_a_media_type_is_read(text, parameters):
    assert parse_media_type(text) == MediaType("text", "html", parameters)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("text", id="no-slash"),
        pytest.param("text/", id="no-subtype"),
        pytest.param("/html", id="no-type"),
        pytest.param("text/html/x", id="two-slashes"),
        pytest.param(" text/html", id="outer-blank"),
        pytest.param("text/html;charset", id="no-value"),
        pytest.param("text/html;charset =utf-8", id="blank-before-equals"),
        pytest.param("text/html;charset= utf-8", id="blank-after-equals"),
        pytest.param('text/html;t="a', id="open-quote"),
        pytest.param("text/html, text/plain", id="two-of-them"),
        pytest.param("text/*", id="a-range"),
        pytest.param("*/*", id="any"),
        pytest.param("tëxt/html", id="not-ascii"),
    ],
)
def test_what_is_no_media_type_is_refused(text):
    with pytest.raises(FieldSyntaxError):
        parse_media_type(text)


# RFC 9110 section 12.5.1: "Recipients SHOULD process any parameter named "q" as weight"
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("*/*", MediaRange("*", "*"), id="any"),
        pytest.param("Text/*;q=0.3", MediaRange("text", "*", (), 0.3), id="any-subtype"),
        pytest.param("a/b ; q=0", MediaRange("a", "b", (), 0.0), id="blanks-around-semicolon"),
        pytest.param("a/b;x=1;Q=1.000", MediaRange("a", "b", (("x", "1"),)), id="weight-last"),
        pytest.param("a/b;q=.5", None, id="weight-without-zero"),
        pytest.param("a/b;q=0.1234", None, id="four-decimals"),
        pytest.param("a/b;q=1.001", None, id="above-one"),
        pytest.param("a/b;q=", None, id="empty-weight"),
        pytest.param("a/b;q=1;q=0.2", None, id="two-weights"),
        pytest.param("*/b", None, id="any-type-with-subtype"),
        pytest.param("*", None, id="lone-asterisk"),
        pytest.param("a/b;q=0.5;x=1", MediaRange("a", "b", (("x", "1"),), 0.5), id="weight-first"),
    ],
)
def test_a_media_range_is_read(text, expected):
    if expected is None:
        with pytest.raises(FieldSyntaxError):
            parse_media_range(text)
    else:
        assert parse_media_range(text) == expected


def test_what_cannot_be_sent_is_not_written():
    for parameters in ((("a", "x\r\nSet-Cookie: b"),), (("a b", "x"),), (("", "x"),)):
        with pytest.raises(FieldSyntaxError):
            format_media_type(MediaType("text", "html", parameters))
    with pytest.raises(FieldSyntaxError):
        format_media_type(MediaType("text", "html\n"))


# MIME Sniffing standard section 4.4
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\r\n text/HTML \t", "text/html", id="whitespace-around"),
        pytest.param("text/html;charset=gbk;charset=x", "text/html;charset=gbk", id="first-wins"),
        pytest.param("text/html;charset= gbk", 'text/html;charset=" gbk"', id="blank-kept"),
        pytest.param("text/html;;;a=b", "text/html;a=b", id="empty-parameters"),
        pytest.param("text/html;a;b=c", "text/html;b=c", id="name-without-value"),
        pytest.param("text/html;a=;b=c", "text/html;b=c", id="empty-value"),
        pytest.param('text/html;a="";b=c', 'text/html;a="";b=c', id="empty-quoted-value"),
        pytest.param('text/html;a="b', "text/html;a=b", id="open-quote"),
        pytest.param('text/html;a="b\\', 'text/html;a="b\\\\"', id="backslash-at-the-end"),
        pytest.param('text/html;a="b"c;d=e', "text/html;a=b;d=e", id="text-after-quotes"),
        pytest.param("text/html;a=\u0100;b=c", "text/html;b=c", id="above-latin-1"),
        pytest.param("text/html;a b=c", "text/html", id="blank-in-name"),
        pytest.param("text/html;\u212a=c;b=c", "text/html;b=c", id="kelvin-sign-in-name"),
        pytest.param("text/ html", None, id="blank-before-subtype"),
        pytest.param("text", None, id="no-slash"),
        pytest.param("text/;a=b", None, id="no-subtype"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_browser_reads(text, expected):
    read = parse_mime_type(text)
    assert (read and format_media_type(read)) == expected


TOKENS = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=8).map(str.lower)
VALUES = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=8)
PARAMETERS = st.lists(st.tuples(TOKENS, VALUES), max_size=3).map(tuple)
MEDIA_TYPES = st.builds(
    MediaType, TOKENS.filter(lambda t: t != "*"), TOKENS.filter(lambda t: t != "*"), PARAMETERS
)


@given(MEDIA_TYPES)
def test_a_media_type_comes_back_from_its_text(media_type):
    assert parse_media_type(format_media_type(media_type)) == media_type


@given(MEDIA_TYPES, st.integers(0, 1000))
def test_a_media_range_comes_back_from_its_text(media_type, thousandths):
    others = tuple(pair for pair in media_type.parameters if pair[0] != "q")
    media_range = MediaRange(media_type.type, media_type.subtype, others, thousandths / 1000)
    text = f"{format_media_type(MediaType(*media_range[:3]))};q={media_range.quality:g}"
    assert parse_media_range(text) == media_range


@given(MEDIA_TYPES)
def test_a_browser_reads_what_the_grammar_allows(media_type):
    read = parse_mime_type(format_media_type(media_type))
    assert read is not None
    assert read.essence == media_type.essence


TEXTS = st.text(st.sampled_from('text/;="\\ \t\r\n,*q=0.5é\u0100\x00\x7f')) | st.text()


@given(TEXTS)
def test_only_the_documented_error_comes_out(text):
    for parse in (parse_media_type, parse_media_range):
        with suppress(HttpHeadersError):
            parse(text)


@given(TEXTS)
def test_what_a_browser_has_read_it_reads_again(text):
    read = parse_mime_type(text)
    if read is not None:
        assert parse_mime_type(format_media_type(read)) == read
