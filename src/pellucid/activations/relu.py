"""ReLU and its kin: straight lines with a kink."""

from __future__ import annotations

from pellucid.atoms import maximum, minimum, where
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

BOTH_SIDES = [uniform(-3, -0.1), uniform(0.1, 3), at(-1e4, 1e4)]


@op(samples=BOTH_SIDES)
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Pass what is positive, stop the rest: relu(x) = max(0, x). Any shape → the same shape.

    The slope at 0 is 0. In full: max_value from there on, x above the threshold, and
    negative_slope · (x - threshold) up to it.

    Args:
        negative_slope: the slope left of the threshold; at 0 nothing passes there.
        max_value: a ceiling, what is above becomes it; None for none.
        threshold: where the kink is; what is not above it counts as left.

    >>> relu([-2.0, 3.0]).numpy().tolist()
    [0.0, 3.0]

    Use: the first choice for hidden layers, with "he_normal"; output layers of targets that are at
    least 0.
    Pros: the cheapest there is; does not saturate on the right, so gradients do not fade with
    depth; many outputs are exactly 0.
    Cons: a unit that is negative for all samples is dead: slope 0, it never moves again; outputs
    are never negative, so their mean is not 0.
    Source: K. Fukushima, 1969; V. Nair and G. Hinton, 2010.
    """
    if negative_slope == 0 and threshold == 0:
        y = maximum(0, x)                  # at a tie the first takes the gradient: relu'(0) = 0
    else:
        below = negative_slope * (x - threshold) if negative_slope else 0
        y = where(x > threshold, x, below)
    return y if max_value is None else minimum(max_value, y)


@op(samples=BOTH_SIDES)
def leaky_relu(x, negative_slope=0.2):
    """As ReLU, but a little passes on the left as well: x if x ≥ 0, else negative_slope · x.

    Any shape → the same shape.

    Args:
        negative_slope: the slope left of 0.

    >>> leaky_relu([-2.0, 3.0], negative_slope=0.25).numpy().tolist()
    [-0.5, 3.0]

    Use: hidden layers where ReLU units die. Lecture notes take α = 0.01, Keras's function 0.2, its
    layer `LeakyReLU` 0.3.
    Pros: no unit dies; as cheap as ReLU, nearly.
    Cons: one more number to choose; results depend little on it, and are not always better than
    ReLU's.
    Source: A. Maas, A. Hannun and A. Ng, 2013.
    """
    return where(x >= 0, x, negative_slope * x)


@op(samples=[uniform(-3, -0.1), uniform(0.1, 5.9), at(-1e4, 1e4)])
def relu6(x):
    """ReLU with a ceiling of 6: min(6, max(0, x)). Any shape → the same shape.

    >>> relu6([-2.0, 3.0, 9.0]).numpy().tolist()
    [0.0, 3.0, 6.0]

    Use: networks for small devices, whose numbers are kept in 8 bits.
    Pros: a known range, so few bits are enough; cheap.
    Cons: no gradient above 6 nor below 0, so units may die on both sides.
    Source: A. Krizhevsky, "Convolutional deep belief networks on CIFAR-10" (2010).
    """
    return relu(x, max_value=6)
