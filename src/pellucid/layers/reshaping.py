"""Layers that only change the shape: Flatten, Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms import expand_dims, repeat, reshape, transpose
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import AXES, shown
from pellucid.core.settings import image_data_format
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec


def whole_numbers(value: Any, argument: str) -> tuple[int, ...]:
    """Several whole numbers as a tuple; raises KindError for anything else."""
    several = isinstance(value, list | tuple | np.ndarray)
    if not several or (len(value) > 0 and not AXES.fits(list(value))):
        raise KindError(f"{argument} must be a tuple of whole numbers", got=shown(value),
                        where=user_line())
    return tuple(map(int, value))


class Flatten(Layer):
    """All axes but the batch in one: ``(batch, a, b)`` → ``(batch, a·b)``.

    One number per sample gets an axis: ``(batch,)`` → ``(batch, 1)``.

    >>> import numpy as np
    >>> Flatten()(np.ones((2, 3, 4))).shape
    (2, 12)

    Use: between convolutions and dense layers.
    Pros: loses nothing; costs nothing.
    Cons: forgets which places are neighbours; the dense layer behind it gets many weights.
    """

    data_format: Any = field(None, one_of=(None, "channels_last", "channels_first"),
                             help='with "channels_first" the channels are moved last before')

    def settle(self) -> None:
        self.data_format = self.data_format or image_data_format()
        self.input_spec = InputSpec(min_ndim=1)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = transpose(inputs, axes=(0, *range(2, inputs.ndim), 1))
        return reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))


class Reshape(Layer):
    """Another shape for each sample; one -1 stands for what remains.

    >>> import numpy as np
    >>> Reshape((2, -1))(np.ones((5, 6))).shape
    (5, 2, 3)

    Use: another arrangement of the same numbers, such as a vector as an image.
    Pros: loses nothing; costs nothing.
    Cons: the number of numbers must fit.
    """

    target_shape: Any = field(help="the shape without the batch")

    def settle(self) -> None:
        self.target_shape = whole_numbers(self.target_shape, "Reshape's target_shape")
        if self.target_shape.count(-1) > 1 or any(n < -1 for n in self.target_shape):
            raise ArgumentError("Reshape's target_shape may hold one -1 and no other negative",
                                got=self.target_shape, where=user_line())
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        have = math.prod(inputs.shape[1:])
        rest = math.prod(n for n in self.target_shape if n != -1)
        fits = rest > 0 and have % rest == 0 if -1 in self.target_shape else have == rest
        if not fits:
            raise ShapeError(f"{self.label} makes shape {self.target_shape} of each sample",
                             got=f"samples of shape {inputs.shape[1:]} ({have} numbers)")
        shape = [have // rest if n == -1 else n for n in self.target_shape]
        return reshape(inputs, (inputs.shape[0], *shape))


class Permute(Layer):
    """The axes of each sample in another order, counted from 1.

    >>> import numpy as np
    >>> Permute((2, 1))(np.ones((5, 3, 4))).shape
    (5, 4, 3)

    Use: axes in another order, such as channels first.
    Pros: loses nothing.
    Cons: counted from 1, without the batch.
    """

    dims: Any = field(help="the new order of the axes, from 1, the batch left out")

    def settle(self) -> None:
        self.dims = whole_numbers(self.dims, "Permute's dims")
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError("Permute's dims must be the numbers 1 … n in some order",
                                got=self.dims, where=user_line())
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return transpose(inputs, axes=(0, *self.dims))


class RepeatVector(Layer):
    """Each sample n times: ``(batch, features)`` → ``(batch, n, features)``.

    >>> import numpy as np
    >>> RepeatVector(3)(np.ones((2, 4))).shape
    (2, 3, 4)

    Use: one vector as the input of every step of a decoder.
    Pros: no weights.
    Cons: says the same n times: a recurrent layer must tell the steps apart itself.
    """

    n: int = field(at_least=1, whole=True, help="how often")

    def settle(self) -> None:
        self.input_spec = InputSpec(ndim=2)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return repeat(expand_dims(inputs, axis=1), self.n, axis=1)
