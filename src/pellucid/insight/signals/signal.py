"""One pass forwards and one back through a model, with the numbers kept at every layer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
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

    def target(y_pred: Any) -> Any:
        return y_pred if y is None else model.compute_loss(x, y, y_pred, sample_weight)

    with _left_as_it_was(model):
        heard, _, found = there_and_back(model, x, target, upstream, training=training)
    gradients = {id(weight): gradient_of(weight, each) for weight, each in zip(
        model.trainable_variables, found["weights"], strict=True)}
    return [Signal(layer, np.asarray(output), gradient_of(output, gradient),
                   tuple(gradients[id(each)] for each in layer.trainable_weights
                         if id(each) in gradients))
            for (layer, output), gradient in zip(heard, found["outputs"], strict=True)]


def there_and_back(model: Any, x: Any, target: Callable[[Any], Any], upstream: Any = None, *,
                   training: bool = True) -> tuple[list[tuple[Layer, Any]], Any, dict[str, Any]]:
    """Forwards through the model to ``target(y_pred)``, and its gradient back; all on tensors.

    Gives what each call of a layer gave (of several outputs the first), the target, and its
    gradients: "outputs" in the order of those calls, "weights" in that of the model's trainable
    variables, None where the target does not depend on them. In a trace it is traced. What the
    layers change (averages, generators) is changed.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(1, use_bias=False, kernel_initializer="ones")])
    >>> heard, _, found = there_and_back(model, convert(np.array([[3.0]])), lambda y: y * y)
    >>> float(heard[0][1]), float(found["outputs"][0]), float(found["weights"][0])
    (3.0, 6.0, 18.0)
    """
    with listening(model) as heard, GradientTape() as tape:
        tape.watch([each for each in nest.flatten(x) if _has_gradient(each)])
        found = target(model(x, training=training))
    calls = firsts(heard)
    sources = {"outputs": [output for _, output in calls], "weights": model.trainable_variables}
    return calls, found, tape.gradient(found, sources, upstream)


def firsts(heard: list[tuple[Layer, Any]]) -> list[tuple[Layer, Tensor]]:
    """What was heard, with the first tensor of each output; a call without one is left out.

    >>> from pellucid.layers import Dense
    >>> pairs = firsts([(Dense(1), [convert(1.0), convert(2.0)]), (Dense(1), None)])
    >>> [float(output) for _, output in pairs]
    [1.0]
    """
    return [(layer, first) for layer, output in heard
            for first in nest.flatten(output)[:1] if isinstance(first, Tensor)]


def gradient_of(value: Any, gradient: Any) -> np.ndarray:
    """A gradient as an array; zeros of the shape of ``value`` where nothing depends on it.

    >>> gradient_of(np.ones((1, 2), np.float32), None)
    array([[0., 0.]], dtype=float32)
    """
    return np.zeros(value.shape, value.dtype) if gradient is None else np.asarray(gradient)


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
