"""One-line doors from a model to what looks into it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from pellucid.core import dtypes, nest
from pellucid.core import gradient_check as nudging
from pellucid.core.errors import ArgumentError
from pellucid.core.gradient_check import GradientReport
from pellucid.core.tensor import convert
from pellucid.engines.trace import Traced
from pellucid.layers.dtype_policy import DTypePolicy


def gradient_check(model: Any, x: Any, y: Any = None, sample_weight: Any = None, *,
                   compiled: bool = False, tolerance: float = 1e-6, entries: int = 20,
                   seed: int = 0) -> GradientReport:
    """Compare the gradients that train a model with what nudging each weight shows.

    The loss is that of a training step on ``(x, y)``, with random masks held fixed, computed in
    float64 whatever the model's dtype; the model is left as it was. With ``compiled`` loss and
    gradients are those of the Plan that `fit` would run, else they are computed step by step. The
    report is true if every weight agrees to ``tolerance``; its text names the worst number of each.
    A nudge across a kink (a ReLU at 0) shows a difference that is no mistake.

    Raises ArgumentError for a model without a loss or without weights.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((3,)), Dense(2, activation="tanh")])
    >>> model.compile(loss="mse")
    >>> bool(gradient_check(model, np.ones((4, 3)), np.zeros((4, 2))))
    True
    """
    if not model.compiled:
        raise ArgumentError("compile the model before gradient_check: it differentiates the loss",
                            hint='model.compile(loss="mse")')
    if not model.built:
        model(_tensors(x))
    with _in_float64(model):
        state = [(each, each.numpy()) for each in model.non_trainable_variables]
        inputs, targets, weights = map(_tensors, (x, y, sample_weight))

        def loss() -> Any:
            for variable, value in state:                # the same masks and averages each time
                variable.assign(value)
            y_pred = model(inputs, training=True)
            return model.compute_loss(inputs, targets, y_pred, weights)

        try:
            return nudging.gradient_check(
                loss, model.trainable_variables, tolerance=tolerance, entries=entries, seed=seed,
                run=partial(Traced, engine="native") if compiled else nudging.as_it_is)
        finally:
            for variable, value in state:
                variable.assign(value)
            model._clear_losses()


def _tensors(values: Any) -> Any:
    """Arrays, or a nest of them, as tensors; floats in float64."""
    if values is None:
        return None
    if nest.is_nested(values) and not _is_numbers(values):
        return nest.map_structure(_tensors, values)
    array = np.asarray(values)
    return convert(array.astype(np.float64) if dtypes.is_float(array.dtype.name) else array)


def _is_numbers(values: Any) -> bool:
    """Whether a list is one array written out."""
    return isinstance(values, list) and all(
        isinstance(each, (int, float)) for each in nest.flatten(values))


@contextlib.contextmanager
def _in_float64(model: Any) -> Iterator[None]:
    """Every layer, weight and input of a model in float64 for a while."""
    layers = model._flatten_layers()
    policies = [layer.dtype_policy for layer in layers]
    floats = [each for each in model.variables if dtypes.is_float(each.dtype)]
    arrays = [each.array for each in floats]
    symbols = [symbol for layer in layers if getattr(layer, "_graph", None) is not None
               for symbol in layer.inputs if dtypes.is_float(symbol.dtype)]
    given = [symbol.dtype for symbol in symbols]
    try:
        for layer in layers:
            layer.dtype_policy = DTypePolicy("float64")
        for symbol in symbols:
            symbol.dtype = "float64"
        for variable in floats:
            variable.set_array(variable.array.astype(np.float64))
        yield
    finally:
        for layer, policy in zip(layers, policies, strict=True):
            layer.dtype_policy = policy
        for symbol, dtype in zip(symbols, given, strict=True):
            symbol.dtype = dtype
        for variable, array in zip(floats, arrays, strict=True):
            variable.set_array(array)
