"""Losses between distributions: how far predicted probabilities or counts are from true ones."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import clip, log, mean, sum
from pellucid.atoms.samples import uniform
from pellucid.core.fields import field
from pellucid.core.kinds import AXES
from pellucid.core.op import op
from pellucid.core.settings import epsilon
from pellucid.losses.base import FormulaLoss
from pellucid.losses.pairing import paired, tensors

PAIR = [uniform(0.1, 0.9), uniform(0.1, 0.9)]


@op(symbol="KL", samples=PAIR)
def kl_divergence(y_true, y_pred):
    """Σ y log(y / ŷ), both kept within [ε, 1]. ``(…, n) → (…)``.

    >>> float(kl_divergence([0.5, 0.5], [0.5, 0.5]))
    0.0

    Source: S. Kullback and R. Leibler, "On information and sufficiency", 1951.
    """
    y, p = (clip(each, epsilon(), 1) for each in paired(y_true, y_pred))
    return sum(y * log(y / p), axis=-1)


@op(symbol="Poisson", samples=PAIR)
def poisson(y_true, y_pred):
    """The mean of ŷ - y log(ŷ + ε), for counts y of which ŷ is the expectation. ``(…, n) → (…)``.

    >>> round(float(poisson([1.0], [1.0])), 6)
    1.0
    """
    y, p = paired(y_true, y_pred)
    return mean(p - y * log(p + epsilon()), axis=-1)


@op(symbol="Dice", samples=PAIR)
def dice(y_true, y_pred, axis=None):
    """1 - 2 Σ y ŷ / (Σ y + Σ ŷ + ε): how little two regions overlap.

    >>> round(float(dice([1.0, 1.0], [1.0, 0.0])), 4)
    0.3333
    """
    y, p = tensors(y_true, y_pred)
    total = sum(y, axis=axis) + sum(p, axis=axis) + epsilon()
    return 1 - 2 * sum(y * p, axis=axis) / total


@op(symbol="Tversky", samples=PAIR)
def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """1 - TP / (TP + α Σ y (1 - ŷ) + β Σ ŷ (1 - y) + ε), TP = Σ y ŷ: Dice with two weights.

    >>> round(float(tversky([1.0, 1.0], [1.0, 0.0])), 4)
    0.3333

    Source: S. Salehi, D. Erdogmus and A. Gholipour, 2017.
    """
    y, p = tensors(y_true, y_pred)
    both = sum(y * p, axis=axis)
    missed, added = sum(y * (1 - p), axis=axis), sum(p * (1 - y), axis=axis)
    return 1 - both / (both + alpha * missed + beta * added + epsilon())


class KLDivergence(FormulaLoss):
    """Σ y log(y / ŷ): what it costs to take ŷ for the distribution y.

    >>> float(KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]))
    0.0

    Use: targets that are distributions themselves, as in distillation and variational autoencoders.
    Pros: 0 only where both agree; differs from crossentropy by the entropy of y, which no weight
    changes.
    Cons: not symmetric; very dear where ŷ says nearly never and y does not.
    """

    formula, usual_name = kl_divergence, "kl_divergence"


class Poisson(FormulaLoss):
    """ŷ - y log ŷ, for counts y of which ŷ is the expectation.

    >>> round(float(Poisson()([[1.0]], [[1.0]])), 6)
    1.0

    Use: counts in a fixed time or place, with an output that is positive (exponential, softplus).
    Pros: the negative log-likelihood of counts: large ones may vary more.
    Cons: negative predictions have no meaning; counts that vary more than their mean fit badly.
    Source: S. D. Poisson (1837).
    """

    formula, usual_name = poisson, "poisson"


class Dice(FormulaLoss):
    """1 - 2 Σ y ŷ / (Σ y + Σ ŷ): how little two regions overlap.

    >>> round(float(Dice()([1.0, 1.0], [1.0, 0.0])), 4)
    0.3333

    Use: segmentation, where the thing sought is a small part of the image.
    Pros: blind to how much background there is; close to what is reported in the end.
    Cons: couples all pixels, so its gradients are noisy for small regions; no honest probabilities.
    Source: F. Milletari et al., "V-Net" (2016).
    """

    formula, usual_name = dice, "dice"
    axis: Any = field(None, kind=AXES, help="the axes that are summed; None: all")


class Tversky(FormulaLoss):
    """Dice in which what is missed weighs α and what is added β.

    >>> round(float(Tversky()([1.0, 1.0], [1.0, 0.0])), 4)
    0.3333

    Use: segmentation where a miss costs more than a false alarm, or less.
    Pros: α and β trade misses against false alarms; at ½ and ½ it is Dice.
    Cons: two numbers to choose; the drawbacks of Dice.
    """

    formula, usual_name = tversky, "tversky"
    alpha: float = field(0.5, at_least=0, symbol="α", help="the weight of what is missed")
    beta: float = field(0.5, at_least=0, symbol="β", help="the weight of what is added")
    axis: Any = field(None, kind=AXES, help="the axes that are summed; None: all")
