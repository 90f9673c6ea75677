"""Bypass origins: which are tried, and which careless policies they find."""

import pytest

from httpheaders.cors_origins import OriginRegex
from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_probe import bypass_origins, probe_policy

APP = "https://app.example.com"


def techniques(**policy):
    return {probe.technique for probe in probe_policy(CorsPolicy(**policy)).admitted}


@pytest.mark.parametrize(
    "origins",
    [
        [APP],
        ["https://*.example.com"],
        ["https://*.example.com:*"],
        ["http://localhost:*"],
        ["http://127.0.0.1:8080", "http://[::1]"],
        [APP, "http://app.example.com"],
        [],
    ],
)
def test_policies_of_ours_let_no_bypass_in(origins):
    probe = probe_policy(CorsPolicy(origins))
    assert (probe.ok, probe.admitted) == (True, ())
    assert probe.tried >= 4


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        pytest.param({"allow_origins": ["*"]}, {"any", "null"}, id="any"),
        pytest.param({"allow_origins": [APP, "null"]}, {"null"}, id="null"),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex(r"https://app\.example\.com", "prefix")]},
            {"suffix", "parser"},
            id="no end",
        ),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex(r"app\.example\.com$", "search")]},
            {"prefix", "scheme"},
            id="no beginning",
        ),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex("https://app.example.com")]}, {"dot"}, id="dot"
        ),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex(r"https://app\.example\.com", "full", True)]},
            {"case"},
            id="case",
        ),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex(r"https?://app\.example\.com")]},
            {"scheme"},
            id="scheme",
        ),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex(r"https://.*example\.com")]},
            {"prefix", "parser"},
            id="no dot before the name",
        ),
        pytest.param(
            {"allow_origin_regexes": [OriginRegex(r"https://\w+\.example\.com")]}, set(), id="sound"
        ),
    ],
)
def test_careless_policies_are_found(policy, found):
    assert found <= techniques(**policy)
    assert probe_policy(CorsPolicy(**policy)).ok is (not found)


@pytest.mark.parametrize(
    "technique",
    [
        *("any", "null", "loopback", "suffix", "prefix", "dot", "case", "scheme", "port"),
        *("subdomain", "punycode", "parser", "list", "form"),
    ],
)
def test_every_technique_is_tried(technique):
    probes = bypass_origins(CorsPolicy([APP]))
    assert technique in {probe.technique for probe in probes}
    assert len({probe.origin for probe in probes}) == len(probes)


def test_some_that_scanners_know():
    tried = {probe.origin for probe in bypass_origins(CorsPolicy([APP]))}
    assert tried >= {
        "null",
        "http://app.example.com",
        "https://app.example.com.attacker.example",
        "https://attackerapp.example.com",
        "https://appxexample.com",
        "https://APP.EXAMPLE.COM",
        "https://app.example.com:1337",
        "https://attacker.app.example.com",
        "https://app.example.com_.attacker.example",
        "https://app.example.com, https://attacker.example",
    }
    assert any("xn--" in origin for origin in tried)


def test_the_reason_names_the_first_and_its_harm():
    probe = probe_policy(CorsPolicy([APP, "null"]))
    assert probe.reason.startswith("1 of ")
    assert "sandboxed frame" in probe.reason
    assert [problem.where for problem in probe.problems] == ["policy origin"]


def test_steps_tell_every_origin():
    probe = probe_policy(CorsPolicy([APP]), explain=True)
    assert len(probe.steps) == probe.tried
