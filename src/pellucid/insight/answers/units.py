"""What every unit of a network makes of a plane: its output, and where it changes sides."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import DataError, KindError, ShapeError, user_line
from pellucid.insight.answers.feature_plane import FeaturePlane
from pellucid.insight.signals.listening import layers_within, listening
from pellucid.models.model import Model


@dataclass(frozen=True)
class LayerAnswers:
    """The units of one layer over a plane: ``outputs`` and what their activation was given.

    Both have shape ``(units, y, x)``. A unit is on one side where its ``sums`` z = w·x + b is above
    0, and on the other where it is below; of a softmax, where its z is the greatest. ``competing``
    says whether it is a softmax.

    >>> LayerAnswers("h", np.zeros((1, 1, 1)), np.array([[[3.0]]]), False).sides.tolist()
    [[[3.0]]]
    """

    name: str
    outputs: np.ndarray
    sums: np.ndarray
    competing: bool

    @property
    def sides(self) -> np.ndarray:
        """Numbers that are above 0 on the one side of each unit, below 0 on the other."""
        if not self.competing:
            return self.sums
        return np.array([each - np.delete(self.sums, k, axis=0).max(axis=0)
                         for k, each in enumerate(self.sums)])


def unit_answers(model: Any, plane: FeaturePlane) -> list[LayerAnswers]:
    """Run a plane's rows through a network and keep what each unit of each layer gives.

    Layers whose output is a row of units, ``(batch, units)``, are told of; `Input`, `Dropout` and
    the like, which hand on what they get, are not. Raises KindError for what is no pellucid model,
    ShapeError for a model of other inputs, DataError for outputs that are not finite.

    >>> from pellucid.insight.answers import feature_plane
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(3, "relu", name="h"), Dense(1, name="out")])
    >>> plane = feature_plane([[0.0, 0.0], [1.0, 1.0]], count=5)
    >>> [(each.name, each.outputs.shape) for each in unit_answers(model, plane)]
    [('h', (3, 5, 5)), ('out', (1, 5, 5))]
    """
    if not isinstance(model, Model):
        raise KindError("units are looked at in a model of pellucid's", where=user_line(),
                        got=type(model).__name__)
    rows = np.asarray(plane.rows)
    if model.built and model._graph is not None and model.input_shape[1:] != rows.shape[1:]:
        raise ShapeError(f"the model needs rows of shape {model.input_shape[1:]}",
                         got=f"{rows.shape[1:]}", where=user_line())
    if not model.built:
        model(rows[:1])
    with listening(model) as heard, noting_sums(model) as sums:
        model(rows, training=False)
    found = []
    for layer, output in heard:
        values = np.asarray(output, float)
        if values.ndim != 2 or not (layer.weights or id(layer) in sums):
            continue
        given = np.asarray(sums.get(id(layer), values), float)
        if not (np.isfinite(values).all() and np.isfinite(given).all()):
            raise DataError("the answers of all units must be finite numbers", where=user_line(),
                            got=f"others in layer {layer.name!r}",
                            hint="look whether its weights are NaN: model.get_weights()")
        name = getattr(getattr(layer, "activation", None), "__name__", "")
        found.append(LayerAnswers(layer.name, plane.folded(values), plane.folded(given),
                                  name == "softmax" and values.shape[1] > 1))
    return found


@contextlib.contextmanager
def noting_sums(model: Any) -> Iterator[dict[int, Any]]:
    """Inside the ``with``, note what each layer hands its activation: id of the layer → sums.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(1, "relu", kernel_initializer="ones")])
    >>> with noting_sums(model) as sums:
    ...     y = model(np.array([[-2.0]]))
    >>> sums[id(model.layers[0])].numpy().tolist(), y.numpy().tolist()
    ([[-2.0]], [[0.0]])
    """
    sums: dict[int, Any] = {}
    layers: list[Any] = [each for each in layers_within(model)
                         if callable(getattr(each, "activation", None))]
    before = [layer.activation for layer in layers]
    for layer in layers:
        layer.activation = _noted(layer, sums)
    try:
        yield sums
    finally:
        for layer, activation in zip(layers, before, strict=True):
            layer.activation = activation


def _noted(layer: Any, sums: dict[int, Any]) -> Callable[..., Any]:
    activation: Callable[..., Any] = layer.activation

    @functools.wraps(activation)
    def noted(z: Any, *args: Any, **kwargs: Any) -> Any:
        sums[id(layer)] = z
        return activation(z, *args, **kwargs)
    return noted
