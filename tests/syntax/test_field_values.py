"""Lists, parameters and weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.field_values import (
    canonical_coding,
    parse_parameters,
    parse_weight,
    split_list,
    split_semicolons,
)
from httpheaders.syntax.grammar import quote

TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_characters="\x7f"))
TOKEN = st.from_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}", fullmatch=True)
MEMBERS = st.lists(TOKEN | TEXT.map(quote))


# RFC 9110 sections 5.6.1 and 5.6.4
@pytest.mark.parametrize(
    ("value", "members"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a", ["a"], id="one"),
        pytest.param("a,b", ["a", "b"], id="no-blanks"),
        pytest.param(" a\t,\t b ", ["a", "b"], id="blanks-and-tabs"),
        pytest.param(",, a ,,b,", ["a", "b"], id="empty-members"),
        pytest.param(', "" ,', ['""'], id="empty-string-is-a-member"),
        pytest.param('"a, b",c', ['"a, b"', "c"], id="comma-inside-quotes"),
        pytest.param(r'"a\", b",c', [r'"a\", b"', "c"], id="escaped-quote"),
        pytest.param(r'"a\\",b', [r'"a\\"', "b"], id="escaped-backslash-before-the-quote"),
        pytest.param('a;x="1,2";y=3, b', ['a;x="1,2";y=3', "b"], id="quoted-parameter"),
        pytest.param('a, "b, c', ["a", '"b, c'], id="unclosed-quote-swallows-the-rest"),
        pytest.param('a, "b\\', ["a", '"b\\'], id="ends-in-a-backslash"),
        pytest.param("<a,b>,c", ["<a", "b>", "c"], id="angles-mean-nothing-by-default"),
        pytest.param("a\xa0,\x0bb", ["a\xa0", "\x0bb"], id="only-sp-and-tab-are-blanks"),
    ],
)
def test_split_list(value, members):
    assert split_list(value) == members


# RFC 8288 section 3
@pytest.mark.parametrize(
    ("value", "members"),
    [
        pytest.param("</a,b>; rel=x, <c>", ["</a,b>; rel=x", "<c>"], id="comma-inside-angles"),
        pytest.param('<a">, <b">', ['<a">', '<b">'], id="quote-inside-angles"),
        pytest.param('a;t="<", b', ['a;t="<"', "b"], id="angle-inside-quotes"),
        pytest.param("<a, b", ["<a, b"], id="unclosed-angle-swallows-the-rest"),
    ],
)
def test_split_list_with_angles(value, members):
    assert split_list(value, angles=True) == members


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        pytest.param("a; b ;;c;", ["a", "b", "c"], id="blanks-and-empty-parts"),
        pytest.param('a="x;y"; b', ['a="x;y"', "b"], id="semicolon-inside-quotes"),
        pytest.param(r'a="\";"; b', [r'a="\";"', "b"], id="escaped-quote"),
        pytest.param('a="x; b', ['a="x; b'], id="unclosed-quote"),
    ],
)
def test_split_semicolons(value, parts):
    assert split_semicolons(value) == parts


@given(MEMBERS, st.booleans())
def test_joined_members_split_again(members, angles):
    assert (
        split_list(", ".join(members), angles=angles and all("<" not in m for m in members))
        == members
    )


@given(MEMBERS, MEMBERS)
def test_two_lines_are_one_list(first, second):
    lines = [", ".join(first), ", ".join(second)]
    assert split_list(", ".join(lines)) == [*first, *second]


@given(st.text(), st.booleans())
def test_splitting_any_text_loses_only_commas_and_blanks(text, angles):
    kept = "".join(split_list(text, angles=angles))
    assert [c for c in kept if c not in ", \t"] == [c for c in text if c not in ", \t"]


@given(st.text())
def test_splitting_a_member_again_changes_nothing(text):
    for member in split_list(text):
        assert split_list(member) == [member]


# RFC 9110 section 5.6.6
@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        pytest.param("", [], id="none"),
        pytest.param(" \t", [], id="blanks"),
        pytest.param(";a=b", [("a", "b")], id="one"),
        pytest.param(" ; A=B ; c=d", [("a", "B"), ("c", "d")], id="names-in-lower-case"),
        pytest.param(';a="x; y=\\"z\\""', [("a", 'x; y="z"')], id="quoted"),
        pytest.param(';a=""', [("a", "")], id="empty-quoted"),
        pytest.param(";;a=b;;", [("a", "b")], id="empty-parameters"),
        pytest.param(";a=1;a=2", [("a", "1"), ("a", "2")], id="duplicates-are-kept"),
    ],
)
def test_parameters(text, parameters):
    assert parse_parameters(text) == parameters
    assert parse_parameters("x/y" + text, 3) == parameters


@pytest.mark.parametrize(
    ("text", "position"),
    [
        pytest.param("a=b", 0, id="no-semicolon"),
        pytest.param(";a", 1, id="no-value"),
        pytest.param(";a=", 1, id="empty-value"),
        pytest.param(";a =b", 1, id="blank-before-equals"),
        pytest.param(";a= b", 1, id="blank-after-equals"),
        pytest.param(';a="b', 1, id="unclosed-quote"),
        pytest.param(";a=b c", 4, id="rubbish-after-value"),
        pytest.param(';a="b"c', 6, id="rubbish-after-quotes"),
        pytest.param(";a=caf\xe9", 6, id="value-above-ascii"),
        pytest.param(';a="\n"', 1, id="control-inside-quotes"),
    ],
)
def test_malformed_parameters_name_the_offset(text, position):
    with pytest.raises(FieldSyntaxError) as caught:
        parse_parameters(text)
    assert (caught.value.position, caught.value.reference) == (position, "RFC 9110 section 5.6.6")


@given(st.lists(st.tuples(TOKEN, TEXT)))
def test_written_parameters_are_read_back(parameters):
    text = "".join(f"; {name}={quote(value)}" for name, value in parameters)
    assert parse_parameters(text) == [(name.lower(), value) for name, value in parameters]


@given(st.text(alphabet=';= \t"\\ab\n\xe9') | st.text())
def test_any_text_gives_parameters_or_our_error(text):
    try:
        parameters = parse_parameters(text)
    except FieldSyntaxError:
        return
    assert len(parameters) <= text.count(";")


# RFC 9110 section 12.4.2
@pytest.mark.parametrize(
    ("text", "weight"), [("0", 0.0), ("1", 1.0), ("0.001", 0.001), ("0.", 0.0), ("1.000", 1.0)]
)
def test_weight(text, weight):
    assert parse_weight(text) == weight


@pytest.mark.parametrize(
    "text", ["", "1.5", ".5", "0.1234", "-1", "1.001", "nan", "0.5 ", "0,5", "٠"]
)
def test_malformed_weight(text):
    with pytest.raises(FieldSyntaxError, match=r"RFC 9110 section 12\.4\.2"):
        parse_weight(text)


@given(st.integers(0, 1000))
def test_every_weight_with_three_decimals(thousandths):
    assert parse_weight(f"{thousandths / 1000:.3f}") == thousandths / 1000


# RFC 9110 sections 8.4.1.1 and 8.4.1.3
@pytest.mark.parametrize(
    ("name", "canonical"),
    [("gzip", "gzip"), ("X-GZIP", "gzip"), ("x-compress", "compress"), ("x-BR", "x-br"), ("", "")],
)
def test_canonical_codings(name, canonical):
    assert canonical_coding(name) == canonical
