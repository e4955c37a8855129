"""What belongs to a layer: its variables, the layers within it, the penalties of the last call."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any, ClassVar

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
    elsewhere: ClassVar[dict[str, str]] = {}             # what serves in place of what is not here

    def __init__(self, name: str, dtype_policy: DTypePolicy, trainable: bool) -> None:
        self.name, self.dtype_policy, self._trainable = name, dtype_policy, trainable
        self._variables: list[Variable] = []
        self._losses: list[Any] = []

    if not TYPE_CHECKING:                                # where a type checker should stay strict

        def __getattr__(self, name: str) -> Any:
            if name in ("_variables", "_trainable", "dtype_policy"):
                raise ArgumentError(f"{type(self).__name__}.__init__ has not called "
                                    "super().__init__()", hint="make it the first line")
            instead = f": {self.elsewhere[name]}" if name in self.elsewhere else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}"
                                 f"{instead}", name=name, obj=self)

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
        if self._trainable != bool(value):
            self._trainable = bool(value)
            Owner.freezings += 1
        for layer in self._sublayers():
            layer.trainable = value

    def _sublayers(self) -> list[Any]:
        return unique(self._within(members(self)))

    def _within(self, own: list[Any]) -> list[Any]:
        """The layers that stand in it, given all that stands in its attributes."""
        return [each for each in own if isinstance(each, Owner)]

    def _walk(self) -> list[tuple[Any, list[Any]]]:
        """The layer itself and all layers within it, depth first, each with what stands in its
        attributes: looked through once for whatever is asked of them."""
        found: dict[int, tuple[Any, list[Any]]] = {}
        waiting: list[Any] = [self]
        while waiting:
            layer = waiting.pop()
            if id(layer) not in found:
                found[id(layer)] = layer, (own := members(layer))
                waiting += reversed(layer._within(own))
        return list(found.values())

    def _flatten_layers(self) -> list[Any]:
        """The layer itself and all layers within it, depth first."""
        return [layer for layer, _ in self._walk()]

    def _own_weights(self, own: list[Any] | None = None) -> list[Variable]:
        """Its own variables, trainable ones first, as Keras orders them."""
        own = members(self) if own is None else own
        found = unique([*self._variables, *(v for v in own if isinstance(v, Variable))])
        return [v for v in found if v.trainable] + [v for v in found if not v.trainable]

    @property
    def weights(self) -> list[Variable]:
        return unique([v for layer, own in self._walk() for v in layer._own_weights(own)])

    @property
    def trainable_weights(self) -> list[Variable]:
        return unique([v for layer, own in self._walk() if layer._trainable
                       for v in layer._own_weights(own) if v.trainable]) if self._trainable else []

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
        walk = self._walk()
        weights = [v for layer, own in walk for v in layer._own_weights(own)]
        others = [v for _, own in walk for each in own if not isinstance(each, (Owner, Variable))
                  for v in (getattr(each, "variables", None) or [getattr(each, "state", None)])
                  if isinstance(v, Variable)]
        return unique([*weights, *others])

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

    def _metrics_within(self, apart: type | tuple[()] = ()) -> list[Any]:
        """The metrics that stand in its attributes and in those of the layers within it, but for
        those of layers of the kind ``apart``."""
        return [each for layer, own in self._walk()
                if layer is self or not isinstance(layer, apart) for each in own
                if not isinstance(each, Variable) and hasattr(
                    type(each) if isinstance(each, Owner) else each, "update_state")]
