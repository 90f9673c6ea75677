"""
Fields made of directives: Cache-Control and its kin, transport security, content security.

Source: RFC 9111 section 5.2, RFC 6797 section 6.1, Content Security Policy Level 3 section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.field_readers.reading import Reading, shown
from httpheaders.messages.field_readers.scalars import read_seconds
from httpheaders.syntax.cache_directives import (
    FIELD_LISTS,
    FLAGS,
    SECONDS,
    Directive,
    split_directives,
)
from httpheaders.syntax.field_values import split_list
from httpheaders.syntax.grammar import is_token

_ASCII_WHITESPACE = "\t\n\f\r "


def cache_control(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read Cache-Control; of a directive that stands twice the first counts."""
    values: dict[str, Any] = {}
    for directive in _distinct(_directives(lines), reading):
        name = str(directive.name)
        if name in SECONDS:
            values[name] = _seconds(directive, reading)
        elif name in FIELD_LISTS:
            values[name] = _field_names(directive, reading)
        elif name in FLAGS:
            values[name] = _flag(directive, reading)
        else:
            values[name] = _extension(directive)
    return values


def _directives(lines: Sequence[str]) -> Iterable[Directive]:
    return (directive for line in lines for directive in split_directives(line))


def _distinct(directives: Iterable[Directive], reading: Reading) -> Iterable[Directive]:
    seen = set()
    for directive in directives:
        if directive.flaw is not None:
            reading.tell(f"directive {shown(directive.text)}: {directive.flaw}")
        if directive.name is None:
            continue
        if directive.name in seen:
            reading.tell(f"directive {shown(directive.name)} stands twice: the first one counts")
            continue
        seen.add(directive.name)
        yield directive


def _seconds(directive: Directive, reading: Reading) -> Any:
    name, argument = directive.name, directive.argument
    if argument is None:
        if name != "max-stale":
            reading.tell(f"directive '{name}' lacks its count of seconds")
        return True
    try:
        number = read_seconds(argument, reading, subject=f"'{name}': ")
    except FieldSyntaxError as error:
        reading.tell(error.message, "RFC 9111 section 1.2.2")
        return argument
    if directive.quoted:
        reading.tell(f"the argument of '{name}' is written without quotes")
    return number


def _field_names(directive: Directive, reading: Reading) -> Any:
    if directive.argument is None:
        return True
    names = split_list(directive.argument)
    if names and directive.flaw is None and all(map(is_token, names)):
        return names
    # Unqualified is the stricter reading, and so the safe one.
    reading.tell(f"directive '{directive.name}' names no fields: it counts as without argument")
    return True


def _flag(directive: Directive, reading: Reading) -> Any:
    if directive.argument is None:
        return True
    reading.tell(f"directive '{directive.name}' takes no argument")
    return directive.argument


def _extension(directive: Directive) -> Any:
    return True if directive.argument is None else directive.argument


def directives(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Read directives whose numbers, if they are any, are numbers: Keep-Alive and others."""
    return {
        str(directive.name): _number_or_text(directive)
        for directive in _distinct(_directives(lines), reading)
    }


def _number_or_text(directive: Directive) -> Any:
    text = directive.argument
    if text is not None and text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return _extension(directive)


def transport_security(lines: Sequence[str], reading: Reading) -> dict[str, Any]:
    """
    Read Strict-Transport-Security; only the first line counts.

    Source: RFC 6797 sections 6.1 and 8.1.
    """
    from httpheaders.syntax.parameters import split_parameters

    parameters = split_parameters(";" + reading.only(lines)).parameters
    values = reading.mapping(parameters, loose=True)
    flags = {parameter.name for parameter in parameters if parameter.value is None}
    read = {name: True if name in flags and not value else value for name, value in values.items()}
    if "max-age" not in read:
        reading.tell("the required directive 'max-age' is missing", "RFC 6797 section 6.1.1")
        return read
    try:
        read["max-age"] = read_seconds(str(values["max-age"]), reading, subject="'max-age': ")
    except FieldSyntaxError as error:
        reading.tell(error.message, "RFC 6797 section 6.1.1")
    return read


def content_security(lines: Sequence[str], reading: Reading) -> list[dict[str, list[str]]]:
    """
    Read policies, each an object of directives with their source expressions.

    A comma always separates policies: it cannot stand inside one.

    Source: Content Security Policy Level 3 section 2.2.
    """
    texts = [text for line in lines for text in line.split(",")]
    policies = [_policy(text, reading) for text in texts]
    return [policy for policy in policies if policy]


def _policy(text: str, reading: Reading) -> dict[str, list[str]]:
    policy: dict[str, list[str]] = {}
    for part in text.split(";"):
        words = part.translate(_TO_SPACE).split(" ")
        name, *sources = [word for word in words if word] or [""]
        name = name.lower()
        if name in policy:
            reading.tell(f"directive {shown(name)} stands twice: the first one counts")
        elif name:
            policy[name] = sources
    return policy


_TO_SPACE = dict.fromkeys(map(ord, _ASCII_WHITESPACE), " ")
