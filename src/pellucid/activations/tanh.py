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

    Use: tanh where flat ends should come later, or exponentials are dear.
    Pros: zero-centred; no exponential; its ends flatten slowly.
    Cons: saturates on both sides all the same.
    Source: J. Bergstra et al. (2009); X. Glorot and Y. Bengio (2010).
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

    Use: outputs that must stay within [-1, 1], such as the steering of a controller; tanh on small
    devices.
    Pros: zero-centred; cheap; reaches -1 and 1 exactly.
    Cons: no gradient beyond ±1.
    Source: R. Collobert, "Large scale machine learning" (2004).
    """
    return clip(x, -1, 1)


@op(samples=LINE)
def tanh_shrink(x):
    """What tanh takes away: f(x) = x - tanh x. Any shape → the same shape.

    >>> float(tanh_shrink(0.0))
    0.0

    Use: sparse codes: what is small is nearly taken away.
    Pros: zero-centred and smooth; does not saturate.
    Cons: its slope near 0 is nearly 0, so small inputs learn slowly.
    """
    return x - tanh(x)


@tanh_shrink.gradient                 # f' = 1 - tanh' = tanh²
def _(g, y, x):
    return g * square(tanh(x))
