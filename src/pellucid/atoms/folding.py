"""Pieces of an image put together again, the inverse of `unfold`."""

from __future__ import annotations

import math

from pellucid.atoms.shaping import moveaxis, reshape, transpose
from pellucid.atoms.windows import count, overlap_add, per_axis
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op


@op(judge="keras")
def fold(x, output_size=1, kernel_size=1, dilation=1, padding=0, stride=1):
    """Images added up from their pieces: what `unfold` took apart; where pieces overlap, the sum.

    ``(batch, channels · kernel, places) → (batch, channels, *output_size)``. The arguments are
    those that `unfold` had. Raises ShapeError if pieces and places do not fit.

    >>> fold([[[1.0, 2.0], [3.0, 4.0]]], output_size=(1, 3), kernel_size=(1, 2)).tolist()
    [[[[1.0, 5.0, 4.0]]]]
    """
    frame = per_axis(padding, 2, "padding", "fold", at_least=0)
    (height, width), (kh, kw), dilations, strides = (
        per_axis(value, 2, name, "fold") for value, name in (
            (output_size, "output_size"), (kernel_size, "kernel_size"), (dilation, "dilation"),
            (stride, "stride")))
    space = (height + 2 * frame[0], width + 2 * frame[1])
    places = [count(*axis) for axis in zip(space, (kh, kw), strides, dilations, strict=True)]
    if len(x.shape) != 3 or x.shape[1] % (kh * kw) or x.shape[2] != math.prod(places):
        raise ShapeError(f"fold needs pieces (batch, channels · {kh * kw}, {math.prod(places)})",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    n, c = x.shape[0], x.shape[1] // (kh * kw)
    pieces = transpose(reshape(x, shape=(n, c, kh, kw, *places)), axes=(0, 4, 5, 2, 3, 1))
    image = overlap_add(pieces, shape=(n, *space, c), size=(kh, kw), strides=strides,
                        dilation=dilations)
    image = image[:, frame[0]:frame[0] + height, frame[1]:frame[1] + width]
    return moveaxis(image, source=-1, destination=1)
