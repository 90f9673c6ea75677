"""`httpheaders session`: tokens through the shell, and nothing secret anywhere."""

from __future__ import annotations

import json
import os
import stat

import pytest

from tests.cli.program import run, shell

SECRET = "a secret of the tests, long enough"
OLD_SECRET = "another secret, long enough as well"
NOW = ("--now", "1700000000")


@pytest.fixture
def keys(tmp_path):
    (tmp_path / "new.key").write_text(SECRET + "\n")
    (tmp_path / "old.key").write_text(OLD_SECRET)
    return tmp_path


def session(keys, *arguments, stdin=b"", status=0):
    done = run("session", *arguments, stdin=stdin, cwd=keys)
    assert (done.returncode, done.stderr) == (status, b"")
    return done.stdout


def signed(keys, *arguments, stdin=b"", key="new.key"):
    """A token, made with a key of this name."""
    arguments = ("sign", "--key-file", key, "--raw", *NOW, *arguments)
    return session(keys, *arguments, stdin=stdin).strip()


def verified(keys, token, *arguments, status=0):
    arguments = ("verify", "--key-file", "new.key", *NOW, *arguments)
    return json.loads(session(keys, *arguments, stdin=token, status=status))


# --- sign and verify ---


def test_a_token_goes_through_a_pipe(keys):
    answer = verified(keys, signed(keys, "--user-id", "ada", "--role", "admin", "--ttl", "10m"))
    assert answer["user"] == {"user_id": "ada", "role": "admin"}
    assert (answer["expires_in"], answer["key"], answer["resign"]) == (600, "new.key", False)


def test_a_token_lasts_an_hour_unless_told(keys):
    token = signed(keys, "--user-id", "ada")
    assert verified(keys, token, "--now", "1700003599")["ok"]
    assert verified(keys, token, "--now", "1700003600", status=1)["reason"] == "Token expired"
    assert verified(keys, token, "--now", "1700003600", "--leeway", "1s")["ok"]
    late = verified(keys, token, "--max-age", "10s", "--now", "1700000010", status=1)
    assert late["reason"] == "Token expired"


def test_a_token_for_later(keys):
    token = signed(keys, "--user-id", "ada", "--not-before", "1700000100")
    assert verified(keys, token, status=1)["reason"] == "Token not yet valid"
    assert verified(keys, token, "--now", "1700000100")["ok"]


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({"user_id": 7, "cart": [1, {"a": None}]}, {"user_id": 7, "cart": [1, {"a": None}]}),
        ({"claims": {"id": 5, "x": None}}, {"id": 5, "x": None}),
        ({"id": 5, "x": 1}, {"id": 5, "x": 1}),
        ({"user_id": "a", "ttl": 5}, {"user_id": "a"}),
    ],
)
def test_claims_from_standard_input(keys, claims, user):
    token = signed(keys, stdin=json.dumps(claims).encode())
    assert verified(keys, token)["user"] == user


def test_a_token_may_come_with_its_time(keys):
    token = signed(keys, "--user-id", "ada", "--ttl", "60").decode()
    for now, status in ((1700000059, 0), (1700000060, 1)):
        verified(keys, json.dumps({"token": token, "now": now}).encode(), status=status)


@pytest.mark.parametrize("key", ["leeway", "max_age", "salt", "format", "audience", "key_file"])
def test_a_token_never_comes_with_how_far_it_is_to_be_trusted(keys, key):
    stdin = json.dumps({"token": "a.b", key: "9"}).encode()
    done = run("session", "verify", "--key-file", "new.key", stdin=stdin, cwd=keys)
    assert (done.returncode, f"unknown key '{key}'".encode() in done.stderr) == (2, True)


def test_lines_of_claims_and_of_tokens(keys):
    claims = b'{"user_id": 1, "id": "x"}\nnot json\n{"user_id": 2}\n'
    done = run("session", "sign", "--key-file", "new.key", stdin=claims, cwd=keys)
    assert done.returncode == 2
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, None, True]
    assert answers[0]["id"] == "x"
    tokens = "\n".join([answers[0]["token"], "x.y", answers[2]["token"]]).encode()
    verify = ("session", "verify", "--key-file", "new.key", "--lines")
    done = run(*verify, stdin=tokens, cwd=keys)
    assert done.returncode == 1
    assert [json.loads(line)["ok"] for line in done.stdout.splitlines()] == [True, False, True]


def test_rotation(keys):
    token = signed(keys, "--user-id", "ada", key="old.key")
    assert verified(keys, token, status=1)["reason"] == "Invalid signature"
    answer = verified(keys, token, "--old-key-file", "old.key")
    assert (answer["key"], answer["resign"]) == ("old.key", True)
    # What `verify` said is what `sign` takes.
    again = signed(keys, stdin=json.dumps(answer).encode())
    assert verified(keys, again)["resign"] is False
    refused = verified(keys, b"x.y", status=1)
    done = run(
        "session", "sign", "--key-file", "new.key", stdin=json.dumps(refused).encode(), cwd=keys
    )
    assert done.returncode == 2


def test_salts(keys):
    token = signed(keys, "--user-id", "ada", "--salt", "reset")
    assert verified(keys, token, "--salt", "reset")["ok"]
    assert verified(keys, token, status=1)["user"] is None


@pytest.mark.parametrize("name", ["itsdangerous", "flask", "django", "jwt-hs256"])
def test_formats(keys, name):
    token = signed(keys, "--user-id", "ada", "--format", name)
    answer = verified(keys, token, "--format", name)
    assert answer["user"] == {"user_id": "ada"}
    assert verified(keys, token, status=1)["user"] is None


