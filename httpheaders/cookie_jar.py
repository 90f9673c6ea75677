"""
The cookies that a browser keeps, and the ones that it sends back.

Cookies lie by domain, so that a request looks only at its own host and the domains above it, and
expired ones go when they are met. The clock is an argument of every method.

Source: RFC 6265bis sections 5.7 and 5.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from httpheaders.answer import Problem, Step
from httpheaders.cookie_acceptance import (
    SetCookieVerdict,
    StoredCookie,
    judge_set_cookie,
)
from httpheaders.cookie_domains import (
    CookieUrl,
    domain_matches,
    path_matches,
    split_cookie_url,
)
from httpheaders.messages.headers import join_field_text
from httpheaders.named_tuples import NamedTuple
from httpheaders.public_suffixes import PublicSuffixes, installed_public_suffixes
from httpheaders.same_site import SAME_SITE, RequestContext
from httpheaders.syntax.hosts import is_ip_address

__all__ = ["CookieJar", "JarAnswer", "JarLimits", "JarStep", "answer_from_jar"]

# Removal priorities of RFC 6265bis section 5.7, first to go first.
_EXPIRED, _CROWDED, _CROWDED_SECURE, _ANY = range(4)
_RETRIEVAL = "RFC 6265bis section 5.8.3"


class JarLimits(NamedTuple):
    """
    How many cookies a jar holds; over a limit it removes down to the number kept.

    The numbers are those of current browsers; section 6.1 asks for at least 50 and 3000.
    """

    per_domain: int = 180
    per_domain_kept: int = 150
    total: int = 3300
    total_kept: int = 3000


class _Entry:
    """A cookie in the jar; `number` keeps the order of creation where the clock stood still."""

    __slots__ = ("cookie", "last_access_time", "number")

    def __init__(self, cookie: StoredCookie, number: int) -> None:
        self.cookie = cookie
        self.last_access_time = cookie.last_access_time
        self.number = number

    def creation_order(self) -> tuple[float, int]:
        return self.cookie.creation_time, self.number

    def sending_order(self) -> tuple[int, float, int]:
        # Longer paths first, then the earlier creation: RFC 6265bis section 5.8.3 step 4.
        return -len(self.cookie.path), self.cookie.creation_time, self.number


_Bucket = dict[tuple[str, str, bool], _Entry]


class CookieJar:
    """
    A cookie store that behaves as a browser's.

    Args:
        public_suffixes: the list in force; by default the one installed.
        trusts_loopback: whether http://localhost counts as a secure connection.
        limits: how many cookies are held.

    >>> jar = CookieJar()
    >>> _ = jar.receive("sid=1; Path=/; Secure", url="https://example.com/login", now=0)
    >>> jar.cookie_header("https://example.com/", now=1), jar.cookie_header("http://example.com/",
    ...     now=1)
    ('sid=1', None)
    """

    def __init__(
        self,
        *,
        public_suffixes: PublicSuffixes | None = None,
        trusts_loopback: bool = True,
        limits: JarLimits = JarLimits(),  # noqa: B008 (immutable)
    ) -> None:
        self._public_suffixes = public_suffixes
        self._trusts_loopback = trusts_loopback
        self._limits = limits
        self._buckets: dict[str, _Bucket] = {}
        # The domains held below each domain, so that step 16 looks at no others.
        self._below: dict[str, set[str]] = {}
        self._count = 0
        self._created = 0

    def __len__(self) -> int:
        """Count the cookies held, expired ones not yet met included."""
        return self._count

    # --- into the jar, section 5.7 ---------------------------------------------------------------

    def receive(
        self,
        line: str,
        *,
        url: str,
        now: float,
        context: RequestContext = SAME_SITE,
        from_http: bool = True,
        explain: bool = False,
    ) -> SetCookieVerdict:
        """
        Take in one Set-Cookie line, and say what became of it.

        Args:
            line: the field value.
            url: of the request that it answers.
            now: seconds since 1970.
            context: how that request came about, for SameSite.
            from_http: False for document.cookie.
            explain: list the rules in the verdict's `steps`.

        Raises:
            FieldSyntaxError: the URL is not absolute, or its host is none.

        Source: RFC 6265bis section 5.7.
        """
        verdict = judge_set_cookie(
            line,
            url=url,
            now=now,
            context=context,
            from_http=from_http,
            trusts_loopback=self._trusts_loopback,
            public_suffixes=self._public_suffixes,
            explain=explain,
        )
        if verdict.stored is None:
            return verdict
        secure = split_cookie_url(url).is_secure(trusts_loopback=self._trusts_loopback)
        rejection = self._rejection(verdict.stored, secure=secure, from_http=from_http, now=now)
        if rejection is not None:
            return _rejected(verdict, rejection)
        self.add(verdict.stored, now=now)
        return verdict

    def _rejection(
        self, cookie: StoredCookie, *, secure: bool, from_http: bool, now: float
    ) -> Problem | None:
        where = f"set-cookie[{cookie.name}]"
        if not cookie.secure and not secure and self._overlays_secure(cookie, now):
            message = "a Secure cookie of this name is there, and this connection is not secure"
            return Problem(where, message, "RFC 6265bis section 5.7 step 16")
        old = self._buckets.get(cookie.domain, {}).get(_identity(cookie))
        if old is not None and old.cookie.http_only and not from_http:
            message = "an HttpOnly cookie of this name is there, and a script may not replace it"
            return Problem(where, message, "RFC 6265bis section 5.7 step 23")
        return None

    def _overlays_secure(self, cookie: StoredCookie, now: float) -> bool:
        return any(
            entry.cookie.name == cookie.name
            and entry.cookie.secure
            and not entry.cookie.is_expired(now)
            and path_matches(cookie.path, entry.cookie.path)
            for domain in self._related_domains(cookie.domain)
            for entry in self._buckets[domain].values()
        )

    def _related_domains(self, domain: str) -> list[str]:
        above = [name for name in _covering_domains(domain) if name in self._buckets]
        return [*above, *self._below.get(domain, ())]

    def add(self, cookie: StoredCookie, *, now: float) -> None:
        """
        Put a cookie in as it is, in place of one of the same name, domain and path.

        An expired cookie only takes the old one out.

        Source: RFC 6265bis section 5.7 steps 23 and 24.
        """
        bucket = self._bucket(cookie.domain)
        old = bucket.pop(_identity(cookie), None)
        if old is not None:
            self._count -= 1
            cookie = cookie._replace(creation_time=old.cookie.creation_time)
        if cookie.is_expired(now):
            self._drop_empty(cookie.domain)
            return
        self._created += 1
        bucket[_identity(cookie)] = _Entry(cookie, old.number if old else self._created)
        self._count += 1
        self._remove_excess(cookie.domain, now)

    def _bucket(self, domain: str) -> _Bucket:
        bucket = self._buckets.get(domain)
        if bucket is None:
            bucket = self._buckets[domain] = {}
            for above in _covering_domains(domain)[1:]:
                self._below.setdefault(above, set()).add(domain)
        return bucket

    def _drop_empty(self, domain: str) -> None:
        if self._buckets[domain]:
            return
        del self._buckets[domain]
        for above in _covering_domains(domain)[1:]:
            self._below[above].discard(domain)
            if not self._below[above]:
                del self._below[above]

    def _remove(self, entry: _Entry) -> None:
        del self._buckets[entry.cookie.domain][_identity(entry.cookie)]
        self._count -= 1
        self._drop_empty(entry.cookie.domain)

    def _remove_excess(self, domain: str, now: float) -> None:
        bucket, limits = self._buckets[domain], self._limits
        if len(bucket) > limits.per_domain:
            self._evict(list(bucket.values()), len(bucket) - limits.per_domain_kept, now)
        if self._count > limits.total:
            self._evict(self._entries(), self._count - limits.total_kept, now)

    def _evict(self, candidates: list[_Entry], excess: int, now: float) -> None:
        # "the user agent MUST evict cookies in the following priority order": section 5.7
        ranked = [
            (self._removal_class(entry, now), entry.last_access_time, entry.number, entry)
            for entry in candidates
        ]
        ranked.sort(key=lambda row: row[:3])
        for rank, (removal_class, _, _, entry) in enumerate(ranked):
            if rank >= excess and removal_class != _EXPIRED:
                break
            self._remove(entry)

    def _removal_class(self, entry: _Entry, now: float) -> int:
        if entry.cookie.is_expired(now):
            return _EXPIRED
        if len(self._buckets[entry.cookie.domain]) <= self._limits.per_domain:
            return _ANY
        return _CROWDED_SECURE if entry.cookie.secure else _CROWDED

    def end_session(self) -> None:
        """
        Forget all cookies without a date, as when the browser is closed.

        Source: RFC 6265bis section 5.7.
        """
        for entry in self._entries():
            if not entry.cookie.persistent:
                self._remove(entry)

    def remove_expired(self, now: float) -> None:
        """
        Forget all cookies whose time is over.

        Source: RFC 6265bis section 5.7.
        """
        for entry in self._entries():
            if entry.cookie.is_expired(now):
                self._remove(entry)

    def _entries(self) -> list[_Entry]:
        return [entry for bucket in self._buckets.values() for entry in bucket.values()]

    # --- out of the jar, section 5.8 -------------------------------------------------------------

    def cookies(self, *, now: float) -> list[StoredCookie]:
        """Give every cookie that has not expired, in order of creation."""
        self.remove_expired(now)
        entries = sorted(self._entries(), key=_Entry.creation_order)
        return [entry.cookie._replace(last_access_time=entry.last_access_time) for entry in entries]

    def cookies_for(
        self,
        url: str,
        *,
        now: float,
        context: RequestContext = SAME_SITE,
        from_http: bool = True,
    ) -> list[StoredCookie]:
        """
        Give the cookies that a request carries, in the order in which they are sent.

        Args:
            url: of the request.
            now: seconds since 1970; it becomes their last access.
            context: how the request comes about, for SameSite.
            from_http: False for document.cookie.

        Raises:
            FieldSyntaxError: the URL is not absolute, or its host is none.

        Source: RFC 6265bis section 5.8.3.
        """
        request = self._retrieval(url, now=now, context=context, from_http=from_http)
        sent = [
            entry for entry in self._in_reach(request) if _withheld(entry.cookie, request) is None
        ]
        sent.sort(key=_Entry.sending_order)
        for entry in sent:
            entry.last_access_time = now
        return [entry.cookie for entry in sent]

    def cookie_header(
        self,
        url: str,
        *,
        now: float,
        context: RequestContext = SAME_SITE,
        from_http: bool = True,
    ) -> str | None:
        """
        Give the Cookie field of a request; None when it has none.

        The arguments are those of `cookies_for`.

        Source: RFC 6265bis section 5.8.3 step 6.
        """
        cookies = self.cookies_for(url, now=now, context=context, from_http=from_http)
        return format_cookie_string(cookies) if cookies else None

    def explain(
        self,
        url: str,
        *,
        now: float,
        context: RequestContext = SAME_SITE,
        from_http: bool = True,
    ) -> list[Step]:
        """Say of every cookie whether the request carries it, and which rule withholds it."""
        request = self._retrieval(url, now=now, context=context, from_http=from_http)
        steps = []
        for entry in sorted(self._entries(), key=_Entry.creation_order):
            reason = _withheld(entry.cookie, request)
            outcome = "sent" if reason is None else f"not sent: {reason}"
            steps.append(Step(f"cookie[{entry.cookie.name}]", outcome, _RETRIEVAL))
        return steps

    def _retrieval(
        self, url: str, *, now: float, context: RequestContext, from_http: bool
    ) -> _Retrieval:
        target = split_cookie_url(url)
        secure = target.is_secure(trusts_loopback=self._trusts_loopback)
        return _Retrieval(target, secure, now, context, from_http, self._suffixes())

    def _suffixes(self) -> Callable[[str], bool]:
        suffixes = self._public_suffixes
        # Late: a jar that holds no cookie with a Domain never loads the installed list.
        return lambda domain: (suffixes or installed_public_suffixes()).is_public_suffix(domain)

    def _in_reach(self, request: _Retrieval) -> list[_Entry]:
        reach: list[_Entry] = []
        for domain in _covering_domains(request.url.host):
            if domain in self._buckets:
                reach += self._met(domain, request.now)
        return reach

    def _met(self, domain: str, now: float) -> list[_Entry]:
        # "MUST evict all expired cookies … if, at any time, an expired cookie exists": section 5.7
        entries = list(self._buckets[domain].values())
        for entry in entries:
            if entry.cookie.is_expired(now):
                self._remove(entry)
        return [entry for entry in entries if not entry.cookie.is_expired(now)]


class _Retrieval(NamedTuple):
    """A request that wants its cookies."""

    url: CookieUrl
    secure: bool
    now: float
    context: RequestContext
    from_http: bool
    is_public_suffix: Callable[[str], bool]


def _withheld(cookie: StoredCookie, request: _Retrieval) -> str | None:
    """Give the first reason of section 5.8.3 step 3 why a cookie stays behind, or None."""
    if cookie.is_expired(request.now):
        return "its time is over"
    if cookie.host_only:
        if cookie.domain != request.url.host:
            return f"it belongs to the host '{cookie.domain}' alone"
    elif not domain_matches(request.url.host, cookie.domain):
        return f"its domain '{cookie.domain}' does not cover the host"
    elif request.is_public_suffix(cookie.domain):
        return f"its domain '{cookie.domain}' is a public suffix"
    if not path_matches(request.url.path, cookie.path):
        return f"its path '{cookie.path}' does not cover the request's"
    if cookie.secure and not request.secure:
        return "it is Secure and the connection is not"
    if cookie.http_only and not request.from_http:
        return "it is HttpOnly and a script asks"
    return _withheld_by_same_site(cookie, request)


def _withheld_by_same_site(cookie: StoredCookie, request: _Retrieval) -> str | None:
    if cookie.same_site == "None" or request.context.same_site:
        return None
    if not request.from_http:
        return "a script asks in a cross-site frame"
    if cookie.same_site == "Strict":
        return "it is SameSite=Strict and the request is cross-site"
    if not request.context.top_level_navigation:
        return "it is SameSite=Lax, given or by default, and the request is no navigation"
    if not request.context.safe_method:
        return "it is SameSite=Lax, given or by default, and the method is not safe"
    return None


def format_cookie_string(cookies: Iterable[StoredCookie]) -> str:
    """
    Write stored cookies as one cookie-string.

    Source: RFC 6265bis section 5.8.3 step 6.
    """
    return join_field_text("; ", map(_cookie_text, cookies))


def _cookie_text(cookie: StoredCookie) -> str:
    return join_field_text("=", [cookie.name, cookie.value]) if cookie.name else cookie.value


def _identity(cookie: StoredCookie) -> tuple[str, str, bool]:
    # Within a domain: "the same name, domain, host-only-flag, and path", section 5.7 step 23.
    return cookie.name, cookie.path, cookie.host_only


def _covering_domains(host: str) -> list[str]:
    """Give the host and every domain above it; an address has none."""
    if is_ip_address(host):
        return [host]
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def _rejected(verdict: SetCookieVerdict, rejection: Problem) -> SetCookieVerdict:
    name = f"'{verdict.name}'" if verdict.name else "the nameless cookie"
    step = Step("cookies already there", f"dropped: {rejection.message}", rejection.reference)
    return verdict._replace(
        ok=False,
        reason=f"a browser drops {name}: {rejection.message}",
        reference=rejection.reference,
        problems=(rejection, *verdict.problems),
        steps=(*verdict.steps, step) if verdict.steps else (),
        kept=False,
        deletes=False,
        rejections=(rejection,),
        stored=None,
    )


# --- a whole question ----------------------------------------------------------------------------


class JarStep(NamedTuple):
    """
    One response: where it came from, its Set-Cookie lines, when, and how it was asked for.

    Attributes:
        from_http: False when a script set the cookies.
    """

    url: str
    set_cookie: Sequence[str]
    now: float
    context: RequestContext = SAME_SITE
    from_http: bool = True


class JarAnswer(NamedTuple):
    """
    What is in the jar after some responses, and what the next request carries.

    Attributes:
        cookies: the jar, in order of creation.
        cookie: the Cookie field of the request; None when it has none. Then `ok` is False.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    cookies: tuple[StoredCookie, ...]
    cookie: str | None


