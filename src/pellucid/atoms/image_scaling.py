"""Arrays stretched and moved along some of their axes, by numbers that may be learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.elementwise import cast
from pellucid.atoms.images import one_of, whole_again
from pellucid.atoms.interpolation import stretched
from pellucid.atoms.linear_algebra import tensordot
from pellucid.atoms.shaping import moveaxis
from pellucid.core import dtypes
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import with_operators

OWNER = "scale_and_translate"
# Keras's names, and which way of reading between cells each of them means
CURVES = {**dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), "bilinear"),
          **dict.fromkeys(("cubic", "bicubic", "tricubic"), "bicubic"),
          "lanczos3": "lanczos3", "lanczos5": "lanczos5"}


def scale_and_translate(images: Any, output_shape: Sequence[int | None], scale: Any,
                        translation: Any, spatial_dims: Sequence[int], method: str,
                        antialias: bool = True) -> Any:
    """What stands at x along an axis goes to x · scale + translation; places are middles of cells.

    Cell i of the result reads the place (i + ½ - translation) / scale - ½; beyond the border there
    are zeros. ``scale`` and ``translation`` have a number for each of ``spatial_dims`` and may be
    tensors with gradients; ``output_shape`` is the whole shape of the result, in which all other
    axes stay. ``method`` is "linear" (also called "bilinear", "trilinear", "triangle": straight
    lines between cells), "cubic" (also "bicubic", "tricubic"), "lanczos3" or "lanczos5" (smooth
    curves). ``antialias`` has every cell count where there become fewer. Whole numbers stay whole.
    Raises ShapeError where these do not fit together, KindError for axes that are no whole numbers,
    ArgumentError for another method.

    >>> scale_and_translate([1.0, 2.0, 3.0], (5,), [2.0], [-0.5], (0,), "linear").tolist()
    [1.0, 1.5, 2.0, 2.5, 3.0]
    """
    one_of(method, CURVES, "method", OWNER)
    return _scaled(*map(with_operators, (images, scale, translation)),
                   output_shape=_sizes(output_shape, "output_shape"), method=method,
                   spatial_dims=_sizes(spatial_dims, "spatial_dims"), antialias=bool(antialias))


def _sizes(given: Any, name: str) -> tuple[int | None, ...]:
    """Several whole numbers; None stands for a size that is not known yet."""
    listed = tuple(given) if isinstance(given, (list, tuple, np.ndarray)) else (given,)
    if not all(each is None or (isinstance(each, (int, np.integer))
                                and not isinstance(each, bool)) for each in listed):
        raise KindError(f"{name} of {OWNER} must be a tuple of whole numbers", got=repr(given),
                        where=user_line())
    return tuple(None if each is None else int(each) for each in listed)


@op(judge="keras")
def _scaled(images, scale, translation, output_shape=(), spatial_dims=(), method="linear",
            antialias=True):
    axes = _checked(images.shape, output_shape, spatial_dims, scale.shape, translation.shape)
    fine = dtypes.result_type(scale.dtype, translation.dtype, float)
    scale, translation = cast(scale, dtype=fine), cast(translation, dtype=fine)
    dtype = str(images.dtype)
    x = cast(images, dtype=dtypes.result_type(dtype, float))
    for i, axis in enumerate(axes):
        matrix = stretched(x.shape[axis], output_shape[axis], scale[i], translation[i],
                           CURVES[method], antialias)
        x = moveaxis(tensordot(cast(matrix, dtype=str(x.dtype)), x, axes=((1,), (axis,))),
                     source=0, destination=axis)
    return whole_again(x, dtype)


def _checked(shape: Any, output_shape: Any, spatial_dims: Any, *of_numbers: Any) -> list[int]:
    """The axes that change, counted from 0; raises ShapeError where the arguments do not fit."""
    rank, count = len(shape), len(spatial_dims)
    if len(output_shape) != rank:
        raise ShapeError(f"{OWNER} needs an output_shape of {rank} axes, as its images have",
                         got=str(output_shape), where=user_line())
    if any(each is None or not -rank <= each < rank for each in spatial_dims) or len(
            {each % rank for each in spatial_dims}) != count:
        raise ShapeError(f"{OWNER} needs spatial_dims that are different axes of its images, "
                         f"-{rank} … {rank - 1}", got=str(spatial_dims), where=user_line())
    if any(tuple(each) != (count,) for each in of_numbers):
        raise ShapeError(f"{OWNER} needs a scale and a translation for each of its {count} "
                         "spatial_dims", got=f"shapes {' and '.join(map(str, of_numbers))}",
                         where=user_line())
    axes = [each % rank for each in spatial_dims]
    if any((output_shape[axis] or 0) < 1 for axis in axes) or any(
            n not in (None, shape[axis]) for axis, n in enumerate(output_shape)
            if axis not in axes):
        raise ShapeError(f"{OWNER} keeps the axes beside spatial_dims {tuple(spatial_dims)} of "
                         f"images {tuple(shape)} as they are, and needs sizes of at least 1 for "
                         "these", got=f"output_shape {tuple(output_shape)}", where=user_line())
    return axes
