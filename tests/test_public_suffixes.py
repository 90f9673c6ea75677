"""Public suffixes."""

from __future__ import annotations

import pytest

from httpheaders import public_suffixes
from httpheaders.public_suffixes import PublicSuffixes, installed_public_suffixes

SUFFIXES = PublicSuffixes(["com", "co.uk", "*.ck", "!www.ck", "公司.cn", "github.io"])


# RFC 6265bis section 8.9, the rules of publicsuffix.org
@pytest.mark.parametrize(
    ("domain", "suffix", "registrable"),
    [
        pytest.param("com", True, None, id="a rule of one label"),
        pytest.param("example.com", False, "example.com", id="below it"),
        pytest.param("a.b.example.com", False, "example.com", id="far below it"),
        pytest.param("co.uk", True, None, id="a rule of two labels"),
        pytest.param("uk", True, None, id="the default rule"),
        pytest.param("x.co.uk", False, "x.co.uk", id="below two labels"),
        pytest.param("anything.ck", True, None, id="a wildcard"),
        pytest.param("a.anything.ck", False, "a.anything.ck", id="below a wildcard"),
        pytest.param("www.ck", False, "www.ck", id="an exception"),
        pytest.param("a.www.ck", False, "www.ck", id="below an exception"),
        pytest.param("github.io", True, None, id="a private rule"),
        pytest.param("me.github.io", False, "me.github.io", id="below a private rule"),
        pytest.param("xn--55qx5d.cn", True, None, id="a rule in U-labels"),
        pytest.param("a.xn--55qx5d.cn", False, "a.xn--55qx5d.cn", id="below it"),
        pytest.param("com.", True, None, id="a trailing dot"),
        pytest.param("10.0.0.1", False, None, id="an address"),
        pytest.param("", False, None, id="nothing"),
    ],
)
def test_public_suffixes(domain, suffix, registrable):
    assert SUFFIXES.is_public_suffix(domain) is suffix
    assert SUFFIXES.registrable_domain(domain) == registrable


def test_the_installed_list_is_read_where_it_is_installed():
    pytest.importorskip("publicsuffixlist", reason="the extra psl is not installed")
    suffixes = installed_public_suffixes()
    assert suffixes.source == "the package publicsuffixlist"
    assert suffixes.is_public_suffix("co.uk")
    assert suffixes.is_public_suffix("github.io")
    assert not suffixes.is_public_suffix("www.ck")
    assert not suffixes.is_public_suffix("example.com")


def test_without_the_package_the_default_rule_holds_and_says_so(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    suffixes = installed_public_suffixes.__wrapped__()
    assert suffixes is public_suffixes.DEFAULT_RULE
    assert "publicsuffixlist is missing" in suffixes.source
    assert suffixes.is_public_suffix("uk")
    assert not suffixes.is_public_suffix("co.uk")
