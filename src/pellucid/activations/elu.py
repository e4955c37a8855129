"""ELU and its kin: the identity on the right, an exponential on the left."""

from __future__ import annotations

from pellucid.activations.relu import BOTH_SIDES
from pellucid.atoms import expm1, minimum, where
from pellucid.core.op import op

# With these two numbers a layer keeps mean 0 and variance 1 (Klambauer et al., 2017)
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@op(samples=BOTH_SIDES)
def elu(x, alpha=1.0):
    """x on the right, α (eˣ - 1) on the left, so it levels off at -α.

    Any shape → the same shape.

    Args:
        alpha: the left side levels off at -α.

    >>> elu([-1000.0, 3.0]).numpy().tolist()
    [-1.0, 3.0]

    Use: hidden layers, where a ReLU loses units that have died and the exponential is affordable.
    Pros: no unit dies, since there is a slope on the left; outputs have a mean nearer to 0 than a
    ReLU's.
    Cons: an exponential for each number; saturates on the left.
    Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, 2015.
    """
    return where(x > 0, x, alpha * expm1(x))


@elu.stable                           # eˣ of the branch that is not taken would overflow
def _(x, alpha=1.0):
    return where(x > 0, x, alpha * expm1(minimum(x, 0)))


@op(samples=BOTH_SIDES)
def selu(x):
    """λ · elu(x, α), with the α and λ that keep a layer's outputs at mean 0 and variance 1.

    Any shape → the same shape.

    >>> round(float(selu(1.0)), 4)
    1.0507

    Use: deep plain stacks of dense layers, with "lecun_normal" and `AlphaDropout`.
    Pros: keeps mean 0 and variance 1 from layer to layer, without batch normalization.
    Cons: the promise holds only with its own initializer and dropout, and for dense layers; an
    exponential for each number.
    Source: G. Klambauer et al., "Self-normalizing neural networks", 2017.
    """
    return SELU_SCALE * elu(x, alpha=SELU_ALPHA)


@op(samples=BOTH_SIDES)
def celu(x, alpha=1.0):
    """As elu, but smooth at 0 for every α: x on the right, α (e^(x/α) - 1) on the left.

    Any shape → the same shape.

    Args:
        alpha: the left side levels off at -α.

    >>> celu([-1000.0, 3.0], alpha=2.0).numpy().tolist()
    [-2.0, 3.0]

    Use: where elu would do, but α is not 1 and the slope should not jump at 0.
    Pros: a smooth slope for every α; no unit dies.
    Cons: an exponential and a division for each number; little gained over elu at α = 1.
    Source: J. Barron, "Continuously differentiable exponential linear units", 2017.
    """
    return where(x > 0, x, alpha * expm1(x / alpha))


@celu.stable                          # e^(x/α) of the branch that is not taken would overflow
def _(x, alpha=1.0):
    return where(x > 0, x, alpha * expm1(minimum(x, 0) / alpha))
