"""
The rules of the CORS protocol, each named once, and the trail of those that were tried.

Every decision about CORS cites one of these; the sections are those of the Fetch standard.

Source: Fetch sections "CORS protocol", "Fetching".
"""

from __future__ import annotations

from httpheaders.answer import Problem, Step
from httpheaders.named_tuples import NamedTuple

__all__ = ["Failure", "Rule", "Trail"]


class Rule(NamedTuple):
    """One rule: what it says, and the section of the Fetch standard that says it."""

    text: str
    section: str

    @property
    def reference(self) -> str:
        """The rule's place, as every answer cites it."""
        return f'Fetch section "{self.section}"'


# Which request is it
CORS_REQUEST = Rule("a request with an Origin field is a CORS request", "HTTP requests")
PREFLIGHT_REQUEST = Rule(
    "a preflight is OPTIONS with Origin and Access-Control-Request-Method", "HTTP requests"
)
CREDENTIALS_ON_BOTH = Rule(
    "a preflight carries no credentials, so Access-Control-Allow-Credentials stands on its answer"
    " and on the real one",
    "HTTP responses",
)
METHOD = Rule(
    "methods are case-sensitive; fetch() upper-cases DELETE, GET, HEAD, OPTIONS, POST and PUT"
    " alone, and refuses CONNECT, TRACE and TRACK",
    "Methods",
)
ORIGIN_FORM = Rule(
    "an origin is scheme://host, or scheme://host:port, in lower case, without a path or a default"
    " port; or null",
    "Origin header",
)
SAME_ORIGIN = Rule("a request to its own origin is outside CORS", "Main fetch")
# Is a preflight needed
METHOD_SAFELISTED = Rule("GET, HEAD and POST need no preflight, other methods do", "Methods")
HEADERS_SAFELISTED = Rule(
    "a header outside the safelist needs a preflight, and so does a safelisted one with an unsafe"
    " value or more than 128 bytes",
    "Headers",
)
SAFELISTED_TOTAL = Rule(
    "safelisted values of more than 1024 bytes together need a preflight", "Headers"
)
FORBIDDEN_HEADERS = Rule(
    "script cannot set forbidden request-headers, so they need no permission", "Headers"
)
REPORT_TYPES = Rule(
    "a few report types come from browsers without a preflight, though script would need one",
    "CORS protocol exceptions",
)
# CORS check
ALLOW_ORIGIN_PRESENT = Rule("Access-Control-Allow-Origin is there, in a single field", "CORS check")
WILDCARD_ORIGIN = Rule(
    "Access-Control-Allow-Origin: * passes while credentials are not included", "CORS check"
)
ORIGIN_EQUAL = Rule(
    "Access-Control-Allow-Origin equals the request's origin byte for byte", "CORS check"
)
ALLOW_CREDENTIALS = Rule(
    "with credentials included, Access-Control-Allow-Credentials is exactly true", "CORS check"
)
SAME_ORIGIN_CREDENTIALS = Rule(
    "credentials mode same-origin, the default of fetch(), includes none across origins",
    "CORS protocol and credentials",
)
PREFLIGHT_USES_REQUEST_MODE = Rule(
    "the preflight's CORS check uses the credentials mode of the real request",
    "CORS-preflight fetch",
)
ANY_STATUS = Rule(
    "any status may pass the CORS check; 304 and 407 are not checked themselves", "HTTP fetch"
)
# Preflight answer
OK_STATUS = Rule("a preflight is answered with a status from 200 to 299", "CORS-preflight fetch")
LISTS_PARSE = Rule(
    "Access-Control-Allow-Methods and -Headers are lists of tokens; one malformed element fails the"
    " preflight",
    "CORS-preflight fetch",
)
METHOD_ALLOWED = Rule(
    "the method is listed, or safelisted, or * is listed and credentials are not included",
    "CORS-preflight fetch",
)
AUTHORIZATION_NAMED = Rule(
    "Authorization is listed by name: * never covers it", "CORS-preflight fetch"
)
HEADERS_ALLOWED = Rule(
    "every unsafe header is listed, or * is listed and credentials are not included",
    "CORS-preflight fetch",
)
WILDCARD_LITERAL = Rule(
    "with credentials included, * in a list is only the name *", "HTTP new-header syntax"
)
ALLOW_IRRELEVANT = Rule("Allow plays no part", "HTTP responses")
MORE_THAN_ASKED = Rule(
    "listing more than was asked, or only what was asked, are both fine", "CORS-preflight fetch"
)
# Preflight cache
MAX_AGE = Rule(
    "Access-Control-Max-Age is a count of seconds; missing or malformed means 5",
    "CORS-preflight fetch",
)
CACHE_ENTRIES = Rule(
    "a preflight is kept by origin, URL and credentials, each method and header name by itself",
    "CORS-preflight cache",
)
# What script may read
SAFELISTED_RESPONSE = Rule(
    "Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified and"
    " Pragma may always be read",
    "Headers",
)
EXPOSE_LIST = Rule(
    "Access-Control-Expose-Headers names what else may be read; * is all while credentials are not"
    " included; one malformed element voids the list",
    "Main fetch",
)
NEVER_EXPOSED = Rule("Set-Cookie and Set-Cookie2 are never read by script", "Headers")
# Redirects
EVERY_HOP = Rule("each cross-origin answer on the way must pass the CORS check", "HTTP fetch")
TAINTED_ORIGIN = Rule(
    "after a second change of origin the origin is null; Authorization is dropped at the first",
    "HTTP-redirect fetch",
)
REDIRECT_LIMITS = Rule(
    "a redirect leads to http or https, holds no user:password, and is at most the twentieth",
    "HTTP-redirect fetch",
)
# Caches
VARY_ORIGIN = Rule(
    "an answer that depends on Origin says Vary: Origin, always, refusals included",
    "CORS protocol and HTTP caches",
)
STATIC_ANSWER = Rule(
    "an answer that is the same for every origin is sent always, without Vary: Origin",
    "CORS protocol and HTTP caches",
)
PREFLIGHT_VARY = Rule(
    "answers to OPTIONS are not stored, so Vary on a preflight only helps where something stores"
    " them all the same",
    "CORS protocol and HTTP caches",
)
# Not in the standard
PRIVATE_NETWORK = Rule(
    "Access-Control-Request-Private-Network and -Allow-Private-Network are obsolete: a draft that"
    " never entered Fetch",
    "HTTP new-header syntax",
)
NO_ACCESS_CONTROL = Rule(
    "refusing an origin hides the answer from its script; the request has arrived all the same",
    "HTTP responses",
)
# Modes
MODE = Rule("mode cors, the default of fetch(), lets script read across origins", "Main fetch")


class Failure(NamedTuple):
    """
    The first rule that did not hold, and what would have made it hold.

    Attributes:
        rule: the rule.
        reason: one sentence.
        answer: "request", "preflight", "redirect" or "response".
        header: the field that decided, or None.
        received: its value, or None when absent.
        would_pass: a value that would have passed, or None when no value can.
    """

    rule: Rule
    reason: str
    answer: str
    header: str | None = None
    received: str | None = None
    would_pass: str | None = None


class Trail:
    """What was tried and what was odd, in order. Steps are kept only when they are wanted."""

    __slots__ = ("_problems", "explain", "steps")

    def __init__(self, explain: bool) -> None:
        self.explain = explain
        self.steps: list[Step] = []
        self._problems: dict[Problem, None] = {}

    def step(self, rule: Rule, outcome: str) -> None:
        """Note a rule that was tried, and what came of it."""
        if self.explain:
            self.steps.append(Step(rule.text, outcome, rule.reference))

    def problem(self, where: str, message: str, reference: str | None = None) -> None:
        """Note something odd, once."""
        self._problems.setdefault(Problem(where, message, reference))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was odd, each once, in order."""
        return tuple(self._problems)
