"""Losses of margins: a prediction must not only be right, but right by a distance."""

from __future__ import annotations

from pellucid.atoms import all, equal, logical_or, max, maximum, mean, square, sum, where
from pellucid.atoms.samples import uniform
from pellucid.core.op import op
from pellucid.losses.base import FormulaLoss
from pellucid.losses.pairing import tensors

PAIR = [uniform(-0.9, 0.9), uniform(-0.9, 0.9)]


@op(symbol="±", samples=PAIR[:1])
def signs(y):
    """Labels 0 and 1 as -1 and 1; if any label is something else, all stay as they are.

    >>> signs([0.0, 1.0]).tolist(), signs([-1.0, 1.0]).tolist()
    ([-1.0, 1.0], [-1.0, 1.0])
    """
    binary = all(logical_or(equal(y, 0), equal(y, 1)))
    return where(binary, 2 * y - 1, y)


@op(symbol="hinge", samples=PAIR)
def hinge(y_true, y_pred):
    """The mean of max(1 - y ŷ, 0), with labels -1 and 1 (0 and 1 are turned into them).

    ``(…, n) → (…)``.

    >>> hinge([[1.0], [-1.0]], [[2.0], [0.5]]).numpy().tolist()
    [0.0, 1.5]
    """
    y, p = tensors(y_true, y_pred)
    return mean(maximum(1 - signs(y) * p, 0), axis=-1)


@op(symbol="perceptron", samples=PAIR)
def perceptron_loss(y_true, y_pred):
    """The mean of max(-y ŷ, 0), with labels -1 and 1 (0 and 1 are turned into them).

    Nothing to pay on the right side, however near the border: hinge without a margin. Its
    subgradient is the perceptron's rule. ``(…, n) → (…)``.

    >>> perceptron_loss([[1.0], [-1.0]], [[2.0], [0.5]]).numpy().tolist()
    [0.0, 0.5]
    """
    y, p = tensors(y_true, y_pred)
    return mean(maximum(-signs(y) * p, 0), axis=-1)


@op(symbol="hinge²", samples=PAIR)
def squared_hinge(y_true, y_pred):
    """The mean of max(1 - y ŷ, 0)², with labels -1 and 1 (0 and 1 are turned into them).

    ``(…, n) → (…)``.

    >>> squared_hinge([[1.0], [-1.0]], [[2.0], [0.5]]).numpy().tolist()
    [0.0, 2.25]
    """
    y, p = tensors(y_true, y_pred)
    return mean(square(maximum(1 - signs(y) * p, 0)), axis=-1)


@op(symbol="hinge", samples=PAIR)
def categorical_hinge(y_true, y_pred):
    """max(1 + the best wrong score - the right score, 0) for one-hot labels.

    The right score is Σ y ŷ, the best wrong one max((1 - y) ŷ). ``(…, classes) → (…)``.

    >>> float(categorical_hinge([0.0, 1.0], [0.5, 2.0]))
    0.0
    """
    y, p = tensors(y_true, y_pred)
    return maximum(max((1 - y) * p, axis=-1) - sum(y * p, axis=-1) + 1, 0)


class Hinge(FormulaLoss):
    """The mean of max(1 - y ŷ, 0): nothing to pay beyond a margin of 1.

    >>> float(Hinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
    0.75

    Use: two classes with a linear output, as in a support vector machine.
    Pros: nothing to pay beyond the margin, so only samples near the border count; mild with
    outliers compared with a square.
    Cons: no probabilities; no gradient from what is right by a margin; a kink at the margin.
    Source: C. Cortes and V. Vapnik, "Support-vector networks" (1995).
    """

    formula, usual_name = hinge, "hinge"


class PerceptronLoss(FormulaLoss):
    """The mean of max(-y ŷ, 0): what is on the right side costs nothing.

    >>> float(PerceptronLoss()([[1.0], [-1.0]], [[2.0], [0.5]]))
    0.25

    Use: the perceptron as gradient descent: two classes, a linear output.
    Pros: its subgradient is the perceptron's rule; stops when all samples are right.
    Cons: no margin: a border that touches the samples is good enough; 0 for the weights 0, which
    tell nothing.
    Source: F. Rosenblatt, "The perceptron" (1958).
    """

    formula, usual_name = perceptron_loss, "perceptron_loss"


class SquaredHinge(FormulaLoss):
    """The mean of max(1 - y ŷ, 0)².

    >>> float(SquaredHinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
    1.125

    Use: hinge where a smooth loss is wanted.
    Pros: smooth at the margin; large violations count most.
    Cons: outliers decide much; no probabilities.
    """

    formula, usual_name = squared_hinge, "squared_hinge"


class CategoricalHinge(FormulaLoss):
    """max(1 + the best wrong score - the right score, 0), for one-hot labels.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 2.0]]))
    0.0

    Use: one of k classes by scores, where a lead over the best wrong class is what counts.
    Pros: nothing to pay once the lead is 1.
    Cons: no probabilities; only two scores of each sample learn.
    Source: J. Weston and C. Watkins (1999); K. Crammer and Y. Singer (2001).
    """

    formula, usual_name = categorical_hinge, "categorical_hinge"
