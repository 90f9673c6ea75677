"""The jars of one run of `httpheaders cookie jar`, and the cookie file that outlives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httpheaders.cli.commands.cookie.cookie_json import given_suffixes
from httpheaders.cli.commands.cookie.hops import Hops

if TYPE_CHECKING:
    from collections.abc import Mapping

    from httpheaders.answer import Problem
    from httpheaders.cli.questions import Question
    from httpheaders.cookie_jar import CookieJar, JarStep

__all__ = ["JarSession"]

# Five times what the 3000 cookies of 4096 octets take that a browser must have room for.
_LARGEST_FILE = 1 << 26


class JarSession:
    """
    The jars of one run.

    With a cookie file there is one jar, which the file fills and is written back to. Else the
    messages of an input share one, hop after hop, and each short form has its own.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._path: str | None = given["cookie_file"]
        self._new_session = bool(given["new_session"])
        self._shared: CookieJar | None = None
        self._received = False
        self._problems: tuple[Problem, ...] = ()
        self._now = 0.0
        self.hops = Hops()

    def jar(self, question: Question, now: float) -> CookieJar:
        """Give the jar that a question is about."""
        if self._path is None and question.exchange is None:
            return _new_jar(question)
        if self._shared is None:
            self._shared = _new_jar(question)
            if self._path is not None:
                self._fill(self._shared, self._path, now)
        return self._shared

    def _fill(self, jar: CookieJar, path: str, now: float) -> None:
        from httpheaders.cli.sources import read_file
        from httpheaders.messages.headers import decode_field_text
        from httpheaders.netscape_cookies import parse_cookie_file

        try:
            octets = read_file(path, limit=_LARGEST_FILE)
        except FileNotFoundError:
            return  # the file begins empty, as curl's does
        found = parse_cookie_file(decode_field_text(octets), now=now)
        self._problems = tuple(
            problem._replace(where=f"{path} {problem.where}") for problem in found.problems
        )
        for cookie in found.cookies:
            jar.add(cookie, now=now)
        if self._new_session:
            jar.end_session()

    def noticed(self, jar: CookieJar, steps: list[JarStep], now: float) -> tuple[Problem, ...]:
        """Remember what came in, and tell what the file holds or could not hold."""
        self._received = self._received or any(step.set_cookie for step in steps)
        self._now = now
        if self._path is None:
            return ()
        from httpheaders.netscape_cookies import format_cookie_file

        told, self._problems = self._problems, ()
        return (*told, *format_cookie_file(jar.cookies(now=now))[1])

    def save(self) -> None:
        """Write the cookie file as of the last question, when cookies came in."""
        if self._path is None or self._shared is None or not self._received:
            return
        from httpheaders.cli.destinations import FileDestination
        from httpheaders.messages.headers import encode_field_text
        from httpheaders.netscape_cookies import format_cookie_file

        text, _ = format_cookie_file(self._shared.cookies(now=self._now))
        with FileDestination(self._path, new_mode=0o600) as destination:
            destination.write(encode_field_text(text))


def _new_jar(question: Question) -> CookieJar:
    from httpheaders.cookie_jar import CookieJar

    return CookieJar(
        public_suffixes=given_suffixes(question.values),
        trusts_loopback=question.values.get("trust_loopback", True),
    )
