"""
What a command asks for, and one question as it gets it.

A command says with a `Form` which keys its short form has and of which type each is. The same
names, as options, fill in what a document leaves out; what the document says itself wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.answer import Problem
    from httpheaders.cli.key_types import Reader
    from httpheaders.cli.reading import Document
    from httpheaders.messages.har import HarEntry
    from httpheaders.messages.message import Exchange, Request, Response

__all__ = ["Form", "Question"]


class Form(NamedTuple):
    """
    What a command asks for.

    Attributes:
        keys: the short form: each key with the type it is read as.
        subject: the key that a line of plain text stands for, with `--lines`.
        missing: given the keys filled in by options alone, what a question still lacks, in words;
            None when nothing, and then standard input is left alone.
        takes_requests: whether a bare message without `status`, `method` or `url` is a request.
        gathers: whether all messages of one dump or HAR make one question.
        rest: the key under which members that are in no form are gathered, where any may stand.
        is_plain: says of input that is no JSON object whether the whole of it is plain text that
            the subject stands for, rather than a header dump.
        repeats: whether equal lines asked in the same second have equal answers, so that nothing
            is asked of chance or of the lines before.
        joins_redirects: whether the messages of a redirect and of what it led to are one question.
        takes_whole: given the first document, whether the whole input is one question, which has
            all documents, unread, as its `documents`.
    """

    keys: Mapping[str, Reader]
    subject: str
    missing: Callable[[Mapping[str, Any]], str | None]
    takes_requests: bool = False
    gathers: bool = False
    rest: str | None = None
    is_plain: Callable[[bytes], bool] | None = None
    joins_redirects: bool = False
    repeats: bool = False
    takes_whole: Callable[[Document], bool] | None = None


class Question(NamedTuple):
    """
    One question.

    Attributes:
        values: the keys that were given, by document or options, typed.
        exchange: the messages that came with it; None when none did.
        explain: whether the steps are wanted.
        clock: gives the time, in seconds since 1970.
        id: what the document calls itself.
        problems: what was odd in the input; None when nobody has looked.
        har: the entry of the HAR that the exchange came from: when, how long, which connection.
        line: the line of the input, where it has one.
        earlier: the exchanges that came before this one, where the form joins or gathers them.
        documents: the whole input, where the form takes it as one question.
        beside: the keys of the short form that the document has beside its messages.
    """

    values: Mapping[str, Any]
    exchange: Exchange | None
    explain: bool
    clock: Callable[[], float]
    id: Any = None
    problems: tuple[Problem, ...] | None = None
    har: HarEntry | None = None
    line: int | None = None
    earlier: tuple[Exchange, ...] = ()
    documents: Iterator[Document] | None = None
    beside: frozenset[str] = frozenset()

    @property
    def hops(self) -> tuple[Exchange, ...]:
        """All exchanges of the question, in order; none when no message came with it."""
        return (*self.earlier, self.exchange) if self.exchange else ()

    @property
    def request(self) -> Request | None:
        """The request that came with the question."""
        return self.exchange.request if self.exchange else None

    @property
    def response(self) -> Response | None:
        """The response that came with the question."""
        return self.exchange.response if self.exchange else None

    @property
    def now(self) -> float:
        """The time of the question, in seconds since 1970: its own, or else the clock's."""
        now: float | None = self.values.get("now")
        return self.clock() if now is None else now
