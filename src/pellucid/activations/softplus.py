"""Softplus and its kin: smooth versions of max(x, 0), and the logarithm of the sigmoid."""

from __future__ import annotations

from pellucid.activations.sigmoid import LINE, sigmoid
from pellucid.atoms import abs, exp, log, logaddexp, sqrt, square, where
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op


@op(symbol="ζ", samples=LINE)
def softplus(x):
    """A smooth max(x, 0): ζ(x) = log(1 + eˣ). Any shape → the same shape.

    >>> float(softplus(1000.0))
    1000.0

    Use: output layers of numbers that must be positive, such as a standard deviation.
    Pros: smooth and always positive; no unit dies altogether.
    Cons: an exponential and a logarithm for each number; saturates on the left; its mean is far
    from 0.
    Source: C. Dugas et al., "Incorporating second-order functional knowledge" (2000).
    """
    return log(1 + exp(x))


@softplus.stable                      # eˣ overflows above 709 (float64)
def _(x):
    return logaddexp(x, 0.0)


@softplus.gradient                    # ζ' = σ
def _(g, y, x):
    return g * sigmoid(x)


@op(samples=LINE)
def log_sigmoid(x):
    """The logarithm of the sigmoid: log σ(x) = -log(1 + e⁻ˣ). Any shape → the same shape.

    >>> float(log_sigmoid(1000.0))
    -0.0

    Use: losses on yes-or-no scores; more exact than log(sigmoid(x)).
    Pros: finite for any score; a gradient however wrong the score is.
    Cons: a logarithm, never positive; rarely of use in hidden layers.
    """
    return -log(1 + exp(-x))


@log_sigmoid.stable                   # what overflows in e⁻ˣ is min(x, 0) itself
def _(x):
    return -softplus(-x)


@log_sigmoid.gradient                 # (log σ)' = 1 - σ(x) = σ(-x)
def _(g, y, x):
    return g * sigmoid(-x)


@op(samples=LINE)
def squareplus(x, b=4):
    """A smooth max(x, 0) without exponentials: f(x) = (x + √(x² + b)) / 2.

    Any shape → the same shape.

    Args:
        b: the width of the bend; at 0 the value is √b / 2.

    >>> float(squareplus(0.0))
    1.0

    Use: softplus where exponentials are dear.
    Pros: no exponential, only a root; smooth.
    Cons: nears 0 slowly on the left, like b / (4 |x|).
    Source: J. Barron, "Squareplus: a softplus-like algebraic rectifier", 2021.
    """
    return (x + sqrt(square(x) + b)) / 2


@squareplus.stable                    # far below 0, x + √(x² + b) cancels; b / (√(x² + b) - x) not
def _(x, b=4):
    far = (abs(x) + sqrt(square(x) + b)) / 2
    return where(x >= 0, far, b / 4 / far)


@squareplus.gradient                  # f' = (1 + x / √(x² + b)) / 2, without the cancellation
def _(g, y, x, b=4):
    return g * (y / sqrt(square(x) + b))


@op(samples=[uniform(-0.9, 0.9), uniform(1.1, 8), at(-1e4, 0.0, 1e4)])
def sparse_plus(x):
    """A max(x, 0) with a parabola for a bend: 0 up to -1, (x + 1)² / 4 up to 1, then x.

    Any shape → the same shape.

    >>> sparse_plus([-4.0, 0.0, 1.5]).numpy().tolist()
    [0.0, 0.25, 1.5]

    Use: a smooth ReLU that is still exactly 0 on the left.
    Pros: exactly 0 below -1; no jump in its slope; no exponential.
    Cons: no gradient below -1, so units may die.
    Source: M. Blondel, A. Martins and V. Niculae, "Learning with Fenchel-Young losses" (2020).
    """
    return where(x <= -1, 0, where(x < 1, square(x + 1) / 4, x))
