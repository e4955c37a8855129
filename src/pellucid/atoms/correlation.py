"""How alike rows of numbers are: correlation and distance."""

from __future__ import annotations

import numpy as np

from pellucid.atoms.elementwise import cast, clip, sqrt, square
from pellucid.atoms.indexing import take
from pellucid.atoms.linear_algebra import matmul
from pellucid.atoms.reductions import mean, sum
from pellucid.atoms.shaping import expand_dims, pad, swapaxes
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, nearest, user_line
from pellucid.core.op import op

MODES = ("valid", "same", "full")


@op(judge="keras")
def correlate(x1, x2, mode="valid"):
    """The inner product of one row with the other, moved along it: cₖ = Σᵢ x1ᵢ₊ₖ x2ᵢ.

    "valid" are the places where one lies wholly within the other, "full" all where they touch,
    "same" as many as the longer one has, from the middle.

    >>> correlate([1.0, 2.0, 3.0], [0.0, 1.0]).tolist()
    [2.0, 3.0]
    """
    if mode not in MODES:
        raise ArgumentError(f"correlate's mode must be one of {', '.join(map(repr, MODES))}",
                            got=repr(mode), where=user_line(), hint=nearest(str(mode), MODES))
    if len(x1.shape) != 1 or len(x2.shape) != 1 or 0 in (*x1.shape, *x2.shape):
        raise ShapeError("correlate needs two rows of numbers",
                         got=f"shapes {tuple(x1.shape)} and {tuple(x2.shape)}", where=user_line())
    (n,), (m,) = x1.shape, x2.shape
    common = dtypes.result_type(x1.dtype, x2.dtype, float)
    row = pad(cast(x1, dtype=common), pad_width=((m - 1, m - 1),))
    short, long = sorted((n, m))
    begin, count = {"full": (0, n + m - 1), "valid": (short - 1, long - short + 1),
                    "same": ((short - 1) // 2 if n >= m else short // 2, long)}[mode]
    places = np.arange(begin, begin + count)[:, None] + np.arange(m)
    windows = take(row, places.astype(np.int32), axis=0)
    return matmul(windows, cast(x2, dtype=common))


@op(judge="keras")
def corrcoef(x):
    """The correlations between the rows of x: rᵢⱼ = cᵢⱼ / √(cᵢᵢ cⱼⱼ), c their covariances.

    ``(rows, samples) → (rows, rows)``; a single row gives 1.

    >>> corrcoef([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]).numpy().round(4).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    if not 1 <= len(x.shape) <= 2:
        raise ShapeError("corrcoef needs rows of samples: at most two axes",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    x = cast(x, dtype=dtypes.result_type(x.dtype, float))
    rows = expand_dims(x, axis=0) if len(x.shape) == 1 else x
    rows = rows - mean(rows, axis=-1, keepdims=True)
    size = sqrt(sum(square(rows), axis=-1, keepdims=True))
    r = clip(matmul(rows / size, swapaxes(rows / size, axis1=0, axis2=1)), -1, 1)
    return r[0, 0] if len(x.shape) == 1 else r


@op(judge="keras")
def cdist(x, y):
    """The distance between every row of x and every row of y: √Σ (xᵢ - yⱼ)².

    ``(…, n, d)`` and ``(…, m, d) → (…, n, m)``. Where two rows are equal the gradient is NaN.

    >>> cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]]).tolist()
    [[5.0, 1.0]]
    """
    if len(x.shape) < 2 or len(y.shape) < 2 or x.shape[-1] != y.shape[-1]:
        raise ShapeError("cdist needs rows of one length in two tensors of at least two axes",
                         got=f"shapes {tuple(x.shape)} and {tuple(y.shape)}", where=user_line())
    return sqrt(sum(square(expand_dims(x, axis=-2) - expand_dims(y, axis=-3)), axis=-1))
