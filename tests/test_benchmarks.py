"""The benchmarks: what they print, that contestants agree, and what the README shows of them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from benchmarks.__main__ import as_json, laid_out, measurements, tables
from benchmarks.readme import BEGIN, END, headlines, markdown, rewritten
from benchmarks.rows import Row, Table, compare, take_turns

README = Path(__file__).parent.parent / "README.md"
# Peers that only benchmarks need; where they are not installed, nothing can be compared.
OF_PEERS = {
    "conditions": ("starlette", "webob", "werkzeug", "django"),
    "cross_origin": ("starlette", "asgi_cors", "corsheaders", "flask_cors"),
    "fields": ("cachecontrol", "hishel", "requests", "webob", "werkzeug", "django"),
    "messages": ("jc",),
    "negotiation": ("mimeparse", "webob", "werkzeug"),
    "sessions": ("itsdangerous",),
}


def row(what: str, ours: float, peer: float, *, goal: float | None = None) -> Row:
    return Row(what, ours, f"peer of {peer:g}", peer, peer / ours, goal=goal)


def module_of(name: str):
    try:
        return importlib.import_module(f"benchmarks.{name}")
    except ImportError as error:
        pytest.skip(f"benchmarks are run with the extra bench: {error}")


def test_the_readme_shows_only_what_is_measured():
    _, begin, rest = README.read_text().partition(BEGIN)
    if not begin:
        pytest.skip("the README has no place for measurements")
    shown, end, _ = rest.partition(END)
    assert end
    _, _, *lines = shown.strip().splitlines()
    names = [line.split("|")[1].strip() for line in lines]
    assert names
    measured = {
        f"{name.replace('_', '-')}: {what}"
        for name in measurements()
        for what in module_of(name) and headlines(name)
    }
    assert set(names) <= measured


@pytest.mark.parametrize("name", sorted(OF_PEERS))
def test_all_contestants_agree_and_the_headlines_are_among_the_rows(name):
    for peer in OF_PEERS[name]:
        pytest.importorskip(peer, reason="a peer of the extra bench")
    measured = list(module_of(name).measure(count=12, rounds=1))
    assert set(headlines(name)) <= {one.what for one in measured}
    assert all(one.ours > 0 and one.peer > 0 for one in measured)


def test_every_measurement_says_how_to_be_quick():
    for name in measurements():
        measure = module_of(name).measure
        quick = getattr(module_of(name), "QUICK", {})
        assert quick.keys() <= set(measure.__code__.co_varnames[: measure.__code__.co_argcount])


def test_the_table_stands_between_its_marks_and_nothing_else_changes():
    results = {"cookies": [row(what, 2e-6, 5e-6) for what in headlines("cookies")]}
    before = f"# Title\n\n{BEGIN}old\n{END}\nThe end.\n"
    after = rewritten(before, results)
    assert after == before.replace("old\n", markdown(results))
    assert rewritten(after, results) == after


@pytest.mark.parametrize("text", ["", BEGIN, END, END + BEGIN])
def test_a_text_without_the_place_is_refused(text):
    with pytest.raises(ValueError, match="expected <!-- measured -->"):
        rewritten(text, {})


def test_a_headline_that_was_not_measured_is_told():
    with pytest.raises(ValueError, match="was not measured"):
        markdown({"cookies": []})


def test_a_headline_is_shown_against_the_fastest_peer():
    what, other = headlines("wsgi")
    rows = [
        row(what, 2e-6, 5e-6, goal=2.0),
        row(what, 2e-6, 3e-6, goal=2.0),
        row(what, 2e-6, 1e-6),  # there for the scale: no goal is set against it
        row(other, 1.0, 2.0),
    ]
    assert markdown({"wsgi": rows}).splitlines()[2:] == [
        f"| wsgi: {what} | 2 µs | peer of 3e-06 | 3 µs | 1.50 | 2.00 missed |",
        f"| wsgi: {other} | 1 s | peer of 2 | 2 s | 2.00 |  |",
    ]


def test_rows_and_other_tables_are_printed_and_written_each_in_its_place():
    grown = Table(("", "10 kB", "1 MB"), [("a parser", "1 ms", "100 ms")])
    results = [row("work", 1.0, 2.0), row("more work", 2.0, 1.0), grown, row("the rest", 1.0, 1.0)]
    printed = tables(results)
    assert [table.headings[:2] for table in printed] == [("", "ours"), ("", "10 kB"), ("", "ours")]
    assert [line[0] for line in printed[0].lines] == ["work", "more work"]
    assert laid_out(grown).splitlines() == [
        "            10 kB  1 MB  ",
        "  a parser  1 ms   100 ms",
    ]
    written = as_json({"x": results})
    assert [len(written[kind]["x"]) for kind in ("rows", "tables")] == [3, 1]


def test_contestants_take_turns_and_the_first_turn_does_not_count():
    calls: list[str] = []
    work = {name: lambda name=name: calls.append(name) for name in ("ours", "theirs")}
    assert take_turns(work, rounds=2).keys() == {"ours", "theirs"}
    assert calls == ["ours", "theirs"] * 3
    (found,) = compare("calls", work, each=10, goal=1.0)
    assert (found.what, found.peer_name, found.goal) == ("calls", "theirs", 1.0)
