"""Units that have ceased to listen: dead ones and saturated ones, over a recorded run."""

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
def idle_units(record: Record, *, width: float = 900) -> Figure:
    """The share of dead units, and of saturated outputs, of each layer over the epochs.

    A unit is dead if it gave 0 on every row of the probe: behind a ReLU no gradient reaches its
    weights then. An output is saturated if it lies within a hundredth of an end of its
    activation's range (-1 and 1 of tanh), where the slope is near 0. Only layers that can be one
    or the other have a place; up to six layers are curves, of more each is a row of shades.
    Where an output of a layer was not finite its curve has a gap, and a cross stands above. Raises
    KindError for what is no `Record`, DataError if no layer can be dead or saturated.

    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "tanh", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x, recorder = np.linspace(-1, 1, 8)[:, None], Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> [axes.get_title(loc="left") for axes in idle_units(recorder.record).axes]
    ['saturated outputs']
    """
    record = checked(record, "idle_units")
    layers = [record.layer(name) for name in record.layers]
    dies = {each.name: _known(each, each.dead) for each in layers
            if (each.activation not in (None, "linear") or each.kind == "ReLU")
            and np.nanmax(each.zero) > 0}
    flat = {each.name: _known(each, each.saturated) for each in layers
            if np.isfinite(each.saturated).any()}
    panels = {"dead units": dies, "saturated outputs": flat}
    panels = {title: values for title, values in panels.items() if values}
    if not panels:
        raise DataError("idle_units needs a layer that can be dead or saturated", where=user_line(),
                        got=f"activations {[each.activation for each in layers]}")
    broken = np.any([each.finite < 1 for each in layers], axis=0)
    return draw_layers(record.epochs, panels, broken, Rates("share", share=True), width)


def _known(layer: LayerRecord, share: np.ndarray) -> np.ndarray:
    """The share where all outputs are numbers: what is NaN is neither alive nor dead."""
    return np.where(layer.finite < 1, np.nan, share)
