"""How large a step is beside the weights that it moves, layer by layer, over a recorded run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pellucid.insight.plots.by_layer import Rates, draw_layers
from pellucid.insight.plots.gradient_flow import broken_gradients, trained_layers
from pellucid.insight.plots.over_epochs import checked
from pellucid.insight.plots.style import picture
from pellucid.insight.recording.record import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GUIDE = 1e-3


@picture
def update_ratios(record: Record, *, width: float = 900) -> Figure:
    """‖Δw‖ / ‖w‖ of one step of the optimizer, a curve a layer, on a logarithmic scale.

    The dashed line is a rule of thumb: a step that changes a weight by about a thousandth of its
    size. Far above it training is restless or diverges, far below it hardly moves; a rate that is
    ten times larger lifts the curves of most optimizers to ten times the height. It is no law:
    towards the end of a training the curves are meant to fall. Of more than six layers each is a
    row of shades: orange above a thousandth, blue below. Crosses stand above moments at which some
    gradient was not finite. Raises KindError for what is no `Record`, DataError where no layer has
    a gradient.

    >>> import numpy as np
    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "relu", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x, recorder = np.linspace(-1, 1, 8)[:, None], Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> update_ratios(recorder.record).axes[0].get_ylabel()
    '‖Δw‖ / ‖w‖ of a step'

    Source: A. Karpathy's lecture notes for CS231n, "Ratio of weights:updates" (2015).
    """
    record = checked(record, "update_ratios")
    layers = trained_layers(record, "update_ratios")
    rates = Rates("‖Δw‖ / ‖w‖ of a step", guide=GUIDE, guide_words="a thousandth")
    return draw_layers(record.epochs, {"": {each.name: each.update for each in layers}},
                       broken_gradients(layers), rates, width)
