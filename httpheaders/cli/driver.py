"""
The one path from input to exit status that all commands share.

A command holds its options, a `Form` and one function from a `Question` to a `Reply`; everything
about streams, files, errors and statuses is here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from time import time
from typing import TYPE_CHECKING, Any

from httpheaders.cli.destinations import destination_at
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import ReplyWriter
from httpheaders.errors import HttpHeadersError, InputError
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.cli.answer_memory import AnswerMemory
    from httpheaders.cli.destinations import Destination
    from httpheaders.cli.questioner import Questioner
    from httpheaders.cli.reading import Document, Input, Parts
    from httpheaders.cli.writing import Reply

__all__ = ["InputOutput", "show_error"]

# Beyond this many, messages for single lines stand in the output alone.
MOST_MESSAGES = 10


class InputOutput(NamedTuple):
    """
    What the shared options say: where to read, how and where to write.

    Attributes:
        source: a path, "-" for standard input, or None: only when something is missing.
        lines: every line is a question.
        raw, pretty, explain, quiet, fail_fast: as the options of these names.
        output: a path, or None for standard output.
        now: the time to take for now, or None for the clock's.
        private: whether a file that is written is for its owner alone.
    """

    source: str | None = None
    lines: bool = False
    raw: bool = False
    pretty: bool = False
    explain: bool = False
    quiet: bool = False
    fail_fast: bool = False
    output: str | None = None
    now: float | None = None
    private: bool = False

    def clock(self) -> float:
        """Give the time, in seconds since 1970."""
        if self.now is not None:
            return self.now
        return time()

    def answer_each(
        self,
        form: Form,
        options: Mapping[str, Any],
        answer: Callable[[Question], Reply],
        stream: Input | None = None,
    ) -> ExitStatus:
        """
        Put every question that options and input hold to the function, and write the replies.

        Args:
            form: what a question may hold.
            options: the keys that options fill in.
            answer: gives the reply to one question.
            stream: the input, where the command has opened it already.

        Raises:
            HttpHeadersError: the only question there is, or the input as a whole, is unusable.
            OSError: a file cannot be read or written.
        """
        given = {key: value for key, value in options.items() if _is_given(value)}
        with destination_at(self.output, private=self.private) as destination:
            missing = form.missing(given)
            if self.source is None and not self.lines and missing is None:
                writer = self._writer(destination, is_stream=False)
                writer.write(answer(Question(given, None, self.explain, self.clock)))
                return writer.status
            from httpheaders.cli.questioner import Questioner

            memory = self._memory(destination) if form.repeats else None
            clock = self.clock if memory is None else memory.clock
            questioner = Questioner(form, given, explain=self.explain, clock=clock)
            if stream is not None:
                return self._answer_parts(stream, destination, questioner, answer, memory)
            with self.input_stream(missing) as opened:
                return self._answer_parts(opened, destination, questioner, answer, memory)

    def _answer_parts(
        self,
        stream: Input,
        destination: Destination,
        questioner: Questioner,
        answer: Callable[[Question], Reply],
        memory: AnswerMemory | None,
    ) -> ExitStatus:
        def is_answered(line: bytes) -> bool:
            known = None if memory is None else memory.recall(line)
            if known is None:
                return False
            writer.write_again(*known)
            return True

        form = questioner.form
        parts = self._parts(stream, destination, form, is_answered)
        documents = iter(parts.documents)
        if form.takes_whole is not None:
            first = list(islice(documents, 1))
            documents = chain(first, documents)
            if first and form.takes_whole(first[0]):
                return self._answer_whole(documents, destination, questioner, answer)
        writer = self._writer(destination, is_stream=parts.is_stream)
        refused = 0
        for document in questioner.joined(documents):
            try:
                question = questioner.of(document)
                reply = answer(question)
                if question.problems:
                    reply = reply.telling(question.problems)
                octets = writer.write(reply, question.id)
                if memory is not None and memory.is_of_use:
                    memory.keep(document, octets, ok=reply.answer.ok)
            except HttpHeadersError as error:
                refused += 1
                message = f"{self._place(document)}: {error}"
                if self.fail_fast or not parts.is_stream:
                    destination.flush()
                    raise InputError(message) from None
                _tell(message, refused, destination)
                writer.refuse(document.line, str(error), questioner.identity_of(document))
        return writer.status

    def _parts(
        self,
        stream: Input,
        destination: Destination,
        form: Form,
        is_answered: Callable[[bytes], bool],
    ) -> Parts:
        from gc import enable, freeze

        from httpheaders.cli.reading import gathered, read_documents

        # What is there now stays; what comes with the input may need collecting.
        freeze()
        enable()
        try:
            parts = read_documents(
                stream,
                lines=self.lines,
                before_wait=destination.flush,
                is_plain=form.is_plain,
                is_answered=is_answered,
            )
            return gathered(parts) if form.gathers else parts
        except InputError as error:
            raise InputError(f"{self.source_name}: {error}") from None

    def _answer_whole(
        self,
        documents: Iterator[Document],
        destination: Destination,
        questioner: Questioner,
        answer: Callable[[Question], Reply],
    ) -> ExitStatus:
        writer = self._writer(destination, is_stream=False)
        try:
            writer.write(answer(questioner.of_whole(documents)))
        except InputError as error:
            raise InputError(f"{self.source_name}: {error}") from None
        return writer.status

    def _memory(self, destination: Destination) -> AnswerMemory | None:
        """Give what remembers answers; nothing is cut out of those that stand over many lines."""
        is_json = not (self.raw or self.quiet)
        if is_json and (self.pretty or destination.is_terminal):
            return None
        from httpheaders.cli.answer_memory import AnswerMemory

        return AnswerMemory(self.clock, names_ids=is_json)

    def _place(self, document: Document) -> str:
        return f"{self.source_name} line {document.line}" if document.line else self.source_name

    def _writer(self, destination: Destination, *, is_stream: bool) -> ReplyWriter:
        return ReplyWriter(
            destination,
            "quiet" if self.quiet else "raw" if self.raw else "json",
            pretty=self.pretty or destination.is_terminal,
            explain=self.explain,
            is_stream=is_stream,
        )

    @property
    def source_name(self) -> str:
        """Name the input as error messages do."""
        return "<stdin>" if self.source in (None, "-") else str(self.source)

    @contextmanager
    def input_stream(self, missing: str | None = None) -> Iterator[Input]:
        """
        Open the input.

        Args:
            missing: what the question lacks, to say when a terminal cannot give it.

        Raises:
            InputError: there is no input: a terminal nobody asked for, or a closed stream.
            OSError: the file cannot be read.
        """
        from httpheaders.cli.sources import opened_file, standard_input

        if self.source is None or self.source == "-":
            yield standard_input(missing, is_asked_for=self.source == "-")
            return
        with opened_file(self.source) as stream:
            yield stream


def _is_given(value: object) -> bool:
    return value is not None and value != ()


def _tell(message: str, count: int, destination: Destination) -> None:
    """Show the first few refusals to the person as well; all of them stand in the output."""
    if count > MOST_MESSAGES:
        return
    destination.flush()
    show_error(message)
    if count == MOST_MESSAGES:
        show_error("further lines that cannot be read are told in the output alone")


def show_error(message: str, kind: str = "Error") -> None:
    """Write one line to standard error, if there is one."""
    if sys.stderr is None:
        return
    line = message.encode("utf-8", "backslashreplace").decode()
    visible = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    try:
        sys.stderr.write(f"{kind}: {visible}\n")
        sys.stderr.flush()
    except (OSError, UnicodeEncodeError):
        pass  # nobody to tell
