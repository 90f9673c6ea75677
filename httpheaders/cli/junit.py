"""
Results of checks as JUnit XML, the form that CI systems show.

One test suite a question, written as it is answered; the file appears whole at the end, or not at
all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from httpheaders.cli.destinations import Destination, destination_at
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from httpheaders.messages.checks import CheckResult

__all__ = ["JUnitReport", "junit_report"]

# Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | …        XML 1.0 section 2.2
_NO_XML = lazy_pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}


class JUnitReport:
    """A report that is being written."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._count = 0

    def add(self, name: str | None, results: Sequence[CheckResult]) -> None:
        """Write one suite; without a name of its own it goes by its number."""
        self._count += 1
        failures = sum(not result.ok for result in results)
        lines = [
            f'<testsuite name="{_escaped(name or f"message {self._count}")}"'
            f' tests="{len(results)}" failures="{failures}" errors="0">'
        ]
        for result in results:
            case = f'<testcase classname="httpheaders assert" name="{_escaped(result.check)}"'
            if result.ok:
                lines.append(f"{case}/>")
                continue
            actual = "nothing is there" if result.actual is None else f"actual: {result.actual}"
            failure = f'<failure message="{_escaped(result.reason)}">{_escaped(actual)}</failure>'
            lines.append(f"{case}>{failure}</testcase>")
        lines.append("</testsuite>\n")
        self._destination.write("\n".join(lines).encode())


@contextmanager
def junit_report(path: str) -> Iterator[JUnitReport]:
    """Give a report that is written to a file."""
    with destination_at(path) as destination:
        destination.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
        yield JUnitReport(destination)
        destination.write(b"</testsuites>\n")


def _escaped(text: str) -> str:
    return _NO_XML.sub(_code, text).translate(_ESCAPES)


def _code(found: re.Match[str]) -> str:
    return f"\\x{ord(found.group()):02x}"
