"""What each operation of the caching vectors means in our words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from httpheaders.byte_ranges import coalesce, read_content_range, requested_ranges
from httpheaders.cache import Cache, CacheAnswer, Lookup
from httpheaders.cache_control import CacheControl, parse_cache_control
from httpheaders.cache_policy import (
    StoredResponse,
    assess_reuse,
    assess_storing,
    may_serve_stale,
    stale_if_error_allows,
    stored_response,
)
from httpheaders.cache_settings import PRIVATE_CACHE, CacheSettings
from httpheaders.cache_validation import (
    identified_for_update,
    storable_headers,
    updated_headers,
    validation_request,
)
from httpheaders.conditional import answer_conditional
from httpheaders.entity_tag_values import read_entity_tag
from httpheaders.errors import FieldSyntaxError
from httpheaders.freshness import date_of, freshness_lifetime, initial_age
from httpheaders.messages.fields import field_value
from httpheaders.messages.headers import Headers
from httpheaders.messages.message import Request, Response
from httpheaders.syntax.cache_directives import split_directives
from httpheaders.syntax.dates import format_http_date
from httpheaders.syntax.entity_tags import parse_entity_tag, read_entity_tags
from httpheaders.syntax.grammar import parse_delta_seconds
from httpheaders.syntax.ranges import parse_content_range, parse_range
from httpheaders.targeted_cache_control import governing_directives
from httpheaders.vary import parse_vary, selects, vary_key

NOW = 1767225600.0


def headers_of(pairs: list[list[str]] | None) -> Headers:
    return Headers((name, value) for name, value in pairs or ())


def request_of(message: dict[str, Any] | None) -> Request:
    message = message or {"method": "GET", "headers": []}
    return Request(message.get("method", "GET"), message.get("url"), headers_of(message["headers"]))


def response_of(message: dict[str, Any]) -> Response:
    return Response(message["status"], headers_of(message["headers"]), b"")


def agrees(expected: Any, actual: Any) -> bool:
    """Compare with the vectors' ways to say less than one value."""
    if not isinstance(expected, dict):
        return bool(expected == actual)
    checks: dict[str, Callable[[Any], bool]] = {
        "gt": lambda bound: actual > bound,
        "ge": lambda bound: actual >= bound,
        "lt": lambda bound: actual < bound,
        "le": lambda bound: actual <= bound,
        "none_or_below": lambda bound: actual is None or actual <= bound,
        "matches": lambda pattern: all(re.search(one, actual or "") for one in _listed(pattern)),
        "not_matches": lambda pattern: (
            not any(re.search(one, actual or "") for one in _listed(pattern))
        ),
        "not": lambda other: actual != other,
        "present": lambda wanted: (actual is not None) is wanted,
    }
    return all(checks[name](bound) for name, bound in expected.items())


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def field_agrees(expected: dict[str, Any], headers: Headers) -> bool:
    return all(agrees(wanted, headers.joined(name)) for name, wanted in expected.items())


# -- cache.* --------------------------------------------------------------------------------------


