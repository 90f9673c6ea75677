"""
What a path leads to in a message.

How a path is followed. A name alone is the text of the field; each step leads from a value, in the
shape that `messages.fields` gives it, to the values inside it:

    [i]     member i of a list, counted from 0, or from the end with "-"; of a field that is not a
            list, its line i
    [key]   the members of a list that go by this name (a cookie, a link relation, a range, the text
            itself), or what an object has under this key
    .part   what an object has under this key, or among its parameters; of a list, that of each
            member
    .count  how many members a list has, or how often a field stands
    .seconds, .epoch, .iso   of a date or of Retry-After, in either of its forms

A value in a structured field stands for itself: `priority.u` is its number. Names of parts are
found without regard to case, but for the keys of structured fields and JSON.

Source: RFC 9110 sections 5.2 and 5.3; for each field the section in `KNOWN_FIELDS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from httpheaders.errors import FieldSyntaxError
from httpheaders.messages.headers import (
    Latin1Text,
    escape_octets,
    join_field_text,
    unescape_octets,
)
from httpheaders.messages.paths import OF_REQUESTS, PSEUDO_NAMES, Path
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    from httpheaders.answer import Problem
    from httpheaders.messages.message import Exchange, Request, Response

__all__ = ["Finding", "find", "number_of", "text_of"]

# Kinds of which only the first line counts; the lines of all others can be put together.
_SINGLE_KINDS = """
    boolean content-range credentials date disposition etag expires first-token if-range integer
    item length media-type method products range retry-after seconds text token transport-security
