"""`httpheaders pool-sim`: for this traffic, what does this keep-alive pool do?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import (
    anything,
    boolean,
    count,
    number,
    one_of,
    text,
    wrong_type,
)
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.reading import Message, Record, TextLine
from httpheaders.cli.writing import Reply
from httpheaders.errors import InputError
from httpheaders.named_tuples import NamedTuple

if TYPE_CHECKING:
    from httpheaders.answer import Answer
    from httpheaders.cli.pool_traffic_input import Traffic
    from httpheaders.cli.reading import Document
    from httpheaders.pool_chain import Chain
    from httpheaders.pool_parameters import PoolParameters
    from httpheaders.pool_presets import Preset
    from httpheaders.pool_simulation import Simulation
    from httpheaders.pool_sweep import Sweep
    from httpheaders.pool_trace import Faults

# The word for a cap or a timeout that there is not.
NONE = "none"

MAKES_TRAFFIC = ("threads", "rate", "chain", "trace", "events")


def missing(given: Mapping[str, Any]) -> str | None:
    """Traffic, made or given, is a whole question; so is a chain."""
    if any(key in given for key in MAKES_TRAFFIC):
        return None
    return 'the traffic: lines like {"t": 0, "host": "a", "duration": 0.1}, or --threads'


def cap(value: Any, where: str) -> int | str:
    """A whole number, or the word none."""
    return NONE if value == NONE else count(value, where)


def seconds(value: Any, where: str) -> float | str:
    """A number of seconds, or the word none."""
    return NONE if value == NONE else number(value, where)


CHANGES = {
    "max_per_host": cap,
    "max_total": cap,
    "limit_scope": one_of("open", "busy"),
    "max_idle_per_host": cap,
    "max_idle_total": cap,
    "idle_total_policy": one_of("oldest", "sweep"),
    "idle_timeout": seconds,
    "server_timeout": seconds,
    "max_requests": cap,
    "max_lifetime": seconds,
    "order": one_of("lifo", "fifo", "created", "slot"),
    "on_full": one_of("wait", "discard", "error"),
    "wait_timeout": seconds,
    "full_evicts": one_of("oldest", "created", NONE),
    "max_hosts": cap,
    "dead_slots": boolean,
    "late_binding": boolean,
    "connect_time": number,
}


def takes_whole(first: Document) -> bool:
    """Lines of a trace, entries of a HAR and plain lines are one question together."""
    if isinstance(first, Record):
        return not first.value.keys().isdisjoint({"t", "op", "duration"})
    return isinstance(first, Message | TextLine)


FORM = Form(
    keys={
        "preset": text,
        "parameters": anything,
        **CHANGES,
        "trace": anything,
        "events": anything,
        "threads": count,
        "rate": number,
        "latency": number,
        "fixed_latency": boolean,
        "think": number,
        "requests": count,
        "seed": count,
        "host": text,
        "round_trip": number,
        "chain": text,
        "margin": number,
        "sweep": text,
        "cost_connection": number,
        "cost_idle": number,
        "cost_wait": number,
        "workers": count,
        "connections": boolean,
    },
    subject="trace",
    missing=missing,
    takes_whole=takes_whole,
)

EXAMPLES = r"""
$ httpheaders pool-sim --preset requests --threads 20 --latency 80ms --requests 240 --raw
130

$ httpheaders pool-sim --preset requests --threads 20 --latency 80ms --requests 240 \
> --sweep pool_maxsize=1:40 --raw
20

