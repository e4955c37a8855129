"""Initializers that draw nothing: `Zeros`, `Ones`, `Constant`, `Identity`."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import broadcast_to, eye, ones, zeros
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import convert
from pellucid.initializers.base import Initializer


class Zeros(Initializer):
    """Every number starts at 0 (biases; for kernels it would make all units alike for ever).

    >>> Zeros()((3,)).tolist()
    [0.0, 0.0, 0.0]
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return zeros(shape, dtype)


class Ones(Initializer):
    """Every number starts at 1.

    >>> Ones()((3,)).tolist()
    [1.0, 1.0, 1.0]
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return ones(shape, dtype)


class Constant(Initializer):
    """Every number starts at ``value``, which may also be an array that broadcasts to the shape.

    >>> Constant(0.5)((2,)).tolist()
    [0.5, 0.5]
    """

    value: Any = field(0.0, help="the first value")

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return broadcast_to(convert(self.value, dtypes.standardize(dtype)), shape=tuple(shape))


class Identity(Initializer):
    """``gain`` times the identity matrix: the layer starts by passing its input on.

    Raises ShapeError for anything but a matrix.

    >>> Identity()((2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    gain: float = field(1.0, help="factor in front of the identity")

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        if len(shape) != 2:
            raise ShapeError("Identity fills matrices only", got=f"shape {tuple(shape)}",
                             where=user_line())
        return self.gain * eye(*shape, dtype=dtype)
