"""
Which representation does each client want? A million lines, or a billion, asked on Apache Spark.

    spark-submit examples/spark.py pipe LINES ANSWERS
    spark-submit examples/spark.py library LINES ANSWERS

LINES is a file or a directory that Spark can read, with one question a line. ANSWERS is a new
directory, whose parts in the order of their names are the answers in the order of the lines.
`pipe` sends the lines through the program, which takes requests as well; `library` calls the
function behind it, takes an Accept field or an object with the key "accept", and gives the selected
types alone.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark import RDD

OFFERS = ["text/html", "application/json", "text/markdown"]


def by_pipe(lines: RDD[str]) -> RDD[str]:
    """Send each partition through a process of its own."""
    program = shlex.join(["httpheaders", "negotiate", *OFFERS, "--lines"])
    # 0, 1 and 2 are answers: yes, no, and unusable, which is told in its line. Nothing else is.
    script = f"{program}; status=$?; test $status -le 2 || exit $status"
    command = shlex.join(["sh", "-c", script])
    return lines.pipe(command, env={"PATH": os.environ["PATH"]}, checkCode=True)


def by_library(lines: RDD[str]) -> RDD[str]:
    """Call the library in Spark's own Python processes."""
    return lines.mapPartitions(selected_types)


def selected_types(lines: Iterable[str]) -> Iterator[str]:
    """Give what each client gets: an empty line where nothing will do or the line is unusable."""
    from httpheaders import negotiate_content_type

    for line in lines:
        accept = accept_of(line)
        yield (accept is not None and negotiate_content_type(accept, OFFERS)) or ""


def accept_of(line: str) -> str | None:
    """Give the Accept field that a line is, or holds; None where it is unusable."""
    from httpheaders.errors import InputError
    from httpheaders.syntax.strict_json import read_json

    if not (line.startswith("{") and line.endswith("}")):
        return line
    try:
        accept = read_json(line.encode()).get("accept")
    except InputError:
        return None
    return accept if isinstance(accept, str) else None


def main(how: str, lines: str, answers: str) -> None:
    """Run the job on whatever Spark `spark-submit` was pointed at."""
    from pyspark import SparkContext

    with SparkContext(appName="httpheaders negotiate") as spark:
        answer = {"pipe": by_pipe, "library": by_library}[how]
        answer(spark.textFile(lines)).saveAsTextFile(answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
