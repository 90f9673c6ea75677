"""
Paths into messages: the language in which `get` and `assert` name a field or a part of one.

    path   = [ role ":" ] ( name / ":" pseudo ) *( "." part / "[" key "]" )
    role   = "request" / "response"
    name   = word / quoted                          part = word / quoted
    word   = 1*( any tchar but "." "!" "~" )        RFC 9110 section 5.6.2
    key    = index / quoted / 1*( any character but "[" "]" and DQUOTE )
    index  = [ "-" ] 1*9DIGIT
    quoted = DQUOTE *( any character but DQUOTE and "\" / "\" any character ) DQUOTE

Where a path leads, `messages.findings` says.

Source: none, but the names that begin with a colon are those of RFC 9113 section 8.3.
"""

from __future__ import annotations

from functools import lru_cache

from httpheaders.errors import FieldSyntaxError
from httpheaders.named_tuples import NamedTuple

__all__ = ["OF_REQUESTS", "PSEUDO_NAMES", "Path", "parse_path", "scan_path"]

PSEUDO_NAMES = (":status", ":method", ":path", ":scheme", ":authority", ":version")
OF_REQUESTS = frozenset((":method", ":path", ":scheme", ":authority"))
_ROLES = ("request", "response")
_WORD_CHARACTERS = frozenset(
    "#$%&'*+-^_`|0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
_MOST_DIGITS = 9
# No field is nested so deeply that a longer path could lead anywhere.
_MOST_STEPS = 20
_MOST_SHOWN = 60


class Path(NamedTuple):
    """
    One path, taken apart.

    Attributes:
        text: as it was written.
        role: "request" or "response" where it says which message is meant.
        name: the field name in lower case, or one of `PSEUDO_NAMES`.
        steps: each a part (".", text) or a key ("[]", text or index).
    """

    text: str
    role: str | None
    name: str
    steps: tuple[tuple[str, str | int], ...]


def parse_path(text: str) -> Path:
    """
    Read a path.

    Raises:
        FieldSyntaxError: it cannot be understood; `position` is the offset of the first character
            that has no meaning there.

    >>> parse_path('set-cookie["sid"].secure').steps
    (('[]', 'sid'), ('.', 'secure'))
    """
    return _remembered_path(text) if len(text) <= _LONGEST_REMEMBERED else _whole_path(text)


def _whole_path(text: str) -> Path:
    path, end = scan_path(text, 0)
    if end < len(text):
        raise _unexpected(text, end, "'.', '[' or the end")
    return path


# One path is asked of many messages.
_remembered_path = lru_cache(maxsize=64)(_whole_path)
_LONGEST_REMEMBERED = 200


def scan_path(text: str, position: int) -> tuple[Path, int]:
    """
    Read a path that begins there; the second result is where it ends.

    Raises:
        FieldSyntaxError: as `parse_path`.
    """
    start = position
    role, position = _scan_role(text, position)
    name, position = _scan_name(text, position)
    if role is not None and (name in OF_REQUESTS) and role != "request":
        raise FieldSyntaxError(f"cannot parse path {_shown(text)}: a response has no '{name}'")
    steps: list[tuple[str, str | int]] = []
    while position < len(text):
        if len(steps) == _MOST_STEPS and text[position] in ".[":
            raise _unexpected(text, position, f"at most {_MOST_STEPS} steps")
        if text[position] == ".":
            part, position = _scan_word(text, position + 1, "the name of a part")
            steps.append((".", part))
        elif text[position] == "[":
            key, position = _scan_key(text, position + 1)
            steps.append(("[]", key))
        else:
            break
    return Path(text[start:position], role, name, tuple(steps)), position


def _scan_role(text: str, position: int) -> tuple[str | None, int]:
    for role in _ROLES:
        if text.startswith(role + ":", position):
            return role, position + len(role) + 1
    return None, position


def _scan_name(text: str, position: int) -> tuple[str, int]:
    if text[position : position + 1] != ":":
        name, end = _scan_word(text, position, "a field name, ':status', ':method' or ':path'")
        return name.lower(), end
    name, end = _scan_word(text, position + 1, f"one of {', '.join(PSEUDO_NAMES)}")
    if ":" + name.lower() not in PSEUDO_NAMES:
        raise _unexpected(text, position + 1, f"one of {', '.join(PSEUDO_NAMES)}")
    return ":" + name.lower(), end


def _scan_word(text: str, position: int, expected: str) -> tuple[str, int]:
    if text[position : position + 1] == '"':
        return _scan_quoted(text, position)
    end = position
    while end < len(text) and text[end] in _WORD_CHARACTERS:
        end += 1
    if end == position:
        raise _unexpected(text, position, expected)
    return text[position:end], end


def _scan_key(text: str, position: int) -> tuple[str | int, int]:
    key: str | int
    if text[position : position + 1] == '"':
        key, end = _scan_quoted(text, position)
    else:
        end = position
        while end < len(text) and text[end] not in '[]"':
            end += 1
        key = _index_or_key(text[position:end].strip(" \t"))
        if key == "":
            raise _unexpected(text, end, "a number or a key")
    if text[end : end + 1] != "]":
        raise _unexpected(text, end, "']'")
    return key, end + 1


def _index_or_key(key: str) -> str | int:
    digits = key.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
        return int(key)
    return key


def _scan_quoted(text: str, position: int) -> tuple[str, int]:
    characters = []
    end = position + 1
    while end < len(text) and text[end] != '"':
        end += text[end] == "\\"
        characters.append(text[end : end + 1])
        end += 1
    if end >= len(text):
        raise _unexpected(text, len(text), "a closing quote")
    if not characters:
        raise _unexpected(text, end, "something between the quotes")
    return "".join(characters), end + 1


def _unexpected(text: str, position: int, expected: str) -> FieldSyntaxError:
    before = f" after {_shown(text[:position], at_end=True)}" if position else ""
    return FieldSyntaxError(
        f"cannot parse path {_shown(text)}: expected {expected}{before}", position=position
    )


def _shown(text: str, *, at_end: bool = False) -> str:
    if len(text) <= _MOST_SHOWN:
        return f"'{text}'"
    return f"'…{text[-_MOST_SHOWN:]}'" if at_end else f"'{text[:_MOST_SHOWN]}…'"
