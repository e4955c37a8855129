"""Layers that make one tensor of several: Add, Concatenate and their kin."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from pellucid.atoms import (
    concatenate,
    expand_dims,
    logical_or,
    matmul,
    maximum,
    minimum,
    moveaxis,
    normalize,
    ones_like,
    reshape,
    sum,
    where,
)
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.calling import mask_of


class Merge(Layer):
    """What merging layers share: a list of inputs of broadcastable shapes."""

    supports_masking = True
    least, most, wanted = 1, inf, "at least 1 input"

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, (list, dict)) or not self._enough(len(input_shape)):
            raise ArgumentError(f"{self.label} needs a list of {self.wanted}",
                                got=f"{input_shape}", where=user_line())

    def _check_spec(self, inputs: Any) -> None:
        several = isinstance(inputs, list | tuple)
        if self.built and not (several and self._enough(len(inputs))):
            got = f"{len(inputs)}" if several else "a single tensor"
            raise ArgumentError(f"{self.label} needs a list of {self.wanted}", got=got,
                                where=user_line())

    def _enough(self, count: int) -> bool:
        return self.least <= count <= self.most

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


def _counting(x: Tensor) -> Tensor | None:
    """Which of a tensor's numbers its mask lets through, in a shape that fits beside it."""
    mask = mask_of(x)
    return None if mask is None else reshape(mask, (*mask.shape, *[1] * (x.ndim - mask.ndim)))


def _outermost(choose: Callable[[Tensor, Tensor], Tensor], inputs: Sequence[Tensor]) -> Tensor:
    """The largest or smallest of the inputs; where only one counts, that one."""
    y, known = inputs[0], _counting(inputs[0])
    for x in inputs[1:]:
        counts = _counting(x)
        x = x if counts is None else where(counts, x, y)
        y = choose(y if known is None else where(known, y, x), x)
        known = None if known is None or counts is None else logical_or(known, counts)
    return y


