"""The text of cache directives."""

import pytest

from httpheaders.syntax.cache_directives import Directive, split_directives


# RFC 9111 section 5.2
@pytest.mark.parametrize(
    ("value", "directives"),
    [
        pytest.param("no-store", [("no-store", None, False)], id="no-argument"),
        pytest.param("Max-Age=5", [("max-age", "5", False)], id="name-in-lower-case"),
        pytest.param('max-age="5"', [("max-age", "5", True)], id="quoted"),
        pytest.param(
            'a="x, no-store, \\"y", b',
            [("a", 'x, no-store, "y', True), ("b", None, False)],
            id="comma-and-quote-in-quotes",
        ),
        pytest.param(",, a , ,b=C", [("a", None, False), ("b", "C", False)], id="empty-elements"),
        pytest.param("a, a=1", [("a", None, False), ("a", "1", False)], id="repeats-are-kept"),
        pytest.param("", [], id="empty"),
    ],
)
def test_directives(value, directives):
    found = split_directives(value)
    assert [directive[:3] for directive in found] == directives
    assert not [directive for directive in found if directive.flaw]


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        pytest.param("a =1", None, None, id="blank-before-equals"),
        pytest.param("=1", None, None, id="no-name"),
        pytest.param("max-age= 5", "max-age", " 5", id="blank-behind-equals"),
        pytest.param("a=", "a", "", id="empty-argument"),
        pytest.param('a="x', "a", '"x', id="unclosed-quote"),
        pytest.param('a="x" y', "a", '"x" y', id="text-behind-quotes"),
    ],
)
def test_malformed_directive_is_told(text, name, argument):
    (directive,) = split_directives(text)
    assert directive == Directive(name, argument, text=text, flaw=directive.flaw)
    assert directive.flaw
