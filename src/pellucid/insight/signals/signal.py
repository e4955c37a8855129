"""One pass forwards and one back through a model, with the numbers kept at every layer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor, convert
from pellucid.insight.signals.listening import listening
from pellucid.layers.base import Layer


@dataclass(frozen=True)
class Signal:
    """What passed through one call of a layer: its output forwards, the gradients backwards.

    ``output`` and ``output_gradient`` (how the loss moves with each number of the output) have
    shape ``(batch, ..., units)``; ``weight_gradients`` holds one array for each trainable weight
    of the layer, in the order of its ``trainable_weights``.

    >>> from pellucid.layers import Dense
    >>> zero = np.zeros((4, 2))
    >>> Signal(Dense(2, name="hidden"), np.ones((4, 2)), zero, (zero,)).spread
    0.0
    """

    layer: Layer
    output: np.ndarray
    output_gradient: np.ndarray
    weight_gradients: tuple[np.ndarray, ...]

    @property
    def name(self) -> str: return self.layer.name

    @property
    def spread(self) -> float:
        """The standard deviation of all numbers of the output."""
        return spread(self.output)

    @property
    def gradient_spread(self) -> float:
        """The standard deviation of all numbers of the output's gradient."""
        return spread(self.output_gradient)

    @property
    def gradient_norm(self) -> float:
        """The length of the gradient of all of the layer's weights together."""
        with np.errstate(all="ignore"):                 # an exploded gradient has no length
            return float(np.sqrt(sum(np.sum(np.square(each, dtype=np.float64))
                                     for each in self.weight_gradients)))


def spread(values: np.ndarray) -> float:
    """The standard deviation of all numbers of an array; NaN if one is infinite.

    >>> spread(np.array([[1.0, 3.0]]))
    1.0
    """
    with np.errstate(all="ignore"):
        return float(np.std(np.asarray(values, np.float64)))


def signals(model: Any, x: Any, y: Any = None, sample_weight: Any = None, *, upstream: Any = None,
            training: bool = True) -> list[Signal]:
    """Run a batch forwards and the gradient back; gives a `Signal` for each call of a layer.

    With ``y`` the gradient is that of the model's loss, as in a training step on the batch. With
    ``upstream`` in its place, an array (or nest) of the output's shape, it is that of
    Σ upstream · output: what the layers make of a gradient that comes from behind. Of a layer with
    several outputs the first is kept. Weights, moving averages and random masks are left as they
    were; ``training=False`` runs dropout and batch normalization as `predict` does.

    Raises ArgumentError unless exactly one of ``y`` and ``upstream`` is given, and for ``y`` with
    a model that has no loss.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((3,)), Dense(2, activation="tanh"), Dense(1)])
    >>> model.compile(loss="mse")
    >>> [each.output_gradient.shape for each in signals(model, np.ones((5, 3)), np.ones((5, 1)))]
    [(5, 2), (5, 1)]
    """
    if (y is None) == (upstream is None):
        raise ArgumentError("signals needs y, for the gradient of the loss, or upstream, a "
                            "gradient at the output", got="neither" if y is None else "both",
                            where=user_line())
    if y is not None and not model.compiled:
        raise ArgumentError("the gradient of a loss needs a model that has one", where=user_line(),
                            hint='model.compile(loss="mse")')
    x, y, sample_weight = (nest.map_structure(_tensor, each) for each in (x, y, sample_weight))
    if not model.built:
        model(x)
    with _left_as_it_was(model), listening(model) as heard, GradientTape() as tape:
        tape.watch([each for each in nest.flatten(x) if _has_gradient(each)])
        target = model(x, training=training)
        if y is not None:
            target = model.compute_loss(x, y, target, sample_weight)
    outputs = [nest.flatten(output)[0] for _, output in heard]
    weights = model.trainable_variables
    found = tape.gradient(target, {"outputs": outputs, "weights": weights}, upstream, "zero")
    gradients = {id(weight): np.asarray(each)
                 for weight, each in zip(weights, found["weights"], strict=True)}
    return [Signal(layer, np.asarray(output), np.asarray(gradient),
                   tuple(gradients[id(each)] for each in layer.trainable_weights
                         if id(each) in gradients))
            for (layer, _), output, gradient in zip(heard, outputs, found["outputs"], strict=True)]


def _tensor(value: Any) -> Any:
    return value if value is None or isinstance(value, Tensor) else convert(np.asarray(value))


def _has_gradient(value: Any) -> bool:
    return isinstance(value, Tensor) and value.dtype.startswith(("float", "bfloat"))


@contextlib.contextmanager
def _left_as_it_was(model: Any) -> Iterator[None]:
    """Moving averages, kept states and random generators get their values back."""
    kept = nest.flatten([getattr(each, "states", None) or [] for each in model._flatten_layers()])
    before = [(each, each.numpy()) for each in [*model.non_trainable_variables, *kept]]
    try:
        yield
    finally:
        for variable, value in before:
            if not np.array_equal(variable.numpy(), value):
                variable.assign(value)
        model._clear_losses()
