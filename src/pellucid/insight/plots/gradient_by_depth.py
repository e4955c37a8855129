"""How much gradient reaches each layer: a curve a network, from the input to the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import (
    canvas,
    legend_above,
    logarithmic,
    picture,
    round_ticks,
    stroke,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@picture
def gradient_by_depth(norms: Mapping[str, Sequence[float]], *, width: float = 900) -> Figure:
    """The length of the gradient of each layer's weights, on a logarithmic scale.

    ``norms[network]`` starts with the layer next to the input; networks may differ in depth. A
    straight slope is a constant factor per layer: upwards to the right the gradient vanishes on
    its way back, downwards it explodes. A norm of 0, or one that is not finite, is a gap. Raises
    DataError when there is nothing to draw.

    >>> figure = gradient_by_depth({"sigmoid": [1e-4, 1e-2, 1.0], "relu": [0.9, 1.1, 1.0]})
    >>> figure.axes[0].get_ylabel()
    'norm of the gradient'
    """
    if not any(len(each) for each in norms.values()):
        raise DataError("gradient_by_depth needs at least one network with one layer")
    figure = canvas(width, 300)
    axes = figure.subplots()
    deepest = max(len(each) for each in norms.values())
    for k, (name, values) in enumerate(norms.items()):
        known = np.asarray(values, dtype=float)
        known = np.where(np.isfinite(known) & (known > 0), known, np.nan)
        axes.plot(np.arange(1, len(known) + 1), known, marker="o", markersize=5,
                  label=name, **stroke(k))
    logarithmic(axes)
    axes.set(xlabel="layer, from the input", ylabel="norm of the gradient",
             xlim=(0.8, deepest + 0.2))
    round_ticks(axes.xaxis, 10, whole=True)
    legend_above(figure, axes.get_lines(), norms)
    return figure
