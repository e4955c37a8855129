"""Numbers brought to a common level: mean 0 and variance 1, mean square 1, or length 1."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.choices import maximum
from pellucid.atoms.elementwise import rsqrt, square
from pellucid.atoms.reductions import axes_of, mean, norm, sum
from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import reshape, squeeze
from pellucid.core import settings
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import with_operators

ROWS = [uniform(-3, 3)]


def _fuzz(epsilon: float | None) -> float:
    return settings.epsilon() if epsilon is None else epsilon


def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Mean and variance along axes: μ = (1/n) Σ x and σ² = (1/n) Σ (x - μ)².

    ``synchronized`` is kept for Keras: one device has nothing to synchronise.

    >>> μ, σ2 = moments([[1.0, 2.0], [3.0, 6.0]], axes=[0])
    >>> μ.tolist(), σ2.tolist()
    ([2.0, 4.0], [1.0, 4.0])
    """
    μ = mean(x, axis=axes, keepdims=True)
    σ2 = mean(square(x - μ), axis=axes, keepdims=keepdims)
    return (μ if keepdims else squeeze(μ, axis=axes)), σ2


def along(v: Any, x: Any, axis: Any) -> Any:
    """v, with a number for each place along the axes of x, in a shape that meets x's.

    A v that has another number of axes is left to broadcasting.

    >>> import numpy as np
    >>> along([1.0, 2.0], np.zeros((2, 3)), axis=0).shape
    (2, 1)
    >>> along(5.0, np.zeros((2, 3)), axis=0).shape
    ()
    """
    v, axes = with_operators(v), axes_of(axis, len(x.shape))
    if len(v.shape) != len(axes):
        return v
    return reshape(v, shape=tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))


def scale_and_shift(y: Any, gamma: Any, beta: Any, axis: Any) -> Any:
    """γ y + β, with one γ and one β for each place along the axes; None leaves either out.

    >>> import numpy as np
    >>> scale_and_shift(np.ones((1, 2)), [2.0, 3.0], None, axis=-1).tolist()
    [[2.0, 3.0]]
    """
    y = y if gamma is None else y * along(gamma, y, axis)
    return y if beta is None else y + along(beta, y, axis)


def batch_normalization(x: Any, mean: Any, variance: Any, axis: int, offset: Any = None,
                        scale: Any = None, epsilon: float = 1e-3) -> Any:
    """(x - μ) / √(σ² + ε) · scale + offset, each of them with a number per place along the axis.

    >>> batch_normalization([[3.0, 8.0]], [1.0, 4.0], [4.0, 1.0], axis=-1, epsilon=0.0).tolist()
    [[1.0, 4.0]]

    Source: S. Ioffe and C. Szegedy, "Batch normalization" (2015).
    """
    x, σ2 = map(with_operators, (x, variance))
    factor = rsqrt(σ2 + epsilon)
    if scale is not None:
        factor = factor * scale
    y = (x - along(mean, x, axis)) * along(factor, x, axis)
    return y if offset is None else y + along(offset, x, axis)


@op(samples=ROWS)
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, rms_scaling=False):
    """γ (x - μ) / √(σ² + ε) + β, with mean and variance taken along the axes.

    γ and β have a number for each place along the axes; ε is the fuzz factor if None. With
    ``rms_scaling``, which Keras keeps for old models, x itself is divided and not x - μ.
    Any shape → the same shape.

    >>> layer_normalization([[1.0, 3.0]], epsilon=0.0).tolist()
    [[-1.0, 1.0]]

    Source: J. Ba, J. Kiros and G. Hinton, "Layer normalization" (2016).
    """
    μ, σ2 = moments(x, axis, keepdims=True)
    y = (x if rms_scaling else x - μ) * rsqrt(σ2 + _fuzz(epsilon))
    return scale_and_shift(y, gamma, beta, axis)


@op(samples=ROWS)
def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    """x / √((1/n) Σ x² + ε) · scale, the mean of the squares being taken along the axes.

    ``scale`` has a number for each place along the axes; ε is the fuzz factor if None.
    Any shape → the same shape.

    >>> rms_normalization([[2.0, -2.0]], epsilon=0.0).tolist()
    [[1.0, -1.0]]

    Source: B. Zhang and R. Sennrich, "Root mean square layer normalization" (2019).
    """
    y = x * rsqrt(mean(square(x), axis=axis, keepdims=True) + _fuzz(epsilon))
    return scale_and_shift(y, scale, None, axis)


@op(samples=ROWS)
def normalize(x, axis=-1, order=2, epsilon=None):
    """x divided by its length (Σ |x|ᵖ)^(1/p), p = ``order``, which counts as ε if it is smaller.

    ε is the fuzz factor if None. Any shape → the same shape. Raises ArgumentError for an order
    that is no whole number from 1 on, and for orders other than 2 along several axes.

    >>> normalize([[0.0, -4.0], [0.0, 0.0]]).tolist()
    [[0.0, -1.0], [0.0, 0.0]]
    """
    if not isinstance(order, int) or order < 1:
        raise ArgumentError("normalize's order must be a whole number at least 1", got=order,
                            where=user_line())
    if order == 2:
        least = _fuzz(epsilon) ** 2
        return x * rsqrt(maximum(sum(square(x), axis=axis, keepdims=True), least))
    if not isinstance(axis, int) and len(axes_of(axis, len(x.shape))) != 1:
        raise ArgumentError(f"normalize needs one axis where order={order}", got=f"axis={axis}",
                            where=user_line(), hint="order=2 takes several")
    return x / maximum(norm(x, ord=order, axis=axis, keepdims=True), _fuzz(epsilon))