def cache_policy(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    return all(_POLICY_FACTS[name](data, wanted) for name, wanted in expected.items())


def _settings(options: dict[str, Any]) -> CacheSettings:
    return CacheSettings(
        shared=options.get("shared", True),
        heuristic_fraction=options.get("cacheHeuristic", 0.1),
    )


def _stored(data: dict[str, Any]) -> StoredResponse:
    return stored_response(
        request_of(data["request"]),
        response_of(data["response"]),
        request_time=data["now"],
        response_time=data["now"],
        settings=_settings(data["options"]),
    )


def _storable(data: dict[str, Any]) -> bool:
    return assess_storing(
        request_of(data["request"]),
        response_of(data["response"]),
        settings=_settings(data["options"]),
    ).ok


def _later(data: dict[str, Any]) -> float:
    return float(data["now"] + data.get("elapsed", 0))


def _policy_stale(data: dict[str, Any]) -> bool:
    # The library calls stale what it would not give for the same request again.
    stored = _stored(data)
    return not _storable(data) or not stored.is_fresh(_later(data)) or stored.vary is None


def _policy_lifetime(data: dict[str, Any]) -> float:
    # … and what it does not store has no lifetime.
    return _stored(data).lifetime.seconds if _storable(data) else 0


def _policy_ttl(data: dict[str, Any]) -> float:
    return max(0, _stored(data).lifetime.seconds - _stored(data).age(_later(data)))


def _policy_satisfies(data: dict[str, Any]) -> bool:
    reuse = assess_reuse(
        _stored(data),
        request_of(data["new_request"]),
        now=_later(data),
        settings=_settings(data["options"]),
    )
    # stale-while-revalidate answers at once, but it does not spare the validation.
    return _storable(data) and reuse.verdict in ("fresh", "stale")


def _policy_swr(data: dict[str, Any]) -> bool:
    reuse = assess_reuse(
        _stored(data),
        request_of(data["new_request"] or data["request"]),
        now=_later(data),
        settings=_settings(data["options"]),
    )
    return reuse.verdict == "stale-while-revalidate"


def _policy_validation(data: dict[str, Any]) -> Headers:
    request, stored = request_of(data["new_request"]), _stored(data)
    settings = _settings(data["options"])
    reuse = assess_reuse(stored, request, now=_later(data), settings=settings)
    candidates = [] if reuse.verdict == "mismatch" else [stored]
    return validation_request(request, candidates).headers


def _policy_modified(data: dict[str, Any]) -> bool:
    answer = data["revalidation_response"]
    stored, settings, now = _stored(data), _settings(data["options"]), _later(data)
    if answer["status"] == 304:
        return not identified_for_update([stored], headers_of(answer["headers"]), now=now)
    request = request_of(data["revalidation_request"])
    if (answer["status"] or 200) >= 500:
        return not stale_if_error_allows(stored, request, now=now, settings=settings)
    return True


def _policy_response_headers(data: dict[str, Any]) -> Headers:
    stored, settings = _stored(data), _settings(data["options"])
    if data.get("revalidation_response"):
        new = headers_of(data["revalidation_response"]["headers"])
        return updated_headers(stored.response.headers, new, settings=settings)
    kept = storable_headers(stored.response.headers, stored.governing.directives, settings)
    return kept.replaced("Age", str(int(stored.age(_later(data)))))


_POLICY_FACTS: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "storable": lambda data, wanted: _storable(data) is wanted,
    "stale": lambda data, wanted: _policy_stale(data) is wanted,
    "age": lambda data, wanted: agrees(wanted, _stored(data).age(_later(data))),
    "max_age": lambda data, wanted: agrees(wanted, _policy_lifetime(data)),
    "time_to_live": lambda data, wanted: agrees(wanted, _policy_ttl(data)),
    "use_stale_while_revalidate": lambda data, wanted: _policy_swr(data) is wanted,
    "satisfies_without_revalidation": lambda data, wanted: _policy_satisfies(data) is wanted,
    "revalidation_headers": lambda data, wanted: field_agrees(wanted, _policy_validation(data)),
    "modified": lambda data, wanted: _policy_modified(data) is wanted,
    "response_headers": lambda data, wanted: field_agrees(wanted, _policy_response_headers(data)),
}


def cache_exchange(data: dict[str, Any], expected: list[dict[str, Any] | None]) -> bool:
    exchange = _Exchange(CacheSettings(shared=data["options"]["shared"]))
    seeds = [step["seed"] for step in data["steps"] if "seed" in step]
    exchange.seed(seeds)
    steps = [step for step in data["steps"] if "seed" not in step]
    wanted = [one for step, one in zip(data["steps"], expected, strict=True) if "seed" not in step]
    return all(exchange.step(step, one or {}) for step, one in zip(steps, wanted, strict=True))


