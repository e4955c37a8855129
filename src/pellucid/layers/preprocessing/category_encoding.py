"""Category numbers as vectors: one-hot, multi-hot, counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms import expand_dims, max, one_hot, reshape, sum
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor, convert
from pellucid.layers.base import Layer


class CategoryEncoding(Layer):
    """Numbers 0 … n - 1 that stand for categories, as vectors of length n = ``num_tokens``.

    ``output_mode``: "one_hot" gives a vector with a single 1 for each number, ``(batch, 1)`` →
    ``(batch, n)`` and else ``(batch, k)`` → ``(batch, k, n)``; "multi_hot" has a 1 for each number
    in the row, ``(batch, k)`` → ``(batch, n)``; "count" says how often each occurs (times
    ``count_weights``). Numbers outside 0 … n - 1 are left out, as in Keras.

    >>> import numpy as np
    >>> CategoryEncoding(3, output_mode="count")(np.array([[0, 2], [1, 1]])).numpy()
    array([[1., 0., 1.],
           [0., 2., 0.]], dtype=float32)

    Use: few categories that are numbered already.
    Pros: no order is pretended between categories; nothing is learnt.
    Cons: as wide as there are categories: `Embedding` for many.
    """

    num_tokens: int = field(at_least=1, whole=True, help="how many categories there are")
    output_mode: str = field("multi_hot", one_of=("multi_hot", "one_hot", "count", "binary"),
                             help='"binary" is an older name of "multi_hot"')
    sparse: bool = field(False, help="sparse tensors do not exist here")

    def settle(self) -> None:
        self.output_mode = "multi_hot" if self.output_mode == "binary" else self.output_mode
        refuse_sparse(self)
        self.built = True

    def call(self, inputs: Any, count_weights: Any = None) -> Tensor:
        if count_weights is not None and self.output_mode != "count":
            raise ArgumentError('count_weights need output_mode="count"',
                                got=f"output_mode={self.output_mode!r}", where=user_line())
        indices = convert(inputs)
        if indices.dtype == "bool":
            raise KindError(f"{self.label} needs category numbers", got="booleans")
        return encoded(indices, self.num_tokens, self.output_mode, self.compute_dtype,
                       count_weights)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["sparse"]                             # Keras leaves it out
        return config


def encoded(indices: Tensor, depth: int, mode: str, dtype: str, weights: Any = None) -> Tensor:
    """Category numbers as one-hot vectors, or what becomes of these along the last axis."""
    if indices.ndim == 0:
        indices = reshape(indices, (1,))
    if mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = reshape(indices, indices.shape[:-1])
        return one_hot(indices, depth, dtype=dtype)
    vectors = one_hot(indices, depth, dtype=dtype)
    if mode == "multi_hot":
        return max(vectors, axis=-2)
    if weights is not None:
        vectors = vectors * expand_dims(convert(weights, dtype), axis=-1)
    return sum(vectors, axis=-2)


def refuse_sparse(layer: Any) -> None:
    """Say that there are no sparse tensors."""
    if layer.sparse:
        raise ArgumentError(f"{type(layer).__name__} has no sparse output", got="sparse=True",
                            where=user_line(), hint="leave it out: the output is dense")


def encoded_shape(shape: tuple[int | None, ...], depth: int, mode: str) -> tuple[int | None, ...]:
    """The shape that `encoded` gives; "int" leaves all as it is."""
    if mode == "int":
        return shape
    if mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*(shape or (1,)), depth)
    return (*shape[:-1], depth)


def occurrences(indices: np.ndarray, depth: int) -> np.ndarray:
    """How often each number from 0 to depth - 1 occurs in each row; others count nowhere.

    >>> occurrences(np.array([[0, 2, 2], [1, -1, -1]]), 3).tolist()
    [[1, 0, 2], [0, 1, 0]]
    """
    lead = indices.shape[:-1]
    n, width = math.prod(lead), indices.shape[-1] if indices.ndim else 1
    rows = indices.reshape(n, width)
    places = np.arange(n)[:, None] * depth + rows
    counts = np.bincount(places[(rows >= 0) & (rows < depth)], minlength=n * depth)
    return counts.reshape(*lead, depth)
