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

    Use: output layers of yes-or-no answers, one unit for each label; gates inside recurrent cells.
    Pros: its output is a probability; smooth, with a slope that its output tells.
    Cons: saturates on both sides, and its slope is at most ¼: gradients vanish in deep stacks; not
    zero-centred; an exponential for each number.
    Source: P.-F. Verhulst (1845); in networks D. Rumelhart, G. Hinton and R. Williams (1986).
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

    Use: gates on small devices, where an exponential is dear.
    Pros: no exponential; reaches 0 and 1 exactly.
    Cons: no gradient beyond ±3; a poor probability.
    Source: A. Howard et al., "Searching for MobileNetV3" (2019), in this form.
    """
    return relu6(x + 3) / 6


@op(samples=[uniform(-0.9, 0.9), uniform(1.1, 8), at(-1e4, 0.0, 1e4)])
def sparse_sigmoid(x):
    """0 up to -1, 1 from 1 on, the straight line (x + 1) / 2 between.

    Any shape → the same shape.

    >>> sparse_sigmoid([-4.0, 0.5, 1.5]).numpy().tolist()
    [0.0, 0.75, 1.0]

    Use: gates that should be able to be wholly shut or open; it is the first share
    of sparsemax for the scores (x, 0).
    Pros: exactly 0 and 1 are reached; no exponential.
    Cons: no gradient beyond ±1.
    Source: M. Blondel, A. Martins and V. Niculae, "Learning with Fenchel-Young losses" (2020).
    """
    return clip((x + 1) / 2, 0, 1)
