"""Losses for numbers: how far predictions are from what was measured."""

from __future__ import annotations

import math

from pellucid.atoms import abs, log1p, logaddexp, maximum, mean, minimum, normalize, square, sum
from pellucid.atoms.samples import uniform
from pellucid.core.fields import field
from pellucid.core.op import op
from pellucid.core.settings import epsilon
from pellucid.losses.base import FormulaLoss
from pellucid.losses.pairing import paired

PAIR = [uniform(-3, 0), uniform(0.1, 3)]


@op(symbol="MSE", samples=PAIR)
def mean_squared_error(y_true, y_pred):
    """The mean of the squared errors: (1/n) Σ (y - ŷ)². ``(…, n) → (…)``.

    >>> float(mean_squared_error([0.0, 0.0], [1.0, 3.0]))
    5.0
    """
    y, p = paired(y_true, y_pred)
    return mean(square(y - p), axis=-1)


@op(symbol="MAE", samples=PAIR)
def mean_absolute_error(y_true, y_pred):
    """The mean of the absolute errors: (1/n) Σ |y - ŷ|. ``(…, n) → (…)``.

    >>> float(mean_absolute_error([0.0, 0.0], [1.0, 3.0]))
    2.0
    """
    y, p = paired(y_true, y_pred)
    return mean(abs(y - p), axis=-1)


@op(symbol="MAPE", samples=PAIR)
def mean_absolute_percentage_error(y_true, y_pred):
    """The mean error in per cent of the target: (100/n) Σ |y - ŷ| / max(|y|, ε).

    ``(…, n) → (…)``.

    >>> float(mean_absolute_percentage_error([2.0, 4.0], [1.0, 4.0]))
    25.0
    """
    y, p = paired(y_true, y_pred)
    return 100 * mean(abs((y - p) / maximum(abs(y), epsilon())), axis=-1)


@op(symbol="MSLE", samples=[uniform(0.1, 3), uniform(0.1, 3)])
def mean_squared_logarithmic_error(y_true, y_pred):
    """The mean squared error of logarithms: (1/n) Σ (log(1 + y) - log(1 + ŷ))².

    Numbers below ε count as ε. ``(…, n) → (…)``.

    >>> float(mean_squared_logarithmic_error([3.0], [3.0]))
    0.0
    """
    y, p = paired(y_true, y_pred)
    return mean(square(log1p(maximum(p, epsilon())) - log1p(maximum(y, epsilon()))), axis=-1)


@op(symbol="Huber", samples=PAIR)
def huber(y_true, y_pred, delta=1.0):
    """Squared near, straight far: ½ r² where r = |y - ŷ| ≤ δ, else δ r - ½ δ², averaged.

    ``(…, n) → (…)``.

    >>> huber([[0.0], [0.0]], [[1.0], [3.0]]).numpy().tolist()
    [0.5, 2.5]

    Source: P. Huber, "Robust estimation of a location parameter", 1964.
    """
    y, p = paired(y_true, y_pred)
    r = abs(p - y)
    near = minimum(r, delta)                        # no branch, so no doubled gradient at the knee
    return mean(square(near) / 2 + delta * (r - near), axis=-1)


@op(symbol="LogCosh", samples=PAIR)
def log_cosh(y_true, y_pred):
    """The mean of log cosh r = log((eʳ + e⁻ʳ) / 2), r = ŷ - y: r²/2 near, |r| - log 2 far.

    ``(…, n) → (…)``.

    >>> float(log_cosh([0.0], [0.0]))
    0.0
    """
    y, p = paired(y_true, y_pred)
    r = p - y
    return mean(logaddexp(r, -r) - math.log(2), axis=-1)


