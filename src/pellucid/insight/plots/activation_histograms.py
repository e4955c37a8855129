"""What layers give, from the beginning of a recorded run to its end, as histograms over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError, user_line
from pellucid.insight.plots.distributions import Spread, chosen, draw_spreads
from pellucid.insight.plots.over_epochs import checked
from pellucid.insight.plots.style import picture
from pellucid.insight.recording.record import LayerRecord, Record, WeightRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@picture
def activation_histograms(record: Record, layers: str | Sequence[str] | None = None, *,
                          width: float = 900) -> Figure:
    """How the outputs of layers are spread over the epochs: a panel a layer, a column a moment.

    The deeper the blue, the more outputs on the probe have that value (opacity is the square root
    of the share, so that few show beside many). Lines are the median and the 5 % and 95 % marks.
    Without ``layers``, names of some, up to six that have weights or an activation are drawn.
    What lies beyond a panel counts at its edge; crosses stand above moments at which some output
    was not finite. Raises KindError for what is no `Record`, ArgumentError for an unknown layer,
    DataError for a record without layers.

    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "tanh", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x, recorder = np.linspace(-1, 1, 8)[:, None], Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> figure = activation_histograms(recorder.record)
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['hidden', 'out']
    """
    record = checked(record, "activation_histograms")
    names = layer_choice(record, layers, "activation_histograms")
    return draw_spreads(record.epochs, [output_spread(record.layer(each)) for each in names], width)


def layer_choice(record: Record, layers: str | Sequence[str] | None, picture: str) -> list[str]:
    """The layers asked for, or those that have weights or an activation, six at most."""
    if not record.layers:
        raise DataError(f"{picture} needs a record of layers", where=user_line(),
                        got="; ".join(record.notes) or "none")
    usual = [each["name"] for each in record.about_layers if each["weights"] or each["activation"]]
    return chosen(layers, record.layers, usual or list(record.layers), "layer")


def output_spread(layer: LayerRecord) -> Spread:
    """The outputs of a layer at every moment."""
    return Spread(layer.name, even_edges(layer), layer.counts, layer.finite < 1)


def even_edges(thing: LayerRecord | WeightRecord) -> np.ndarray:
    """The edges of the bins at every moment, equally far apart."""
    share = np.linspace(0, 1, thing.counts.shape[1] + 1)
    return thing.low[:, None] * (1 - share) + thing.high[:, None] * share
