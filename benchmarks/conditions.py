"""
Answering a conditional request, against Werkzeug, Django, WebOb and Starlette.

Each decides whether a GET gets 304 or 200, from the validators of the response and the fields of
the request, both made beforehand. Ours says which fields go into the answer, and why. Cold means
that every tag is another one, and half of them are current; warm is one page asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.rows import Row, compare

__all__ = ["HEADLINES", "QUICK", "measure"]

QUICK = {"count": 300, "rounds": 3}
HEADLINES = ("a conditional answer, cold",)
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


class Question(NamedTuple):
    """The tag that is current, and the tag that the client has; both without quotes."""

    current: str
    held: str


Contestant = Callable[[Sequence[Question]], list[Callable[[], int]]]


def measure(count: int = 2000, rounds: int = 7) -> Iterator[Row]:
    """
    Time everyone side by side.

    Args:
        count: how many requests a round has.
        rounds: how often each is timed; the median round counts.
    """
    cold = [Question(f"v{n}", f"v{n}" if n % 2 else f"old{n}") for n in range(count)]
    for kind, questions in (("cold", cold), ("warm", [Question("v7", "v7")] * count)):
        calls = {name: make(questions) for name, make in CONTESTANTS.items()}
        expected = [304 if current == held else 200 for current, held in questions]
        for name, answers in calls.items():
            assert [answer() for answer in answers] == expected, name
        work = {name: _all(answers) for name, answers in calls.items()}
        yield from compare(f"a conditional answer, {kind}", work, each=count, rounds=rounds)


def _all(calls: Sequence[Callable[[], object]]) -> Callable[[], None]:
    def run() -> None:
        for call in calls:
            call()

    return run


def _ours(questions: Sequence[Question]) -> list[Callable[[], int]]:
    from httpheaders.conditional import answer_conditional
    from httpheaders.messages.headers import Headers
    from httpheaders.messages.message import Request, Response

    pairs = [
        (
            Request("GET", "/", Headers([("If-None-Match", f'"{held}"')])),
            Response(200, Headers([("ETag", f'"{current}"'), ("Last-Modified", DATE)]), b"x"),
        )
        for current, held in questions
    ]
    return [
        lambda pair=pair: answer_conditional(*pair, now=0).status  # type: ignore[misc]
        for pair in pairs
    ]


def _werkzeug(questions: Sequence[Question]) -> list[Callable[[], int]]:
    from werkzeug.http import is_resource_modified

    def status(environ: dict[str, Any], etag: str) -> int:
        return 200 if is_resource_modified(environ, etag=etag, last_modified=DATE) else 304

    given = [
        ({"REQUEST_METHOD": "GET", "HTTP_IF_NONE_MATCH": f'"{held}"'}, f'"{current}"')
        for current, held in questions
    ]
    return [lambda pair=pair: status(*pair) for pair in given]  # type: ignore[misc]


def _django(questions: Sequence[Question]) -> list[Callable[[], int]]:
    from django.conf import settings

    if not settings.configured:
        settings.configure(SECRET_KEY="none")
    from django.http import HttpRequest
    from django.utils.cache import get_conditional_response

    def made(held: str) -> HttpRequest:
        request = HttpRequest()
        request.method = "GET"
        request.META["HTTP_IF_NONE_MATCH"] = f'"{held}"'
        return request

    def status(request: HttpRequest, etag: str) -> int:
        found = get_conditional_response(request, etag=etag, last_modified=784111777)
        return 200 if found is None else int(found.status_code)

    given = [(made(held), f'"{current}"') for current, held in questions]
    return [lambda pair=pair: status(*pair) for pair in given]  # type: ignore[misc]


def _webob(questions: Sequence[Question]) -> list[Callable[[], int]]:
    from webob import Request, Response

    def status(request: Any, response: Any) -> int:
        sent: list[str] = []
        response.conditional_response_app(request.environ, lambda line, *rest: sent.append(line))
        return int(sent[0][:3])

    def made(question: Question) -> tuple[Any, Any]:
        request = Request.blank("/", headers={"If-None-Match": f'"{question.held}"'})
        response = Response(body=b"x", etag=question.current, conditional_response=True)
        response.headers["Last-Modified"] = DATE
        return request, response

    pairs = [made(question) for question in questions]
    return [lambda pair=pair: status(*pair) for pair in pairs]  # type: ignore[misc]


def _starlette(questions: Sequence[Question]) -> list[Callable[[], int]]:
    from starlette.datastructures import Headers
    from starlette.staticfiles import StaticFiles

    files = StaticFiles(check_dir=False)

    def status(response: Headers, request: Headers) -> int:
        return 304 if files.is_not_modified(response, request) else 200

    pairs = [
        (
            Headers({"etag": f'"{current}"', "last-modified": DATE}),
            Headers({"if-none-match": f'"{held}"'}),
        )
        for current, held in questions
    ]
    return [lambda pair=pair: status(*pair) for pair in pairs]  # type: ignore[misc]


CONTESTANTS: dict[str, Contestant] = {
    "ours": _ours,
    "werkzeug": _werkzeug,
    "django": _django,
    "webob": _webob,
    "starlette": _starlette,
}
