"""Seconds in sentences: in full, whatever their size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.seconds import shown_seconds


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (60, "60"),
        (60.0, "60"),
        (0.5, "0.5"),
        (-1.25, "-1.25"),
        (31536000, "31536000"),
        (31536000.0, "31536000"),
        (91818016.99000001, "91818016.99"),
        (0.1 + 0.2, "0.3"),
        (1e-9, "0"),
    ],
)
def test_shown(seconds, shown):
    assert shown_seconds(seconds) == shown


@given(st.floats(-1e9, 1e9) | st.integers(-(2**53), 2**53))
def test_what_is_shown_is_what_was_meant(seconds):
    shown = shown_seconds(seconds)
    assert "e" not in shown
    assert float(shown) == pytest.approx(seconds, abs=1e-6)
