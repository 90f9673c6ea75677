"""Inputs that went wrong once: what was wrong is put right, and stays so."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FINDS", "Find"]


class Find(NamedTuple):
    """A target, an input, and what it did before it was put right."""

    target: str
    octets: bytes
    was: str


FINDS: tuple[Find, ...] = (
    Find(
        "command parse",
        b'{"log": {"entries": [{"respones": 204}]}}',
        "an entry of a HAR without request and response ended in a bug",
    ),
    Find(
        "command cache-check --elapsed 2h -e",
        b'HTTP/1.1 200 OK\r\nVary: a\r\nETag:"x"\rJ: b\r\n\r\n',
        "a validator that cannot be sent leaves a request without fields, which ended in a bug",
    ),
    Find(
        "policy_file.parse_policy",
        b"x = " + b"9" * 5000,
        "a number of more digits than Python converts ended in a bug",
    ),
    Find(
        "policy_file.parse_policy, JSON",
        b'{"a": 1, "a": 2}]]]',
        "the line of a fault was looked for behind the end of the document, which ended in a bug",
    ),
    Find(
        "policy_file.parse_policy, JSON",
        b"NaN}",
        "the line of a fault was looked for where no document is, which ended in a bug",
    ),
    Find(
        "syntax.linear_patterns.LinearPattern",
        b"a" + b"*" * 700,
        "repeats of repeats were followed deeper than Python goes, which ended in a bug",
    ),
    Find(
        "syntax.linear_patterns.LinearPattern",
        b"(" * 9 + b"){100}" * 9,
        "repeats of nothing took their time, and counted for nothing where size is bounded",
    ),
    Find(
        "command session sign --key-file KEY",
        b'{"user_id": "ada", "ttl": 1e306}',
        "a time that no float holds in milliseconds ended in a bug",
    ),
)
