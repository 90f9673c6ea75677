"""One link of a Link field."""

import pytest

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.links import parse_link


# RFC 8288 sections 3 and 3.5
@pytest.mark.parametrize(
    ("member", "target", "parameters"),
    [
        pytest.param("</>", "/", [], id="target-only"),
        pytest.param(
            '<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"',
            "http://example.com/TheBook/chapter2",
            [("rel", "previous"), ("title", "previous chapter")],
            id="example",
        ),
        pytest.param(
            "< /a;b >;REL = x ;;crossorigin",
            "/a;b",
            [("rel", "x"), ("crossorigin", None)],
            id="blanks-and-bare-name",
        ),
        pytest.param('<a>; title="<b>; rel=c"', "a", [("title", "<b>; rel=c")], id="quotes"),
        pytest.param("<>; rel=self", "", [("rel", "self")], id="empty-reference"),
    ],
)
def test_link(member, target, parameters):
    link = parse_link(member)
    assert link.target == target
    assert [(name, value) for name, value, *_ in link.parameters] == parameters


@pytest.mark.parametrize("member", ["", "/a; rel=b", "<a", "<a> rel=b", "x<a>; rel=b"])
def test_malformed_link_is_refused(member):
    with pytest.raises(FieldSyntaxError) as caught:
        parse_link(member)
    assert caught.value.reference == "RFC 8288 section 3"
