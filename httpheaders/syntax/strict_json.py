"""
JSON read strictly and written so that no locale can break it.

Read: UTF-8, no duplicate keys, no NaN or Infinity (1e999 included), bounded depth and digits.
Written: ASCII only, one line, no blanks.

Source: RFC 8259, RFC 7493.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from httpheaders.errors import InputError
from httpheaders.syntax.patterns import lazy_pattern

__all__ = ["LARGEST_NUMBER", "fast_json_writer", "read_json", "write_json", "write_pretty_json"]

# Beyond it numbers are not exact everywhere: RFC 8259 section 6.
LARGEST_NUMBER = 2**53


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError(f"invalid JSON: the key {_shown(key)} stands twice in one object")
            seen.add(key)
    return members


_INFINITY = float("inf")


def _finite(text: str) -> float:
    number = float(text)
    if -_INFINITY < number < _INFINITY:
        return number
    raise InputError(f"invalid JSON: the number {_shown(text)} is too large")


def _refuse_constant(text: str) -> None:
    raise InputError(f"invalid JSON: {text} is not a JSON value")


def _shown(text: str) -> str:
    return json.dumps(text if len(text) <= 60 else text[:57] + "...")


# Beyond any document that somebody meant; what is read can always be written again.
DEEPEST = 500

_decoder = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant
)
_scan_once: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]
_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)


def _make_encode() -> Callable[[Any], str]:
    # JSONEncoder.encode makes this very object anew for every value: a third of its time.
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _encoder.encode
    quote = json.encoder.encode_basestring_ascii
    chunks = make(None, _encoder.default, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(chunks(value, 0))


_encode = _make_encode()


def read_json(octets: bytes, *, line: int = 1, column: int = 1) -> Any:
    """
    Read one JSON text.

    Args:
        octets: the text, in UTF-8.
        line: where it begins in the whole, counted from 1; `column` likewise.

    Raises:
        InputError: what is wrong, and at which line and column.
    """
    try:
        text = octets.decode()
        # What has fewer characters than levels need is not looked at twice.
        if len(text) > DEEPEST and _depth(text) > DEEPEST:
            raise InputError("invalid JSON: nested too deeply")
        try:  # what decode() does, without its two searches for blanks around the text
            value, end = _scan_once(text, 0)
        except StopIteration:
            return _decoder.decode(text)
        return value if end == len(text) else _decoder.decode(text)
    except UnicodeDecodeError as error:
        raise InputError(f"invalid JSON: not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise InputError(f"invalid JSON: {_told(error, line, column)}") from None
    except InputError:
        raise
    except ValueError:  # Python's bound on the digits of a number
        raise InputError("invalid JSON: a number has too many digits") from None


_string = lazy_pattern(r'"(?:[^"\\]|\\.)*+"?+', re.DOTALL)  # or to the end
_no_bracket = lazy_pattern(r"[^\[\]{}]++")
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def _depth(text: str) -> int:
    """
    Give how deep arrays and objects stand in each other.

    What the interpreter's own recursion bears differs from version to version, and between reading
    and writing.
    """
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    brackets = _no_bracket.sub("", _string.sub("", text))
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def _told(error: json.JSONDecodeError, first_line: int, first_column: int) -> str:
    message = error.msg[:1].lower() + error.msg[1:]
    number = first_line + error.lineno - 1
    column = error.colno + (first_column - 1 if error.lineno == 1 else 0)
    line = f"line {number} " if number > 1 else ""
    return f"{message} at {line}column {column}"


def write_json(value: Any) -> bytes:
    """Write one value on one line, without the line's end."""
    return _encode(value).encode("ascii")


def fast_json_writer() -> Callable[[Any], bytes]:
    """
    Give `write_json`, or the same done faster where orjson is installed.

    It costs an import, so it is for those who have many values to write.
    """
    try:
        from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask

        # orjson 3 crashes the interpreter when its import is interrupted: Ctrl-C waits for it.
        former = pthread_sigmask(SIG_BLOCK, {SIGINT})
        try:
            import orjson
        finally:
            pthread_sigmask(SIG_SETMASK, former)
    except ImportError:
        return write_json

    def write(value: Any) -> bytes:
        try:
            octets = orjson.dumps(value)
        except TypeError:  # lone surrogates, and integers beyond 64 bits
            return write_json(value)
        # orjson leaves DEL and all that is not ASCII as it is, where we escape it.
        return octets if octets.isascii() and b"\x7f" not in octets else write_json(value)

    return write


def write_pretty_json(value: Any) -> bytes:
    """Write one value over several lines, for people."""
    return json.dumps(value, indent=2, allow_nan=False).encode("ascii")
