"""`httpheaders session`: a signed token for this user; is this token genuine and in time?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import anything, count, number, text, time, wrong_type
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import ANSWER_KEYS, Reply
from httpheaders.errors import InputError, PolicyError

if TYPE_CHECKING:
    from httpheaders.session_answers import TokenFormat
    from httpheaders.session_keys import SessionKeys

# More than any token that is not refused for its size.
LARGEST_TOKEN = 1 << 16

FORMATS = ("httpheaders", "itsdangerous", "flask", "django", "jwt-hs256")


# --- keys -----------------------------------------------------------------------------------


def read_keys(key_file: str | None, old_key_files: tuple[str, ...], key_env: str | None) -> Any:
    """
    Read the keys from files or the environment, never from arguments.

    Raises:
        InputError: there is no key, or it is empty or far too long; no octet of it is shown.
    """
    from httpheaders.session_keys import SessionKeys
    from httpheaders.small_files import read_key_file

    if key_file is not None and key_env is not None:
        raise click.UsageError("give the key by --key-file or by --key-env, not both")
    if key_env is not None:
        current, name = _from_environment(key_env), key_env
    elif key_file is not None:
        current, name = read_key_file(key_file), key_file
    else:
        raise InputError("missing the key: --key-file FILE, or --key-env NAME")
    old = [read_key_file(path) for path in old_key_files]
    return SessionKeys(current, old, names=tuple(map(options.as_received, (name, *old_key_files))))


def _from_environment(name: str) -> bytes:
    import os

    value = os.environb.get(os.fsencode(name)) if os.supports_bytes_environ else None
    if value is None:
        value = os.environ.get(name, "").encode("utf-8", "surrogateescape")
    if not value:
        raise InputError(f"the environment has no key in {name[:60]}")
    return value


class Keys:
    """Gathers the options about keys and format, and reads the keys when they are wanted."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._files = (given.pop("key_file"), given.pop("old_key_file"), given.pop("key_env"))
        self.format = given.pop("form") or FORMATS[0]
        self._salt = given.pop("salt")
        self._audience = given.pop("audience")
        self._leeway = given.pop("leeway", None) or 0
        self._max_age = given.pop("max_age", None)
        self._keys: SessionKeys = read_keys(*self._files)
        self._form: TokenFormat | None = None

    def token_format(self) -> TokenFormat:
        """Give the format with its keys."""
        if self._form is None:
            self._form = self._made()
        return self._form

    def _made(self) -> TokenFormat:
        if self.format == FORMATS[0] and self._audience is None:
            from httpheaders.sessions import SessionSigner

            return SessionSigner(
                self._keys, salt=self._salt or "", leeway=self._leeway, max_age=self._max_age
            )
        from httpheaders.session_formats import token_format

        return token_format(
            self.format,
            self._keys,
            salt=self._salt,
            leeway=self._leeway,
            max_age=self._max_age,
            audience=self._audience,
        )


