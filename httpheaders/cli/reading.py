"""
Bytes to documents: what kind of input it is, and its parts one after the other.

Input is recognised by how it begins. A first line that is a whole JSON object makes it JSON Lines,
streamed: memory stays flat, and `before_wait` is called each time before more input is awaited, so
that the answers to all that has come are on their way. Anything else is read whole: one JSON
document (a HAR among them), or a header dump.

A part that cannot be read is a document too, in its place: `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem
from httpheaders.errors import InputError
from httpheaders.messages.headers import decode_field_text
from httpheaders.messages.message import Exchange
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from typing import Protocol

    from httpheaders.messages.har import HarEntry

__all__ = [
    "Document",
    "Message",
    "Parts",
    "Record",
    "TextLine",
    "Unreadable",
    "gathered",
    "read_documents",
]

CHUNK = 1 << 16
# A line or a document beyond this is refused: it could not be read in bounded memory.
LARGEST_PART = 1 << 28

_BLANKS = b" \t\r\n"
# What NamedTuple's own constructor does, without the call in between.
_new = tuple.__new__
_UTF8_MARK = b"\xef\xbb\xbf"


if TYPE_CHECKING:  # making a Protocol takes as long as reading a dump

    class Input(Protocol):
        """A binary stream that gives what is there without waiting for a full buffer."""

        def read1(self, size: int, /) -> bytes:
            """Give at most this many octets, at least one; none at the end."""

        def read(self, size: int = -1, /) -> bytes:
            """Give this many octets, or all, waiting for them."""


class Record(NamedTuple):
    """One JSON object; `octets` is the line it stood on, where it was one line of many."""

    line: int | None
    value: dict[str, Any]
    octets: bytes = b""


class TextLine(NamedTuple):
    """One line of plain text; `octets` is the line as it was read."""

    line: int | None
    text: str
    octets: bytes = b""


class Message(NamedTuple):
    """
    One exchange out of a dump or a HAR; `har` is the whole entry it came from, `earlier` what
    came before it, for a command that asks for that.
    """

    line: int | None
    exchange: Exchange
    problems: tuple[Problem, ...]
    har: HarEntry | None = None
    earlier: tuple[Exchange, ...] = ()


class Unreadable(NamedTuple):
    """A part that cannot be read, and why."""

    line: int | None
    message: str


Document = Record | TextLine | Message | Unreadable


class Parts(NamedTuple):
    """
    All parts of an input.

    Attributes:
        is_stream: whether they are many: what is unusable then costs only itself.
        are_messages: whether they are the messages of one dump or HAR.
    """

    is_stream: bool
    documents: Iterable[Document]
    are_messages: bool = False


def read_documents(
    stream: Input,
    *,
    lines: bool = False,
    before_wait: Callable[[], None] = lambda: None,
    is_plain: Callable[[bytes], bool] | None = None,
    is_answered: Callable[[bytes], bool] = lambda line: False,
) -> Parts:
    """
    Recognise the input and give its parts.

    Args:
        stream: where the octets come from.
        lines: every line is one question, whatever the first looks like.
        before_wait: called before each read that may have to wait.
        is_plain: says of input that is no JSON object whether it is one text, and no dump.
        is_answered: says of a line, when its turn comes, that it need not be read any more.

    Raises:
        InputError: there is nothing, or the one document there is cannot be read.
    """
    chunks = _chunks(stream, before_wait)
    if lines:
        return Parts(True, _text_lines(_lines(chunks), is_answered))
    head, place = _head(chunks)
    if is_plain is not None and not head.startswith(b"{"):
        head = _whole(head, chunks)
        if is_plain(head):
            return Parts(False, [TextLine(None, decode_field_text(head.rstrip(b"\r\n")))])
    if head.startswith((b"{", b"[", b'"')):
        return _json_parts(head, place, chunks, is_answered)
    messages = _dump_messages(_whole(head, chunks))
    return Parts(len(messages) > 1, messages, True)


def gathered(parts: Parts) -> Parts:
    """Make the messages of one dump or HAR one document; other input stays as it is."""
    return Parts(False, [_gathered(parts.documents)]) if parts.are_messages else parts


def _gathered(documents: Iterable[Document]) -> Message:
    hops: list[Exchange] = []
    problems: list[Problem] = []
    for document in documents:
        if isinstance(document, Message):
            hops.append(document.exchange)
            problems += document.problems
        elif isinstance(document, Unreadable):
            # It keeps its place among the others, and nothing can be found in it.
            hops.append(Exchange())
            problems.append(Problem(f"message {len(hops)}", document.message))
    return Message(None, hops[-1], tuple(problems), earlier=tuple(hops[:-1]))


def _chunks(stream: Input, before_wait: Callable[[], None]) -> Iterator[bytes]:
    while True:
        before_wait()
        chunk = stream.read1(CHUNK)
        if not chunk:
            return
        yield chunk


class _Place(NamedTuple):
    """Where the input begins behind its leading blanks."""

    line: int = 1
    column: int = 1


def _head(chunks: Iterator[bytes]) -> tuple[bytes, _Place]:
    head = b""
    passed = 0  # line ends that are in head no more
    for chunk in chunks:
        head += chunk
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError("input is UTF-16: expected UTF-8, or the octets a server sent")
        text = head.removeprefix(_UTF8_MARK)
        if begun := text.lstrip(_BLANKS):
            if begun[:1] not in b'{["':
                return text, _Place()
            # Blank lines before JSON mean nothing; before a dump they do no harm.
            blanks = text[: len(text) - len(begun)]
            line = 1 + passed + blanks.count(b"\n")
            return begun, _Place(line, len(blanks) - blanks.rfind(b"\n"))
        if len(head) > CHUNK:
            passed += head.count(b"\n") - 1
            head = b"\n"
    raise InputError("input is empty: expected JSON, a header dump or a HAR file")


def _whole(head: bytes, chunks: Iterator[bytes]) -> bytes:
    parts, size = [head], len(head)
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > LARGEST_PART:
            raise InputError(f"input is larger than {LARGEST_PART >> 20} MiB")
    return b"".join(parts)


# --- JSON ---------------------------------------------------------------------------------------


def _json_parts(
    head: bytes, place: _Place, chunks: Iterator[bytes], is_answered: Callable[[bytes], bool]
) -> Parts:
    head = _with_lines(1, head, chunks)
    first, _, rest = head.partition(b"\n")
    value = _object_or_none(first)
    if value is not None and not _is_har(value):
        later = _json_lines(_lines(chain((rest,), chunks), place.line), is_answered)
        return Parts(True, chain((Record(place.line, value),), later))
    if value is None and first.rstrip(_BLANKS).endswith(b"}"):
        # No JSON text goes on with "{" after "}": these are lines, and the first is a bad one.
        head = _with_lines(2, head, chunks)
        if head.partition(b"\n")[2].lstrip(_BLANKS).startswith(b"{"):
            numbered = _lines(chain((head,), chunks), place.line - 1)
            return Parts(True, _json_lines(numbered, is_answered))
    if value is None:
        value = _document(_whole(head, chunks), place)
    if _is_har(value):
        if not value["log"]["entries"]:
            raise InputError("no HTTP message found: the HAR file has no entries")
        return Parts(True, _har_messages(value), True)
    return Parts(False, [Record(None, value)])


def _with_lines(wanted: int, head: bytes, chunks: Iterator[bytes]) -> bytes:
    parts, size = [head], len(head)
    missing = wanted - head.count(b"\n")
    while missing > 0 and size <= LARGEST_PART:
        chunk = next(chunks, b"")
        if not chunk:
            break
        parts.append(chunk)
        size += len(chunk)
        missing -= chunk.count(b"\n")
    return b"".join(parts)


def _object_or_none(line: bytes) -> dict[str, Any] | None:
    from httpheaders.syntax.strict_json import read_json

    try:
        value = read_json(line)
    except InputError:
        return None
    return value if isinstance(value, dict) else None


def _document(octets: bytes, place: _Place) -> dict[str, Any]:
    if len(octets) > LARGEST_PART:
        raise InputError(f"input is larger than {LARGEST_PART >> 20} MiB")
    from httpheaders.syntax.strict_json import read_json

    value = read_json(octets, line=place.line, column=place.column)
    if not isinstance(value, dict):
        raise InputError(
            "expected a JSON object; for many questions write one object a line (jq -c '.[]')"
        )
    return value


def _lines(chunks: Iterable[bytes], number: int = 0) -> Iterator[tuple[int, bytes | None]]:
    """Give numbered lines without their ends and outer blanks; None for one that is too long."""
    begun: list[bytes] = []
    size = 0
    for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            number += 1
            if size:
                yield number, _complete(begun, size, end)
                begun, size = [], 0
            else:
                yield number, end.strip(_BLANKS)
        size += len(rest)
        if rest and size <= LARGEST_PART:  # beyond it, octets are counted but not kept
            begun.append(rest)
    if size:
        yield number + 1, _complete(begun, size, b"")


def _complete(begun: list[bytes], size: int, end: bytes) -> bytes | None:
    if size + len(end) > LARGEST_PART:
        return None
    return b"".join((*begun, end)).strip(_BLANKS)


def _json_lines(
    lines: Iterable[tuple[int, bytes | None]], is_answered: Callable[[bytes], bool]
) -> Iterator[Document]:
    read_line = _line_reader()
    blank = first_blank = 0  # blank lines since the last other one, and the first of them
    for number, line in lines:
        if line == b"":
            first_blank = first_blank or number
            blank += 1
            continue
        if blank:
            for missing in range(first_blank, first_blank + blank):
                yield Unreadable(missing, "the line is empty: expected a JSON object")
            blank = first_blank = 0
        if line is None or not is_answered(line):
            yield read_line(number, line)


def _line_reader() -> Callable[[int, bytes | None], Document]:
    """Give what reads a line that is to hold a JSON object."""
    from httpheaders.syntax.strict_json import read_json

    def read_line(number: int, line: bytes | None) -> Document:
        if line is None:
            return Unreadable(number, f"the line is longer than {LARGEST_PART >> 20} MiB")
        try:
            value = read_json(line)
        except InputError as error:
            return Unreadable(number, str(error))
        if not isinstance(value, dict):
            return Unreadable(number, "expected a JSON object")
        return _new(Record, (number, value, line))

    return read_line


def _text_lines(
    lines: Iterable[tuple[int, bytes | None]], is_answered: Callable[[bytes], bool]
) -> Iterator[Document]:
    read_line = _line_reader()
    empty = True
    for number, line in lines:
        empty = False
        if line is not None and is_answered(line):
            continue
        if line is None or (line.startswith(b"{") and line.endswith(b"}")):
            yield read_line(number, line)
        else:
            yield TextLine(number, decode_field_text(line), line)
    if empty:
        raise InputError("input is empty: expected one question a line")


# --- messages that other programs wrote ---------------------------------------------------------


def _dump_messages(octets: bytes) -> list[Document]:
    from httpheaders.messages.dump import parse_dump

    received = parse_dump(octets)
    if not received:
        raise InputError("no HTTP message found: expected JSON, a header dump or a HAR file")
    return [Message(one.line, one.exchange, one.problems) for one in received]


def _is_har(value: dict[str, Any]) -> bool:
    if "log" not in value:
        return False
    from httpheaders.messages.har import is_har

    return is_har(value)


def _har_messages(document: dict[str, Any]) -> Iterator[Document]:
    from httpheaders.messages.har import read_har

    for entry in read_har(document):
        if isinstance(entry, InputError):
            yield Unreadable(None, str(entry))
        else:
            yield Message(None, entry.exchange, entry.problems, entry)
