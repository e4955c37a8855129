"""The forms of a graph: SVG, HTML, text, figure, files."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import pellucid
from pellucid import Sequential
from pellucid.core.errors import FileError, KindError
from pellucid.insight.plots.style import COLOURS
from pellucid.layers import Dense, Input
from tests.insight.graph.drawn import read


@pytest.fixture(scope="module")
def drawn():
    model = Sequential([Input((3,), name="x"), *(Dense(4 + i % 5, name=f"d{i}")
                                                 for i in range(25))], name="<deep> & wide")
    model.compile(loss="mse")
    return model.graph(np.ones((2, 3)), np.ones((2, 8)), fold=0)


def test_svg_stands_alone_and_follows_the_page(drawn):
    svg = drawn.to_svg()
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"].startswith("The computational graph of Sequential")
    assert "prefers-color-scheme: dark" in svg
    assert not re.findall(r"(?:href|src|url)\s*[=(]", svg)
    drawing = svg.partition("</style>")[2]
    assert not re.search(r"#[0-9a-f]{3}", drawing)     # every colour is a word of the style
    for role, colour in COLOURS.items():
        for rule in re.findall(rf"\S+: var\(--{role}\)", svg):
            assert f"--{role}: {colour}" in svg          # as the other pictures have it
            assert rule.replace(f"var(--{role})", f"{colour}; {rule}") in svg   # for old programs


def test_html_is_drawn_for_wide_and_for_narrow_screens(drawn):
    page = drawn.to_html()
    wide, narrow = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert read(wide).width > 700
    assert read(narrow).width <= 366
    assert {each.name for each in read(wide).boxes} == {each.name for each in read(narrow).boxes}
    assert page == drawn._repr_html_()
    assert drawn.to_svg() == drawn._repr_svg_()


def test_text_has_a_line_for_each_node(drawn):
    lines = str(drawn).splitlines()
    assert lines[0] == 'Sequential "<deep> & wide": 27 nodes'
    for node in drawn:
        assert sum(line.startswith(f"  {node.name} ") for line in lines) == 1
    assert repr(drawn) == '<ComputationGraph Sequential "<deep> & wide": 27 nodes, 26 edges>'


def test_files(drawn, tmp_path):
    assert drawn.save(tmp_path / "g.svg").read_text("utf-8") == drawn.to_svg()
    assert drawn.save(str(tmp_path / "g.txt")).read_text("utf-8") == f"{drawn}\n"
    page = drawn.save(tmp_path / "g.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "&lt;deep&gt; &amp; wide" in page
    assert "<deep>" not in page
    assert drawn.save(tmp_path / "g.PNG").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(FileError, match=r"saved as \.svg, \.html, \.txt, \.png, but got 'g\.gif'"):
        drawn.save(tmp_path / "g.gif")
    with pytest.raises(FileError, match="does not exist"):
        drawn.save(tmp_path / "nowhere" / "g.svg")
    with pytest.raises(KindError, match="saved to a path, but got 3"):
        drawn.save(3)


def test_the_figure_is_the_same_drawing(drawn):
    figure = drawn.to_figure(760)
    picture = read(drawn.to_svg(760))
    assert figure.get_figwidth() * 72 == pytest.approx(picture.width, abs=0.5)
    shown = [each.get_text() for each in figure.axes[0].texts]
    assert sorted(shown) == sorted([*picture.words, *(text for box in picture.boxes
                                                      for text in box.texts)])


def test_the_figure_shows_what_does_not_fit_and_what_repeats():
    wrong = pellucid.graph(lambda: Sequential([
        Input((3,)), *(Dense(3) for _ in range(4)), pellucid.layers.Conv2D(2, 3), Dense(1)]))
    texts = [each.get_text() for each in wrong.to_figure().axes[0].texts]
    assert "does not fit" in texts
    assert "not reached" in texts
    assert "Dense × 4" in texts


def test_the_figures_words_stay_on_the_page(drawn):
    figure = drawn.to_figure(366)
    page = figure.bbox
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
