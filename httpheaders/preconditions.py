"""
Preconditions: If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since, If-Range.

They are evaluated in the order of RFC 9110 section 13.2.2, each with the comparison its own section
asks for.

Source: RFC 9110 section 13.
"""

from __future__ import annotations

from httpheaders.answer import Problem, Step
from httpheaders.entity_tag_values import matches_strongly, matches_weakly, read_entity_tag
from httpheaders.messages.headers import Headers
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.dates import parse_http_date
from httpheaders.syntax.entity_tags import EntityTag, read_entity_tags
from httpheaders.syntax.grammar import OWS_CHARACTERS

__all__ = ["Preconditions", "Validators", "evaluate_preconditions", "validators_of"]

# "a request method that does not involve the selection or modification of a selected
# representation": RFC 9110 section 13.2.1
_WITHOUT_REPRESENTATION = frozenset({"CONNECT", "OPTIONS", "TRACE"})


class Validators(NamedTuple):
    """
    What is known of the selected representation.

    Attributes:
        etag: its entity tag.
        last_modified: seconds since 1970.
        date: when the response was generated; lets the strength of `last_modified` be judged.
        exists: whether there is a current representation at all.
        modified_by: what If-Modified-Since is compared to where there is no Last-Modified; a cache
            uses Date or the time received (RFC 9111 section 4.3.2).
    """

    etag: EntityTag | None = None
    last_modified: int | None = None
    date: int | None = None
    exists: bool = True
    modified_by: float | None = None


