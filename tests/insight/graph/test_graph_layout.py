"""Drawings are tidy: nothing overlaps, no way goes through a foreign box, texts stay inside."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import Model, Sequential
from pellucid.insight.graph import ComputationGraph, Edge, Node, graph
from pellucid.insight.graph.folding import cuts
from pellucid.insight.graph.layering import Cell, crossings, layered
from pellucid.insight.graph.letters import cut, width, wrapped
from pellucid.insight.graph.placing import column
from pellucid.insight.graph.sheet import sheet
from pellucid.layers import Activation, Add, Concatenate, Dense, Input
from tests.insight.graph.drawn import read, untidy

LETTERS = string.printable[:95] + "∂×·…−±→σβ₁θηŷ∞≤²"


@pytest.fixture(scope="module")
def measured():
    """How wide matplotlib's own font draws a text, plain or bold."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font, LoadFlags
    fonts = {bold: FT2Font(findfont(FontProperties(
        family="DejaVu Sans", weight="bold" if bold else "normal"))) for bold in (False, True)}

    def measure(text: str, size: float, bold: bool = False) -> float:
        font = fonts[bold]
        font.set_size(1000, 72)
        return sum(font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance
                   for letter in text) / 65536 / 1000 * size
    return measure


def test_no_text_is_wider_than_we_think(measured):
    for letter in LETTERS:
        assert width(letter, 10) >= 0.985 * measured(letter, 10), letter
    for text in ("Conv2D", "batch_normalization_12", "(None, 32, 32, 16)", "0.1234 ± 12.5",
                 "MultiHeadAttention", "value", "∂L/∂value", "36,928 parameters"):
        assert measured(text, 12) <= width(text, 12) <= 1.1 * measured(text, 12)
        assert measured(text, 12, True) <= width(text, 12, bold=True) * 1.01


def test_texts_are_cut_and_wrapped():
    assert cut("short", 10, 100) == "short"
    assert width(cut("x" * 500, 10, 100), 10) <= 100
    rows = wrapped("many words " * 40, 10, 120, 3)
    assert len(rows) == 3
    assert rows[-1].endswith("…")
    assert all(width(row, 10) <= 120 for row in rows)
    assert wrapped("", 10, 100) == []


@st.composite
def graphs(draw):
    """Graphs of any form: forests, ladders, long skips, labels, wide names."""
    n = draw(st.integers(1, 22))
    nodes = [Node(f"n{i}" + "m" * draw(st.integers(0, 30)), draw(st.sampled_from(
        ["Dense", "BatchNormalization", "op"])), "layer", shapes=((None, 3),),
        detail=draw(st.sampled_from(["", "units 3, relu", "a detail of many words " * 4])))
        for i in range(n)]
    edges = [Edge(source, target, draw(st.sampled_from(["", "", "∂v/∂u = 0.25"])))
             for target in range(1, n)
             for source in draw(st.sets(st.integers(0, target - 1), max_size=3))]
    return ComputationGraph("drawn by chance", tuple(nodes), tuple(edges))


@settings(max_examples=40)
@given(graphs(), st.sampled_from([366, 760, 1230]))
def test_nothing_overlaps(drawn, room):
    picture = read(drawn.to_svg(room))
    assert len(picture.boxes) == len(drawn.nodes)
    assert sum(bool(way) for way, _ in picture.ways) >= len(drawn.edges) - 1
    assert not untidy(picture, [each.name for each in drawn.nodes])


@settings(max_examples=20)
@given(graphs())
def test_words_on_edges_are_free(drawn):
    found = sheet(drawn, 760)
    rooms = [(each.x - each.width / 2, each.y - each.size, each.x + each.width / 2, each.y + 2)
             for each in found.words if each.edge >= 0]
    boxes = [(x, y, x + box.width, y + box.height) for x, y, box in found.boxes]
    everything = rooms + boxes
    assert len(rooms) == sum(1 for each in drawn.edges if each.label)
    for i, a in enumerate(rooms):
        for b in everything[i + 1:]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]


