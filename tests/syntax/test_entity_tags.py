"""Entity tags, alone and in lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.entity_tags import EntityTag, parse_entity_tag, read_entity_tags


# RFC 9110 section 8.8.3
@pytest.mark.parametrize(
    ("text", "tag"),
    [
        pytest.param('"xyzzy"', EntityTag("xyzzy"), id="strong"),
        pytest.param('W/"xyzzy"', EntityTag("xyzzy", True), id="weak"),
        pytest.param('""', EntityTag(""), id="empty"),
        pytest.param('"a,b\\"', EntityTag("a,b\\"), id="comma-and-backslash"),
        pytest.param('"é"', EntityTag("é"), id="obs-text"),
    ],
)
def test_entity_tag_in_both_directions(text, tag):
    assert parse_entity_tag(text) == tag
    assert str(tag) == text


@pytest.mark.parametrize(
    "text",
    ["xyzzy", "", 'w/"a"', '"a', 'a"', '"a"b"', '"a b"', '"a\x7f"', 'W/ "a"', '"a", "b"', "*"],
)
def test_malformed_entity_tag_is_refused(text):
    with pytest.raises(FieldSyntaxError) as caught:
        parse_entity_tag(text)
    assert caught.value.reference == "RFC 9110 section 8.8.3"


# RFC 9110 section 13.1.2
@pytest.mark.parametrize(
    ("value", "tags"),
    [
        pytest.param('"a", W/"b" ,,"c,d"', ['"a"', 'W/"b"', '"c,d"'], id="list"),
        pytest.param('"\\", "b"', ['"\\"', '"b"'], id="backslash-escapes-nothing"),
        pytest.param("", [], id="empty"),
        pytest.param(" , ,", [], id="commas"),
    ],
)
def test_list_of_entity_tags(value, tags):
    found = read_entity_tags(value)
    assert [text for text, _, _ in found] == tags
    assert [str(tag) for _, tag, _ in found] == tags
    assert not [flaw for _, _, flaw in found if flaw]


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        pytest.param("abc, W/d", [EntityTag("abc"), EntityTag("d", True)], id="without-quotes"),
        pytest.param('w/"a"', [EntityTag("a", True)], id="lower-case-mark"),
        pytest.param('"a', [EntityTag("a")], id="unclosed"),
        pytest.param('"a b"', [EntityTag("a b")], id="blank-within"),
    ],
)
def test_malformed_members_are_read_and_told(value, tags):
    found = read_entity_tags(value)
    assert [tag for _, tag, _ in found] == tags
    assert all(flaw for _, _, flaw in found)


def test_tags_without_a_comma_between_are_told():
    flaws = [flaw for _, _, flaw in read_entity_tags('"a" "b"')]
    assert flaws == [None, "expected a comma before the entity tag"]


_opaque = st.text(st.characters(min_codepoint=0x21, exclude_characters='"\x7f'), max_size=20)
_tags = st.builds(EntityTag, _opaque, st.booleans())


@given(st.lists(_tags, max_size=5))
def test_written_lists_come_back(tags):
    found = read_entity_tags(", ".join(map(str, tags)))
    assert [tag for _, tag, _ in found] == tags
    assert [parse_entity_tag(text) for text, _, _ in found] == tags
