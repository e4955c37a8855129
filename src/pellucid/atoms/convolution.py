"""Convolution: every window of a tensor times one kernel."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms.linear_algebra import product
from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import reshape, transpose
from pellucid.atoms.windows import (
    channels_as,
    channels_last,
    frame_of,
    framed,
    padding_name,
    per_axis,
    windows,
)
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op


@op(samples=[uniform(-2, 2), uniform(-2, 2)], tex=r"{0:>} \ast {1:>}", level=1.5)
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Each window of the inputs times the kernel: y[p, f] = Σᵢ x[p·stride + i·dilation] · k[i, f].

    (batch, *space, channels) and (*size, channels, filters) → (batch, *places, filters). A kernel
    of fewer channels splits the inputs' into groups, each with its share of the filters.
    Raises ShapeError if the kernel does not fit the inputs, ArgumentError for other options.

    >>> conv([[[1.0], [2.0], [4.0]]], [[[-1.0]], [[1.0]]]).tolist()
    [[[1.0], [2.0]]]
    """
    x = channels_last(inputs, data_format, "conv")
    _check_kernel(x.shape, kernel.shape)
    n, *space, channels = x.shape
    *size, depth, filters = kernel.shape
    strides = per_axis(strides, len(space), "strides", "conv")
    dilation = per_axis(dilation_rate, len(space), "dilation_rate", "conv")
    frame = frame_of(space, size, strides, dilation, padding_name(padding, "conv"), "conv")
    seen = windows(framed(x, frame), size=tuple(size), strides=strides, dilation=dilation)
    places, groups = seen.shape[1:len(size) + 1], channels // depth
    if groups == 1:
        rows = reshape(seen, shape=(n * math.prod(places), math.prod(size) * channels))
        y = product(rows, reshape(kernel, shape=(math.prod(size) * channels, filters)))
    else:
        y = _grouped(seen, kernel, groups, n * math.prod(places))
    return channels_as(reshape(y, shape=(n, *places, filters)), data_format)


def _grouped(seen: Any, kernel: Any, groups: int, rows: int) -> Any:
    """One product for each group of channels, stacked."""
    *size, depth, filters = kernel.shape
    area, each = math.prod(size), filters // groups
    parts = transpose(reshape(seen, shape=(rows, area, groups, depth)), axes=(2, 0, 1, 3))
    kernels = transpose(reshape(kernel, shape=(area * depth, groups, each)), axes=(1, 0, 2))
    y = product(reshape(parts, shape=(groups, rows, area * depth)), kernels)
    return reshape(transpose(y, axes=(1, 0, 2)), shape=(rows, filters))


def _check_kernel(x: Any, kernel: Any) -> None:
    if len(kernel) != len(x):
        raise ShapeError("conv needs a kernel with as many axes as the inputs",
                         got=f"shapes {tuple(x)} and {tuple(kernel)}", where=user_line())
    if x[-1] % kernel[-2] or kernel[-1] % (x[-1] // kernel[-2] or 1):
        raise ShapeError(f"conv needs {kernel[-2]} channels, or groups of so many that share the "
                         f"{kernel[-1]} filters evenly", got=f"{x[-1]} channels",
                         where=user_line())
