"""Masking: steps that hold nothing but a given number are left out by the layers behind."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import any, expand_dims, not_equal, where
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer


class Masking(Layer):
    """Leave out the steps of which every number is ``mask_value``: the output there is 0.

    Shapes: ``(batch, steps, features)`` stays; the mask that travels with it is
    ``(batch, steps)``, true where a step counts.

    >>> import numpy as np
    >>> y = Masking(mask_value=-1.0)(np.array([[[1.0, -1.0], [-1.0, -1.0]]]))
    >>> y.numpy().tolist()
    [[[1.0, -1.0], [0.0, 0.0]]]

    Use: padded sequences of numbers, before recurrent layers.
    Pros: padding has no influence on the result; the mask travels on by itself.
    Cons: one value must never occur as data in all features of a step; layers that know no masks
    ignore it.
    """

    mask_value: float = field(0.0, infinite=True, help="the number that a step left out is made of")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def compute_mask(self, inputs: Tensor, previous_mask: Any = None) -> Tensor:
        """A step counts if any of its numbers is not ``mask_value``."""
        return any(not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Tensor) -> Tensor:
        return where(expand_dims(self.compute_mask(inputs), axis=-1), inputs, 0)
