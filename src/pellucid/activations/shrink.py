"""Shrinking: what is small becomes zero."""

from __future__ import annotations

from pellucid.atoms import abs, clip, where
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

AWAY_FROM_KINKS = [uniform(-0.4, 0.4), uniform(0.6, 3), uniform(-3, -0.6), at(-1e4, 1e4)]


@op(samples=AWAY_FROM_KINKS)
def soft_shrink(x, threshold=0.5):
    """Everything moves towards 0 by the threshold: f(x) = x - min(max(x, -θ), θ).

    Any shape → the same shape.

    Args:
        threshold: how far everything moves, and up to where it becomes 0.

    >>> soft_shrink([-2.0, 0.25]).numpy().tolist()
    [-1.5, 0.0]

    Use: sparse codes and noise removal: what is small is noise.
    Pros: exactly 0 for what is small, and continuous; the step that minimises ½(y - x)² + θ|y|.
    Cons: every large number is pulled in by θ as well; no gradient near 0.
    Source: D. Donoho, "De-noising by soft-thresholding" (1995).
    """
    return x - clip(x, -threshold, threshold)


@op(samples=AWAY_FROM_KINKS)
def hard_shrink(x, threshold=0.5):
    """What is nearer to 0 than the threshold becomes 0: f(x) = x where |x| > θ, else 0.

    Any shape → the same shape.

    Args:
        threshold: up to where numbers become 0.

    >>> hard_shrink([-2.0, 0.25]).numpy().tolist()
    [-2.0, 0.0]

    Use: sparse codes, where what is large must keep its size.
    Pros: exactly 0 for what is small, unchanged for what is large.
    Cons: jumps at ±θ; no gradient between.
    Source: D. Donoho and I. Johnstone, "Ideal spatial adaptation by wavelet shrinkage" (1994).
    """
    return where(abs(x) <= threshold, 0, x)
