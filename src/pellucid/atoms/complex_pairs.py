"""Complex numbers as pairs: a tuple (real part, imaginary part) of two tensors of one shape.

No tensor is complex here; the Fourier transforms of Keras take and give such pairs too.
"""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms.choices import where
from pellucid.atoms.elementwise import cast, cos, sin
from pellucid.atoms.fourier import pair
from pellucid.atoms.making import zeros_like
from pellucid.atoms.shaping import stack
from pellucid.atoms.trigonometry import arctan2
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.tensor import with_operators


def real(x: Any) -> Any:
    """The real part of a pair; a real tensor is its own.

    >>> real(([1.0], [2.0])).tolist(), real([3.0]).tolist()
    ([1.0], [3.0])
    """
    return pair(x, "real")[0] if isinstance(x, tuple) else with_operators(x)


def imag(x: Any) -> Any:
    """The imaginary part of a pair; that of a real tensor is 0.

    >>> imag(([1.0], [2.0])).tolist(), imag([3.0]).tolist()
    ([2.0], [0.0])
    """
    return pair(x, "imag")[1] if isinstance(x, tuple) else zeros_like(x)


def conj(x: Any) -> Any:
    """The pair with the other sign of its imaginary part; a real tensor stays.

    >>> [part.tolist() for part in conj(([1.0], [2.0]))]
    [[1.0], [-2.0]]
    """
    if not isinstance(x, tuple):
        return with_operators(x)
    re, im = pair(x, "conj")
    return re, -im


conjugate = conj


def angle(x: Any) -> Any:
    """The angle of a pair to the positive real axis, from -π to π: 0 or π for real numbers.

    >>> round(float(angle((0.0, 1.0))), 4), round(float(angle(-2.0)), 4)
    (1.5708, 3.1416)
    """
    if isinstance(x, tuple):
        re, im = pair(x, "angle")
        return arctan2(im, re)
    x = with_operators(x)
    x = cast(x, dtype=dtypes.result_type(x.dtype, float))
    return where(x != x, x, where(x < 0, cast(math.pi, dtype=x.dtype), 0))


def polar(abs_: Any, angle: Any) -> tuple[Any, Any]:
    """The pair with this distance from 0 and this angle: (r cos φ, r sin φ).

    >>> re, im = polar(2.0, 0.0)
    >>> float(re), float(im)
    (2.0, 0.0)
    """
    return abs_ * cos(angle), abs_ * sin(angle)


def view_as_complex(x: Any) -> tuple[Any, Any]:
    """A real tensor (…, 2) as a pair; raises ShapeError for another last axis.

    >>> [part.tolist() for part in view_as_complex([[1.0, 2.0], [3.0, 4.0]])]
    [[1.0, 3.0], [2.0, 4.0]]
    """
    x = with_operators(x)
    if not x.shape or x.shape[-1] != 2:
        raise ShapeError("view_as_complex needs real and imaginary parts: a last axis of length 2",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    return x[..., 0], x[..., 1]


def view_as_real(x: Any) -> Any:
    """A pair as a real tensor with a last axis for its two parts.

    >>> view_as_real(([1.0, 3.0], [2.0, 4.0])).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return stack([real(x), imag(x)], axis=-1)
