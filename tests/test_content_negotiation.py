"""Content negotiation: RFC 9110 sections 12.4 and 12.5, RFC 4647 sections 3.3.1 and 3.4."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.content_negotiation import (
    negotiate_charset,
    negotiate_content_type,
    negotiate_encoding,
    negotiate_language,
    negotiate_type,
)
from httpheaders.errors import PolicyError

TABLE_5 = (
    "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, "
    "text/plain;format=fixed;q=0.4, */*;q=0.5"
)


# RFC 9110 section 12.5.1, table 5
@pytest.mark.parametrize(
    ("offer", "quality"),
    [
        ("text/plain;format=flowed", 1),
        ("text/plain", 0.7),
        ("text/html", 0.3),
        ("image/jpeg", 0.5),
        ("text/plain;format=fixed", 0.4),
        ("text/plain;level=3", 0.7),
    ],
)
def test_the_most_specific_range_gives_the_quality(offer, quality):
    assert negotiate_type(TABLE_5, [offer]).quality == quality


@pytest.mark.parametrize(
    ("accept", "offers", "selected"),
    [
        pytest.param(None, ["a/b", "c/d"], "a/b", id="absent-accepts-all"),
        pytest.param("", ["a/b"], "a/b", id="empty-states-no-preference"),
        pytest.param(" , ,", ["a/b"], "a/b", id="no-member-states-no-preference"),
        pytest.param("a/b;q=0", ["a/b"], None, id="zero-excludes"),
        pytest.param("a/*, a/b;q=0", ["a/b", "a/c"], "a/c", id="zero-excludes-specifically"),
        pytest.param("*/*;q=0, a/b", ["a/b"], "a/b", id="specific-overrides-zero"),
        pytest.param("a/b, c/d", ["c/d", "a/b"], "c/d", id="tie-by-server-order"),
        pytest.param("*/*, a/b", ["c/d", "a/b"], "a/b", id="tie-by-specificity"),
        pytest.param("A/B;Q=0.5", ["a/b"], "a/b", id="case-blind"),
        pytest.param("a/b;x=1", ["a/b"], None, id="missing-parameter"),
        pytest.param("a/b;x=1", ["a/b;y=2;x=1"], "a/b;y=2;x=1", id="more-parameters"),
        pytest.param('a/b;x="1"', ["a/b; x=1"], "a/b; x=1", id="quotes-mean-nothing"),
        pytest.param("a/b;x=A", ["a/b;x=a"], None, id="values-keep-their-case"),
        pytest.param("a/b;charset=UTF-8", ["a/b;charset=utf-8"], "a/b;charset=utf-8", id="charset"),
        pytest.param("a/b;x=1,a/b;q=0", ["a/b;x=1"], "a/b;x=1", id="parameters-are-specific"),
        pytest.param('a/b;x="1,2", c/d', ["c/d"], "c/d", id="comma-in-quotes"),
        pytest.param('c/d, a/b;x="', ["c/d"], "c/d", id="open-quote-costs-one-member"),
        pytest.param("a/b;q=7, c/d;q=0.1", ["a/b", "c/d"], "c/d", id="malformed-is-skipped"),
        pytest.param("a/b;q=0, a/b", ["a/b"], None, id="first-of-equal-ranges"),
        pytest.param("a/b", [], None, id="no-offer"),
    ],
)
def test_a_type_is_chosen(accept, offers, selected):
    answer = negotiate_type(accept, offers)
    assert answer.selected == selected
    assert (answer.ok, answer.status) == ((True, 200) if selected else (False, 406))
    assert answer.vary == ("Accept",)
    assert negotiate_content_type(accept, offers) == selected


def test_ranked_tells_offer_quality_and_range():
    answer = negotiate_type("text/*;q=0.5, text/html, a/b;q=0", ["text/plain", "text/html", "a/b"])
    assert answer.ranked == (("text/html", 1.0, "text/html"), ("text/plain", 0.5, "text/*"))
    assert answer.reason == "'text/html' is the best offer: quality 1 by the range 'text/html'"


def test_a_default_is_selected_when_nothing_is_acceptable():
    answer = negotiate_type("image/png", ["text/html"], default="text/html")
    assert (answer.ok, answer.selected, answer.quality, answer.ranked, answer.status) == (
        True,
        "text/html",
        None,
        (),
        200,
    )


# RFC 9110 section 12.4.1 lets a server disregard the field, section 12.4.2 says what 0 means
@pytest.mark.parametrize(
    ("ask", "value", "default", "excluding"),
    [
        (negotiate_type, "text/*;q=0", "text/html", "text/*;q=0"),
        (negotiate_type, "text/html;q=0, text/*", "text/html", "text/html;q=0"),
        (negotiate_type, "image/png", "text/html", None),
        (negotiate_type, "*/*;q=0", "anything", None),
        (negotiate_encoding, "*;q=0", "gzip", "*;q=0"),
        (negotiate_language, "aa, bB;q=0", "bB", "bB;q=0"),
        (partial(negotiate_language, match="filter"), "aa, bB;q=0", "bB", "bB;q=0"),
    ],
)
def test_a_default_that_the_field_excludes_is_told(ask, value, default, excluding):
    answer = ask(value, [], default=default)
    assert answer.selected == default
    messages = [problem.message for problem in answer.problems]
    assert messages == (
        [f"the default '{default}' is given although '{excluding}' excludes it"]
        if excluding
        else []
    )


@pytest.mark.parametrize(
    ("accept", "selected"),
    [("*/*", None), ("image/*", None), ("*/*, image/webp", "image/webp"), (None, "image/webp")],
)
def test_without_wildcards_only_what_is_named_counts(accept, selected):
    assert negotiate_type(accept, ["image/webp"], wildcard=False).selected == selected


@pytest.mark.parametrize(
    "offer",
    [
        pytest.param("image/*", id="a-range"),
        pytest.param("*/*", id="any"),
        pytest.param("html", id="no-slash"),
        pytest.param(".html", id="an-extension"),
        pytest.param("text/html;q=0.5", id="a-weight"),
        pytest.param("", id="nothing"),
        pytest.param("text/html;x", id="a-malformed-parameter"),
        pytest.param("a/" + "b" * 1000, id="too-long"),
        pytest.param("a/b" + "".join(f";p{n}=1" for n in range(9)), id="too-many-parameters"),
    ],
)
def test_an_offer_that_is_no_type_makes_the_question_unusable(offer):
    with pytest.raises(PolicyError, match="cannot offer"):
        negotiate_type("*/*", ["text/html", offer])


# RFC 9110 section 12.5.3
@pytest.mark.parametrize(
    ("accept", "offers", "ranked"),
    [
        pytest.param(None, ["br", "identity"], ["br", "identity"], id="rule-1-absent"),
        pytest.param("", ["br", "identity"], ["identity"], id="empty-wants-no-coding"),
        pytest.param("gzip", ["identity", "gzip"], ["gzip", "identity"], id="rule-2-by-default"),
        pytest.param("identity;q=0", ["identity"], [], id="rule-2-excluded"),
        pytest.param("*;q=0", ["identity", "gzip"], [], id="rule-2-excluded-by-asterisk"),
        pytest.param("*;q=0, identity;q=0.1", ["identity"], ["identity"], id="rule-2-named"),
        pytest.param("gzip;q=0", ["gzip", "identity"], ["identity"], id="rule-3-zero"),
        pytest.param("br", ["gzip"], [], id="not-listed"),
        pytest.param("x-gzip", ["gzip"], ["gzip"], id="x-gzip-in-the-field"),
        pytest.param("gzip, compress;q=0.5", ["x-compress", "x-gzip"], ["x-gzip", "x-compress"],
                     id="x-in-the-offers"),
        pytest.param("gzip;q=2", ["gzip", "identity"], ["identity"], id="all-malformed"),
        pytest.param("*", ["identity", "gzip"], ["identity", "gzip"], id="asterisk-is-all"),
    ],
)  # fmt: skip
def test_encodings_are_ranked(accept, offers, ranked):
    answer = negotiate_encoding(accept, offers)
    assert [one.offer for one in answer.ranked] == ranked
    assert answer.vary == ("Accept-Encoding",)


# RFC 9110 section 12.5.2
@pytest.mark.parametrize(
    ("accept", "selected"),
    [
        ("iso-8859-5, unicode-1-1;q=0.8", "ISO-8859-5"),
        ("*;q=0.5, ISO-8859-5;q=0", "utf-8"),
        ("koi8-r", None),
        (None, "utf-8"),
    ],
)
def test_a_charset_is_chosen(accept, selected):
    assert negotiate_charset(accept, ["utf-8", "ISO-8859-5"]).selected == selected


# RFC 4647 section 3.4
@pytest.mark.parametrize(
    ("accept", "offers", "selected"),
    [
        pytest.param("zh-Hant-CN-x-private1", ["zh-Hant", "zh"], "zh-Hant", id="truncated"),
        pytest.param("zh-Hant-CN-x-private1", ["zh-Hant-CN-x", "zh"], "zh", id="no-single-at-end"),
        pytest.param("en", ["en-GB"], None, id="never-longer-than-the-range"),
        pytest.param("fr-FR, zh-Hant", ["zh-Hant", "fr"], "fr", id="each-range-to-its-end-first"),
        pytest.param("de;q=0.5, fr", ["de", "fr"], "fr", id="by-weight"),
        pytest.param("de, fr", ["fr", "de"], "de", id="equal-weights-by-the-list"),
        pytest.param("*", ["fr", "de"], "fr", id="any-is-the-first-offer"),
        pytest.param("*, de;q=0.1", ["fr", "de"], "de", id="any-is-skipped-before-others"),
        pytest.param("*, fr;q=0", ["fr", "fr-CA", "de"], "de", id="any-but-what-is-excluded"),
        pytest.param("en-US, en;q=0", ["en"], None, id="excluded-is-not-reached"),
        pytest.param("en-US, *;q=0", ["en"], "en", id="asterisk-excludes-only-the-rest"),
        pytest.param(None, ["fr", "de"], "fr", id="absent"),
        pytest.param("EN-gb", ["en-GB"], "en-GB", id="case-blind"),
    ],
)
def test_a_language_is_looked_up(accept, offers, selected):
    assert negotiate_language(accept, offers).selected == selected


# RFC 4647 section 3.4.1
@pytest.mark.parametrize(
    ("offers", "default_range", "default", "selected"),
    [
        pytest.param(["ja", "ja-JP"], "ja-JP", None, "ja-JP", id="range"),
        pytest.param(["ja"], "ja-JP", "en", "ja", id="range-truncated"),
        pytest.param(["ko"], "ja-JP", "ko", "ko", id="default-after-range"),
        pytest.param(["ko"], None, "en", "en", id="default-not-offered"),
        pytest.param(["ko"], "ja", None, None, id="nothing"),
    ],
)
@pytest.mark.parametrize("accept", ["fr-FR, zh-Hant", "fr, de;q=0"])
def test_the_default_comes_last(accept, offers, default_range, default, selected):
    answer = negotiate_language(accept, offers, default=default, default_range=default_range)
    assert answer.selected == selected
    assert answer.quality is None


def test_any_language_asks_for_the_default():
    assert negotiate_language("fr, *", ["ko", "ja"], default="ja").selected == "ja"
    assert negotiate_language(None, ["ko", "ja"], default="ja").selected == "ja"


def test_a_lookup_in_vain_says_what_filtering_would_find():
    assert "filtering would select 'en-GB'" in negotiate_language("en", ["en-GB"]).reason


# RFC 4647 section 3.3.1
@pytest.mark.parametrize(
    ("accept", "offers", "ranked"),
    [
        pytest.param("de-de", ["de", "de-DE-1996", "de-Deva"], ["de-DE-1996"], id="rfc-example"),
        pytest.param("en", ["en-GB", "en", "eng"], ["en", "en-GB"], id="exact-first"),
        pytest.param("en, en-GB;q=0", ["en-GB", "en-US"], ["en-US"], id="specific-zero"),
        pytest.param("*;q=0.1, de", ["fr", "de"], ["de", "fr"], id="any-last"),
        pytest.param("en-GB", ["en"], [], id="never-shorter-than-the-range"),
    ],
)
def test_languages_are_filtered(accept, offers, ranked):
    answer = negotiate_language(accept, offers, match="filter")
    assert [one.offer for one in answer.ranked] == ranked


def test_unusable_language_questions_are_refused():
    with pytest.raises(PolicyError, match="did you mean 'en-GB'"):
        negotiate_language("en", ["en_GB"])
    with pytest.raises(PolicyError, match="scheme"):
        negotiate_language("en", ["en"], match="extended")


def test_explaining_tells_every_offer():
    answer = negotiate_type("text/*;q=0.5, text/html;q=0, */*", ["text/html", "a/b"], explain=True)
    assert [step.outcome for step in answer.steps] == [
        "quality 0 by the range 'text/html': excluded; overridden: "
        "quality 0.5 by the range 'text/*', quality 1 by the range '*/*'",
        "quality 1 by the range '*/*'",
        "a/b",
    ]
    assert negotiate_type("*/*", ["a/b"]).steps == ()


def test_explaining_lookup_tells_every_range():
    answer = negotiate_language("de-AT, fr;q=0, *", ["de", "fr"], explain=True)
    assert [step.outcome for step in answer.steps] == [
        "finds 'de'",
        "asks for the default, or else any tag left, in the server's order",
        "its most specific range has weight 0",
    ]


def test_problems_are_bounded():
    problems = negotiate_type("x," * 5000, ["a/b"]).problems
    assert len(problems) == 102
    assert problems[100].message == "4900 more such members"


# Sizes that would take hours if any step were quadratic.
@pytest.mark.parametrize(
    "accept",
    [
        pytest.param("," * 1_000_000, id="commas"),
        pytest.param(",".join(f"a/b{n};q=0.5" for n in range(100_000)), id="ranges"),
        pytest.param(",".join(f"a/b;x={n}" for n in range(50_000)), id="parameterised-ranges"),
        pytest.param('a/b;x="' + "\\" * 500_000, id="backslashes"),
        pytest.param("a/b" + ";" * 500_000, id="semicolons"),
    ],
)
def test_hostile_fields_are_answered(accept):
    offers = ["a/b0", "a/b;x=1", *(f"a/c{n};x={n}" for n in range(2_000))]
    assert negotiate_type(accept, offers).status in (200, 406)


FIELDS = st.text(st.sampled_from('ab/*;q=.015," \\-xé\x00')) | st.text()


@given(FIELDS)
def test_any_field_is_answered(field):
    for answer in (
        negotiate_type(field, ["a/b", "a/a;x=1"], explain=True),
        negotiate_encoding(field, ["a", "identity"], explain=True),
        negotiate_charset(field, ["a", "b"]),
        negotiate_language(field, ["a", "a-b"], explain=True),
        negotiate_language(field, ["a", "a-b"], match="filter", explain=True),
    ):
        assert answer.ok == (answer.selected is not None) == bool(answer.ranked)
        assert (
            sorted((one.quality for one in answer.ranked), reverse=True)[:1]
            == ([answer.quality] if answer.ok else [])
            or answer.reference == "RFC 4647 section 3.4"
        )


@given(st.lists(st.sampled_from(["a/b", "a/c", "a/*", "*/*"]), unique=True), st.integers(1, 999))
def test_a_higher_weight_never_costs_an_offer_its_place(others, thousandths):
    field = "".join(f", {other};q=0.5" for other in others if other != "a/b")
    lower = negotiate_type(f"a/b;q={thousandths / 1000}{field}", ["a/c", "a/b"])
    higher = negotiate_type(f"a/b{field}", ["a/c", "a/b"])
    places = [[one.offer for one in answer.ranked].index("a/b") for answer in (lower, higher)]
    assert places[1] <= places[0]
