"""What belongs to a layer: its variables, the layers within it, the penalties of the last call."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ArgumentError, NotBuiltError, ShapeError, user_line
from pellucid.core.serialization import Configurable
from pellucid.core.variable import Variable
from pellucid.layers.dtype_policy import DTypePolicy
from pellucid.layers.tracking import members, unique


class Keywords(Configurable):
    """The keywords that type checkers see on every layer."""

    if TYPE_CHECKING:
        _: KW_ONLY
        activity_regularizer: Any = None
        trainable: Any = True
        dtype: Any = None
        autocast: bool = True
        name: Any = None


class Owner(Keywords):
    """Something that owns variables and, in its attributes, other owners."""

    built = False
    freezings = 0           # how often any `trainable` was set: traced steps may be older

    def __init__(self, name: str, dtype_policy: DTypePolicy, trainable: bool) -> None:
        self.name, self.dtype_policy, self._trainable = name, dtype_policy, trainable
        self._variables: list[Variable] = []
        self._losses: list[Any] = []

    if not TYPE_CHECKING:                                # where a type checker should stay strict

        def __getattr__(self, name: str) -> Any:
            if name in ("_variables", "_trainable", "dtype_policy"):
                raise ArgumentError(f"{type(self).__name__}.__init__ has not called "
                                    "super().__init__()", hint="make it the first line")
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def label(self) -> str:
        """How messages call the layer: ``Dense "hidden"``."""
        return f'{type(self).__name__} "{self.name}"'

    @property
    def path(self) -> str: return self.name

    @property
    def compute_dtype(self) -> str: return self.dtype_policy.compute_dtype

    @property
    def variable_dtype(self) -> str: return self.dtype_policy.variable_dtype

    @property
    def dtype(self) -> str:
        return self.variable_dtype

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        Owner.freezings += 1
        for layer in self._sublayers():
            layer.trainable = value

    def _sublayers(self) -> list[Any]:
        return unique([each for each in members(self) if isinstance(each, Owner)])

    def _flatten_layers(self) -> list[Any]:
        """The layer itself and all layers within it, depth first."""
        return unique([self, *(deep for each in self._sublayers()
                               for deep in each._flatten_layers())])

    def _own_weights(self) -> list[Variable]:
        """Its own variables, trainable ones first, as Keras orders them."""
        own = unique([*self._variables, *(v for v in members(self) if isinstance(v, Variable))])
        return [v for v in own if v.trainable] + [v for v in own if not v.trainable]

    @property
    def weights(self) -> list[Variable]:
        return unique([v for layer in self._flatten_layers() for v in layer._own_weights()])

    @property
    def trainable_weights(self) -> list[Variable]:
        return unique([v for layer in self._flatten_layers() if layer._trainable
                       for v in layer._own_weights() if v.trainable]) if self._trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.weights if id(v) not in trainable]

    @property
    def trainable_variables(self) -> list[Variable]: return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.variables if id(v) not in trainable]

    @property
    def variables(self) -> list[Variable]:
        """Weights and all other state: of seed generators and of metrics."""
        others = [v for layer in self._flatten_layers() for each in members(layer)
                  if not isinstance(each, (Owner, Variable))
                  for v in (getattr(each, "variables", None) or [getattr(each, "state", None)])
                  if isinstance(v, Variable)]
        return unique([*self.weights, *others])

    @property
    def losses(self) -> list[Any]:
        """Penalties of the last call, then those on weights."""
        layers = self._flatten_layers()
        added = [loss for layer in layers for loss in layer._losses]
        return added + [v.regularizer(v) for v in self.trainable_weights
                        if v.regularizer is not None]

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()

    def count_params(self) -> int:
        """The number of weights, counted one by one."""
        if not self.built:
            raise NotBuiltError(f"{self.label} has no weights yet",
                                hint="call it on data, or build(input_shape) first")
        return sum(v.size for v in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Give all weights new values, in the order of `weights`."""
        own = self.weights
        if len(own) != len(weights):
            raise ShapeError(f"{self.label} has {len(own)} weights", got=f"{len(weights)} values",
                             where=user_line())
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def _own_metrics(self) -> list[Any]:
        """The metrics that stand in its attributes (a model's own)."""
        return [each for each in members(self) if hasattr(each, "update_state")]
