"""
Traffic for `pool-sim`: lines of a trace, events, a HAR, or what is to be made up.

Whatever cannot be used is told in its place and counted, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from httpheaders.cli.key_types import nearest_word, wrong_type
from httpheaders.cli.reading import Message, Record, TextLine
from httpheaders.errors import InputError

if TYPE_CHECKING:
    from httpheaders.cli.questions import Question
    from httpheaders.cli.reading import Document
    from httpheaders.pool_events import PoolEvent
    from httpheaders.pool_simulation import Rows
    from httpheaders.pool_trace import Faults
    from httpheaders.pool_traffic import ThreadTraffic

__all__ = ["Traffic", "read_traffic"]

ROW_KEYS = ("t", "host", "duration")
EVENT_KEYS = ("op", "host", "conn", "t")

# As many requests are held, so that anomalies can be compared; longer traces are streamed.
MOST_HELD = 100_000


class Traffic:
    """
    What is to be run: requests or events.

    Attributes:
        requests: in order of arrival, or threads.
        events: a recorded history in place of requests.
        har_connections: the connections that a HAR itself names, while it is read.
    """

    def __init__(
        self,
        requests: Rows | ThreadTraffic = (),
        events: Iterator[PoolEvent] | None = None,
        har_connections: set[tuple[str, str]] | None = None,
    ) -> None:
        self.requests = requests
        self.events = events
        self.har_connections = har_connections

    def hold(self) -> None:
        """Keep all requests in memory, so that they can be run again."""
        from httpheaders.pool_traffic import ThreadTraffic

        if not isinstance(self.requests, (list, ThreadTraffic)):
            self.requests = list(self.requests)


def read_traffic(question: Question, faults: Faults) -> Traffic | None:
    """
    Give the traffic that a question holds or asks to be made; None when it has none.

    Raises:
        InputError: what it holds is no traffic.
    """
    values = question.values
    if question.documents is not None:
        return _of_documents(question.documents, values, faults)
    if question.exchange is not None:
        raise InputError("messages have no times: expected a HAR, or lines with t and duration")
    for key, is_event in (("trace", False), ("events", True)):
        if key in values:
            return _of_list(values[key], key, is_event, values, faults)
    if "threads" in values:
        return _of_threads(values)
    return _by_chance(values) if "rate" in values else None


def _of_threads(values: Mapping[str, Any]) -> Traffic:
    from httpheaders.pool_traffic import ThreadTraffic

    return Traffic(
        ThreadTraffic(
            values["threads"],
            _latency(values),
            values.get("requests", 1000),
            values.get("think", 0.0),
            values.get("host", "example.com"),
        )
    )


def _by_chance(values: Mapping[str, Any]) -> Traffic:
    from httpheaders.pool_traffic import poisson_traffic

    requests = poisson_traffic(
        rate=values["rate"],
        latency=_latency(values),
        requests=values.get("requests", 1000),
        seed=values.get("seed", 0),
        exponential=not values.get("fixed_latency", False),
        host=values.get("host", "example.com"),
    )
    return Traffic(_held(requests))


def _latency(values: Mapping[str, Any]) -> float:
    if "latency" not in values:
        raise InputError("made traffic needs a --latency, as 80ms")
    latency: float = values["latency"]
    return latency


def _held(requests: Rows) -> Rows:
    from itertools import chain, islice

    rest = iter(requests)
    first = list(islice(rest, MOST_HELD))
    return first if len(first) < MOST_HELD else chain(first, rest)


def _of_list(
    value: Any, key: str, is_event: bool, values: Mapping[str, Any], faults: Faults
) -> Traffic:
    if not isinstance(value, list):
        raise wrong_type("a list", value, key)
    places = ((f"{key}[{number}]", item) for number, item in enumerate(value))
    if is_event:
        return Traffic(events=_events(places, faults))
    return Traffic(_in_order(_rows(places, values, faults), faults))


def _of_documents(
    documents: Iterator[Document], values: Mapping[str, Any], faults: Faults
) -> Traffic:
    from itertools import chain

    first = next(documents)
    rest = chain([first], documents)
    if isinstance(first, Message):
        if first.har is None:
            raise InputError("a header dump has no times: expected a HAR, or lines with t")
        connections: set[tuple[str, str]] = set()
        requests = _held(_in_order(_har_rows(rest, faults, connections), faults))
        return Traffic(requests, har_connections=connections)
    places = _placed(rest, faults)
    if isinstance(first, Record) and "op" in first.value:
        return Traffic(events=_events(places, faults))
    return Traffic(_held(_in_order(_rows(places, values, faults), faults)))


def _in_order(rows: Rows, faults: Faults) -> Rows:
    from httpheaders.pool_trace import in_order

    return in_order(rows, faults)


def _placed(documents: Iterator[Document], faults: Faults) -> Iterator[tuple[str, Any]]:
    for document in documents:
        where = f"line {document.line}"
        if isinstance(document, Record):
            yield where, document.value
        elif isinstance(document, TextLine):
            yield where, _words(document.text)
        elif isinstance(document, Message):
            faults.tell(where, "a message", "left out: it is no request of a trace", skipped=True)
        else:
            faults.tell(where, "unreadable", f"left out: {document.message}", skipped=True)


def _words(line: str) -> dict[str, Any]:
    """Read a plain line, `T HOST DURATION`; a word that is no number is left as it is."""
    words: list[Any] = line.split()
    if len(words) != len(ROW_KEYS):
        return {"t": line}
    for place in (0, 2):
        try:
            words[place] = float(words[place])
        except ValueError:
            continue
    return dict(zip(ROW_KEYS, words, strict=True))


def _rows(
    places: Iterator[tuple[str, Any]], values: Mapping[str, Any], faults: Faults
) -> Iterator[tuple[float, str, float]]:
    from httpheaders.pool_trace import is_usable

    host = values.get("host")
    for where, item in places:
        if _is_object_of(item, ROW_KEYS, where, faults):
            row = (item.get("t"), _lower(item.get("host", host)), item.get("duration"))
            if is_usable(row, where, faults):
                yield row


def _events(places: Iterator[tuple[str, Any]], faults: Faults) -> Iterator[PoolEvent]:
    from httpheaders.pool_events import PoolEvent

    for where, item in places:
        if not _is_object_of(item, EVENT_KEYS, where, faults):
            continue
        conn = item.get("conn")
        if isinstance(conn, int) and not isinstance(conn, bool):
            conn = str(conn)
        texts = {"op": item.get("op"), "host": _lower(item.get("host")), "conn": conn}
        wrong = [key for key, value in texts.items() if not isinstance(value, str | None)]
        if wrong:
            faults.tell(where, "not text", f"left out: {wrong[0]} is not text", skipped=True)
            continue
        yield PoolEvent(texts["op"] or "", item.get("t"), texts["host"], conn, where)


def _lower(host: Any) -> Any:
    """Give a host as it is compared (RFC 9110 section 4.2.3); what is no text, as it is."""
    return host.lower() if isinstance(host, str) else host


def _is_object_of(item: Any, keys: tuple[str, ...], where: str, faults: Faults) -> bool:
    if not isinstance(item, dict):
        faults.tell(where, "not an object", "left out: expected an object", skipped=True)
        return False
    unknown = next((key for key in item if key not in keys and key != "id"), None)
    if unknown is not None:
        near = nearest_word(unknown, keys)
        hint = f"did you mean '{near}'" if near else f"known are {', '.join(keys)}"
        message = f"left out: unknown key '{unknown[:60]}': {hint}"
        faults.tell(where, "unknown key", message, skipped=True)
    return unknown is None


def _har_rows(
    documents: Iterator[Document], faults: Faults, connections: set[tuple[str, str]]
) -> Iterator[tuple[float, str, float]]:
    from httpheaders.pool_trace import request_of_entry

    for entry_number, document in enumerate(documents, 1):
        where = f"entry {entry_number}"
        if not isinstance(document, Message) or document.har is None:
            message = getattr(document, "message", "it is no entry of a HAR")
            faults.tell(where, "unreadable", f"left out: {message}", skipped=True)
            continue
        request = request_of_entry(document.har, where, faults)
        if request is not None:
            if document.har.connection not in (None, "0"):
                connections.add((request.host, str(document.har.connection)))
            yield request