$ httpheaders pool-sim --chain client=90s,lb=60s,server=5s --raw
client=90s,lb=95s,server=100s
"""


class Drawing(NamedTuple):
    """Whether a plot goes to standard output, and to which file."""

    plot: bool = False
    svg: str | None = None


def answer(question: Question, drawing: Drawing, *, strict: bool) -> Reply:
    """Foretell one pool on one traffic, or check a chain, or both."""
    from httpheaders.cli.pool_traffic_input import read_traffic
    from httpheaders.pool_trace import Faults

    values = question.values
    if "sweep" not in values and drawing != Drawing():
        raise InputError("a plot needs a --sweep")
    faults = Faults(strict=strict)
    chain = _chain(values, question.explain)
    traffic = read_traffic(question, faults)
    if traffic is None:
        if chain is None:
            raise InputError(f"missing {missing({})}")
        return _reply(chain, None, chain, None, traffic)
    preset, parameters = _rules(values)
    sweep = _sweep(traffic, question, preset, parameters, faults)
    asked: dict[str, Any] = {
        "preset": preset,
        "round_trip": values.get("round_trip"),
        "per_connection": values.get("connections", False),
        "faults": faults,
        "explain": question.explain,
    }
    simulation = _simulation(traffic, parameters, asked)
    reply = _reply(sweep or simulation, simulation, chain, sweep, traffic)
    return reply if sweep is None else _drawn(reply, sweep, drawing)


def _simulation(
    traffic: Traffic,
    parameters: PoolParameters,
    asked: dict[str, Any],
) -> Simulation:
    if traffic.events is not None:
        from httpheaders.pool_events import replay

        return replay(traffic.events, parameters, **asked)
    from httpheaders.pool_simulation import simulate

    return simulate(traffic.requests, parameters, **asked)


def _rules(values: Mapping[str, Any]) -> tuple[Preset | None, PoolParameters]:
    from httpheaders.pool_presets import find_preset, with_changes

    preset = find_preset(values["preset"]) if "preset" in values else None
    changes = dict(_object(values.get("parameters", {}), "parameters"))
    changes |= {key: values[key] for key in CHANGES if key in values}
    without = {key: None if value == NONE else value for key, value in changes.items()}
    return preset, with_changes(preset, without)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong_type("an object", value, where)
    return value


def _chain(values: Mapping[str, Any], explain: bool) -> Chain | None:
    if "chain" not in values:
        return None
    from httpheaders.pool_chain import DEFAULT_MARGIN, check_chain, parse_chain

    margin = values.get("margin", DEFAULT_MARGIN)
    return check_chain(parse_chain(values["chain"]), margin=margin, explain=explain)


def _sweep(
    traffic: Traffic,
    question: Question,
    preset: Preset | None,
    parameters: PoolParameters,
    faults: Faults,
) -> Sweep | None:
    values = question.values
    if "sweep" not in values:
        return None
    if traffic.events is not None:
        raise InputError("a sweep needs requests: events are what happened under one setting")
    from os import cpu_count

    from httpheaders.pool_sweep import Costs, parse_sweep, sweep

    knob, numbers = parse_sweep(values["sweep"], preset)
    prices = [values.get(key) for key in ("cost_connection", "cost_idle", "cost_wait")]
    costs = Costs(*(price or 0.0 for price in prices)) if any(prices) else None
    traffic.hold()
    return sweep(
        traffic.requests,
        parameters,
        knob.name,
        numbers,
        preset=preset,
        costs=costs,
        round_trip=values.get("round_trip"),
        faults=faults,
        workers=values.get("workers") or cpu_count() or 1,
        explain=question.explain,
    )


# -- the answer


def _reply(
    result: Answer,
    simulation: Simulation | None,
    chain: Chain | None,
    sweep: Sweep | None,
    traffic: Traffic | None,
) -> Reply:
    keys: dict[str, Any] = {
        **_simulation_keys(simulation),
        "har_connections": _har_count(traffic),
        "sweep": None if sweep is None else _sweep_keys(sweep),
        "chain": None if chain is None else _chain_keys(chain),
    }
    if chain is not None and chain is not result:
        from httpheaders.pool_chain import with_chain

        result = with_chain(result, chain)
    return Reply(result, keys, _raw(simulation, chain, sweep))


def _har_count(traffic: Traffic | None) -> int | None:
    if traffic is None or not traffic.har_connections:
        return None
    return len(traffic.har_connections)


_PLAIN_KEYS = (
    "requests",
    "created",
    "reused",
    "reuse_rate",
    "unused",
    "discarded",
    "evicted",
    "errors",
)
_LATER_KEYS = (
    "peak_open",
    "peak_busy",
    "mean_busy",
    "stale_reuses",
    "idle_seconds",
    "busy_seconds",
    "duration",
    "skipped",
)

_LAST_KEYS = (
    "hosts",
    "requests_per_connection",
    "preset",
    "client",
    "client_parameters",
    "parameters",
    "notes",
)


def _simulation_keys(simulation: Simulation | None) -> dict[str, Any]:
    if simulation is None:
        return dict.fromkeys((*_PLAIN_KEYS, "waits", *_LATER_KEYS, *_LAST_KEYS))
    waits = simulation.waits
    return {
        **{name: _rounded(getattr(simulation, name)) for name in _PLAIN_KEYS},
        "waits": {
            "count": waits.waited,
            "total": _rounded(waits.total),
            "mean": _rounded(waits.mean),
            "p95": _rounded(waits.p95),
            "max": _rounded(waits.max),
        },
        **{name: _rounded(getattr(simulation, name)) for name in _LATER_KEYS},
        "hosts": [
            {name: _rounded(value) for name, value in counts._asdict().items()}
            for counts in simulation.hosts
        ],
        "requests_per_connection": simulation.connections,
        "preset": simulation.preset,
        "client": simulation.client,
        "client_parameters": simulation.client_parameters,
        "parameters": simulation.parameters._asdict(),
        "notes": list(simulation.notes),
    }


def _rounded(value: Any) -> Any:
    """Times to the microsecond: what is beyond is the arithmetic's own."""
    return round(value, 6) if isinstance(value, float) else value