def answer_from_jar(
    jar: CookieJar,
    responses: Iterable[JarStep],
    *,
    request_url: str,
    now: float,
    context: RequestContext = SAME_SITE,
    from_http: bool = True,
    explain: bool = False,
) -> JarAnswer:
    """
    Put responses into a jar, in order, and say what the next request sends back.

    Args:
        jar: empty, or holding what a file held; it is changed.
        responses: what arrived.
        request_url: of the request that follows.
        now: of that request, seconds since 1970.
        context: how that request comes about.
        from_http: False when a script asks.
        explain: list what became of each line and each cookie in `steps`.

    Raises:
        FieldSyntaxError: a URL is not absolute, or its host is none.

    Source: RFC 6265bis sections 5.7 and 5.8.

    >>> arrived = JarStep("https://example.com/", ["a=1", "b=2; Path=/private"], now=0)
    >>> answer_from_jar(CookieJar(), [arrived], request_url="https://example.com/", now=1).cookie
    'a=1'
    """
    problems: list[Problem] = []
    steps: list[Step] = []
    for response in responses:
        for verdict in _receive_all(jar, response):
            problems += verdict.problems
            if explain:
                rule = f"set-cookie[{verdict.name}] from {response.url}"
                steps.append(Step(rule, verdict.reason, verdict.reference))
    if explain:
        steps += jar.explain(request_url, now=now, context=context, from_http=from_http)
    sent = jar.cookies_for(request_url, now=now, context=context, from_http=from_http)
    return JarAnswer(
        ok=bool(sent),
        reason=_jar_reason(len(sent), len(jar)),
        reference=_RETRIEVAL,
        problems=tuple(problems),
        steps=tuple(steps),
        cookies=tuple(jar.cookies(now=now)),
        cookie=format_cookie_string(sent) if sent else None,
    )


def _receive_all(jar: CookieJar, response: JarStep) -> Iterator[SetCookieVerdict]:
    for line in response.set_cookie:
        yield jar.receive(
            line,
            url=response.url,
            now=response.now,
            context=response.context,
            from_http=response.from_http,
        )


def _jar_reason(sent: int, held: int) -> str:
    if not held:
        return "no cookie is sent: the jar is empty"
    cookies = "1 cookie is" if sent == 1 else f"{sent} cookies are" if sent else "no cookie is"
    return f"{cookies} sent, of {held} in the jar"
