"""Transposed convolution: what the gradient of a convolution does, as a way forwards."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms.linear_algebra import product
from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import reshape, strided, swapaxes
from pellucid.atoms.windows import (
    channels_as,
    channels_last,
    extent,
    framed,
    overlap_add,
    padding_name,
    per_axis,
)
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op


def grown(n: int, size: int, stride: int = 1, dilation: int = 1, padding: str = "valid",
          more: int | None = None) -> tuple[int, int]:
    """How many cells are cut off before, and how many are kept, of n windows laid over each other.

    The windows cover (n - 1) · stride + reach cells. With "valid" all are kept, and ``more`` after
    them (None: so many that each window has a stride of its own). With "same" and None the result
    is n · stride long.

    >>> grown(4, size=3, stride=2), grown(4, size=3, stride=2, padding="same")
    ((0, 9), (0, 8))
    """
    reach = extent(size, dilation)
    if padding == "valid":
        return 0, (n - 1) * stride + reach + (max(stride - reach, 0) if more is None else more)
    more = stride - reach % 2 if more is None else more
    before = max(reach - 1 - (reach + reach % 2 - 1 + more) // 2, 0)
    return before, (n - 1) * stride + reach % 2 + more


@op(samples=[uniform(-2, 2), uniform(-2, 2)])
def conv_transpose(inputs, kernel, strides=1, padding="valid", output_padding=None,
                   data_format=None, dilation_rate=1):
    """Each place of the inputs is spread over a window of the output; where windows meet, they add.

    y[p·stride + i·dilation, f] += Σ_c x[p, c] · k[i, f, c]:
    (batch, *space, channels) and (*size, filters, channels) → (batch, *larger space, filters). It
    is to `conv` as the gradient of its inputs is to its output, so strides make space larger.
    ``output_padding`` cells are added after; None fits the length to the stride.
    Raises ShapeError if the kernel does not fit the inputs, ArgumentError for other options.

    >>> conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[10.0]]], strides=2).tolist()
    [[[1.0], [10.0], [2.0], [20.0]]]
    """
    x, owner = channels_last(inputs, data_format, "conv_transpose"), "conv_transpose"
    _check_kernel(x.shape, kernel.shape)
    n, *space, channels = x.shape
    *size, filters, _ = kernel.shape
    rank, area = len(space), math.prod(size)
    strides = per_axis(strides, rank, "strides", owner)
    dilation = per_axis(dilation_rate, rank, "dilation_rate", owner)
    more = (None,) * rank if output_padding is None else per_axis(
        output_padding, rank, "output_padding", owner, at_least=0)
    padding = padding_name(padding, owner)
    rows = reshape(x, shape=(n * math.prod(space), channels))
    flat = reshape(kernel, shape=(area * filters, channels))
    spread = reshape(product(rows, swapaxes(flat, axis1=-1, axis2=-2)),
                     shape=(n, *space, *size, filters))
    along = list(zip(space, size, strides, dilation, strict=True))
    covered = [(m - 1) * s + extent(k, d) for m, k, s, d in along]
    y = overlap_add(spread, shape=(n, *covered, filters), size=tuple(size), strides=strides,
                    dilation=dilation)
    kept = [grown(*axis, padding, each) for axis, each in zip(along, more, strict=True)]
    return channels_as(_kept(y, kept), data_format)


def _kept(y: Any, kept: Any) -> Any:
    """Of each axis of space the (before, length) that remains; zeros where y ends earlier."""
    n, *space, filters = y.shape
    after = [(0, max(a + m - have, 0)) for have, (a, m) in zip(space, kept, strict=True)]
    y = framed(y, after)
    spans = ((0, n, 1), *((a, m, 1) for a, m in kept), (0, filters, 1))
    return y if tuple(m for _, m, _ in spans) == tuple(y.shape) else strided(y, spans=spans)


def _check_kernel(x: Any, kernel: Any) -> None:
    if 0 in x[1:-1]:
        raise ShapeError("conv_transpose needs at least one cell along each axis of space",
                         got=f"shape {tuple(x)}", where=user_line())
    if len(kernel) != len(x) or kernel[-1] != x[-1]:
        raise ShapeError(f"conv_transpose needs a kernel of {len(x)} axes with the inputs' "
                         f"{x[-1]} channels on the last", got=f"shape {tuple(kernel)}",
                         where=user_line(), hint="its form is (*size, filters, channels)")