"""
# Kinds whose keys are case-sensitive.
_EXACT_KINDS = frozenset(("item", "list", "dictionary", "json"))
# What stands for an object when its text is wanted, the first that it has.
_PRINCIPAL_PARTS = (
    *("value", "href", "range", "type", "iso", "authority", "product", "by", "scheme", "name"),
    "base64",
)
_TO_SPACE = dict.fromkeys(map(ord, "\r\n\0"), " ")


class Finding(NamedTuple):
    """
    What a path leads to.

    Attributes:
        values: one for each place that it leads to, JSON-able; None where nothing is there.
        texts: the same as text on one line; None where nothing is there.
        reason: one sentence, for a person.
        reference: the rule that the value was read by.
        problems: what was odd about the field.
        kind: that of the field in `KINDS`; None when it is not known.
        has_message: whether the message that was meant is there at all.
    """

    values: tuple[Any, ...]
    texts: tuple[str | None, ...]
    reason: str
    reference: str
    problems: tuple[Problem, ...] = ()
    kind: str | None = None
    has_message: bool = True


def find(
    path: Path,
    exchange: Exchange,
    *,
    now: float,
    every: bool = False,
    counts_from_now: bool = False,
    only_text: bool = False,
) -> Finding:
    """
    Follow a path into a message.

    A field is looked for in the response, or in the request where there is no response; the path
    may say which. `:method`, `:path`, `:scheme` and `:authority` are the request's.

    Args:
        path: where to look.
        exchange: the messages.
        now: the present, in seconds since 1970.
        every: whether a key gives all members that go by it, rather than the first.
        counts_from_now: whether `.seconds` counts from `now` even where the message has a Date.
        only_text: spares the reading of a field of which the text alone is wanted.

    Source: RFC 9110 section 5.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Exchange, Response
    >>> from httpheaders.messages.paths import parse_path
    >>> exchange = Exchange(None, Response(200, Headers([("Cache-Control", "max-age=60")])))
    >>> find(parse_path("cache-control.max-age"), exchange, now=0).values
    (60,)
    """
    role, message = _message_of(path, exchange)
    if message is None:
        reason = f"there is no {role}"
        return Finding((), (), reason, "RFC 9110 section 3", has_message=False)
    if path.name.startswith(":"):
        return _find_control_data(path, message, role)
    lines = message.headers.get_all(path.name)
    if not lines and path.steps != ((".", "count"),):
        return Finding((), (), _absent(path.name, role), "RFC 9110 section 5")
    if only_text and not path.steps and len(lines) == 1:
        text = _on_one_line(lines[0])
        return Finding((text,), (text,), f"'{path.text}' is there", "RFC 9110 section 5.5")
    follower = _Follower(path, message, now, every, counts_from_now)
    return follower.finding(lines)


def _message_of(path: Path, exchange: Exchange) -> tuple[str, Request | Response | None]:
    request, response = exchange
    if path.name == ":status" or path.role == "response":
        return "response", None if path.role == "request" else response
    if path.role == "request" or path.name in OF_REQUESTS:
        return "request", request
    return ("request", request) if response is None else ("response", response)


def _absent(name: str, role: str) -> str:
    hint = f": did you mean ':{name}'" if f":{name}" in PSEUDO_NAMES else ""
    return f"the {role} has no field '{name}'{hint}"


def _find_control_data(path: Path, message: Any, role: str) -> Finding:
    reference = "RFC 9113 section 8.3"
    value = None if path.steps else _CONTROL_DATA[path.name](message)
    if value is None:
        return Finding((), (), f"the {role} does not tell '{path.text}'", reference)
    return Finding((value,), (text_of(value),), f"'{path.text}' is there", reference)


def _url_part(part: str) -> Any:
    def read(request: Request) -> str | None:
        url = request.url
        if url is None:
            return None
        if request.method == "CONNECT":  # its target is an authority alone: RFC 9112 section 3.2.3
            return url if part == "authority" else None
        scheme, colon, rest = url.partition("://")
        if not colon or "/" in scheme or "?" in scheme:
            scheme, rest = "", url
            authority, target = "", url
        else:
            end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
            authority, target = rest[:end], rest[end:].partition("#")[0]
            target = target if target.startswith("/") else "/" + target
        if part == "path":
            return target
        if part == "scheme":
            return scheme.lower() or None
        return authority or request.headers.get("host")

    return read


_CONTROL_DATA: dict[str, Any] = {
    ":status": lambda response: response.status,
    ":method": lambda request: request.method,
    ":path": _url_part("path"),
    ":scheme": _url_part("scheme"),
    ":authority": _url_part("authority"),
    ":version": lambda message: message.version,
}


@cache
def _fields() -> ModuleType:
    # Late, for paths that need no field read; once, for many messages may be asked.
    from httpheaders.messages import fields

    return fields


class _Follower:
    """Follows one path into one field."""

    def __init__(
        self, path: Path, message: Any, now: float, every: bool, counts_from_now: bool
    ) -> None:
        fields = _fields()
        self._path = path
        self._message = message
        self._now = now
        self._every = every
        self._counts_from_now = counts_from_now
        known = fields.KNOWN_FIELDS.get(path.name)
        kind = fields.KINDS[known.kind] if known else None
        self._kind = known.kind if known else None
        self._indexed_by = kind.indexed_by if kind else "member"
        self._ignores_case = kind.ignores_case if kind else True
        self._reference = known.reference if known else "RFC 9110 section 5.5"
        self._problems: tuple[Problem, ...] = ()

    def finding(self, lines: list[str]) -> Finding:
        steps = self._path.steps
        if not steps:
            texts = [_on_one_line(text) for text in _texts_of_field(self._kind, lines)]
            value = self._read(lines)
            values = value if self._kind == "set-cookies" else [value] * len(texts)
            return self._found(values, texts)
        values, rest = self._first_step(lines)
        for step in rest:
            values = [inner for value in values for inner in self._step(value, step)]
        return self._found(values, [None if v is None else text_of(v) for v in values])

    def _found(self, values: Sequence[Any], texts: Sequence[str | None]) -> Finding:
        shown = self._path.text
        reason = f"'{shown}' is there"
        if not any(text is not None for text in texts):
            reason = f"the field '{self._path.name}' has no '{shown}'"
            if self._problems:
                reason += f": {self._problems[0].message}"
        return Finding(
            tuple(values), tuple(texts), reason, self._reference, self._problems, self._kind
        )

    def _read(self, lines: Sequence[str]) -> Any:
        read = _fields().field_value
        if not any(isinstance(line, Latin1Text) for line in lines):
            value, self._problems = read(self._path.name, lines, now=self._now)
            return value
        # What is no UTF-8 goes through the reader as octets, to be known in any part it cuts out.
        value, problems = read(self._path.name, list(map(escape_octets, lines)), now=self._now)
        self._problems = tuple(
            problem._replace(message=unescape_octets(problem.message)) for problem in problems
        )
        try:
            return _unescaped(value)
        except RecursionError:
            raise FieldSyntaxError("the value is nested too deeply") from None

    def _first_step(self, lines: list[str]) -> tuple[list[Any], Sequence[tuple[str, str | int]]]:
        """Take the step that knows the lines of the field, if the path begins with one."""
        (sign, key), *rest = self._path.steps
        value = self._read(lines)
        if (sign, key) == (".", "count"):
            is_counted = isinstance(value, list) and self._kind is not None
            return [len(value) if is_counted else len(lines)], rest
        if isinstance(key, int) and not isinstance(value, (list, dict)):
            return [self._line(lines, key)], rest
        if isinstance(key, int) and isinstance(value, dict) and str(key) not in value:
            return [self._line(lines, key)], rest
        if sign == "[]" and self._kind is None:
            from httpheaders.syntax.field_values import split_list

            members = (one for line in lines for one in split_list(escape_octets(line)))
            value = list(map(unescape_octets, members))
        return [value], self._path.steps

    def _line(self, lines: list[str], index: int) -> Any:
        if not -len(lines) <= index < len(lines):
            return None
        line = self._read([lines[index]])
        return lines[index] if line is None or not self._path.steps[1:] else line

    def _step(self, value: Any, step: tuple[str, str | int]) -> list[Any]:
        sign, key = step
        if isinstance(value, dict):
            part = self._part(value, str(key))
            if part is not None or not isinstance(value.get("value"), list):
                return [part]
            value = value["value"]  # an inner list, whose parameters do not go by this name
        if isinstance(value, list):
            return self._step_into_list(value, sign, key)
        if sign == "[]":
            return [value if self._is_word(value, str(key)) else None]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return [value if is_number and key == "seconds" else None]

    def _step_into_list(self, value: list[Any], sign: str, key: str | int) -> list[Any]:
        if isinstance(key, int):
            return [value[key] if -len(value) <= key < len(value) else None]
        if sign == ".":
            if key == "count":
                return [len(value)]
            return [self._part(member, key) for member in value]
        found = []
        if self._indexed_by == "key":
            parts = (self._part(member, key) for member in value)
            found = [part for part in parts if part is not None]
        # Lists of words stand inside objects too: sources, field names, inner lists.
        found = found or [member for member in value if self._goes_by(member, key)]
        if not found:
            return [None]
        return found if self._every else found[:1]

    def _goes_by(self, member: Any, key: str) -> bool:
        if not isinstance(member, dict):
            return self._is_word(member, key)
        name = member.get(self._indexed_by, member.get("value"))
        names = name if isinstance(name, list) else [name]
        return any(self._is_word(one, key) for one in names)

    def _is_word(self, word: Any, key: str) -> bool:
        if isinstance(word, (dict, list)) or word is None:
            return False
        text = text_of(word)
        return text == key or (self._ignores_case and text.lower() == key.lower())

    def _part(self, value: Any, part: str) -> Any:
        if not isinstance(value, dict):
            return None
        if "epoch" in value and part in ("seconds", "epoch", "iso"):
            return self._time_part(value, part)
        for inner in (value, value.get("parameters"), value.get("extensions")):
            if isinstance(inner, dict):
                for name in self._spellings(part):
                    if inner.get(name) is not None:
                        return inner[name]
        if part == "q":
            return value.get("quality")
        return self._part(value.get("value"), part)

    def _spellings(self, part: str) -> tuple[str, ...]:
        return (part,) if self._kind in _EXACT_KINDS else (part, part.lower())

    def _time_part(self, value: dict[str, Any], part: str) -> Any:
        seconds: int | None = value.get("seconds")
        if seconds is None:
            if part != "seconds":
                return value[part]
            left = value["epoch"] - self._moment()
            return max(0, left) if "seconds" in value else left
        if part == "seconds":
            return seconds
        from httpheaders.syntax.dates import format_iso_date

        moment = self._moment() + seconds
        return moment if part == "epoch" else format_iso_date(moment)

    def _moment(self) -> int:
        """Give the time that others are counted from: when the message was made, or the present."""
        if not self._counts_from_now and self._path.name != "date":
            from httpheaders.messages.fields import field_value

            date = field_value("date", self._message.headers.get_all("date"), now=self._now).value
            if date is not None:
                made: int = date["epoch"]
                return made
        return int(self._now)


def _texts_of_field(kind: str | None, lines: list[str]) -> Iterable[str]:
    """Put the lines of a field together as far as its grammar allows, RFC 9110 section 5.3."""
    if kind == "set-cookies" or len(lines) == 1:
        return lines
    if kind in _SINGLE_KINDS.split():
        return lines[:1]
    # "; " for Cookie: RFC 9113 section 8.2.3
    return [join_field_text("; " if kind == "cookies" else ", ", lines)]


def text_of(value: Any) -> str:
    """
    Write a value as text on one line, without quotes: what a shell variable should hold.

    >>> text_of(True), text_of(0.5), text_of({"value": 3, "parameters": {}}), text_of(["a", "b"])
    ('true', '0.5', '3', 'a, b')
    """
    try:
        return _text_of(value)
    except RecursionError:
        raise FieldSyntaxError("the value is nested too deeply") from None


def _text_of(value: Any) -> str:
    while isinstance(value, dict):
        principal = (value[part] for part in _PRINCIPAL_PARTS if value.get(part) is not None)
        inner = next(principal, None)
        if inner is None:
            break
        value = inner
    if isinstance(value, str):
        return _on_one_line(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value) if value == int(value) else value)
    if isinstance(value, list) and all(isinstance(member, (str, dict)) for member in value):
        return join_field_text(", ", map(_text_of, value))
    from json import dumps

    return dumps(value, separators=(",", ":"), ensure_ascii=False)


def number_of(text: str) -> float | None:
    """
    Read a decimal number; None when the text is none, or longer than any number need be.

    >>> number_of("60"), number_of("-1.5"), number_of("1e9")
    (60, -1.5, None)
    """
    digits = text.removeprefix("-")
    if len(text) > 40 or not digits.isascii() or not digits.replace(".", "", 1).isdigit():
        return None
    return float(text) if "." in text else int(text)


def _on_one_line(text: str) -> str:
    # "replace each of those characters with SP": RFC 9110 section 5.5
    if "\r" in text or "\n" in text or "\0" in text:
        text = type(text)(text.translate(_TO_SPACE))
    return type(text)(text.strip(" \t")) if text[:1] in " \t" or text[-1:] in " \t" else text


def _unescaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {unescape_octets(key): _unescaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_unescaped, value))
    return unescape_octets(value) if isinstance(value, str) else value
