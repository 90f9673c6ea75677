"""
Do these checks hold on this message: the question of `assert`.

    check    = "!" path / path [ OWS operator OWS operand ]
    operator = "==" / "!=" / "<" / "<=" / ">" / ">=" / "~"
    operand  = the rest, without outer blanks

A path alone holds when something is there and not false, `!` when nothing is there, or false. An
operator holds when something is there and it holds for everything that the path leads to, so
`set-cookie.samesite==Lax` speaks of all cookies.

`==` compares as the field's grammar does: names and other words without regard to case where it
says so, numbers and dates by value, a whole field by what it says (`content-type==text/html;
charset="UTF-8"`), anything else as text; an operand may stand in quotes that the value has not.
`<` and its like compare numbers and dates; the operand may be a duration, a size or a date.
`~` searches for a regular expression, those of Python.

Source: RFC 9110 section 5; for each field the section in `fields.KNOWN_FIELDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from httpheaders.errors import FieldSyntaxError, InputError
from httpheaders.messages.fields import KINDS, KNOWN_FIELDS, SOME_TIME, field_value
from httpheaders.messages.findings import Finding, find, number_of
from httpheaders.messages.lookup import choose_hops
from httpheaders.messages.paths import Path, scan_path
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import unquote

if TYPE_CHECKING:
    from httpheaders.answer import Problem, Step
    from httpheaders.messages.message import Exchange

__all__ = ["Check", "CheckResult", "Checked", "parse_check", "parse_check_lines", "run_checks"]

_OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "~")
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}

# Which parts compare without regard to case, by kind of field; "" is the field or its member.
_CASELESS: Mapping[str, frozenset[str]] = {
    "token": frozenset(("",)),
    "first-token": frozenset(("",)),
    "names": frozenset(("",)),
    "texts-without-case": frozenset(("",)),
    "codings": frozenset(("", "range")),
    "transfer-codings": frozenset(("", "range")),
    "language-ranges": frozenset(("", "range")),
    "media-ranges": frozenset(("range",)),
    "media-type": frozenset(("type", "charset")),
    "disposition": frozenset(("type",)),
    "parameterised": frozenset(("value",)),
    "extensions": frozenset(("value",)),
    "cache-control": frozenset(("no-cache", "private")),
    "links": frozenset(("rel",)),
    "set-cookies": frozenset(("samesite", "domain")),
    "challenges": frozenset(("scheme",)),
    "credentials": frozenset(("scheme",)),
    "via": frozenset(("protocol", "by")),
    "forwarded": frozenset(("proto", "host")),
    "range": frozenset(("unit",)),
    "content-range": frozenset(("unit",)),
}

Searcher = Callable[["re.Pattern[str]", str], bool]


class Check(NamedTuple):
    """
    One check, taken apart.

    Attributes:
        text: as it was written.
        operator: "" for a path alone, "!", or one of the operators.
        operand: the text behind the operator.
        readings: what the operand is as a "number", "duration", "size" or "date".
        pattern: the regular expression of `~`.
        ignores_case: whether the part compares without regard to case.
    """

    text: str
    path: Path
    operator: str
    operand: str
    readings: Mapping[str, float]
    pattern: re.Pattern[str] | None
    ignores_case: bool


class CheckResult(NamedTuple):
    """
    What came of one check on one message.

    Attributes:
        check: as it was written.
        actual: what was there, as text; None when nothing was.
        hop: which message, counted from 1.
    """

    check: str
    ok: bool
    actual: str | None
    reason: str
    reference: str
    hop: int


class Checked(NamedTuple):
    """The answer of `run_checks`: ok is true when all hold."""

    ok: bool
    reason: str
    reference: str
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    checks: tuple[CheckResult, ...]


# --- reading a check ------------------------------------------------------------------------------


def parse_check(text: str) -> Check:
    """
    Read one check.

    Raises:
        FieldSyntaxError: it cannot be understood; `position` is the offset where.

    >>> check = parse_check("cache-control.max-age >= 1h")
    >>> check.path.text, check.operator, check.readings["duration"]
    ('cache-control.max-age', '>=', 3600)
    """
    start = _after_blanks(text, 0)
    negated = text.startswith("!", start)
    path, end = scan_path(text, start + negated)
    position = _after_blanks(text, end)
    caseless = _ignores_case(path)
    if negated or position == len(text):
        if position < len(text):
            raise _error(text, "expected the end: with '!' a path stands alone", position)
        return Check(text, path, "!" if negated else "", "", {}, None, caseless)
    operator = next((sign for sign in _OPERATORS if text.startswith(sign, position)), None)
    if operator is None:
        raise _error(text, f"expected '.', '[' or one of {' '.join(_OPERATORS)}", position)
    position = _after_blanks(text, position + len(operator))
    operand = text[position:].rstrip(" \t")
    pattern, readings = None, {}
    if operator == "~":
        pattern = _pattern(text, operand, position, caseless)
    else:
        readings = _readings(operand)
    if operator in _ORDERS and not readings:
        expected = "expected a number, a duration as 1h30m, a size as 2KiB, or a date"
        raise _error(text, expected, position)
    return Check(text, path, operator, operand, readings, pattern, caseless)


def parse_check_lines(text: str) -> list[Check]:
    """
    Read checks, one a line; blank lines and those that begin with `#` are left out.

    Raises:
        FieldSyntaxError: a check cannot be understood; the message names the line.
    """
    checks = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        stripped = line.strip(" \t\r")
        if not stripped or stripped.startswith("#"):
            continue
        try:
            checks.append(parse_check(stripped))
        except FieldSyntaxError as error:
            message = f"line {number}: {error.message}"
            raise FieldSyntaxError(message, position=error.position) from None
    return checks


def _after_blanks(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\t"):
        position += 1
    return position


def _error(text: str, message: str, position: int) -> FieldSyntaxError:
    shown = text if len(text) <= 80 else text[:80] + "…"
    return FieldSyntaxError(f"cannot parse check '{shown}': {message}", position=position)


def _pattern(text: str, operand: str, position: int, caseless: bool) -> re.Pattern[str]:
    if not operand:
        raise _error(text, "expected a regular expression", position)
    try:
        return re.compile(operand, re.IGNORECASE if caseless else 0)
    except re.error as error:
        raise _error(text, str(error.msg), position + (error.pos or 0)) from None
    except (OverflowError, RecursionError):
        raise _error(text, "the regular expression is too large", position) from None


def _ignores_case(path: Path) -> bool:
    known = KNOWN_FIELDS.get(path.name)
    if known is None:
        return False
    by_key = KINDS[known.kind].indexed_by == "key"
    parts = [str(key).lower() for sign, key in path.steps if sign == "." or by_key]
    return (parts[-1] if parts else "") in _CASELESS.get(known.kind, ())


def _readings(operand: str) -> dict[str, float]:
    from httpheaders.syntax.dates import parse_http_date, parse_iso_date
    from httpheaders.syntax.durations import parse_duration, parse_size

    found: dict[str, float] = {}
    number = number_of(operand)
    if number is not None:
        return {"number": number}
    unsigned = operand.removeprefix("-")
    for kind, read in (("duration", parse_duration), ("size", parse_size)):
        try:
            found[kind] = -read(unsigned) if unsigned != operand else read(operand)
        except InputError:
            continue
    moment = parse_http_date(operand, now=SOME_TIME)
    moment = parse_iso_date(operand) if moment is None else moment
    if moment is not None:
        found["date"] = moment
    return found


# --- running checks -------------------------------------------------------------------------------


def _search(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None


def run_checks(
    checks: Sequence[Check],
    hops: Sequence[Exchange],
    *,
    now: float,
    hop: int | None = None,
    every: bool = False,
    counts_from_now: bool = False,
    search: Searcher = _search,
    explain: bool = False,
) -> Checked:
    """
    Run all checks, each on its own, whatever came of the others.

    Args:
        checks: at least one.
        hops: the messages in order; the last is meant unless `hop` or `every` says otherwise.
        now: the present, in seconds since 1970.
        hop: which message, counted from 1, or from the end with -1.
        every: whether the checks must hold on every message, where `hop` names none.
        counts_from_now: whether `.seconds` counts from `now` even where the message has a Date.
        search: applies the regular expression of `~`; a caller that does not trust its author can
            bound the time here.
        explain: whether to give the steps.

    Raises:
        InputError: there are no checks, or hop is 0.

    >>> from httpheaders.messages.headers import Headers
    >>> from httpheaders.messages.message import Exchange, Response
    >>> hops = [Exchange(None, Response(200, Headers([("Vary", "Origin")])))]
    >>> result = run_checks([parse_check(":status==404"), parse_check("vary[origin]")], hops, now=0)
    >>> result.ok, [check.reason for check in result.checks]
    (False, ["':status' is '200', expected == 404", "'vary[origin]' is there"])
    """
    if not checks:
        raise InputError("there are no checks to run")
    results: list[CheckResult] = []
    problems: dict[Problem, None] = {}  # a list is searched through for each of very many
    for number in choose_hops(len(hops), hop, every=every):
        for check in checks:
            finding = find(
                _measured(check),
                hops[number],
                now=now,
                every=True,
                counts_from_now=counts_from_now,
            )
            problems |= dict.fromkeys(finding.problems)
            results.append(_result(check, finding, number + 1, search))
    if not results:
        reason = f"there is no message {hop}"
        results = [
            CheckResult(check.text, False, None, reason, "RFC 9110 section 6", hop or 0)
            for check in checks
        ]
    failed = [result for result in results if not result.ok]
    return Checked(
        ok=not failed,
        reason=_reason(results, failed),
        reference=(failed or results)[0].reference,
        problems=tuple(problems),
        steps=tuple(_told(results)) if explain else (),
        checks=tuple(results),
    )


def _measured(check: Check) -> Path:
    """Give the path to what is compared: of a whole Retry-After, its seconds."""
    path = check.path
    is_time = "number" in check.readings or "duration" in check.readings
    if path.name == "retry-after" and not path.steps and is_time:
        return path._replace(steps=((".", "seconds"),))
    return path


def _result(check: Check, finding: Finding, hop: int, search: Searcher) -> CheckResult:
    texts = [text for text in finding.texts if text is not None]
    actual = ", ".join(texts) if texts else None
    ok, reason = _holds(check, finding, actual, search)
    return CheckResult(check.text, ok, actual, reason, finding.reference, hop)


def _holds(
    check: Check, finding: Finding, actual: str | None, search: Searcher
) -> tuple[bool, str]:
    if not finding.has_message:
        return False, finding.reason
    if check.operator == "!":
        there = [value for value in finding.values if value is not None and value is not False]
        return not there, f"'{check.path.text}' is {'there' if there else 'not there'}"
    if actual is None:
        return False, finding.reason
    shown = f"'{check.path.text}' is '{_shortened(actual)}'"
    if any(text is None for text in finding.texts):
        return False, f"{shown}, but not every member has it"
    if check.operator == "":
        yes = all(value is not False for value in finding.values)
        return yes, f"'{check.path.text}' is {'there' if yes else 'false'}"
    pairs = zip(finding.values, finding.texts, strict=True)
    ok = all(_compare(check, value, str(text), search) for value, text in pairs)
    return ok, shown if ok else f"{shown}, expected {check.operator} {check.operand}"


def _shortened(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "…"


def _compare(check: Check, value: Any, text: str, search: Searcher) -> bool:
    if check.pattern is not None:
        return search(check.pattern, text)
    if check.operator in _ORDERS:
        order = _ORDERS[check.operator]
        return any(order(actual, wanted) for actual, wanted in _numbers(check, value, text))
    return _equals(check, value, text) == (check.operator == "==")


def _equals(check: Check, value: Any, text: str) -> bool:
    operands = (check.operand, unquote(check.operand))
    if text in operands:
        return True
    if check.ignores_case and text.lower() in map(str.lower, operands):
        return True
    if not isinstance(value, (str, bool)) and any(a == b for a, b in _numbers(check, value, text)):
        return True
    return not check.path.steps and _says_the_same(check, value)


def _numbers(check: Check, value: Any, text: str) -> Iterable[tuple[float, float]]:
    """Give the actual and the wanted number where the two can be compared, else nothing."""
    while isinstance(value, dict) and "value" in value:  # of a structured field
        value = value["value"]
    readings = check.readings
    if isinstance(value, dict) and value.get("epoch") is not None:
        wanted = readings.get("date", readings.get("number"))
        return [] if wanted is None else [(value["epoch"], wanted)]
    if "date" in readings:
        from httpheaders.syntax.dates import parse_http_date, parse_iso_date

        moment = parse_http_date(text, now=SOME_TIME)
        moment = parse_iso_date(text) if moment is None else moment
        return [] if moment is None else [(moment, readings["date"])]
    actual = number_of(text)
    if actual is None:
        return []
    return [(actual, wanted) for wanted in [_in_unit_of(check)] if wanted is not None]


def _in_unit_of(check: Check) -> float | None:
    """Give the operand in the unit of the field: octets, milliseconds, or seconds."""
    readings = check.readings
    if "number" in readings:
        return readings["number"]
    known = KNOWN_FIELDS.get(check.path.name)
    kind = known.kind if known else ""
    if kind in ("length", "content-range"):
        return readings.get("size")
    if kind == "timings" and "duration" in readings:
        return readings["duration"] * 1000
    return readings.get("duration", readings.get("size"))


def _says_the_same(check: Check, value: Any) -> bool:
    """Whether a whole field and the operand, read as this field, have the same value."""
    known = KNOWN_FIELDS.get(check.path.name)
    if known is None or value is None:
        return False
    wanted, flaws = field_value(check.path.name, [check.operand])
    if flaws or wanted is None:
        return False
    if known.kind == "set-cookies":
        wanted = wanted[0]
    caseless = _CASELESS.get(known.kind, frozenset())
    return bool(_folded(value, caseless, "") == _folded(wanted, caseless, ""))


def _folded(value: Any, caseless: frozenset[str], part: str) -> Any:
    if isinstance(value, dict):
        return {key: _folded(inner, caseless, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_folded(inner, caseless, part) for inner in value]
    return value.lower() if isinstance(value, str) and part in caseless else value


def _reason(results: Sequence[CheckResult], failed: Sequence[CheckResult]) -> str:
    if not failed:
        return "the check holds" if len(results) == 1 else f"all {len(results)} checks hold"
    first = failed[0].reason
    if len(results) == 1:
        return first
    return f"{len(failed)} of {len(results)} checks do not hold: {first}"


def _told(results: Iterable[CheckResult]) -> Iterable[Step]:
    from httpheaders.answer import Step

    for result in results:
        outcome = f"{'holds' if result.ok else 'does not hold'}: {result.reason}"
        yield Step(f"message {result.hop}: {result.check}", outcome, result.reference)
