"""The plain door: two arguments, one dictionary."""

import pytest

from httpheaders.cors import check_cors
from httpheaders.errors import PolicyError

APP = "https://app.example.com"
PREFLIGHT = {"Method": "OPTIONS", "Origin": APP, "Access-Control-Request-Method": "PUT"}


def test_an_allowed_origin():
    assert check_cors({"Origin": APP}, [APP]) == {
        "allowed": True,
        "is_preflight": False,
        "response_headers": {"Access-Control-Allow-Origin": APP, "Vary": "Origin"},
    }


def test_a_preflight():
    answer = check_cors(PREFLIGHT, [APP])
    assert answer["allowed"]
    assert answer["is_preflight"]
    headers = answer["response_headers"]
    assert headers["Access-Control-Allow-Origin"] == APP
    assert headers["Access-Control-Allow-Methods"] == "GET, POST, PUT, DELETE, OPTIONS"
    assert headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("headers", "origins", "allowed"),
    [
        pytest.param({"Origin": "https://evil.example"}, [APP], False, id="another origin"),
        pytest.param({}, [APP], False, id="no origin"),
        pytest.param({"Origin": APP}, [], False, id="nobody is allowed"),
        pytest.param({"Origin": APP}, ["*"], True, id="anybody is allowed"),
        pytest.param({"origin": APP}, [APP], True, id="lower-case name"),
        pytest.param({"Origin": [APP]}, (APP,), True, id="lines in a list"),
        pytest.param({"Origin": APP}, ["https://*.example.com"], True, id="subdomain"),
        pytest.param(
            {**PREFLIGHT, "Access-Control-Request-Method": "PATCH"}, [APP], False, id="method"
        ),
        pytest.param(
            {**PREFLIGHT, "Access-Control-Request-Headers": "authorization,x-a"},
            [APP],
            True,
            id="names",
        ),
    ],
)
def test_who_is_allowed(headers, origins, allowed):
    answer = check_cors(headers, origins)
    assert answer["allowed"] is allowed
    assert ("Access-Control-Allow-Origin" in answer["response_headers"]) is allowed
    assert "*" in origins or answer["response_headers"]["Vary"] == "Origin"


def test_a_malformed_origin_is_refused_with_the_right_form():
    with pytest.raises(PolicyError, match=r"write 'https://app\.example\.com'"):
        check_cors({"Origin": APP}, [APP + "/"])
    with pytest.raises(ValueError, match="write"):
        check_cors({}, ["app.example.com"])
