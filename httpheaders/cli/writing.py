"""
Answers to bytes: JSON, raw, or nothing at all. Standard output carries data only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from httpheaders.cli.exit_status import ExitStatus
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.answer import Answer, Problem, Step
    from httpheaders.cli.destinations import Destination
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Exchange

__all__ = ["ANSWER_KEYS", "Reply", "ReplyWriter", "header_lines"]

# What every answer of ours has: by it one is known that was piped on.
ANSWER_KEYS = frozenset({"ok", "reason", "reference", "problems"})

# After so many answers it pays to import what writes them faster.
MANY = 100

Raw = str | bytes | None


class Reply(NamedTuple):
    """
    One answer, as a command gives it to be written.

    Attributes:
        answer: the core's result.
        keys: the command's own keys.
        raw: what the next program wants, or what makes it; None when there is nothing to give.
        exchange: the messages to carry on, changed as decided; None when there are none.
    """

    answer: Answer
    keys: Mapping[str, Any]
    raw: Raw | Callable[[], Raw] = None
    exchange: Exchange | None = None

    def telling(self, problems: tuple[Problem, ...]) -> Reply:
        """Give the reply with what was odd in the input, where its answer does not say so."""
        answer: Any = self.answer
        told = set(answer.problems)
        untold = [problem for problem in problems if problem not in told]
        if not untold:
            return self
        return self._replace(answer=answer._replace(problems=(*untold, *answer.problems)))


class ReplyWriter:
    """Writes replies one after the other and keeps the highest status."""

    def __init__(
        self,
        destination: Destination,
        form: Literal["json", "raw", "quiet"],
        *,
        pretty: bool,
        explain: bool,
        is_stream: bool,
    ) -> None:
        self.status = ExitStatus.YES
        self._destination = destination
        self._form = form
        self._explain = explain
        self._is_stream = is_stream
        self._json = _json_writer(pretty=pretty) if form == "json" else _no_json
        self._few_left = MANY if is_stream and not pretty else 0

    def write(self, reply: Reply, identity: Any = None) -> bytes:
        """
        Write one reply; `identity` is what the question called itself.

        Returns:
            The octets written, for `write_again`.
        """
        if self._form == "json":
            if self._few_left:
                self._expect_more()
            document = _reply_document(reply, identity, explain=self._explain)
            octets = self._json(document) + b"\n"
        else:
            octets = self._raw(reply.raw) if self._form == "raw" else b""
        self.write_again(octets, reply.answer.ok)
        return octets

    def _expect_more(self) -> None:
        self._few_left -= 1
        if not self._few_left:
            from httpheaders.syntax.strict_json import fast_json_writer

            self._json = fast_json_writer()

    def write_again(self, octets: bytes, is_yes: bool) -> None:
        """Write what a reply has been written as before."""
        if not is_yes and self.status == ExitStatus.YES:
            self.status = ExitStatus.NO
        self._destination.write(octets)

    def refuse(self, line: int | None, message: str, identity: Any = None) -> None:
        """Write, in the place of an answer, that there is none, and why."""
        self.status = ExitStatus.UNUSABLE
        if self._form == "json":
            error = {"line": line, "message": message}
            document = {"id": identity, "ok": None, "error": error}
            self._destination.write(self._json(document) + b"\n")
        elif self._form == "raw":
            self._destination.write(self._raw(None))

    def _raw(self, raw: Raw | Callable[[], Raw]) -> bytes:
        if callable(raw):
            raw = raw()
        if raw is None:  # as many lines leave as came in
            return b"\n" if self._is_stream else b""
        if isinstance(raw, bytes):
            return raw
        from httpheaders.messages.headers import encode_field_text

        return encode_field_text(raw) + b"\n"


def _no_json(value: Any) -> bytes:
    raise AssertionError(f"no {type(value).__name__} is written in this form")


def _json_writer(*, pretty: bool) -> Callable[[Any], bytes]:
    from httpheaders.syntax.strict_json import write_json, write_pretty_json

    return write_pretty_json if pretty else write_json


def _reply_document(reply: Reply, identity: Any, *, explain: bool) -> dict[str, Any]:
    answer = reply.answer
    document: dict[str, Any] = {} if identity is None else {"id": identity}
    document["ok"] = answer.ok
    document["reason"] = answer.reason
    document["reference"] = answer.reference
    document["problems"] = _problems(answer.problems) if answer.problems else []
    document.update(reply.keys)
    if reply.exchange is not None:
        document.update(_exchange_writer()(reply.exchange))
    if explain:
        document["steps"] = _steps(answer.steps)
    return document


@cache
def _exchange_writer() -> Callable[[Exchange], dict[str, Any]]:
    # Late, for answers that carry no messages; once, for there may be a million that do.
    from httpheaders.cli.message_json import write_exchange

    return write_exchange


def _problems(problems: Sequence[Problem]) -> list[dict[str, str | None]]:
    return [{"where": p.where, "message": p.message, "reference": p.reference} for p in problems]


def _steps(steps: Sequence[Step]) -> list[dict[str, str | None]]:
    return [{"rule": s.rule, "outcome": s.outcome, "reference": s.reference} for s in steps]


def header_lines(headers: Headers) -> bytes:
    """Give fields as lines that are ready for `curl -H @-`, octet for octet."""
    from httpheaders.messages.headers import encode_field_text as octets_of

    return b"".join(b"%s: %s\n" % (octets_of(name), octets_of(value)) for name, value in headers)
