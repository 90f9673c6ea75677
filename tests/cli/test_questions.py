"""From documents and options to questions: what wins, what is refused, and where."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import click
import pytest

from httpheaders.cli import commands
from httpheaders.cli.key_types import (
    boolean,
    count,
    list_of,
    nearest_word,
    number,
    one_of,
    read_time,
    text,
    texts,
    time,
    whole_number,
)
from httpheaders.cli.questioner import Questioner
from httpheaders.cli.questions import Form
from httpheaders.cli.reading import Message, Record, TextLine
from httpheaders.errors import InputError
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Exchange, Request, Response

FORM = Form(keys={"accept": text, "available": texts}, subject="accept", missing=lambda given: None)


def questioner(form: Form = FORM, **options: object) -> Questioner:
    return Questioner(form, options, explain=False, clock=lambda: 0)


def question(value: dict[str, object], form: Form = FORM, **options: object):
    return questioner(form, **options).of(Record(1, value))


def test_options_fill_in_what_the_input_leaves_out():
    asked = question({"accept": "a/b"}, accept="c/d", available=("e/f",))
    assert asked.values == {"accept": "a/b", "available": ("e/f",)}


def _modules():
    found = pkgutil.walk_packages(commands.__path__, f"{commands.__name__}.")
    return [import_module(module.name) for module in found]


@pytest.mark.parametrize("module", _modules(), ids=lambda module: module.__name__)
def test_an_option_fills_in_the_key_of_its_own_name(module):
    own = vars(module).values()
    keys = {key for form in own if isinstance(form, Form) for key in form.keys}
    for command in own:
        for option in command.params if isinstance(command, click.Command) else ():
            names = {name.lstrip("-").replace("-", "_") for name in option.opts}
            assert option.name not in keys - names


def test_null_leaves_a_key_out():
    assert question({"accept": None}, accept="c/d").values == {"accept": "c/d"}


def test_the_id_comes_along_whatever_it_is():
    assert question({"accept": "a/b", "id": [1]}).id == [1]
    assert question({"status": 200, "id": 0}).id == 0


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param({"acept": "a/b"}, "did you mean 'accept'", id="a slip of the pen"),
        pytest.param({"zzz": 1}, "known are accept, available", id="no known one near"),
        pytest.param({"accept": "a/b", "url": "/"}, "unknown key 'url'", id="half a message"),
        pytest.param({"accept": 7}, "expected a string, got a number at $.accept", id="a type"),
        pytest.param({"available": [1]}, "at $.available[0]", id="a type inside a list"),
        pytest.param({"x" * 100: 1}, "x" * 57 + "...", id="a very long key"),
    ],
)
def test_what_a_short_form_does_not_know_is_refused(value, told):
    with pytest.raises(InputError) as caught:
        question(value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        pytest.param({"request": {"method": "GET"}}, "q", id="half an exchange"),
        pytest.param({"request": {}, "response": {}}, "qp", id="an exchange"),
        pytest.param({"status": 200}, "p", id="a status"),
        pytest.param({"headers": {}}, "p", id="headers alone"),
        pytest.param({"headers": {}, "method": "GET"}, "q", id="headers and a method"),
        pytest.param({"method": "GET", "url": "/"}, "q", id="method and url"),
        pytest.param({"status": 200, "colour": "red"}, "p", id="an unknown key in a message"),
    ],
)
def test_messages_are_known_by_their_keys(value, kinds):
    asked = question(value)
    assert ("q" in kinds) == (asked.request is not None)
    assert ("p" in kinds) == (asked.response is not None)


def test_headers_alone_are_what_the_command_takes():
    asked = question({"headers": {"Accept": "*/*"}}, FORM._replace(takes_requests=True))
    assert asked.request is not None
    assert asked.request.headers.get("accept") == "*/*"


def test_a_message_may_carry_keys_of_the_short_form():
    assert question({"request": {}, "available": ["a/b"]}).values == {"available": ["a/b"]}


def test_an_answer_that_is_piped_on_keeps_its_own_keys_to_itself():
    answer = {"ok": True, "reason": "", "reference": "", "problems": [], "accept": 7}
    asked = question({**answer, "request": {"method": "GET"}, "response": None})
    assert asked.values == {}
    assert asked.request == Request("GET")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"accept": "a/b", "now": 5}, id="in-a-short-form"),
        pytest.param({"status": 200, "now": "1970-01-01T00:00:05Z"}, id="beside-a-response"),
        pytest.param({"url": "/", "now": 5}, id="beside-a-request"),
    ],
)
def test_every_question_may_say_when_it_is(value):
    assert question(value, FORM._replace(takes_requests=True)).now == 5
    assert question({**value, "now": None}, FORM._replace(takes_requests=True)).now == 0
    with pytest.raises(InputError, match="seconds since 1970"):
        question({**value, "now": "soon"}, FORM._replace(takes_requests=True))


def test_a_line_of_text_is_the_subject():
    assert questioner().of(TextLine(3, "a/b")).values == {"accept": "a/b"}


def test_a_line_of_text_is_a_message_where_there_is_no_subject():
    form = Form(keys={}, subject="headers", missing=lambda given: None)
    asked = questioner(form).of(TextLine(3, "Vary: Origin"))
    assert asked.response == Response(headers=Headers([("Vary", "Origin")]))


def test_a_message_of_a_dump_comes_with_its_problems():
    exchange = Exchange(None, Response(200))
    asked = questioner(accept="a/b").of(Message(4, exchange, ()))
    assert (asked.exchange, asked.problems, asked.line) == (exchange, (), 4)


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (text, ["", "a"], [1, None, [], {}]),
        (texts, [[], ["a"], "a"], [[1], 1, {}]),
        (boolean, [True, False], [0, "true"]),
        (number, [0, 1.5, 2**53], [-1, True, "1", 1e306, 10**400]),
        (count, [0, 7], [1.0, -1, False, 10**400]),
        (whole_number, [0, -7], [1.0, False, 10**400, -(10**400)]),
        (time, [0, 1.5, "1994-11-06", "Sun, 06 Nov 1994 08:49:37 GMT", "7"], [True, "soon", []]),
        (time, [-1, 2**53], [1e306, -1e306, 10**400, "9" * 19]),
        (one_of("a", "b"), ["a"], ["c", 1, []]),
        (list_of(count), [[], [1]], [[1.5], 1]),
    ],
)
def test_types_of_keys(read, good, bad):
    for value in good:
        read(value, "key")
    for value in bad:
        with pytest.raises(InputError) as caught:
            read(value, "key")
        assert caught.value.where is not None
        assert caught.value.where.startswith("$.key")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1700000000", 1700000000),
        ("1700000000.5", 1700000000.5),
        ("1994-11-06T08:49:37Z", 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        ("soon", None),
        ("", None),
        ("9" * 30, None),
        ("9" * 19, None),
    ],
)
def test_times_are_read_in_every_form(written, seconds):
    assert read_time(written) == seconds


def test_the_nearest_word_is_near():
    assert nearest_word("acept", ["accept", "available"]) == "accept"
    assert nearest_word("zzz", ["accept"]) is None
