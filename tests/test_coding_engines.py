"""The engines of content codings: what is installed, and what is named."""

import gzip

import pytest

from httpheaders import coding_engines
from httpheaders.coding_engines import (
    detect_coding,
    is_available,
)
from httpheaders.content_codings import compress
from httpheaders.errors import PolicyError


@pytest.mark.parametrize("coding", ["lzma", "identity", "", "deflate", "compress"])
def test_what_cannot_be_made_is_refused(coding):
    assert not is_available(coding)
    with pytest.raises(PolicyError):
        compress(b"", coding)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(coding_engines, "_loaded", {"br": None, "zstd": None, "engine": "zlib"})
    assert not is_available("br")
    with pytest.raises(PolicyError, match=r"pip install 'httpheaders-cli\[br\]'"):
        compress(b"", "br")
    assert gzip.decompress(compress(b"abc")) == b"abc"
    with pytest.raises(PolicyError, match="unknown deflate engine 'lzma'"):
        compress(b"", engine="lzma")


def test_codings_are_known_by_their_beginning():
    assert detect_coding(b"\x1f\x8b\x08\x00") == "gzip"
    assert detect_coding(b"\x28\xb5\x2f\xfd") == "zstd"
    assert detect_coding(b"") is None
    assert detect_coding(b"\x1f") is None
