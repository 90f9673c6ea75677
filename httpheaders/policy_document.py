"""
A policy document, however it was written, read key by key against tables.

What does not fit is refused with the place of the key; `policy_file` finds the line of that place
in the text. The keys are:

    [limits]     max_target, max_fields, max_header_size, max_body
    [cors]       as `CorsPolicy` takes them
    [session]    key_file or key_env, old_key_files, format, cookie, salt, leeway, realm
    [defaults]   what holds for every route that does not say otherwise
    [[route]]    path, methods, session, roles, accept, body_limit, offers, cache, gzip, etag,
                 unavailable

Source: none; the rules behind the keys are those of the systems that they configure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from httpheaders.errors import HttpHeadersError, InputError, PolicyError
from httpheaders.policy import Limits, Policy, Route, SessionRule, segments_of
from httpheaders.syntax.grammar import is_field_value, is_token

if TYPE_CHECKING:
    from httpheaders.cors_policy import CorsPolicy

__all__ = ["PolicyDocumentError", "policy_of"]


class PolicyDocumentError(PolicyError):
    """
    A policy document that cannot be meant.

    Attributes:
        where: the place of the key, "route[1].methods"; "" for the document as a whole.
    """

    def __init__(self, message: str, *, where: str, reference: str | None = None) -> None:
        super().__init__(message, reference=reference)
        self.where = where

    def __str__(self) -> str:
        return f"{self.message} at '{self.where}'" if self.where else self.message


Reader = Callable[[Any, str], Any]


def _refuse(where: str, message: str, *, reference: str | None = None) -> PolicyDocumentError:
    return PolicyDocumentError(message, where=where, reference=reference)


def _expected(what: str, where: str) -> PolicyDocumentError:
    return _refuse(where, f"expected {what}")


def _text(value: Any, where: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise _expected("text in quotes", where)


def _realm(value: Any, where: str) -> str:
    text = _text(value, where)
    if text.isascii() and is_field_value(text):
        return text
    raise _expected("a realm in ASCII, without control characters", where)


def _flag(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _expected("true or false", where)


def _count(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise _expected("a whole number above zero", where)


def _size(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    from httpheaders.syntax.durations import parse_size

    return int(_measure(value, where, parse_size, 'octets, as a number or like "10KiB"'))


def _seconds(value: Any, where: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    from httpheaders.syntax.durations import parse_duration

    return _measure(value, where, parse_duration, 'seconds, as a number or like "10m"')


def _measure(value: Any, where: str, read: Callable[[str], float], what: str) -> float:
    if isinstance(value, str):
        try:
            return read(value)
        except InputError:
            pass
    raise _expected(what, where)


def _list(value: Any, where: str, read_item: Reader) -> tuple[Any, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise _expected("a list of texts", where)
    return tuple(read_item(item, f"{where}[{number}]") for number, item in enumerate(items))


def _texts(value: Any, where: str) -> tuple[str, ...]:
    return _list(value, where, _text)


def _methods(value: Any, where: str) -> tuple[str, ...]:
    return _list(value, where, _method)


def _method(value: Any, where: str) -> str:
    if isinstance(value, str) and is_token(value):
        if value != value.upper() and value.upper() in _USUAL_METHODS:
            raise _refuse(where, f"methods are case-sensitive: write '{value.upper()}'")
        return value
    raise _expected("a method such as GET", where)


_USUAL_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


def _media_types(value: Any, where: str) -> tuple[str, ...]:
    return _list(value, where, _media_type)


def _media_type(value: Any, where: str) -> str:
    text = _text(value, where)
    main, slash, sub = text.partition("/")
    if slash and is_token(main) and is_token(sub) and ("*" not in main or text == "*/*"):
        return text.lower()
    raise _expected("a media type without parameters, such as application/json", where)


def _offered_types(value: Any, where: str) -> tuple[str, ...]:
    offers = _media_types(value, where)
    for number, offer in enumerate(offers):
        if "*" in offer:
            raise _expected("a media type that can be sent, without *", f"{where}[{number}]")
    return offers


def _path(value: Any, where: str) -> str:
    path = _text(value, where)
    if path == "*":
        return "/*"
    if not path.startswith("/"):
        raise _refuse(where, f"a path begins with a slash: write '/{path[:60]}'")
    if "?" in path or "#" in path or "%" in path:
        raise _refuse(where, "a path is matched decoded and without query: no ?, # or %")
    segments = path.split("/")[1:]
    if "*" in "/".join(segments[:-1]) or ("*" in segments[-1] and segments[-1] != "*"):
        raise _refuse(where, "'*' stands for all that follows: it is the last segment, alone")
    for segment in segments:
        is_name = segment[:1] == "{" and segment[-1:] == "}" and len(segment) > 2
        if ("{" in segment or "}" in segment) and not is_name:
            raise _refuse(where, f"'{segment[:60]}' is not like '{{name}}', which is one segment")
    return path


def _strategy(value: Any, where: str) -> str:
    from httpheaders.cache_strategies import cache_headers

    name = _text(value, where)
    try:
        cache_headers(name)
    except PolicyError as error:
        raise _refuse(where, error.message) from None
    return name


_LIMIT_KEYS: dict[str, Reader] = {
    "max_target": _size,
    "max_fields": _count,
    "max_header_size": _size,
    "max_body": _size,
}


_DEFAULT_KEYS: dict[str, Reader] = {
    "methods": _methods,
    "session": _flag,
    "roles": _texts,
    "accept": _media_types,
    "body_limit": _size,
    "offers": _offered_types,
    "cache": _strategy,
    "gzip": _flag,
    "etag": _flag,
    "unavailable": _seconds,
}


_ROUTE_KEYS: dict[str, Reader] = {"path": _path, **_DEFAULT_KEYS}


_SESSION_KEYS: dict[str, Reader] = {
    "key_file": _text,
    "key_env": _text,
    "old_key_files": _texts,
    "format": _text,
    "cookie": _text,
    "salt": _text,
    "leeway": _seconds,
    "realm": _realm,
}


_SECTIONS = ("limits", "cors", "session", "defaults", "route")


def _table(value: Any, keys: Mapping[str, Reader], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected("a table of keys", where)
    found = {}
    for key, item in value.items():
        place = f"{where}.{key}"
        if key not in keys:
            raise _unknown(key, keys, place)
        found[key] = keys[key](item, place)
    return found


def _unknown(key: str, known: Mapping[str, Any] | tuple[str, ...], where: str) -> PolicyError:
    from difflib import get_close_matches  # late: only for a message

    close = get_close_matches(key[:60], list(known), n=1)
    hint = f"did you mean '{close[0]}'" if close else f"known are {', '.join(known)}"
    return _refuse(where, f"unknown key '{key[:60]}': {hint}")


def policy_of(
    document: Mapping[str, Any],
    *,
    read_key: Callable[[str, str], bytes],
) -> Policy:
    """
    Make a policy of what a document holds.

    Args:
        document: the tables of a TOML or JSON file.
        read_key: gives the octets of a session key; called with "file" or "env", and its name.

    Raises:
        PolicyDocumentError: a key is unknown, a value is not what it should be, or two contradict.

    >>> policy = policy_of({"route": [{"path": "/x", "methods": ["GET"]}]}, read_key=None)
    >>> policy.routes[0].allowed_methods
    ('GET', 'HEAD', 'OPTIONS')
    """
    for key in document:
        if key not in _SECTIONS:
            raise _unknown(key, _SECTIONS, key)
    limits = Limits(**_table(document.get("limits", {}), _LIMIT_KEYS, "limits"))
    defaults = _table(document.get("defaults", {}), _DEFAULT_KEYS, "defaults")
    cors = None if "cors" not in document else _cors(document["cors"])
    session = None if "session" not in document else _session(document["session"], read_key)
    routes = _routes(document.get("route"), defaults)
    _check_routes(routes, session)
    return Policy(routes, limits, cors, session)


def _cors(value: Any) -> CorsPolicy:
    from httpheaders.cors_policy import policy_from_mapping

    if not isinstance(value, dict):
        raise _expected("a table of keys", "cors")
    try:
        return policy_from_mapping(value)
    except InputError as error:
        where = (error.where or "").removeprefix("$.")
        raise _refuse(f"cors.{where}", error.message) from None
    except PolicyError as error:
        # Both an origin and its neighbours may be at fault: the section must do.
        raise _refuse("cors", error.message, reference=error.reference) from None


def _session(value: Any, read_key: Callable[[str, str], bytes]) -> SessionRule:
    from httpheaders.session_formats import token_format
    from httpheaders.session_keys import SessionKeys

    table = _table(value, _SESSION_KEYS, "session")
    sources = [kind for kind in ("file", "env") if f"key_{kind}" in table]
    if len(sources) != 1:
        raise _refuse("session", "expected a key_file or a key_env, and not both")
    kind = sources[0]
    try:
        current = read_key(kind, table[f"key_{kind}"])
        old = [read_key("file", name) for name in table.get("old_key_files", ())]
        form = token_format(
            table.get("format", "httpheaders"),
            SessionKeys(current, old),
            salt=table.get("salt"),
            leeway=table.get("leeway", 0),
        )
    except HttpHeadersError as error:
        raise _refuse("session", error.message) from None
    cookie = table.get("cookie")
    if cookie is not None and not is_token(cookie):
        raise _expected("a cookie name, which is a token", "session.cookie")
    return SessionRule(form, cookie, table.get("realm", "api"))


def _routes(value: Any, defaults: dict[str, Any]) -> tuple[Route, ...]:
    if value is None:
        return (Route(**{"path": "/*", **defaults}),)
    if not isinstance(value, list) or not value:
        raise _expected("a list of routes, [[route]]", "route")
    routes = []
    for number, item in enumerate(value):
        table = _table(item, _ROUTE_KEYS, f"route[{number}]")
        if "path" not in table:
            raise _refuse(f"route[{number}]", "a route has a path")
        routes.append(Route(**{**defaults, **table}))
    return tuple(routes)


def _check_routes(routes: tuple[Route, ...], session: SessionRule | None) -> None:
    taken = _TakenPaths()
    for number, route in enumerate(routes):
        where = f"route[{number}]"
        if route.needs_session and session is None:
            raise _refuse(where, "a route that needs a session needs a [session] section too")
        before = taken.first_of(route.path)
        if before is not None:
            raise _refuse(
                f"{where}.path",
                f"it is never reached: '{before}' stands before it and takes its paths",
            )
        taken.add(route.path)


class _TakenPaths:
    """
    The paths that routes take, by segments, so that a new one need not be held against each.

    A node has the nodes below it by segment, `{}` for any, and under `_ENDS` and `_ALL` the number
    of the route that ends there or takes all below.
    """

    _ENDS, _ALL = "/ends", "/all"  # no segment holds a slash

    def __init__(self) -> None:
        self._paths: dict[str, int] = {}
        self._root: dict[str, Any] = {}

    def add(self, path: str) -> None:
        number = len(self._paths)
        self._paths[path] = number
        node = self._root
        segments = segments_of(path)
        takes_all = segments[-1:] == ["*"]
        for segment in segments[:-1] if takes_all else segments:
            node = node.setdefault("{}" if segment[:1] == "{" else segment, {})
        node.setdefault(self._ALL if takes_all else self._ENDS, number)

    def first_of(self, path: str) -> str | None:
        """Give the first path that takes all that this one would."""
        found = [self._paths[path]] if path in self._paths else []
        segments = segments_of(path)
        nodes = [self._root]
        for segment in segments:
            found += [node[self._ALL] for node in nodes if self._ALL in node]
            names = (segment, "{}") if segment and segment != "{}" else (segment,)
            nodes = [node[name] for node in nodes for name in names if name in node]
        found += [node[self._ENDS] for node in nodes if self._ENDS in node]
        return list(self._paths)[min(found)] if found else None
