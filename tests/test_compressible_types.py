"""Which media types are worth compressing."""

import pytest

from httpheaders.compressible_types import is_worth_compressing


@pytest.mark.parametrize(
    ("content_type", "worth"),
    [
        ("text/plain", True),
        (" Application/JSON ;charset=x", True),
        ("application/vnd.api+json", True),
        ("image/jpeg", False),
        ("", False),
        ("json", False),
        ("audio/mpeg", False),
    ],
)
def test_which_types_are_worth_it(content_type, worth):
    assert is_worth_compressing(content_type) is worth
