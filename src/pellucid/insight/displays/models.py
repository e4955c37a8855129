"""A model: its layers in a table with what they cost, the totals, and its drawing."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import PellucidError
from pellucid.insight.displays.frame import facts, frame, lines
from pellucid.insight.report.markup import Html, number, tag, together
from pellucid.models import summary
from pellucid.models.costs import counted


def html(model: Any) -> str:
    """For notebooks."""
    found, why = counted(model)
    heads = {summary.NAME: "layer", summary.SHAPE: "output shape", summary.PARAMETERS: "parameters",
             summary.SOURCES: "connected to", summary.FORWARD: "multiply-adds",
             summary.BACKWARD: "backward", summary.KEPT: "kept a row"}
    columns = summary.columns(model, detail=found is not None)
    kinds = "".join("n" if summary.JUSTIFIED.get(each) == "right" else "t" for each in columns)
    rows = [[_named(row[each]) if each == summary.NAME else row[each] for each in columns]
            for row in summary.rows(model, costs=found)]
    figures = [("parameters", number(sum(v.size for v in model.weights))),
               ("trainable", number(sum(v.size for v in model.trainable_weights)))]
    told = [tag("p", f"{line}.", class_="note") for line in summary.cost_lines(model, found, why)]
    return frame(f"model · {state(model)}", model.name, facts(figures),
                 lines([heads[each] for each in columns], rows, kinds), *told, _drawing(model))


def rich(model: Any) -> Any:
    """For terminals: its summary."""
    from rich.console import Group
    from rich.text import Text
    found, why = counted(model)
    told = [*summary.totals(model), *summary.cost_lines(model, found, why)]
    return Group(summary.table(model, summary.rows(model, costs=found),
                               summary.columns(model)), *(Text(each) for each in told))


def state(model: Any) -> str:
    """What has happened to it, in words.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> state(Sequential([Input((3,)), Dense(2)])), state(Sequential([Dense(2)]))
    ('Sequential, not compiled', 'Sequential, not built')
    """
    kind = type(model).__name__
    if not model.built:
        return f"{kind}, not built"
    if not model.compiled:
        return f"{kind}, not compiled"
    return f"{kind}, compiled with {type(model.optimizer).__name__}"


def _named(words: str) -> Html:
    """``hidden (Dense)`` with the class below the name."""
    name, _, kind = words.rstrip(")").rpartition(" (")
    return together([name, tag("small", kind)])


def _drawing(model: Any) -> Html:
    """The graph, folded open; of a model that can't be drawn yet nothing."""
    if not model.built:
        return Html("")
    try:
        drawn = model.graph().to_html()
    except PellucidError as error:
        return tag("p", f"No drawing: {error}", class_="note")
    return tag("details", tag("summary", "The graph"), Html(drawn), open="open")
