"""Media types read as browsers read them, against web-platform-tests."""

import pytest

from httpheaders.errors import FieldSyntaxError
from httpheaders.syntax.media_types import format_media_type, parse_media_type, parse_mime_type

from .vectors import load


@pytest.mark.parametrize("vector", load("negotiation/mime_parse.jsonl"))
def test_mime_type(vector):
    text = vector["input"]["input"]
    read = parse_mime_type(text)
    assert (read and format_media_type(read)) == vector["expected"]["output"]
    if vector.get("lenient"):
        with pytest.raises(FieldSyntaxError):
            parse_media_type(text)
