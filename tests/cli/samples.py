"""
One sample of use for every command: what it needs as arguments, and what it takes as input.

The tests that every command must pass run over this table, and fail while a command is missing.
"""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """
    How one command is used.

    Attributes:
        command: its words, "cookie build".
        alone: arguments that ask a whole question, so that no input is read; None: it always reads.
        piped: arguments with which the input is read.
        question: an input that is answered with yes.
        status: the status of both.
    """

    command: str
    alone: tuple[str, ...] | None
    piped: tuple[str, ...]
    question: bytes
    status: int = 0


DUMP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"

SAMPLES = [
    Sample("parse", None, (), DUMP),
    Sample(
        "negotiate",
        ("text/html", "--accept", "text/*"),
        ("text/html",),
        b'{"accept": "text/*"}\n',
    ),
    Sample(
        "pool-sim",
        ("--threads", "2", "--latency", "1s", "--requests", "4"),
        (),
        b'{"threads": 2, "latency": 1, "requests": 4}\n',
    ),
]
