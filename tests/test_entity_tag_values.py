"""Entity tags made and compared, RFC 9110 section 8.8.3."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.entity_tag_values import (
    ALGORITHMS,
    canonical_json,
    entity_tag_of,
    matches_strongly,
    matches_weakly,
    read_entity_tag,
)
from httpheaders.errors import HttpHeadersError, InputError, PolicyError
from httpheaders.messages.headers import Headers
from httpheaders.syntax.entity_tags import EntityTag, parse_entity_tag


# Section 8.8.3.2, table 3
@pytest.mark.parametrize(
    ("left", "right", "strong", "weak"),
    [
        pytest.param('W/"1"', 'W/"1"', False, True, id="weak-weak"),
        pytest.param('W/"1"', 'W/"2"', False, False, id="weak-other"),
        pytest.param('W/"1"', '"1"', False, True, id="weak-strong"),
        pytest.param('"1"', '"1"', True, True, id="strong-strong"),
    ],
)
def test_comparison(left, right, strong, weak):
    one, other = parse_entity_tag(left), parse_entity_tag(right)
    assert matches_strongly(one, other) is matches_strongly(other, one) is strong
    assert matches_weakly(one, other) is matches_weakly(other, one) is weak


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
def test_tag_is_the_hash(algorithm):
    assert entity_tag_of(b"hello", algorithm=algorithm).opaque == (
        hashlib.new(algorithm, b"hello").hexdigest()
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(content=st.binary(max_size=50), cut=st.integers(0, 50))
def test_pieces_have_the_tag_of_the_whole(algorithm, content, cut):
    whole = entity_tag_of(content, algorithm=algorithm)
    assert entity_tag_of([content[:cut], content[cut:]], algorithm=algorithm) == whole
    assert parse_entity_tag(str(whole)) == whole


def test_unknown_algorithm_names_the_known():
    with pytest.raises(PolicyError, match="sha256, blake2b"):
        entity_tag_of(b"", algorithm="crc32")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_canonical_json_is_the_value(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert text.isascii()


@given(st.dictionaries(st.text(), st.integers(), max_size=5))
def test_order_of_keys_means_nothing(value):
    turned = dict(reversed(value.items()))
    assert canonical_json(turned) == canonical_json(value)


@pytest.mark.parametrize("value", [float("nan"), {1: 2, "a": 3}, object(), {b"a": 1}])
def test_what_json_has_not_is_refused(value):
    with pytest.raises(InputError, match="cannot be written as JSON"):
        canonical_json(value)


READ = [
    pytest.param([], None, False, id="absent"),
    pytest.param(['"v7"'], EntityTag("v7"), False, id="strong"),
    pytest.param([' W/"v7" '], EntityTag("v7", weak=True), False, id="weak"),
    pytest.param(['""'], EntityTag(""), False, id="empty"),
    pytest.param(["v7"], EntityTag("v7"), True, id="unquoted"),
    pytest.param(['w/"v7"'], EntityTag("v7", weak=True), True, id="lower-case-mark"),
    pytest.param(['"a"b"'], None, True, id="quote-inside"),
    pytest.param([""], None, True, id="nothing"),
    pytest.param(["a\x1f"], None, True, id="control-character"),
]


@pytest.mark.parametrize(("lines", "tag", "told"), READ)
def test_etag_field_is_read(lines, tag, told):
    found, flaw = read_entity_tag(Headers(("ETag", line) for line in lines))
    assert (found, flaw is not None) == (tag, told)


@given(st.text())
def test_only_our_errors_come_out(value):
    try:
        read_entity_tag(Headers([("ETag", value)]))
    except HttpHeadersError:
        pytest.fail("reading what came from outside never raises")
