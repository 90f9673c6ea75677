"""
Which modules a run of the program imports, which of them it uses, and which it may import.

A module is used when a function of it is called, or when a function that is called, or the top
level of a module that is used, names something that was imported from it. Imports under
`TYPE_CHECKING` are not run, so they do not count.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpheaders

__all__ = ["IMPORTED_UNUSED", "MAY_IMPORT", "READING", "SHARED", "Run", "observed"]

PACKAGE = Path(httpheaders.__file__).parent


def _names(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


# What every run imports, beyond an empty click program.
SHARED = _names(
    """
    answer cli.destinations cli.driver cli.exit_status cli.key_types cli.late_group cli.main
    cli.options cli.questions cli.writing errors json named_tuples syntax.strict_json version
    """
)
# What a run imports that reads its input.
READING = _names(
    """
    cli.answer_memory cli.questioner cli.reading cli.sources gc messages.headers
    messages.message syntax.field_values syntax.grammar syntax.patterns
    """
)
DUMPS = "messages.dump messages.framing messages.head"
WSGI = "cli.message_json cli.request_options messages.framing wsgi wsgi_call wsgi_middleware"
CACHING = """
    cache_control cache_policy cache_settings cache_validation cli.message_json entity_tag_values
    freshness syntax.cache_directives syntax.dates syntax.entity_tags syntax.seconds target_uri
    targeted_cache_control vary
"""
COOKIES = "cli.commands.cookie cli.commands.cookie.shared_options syntax.cookie_text"
KEPT_COOKIES = """
    cli.commands.cookie.cookie_json cookie_acceptance cookie_domains public_suffixes same_site
    messages.set_cookie syntax.dates syntax.hosts
"""
SESSIONS = """
    binascii cli.commands.session hashlib hmac math session_answers session_claims
    session_keys sessions small_files syntax.base64url
"""
# What a command imports besides, for its sample.
MAY_IMPORT = {
    command: _names(*modules)
    for command, modules in {
        "pipeline": (
            "cli.commands.pipeline policy policy_content policy_document policy_file policy_finish",
            "policy_head policy_passage policy_phases policy_sender request_pipeline small_files",
            "syntax.strict_toml tomllib",
            "wsgi_middleware.closing_body",
            "wsgi_middleware.layers",
            WSGI,
        ),
        "wsgi": (
            "cli.applications cli.commands.wsgi gc syntax.durations wsgi_middleware.named",
            "wsgi_trace wsgi_validation",
            WSGI,
        ),
        "get": (
            "cli.commands.get messages.field_readers.reading messages.fields messages.lookup",
            "messages.field_readers.representations messages.findings messages.paths",
            "syntax.parameters",
            DUMPS,
        ),
        "assert": (
            "cli.commands.assert_ messages.checks messages.fields messages.findings",
            "messages.lookup messages.paths",
            "syntax.dates syntax.durations",
            DUMPS,
        ),
        "parse": (
            "cli.commands.parse cli.message_json messages.fields messages.parsing",
            "messages.field_readers.reading messages.field_readers.representations",
            "messages.field_readers.scalars syntax.parameters",
            DUMPS,
        ),
        "negotiate": (
            "accept_fields cli.commands.negotiate content_negotiation offer_keys offer_matching",
            "syntax.media_types",
        ),
        "gzip": (
            "cli.beginnings cli.commands.gzip cli.message_json coded_fields coding_engines",
            "compressible_types compression content_codings",
            "accept_fields content_negotiation offer_keys offer_matching syntax.media_types zlib",
            "zlib_ng",
            DUMPS,
        ),
        "session sign": ("syntax.seconds", SESSIONS),
        "session verify": (SESSIONS,),
        "cache-headers": (
            "cache_control cache_control_problems cache_strategies cli.commands.cache_headers",
            "syntax.cache_directives syntax.dates",
        ),
        "cache-check": (
            "cache_check cache_control_problems cli.commands.cache_check",
            CACHING,
            DUMPS,
        ),
        "cache-sim": (
            "byte_ranges cache cache_responses cache_simulation cache_status cache_store",
            "cli.commands.cache_sim partial_content syntax.ranges",
            CACHING,
        ),
        "etag": (
            "byte_ranges cli.commands.etag cli.message_json conditional entity_tag_values hashlib",
            "preconditions syntax.dates syntax.entity_tags syntax.ranges",
        ),
        "cookie parse": (
            "cli.commands.cookie.hops cli.commands.cookie.parse cookies",
            COOKIES,
        ),
        "cookie build": (
            "cli.commands.cookie.build cookie_building cookies",
            COOKIES,
            KEPT_COOKIES,
        ),
        "cookie jar": (
            "cli.commands.cookie.hops cli.commands.cookie.jar cli.commands.cookie.jar_session",
            "cookie_jar",
            COOKIES,
            KEPT_COOKIES,
        ),
        "cors-check": (
            "cli.commands.cors_check cli.message_json cli.redirects cors_advice cors_browser",
            "cors_origins cors_policy cors_preflight cors_rules cors_safelists cors_server",
            "cors_sharing syntax.hosts syntax.origins",
            DUMPS,
        ),
        "pool-sim": (
            "array cli.commands.pool_sim cli.pool_traffic_input connection_pool heapq",
            "idle_connections math plain_pool_run pool_decisions pool_hosts pool_notes",
            "pool_parameters pool_presets waiting_requests",
            "pool_simulation pool_tally pool_trace pool_traffic syntax.durations syntax.seconds",
        ),
    }.items()
}
# What is imported although a sample uses nothing of it, and why.
IMPORTED_UNUSED = {
    "answer": "problems and steps, which most answers have",
    "cli.reading": "its kinds of documents tell a trace from a question",
    "messages.message": "what was read becomes a message or is none",
    "syntax.field_values": "headers join and split their lines by it",
    "syntax.hosts": "a cookie may be for a domain",
    "syntax.grammar": "headers check their names and values by it",
    "syntax.media_types": "content is negotiated by type and by coding in one module",
    "wsgi_middleware": "the package of those that are used",
    "wsgi_middleware.closing_body": "content that streams is closed by it",
    "byte_ranges": "a conditional request may ask for a range",
    "syntax.ranges": "a conditional request may ask for a range",
    "cache_responses": "the first answer of a trace is no hit, and all others may be",
    "entity_tag_values": "what is stored is validated by its tag later in the trace",
    "syntax.seconds": "most reasons of a cache tell a time",
    "syntax.entity_tags": "what is stored is validated by its tag later in the trace",
}

# Runs the program with the arguments after the first, and writes to the file that the first names
# what was imported beyond what an empty click program imports, and the functions that were called:
# the module of each, the line where it begins, and the names that it reads.
OBSERVER = """
import sys
import click

