"""The sigmoid and its kin: S-shaped curves from 0 to 1."""

from __future__ import annotations

from pellucid.activations.relu import relu6
from pellucid.atoms import abs, clip, exp, where
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

LINE = [uniform(-8, 8), at(-1e4, 0.0, 1e4)]


@op(symbol="σ", samples=LINE)
def sigmoid(x):
    """Squash any number into (0, 1): σ(x) = 1 / (1 + e⁻ˣ). Any shape → the same shape.

    >>> float(sigmoid(0.0))
    0.5
    """
    return 1 / (1 + exp(-x))


@sigmoid.stable                       # e⁻ˣ overflows below -709 (float64); e^-|x| never does
def _(x):
    e = exp(-abs(x))
    return where(x >= 0, 1, e) / (1 + e)


@sigmoid.gradient                     # σ' = σ (1 - σ): the output is enough
def _(g, y, x):
    return g * y * (1 - y)


@op(samples=[uniform(-2.9, 2.9), uniform(3.1, 8), at(-1e4, 0.0, 1e4)])
def hard_sigmoid(x):
    """A sigmoid of three straight lines: min(max(x + 3, 0), 6) / 6.

    Any shape → the same shape.

    >>> hard_sigmoid([-4.0, 0.0, 1.5]).numpy().tolist()
    [0.0, 0.5, 0.75]
    """
    return relu6(x + 3) / 6


@op(samples=[uniform(-0.9, 0.9), uniform(1.1, 8), at(-1e4, 0.0, 1e4)])
def sparse_sigmoid(x):
    """0 up to -1, 1 from 1 on, the straight line (x + 1) / 2 between.

    Any shape → the same shape.

    >>> sparse_sigmoid([-4.0, 0.5, 1.5]).numpy().tolist()
    [0.0, 0.75, 1.0]
    """
    return clip((x + 1) / 2, 0, 1)
