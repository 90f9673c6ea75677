"""
Policy files: TOML or JSON text to a policy, with the line of whatever is wrong.

This is the edge where a policy meets the disk: session keys are read from the files, relative to
that of the policy, or from the environment variables that it names.

Source: TOML 1.0, RFC 8259.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from httpheaders.errors import InputError, PolicyError
from httpheaders.policy import Policy
from httpheaders.policy_document import PolicyDocumentError, policy_of
from httpheaders.small_files import read_at_most, read_key_file
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["load_policy", "parse_policy"]

# Longer than any policy, and short enough to be read at once.
_LARGEST = 1 << 20
# What a policy has is no deeper, and its keys are no longer; beyond that no lines are looked for.
_DEEPEST = 8
_LONGEST_KEY = 60
_LONGEST_PLACE = 600


def load_policy(path: str, *, environment: Mapping[str, str] = os.environ) -> Policy:
    """
    Read a policy file, `.json` or else TOML.

    Args:
        path: of the file.
        environment: where `key_env` looks.

    Raises:
        PolicyError: naming file, line and key.
        OSError: a file cannot be read.
    """
    octets = read_at_most(_LARGEST, path)
    if octets is None:
        raise PolicyError(f"{path}: a policy of more than {_LARGEST} octets is not read")

    def read_key(kind: str, name: str) -> bytes:
        return _key(kind, name, os.path.dirname(path), environment)

    try:
        return parse_policy(octets, is_json=_is_json(path, octets), read_key=read_key)
    except PolicyError as error:
        raise PolicyError(f"{path} {error}", reference=error.reference) from None


def _is_json(path: str, octets: bytes) -> bool:
    return path.endswith(".json") or (not path.endswith(".toml") and octets.lstrip()[:1] == b"{")


def _key(kind: str, name: str, folder: str, environment: Mapping[str, str]) -> bytes:
    if kind == "env":
        try:
            value = environment.get(name)
        except UnicodeEncodeError:  # half a character: no variable can have this name
            value = None
        if not value:
            raise PolicyError(f"environment variable {name!a} is not set")
        return value.encode("utf-8", "surrogateescape")
    path = os.path.join(folder, name)
    try:
        return read_key_file(path)
    except InputError as error:
        raise PolicyError(f"key file {error.message}") from None
    except OSError as error:
        raise PolicyError(f"key file '{path}': {error.strerror}") from None
    except ValueError:  # a NUL, or half a character beyond the first 65536
        raise PolicyError(f"key file {path!a}: no file can have this name") from None


def parse_policy(octets: bytes, *, is_json: bool, read_key: Callable[[str, str], bytes]) -> Policy:
    """
    Make a policy of the text of a policy file.

    Args:
        octets: UTF-8.
        is_json: whether it is JSON; else it is TOML.
        read_key: gives the octets of a session key, as in `policy_of`.

    Raises:
        PolicyError: with "line N: " before what is wrong, and the key.

    >>> try:
    ...     parse_policy(b'[[route]]\\npath = "x"', is_json=False, read_key=None)
    ... except PolicyError as error:
    ...     print(error)
    line 2: a path begins with a slash: write '/x' at 'route[0].path'
    """
    document = _json_document(octets) if is_json else _toml_document(octets)
    text = octets.decode()
    try:
        return policy_of(document, read_key=read_key)
    except PolicyDocumentError as error:
        line = _line_of(error.where, _json_places(text) if is_json else _toml_places(text))
        raise PolicyError(f"line {line}: {error}", reference=error.reference) from None


def _line_of(where: str, places: Iterable[tuple[str, int]]) -> int:
    """Give the line of a place, or that of what it is in."""
    where = where[:_LONGEST_PLACE]
    known = {place: line for place, line in places if where.startswith(place)}
    while where:
        if where in known:
            return known[where]
        where = where[: max(where.rfind("."), where.rfind("["), 0)]
    return 1


# --- TOML ---------------------------------------------------------------------------------------


def _toml_document(octets: bytes) -> dict[str, Any]:
    from httpheaders.syntax.strict_toml import read_toml

    try:
        return read_toml(octets)
    except InputError as error:
        raise PolicyError(f"{error.where}: {error.message}") from None


_header = lazy_pattern(r"[ \t]*+(\[\[?)[ \t]*+([^\]]++)\]")
_assignment = lazy_pattern(r"([A-Za-z0-9_\-. \t\"']++)=")


def _toml_places(text: str) -> Iterator[tuple[str, int]]:
    """Find the lines of tables and keys; inside a text of several lines it may find too much."""
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = _header.match(line)
        if header is not None:
            table = _dotted(header[2])[:_LONGEST_PLACE]
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            yield table, number
            continue
        assignment = _assignment.match(line)
        if assignment is not None:
            name = _dotted(assignment[1])
            yield (f"{table}.{name}" if table else name), number


def _dotted(text: str) -> str:
    return ".".join(part.strip(" \t\"'") for part in text.split("."))


# --- JSON ---------------------------------------------------------------------------------------


def _json_document(octets: bytes) -> dict[str, Any]:
    import json

    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"line {line}: this is not UTF-8") from None
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise PolicyError(f"line {error.lineno}: {message}") from None
    except RecursionError:
        raise PolicyError("line 1: this is nested too deeply") from None
    except (InputError, ValueError) as error:
        key = getattr(error, "where", None)
        line = next((n for place, n in _json_places(text) if place.endswith(f".{key}")), 1)
        told = error.message if isinstance(error, InputError) else "a number is too long"
        raise PolicyError(f"line {line}: {told}") from None
    if not isinstance(document, dict):
        raise PolicyError("line 1: expected an object")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InputError(f"key '{double[:60]}' is given twice", where=double)
    return document


def _no_constant(text: str) -> Any:
    raise InputError(f"{text} is not JSON")


_piece = lazy_pattern(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|\n|[^\s{}\[\],:"]++', re.DOTALL)


def _json_places(text: str) -> Iterator[tuple[str, int]]:
    """Find the lines of keys and items, as far as the text is JSON."""
    stack: list[list[Any]] = []  # of [place, is_list, index or key]
    number = 1
    is_key = False
    for found in _piece.finditer(text):
        piece = found[0]
        if piece == "\n":
            number += 1
        elif piece in "{[":
            place = _place(stack)
            if place:
                yield place, number
            inside = place if len(stack) < _DEEPEST else stack[-1][0]
            stack.append([inside, piece == "[", 0 if piece == "[" else None])
            is_key = piece == "{"
        elif not stack:
            return  # before and behind the document nothing has a place
        elif piece in "}]":
            stack.pop()
            is_key = False
        elif piece == ",":
            if stack[-1][1]:
                stack[-1][2] += 1
            else:
                is_key = True
        elif piece == ":":
            is_key = False
        elif is_key:
            stack[-1][2] = piece[1 : _LONGEST_KEY + 1].removesuffix('"')
            yield _place(stack), number
        elif stack[-1][1]:
            yield _place(stack), number


def _place(stack: list[list[Any]]) -> str:
    if not stack:
        return ""
    place, is_list, key = stack[-1]
    if is_list:
        return f"{place}[{key}]"
    return f"{place}.{key}" if place else str(key)
