"""The units of a layer, watched while `fit` runs: what they give, and what still moves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.core.errors import ArgumentError, user_line
from pellucid.insight.signals.dead_units import dead_units
from pellucid.insight.signals.signal import Signal, signals


@dataclass(frozen=True)
class UnitRecord:
    """What the units of a layer did, moment by moment; each array is ``(moments, units)``.

    ``output`` is the mean size of a unit's output over the samples, ``gradient`` the length of
    the gradient of the weights into it, ``dead`` whether it gave 0 for every sample.

    >>> none = np.zeros((3, 2))
    >>> UnitRecord(none, none, none == 0).share_dead.tolist()
    [1.0, 1.0, 1.0]
    """

    output: np.ndarray
    gradient: np.ndarray
    dead: np.ndarray

    @property
    def share_dead(self) -> np.ndarray:
        """The share of units that are dead at each moment, ``(moments,)``."""
        return self.dead.mean(axis=1)


class UnitTrace(Callback):
    """Look at a layer's units on the same samples before training and after each epoch.

    ``x`` and ``y`` are the samples; ``layer`` is the name of the layer whose weights feed the
    units (its kernel is its first weight, units last). Where the activation is a layer of its
    own, ``output_of`` names it, so that the outputs are what comes out of it. ``record`` then
    tells. Looking changes nothing in the training. Raises ArgumentError for a name that the model
    does not have, or a layer without trainable weights.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "relu", name="hidden"), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> trace = UnitTrace(x, x ** 2, "hidden")
    >>> history = model.fit(x, x ** 2, epochs=3, verbose=0, callbacks=[trace])
    >>> trace.record.output.shape
    (4, 4)
    """

    def __init__(self, x: Any, y: Any, layer: str, output_of: str | None = None) -> None:
        super().__init__()
        self.x, self.y, self.layer, self.output_of = x, y, layer, output_of or layer
        self._moments: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    @property
    def record(self) -> UnitRecord:
        """What was seen, from before the first epoch to after the last."""
        if not self._moments:
            raise ArgumentError("nothing was seen yet", where=user_line(),
                                hint="model.fit(..., callbacks=[trace]) first")
        return UnitRecord(*map(np.stack, zip(*self._moments, strict=True)))

    def on_train_begin(self, logs: Any = None) -> None:
        self._moments = []
        self._look()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._look()

    def _look(self) -> None:
        seen = signals(self.model, self.x, self.y)
        output, fed = self._of(self.output_of, seen).output, self._of(self.layer, seen)
        if not fed.weight_gradients:
            raise ArgumentError(f"{fed.layer.label} has no trainable weights", where=user_line())
        kernel = np.asarray(fed.weight_gradients[0], np.float64)
        gradient = np.sqrt(np.square(kernel).reshape(-1, kernel.shape[-1]).sum(axis=0))
        size = np.abs(output).reshape(-1, output.shape[-1]).mean(axis=0)
        self._moments.append((size, gradient, dead_units(output)))

    def _of(self, name: str, seen: list[Signal]) -> Signal:
        self.model.get_layer(name)                      # says what the names are, if it is wrong
        return next(each for each in seen if each.name == name)
