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

    Use: the output layer of a regression whose targets may have either sign, and nowhere else.
    Pros: any number can come out; its slope is 1, so gradients pass as they are.
    Cons: layers with nothing else between them are together only one linear layer.
    """
    return x if hasattr(type(x), "space") else as_operand(x)      # symbols, 50 digits


@op(samples=[uniform(-3, 3), at(-1e4, 0.0)])
def exponential(x):
    """The exponential: f(x) = eˣ. Any shape → the same shape.

    >>> float(exponential(0.0))
    1.0

    Use: output layers of rates and counts, which must be positive and span powers of ten.
    Pros: always positive; equal steps of the input multiply the output by equal factors.
    Cons: overflows from 89 on in float32; gradients grow as the outputs do.
    """
    return exp(x)


@op(samples=[uniform(1, 3), uniform(-1, 0.5), uniform(-2, 2)])
def threshold(x, threshold, default_value):
    """Pass what is above a threshold: f(x) = x where x > θ, else a default value.

    Any shape → the same shape.

    Args:
        threshold: what is above it passes.
        default_value: what the rest becomes.

    >>> threshold([-1.0, 2.0], 0.0, 5.0).numpy().tolist()
    [5.0, 2.0]

    Use: where inputs up to a threshold count as noise, or a unit should fire only above it.
    Pros: cheap; leaves what passes as it is.
    Cons: jumps at the threshold, where no slope tells how to move it; no gradient below.
    """
    return where(x > threshold, x, default_value)