def _sweep_keys(sweep: Sweep) -> dict[str, Any]:
    return {
        "parameter": sweep.parameter,
        "client_parameter": sweep.client_parameter,
        "advised": _rounded(sweep.advised),
        "best": _rounded(sweep.best),
        "exact": sweep.exact,
        "method": sweep.method,
        "monotone": sweep.monotone,
        "curve": [
            {name: _rounded(value) for name, value in point._asdict().items()}
            for point in sweep.curve
        ],
    }


def _chain_keys(chain: Chain) -> dict[str, Any]:
    return {
        "hops": {hop.name: hop.timeout for hop in chain.hops},
        "races": [
            {name: _rounded(value) for name, value in race._asdict().items()}
            for race in chain.races
        ],
        "resets": list(chain.resets),
        "settings": {hop.name: _rounded(hop.timeout) for hop in chain.settings},
    }


def _raw(simulation: Simulation | None, chain: Chain | None, sweep: Sweep | None) -> str:
    if sweep is not None:
        return sweep.setting
    if simulation is not None:
        return str(simulation.created)
    from httpheaders.syntax.seconds import shown_seconds

    assert chain is not None
    return ",".join(f"{hop.name}={shown_seconds(hop.timeout)}s" for hop in chain.settings)


def _drawn(reply: Reply, sweep: Sweep, drawing: Drawing) -> Reply:
    if drawing.svg is not None:
        from httpheaders.cli.destinations import destination_at
        from httpheaders.pool_plot import svg_plot

        picture = svg_plot(sweep)
        with destination_at(drawing.svg) as file:
            file.write(picture)
    if not drawing.plot:
        return reply
    from httpheaders.pool_plot import text_plot

    return reply._replace(raw=text_plot(sweep))


