"""The gallery: every picture stands in it, each example runs as it stands, the page is whole."""

from __future__ import annotations

import ast
import base64
import io

import pytest
from matplotlib.figure import Figure
from PIL import Image

from docs import gallery
from pellucid.insight import plots
from pellucid.insight.plots.film import Film
from pellucid.insight.plots.style import drawn_at
from tests.insight.reading import read
from tests.insight.test_plots import assert_readable

ENTRIES = {entry.name: entry for entry in gallery.entries()}
SAMPLE = ("decision_line", "line_moving", "label_bars", "roc_curve")
MOST_LINES = 18


def test_every_picture_stands_in_the_gallery():
    missing = sorted(set(gallery.pictures()) - set(ENTRIES))
    assert not missing, f"write docs/gallery/NAME.py for {missing}: see its neighbours"
    assert not (left := set(ENTRIES) - set(gallery.pictures())), f"no picture has these: {left}"


def test_every_picture_is_offered_by_the_package():
    for name in gallery.pictures():
        shown = gallery.picture_of(name).__name__
        assert shown in plots.__all__, f"add {shown} of {name}.py to insight/plots/__init__.py"
        assert getattr(plots, shown) is gallery.picture_of(name)
    for name in plots.__all__:
        assert callable(getattr(plots, name)), f"plots.{name} is no picture"
    with pytest.raises(AttributeError, match='did you mean "roc_curve"'):
        plots.roc_curves  # noqa: B018


@pytest.mark.parametrize("name", ENTRIES)
def test_examples_are_short_and_use_the_package_as_a_person_would(name):
    entry = ENTRIES[name]
    assert entry.section in gallery.SECTIONS
    assert len(entry.code.splitlines()) <= MOST_LINES
    last = ast.parse(entry.code).body[-1]
    assert isinstance(last, ast.Assign)
    assert last.targets[0].id in ("figure", "film")
    assert f"plots.{entry.shown.__name__}(" in entry.code


def test_a_page_is_built_from_running_code(monkeypatch):
    monkeypatch.setattr(gallery, "FRAMES", 6)
    found = [gallery.drawn(ENTRIES[name]) for name in SAMPLE]
    text = gallery.page(found)
    page = read(text)
    assert "http" not in text
    assert [each.text for each in page.all("h3")] == [
        "plots.decision_line", "plots.LineMoving", "plots.label_bars", "plots.roc_curve"]
    assert [each.attributes["href"] for each in page.all("a")] == [f"#{each}" for each in SAMPLE]
    for name in SAMPLE:
        part, = page.all("div", id=name)
        assert part.all("code")[1].text == ENTRIES[name].code
        assert part.all("p")[0].text in " ".join(ENTRIES[name].shown.__doc__.split()).replace(
            "`", "")
        pictures = part.all("svg") or part.all("img")
        assert len(pictures) == 2                                   # for wide pages and phones
    width = [float(each.attributes["viewbox"].split()[2])
             for each in page.all("div", id="label_bars")[0].all("svg")]
    assert width == [760, gallery.PHONE]
    film = page.all("img")[1].attributes["src"].removeprefix("data:image/gif;base64,")
    with Image.open(io.BytesIO(base64.b64decode(film))) as moments:
        assert moments.width == gallery.PHONE
        assert moments.n_frames == 6


def test_the_command_writes_the_page_and_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gallery, "ROOT", tmp_path)
    monkeypatch.setattr(gallery, "PAGE", tmp_path / "build" / "gallery" / "index.html")
    assert gallery.main(["label_bars"]) == 0
    assert "wrote build/gallery/index.html (1 pictures" in capsys.readouterr().out
    assert "plots.label_bars" in gallery.PAGE.read_text()
    monkeypatch.setattr(gallery, "entries", lambda: [ENTRIES["label_bars"]])
    assert gallery.main() == 1
    assert "roc_curve" in capsys.readouterr().err


def test_a_page_may_draw_narrower_than_the_code_says():
    draw = gallery.drawn(ENTRIES["decision_line"]).draw                # which asks for 420
    widths = [draw(width).get_figwidth() * 72 for width in (None, 350, None)]
    assert widths == pytest.approx([420, 350, 420])
    with drawn_at(500):
        assert plots.calibration([0, 1], [0.2, 0.7]).get_figwidth() * 72 == pytest.approx(500)


@pytest.mark.deep
@pytest.mark.parametrize("name", ENTRIES)
def test_every_example_runs_and_can_be_read_at_every_width(name):
    found = gallery.drawn(ENTRIES[name])
    for width in (350, 800, 1600):
        made = found.draw(width)
        assert_readable(made.figure if isinstance(made, Film) else made)
    assert isinstance(made.figure if isinstance(made, Film) else made, Figure)
    assert "<" in gallery.shown(found)