class Add(Merge):
    r"""The sum of the inputs: :math:`y = \sum_i x_i`.

    >>> import numpy as np
    >>> Add()([np.ones((1, 2)), np.ones((1, 2))]).numpy().tolist()
    [[2.0, 2.0]]

    Use: residual connections.
    Pros: no weights; gradients pass unchanged to both inputs.
    Cons: all inputs need one shape.
    Source: K. He et al., "Deep residual learning" (2016).
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(operator.add, inputs)


class Subtract(Merge):
    """The first input minus the second: :math:`y = x_1 - x_2`.

    >>> import numpy as np
    >>> float(Subtract()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    -1.0

    Use: differences of two branches, as in comparing two samples.
    Pros: no weights.
    Cons: exactly two inputs, of one shape.
    """

    least = most = 2
    wanted = "exactly two inputs"

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return inputs[0] - inputs[1]


class Multiply(Merge):
    r"""The product of the inputs, number by number: :math:`y = x_1 \odot x_2 \odot …`.

    What a mask leaves out of an input is no factor; what is left out of all of them is 0.

    >>> import numpy as np
    >>> float(Multiply()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    2.0

    Use: gates: one branch decides how much of the other passes.
    Pros: no weights; relations that a sum cannot show.
    Cons: where one input is 0 the other gets no gradient; products of many inputs grow or vanish.
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        masks = [_counting(x) for x in inputs]
        y = functools.reduce(operator.mul, [x if mask is None else where(mask, x, 1)
                                            for x, mask in zip(inputs, masks, strict=True)])
        if any(mask is None for mask in masks):
            return y
        return where(functools.reduce(logical_or, masks), y, 0)


class Average(Merge):
    r"""The mean of the n inputs: :math:`y = \frac{1}{n} \sum_i x_i`.

    >>> import numpy as np
    >>> float(Average()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    1.5

    Use: the mean of several branches, or of several models.
    Pros: no weights; keeps the size of its inputs.
    Cons: all inputs count alike.
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return functools.reduce(operator.add, inputs) / len(inputs)


class Maximum(Merge):
    r"""The largest of the inputs, number by number: :math:`y = \max_i x_i`.

    What a mask leaves out of an input does not compete.

    >>> import numpy as np
    >>> float(Maximum()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    2.0

    Use: maxout: several linear branches as one piecewise linear one.
    Pros: no weights; any convex function of a number can be made so.
    Cons: only the largest input learns.
    Source: I. Goodfellow et al., "Maxout networks" (2013).
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return _outermost(maximum, inputs)


class Minimum(Merge):
    r"""The smallest of the inputs, number by number: :math:`y = \min_i x_i`.

    What a mask leaves out of an input does not compete.

    >>> import numpy as np
    >>> float(Minimum()([np.array([[1.0]]), np.array([[2.0]])])[0, 0])
    1.0

    Use: where all branches must agree: the weakest decides.
    Pros: no weights.
    Cons: only the smallest input learns.
    """

    def merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return _outermost(minimum, inputs)


class Concatenate(Merge):
    """The inputs one after the other along an axis: :math:`y = (x_1, x_2, …)`.

    >>> import numpy as np
    >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))]).numpy().tolist()
    [[1.0, 1.0, 0.0]]

    Use: features of several branches side by side: skip connections, several kinds of input.
    Pros: loses nothing; the next layer decides how to mix.
    Cons: the next layer gets wider.
    """

    axis: int = field(-1, help="the axis along which the inputs follow each other")

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
        rank = max(mask.ndim for mask in previous_mask if mask is not None)
        axis = self.axis % inputs[0].ndim
        full = [ones_like(x[(..., *[0] * (x.ndim - rank))], dtype="bool") if mask is None
                else mask for x, mask in zip(inputs, previous_mask, strict=True)]
        return concatenate(full, axis=axis) if axis < rank else functools.reduce(logical_or, full)


class Dot(Merge):
    r"""The inner product of two inputs, :math:`y = x_1 \cdot x_2`, over one axis of each.

    Shapes: ``(batch, n)`` and ``(batch, n)`` → ``(batch, 1)``. With more axes, every vector of the
    first meets every vector of the second: ``(batch, a, n)`` and ``(batch, n, b)`` over the axes
    ``(2, 1)`` → ``(batch, a, b)``. With ``normalize``, the cosines of the angles.

    >>> import numpy as np
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).numpy()
    array([[11.]], dtype=float32)

    Use: how well two embeddings suit each other, as in recommendation.
    Pros: no weights; cheap for many pairs.
    Cons: only products of like places: both must live in one space.
    """

    axes: Any = field(help="the axis summed over, or a pair: of the first and of the second input")
    normalize: bool = field(False, help="whether vectors are brought to length 1 before")
    least = most = 2
    wanted = "exactly two inputs"

    def settle(self) -> None:
        pair = self.axes if isinstance(self.axes, (list, tuple)) else (self.axes, self.axes)
        if len(pair) != 2 or any(type(each) is not int for each in pair):
            raise KindError(f"{self.label} needs axes that are a whole number or a pair of them",
                            got=self.axes, where=user_line(), hint="axes=1 sums over axis 1")
        self._pair = tuple(pair)

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self._check(*input_shape)

    def _check(self, first: Any, second: Any) -> tuple[int, ...]:
        """The two axes counted from the front; raises ShapeError where they do not meet."""
        both = f"shapes {tuple(first)} and {tuple(second)}"
        for axis, shape in zip(self._pair, (first, second), strict=True):
            if not -len(shape) < axis < len(shape) or axis == 0:
                raise ShapeError(f"{self.label} cannot sum over axis {axis} (0 is the batch)",
                                 got=both, where=user_line())
        axes = tuple(a % len(s) for a, s in zip(self._pair, (first, second), strict=True))
        lengths = {first[axes[0]], second[axes[1]]} - {None}
        if len(lengths) > 1 or len({first[0], second[0]} - {None}) > 1:
            raise ShapeError(f"{self.label} needs equal batches, and axis {axes[0]} of the first "
                             f"as long as axis {axes[1]} of the second", got=both,
                             where=user_line())
        return axes

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        axes = self._check(*(each.shape for each in inputs))
        x, y = (normalize(each, axis) if self.normalize else each
                for each, axis in zip(inputs, axes, strict=True))
        if x.ndim == y.ndim == 2:
            return sum(x * y, axis=1, keepdims=True)
        x, y = moveaxis(x, axes[0], -1), moveaxis(y, axes[1], 1)
        batch, n, rest = x.shape[0], x.shape[-1], (*x.shape[1:-1], *y.shape[2:])
        pairs = matmul(reshape(x, (batch, -1, n)), reshape(y, (batch, n, -1)))
        return reshape(pairs, (batch, *rest))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """None: which entries counted is lost in the sums."""