@op(symbol="cos", samples=[uniform(0.3, 3), uniform(0.3, 3)])
def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between two vectors: -Σ (y/|y|) (ŷ/|ŷ|). -1: same direction.

    ``(…, n) → (…)``.

    >>> float(cosine_similarity([0.0, 2.0], [0.0, 1.0]))
    -1.0
    """
    y, p = paired(y_true, y_pred)
    return -sum(normalize(y, axis) * normalize(p, axis), axis=axis)


class MeanSquaredError(FormulaLoss):
    """The mean of the squared errors, (1/n) Σ (y - ŷ)².

    >>> float(MeanSquaredError()([[0.0, 0.0]], [[1.0, 3.0]]))
    5.0

    Use: regression without outliers; with a linear output layer.
    Pros: smooth; its minimum is the mean of the targets; large errors count most.
    Cons: a few outliers decide everything; in the square of the target's unit.
    Source: A.-M. Legendre (1805); C. F. Gauss (1809).
    """

    formula, usual_name = mean_squared_error, "mean_squared_error"


class MeanAbsoluteError(FormulaLoss):
    """The mean of the absolute errors, (1/n) Σ |y - ŷ|: outliers weigh less than when squared.

    >>> float(MeanAbsoluteError()([[0.0, 0.0]], [[1.0, 3.0]]))
    2.0

    Use: regression with outliers, or where the median is wanted.
    Pros: outliers weigh no more than their distance; in the target's own unit.
    Cons: its slope does not shrink near the minimum, so a fixed rate keeps jumping over it; a kink
    at 0.
    Source: R. Boscovich (1757).
    """

    formula, usual_name = mean_absolute_error, "mean_absolute_error"


class MeanAbsolutePercentageError(FormulaLoss):
    """The mean error in per cent of the target, (100/n) Σ |y - ŷ| / max(|y|, ε).

    >>> float(MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]]))
    25.0

    Use: positive targets of very different sizes, where relative errors count.
    Pros: per cent, which everybody understands; independent of the unit.
    Cons: explodes for targets near 0; punishes too much more than too little, so predictions come
    out low.
    """

    formula, usual_name = mean_absolute_percentage_error, "mean_absolute_percentage_error"


class MeanSquaredLogarithmicError(FormulaLoss):
    """The mean squared error of log(1 + y): ratios count, not differences.

    >>> float(MeanSquaredLogarithmicError()([[3.0]], [[3.0]]))
    0.0

    Use: targets that are at least 0 and span powers of ten, such as prices and counts.
    Pros: ratios count, not differences; large targets do not decide everything.
    Cons: negative numbers count as 0, without a gradient; too little costs more than too much.
    """

    formula, usual_name = mean_squared_logarithmic_error, "mean_squared_logarithmic_error"


class Huber(FormulaLoss):
    """½ r² where r = |y - ŷ| ≤ δ, else δ r - ½ δ²: squared near, straight far.

    >>> float(Huber(delta=1.0)([[0.0]], [[3.0]]))
    2.5

    Use: regression with some outliers.
    Pros: smooth near 0 as the squared error, mild with outliers as the absolute one.
    Cons: δ has to be chosen, in the unit of the target.
    Source: P. Huber, 1964.
    """

    formula, usual_name = huber, "huber_loss"
    delta: float = field(1.0, above=0, symbol="δ", help="where the parabola turns into a line")


class LogCosh(FormulaLoss):
    """The mean of log cosh(ŷ - y): r²/2 near, |r| - log 2 far, smooth everywhere.

    >>> float(LogCosh()([[0.0]], [[0.0]]))
    0.0

    Use: regression with some outliers, where nothing should have to be chosen.
    Pros: as Huber, but smooth everywhere and with nothing to choose.
    Cons: where it bends is fixed at about 1 in the target's unit: scale the targets; an exponential
    and a logarithm for each number.
    """

    formula, usual_name = log_cosh, "log_cosh"


class CosineSimilarity(FormulaLoss):
    """Minus the cosine of the angle between y and ŷ: -1 for one direction, 1 for opposite ones.

    >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, 1.0]]))
    -1.0

    Use: embeddings, where the direction counts and the length does not.
    Pros: blind to scale; always within [-1, 1].
    Cons: says nothing about length; has no slope of use for vectors near 0.
    """

    formula, usual_name = cosine_similarity, "cosine_similarity"
    axis: int = field(-1, help="the axis of the vectors")