@click.group()
def group(): pass

@group.command()
def hello(): pass

group.main(["hello"], standalone_mode=False)
bare = set(sys.modules)
called = {}

def note(frame, event, argument):
    code = frame.f_code
    # The top level of modules and the bodies of classes are no functions, nor are comprehensions,
    # which are part of what they stand in.
    if event == "call" and code.co_flags & 2 and code not in called and code.co_name not in parts:
        called[code] = frame.f_globals.get("__name__")

parts = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}

def names_in(code):
    inner = [names_in(constant) for constant in code.co_consts if type(constant) is type(code)]
    return sum(inner, list(code.co_names))

sys.setprofile(note)
from httpheaders.cli.main import cli

status = 0
try:
    cli.main(sys.argv[2:])
except SystemExit as leaving:
    status = leaving.code
finally:
    sys.setprofile(None)
    functions = [
        (module, code.co_firstlineno, names_in(code))
        for code, module in called.items()
        if module and module.startswith("httpheaders")
    ]
    told = {"imported": sorted(set(sys.modules) - bare), "functions": functions}
    import json
    with open(sys.argv[1], "w") as file:
        json.dump(told, file)
sys.exit(status)
"""


class Run(NamedTuple):
    """
    What a run did.

    Attributes:
        status: what it ended with.
        own: modules of ours that it imported, without "httpheaders.".
        others: packages of others that it imported and that we import by name.
        unused: modules of ours of which it used nothing.
    """

    status: int
    own: frozenset[str]
    others: frozenset[str]
    unused: frozenset[str]


def observed(arguments: list[str], stdin: bytes, notes: Path) -> Run:
    """Run the program in a process of its own, and see what it imports and uses."""
    command = [sys.executable, "-c", OBSERVER, str(notes), *arguments]
    done = subprocess.run(command, input=stdin, stdout=subprocess.DEVNULL, check=False)
    told = json.loads(notes.read_text())
    own = {name.removeprefix("httpheaders.") for name in told["imported"] if _is_ours(name)}
    own = {name for name in own if name != "httpheaders" and not _is_mere_docstring(name)}
    packages = {name.split(".")[0] for name in told["imported"]}
    others = packages & _named_packages() - {"httpheaders"}
    calls = [(name.removeprefix("httpheaders."), line, n) for name, line, n in told["functions"]]
    return Run(
        done.returncode, frozenset(own), frozenset(others), frozenset(own - _used(own, calls))
    )


def _is_ours(name: str) -> bool:
    return name.split(".")[0] == "httpheaders"


def _source(name: str) -> Path:
    path = PACKAGE.joinpath(*name.removeprefix("httpheaders.").split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _is_mere_docstring(name: str) -> bool:
    return len(ast.parse(_source(name).read_bytes()).body) <= 1


def _named_packages() -> set[str]:
    """Name what our modules import, by its first name."""
    trees = (ast.parse(path.read_bytes()) for path in PACKAGE.rglob("*.py"))
    return {name.split(".")[0] for tree in trees for name in _imported_from(tree).values()}


def _used(own: frozenset[str] | set[str], calls: list[tuple[str, int, list[str]]]) -> set[str]:
    sources = {name: ast.parse(_source(name).read_bytes()) for name in own}
    imported = {name: _imported_from(tree) for name, tree in sources.items()}
    waiting = [name for name, _, _ in calls if name in own]
    for name, _, names in calls:
        waiting += _origins(names, imported.get(name, {}), own)
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += _origins(_top_level_names(sources[name]), imported[name], own)
    return used


def _origins(names: Iterable[str], imported: dict[str, str], own: Iterable[str]) -> list[str]:
    """Give the modules of ours that these names come from."""
    origins = (imported.get(name, "").removeprefix("httpheaders.") for name in names)
    return [origin for origin in origins if origin in own]


def _imported_from(tree: ast.Module) -> dict[str, str]:
    """Give each name that is imported anywhere in a module, with the module that it comes from."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(alias.asname or alias.name): alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                is_module = _is_ours(module) and _source(whole).exists()
                found[alias.asname or alias.name] = whole if is_module else module
    return found


def _top_level_names(tree: ast.Module) -> Iterator[str]:
    """Give the names that are read when a module is imported: outside functions, that is."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, node.args]
        elif not isinstance(node, ast.Lambda | ast.AnnAssign | ast.arg):
            waiting += ast.iter_child_nodes(node)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            waiting.append(node.value)
        if isinstance(node, ast.Name):
            yield node.id
