"""Every rule of the CORS protocol is decided somewhere, and cited with its section."""

import re

import pytest

from httpheaders import cors_rules
from httpheaders.cors_browser import Hop, ScriptRequest, check_fetch
from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_rules import Rule
from httpheaders.cors_server import answer_cors
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response

PAGE = "https://app.example.com"
API = "https://api.example.com/users"
ALLOWED = ("Access-Control-Allow-Origin", PAGE)
TRUE = ("Access-Control-Allow-Credentials", "true")
PREFLIGHT = (("Origin", PAGE), ("Access-Control-Request-Method", "PUT"))


def server(*fields, method="GET", **policy):
    """Give the steps of an answer."""
    policy.setdefault("allow_origins", [PAGE])
    request = Request(method, "/", Headers(fields))
    return answer_cors(request, CorsPolicy(**policy), explain=True).steps


def browser(*hops, url=API, **request):
    """Give the steps of a verdict; a hop is the fields of the preflight and of the answer."""
    request["headers"] = Headers(request.get("headers", ()))
    answers = [
        Hop(
            response and Response(response[0], Headers(response[1:])),
            preflight and Response(preflight[0], Headers(preflight[1:])),
        )
        for preflight, response in hops
    ]
    return check_fetch(ScriptRequest(PAGE, url, **request), answers, explain=True).steps


SIMPLE = (None, (200, ALLOWED))
PUT_ALLOWED = ((204, ALLOWED, ("Access-Control-Allow-Methods", "PUT")), (200, ALLOWED))

