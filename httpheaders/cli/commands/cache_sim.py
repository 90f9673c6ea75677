"""`httpheaders cache-sim`: for this traffic, what would a cache have answered?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from httpheaders.cli import options
from httpheaders.cli.driver import InputOutput
from httpheaders.cli.exit_status import ExitStatus
from httpheaders.cli.key_types import number
from httpheaders.cli.questions import Form, Question
from httpheaders.cli.writing import Reply, ReplyWriter
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cache_simulation import CacheSimulation, SimulationSummary, Tally

FORM = Form(
    keys={"t": number},
    subject="headers",
    missing=lambda given: "the traffic: exchanges with t, or a HAR file",
)

EXAMPLES = r"""
$ printf '{"t": %s, "request": {"url": "/"}, '\
> '"response": {"headers": "Cache-Control: max-age=60"}}\n' 0 30 90 |
>   httpheaders cache-sim --raw
miss
hit
refreshed
"""


def answer(question: Question, simulation: CacheSimulation) -> Reply:
    """Put one exchange to the simulated cache."""
    request, response = question.request, question.response
    if request is None or response is None:
        raise InputError("expected an exchange: an object with t, request and response")
    result = simulation.step(request, response, now=_time(question), explain=question.explain)
    keys = {
        "t": result.time,
        "url": request.url,
        "outcome": result.outcome,
        "status": result.status,
        "stored": result.stored,
        "bytes": result.size,
        "bytes_from_origin": result.fetched,
        "bytes_saved": result.saved,
    }
    return Reply(result, keys, result.outcome)


def _time(question: Question) -> float:
    if "t" in question.values:
        time: float = question.values["t"]
        return time
    if question.har is not None and question.har.started is not None:
        return question.har.started
    raise InputError("expected the time of the request in seconds", where="$.t")


def summary_reply(summary: SimulationSummary) -> Reply:
    """Give the whole trace as one answer."""
    keys = {
        **_tally(summary.total),
        "entries": summary.entries,
        "evicted": summary.evicted,
        "by_host": {host: _tally(tally) for host, tally in summary.by_host.items()},
        "by_reason": [
            {"outcome": outcome, "reason": reason, "requests": count}
            for outcome, reason, count in summary.by_reason
        ],
    }
    lines = [f"{outcome} {count}" for outcome, count in summary.total.outcomes.items()]
    return Reply(summary, keys, "\n".join(lines))


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "requests": tally.requests,
        "outcomes": tally.outcomes,
        "hit_rate": tally.hit_rate,
        "byte_hit_rate": tally.byte_hit_rate,
        "bytes": tally.sent,
        "bytes_saved": tally.saved,
    }


@click.command("cache-sim", epilog=options.examples(EXAMPLES))
@click.option("--private", is_flag=True, help="A browser's cache, not a shared one.")
@click.option("--cdn", is_flag=True, help="Obey CDN-Cache-Control first.")
@click.option("--max-entries", type=click.IntRange(min=0), metavar="N", help="Keep so many.")
@click.option("--max-bytes", type=options.SIZE, metavar="SIZE", help="Keep so many octets.")
@click.option("--summary", is_flag=True, help="Print the rates at the end, and nothing else.")
@options.input_and_output(source_argument=True)
def command(
    io: InputOutput,
    private: bool,
    cdn: bool,
    max_entries: int | None,
    max_bytes: int | None,
    summary: bool,
) -> ExitStatus:
    """Say what a cache would have answered to recorded traffic.

    Reads exchanges in order from FILE or standard input, one object a line with "t", "request" and
    "response" (what the origin would answer), or a HAR file. Each line of the answer has the
    outcome: hit, miss, revalidated, stale, refreshed or bypass. The least recently used responses
    go first when there is no more room.
    """
    from httpheaders.cache_settings import CacheSettings
    from httpheaders.cache_simulation import CacheSimulation
    from httpheaders.cli.destinations import destination_at

    if cdn and private:
        raise click.UsageError("a private cache has no targeted fields: leave out --cdn")
    settings = CacheSettings(shared=not private, targets=("CDN-Cache-Control",) if cdn else ())
    simulation = CacheSimulation(settings, max_entries=max_entries, max_bytes=max_bytes)

    def simulated(question: Question) -> Reply:
        return answer(question, simulation)

    if not summary:
        return io.answer_each(FORM, {}, simulated)
    status = io._replace(quiet=True, output=None).answer_each(FORM, {}, simulated)
    with destination_at(io.output) as destination:
        writer = ReplyWriter(
            destination,
            "quiet" if io.quiet else "raw" if io.raw else "json",
            pretty=io.pretty or destination.is_terminal,
            explain=io.explain,
            is_stream=False,
        )
        writer.write(summary_reply(simulation.summary()))
    return status