def about_keys(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options about keys and format."""
    for option in reversed(_ABOUT_KEYS):
        command = option(command)
    return command


_ABOUT_KEYS = (
    click.option("--key-file", type=options.FILE, help="The current key: it signs and verifies."),
    click.option(
        "--old-key-file",
        multiple=True,
        type=options.FILE,
        help="A key that only verifies; repeatable.",
    ),
    click.option(
        "--key-env",
        type=options.VARIABLE,
        metavar="NAME",
        help="The variable that holds the current key.",
    ),
    click.option("--salt", metavar="TEXT", help="What the token is for: keeps purposes apart."),
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="Whose tokens; httpheaders unless said otherwise.",
    ),
    click.option("--audience", metavar="NAME", help="For jwt-hs256: who reads the token."),
)


# --- sign -----------------------------------------------------------------------------------


def claims_object(value: Any, where: str) -> dict[str, Any]:
    """Claims: any JSON object."""
    if isinstance(value, dict):
        return value
    raise wrong_type("an object", value, where)


def _claims_missing(given: Mapping[str, Any]) -> str | None:
    if "user_id" in given:
        return None
    return "the claims: --user-id, or a JSON object on standard input"


SIGN_FORM = Form(
    keys={
        "user_id": anything,
        "role": anything,
        "claims": claims_object,
        "ttl": number,
        "not_before": time,
    },
    subject="user_id",
    missing=_claims_missing,
    rest="other_claims",
)

SIGN_EXAMPLES = r"""
$ httpheaders session keygen --raw --output new.key &&
> httpheaders session sign --key-file new.key --user-id ada --role admin --raw |
> httpheaders session verify --key-file new.key --raw
{"user_id":"ada","role":"admin"}

$ printf 'not-so-secret' > demo.key &&
> echo '{"cart": [7]}' | httpheaders session sign --key-file demo.key --now 0 --ttl 10m --raw
eyJjYXJ0IjpbN10sImlhdCI6MCwiZXhwIjo2MDB9.Soaqm1WHI-7llQ4FEmcz5uqxumgXGIsl2sqwz-l7kRA
"""


def claims_of(question: Question) -> dict[str, Any]:
    """
    Give the claims of one question.

    Raises:
        InputError: there are none, or they are those of a token that was refused.
    """
    values = question.values
    others = values.get("other_claims", {})
    if others.keys() >= ANSWER_KEYS:  # what `session verify` said, piped on
        if others["ok"] is not True or not isinstance(others.get("user"), dict):
            raise InputError("the session piped in is not genuine: nothing to sign")
        others = others["user"]
    named = {key: values[key] for key in ("user_id", "role") if key in values}
    claims = {**named, **values.get("claims", {}), **others}
    if not claims:
        raise InputError("missing the claims: user_id, or others")
    return claims


def sign_answer(keys: Keys, question: Question) -> Reply:
    """Sign the claims of one question."""
    from httpheaders.session_answers import sign_session

    values = question.values
    form = keys.token_format()
    done = sign_session(
        form,
        claims_of(question),
        now=question.now,
        ttl=values.get("ttl", form.default_ttl),
        not_before=values.get("not_before"),
        explain=question.explain,
    )
    return Reply(
        done, {"token": done.token, "expires_in": done.expires_in, "key": done.key}, done.token
    )


@click.command("sign", epilog=options.examples(SIGN_EXAMPLES))
@click.option("--user-id", metavar="ID", help="The claim user_id.")
@click.option("--role", metavar="ROLE", help="The claim role.")
@click.option(
    "--ttl", type=options.DURATION, metavar="DURATION", help="How long it counts; 1h if not given."
)
@click.option("--not-before", type=options.TIME, metavar="TIME", help="When it begins to count.")
@about_keys
@options.input_and_output()
def sign(io: InputOutput, **given: Any) -> ExitStatus:
    """Sign a token for this user.

    Takes the claims from the options, or from standard input: any JSON object, or one with the keys
    user_id, role, claims, ttl and not_before, or what session verify said. The answer has the
    token; with --raw it is all that is printed. Keys come from files or the environment alone.
    """
    keys = Keys(given)
    return io.answer_each(SIGN_FORM, given, lambda question: sign_answer(keys, question))


# --- verify ---------------------------------------------------------------------------------


def _token_missing(given: Mapping[str, Any]) -> str | None:
    if "token" in given:
        return None
    return "the token: --token-file, or a token or a request on standard input"


def is_token(octets: bytes) -> bool:
    """Say whether an input is one word that is no JSON: a token, however malformed."""
    from httpheaders.syntax.strict_json import read_json

    if len(octets.split(None, 1)) != 1 or octets.lstrip()[:1] in (b"[", b'"'):
        return False
    try:
        read_json(octets)
    except InputError:
        return True
    return False


VERIFY_FORM = Form(
    keys={"token": text},
    subject="token",
    missing=_token_missing,
    takes_requests=True,
    is_plain=is_token,
)

VERIFY_EXAMPLES = r"""
$ printf 'not-so-secret' > demo.key &&
> echo 'eyJhIjoxfQ.AAAA' | httpheaders session verify --key-file demo.key | cut -d , -f 1-2
{"ok":false,"reason":"Invalid signature"

$ printf 'not-so-secret' > demo.key &&
> httpheaders session sign --key-file demo.key --user-id 7 --raw --format flask |
> httpheaders session verify --key-file demo.key --raw --format flask
{"user_id":"7"}
"""


def verify_answer(keys: Keys, cookie: str | None, question: Question) -> Reply:
    """Say whether the token of one question is genuine and in time."""
    from httpheaders.session_answers import check_session
    from httpheaders.syntax.strict_json import write_json

    token, problems = _token_of(question, cookie)
    done = check_session(keys.token_format(), token, now=question.now, explain=question.explain)
    done = done._replace(problems=(*done.problems, *problems))
    answer_keys = {
        "user": done.user,
        "expires_in": done.expires_in,
        "key": done.key,
        "resign": done.resign,
    }
    raw = None if done.user is None else write_json(done.user).decode()
    # A request holds its token: unless that is genuine, no part of it goes out again.
    return Reply(done, answer_keys, raw, question.exchange if done.ok else None)


def _token_of(question: Question, cookie: str | None) -> tuple[str, Any]:
    if "token" in question.values and question.request is None:
        return question.values["token"].strip(), ()
    if question.request is None:
        raise InputError("missing the token: a token, or a request that has one")
    from httpheaders.token_source import find_token

    found = find_token(question.request, cookie=cookie)
    if found.token is None:
        raise InputError(f"the request has no token in {found.where[:80]}")
    return found.token, found.problems


@click.command("verify", epilog=options.examples(VERIFY_EXAMPLES))
@click.option("--token-file", type=options.FILE, help="Read the token from FILE.")
@click.option("--cookie", metavar="NAME", help="Take a request's token from this cookie.")
@click.option(
    "--leeway", type=options.DURATION, metavar="DURATION", help="How wrong clocks may be; 0 if not."
)
@click.option(
    "--max-age",
    type=options.DURATION,
    metavar="DURATION",
    help="How old a token may get, whatever it says.",
)
@about_keys
@options.input_and_output()
def verify(io: InputOutput, token_file: str | None, cookie: str | None, **given: Any) -> ExitStatus:
    """Say whether a token is genuine and in time.

    Reads the token, or a request that has it in Authorization: Bearer or in a cookie, from standard
    input. The answer is yes when one of the keys signed the token and its time is now; only then
    it says for whom: user, expires_in, key (which verified) and resign (that key is an old one).
    """
    keys = Keys(given)
    if token_file is not None:
        if io.source is not None:
            raise click.UsageError("give the token as --token-file or as --input, not both")
        given["token"] = _token_from(token_file, io)

    def answer(question: Question) -> Reply:
        return verify_answer(keys, cookie, question)

    return io.answer_each(VERIFY_FORM, given, answer)


def _token_from(path: str, io: InputOutput) -> str:
    with io._replace(source=path).input_stream("the token") as stream:
        octets = stream.read(LARGEST_TOKEN + 1)
    if not octets.strip():
        raise InputError(f"{'<stdin>' if path == '-' else path}: the token is empty")
    return octets.decode("latin-1")


# --- keygen ---------------------------------------------------------------------------------

KEYGEN_FORM = Form(keys={"octets": count}, subject="octets", missing=lambda given: None)

KEYGEN_EXAMPLES = r"""
$ httpheaders session keygen --raw --output new.key && wc -c < new.key
44

$ httpheaders session keygen --raw --octets 48 | wc -c
65
"""


def keygen_answer(question: Question) -> Reply:
    """Make a key of octets from the system's random source."""
    from os import urandom

    from httpheaders.session_keys import NewKey, make_key
    from httpheaders.small_files import LARGEST_KEY

    size = question.values.get("octets", 32)
    if size > LARGEST_KEY // 2:
        raise PolicyError(f"a key of {size} octets is no better than one of 32")
    key = make_key(urandom(size))
    return Reply(NewKey(size), {"key": key}, key)


@click.command("keygen", epilog=options.examples(KEYGEN_EXAMPLES))
@click.option(
    "--octets", type=click.IntRange(32), metavar="N", help="Random octets; 32 if not given."
)
@options.input_and_output()
def keygen(io: InputOutput, **given: Any) -> ExitStatus:
    """Make a key.

    Prints random octets of the system's as base64url, which survives files and environments. With
    --output the file is made for its owner alone. Reads nothing.
    """
    return io._replace(private=True).answer_each(KEYGEN_FORM, given, keygen_answer)


# --- the group ------------------------------------------------------------------------------

EXAMPLES = r"""
$ httpheaders session keygen --raw --output new.key &&
> httpheaders session sign --key-file new.key --user-id ada --ttl 0 --raw |
> httpheaders session verify --key-file new.key | cut -d , -f 1-2
{"ok":false,"reason":"Token expired"
"""


@click.group("session", no_args_is_help=False, epilog=options.examples(EXAMPLES))
def command() -> None:
    """Sign a session, or say whether a token is genuine and in time.

    A token is base64url(JSON).base64url(HMAC-SHA256), or that of a framework. Keys are named, never
    given: files first, for arguments and environments are seen by others.
    """


command.add_command(sign)
command.add_command(verify)
command.add_command(keygen)