# One line a rule: its name, and a question of whose answer it is a step, with this outcome.
CITED = [
    ("CORS_REQUEST", lambda: server(), "no Origin"),
    ("PREFLIGHT_REQUEST", lambda: server(*PREFLIGHT, method="OPTIONS"), "a preflight"),
    (
        "CREDENTIALS_ON_BOTH",
        lambda: server(*PREFLIGHT, method="OPTIONS", allow_methods=["PUT"], allow_credentials=True),
        "sent",
    ),
    ("METHOD", lambda: browser(PUT_ALLOWED, method="put"), "PUT, from put"),
    ("ORIGIN_FORM", lambda: server(("Origin", PAGE + "/")), "malformed"),
    ("SAME_ORIGIN", lambda: browser(SIMPLE, url=PAGE + "/x"), "the page's own origin"),
    ("METHOD_SAFELISTED", lambda: browser(PUT_ALLOWED, method="PUT"), "PUT is not"),
    (
        "HEADERS_SAFELISTED",
        lambda: browser(SIMPLE, headers=[("Range", "bytes=-5")]),
        "need permission: range",
    ),
    (
        "SAFELISTED_TOTAL",
        lambda: browser(SIMPLE, headers=[("Accept", "x" * 120)] * 9),
        "more than 1024: all names need permission",
    ),
    ("FORBIDDEN_HEADERS", lambda: browser(SIMPLE, headers=[("Host", "x")]), "left out: host"),
    (
        "REPORT_TYPES",
        lambda: browser(SIMPLE, headers=[("Content-Type", "application/csp-report")]),
        "set by script, so the exception does not apply",
    ),
    ("ALLOW_ORIGIN_PRESENT", lambda: browser((None, (200,))), "failed: missing"),
    (
        "WILDCARD_ORIGIN",
        lambda: browser((None, (200, ("Access-Control-Allow-Origin", "*")))),
        "passed",
    ),
    ("ORIGIN_EQUAL", lambda: browser(SIMPLE), "passed"),
    (
        "ALLOW_CREDENTIALS",
        lambda: browser(
            (None, (200, ALLOWED, ("Access-Control-Allow-Credentials", "True"))),
            credentials="include",
        ),
        "failed: True",
    ),
    ("SAME_ORIGIN_CREDENTIALS", lambda: browser(SIMPLE), "no credentials are included"),
    (
        "PREFLIGHT_USES_REQUEST_MODE",
        lambda: browser(PUT_ALLOWED, method="PUT", credentials="include"),
        "credentials mode include",
    ),
    ("ANY_STATUS", lambda: browser((None, (404, ALLOWED))), "404, checked"),
    ("OK_STATUS", lambda: browser(((302, ALLOWED), None), method="PUT"), "failed: 302"),
    (
        "LISTS_PARSE",
        lambda: browser(
            ((200, ALLOWED, ("Access-Control-Allow-Methods", "P UT")), None), method="PUT"
        ),
        "failed: Access-Control-Allow-Methods is malformed",
    ),
    ("METHOD_ALLOWED", lambda: browser(((200, ALLOWED), None), method="PUT"), "failed: PUT"),
    (
        "AUTHORIZATION_NAMED",
        lambda: browser(
            ((200, ALLOWED, ("Access-Control-Allow-Headers", "*")), None),
            headers=[("Authorization", "x")],
        ),
        "failed",
    ),
    (
        "HEADERS_ALLOWED",
        lambda: browser(((200, ALLOWED), None), headers=[("X-A", "1")]),
        "failed: x-a",
    ),
    (
        "WILDCARD_LITERAL",
        lambda: browser(
            ((200, ALLOWED, TRUE, ("Access-Control-Allow-Methods", "*")), None),
            method="PUT",
            credentials="include",
        ),
        "* stands for itself alone",
    ),
    (
        "ALLOW_IRRELEVANT",
        lambda: browser(((200, ALLOWED, ("Allow", "PUT")), None), method="PUT"),
        "not looked at",
    ),
    ("MORE_THAN_ASKED", lambda: browser(PUT_ALLOWED, method="PUT"), "all that was asked is listed"),
    ("MAX_AGE", lambda: browser(PUT_ALLOWED, method="PUT"), "missing, so 5"),
    ("CACHE_ENTRIES", lambda: browser(PUT_ALLOWED, method="PUT"), "1 entries for 5 s"),
    ("SAFELISTED_RESPONSE", lambda: browser(SIMPLE), "readable where present"),
    (
        "EXPOSE_LIST",
        lambda: browser((None, (200, ALLOWED, ("Access-Control-Expose-Headers", "a b")))),
        "malformed: nothing more may be read",
    ),
    (
        "NEVER_EXPOSED",
        lambda: browser((None, (200, ALLOWED, ("Set-Cookie", "a=b")))),
        "hidden",
    ),
    (
        "EVERY_HOP",
        lambda: browser((None, (302, ("Location", API)))),
        "a redirect is checked like any answer",
    ),
    (
        "TAINTED_ORIGIN",
        lambda: browser((None, (302, ALLOWED, ("Location", "https://b.example"))), SIMPLE),
        "Origin: null",
    ),
    (
        "REDIRECT_LIMITS",
        lambda: browser((None, (302, ALLOWED, ("Location", "/x"))), SIMPLE),
        "number 1, to 'https://api.example.com/x'",
    ),
    ("VARY_ORIGIN", lambda: server(), "Vary: Origin is sent"),
    ("STATIC_ANSWER", lambda: server(allow_origins=["*"]), "the same for every origin"),
    (
        "PREFLIGHT_VARY",
        lambda: server(*PREFLIGHT, method="OPTIONS"),
        "for caches that store the answer against the rules",
    ),
    (
        "PRIVATE_NETWORK",
        lambda: server(*PREFLIGHT, ("Access-Control-Request-Private-Network", "true")),
        "asked for, not answered",
    ),
    (
        "NO_ACCESS_CONTROL",
        lambda: server(("Origin", "https://other.example")),
        "refused by leaving the Access-Control fields out",
    ),
    ("MODE", lambda: browser(SIMPLE), "cors"),
]


@pytest.mark.parametrize(
    ("name", "question", "outcome"), [pytest.param(*row, id=row[0].lower()) for row in CITED]
)
def test_the_rule_is_a_step_with_its_section(name, question, outcome):
    rule = getattr(cors_rules, name)
    steps = [step for step in question() if step.rule == rule.text]
    assert outcome in [step.outcome for step in steps]
    assert {step.reference for step in steps} == {f'Fetch section "{rule.section}"'}


def test_no_rule_is_left_out():
    rules = {name for name, value in vars(cors_rules).items() if isinstance(value, Rule)}
    assert {name for name, *_ in CITED} == rules


def test_steps_are_only_made_when_wanted():
    request = Request("GET", "/", Headers([("Origin", PAGE)]))
    assert answer_cors(request, CorsPolicy([PAGE])).steps == ()
    assert check_fetch(ScriptRequest(PAGE, API), [Hop(Response(200))]).steps == ()


def test_sections_are_those_of_the_standard():
    sections = {rule.section for rule in vars(cors_rules).values() if isinstance(rule, Rule)}
    assert all(re.fullmatch(r"[A-Z][A-Za-z -]+", section) for section in sections)
