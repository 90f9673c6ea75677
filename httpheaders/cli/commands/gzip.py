"""`httpheaders gzip`: does this client take gzip, and what do I send?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput, show_error
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import boolean, count, text, texts
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import ANSWER_KEYS, Reply, header_lines
from httpheaders.errors import InputError
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpheaders.cli.beginnings import Beginning
    from httpheaders.cli.destinations import Destination
    from httpheaders.compression import CompressionPolicy
    from httpheaders.content_codings import Compressor
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Request, Response

CHUNK = 1 << 16
# A message longer than this is taken for content by the filter, which keeps nothing so large.
LARGEST_MESSAGE = 1 << 26
# JSON has to hold the whole content; the filter does not.
LARGEST_CONTENT = 1 << 28


def missing(given: Mapping[str, Any]) -> str | None:
    """Content makes a question whole."""
    if "body" in given or "content" in given:
        return None
    return "the content: FILE, or a response on standard input"


def octets(value: Any, where: str) -> bytes:
    """Content as text."""
    return text(value, where).encode("utf-8", "surrogatepass")


def base64_octets(value: Any, where: str) -> bytes:
    """Content as base64."""
    from httpheaders.cli.message_json import read_body

    return read_body({"body_base64": text(value, where)}) or b""


FORM = Form(
    keys={
        "accept_encoding": text,
        "coding": texts,
        "level": count,
        "min_size": count,
        "content_type": text,
        "type": texts,
        "engine": text,
        "decompress": boolean,
        "max_size": count,
        "body": octets,
        "body_base64": base64_octets,
    },
    subject="accept_encoding",
    missing=missing,
    repeats=True,
)

EXAMPLES = r"""
$ echo '{"accept_encoding": "gzip;q=0", "body": "Hello"}' | httpheaders gzip | cut -d , -f 1-2
{"ok":true,"reason":"the client prefers the content as it is"

$ printf 'Hello, World!' | httpheaders gzip --raw --level 9 | gzip -dc
Hello, World!

$ printf 'gzip\n*;q=0\n' | httpheaders gzip --lines | cut -d , -f 1-3
{"ok":true,"reason":"the client takes gzip","reference":"RFC 9110 section 12.5.3"
{"ok":false,"reason":"the client refuses the content as it is, and gzip"
"""


def answer(question: Question) -> Reply:
    """Compress, or decompress, the content of one question."""
    from httpheaders.messages.message import Exchange

    values = question.values
    request, response = _messages(question)
    if values.get("decompress"):
        from httpheaders.decompression import decompress_message

        limit = values.get("max_size", LARGEST_CONTENT)
        coding = next(iter(values.get("coding", ())), None)
        undone = decompress_message(response, coding=coding, max_size=limit)
        keys: dict[str, Any] = {"encoding": None, "decoded": list(undone.codings)}
        return _reply(undone, undone.response, keys, Exchange(question.request, undone.response))
    from httpheaders.compression import compress_message

    policy = _policy(question)
    if values.get("raw") and "accept-encoding" not in request.headers:
        policy = policy._replace(keeps_larger=True)  # whoever named no client wants it coded
    done = compress_message(request, response, policy=policy, explain=question.explain)
    keys = {"encoding": done.coding, "decoded": []}
    return _reply(done, done.response, keys, Exchange(question.request, done.response))


def _reply(answer: Any, response: Response, keys: dict[str, Any], exchange: Any) -> Reply:
    keys |= {
        "status": response.status,
        "headers": response.headers.to_dict(),
        "original_size": answer.original_size,
        "size": answer.size,
    }
    return Reply(answer, keys, response.body, exchange)


def _messages(question: Question) -> tuple[Request, Response]:
    """The messages, with the keys standing in for what they leave out."""
    from httpheaders.messages.message import Request, Response

    values = question.values
    request = question.request or Request()
    accepted = values.get("accept_encoding")
    if accepted is not None and "accept-encoding" not in request.headers:
        request = request._replace(headers=request.headers.added("Accept-Encoding", accepted))
    response = question.response or Response()
    content_type = values.get("content_type")
    if content_type is not None and "content-type" not in response.headers:
        headers = response.headers.added("Content-Type", content_type)
        response = response._replace(headers=headers)
    contents = [values[key] for key in ("content", "body", "body_base64") if key in values]
    if len(contents) > 1:
        raise InputError("expected either body or body_base64, got both")
    if contents and response.body is None:
        response = response._replace(body=contents[0])
    return request, response


def _policy(question: Question) -> CompressionPolicy:
    from httpheaders.compression import CompressionPolicy

    values = question.values

    return CompressionPolicy(
        codings=tuple(values.get("coding", ("gzip",))),
        level=values.get("level", 6),
        min_size=values.get("min_size", 0),
        types=tuple(values.get("type", ())),
        flushes=bool(values.get("flush")),
        engine=values.get("engine"),
    )


# --- content that is no message -------------------------------------------------------------

_first_key = lazy_pattern(rb'\{[ \t\r\n]*+"([a-z_]{1,20})"')
_status_line = lazy_pattern(rb"HTTP/[0-9]")
# Where a dump of curl, wget or HTTPie, or bare header lines, may begin.
_dump_line = lazy_pattern(
    rb"HTTP/[0-9]|[*<>{}] |--|[A-Z]+ [^ ]+ HTTP/|[!#-'*+\-.^-z|~0-9A-Z]++:[ \t]"
)
_MESSAGE_KEYS = frozenset({"id", "request", "response"})
_RESPONSE_KEYS = frozenset({"id", "status", "headers", "body", "body_base64", "version", "phrase"})


def holds_content(beginning: Beginning, *, raw: bool) -> bool:
    """
    Say whether the input is content, not messages.

    The filter must never take a file for a message because it looks a little like one: it wants an
    answer of ours, an exchange, a response or a short form with a body, or a status line.
    """
    start = beginning.text()
    if not start:
        raise InputError("<stdin>: input is empty: expected content, or a response")
    if not raw:
        return not beginning.is_json() and _dump_line.match(start) is None
    if start[:1] != b"{":
        return _status_line.match(start) is None
    key = _first_key.match(start)
    known = _MESSAGE_KEYS | _RESPONSE_KEYS | ANSWER_KEYS | FORM.keys.keys()
    if key is None or key[1].decode() not in known:
        return True
    value = beginning.object_within(LARGEST_MESSAGE)
    return value is None or not _is_question(value)


def _is_question(value: Mapping[str, Any]) -> bool:
    keys = value.keys()
    if isinstance(value.get("response"), dict):
        return keys >= ANSWER_KEYS or keys <= _MESSAGE_KEYS | FORM.keys.keys()
    if not ("body" in keys or "body_base64" in keys):
        return False
    return keys <= _RESPONSE_KEYS | FORM.keys.keys()


def filter_content(
    io: InputOutput, stream: Beginning, given: Mapping[str, Any]
) -> tuple[ExitStatus, Headers]:
    """Send content through, compressed if so decided, holding no more than `min_size` of it."""
    from httpheaders.cli.destinations import destination_at

    question = Question(given, None, explain=False, clock=io.clock)
    with destination_at(io.output) as destination:
        if given.get("decompress"):
            return _decompressed(stream, destination, given)
        from httpheaders.compression import decide

        policy = _policy(question)
        # Only whether it reaches `min_size` can be told of a stream; that it shrinks cannot.
        least = 0 if policy.flushes else min(policy.min_size, LARGEST_CONTENT)
        size = len(stream.look(least)) if least else None
        decision = decide(*_messages(question), policy=policy, size=size)
        if not decision.ok:
            show_error(decision.reason, "406")
            return ExitStatus.NO, decision.headers
        size = _streamed(stream, destination, decision.coding, policy)
        return ExitStatus.YES, _with_length(decision.headers, size)


def _streamed(
    stream: Beginning, destination: Destination, coding: str | None, policy: CompressionPolicy
) -> int:
    """Send all content on, and say how many octets went out."""
    coder = _coder(coding, policy)
    size = 0
    while chunk := stream.read1(CHUNK):
        coded = coder.compress(chunk)
        if policy.flushes:
            coded += coder.flush()
        if coded:
            size += len(coded)
            destination.write(coded)
            if policy.flushes:
                destination.flush()
    rest = coder.finish()
    destination.write(rest)
    return size + len(rest)


def _coder(coding: str | None, policy: CompressionPolicy) -> Compressor | _Identity:
    if coding is None:
        return _Identity()
    from httpheaders.content_codings import Compressor

    return Compressor(coding, level=policy.level, engine=policy.engine)


class _Identity:
    """The coding that changes nothing."""

    def compress(self, chunk: bytes) -> bytes:
        return chunk

    def flush(self) -> bytes:
        return b""

    finish = flush


def _with_length(headers: Headers, size: int) -> Headers:
    return headers.replaced("Content-Length", str(size))


def _decompressed(
    stream: Beginning, destination: Destination, given: Mapping[str, Any]
) -> tuple[ExitStatus, Headers]:
    from httpheaders.coding_engines import detect_coding
    from httpheaders.content_codings import Decompressor
    from httpheaders.messages.headers import Headers

    coding = next(iter(given.get("coding", ())), None) or detect_coding(stream.look(4)[:4])
    if coding is None:
        raise InputError("the content is neither gzip nor zstd: name its coding with --coding")
    reader = Decompressor(coding, max_size=given.get("max_size"))
    while chunk := stream.read1(CHUNK):
        for piece in reader.decompress(chunk):
            destination.write(piece)
        if given.get("flush"):
            destination.flush()
    reader.finish()
    for problem in reader.problems:
        show_error(problem.message, "Warning")
    return ExitStatus.YES, _with_length(Headers(), reader.size)


# --- the command ----------------------------------------------------------------------------


@click.command("gzip", epilog=options.examples(EXAMPLES))
@click.argument("content_file", type=options.FILE, metavar="[FILE]", required=False)
@click.option("--accept-encoding", metavar="FIELD", help="What the client says it takes.")
@click.option(
    "--coding",
    multiple=True,
    metavar="CODING",
    help="Offer gzip, br or zstd, the best liked first; gzip unless said otherwise.",
)
@click.option(
    "--level", type=click.IntRange(1, 9), help="From 1, fastest, to 9, smallest; 6 if not given."
)
@click.option(
    "--min-size", type=options.SIZE, metavar="SIZE", help="Leave content below SIZE as it is."
)
@click.option("--content-type", metavar="TYPE", help="The content's media type.")
@click.option(
    "--type", multiple=True, metavar="TYPE", help="Take TYPE, or image/*, for worth it too."
)
@click.option(
    "--engine",
    type=click.Choice(["zlib-ng", "zlib"]),
    help="What deflates; the fastest there is if not given.",
)
@click.option("--decompress", "-d", is_flag=True, default=None, help="Take codings off instead.")
@click.option(
    "--max-size", type=options.SIZE, metavar="SIZE", help="Refuse more than SIZE decompressed."
)
@click.option("--flush", is_flag=True, default=None, help="With --raw: send on what comes at once.")
@click.option("--headers-to", type=options.FILE, help="Write the header lines to send to FILE.")
@options.input_and_output()
def command(
    io: InputOutput, content_file: str | None, headers_to: str | None, **given: Any
) -> ExitStatus:
    """Say whether this client takes gzip, and give what to send.

    Reads a response or an exchange from standard input, or objects like {"accept_encoding": "gzip",
    "body": "..."}; or content, if that is none of these. FILE holds content, whatever it looks
    like; - is standard input. With --raw it is a filter: octets in, octets out, in constant memory.
    The answer is yes unless the client takes nothing there is: 406.
    """
    if content_file is not None and io.source is not None:
        raise click.UsageError("give content as FILE or messages as --input, not both")
    if given["flush"] and not io.raw:
        raise click.UsageError("--flush goes with --raw")
    if given["max_size"] is not None and not given["decompress"]:
        raise click.UsageError("--max-size goes with --decompress")
    if io.raw and not given["decompress"] and not io.quiet:
        _refuse_terminal(io)
    given = {key: value for key, value in given.items() if value is not None and value != ()}
    given["raw"] = io.raw
    with _headers_file(headers_to) as tell:
        # The file has the fields of lines that come again, too.
        form = FORM._replace(repeats=headers_to is None)
        return _run(io, form, content_file, given, tell)


def _run(
    io: InputOutput,
    form: Form,
    file: str | None,
    given: dict[str, Any],
    tell: Callable[[Headers], None],
) -> ExitStatus:
    def told(question: Question) -> Reply:
        reply = answer(question)
        if reply.exchange is not None and reply.exchange.response is not None:
            tell(reply.exchange.response.headers)
        return reply

    if io.lines:
        return io.answer_each(form, given, told)
    from httpheaders.cli.beginnings import Beginning

    opened = io if file is None else io._replace(source=file)
    with opened.input_stream(missing(given)) as stream:
        beginning = Beginning(stream)
        filters = io.raw and not io.quiet
        if file is None and not holds_content(beginning, raw=filters):
            return io.answer_each(form, given, told, beginning)
        if filters:
            status, headers = filter_content(io, beginning, given)
            tell(headers)
            return status
        content = beginning.whole_within(LARGEST_CONTENT)
        if content is None:
            raise InputError(f"content of more than {LARGEST_CONTENT >> 20} MiB: use --raw")
    return io._replace(source=None).answer_each(form, {**given, "content": content}, told)


def _refuse_terminal(io: InputOutput) -> None:
    from httpheaders.cli.destinations import StandardOutput, is_standard_output

    if is_standard_output(io.output) and StandardOutput().is_terminal:
        raise InputError("compressed octets are nothing for a terminal: use --output, or a pipe")


@contextmanager
def _headers_file(path: str | None) -> Iterator[Callable[[Headers], None]]:
    """Gather header lines for a file that appears whole, when all is done."""
    if path is None:
        yield lambda headers: None
        return
    from httpheaders.cli.destinations import destination_at

    told = 0

    def tell(headers: Headers) -> None:
        nonlocal told
        told += 1
        target.write(b"\n" * (told > 1) + header_lines(headers))

    with destination_at(path) as target:
        yield tell
