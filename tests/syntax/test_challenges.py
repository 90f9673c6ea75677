"""Challenges and credentials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpheaders.syntax.challenges import (
    Challenge,
    parse_auth_parameters,
    parse_challenges,
    parse_credentials,
)
from httpheaders.syntax.grammar import quote


# RFC 9110 sections 11.3 and 11.6.1
@pytest.mark.parametrize(
    ("value", "challenges"),
    [
        pytest.param("Negotiate", [Challenge("Negotiate", None, ())], id="bare-scheme"),
        pytest.param("Negotiate abc==", [Challenge("Negotiate", "abc==", ())], id="token68"),
        pytest.param(
            'Basic realm="a, b = c", Digest qop="auth,auth-int", nonce=x',
            [
                Challenge("Basic", None, (("realm", "a, b = c"),)),
                Challenge("Digest", None, (("qop", "auth,auth-int"), ("nonce", "x"))),
            ],
            id="commas-of-both-sorts",
        ),
        pytest.param(
            'Newauth Realm = "apps", type=1,, title="Login to \\"apps\\"", Basic realm="simple"',
            [
                Challenge(
                    "Newauth",
                    None,
                    (("realm", "apps"), ("type", "1"), ("title", 'Login to "apps"')),
                ),
                Challenge("Basic", None, (("realm", "simple"),)),
            ],
            id="the-section's-example-with-blanks",
        ),
        pytest.param(
            " , A, B x, C y=z ,",
            [
                Challenge("A", None, ()),
                Challenge("B", "x", ()),
                Challenge("C", None, (("y", "z"),)),
            ],
            id="empty-elements",
        ),
        pytest.param("", [], id="empty"),
    ],
)
def test_challenges(value, challenges):
    assert parse_challenges(value) == (challenges, [])


@pytest.mark.parametrize(
    ("value", "schemes"),
    [
        pytest.param('Basic realm="a" charset=utf-8, Bearer', ["Basic", "Bearer"], id="no-comma"),
        pytest.param('Basic realm="a', ["Basic"], id="unclosed-quote"),
        pytest.param('"x", Bearer', ["Bearer"], id="no-scheme"),
        pytest.param("Bearer, realm=x", ["Bearer"], id="parameter-behind-a-bare-scheme"),
        pytest.param("Bearer a:b, Basic", ["Bearer", "Basic"], id="neither-token68"),
        pytest.param("Basic realm=a/b", ["Basic"], id="value-that-needs-quotes"),
    ],
)
def test_malformed_challenges_cost_only_themselves(value, schemes):
    found, flaws = parse_challenges(value)
    assert [challenge.scheme for challenge in found] == schemes
    assert flaws


# RFC 9110 section 11.4
@pytest.mark.parametrize(
    ("value", "credentials", "is_flawed"),
    [
        pytest.param("Basic dTpw", Challenge("Basic", "dTpw", ()), False, id="token68"),
        pytest.param(
            'Digest username="Mufasa", uri="/", nc=00000001',
            Challenge("Digest", None, (("username", "Mufasa"), ("uri", "/"), ("nc", "00000001"))),
            False,
            id="parameters",
        ),
        pytest.param("Bearer a:b, c", Challenge("Bearer", "a:b, c", ()), True, id="anything-else"),
        pytest.param(
            "AWS4 Credential=A/b, Signature=ff",
            Challenge("AWS4", None, (("credential", "A/b"), ("signature", "ff"))),
            True,
            id="value-that-needs-quotes",
        ),
        pytest.param("Negotiate", Challenge("Negotiate", None, ()), False, id="bare-scheme"),
        pytest.param("", None, True, id="empty"),
    ],
)
def test_credentials(value, credentials, is_flawed):
    found, flaws = parse_credentials(value)
    assert found == credentials
    assert bool(flaws) == is_flawed


# RFC 9110 section 11.6.3
def test_authentication_info():
    assert parse_auth_parameters('a="b,c", d=e') == ([("a", "b,c"), ("d", "e")], [])
    assert parse_auth_parameters("a=b, c")[0] == [("a", "b")]
    assert parse_auth_parameters("a=b, c")[1]


_names = st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,8}", fullmatch=True)
_values = st.text(st.characters(min_codepoint=0x20, exclude_characters="\x7f"), max_size=12)
_challenges = st.builds(
    Challenge,
    _names,
    st.none(),
    st.lists(st.tuples(_names.map(str.lower), _values), min_size=1, max_size=3).map(tuple),
)


@given(st.lists(_challenges, max_size=4))
def test_written_challenges_come_back(challenges):
    lines = [
        f"{scheme} " + ", ".join(f"{name}={quote(value)}" for name, value in parameters)
        for scheme, _, parameters in challenges
    ]
    assert parse_challenges(", ".join(lines)) == (challenges, [])
