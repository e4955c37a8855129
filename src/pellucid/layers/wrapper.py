"""Layers around another layer."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.layers.base import Layer
from pellucid.layers.building import build_with, naming, tensors_like


class Wrapper(Layer):
    """What layers around another layer share: they build it and keep it in their config.

    Own wrappers override ``call``, and ``build`` where the inner layer sees another shape.

    >>> import numpy as np
    >>> from pellucid.layers import Dense
    >>> class Twice(Wrapper):
    ...     def call(self, inputs):
    ...         return self.layer(self.layer(inputs))
    >>> Twice(Dense(1, kernel_initializer="ones"))(np.array([[3.0]])).numpy().tolist()
    [[3.0]]
    """

    layer: Any = field(help="the layer inside")

    def settle(self) -> None:
        check_layer(self.layer, "layer", type(self).__name__)

    def build(self, input_shape: Any) -> None:
        build_inside(self.layer, input_shape)


def check_layer(value: Any, argument: str, owner: str) -> None:
    """Raise ArgumentError if what should be a layer is none."""
    if not isinstance(value, Layer):
        called = isinstance(value, type) and issubclass(value, Layer)
        raise ArgumentError(f"{owner}'s {argument} must be a layer", where=user_line(),
                            got=f"the class {value.__name__}" if called else f"{value!r:.60}",
                            hint=f"make one of it: {value.__name__}(...)" if called else None)


def build_inside(layer: Any, input_shape: Any) -> None:
    """Make the weights of an inner layer, named after it."""
    if not layer.built:
        layer._check_spec(tensors_like(input_shape))
        with naming(layer):
            build_with(layer, {"input_shape": input_shape})