class CapOrNone(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """A whole number, or none."""

    name = "count"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        if value == NONE:
            return NONE
        if value.isascii() and value.isdigit() and len(value) <= 10:
            return int(value)
        return self.fail(f"'{value}' is not a whole number, or none", param, ctx)


class SecondsOrNone(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """A duration, or none."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str:
        return NONE if value == NONE else options.DURATION.convert(value, param, ctx)


CAP = CapOrNone()
SECONDS = SecondsOrNone()
COUNT = click.IntRange(min=1)


@click.command("pool-sim", epilog=options.examples(EXAMPLES))
@click.option("--preset", metavar="CLIENT", help="Begin with a client's pool, as requests or go.")
@click.option("--max-per-host", type=CAP, metavar="N", help="Connections to one host.")
@click.option("--max-total", type=CAP, metavar="N", help="Connections to all hosts.")
@click.option(
    "--limit-scope",
    type=click.Choice(["open", "busy"]),
    help="What counts toward these two: open (idle ones too) or busy.",
)
@click.option("--max-idle-per-host", type=CAP, metavar="N", help="Idle ones kept for one host.")
@click.option("--max-idle-total", type=CAP, metavar="N", help="Idle ones kept for all hosts.")
@click.option(
    "--idle-total-policy",
    type=click.Choice(["oldest", "sweep"]),
    help="Beyond that: close the one idle longest, or as httpcore does.",
)
@click.option("--idle-timeout", type=SECONDS, metavar="D", help="Not reused after longer idle.")
@click.option("--server-timeout", type=SECONDS, metavar="D", help="The server closes after it.")
@click.option("--max-requests", type=CAP, metavar="N", help="The server closes after so many.")
@click.option("--max-lifetime", type=SECONDS, metavar="D", help="Not reused when older.")
@click.option(
    "--order",
    type=click.Choice(["lifo", "fifo", "created", "slot"]),
    help="Which idle connection is taken.",
)
@click.option(
    "--on-full",
    type=click.Choice(["wait", "discard", "error"]),
    help="At a cap: wait, open one more and close it on return, or fail.",
)
@click.option("--wait-timeout", type=SECONDS, metavar="D", help="A longer wait is an error.")
@click.option(
    "--full-evicts",
    type=click.Choice(["oldest", "created", NONE]),
    help="At a cap close an idle one: idle longest, or opened first.",
)
@click.option("--max-hosts", type=CAP, metavar="N", help="Hosts whose pools are kept.")
@click.option("--dead-slots/--no-dead-slots", default=None, help="What died idle keeps its place.")
@click.option(
    "--late-binding/--no-late-binding",
    default=None,
    help="Who opens one takes whichever comes free first.",
)
@click.option("--connect-time", type=options.DURATION, metavar="D", help="What opening takes.")
@click.option("--threads", type=COUNT, metavar="N", help="Traffic of N threads.")
@click.option("--rate", type=float, metavar="R", help="Traffic that arrives by chance, R a second.")
@click.option("--latency", type=options.DURATION, metavar="D", help="Seconds in service, mean.")
@click.option("--fixed-latency", is_flag=True, default=None, help="With --rate: all take D.")
@click.option(
    "--think", type=options.DURATION, metavar="D", help="With --threads: pause between requests."
)
@click.option("--requests", type=COUNT, metavar="N", help="How many are made; 1000.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="With --rate: the dice; 0.")
@click.option("--host", metavar="HOST", help="For requests that name none.")
@click.option(
    "--round-trip",
    type=options.DURATION,
    metavar="D",
    help="Count reuses this close to the server's timeout as stale.",
)
@click.option("--chain", metavar="HOPS", help="Find the race in client=90s,lb=60s,server=5s.")
@click.option("--margin", type=options.DURATION, metavar="D", help="Its safety; 5s.")
@click.option("--sweep", metavar="RANGE", help="Try values: idle-timeout=1:120, or A,B,C.")
@click.option("--cost-connection", type=float, metavar="X", help="Price of opening one.")
@click.option("--cost-idle", type=float, metavar="X", help="Price of an idle second.")
@click.option("--cost-wait", type=float, metavar="X", help="Price of a second of waiting.")
@click.option("--workers", type=COUNT, metavar="N", help="Processes for a sweep; one a core.")
@click.option("--plot", is_flag=True, help="Draw the sweep in place of the JSON.")
@click.option("--svg", type=options.FILE, help="Draw the sweep into FILE.")
@click.option(
    "--connections", is_flag=True, default=None, help="Count the requests on each connection."
)
@options.input_and_output(source_argument=True)
def command(io: InputOutput, plot: bool, svg: str | None, **given: Any) -> ExitStatus:
    """Foretell what a keep-alive pool does with your traffic.

    Reads requests, one {"t": 0, "host": "a", "duration": 0.1} a line, or events of the form {"op":
    "get", "host": "a", "conn": "1", "t": 0}, or a HAR, from FILE or standard input; or makes its
    traffic. Says how many connections are opened, reused, discarded and waited for, under that
    client's own rules. The answer is yes when nothing is refused and nothing races.
    """
    drawing = Drawing(plot, svg)
    # What is drawn stands in place of the JSON.
    output = io._replace(raw=True) if plot else io
    return output.answer_each(
        FORM, given, lambda question: answer(question, drawing, strict=io.fail_fast)
    )