class Preconditions(NamedTuple):
    """
    What the preconditions of a request come to.

    Attributes:
        status: 200 to go on, 304 or 412.
        use_range: whether a Range field of the request counts.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    status: int
    use_range: bool


def validators_of(headers: Headers, *, now: float) -> tuple[Validators, list[Problem]]:
    """
    Read the validators of a response.

    Source: RFC 9110 section 8.8.

    >>> validators_of(Headers([("ETag", 'W/"1"')]), now=0)[0].etag
    EntityTag(opaque='1', weak=True)
    """
    problems = []
    etag, flaw = read_entity_tag(headers)
    if flaw is not None:
        told = f"{flaw}: send {etag}" if etag is not None else flaw
        problems.append(Problem("ETag", told, "RFC 9110 section 8.8.3"))
    last_modified = _date(headers.get("Last-Modified"), now)
    if last_modified is None and "Last-Modified" in headers:
        problems.append(Problem("Last-Modified", "this is no HTTP-date", "RFC 9110 section 5.6.7"))
    return Validators(etag, last_modified, _date(headers.get("Date"), now)), problems


def _date(value: str | None, now: float) -> int | None:
    return None if value is None else parse_http_date(value.strip(OWS_CHARACTERS), now=now)


def evaluate_preconditions(
    method: str,
    headers: Headers,
    validators: Validators,
    *,
    now: float,
    by_cache: bool = False,
    explain: bool = False,
) -> Preconditions:
    """
    Evaluate the preconditions of a request whose answer would be 2xx without them.

    Args:
        method: of the request.
        headers: of the request.
        validators: of the selected representation.
        now: only to place two-digit years.
        by_cache: leave out If-Match and If-Unmodified-Since, which are for origin servers.
        explain: list the steps.

    Source: RFC 9110 section 13.2.2.

    >>> request = Headers([("If-None-Match", 'W/"1"')])
    >>> evaluate_preconditions("GET", request, Validators(EntityTag("1")), now=0).status
    304
    """
    return _Evaluation(method, headers, validators, now, explain).run(by_cache)


class _Evaluation:
    """One walk through the steps of 13.2.2."""

    def __init__(
        self, method: str, headers: Headers, validators: Validators, now: float, explain: bool
    ) -> None:
        self._method = method
        self._headers = headers
        self._validators = validators
        self._now = now
        self._explain = explain
        self._steps: list[Step] = []
        self._problems: list[Problem] = []

    def run(self, by_cache: bool) -> Preconditions:
        if self._method in _WITHOUT_REPRESENTATION:
            return self._result(
                200, f"preconditions mean nothing for {self._method}", "13.2.1", use_range=False
            )
        stopped = None if by_cache else self._lost_update()
        stopped = stopped or self._validation()
        return stopped or self._range()

    def _lost_update(self) -> Preconditions | None:
        value = self._headers.joined("If-Match")
        if value is not None:
            if self._any_matches("If-Match", value, strong=True):
                self._note("1. If-Match", "true", "13.1.1")
                return None
            self._note("1. If-Match", "false: 412", "13.1.1")
            why = self._why_no_strong_match()
            return self._result(412, f"no entity tag of If-Match is the current one{why}", "13.1.1")
        since = self._date_field("If-Unmodified-Since", "13.1.4")
        if since is None or self._validators.last_modified is None:
            return None
        if self._validators.last_modified <= since:
            self._note("2. If-Unmodified-Since", "true", "13.1.4")
            return None
        self._note("2. If-Unmodified-Since", "false: 412", "13.1.4")
        return self._result(412, "modified since the date of If-Unmodified-Since", "13.1.4")

    def _validation(self) -> Preconditions | None:
        value = self._headers.joined("If-None-Match")
        if value is not None:
            if not self._any_matches("If-None-Match", value, strong=False):
                self._note("3. If-None-Match", "true: none of them is the current one", "13.1.2")
                return None
            status = 304 if self._method in ("GET", "HEAD") else 412
            self._note("3. If-None-Match", f"false: {status}", "13.1.2")
            why = "the client has the current entity tag"
            if value.strip(OWS_CHARACTERS) == "*":
                why = "If-None-Match is *, and there is a current representation"
            return self._result(status, why, "13.1.2")
        if self._method not in ("GET", "HEAD"):
            return None
        since = self._date_field("If-Modified-Since", "13.1.3")
        modified = self._validators.last_modified
        if modified is None and self._validators.modified_by is not None:
            modified = int(self._validators.modified_by)
        if since is None or modified is None:
            return None
        if modified > since:
            self._note("4. If-Modified-Since", "true: modified since", "13.1.3")
            return None
        self._note("4. If-Modified-Since", "false: 304", "13.1.3")
        return self._result(304, "not modified since the date of If-Modified-Since", "13.1.3")

    def _range(self) -> Preconditions:
        value = self._headers.joined("If-Range")
        if self._method != "GET" or "Range" not in self._headers:
            if value is not None:
                self._note("5. If-Range", "ignored: there is no Range to apply", "13.1.5")
            return self._result(200, self._passed(), "13.2.2", use_range=False)
        if value is None:
            return self._result(200, self._passed(), "13.2.2")
        holds, why = self._if_range(value.strip(OWS_CHARACTERS))
        self._note("5. If-Range", f"{'true' if holds else 'false: ignore Range'}: {why}", "13.1.5")
        return self._result(200, why, "13.1.5", use_range=holds)

    def _if_range(self, value: str) -> tuple[bool, str]:
        # "distinguished … by examining the first three characters for a DQUOTE"
        if '"' in value[:3]:
            return self._if_range_tag(value)
        date = parse_http_date(value, now=self._now)
        if date is None:
            self._tell("If-Range", "neither an entity tag in double quotes nor an HTTP-date",
                       "13.1.5")  # fmt: skip
            return False, "the If-Range is neither an entity tag nor a date"
        if date != self._validators.last_modified:
            return False, "the date of If-Range is not that of Last-Modified"
        if self._validators.date is not None and self._validators.date - date < 1:
            return False, "the Last-Modified is too recent to be a strong validator"
        return True, "the date of If-Range is that of Last-Modified"

    def _if_range_tag(self, value: str) -> tuple[bool, str]:
        members = self._tags("If-Range", value)
        current = self._validators.etag
        if len(members) != 1 or current is None:
            return False, "the If-Range is not the current entity tag"
        if matches_strongly(members[0], current):
            return True, "the If-Range is the current entity tag"
        if matches_weakly(members[0], current):
            return False, "the If-Range is the current entity tag, but weak tags do not match here"
        return False, "the If-Range is not the current entity tag"

    def _any_matches(self, name: str, value: str, *, strong: bool) -> bool:
        if value.strip(OWS_CHARACTERS) == "*":
            return self._validators.exists
        current = self._validators.etag
        tags = self._tags(name, value)
        if current is None or not self._validators.exists:
            return False
        matches = matches_strongly if strong else matches_weakly
        return any(matches(tag, current) for tag in tags)

    def _tags(self, name: str, value: str) -> list[EntityTag]:
        tags = []
        for text, tag, flaw in read_entity_tags(value):
            tags.append(tag)
            if flaw is not None:
                self._tell(name, f"'{text[:60]}': {flaw}", "8.8.3")
        return tags

    def _why_no_strong_match(self) -> str:
        current = self._validators.etag
        if not self._validators.exists:
            return ": there is no current representation"
        if current is not None and current.weak:
            return ": the current one is weak, and If-Match compares strongly"
        return ""

    def _date_field(self, name: str, section: str) -> int | None:
        lines = self._headers.get_all(name)
        if not lines:
            return None
        date = _date(lines[0], self._now) if len(lines) == 1 else None
        if date is None:
            self._tell(name, "ignored: this is no single HTTP-date", section)
        return date

    def _passed(self) -> str:
        return "the preconditions hold" if self._steps else "there is no precondition to stop it"

    def _note(self, rule: str, outcome: str, section: str) -> None:
        self._steps.append(Step(rule, outcome, f"RFC 9110 section {section}"))

    def _tell(self, name: str, message: str, section: str) -> None:
        self._problems.append(Problem(name, message, f"RFC 9110 section {section}"))

    def _result(
        self, status: int, reason: str, section: str, *, use_range: bool = True
    ) -> Preconditions:
        return Preconditions(
            ok=status != 412,
            reason=reason,
            reference=f"RFC 9110 section {section}",
            problems=tuple(self._problems),
            steps=tuple(self._steps) if self._explain else (),
            status=status,
            use_range=use_range and status == 200,
        )
