"""The weights of layers, from the beginning of a recorded run to its end, as histograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError, user_line
from pellucid.insight.plots.activation_histograms import even_edges
from pellucid.insight.plots.distributions import Spread, chosen, draw_spreads
from pellucid.insight.plots.over_epochs import checked
from pellucid.insight.plots.style import picture
from pellucid.insight.recording.measures import size_edges
from pellucid.insight.recording.record import Record, WeightRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@picture
def weight_histograms(record: Record, weights: str | Sequence[str] | None = None, *,
                      gradients: bool = False, width: float = 900) -> Figure:
    """How the numbers of weights are spread over the epochs: a panel a weight, a column a moment.

    The deeper the blue, the more numbers have that value (opacity is the square root of the share,
    so that few show beside many). Lines are the median and the 5 % and 95 % marks. With
    ``gradients`` it is the sizes of the numbers of their gradients, on a logarithmic scale,
    without those that are 0. Without ``weights``, names of some, up to six trained ones are drawn,
    kernels rather than biases. What lies beyond a panel counts at its edge; crosses stand above
    moments at which some number was not finite. Raises KindError for what is no `Record`,
    ArgumentError for an unknown weight, DataError where there is nothing to draw.

    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "tanh", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x, recorder = np.linspace(-1, 1, 8)[:, None], Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> [axes.get_title(loc="left") for axes in weight_histograms(recorder.record).axes]
    ['hidden/kernel', 'out/kernel']
    """
    record = checked(record, "weight_histograms")
    names = weight_choice(record, weights, "weight_histograms")
    spread = gradient_spread if gradients else weight_spread
    found = [spread(record.weight(each)) for each in names]
    if gradients and not any(each.counts.any() for each in found):
        raise DataError("weight_histograms needs a gradient that is not 0", where=user_line(),
                        got="; ".join(record.notes) or "none")
    return draw_spreads(record.epochs, found, width, powers=gradients)


def weight_choice(record: Record, weights: str | Sequence[str] | None, picture: str) -> list[str]:
    """The weights asked for, or those that are trained, tables rather than rows, six at most."""
    if not record.weight_names:
        raise DataError(f"{picture} needs a record of weights", where=user_line(), got="none")
    trained = [each for each in record.about_weights if each["trainable"]]
    usual = [each["name"] for each in trained if len(each["shape"]) > 1] or [
        each["name"] for each in trained] or list(record.weight_names)
    return chosen(weights, record.weight_names, usual, "weight")


def weight_spread(weight: WeightRecord) -> Spread:
    """The numbers of a weight at every moment."""
    return Spread(weight.name, even_edges(weight), weight.counts, weight.finite < 1)


def gradient_spread(weight: WeightRecord) -> Spread:
    """The sizes of the numbers of a weight's gradient at every moment, as powers of ten.

    Each moment reaches from the least bin that is not empty to the largest.
    """
    edges = np.log10(size_edges())
    own = np.repeat(edges[None], len(weight.sizes), axis=0)
    for row, counts in zip(own, weight.sizes, strict=True):
        if counts.any():
            filled = np.flatnonzero(counts)
            np.clip(row, edges[filled[0]], edges[filled[-1] + 1], out=row)
    return Spread(weight.name, own, weight.sizes, weight.gradient_finite < 1)
