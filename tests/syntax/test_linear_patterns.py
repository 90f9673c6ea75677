"""Regular expressions in linear time, held against Python's own."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.linear_patterns import LinearPattern

EXPRESSIONS = [
    r"https?://\w*\.?example\.com:?\d*/?.*",
    r".*.example.com",
    r"^https://([a-z0-9-]+\.)*example\.(com|org)$",
    r"[^a-c]x{2,3}|y+?",
    r"(a*)*b",
    r":\/\/(.+\.)?example.com$",
    r"a|",
    r"[]a]+",
    r"[\d-]+x",
    r"(|a)+b",
    r"(?:)*a",
    r"\Aab{2,}\Z",
    r"x{0}y{1}",
    r"x{,2}y{,}",
    r"x{}",
    r"(){3}(a{0}){2}b",
    r"[a-cx-z]\.\D\S\W",
]
FLAVOURS = [("full", re.fullmatch), ("prefix", re.match), ("search", re.search)]


@pytest.mark.parametrize("expression", EXPRESSIONS)
@given(
    text=st.text("abcxyz.:/-1htps \n", max_size=12) | st.from_regex(r"https?://(a\.)?example.com")
)
def test_answers_are_those_of_python(expression, text):
    pattern = LinearPattern(expression)
    for match, python in FLAVOURS:
        # "$" and "\Z" are the very end here; Python's "$" also stops before a last newline.
        if not text.endswith("\n"):
            assert pattern.matches(text, match=match) is bool(python(expression, text))


@given(st.text("ABab1", max_size=6))
def test_case_can_be_ignored(text):
    pattern = LinearPattern("a[b-c]*1?", ignore_case=True)
    assert pattern.matches(text) is bool(re.fullmatch("a[b-c]*1?", text, re.IGNORECASE))


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        pytest.param("(a", "not closed", id="open group"),
        pytest.param("a)", "unbalanced", id="closing alone"),
        pytest.param("*a", "nothing to repeat", id="repeat of nothing"),
        pytest.param("^*", "nothing to repeat", id="repeat of an anchor"),
        pytest.param(r"(a)\1", "not supported", id="back-reference"),
        pytest.param(r"\b", "not supported", id="word boundary"),
        pytest.param("(?=a)", "only '\\(\\?:'", id="looking ahead"),
        pytest.param("a++", "possessive", id="possessive"),
        pytest.param("a{2}{3}", "multiple repeat", id="repeat of a repeat"),
        pytest.param("a" + "*" * 700, "multiple repeat", id="many repeats of a repeat"),
        pytest.param("a*??", "multiple repeat", id="repeat of a lazy repeat"),
        pytest.param("a|{,2}", "nothing to repeat", id="counts of nothing"),
        pytest.param("[a", "too early", id="open class"),
        pytest.param("[z-a]", "wrong way", id="range backwards"),
        pytest.param(r"[\A]", "anchor", id="anchor in a class"),
        pytest.param("a{2,1}", "in order", id="counts backwards"),
        pytest.param("a{999}", "at most", id="large count"),
        pytest.param("a{99999}", "at most", id="count of many digits"),
        pytest.param(r"[ -\d]", "end of a range", id="class at the end of a range"),
        pytest.param("((a{100}){100}){100}", "too large", id="large program"),
        pytest.param("(" * 9 + "){100}" * 9, "too large", id="many repeats of nothing"),
        pytest.param("(" * 9 + "a{0}" + "){100}" * 9, "too large", id="repeats of none"),
        pytest.param("(" * 100, "nested", id="deep nesting"),
        pytest.param("a" * 1001, "longer", id="long expression"),
        pytest.param("\\", "too early", id="backslash at the end"),
    ],
)
def test_other_expressions_are_refused(expression, fault):
    with pytest.raises(FieldSyntaxError, match=fault):
        LinearPattern(expression)


# Whole pieces, so that repeats stand behind and around each other.
PIECES = (
    "a", "(", "(?:", ")", "|", "[^", "]", "-", "*", "+", "?", "{,2}", "{100}", "{1,}", "{3", "}",
    "(){100}", ".", "^", "$", "\\", "\\d", "\\S", ",", "0", ":",
)  # fmt: skip
EXPRESSION = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(EXPRESSION | st.sampled_from("*+?").map(lambda one: "a" + one * 900))
def test_only_our_error_comes_out_and_what_is_read_is_pythons(expression):
    try:
        pattern = LinearPattern(expression)
    except FieldSyntaxError:
        return
    pattern.matches("abab" * 20, match="search")
    pattern.samples()
    with warnings.catch_warnings(category=FutureWarning, action="ignore"):  # of "[[" and "--"
        re.compile(expression)


def test_nested_repeats_stay_linear():
    # A matcher that goes back would need 2**5000 steps.
    assert not LinearPattern("(a*)*b").matches("a" * 5000)


@pytest.mark.parametrize(
    ("expression", "samples", "bare_dot"),
    [
        (r"^https://.*\.example\.com$", ["https://.example.com", "https://a.example.com"], False),
        (r"https://example.com", ["https://example.com"], True),
        (r"https://([a-z]+\.)?a\.b", ["https://a.b", "https://a.a.b"], False),
        (r"https://(a|b)\d{2}\.c", ["https://a11.c"], False),
    ],
)
def test_samples_are_what_was_meant(expression, samples, bare_dot):
    pattern = LinearPattern(expression)
    assert pattern.samples() == samples
    assert pattern.has_bare_dot is bare_dot
