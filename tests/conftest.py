"""What many tests share: a web site for the examples, and a curl that finds it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.example_site import serve_example_site


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve https://example.com/, and give the environment in which curl finds it."""
    pytest.importorskip("trustme")
    with serve_example_site(tmp_path_factory.mktemp("curl")) as environment:
        yield environment
