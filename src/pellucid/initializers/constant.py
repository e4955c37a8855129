"""Initializers that draw nothing: `Zeros`, `Ones`, `Constant`, `Identity`."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import broadcast_to, eye, ones, zeros
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import VALUES
from pellucid.core.tensor import convert
from pellucid.initializers.base import Initializer


class Zeros(Initializer):
    """Every number starts at 0: :math:`w = 0`.

    >>> Zeros()((3,)).tolist()
    [0.0, 0.0, 0.0]

    Use: biases, and β of normalizations. Never kernels.
    Pros: no preference for anything; repeatable.
    Cons: in kernels all units of a layer get the same gradient and stay alike for ever.
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return zeros(shape, dtype)


class Ones(Initializer):
    """Every number starts at 1: :math:`w = 1`.

    >>> Ones()((3,)).tolist()
    [1.0, 1.0, 1.0]

    Use: factors that should change nothing at first, such as γ of normalizations.
    Pros: a product that starts as the identity.
    Cons: in kernels all units of a layer stay alike for ever, and sums grow with the width.
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return ones(shape, dtype)


class Constant(Initializer):
    """Every number starts at ``value``: :math:`w = c`; it may be an array that broadcasts.

    >>> Constant(0.5)((2,)).tolist()
    [0.5, 0.5]

    Use: biases whose first value is known: -log((1 - p) / p) before a sigmoid whose yes has the
    share p.
    Pros: knowledge goes in at the start; repeatable.
    Cons: in kernels all units of a layer stay alike for ever.
    """

    value: Any = field(0.0, kind=VALUES, help="the first value")

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return broadcast_to(convert(self.value, dtypes.standardize(dtype)), shape=tuple(shape))


class Identity(Initializer):
    """``gain`` c times the identity matrix: :math:`W = c I`; a layer that passes its input on.

    Raises ShapeError for anything but a matrix.

    >>> Identity()((2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]

    Use: recurrent kernels of ReLU units, and layers that should begin by passing on what comes.
    Pros: signals and gradients keep their size over many steps.
    Cons: matrices only; units that start without any mixture.
    Source: Q. Le, N. Jaitly and G. Hinton, "A simple way to initialize recurrent networks of
    rectified linear units" (2015).
    """

    gain: float = field(1.0, help="factor in front of the identity")

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        if len(shape) != 2:
            raise ShapeError("Identity fills matrices only", got=f"shape {tuple(shape)}",
                             where=user_line())
        return self.gain * eye(*shape, dtype=dtype)
