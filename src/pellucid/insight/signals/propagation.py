"""How a signal fares on its way through a deep stack of equal layers, before any training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid import initializers
from pellucid.core.errors import ArgumentError, user_line
from pellucid.insight.signals.signal import signals
from pellucid.layers import Dense, Input
from pellucid.models.model import Sequential


@dataclass(frozen=True)
class Propagation:
    """The spread of outputs and of their gradients at each layer, from the first to the last.

    Spreads are standard deviations over all samples and units. ``outputs`` starts from an input
    of spread 1, ``gradients`` from a gradient of spread 1 behind the last layer.

    >>> Propagation(np.array([1.0, 0.5]), np.array([0.2, 1.0])).depth
    2
    """

    outputs: np.ndarray
    gradients: np.ndarray

    @property
    def depth(self) -> int: return len(self.outputs)


def propagation(initializer: Any, activation: Any, *, depth: int = 50, width: int = 100,
                samples: int = 100, seed: int = 0) -> Propagation:
    """Send noise through ``depth`` new dense layers, and other noise back; how wide is it where?

    Each layer has ``width`` units with the ``activation``, weights from the ``initializer`` (a
    name, a class's instance, …) and biases of 0. It runs in float64, where a spread of 1e-60 is
    still a number. ``seed`` chooses weights and noise. Raises ArgumentError unless depth, width
    and samples are whole numbers from 1.

    With He's start a ReLU passes signals on at their size; with Glorot's, meant for tanh, each
    layer loses a factor of about √2:

    >>> he, glorot = (propagation(start, "relu", depth=20).outputs[-1]
    ...               for start in ("he_normal", "glorot_normal"))
    >>> bool(he > 0.1), bool(glorot < 0.01)
    (True, True)

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
    networks" (2010); K. He et al., "Delving deep into rectifiers" (2015).
    """
    for name, value in {"depth": depth, "width": width, "samples": samples}.items():
        if not isinstance(value, int) or value < 1:
            raise ArgumentError(f"propagation's {name} must be a whole number from 1", got=value,
                                where=user_line())
    layers = [Dense(width, activation, kernel_initializer=_seeded(initializer, seed * depth + k),
                    dtype="float64") for k in range(depth)]
    model = Sequential([Input((width,), dtype="float64"), *layers])
    random = np.random.default_rng(seed)
    x, upstream = random.normal(size=(2, samples, width))
    found = signals(model, x, upstream=upstream)
    return Propagation(np.array([each.spread for each in found]),
                       np.array([each.gradient_spread for each in found]))


def _seeded(initializer: Any, seed: int) -> Any:
    """An initializer that draws from this seed; one that draws nothing stays as it is."""
    made = initializers.get(initializer)
    config = made.get_config()
    return type(made).from_config({**config, "seed": seed}) if "seed" in config else made
