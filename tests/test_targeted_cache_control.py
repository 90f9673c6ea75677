"""Targeted fields, RFC 9213."""

from __future__ import annotations

import pytest

from httpheaders.cache_control import CacheControl
from httpheaders.cache_settings import CacheSettings
from httpheaders.messages.headers import Headers
from httpheaders.targeted_cache_control import governing_directives, parse_targeted_field

# RFC 9213 section 2.1
READ = [
    pytest.param("max-age=60, no-store", CacheControl(max_age=60, no_store=True), id="plain"),
    pytest.param("max-age=60;a=1", CacheControl(max_age=60), id="parameters-are-ignored"),
    pytest.param('private="a, b"', CacheControl(private_fields=("a", "b")), id="field-names"),
    pytest.param("none", CacheControl(extensions=(("none", None),)), id="none"),
    pytest.param("no-store=?0", CacheControl(), id="false-is-absent"),
    pytest.param('max-age="60"', CacheControl(unreadable=("max-age",)), id="string-for-integer"),
    pytest.param("max-age=60.0", CacheControl(unreadable=("max-age",)), id="decimal-for-integer"),
    pytest.param("max-age=-1", CacheControl(unreadable=("max-age",)), id="negative"),
    pytest.param("", None, id="empty"),
    pytest.param("max-age=1, &&", None, id="not-a-dictionary"),
    pytest.param("max-age =1", None, id="blank-before-equals"),
    pytest.param("MAX-AGE=1", None, id="keys-are-lower-case"),
]


@pytest.mark.parametrize(("value", "directives"), READ)
def test_field_is_read(value, directives):
    assert parse_targeted_field(value) == directives


BOTH = CacheSettings(targets=("Example-Cache-Control", "CDN-Cache-Control"))

# RFC 9213 section 2.2
CHOSEN = [
    pytest.param({"Cache-Control": "no-store"}, "Cache-Control", id="none-there"),
    pytest.param({"CDN-Cache-Control": "max-age=1"}, "CDN-Cache-Control", id="one-there"),
    pytest.param({"CDN-Cache-Control": "max-age=1", "Example-Cache-Control": "max-age=2"},
                 "Example-Cache-Control", id="first-of-the-list"),
    pytest.param({"CDN-Cache-Control": "max-age=1", "Example-Cache-Control": "&"},
                 "CDN-Cache-Control", id="first-valid-one"),
    pytest.param({"CDN-Cache-Control": "", "Cache-Control": "no-store"}, "Cache-Control",
                 id="empty-falls-back"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "field"), CHOSEN)
def test_first_valid_field_governs(fields, field):
    governing = governing_directives(Headers(fields.items()), BOTH)
    assert governing.field == field
    assert governing.targeted is (field != "Cache-Control")


def test_cache_without_targets_obeys_cache_control():
    headers = Headers([("CDN-Cache-Control", "max-age=9"), ("Cache-Control", "no-store")])
    assert governing_directives(headers, CacheSettings()).directives.no_store
