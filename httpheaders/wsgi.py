"""
WSGI: requests as environs and back, and the smallest application there is.

An environ holds octets as text in ISO-8859-1 (PEP 3333 "Unicode Issues"). Quick scripts pass
environs of PATH_INFO and REQUEST_METHOD alone; whatever reads an environ here works with those.

Source: PEP 3333, RFC 3875 section 4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from httpheaders.answer import Problem
from httpheaders.errors import InputError
from httpheaders.messages.framing import check_framing
from httpheaders.messages.headers import Headers, decode_field_text, encode_field_text
from httpheaders.messages.message import Request, short_version
from httpheaders.named_tuples import NamedTuple
from httpheaders.syntax.grammar import DEFAULT_PORTS, is_field_value, is_token
from httpheaders.syntax.patterns import lazy_pattern

if TYPE_CHECKING:
    from typing import IO, TypeAlias

    Environ: TypeAlias = dict[str, Any]
    StartResponse: TypeAlias = Callable[..., Callable[[bytes], object]]
    WsgiApp: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

__all__ = [
    "EnvironAnswer",
    "Target",
    "decoded_path_of",
    "environ_of",
    "parse_target",
    "request_of",
    "simple_wsgi_app",
    "split_authority",
    "url_of",
]

_PORTS = {scheme: str(port) for scheme, port in DEFAULT_PORTS.items()}
# They have no HTTP_ prefix: RFC 3875 sections 4.1.2 and 4.1.3.
_UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def simple_wsgi_app(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """
    Say hello at the root, and Not Found elsewhere.

    Source: PEP 3333 section "The Application/Framework Side".

    >>> simple_wsgi_app({"PATH_INFO": "/"}, lambda status, headers: print(status))
    200 OK
    [b'Hello, WSGI!']
    """
    if environ.get("PATH_INFO", "") in ("", "/"):
        status, body = "200 OK", b"Hello, WSGI!"
    else:
        status, body = "404 Not Found", b"Not Found"
    start_response(status, [("Content-Type", "text/plain")])
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


# --- request targets ----------------------------------------------------------------------------


class Target(NamedTuple):
    """
    A request target, taken apart.

    Attributes:
        scheme: "http" or "https"; None for a target that is only a path.
        host: without port, brackets of an IPv6 address kept; None where the target has none.
        port: digits, None where none is given.
        path: as received, still percent-encoded; "*" for the server as a whole.
        query: as received, without the question mark.
    """

    scheme: str | None
    host: str | None
    port: str | None
    path: str
    query: str


def parse_target(url: str) -> Target:
    """
    Take a request target apart; a fragment is left out, as it is never sent.

    Raises:
        InputError: another scheme than http and https, an authority that is none, or a control
            character or blank, which would end the target in a request line.

    Source: RFC 9112 section 3.2, RFC 9110 section 4.2.

    >>> parse_target("http://a.example:8080/x?y=1#top")
    Target(scheme='http', host='a.example', port='8080', path='/x', query='y=1')
    """
    if not is_field_value(url) or " " in url or "\t" in url:
        raise InputError("a URL must not hold blanks or control characters", where="url")
    rest = url.partition("#")[0]
    scheme = host = port = None
    if not rest.startswith("/") and "://" in rest.partition("?")[0]:
        scheme, _, rest = rest.partition("://")
        scheme = scheme.lower()
        if scheme not in _PORTS:
            raise InputError(f"expected an http or https URL, got '{scheme[:20]}:'", where="url")
        end = next((at for at, character in enumerate(rest) if character in "/?"), len(rest))
        host, port = split_authority(rest[:end])
        rest = rest[end:]
    path, _, query = rest.partition("?")
    if path and path != "*" and not path.startswith("/"):
        raise InputError("a URL begins with http://, https:// or /", where="url")
    return Target(scheme, host, port, path or "/", query)


# IP-literal / reg-name, of which an IPv4 address is one                 RFC 3986 section 3.2.2
_host = lazy_pattern(r"\[[0-9A-Fa-f:.v]++\]|[A-Za-z0-9\-._~!$&'()*+,;=%]++")


def split_authority(authority: str) -> tuple[str, str | None]:
    """
    Give host and port of what stands in a Host field or before the path.

    Raises:
        InputError: it is empty, names a user, or its port is no number.

    Source: RFC 9110 sections 4.2.4 and 7.2.

    >>> split_authority("[::1]:8080"), split_authority("a.example")
    (('[::1]', '8080'), ('a.example', None))
    """
    if "@" in authority:
        raise InputError("user information in a URL is not sent: delete it", where="url")
    host, colon, port = authority.rpartition(":")
    if not colon or (authority.startswith("[") and not host.endswith("]")):
        host, port = authority, ""
    is_port = port.isascii() and port.isdigit() and int(port[:6]) < 65536 and len(port) < 6
    if _host.fullmatch(host) is None or not (is_port or not port):
        raise InputError(f"'{authority[:60]}' is not a host with or without port", where="url")
    return host, port or None


# --- a request as an environ ----------------------------------------------------------------------


class EnvironAnswer(NamedTuple):
    """
    A request as an application is to get it.

    Attributes:
        environ: of PEP 3333, complete.
        problems: what could not be taken over as it was.
    """

    environ: Environ
    problems: tuple[Problem, ...]


def environ_of(request: Request, *, errors: IO[str] | None = None) -> EnvironAnswer:
    """
    Give the environ that a server makes of a request.

    Args:
        request: GET and / unless it says otherwise; its body is what `wsgi.input` gives.
        errors: the stream for `wsgi.errors`; a buffer that nobody reads, if None.

    Raises:
        InputError: the method, the URL or a field could not stand in a request.

    Source: PEP 3333 section "environ Variables".

    >>> environ = environ_of(Request("POST", "/caf%C3%A9?a=1", body=b"hi")).environ
    >>> environ["PATH_INFO"], environ["QUERY_STRING"], environ["CONTENT_LENGTH"]
    ('/cafÃ©', 'a=1', '2')
    """
    from io import StringIO

    method = "GET" if request.method is None else request.method
    if not is_token(method):
        raise InputError(f"method {method[:20]!r} is not a token", where="method")
    target = parse_target(request.url or "/")
    body = request.body or b""
    problems: list[Problem] = []
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "" if target.path == "*" else _unquoted(target.path),
        "QUERY_STRING": _native(target.query),
        "REQUEST_URI": _native(target.path + ("?" + target.query if target.query else "")),
        "SERVER_PROTOCOL": f"HTTP/{_version(request.version)}",
        "SERVER_SOFTWARE": "httpheaders",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": target.scheme or "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": StringIO() if errors is None else errors,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    _add_fields(environ, request.headers, problems)
    _add_length(environ, request, problems)
    _add_server(environ, target, request.version)
    return EnvironAnswer(environ, tuple(problems))


def _version(version: str | None) -> str:
    return version if version and "." in version else f"{version}.0" if version else "1.1"


def _native(text: str) -> str:
    """Text as the octets it is sent as, in the native strings of PEP 3333."""
    return encode_field_text(text).decode("latin-1")


def _unquoted(path: str) -> str:
    if "%" not in path:
        return _native(path)
    from urllib.parse import unquote_to_bytes  # late: most paths need it not

    return unquote_to_bytes(encode_field_text(path)).decode("latin-1")


def environ_key(name: str) -> str:
    """
    Give the key of a field that has no key without a prefix: RFC 3875 section 4.1.18.

    >>> environ_key("If-None-Match")
    'HTTP_IF_NONE_MATCH'
    """
    return "HTTP_" + name.upper().replace("-", "_")


def _add_fields(environ: Environ, headers: Headers, problems: list[Problem]) -> None:
    lines: dict[str, list[str]] = {}
    for name, value in headers:
        if not (is_token(name) and is_field_value(value)):
            shown = ascii(name[:60])
            raise InputError(f"the field {shown} could not stand in a request", where="headers")
        key = _UNPREFIXED.get(name.lower())
        if key is None:
            if "_" in name:
                # As HTTP_A_B it could not be told from A-B, which some attacks rest on.
                message = f"{name[:60]} is left out, as servers do: '_' and '-' look alike in WSGI"
                problems.append(Problem("request.headers", message, "RFC 3875 section 4.1.18"))
                continue
            key = environ_key(name)
        lines.setdefault(key, []).append(_native(value).strip(" \t"))
    for key, texts in lines.items():
        environ[key] = ("; " if key == "HTTP_COOKIE" else ", ").join(texts)


def _add_length(environ: Environ, request: Request, problems: list[Problem]) -> None:
    length = str(len(request.body or b""))
    doubtful = check_framing(request.headers, version=request.version, where="request.headers")
    coded = environ.get("HTTP_TRANSFER_ENCODING", "chunked").lower() != "chunked"
    if doubtful or coded:
        # Servers refuse such a request; whatever guards the application is to see it as it is.
        problems += doubtful
        return
    # A server takes the chunks apart; what the application sees has a length.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    said = environ.pop("CONTENT_LENGTH", None)
    if said is not None and said != length and request.body is not None:
        message = f"Content-Length says {said[:20]}, the body has {length} octets: those count"
        problems.append(Problem("request.headers", message, "RFC 9110 section 8.6"))
    if request.body is not None or said is not None:
        environ["CONTENT_LENGTH"] = length


def _add_server(environ: Environ, target: Target, version: str | None) -> None:
    scheme = environ["wsgi.url_scheme"]
    if target.host is not None:
        # "An origin server … MUST … replace" Host by that of an absolute target: 9112 section 3.2.2
        environ["HTTP_HOST"] = target.host + (f":{target.port}" if target.port else "")
    elif version is None:
        environ.setdefault("HTTP_HOST", "localhost")
    try:
        host, port = split_authority(environ.get("HTTP_HOST") or "localhost")
    except InputError:
        host, port = "localhost", None  # what the field says is for the application to judge
    environ["SERVER_NAME"] = host
    environ["SERVER_PORT"] = port or _PORTS[scheme]


# --- an environ as a request ----------------------------------------------------------------------


def request_of(environ: Environ) -> Request:
    """
    Give the request that an environ tells of; its body is left in `wsgi.input`.

    Works with the environs of quick scripts too. Names come out in lower case, as they are not in
    an environ as they were sent.

    Source: PEP 3333 section "environ Variables".

    >>> request_of({"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_ACCEPT": "*/*"})
    Request(method='GET', url='/', headers=Headers([('accept', '*/*')]), body=None, version=None)
    """
    pairs = []
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            pairs.append((key[5:].replace("_", "-").lower(), value))
        elif value and key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            pairs.append((key.replace("_", "-").lower(), value))
    protocol = environ.get("SERVER_PROTOCOL")
    return Request(
        method=environ.get("REQUEST_METHOD"),
        url=url_of(environ),
        headers=Headers((name, _text(value)) for name, value in pairs),
        version=short_version(protocol.removeprefix("HTTP/")) if protocol else None,
    )


def decoded_path_of(environ: Environ) -> str:
    """
    Give the path of an environ as text: as UTF-8 where it is.

    >>> decoded_path_of({"PATH_INFO": "/caf\\xc3\\xa9"})
    '/café'
    """
    return _text(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")) or "/"


def _text(value: str) -> str:
    return value if value.isascii() else decode_field_text(value.encode("latin-1", "replace"))


def url_of(environ: Environ) -> str:
    """
    Put the URL of an environ together again; only the path where the host is not known.

    Source: PEP 3333 section "URL Reconstruction".

    >>> url_of({"wsgi.url_scheme": "http", "HTTP_HOST": "a.example", "PATH_INFO": "/x y"})
    'http://a.example/x%20y'
    """
    path = _quoted(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")) or "/"
    query = environ.get("QUERY_STRING", "")
    url = f"{path}?{query}" if query else path
    scheme = environ.get("wsgi.url_scheme")
    return f"{scheme}://{_authority(environ, scheme)}{url}" if scheme else url


def _authority(environ: Environ, scheme: str) -> str:
    host: str | None = environ.get("HTTP_HOST")
    if host:
        return host
    name, port = environ.get("SERVER_NAME", "localhost"), environ.get("SERVER_PORT", "")
    return name if port in ("", _PORTS.get(scheme)) else f"{name}:{port}"


# What may stand in a path as it is: RFC 3986 section 3.3.
_PATH = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"
)


def _quoted(path: str) -> str:
    if _PATH.issuperset(path):
        return path
    from urllib.parse import quote  # late: most paths need it not

    return quote(path.encode("latin-1", "replace"), safe="/!$&'()*+,;=:@~")