class _Exchange:
    def __init__(self, settings: CacheSettings) -> None:
        self.cache = Cache(settings)
        self.seeds: list[StoredResponse] = []

    def seed(self, seeds: list[dict[str, Any]]) -> None:
        for seed in seeds:
            response = response_of(seed["response"])
            # A seed does not say when it was received: when it was made, then.
            received = date_of(response.headers, "Date", now=NOW)
            stored = stored_response(
                request_of(seed["request"]),
                response,
                request_time=received or NOW,
                response_time=received or NOW,
                settings=self.cache.settings,
            )
            self.seeds.append(stored)
            self.cache.store.put(stored)

    def step(self, step: dict[str, Any], expected: dict[str, Any]) -> bool:
        request, now = request_of(step["request"]), step["now"]
        before = self._kept()
        lookup = self.cache.look_up(request, now=now)
        answer, sent = self._run(lookup, step["origin"], now)
        facts = {
            "forward": [self._kind(lookup)] if lookup.forward is not None else [],
            "outcome": self._outcome(lookup, answer),
            "age": int(answer.response.headers.get("Age") or 0) if answer.response else None,
            "invalidated_seeds": [n for n in before if n not in self._kept()],
            "freshened_seeds": [n for n in self._kept() if self._is_newer(n)],
        }
        for name, wanted in expected.items():
            if name == "sent":
                if not field_agrees(wanted, sent):
                    return False
            elif facts[name] != wanted:
                return False
        return True

    def _run(
        self, lookup: Lookup, origin: list[dict[str, Any]], now: float
    ) -> tuple[CacheAnswer, Headers]:
        if lookup.forward is None or not origin:
            answer = CacheAnswer(lookup.response, lookup.outcome, lookup.reason, lookup.reference)
            return answer, lookup.forward.headers if lookup.forward else Headers()
        answer = self.cache.receive(lookup, response_of(origin[0]), request_time=now, now=now)
        return answer, lookup.forward.headers

    def _kind(self, lookup: Lookup) -> str:
        # The suite's "conditional" is a state, "something stored needs validation": whether there
        # is any validator to send is another matter, which `sent` asserts.
        return "conditional" if lookup.fwd in ("stale", "request", "vary-miss") else "plain"

    def _outcome(self, lookup: Lookup, answer: CacheAnswer) -> str:
        if lookup.response is not None or answer.outcome == "revalidated":
            return "from_cache"
        return "stored" if answer.stored else "not_stored"

    def _kept(self) -> list[int]:
        kept = {
            (one.uri, one.key, one.request_time)
            for seed in self.seeds
            for one in self.cache.store.variants(seed.uri)
        }
        found = {(uri, key) for uri, key, _ in kept}
        return [n for n, seed in enumerate(self.seeds) if (seed.uri, seed.key) in found]

    def _is_newer(self, number: int) -> bool:
        seed = self.seeds[number]
        return any(
            one.key == seed.key and one.response_time > seed.response_time
            for one in self.cache.store.variants(seed.uri)
        )


