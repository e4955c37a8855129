"""Gates: x times a share of it that x itself decides (silu, gelu, mish), or another x (glu)."""

from __future__ import annotations

import math

from pellucid.activations.sigmoid import hard_sigmoid, sigmoid
from pellucid.activations.softplus import softplus
from pellucid.atoms import erf, split, tanh
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

LINE = [uniform(-8, 8), at(-1e4, 0.0, 1e4)]


@op(samples=LINE)
def silu(x):
    """x times its sigmoid: f(x) = x σ(x). Any shape → the same shape. Also called swish.

    >>> float(silu(0.0))
    0.0

    Use: hidden layers of deep networks, above all convolutional ones, in the place of ReLU.
    Pros: smooth; often a little better than ReLU in deep networks.
    Cons: an exponential for each number; not monotonic: it dips to -0.28.
    Source: S. Elfwing, E. Uchibe and K. Doya, 2017; P. Ramachandran et al., 2017.
    """
    return x * sigmoid(x)


@op(samples=[uniform(-2.9, 2.9), uniform(3.1, 8), at(-1e4, 0.0, 1e4)])
def hard_silu(x):
    """silu with the hard sigmoid of three straight lines: f(x) = x · min(max(x + 3, 0), 6) / 6.

    Any shape → the same shape. Also called hard_swish.

    >>> hard_silu([-4.0, 3.0]).numpy().tolist()
    [-0.0, 3.0]

    Use: silu on small devices, or where exponentials are dear.
    Pros: no exponential; close to silu.
    Cons: its slope jumps at -3 and 3; exactly 0, with no slope, below -3.
    Source: A. Howard et al., "Searching for MobileNetV3", 2019.
    """
    return x * hard_sigmoid(x)


@op(samples=LINE)
def mish(x):
    """x times the tanh of its softplus: f(x) = x tanh(log(1 + eˣ)). Any shape → the same shape.

    >>> float(mish(0.0))
    0.0

    Use: a trial in the place of ReLU or silu in deep convolutional networks.
    Pros: smooth; a little gradient passes for negative inputs.
    Cons: the dearest of its kind (exp, log and tanh); rarely much better than silu.
    Source: D. Misra, "Mish: a self regularized non-monotonic activation function", 2019.
    """
    return x * tanh(softplus(x))


@op(samples=LINE)
def gelu(x, approximate=False):
    """x times the chance that a normal number is below it: f(x) = x Φ(x).

    Φ(x) = (1 + erf(x / √2)) / 2, or with ``approximate=True``
    (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2. Any shape → the same shape.

    Args:
        approximate: take the tanh form, which comes within 0.0005 of the exact one.

    >>> float(gelu(0.0))
    0.0

    Use: hidden layers of transformers.
    Pros: smooth; the usual choice of language models, so that their weights can be taken over.
    Cons: needs erf, or tanh with ``approximate=True``; not monotonic: it dips to -0.17.
    Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.
    """
    if approximate:
        return x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))) / 2
    return x * (1 + erf(x / math.sqrt(2))) / 2


@op(samples=LINE)
def glu(x, axis=-1):
    r"""One half of the numbers gates the other: glu([a, b]) = a σ(b).

    .. math:: glu([a, b]) = a \, σ(b) \\
              ∂L/∂a = g \, σ(b), \quad ∂L/∂b = g \, a \, σ(b) (1 - σ(b))

    ``(…, 2n, …) → (…, n, …)`` along ``axis``.

    Args:
        axis: the axis that is cut in halves.

    >>> glu([3.0, 0.0]).numpy().tolist()
    [1.5]

    Use: gated layers for sequences: the layer before makes twice as many numbers, half of them
    gates.
    Pros: the linear half lets gradients pass unsquashed; each number has a gate of its own.
    Cons: halves the width, so the layer before needs twice the weights; the gates saturate.
    Source: Y. Dauphin et al., "Language modeling with gated convolutional networks", 2016.
    """
    a, b = split(x, 2, axis=axis)
    return a * sigmoid(b)
