"""Variants of several dimensions: RFC 9110 sections 12.1 and 12.5."""

import pytest

from httpheaders.errors import PolicyError
from httpheaders.variant_negotiation import Variant, negotiate_variants

VARIANTS = [
    Variant("text/html", "en"),
    Variant("text/html", "fr", quality=0.8),
    Variant("application/pdf", "de", encoding="gzip"),
]


# RFC 9110 section 12.1
@pytest.mark.parametrize(
    ("fields", "language", "quality"),
    [
        pytest.param({}, "en", 1, id="nothing-asked"),
        pytest.param({"accept_language": "fr"}, "fr", 0.8, id="by-language"),
        pytest.param({"accept": "application/pdf, */*;q=0.5"}, "de", 1, id="by-type"),
        pytest.param(
            {"accept": "application/pdf, */*;q=0.5", "accept_encoding": "gzip;q=0"},
            "en", 0.0005, id="coding-excluded",
        ),
        pytest.param({"accept_language": "de-AT, en;q=0.1", "accept": "text/*"}, "en", 0.1,
                     id="lookup-among-what-is-left"),
        pytest.param({"accept_language": "ja"}, None, None, id="none"),
    ],
)  # fmt: skip
def test_a_variant_is_chosen(fields, language, quality):
    answer = negotiate_variants(VARIANTS, **fields)
    assert (answer.selected and answer.selected.language) == language
    assert answer.quality == quality
    assert answer.vary == ("Accept", "Accept-Encoding", "Accept-Language")
    assert answer.status == (200 if language else 406)


def test_vary_names_only_the_dimensions_that_variants_have():
    answer = negotiate_variants([Variant(charset="utf-8")], accept="x/y", accept_charset="*")
    assert answer.vary == ("Accept-Charset",)
    assert answer.ok


@pytest.mark.parametrize(
    "variant", [Variant("text/*"), Variant(language="en_GB"), Variant("a/b", quality=1.5)]
)
def test_a_variant_that_cannot_be_meant_is_refused(variant):
    with pytest.raises(PolicyError):
        negotiate_variants([variant])
