"""The pictures of the documentation show what the commands print now."""

from __future__ import annotations

import shutil
from xml.etree import ElementTree

import pytest

from docs.pictures import FOLDER, PLOTS, SCENES, drawn, plotted
from tests.test_docs import GUIDES


def shown(svg: str) -> str:
    """Give the text in a picture without its blanks, which are nothing but places."""
    root = ElementTree.fromstring(svg)
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    return "".join("".join(text.itertext()) for text in texts).replace("\xa0", "").replace(" ", "")


def lines(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [path.get("d", "") for path in root.iter("{http://www.w3.org/2000/svg}path")]


@pytest.mark.parametrize("scene", SCENES)
def test_a_picture_shows_what_the_commands_print(scene, example_site):
    pytest.importorskip("rich")
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    picture = (FOLDER / f"{scene}.svg").read_text()
    assert len(shown(picture)) > 200
    assert shown(picture) == shown(drawn(scene, example_site)), "run: python docs/pictures.py"


@pytest.mark.parametrize("plot", PLOTS)
def test_a_plot_is_what_the_program_draws(plot):
    pytest.importorskip("leather")
    picture, now = (FOLDER / f"{plot}.svg").read_text(), plotted(plot)
    assert shown(picture) == shown(now)
    assert lines(picture) == lines(now) != []


@pytest.mark.parametrize("name", [*SCENES, *PLOTS])
def test_a_picture_fetches_nothing_and_is_shown(name):
    picture = (FOLDER / f"{name}.svg").read_text()
    assert "url(http" not in picture
    assert "<script" not in picture
    assert any(f"docs/{name}.svg" in guide.read_text() for guide in GUIDES)
