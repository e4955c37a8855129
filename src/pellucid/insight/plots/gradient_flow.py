"""How much gradient reaches each layer, from the beginning of a recorded run to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError, user_line
from pellucid.insight.plots.by_layer import Rates, draw_layers
from pellucid.insight.plots.over_epochs import checked
from pellucid.insight.plots.style import picture
from pellucid.insight.recording.record import LayerRecord, Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@picture
def gradient_flow(record: Record, *, width: float = 900) -> Figure:
    """The length of the gradient of each layer's weights over the epochs, on a logarithmic scale.

    Up to six layers are curves; of more, each is a row of shades, the first layer on top. Where
    the first layers get far less than the last ones the gradient vanishes on its way back. A
    gradient of 0 is a gap; crosses stand above moments at which some gradient was not finite.
    Raises KindError for what is no `Record`, DataError where no layer has a gradient.

    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "relu", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x, recorder = np.linspace(-1, 1, 8)[:, None], Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> [line.get_label() for line in gradient_flow(recorder.record).axes[0].get_lines()]
    ['hidden', 'out']
    """
    record = checked(record, "gradient_flow")
    layers = trained_layers(record, "gradient_flow")
    return draw_layers(record.epochs, {"": {each.name: each.gradient_norm for each in layers}},
                       broken_gradients(layers), Rates("norm of the gradient"), width)


def trained_layers(record: Record, picture: str) -> list[LayerRecord]:
    """The layers of which gradients are known, each once, in order of calls."""
    found: dict[tuple[str, ...], LayerRecord] = {}
    for name in record.layers:
        layer = record.layer(name)
        if np.isfinite([each.gradient_finite for each in layer.weights]).any():
            found.setdefault(tuple(each.name for each in layer.weights), layer)
    if not found:
        raise DataError(f"{picture} needs a layer with gradients", where=user_line(),
                        got="; ".join(record.notes) or "none", hint="was a layer trained?")
    return list(found.values())


def broken_gradients(layers: list[LayerRecord]) -> np.ndarray:
    """At which moments some number of some gradient was not finite."""
    return np.any([each.gradient_finite < 1 for layer in layers for each in layer.weights], axis=0)
