"""Activations that change little: the identity, the exponential, the threshold."""

from __future__ import annotations

from pellucid.atoms import exp, where
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op
from pellucid.core.tensor import as_operand


def linear(x):
    """Pass everything unchanged: f(x) = x. Any shape → the same shape.

    >>> float(linear(3.0))
    3.0
    """
    return as_operand(x)


@op(samples=[uniform(-3, 3), at(-1e4, 0.0)])
def exponential(x):
    """The exponential: f(x) = eˣ. Any shape → the same shape.

    >>> float(exponential(0.0))
    1.0
    """
    return exp(x)


@op(samples=[uniform(1, 3), uniform(-1, 0.5), uniform(-2, 2)])
def threshold(x, threshold, default_value):
    """Pass what is above a threshold: f(x) = x where x > θ, else a default value.

    Any shape → the same shape.

    >>> threshold([-1.0, 2.0], 0.0, 5.0).numpy().tolist()
    [5.0, 2.0]
    """
    return where(x > threshold, x, default_value)
