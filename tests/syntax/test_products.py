"""Products and comments."""

import pytest

from httpheaders.syntax.products import (
    Product,
    parse_products,
    read_comment,
    split_outside_comments,
)


# RFC 9110 sections 10.1.5 and 10.2.4
@pytest.mark.parametrize(
    ("value", "products"),
    [
        pytest.param(
            "CERN-LineMode/2.15 libwww/2.17b3",
            [Product("CERN-LineMode", "2.15", ()), Product("libwww", "2.17b3", ())],
            id="example",
        ),
        pytest.param("nginx", [Product("nginx", None, ())], id="no-version"),
        pytest.param(
            "a/1 (x (y)) (z) b",
            [Product("a", "1", ("x (y)", "z")), Product("b", None, ())],
            id="nested-and-several-comments",
        ),
        pytest.param(
            "(x) a", [Product(None, None, ("x",)), Product("a", None, ())], id="comment-first"
        ),
        pytest.param("a(x)", [Product("a", None, ("x",))], id="no-blank"),
        pytest.param(r"a (\) \\)", [Product("a", None, (r") " + "\\",))], id="quoted-pairs"),
        pytest.param("", [], id="empty"),
    ],
)
def test_products(value, products):
    assert parse_products(value) == (products, [])


@pytest.mark.parametrize(
    ("value", "products"),
    [
        pytest.param("a b@c d", ["a", "d"], id="no-token"),
        pytest.param("a/b/c d", ["d"], id="two-slashes"),
        pytest.param("a (b c", ["a"], id="unclosed-comment"),
        pytest.param(") a", ["a"], id="stray-parenthesis"),
    ],
)
def test_malformed_products_are_told(value, products):
    found, flaws = parse_products(value)
    assert [product.name for product in found] == products
    assert len(flaws) == 1


# RFC 9110 section 5.6.5
def test_comments_nest():
    assert read_comment("a (b (c) d) e", 2) == ("b (c) d", 11)
    assert read_comment("(a", 0) == (None, 0)


def test_commas_in_comments_do_not_split():
    assert split_outside_comments("a (b, (c,) d), e,,") == ["a (b, (c,) d)", "e"]
    assert split_outside_comments("a), b") == ["a)", "b"]
