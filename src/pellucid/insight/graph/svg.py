"""The picture as SVG: colours are CSS variables, so one drawing follows light, dark and paper."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from pellucid.insight.graph.boxes import LINE, PAD, Box, Line, size_of
from pellucid.insight.graph.record import ComputationGraph
from pellucid.insight.graph.sheet import ARROW, SMALL, Frame, Sheet, Way, Words, sheet
from pellucid.insight.plots.style import short
from pellucid.insight.report.markup import Html, tag, together

WIDE, NARROW, NARROWER_THAN = 1230.0, 366.0, 700
LEAST = 0.8                             # a wide drawing is scrolled rather than made smaller
NAMESPACE = "http://www.w3.org/2000/svg"


def svg(graph: ComputationGraph, width: float, *, alone: bool = True) -> str:
    """The graph as one ``<svg>``; ``alone`` it brings its own style."""
    drawn = sheet(graph, width)
    parts = [tag("style", _style())] if alone else []
    parts += [_frame(each) for each in drawn.frames]
    parts += [_way(graph, each) for each in drawn.ways]
    parts += [tag("g", *_box(graph, x, y, each), class_=f"node {each.node.role}",
                  data_node=each.node.name) for x, y, each in drawn.boxes]
    parts += [_words(each) for each in drawn.words]
    return tag("svg", *parts, xmlns=NAMESPACE, class_="pellucid-graph", role="img",
               aria_label=short(_heard(graph, drawn), 200),
               viewBox=f"0 0 {drawn.width:.0f} {drawn.height:.0f}",
               width=f"{drawn.width:.0f}", height=f"{drawn.height:.0f}",
               style=f"max-width: 100%; min-width: {LEAST * drawn.width:.0f}px; height: auto")


def html(graph: ComputationGraph) -> str:
    """A piece of HTML that shows the drawing made for wide or for narrow screens."""
    wide, narrow = svg(graph, WIDE, alone=False), svg(graph, NARROW, alone=False)
    rules = Html(f".pellucid-graphs {{ overflow-x: auto; }} "
                 f".pellucid-graphs .narrow {{ display: none; }} "
                 f"@media (max-width: {NARROWER_THAN}px) {{ .pellucid-graphs .wide "
                 "{ display: none; } .pellucid-graphs .narrow { display: block; } }")
    return tag("div", tag("style", _style(), rules), tag("div", Html(wide), class_="wide"),
               tag("div", Html(narrow), class_="narrow"), class_="pellucid-graphs")


@cache
def _style() -> Html:
    """The style, each colour once more by itself for programs that know no CSS variables."""
    style = (files("pellucid.insight.graph") / "graph.css").read_text("utf-8")
    light = dict(reversed(re.findall(r"--(\w+): (#\w+)", style.partition("@media")[0])))
    return Html(re.sub(r"(\S+): var\(--(\w+)\)",
                       lambda rule: f"{rule[1]}: {light[rule[2]]}; {rule[0]}", style))


def _heard(graph: ComputationGraph, drawn: Sheet) -> str:
    """What a screen reader says."""
    bad = ", one of which does not fit" if graph.broken else ""
    return f"The computational graph of {graph.title}: {len(drawn.boxes)} nodes{bad}"


def _at(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _way(graph: ComputationGraph, way: Way) -> Html:
    path = " ".join(kind + " ".join(f"{_at(x)} {_at(y)}" for x, y in points)
                    for kind, points in way.steps)
    if way.edge < 0:
        return tag("path", d=path, class_="edge")
    edge = graph.edges[way.edge]
    x, y = way.end
    said = f"{graph.nodes[edge.source].name} → {graph.nodes[edge.target].name}"
    line = tag("path", tag("title", f"{said}: {edge.formula}" if edge.formula else said), d=path,
               class_="way bad" if edge.bad else "edge", data_edge=f"{edge.source} {edge.target}")
    head = tag("path", class_="head bad" if edge.bad else "head",
               d=f"M{_at(x - 3.6)} {_at(y - 1)}L{_at(x + 3.6)} {_at(y - 1)}"
                 f"L{_at(x)} {_at(y + ARROW - 1)}Z")
    return together([line, head])


def _box(graph: ComputationGraph, x: float, y: float, box: Box) -> list[Html]:
    size = {"width": _at(box.width), "height": _at(box.height), "rx": 7}
    behind = [tag("rect", x=_at(x + d), y=_at(y + d), **size, class_="behind")
              for d in ((6, 3) if box.node.copies else ())]
    given = " given" if box.node.kind == "input" else ""
    body = tag("rect", x=_at(x), y=_at(y), **size, class_=f"box {box.node.role}{given}")
    lines = [part for i, line in enumerate(box.lines)
             for part in _line(line, x, y + PAD + LINE * i + 10.5, box.width)]
    hint = tag("title", ", ".join([box.node.label, *(each.name for each in box.node.copies)]))
    return [hint, *behind, body, *lines]


def _line(line: Line, x: float, y: float, width: float) -> list[Html]:
    parts = []
    if line.left:
        parts.append(_text(line.left, x + PAD, y, size_of(line.left_style), line.left_style))
    if line.right:
        parts.append(_text(line.right, x + width - PAD, y, size_of(line.right_style),
                           line.right_style, "end"))
    return parts


def _text(text: str, x: float, y: float, size: float, style: str, anchor: str = "start") -> Html:
    return tag("text", text, x=_at(x), y=_at(y), font_size=_at(size), class_=style,
               text_anchor=None if anchor == "start" else anchor)


def _frame(frame: Frame) -> Html:
    outline = tag("rect", x=_at(frame.x), y=_at(frame.y), width=_at(frame.width),
                  height=_at(frame.height), rx=9, class_="frame")
    return together([outline, _text(frame.label, frame.x + 9, frame.y + 13.5, SMALL, "muted")])


def _words(words: Words) -> Html:
    text = _text(words.text, words.x, words.y, words.size, words.style, words.anchor)
    if words.edge < 0:
        return text
    under = tag("rect", x=_at(words.x - words.width / 2 - 3), y=_at(words.y - words.size),
                width=_at(words.width + 6), height=_at(words.size + 4), class_="paper")
    return together([under, text])
