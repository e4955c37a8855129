"""The network of a multilayer estimator, made from scikit-learn's parameters."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from pellucid import losses, optimizers
from pellucid.atoms import mean, sum
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.initializers import RandomUniform
from pellucid.layers import Activation, BatchNormalization, Dense, Dropout, Input
from pellucid.models import Sequential
from pellucid.random.seed import restore_stream, set_random_seed, stream_state
from pellucid.regularizers import L2

ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}       # the others have our names


DRAWING = threading.RLock()           # the default streams are the process's: one block at a time


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """All draws in this block follow from the seed; the default streams go on as if untouched."""
    with DRAWING:
        ours, theirs, python = stream_state(), np.random.get_state(), random.getstate()
        set_random_seed(seed)
        try:
            yield
        finally:
            restore_stream(ours)
            np.random.set_state(theirs)
            random.setstate(python)


def build(estimator: Any, features: int, outputs: int, dtype: str) -> Sequential:
    """Dense layers with activations, batch normalisations and dropouts; the last is linear."""
    sizes = hidden_sizes(estimator)
    activations = per_layer(estimator, "activation", len(sizes))
    rates = per_layer(estimator, "dropout", len(sizes))
    model = Sequential([Input((features,), dtype=dtype)])
    width = features
    for size, activation, rate in zip(sizes, activations, rates, strict=True):
        name = ACTIVATIONS.get(activation, activation)
        model.add(_dense(width, size, name, dtype))
        if estimator.batch_norm:
            model.add(BatchNormalization(dtype=dtype))
        model.add(Activation(name, dtype=dtype))
        if rate:
            model.add(Dropout(rate, dtype=dtype))
        width = size
    model.add(_dense(width, outputs, "linear", dtype))
    return model


def _dense(inputs: int, units: int, activation: Any, dtype: str) -> Dense:
    """Weights and biases uniform in ±√(6 / (inputs + units)); ±√(2 / …) for sigmoid."""
    bound = float(np.sqrt((2 if activation == "sigmoid" else 6) / (inputs + units)))
    return Dense(units, kernel_initializer=RandomUniform(-bound, bound),
                 bias_initializer=RandomUniform(-bound, bound), dtype=dtype)


def dense_layers(model: Sequential) -> list[Any]:
    """The layers with weights, in order."""
    return [layer for layer in model.layers if isinstance(layer, Dense)]


def penalise(model: Sequential, alpha: float, rows: float) -> None:
    r"""The penalty :math:`\frac{\alpha}{2 n} \|W\|^2` on every kernel, with n rows a batch."""
    for layer in dense_layers(model):
        layer.kernel.regularizer = L2(alpha / (2 * rows)) if alpha else None


def whole_loss(model: Sequential, loss: Callable[[Any, Any], Any], alpha: float
               ) -> Callable[..., Any]:
    r"""The loss of all rows and the penalty on kernels, a share for each unit of weight.

    .. math:: \frac{\sum_i s_i L(y_i, z_i) + \frac{\alpha}{2} \|W\|^2}{\sum_i s_i}

    A function of kernel and bias of each dense layer in turn, and of rows, targets, weights.
    """
    count = len(dense_layers(model))
    between: list[Any] = [each for each in model.layers if isinstance(each, Activation)]

    def formula(*arrays: Any) -> Any:
        *parameters, h, y, weight = arrays
        total = 0.0
        for i in range(count):
            w, b = parameters[2 * i:2 * i + 2]
            h = h @ w + b
            h = between[i].activation(h) if i < len(between) else h
            total = total + sum(w * w)
        return sum(weight * loss(y, h)) / sum(weight) + (alpha / 2) * total / sum(weight)
    return formula


def hidden_sizes(estimator: Any) -> list[int]:
    """hidden_layer_sizes as a list; ArgumentError for anything but whole numbers above 0."""
    sizes = estimator.hidden_layer_sizes
    listed = list(sizes) if isinstance(sizes, (tuple, list, np.ndarray)) else [sizes]
    if any(not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1 for n in listed):
        raise ArgumentError("hidden_layer_sizes must be whole numbers above 0", got=repr(sizes))
    return [int(n) for n in listed]


def per_layer(estimator: Any, name: str, layers: int) -> Sequence[Any]:
    """An argument that is one for all hidden layers, or a list of one for each."""
    value = getattr(estimator, name)
    values = list(value) if isinstance(value, (tuple, list)) else [value] * layers
    if len(values) != layers:
        raise ArgumentError(f"{name} must be one for all hidden layers or one for each of {layers}",
                            got=f"{len(values)}")
    return values


def optimizer_for(estimator: Any) -> Any:
    """Adam or stochastic gradient descent with the estimator's numbers, or a copy of ours."""
    if not isinstance(estimator.solver, str):
        return optimizers.deserialize(optimizers.serialize(optimizers.get(estimator.solver)))
    if estimator.solver == "adam":
        return optimizers.Adam(estimator.learning_rate_init, beta_1=estimator.beta_1,
                               beta_2=estimator.beta_2, epsilon=estimator.epsilon)
    return optimizers.SGD(estimator.learning_rate_init, momentum=estimator.momentum,
                          nesterov=estimator.nesterovs_momentum and estimator.momentum > 0)


def loss_of_rows(loss: Any, y: Any, p: Any) -> Any:
    """A loss of ours as one number for each row, so that rows can be weighted."""
    loss = losses.get(loss)
    values = (loss.call if isinstance(loss, losses.Loss) else loss)(y, p)
    if values.ndim == 0:
        raise ShapeError("a loss must give a number for each row", got="one number for all of them",
                         hint="leave the mean over the rows out: the estimator takes it, weighted")
    return mean(values, axis=tuple(range(1, values.ndim))) if values.ndim > 1 else values
