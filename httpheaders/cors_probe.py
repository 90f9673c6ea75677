"""
Origins that get past careless allow-lists, tried against a policy.

Each is made from an origin that the policy means to allow: what an attacker could register or
send instead, if the policy compared beginnings, ends, patterns or folded text.

Source: Fetch section "CORS check"; the origins are those that scanners of live sites try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from httpheaders import cors_rules as rules
from httpheaders.answer import Problem, Step
from httpheaders.cors_origins import OriginPattern
from httpheaders.cors_policy import CorsPolicy
from httpheaders.cors_rules import Trail
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.origins import OPAQUE, Origin

__all__ = ["PolicyProbe", "ProbedOrigin", "bypass_origins", "probe_policy"]

# A name that is nobody's: reserved for examples.
_ATTACKER = "attacker.example"


class ProbedOrigin(NamedTuple):
    """
    One origin that was tried.

    Attributes:
        technique: suffix, prefix, dot, case, null, scheme, port, subdomain, punycode, …
        origin: as it stands in the Origin field.
        of: the allowed origin that it imitates, or None.
        harm: what it means when it gets in.
    """

    technique: str
    origin: str
    of: str | None
    harm: str


class PolicyProbe(NamedTuple):
    """
    What a probe found.

    Attributes:
        ok: whether none of the origins got in.
        reason: how many did, and the first.
        reference: the rule.
        problems: what is unwise in the policy besides.
        steps: every origin tried; empty unless asked for.
        tried: how many were tried.
        admitted: those that got in.
    """

    ok: bool
    reason: str
    reference: str | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    tried: int
    admitted: tuple[ProbedOrigin, ...]


def probe_policy(policy: CorsPolicy, *, explain: bool = False) -> PolicyProbe:
    """
    Try the known bypass origins against a policy.

    >>> probe_policy(CorsPolicy(["https://app.example.com"])).admitted
    ()
    """
    trail = Trail(explain)
    for finding in policy.warnings:
        trail.problem(f"policy {finding.kind}", finding.message, finding.reference)
    admitted = []
    probes = bypass_origins(policy)
    for probe in probes:
        allowed = policy.allows(probe.origin)
        trail.step(rules.ORIGIN_EQUAL, f"{probe.technique}: '{probe.origin}' {_WORDS[allowed]}")
        if allowed:
            admitted.append(probe)
    return PolicyProbe(
        not admitted,
        _reason(policy, len(probes), admitted),
        rules.ORIGIN_EQUAL.reference,
        trail.problems,
        tuple(trail.steps),
        len(probes),
        tuple(admitted),
    )


_WORDS = {True: "gets in", False: "stays out"}


def _reason(policy: CorsPolicy, tried: int, admitted: list[ProbedOrigin]) -> str:
    if not admitted:
        return f"none of {tried} bypass origins gets in"
    if policy.allows_any_origin:
        return "the policy lets every origin in: it is for what anybody may read"
    first = admitted[0]
    return f"{len(admitted)} of {tried} bypass origins get in; '{first.origin}': {first.harm}"


def bypass_origins(policy: CorsPolicy) -> list[ProbedOrigin]:
    """
    List the origins to try; tuple origins that the policy names itself are not among them.

    >>> [probe.origin for probe in bypass_origins(CorsPolicy(["https://a.example"]))][:3]
    ['https://attacker.example', 'null', 'file://']
    """
    named = {pattern.text for pattern in policy.origins if pattern.origin is not None}
    probes = dict(_for_everybody())
    if any(pattern.origin and pattern.origin.is_loopback for pattern in policy.origins):
        named.add("http://localhost")
    for pattern in policy.origins:
        if pattern.origin is not None:
            for probe in _imitations(pattern, pattern.origin):
                probes.setdefault(probe.origin, probe)
    for text, origin in policy.examples():
        pattern = _meant_by(text, origin, policy)
        for probe in _imitations(pattern, pattern.origin or origin):
            if probe.technique not in _NOT_FOR_WILDCARDS:
                probes.setdefault(probe.origin, probe)
    return [probe for probe in probes.values() if probe.origin not in named]


def _meant_by(expression: str, example: Origin, policy: CorsPolicy) -> OriginPattern:
    # Where any first label will do, subdomains are meant, and are no bypass.
    first, _, parent = example.host.partition(".")
    sibling = example._replace(host=f"www.{parent}")
    if "." in parent and first != "www" and policy.allows(str(sibling)):
        return OriginPattern(expression, example._replace(host=parent), subdomains=True)
    return OriginPattern(expression, example)


def _for_everybody() -> Iterator[tuple[str, ProbedOrigin]]:
    for technique, origin, harm in (
        ("any", f"https://{_ATTACKER}", "any site gets in"),
        ("null", OPAQUE, "any site gets in from a sandboxed frame"),
        ("null", "file://", "any local document gets in"),
        ("any", "", "an empty Origin gets in"),
        ("loopback", "http://localhost", "whatever runs on the user's machine gets in"),
    ):
        yield origin, ProbedOrigin(technique, origin, None, harm)


class _Target(NamedTuple):
    """The origin that is imitated, in parts."""

    scheme: str
    host: str
    port: str

    def with_host(self, host: str) -> str:
        return f"{self.scheme}://{host}{self.port}"


def _imitations(pattern: OriginPattern, origin: Origin) -> Iterator[ProbedOrigin]:
    host = f"www.{origin.host}" if pattern.subdomains else origin.host
    port = "" if origin.port is None else f":{origin.port}"
    target = _Target(origin.scheme, host, port)
    imitated = target.with_host(host)
    for technique, make, harm in _TECHNIQUES:
        if technique in _NOT_FOR_WILDCARDS and (pattern.subdomains or pattern.any_port):
            continue
        for made in make(target, origin.host):
            if made != imitated:
                yield ProbedOrigin(technique, made, pattern.text, harm)


# A wildcard asks for these itself; the policy's own warnings speak of them.
_NOT_FOR_WILDCARDS = frozenset({"subdomain", "port"})


def _suffixes(target: _Target, base: str) -> list[str]:
    return [
        target.with_host(f"{target.host}.{_ATTACKER}"),
        target.with_host(f"{target.host}{_ATTACKER}"),
        target.with_host(f"{target.host}.com"),
    ]


def _prefixes(target: _Target, base: str) -> list[str]:
    return [target.with_host(f"attacker{base}"), target.with_host(f"attacker-{base}")]


def _dots(target: _Target, base: str) -> list[str]:
    places = [place for place, character in enumerate(target.host) if character == "."]
    return [target.with_host(f"{target.host[:p]}x{target.host[p + 1 :]}") for p in places[:10]]


def _cases(target: _Target, base: str) -> list[str]:
    return [target.with_host(target.host.upper()), target.with_host(target.host).upper()]


def _schemes(target: _Target, base: str) -> list[str]:
    others = (scheme for scheme in ("http", "ftp", "attacker") if scheme != target.scheme)
    return [f"{scheme}://{target.host}{target.port}" for scheme in others]


def _ports(target: _Target, base: str) -> list[str]:
    return [f"{target.scheme}://{target.host}{port}" for port in (":1337", ":65535", ":443x")]


def _subdomains(target: _Target, base: str) -> list[str]:
    return [target.with_host(f"attacker.{target.host}")]


def _punycode(target: _Target, base: str) -> list[str]:
    for latin, look_alike in zip("aeocpxy", "аеосрху", strict=True):
        if latin in target.host:
            other = target.host.replace(latin, look_alike, 1)
            try:
                encoded = other.encode("idna").decode("ascii")
            except UnicodeError:
                continue
            return [target.with_host(encoded), target.with_host(other)]
    return []


def _parsers(target: _Target, base: str) -> list[str]:
    origin = target.with_host(target.host)
    return [
        f"{origin}@{_ATTACKER}",
        f"{target.scheme}://{_ATTACKER}/{target.host}",
        f"{target.scheme}://{_ATTACKER}#{origin}",
        f"{target.scheme}://{_ATTACKER}?{origin}",
        f"{target.scheme}://{_ATTACKER}\\.{target.host}",
        *(target.with_host(f"{target.host}{mark}.{_ATTACKER}") for mark in "_`{}!$&%"),
    ]


def _lists(target: _Target, base: str) -> list[str]:
    origin = target.with_host(target.host)
    evil = f"https://{_ATTACKER}"
    return [f"{origin}, {evil}", f"{evil}, {origin}", f"{evil} {origin}"]


def _forms(target: _Target, base: str) -> list[str]:
    origin = target.with_host(target.host)
    forms = [f"{origin}/", f"{origin}\0", f"{origin}\n{_ATTACKER}", target.host]
    return [*forms, target.with_host(f"{target.host}.")]


_Make = Callable[[_Target, str], list[str]]
_TECHNIQUES: tuple[tuple[str, _Make, str], ...] = (
    ("suffix", _suffixes, "a name that only begins like the allowed one gets in"),
    ("prefix", _prefixes, "a name that only ends like the allowed one gets in"),
    ("dot", _dots, "a dot stands for any character"),
    ("case", _cases, "case is folded, though browsers send lower case alone"),
    ("scheme", _schemes, "whoever is on the network path can be that origin"),
    ("port", _ports, "another program on that host gets in"),
    ("subdomain", _subdomains, "one subdomain that is taken over gets in"),
    ("punycode", _punycode, "a name that only looks alike gets in"),
    ("parser", _parsers, "another host gets in where the text is not parsed as an origin"),
    ("list", _lists, "a list that holds the allowed origin gets in"),
    ("form", _forms, "text that is no origin gets in"),
)
