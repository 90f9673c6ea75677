"""Policies: which route a path has, and what it allows."""

from __future__ import annotations

import pytest

from httpheaders.policy import Policy, Route, route_of


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/users", "/users", True),
        ("/users", "/users/", False),
        ("/users", "/Users", False),
        ("/users/{id}", "/users/7", True),
        ("/users/{id}", "/users/", False),
        ("/users/{id}", "/users/7/x", False),
        ("/static/*", "/static/a/b.css", True),
        ("/static/*", "/static/", True),
        ("/static/*", "/static", False),
        ("/*", "/", True),
        ("/*", "/anything/at/all", True),
        ("/", "/", True),
        ("/admin/*", "//admin//x", True),
        ("/a/{b}/*", "/a/b/c", True),
    ],
)
def test_paths(pattern, path, matches):
    assert (route_of(Policy((Route(pattern),)), path) is not None) is matches


def test_the_first_route_that_matches_counts():
    policy = Policy((Route("/a/b"), Route("/a/*"), Route("/*")))
    found = [route_of(policy, path).path for path in ("/a/b", "/a/c", "/d")]
    assert found == ["/a/b", "/a/*", "/*"]


@pytest.mark.parametrize(
    ("methods", "allowed"),
    [
        ((), ()),
        (("GET",), ("GET", "HEAD", "OPTIONS")),
        (("POST",), ("POST", "OPTIONS")),
        (("GET", "HEAD"), ("GET", "HEAD", "OPTIONS")),
    ],
)
def test_allowed_methods(methods, allowed):
    assert Route("/", methods).allowed_methods == allowed