def test_audiences(keys):
    arguments = ("--format", "jwt-hs256", "--audience", "us")
    token = signed(keys, "--user-id", "ada", *arguments)
    assert verified(keys, token, *arguments)["ok"]
    assert not verified(keys, token, "--format", "jwt-hs256", status=1)["ok"]


# --- where tokens and keys come from ---


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("GET / HTTP/1.1\r\nAuthorization: Bearer {}\r\n\r\n", []),
        ('{{"headers": {{"authorization": "bearer {}"}}}}', []),
        ('{{"request": {{"method": "GET", "headers": {{"Cookie": "a=b; sid={}"}}}}}}', ["sid"]),
        ('{{"token": "{}"}}', []),
        ("\n  {}  \r\n", []),
    ],
)
def test_where_a_token_comes_from(keys, message, arguments):
    token = signed(keys, "--user-id", "ada").decode()
    arguments = ["--cookie", *arguments] if arguments else []
    answer = verified(keys, message.format(token).encode(), *arguments)
    assert answer["user"] == {"user_id": "ada"}


def test_a_token_in_a_file(keys):
    (keys / "token").write_bytes(signed(keys, "--user-id", "ada") + b"\n")
    raw = session(
        keys, "verify", "--key-file", "new.key", "--token-file", "token", "--raw", *NOW, stdin=None
    )
    assert json.loads(raw) == {"user_id": "ada"}


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        (b"", b"empty"),
        (b"null\n", b"<stdin>"),
        (b'{"headers": {}}\n', b"no token in Authorization"),
        (b'{"tokn": "x"}\n', b"did you mean 'token'"),
    ],
)
def test_questions_without_a_token(keys, stdin, told):
    done = run("session", "verify", "--key-file", "new.key", stdin=stdin, cwd=keys)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_key_in_the_environment(keys):
    line = "httpheaders session sign --key-env KEY --user-id ada --raw --now 1700000000"
    token = shell(line, KEY=SECRET).stdout
    assert verified(keys, token)["key"] == "new.key"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param([], b"missing the key", id="none"),
        pytest.param(["--key-env", "NO_SUCH_NAME"], b"no key in NO_SUCH_NAME", id="no-variable"),
        pytest.param(["--key-file", "nowhere"], b"nowhere: No such file", id="no-file"),
        pytest.param(["--key-file", "empty"], b"the key is empty", id="empty-file"),
        pytest.param(["--key-file", "/dev/zero"], b"at most", id="no-key-at-all"),
        pytest.param(["--key-file", "new.key", "--key-env", "X"], b"not both", id="both"),
    ],
)
def test_keys_that_are_not_there(keys, arguments, told):
    (keys / "empty").write_text("\n")
    done = run("session", "sign", "--user-id", "ada", *arguments, cwd=keys)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr


def test_short_keys_are_told(keys):
    (keys / "short").write_text("short")
    answer = json.loads(session(keys, "sign", "--key-file", "short", "--user-id", "a"))
    assert answer["problems"][0]["where"] == "key short"


def test_keygen(keys):
    session(keys, "keygen", "--raw", "--output", "made.key")
    assert stat.S_IMODE((keys / "made.key").stat().st_mode) == 0o600
    first = (keys / "made.key").read_text()
    assert len(first) == 44
    assert json.loads(session(keys, "keygen"))["key"] + "\n" != first
    token = signed(keys, "--user-id", "ada", key="made.key")
    session(keys, "verify", "--key-file", "made.key", "-q", *NOW, stdin=token)
    assert run("session", "keygen", "--octets", "31").returncode == 2


# --- nothing secret ---


@pytest.mark.parametrize(
    "stdin",
    [
        b"{token}x",
        b"{token}",
        b"a.b",
        b'{{"token": "{token}", "x": 1}}',
        b'{{"token": {token}}}',
        b"GET / HTTP/1.1\r\nAuthorization: Bearer {token}z\r\n\r\n",
        b"\xff\xfe",
        b"{token}\n{token}",
    ],
)
@pytest.mark.parametrize("arguments", [[], ["--explain"], ["--raw"], ["--lines"]])
def test_nothing_secret_is_shown(keys, stdin, arguments):
    claims = b'{"user_id": "private-person"}'
    token = signed(keys, "--salt", "other", stdin=claims)
    stdin = stdin.replace(b"{{", b"{").replace(b"}}", b"}").replace(b"{token}", token)
    done = run(
        *("session", "verify", "--key-file", "new.key", "--old-key-file", "old.key", *arguments),
        stdin=stdin,
        cwd=keys,
    )
    shown = done.stdout + done.stderr
    assert done.returncode in (1, 2)
    for secret in (SECRET, OLD_SECRET, SECRET[:8], "private-person"):
        assert secret.encode() not in shown
    assert token[:24] not in shown
    assert b"Traceback" not in shown


def test_no_option_takes_a_secret(keys):
    done = run("session", "sign", "--key", SECRET, "--user-id", "ada", cwd=keys)
    assert done.returncode == 2
    assert SECRET.encode() not in done.stdout + done.stderr


def test_the_process_list_holds_no_secret(keys):
    """Arguments are seen by everybody: those of a whole round trip hold names of files alone."""
    line = (
        "httpheaders session sign --key-file new.key --user-id ada --raw"
        " | httpheaders session verify --key-file new.key --raw"
    )
    assert SECRET not in line
    done = shell(f"cd '{keys}'; {line}")
    assert json.loads(done.stdout) == {"user_id": "ada"}
    assert os.environ.get("KEY") is None
