"""The hyperbolic tangent and its kin: S-shaped curves from -1 to 1."""

from __future__ import annotations

from pellucid.atoms import abs, clip, square, tanh
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

__all__ = ["hard_tanh", "softsign", "tanh", "tanh_shrink"]

LINE = [uniform(-8, 8), at(-1e4, 0.0, 1e4)]


@op(samples=LINE)
def softsign(x):
    """A slow S-curve: f(x) = x / (1 + |x|). Any shape → the same shape.

    >>> float(softsign(-1.0))
    -0.5
    """
    return x / (1 + abs(x))


@softsign.gradient                    # f' = 1 / (1 + |x|)², without the cancellation of u'v - uv'
def _(g, y, x):
    return g / square(1 + abs(x))


@op(samples=[uniform(-0.9, 0.9), uniform(1.1, 8), at(-1e4, 0.0, 1e4)])
def hard_tanh(x):
    """x kept within [-1, 1]: min(max(x, -1), 1). Any shape → the same shape.

    >>> hard_tanh([-4.0, 0.5]).numpy().tolist()
    [-1.0, 0.5]
    """
    return clip(x, -1, 1)


@op(samples=LINE)
def tanh_shrink(x):
    """What tanh takes away: f(x) = x - tanh x. Any shape → the same shape.

    >>> float(tanh_shrink(0.0))
    0.0
    """
    return x - tanh(x)


@tanh_shrink.gradient                 # f' = 1 - tanh' = tanh²
def _(g, y, x):
    return g * square(tanh(x))
