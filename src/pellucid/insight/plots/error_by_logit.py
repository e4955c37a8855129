"""How far a computed loss is from the exact one, by how sure of a wrong answer the network is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.insight.plots.style import canvas, legend_above, logarithmic, picture, short, stroke

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST = 1e-9                            # errors below are drawn here: no error has no logarithm


@picture
def error_by_logit(logits: np.ndarray, errors: Mapping[str, Mapping[str, np.ndarray]], *,
                   width: float = 900) -> Figure:
    """A panel a loss, in it a curve for each way of computing it, on a logarithmic scale.

    ``logits``: shape ``(n,)``; ``errors[loss][way]``: |computed - exact|, shape ``(n,)``; errors
    below 10⁻⁹ are drawn at the lower edge. An infinite one is a gap. Raises ``ShapeError`` when
    the lengths differ.

    >>> figure = error_by_logit(np.arange(3.0), {"BCE": {"from logits": np.array([0, 1e-7, 1e-6])}})
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['BCE']
    """
    logits = np.asarray(logits, dtype=float)
    for curves in errors.values():
        for way, values in curves.items():
            if np.shape(values) != logits.shape:
                raise ShapeError(f"the errors of {way!r} must have the shape of the logits, "
                                 f"{logits.shape}", got=np.shape(values))
    wide = width >= 600
    figure = canvas(width, 310 if wide else 20 + 250 * len(errors))
    shape = (1, len(errors)) if wide else (len(errors), 1)
    panels = figure.subplots(*shape, sharey=True, squeeze=False).ravel()
    for axes, (loss, curves) in zip(panels, errors.items(), strict=True):
        for k, (way, values) in enumerate(curves.items()):
            drawn = np.where(np.isfinite(values), np.maximum(values, LEAST), np.nan)
            axes.plot(logits, drawn, label=way, **stroke(k))
        logarithmic(axes)
        axes.set_title(short(loss, 36))
        axes.set_xlabel("logit of the wrong answer")
        axes.margins(x=0)
    panels[0].set_ylabel("error of the loss")
    legend_above(figure, *panels[0].get_legend_handles_labels())
    return figure
