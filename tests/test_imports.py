"""Imports point one way: cli -> systems -> messages, syntax -> the standard library."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import httpheaders

PACKAGE = Path(httpheaders.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# The few systems that build on another one, and which.
SYSTEMS_MAY_IMPORT: dict[str, set[str]] = {
    # Negotiation: what the client says, what the server has, how they meet.
    "offer_keys": {"accept_fields"},
    "offer_matching": {"accept_fields", "offer_keys"},
    "language_lookup": {"accept_fields", "offer_keys", "offer_matching"},
    "variant_negotiation": {"accept_fields", "language_lookup", "offer_keys", "offer_matching"},
    "content_negotiation": {"language_lookup", "offer_matching"},
    # Content codings: the engines, the streams, the fields, then whether and how.
    "content_codings": {"coding_engines"},
    "compression": {
        "cache_control",
        "coded_fields",
        "coding_engines",
        "compressible_types",
        "content_codings",
        "content_negotiation",
    },
    "decompression": {"coded_fields", "coding_engines", "content_codings"},
    # Signed sessions: keys and claims, then our format and the others, and what is said of them.
    "session_claims": {"session_keys"},
    "session_answers": {"session_claims", "session_keys"},
    "sessions": {"session_claims", "session_keys"},
    "session_formats": {"session_answers", "session_claims", "session_keys", "sessions"},
    "cache_control_problems": {"cache_control"},
    "cache_strategies": {"cache_control", "cache_control_problems"},
    "targeted_cache_control": {"cache_control", "cache_settings"},
    "freshness": {"cache_control", "cache_settings", "targeted_cache_control"},
    "preconditions": {"entity_tag_values"},
    "conditional": {"byte_ranges", "entity_tag_values", "preconditions"},
    "cache_policy": {
        "byte_ranges",
        "cache_control",
        "cache_settings",
        "freshness",
        "target_uri",
        "targeted_cache_control",
        "vary",
    },
    "cache_validation": {
        "cache_control",
        "cache_policy",
        "cache_settings",
        "entity_tag_values",
        "freshness",
        "target_uri",
        "targeted_cache_control",
    },
    "partial_content": {
        "byte_ranges",
        "cache_policy",
        "cache_settings",
        "cache_validation",
        "entity_tag_values",
        "freshness",
    },
    "cache_store": {"cache_policy", "target_uri"},
    "cache_check": {
        "cache_control",
        "cache_control_problems",
        "cache_policy",
        "cache_settings",
        "cache_validation",
        "entity_tag_values",
        "freshness",
        "partial_content",
        "targeted_cache_control",
        "vary",
    },
    "cache_simulation": {"cache", "cache_settings", "cache_store", "conditional", "target_uri"},
    "cache_responses": {
        "byte_ranges",
        "cache_policy",
        "cache_store",
        "conditional",
        "partial_content",
    },
    "cache": {
        "cache_policy",
        "cache_responses",
        "cache_settings",
        "cache_status",
        "cache_store",
        "cache_validation",
        "partial_content",
    },
    "same_site": {"cookie_domains", "public_suffixes"},
    "cookie_acceptance": {"cookie_domains", "public_suffixes", "same_site"},
    "cookie_building": {"cookie_acceptance", "cookie_domains", "cookies", "public_suffixes"},
    "cookie_jar": {"cookie_acceptance", "cookie_domains", "public_suffixes", "same_site"},
    "netscape_cookies": {"cookie_acceptance", "cookie_domains"},
    "cors": {"cors_policy", "cors_server"},
    "cors_advice": {"cors_rules", "cors_safelists", "cors_sharing"},
    "cors_browser": {
        "cors_advice",
        "cors_preflight",
        "cors_rules",
        "cors_safelists",
        "cors_sharing",
    },
    "cors_origins": {"public_suffixes"},
    "cors_policy": {"cors_origins", "cors_safelists"},
    "cors_preflight": {"cors_rules", "cors_safelists", "cors_sharing"},
    "cors_probe": {"cors_origins", "cors_policy", "cors_rules"},
    "cors_server": {"cors_policy", "cors_rules", "cors_safelists"},
    "cors_sharing": {"cors_rules", "cors_safelists"},
    # The connection pool: rules, then the pool that decides, then what drives it and asks about it.
    "pool_hosts": {"idle_connections"},
    "pool_parameters": {"pool_decisions"},
    "waiting_requests": {"pool_hosts"},
    "connection_pool": {
        "idle_connections",
        "pool_decisions",
        "pool_hosts",
        "pool_parameters",
        "waiting_requests",
    },
    "plain_connection_pool": {"connection_pool", "pool_decisions", "pool_parameters"},
    "pool_presets": {"pool_parameters"},
    "pool_traffic": {"pool_trace"},
    "pool_tally": {"pool_decisions"},
    "plain_pool_run": {"pool_decisions", "pool_parameters", "pool_tally", "pool_trace"},
    "pool_notes": {"pool_decisions", "pool_parameters", "pool_tally"},
    "pool_simulation": {
        "connection_pool",
        "plain_pool_run",
        "pool_decisions",
        "pool_notes",
        "pool_parameters",
        "pool_presets",
        "pool_tally",
        "pool_trace",
        "pool_traffic",
    },
    "pool_events": {
        "pool_decisions",
        "pool_parameters",
        "pool_presets",
        "pool_simulation",
        "pool_trace",
    },
    "pool_gaps": {"pool_decisions", "pool_trace"},
    "pool_sweep": {
        "pool_decisions",
        "pool_gaps",
        "pool_parameters",
        "pool_presets",
        "pool_simulation",
        "pool_trace",
        "pool_traffic",
    },
    "pool_plot": {"pool_sweep"},
    "wsgi_call": {"wsgi"},
    "wsgi_validation": {"wsgi", "wsgi_call"},
    "wsgi_trace": {"wsgi", "wsgi_call"},
    "wsgi_middleware": {
        "wsgi_middleware.error_catching",
        "wsgi_middleware.request_id",
        "wsgi_middleware.timing",
    },
    "wsgi_middleware.layers": {"wsgi", "wsgi_middleware.closing_body"},
    "wsgi_middleware.error_catching": {"wsgi", "wsgi_middleware.closing_body"},
    "wsgi_middleware.request_id": {"wsgi"},
    "wsgi_middleware.timing": {"wsgi"},
    "wsgi_middleware.caching_fields": {"cache_strategies", "wsgi"},
    "wsgi_middleware.compression": {
        "compression",
        "content_codings",
        "wsgi",
        "wsgi_middleware.layers",
    },
    "wsgi_middleware.conditional": {
        "byte_ranges",
        "conditional",
        "entity_tag_values",
        "wsgi",
        "wsgi_middleware.layers",
    },
    "wsgi_middleware.cross_origin": {
        "cors_policy",
        "cors_server",
        "wsgi",
        "wsgi_middleware.layers",
    },
    "wsgi_middleware.session": {
        "session_answers",
        "token_source",
        "wsgi",
        "wsgi_middleware.layers",
    },
    "wsgi_middleware.stored": {
        "cache",
        "cache_policy",
        "wsgi",
        "wsgi_middleware.closing_body",
        "wsgi_middleware.error_catching",
        "wsgi_middleware.layers",
    },
    "wsgi_middleware.policed": {
        "policy",
        "policy_finish",
        "policy_passage",
        "policy_phases",
        "request_pipeline",
        "wsgi",
        "wsgi_middleware.layers",
        "wsgi_middleware.session",
    },
    "wsgi_middleware.named": {
        "policy",
        "wsgi",
        "wsgi_middleware.caching_fields",
        "wsgi_middleware.compression",
        "wsgi_middleware.conditional",
        "wsgi_middleware.cross_origin",
        "wsgi_middleware.error_catching",
        "wsgi_middleware.policed",
        "wsgi_middleware.request_id",
        "wsgi_middleware.session",
        "wsgi_middleware.stored",
        "wsgi_middleware.timing",
    },
    "policy": {"cors_policy", "session_answers"},
    "policy_document": {
        "cache_strategies",
        "cors_policy",
        "policy",
        "session_formats",
        "session_keys",
    },
    "policy_file": {"small_files", "policy", "policy_document"},
    "policy_passage": {"cors_server", "policy", "session_answers", "wsgi_middleware.layers"},
    "policy_head": {
        "cors_server",
        "policy",
        "policy_passage",
        "wsgi",
        "wsgi_middleware.cross_origin",
    },
    "policy_sender": {
        "policy_passage",
        "session_answers",
        "token_source",
        "wsgi_middleware.layers",
        "wsgi_middleware.session",
    },
    "policy_content": {"content_negotiation", "policy_passage"},
    "policy_finish": {
        "policy",
        "policy_passage",
        "wsgi",
        "wsgi_middleware.caching_fields",
        "wsgi_middleware.compression",
        "wsgi_middleware.conditional",
        "wsgi_middleware.cross_origin",
        "wsgi_middleware.layers",
    },
    "policy_phases": {
        "policy",
        "policy_content",
        "policy_finish",
        "policy_head",
        "policy_passage",
        "policy_sender",
        "request_pipeline",
        "wsgi",
        "wsgi_call",
        "wsgi_middleware.layers",
    },
}
# Packages other than the standard library, and the only modules that may import them.
OTHERS_MAY_IMPORT = {
    "click": {"cli"},
    "orjson": {"syntax.strict_json"},
    "http_sf": {"syntax.structured"},
}
FOUNDATION = {"errors", "answer", "version", "named_tuples"}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def own_imports(path: Path) -> set[str]:
    names = {name_of(module) for module in MODULES}
    found = {name.removeprefix("httpheaders.") for name in imports_of(path)}
    return (found & names) - {""}


def layer(name: str) -> str:
    first = name.split(".")[0]
    if first in FOUNDATION or first in {"syntax", "messages", "cli"}:
        return first
    return "__init__" if name in {"", "__main__"} else "system"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path):
    name = name_of(path)
    allowed = {
        "syntax": FOUNDATION | {"syntax"},
        "messages": FOUNDATION | {"syntax", "messages"},
        "system": FOUNDATION | {"syntax", "messages"},
        "cli": FOUNDATION | {"syntax", "messages", "system", "cli"},
        "__init__": FOUNDATION | {"cli"},
    }.get(layer(name), FOUNDATION)
    for imported in own_imports(path):
        if layer(name) == layer(imported) == "system":
            assert imported in SYSTEMS_MAY_IMPORT.get(name, set()), f"{name} imports {imported}"
        else:
            assert layer(imported) in allowed, f"{name} imports {imported}"


def test_the_table_lists_what_is_imported_and_nothing_else():
    systems = {name_of(path): own_imports(path) for path in MODULES}
    for name, listed in SYSTEMS_MAY_IMPORT.items():
        assert listed <= systems[name], f"{name} no longer imports {listed - systems[name]}"


def test_no_module_reaches_itself():
    edges = {name_of(path): own_imports(path) - {name_of(path)} for path in MODULES}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in done:
            for imported in edges.get(name, ()):
                visit(imported, (*way, name))
            done.add(name)

    for name in edges:
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_other_packages_are_imported_in_their_place_alone(path):
    import sys

    name = name_of(path)
    for imported in imports_of(path):
        package = imported.split(".")[0]
        if package in sys.stdlib_module_names or package == "httpheaders":
            continue
        places = OTHERS_MAY_IMPORT.get(package, set())
        assert any(name == place or name.startswith(place + ".") for place in places), (
            f"{name} imports {package}"
        )
