"""Metrics for numbers: how far predictions are from what was measured."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from pellucid import losses
from pellucid.atoms import broadcast_to, expand_dims, isinf, mean, sqrt, square, sum, where
from pellucid.core.errors import PellucidWarning, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import convert
from pellucid.losses.pairing import paired
from pellucid.metrics.base import Metric
from pellucid.metrics.reduction import FormulaMetric, Mean


def cosine_similarity(y_true, y_pred, axis=-1):
    """The cosine of the angle between y and ŷ: 1 for the same direction. ``(…, n) → (…)``.

    >>> float(cosine_similarity([0.0, 2.0], [0.0, 1.0]))
    1.0
    """
    return -losses.cosine_similarity(y_true, y_pred, axis=axis)


class MeanSquaredError(FormulaMetric):
    """The mean of the squared errors.

    >>> float(MeanSquaredError()([[0.0, 0.0]], [[1.0, 3.0]]))
    5.0

    Use: regression where large errors count most.
    Pros: what most regressions minimise.
    Cons: in the square of the target's unit: `RootMeanSquaredError` is easier to read.
    """

    formula, usual_name, _direction = losses.mean_squared_error, "mean_squared_error", "down"


class MeanAbsoluteError(FormulaMetric):
    """The mean of the absolute errors.

    >>> float(MeanAbsoluteError()([[0.0, 0.0]], [[1.0, 3.0]]))
    2.0

    Use: regression: how far off predictions are, in the target's unit.
    Pros: easy to read; mild with outliers.
    Cons: hides a few very large errors.
    """

    formula, usual_name, _direction = losses.mean_absolute_error, "mean_absolute_error", "down"


class MeanAbsolutePercentageError(FormulaMetric):
    """The mean error in per cent of the target.

    >>> float(MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]]))
    25.0

    Use: positive targets of very different sizes.
    Pros: per cent; without a unit.
    Cons: explodes for targets near 0; flatters predictions that are too low.
    """

    formula = losses.mean_absolute_percentage_error
    usual_name, _direction = "mean_absolute_percentage_error", "down"


class MeanSquaredLogarithmicError(FormulaMetric):
    """The mean squared error of log(1 + y).

    >>> float(MeanSquaredLogarithmicError()([[3.0]], [[3.0]]))
    0.0

    Use: targets that are at least 0 and span powers of ten.
    Pros: ratios count, not differences.
    Cons: in no unit that people know.
    """

    formula = losses.mean_squared_logarithmic_error
    usual_name, _direction = "mean_squared_logarithmic_error", "down"


class LogCoshError(FormulaMetric):
    """The mean of log cosh(ŷ - y).

    >>> float(LogCoshError()([[0.0]], [[0.0]]))
    0.0

    Use: regression with some outliers, beside the loss of that name.
    Pros: mild with outliers.
    Cons: in no unit that people know.
    """

    formula, usual_name, _direction = losses.log_cosh, "logcosh", "down"


class CosineSimilarity(FormulaMetric):
    r"""The mean cosine of the angle between y and ŷ (the loss of that name has the other sign).

    .. math:: M = \frac{y \cdot ŷ}{|y| |ŷ|}

    >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, 1.0]]))
    1.0

    Use: embeddings: whether directions agree.
    Pros: from -1 to 1; blind to scale.
    Cons: says nothing about length.
    """

    formula, usual_name, _direction = cosine_similarity, "cosine_similarity", "up"
    axis: int = field(-1, help="the axis of the vectors")

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None,
                 axis: int = -1) -> None:
        super().__init__(name, dtype)
        self._take(axis=axis)


class RootMeanSquaredError(Mean):
    r"""The root of the mean squared error: an error in the unit of the target.

    .. math:: M = \sqrt{\frac{1}{n} \sum (y - ŷ)^2}

    >>> float(RootMeanSquaredError()([0.0, 0.0], [3.0, 3.0]))
    3.0

    Use: regression: how far off predictions are, large errors counting more.
    Pros: in the target's unit.
    Cons: a few outliers decide it.
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(                                    # pyright: ignore
            self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y, p = paired(y_true, convert(y_pred, self.dtype))
        super().update_state(square(p - y), sample_weight)

    def result(self) -> Any:
        return sqrt(super().result())


class R2Score(Metric):
    r"""The share of the target's variance that the predictions explain.

    .. math:: R^2 = 1 - \frac{\sum (y - ŷ)^2}{\sum (y - ȳ)^2}

    1 is perfect, 0 is no better than the mean ȳ. For several outputs ``class_aggregation`` says
    how the scores are joined: ``"uniform_average"``, ``"variance_weighted_average"`` or None (not
    at all). ``num_regressors`` p gives the adjusted score 1 - (1 - R²)(n - 1)/(n - p - 1).

    >>> float(R2Score()([[1.0], [3.0]], [[1.0], [3.0]]))
    1.0

    Use: regression: how much better than always saying the mean.
    Pros: without a unit; 0 and 1 mean something.
    Cons: depends on the spread of the targets; may be below 0.
    """

    _direction, usual_name = "up", "r2_score"
    class_aggregation: str | None = field(
        "uniform_average", one_of=(None, "uniform_average", "variance_weighted_average"),
        help="how the scores of several outputs are joined")
    num_regressors: int = field(0, whole=True, at_least=0, symbol="p",
                                help="the number of inputs, for the adjusted score")

    def settle(self) -> None:
        """The sums are made when the number of outputs is known."""
        self.num_samples = self.add_variable((), name="num_samples")
        self._built = False

    def _build(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2:
            raise ShapeError("R2Score needs targets and predictions of shape (batch, outputs)",
                             got=f"shape {tuple(shape)}", where=user_line())
        self.squared_sum = self.add_variable(shape[-1:], name="squared_sum")
        self.sum = self.add_variable(shape[-1:], name="sum")
        self.total_mse = self.add_variable(shape[-1:], name="residual")
        self.count = self.add_variable(shape[-1:], name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y, p = paired(y_true, convert(y_pred, self.dtype))
        if not self._built:
            self._build(p.shape)
        w = convert(1.0 if sample_weight is None else sample_weight, self.dtype)
        w = expand_dims(w, axis=1) if len(w.shape) == 1 else w
        w = broadcast_to(w, shape=y.shape)
        self.sum.assign_add(sum(y * w, axis=0))
        self.squared_sum.assign_add(sum(y * (y * w), axis=0))
        self.total_mse.assign_add(sum(square(y - p) * w, axis=0))
        self.count.assign_add(sum(w, axis=0))
        self.num_samples.assign_add(float(y.size))

    def result(self) -> Any:
        average = self.sum / self.count
        total = self.squared_sum - self.sum * average
        scores = 1 - self.total_mse / total
        scores = where(isinf(scores), 0, scores)
        if self.class_aggregation is None:
            return self._adjusted(scores)
        if self.class_aggregation == "uniform_average":
            return self._adjusted(mean(scores))
        return self._adjusted(sum(total * scores) / sum(total))

    def _adjusted(self, score: Any) -> Any:
        if not self.num_regressors:
            return score
        n = self.num_samples.value
        free = n - self.num_regressors - 1
        if isinstance(n.value, np.ndarray) and 0 < n.value <= self.num_regressors + 1:
            warnings.warn("R2Score saw too few samples to be adjusted for "
                          f"{self.num_regressors} inputs: this is the plain score",
                          PellucidWarning, stacklevel=3)
        adjusted = 1 - (1 - score) * (n - 1) / where(free > 0, free, 1)
        return where(free > 0, adjusted, score)
