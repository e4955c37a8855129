"""Convolution: every window of a tensor times one kernel, or times one for each channel."""

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

IMAGE_AND_KERNEL = [uniform(-2, 2), uniform(-2, 2)]


@op(samples=IMAGE_AND_KERNEL, tex=r"{0:>} \ast {1:>}", level=1.5)
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Each window of the inputs times the kernel: y[p, f] = Σᵢ x[p·stride + i·dilation] · k[i, f].

    (batch, *space, channels) and (*size, channels, filters) → (batch, *places, filters). A kernel
    of fewer channels splits the inputs' into groups, each with its share of the filters.
    Raises ShapeError if the kernel does not fit the inputs, ArgumentError for other options.

    >>> conv([[[1.0], [2.0], [4.0]]], [[[-1.0]], [[1.0]]]).tolist()
    [[[1.0], [2.0]]]
    """
    x = channels_last(inputs, data_format, "conv")
    return channels_as(_conv(x, kernel, strides, padding, dilation_rate, "conv"), data_format)


@op(samples=IMAGE_AND_KERNEL)
def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Each channel has kernels of its own, and no channel sees another.

    y[p, c, m] = Σᵢ x[p·stride + i·dilation, c] · k[i, c, m]:
    (batch, *space, channels) and (*size, channels, multiplier) → (batch, *places, channels ·
    multiplier), the outputs of one channel side by side.
    Raises ShapeError if the kernel does not fit the inputs, ArgumentError for other options.

    >>> depthwise_conv([[[1.0, 5.0], [2.0, 7.0]]], [[[-1.0], [1.0]], [[1.0], [1.0]]]).tolist()
    [[[1.0, 12.0]]]
    """
    x, owner = channels_last(inputs, data_format, "depthwise_conv"), "depthwise_conv"
    flat = _apart(x.shape, kernel, owner)
    return channels_as(_conv(x, flat, strides, padding, dilation_rate, owner), data_format)


@op(samples=[*IMAGE_AND_KERNEL, uniform(-2, 2)])
def separable_conv(inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid",
                   data_format=None, dilation_rate=1):
    """A convolution in two steps: along space within each channel, then across the channels.

    (batch, *space, channels), (*size, channels, multiplier) and (*ones, channels · multiplier,
    filters) → (batch, *places, filters). It has far fewer weights than `conv` of the same size.
    Raises ShapeError if a kernel does not fit, ArgumentError for other options.

    >>> separable_conv([[[1.0], [2.0]]], [[[1.0]], [[1.0]]], [[[2.0, -1.0]]]).tolist()
    [[[6.0, -3.0]]]
    """
    x, owner = channels_last(inputs, data_format, "separable_conv"), "separable_conv"
    flat = _apart(x.shape, depthwise_kernel, owner)
    y = _conv(x, flat, strides, padding, dilation_rate, owner)
    y = _conv(y, pointwise_kernel, 1, "valid", dilation_rate, f"{owner}'s second step")
    return channels_as(y, data_format)


def _apart(x: Any, kernel: Any, owner: str) -> Any:
    """A kernel for each channel as one of as many groups as there are channels."""
    if len(kernel.shape) != len(x) or kernel.shape[-2] != x[-1]:
        raise ShapeError(f"{owner} needs a kernel of {len(x)} axes with {x[-1]} channels on the "
                         "next-to-last", got=f"shape {tuple(kernel.shape)}", where=user_line())
    *size, channels, each = kernel.shape
    return reshape(kernel, shape=(*size, 1, channels * each))


def _conv(x: Any, kernel: Any, strides: Any, padding: Any, dilation_rate: Any, owner: str) -> Any:
    """The convolution of inputs with their channels last."""
    _check_kernel(x.shape, kernel.shape, owner)
    n, *space, channels = x.shape
    *size, depth, filters = kernel.shape
    strides = per_axis(strides, len(space), "strides", owner)
    dilation = per_axis(dilation_rate, len(space), "dilation_rate", owner)
    frame = frame_of(space, size, strides, dilation, padding_name(padding, owner), owner)
    seen = windows(framed(x, frame), size=tuple(size), strides=strides, dilation=dilation)
    places, groups = seen.shape[1:len(size) + 1], channels // depth
    if groups == 1:
        rows = reshape(seen, shape=(n * math.prod(places), math.prod(size) * channels))
        y = product(rows, reshape(kernel, shape=(math.prod(size) * channels, filters)))
    else:
        y = _grouped(seen, kernel, groups, n * math.prod(places))
    return reshape(y, shape=(n, *places, filters))


def _grouped(seen: Any, kernel: Any, groups: int, rows: int) -> Any:
    """One product for each group of channels, stacked."""
    *size, depth, filters = kernel.shape
    area, each = math.prod(size), filters // groups
    parts = transpose(reshape(seen, shape=(rows, area, groups, depth)), axes=(2, 0, 1, 3))
    kernels = transpose(reshape(kernel, shape=(area * depth, groups, each)), axes=(1, 0, 2))
    y = product(reshape(parts, shape=(groups, rows, area * depth)), kernels)
    return reshape(transpose(y, axes=(1, 0, 2)), shape=(rows, filters))


def _check_kernel(x: Any, kernel: Any, owner: str) -> None:
    if len(kernel) != len(x):
        raise ShapeError(f"{owner} needs a kernel with as many axes as the inputs",
                         got=f"shapes {tuple(x)} and {tuple(kernel)}", where=user_line())
    if x[-1] % kernel[-2] or kernel[-1] % (x[-1] // kernel[-2] or 1):
        raise ShapeError(f"{owner} needs {kernel[-2]} channels, or groups of so many that share "
                         f"the {kernel[-1]} filters evenly", got=f"{x[-1]} channels",
                         where=user_line())
