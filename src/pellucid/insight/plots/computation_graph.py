"""The computational graph as a figure, for what cannot show SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pellucid.insight.graph.boxes import LINE, PAD, Box, Line, size_of
from pellucid.insight.graph.record import ComputationGraph
from pellucid.insight.graph.sheet import ARROW, SMALL, Way, Words, sheet
from pellucid.insight.plots.style import (
    BLUE,
    COLOURS,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    canvas,
    picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOUR = {"title": INK, "ink": INK, "muted": MUTED, "label": MUTED, "value": BLUE,
          "gradient": ORANGE, "failed": ORANGE, "bad": ORANGE}
OUTLINE = {"input": GREEN, "layer": BLUE, "loss": PURPLE, "failed": ORANGE}


@picture
def computation_graph(graph: ComputationGraph, width: float = 760) -> Figure:
    """Draw a graph, in columns as far as they fit into ``width`` pixels: the same drawing as SVG.

    Raises MissingExtra when matplotlib is not installed.

    >>> from pellucid.insight.graph import graph
    >>> figure = computation_graph(graph(lambda a, b: a * b + 1, a=2.0, b=3.0))
    >>> any(text.get_text() == "a" for text in figure.axes[0].texts)
    True
    """
    drawn = sheet(graph, width)
    figure = canvas(drawn.width, drawn.height)
    figure.set_layout_engine("none")                     # everything has its place already
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, drawn.width), ylim=(drawn.height, 0))
    axes.set_axis_off()
    for each in drawn.frames:
        _rectangle(axes, each.x, each.y, each.width, each.height, MUTED, "none", (0, (4, 4)))
        _text(axes, Words(each.label, each.x + 9, each.y + 13.5, SMALL, "muted"))
    for way in drawn.ways:
        _way(axes, way)
    for x, y, box in drawn.boxes:
        _box(axes, x, y, box)
    for words in drawn.words:
        if words.edge >= 0:
            _rectangle(axes, words.x - words.width / 2 - 3, words.y - words.size,
                       words.width + 6, words.size + 4, "none", PAPER)
        _text(axes, words)
    return figure


def _rectangle(axes: Axes, x: float, y: float, width: float, height: float, edge: str,
               fill: str, dashes: object = "-", line: float = 1.0) -> None:
    from matplotlib.patches import Rectangle
    axes.add_patch(Rectangle((x, y), width, height, edgecolor=edge, facecolor=fill,
                             linestyle=dashes, linewidth=line))


def _way(axes: Axes, way: Way) -> None:
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path
    codes = {"M": [Path.MOVETO], "L": [Path.LINETO], "C": [Path.CURVE4] * 3}
    points = [point for _, each in way.steps for point in each]
    kinds = [code for kind, _ in way.steps for code in codes[kind]]
    bad = way.style == "bad"
    colour = ORANGE if bad else MUTED
    axes.add_patch(PathPatch(Path(points, kinds), fill=False, edgecolor=colour,
                             linewidth=2.2 if bad else 1.3,
                             linestyle=(0, (4, 3)) if bad else "-"))
    if way.edge >= 0:
        x, y = way.end
        axes.add_patch(Polygon([(x - 3.6, y - 1), (x + 3.6, y - 1), (x, y + ARROW - 1)],
                               color=colour, linewidth=0))


def _box(axes: Axes, x: float, y: float, box: Box) -> None:
    for d in (6, 3) if box.node.copies else ():
        _rectangle(axes, x + d, y + d, box.width, box.height, COLOURS["line"], PAPER)
    failed = box.node.role in ("failed", "waiting")
    given = "input" if box.node.kind == "input" else box.node.role
    _rectangle(axes, x, y, box.width, box.height, OUTLINE.get(given, COLOURS["line"]), PAPER,
               (0, (4, 3)) if failed else "-", 2.2 if box.node.role == "failed" else 1.0)
    for i, line in enumerate(box.lines):
        _line(axes, line, x, y + PAD + LINE * i + 10.5, box.width)


def _line(axes: Axes, line: Line, x: float, y: float, width: float) -> None:
    if line.left:
        _text(axes, Words(line.left, x + PAD, y, size_of(line.left_style), line.left_style))
    if line.right:
        _text(axes, Words(line.right, x + width - PAD, y, size_of(line.right_style),
                          line.right_style, "end"))


def _text(axes: Axes, words: Words) -> None:
    align = {"start": "left", "end": "right", "middle": "center"}[words.anchor]
    axes.text(words.x, words.y, words.text, fontsize=words.size, color=COLOUR[words.style],
              ha=align, va="baseline",
              fontweight="bold" if words.style == "title" else "normal")
