"""Zeros put around space, and cells cut off from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import pad
from pellucid.atoms.windows import per_axis
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.spatial import DATA_FORMAT, Spatial

CROPPING = "cells cut off: one number, one for each axis of space, or for each (before, after)"


def pairs(value: Any, rank: int, name: str, owner: str) -> tuple[tuple[int, ...], ...]:
    """(before, after) for each axis of space, from one number, one for each axis, or from pairs.

    >>> pairs((1, (0, 2)), 2, "padding", "ZeroPadding2D")
    ((1, 1), (0, 2))
    """
    axes = (value,) * rank if rank == 1 or isinstance(value, (int, np.integer)) else value
    try:
        found = tuple(per_axis(each, 2, name, owner, at_least=0) for each in axes)
    except (ValueError, TypeError):                      # told below, in the words of this argument
        found = ()
    if len(found) != rank:
        forms = "a pair (before, after)" if rank == 1 else (
            f"{rank} of them, or {rank} pairs (before, after)")
        raise ArgumentError(f"{owner}'s {name} must be a whole number at least 0, or {forms}",
                            got=repr(value), where=user_line())
    return found


class ZeroPadding(Spatial):
    """Zeros around each sample, for one, two or three axes of space.

    Use: a margin that "same" padding does not give, such as one on one side only.
    Pros: every margin can be chosen.
    Cons: zeros may look like data at the edges.
    """

    padding: Any = field(1, help="zeros around: one number, one for each axis of space, or for "
                         "each (before, after)")
    data_format: Any = DATA_FORMAT

    def settle(self) -> None:
        super().settle()
        self.margins = pairs(self.padding, self.rank, "padding", type(self).__name__)
        self.padding = self.margins[0] if self.rank == 1 else self.margins
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return pad(inputs, pad_width=self.arranged((0, 0), self.margins, (0, 0)))

    def along(self, n: int, i: int) -> int:
        return n + sum(self.margins[i])


class ZeroPadding1D(ZeroPadding):
    """Zeros before and after the steps: ``(batch, steps, channels)``.

    ``padding`` is one number for both ends, or ``(before, after)``.

    >>> import numpy as np
    >>> ZeroPadding1D((1, 2))(np.array([[[5.0]]])).numpy().tolist()
    [[[0.0], [5.0], [0.0], [0.0]]]
    """

    rank = 1


class ZeroPadding2D(ZeroPadding):
    """A frame of zeros around an image: ``(batch, height, width, channels)``.

    ``padding`` is one number, ``(height, width)``, or ``((top, bottom), (left, right))``.

    >>> import numpy as np
    >>> ZeroPadding2D(((1, 0), (2, 2)))(np.ones((2, 5, 5, 3))).shape
    (2, 6, 9, 3)
    """

    rank = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around a volume: ``(batch, depth, height, width, channels)``.

    ``padding`` is one number, one for each axis, or a pair for each.

    >>> import numpy as np
    >>> ZeroPadding3D((0, 1, 2))(np.ones((1, 3, 3, 3, 1))).shape
    (1, 3, 5, 7, 1)
    """

    rank = 3


class Cropping(Spatial):
    """The middle of each sample, for one, two or three axes of space.

    Use: cutting off margins, as where an up-sampled map has become too large.
    Pros: every margin can be chosen.
    Cons: what is cut off is lost.
    """

    cropping = 1                        # without a type: a field of the classes below
    in_need = " for one to remain"
    way_out = "crop less"

    def settle(self) -> None:
        super().settle()
        self.margins = pairs(self.cropping, self.rank, "cropping", type(self).__name__)
        self.cropping: Any = self.margins[0] if self.rank == 1 else self.margins
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        kept = [slice(before, inputs.shape[axis] - after)
                for axis, (before, after) in zip(self.space_axes, self.margins, strict=True)]
        return inputs[self.arranged(slice(None), kept, slice(None))]

    def along(self, n: int, i: int) -> int:
        return n - sum(self.margins[i])

    def least(self) -> tuple[int, ...]:
        return tuple(sum(each) + 1 for each in self.margins)


class Cropping1D(Cropping):
    """Steps without their beginning and end: ``(batch, steps, channels)``.

    ``cropping`` is one number for both ends, or ``(before, after)``.

    >>> import numpy as np
    >>> Cropping1D((1, 2))(np.arange(5.0).reshape(1, 5, 1)).numpy().tolist()
    [[[1.0], [2.0]]]
    """

    rank = 1
    cropping: Any = field((1, 1), help=CROPPING)


class Cropping2D(Cropping):
    """The middle of an image: ``(batch, height, width, channels)``.

    ``cropping`` is one number, ``(height, width)``, or ``((top, bottom), (left, right))``.

    >>> import numpy as np
    >>> Cropping2D(((1, 0), (2, 2)))(np.ones((2, 6, 9, 3))).shape
    (2, 5, 5, 3)
    """

    rank = 2
    cropping: Any = field(((0, 0), (0, 0)), help=CROPPING)
    data_format: Any = DATA_FORMAT


class Cropping3D(Cropping):
    """The middle of a volume: ``(batch, depth, height, width, channels)``.

    ``cropping`` is one number, one for each axis, or a pair for each.

    >>> import numpy as np
    >>> Cropping3D((0, 1, 2))(np.ones((1, 3, 5, 7, 1))).shape
    (1, 3, 3, 3, 1)
    """

    rank = 3
    cropping: Any = field(((1, 1), (1, 1), (1, 1)), help=CROPPING)
    data_format: Any = DATA_FORMAT
