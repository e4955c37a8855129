"""A graph as a file."""

from __future__ import annotations

import os
from pathlib import Path

from pellucid.core.errors import FileError, KindError, user_line
from pellucid.core.kinds import shown
from pellucid.files.atomic import replacing
from pellucid.insight.graph.record import ComputationGraph
from pellucid.insight.report.markup import Html, escaped, tag

ENDINGS = (".svg", ".html", ".txt", ".png")


def save(graph: ComputationGraph, path: str | os.PathLike[str], width: float) -> Path:
    """Write the graph in the form that the name's ending says."""
    if not isinstance(path, str | os.PathLike):
        raise KindError("a picture is saved to a path", got=shown(path), where=user_line())
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise FileError(f"a graph is saved as {', '.join(ENDINGS)}", got=repr(path.name),
                        where=user_line(), hint=f"use the name {path.stem}.svg")
    if ending == ".png":
        figure = graph.to_figure(width)
        with replacing(path, "wb") as file:
            figure.savefig(file, format="png", dpi=144)
        return path
    written = {".svg": lambda: graph.to_svg(width), ".html": lambda: page(graph),
               ".txt": lambda: f"{graph}\n"}[ending]()
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(written)
    return path


def page(graph: ComputationGraph) -> str:
    """The picture as a page of its own."""
    head = Html('<meta charset="utf-8"><meta name="viewport" '
                'content="width=device-width, initial-scale=1">')
    style = Html(":root { color-scheme: light dark; } body { margin: 12px; } "
                 "@media (prefers-color-scheme: dark) { body { background: #14181d; } } ")
    return "<!doctype html>\n" + tag(
        "html", tag("head", head, tag("title", escaped(graph.title)), tag("style", style)),
        tag("body", Html(graph.to_html())), lang="en")