def cache_freshness(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    response = response_of(data["response"])
    settings = CacheSettings(shared=data.get("shared", True), heuristic_limit=None)
    governing = governing_directives(response.headers, settings)
    lifetime = freshness_lifetime(response, governing, settings, response_time=data["now"])
    heuristic = lifetime.seconds if lifetime.source == "heuristic" else None
    facts = {
        "freshness_lifetime": None if lifetime.source == "none" else lifetime.seconds,
        "heuristic_lifetime": heuristic,
        "age": initial_age(response.headers, request_time=data["now"], response_time=data["now"]),
    }
    return all(agrees(wanted, facts[name]) for name, wanted in expected.items())


def cache_allowed_stale(data: dict[str, Any], expected: bool) -> bool:
    get = Request("GET", "/")
    stored = stored_response(
        get, response_of(data["response"]), request_time=NOW, response_time=NOW
    )
    return (data["allow_stale"] and may_serve_stale(stored, get)) is expected


def cache_storable_headers(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    headers = headers_of(data["response"]["headers"])
    settings = CacheSettings(shared=data["shared"])
    directives = governing_directives(headers, settings).directives
    return _fields_agree(expected, storable_headers(headers, directives, settings))


def cache_update_headers(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    headers = updated_headers(
        headers_of(data["stored_response"]["headers"]),
        headers_of(data["validation_response"]["headers"]),
        settings=CacheSettings(shared=data["shared"]),
    )
    return _fields_agree(expected, headers)


def _fields_agree(expected: dict[str, Any], headers: Headers) -> bool:
    return (
        all(name in headers for name in expected.get("present", ()))
        and all(name not in headers for name in expected.get("absent", ()))
        and field_agrees(expected.get("headers", {}), headers)
        and all(
            headers.get_all(name) == lines
            for name, lines in expected.get("header_lines", {}).items()
        )
    )


def cache_lint(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    response = response_of(data["response"])
    directives = parse_cache_control(response.headers.joined("Cache-Control"))
    shared, private = (
        freshness_lifetime(
            response, governing_directives(response.headers, settings), settings, response_time=NOW
        ).seconds
        for settings in (CacheSettings(), PRIVATE_CACHE)
    )
    notes = {
        "FRESHNESS_SHARED_PRIVATE": shared != private,
        "FRESHNESS_FRESH": shared == private > 0,
        "STALE_WHILE_REVALIDATE": directives.stale_while_revalidate is not None,
        "STALE_IF_ERROR": directives.stale_if_error is not None,
    }
    present = {name for name, said in notes.items() if said}
    return set(expected["notes_present"]) <= present and not present & set(expected["notes_absent"])


# -- cache_control.parse, field.parse, vary.* -----------------------------------------------------


def cache_control_parse(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    lines = [data["header"]] if isinstance(data["header"], str) else data["header"]
    value = ", ".join(lines)
    if "list" in expected:
        return _listed_directives(value) == [tuple(one) for one in expected["list"]]
    if "error" in expected:
        directives = parse_cache_control(value)
        return bool(directives.unreadable)
    directives = parse_cache_control(value)
    found = _as_mapping(directives)
    wanted = {name: _in_lower_case(one) for name, one in expected["directives"].items()}
    if not all(name in found and agrees(one, found[name]) for name, one in wanted.items()):
        return False
    if any(name in found for name in expected.get("absent", ())):
        return False
    if not _extensions_agree(directives, expected):
        return False
    return not expected.get("exact") or set(found) == set(wanted)


def _in_lower_case(value: Any) -> Any:
    return [one.lower() for one in value] if isinstance(value, list) else value


def _extensions_agree(directives: CacheControl, expected: dict[str, Any]) -> bool:
    found = [name if value is None else f"{name}={value}" for name, value in directives.extensions]
    unreadable = [*directives.unreadable]
    return set(expected.get("extensions", ())) <= {*found, *unreadable}


def _as_mapping(directives: CacheControl) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute, value in directives._asdict().items():
        if attribute in ("unreadable", "extensions") or value is None or value is False:
            continue
        if value == ():
            continue
        if attribute == "max_stale" and value == 2**31:
            value = True  # given without a number
        name = attribute.removesuffix("_fields").replace("_", "-")
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _listed_directives(value: str) -> list[tuple[str | None, Any]]:
    listed: list[tuple[str | None, Any]] = []
    for directive in split_directives(value):
        argument: Any = directive.argument
        if directive.name in ("max-age", "s-maxage"):
            if parse_delta_seconds(argument or "") is None:
                continue
            argument = int(argument)
        listed.append((directive.name, argument))
    return listed


def field_parse(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Compare with httplint's value; its notes are its own words for our problems."""
    value = field_value(data["field"], data["lines"]).value
    wanted = expected["value"]
    shape = _FIELD_SHAPES.get(data["field"])
    return value is None if wanted is None else bool((shape(value) if shape else value) == wanted)


def _member(item: dict[str, Any]) -> list[Any]:
    value = {"token": item["value"]} if item["type"] == "token" else item["value"]
    return [value, item["parameters"]]


def _content_range(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit": value["unit"],
        "first_byte_pos": value["first"],
        "last_byte_pos": value["last"],
        "complete_length": value["size"],
    }


def _cache_status(members: list[dict[str, Any]]) -> list[Any]:
    listed = [_member(member) for member in members]
    for _, parameters in listed:
        if "fwd" in parameters:
            parameters["fwd"] = {"token": parameters["fwd"]}
    return listed


_FIELD_SHAPES: dict[str, Callable[[Any], Any]] = {
    "Cache-Group-Invalidation": lambda members: [_member(member) for member in members],
    "Cache-Groups": lambda members: [_member(member) for member in members],
    "Cache-Status": _cache_status,
    "CDN-Cache-Control": lambda members: {name: _member(one) for name, one in members.items()},
    "Content-Range": _content_range,
    "Date": lambda date: date["epoch"],
    "Last-Modified": lambda date: date["epoch"],
    "Expires": lambda date: date["epoch"],
    "ETag": lambda tag: [tag["weak"], tag["opaque"]],
    "If-Modified-Since": lambda date: format_http_date(date["epoch"]),
    "If-Unmodified-Since": lambda date: format_http_date(date["epoch"]),
    "Vary": lambda names: [name.lower() for name in names],
}


def vary_match(data: dict[str, Any], expected: bool) -> bool:
    response = headers_of(data["stored_response"]["headers"])
    names = parse_vary(response)
    if names is None:
        return expected is False
    key = vary_key(names, request_of(data["stored_request"]).headers)
    return selects(key, request_of(data["request"]).headers, response) is expected


def vary_select(data: dict[str, Any], expected: dict[str, Any] | None) -> bool:
    lines = [data["vary"]] if isinstance(data["vary"], str) else data["vary"]
    names = parse_vary(Headers(("Vary", line) for line in lines))
    if names is None or expected is None:
        return names is expected
    return dict(vary_key(names, headers_of(data["request_headers"]))) == expected


# -- conditional.* --------------------------------------------------------------------------------


def conditional_fresh(data: dict[str, Any], expected: bool) -> bool:
    request = Request("GET", "/", headers_of(data["request_headers"]))
    response = Response(200, headers_of(data["response_headers"]), b"")
    return (answer_conditional(request, response, now=NOW).status == 304) is expected


def conditional_modified(data: dict[str, Any], expected: bool) -> bool:
    headers = headers_of(data["request_headers"])
    request = Request(data["method"], "/", headers)
    response = Response(200, _fields_of(data["representation"]), b"")
    return (answer_conditional(request, response, now=NOW).status != 304) is expected


def _fields_of(representation: dict[str, Any]) -> Headers:
    named = {
        "ETag": representation.get("etag"),
        "Last-Modified": representation.get("last_modified"),
        "Content-Type": "text/plain" if "body" in representation else None,
    }
    return Headers((name, value) for name, value in named.items() if value is not None)


def conditional_get(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    representation = data["representation"]
    body = representation["body"].encode()
    headers = _fields_of(representation).added("Content-Length", str(len(body)))
    request = Request(data["method"], "/", headers_of(data["request_headers"]))
    answer = answer_conditional(request, Response(200, headers, body), now=NOW)
    return (
        answer.status == expected["status"]
        and field_agrees(expected.get("headers", {}), answer.headers)
        and all(name not in answer.headers for name in expected.get("headers_absent", ()))
        and expected.get("body", _text(answer.body)) == _text(answer.body)
    )


def _text(body: bytes | None) -> str:
    return (body or b"").decode()


def conditional_generate(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    stored = stored_response(
        request_of(data["request"]),
        response_of(data["stored_response"]),
        request_time=NOW,
        response_time=NOW,
    )
    return _fields_agree(
        expected, validation_request(request_of(data["request"]), [stored]).headers
    )


def conditional_range(data: dict[str, Any], expected: Any) -> bool:
    asked = requested_ranges(data["header"], data["size"])
    if isinstance(expected, str):
        return {"ignored": "malformed"}.get(asked.outcome, asked.outcome) == expected
    ranges = asked.ranges
    if data.get("options", {}).get("combine"):
        ranges = coalesce(ranges)
    return [list(one) for one in ranges] == expected["ranges"]


def conditional_range_parse(data: dict[str, Any], expected: dict[str, Any] | None) -> bool:
    try:
        parsed = parse_range(data["header"])
    except FieldSyntaxError:
        return expected is None
    if expected is None:
        return requested_ranges(data["header"], 1000).outcome == "ignored"
    if expected.get("valid"):
        return True
    ranges = [
        [-(one[1] or 0), None] if one[0] is None else list(one)
        for one in parsed.ranges
        if not isinstance(one, str)
    ]
    return parsed.unit == expected["unit"] and ranges == expected["ranges"]


def conditional_content_range(data: dict[str, Any], expected: dict[str, Any] | None) -> bool:
    try:
        parsed = parse_content_range(data["header"])
    except FieldSyntaxError:
        return expected is None
    if expected is None:
        return read_content_range(data["header"]) is None
    return {
        "unit": parsed.unit,
        "first": parsed.first,
        "last": parsed.last,
        "length": parsed.size,
    } == expected


def conditional_if_range_parse(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    value = data["header"] or ""
    try:
        etag = str(parse_entity_tag(value)) if '"' in value[:3] else None
    except FieldSyntaxError:
        etag = None
    date = date_of(Headers([("If-Range", value)]), "If-Range", now=NOW)
    return {"etag": etag, "date": date} == expected


def conditional_etags_parse(data: dict[str, Any], expected: dict[str, Any]) -> bool:
    tags = [tag for _, tag, flaw in read_entity_tags(data["header"]) if flaw is None]
    usable = [tag.opaque for tag in tags if not (data["strong"] and tag.weak)]
    return usable == expected["list"]


def conditional_etag_usable(data: dict[str, Any], expected: bool) -> bool:
    etag, flaw = read_entity_tag(Headers([("ETag", data["etag"])]))
    return (etag is not None and flaw is None) is expected


OPS: dict[str, Callable[[Any, Any], bool]] = {
    name.replace("_", ".", 1): function
    for name, function in globals().copy().items()
    if name.startswith(("cache_", "vary_", "conditional_", "field_parse"))
}
OPS["cache_control.parse"] = OPS.pop("cache.control_parse")
