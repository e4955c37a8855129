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
from pellucid.core.showing import Shown
from pellucid.core.tensor import convert
from pellucid.engines.trace import Traced
from pellucid.layers.dtype_policy import DTypePolicy


def function_of_ops(name: str) -> Any:
    """The function of `pellucid.ops` with this name, None if there is none.

    >>> function_of_ops("expand_dims")(np.zeros(3), axis=0).shape
    (1, 3)
    """
    from pellucid import ops

    return getattr(ops, name) if name in ops.__all__ else None


class Doors(Shown):
    """What a model can show of itself; each method is a door, most of them to floor 7."""

    def summary(self, line_length: int | None = None, positions: Any = None, print_fn: Any = None,
                expand_nested: bool = False, show_trainable: bool = False,
                layer_range: Any = None, detail: bool | None = None) -> None:
        """Print a table of the layers, and the totals: parameters, multiply-adds, memory.

        With ``detail`` each layer's own multiply-adds, forward and backward, and the memory that it
        keeps for the way back stand in the table too, for one row of data; by default where the
        line has room for them.
        """
        from pellucid.models.summary import print_summary

        print_summary(self, line_length, print_fn, expand_nested, show_trainable, layer_range,
                      detail)

    def explain(self, x: Any, y: Any = None, *, weight: str | None = None,
                level: str | None = None, digits: int = 9, check: dict[str, Any] | None = None,
                sample_weight: Any = None) -> Any:
        """The step of training that ``(x, y)`` would bring, derived line by line.

        See `pellucid.insight.explain.explain`, which this calls.
        """
        from pellucid.insight.explain import explain

        return explain(self, x, y, weight=weight, level=level, digits=digits, check=check,
                       sample_weight=sample_weight)

    def graph(self, x: Any = None, y: Any = None, *, sample_weight: Any = None,
              values: bool = True, level: str = "layer", depth: int = 0, fold: int | bool = 3,
              digits: int = 4) -> Any:
        """The computational graph as a picture: shapes; with ``x`` values, with ``y`` gradients.

        See `pellucid.insight.graph.model_graph`, which this calls.
        """
        from pellucid.insight.graph import model_graph

        return model_graph(self, x, y, sample_weight=sample_weight, values=values, level=level,
                           depth=depth, fold=fold, digits=digits)


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
