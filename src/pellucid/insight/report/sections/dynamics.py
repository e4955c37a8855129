"""What happened inside the network while it learned: three pictures, a sentence each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.gradient_flow import gradient_flow, trained_layers
from pellucid.insight.plots.idle_units import idle_units
from pellucid.insight.plots.update_ratios import update_ratios
from pellucid.insight.recording.record import LayerRecord, Record
from pellucid.insight.report.figures import Drawing, small_figure
from pellucid.insight.report.markup import Html, number, percent, tag
from pellucid.insight.report.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAR = 100                               # a gradient that shrinks or grows so much on its way
IDLE = 0.05                             # a share of units that is worth a picture


def dynamics(run: Run) -> Html | None:
    """Gradients, steps and idle units over the epochs, of a run that was recorded."""
    record = run.dynamics
    if record is None or len(record) < 2:
        return None
    pictures = [("How much gradient reaches each layer", gradient_flow, of_gradients),
                ("How far a step moves the weights", update_ratios, of_steps)]
    idle = of_units(record)
    if idle:
        pictures.append(("Units that no longer listen", idle_units, of_units))
    parts = [part for each in pictures if (part := _picture(record, *each)) is not None]
    if not parts:
        return None
    return tag("section", tag("h2", "Inside the training"),
               tag("p", f"{number(len(record))} looks at the network while it learned, each on the "
                   "same few training rows: the first before training, the last at its end. "
                   + ("" if idle else f"At the last no layer had more than {percent(IDLE)} of its "
                      "units dead, or of its outputs saturated.")),
               tag("div", *parts, class_="panels"))


def _picture(record: Record, title: str, draw: Callable[..., Figure],
             told: Callable[[Record], str]) -> Html | None:
    """A picture below its title, with its sentence; None where there is nothing to draw."""
    drawing = Drawing(draw.__name__, f"{title}, over the epochs of the training",
                      lambda width: draw(record, width=width))
    try:
        return tag("div", tag("h3", title), small_figure(drawing, caption=told(record)))
    except DataError:
        return None


def of_gradients(record: Record) -> str:
    """What to see in the picture of the gradients."""
    first, *_, last = _twice(trained_layers(record, "of_gradients"))
    if first is last:
        return "The network has one trained layer."
    a, b = (_last(each.gradient_norm) for each in (first, last))
    if not (np.isfinite([a, b]).all() and b):
        return "At the end a gradient was 0, or no number."
    ratio = f"At the end {first.name} gets {number(a / b, 2)} times the gradient of {last.name}"
    if a * FAR < b:
        return f"{ratio}: it vanishes on its way back."
    return f"{ratio}: it grows on its way back." if a > b * FAR else f"{ratio}."


def of_steps(record: Record) -> str:
    """What to see in the picture of the steps."""
    known = [value for each in trained_layers(record, "of_steps")
             if np.isfinite(value := _last(each.update))]
    if not known:
        return "The size of a step is not known."
    return (f"At the end a step changes the weights of a layer by {percent(min(known))} to "
            f"{percent(max(known))} of their size; about a thousandth is a rule of thumb.")


def of_units(record: Record) -> str:
    """What to see in the picture of idle units; nothing where few are idle at the end."""
    layers = [record.layer(name) for name in record.layers]
    told = [f"{percent(share)} of {each.name} {what}" for what, shares in (
        ("give 0 on every row", [_last(each.dead) for each in layers]),
        ("are saturated", [_last(each.saturated) for each in layers]))
        for each, share in zip(layers, shares, strict=True)
        if share > IDLE and each.activation not in (None, "linear")]
    return f"At the end {', '.join(told)}." if told else ""


def _twice(layers: list[LayerRecord]) -> list[LayerRecord]:
    """The layers, a lone one as first and last."""
    return layers if len(layers) > 1 else layers * 2


def _last(values: np.ndarray) -> float:
    return float(values[-1])
