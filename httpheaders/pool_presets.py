"""
The pools of real clients: their parameters, under our names and under their own.

Each was measured on the version that it names, except the browsers, which were read. A knob of a
client that stands for two of our parameters moves both.

Source: the clients themselves, in the versions named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from httpheaders.errors import PolicyError
from httpheaders.named_tuples import NamedTuple
from httpheaders.pool_parameters import PoolParameters, check_parameters

__all__ = [
    "PRESETS",
    "Knob",
    "Preset",
    "client_parameters",
    "find_knob",
    "find_preset",
    "our_value",
    "with_changes",
]


class Knob(NamedTuple):
    """
    A parameter under the client's own name.

    Attributes:
        name: the client's name for it.
        parameter: ours.
        unit: how many of the client's units make one of ours.
        unlimited: how the client writes that there is no limit.
        zero: how it writes our 0, where its own 0 means something else; None: not at all.
        words: the client's values for ours, where they are words.
    """

    name: str
    parameter: str
    unit: int = 1
    unlimited: object = None
    zero: int | None = 0
    words: Mapping[str, object] | None = None


class Link(NamedTuple):
    """When `changed` is changed, `follows` takes its value, or at most its value."""

    changed: str
    follows: str
    at_most: bool = False


class Preset(NamedTuple):
    """
    A client's pool with its defaults.

    Attributes:
        name: what it is chosen by.
        client: the client's class or object.
        version: what it was measured on, or read from.
        measured: whether real connections were counted.
        parameters: the rules.
        knobs: the client's own names.
        links: parameters of ours that are one for the client.
        cautions: what the rules do not capture.
    """

    name: str
    client: str
    version: str
    measured: bool
    parameters: PoolParameters
    knobs: tuple[Knob, ...]
    links: tuple[Link, ...] = ()
    cautions: tuple[str, ...] = ()


_BLOCK: dict[str, object] = {"wait": True, "discard": False}
_SIZE_LINKS = (Link("max_per_host", "max_idle_per_host"), Link("max_idle_per_host", "max_per_host"))
_KEEPALIVE_LINKS = (Link("max_total", "max_idle_total", at_most=True),)
_INFINITY = "Infinity"


def _stack(size: int) -> PoolParameters:
    return PoolParameters(
        max_per_host=size,
        max_idle_per_host=size,
        limit_scope="busy",
        on_full="discard",
        order="lifo",
        max_hosts=10,
        dead_slots=True,
    )


_ALL = (
    Preset(
        "urllib3",
        "urllib3.PoolManager",
        "urllib3 2.8.0",
        True,
        _stack(1),
        (
            Knob("maxsize", "max_idle_per_host", zero=None),
            Knob("block", "on_full", words=_BLOCK),
            Knob("num_pools", "max_hosts"),
            Knob("pool_timeout", "wait_timeout"),
        ),
        _SIZE_LINKS,
    ),
    Preset(
        "requests",
        "requests.adapters.HTTPAdapter",
        "requests 2.34.2, urllib3 2.8.0",
        True,
        _stack(10),
        (
            Knob("pool_maxsize", "max_idle_per_host", zero=None),
            Knob("pool_block", "on_full", words=_BLOCK),
            Knob("pool_connections", "max_hosts"),
        ),
        _SIZE_LINKS,
    ),
    Preset(
        "httpx",
        "httpx.Client",
        "httpx 0.28.1, httpcore 1.0.9",
        True,
        PoolParameters(
            max_total=100,
            max_idle_total=20,
            idle_total_policy="sweep",
            idle_timeout=5.0,
            order="created",
            wait_timeout=5.0,
            full_evicts="created",
        ),
        (
            Knob("max_connections", "max_total"),
            Knob("max_keepalive_connections", "max_idle_total"),
            Knob("keepalive_expiry", "idle_timeout"),
            Knob("pool", "wait_timeout"),
        ),
        _KEEPALIVE_LINKS,
    ),
    Preset(
        "httpcore",
        "httpcore.ConnectionPool",
        "httpcore 1.0.9",
        True,
        PoolParameters(
            max_total=10,
            max_idle_total=10,
            idle_total_policy="sweep",
            order="created",
            full_evicts="created",
        ),
        (
            Knob("max_connections", "max_total"),
            Knob("max_keepalive_connections", "max_idle_total"),
            Knob("keepalive_expiry", "idle_timeout"),
            Knob("pool", "wait_timeout"),
        ),
        (Link("max_total", "max_idle_total"),),
    ),
    Preset(
        "aiohttp",
        "aiohttp.TCPConnector",
        "aiohttp 3.14.5",
        True,
        PoolParameters(max_total=100, limit_scope="busy", idle_timeout=15.0, order="fifo"),
        (
            Knob("limit", "max_total", unlimited=0),
            Knob("limit_per_host", "max_per_host", unlimited=0),
            Knob("keepalive_timeout", "idle_timeout"),
        ),
        (),
        ("before 3.11.0 the order was lifo; a chance choice among waiting hosts is not foretold",),
    ),
    Preset(
        "go",
        "net/http.Transport",
        "Go 1.27.3",
        True,
        PoolParameters(
            max_idle_per_host=2,
            max_idle_total=100,
            idle_timeout=90.0,
            order="lifo",
            late_binding=True,
        ),
        (
            Knob("MaxIdleConnsPerHost", "max_idle_per_host", zero=-1),
            Knob("MaxIdleConns", "max_idle_total", unlimited=0, zero=None),
            Knob("MaxConnsPerHost", "max_per_host", unlimited=0),
            Knob("IdleConnTimeout", "idle_timeout", unlimited=0, zero=None),
        ),
    ),
    Preset(
        "node",
        "http.globalAgent",
        "Node.js 20.20.2",
        True,
        PoolParameters(max_idle_per_host=256, idle_timeout=5.0, order="lifo"),
        (
            Knob("maxSockets", "max_per_host", unlimited=_INFINITY),
            Knob("maxTotalSockets", "max_total", unlimited=_INFINITY),
            Knob("maxFreeSockets", "max_idle_per_host", zero=-1),
            Knob("timeout", "idle_timeout", unit=1000, unlimited=0, zero=None),
            Knob("scheduling", "order"),
        ),
        (),
        ("maxTotalSockets: what Node does when it is passed is not foretold",),
    ),
    Preset(
        "node-agent",
        "new http.Agent()",
        "Node.js 20.20.2",
        True,
        PoolParameters(max_idle_per_host=0, order="lifo"),
        (
            Knob("maxSockets", "max_per_host", unlimited=_INFINITY),
            Knob("maxFreeSockets", "max_idle_per_host", zero=-1),
            Knob("timeout", "idle_timeout", unit=1000, unlimited=0, zero=None),
            Knob("scheduling", "order"),
        ),
        (),
        ("without keepAlive: true this agent keeps no connection at all",),
    ),
    Preset(
        "undici",
        "undici.Agent",
        "undici 7.30.2",
        True,
        PoolParameters(idle_timeout=4.0, order="slot"),
        (
            Knob("connections", "max_per_host"),
            Knob("keepAliveTimeout", "idle_timeout", unit=1000),
            Knob("clientTtl", "max_lifetime", unit=1000),
        ),
        (),
        ("where the server announces a keep-alive timeout, undici uses that less 2 s",),
    ),
    Preset(
        "httpclient5",
        "PoolingHttpClientConnectionManager",
        "HttpClient 5.2.1",
        True,
        PoolParameters(
            max_per_host=5,
            max_total=25,
            idle_timeout=180.0,
            order="lifo",
            wait_timeout=180.0,
            full_evicts="oldest",
        ),
        (
            Knob("defaultMaxPerRoute", "max_per_host"),
            Knob("maxTotal", "max_total"),
            Knob("keepAlive", "idle_timeout"),
            Knob("timeToLive", "max_lifetime"),
            Knob("connectionRequestTimeout", "wait_timeout"),
        ),
        (),
        ("the keep-alive is the server's Keep-Alive timeout where it announces one",),
    ),
    Preset(
        "browser",
        "Chromium",
        "Chromium, source of 2021, not measured",
        False,
        PoolParameters(
            max_per_host=6,
            max_total=256,
            idle_timeout=300.0,
            order="lifo",
            full_evicts="oldest",
            late_binding=True,
        ),
        (),
        (),
        ("priorities, preconnects and backup connections are not foretold",),
    ),
    Preset(
        "firefox",
        "Firefox",
        "Firefox, not measured",
        False,
        PoolParameters(max_per_host=6, max_total=900, idle_timeout=115.0, order="lifo"),
        (),
        (),
        ("the order, by largest burst carried, is approximated by lifo",),
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}


def find_preset(name: str) -> Preset:
    """
    Look a preset up.

    Raises:
        PolicyError: there is none of that name, with the nearest one.

    >>> find_preset("requests").version
    'requests 2.34.2, urllib3 2.8.0'
    """
    if name in PRESETS:
        return PRESETS[name]
    near = _nearest(name, PRESETS)
    hint = f"did you mean '{near}'" if near else f"expected one of {', '.join(PRESETS)}"
    raise PolicyError(f"unknown preset '{name[:60]}': {hint}")


def with_changes(preset: Preset | None, changes: Mapping[str, object]) -> PoolParameters:
    """
    Give a preset's parameters, some of them changed; what is one knob for the client moves as one.

    Args:
        preset: None for the general defaults.
        changes: our names and their values.

    Raises:
        PolicyError: an unknown name, or a value out of range.

    >>> with_changes(find_preset("requests"), {"max_per_host": 30}).max_idle_per_host
    30
    """
    parameters = preset.parameters if preset else PoolParameters()
    unknown = [name for name in changes if name not in PoolParameters._fields]
    if unknown:
        raise PolicyError(f"unknown parameter '{unknown[0]}'")
    parameters = parameters._replace(**changes)  # type: ignore[arg-type]
    check_parameters(parameters)
    for link in preset.links if preset else ():
        if link.changed in changes and link.follows not in changes:
            parameters = _follow(parameters, link)
    return parameters


def _follow(parameters: PoolParameters, link: Link) -> PoolParameters:
    value, other = getattr(parameters, link.changed), getattr(parameters, link.follows)
    if link.at_most and other is not None and (value is None or other <= value):
        return parameters
    try:
        return check_parameters(parameters._replace(**{link.follows: value}))
    except PolicyError as error:
        moved = f"{link.changed} {value} is {link.follows} too for this client"
        raise PolicyError(f"{moved}: {error.message}") from None


def find_knob(preset: Preset | None, name: str) -> Knob:
    """
    Look a parameter up by our name, with `-` or `_`, or by the client's own.

    Raises:
        PolicyError: neither has it.

    >>> find_knob(find_preset("node"), "timeout")[1:3]
    ('idle_timeout', 1000)
    """
    ours = name.replace("-", "_")
    if ours in PoolParameters._fields:
        return Knob(ours, ours)
    known = [knob for knob in preset.knobs if knob.name == name] if preset else []
    if known:
        return known[0]
    theirs = [knob.name for knob in preset.knobs] if preset else []
    near = _nearest(ours, [*PoolParameters._fields, *theirs])
    hint = f": did you mean '{near}'" if near else ""
    raise PolicyError(f"unknown parameter '{name[:60]}'{hint}")


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # late: only for a message

    return next(iter(get_close_matches(name[:60], list(known), n=1)), None)


def client_parameters(preset: Preset, parameters: PoolParameters) -> dict[str, object]:
    """
    Give the parameters under the client's own names and in its units.

    >>> node = find_preset("node")
    >>> client_parameters(node, node.parameters)["timeout"]
    5000
    """
    return {knob.name: _client_value(knob, parameters) for knob in preset.knobs}


def _client_value(knob: Knob, parameters: PoolParameters) -> object:
    value = getattr(parameters, knob.parameter)
    if knob.words is not None:
        return knob.words.get(value, value)
    if value is None:
        return knob.unlimited
    if value == 0:
        return knob.zero
    if knob.unit == 1 or not isinstance(value, (int, float)):
        return value
    # What is rounded down to 0 could mean something else.
    return max(round(value * knob.unit), 1)


def our_value(knob: Knob, number: float) -> float | None:
    """
    Give what a number of the client's is for us; None: no limit.

    Raises:
        PolicyError: a 0 that means neither 0 nor no limit to the client.

    >>> go = find_preset("go")
    >>> [our_value(find_knob(go, "MaxIdleConns"), number) for number in (0, 5)]
    [None, 5]
    """
    if number == knob.unlimited:
        return None
    if number == knob.zero:
        return 0
    if number == 0:
        instead = "" if knob.zero is None else f": write {knob.zero} for none"
        raise PolicyError(f"{knob.name} 0 does not mean 0 to this client{instead}")
    return number if knob.unit == 1 else number / knob.unit
