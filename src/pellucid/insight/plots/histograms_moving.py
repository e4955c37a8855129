"""Histograms that move: what layers give, or their weights, moment by moment of a recorded run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line
from pellucid.insight.plots.activation_histograms import layer_choice, output_spread
from pellucid.insight.plots.distributions import Spread, few_ticks, span
from pellucid.insight.plots.film import Film
from pellucid.insight.plots.over_epochs import NOT_FINITE, checked
from pellucid.insight.plots.style import (
    BLUE,
    LETTER,
    MUTED,
    SMALL,
    canvas,
    legend_above,
    picture,
    shorts,
)
from pellucid.insight.plots.weight_histograms import weight_choice, weight_spread
from pellucid.insight.recording.record import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = 48
PANEL = 150                             # pixels of a panel's height


class HistogramsMoving(Film):
    """The histograms of layers' outputs on the probe, or of ``weights``, from epoch to epoch.

    A panel for each, as `activation_histograms` and `weight_histograms` choose them unless names
    are given; the grey outline is the first moment. Heights are shares of all numbers, on a scale
    of square roots, so that few show beside many; what lies beyond a panel counts at its edge.
    ``figure`` shows one moment; `show` moves to another, `save` writes all as .gif, .html or .mp4.
    Raises KindError for what is no `Record`, ArgumentError for unknown names, or for layers and
    weights at once.

    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "tanh", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x, recorder = np.linspace(-1, 1, 8)[:, None], Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> animation = HistogramsMoving(recorder.record, weights="hidden/kernel")
    >>> animation.show(2).axes[0].get_title(loc="right")
    'epoch 2'
    """

    def __init__(self, record: Record, layers: str | Sequence[str] | None = None, *,
                 weights: str | Sequence[str] | None = None, width: float = 560) -> None:
        record = checked(record, "HistogramsMoving")
        if layers is not None and weights is not None:
            raise ArgumentError("HistogramsMoving shows layers or weights, one of them",
                                got="both", where=user_line())
        self.epochs, self.steps = record.epochs, len(record) - 1
        if weights is None:
            names = layer_choice(record, layers, "HistogramsMoving")
            self.spreads = [output_spread(record.layer(each)) for each in names]
        else:
            names = weight_choice(record, weights, "HistogramsMoving")
            self.spreads = [weight_spread(record.weight(each)) for each in names]
        self._drawn: list[tuple[Any, Any, np.ndarray]] = []
        self.figure = picture(self._start)(width=width)
        self.moving = [self._title, *(each for drawn in self._drawn for each in drawn[:2])]

    def _start(self, *, width: float) -> Figure:
        across = min(len(self.spreads), 3 if width >= 1000 else 2 if width >= 500 else 1)
        down = -(-len(self.spreads) // across)
        figure = canvas(width, 10 + (PANEL + 40) * down)
        panels = list(figure.subplots(down, across, squeeze=False).ravel())
        letters = int((width / across - 150) / (1.15 * LETTER))
        outlines = [self._panel(axes, spread)
                    for axes, spread in zip(panels, self.spreads, strict=False)]
        titles = shorts([each.name for each in self.spreads], max(letters, 8))
        for axes, title in zip(panels, titles, strict=False):
            axes.set_title(title)
        for axes in panels[len(self.spreads):]:
            axes.remove()
        self._title = panels[0].set_title(self._words(self.epochs[-1]), loc="right", color=MUTED,
                                          fontweight="normal")
        legend_above(figure, outlines[:1], [f"at epoch {self.epochs[0]:.6g}"])
        return figure

    def _panel(self, axes: Any, spread: Spread) -> Any:
        edges = np.linspace(*span(spread), BINS + 1)
        shares = spread.density(edges)
        outline = axes.stairs(shares[0], edges, color=MUTED, linewidth=1.2, zorder=3)
        bars = axes.stairs(shares[0], edges, fill=True, color=BLUE, alpha=0.75, zorder=2)
        said = axes.text(0.5, 0.5, "", color=MUTED, ha="center", transform=axes.transAxes)
        self._drawn.append((bars, said, shares))
        axes.set_yscale("function", functions=(np.sqrt, np.square))
        axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.05 * max(float(shares.max()), 0.01)))
        few_ticks(axes)
        axes.tick_params(labelsize=SMALL)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.6g}\u00a0%")
        return outline

    @staticmethod
    def _words(epoch: float) -> str:
        return f"epoch {epoch:.6g}"

    def show(self, step: int) -> Figure:
        """The figure at a step: the histograms at that moment of the record."""
        step = min(max(step, 0), self.steps)
        for spread, (bars, said, shares) in zip(self.spreads, self._drawn, strict=True):
            bars.set_data(shares[step])
            said.set_text(NOT_FINITE if spread.broken[step] else "")
        self._title.set_text(self._words(self.epochs[step]))
        return self.figure
