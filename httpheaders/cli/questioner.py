"""
From a document to a question, typed and complete, with the options standing in for what it lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from httpheaders.cli.key_types import nearest_word, time
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.reading import Document, Message, Record, TextLine
from httpheaders.cli.writing import ANSWER_KEYS
from httpheaders.errors import InputError
from httpheaders.messages.message import Exchange

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Questioner"]

# What a request has, where nothing else stands beside it.
_REQUEST_KEYS = frozenset(
    {"id", "now", "version", "method", "url", "headers", "body", "body_base64"}
)
_NONE: frozenset[str] = frozenset()


class Questioner:
    """Makes questions of documents; the options are the same for all of them."""

    def __init__(
        self,
        form: Form,
        options: Mapping[str, Any],
        *,
        explain: bool,
        clock: Callable[[], float],
    ) -> None:
        self.form = form
        self._keys = {**form.keys, "now": time}  # every command has --now
        self._options = options
        self._explain = explain
        self._clock = clock

    def of(self, document: Document) -> Question:
        """
        Give the question that a document asks.

        Raises:
            InputError: a key is unknown or of the wrong type, or a message cannot be read.
        """
        if isinstance(document, Record):
            return self._of_object(document)
        if isinstance(document, TextLine):
            return self._of_text(document)
        if isinstance(document, Message):
            return Question(
                self._options,
                document.exchange,
                self._explain,
                self._clock,
                None,
                document.problems,
                document.har,
                document.line,
                document.earlier,
            )
        raise InputError(document.message)

    def joined(self, documents: Iterable[Document]) -> Iterable[Document]:
        """Make one document of a redirect and what it led to, where the form wants that."""
        if not self.form.joins_redirects:
            return documents
        from httpheaders.cli.redirects import join_redirects

        return join_redirects(documents)

    def of_whole(self, documents: Iterator[Document]) -> Question:
        """Give the question that all documents together ask."""
        return Question(self._options, None, self._explain, self._clock, documents=documents)

    @staticmethod
    def identity_of(document: Document) -> Any:
        """Give what a document calls itself, even one that asks nothing that can be answered."""
        return document.value.get("id") if isinstance(document, Record) else None

    def _of_object(self, document: Record) -> Question:
        value = document.value
        keys = self._keys
        values = dict(self._options)
        if self.form.rest is not None:
            return self._of_open_object(document, self.form.rest)
        for key, item in value.items():
            reader = keys.get(key)
            if reader is not None:
                if item is not None:
                    values[key] = reader(item, key)
            elif key != "id":
                return self._of_message_object(document)
        identity, clock, line = value.get("id"), self._clock, document.line
        # What NamedTuple's own constructor does, without the call in between.
        return tuple.__new__(
            Question,
            (values, None, self._explain, clock, identity, None, None, line, (), None, _NONE),
        )

    def _of_open_object(self, document: Record, rest: str) -> Question:
        """Members of any name may stand there: those the form does not know are gathered."""
        value, keys = document.value, self.form.keys
        values = dict(self._options)
        for key in value.keys() & keys.keys():
            if value[key] is not None:
                values[key] = keys[key](value[key], key)
        values[rest] = {key: item for key, item in value.items() if key not in keys}
        return Question(
            values, None, self._explain, self._clock, value.get("id"), line=document.line
        )

    def _of_message_object(self, document: Record) -> Question:
        value, keys = document.value, self._keys
        exchange = self._messages(value)
        own = {}
        # An answer of ours, piped on, has keys of its own that mean something else here.
        if not value.keys() >= ANSWER_KEYS:
            for key, item in value.items():
                if key in keys:
                    if item is not None:
                        own[key] = keys[key](item, key)
                elif key != "id" and exchange is None:
                    raise InputError(self._unknown(key), where=f"$.{key}")
        return Question(
            {**self._options, **own},
            exchange,
            self._explain,
            self._clock,
            value.get("id"),
            line=document.line,
            beside=frozenset(own),
        )

    def _messages(self, value: Mapping[str, Any]) -> Exchange | None:
        read = _message_json()
        own = value.keys() - self._keys.keys()
        if not own.isdisjoint({"request", "response"}):
            exchange: Exchange = read.read_exchange(value)
            return exchange
        named = not own.isdisjoint({"method", "url"})
        if "status" in own:
            return Exchange(None, read.read_response(value))
        if "headers" in own:
            if named or self.form.takes_requests:
                return Exchange(read.read_request(value), None)
            return Exchange(None, read.read_response(value))
        # "method" may be a key of both, and says nothing.
        if named and self.form.takes_requests and value.keys() <= _REQUEST_KEYS:
            return Exchange(read.read_request(value), None)
        # Beside keys of the short form, a lone "url" is a slip of the pen.
        if named and len(own - {"id"}) == len(value.keys() - {"id"}):
            return Exchange(read.read_request(value), None)
        return None

    def _of_text(self, document: TextLine) -> Question:
        subject = self.form.subject
        reader = self._keys.get(subject)
        if reader is None:
            return self._of_text_message(document)
        values = {**self._options, subject: reader(document.text, subject)}
        return Question(values, None, self._explain, self._clock, line=document.line)

    def _of_text_message(self, document: TextLine) -> Question:
        from httpheaders.messages.dump import parse_dump
        from httpheaders.messages.headers import encode_field_text

        try:
            received = parse_dump(encode_field_text(document.text))
        except InputError:  # it counts the lines of a dump, of which this is none
            received = []
        if not received:
            raise InputError("expected a header line, 'Name: value'")
        one = received[0]
        # Which line of the input it is would keep equal lines from having equal answers.
        problems = tuple(problem._replace(where="the line") for problem in one.problems)
        return self.of(Message(document.line, one.exchange, problems))

    def _unknown(self, key: str) -> str:
        nearest = nearest_word(key, [*self._keys, "id", "request", "response"])
        shown = key if len(key) <= 60 else key[:57] + "..."
        known = ", ".join([*self._keys, "id", "request", "response"])
        hint = f"did you mean '{nearest}'" if nearest else f"known are {known}"
        return f"unknown key '{shown}': {hint}"


@cache
def _message_json() -> ModuleType:
    # Late, for questions without messages; once, for there may be a million with them.
    from httpheaders.cli import message_json

    return message_json