@settings(max_examples=20)
@given(graphs(), st.sampled_from([366, 760]))
def test_texts_stay_in_their_boxes(measured, drawn, room):
    for box in read(drawn.to_svg(room)).boxes:
        for text, x, y, size, style, anchor in box.words:
            length = measured(text, size, style == "title")
            start = x - length if anchor == "end" else x
            assert start >= box.left + 4
            assert start + length <= box.right - 4
            assert box.top + size / 2 < y < box.bottom - 3


@st.composite
def models(draw):
    """Functional models of any form."""
    made = [Input((4,), name=f"in{i}") for i in range(draw(st.integers(1, 2)))]
    for i in range(draw(st.integers(2, 12))):
        first, second = (made[draw(st.integers(0, len(made) - 1))] for _ in range(2))
        kind = draw(st.sampled_from(["dense", "add", "join", "relu", "op"]))
        name = f"{kind}{i}"
        made.append({"dense": lambda x, _, name=name: Dense(4, name=name)(x),
                     "relu": lambda x, _, name=name: Activation("relu", name=name)(x),
                     "add": lambda x, y, name=name: Add(name=name)([x, y]),
                     "join": lambda x, y, name=name: Dense(4, name=name)(Concatenate()([x, y])),
                     "op": lambda x, y: x * y}[kind](first, second))
    outputs = made[-draw(st.integers(1, 2)):]
    used = [each for each in made if each.name.startswith("in")]
    return Model(used, outputs)


@settings(max_examples=15)
@given(models(), st.sampled_from([366, 760]))
def test_models_of_any_form(model, room):
    drawn = graph(model, fold=0)
    picture = read(drawn.to_svg(room))
    names = [each.name for each in drawn.nodes]
    assert {each.name for each in model.layers} <= {each.name for each in picture.boxes}
    assert not untidy(picture, names)
    sources = {(each._keras_history[0].name, node.layer.name)
               for node in model._graph.nodes for each in node.inputs}
    assert {(names[each.source], names[each.target]) for each in drawn.edges} == sources


def test_a_chain_is_straight_and_wrapped():
    model = Sequential([Input((8,)), *(Dense(9 + i % 2 + i % 3) for i in range(59))])
    drawn = graph(model, fold=0)
    narrow, wide = read(drawn.to_svg(366)), read(drawn.to_svg(1230))
    names = [each.name for each in drawn.nodes]
    assert len(narrow.boxes) == len(wide.boxes) == 60
    assert not untidy(narrow, names) + untidy(wide, names)
    assert len({round((each.left + each.right) / 2) for each in narrow.boxes}) == 1
    assert narrow.width <= 366
    assert wide.height < narrow.height / 3
    assert sum(not way for way, _ in wide.ways) >= 3     # from column to column
    assert wide.width <= 1230


def test_edges_that_can_be_uncrossed_are():
    boxes = [Cell(20, 10, i) for i in range(6)]
    rows, _ = layered(boxes, [(0, 0, 5), (1, 1, 4), (2, 2, 3)], {})
    assert crossings(rows) == 0


def test_a_residual_block_keeps_its_main_way_straight():
    boxes = [Cell(100 + 20 * (i % 2), 30, i) for i in range(5)]
    placed = column(boxes, [(0, 0, 1), (1, 1, 2), (2, 2, 3), (3, 3, 4), (4, 0, 4)], {})
    assert np.ptp([each.x for each in boxes]) < 3
    around = next(route for route in placed.routes if route.edge == 4)
    assert len({round(each.x, 6) for each in around.cells[1:-1]}) == 1


@pytest.mark.parametrize(("edges", "found"), [
    ([], [0, 1, 2, 3]), ([(0, 1), (1, 2), (2, 3)], [0, 1, 2, 3]),
    ([(0, 1), (1, 2), (0, 2), (2, 3)], [0, 2, 3]), ([(0, 3), (1, 3), (2, 3)], [0, 3])])
def test_cuts(edges, found):
    assert cuts(4, edges) == found
