"""Layers that make one tensor of several: Add, Concatenate and their kin."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

from pellucid.atoms import concatenate, expand_dims, logical_or, maximum, minimum, ones_like
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer


class Merge(Layer):
    """What merging layers share: a list of at least two inputs of broadcastable shapes."""

    supports_masking = True
    least = 2

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, (list, dict)) or len(input_shape) < self.least:
            raise ArgumentError(f"{self.label} needs a list of at least {self.least} inputs",
                                got=f"{input_shape}")

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        rank = max(len(x.shape) for x in inputs)
        levelled = []
        for x in inputs:                                 # missing axes come after the batch
            while len(x.shape) < rank:
                x = expand_dims(x, axis=1)
            levelled.append(x)
        return self.merge(levelled)

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        """The one tensor, from inputs of one rank."""
        raise ArgumentError(f"{self.label} does not say how to merge")

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """An entry counts if it counts in any input."""
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        return functools.reduce(logical_or, previous_mask)


class Add(Merge):
    """The sum of the inputs.

    >>> import numpy as np
    >>> Add()([np.ones((1, 2)), np.ones((1, 2))]).numpy().tolist()
    [[2.0, 2.0]]
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(operator.add, inputs)


class Subtract(Merge):
    """The first input minus the second.

    >>> import numpy as np
    >>> float(Subtract()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    -1.0
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        if len(inputs) != 2:
            raise ArgumentError(f"{self.label} needs exactly two inputs", got=f"{len(inputs)}")
        return inputs[0] - inputs[1]


class Multiply(Merge):
    """The product of the inputs, number by number.

    >>> import numpy as np
    >>> float(Multiply()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    2.0
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(operator.mul, inputs)


class Average(Merge):
    """The mean of the inputs.

    >>> import numpy as np
    >>> float(Average()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    1.5
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(operator.add, inputs) / len(inputs)


class Maximum(Merge):
    """The largest of the inputs, number by number.

    >>> import numpy as np
    >>> float(Maximum()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    2.0
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(maximum, inputs)


class Minimum(Merge):
    """The smallest of the inputs, number by number.

    >>> import numpy as np
    >>> float(Minimum()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    1.0
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(minimum, inputs)


class Concatenate(Merge):
    """The inputs one after the other along an axis.

    >>> import numpy as np
    >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))]).numpy().tolist()
    [[1.0, 1.0, 0.0]]
    """

    axis: int = field(-1, help="the axis along which the inputs follow each other")
    least = 1

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        ranks = {len(shape) for shape in input_shape}
        axis = self.axis % max(ranks)
        others = {tuple(n for i, n in enumerate(shape) if i != axis) for shape in input_shape}
        if len(ranks) > 1 or len({other[1 if axis == 0 else 0:] for other in others}) > 1:
            raise ShapeError(f"{self.label} needs inputs that agree in all axes but {self.axis}",
                             got=" and ".join(map(str, input_shape)))

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        return concatenate(list(inputs), axis=self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        if previous_mask is None or all(mask is None for mask in previous_mask):
            return None
        full = [ones_like(x[..., 0] if mask is None else mask, dtype="bool") if mask is None
                else mask for x, mask in zip(inputs, previous_mask, strict=True)]
        return concatenate(full, axis=self.axis) if self.axis % inputs[0].ndim < full[0].ndim \
            else functools.reduce(logical_or, full)
