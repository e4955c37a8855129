"""The layer that does nothing."""

from __future__ import annotations

from typing import Any

from pellucid.layers.base import Layer


class Identity(Layer):
    """Pass everything unchanged: :math:`y = x`; a placeholder where a layer may stand.

    >>> import numpy as np
    >>> Identity()(np.array([[1.0, -2.0]])).numpy().tolist()
    [[1.0, -2.0]]

    Use: a placeholder where some models have a layer and others none.
    Pros: changes nothing, costs nothing.
    Cons: none, and no effect.
    """

    built = True
    supports_masking = True

    def call(self, inputs: Any) -> Any:
        return inputs
