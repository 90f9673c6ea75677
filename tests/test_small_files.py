"""Key files: one key, whoever reads the file."""

from __future__ import annotations

import pytest

from httpheaders.errors import InputError, PolicyError
from httpheaders.policy_file import load_policy
from httpheaders.small_files import LARGEST_KEY, read_key_file


@pytest.fixture
def read_by_policy(tmp_path):
    """Reads a key as a policy beside it does."""
    policy = tmp_path / "policy.toml"
    policy.write_text('[session]\nkey_file = "key"\n')
    return lambda: load_policy(str(policy)).session.form.keys.secrets[0]


@pytest.mark.parametrize(
    ("octets", "key"),
    [
        pytest.param(b"k", b"k", id="no-end-of-line"),
        pytest.param(b"k\n", b"k", id="lf"),
        pytest.param(b"k\r\n", b"k", id="crlf"),
        pytest.param(b"k\n\n", b"k\n", id="the-last-line-alone-ends"),
        pytest.param(b" k\0\xff \n", b" k\0\xff ", id="any-octets"),
        pytest.param(b"k" * LARGEST_KEY, b"k" * LARGEST_KEY, id="as-long-as-may-be"),
    ],
)
def test_keys_end_where_their_last_line_does(tmp_path, read_by_policy, octets, key):
    (tmp_path / "key").write_bytes(octets)
    assert read_key_file(str(tmp_path / "key")) == key
    assert read_by_policy() == key


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        pytest.param(b"", "the key is empty", id="empty"),
        pytest.param(b"\r\n", "the key is empty", id="an-empty-line"),
        pytest.param(b"k" * (LARGEST_KEY + 1), "at most 65536 octets", id="no-key-at-all"),
    ],
)
def test_what_is_no_key_is_refused(tmp_path, read_by_policy, octets, told):
    (tmp_path / "key").write_bytes(octets)
    with pytest.raises(InputError, match=told):
        read_key_file(str(tmp_path / "key"))
    with pytest.raises(PolicyError, match=told):
        read_by_policy()


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        read_key_file(str(tmp_path / "nowhere"))
